"""A connection to the store's file: opened, checked, brought up to date; its faults are StoreErrors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digest.errors import StoreError
from digest.store.schema import MIGRATIONS

Row = sqlite3.Row


def write_time(moment: datetime) -> str:
    """Write an aware time as the store keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read_time(text: str | None) -> datetime | None:
    """Read a time that the store keeps."""
    return datetime.fromisoformat(text) if text else None


class Connection(sqlite3.Connection):
    """A connection whose faults (a full disk, a lock held for too long) are StoreErrors with a remedy."""

    def execute(self, *words: Any) -> sqlite3.Cursor:
        with _faults_named():
            return super().execute(*words)

    def executemany(self, *words: Any) -> sqlite3.Cursor:
        with _faults_named():
            return super().executemany(*words)

    def executescript(self, script: str) -> sqlite3.Cursor:
        with _faults_named():
            return super().executescript(script)


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes what it cannot read in its own complaint
        raise StoreError("the store is damaged (names in it are no text); restore it from a backup") from error
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            raise  # ours, not the world's: a bug
        remedy = "make room and run again" if "full" in str(error) else "see digest check; restore it from a backup"
        raise StoreError(f"the store cannot be used: {error}; {remedy}") from error


def opened(path: Path) -> Connection:
    """Open the store's file, made if it is not there, check it and bring it up to date. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # it names who gets mail; SQLite gives its journals the same mode
        # one connection, used by the writer's thread only: workers hand values back instead of writing
        db = sqlite3.connect(path, timeout=30, isolation_level=None, factory=Connection)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: the store cannot be opened: {error}; see digest check") from error
    try:
        db.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            db.execute(f"PRAGMA {pragma}")
        _check(db, path)
        _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: Connection, path: Path) -> None:
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreError(f"{path}: the store is damaged ({found}); restore it from a backup")


def _migrate(db: Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StoreError(f"{path}: written by a newer version ({version}); upgrade the program")
    while version < len(MIGRATIONS):
        try:
            script = MIGRATIONS[version]
            db.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version={version + 1};COMMIT;")
        except StoreError:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if db.execute("PRAGMA user_version").fetchone()[0] <= version:
                raise
            # another process that opened the store at the same time was first: what is done is done
        version = db.execute("PRAGMA user_version").fetchone()[0]


class Subject:
    """One subject of the store: what is kept of it, over the one connection."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes: all of them are kept, or none. BEGIN IMMEDIATE, so that no upgrade of a read lock can fail."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
