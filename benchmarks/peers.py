"""Other aligners on the same sentences and vectors: `python benchmarks/peers.py CORPORA`.

Needs `pip install galechurch sentalign sentweave`, which are no dependencies; what is missing is left out. None sees
gold. Gale and Church 1993 (Computational Linguistics 19:75) by lengths alone; Vecalign (Thompson and Koehn 2019, EMNLP)
as those packages have it; Bertalign (Liu and Zhu 2022, DSH 38:621) after its paper, below. Vectors of spans are sums of
the sentences' vectors, weighted by the root of their bytes, as in our own aligner; Vecalign would encode each span.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import importlib.util
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from align import ours, sets
from scores import Strict
from tasks import GoldBead, Task
from vectors import kept_embedder

from digest.align.embed import Embedder

Aligner = Callable[[Sequence[str], Sequence[str], np.ndarray, np.ndarray], list[GoldBead]]

NEIGHBOURS, MAX_ALIGN, WINDOW, SKIP = 3, 5, 5, -0.1  # Bertalign's own defaults


def in_order(zh: Sequence[str], en: Sequence[str], *_: np.ndarray) -> list[GoldBead]:
    """Pair the k-th with the k-th; what is left over goes into the last bead."""
    last = min(len(zh), len(en)) - 1
    beads = [((k,), (k,)) for k in range(last)]
    return [*beads, (tuple(range(last, len(zh))), tuple(range(last, len(en))))]


def gale_church(ratio: float) -> Aligner:
    def align(zh: Sequence[str], en: Sequence[str], *_: np.ndarray) -> list[GoldBead]:
        import galechurch

        # English, the original, is its source; its `mean_xy` is the source's letters for one of the target's: texts of
        # exactly that ratio cost nothing (its documentation has it the other way round)
        beads = galechurch.align(list(en), list(zh), mean_xy=ratio).beads
        return [(tuple(range(b.target_start, b.target_end)), tuple(range(b.source_start, b.source_end))) for b in beads]

    return align


class Pooled:
    """Stands in for an encoder: packages ask for all spans of one sentence of one side, then of two, and so on."""

    def __init__(self, *sides: np.ndarray, sizes: int) -> None:
        self.answers = [_spans(side, size) for side in sides for size in range(1, sizes + 1)]
        rng = np.random.default_rng(7)
        self.nothing = rng.standard_normal(sides[0].shape[1])  # for a span that would begin before the text: like none
        self.nothing /= np.linalg.norm(self.nothing)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = self.answers.pop(0)
        assert len(rows) == len(texts), "not the spans that were asked for"
        return np.where([[text == "PAD"] for text in texts], self.nothing, rows).astype(np.float32)


def vecalign(package: str, entry: str) -> Aligner:
    def align(zh: Sequence[str], en: Sequence[str], zh_rows: np.ndarray, en_rows: np.ndarray) -> list[GoldBead]:
        call = getattr(importlib.import_module(package), entry)
        most = 8
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of two sentences it has too few samples to norm by
            found = call(list(zh), list(en), Pooled(zh_rows, en_rows, sizes=most), alignment_max_size=most)
        return [(tuple(a.src_indices), tuple(a.tgt_indices)) for a in found.alignments]

    return align


def _spans(rows: np.ndarray, size: int) -> np.ndarray:
    """Give the unit vectors of the `size` rows that end with each; where there are fewer, nothing."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    found = np.zeros(rows.shape)
    if size <= len(rows):
        found[size - 1 :] = sums[size:] - sums[:-size]
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def bertalign(zh: Sequence[str], en: Sequence[str], zh_rows: np.ndarray, en_rows: np.ndarray) -> list[GoldBead]:
    """Find anchors by near neighbours, then the best beads by margin and length around them."""
    n, m = len(zh), len(en)
    low, high = _search(_first_pass(zh_rows, en_rows), n, m)
    shapes = [(a, b) for a in range(1, MAX_ALIGN) for b in range(1, MAX_ALIGN) if a + b <= MAX_ALIGN]
    zh_length, en_length = (np.cumsum([0, *(len(t.encode()) for t in side)]) for side in (zh, en))
    ratio = en_length[-1] / zh_length[-1]
    gains = {shape: _gain(shape, zh_rows, en_rows, zh_length * ratio, en_length) for shape in shapes}
    best = np.full((n + 1, m + 1), -np.inf)
    best[0, 0] = 0.0
    how: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(n + 1):
        for j in range(low[i], high[i] + 1):
            ways = [(best[i - a, j - b] + SKIP, (a, b)) for a, b in ((1, 0), (0, 1)) if i >= a and j >= b]
            ways += [(best[i - a, j - b] + gains[a, b][i - 1, j - 1], (a, b)) for a, b in shapes if i >= a and j >= b]
            if ways:
                best[i, j], how[i, j] = max(ways)
    beads, i, j = [], n, m
    while i or j:
        a, b = how[i, j]
        beads.append((tuple(range(i - a, i)), tuple(range(j - b, j))))
        i, j = i - a, j - b
    return beads[::-1]


def _first_pass(zh_rows: np.ndarray, en_rows: np.ndarray) -> list[tuple[int, int]]:
    """Give the 1-1 beads of the way that gathers most similarity, each sentence's nearest neighbours only counting."""
    close = _spans(zh_rows, 1) @ _spans(en_rows, 1).T
    n, m = close.shape
    k = min(NEIGHBOURS, m)
    near = np.zeros((n, m), dtype=bool)
    np.put_along_axis(near, np.argpartition(-close, k - 1, axis=1)[:, :k], values=True, axis=1)
    total = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        joined = total[i - 1, :-1] + np.where(near[i - 1], close[i - 1], 0)
        total[i, 1:] = np.maximum(total[i - 1, 1:], joined)
        total[i] = np.maximum.accumulate(total[i])
    found, i, j = [], n, m
    while i and j:
        if total[i, j] == total[i - 1, j]:
            i -= 1
        elif total[i, j] == total[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def _search(anchors: list[tuple[int, int]], n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Give for each row the columns between the anchors before and after it, and a few besides."""
    low, high = np.zeros(n + 1, dtype=int), np.full(n + 1, m)
    points = [(0, 0), *((i + 1, j + 1) for i, j in anchors), (n, m)]
    for (i, j), (k, l_) in pairwise(points):
        low[i : k + 1] = np.maximum(j - WINDOW, 0)
        high[i : k + 1] = np.minimum(l_ + WINDOW, m)
    low[0], high[n] = 0, m
    return low, high


def _gain(
    shape: tuple[int, int], zh_rows: np.ndarray, en_rows: np.ndarray, zh_length: np.ndarray, en_length: np.ndarray
) -> np.ndarray:
    """Give (zh, en): the worth of the beads that end there: similarity less that of the neighbours, times lengths."""
    a, b = shape
    zh, en = _spans(zh_rows, a), _spans(en_rows, b)
    close = zh @ en.T
    n, m = close.shape
    beside = np.full((4, n, m), np.nan)
    left, above = max(m - b, 0), max(n - a, 0)
    beside[0, :, m - left :], beside[1, :, :left] = close[:, :left], close[:, m - left :]
    beside[2, n - above :, :], beside[3, :above, :] = close[:above, :], close[n - above :, :]
    beside[0, :, : 2 * b - 1], beside[2, : 2 * a - 1, :] = np.nan, np.nan  # spans that would begin before the text
    means = []
    for two in (beside[:2], beside[2:]):
        there = ~np.isnan(two)
        means.append(np.nansum(two, axis=0) / np.maximum(there.sum(axis=0), 1))
    lengths = []
    for sums, size in ((zh_length, a), (en_length, b)):
        some = np.zeros(len(sums) - 1)
        if size < len(sums):
            some[size - 1 :] = sums[size:] - sums[:-size]
        lengths.append(some)
    shorter, longer = np.minimum.outer(*lengths), np.maximum.outer(*lengths)
    return (close - (means[0] + means[1]) / 2) * np.log2(1 + shorter / np.maximum(longer, 1e-9))


def peers(given: dict[str, list[Task]]) -> dict[str, Aligner]:
    texts = [task for some in given.values() for task in some]
    ratio = sum(len(s.text.replace(" ", "")) for t in texts for s in t.en) / sum(
        len(s.text.replace(" ", "")) for t in texts for s in t.zh
    )
    found: dict[str, Aligner] = {"in order": in_order}
    if importlib.util.find_spec("galechurch"):
        found["galechurch, its own constants"] = gale_church(1.0)
        found[f"galechurch, the texts' own ratio of lengths ({ratio:.2f})"] = gale_church(ratio)
    for package, entry in (("sentalign", "sentalign"), ("sentweave", "align")):
        if importlib.util.find_spec(package):
            found[f"{package} (Vecalign)"] = vecalign(package, entry)
    found["Bertalign's method"] = bertalign
    return found


def run(aligner: Aligner, task: Task, embedder: Embedder) -> list[GoldBead]:
    """Align by texts and vectors alone; the vectors are unit rows times the root of the sentence's bytes."""
    sides = [[s.text for s in side] for side in (task.zh, task.en)]
    rows = [embedder.encode(side) * np.sqrt([[len(t.encode())] for t in side]) for side in sides]
    return aligner(*sides, *rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    given = parser.parse_args()
    embedder, every = kept_embedder(), sets(given.corpora)
    columns = [name for name in every if "loose" not in name]
    print(f"| strict F1 | {' | '.join(name.strip() for name in columns)} | s |")
    print("|---" * (len(columns) + 2) + "|")
    own = ours(embedder)
    aligners = {name: lambda task, a=a: run(a, task, embedder) for name, a in peers(every).items()}
    aligners["this project (weights fitted on these texts)"] = lambda task: [bead for bead, _ in own(task)]
    for name, aligned in aligners.items():
        start = time.perf_counter()
        scores = [Strict.of((task, aligned(task)) for task in every[column]) for column in columns]
        cells = [f"{s.value:.3f} ({s.low:.3f}–{s.high:.3f})" for s in scores]
        print(f"| {name} | {' | '.join(cells)} | {time.perf_counter() - start:.1f} |", flush=True)


if __name__ == "__main__":
    main()
