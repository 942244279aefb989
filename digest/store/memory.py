"""The translation memory: verified pairs of lines. Only added to: the rows up to an id are the memory as it was."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from digest.store.connection import Row, Subject, write_time

Origin = Literal["human", "tmx"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BESIDE_HAN = re.compile(f" (?:(?<=[{_HAN}] )(?=[^{_HAN}])|(?<=[^{_HAN}] )(?=[{_HAN}]))")
_KEY_BYTES = 16  # that two of a thousand million lines share a key has a chance of 1 in 10^20


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """A verified pair: its lines, the feed and the address it stood at, who brought it, and the judge's score 0…1.

    `id` is 0 until the store gave it one.
    """

    zh: str
    en: str
    source: str = ""
    url: str = ""
    origin: Origin = "human"
    score: float = 0.0
    id: int = 0


def line_key(text: str) -> str:
    r"""Give a line as lines are compared: NFC, runs of white space as one blank, none at the ends or beside Han.

    Whether a blank stands between Chinese and Latin is the typesetter's habit. Case counts. What is kept under the keys
    is on disk: a change here needs a new migration.

    >>> line_key(" 使用 GPU\n加速 "), line_key("Use  the\tGPU")
    ('使用GPU加速', 'Use the GPU')
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return plain if plain.isascii() else _BESIDE_HAN.sub("", plain)


class Memory(Subject):
    """The translation memory."""

    def memory_top(self) -> int:
        """Give the highest id in the memory, 0 where it is empty: it names the memory as it is now."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM memory").fetchone()[0])

    def memory_exact(self, side: str, text: str, upto: int) -> tuple[MemoryRow, ...]:
        """Give the pairs whose line of that side is this one, up to an id: the best judged first, then the eldest."""
        rows = self._db.execute(
            f"SELECT * FROM memory WHERE {_key_of(side)} = ? AND id <= ? ORDER BY score DESC, id",  # noqa: S608
            (_hashed(text), upto),
        )
        return tuple(map(_pair, rows))

    def memory_lines(self, side: str, upto: int) -> Iterator[tuple[int, str, str]]:
        """Give (id, zh, en) of each line of that side once, with its best pair up to an id, in the order of ids."""
        key = _key_of(side)
        for row in self._db.execute(
            f"""SELECT id, zh, en FROM (SELECT id, zh, en, row_number() OVER (
                PARTITION BY {key} ORDER BY score DESC, id) AS place FROM memory WHERE id <= ?)
                WHERE place = 1 ORDER BY id""",  # noqa: S608
            (upto,),
        ):
            yield tuple(row)

    def has_pair(self, zh: str, en: str) -> bool:
        """Tell whether the memory has this pair of lines, as lines are compared."""
        return (
            self._db.execute(
                "SELECT 1 FROM memory WHERE zh_key = ? AND en_key = ?", (_hashed(zh), _hashed(en))
            ).fetchone()
            is not None
        )

    def save_memory(self, rows: Iterable[MemoryRow], now: datetime) -> int:
        """Add pairs, all or none; one that is there already stays as it was. Give how many were new."""
        with self.transaction():
            before = self._db.total_changes
            self._db.executemany(
                """INSERT INTO memory (zh, en, zh_key, en_key, source, url, origin, score, made)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (zh_key, en_key) DO NOTHING""",
                (
                    (r.zh, r.en, _hashed(r.zh), _hashed(r.en), r.source, r.url, r.origin, r.score, write_time(now))
                    for r in rows
                ),
            )
            return self._db.total_changes - before


def _key_of(side: str) -> str:
    if side not in ("zh", "en"):
        raise ValueError(f"{side!r} is no side")
    return f"{side}_key"


def _hashed(text: str) -> bytes:
    return blake2b(line_key(text).encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()


def _pair(row: Row) -> MemoryRow:
    return MemoryRow(row["zh"], row["en"], row["source"], row["url"], row["origin"], row["score"], row["id"])
