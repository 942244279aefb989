"""Unit vectors as bytes: a signed byte a number, and a scale a vector.

A vector's largest number becomes 127, so a number is off by half a step at most: plain scalar quantisation. What that
costs is in docs/benchmarks.md; the bytes are a quarter of float32's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digest.align.embed import Vectors

STEPS = 127


def pack(rows: Vectors) -> bytes:
    """Write vectors of shape (n, dim) as n × (4 + dim) bytes: all scales (float32, little-endian), then the rows."""
    scales = np.abs(rows).max(axis=1, initial=0) / STEPS
    steps = np.rint(rows / np.where(scales > 0, scales, 1)[:, None])
    return bytes(scales.astype("<f4").tobytes() + steps.astype(np.int8).tobytes())


def unpack(packed: bytes, count: int, dim: int) -> Vectors:
    """Give the vectors back, of shape (count, dim). Raises ValueError for bytes that are no such.

    >>> unpack(pack(np.array([[0.6, -0.8]], dtype=np.float32)), 1, 2).round(2).tolist()
    [[0.6000000238418579, -0.800000011920929]]
    """
    if len(packed) != count * (4 + dim):
        raise ValueError(f"{len(packed)} bytes are no {count} vectors of {dim}")
    scales = np.frombuffer(packed, "<f4", count)
    steps = np.frombuffer(packed, np.int8, offset=4 * count).reshape(count, dim)
    return np.asarray(steps * scales[:, None], dtype=np.float32)


def unpack_all(packed: Sequence[bytes], counts: Sequence[int], dim: int) -> Vectors:
    """Give the vectors of several texts at once, of shape (sum of counts, dim): much faster than text by text."""
    rows = np.concatenate([
        np.frombuffer(each, np.int8, offset=4 * count).reshape(count, dim)
        for each, count in zip(packed, counts, strict=True)
    ]).astype(np.float32)  # fmt: skip
    rows *= np.concatenate([np.frombuffer(each, "<f4", n) for each, n in zip(packed, counts, strict=True)])[:, None]
    return rows
