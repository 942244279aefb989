"""Which of a few frequent characters fits its clause: a linear model over hashed features of the text around it.

A few damaged patterns make most of the wrong characters, for all their candidates are frequent (中, 不 and 与 leave the
same bytes). The n-grams and the network see all English words as one token and cannot tell whether a 在 still waits for
its 中. Here words are told apart, and clauses are looked through: multinomial logistic regression, as in Berger et al.
1996, Computational Linguistics 22:39, with hashed features (Weinberger et al. 2009, ICML).
Trained by tools/train_specialist.py; the sources of its text stand in digest/data/specialist.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digest.normalise.repair.models.characters import NEWLINE

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

DATA = "specialist.npz"
BITS = 20  # of a weight's number
STEP = 0.03  # nats between two levels of a stored weight
REACH = 12  # units on either side that are looked at one by one

# Odd multipliers of multiply-shift hashing: the golden ratio's, and another.
ODD, OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
WORD = 0x200000  # shapes of words are numbered from here, beyond all code points
MARKS = "，。；：！？、（）()\n|,;:!?"  # end a clause
STOPS = "，。；！？\n;!?"  # end what a preposition governs
BEFORE, AFTER = "在从当和与将对到如以这其", "中的在时之间相比同似为是有关一"
OPENS, CLOSES = "在从于", "中里上下内时间后前"
PLACES = (
    *((-2, -1), (-1, 1), (1, 2), (-3, -2, -1), (-2, -1, 1), (-1, 1, 2), (1, 2, 3), (-2, -1, 1, 2), (-4, -3, -2, -1)),
    *((1, 2, 3, 4), (-2, 1), (-1, 2), (-2, 2), (-3, -1), (1, 3), (-3, 1), (-1, 3)),
)  # of units that count together


def hashed(*parts: ArrayLike) -> Hashes:
    """Hash integers, the parts of one value side by side; shapes broadcast. The same on every machine."""
    found = np.zeros(np.broadcast(*parts).shape, np.uint64)
    for part in parts:
        found = (found ^ np.asarray(part).astype(np.uint64)) * ODD
        found ^= found >> np.uint64(29)
    return found


def slots(features: Hashes, candidates: NDArray[np.uint32]) -> Ints:
    """Give the numbers of the weights for features (m, f) with candidates (m,)."""
    both = (features ^ (candidates.astype(np.uint64) * OTHER)[:, None]) * ODD
    return (both >> np.uint64(64 - BITS)).astype(np.int64)


class _Units:
    """A text as units: a word (of ASCII or Latin-1 letters, digits and _), or any other character but a space.

    For each unit: its `shape` (a character, or what a word looks like), what it `is`, whether it is a `word`, whether
    a space stood before it; `of`: the unit of each code point.
    """

    def __init__(self, codes: NDArray[np.uint32]) -> None:
        c = codes.astype(np.int64)
        upper, digit = (c >= 0x41) & (c <= 0x5A), (c >= 0x30) & (c <= 0x39)
        letter = upper | ((c >= 0x61) & (c <= 0x7A)) | ((c >= 0xC0) & (c < 0x250))
        inside = letter | digit | (c == ord("_"))
        space = (c == 0x20) | (c == 0xA0) | (c == 0x3000) | (c == 9)
        begins = ~inside | np.concatenate(([True], ~inside[:-1]))
        first = np.flatnonzero(begins & ~space)
        self.of = np.cumsum(begins & ~space) - 1
        self.word = inside[first]
        self.space = space[np.maximum(first - 1, 0)]
        self.shape = c[first]
        lower = np.where(upper, c + 0x20, c)
        self.identity = lower[first].astype(np.uint64)
        at = np.flatnonzero(inside)
        if len(at):
            start = np.flatnonzero(begins[at])
            size = np.diff(np.append(start, len(at)))
            place = np.arange(len(at)) - np.repeat(start, size)
            many = [np.add.reduceat(kind[at].astype(np.int64), start) for kind in (upper, digit)]
            looks = [many[1] == size, many[0] == 0, (many[0] == size) & (size > 1), many[1] > 0]
            self.shape[self.word] = WORD + np.select(looks, [1, 2, 3, 4], 5)
            self.identity[self.word] = np.add.reduceat(hashed(lower[at], place), start) | np.uint64(1 << 40)


def features(codes: NDArray[np.uint32], at: Ints) -> Hashes:
    """Give the features (n, f) of the places `at` (n,) of a text, its lines ended by NEWLINE. Linear time.

    What stands at a place itself is not looked at.
    """
    units = _Units(codes)
    edge = np.full(REACH + 2, NEWLINE)
    shape = np.concatenate((edge, units.shape, edge))
    same = np.concatenate((edge, units.identity, edge)).astype(np.uint64)
    word = np.concatenate((edge < 0, units.word, edge < 0))
    space = np.concatenate((edge < 0, units.space, edge < 0))
    u = units.of[at] + len(edge)
    found: list[Hashes] = []

    def add(*parts: ArrayLike) -> None:
        found.append(hashed(np.full(len(u), len(found) + 1), *parts))

    line = np.cumsum(shape == NEWLINE) - (shape == NEWLINE)
    near = {k: np.where(line[u + k] == line[u], shape[u + k], NEWLINE) for k in range(-6, 7) if k}
    who = {k: np.where(near[k] == NEWLINE, np.uint64(NEWLINE), same[u + k]) for k in range(-4, 5) if k}
    left, right = near[-1], near[1]
    for one in (*near.values(), *who.values()):
        add(one)
    for group in PLACES:
        add(*(near[k] for k in group))
    for pair in ((who[-1], who[1]), (who[-2], who[-1]), (who[1], who[2]), (who[-1], right), (left, who[1])):
        add(*pair)
    add(near[-2], left, who[1])
    add(who[-1], right, near[2])
    gaps, words = (space[u], space[u + 1]), (word[u - 1], word[u + 1])
    for around in ((), words, (left, right)):
        add(*gaps, *around)
    for k, other in ((-1, 1), (-1, 2), (-2, 1)):
        add(who[k] == who[other])
    add((who[-2] == who[1]) & (who[-1] == who[2]))

    begin, end = _bounds(shape, u, MARKS)
    before, after = np.minimum(u - begin, REACH), np.minimum(end - u, REACH)
    for part in ((before,), (after,), (before, left), (after, right), (shape[begin], shape[end])):
        add(*part)
    add(before > 3, after > 3, *words)
    _frames(shape, u, add, left, right, words, after)
    for k in range(1, REACH + 1):  # the bags of characters in the clause: their places do not count
        found.append(hashed(np.full(len(u), 901), np.where(u - k > begin, shape[u - k], 0)))
        found.append(hashed(np.full(len(u), 902), np.where(u + k < end, shape[u + k], 0)))
    return np.stack(found, axis=1)


def _bounds(shape: Ints, u: Ints, marks: str) -> tuple[Ints, Ints]:
    """Give the nearest of some marks before and after each unit."""
    stands = np.flatnonzero(np.isin(shape, [ord(mark) for mark in marks]))
    after = np.searchsorted(stands, u, side="right")
    return stands[np.searchsorted(stands, u) - 1], stands[np.minimum(after, len(stands) - 1)]


def _frames(
    shape: Ints, u: Ints, add: Callable[..., None], left: Ints, right: Ints, words: tuple[Any, Any], after: Ints
) -> None:
    """Add what a sentence's part says that farther characters frame: 在 … 中, 与 … 相比, 从 … 到 …."""
    low, high = _bounds(shape, u, STOPS)

    def back(chars: str) -> Ints:
        stands = np.flatnonzero(np.isin(shape, [ord(char) for char in chars]))
        nearest = np.concatenate(([-1], stands))[np.searchsorted(stands, u)]
        return np.where(nearest > low, u - nearest, 0)

    def ahead(chars: str) -> Ints:
        stands = np.flatnonzero(np.isin(shape, [ord(char) for char in chars]))
        nearest = np.append(stands, len(shape))[np.searchsorted(stands, u, side="right")]
        return np.where(nearest <= high, nearest - u, 0)

    def far(distance: Ints) -> Ints:
        return np.searchsorted([1, 2, 4, 8], distance, side="right")  # 0 stands for none

    gone, coming = {char: back(char) for char in BEFORE}, {char: ahead(char) for char in AFTER}
    for side in (gone, coming):
        for char, distance in side.items():
            add(far(distance), (distance > 0) * ord(char))
    opened, closed, closes = back(OPENS), back(CLOSES), ahead(CLOSES)
    is_open = (opened > 0) & ((closed == 0) | (closed > opened))
    by = np.where(is_open, shape[u - opened], 0)
    to = np.where(closes > 0, shape[np.where(closes > 0, u + closes, 0)], 0)
    room, of = np.minimum(high - u, 4), far(coming["的"])
    for parts in (
        *((by, far(opened)), (by, to), (by, to, far(closes)), (by, room), (by, to, right), (by, right), (by, left)),
        *((by, to, left, right), (by, *words, room), (by, of, room), (is_open, far(opened), of, to)),
        *((far(coming["相"]), far(coming["比"]), is_open), (far(coming["同"]), far(coming["似"]), is_open)),
        *((is_open, coming["间"] > 0, far(coming["时"])), (far(gone["将"]), far(coming["为"]), is_open)),
        *((np.minimum(u - low, REACH),), (np.minimum(high - u, REACH),), (far(u - low), far(high - u), by)),
        *((np.minimum(gone["到"], 8), right == ord("等")), (far(gone["如"]), after, is_open)),
        *((right, after, by), (right, by, words[0])),
    ):
        add(*parts)


class Specialist:
    """The model, ready to be asked for the characters `asked`."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Take `asked`, code points, and the weights other than nought: their `numbers`, and `levels` of STEP nats."""
        self.asks = np.zeros(0x110000, bool)
        self.asks[weights["asked"]] = True
        self._levels = np.zeros(1 << BITS, np.int8)
        self._levels[np.cumsum(weights["gaps"].astype(np.int64))] = weights["levels"]

    def scores(self, codes: NDArray[np.uint32], at: Ints, row: Ints, candidates: NDArray[np.uint32]) -> Floats:
        """Score candidates (m,), each for the place `at[row]`, in nats: to be added to what others say of them."""
        ends = np.flatnonzero(codes == NEWLINE)
        lines = np.zeros(len(ends), bool)
        lines[np.searchsorted(ends, at)] = True
        kept = np.repeat(lines, np.diff(ends, prepend=-1))
        seen = features(codes[: len(kept)][kept], np.cumsum(kept)[at] - 1)
        total: NDArray[np.int64] = self._levels[slots(seen[row], candidates)].sum(axis=1, dtype=np.int64)
        return (STEP * total).astype(np.float32)


@cache
def specialist() -> Specialist:
    """Load the model that ships, once a process."""
    from importlib.resources import files

    with np.load(BytesIO((files("digest") / "data" / DATA).read_bytes()), allow_pickle=False) as stored:
        return Specialist(dict(stored))
