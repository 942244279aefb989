"""Which features brought what: `python benchmarks/ablation.py CORPORA`; needs scipy, takes ten minutes.

Groups of features are added one after another, then left out one at a time; the weights of those that remain are fitted
again. Cross-validated: a third of the posts and of the novels is left out at a time (fit_beads.py leaves out one at a
time, and does a little better). The draft, where there is one, is the one that ships.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import fit_beads
import numpy as np
import tasks
from align import unequal_blocks
from fit_beads import NAMES, Fit, Prepared, decode
from scipy.optimize import minimize
from scores import Strict
from vectors import kept_embedder

from digest.align.chain import load_model
from digest.align.dictionary import load_dictionary
from digest.align.lexicon import Lexicon, Scores, joined, unpacked

FOLDS = 3
ITERATIONS = 25
GROUPS = {
    "lengths": ("lean", "length", "length²", "length of 1-1", "length z"),
    "vectors": (
        "cosine", "cosine of 1-1", "cosine × sentences", "cosine under .5", "cosine under .3", "margin", "drop",
        "extend", "weakest cosine", "lone nearness",
    ),
    "words": (
        "words", "words alone", "covered", "words outside", "names", "names alone", "names outside", "clauses alone",
        "clauses outside", "weakest words", "lone words",
    ),
    "names": ("names", "names alone", "names outside"),
    "clauses": ("clauses alone", "clauses outside"),
    "what lies just outside or inside": (
        "margin", "drop", "extend", "weakest cosine", "weakest words", "words outside", "names outside",
        "clauses outside",
    ),
    "marks": ("questions", "exclamations", "colons", "quotes", "ending"),
    "paragraphs and blocks": ("across", "lone end", "other blocks", "same blocks"),
    "lone sentences": ("lone length", "lone nearness", "lone words"),
}  # fmt: skip


def numbers(*groups: str) -> set[int]:
    return {NAMES.index(name) for group in groups for name in GROUPS[group]}


def lexicon(kind: str) -> Scores:
    shipped = unpacked((files("digest") / "data" / "lexicon.json.gz").read_bytes())
    return {
        "nothing": Lexicon(),
        "shipped": shipped,
        "dictionary": joined((shipped, load_dictionary())),
        "own": joined((shipped, load_dictionary())),
    }[kind]


def prepared(every: Sequence[tasks.Task], kind: str) -> list[Prepared]:
    embedder, known = kept_embedder(), lexicon(kind)
    before = fit_beads.load_lexicon
    fit_beads.load_lexicon = lambda: known
    try:
        return [fit_beads.prepare(t, embedder, load_model().draft if kind == "own" else None) for t in every]
    finally:
        fit_beads.load_lexicon = before


def fitted(fit: Fit, kept: Sequence[int], start: np.ndarray, iterations: int) -> np.ndarray:
    """Fit the weights of some features; the others weigh nothing."""
    w = np.zeros(len(NAMES))

    def scaled(u: np.ndarray) -> tuple[float, np.ndarray]:
        w[kept] = u / fit.spread[kept]
        value, slope = fit.loss(w)
        return value, slope[kept] / fit.spread[kept]

    options = {"maxiter": iterations, "ftol": 1e-6}
    found = minimize(scaled, start[kept] * fit.spread[kept], jac=True, method="L-BFGS-B", options=options)
    w[kept] = found.x / fit.spread[kept]
    return w


def plan() -> dict[str, list[tuple[str, set[int]]]]:
    """Give the rows by the lexicon that they need: name and numbers of the features that remain."""
    everything = set(range(len(NAMES)))
    bare = everything - numbers(*(set(GROUPS) - {"lengths"})) | numbers("lengths") | {NAMES.index("lone length")}
    near = bare | numbers("vectors")
    read = near | numbers("words")
    marks = read | numbers("marks")
    last = [("+ marks", marks), ("+ paragraphs and blocks = everything", everything)]
    return {
        "nothing": [("type and length", bare), ("+ vectors", near), ("+ words spelt alike (names, numbers)", read)],
        "shipped": [("+ shipped lexicon", read)],
        "dictionary": [("+ dictionary", read)],
        "own": [("+ lexicon of the text", read), *last,
                *((f"without {group}", everything - numbers(group)) for group in GROUPS)],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument(
        "--lexicons", nargs="*", default=list(plan()), choices=list(plan()), help="only rows with these"
    )
    given = parser.parse_args()
    begun = time.perf_counter()
    every = [task for read in (tasks.novels, tasks.whole_posts, tasks.blocks) for task in read(given.corpora)]
    unequal = {task.name: task for task in unequal_blocks(given.corpora)}
    fold_of = {name: number % FOLDS for number, name in enumerate(dict.fromkeys(t.post for t in every))}
    print("| features | blocks given | unequal | whole posts | their unequal | MAC |\n|---|---|---|---|---|---|")
    starts: list[np.ndarray] = [np.zeros(len(NAMES))] * FOLDS
    for kind, rows in plan().items():
        if kind not in given.lexicons:
            continue
        texts = prepared(every, kind)
        found: dict[str, dict[int, list[tasks.GoldBead]]] = {name: {} for name, _ in rows}
        for fold in range(FOLDS):
            fit = Fit([t for t in texts if fold_of[t.task.post] != fold])
            for name, kept in rows:
                start = starts[fold]  # those of the row before; when features are left out, of everything
                w = fitted(fit, sorted(kept), start, ITERATIONS if start.any() else 2 * ITERATIONS)
                if not name.startswith("without"):
                    starts[fold] = w
                for k, text in enumerate(texts):
                    if fold_of[text.task.post] == fold:
                        found[name][k] = [bead for bead, _ in decode(text, w)]
        for name, beads in found.items():
            blocks = [(t, beads[k]) for k, t in enumerate(every) if t.free is None and ":" in t.name]
            posts = [(t, beads[k]) for k, t in enumerate(every) if t.free is not None]
            novels = [(t, beads[k]) for k, t in enumerate(every) if t.free is None and ":" not in t.name]
            hard = [(t, b) for t, b in blocks if t.unequal], [(unequal[t.name], b) for t, b in posts]
            scores = (Strict.of(some) for some in (blocks, hard[0], posts, hard[1], novels))
            print(f"| {name} | {' | '.join(map(cell, scores))} |", flush=True)
    print(f"{time.perf_counter() - begun:.0f} s")


def cell(score: Strict) -> str:
    return f"{score.value:.3f} ({score.low:.3f}–{score.high:.3f})"


if __name__ == "__main__":
    main()
