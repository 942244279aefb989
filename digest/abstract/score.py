"""How much a unit is worth a line: whether it reads well by itself, and how much of its post it says.

Four logistic models are fitted (data/lines.json, by benchmarks/fit_lines.py) to what readers said of whole posts, over
the traits of a unit and over its vector, in which the tone of a line (telling, asking, teaching) shows alike in both
languages: that a line is fit to be printed alone, that it is good, that it states a thing which an abstract must not
miss, and that it may stand in one line behind the unit before it. The third is helped by a plain sum of what studies
of extracts have found to tell: nearness to the whole (centrality; LexRank), to title and headings, an early place,
content. Its weights are round numbers, set by hand: posts of other blogs must not depend on the fitted model alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from digest.abstract.sections import Stand
from digest.abstract.traits import Values, traits, z_scored
from digest.abstract.unit import Unit, Vector
from digest.model import Document

STANDING, GOOD, FACT = 0.5, 2.0, 2.0  # weights of the log-odds that a line is fit, is good, states a main point
SALIENCE: Mapping[str, float] = {
    "centrality": 1.0,
    "lexrank": 1.5,
    "headings": 0.5,
    "content": 0.5,
    "opening": 0.35,
    "title": 0.35,
    "claim": 0.5,
    "summing-up": 1.0,
}
GRADED = ("content", "opening")  # traits that are z-scored here; the others are z-scored already, or 0 or 1
# What a pair costs of which the judge is less sure: readers found 2 % of those wrong that it gives .9 or more, 13 % of
# the others (benchmarks/printed.py). Below LEAST_SURE one is printed only where others are lacking.
SURE, UNSURE_COST, DOUBT_COST, LEAST_SURE = 0.9, 8.0, 1.0, 0.8
# Log-odds that a line is fit and that it is good; below either it is printed only where others are lacking.
LEAST_STANDING, LEAST_GOOD = 0.5, -1.0
# Log-odds that a unit may stand behind another: of one that leans on it, of one that does not (and might stand alone).
LEAST_BEHIND = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Reader:
    """One fitted model: log-odds = bias + weights · traits + direction · vector - level (what that is at the mean)."""

    bias: float
    level: float
    weights: Mapping[str, float]
    direction: NDArray[np.float64]

    def odds(self, found: Mapping[str, Values], vectors: Values) -> Values:
        """Give the log-odds of each unit; vectors of another embedder than the fitted one say nothing."""
        total = np.full(len(vectors), self.bias)
        for name, weight in self.weights.items():
            total = total + weight * found[name]
        if vectors.shape[1] != len(self.direction):
            return total
        return total + vectors @ self.direction - self.level


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts of every unit's score by name, their sum, and what else decides.

    `salience` is how much of the post a unit says, whatever way it reads; `doubtful` ones are not likely to be worth a
    line; `behind` is the log-odds that a unit may stand in one line behind the one before it.
    """

    parts: Mapping[str, Values]
    total: Values
    salience: Values
    doubtful: NDArray[np.bool_]
    behind: Values

    def continues(self, i: int, *, leans: bool) -> bool:
        """Tell whether a unit may stand in one line with the one before it."""
        return bool(self.behind[i] >= LEAST_BEHIND[not leans])


def score(document: Document, units: Sequence[Unit], stands: Sequence[Stand], title_vector: Vector) -> Scores:
    """Score every unit."""
    found = traits(document, units, stands, title_vector)
    vectors = np.stack([unit.vector for unit in units]).astype(np.float64)
    standing, good, fact, behind = (
        readers()[name].odds(found, vectors) for name in ("fit", "good", "fact", "behind")
    )  # fmt: skip
    prose = np.array([document.paragraphs[unit.source[0].paragraph].kind in ("prose", "item") for unit in units])
    telling = {"main-point": FACT * fact}
    for name, weight in SALIENCE.items():
        values = z_scored(found[name], prose) if name in GRADED else found[name]
        telling[name] = weight * values
    chance = np.array([unit.chance if unit.verified and unit.other else 1.0 for unit in units])
    cost = -UNSURE_COST * np.maximum(0.0, SURE - chance) - DOUBT_COST * (chance < SURE)
    parts = {"reads-alone": STANDING * standing, "substance": GOOD * good, **telling, "unsure-pair": cost}
    doubtful = (standing < LEAST_STANDING) | (good < LEAST_GOOD) | (chance < LEAST_SURE)
    total, salience = (np.sum(list(some.values()), axis=0) for some in (parts, telling))
    return Scores(parts, total, salience, doubtful, behind)


def version() -> str:
    """Name what the fitted models say: eight hex digits of a hash of their file."""
    return sha256(_data()).hexdigest()[:8]


@cache
def _data() -> bytes:
    return files("digest").joinpath("data/lines.json").read_bytes()


@cache
def readers() -> Mapping[str, Reader]:
    """Read the fitted models, by what they tell: "fit", "good", "fact", "behind"."""
    given = json.loads(_data())
    return {
        name: Reader(each["bias"], each["level"], each["weights"], np.array(each["direction"]))
        for name, each in given["readers"].items()
    }
