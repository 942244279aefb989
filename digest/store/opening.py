"""The store's file made, opened, checked and brought up to date.

Nothing is ever made anew in the place of what is damaged or lost: a file that is empty, is no database, lacks tables,
or is gone while a copy or a journal of it lies there, is refused, and the refusal names the copy to restore.
"""

from __future__ import annotations

import contextlib
import sqlite3
from functools import cache
from pathlib import Path

from digest.errors import StoreError
from digest.output import whole_file
from digest.store.connection import COPY_SUFFIX, Connection, connect, damaged, restoring
from digest.store.schema import MIGRATIONS

MOVED = ".before-"  # of what a restore moved aside


def opened(path: Path) -> Connection:
    """Open the store's file, made if nothing of it is there, check it and bring it up to date. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _refuse_lost(path)
            _make(path)
        elif path.is_dir() or not path.stat().st_size:
            raise damaged(path, "it is a folder" if path.is_dir() else "it is empty")
        if _size(path.with_name(path.name + "-wal")):  # of a run that was killed, or is at work
            with contextlib.closing(connect(path, read_only=True)) as found:  # which leaves the journal as it is
                check(found, path, thoroughly=True)
        db = connect(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: the store cannot be opened: {error}; see digest check") from error
    try:
        check(db, path)
        migrate(db, path)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):  # after it is known to be ours
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def read_only(path: Path) -> Connection:
    """Open the store's file for looking, as it is. Raises StoreError where it is not of this version."""
    try:
        db = connect(path, read_only=True)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: the store cannot be opened: {error}; see digest check") from error
    try:
        if (version := db.execute("PRAGMA user_version").fetchone()[0]) != len(MIGRATIONS):
            raise StoreError(f"{path}: the store is of another version ({version}); the next run brings it up to date")
    except BaseException:
        db.close()
        raise
    return db


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _refuse_lost(path: Path) -> None:
    """Refuse to begin anew where what lies there says that there was a store."""
    copy, journal = path.with_name(path.name + COPY_SUFFIX), path.with_name(path.name + "-wal")
    if copy.exists():
        raise StoreError(f"{path}: the store is gone, and a copy of it is there; {restoring(path)}; "
                         f"or move {copy} away, and the next run begins anew")  # fmt: skip
    if _size(journal):
        raise StoreError(f"{path}: the store is gone, and its journal {journal.name} is there; put the file back, or "
                         f"{restoring(path)}")  # fmt: skip
    if moved := sorted(path.parent.glob(f"{path.name}{MOVED}*")):
        raise StoreError(f"{path}: the store is gone, and {moved[-1].name} is there, moved aside by a restore that did "
                         "not end; say it again: digest restore FILE")  # fmt: skip


def _make(path: Path) -> None:
    """Make an empty store: it is there with all its tables, or not at all. Of two who do so at once one is first."""
    with (
        contextlib.suppress(FileExistsError),
        # it names who gets mail; SQLite gives its journals the same mode
        whole_file(path, 0o600, replace=False) as temporary,
        contextlib.closing(connect(temporary)) as db,
    ):
        db.path = path
        db.execute("PRAGMA journal_mode=OFF")  # the file is thrown away if anything happens
        for number, script in enumerate(MIGRATIONS, 1):
            db.executescript(f"BEGIN;{script};PRAGMA user_version={number};COMMIT;")


def check(db: Connection, path: Path, *, thoroughly: bool = False) -> None:
    """Check that the pages of a store hang together; thoroughly also that its indexes agree with its tables.

    Raises StoreError.
    """
    pragma = "integrity_check" if thoroughly else "quick_check"
    found = db.execute(f"PRAGMA {pragma}(1)").fetchone()[0]
    if found != "ok":
        raise damaged(path, " ".join(str(found).split()))


def migrate(db: Connection, path: Path) -> None:
    """Bring a store up to date, and see that it has every table. Raises StoreError."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StoreError(f"{path}: written by a newer version ({version}); upgrade the program")
    if version < 1:
        raise damaged(path, "it has no tables of ours")
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
    if missing := sorted(_columns() - _columns_of(db)):
        raise damaged(path, f"it lacks {', '.join(missing[:3])}")


@cache
def _columns() -> frozenset[str]:
    """Give the columns that a store has, as table.column."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for script in MIGRATIONS:
            db.executescript(script)
        return _columns_of(db)


def _columns_of(db: sqlite3.Connection) -> frozenset[str]:
    rows = db.execute(
        "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    )
    return frozenset(f"{table}.{column}" for table, column in rows)
