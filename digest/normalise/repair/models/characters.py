"""How likely a character is after two or three others: a character n-gram model with back-off.

Trained by tools/train_characters.py, which says how; the sources of its counts stand in digest/data/characters.json.
A model of tokens: a vocabulary character is itself, a run of ASCII letters is WORD, a run of ASCII digits NUMBER, white
space is left out, LINE stands at both ends of a line, and all other characters are UNKNOWN.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digest.normalise.repair.models.hash_table import ABSENT, HashTable, Index, Keys, Levels

LINE, UNKNOWN, WORD, NUMBER, SKIP = range(5)
COMMON = 2048  # ids below it have a table of all their pairs
NEWLINE = ord("\n")
SPECIAL = 5  # ids below it are no characters; those of the vocabulary follow, the most frequent first
ORDERS = 4  # tokens of the longest n-grams
BITS = 14  # of an id in a packed n-gram: at most 16,384 tokens
MASK = (1 << BITS) - 1
STEP = 0.25  # natural-log units between two levels of a stored probability
TOP = 2.0  # the natural log of the largest back-off weight that can be stored

Ids = NDArray[np.int32]


def classes(points: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """Give the token id of each of the 0x110000 code points for a vocabulary: `points[i]` has the id i + SPECIAL."""
    ids = np.full(0x110000, UNKNOWN, dtype=np.uint16)
    ids[[c for c in range(0x3001) if chr(c).isspace()]] = SKIP
    ids[ord("A") : ord("Z") + 1] = ids[ord("a") : ord("z") + 1] = WORD
    ids[ord("0") : ord("9") + 1] = NUMBER
    ids[points] = np.arange(SPECIAL, SPECIAL + len(points), dtype=np.uint16)
    return ids


def code_points(text: str) -> NDArray[np.uint32]:
    """Give the code points of a text, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def places(tokens: Ids) -> NDArray[np.intp]:
    """Give the places of the tokens that the model sees: all but SKIP, and of a run of WORD or NUMBER the first.

    White space does not end a run: "hello big world" is one WORD.

    >>> places(np.array([WORD, WORD, SKIP, WORD, 7, 7, NUMBER, SKIP]))
    array([0, 4, 5, 6])
    """
    at = np.flatnonzero(tokens != SKIP)
    kept = tokens[at]
    again = (kept[1:] == kept[:-1]) & ((kept[1:] == WORD) | (kept[1:] == NUMBER))
    return at[np.concatenate(([True], ~again))] if len(at) else at


@dataclass(frozen=True, eq=False)
class Order:
    """The n-grams of one length. A probability is exp(-STEP * level), a back-off weight exp(TOP - STEP * level)."""

    keys: Keys  # ascending: ids packed by BITS, the first one highest
    chances: Levels  # of the last token after those before it
    backs: Levels  # the back-off weight after all of them


@dataclass(frozen=True, eq=False)
class Grams:
    """A model as it is stored: `points` are the vocabulary by id, less SPECIAL; `orders` those of 1 … ORDERS tokens.

    Of one token all are there; of longer n-grams also the first and the last tokens of each are.
    """

    points: NDArray[np.uint32]
    orders: tuple[Order, ...]


def by_chance(order: Order) -> NDArray[np.intp]:
    """Sort n-grams by all but their last token, then the likeliest first: how a longer n-gram's last one is counted."""
    before, last = order.keys >> np.uint64(BITS), order.keys & np.uint64(MASK)
    return np.argsort((before << np.uint64(8) | order.chances) << np.uint64(BITS) | last)


def unpack(body: bytes) -> Grams:
    """Read a model file: the lengths of its streams, then the streams, each compressed."""
    size = 4 * ORDERS - 2
    at, streams = 4 * size, []
    for length in struct.unpack_from(f"<{size}I", body):
        streams.append(zlib.decompress(body[at : at + length]))
        at += length
    flat = [np.frombuffer(raw, np.uint8) for raw in streams]
    points, chances = np.cumsum(_numbers(streams[0])).astype(np.uint32), flat[1]
    points = points[np.argsort(chances[SPECIAL:], kind="stable")]
    chances = np.concatenate((chances[:SPECIAL], np.sort(chances[SPECIAL:])))
    orders = [Order(np.arange(len(chances), dtype=np.uint64), chances, flat[2])]
    # of each n-gram, where those begin that share all but its first token: for one token, all of one token
    begin = np.zeros(len(chances), np.int64)
    for n in range(2, ORDERS + 1):
        below = orders[-1]
        fans, gaps = _numbers(streams[3 * n - 3]), _numbers(streams[3 * n - 2])
        rest = by_chance(below)[np.repeat(begin, fans) + _within(gaps, fans)]  # all but an n-gram's first token
        keys = np.repeat(below.keys << np.uint64(BITS), fans) | below.keys[rest] & np.uint64(MASK)
        row = np.argsort(keys)
        no_back = np.full(len(keys), round(TOP / STEP), np.uint8)
        orders.append(Order(keys[row], flat[3 * n - 1][row], no_back))
        begin = (np.cumsum(fans) - fans)[rest[row]]
        if n > 2:
            below.backs[fans > 0] = flat[3 * ORDERS + n - 3]
    return Grams(points, tuple(orders))


def _numbers(raw: bytes) -> Index:
    """Read numbers under 65536: a byte each, those from 255 on in two more at the end of the stream."""
    (size,) = struct.unpack_from("<I", raw)
    numbers = np.frombuffer(raw, np.uint8, size, 4).astype(np.int64)
    numbers[numbers == 255] = np.frombuffer(raw, "<u2", offset=4 + size)
    return numbers


def _within(gaps: Index, sizes: Index) -> Index:
    """Add up gaps, each of them less one, within groups of the given sizes.

    >>> _within(np.array([3, 0, 1, 0]), np.array([2, 0, 2]))
    array([3, 4, 1, 2])
    """
    total = np.cumsum(gaps + 1)
    ends = np.cumsum(sizes)
    before = np.concatenate(([0], total))[ends - sizes]
    gone: Index = np.repeat(before, sizes) + 1
    return total - gone


class Characters:
    """The model, ready to be asked. Arrays of ids broadcast; SKIP and ids from `size` on must not be asked.

    UNKNOWN as the token asked for is the chance of all unknown characters together. At the start of a line all that
    is before is LINE. Answers are natural logs.
    """

    def __init__(self, grams: Grams) -> None:
        self.ids = classes(grams.points)  # (0x110000,): the token id of a code point
        self.points = grams.points  # the code point of an id, less SPECIAL
        self.size = SPECIAL + len(grams.points)
        self._chance = (-STEP * np.arange(256)).astype(np.float32)
        self._back = (TOP - STEP * np.arange(256)).astype(np.float32)
        self._back[ABSENT] = 0
        one, *longer = grams.orders
        self._one = self._chance[one.chances]
        self._after = self._back[one.backs]
        self._longer = dict(enumerate(longer, 2))
        self._tables: dict[int, HashTable] = {}
        size = min(COMMON, self.size)
        # multiples of STEP, which float16 holds exactly
        common = (self._after[:size, None] + self._one[None, :size]).astype(np.float16)
        b, c = longer[0].keys >> np.uint64(BITS), longer[0].keys & np.uint64(MASK)
        both = (b < size) & (c < size)
        common[b[both], c[both]] = self._chance[longer[0].chances[both]]
        self._common: NDArray[np.float16] = common

    def tokens(self, text: str) -> Ids:
        """Give one id per code point; see `places` for those that count."""
        return self.ids[code_points(text)].astype(np.int32)

    def alone(self, c: ArrayLike) -> NDArray[np.float32]:
        """Give log P(c)."""
        return self._one[np.asarray(c, dtype=np.intp)]

    def pair(self, b: ArrayLike, c: ArrayLike) -> NDArray[np.float32]:
        """Give log P(c | b)."""
        return self._ask(b, c)

    def score(
        self, a: ArrayLike, b: ArrayLike, c: ArrayLike, *, before: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Give log P(c | a b), or log P(c | before a b)."""
        return self._ask(a, b, c) if before is None else self._ask(before, a, b, c)

    def _ask(self, *tokens: ArrayLike) -> NDArray[np.float32]:
        ids = np.broadcast_arrays(*(np.asarray(t, dtype=np.uint64) for t in tokens))
        keys = ids[0].copy()
        for token in ids[1:]:
            keys <<= np.uint64(BITS)
            keys |= token
        return self._log(keys.ravel(), len(ids)).reshape(keys.shape)

    def _pair(self, keys: Keys) -> NDArray[np.float32]:
        b, c = (keys >> np.uint64(BITS)).view(np.int64), (keys & np.uint64(MASK)).view(np.int64)
        size = len(self._common)
        rare = np.flatnonzero((b >= size) | (c >= size))
        if len(rare):
            b[rare] = 0
            c[rare] = 0
        out: NDArray[np.float32] = self._common.ravel()[b * size + c].astype(np.float32)
        if len(rare):
            out[rare] = self._sought(keys[rare], 2)
        return out

    def _table(self, order: int) -> HashTable:
        """Give the table of n-grams of two or more tokens; it is built when it is first asked for."""
        grams = self._longer.get(order)
        if grams is not None:
            self._tables[order] = HashTable(grams.keys, grams.chances, grams.backs)
            self._longer.pop(order, None)
        return self._tables[order]

    def _log(self, keys: Keys, order: int) -> NDArray[np.float32]:
        if order == 1:
            return self._one[keys.view(np.int64)]
        return self._pair(keys) if order == 2 else self._sought(keys, order)

    def _sought(self, keys: Keys, order: int) -> NDArray[np.float32]:
        found = self._table(order).chances(keys)
        out = self._chance[np.minimum(found, ABSENT)]
        missing = np.flatnonzero(found >= ABSENT)
        if len(missing):
            keys = keys[missing]
            shorter = self._log(keys & np.uint64((1 << BITS * (order - 1)) - 1), order - 1)
            before = keys >> np.uint64(BITS)
            if order == 2:
                shorter += self._after[before.view(np.int64)]
            else:
                shorter += self._back[self._table(order - 1).backs(before)]
            out[missing] = shorter
        return out


@cache
def characters() -> Characters:
    """Load the model that ships, once a process."""
    from importlib.resources import files

    return Characters(unpack((files("digest") / "data" / "characters.bin").read_bytes()))
