"""The network of train_rescorer.py: its layers, its gradients by hand, and Adam (Kingma and Ba 2015, ICLR).

Two heads share the layers: "project" adds to the offsets of the lessons and ships; "plain" has no offsets and is there
because what it learns from every damaged character serves the other too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rescorer_text import Lessons

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Slopes = dict[str, Floats]

WIDTH = 64  # of an embedding, in and out
HIDDEN = 256
DROPPED = 0.1  # share of the hidden units that a lesson goes without (Srivastava et al. 2014, JMLR 15:1929)
# A lesson whose answer has a chance over 1 - EASY is passed back only sometimes, at least SELDOM, and weighs more then:
# the expected gradient stays the same (importance sampling).
EASY = 0.05
SELDOM = 0.05
FADE, FADE_SQUARE = 0.9, 0.999  # Adam's


def summed(rows: Ints, values: Floats, count: int) -> Floats:
    """Add up the values (p, width) of each row number: (count, width), always in the same order."""
    order = np.argsort(rows.astype(np.uint16), kind="stable")
    rows = rows[order]
    first = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    total = np.zeros((count, values.shape[1]), np.float32)
    total[rows[first]] = np.add.reduceat(values[order], first, axis=0)
    return total


class Net:
    """Weights by name, as digest.normalise.repair.models.rescore reads them, and what training needs beside."""

    def __init__(self, tokens: int, window: int, rng: np.random.Generator) -> None:
        def normal(*shape: int, scale: float) -> Floats:
            return rng.standard_normal(shape, np.float32) * np.float32(scale)

        wide = 2 * window * WIDTH
        self.weights = {
            "inner": normal(tokens, WIDTH, scale=0.3),
            "hidden": normal(wide, HIDDEN, scale=(2 / wide) ** 0.5),
            "hidden_bias": np.zeros(HIDDEN, np.float32),
            "second": normal(HIDDEN, HIDDEN, scale=0.5 * (2 / HIDDEN) ** 0.5),
            "second_bias": np.zeros(HIDDEN, np.float32),
            "project": normal(HIDDEN, WIDTH, scale=0.3 * HIDDEN**-0.5),
            "plain": normal(HIDDEN, WIDTH, scale=HIDDEN**-0.5),
            "outer": normal(tokens, WIDTH, scale=0.1),
            "outer_bias": np.zeros(tokens, np.float32),
            "plain_bias": np.zeros(tokens, np.float32),
        }
        self._mean = {name: np.zeros_like(weight) for name, weight in self.weights.items()}
        self._square = {name: np.zeros_like(weight) for name, weight in self.weights.items()}
        self._steps = 0
        self._rng = rng

    def shipped(self) -> dict[str, Floats]:
        """Give the weights that the rescorer needs."""
        return {name: weight for name, weight in self.weights.items() if not name.startswith("plain")}

    def slopes(self, context: Ints, lessons: Lessons, head: str) -> tuple[Slopes, float]:
        """Give the gradient of the mean loss over lessons with contexts (n, 2 × window), and that loss in nats."""
        w, bias = self.weights, {"project": "outer_bias", "plain": "plain_bias"}[head]
        given = w["inner"][context].reshape(len(context), -1)
        first = np.maximum(given @ w["hidden"] + w["hidden_bias"], 0)
        kept = self._rng.random(first.shape, np.float32) >= DROPPED
        first *= kept * np.float32(1 / (1 - DROPPED))
        second = np.maximum(first @ w["second"] + w["second_bias"], 0)
        out = (first + second) @ w[head]
        chances = self._chances(out, lessons, bias)
        right = np.add.reduceat(np.where(lessons.is_right, chances, 0), lessons.first)
        often = np.clip((1 - right) / EASY, SELDOM, 1).astype(np.float32)
        back = np.flatnonzero(self._rng.random(len(often), np.float32) < often)

        few = lessons.part(back)
        given, first, second, out = given[back], first[back], second[back], out[back]
        weight = 1 / (often[back] * np.float32(len(often)))
        owner, choice = few.owner, few.choice
        by_score = ((self._chances(out, few, bias) - few.is_right) * weight[owner]).astype(np.float32)[:, None]
        by_out = np.add.reduceat(by_score * w["outer"][choice], few.first, axis=0)
        by_sum = by_out @ w[head].T
        by_second = by_sum * (second > 0)
        by_first = (by_sum + by_second @ w["second"].T) * (first > 0) * np.float32(1 / (1 - DROPPED))
        tokens = len(w["outer"])
        found = {
            "inner": summed(context[back].ravel(), (by_first @ w["hidden"].T).reshape(-1, WIDTH), tokens),
            "hidden": given.T @ by_first,
            "hidden_bias": by_first.sum(axis=0),
            "second": first.T @ by_second,
            "second_bias": by_second.sum(axis=0),
            head: (first + second).T @ by_out,
            "outer": summed(choice, by_score * out[owner], tokens),
            bias: summed(choice, by_score, tokens)[:, 0],
        }
        return found, float(-np.log(np.maximum(right, 1e-12)).mean())

    def _chances(self, out: Floats, lessons: Lessons, bias: str) -> Floats:
        """Give the chance of each choice: a softmax over each lesson's."""
        owner, choice = lessons.owner, lessons.choice
        scores = np.einsum("pd,pd->p", out[owner], self.weights["outer"][choice])
        scores += self.weights[bias][choice] + lessons.offset
        powers = np.exp(scores - np.maximum.reduceat(scores, lessons.first)[owner])
        chances: Floats = powers / np.add.reduceat(powers, lessons.first)[owner]
        return chances

    def step(self, parts: list[tuple[Slopes, float]], rate: float) -> None:
        """Take a step of Adam by gradients with weights."""
        self._steps += 1
        even = (1 - FADE_SQUARE**self._steps) ** 0.5 / (1 - FADE**self._steps)
        for name, weight in self.weights.items():
            slope = np.zeros_like(weight)
            for slopes, share in parts:
                if name in slopes:
                    slope += np.float32(share) * slopes[name]
            mean, square = self._mean[name], self._square[name]
            mean += np.float32(1 - FADE) * (slope - mean)
            square += np.float32(1 - FADE_SQUARE) * (slope * slope - square)
            weight -= np.float32(rate * even) * mean / (np.sqrt(square) + np.float32(1e-8))
