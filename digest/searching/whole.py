"""How well the whole texts of posts answer a question: all of a text, and its best chunk (edge)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import SIDES
from digest.searching.centred import Centred
from digest.searching.chunks import MOST_CHUNKS
from digest.searching.matching import K1
from digest.searching.opening import Connection
from digest.searching.packed import unpack_all
from digest.searching.reading import Floats, chunks_with

IN_LINE = 0.5  # what a line with all words of the question gains, in cosines: which line of a post is shown
B = 0.75  # of BM25 for texts, whose lengths differ much (the value of Robertson and Zaragoza 2009, section 3.5)
AT_ONCE = 200  # texts whose vectors are unpacked at once: some 10 MB

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What each text says to a question: arrays of one length, one number a text. `side` counts in SIDES.

    `nearest` and `whole` are cosines, of the text's nearest chunk and of all of it. `words` is BM25 of all of it, where
    a word counts once a chunk; `chunk` that of the chunk with the highest. `best` is what the best chunk has by the
    measure that lines are chosen by: its cosine, and IN_LINE for all words of the question.
    """

    post: tuple[str, ...]
    side: Numbers
    nearest: Values
    whole: Values
    words: Values
    chunk: Values
    best: Values


def told_of(db: Connection, question: Floats, side: str, wanted: Sequence[Mapping[str, float]]) -> Told:
    """Compare all texts with a question: a unit vector, its language, and its words as what each may mean."""
    found = db.execute("SELECT id, post, side, count, norm, whole, sizes FROM texts WHERE count > 0 ORDER BY id")
    rows = found.fetchall()
    dim = len(question)
    ids, sides, counts = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 2, 3))
    wholes = (
        unpack_all([row[5] for row in rows], [1] * len(rows), dim) if rows else np.zeros((0, dim), dtype=np.float32)
    )
    norms = np.array([row[4] for row in rows], dtype=np.float32)
    centred = Centred.of(question, side, _sums(wholes * norms[:, None], counts, sides))
    near = np.concatenate(list(_cosines(db, centred, dim)) or [np.zeros(0, dtype=np.float32)])
    sizes = np.concatenate([np.frombuffer(row[6], "<i4") for row in rows] or [np.zeros(0, dtype="<i4")])
    at = np.repeat(np.arange(len(rows)), counts)  # the text of each chunk
    first = np.cumsum(counts) - counts
    numbers = ids[at] * MOST_CHUNKS + np.arange(len(at)) - first[at]
    texts, chunks = Bm25(sides, counts), Bm25(sides[at], sizes)
    covered, most = np.zeros(len(at)), 0.0
    for words in wanted:
        often, has = np.zeros(len(rows)), np.zeros(len(at))
        for word, weight in words.items():
            here = np.searchsorted(numbers, chunks_with(db, word))
            np.maximum.at(has, here, weight)
            often = np.maximum(often, np.bincount(at[here], minlength=len(rows)) * weight)
        texts.add(often)
        rarest = chunks.add(has)
        covered += rarest * has
        most += rarest
    return Told(
        tuple(row[1] for row in rows), sides, _most(near, first), centred.cosines(wholes, sides).astype(float),
        texts.scores,
        _most(chunks.scores, first), _most(near + IN_LINE * covered / (most or 1.0), first),
    )  # fmt: skip


def _cosines(db: Connection, centred: Centred, dim: int) -> Iterator[Floats]:
    """Compare the chunks of all texts with the question, some texts at once."""
    rows = db.execute("SELECT side, count, vectors FROM texts WHERE count > 0 ORDER BY id")
    while some := rows.fetchmany(AT_ONCE):
        sides, counts, packed = zip(*some, strict=True)
        yield centred.cosines(unpack_all(packed, counts, dim), np.repeat(sides, counts))


class Bm25:
    """BM25 of units in one language each, summed over words; each language is a collection of its own."""

    def __init__(self, sides: Numbers, sizes: NDArray[np.integer]) -> None:
        self.scores: Values = np.zeros(len(sizes))
        self._of = [np.flatnonzero(sides == side) for side in range(len(SIDES))]
        self._norm: Values = np.zeros(len(sizes))
        for here in filter(len, self._of):
            self._norm[here] = K1 * (1 - B + B * sizes[here] / max(float(sizes[here].mean()), 1.0))

    def add(self, times: Values) -> float:
        """Count a word that stands in the units so often; give its weight in the language where it is rarer."""
        rarest = 0.0
        for here in filter(len, self._of):
            having = float(np.minimum(times[here], 1.0).sum())
            idf = math.log(1 + (len(here) - having + 0.5) / (having + 0.5))
            self.scores[here] += idf * times[here] * (K1 + 1) / (times[here] + self._norm[here])
            rarest = max(rarest, idf)
        return rarest


def _sums(vectors: Floats, counts: Numbers, sides: Numbers) -> Values:
    """Add up vectors and their numbers by language: shape (2, dim + 1)."""
    rows = np.column_stack([vectors, counts])
    return np.stack([rows[sides == side].sum(axis=0) for side in range(len(SIDES))])


def _most(values: NDArray[np.floating], first: Numbers) -> Values:
    """Give the largest value of each text, whose chunks begin at `first`."""
    return np.maximum.reduceat(values, first).astype(float) if len(first) else np.zeros(0)
