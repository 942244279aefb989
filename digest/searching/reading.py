"""What the index holds, read for one question: entries, lines, how near vectors are, where tokens stand (edge)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import SIDES, Both
from digest.searching.centred import Centred
from digest.searching.index import Index
from digest.searching.opening import Connection, faults_named
from digest.searching.packed import unpack

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the index keeps it, by its number there."""

    number: int
    day: str
    post: str
    newly: bool
    source: str
    title: Both
    url: Both
    link: str


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as the index keeps it; `printed`: it is one of its entry's lines, and no title, heading or fact."""

    printed: bool
    pair: str
    text: Both
    made_by: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Every vector of the index: arrays of one length. `side` counts in SIDES; a line of 0 is an entry's whole side."""

    entry: NDArray[np.int64]
    line: NDArray[np.int64]
    side: NDArray[np.int64]
    cosine: Floats


@contextmanager
def reading(index: Index) -> Iterator[Connection]:
    """Read one state of the index, whatever is written meanwhile. Raises StoreError."""
    with faults_named(index.path):
        index.db.execute("BEGIN")
        try:
            yield index.db
        finally:
            index.db.execute("ROLLBACK")


def entries(db: Connection) -> Iterator[Stored]:
    """Give all entries, those of one post together: that of its own day first, then by day."""
    found = db.execute(
        "SELECT e.id, e.day, e.post, e.newly, e.source, e.title_zh, e.title_en, e.url_zh, e.url_en, d.link "
        "FROM entries AS e JOIN days AS d USING (day) ORDER BY e.post, e.newly, e.day"
    )
    for number, day, post, newly, source, title_zh, title_en, url_zh, url_en, link in found:
        yield Stored(number, day, post, bool(newly), source, Both(title_zh, title_en), Both(url_zh, url_en), link)


def lines_of(db: Connection, entry: int) -> dict[int, StoredLine]:
    """Give the texts of an entry, by number, in the order of its rows."""
    found = db.execute(
        "SELECT id, printed, pair, zh, en, made_by, verified FROM lines WHERE entry = ? ORDER BY id", (entry,)
    )
    return {
        number: StoredLine(bool(printed), pair, Both(zh, en), made_by, bool(verified))
        for number, printed, pair, zh, en, made_by, verified in found
    }


def near(db: Connection, question: Floats, side: str) -> Near:
    """Give the cosine of each vector of a line with a question, a unit vector, in the language `side`.

    A day is unpacked at once.
    """
    dim = len(question)
    sums = np.full((len(SIDES), dim + 1), 0.0, dtype=np.float32)
    for (told,) in db.execute("SELECT sums FROM days"):
        sums += np.frombuffer(told, "<f4").reshape(len(SIDES), dim + 1)
    centred = Centred.of(question, side, sums)
    numbers, found = [np.zeros((0, 3), dtype="<i8")], [np.zeros(0, dtype=np.float32)]
    for rows, packed in db.execute("SELECT rows, vectors FROM days"):
        numbers.append(np.frombuffer(rows, "<i8").reshape(-1, 3))
        found.append(centred.cosines(unpack(packed, len(numbers[-1]), dim), numbers[-1][:, 2]))
    entry, line, sides = np.concatenate(numbers).T
    return Near(entry, line, sides, np.concatenate(found))


def places_of(db: Connection, token: str) -> list[tuple[int, int, str, int]]:
    """Give where a token stands: (entry, line, side, how often)."""
    return db.execute(
        "SELECT l.entry, p.doc, p.col, count(*) FROM places AS p JOIN lines AS l ON l.id = p.doc "
        "WHERE p.term = ? GROUP BY p.doc, p.col", (token,),
    ).fetchall()  # fmt: skip


def chunks_with(db: Connection, token: str) -> NDArray[np.int64]:
    """Give the chunks of whole texts that have a token (see texts.py for their numbers)."""
    found = db.execute("SELECT doc FROM said_in WHERE term = ?", (token,)).fetchall()
    return np.array(found, dtype=np.int64).reshape(-1)


def meanings_in_chinese(db: Connection, word: str) -> dict[str, float]:
    """Give the Chinese words of the archive that an English one translates, each with its score 0…1."""
    return dict(db.execute("SELECT zh, score FROM meanings WHERE en = ?", (word,)).fetchall())


def lengths(db: Connection) -> list[tuple[int, int, int]]:
    """Give of each entry the tokens that it has in Chinese and in English: (entry, zh, en)."""
    return db.execute("SELECT id, tokens_zh, tokens_en FROM entries").fetchall()
