"""Cosines without what all texts of a language have in common (pure).

It says which language a text is in, and would put texts in the question's own before all others (centring by language,
as in Libovický, Rosa and Fraser 2020, Findings of EMNLP).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.align.embed import Vectors
from digest.model import SIDES

FEW = 50  # vectors of a language that count as many of no direction: what so few have in common says little


@dataclass(frozen=True, slots=True)
class Centred:
    """A question of shape (dim,) and the means of both languages, of shape (2, dim)."""

    asked: Vectors
    means: Vectors

    @classmethod
    def of(cls, question: Vectors, side: str, sums: NDArray[np.floating]) -> Centred:
        """Take the mean of its language from a question; `sums` has shape (2, dim + 1), the number in the last."""
        means = (sums[:, :-1] / (sums[:, -1:] + FEW)).astype(np.float32)
        asked = question - means[SIDES.index(side)]
        return cls(asked / max(float(np.linalg.norm(asked)), 1e-9), means)

    def cosines(self, vectors: Vectors, sides: NDArray[np.int64]) -> Vectors:
        """Compare unit vectors of shape (n, dim) of the languages `sides`, counted in SIDES, with the question."""
        dots = vectors @ np.column_stack([self.asked, *self.means])
        # |v - m|² of a unit vector v, without writing v - m out
        squares = 1 - 2 * dots[np.arange(len(sides)), sides + 1] + (self.means * self.means).sum(axis=1)[sides]
        cosines = (dots[:, 0] - (self.means @ self.asked)[sides]) / np.sqrt(np.maximum(squares, 1e-6))
        return np.asarray(cosines, dtype=np.float32)
