"""Where a term and its translation were seen together: what the ledger of terms is counted from. Only added to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from digest.store.connection import Subject, write_time


@dataclass(frozen=True, slots=True)
class Sighting:
    """A term seen in both languages in the post with the id `post`, of the feed `source`, on the page of `day`.

    `how` says what put the two together (a pair of lines, brackets …). `id` is 0 until the store gave it one.
    """

    post: str
    source: str
    zh: str
    en: str
    how: str
    day: date
    id: int = 0


class Terms(Subject):
    """Sightings of terms."""

    def terms_top(self) -> int:
        """Give the highest id among the sightings, 0 where there are none: it names the terms as they are now."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM sightings").fetchone()[0])

    def sightings(self, upto: int) -> tuple[Sighting, ...]:
        """Give the sightings up to an id, in their order."""
        rows = self._db.execute(
            "SELECT post, source, zh, en, how, day, id FROM sightings WHERE id <= ? ORDER BY id", (upto,)
        )
        return tuple(Sighting(r["post"], r["source"], r["zh"], r["en"], r["how"], r.day("day"), r["id"]) for r in rows)

    def save_sightings(self, rows: Iterable[Sighting], now: datetime) -> int:
        """Add sightings, all or none; a post shows a pair of terms once, the first time. Give how many were new."""
        with self.transaction():
            before = self._db.total_changes
            self._db.executemany(
                """INSERT INTO sightings (post, source, zh, en, how, day, made) VALUES (?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (post, zh, en) DO NOTHING""",
                ((r.post, r.source, r.zh, r.en, r.how, r.day.isoformat(), write_time(now)) for r in rows),
            )
            return self._db.total_changes - before
