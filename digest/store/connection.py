"""A connection to the store's file, whose faults are StoreErrors: those of SQLite, and values that cannot be read."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from digest.errors import StoreError

T = TypeVar("T")

COPY_SUFFIX = ".backup"  # of the file that the copy of a store lies in, beside it
COPIED = "CREATE TABLE copied (made TEXT NOT NULL, key BLOB)"  # only copies have this table; see copies.py
WAIT = 30.0  # seconds that the lock of another program is waited for


def write_time(moment: datetime) -> str:
    """Write an aware time as the store keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def as_time(text: str) -> datetime:
    """Read a time that the store keeps. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


class Row(sqlite3.Row):
    """A row of an answer. A text in it that is not what it must be (a byte was flipped) is a StoreError."""

    def __new__(cls, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
        row = super().__new__(cls, cursor, values)
        row._path = cast(Connection, cursor.connection).path
        return row

    _path: Path

    def read(self, name: str, reads: Callable[[Any], T]) -> T:
        """Read the value of a column. Raises StoreError that names it where `reads` finds it wrong."""
        try:
            return reads(self[name])
        except (ValueError, TypeError, KeyError) as error:
            raise damaged(
                self._path, f"{name} is {str(self[name])[:60]!r} in the row of {str(self[0])[:80]!r}"
            ) from error

    def time(self, name: str) -> datetime:
        return self.read(name, as_time)

    def time_if(self, name: str) -> datetime | None:
        """Read a time that need not be there."""
        return self.time(name) if self[name] else None

    def day(self, name: str) -> date:
        return self.read(name, date.fromisoformat)

    def day_if(self, name: str) -> date | None:
        """Read a day that need not be there."""
        return self.day(name) if self[name] else None


class _Cursor(sqlite3.Cursor):
    """A cursor that names the faults of what is read after the first row."""

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise _fault(self.connection, error) from error

    def fetchone(self) -> Any:
        return next(self, None)

    def fetchall(self) -> list[Any]:
        return list(self)


class Connection(sqlite3.Connection):
    """A connection whose faults (a full disk, a lock held for too long) are StoreErrors with a remedy."""

    path = Path()

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, *words: Any) -> sqlite3.Cursor:
        try:
            return cast(sqlite3.Cursor, self.cursor().execute(*words))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise _fault(self, error) from error

    def executemany(self, *words: Any) -> sqlite3.Cursor:
        try:
            return cast(sqlite3.Cursor, self.cursor().executemany(*words))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise _fault(self, error) from error

    def executescript(self, script: str) -> sqlite3.Cursor:
        try:
            return super().executescript(script)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise _fault(self, error) from error


def _fault(db: sqlite3.Connection, error: sqlite3.DatabaseError | UnicodeDecodeError) -> Exception:
    """Give what a fault is raised as: a StoreError, or what it is where it is ours, not the world's: a bug."""
    path = getattr(db, "path", Path())
    if isinstance(error, UnicodeDecodeError):  # SQLite quotes what it cannot read in its own complaint
        return damaged(path, "names in it are no text")
    if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
        return type(error)(*error.args)
    return _named(path, error)


def _named(path: Path, error: sqlite3.Error) -> StoreError:
    """Put a fault of SQLite into words, by its result code (https://sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorname", "")
    for start, remedy in (
        ("SQLITE_BUSY", "another program uses it and did not let go; end that one, and run again"),
        ("SQLITE_LOCKED", "another program uses it and did not let go; end that one, and run again"),
        ("SQLITE_FULL", "make room and run again; what was kept so far is whole"),
        ("SQLITE_IOERR", "is the disk full? make room and run again; what was kept so far is whole"),
        ("SQLITE_READONLY", "give yourself the right to write it and its folder"),
        ("SQLITE_CANTOPEN", "give yourself the right to write it and its folder"),
        ("SQLITE_PERM", "give yourself the right to write it and its folder"),
    ):
        if code.startswith(start):
            return StoreError(f"{path}: the store cannot be used: {error}; {remedy}")
    return damaged(path, str(error))


class DamagedError(StoreError):
    """A file that is no whole store, or holds what cannot be read; `why` says it without the remedy."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: the store is damaged ({why}); {restoring(path)}")
        self.why = why


def damaged(path: Path, why: str) -> StoreError:
    return DamagedError(path, why)


def restoring(path: Path) -> str:
    """Say how the store in a file is had back: by restoring its copy, where there is one that can be read."""
    copy = path.with_name(path.name + COPY_SUFFIX)
    if made := copied_at(copy):
        return f"restore its copy (of {made.astimezone(UTC):%F %R}Z): digest restore {copy}"
    return "restore it from a backup: digest restore FILE; without one, move it away, and the next run begins anew"


def copied_at(path: Path) -> datetime | None:
    """Give the moment at which a copy of a store was made; None where the file is none that can be read."""
    if not path.is_file():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as db:
            row = db.execute("SELECT made FROM copied").fetchone()
            return as_time(row[0]) if row else None
    except (sqlite3.Error, ValueError, TypeError):
        return None


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """Connect to a file as it is; for the writer's thread only: workers hand values back instead of writing."""
    mode = "ro" if read_only else "rw"
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT, isolation_level=None, factory=Connection
    )
    db.row_factory = Row
    db.path = path
    return db


def copy_pages(source: Connection, target: Connection) -> None:
    """Copy a store in one step, by SQLite's online backup (https://sqlite.org/backup.html); the copy has no journal.

    Raises StoreError.
    """
    try:
        source.backup(target)
    except sqlite3.DatabaseError as error:
        raise _fault(source, error) from error
    target.execute("PRAGMA journal_mode=DELETE")


class Subject:
    """One subject of the store: what is kept of it, over the one connection."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def damaged(self, why: str) -> StoreError:
        """Give the error for what was kept and cannot be read."""
        return damaged(self._db.path, why)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes: all of them are kept, or none. BEGIN IMMEDIATE, so that no upgrade of a read lock can fail."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has rolled back itself where the disk was full
                self._db.execute("ROLLBACK")
            raise
