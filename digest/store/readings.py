"""Texts as they were read from what was kept: each is read once, and some can never be read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from digest.store.connection import Subject, write_time


class Readings(Subject):
    """Readings as bytes, by name (a post's id, an address) and by the hash of what they were read from.

    They can be made again at any time, but for those that are pinned: what these were read from is gone.
    """

    def reading(self, name: str, mark: str) -> tuple[bytes, datetime] | None:
        """Give what was read under a name from what has this hash, and when."""
        row = self._db.execute("SELECT body, made FROM readings WHERE name = ? AND mark = ?", (name, mark)).fetchone()
        return (row["body"], row.time("made")) if row else None

    def pinned_reading(self, name: str) -> tuple[str, bytes] | None:
        """Give what was read under a name before its bytes went, with the hash of these."""
        row = self._db.execute("SELECT mark, body FROM readings WHERE name = ? AND pinned", (name,)).fetchone()
        return (row["mark"], row["body"]) if row else None

    def reading_marks(self) -> dict[str, str]:
        """Give the names of all readings, each with the hash of what it was read from."""
        return {row["name"]: row["mark"] for row in self._db.execute("SELECT name, mark FROM readings ORDER BY name")}

    def save_readings(self, readings: Mapping[str, tuple[str, bytes]], now: datetime, oldest: datetime) -> None:
        """Keep readings, each with the hash of what it was read from; drop those made before `oldest`, but no pinned.

        A text that is read anew, since there are bytes of it again, is pinned no more.
        """
        with self.transaction():
            self._save(readings, now, pinned=False)
            self._db.execute("DELETE FROM readings WHERE made < ? AND NOT pinned", (write_time(oldest),))

    def pin_readings(self, readings: Mapping[str, tuple[str, bytes]], now: datetime) -> None:
        """Keep readings for ever, each with the hash of what it was read from."""
        self._save(readings, now, pinned=True)

    def _save(self, readings: Mapping[str, tuple[str, bytes]], now: datetime, *, pinned: bool) -> None:
        self._db.executemany(
            """INSERT INTO readings (name, mark, body, made, pinned) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, body = excluded.body, made = excluded.made,
               pinned = excluded.pinned""",
            ((name, mark, body, write_time(now), pinned) for name, (mark, body) in readings.items()),
        )
