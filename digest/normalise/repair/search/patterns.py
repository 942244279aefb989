"""Which characters leave the same trace: the candidates for a damaged sequence of bytes.

A sequence is a lead byte and what survived of its continuation bytes, in order. It is named by a *key*: four bytes in
one number, the lead first, 0 where nothing is left, STAND_IN, 0x20 or 0x3F where the damage put U+FFFD, a space or a
question mark in a byte's place. A key that is not full and stands at the end of a line that was stripped of white space
has END as its last byte.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.channel import NO_BREAK_SPACE, REPLACEMENT, SOFT_HYPHEN, Channel, page
from digest.normalise.repair.models.characters import characters
from digest.normalise.repair.search.forms import traditional

STAND_IN, END = 0x01, 0x02
SPACE, QUESTION = 0x20, 0x3F
TAIL_COSTS = {SPACE: 3.0, QUESTION: 5.0}  # nats that a real one right after a hole costs against a byte's trace
HAN_LEADS = range(0xE4, 0xEA)  # of U+4000 to U+9FFF, where the model knows all that is in use
STRANGER = 5.0  # nats that one of the characters that the model does not know has less than all of them
RARER = 3.0  # nats between one class of characters that the model does not know and the next, see `_rarity`
RARE, UNASSIGNED = 1, 4  # classes of rarity
LIKELY = "𝕏"  # the sign that names a social network: more frequent than all other letters of its block
# What is written as emoji; between these blocks stand ornaments, alchemical signs and arrows that nobody writes.
EMOJI = (range(0x1F300, 0x1F650), range(0x1F680, 0x1F700), range(0x1F7E0, 0x1F7F1), range(0x1F900, 0x1FB00))
# Blocks of class RARE: Latin, punctuation to CJK punctuation, Han, mathematical letters, letters in frames and flags.
IN_USE = (range(0x180), range(0x2000, 0x3040), range(0x4E00, 0xA000), range(0x1D400, 0x1D800), range(0x1F100, 0x1F300))

Codes = NDArray[np.uint32]


class Patterns:
    """The candidates of every key that a channel can leave.

    `rows(keys)` gives for each key the row that holds its candidates; row r is `codes[start[r]:start[r + 1]]`, with a
    natural-log prior beside each and the number of the key's last bytes that are characters of their own. Han
    characters that the model knows come alone; symbols that it does not know come with those that it knows, if they
    are in use; where it knows none, all that fit are given. `more` are characters to be taken as known.
    """

    def __init__(self, channel: Channel, more: Codes | None = None) -> None:
        self.channel = channel
        self.codes: Codes = np.empty(0, np.uint32)
        self.priors: NDArray[np.float32] = np.empty(0, np.float32)
        self.tails: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.start: NDArray[np.int64] = np.zeros(1, np.int64)
        self._row: dict[int, int] = {}
        self._known = _by_key(channel, more)

    def rows(self, keys: Sequence[int]) -> NDArray[np.int64]:
        """Give the rows of keys; a key that no character leaves has an empty row."""
        new = [key for key in keys if key not in self._row]
        if new:
            self._add(new)
        return np.array([self._row[key] for key in keys], np.int64)

    def _add(self, keys: Iterable[int]) -> None:
        found = [self._fitting(key) for key in keys]
        for key in keys:
            self._row[key] = len(self._row)
        flat = [one for some in found for one in some]
        self.codes = np.concatenate([self.codes, np.array([code for code, _, _ in flat], np.uint32)])
        self.tails = np.concatenate([self.tails, np.array([tail for _, tail, _ in flat], np.uint8)])
        self.priors = np.concatenate([self.priors, np.array([prior for _, _, prior in flat], np.float32)])
        self.start = np.concatenate([self.start, self.start[-1] + np.cumsum([len(some) for some in found])])

    def _fitting(self, key: int) -> list[tuple[int, int, float]]:
        """Give (code point, length of the tail, log prior) of what leaves a key."""
        parts = self._parts(key)
        known = [(code, tail, -cost) for part, tail, cost in parts for code in self._known.get(part, ())]
        if known and key >> 24 in HAN_LEADS:
            return known
        taken = {code for code, _, _ in known}
        return known + [
            (code, tail, -cost - RARER * rarity - STRANGER)
            for part, tail, cost in parts
            for code, rarity in _assigned(self.channel, part)
            if code not in taken and rarity <= (RARE if known else UNASSIGNED)
        ]

    def _parts(self, key: int) -> list[tuple[int, int, float]]:
        """Give what a key may be, with the number of its last bytes that stand for themselves and their cost."""
        body = key.to_bytes(4, "big").rstrip(b"\0")
        if key & 0xFF == END:
            body = body[:-1].rstrip(b"\0")
            space = body + (b" " if self.channel.spaced else b"\xa0")
            return [(_key(body), 0, 0.0), (_key(space), 0, 0.0)]
        real = len(body) - len(body.rstrip(bytes(TAIL_COSTS)))
        cuts = [len(body) - tail for tail in range(real + 1)]
        return [(_key(body[:cut]), len(body) - cut, sum(TAIL_COSTS[byte] for byte in body[cut:])) for cut in cuts]


@cache
def patterns(channel: Channel, *, both_scripts: bool = False) -> Patterns:
    return Patterns(channel, traditional() if both_scripts else None)


def _key(body: bytes) -> int:
    return int.from_bytes(body.ljust(4, b"\0"), "big")


@cache
def traces(channel: Channel) -> NDArray[np.uint8]:
    """Give, for each byte value, the byte that stands for its trace in a key; 0 where it leaves none. Shape (256,)."""
    trace = np.arange(256, dtype=np.uint8)
    stand_in = STAND_IN if channel.stand_in == REPLACEMENT else ord(channel.stand_in or "\0")
    trace[list(channel.lost)] = stand_in
    if SOFT_HYPHEN in channel.lost:
        trace[SOFT_HYPHEN] = 0
    if channel.spaced and NO_BREAK_SPACE in page(channel.codec):
        trace[page(channel.codec).index(NO_BREAK_SPACE)] = SPACE
    return trace


def keys_of(codes: Codes, channel: Channel) -> NDArray[np.uint32]:
    """Give the key that each code point from U+0080 leaves."""
    trace = traces(channel)[utf8(codes)]
    order = np.argsort(trace == 0, axis=1, kind="stable")  # what is left closes up, in order
    packed = np.take_along_axis(trace, order, axis=1)
    return packed.view(">u4")[:, 0].astype(np.uint32)


def utf8(codes: Codes) -> NDArray[np.uint8]:
    """Give the UTF-8 bytes of code points from U+0080, shape (n, 4) padded with 0."""
    size = 2 + (codes > 0x7FF) + (codes > 0xFFFF)
    body = np.zeros((len(codes), 4), np.uint8)
    for length, mark in ((2, 0xC0), (3, 0xE0), (4, 0xF0)):
        rows = np.flatnonzero(size == length)
        for at in range(length):
            shift = 6 * (length - 1 - at)
            part = codes[rows] >> shift
            body[rows, at] = (mark | part) if at == 0 else (0x80 | (part & 0x3F))
    return body


def _by_key(channel: Channel, more: Codes | None) -> dict[int, list[int]]:
    """Group the characters that the model knows, and `more`, by the key that they leave."""
    points = characters().points if more is None else np.concatenate((characters().points, more))
    codes = points[points >= 0x80]
    found: dict[int, list[int]] = {}
    for key, code in zip(keys_of(codes, channel).tolist(), codes.tolist(), strict=True):
        found.setdefault(key, []).append(code)
    return found


def _assigned(channel: Channel, key: int) -> list[tuple[int, int]]:
    """Give the characters that leave a key, with their class of rarity; unassigned ones only for want of others."""
    body = key.to_bytes(4, "big").rstrip(b"\0")
    size = 1 + (body[0] >= 0xE0) + (body[0] >= 0xF0)
    trace = traces(channel)
    fills = [[byte for byte in range(0x80, 0xC0) if trace[byte] == left] for left in (0, *body[1:])]
    found: dict[str, int] = {}
    for places in combinations(range(size), len(body) - 1):
        slots = [fills[0]] * size
        for at, fill in zip(places, fills[1:], strict=True):
            slots[at] = fill
        for tail in product(*slots):
            char = bytes([body[0], *tail]).decode("utf-8", "ignore")
            if char:
                found[char] = _rarity(char)
    least = UNASSIGNED if min(found.values(), default=0) < UNASSIGNED else UNASSIGNED + 1
    return [(ord(char), rarity) for char, rarity in sorted(found.items()) if rarity < least]


def _rarity(char: str) -> int:
    """Class a character that the model does not know: 0 for GB 2312, emoji and the soft hyphen, to UNASSIGNED."""
    code = ord(char)
    if char in LIKELY:
        return -1
    if any(code in block for block in EMOJI) or code == SOFT_HYPHEN:
        return 0
    category = unicodedata.category(char)
    if category in ("Cn", "Cc", "Co"):
        return UNASSIGNED
    if len(char.encode("gb2312", "ignore")) == 2:
        return 0
    if any(code in block for block in IN_USE):
        return RARE
    return 2 if code <= 0xFFFF else 3
