"""Fit the aligner's weights: `python benchmarks/fit_beads.py CORPORA [--out digest/data/beads.json]`; needs scipy.

Maximum likelihood of the gold beads in the linear-chain model, with a squared penalty (L-BFGS); where a post has no
gold beads its pairs of blocks say which beads may be, and the likelihood sums over all of them. First the draft's
weights are fitted (no lexicon of the text yet), then the model's. Cross-validation: hfgold by post, MAC by text, and
MAC with weights fitted on the posts alone. In cross-validation the draft's weights are those of all texts: they shape
nothing but which words a text's own lexicon is learnt from; for weights of the posts alone the draft's are of the posts
alone.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import tasks
from scipy.optimize import minimize
from scores import Strict
from vectors import kept_embedder

from digest.align import beads as product
from digest.align.band import BAND, anchors, corridor
from digest.align.bead_features import INDEX, NAMES
from digest.align.chain import Weights, windows
from digest.align.embed import Embedder
from digest.align.lattice import USUAL_SHAPES, lattice
from digest.align.lexicon import joined, load_lexicon
from digest.align.matches import Vocabulary, read_text

SHAPES = USUAL_SHAPES
SIDE = max(max(shape) for shape in SHAPES)
PENALTY = 0.15  # of the squared weights, in units of the features' own spread; 0.05 and 0.5 do as well (within .003)
SOFT = (
    -60.0
)  # what a bead against the gold is worth: a band may lack a cell of the gold, and then must still have a way

Band = tuple[np.ndarray, np.ndarray]
Beads = list[tuple[tasks.GoldBead, float]]


@dataclass
class Prepared:
    task: tasks.Task
    band: Band
    features: np.ndarray  # (shapes, cells in reading order, features)
    allowed: np.ndarray  # (shapes, cells in reading order)


def prepare(task: tasks.Task, embedder: Embedder, draft: Weights | None) -> Prepared:
    zh_vectors, en_vectors = embedder.encode([s.text for s in task.zh]), embedder.encode([s.text for s in task.en])
    chain = anchors(zh_vectors, en_vectors)
    band = corridor(chain, len(task.zh), len(task.en), BAND)
    vocabulary, lexicon = Vocabulary(), load_lexicon()
    zh, en = read_text(task.zh, zh_vectors, vocabulary), read_text(task.en, en_vectors, vocabulary)
    ratio = product.length_ratio(zh, en, chain)
    if draft is not None:
        lexicon = joined((lexicon, product.own_lexicon(zh, en, band, vocabulary, lexicon, ratio, draft)))
    found = np.zeros((len(SHAPES), int((band[1] - band[0] + 1).sum()), len(NAMES)), dtype=np.float32)
    for here, window in windows(zh, en, band, SIDE, vocabulary, lexicon, ratio):
        for number, shape in enumerate(SHAPES):
            for name, values in window.features(shape).items():
                found[number, here, INDEX[name]] = values
    return Prepared(task, band, found, allowed(task, band))


def allowed(task: tasks.Task, band: Band) -> np.ndarray:
    """Tell which beads may be: the gold ones; parts of a gold bead that is too large; by blocks where there is none."""
    low, high = band
    offset = np.concatenate([[0], np.cumsum(high - low + 1)])
    may = np.zeros((len(SHAPES), offset[-1]), dtype=bool)
    number_of = {shape: number for number, shape in enumerate(SHAPES)}
    for shape, i, j in (*gold_cells(task, number_of), *free_cells(task, band)):
        if 0 <= i < len(low) and low[i] <= j <= high[i]:
            may[number_of[shape], offset[i] + j - low[i]] = True
    return may


def gold_cells(task: tasks.Task, number_of: dict[tuple[int, int], int]) -> Iterator[tuple[tuple[int, int], int, int]]:
    for a, b in task.beads:
        if not a or not b:  # alone: wherever the other side stands
            yield from (((1, 0), i + 1, j) for i in a for j in range(len(task.en) + 1))
            yield from (((0, 1), i, j + 1) for j in b for i in range(len(task.zh) + 1))
        elif (len(a), len(b)) in number_of:
            yield (len(a), len(b)), a[-1] + 1, b[-1] + 1
        else:
            for da, db in SHAPES:
                yield from (((da, db), i, j) for i in range(a[0] + da, a[-1] + 2) for j in range(b[0] + db, b[-1] + 2))


def free_cells(task: tasks.Task, band: Band) -> Iterator[tuple[tuple[int, int], int, int]]:
    """Give the beads within pairs of blocks, among the sentences without gold."""
    if task.free is None:
        return
    zh_gold, en_gold = {i for a, _ in task.beads for i in a}, {j for _, b in task.beads for j in b}
    for i in range(len(task.zh) + 1):
        for j in range(int(band[0][i]), int(band[1][i]) + 1):
            for a, b in SHAPES:
                zs, es = range(i - a, i), range(j - b, j)
                if i < a or j < b or not zh_gold.isdisjoint(zs) or not en_gold.isdisjoint(es):
                    continue
                if {(task.zh[x].paragraph, task.en[y].paragraph) for x in zs for y in es} <= task.free:
                    yield (a, b), i, j


class Fit:
    """Fits weights on several texts at once, laid out as one lattice."""

    def __init__(self, texts: Sequence[Prepared]) -> None:
        self.lattice = lattice([t.band for t in texts], SHAPES)
        order = self.lattice.order
        self.allowed = np.concatenate([t.allowed for t in texts], axis=1)[:, order]
        self.flat = np.concatenate([t.features for t in texts], axis=1)[:, order].reshape(-1, len(NAMES))
        real = self.lattice.before.ravel() < self.lattice.size
        self.flat[~real] = 0
        spread = self.flat[real].std(axis=0)
        self.spread = np.where(spread > 0, spread, 1.0)

    def loss(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        gain = (self.flat @ w.astype(np.float32)).astype(np.float64).reshape(self.allowed.shape)
        mine, whole = self.lattice.marginals(gain)
        true, kept = self.lattice.marginals(np.where(self.allowed, gain, SOFT))
        slope = self.flat.T @ (mine - true).astype(np.float32).ravel()
        penalty = PENALTY * np.sum((w * self.spread) ** 2)
        return float(whole.sum() - kept.sum() + penalty), slope + 2 * PENALTY * w * self.spread**2

    def fit(self, start: np.ndarray | None = None, iterations: int = 100) -> np.ndarray:
        """Minimise the loss, in units of the features' spread, in which the problem is rounder."""

        def scaled(u: np.ndarray) -> tuple[float, np.ndarray]:
            value, slope = self.loss(u / self.spread)
            return value, slope / self.spread

        first = np.zeros(len(NAMES)) if start is None else start * self.spread
        options = {"maxiter": iterations, "ftol": 1e-7}
        return minimize(scaled, first, jac=True, method="L-BFGS-B", options=options).x / self.spread


def decode(prepared: Prepared, w: np.ndarray) -> Beads:
    cells = lattice([prepared.band], SHAPES)
    p, _ = cells.marginals(prepared.features[:, cells.order].astype(np.float64) @ w)
    found = []
    for number, cell in cells.best(product.worth(p, SHAPES))[0]:
        (a, b), i, j = SHAPES[number], int(cells.row[cell]), int(cells.column[cell])
        found.append(((tuple(range(i - a, i)), tuple(range(j - b, j))), float(p[number, cell])))
    return found


def cross_validate(texts: list[Prepared]) -> dict[int, Beads]:
    """Leave out one post or novel at a time; decode what was left out. By the number of the text."""
    found = {}
    for post in sorted({t.task.post for t in texts}):
        w = Fit([t for t in texts if t.task.post != post]).fit()
        found.update({number: decode(t, w) for number, t in enumerate(texts) if t.task.post == post})
    return found


def report(name: str, texts: Sequence[Prepared], found: Sequence[Beads]) -> None:
    print(
        f"{name:40} {Strict.of((t.task, [b for b, _ in beads]) for t, beads in zip(texts, found, strict=True))}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--quick", action="store_true", help="no cross-validation")
    given = parser.parse_args()
    embedder, start = kept_embedder(), time.perf_counter()
    every = [task for read in (tasks.novels, tasks.whole_posts, tasks.blocks) for task in read(given.corpora)]
    n, p = (len(list(read(given.corpora))) for read in (tasks.novels, tasks.whole_posts))
    parts = {"MAC": slice(0, n), "whole posts": slice(n, n + p), "blocks": slice(n + p, len(every))}

    first = [prepare(task, embedder, None) for task in every[: n + p]]
    draft = Fit(first).fit()
    texts = [prepare(task, embedder, named(draft)) for task in every]
    everything = Fit(texts).fit()
    for name, part in parts.items():
        report(f"{name}, fitted on it", texts[part], [decode(t, everything) for t in texts[part]])
    if given.out:
        save(given.out, everything, draft)
    if not given.quick:
        of_posts = Fit(first[n:]).fit()
        apart = [prepare(task, embedder, named(of_posts)) for task in every]
        w = Fit(apart[n:]).fit()
        report("MAC, weights of the posts alone", apart[:n], [decode(t, w) for t in apart[:n]])
        found = cross_validate(texts)
        for name, part in parts.items():
            report(f"{name}, cross-validated", texts[part], [found[k] for k in range(len(texts))[part]])
        for t, k in zip(texts[:n], range(n), strict=True):
            report(f"   MAC {t.task.name}", [t], [found[k]])
    for name, value in zip(NAMES, everything, strict=True):
        print(f"   {name:22} {value:8.3f}")
    print(f"{time.perf_counter() - start:.0f} s")


def named(w: np.ndarray) -> Weights:
    return Weights({name: round(float(value), 4) for name, value in zip(NAMES, w, strict=True)})


def save(path: Path, w: np.ndarray, draft: np.ndarray) -> None:
    numbers = {"weights": dict(named(w).values), "draft": dict(named(draft).values)}
    version = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:8]
    about = {
        "made": datetime.now(UTC).date().isoformat(),
        "command": "python benchmarks/fit_beads.py CORPORA --out digest/data/beads.json",
        "data": "hand-made alignments: hfgold dev (112 blocks, 325 beads of 12 posts of the Hugging Face blog; the "
        "posts as a whole by their pairs of blocks) and the development part of MAC (6 literary texts, 1,343 beads; "
        "from Bertalign's evaluation data). Only these figures come from them, no text.",
        "lexicon": load_lexicon().version,
    }
    path.write_text(json.dumps({"version": version, **about, **numbers}, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
