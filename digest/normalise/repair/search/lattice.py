"""Damaged lines → what each character may have been: a row of units, each of them certain or a hole with candidates.

Lead bytes C2 to F4 are never lost by the code pages that matter, so every character of the clean text is found again as
one unit: a lead and what follows it of its continuation bytes. All steps are array operations over the whole document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.channel import NO_BREAK_SPACE, REPLACEMENT, Channel, page
from digest.normalise.repair.models.characters import NEWLINE
from digest.normalise.repair.search.patterns import END, QUESTION, SPACE, STAND_IN, patterns
from digest.normalise.repair.search.ragged import starts_of

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]


# What a character of a damaged text can be: a lead by the number of bytes that it needs, or one of these.
PLAIN, CONTINUES, MAY_CONTINUE, ALIEN = 0, 4, 5, 6

STRANGE = "it holds what this damage does not leave"


@dataclass(frozen=True, slots=True)
class Lattice:
    """The units of a document's lines.

    `codes` (n,): the code point of each unit, 0 for a hole; a line ends in a unit NEWLINE. `holes` (h,): which units
    are holes. Hole i may be `options[start[i]:start[i + 1]]` (code points), each with a natural-log prior and the
    number of spaces and question marks of the hole's end that are no bytes of it: `tail` (h, 3) has the hole's last
    characters, the last first. `ends` (lines,): the unit after each line's last. `why`: for each line "" or why it
    has no units but its NEWLINE.
    """

    codes: Codes
    holes: Index
    options: Codes
    priors: NDArray[np.float32]
    tails: NDArray[np.uint8]
    start: Index
    tail: Codes
    ends: Index
    why: tuple[str, ...]


@cache
def _tables(channel: Channel) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Give for each code point of the BMP its kind and the byte that it stands for in a key."""
    kind = np.full(0x10000, ALIEN, np.uint8)
    byte = np.zeros(0x10000, np.uint8)
    for number, char in enumerate(page(channel.codec)):
        code = ord(char)
        byte[code] = number
        if number < 0x80:
            kind[code] = PLAIN
        elif number in channel.lost:
            kind[code] = ALIEN
        elif number < 0xC0:
            kind[code] = CONTINUES
        elif 0xC2 <= number <= 0xF4:
            kind[code] = 1 + (number >= 0xE0) + (number >= 0xF0)
    if channel.spaced:
        kind[ord(NO_BREAK_SPACE)], kind[SPACE], byte[SPACE] = ALIEN, MAY_CONTINUE, SPACE
    if channel.stand_in == REPLACEMENT:
        kind[ord(REPLACEMENT)], byte[ord(REPLACEMENT)] = CONTINUES, STAND_IN
    elif channel.stand_in == "?":
        kind[QUESTION], byte[QUESTION] = MAY_CONTINUE, QUESTION
    return kind, byte


def lattice(lines: Sequence[str], channel: Channel, *, both_scripts: bool = False) -> Lattice:
    """Lay out what lines of one document may have been before a channel's damage. Linear time.

    A line that holds anything which the channel cannot leave has no units: the reason stands in `why`.
    With `both_scripts` Traditional characters that the model does not know are candidates like those that it knows.
    """
    text = "\n".join(lines) + "\n\0\0\0"
    given = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + 1)
    kinds, bytes_ = _tables(channel)
    short = np.minimum(given, 0xFFFF)  # U+FFFF is in no code page
    kind, byte = kinds[short], bytes_[short]
    leads = np.flatnonzero((kind != PLAIN) & (kind < CONTINUES))
    found = _sequences(leads, kind, byte)
    if channel.stripped:
        found.key[found.open & (given[leads + found.size] == NEWLINE)] |= np.uint32(END)
    values, inverse = np.unique(found.key[~found.whole], return_inverse=True)
    table = patterns(channel, both_scripts=both_scripts)
    rows = table.rows(values.tolist())[inverse]
    fits = found.valid.copy()
    fits[~found.whole] = table.start[rows + 1] > table.start[rows]

    is_unit = np.ones(len(given), bool)
    is_unit[-3:] = False
    for offset in (1, 2, 3):
        is_unit[leads[fits & (found.size > offset)] + offset] = False
    strange = is_unit & ((kind == CONTINUES) | (kind == ALIEN))
    strange[leads[~fits]] = True
    why = [""] * len(lines)
    for line in np.unique(np.searchsorted(ends, np.flatnonzero(strange), side="right")).tolist():
        why[line] = STRANGE
        is_unit[ends[line] - 1 - len(lines[line]) : ends[line] - 1] = False
    kept = fits & is_unit[leads]
    is_hole = kept & ~found.whole
    codes = given.copy()
    codes[leads[kept]] = np.where(found.whole, found.codes, 0)[kept]
    rows = rows[is_hole[~found.whole]]
    count = table.start[rows + 1] - table.start[rows]
    start = starts_of(count)
    take = np.arange(start[-1]) + np.repeat(table.start[rows] - start[:-1], count)
    units = np.cumsum(is_unit)
    return Lattice(
        codes=codes[is_unit],
        holes=units[leads[is_hole]] - 1,
        options=table.codes[take],
        priors=table.priors[take],
        tails=table.tails[take],
        start=start,
        tail=given[(leads + found.size)[is_hole, None] - np.array([1, 2, 3])],
        ends=units[ends - 1],
        why=tuple(why),
    )


def chosen_from(lines: Sequence[Sequence[str]]) -> Lattice:
    """Lay out lines whose items are given, each a string of the characters that it may be."""
    items = [item for line in lines for item in (*line, "\n")]
    size = np.fromiter(map(len, items), np.int64, len(items))
    holes = np.flatnonzero(size > 1)
    options = np.frombuffer(
        "".join(item for item in items if len(item) > 1).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    codes = np.frombuffer(
        "".join(item if len(item) == 1 else "\0" for item in items).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    return Lattice(
        codes=codes,
        holes=holes,
        options=options,
        priors=np.zeros(len(options), np.float32),
        tails=np.zeros(len(options), np.uint8),
        start=starts_of(size[holes]),
        tail=np.zeros((len(holes), 3), np.uint32),
        ends=np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + 1),
        why=("",) * len(lines),
    )


@dataclass(frozen=True, slots=True)
class _Sequences:
    """What follows each lead: its key, the continuation bytes it needs, the characters it has with itself."""

    key: Codes
    need: NDArray[np.uint8]
    size: Index
    codes: Codes  # the character, where the sequence is whole
    whole: NDArray[np.bool_]  # all bytes are there
    valid: NDArray[np.bool_]  # whole, and the bytes of a character in its shortest form

    @property
    def open(self) -> NDArray[np.bool_]:
        return self.size <= self.need


def _sequences(leads: Index, kind: NDArray[np.uint8], byte: NDArray[np.uint8]) -> _Sequences:
    follows = (kind == CONTINUES) | (kind == MAY_CONTINUE)
    need = kind[leads]
    one = follows[leads + 1]
    two = one & (need > 1) & follows[leads + 2]
    three = two & (need > 2) & follows[leads + 3]
    key = byte[leads].astype(np.uint32) << np.uint32(24)
    for offset, taken in ((1, one), (2, two), (3, three)):
        key |= np.where(taken, byte[leads + offset], 0).astype(np.uint32) << np.uint32(24 - 8 * offset)
    codes, whole = _decoded(key, need)
    least = np.array([0, 0x80, 0x800, 0x10000], np.uint32)[need]
    valid = whole & (codes >= least) & (codes <= 0x10FFFF) & ((codes < 0xD800) | (codes > 0xDFFF))
    return _Sequences(key, need, 1 + one.astype(np.int64) + two + three, codes, whole, valid)


def _decoded(key: Codes, need: NDArray[np.uint8]) -> tuple[Codes, NDArray[np.bool_]]:
    """Give the code points of keys that hold all the bytes they need, and which do."""
    b1, b2, b3 = (key >> np.uint32(16)) & 0xFF, (key >> np.uint32(8)) & 0xFF, key & 0xFF
    lead = key >> np.uint32(24)
    last = np.where(need == 1, b1, np.where(need == 2, b2, b3))
    whole = (last >= 0x80) & (b1 >= 0x80) & ((b2 >= 0x80) | (need < 2))
    c1, c2, c3 = b1 & 0x3F, b2 & 0x3F, b3 & 0x3F
    code = np.where(
        need == 1,
        (lead & 0x1F) << 6 | c1,
        np.where(need == 2, (lead & 0x0F) << 12 | c1 << 6 | c2, (lead & 0x07) << 18 | c1 << 12 | c2 << 6 | c3),
    )
    return code.astype(np.uint32), whole
