"""The index's file, opened, checked, and made anew where it does not hold: all of it can be made again (edge)."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.errors import StoreError

Connection = sqlite3.Connection

FILE = "search.sqlite"  # in the folder of the state
WAIT = 30.0  # seconds that another program's transaction is waited for; each is some milliseconds long
# The version is of the tables and of what is put into them: an index of another one is made anew.
VERSION = "2"
SCHEMA = """
CREATE TABLE made (embedder TEXT NOT NULL, lexicon TEXT NOT NULL, version TEXT NOT NULL);
CREATE TABLE days (day TEXT PRIMARY KEY, stat TEXT NOT NULL, hash TEXT NOT NULL, link TEXT NOT NULL,
                   rows BLOB NOT NULL, vectors BLOB NOT NULL, sums BLOB NOT NULL);
CREATE TABLE entries (id INTEGER PRIMARY KEY, day TEXT NOT NULL, post TEXT NOT NULL, newly INTEGER NOT NULL,
                      source TEXT NOT NULL, title_zh TEXT, title_en TEXT, url_zh TEXT, url_en TEXT,
                      tokens_zh INTEGER NOT NULL, tokens_en INTEGER NOT NULL);
CREATE TABLE lines (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, printed INTEGER NOT NULL, pair TEXT NOT NULL,
                    zh TEXT, en TEXT, made_by TEXT NOT NULL, verified INTEGER NOT NULL);
CREATE TABLE meanings (zh TEXT NOT NULL, en TEXT NOT NULL, score REAL NOT NULL);
CREATE INDEX entries_of_day ON entries (day);
CREATE INDEX lines_of_entry ON lines (entry);
CREATE INDEX meanings_of_zh ON meanings (zh);
CREATE INDEX meanings_of_en ON meanings (en);
CREATE VIRTUAL TABLE cut USING fts5(zh, en, tokenize="unicode61 remove_diacritics 0 tokenchars '._/+#@-'");
CREATE VIRTUAL TABLE places USING fts5vocab(cut, 'instance');
CREATE TABLE texts (id INTEGER PRIMARY KEY, post TEXT NOT NULL, name TEXT NOT NULL, mark TEXT NOT NULL,
                    hash TEXT NOT NULL, side INTEGER NOT NULL, whole BLOB NOT NULL, norm REAL NOT NULL,
                    count INTEGER NOT NULL, vectors BLOB NOT NULL, sizes BLOB NOT NULL, cut BLOB NOT NULL,
                    UNIQUE (post, name));
CREATE VIRTUAL TABLE said USING fts5(cut, content='', columnsize=0, detail=none,
                                     tokenize="unicode61 remove_diacritics 0 tokenchars '._/+#@-'");
CREATE VIRTUAL TABLE said_in USING fts5vocab(said, 'instance');
INSERT INTO made VALUES ('', '', '');
"""
TABLES = ("made", "days", "entries", "lines", "meanings", "cut", "places", "texts", "said_in")


@contextmanager
def connected(path: Path) -> Iterator[tuple[sqlite3.Connection, bool, tuple[str, ...]]]:
    """Give a connection to an index that holds, whether it can be written, and what had to be said of it.

    One that this user may read and not write is searched as it is. Raises StoreError.
    """
    notes = []
    writable = not path.is_file() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    with faults_named(path):
        if not writable:
            notes.append(f"{path}: it cannot be written, so it is searched as it is, without what came since")
            found = _sound(_read_only(path))
        else:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                found = _whole(path)
            except OSError as error:
                raise StoreError(
                    f"{path}: the index of the search cannot be made: {error.strerror}; give yourself the right to "
                    "write its folder, or name another with --state"
                ) from error
            if found is None:
                notes.append(f"{path}: the index is damaged or of another version; it is made anew")
                remove(path)
                found = _whole(path)
        if found is None:
            raise StoreError(f"{path}: the index cannot be made; see that it is no folder, that its disk has room, and "
                             "that you may write it")  # fmt: skip
    with contextlib.closing(found):
        yield found, writable, tuple(notes)


def _whole(path: Path) -> sqlite3.Connection | None:
    """Connect to the file, made if it is not there; None where it is no whole index of this version."""
    if path.is_dir():
        return None
    path.touch(mode=0o600)
    db = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")  # who reads is not kept waiting (https://sqlite.org/wal.html)
        db.execute("PRAGMA synchronous=NORMAL")  # a power cut may take the last day, which is made again
        with immediate(db):
            if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                for statement in SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute("UPDATE made SET version = ?", (VERSION,))
    except sqlite3.DatabaseError as error:
        db.close()
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            raise  # a lock, a full disk, no right to write
        return None
    return _sound(db)


def _read_only(path: Path) -> sqlite3.Connection:
    """Connect to a file that cannot be written; nor can what WAL needs beside it, unless a writer has it open."""
    shared = path.with_name(path.name + "-shm").exists()
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro{'' if shared else '&immutable=1'}", uri=True, timeout=WAIT,
        isolation_level=None,
    )  # fmt: skip


def _sound(db: sqlite3.Connection) -> sqlite3.Connection | None:
    """Give the connection back where it leads to a whole index of this version; else close it and give None."""
    try:
        for table in TABLES:
            db.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  # names of ours
        version = db.execute("SELECT version FROM made").fetchone()
        if version == (VERSION,) and db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
            return db
    except sqlite3.OperationalError as error:
        if "no such" not in str(error) and "malformed" not in str(error):  # a lock, a full disk, no right to write
            db.close()
            raise
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        pass
    db.close()
    return None


def remove(path: Path) -> None:
    """Remove an index with what SQLite keeps beside it."""
    for end in ("-wal", "-shm", ""):
        with contextlib.suppress(IsADirectoryError, PermissionError):
            path.with_name(path.name + end).unlink(missing_ok=True)


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """Group writes: all of them are kept, or none. The lock is taken at once, so that no upgrade of one can fail."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """Raise faults of SQLite, and of what is read from its file, as StoreErrors with a remedy."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            raise
        code = getattr(error, "sqlite_errorname", "")
        remedy = "delete the file and search again: it is made anew"
        for start, other in (
            ("SQLITE_BUSY", "another program uses it and did not let go; end that one, and search again"),
            ("SQLITE_FULL", "make room and search again"),
            ("SQLITE_IOERR", "is the disk full? make room and search again"),
            ("SQLITE_READONLY", "give yourself the right to write it and its folder"),
            ("SQLITE_CANTOPEN", "give yourself the right to write it and its folder"),
        ):
            if code.startswith(start):
                remedy = other
        raise StoreError(f"{path}: the index of the search cannot be used: {error}; {remedy}") from error
