"""Two editions' sentences and their vectors → beads: which run of sentences says the same as which.

Two passes, after Bertalign (Liu & Zhu 2022, DSH 38:621) and Vecalign (Thompson & Koehn 2019, EMNLP): anchors are the
heaviest rising chain of nearest neighbours, one to one; then a dynamic programme over beads of up to `max_side`
sentences a side, in a narrow band around the anchors. Spans are pooled from single sentences' vectors, so each
sentence is encoded once. Time and memory grow with the length of the texts, not with its square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.model import Bead, Sentence

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
Columns = NDArray[np.int_]
Anchors = list[tuple[int, int]]
WeightedPair = tuple[int, int, float]

NEIGHBOURS = 3  # as in Bertalign
BLOCK = 1024  # sentences looked at together: the largest matrix is BLOCK × BLOCK
COARSE = 4  # sentences pooled into one where a text is longer than BLOCK (Vecalign's coarse-to-fine)
BAND = 8  # sentences either side of the anchors' path (Bertalign: 10; design notes: 6)
RECTANGLE = 40_000  # a gap between anchors up to this many cells is searched whole


@dataclass(frozen=True, slots=True)
class Prices:
    """What a bead costs. Tuned on the development parts of hfgold and MAC together (benchmarks/align_gold.py).

    A bead's gain is its sentences times (cosine − `floor`), less what is listed here.
    """

    floor: float = 0.03
    pair: float = -0.07  # a bead with two sides
    merge: float = 0.43  # each sentence joined beyond one a side
    skip: float = 0.14  # a sentence left alone
    length: float = 0.48  # |ln(length ratio)|, at most 2 of it, a bead
    across: float = 0.90  # joining sentences of two paragraphs
    boundary: float = 0.25  # a bead that ends a paragraph on one side only


PRICES = Prices()
NO_WAY = -1e9


def align(
    zh: Sequence[Sentence],
    en: Sequence[Sentence],
    zh_vectors: Vectors,
    en_vectors: Vectors,
    *,
    max_side: int = 3,
    prices: Prices = PRICES,
) -> tuple[Bead, ...]:
    """Join two tuples of sentences into beads; every sentence is in exactly one, in order.

    The vectors are unit rows (zero for no vector), one a sentence, of equal width.
    """
    if len(zh) != len(zh_vectors) or len(en) != len(en_vectors):
        raise ValueError("one vector a sentence")
    if not zh or not en:
        return tuple(Bead((i,), (), 0.0) for i in range(len(zh))) + tuple(Bead((), (j,), 0.0) for j in range(len(en)))
    chain = anchors(zh_vectors, en_vectors)
    return _Search(zh, en, zh_vectors, en_vectors, chain, max_side, prices).beads()


# ---- first pass: anchors --------------------------------------------------------------------------------------------


def anchors(zh: Vectors, en: Vectors) -> Anchors:
    """Give the heaviest rising chain of pairs of near neighbours.

    >>> anchors(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32))
    [(0, 0), (1, 1), (2, 2)]
    """
    n, m = len(zh), len(en)
    if max(n, m) <= BLOCK:
        return heaviest_chain(_near_pairs(zh, en, np.zeros(n, int), np.full(n, m)), m)
    coarse = [(COARSE * i, COARSE * j) for i, j in anchors(_pooled(zh), _pooled(en))]
    low, high = _corridor(coarse, n, m, BLOCK // 4)
    return heaviest_chain(_near_pairs(zh, en, low[:n], np.minimum(high[:n] + 1, m)), m)


def _pooled(vectors: Vectors) -> Vectors:
    """Join every COARSE rows into one unit row."""
    padded = np.concatenate([vectors, np.zeros((-len(vectors) % COARSE, vectors.shape[1]), np.float32)])
    return _unit(padded.reshape(-1, COARSE, vectors.shape[1]).sum(axis=1))


def _unit(rows: NDArray[np.floating]) -> Vectors:
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1), dtype=np.float32)


def _near_pairs(zh: Vectors, en: Vectors, low: Columns, high: Columns) -> list[WeightedPair]:
    """Give (i, j, weight) for the NEIGHBOURS nearest j in low[i]…high[i] of each i, a block of rows at a time."""
    found: list[WeightedPair] = []
    for start in range(0, len(zh), BLOCK // 4):
        stop = min(start + BLOCK // 4, len(zh))
        left, right = int(low[start:stop].min()), int(high[start:stop].max())
        for first in range(left, right, 4 * BLOCK):
            found.extend(_near_in_block(zh[start:stop], en[first : min(first + 4 * BLOCK, right)], start, first))
    return found


def _near_in_block(zh: Vectors, en: Vectors, start: int, first: int) -> list[WeightedPair]:
    """Weigh each near pair by how far it stands out from the block's usual similarity (its margin)."""
    close = zh @ en.T
    k = min(NEIGHBOURS, close.shape[1])
    near = np.argpartition(-close, k - 1, axis=1)[:, :k]
    usual = float(np.mean(close)) + 2 * float(np.std(close)) if close.size > 16 else 0.0
    weights = np.take_along_axis(close, near, axis=1) - max(usual, 0.1)
    return [
        (start + i, first + int(j), float(w))
        for i in range(len(close))
        for j, w in zip(near[i], weights[i], strict=True)
        if w > 0
    ]


def heaviest_chain(pairs: list[WeightedPair], width: int) -> Anchors:
    """Find the chain of pairs, rising in both numbers, with the largest sum of weights (a Fenwick tree of maxima).

    >>> heaviest_chain([(0, 1, 1.0), (1, 0, 1.5), (2, 2, 1.0)], 3)
    [(1, 0), (2, 2)]
    """
    best: list[tuple[float, int]] = [(0.0, -1)] * (width + 1)
    before: list[int] = []
    # Within one row the larger column goes first, so that a row never follows itself.
    ordered = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    for number, (_, j, weight) in enumerate(ordered):
        at, top = j, (0.0, -1)
        while at > 0:
            top = max(top, best[at])
            at -= at & -at
        before.append(top[1])
        mine, at = (top[0] + weight, number), j + 1
        while at <= width:
            best[at] = max(best[at], mine)
            at += at & -at
    at, end = width, (0.0, -1)
    while at > 0:
        end = max(end, best[at])
        at -= at & -at
    chain, number = [], end[1]
    while number >= 0:
        chain.append(ordered[number][:2])
        number = before[number]
    return chain[::-1]


def _corridor(chain: Anchors, n: int, m: int, reach: int) -> tuple[Columns, Columns]:
    """Give for each row 0…n the first and last column within `reach` of the chain's path, from (0, 0) to (n, m).

    A gap between two anchors is searched whole where that is cheap; else along its diagonal.
    """
    low, high = np.full(n + 1, m), np.zeros(n + 1, dtype=int)
    points = [(0, 0), *[(i, j) for i, j in chain if 0 < i < n and 0 < j < m], (n, m)]
    for (i, j), (k, l_) in pairwise(points):
        rows = np.arange(i, k + 1)
        if (k - i + 1) * (l_ - j + 1) <= RECTANGLE:
            first, last = np.full(len(rows), j), np.full(len(rows), l_)
        else:
            middle = j + (rows - i) * (l_ - j) // max(k - i, 1)
            step = -(-(l_ - j) // max(k - i, 1))
            first, last = middle - step, middle + step
        low[i : k + 1] = np.minimum(low[i : k + 1], first - reach)
        high[i : k + 1] = np.maximum(high[i : k + 1], last + reach)
    low, high = np.clip(low, 0, m), np.clip(high, 0, m)
    low[0], high[n] = 0, m
    return np.minimum.accumulate(low[::-1])[::-1], np.maximum.accumulate(high)


# ---- second pass: beads ---------------------------------------------------------------------------------------------


def shapes(max_side: int) -> tuple[tuple[int, int], ...]:
    """Give the (zh, en) sizes of two-sided beads: at most max_side + 1 sentences together, and two by two.

    >>> shapes(3)
    ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1))
    """
    sides = range(1, max_side + 1)
    return tuple((a, b) for a in sides for b in sides if a + b <= max_side + 1 or (a == b == 2 <= max_side))


class _Side:
    """One edition: pooled spans, lengths and paragraph marks, all indexed by where a span ends."""

    def __init__(self, sentences: Sequence[Sentence], vectors: Vectors, max_side: int) -> None:
        self.size = len(sentences)
        bytes_ = np.array([len(s.text.encode()) for s in sentences], dtype=np.float64)
        self.length = np.concatenate([[0.0], np.cumsum(bytes_)])
        paragraphs = np.array([s.paragraph for s in sentences])
        turns = np.concatenate([[True], paragraphs[1:] != paragraphs[:-1], [True]])
        self.turns = turns  # turns[i]: a paragraph ends before sentence i
        self.turned = np.cumsum(turns)
        weighted = vectors * np.sqrt(bytes_)[:, None].astype(np.float32)
        self.spans = np.zeros((max_side, self.size + 1, vectors.shape[1]), np.float32)
        for size in range(1, max_side + 1):
            total = np.zeros_like(self.spans[0])
            for back in range(1, size + 1):
                total[size:] += weighted[size - back : self.size - back + 1]
            self.spans[size - 1] = _unit(total)

    def crossings(self, size: int, ends: Columns) -> Columns:
        """Count the paragraph ends inside the spans of `size` sentences that end before `ends`."""
        starts = np.maximum(ends - size, 0)
        return np.asarray(self.turned[np.maximum(ends - 1, 0)] - self.turned[starts])


class _Search:
    def __init__(
        self,
        zh: Sequence[Sentence],
        en: Sequence[Sentence],
        zh_vectors: Vectors,
        en_vectors: Vectors,
        chain: Anchors,
        max_side: int,
        prices: Prices,
    ) -> None:
        self.zh, self.en = _Side(zh, zh_vectors, max_side), _Side(en, en_vectors, max_side)
        self.shapes = shapes(max_side)
        self.prices = prices
        self.low, self.high = _corridor(chain, len(zh), len(en), BAND)
        self.ratio = _length_ratio(self.zh.length, self.en.length, chain)

    def gains(self, row: int) -> list[tuple[int, int, int, Floats, Floats]]:
        """Give (a, b, first column, gains, cosines) for every shape of bead that ends before zh sentence `row`."""
        low, high = int(self.low[row]), int(self.high[row])
        found = []
        for a, b in self.shapes:
            first = max(low, b)
            if a > row or first > high:
                continue
            ends = np.arange(first, high + 1)
            cosines = (self.en.spans[b - 1, first : high + 1] @ self.zh.spans[a - 1, row]).astype(np.float64)
            found.append((a, b, first, self._gain(a, b, row, ends, cosines), cosines))
        return found

    def _gain(self, a: int, b: int, row: int, ends: Columns, cosines: Floats) -> Floats:
        prices = self.prices
        lengths = self.en.length[ends] - self.en.length[ends - b]
        mine = (self.zh.length[row] - self.zh.length[row - a]) * self.ratio
        uneven = np.minimum(np.abs(np.log((lengths + 10) / (mine + 10))), 2)
        across = self.en.crossings(b, ends) + int(self.zh.crossings(a, np.array([row]))[0])
        lone_end = self.en.turns[ends] != self.zh.turns[row]
        return np.asarray(
            (a + b) * (cosines - prices.floor)
            - prices.pair
            - prices.merge * (a + b - 2)
            - prices.length * uneven
            - prices.across * across
            - prices.boundary * lone_end
        )

    def beads(self) -> tuple[Bead, ...]:
        """Fill the table row by row, then walk back from its end."""
        best: list[Floats] = []
        came: list[NDArray[np.int64]] = []
        sizes = [(0, 1), (1, 0), *self.shapes]
        index = {size: number for number, size in enumerate(sizes)}
        for row in range(self.zh.size + 1):
            low, high = int(self.low[row]), int(self.high[row])
            value = np.full(high - low + 1, NO_WAY)
            how = np.zeros(high - low + 1, dtype=np.int64)
            if row == 0:
                value[0] = 0.0
            options = self.gains(row)
            if row:
                options.append((1, 0, low, np.full(high - low + 1, -self.prices.skip), np.zeros(0)))
            for a, b, first, gain, _ in options:
                # Columns j of this row whose j − b lies in the row that the bead starts from.
                start = max(first, int(self.low[row - a]) + b)
                stop = min(high, int(self.high[row - a]) + b)
                if start > stop:
                    continue
                old = best[row - a][start - b - int(self.low[row - a]) : stop - b - int(self.low[row - a]) + 1]
                new = old + gain[start - first : stop - first + 1]
                here = slice(start - low, stop - low + 1)
                better = new > value[here]
                value[here] = np.where(better, new, value[here])
                how[here] = np.where(better, index[a, b], how[here])
            # English sentences left alone: a running maximum, since each costs the same.
            steps = self.prices.skip * np.arange(len(value))
            run = np.maximum.accumulate(value + steps) - steps
            how = np.where(run > value + 1e-12, 0, how)
            best.append(run)
            came.append(how)
        return self._walk_back(came, sizes)

    def _walk_back(self, came: list[NDArray[np.int64]], sizes: list[tuple[int, int]]) -> tuple[Bead, ...]:
        row, column = self.zh.size, self.en.size
        found = []
        while row or column:
            a, b = sizes[int(came[row][column - int(self.low[row])])] if row else (0, 1)
            found.append(self._bead(row, column, a, b))
            row, column = row - a, column - b
        return tuple(found[::-1])

    def _bead(self, row: int, column: int, a: int, b: int) -> Bead:
        score = 0.0
        if a and b:
            score = float(self.zh.spans[a - 1, row] @ self.en.spans[b - 1, column])
        return Bead(tuple(range(row - a, row)), tuple(range(column - b, column)), round(min(max(score, 0), 1), 4))


def _length_ratio(zh: Floats, en: Floats, chain: Anchors) -> float:
    """Measure how many English bytes go with a Chinese byte, on the anchors; on the whole texts where they are few."""
    if len(chain) < 5:
        return float(max(en[-1], 1) / max(zh[-1], 1))
    ratios = [(en[j + 1] - en[j] + 1) / (zh[i + 1] - zh[i] + 1) for i, j in chain]
    return float(np.median(ratios))
