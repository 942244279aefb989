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
from digest.searching.matching import Matched, matched, meant
from digest.searching.opening import Connection
from digest.searching.reading import Near, Stored, entries, lines_of, near, reading
from digest.searching.whole import IN_LINE, Numbers, Told, told_of

WORDS = 2.0  # what words weigh beside each of the two cosines, in standard deviations (fitted: docs/benchmarks.md)
IN_TEXT = 2.0  # what the words in the whole text weigh likewise, and those in its best chunk
COVERED = 4.0  # what an entry with a line that has all words of the question gains, likewise: an exact name, above all


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
    vector = embedder.encode([question])[0]
    with reading(index) as db:
        own = tuple(_own(entries(db)))
        asked = {each.number: each for each in own if _among(each, first, last, source)}
        wanted = meant(db, tokens(question), load_lexicon())
        compared, found = near(db, vector, side_of(question)), matched(db, wanted)
        told = told_of(db, vector, side_of(question), wanted)
        numbers = {each.post: each.number for each in own}
        text_of = np.array([numbers.get(post, 0) for post in told.post], dtype=np.int64)
        order = [number for number in _order(compared, found, told, text_of) if number in asked]
        given = order[:most]
        here = np.isin(compared.entry, given)
        cosine, in_text = _largest(compared.line[here], compared.cosine[here]), _largest(text_of, told.best)
        return tuple(hit for number in given for hit in _hits(db, asked[number], cosine, found, in_text, lines))


def _own(stored: Iterable[Stored]) -> Iterator[Stored]:
    """Give each post's entry once: that of its own day where the archive has it."""
    return (next(group) for _, group in groupby(stored, key=lambda each: each.post))


def _among(each: Stored, first: date | None, last: date | None, source: str) -> bool:
    day = date.fromisoformat(each.day)
    return not ((first and day < first) or (last and day > last) or (source and each.source != source))


def _order(compared: Near, found: Matched, told: Told, text_of: Numbers) -> list[int]:
    """Give the numbers of all entries, best first; of equals the newest is first. `text_of` has those of the texts."""
    of_lines = len(SIDES) * compared.entry + compared.side
    keys, at = np.unique(np.concatenate([of_lines, len(SIDES) * text_of + told.side]), return_inverse=True)
    line_at, text_at = np.split(at, [len(of_lines)])
    numbers, sides = np.divmod(keys, len(SIDES))
    nearest, whole, often, chunk = np.full((4, len(keys)), -np.inf)
    is_whole = compared.line == 0
    np.maximum.at(nearest, line_at[~is_whole], compared.cosine[~is_whole])
    np.maximum.at(nearest, text_at, told.nearest)
    np.maximum.at(often, text_at, told.words)
    np.maximum.at(chunk, text_at, told.chunk)
    whole[line_at[is_whole]] = compared.cosine[is_whole]
    whole[text_at] = told.whole  # the whole text says better what a post is about than the lines that are printed
    words = np.array(
        [
            found.sides.get((entry, SIDES[side]), 0.0)
            for entry, side in zip(numbers.tolist(), sides.tolist(), strict=True)
        ]
    )
    scores = np.zeros(len(keys))
    for side in range(len(SIDES)):
        here = sides == side
        for values, weight in ((nearest, 1.0), (whole, 1.0), (words, WORDS)):
            scores[here] += weight * _standard(values[here])
        read, unread = here & np.isfinite(often), here & ~np.isfinite(often)
        scores[read] += IN_TEXT * (_standard(often[read]) + _standard(chunk[read]))
        if read.any():  # what the lines say stands for a text that is not there
            scores[unread] += WORDS * _standard(words[here])[unread[here]]
    best = _largest(numbers, scores)
    having = np.isin(compared.line, list(found.lines))
    parts = np.array([found.lines[line] for line in compared.line[having].tolist()])
    covered = _largest(compared.entry[having], parts)
    best = {entry: score + COVERED * covered.get(entry, 0.0) for entry, score in best.items()}
    return sorted(best, key=lambda number: (-best[number], -number))


def _largest(names: Numbers, values: NDArray[np.floating]) -> dict[int, float]:
    """Give the largest of the values of each name."""
    found: dict[int, float] = {}
    for name, value in zip(names.tolist(), values.tolist(), strict=True):
        found[name] = max(found.get(name, value), value)
    return found


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count values in standard deviations from their mean.

    >>> _standard(np.array([1.0, 3.0])).tolist(), _standard(np.array([2.0])).tolist()
    ([-1.0, 1.0], [0.0])
    """
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))


def _hits(
    db: Connection, entry: Stored, cosine: Mapping[int, float], found: Matched, in_text: Mapping[int, float], most: int
) -> tuple[Hit, ...]:  # fmt: skip
    """Give the best printed lines of an entry, or its title where it has none."""
    texts = lines_of(db, entry.number)
    score = {number: cosine.get(number, 0.0) + IN_LINE * found.lines.get(number, 0.0) for number in texts}
    beyond = in_text.get(entry.number, -1.0) > max(score.values(), default=-1.0)
    printed = sorted((number for number, line in texts.items() if line.printed), key=lambda number: -score[number])
    told = (date.fromisoformat(entry.day), entry.post)
    if not printed:
        near_title = max((cosine.get(number, 0.0) for number in texts), default=0.0)
        return (Hit(*told, "", entry.title, entry.url, entry.source, None, None, "none", False, near_title,
                    entry.newly, entry.link, beyond),)  # fmt: skip
    return tuple(
        Hit(*told, line.pair, entry.title, entry.url, entry.source, line.text.zh, line.text.en, line.made_by,
            line.verified, cosine.get(number, 0.0), entry.newly, entry.link, beyond)
        for number in printed[:most]
        for line in (texts[number],)
    )  # fmt: skip
