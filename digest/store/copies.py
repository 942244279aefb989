"""Copies of the store: made while it is in use, checked, and taken up again.

A copy is one file: a whole store, and in a table of its own (`copied`) the moment at which it was made and the key of
the unsubscribe tokens, without which no mail that was sent so far unsubscribes anybody.

Between a copy and its return deliveries may have been made that it knows nothing of. So what was open in it becomes
uncertain, which is told and never sent again by itself, and the return itself is kept as a run, `restore`: days that
were over before it are not sent by themselves either (`deliver/due.py`).
"""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.output import whole_file
from digest.store.connection import (
    COPIED,
    COPY_SUFFIX,
    DamagedError,
    Row,
    Subject,
    connect,
    copied_at,
    copy_pages,
    write_time,
)
from digest.store.opening import MOVED, check, migrate

__all__ = ("COPY_SUFFIX", "MOVED", "Copies", "copied_at", "taken_from")

RESTORE = "restore"  # the verb under which the return of a copy stands among the runs
DOUBT = "open when the store was copied: it may have been sent since"


class Copies(Subject):
    """The store as a whole: copied, and taken up as the copy that it is."""

    def copy_to(self, path: Path, now: datetime, key: bytes | None) -> None:
        """Copy the store into a file, mode 0600, whole or not at all, by SQLite's online backup, and check that.

        A writer may be at work: the copy is the store between two of its transactions. Raises StoreError, OSError.
        """
        with whole_file(path, 0o600) as temporary, contextlib.closing(connect(temporary)) as db:
            db.path = path
            copy_pages(self._db, db)
            db.execute("DROP TABLE IF EXISTS copied")
            db.execute(COPIED)
            db.execute("INSERT INTO copied VALUES (?, ?)", (write_time(now), key))
            check(db, path, thoroughly=True)

    def take_up(self, now: datetime) -> tuple[datetime, bytes | None] | None:
        """Make a copy in the store's place the store; give when it was made, and its key. None where it is no copy."""
        if not self._is_copy():
            return None
        with self.transaction():
            if not self._is_copy():  # another program that opened it at the same time was first
                return None
            row = self._db.execute("SELECT made, key FROM copied").fetchone()
            self._db.execute("DROP TABLE copied")
            self.came_back(now)
        made = row.time("made") if row else None
        return made or now, bytes(row["key"]) if row and row["key"] else None

    def _is_copy(self) -> bool:
        return bool(self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'copied'").fetchone())

    def came_back(self, now: datetime) -> None:
        """Say that this store is an earlier one than the last that was in use."""
        moment = write_time(now)
        with self.transaction():
            self._db.execute(
                "UPDATE deliveries SET state = 'uncertain', changed = ?, detail = ?, next_try = NULL "
                "WHERE state IN ('pending', 'sending')",
                (moment, DOUBT),
            )
            self._db.execute(
                "INSERT INTO runs (command, started, ended, code, counts) VALUES (?, ?, ?, 0, ?)",
                (RESTORE, moment, moment, json.dumps({})),
            )

    def restored_at(self) -> datetime | None:
        """Give the moment at which the store was last restored from a copy, None if it never was."""
        row: Row = self._db.execute("SELECT max(started) AS last FROM runs WHERE command = ?", (RESTORE,)).fetchone()
        return row.time_if("last")


def taken_from(file: Path, target: Path, now: datetime) -> bytes | None:
    """Put the store that a file holds, checked, up to date and taken up, into the new file `target`; give its key.

    The file is only read; it may be a copy, or a store as it lay, its journal beside it. Raises StoreError.
    """
    if not file.is_file() or not file.stat().st_size:
        what = "is empty" if file.is_file() else "no file" if file.exists() else "no such file"
        raise StoreError(f"{file}: {what}; name a copy of a store")
    with contextlib.closing(connect(file, read_only=True)) as source, contextlib.closing(connect(target)) as db:
        db.path = file  # what is wrong is wrong with that one
        try:
            copy_pages(source, db)
            check(db, file, thoroughly=True)
            migrate(db, file)
        except DamagedError as error:
            raise StoreError(f"{file}: damaged, or no copy of a store ({error.why}); nothing was changed; "
                             "name another copy") from error  # fmt: skip
        except StoreError as error:
            raise StoreError(f"{file} cannot be restored, and nothing was changed: {error}") from error
        copies = Copies(db)
        found = copies.take_up(now)
        if found is None:
            copies.came_back(now)
        return found[1] if found else None
