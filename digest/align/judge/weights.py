"""The judge's numbers, as they ship: benchmarks/fit_judge.py learns them and writes what they were learnt from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Features = Mapping[str, float]

# The ways in which a pair may be wrong; the first ones make it another sentence.
OTHER_SENTENCE = ("other", "half en", "half zh", "sentence")
WAYS = (
    *OTHER_SENTENCE, "cut en", "cut zh", "dropped en", "dropped zh", "en denies", "zh denies", "name", "number",
    "repeated",
)  # fmt: skip
# How much likelier than the others some ways are held to be; chosen on held-out silver posts for an even catch.
LIKELY = {"name": 1.5, "sentence": 2.0, "half en": 1.5, "half zh": 1.5}
LARGEST = 30.0  # nats; beyond, certainty is not to be believed


@dataclass(frozen=True, slots=True)
class Question:
    """One of the judge's two questions: log-odds = slope × what the ways say + offset; it acts below `least`."""

    slope: float
    offset: float
    least: float


@dataclass(frozen=True, slots=True)
class Keeping:
    """Whether a machine kept to its line: a linear model of the log-odds that it did; it acts below `least`."""

    weights: Features
    least: float


@dataclass(frozen=True, slots=True)
class Weights:
    """All that the judge has learnt.

    `evidence`: nats that a word of a class, met or not, says of its clause being missing across. `ways`: by what is
    known of a pair ("plain", "clauses", "back", "clauses+back") a linear model for each way of being wrong, whose value
    is the log-odds of a good pair against one wrong in that way; all but the plain ones take the plain one's value as
    the feature "plain". `questions`: "same" and "exact", by what is known. `priors`: by origin the log-odds that a pair
    of it is the same sentence, and exact. `reliability`: for the origins that need it, by question, a linear model of
    the log-odds that a line in which nothing can be seen is right all the same. `keeping`: of machines, by what is
    known ("plain", "rivals"), the models of "other" (no other line) and "part" (neither half of it nor two lines).
    """

    evidence: Mapping[str, float]
    ways: Mapping[str, Mapping[str, Mapping[str, float]]]
    questions: Mapping[str, Mapping[str, Question]]
    priors: Mapping[str, tuple[float, float]]
    reliability: Mapping[str, Mapping[str, Features]]
    keeping: Mapping[str, Mapping[str, Keeping]]


def linear(weights: Features, features: Features) -> float:
    return max(-LARGEST, min(LARGEST, sum(weight * features.get(name, 0.0) for name, weight in weights.items())))


def log_odds(features: Features, known: str, weights: Weights) -> dict[str, float]:
    """Give for each way the log-odds of a good pair against one that is wrong in that way."""
    plain = {way: linear(weights.ways["plain"][way], features) for way in WAYS}
    if known == "plain":
        return plain
    return closer(plain, {way: linear(weights.ways[known][way], {**features, "plain": plain[way]}) for way in WAYS})


def closer(plain: Mapping[str, float], known: Mapping[str, float]) -> dict[str, float]:
    """Join what the lines alone say and what is said with more known: of another sentence the worse word counts.

    A closer look may find a sentence's half; that it is not another sentence the first look must have seen, too.

    >>> closer({"other": -2.0, "name": -2.0}, {"other": 1.0, "name": 1.0})
    {'other': -2.0, 'name': 1.0}
    """
    return {way: min(plain[way], value) if way in OTHER_SENTENCE else value for way, value in known.items()}


def against_all(odds: Mapping[str, float]) -> float:
    """Join the log-odds against several ways: the odds of being wrong add up, each way as likely as LIKELY says.

    >>> round(against_all({"a": 2.0, "b": 2.0}), 3), round(against_all({"a": 2.0, "b": -9.0}), 3)
    (2.0, -8.307)
    """
    likely = {way: LIKELY.get(way, 1.0) for way in odds}
    return -math.log(sum(likely[way] * math.exp(-value) for way, value in odds.items()) / sum(likely.values()))


def read_weights(said: Mapping[str, Any]) -> Weights:
    """Read the file's JSON."""
    questions = {
        known: {name: Question(float(q["slope"]), float(q["offset"]), float(q["least"])) for name, q in two.items()}
        for known, two in said["questions"].items()
    }
    priors = {origin: (float(two[0]), float(two[1])) for origin, two in said["priors"].items()}
    keeping = {
        known: {name: Keeping(one["weights"], float(one["least"])) for name, one in two.items()}
        for known, two in said.get("keeping", {}).items()
    }
    return Weights(said["evidence"], said["ways"], questions, priors, said["reliability"], keeping)


@cache
def load_weights() -> Weights:
    """Load the numbers that ship, once a process."""
    from importlib.resources import files

    return read_weights(json.loads((files("digest") / "data" / "judge.json").read_bytes()))


@cache
def version() -> str:
    """Name what the judge has learnt: a hash of its weights and of its list of words."""
    import hashlib
    from importlib.resources import files

    data = files("digest") / "data"
    said = b"".join((data / name).read_bytes() for name in ("judge.json", "english.txt.gz"))
    return hashlib.sha256(said).hexdigest()[:8]
