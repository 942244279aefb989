"""Texts as they were read from what was kept: what is compared day by day is read once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from digest.store.connection import Subject, write_time


class Readings(Subject):
    """Documents as bytes, by what they were read from; they can be made again at any time."""

    def reading(self, name: str, mark: str) -> bytes | None:
        """Give what was read under a name (a post's id, or an address) from what has this hash."""
        row = self._db.execute("SELECT body FROM readings WHERE name = ? AND mark = ?", (name, mark)).fetchone()
        return row["body"] if row else None

    def save_readings(self, readings: Mapping[str, tuple[str, bytes]], now: datetime, oldest: datetime) -> None:
        """Keep readings, each with the hash of what it was read from; drop those made before `oldest`."""
        with self.transaction():
            self._db.executemany(
                """INSERT INTO readings VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE
                   SET mark = excluded.mark, body = excluded.body, made = excluded.made""",
                ((name, mark, body, write_time(now)) for name, (mark, body) in readings.items()),
            )
            self._db.execute("DELETE FROM readings WHERE made < ?", (write_time(oldest),))
