"""How alignments are scored: strict and lax F1, with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from tasks import GoldBead, Task

from digest.render.shares import wilson as wilson

Found = Iterable[GoldBead]


@dataclass(frozen=True)
class Counts:
    """Of one text: beads right, beads of the system and of the gold; and the same counting any overlap as right."""

    right: int
    system: int
    truth: int
    lax_system: int
    lax_truth: int

    @classmethod
    def of(cls, task: Task, found: Found) -> Counts:
        """Count beads with both sides; where the gold covers only part of the text, those that touch it."""
        zh, en = {i for a, _ in task.beads for i in a}, {j for _, b in task.beads for j in b}
        mine = {(a, b) for a, b in found if a and b and (not zh.isdisjoint(a) or not en.isdisjoint(b))}
        theirs = {(a, b) for a, b in task.beads if a and b}
        links = [{(i, j) for a, b in side for i in a for j in b} for side in (theirs, mine)]
        lax = [
            sum(any((i, j) in other for i in a for j in b) for a, b in side)
            for side, other in zip((mine, theirs), links, strict=True)
        ]
        return cls(len(mine & theirs), len(mine), len(theirs), *lax)


def f1(rows: np.ndarray) -> float:
    right, system, truth = rows.sum(axis=0)[:3]
    return float(2 * right / max(system + truth, 1))


def lax_f1(rows: np.ndarray) -> float:
    _, system, truth, lax_system, lax_truth = rows.sum(axis=0)
    precision, recall = lax_system / max(system, 1), lax_truth / max(truth, 1)
    return float(2 * precision * recall / max(precision + recall, 1e-9))


@dataclass(frozen=True)
class Strict:
    """Strict F1 over texts, with a 95 % interval by drawing texts (or blocks) again 2,000 times."""

    value: float
    low: float
    high: float
    lax: float
    beads: int

    @classmethod
    def of(cls, pairs: Iterable[tuple[Task, Found]]) -> Strict:
        rows = np.array([[*vars(Counts.of(task, found)).values()] for task, found in pairs])
        rng = np.random.default_rng(3)
        drawn = [f1(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(2000)] if len(rows) > 1 else [0.0, 1.0]
        low, high = np.percentile(drawn, [2.5, 97.5])
        return cls(f1(rows), float(low), float(high), lax_f1(rows), int(rows[:, 2].sum()))

    def __str__(self) -> str:
        return f"strict F1 {self.value:.3f} ({self.low:.3f} to {self.high:.3f})  lax {self.lax:.3f}  {self.beads} beads"


def share(right: int, n: int) -> str:
    """Print a share with its interval."""
    if not n:
        return "–"
    low, high = wilson(right, n)
    return f"{right}/{n} = {right / n:.1%} ({low:.1%} to {high:.1%})"
