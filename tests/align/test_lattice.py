"""The lattice against brute force: every way counted by recursion."""

import math
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.align.lattice import USUAL_SHAPES, lattice, shapes_up_to


def band(n, m):
    return np.zeros(n + 1, dtype=int), np.full(n + 1, m)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 10**6))
def test_sums_are_those_of_all_ways(n, m, side, seed):
    cells = lattice([band(n, m), band(2, 3)], shapes_up_to(side))
    gain = np.random.default_rng(seed).normal(size=(len(cells.shapes), cells.size))
    at = {(int(cells.row[c]), int(cells.column[c])): c for c in range(cells.size) if cells.order[c] < (n + 1) * (m + 1)}

    @cache
    def ways(i, j):
        if i == j == 0:
            return 1.0
        steps = ((k, a, b) for k, (a, b) in enumerate(cells.shapes) if a <= i and b <= j)
        return sum(ways(i - a, j - b) * math.exp(gain[k, at[i, j]]) for k, a, b in steps)

    probable, whole = cells.marginals(gain)
    assert whole[0] == np.float64(math.log(ways(n, m))) or math.isclose(whole[0], math.log(ways(n, m)), rel_tol=1e-9)
    # each Chinese sentence is in exactly one bead: the expected number of sentences in beads is their number
    sizes = np.array([a for a, _ in cells.shapes])
    mine = cells.order < (n + 1) * (m + 1)
    assert math.isclose((probable * sizes[:, None])[:, mine].sum(), n, rel_tol=1e-6)
    assert math.isclose((probable * sizes[:, None])[:, ~mine].sum(), 2, rel_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6))
def test_the_best_way_is_the_best_of_all(n, m, seed):
    cells = lattice([band(n, m)], shapes_up_to(2))
    gain = np.random.default_rng(seed).normal(size=(len(cells.shapes), cells.size))
    at = {(int(cells.row[c]), int(cells.column[c])): c for c in range(cells.size)}

    @cache
    def best(i, j):
        if i == j == 0:
            return 0.0
        steps = ((k, a, b) for k, (a, b) in enumerate(cells.shapes) if a <= i and b <= j)
        return max(best(i - a, j - b) + gain[k, at[i, j]] for k, a, b in steps)

    way = cells.best(gain)[0]
    assert math.isclose(sum(gain[k, c] for k, c in way), best(n, m), rel_tol=1e-9)
    assert sum(cells.shapes[k][0] for k, _ in way) == n
    assert sum(cells.shapes[k][1] for k, _ in way) == m


def test_a_narrow_band_is_kept_to():
    low, high = np.maximum(np.arange(31) - 2, 0), np.minimum(np.arange(31) + 2, 30)
    cells = lattice([(low, high)], shapes_up_to(3))
    assert cells.size == int((high - low + 1).sum())
    assert (np.abs(cells.row - cells.column) <= 2).all()
    probable, _ = cells.marginals(np.zeros((len(cells.shapes), cells.size)))
    assert math.isclose((probable * np.array([b for _, b in cells.shapes])[:, None]).sum(), 30, rel_tol=1e-6)


def test_one_sentence_may_stand_against_five_unless_sides_are_bounded():
    assert {(1, 5), (5, 1), (3, 3)} <= set(USUAL_SHAPES)
    assert (2, 4) not in USUAL_SHAPES
    assert max(max(shape) for shape in shapes_up_to(3)) == 3
    assert (6, 6) in shapes_up_to(6)
