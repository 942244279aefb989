"""Two texts' vectors → the table of their cosines, averaged down to what a picture can show (pure)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST = 400  # cells a side
LEVELS = 16  # steps of darkness; twice as many take a third more bytes and look the same


def levels(
    zh: NDArray[np.float32], en: NDArray[np.float32], *, most: int = MOST
) -> tuple[tuple[bytes, ...], float, float]:
    r"""Give a row of bytes 0 … LEVELS - 1 for each Chinese sentence, a byte for each English one, and the scale.

    The vectors are unit rows, one a sentence, of equal width. Of more than `most` sentences a side, a cell is the mean
    cosine of a block of them. The scale is the cosine of level 0 (the table's median: half of all cells say nothing)
    and that of the highest level (its maximum).

    >>> levels(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32))[0][1]
    b'\x00\x0f\x00'
    """
    table = _pooled(zh, most) @ _pooled(en, most).T
    low, high = float(np.median(table)), float(table.max())
    share = (table - low) / (high - low) if high > low else np.ones_like(table)
    steps = np.rint(np.clip(share, 0, 1) * (LEVELS - 1)).astype(np.uint8)
    return tuple(row.tobytes() for row in steps), low, high


def _pooled(vectors: NDArray[np.float32], most: int) -> NDArray[np.float64]:
    """Give the mean vector of each of at most `most` blocks: its products are the mean cosines of the blocks."""
    count = min(len(vectors), most)
    starts = np.arange(count) * len(vectors) // count
    sums = np.add.reduceat(vectors.astype(np.float64), starts, axis=0)
    return np.asarray(sums / np.diff([*starts, len(vectors)])[:, None])
