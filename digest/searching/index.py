"""The index brought up to date from the days' JSON, and from the whole texts of their posts (edge).

A day is read and encoded again where the bytes of its JSON changed. Each day is written in one short transaction, after
all of it is encoded, so that a search never waits for a run, and two programs may bring the index up to date at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.align.embed import Embedder, Vectors, unit_rows
from digest.align.lexicon import load_lexicon
from digest.align.words import HAN_RUN
from digest.errors import DeliveryError, StoreError
from digest.model import SIDES, Both
from digest.output import day_paths
from digest.recorded import digest_of
from digest.searching.cut import tokens
from digest.searching.opening import Connection, connected, faults_named, immediate
from digest.searching.packed import pack
from digest.searching.rows import Entry, encoded_texts, entries_of
from digest.searching.texts import Tell, Texts, update_texts

LEAST_MEANING = 0.05  # translations of a lower score are not kept
Numbers = NDArray[np.int64]  # (entry, line, side) of each vector; a line of 0 stands for the whole of the entry's side


@dataclass(frozen=True, slots=True)
class Updated:
    """What bringing the index up to date did: days encoded, days removed, lines on files that were passed over, and
    whole texts encoded.
    """

    encoded: int
    removed: int
    notes: tuple[str, ...] = ()
    texts: int = 0


@contextmanager
def opened(path: Path) -> Iterator[Index]:
    """Open the index in a file, made if it is not there, and made anew where it does not hold. Raises StoreError."""
    with connected(path) as (db, writable, notes):
        yield Index(db, path, notes, writable=writable)


class Index:
    """An open index. `notes` say in a line each what had to be made anew, or that it cannot be written."""

    def __init__(self, db: Connection, path: Path, notes: Sequence[str] = (), *, writable: bool = True) -> None:
        self.db, self.path, self.notes, self.writable = db, path, tuple(notes), writable

    def update(
        self, out: Path, embedder: Embedder, texts: Texts | None = None, tell: Tell = lambda stage, count: None
    ) -> Updated:  # fmt: skip
        """Read and encode the days of the output folder that changed, and forget those that are gone.

        The same of `texts`, the whole texts of the days' posts, where there are any to be had. A file that is no day of
        ours is passed over, with a note. Vectors of another embedder are all made anew.
        An index that cannot be written stays as it is. Raises StoreError, as well for one of those that is of another
        embedder or lexicon.
        """
        with faults_named(self.path):
            self._of(embedder)
            if not self.writable:
                return Updated(0, 0)
            known = {day: (stat, digest) for day, stat, digest in self.db.execute("SELECT day, stat, hash FROM days")}
            encoded, notes, there = 0, [], set[str]()
            paths = day_paths(out)
            tell("days", len(paths))
            for path in paths:
                tell("days", -1)
                try:
                    stat, before = _stat(path), known.get(path.stem, ("", ""))
                    if before[0] != stat:
                        encoded += self._day(path, stat, before[1], embedder)
                    there.add(path.stem)
                except FileNotFoundError:  # gone since the folder was listed
                    continue
                except (DeliveryError, UnicodeDecodeError) as error:
                    notes.append(str(error) if isinstance(error, DeliveryError) else f"{path.name}: this is not UTF-8")
            gone = sorted(known.keys() - there)
            for day in gone:
                with immediate(self.db):
                    self._forget(day)
            told = update_texts(self.db, texts, embedder, self._learn, tell) if texts else 0
        return Updated(encoded, len(gone), tuple(notes), told)

    def _of(self, embedder: Embedder) -> None:
        """See that the index is of this embedder and lexicon, and begin anew where it is not. Raises StoreError."""
        now = (embedder.name, load_lexicon().version)
        if self.db.execute("SELECT embedder, lexicon FROM made").fetchone() != now:
            if not self.writable:
                raise StoreError(f"{self.path}: made with another model; let its owner search once, or name another "
                                 "--state")  # fmt: skip
            with immediate(self.db):
                self.db.execute("DELETE FROM days")
                self.db.execute("DELETE FROM entries")
                self.db.execute("DELETE FROM lines")
                self.db.execute("DELETE FROM meanings")
                self.db.execute("DELETE FROM cut")
                self.db.execute("DELETE FROM texts")
                self.db.execute("INSERT INTO said (said) VALUES ('delete-all')")
                self.db.execute("UPDATE made SET embedder = ?, lexicon = ?", now)

    def _day(self, path: Path, stat: str, before: str, embedder: Embedder) -> bool:
        """Put a day in the place of what was known of it; tell whether it had to be encoded."""
        data = path.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found == before:
            with immediate(self.db):
                self.db.execute("UPDATE days SET stat = ? WHERE day = ?", (stat, path.stem))
            return False
        digest = digest_of(data.decode(), path.name)
        entries = tuple(entries_of(digest))
        told = [list(encoded_texts(entry)) for entry in entries]
        vectors = embedder.encode([text for texts in told for _, _, text in texts])
        with immediate(self.db):
            self._forget(path.stem)
            rows: list[tuple[int, int, int]] = []
            for entry, texts in zip(entries, told, strict=True):
                made, lines = self._entry(path.stem, entry)
                rows += [(made, lines[number], SIDES.index(side)) for number, side, _ in texts]
            numbers = np.array(rows, dtype="<i8").reshape(-1, 3)
            numbers, vectors, sums = _with_wholes(numbers, vectors)
            self.db.execute(
                "INSERT INTO days VALUES (?, ?, ?, ?, ?, ?, ?)",
                (path.stem, stat, found, digest.link, numbers.tobytes(), pack(vectors), sums.tobytes()),
            )
        return True

    def _entry(self, day: str, entry: Entry) -> tuple[int, list[int]]:
        """Put an entry in; give its number and those of its lines."""
        told = entry.abstract
        cut = [[tokens(side or "") for side in _sides(row.text)] for row in entry.rows]
        made = self._put(
            "INSERT INTO entries (day, post, newly, source, title_zh, title_en, url_zh, url_en, tokens_zh, tokens_en) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            day, told.id, entry.newly, told.source, *_sides(told.title), *_sides(told.url),
            *(sum(len(sides[at]) for sides in cut) for at in range(len(SIDES))),
        )  # fmt: skip
        lines = []
        for row, sides in zip(entry.rows, cut, strict=True):
            line = self._put(
                "INSERT INTO lines (entry, printed, pair, zh, en, made_by, verified) VALUES (?, ?, ?, ?, ?, ?, ?)",
                made, row.printed, row.pair, *_sides(row.text), row.made_by, row.verified,
            )  # fmt: skip
            self._put("INSERT INTO cut (rowid, zh, en) VALUES (?, ?, ?)", line, *map(" ".join, sides))
            lines.append(line)
        self._learn({token for sides in cut for side in sides for token in side})
        return made, lines

    def _learn(self, words: set[str]) -> None:
        """Keep what Chinese words of the archive mean in English: a question in English is turned into these."""
        for word in sorted(filter(HAN_RUN.match, words)):
            if not self.db.execute("SELECT 1 FROM meanings WHERE zh = ?", (word,)).fetchone():
                found = load_lexicon().scores(word).items()
                kept = [(word, en, score) for en, score in found if score >= LEAST_MEANING]
                self.db.executemany("INSERT INTO meanings VALUES (?, ?, ?)", kept)

    def _put(self, statement: str, *values: object) -> int:
        return self.db.execute(statement, values).lastrowid or 0

    def _forget(self, day: str) -> None:
        lines = self.db.execute(
            "SELECT l.id FROM lines AS l JOIN entries AS e ON l.entry = e.id WHERE e.day = ?", (day,)
        ).fetchall()
        self.db.executemany("DELETE FROM cut WHERE rowid = ?", lines)
        self.db.executemany("DELETE FROM lines WHERE id = ?", lines)
        self.db.execute("DELETE FROM entries WHERE day = ?", (day,))
        self.db.execute("DELETE FROM days WHERE day = ?", (day,))


def _with_wholes(rows: Numbers, vectors: Vectors) -> tuple[Numbers, Vectors, Vectors]:
    """Add to a day's vectors one for the whole of each entry's side: the direction of their sum.

    Gives rows and vectors with these, and for each side the sum of the lines' vectors with their number behind it:
    shape (2, dim + 1).
    """
    count = np.ones((len(vectors), 1), dtype=np.float32)
    sums = np.stack([np.hstack([vectors, count])[rows[:, 2] == side].sum(axis=0) for side in range(len(SIDES))])
    keys, inverse = np.unique(rows[:, [0, 2]], axis=0, return_inverse=True)
    wholes = np.zeros((len(keys), vectors.shape[1]), dtype=np.float32)
    np.add.at(wholes, inverse.reshape(-1), vectors)
    added = np.insert(keys, 1, 0, axis=1)
    return np.vstack([rows, added]), np.vstack([vectors, unit_rows(wholes)]), sums.astype(np.float32)


def _sides(both: Both) -> tuple[str | None, str | None]:
    return both.zh, both.en


def _stat(path: Path) -> str:
    """Tell a file's state without its bytes: one that was replaced or written has another."""
    found = path.stat()
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
