"""The linear-chain model over beads: a weight for each feature; gains for the lattice's beads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digest.align.bead_features import WINDOW, Window
from digest.align.lattice import Shape
from digest.align.lexicon import Scores
from digest.align.matches import Text, Vocabulary, WordScores

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Weights:
    """One number a feature, by name; a feature without one counts nothing."""

    values: Mapping[str, float]


def windows(
    zh: Text, en: Text, band: tuple[Ints, Ints], side: int, vocabulary: Vocabulary, lexicon: Scores, ratio: float
) -> Iterator[tuple[slice, Window]]:
    """Give the windows of a band, one after another, each with the reading numbers of its cells."""
    low, high = band
    widths = high - low + 1
    offset = np.concatenate([[0], np.cumsum(widths)])
    scores = WordScores(vocabulary, lexicon)
    for first in range(0, len(low), WINDOW):
        last = min(first + WINDOW, len(low))
        rows = np.repeat(np.arange(first, last), widths[first:last])
        columns = np.arange(offset[first], offset[last]) - offset[rows] + low[rows]
        yield slice(int(offset[first]), int(offset[last])), Window(zh, en, (rows, columns), side, scores, ratio)


def gains(
    zh: Text, en: Text, band: tuple[Ints, Ints], shapes: tuple[Shape, ...], weights: Weights,
    vocabulary: Vocabulary, lexicon: Scores, ratio: float,
) -> Floats:  # fmt: skip
    """Give (shapes, cells in reading order): what each bead is worth, a log-odds."""
    size = int((band[1] - band[0] + 1).sum())
    side = max(max(shape) for shape in shapes)
    found = np.zeros((len(shapes), size))
    for here, window in windows(zh, en, band, side, vocabulary, lexicon, ratio):
        for number, shape in enumerate(shapes):
            for name, values in window.features(shape).items():
                weight = weights.values.get(name, 0.0)
                if weight:
                    found[number, here] += weight * values
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the model and of the first draft (fitted before a text has a lexicon); `version` is their hash."""

    weights: Weights
    draft: Weights
    version: str


@cache
def load_model() -> Model:
    """Load the weights that ship, once a process; benchmarks/fit_beads.py made them, the file says from what."""
    from importlib.resources import files

    kept = json.loads((files("digest") / "data" / "beads.json").read_text("utf-8"))
    return Model(Weights(kept["weights"]), Weights(kept["draft"]), kept["version"])
