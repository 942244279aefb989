"""Which cells of the table of sentences are worth looking at: a narrow band around the heaviest chain of anchors.

After Bertalign's first pass (Liu & Zhu 2022, DSH 38:621) and Vecalign's coarse-to-fine search (Thompson & Koehn 2019,
EMNLP). Time and memory grow with the length of the texts, not with its square.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Columns = NDArray[np.int_]
Anchors = list[tuple[int, int]]
WeightedPair = tuple[int, int, float]

NEIGHBOURS = 3  # as in Bertalign
BLOCK = 1024  # sentences looked at together: the largest matrix is BLOCK × BLOCK
COARSE = 4  # sentences pooled into one where a text is longer than BLOCK (Vecalign's coarse-to-fine)
BAND = 8  # sentences either side of the anchors' path (Bertalign: 10; design notes: 6)
RECTANGLE = 40_000  # a gap between anchors up to this many cells is searched whole


def anchors(zh: Vectors, en: Vectors) -> Anchors:
    """Give the heaviest rising chain of pairs of near neighbours.

    >>> anchors(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32))
    [(0, 0), (1, 1), (2, 2)]
    """
    n, m = len(zh), len(en)
    if max(n, m) <= BLOCK:
        return heaviest_chain(_near_pairs(zh, en, np.zeros(n, int), np.full(n, m)), m)
    coarse = [(COARSE * i, COARSE * j) for i, j in anchors(_pooled(zh), _pooled(en))]
    low, high = corridor(coarse, n, m, BLOCK // 4)
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


def corridor(chain: Anchors, n: int, m: int, reach: int) -> tuple[Columns, Columns]:
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
