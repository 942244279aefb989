"""Which n-grams there are: a hash table that is built, and asked, for whole arrays at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Levels = NDArray[np.uint8]
Index = NDArray[np.int64]

ABSENT = 255  # the level of what is not there
MIX = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing, Knuth 1998, volume 3, 6.4
PORTION = 1 << 16  # keys that are added at once: what is used on the way stays small


class HashTable:
    """A hash table of whole arrays: distinct keys to two levels under 255; open addressing, linear probing.

    A slot holds 23 bits of a key's hash beside those that are its place: of what is not there one in 10**7 is found.
    """

    def __init__(self, keys: Keys, chances: Levels, backs: Levels) -> None:
        bits = max((2 * len(keys)).bit_length(), 4)
        self._shift, self._mask = np.uint64(64 - bits), (1 << bits) - 1
        self._slots = np.zeros(1 << bits, np.uint32)  # the mark, and the chance in the lowest 8 bits; 0 is free
        self._backs = np.full(1 << bits, ABSENT, np.uint8)
        for start in range(0, len(keys), PORTION):
            part = slice(start, start + PORTION)
            self._add(*self._hash(keys[part]), chances[part], backs[part])

    def _add(self, slots: Index, words: NDArray[np.uint32], chances: Levels, backs: Levels) -> None:
        words |= chances
        while len(slots):
            free = np.flatnonzero(self._slots[slots] == 0)
            self._slots[slots[free]] = words[free]
            # of those that wanted the same slot the last one has it
            won = free[self._slots[slots[free]] == words[free]]
            self._backs[slots[won]] = backs[won]
            waiting = np.ones(len(slots), bool)
            waiting[won] = False
            slots, words, backs = (slots[waiting] + 1) & self._mask, words[waiting], backs[waiting]

    def _hash(self, keys: Keys) -> tuple[Index, NDArray[np.uint32]]:
        mixed = keys * MIX
        marks = (mixed >> (self._shift - np.uint64(32))).astype(np.uint32)
        marks |= np.uint32(0x100)
        marks &= np.uint32(0xFFFFFF00)
        mixed >>= self._shift
        return mixed.view(np.int64), marks

    def _find(self, keys: Keys) -> tuple[Index, NDArray[np.uint32]]:
        """Give the slot of each key, and what it differs by there: under 256, the chance, if it is the key's."""
        slots, marks = self._hash(keys)
        held = self._slots[slots]
        differs = held ^ marks
        asked = np.flatnonzero((differs > 255) & (held != 0))
        while len(asked):
            at = (slots[asked] + 1) & self._mask
            slots[asked] = at
            held = self._slots[at]
            there = held ^ marks[asked]
            differs[asked] = there
            asked = asked[(there > 255) & (held != 0)]
        return slots, differs

    def chances(self, keys: Keys) -> NDArray[np.uint32]:
        """Give the level of each key's chance; ABSENT or more where it has none."""
        return self._find(keys)[1]

    def backs(self, keys: Keys) -> Levels:
        """Give the level of each key's back-off weight, ABSENT where it has none."""
        slots, differs = self._find(keys)
        found = self._backs[slots]
        found[differs > ABSENT] = ABSENT
        return found
