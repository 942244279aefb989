"""A question → the posts and lines of the archive that are nearest to it, in whichever language either is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from digest.align.embed import Embedder
from digest.align.lexicon import load_lexicon
from digest.model import SIDES
from digest.searching.cut import side_of, tokens
from digest.searching.hit import Hit
from digest.searching.index import Index
from digest.searching.matching import Matched, matched
from digest.searching.opening import Connection
from digest.searching.reading import Near, Stored, entries, lines_of, near, reading

COVERED = 4.0  # what an entry with a line that has all words of the question gains, likewise: an exact name, above all
WORDS = 2.0  # what words weigh beside each of the two cosines, in standard deviations (fitted: docs/benchmarks.md)
IN_LINE = 0.5  # what a line with all words of the question gains, in cosines: which line of a post is shown


def search(
    index: Index, embedder: Embedder, question: str, *, most: int = 10, lines: int = 1,
    first: date | None = None, last: date | None = None, source: str = "",
) -> tuple[Hit, ...]:  # fmt: skip
    """Give the best lines of the posts that answer a question best, best post first: `most` posts, `lines` of each.

    A post's score is the sum of how near its nearest text is, how near all of it is, and how well the question's words
    and their translations stand in it, each counted in standard deviations among all posts of the same language: so
    neither language is before the other (merging by Z-scores: Savoy 2004, Information Processing & Management 40). A
    line that has all the words, such as an exact name, adds to that.
    A post in both languages has the better of its two. One that stands on several pages is found on that of its own
    day. `first` and `last` are the days of pages, both included; `source` is the source's name. Raises StoreError.
    """
    if not any(character.isalnum() for character in question):
        return ()
    wanted = tokens(question)
    vector = embedder.encode([question])[0]
    with reading(index) as db:
        asked = {each.number: each for each in _own(entries(db)) if _among(each, first, last, source)}
        compared = near(db, vector, side_of(question))
        found = matched(db, wanted, load_lexicon())
        order = [number for number in _order(compared, found) if number in asked]
        cosine = _by_line(compared)
        return tuple(hit for number in order[:most] for hit in _hits(db, asked[number], cosine, found, lines))


def _own(stored: Iterable[Stored]) -> Iterator[Stored]:
    """Give each post's entry once: that of its own day where the archive has it."""
    return (next(group) for _, group in groupby(stored, key=lambda each: each.post))


def _among(each: Stored, first: date | None, last: date | None, source: str) -> bool:
    day = date.fromisoformat(each.day)
    return not ((first and day < first) or (last and day > last) or (source and each.source != source))


def _order(compared: Near, found: Matched) -> list[int]:
    """Give the numbers of all entries, best first; of equals the newest is first."""
    keys, at = np.unique(np.stack([compared.entry, compared.side]), axis=1, return_inverse=True)
    nearest, whole = np.full((2, keys.shape[1]), -1.0)
    is_whole = compared.line == 0
    np.maximum.at(nearest, at.reshape(-1)[~is_whole], compared.cosine[~is_whole])
    whole[at.reshape(-1)[is_whole]] = compared.cosine[is_whole]
    words = np.array([found.sides.get((entry, SIDES[side]), 0.0) for entry, side in keys.T.tolist()])
    scores = np.zeros(keys.shape[1])
    for side in range(len(SIDES)):
        here = keys[1] == side
        for values, weight in ((nearest, 1.0), (whole, 1.0), (words, WORDS)):
            scores[here] += weight * _standard(values[here])
    covered: dict[int, float] = {}
    for entry, line in zip(compared.entry.tolist(), compared.line.tolist(), strict=True):
        covered[entry] = max(covered.get(entry, 0.0), found.lines.get(line, 0.0))
    best: dict[int, float] = {}
    for entry, score in zip(keys[0].tolist(), scores.tolist(), strict=True):
        best[entry] = max(best.get(entry, score), score)
    best = {entry: score + COVERED * covered[entry] for entry, score in best.items()}
    return sorted(best, key=lambda number: (-best[number], -number))


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count values in standard deviations from their mean.

    >>> _standard(np.array([1.0, 3.0])).tolist(), _standard(np.array([2.0])).tolist()
    ([-1.0, 1.0], [0.0])
    """
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))


def _by_line(compared: Near) -> dict[int, float]:
    """Give each line's cosine with the question: of its two languages the larger."""
    best: dict[int, float] = {}
    for line, cosine in zip(compared.line.tolist(), compared.cosine.tolist(), strict=True):
        if line:
            best[line] = max(best.get(line, -1.0), cosine)
    return best


def _hits(db: Connection, entry: Stored, cosine: Mapping[int, float], found: Matched, most: int) -> tuple[Hit, ...]:
    """Give the best printed lines of an entry, or its title where it has none."""
    texts = lines_of(db, entry.number)
    score = {number: cosine.get(number, 0.0) + IN_LINE * found.lines.get(number, 0.0) for number in texts}
    printed = sorted((number for number, line in texts.items() if line.printed), key=lambda number: -score[number])
    told = (date.fromisoformat(entry.day), entry.post)
    if not printed:
        near_title = max((cosine.get(number, 0.0) for number in texts), default=0.0)
        return (Hit(*told, "", entry.title, entry.url, entry.source, None, None, "none", False, near_title,
                    entry.newly, entry.link),)  # fmt: skip
    return tuple(
        Hit(*told, line.pair, entry.title, entry.url, entry.source, line.text.zh, line.text.en, line.made_by,
            line.verified, cosine.get(number, 0.0), entry.newly, entry.link)
        for number in printed[:most]
        for line in (texts[number],)
    )  # fmt: skip
