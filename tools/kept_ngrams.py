"""Which n-grams of a smoothed model are kept, and how they are written. Used by train_characters.py.

Pruned by what an n-gram says beyond the shorter one (weighted difference: Seymore and Rosenfeld 1996, ICSLP), weighted
by how much it is needed: at characters that a damage can change and that their neighbours alone do not give away.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from ngrams import SHIFT, Floats, Keys, Smoothed, Tokens, ln, suffix, windows
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import BITS, MASK, ORDERS, SPECIAL, STEP, TOP, Grams, Order, by_chance

Index = NDArray[np.intp]
LOW = np.uint64(MASK)
SENSE = 4.0  # nats: no place needs more than one whose character its neighbours give e**-4


@dataclass(frozen=True, eq=False)
class Use:
    """Of the n-grams of one order: how often each stands, and how much it is needed there, in all."""

    often: Floats
    need: Floats


def needs(t: Tokens, model: list[Smoothed], alike: list[Index]) -> Floats:
    """Tell for each token of a stream how little its neighbours give it away, in nats, 0…SENSE.

    `alike` are the sets of ids that one damage leaves indistinguishable. What the neighbours know are bigrams.
    """
    one, two = model[0], model[1]
    contexts, context = np.unique(two.keys >> SHIFT, return_inverse=True)
    rest = np.ones(len(one.p))
    rest[contexts.astype(np.intp)] = 1 - np.bincount(context, two.p - two.low)

    def pair(a: Keys, b: Keys) -> Floats:
        keys = a << SHIFT | b
        at = np.minimum(np.searchsorted(two.keys, keys), len(two.keys) - 1)
        return np.where(two.keys[at] == keys, two.p[at], rest[a.astype(np.intp)] * one.p[b.astype(np.intp)])

    group_of = np.full(len(one.p), -1)
    for n, group in enumerate(alike):
        group_of[group] = n
    at = np.flatnonzero(group_of[t[1:-1]] >= 0) + 1
    left, here, right = (t[at + d].astype(np.uint64) for d in (-1, 0, 1))
    keys, place = np.unique((left << SHIFT | here) << SHIFT | right, return_inverse=True)
    group = group_of[(keys >> SHIFT & LOW).astype(np.intp)]
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(alike) + 1))
    found = np.zeros(len(keys))
    for n, members in enumerate(alike):
        rows = order[bounds[n] : bounds[n + 1]]
        a, b, c = keys[rows] >> SHIFT >> SHIFT, keys[rows] >> SHIFT & LOW, keys[rows] & LOW
        total = np.zeros(len(rows))
        for member in members.astype(np.uint64):
            total += pair(a, np.full_like(a, member)) * pair(np.full_like(a, member), c)
        found[rows] = ln(total / (pair(a, b) * pair(b, c)))
    out = np.zeros(len(t))
    out[at] = np.clip(found, 0, SENSE)[place]
    return out


def used(t: Tokens, need: Floats, model: list[Smoothed]) -> list[Use]:
    """Tell for the orders 2 … ORDERS how the n-grams of a stream are used: needed as much as their neediest token."""
    found = []
    for order in range(2, ORDERS + 1):
        keys, most = windows(t, order, need)
        unique, group = np.unique(keys, return_inverse=True)
        at, size = np.searchsorted(model[order - 1].keys, unique), len(model[order - 1].keys)
        often, needed = np.zeros(size), np.zeros(size)
        often[at], needed[at] = np.bincount(group), np.bincount(group, most)
        found.append(Use(often, needed))
    return found


def prune(model: list[Smoothed], uses: list[Use], points: NDArray[np.uint32], least: float) -> Grams:
    """Keep the n-grams that say `least` nats or more, in all, beyond the shorter ones where it is needed.

    What is frequent but never needed still counts for the back-off weights, and is left out: where no character could
    have been another one, all that is said of them is the same for each reading.
    """
    keep = [np.ones(len(model[0].keys), bool)]
    weighed = [keep[0]]
    for order in range(2, ORDERS + 1):
        m, use = model[order - 1], uses[order - 2]
        says = ln(m.p / m.low)
        keep.append(use.need * says >= least)
        weighed.append(keep[-1] | ((use.need == 0) & (use.often * says >= least)))
    for order in range(ORDERS, 2, -1):  # of what is kept, all but the first and all but the last are kept
        keys, below = model[order - 1].keys[keep[order - 1]], model[order - 2].keys
        for part in (keys >> SHIFT, suffix(keys, order)):
            at = np.searchsorted(below, part)
            keep[order - 2][at] = weighed[order - 2][at] = True
    found = []
    for order, m in enumerate(model, 1):
        backs = np.ones(len(m.keys))
        if order < ORDERS:
            above = model[order].keys[weighed[order]]
            context = np.searchsorted(m.keys, above >> SHIFT)
            low = m.p[np.searchsorted(m.keys, suffix(above, order + 1))]
            full = _rest(context, model[order].p[weighed[order]], len(m.keys)) / _rest(context, low, len(m.keys))
            inner = np.searchsorted(m.keys, model[order].keys[keep[order]] >> SHIFT)
            backs[inner] = full[inner]
        own = keep[order - 1]
        found.append(Order(m.keys[own], _levels(-ln(m.p[own])), _levels(TOP - ln(backs[own]))))
    return _by_frequency(Grams(points, tuple(found)))


def _rest(context: Index, p: Floats, size: int) -> Floats:
    return np.maximum(1 - np.bincount(context, p, size), 1e-6)


def _levels(nats: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(nats / STEP), 0, 254).astype(np.uint8)


def _by_frequency(g: Grams) -> Grams:
    """Number the vocabulary anew, the likeliest first."""
    one = g.orders[0]
    order = np.concatenate((np.arange(SPECIAL), SPECIAL + np.argsort(one.chances[SPECIAL:], kind="stable")))
    new = np.empty(len(order), np.uint64)
    new[order] = np.arange(len(order))
    found = [Order(one.keys, one.chances[order], one.backs[order])]
    for n, longer in enumerate(g.orders[1:], 2):
        keys = np.zeros(len(longer.keys), np.uint64)
        for back in range(n):
            shift = np.uint64(BITS * back)
            keys |= new[(longer.keys >> shift & LOW).astype(np.intp)] << shift
        row = np.argsort(keys)
        found.append(Order(keys[row], longer.chances[row], longer.backs[row]))
    return Grams(g.points[order[SPECIAL:] - SPECIAL], tuple(found))


def pack(g: Grams) -> bytes:
    """Write a model as `characters.unpack` reads it.

    An n-gram is told by its prefix and by its last token's rank among those that may follow without the first one.
    """
    one = g.orders[0]
    order = np.argsort(g.points)
    points = g.points[order].astype(np.int64)
    chances = np.concatenate((one.chances[:SPECIAL], one.chances[SPECIAL:][order]))
    streams = [_numbers(points - np.append(0, points[:-1])), chances.tobytes(), one.backs.tobytes()]
    backs = []
    for n in range(2, ORDERS + 1):
        above, below = g.orders[n - 1], g.orders[n - 2]
        prefix = np.searchsorted(below.keys, above.keys >> SHIFT)
        fans = np.bincount(prefix, minlength=len(below.keys))
        row = by_chance(below)
        place = np.empty(len(row), np.int64)
        place[row] = np.arange(len(row))
        last = suffix(above.keys, n)
        rank = place[np.searchsorted(below.keys, last)] - np.searchsorted(below.keys, last & ~LOW)
        row = np.lexsort((rank, prefix))
        gaps = np.diff(rank[row], prepend=-1) - 1
        first = (np.cumsum(fans) - fans)[fans > 0]
        gaps[first] = rank[row][first]
        streams += [_numbers(fans), _numbers(gaps), above.chances[row].tobytes()]
        if n > 2:
            backs.append(below.backs[fans > 0].tobytes())
    packed = [_squeezed(raw) for raw in streams + backs]
    return struct.pack(f"<{len(packed)}I", *map(len, packed)) + b"".join(packed)


def _numbers(values: NDArray[np.int64]) -> bytes:
    """Write numbers under 65536: a byte each, those from 255 on in two more at the end."""
    small = np.minimum(values, 255).astype(np.uint8)
    return struct.pack("<I", len(values)) + small.tobytes() + values[values >= 255].astype("<u2").tobytes()


def _squeezed(raw: bytes) -> bytes:
    """Compress by zlib, as it does best; lzma would save 3 % and take ten times as long to read."""
    found = []
    for strategy in (zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY):
        squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
        found.append(squeeze.compress(raw) + squeeze.flush())
    return min(found, key=len)
