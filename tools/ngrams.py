"""Character n-grams: counted and smoothed. Used by train_characters.py; kept_ngrams.py prunes and packs them.

Interpolated Kneser-Ney smoothing with three discounts (Chen and Goodman 1999, Computer Speech and Language 13:359).
All arithmetic is in a fixed order and of exact operations only, so that the same input gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import BITS, LINE, ORDERS, places

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Tokens = NDArray[np.uint16]
SHIFT = np.uint64(BITS)
LN2 = 0.6931471805599453


@dataclass(frozen=True, eq=False)
class Counts:
    """N-grams of one order: packed keys ascending, how often each was seen, and the weight of what was seen."""

    keys: Keys
    seen: NDArray[np.int64]
    weight: Floats


@dataclass(frozen=True, eq=False)
class Smoothed:
    """N-grams of one order with their probabilities, and those that the shorter ones alone would give."""

    keys: Keys
    p: Floats
    low: Floats


def add_up(keys: Keys, seen: NDArray[np.int64], weight: Floats) -> Counts:
    """Add up what has the same key."""
    found, group = np.unique(keys, return_inverse=True)
    total: Floats = np.bincount(group, weight, len(found))
    return Counts(found, np.bincount(group, seen, len(found)).astype(np.int64), total)


def added(one: Counts, other: Counts) -> Counts:
    """Add the counts of two sources."""
    return add_up(
        np.concatenate((one.keys, other.keys)),
        np.concatenate((one.seen, other.seen)),
        np.concatenate((one.weight, other.weight)),
    )


def suffix(keys: Keys, order: int) -> Keys:
    """Drop the first token of n-grams of an order."""
    return keys & np.uint64((1 << BITS * (order - 1)) - 1)


def stream(tokens: NDArray[np.int32]) -> Tokens:
    """Give the tokens that count of a text whose lines LINE parts, with one LINE at its start, its end and between."""
    kept = np.concatenate(([LINE], tokens[places(tokens)], [LINE])).astype(np.uint16)
    return kept[np.concatenate(([True], (kept[1:] != LINE) | (kept[:-1] != LINE)))]


def windows(t: Tokens, order: int, values: Floats | None = None) -> tuple[Keys, Floats]:
    """Give the n-gram that ends at each token of a stream but the first, filled up with LINE before a line's start.

    The second result is the greatest of `values` (one a token, at least 0) within it; zeros without them.
    """
    keys = t[1:].astype(np.uint64)
    most = np.zeros(len(keys)) if values is None else values[1:].copy()
    beyond = np.zeros(len(keys), bool)
    for back in range(1, order):
        older = np.concatenate((np.full(back - 1, LINE, np.uint16), t[: len(t) - back]))
        older = np.where(beyond, LINE, older)
        keys |= older.astype(np.uint64) << np.uint64(BITS * back)
        if values is not None:
            worth = np.concatenate((np.zeros(back - 1), values[: len(t) - back]))
            most = np.maximum(most, np.where(beyond, 0, worth))
        beyond |= older == LINE
    return keys, most


def counted(t: Tokens) -> Counts:
    """Count the longest n-grams of a stream."""
    keys, seen = np.unique(windows(t, ORDERS)[0], return_counts=True)
    return Counts(keys, seen, seen.astype(float))


def discounts(seen: NDArray[np.int64]) -> Floats:
    """Give what is taken of n-grams seen 0, 1, 2, and 3 times or more."""
    n = np.bincount(np.minimum(seen, 5), minlength=6).astype(float)
    y = n[1] / max(n[1] + 2 * n[2], 1)
    # bounds for counts of counts as tiny texts have them
    three = [min(max(k - (k + 1) * y * n[k + 1] / max(n[k], 1), 0.1 * k), 0.95 * k) for k in (1, 2, 3)]
    return np.array([0.0, *three])


def kept_weight(c: Counts) -> Floats:
    """Give the weights less their discounts: of a weight the share is taken that its count loses."""
    return c.weight * (1 - discounts(c.seen)[np.minimum(c.seen, 3)] / np.maximum(c.seen, 1))


def shorter(c: Counts, order: int, extra: Counts) -> Counts:
    """Give the counts of n-grams a token shorter: how many tokens precede each, at a line's start how often it stands.

    What precedes a line's first token, all LINE, is an n-gram too, so that each has its prefix.
    """
    keys, seen, weight = suffix(c.keys, order), np.ones(len(c.keys), np.int64), c.weight / c.seen
    if order > 2:
        start = keys >> np.uint64(BITS * (order - 2)) == LINE
        seen, weight = np.where(start, c.seen, seen), np.where(start, c.weight, weight)
        keys, seen, weight = np.append(keys, np.uint64(LINE)), np.append(seen, 1), np.append(weight, 1e-3)
    return added(Counts(keys, seen, weight), extra)


def smooth(top: Counts, extras: list[Counts], size: int) -> list[Smoothed]:
    """Smooth a model of `size` tokens. Gives the orders 1 … ORDERS; extras[n] are further counts of n + 1 tokens."""
    counts = [top]
    for order in range(ORDERS, 1, -1):
        counts.append(shorter(counts[-1], order, extras[order - 2]))
    one = counts.pop()
    p: Floats = np.bincount(one.keys.astype(np.intp), kept_weight(one) / one.weight.sum(), size)
    p += (1 - p.sum()) / size
    found = [Smoothed(np.arange(size, dtype=np.uint64), p, np.full(size, 1 / size))]
    for order in range(2, ORDERS + 1):
        c, below = counts.pop(), found[-1]
        _, context = np.unique(c.keys >> SHIFT, return_inverse=True)
        share = kept_weight(c) / np.bincount(context, c.weight)[context]
        rest = 1 - np.bincount(context, share)
        low = rest[context] * below.p[np.searchsorted(below.keys, suffix(c.keys, order))]
        found.append(Smoothed(c.keys, share + low, low))
    return found


def ln(x: Floats) -> Floats:
    """Give natural logs by a series of exact operations: numpy's own may differ in the last bit between processors."""
    m, e = np.frexp(x)
    small = m < 0.7071067811865476
    m, e = np.where(small, 2 * m, m), e - small
    t = (m - 1) / (m + 1)
    s = t * t
    total = np.full(len(t), 1 / 21)
    for odd in range(19, 0, -2):
        total = total * s + 1 / odd
    found: Floats = e * LN2 + 2 * t * total
    return found
