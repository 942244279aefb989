"""Groups of different sizes in one flat array: group i is `values[start[i]:start[i + 1]]`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
Floats = NDArray[np.float64]


def starts_of(sizes: Index) -> Index:
    """Give where groups of the given sizes begin, and where the last ends; shape (n + 1,)."""
    return np.concatenate(([0], np.cumsum(sizes)))


def owners(start: Index) -> Index:
    """Give the group of each place."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def ranges(sizes: Index) -> Index:
    """Count 0, 1 … within each of consecutive groups of the given sizes.

    >>> ranges(np.array([2, 0, 3]))
    array([0, 1, 0, 1, 2])
    """
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)


def first_of_best(scores: Floats, start: Index) -> Index:
    """Give the place of the highest score of each group, the first of equals. No group may be empty.

    >>> first_of_best(np.array([1.0, 3.0, 3.0, 2.0]), np.array([0, 3, 4]))
    array([1, 3])
    """
    if not len(scores):
        return np.zeros(0, np.int64)
    group = owners(start)
    at = np.flatnonzero(scores == np.maximum.reduceat(scores, start[:-1])[group])
    return at[np.searchsorted(group[at], np.arange(len(start) - 1))]
