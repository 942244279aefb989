"""The table of cosines: its levels, its scale, and blocks of many sentences."""

from __future__ import annotations

import numpy as np
import pytest

from digest.align.similarity import LEVELS, levels


def units(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_cell_a_pair_of_sentences_from_the_median_to_the_maximum() -> None:
    zh, en = units(7, 1), units(5, 2)
    rows, low, high = levels(zh, en)
    cosines = zh @ en.T
    assert [len(row) for row in rows] == [5] * 7
    assert (low, high) == pytest.approx((float(np.median(cosines)), float(cosines.max())), abs=1e-6)
    best = np.unravel_index(cosines.argmax(), cosines.shape)
    assert rows[best[0]][best[1]] == LEVELS - 1
    assert all(rows[i][j] == 0 for i, j in zip(*np.nonzero(cosines <= low), strict=True))


def test_of_many_sentences_a_cell_is_the_mean_of_a_block() -> None:
    zh, en = units(30, 3), units(20, 4)
    rows, low, high = levels(zh, en, most=10)
    blocks = (zh @ en.T).reshape(10, 3, 10, 2).mean(axis=(1, 3))
    share = np.clip((blocks - np.median(blocks)) / (blocks.max() - np.median(blocks)), 0, 1)
    assert [list(row) for row in rows] == np.rint(share * (LEVELS - 1)).astype(int).tolist()
    assert (low, high) == pytest.approx((float(np.median(blocks)), float(blocks.max())))


@pytest.mark.parametrize("count", [1, 3])
def test_a_table_in_which_all_is_alike_is_dark(count: int) -> None:
    ones = np.full((count, 4), 0.5, dtype=np.float32)
    assert levels(ones, ones)[0] == (bytes([LEVELS - 1] * count),) * count
