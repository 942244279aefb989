"""When each source was asked, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.store.connection import Subject, read_time, write_time


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source. Times are None where the thing never happened."""

    url: str
    etag: str = ""
    last_modified: str = ""
    first_fetched: datetime | None = None
    last_success: datetime | None = None
    next_try: datetime | None = None
    stage: str = ""
    error: str = ""
    failures: int = 0


class Sources(Subject):
    """The feeds."""

    def source(self, url: str) -> SourceState:
        row = self._db.execute("SELECT * FROM sources WHERE url = ?", (url,)).fetchone()
        if row is None:
            return SourceState(url)
        return SourceState(
            url=url,
            etag=row["etag"],
            last_modified=row["last_modified"],
            first_fetched=read_time(row["first_fetched"]),
            last_success=read_time(row["last_success"]),
            next_try=read_time(row["next_try"]),
            stage=row["stage"],
            error=row["error"],
            failures=row["failures"],
        )

    def source_succeeded(self, url: str, now: datetime, etag: str, last_modified: str) -> None:
        """Keep a source's validators, byte for byte, and forget its failures."""
        moment = write_time(now)
        self._db.execute(
            """INSERT INTO sources (url, etag, last_modified, first_fetched, last_success, last_try)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
               first_fetched = coalesce(first_fetched, excluded.first_fetched), last_success = excluded.last_success,
               last_try = excluded.last_try, next_try = NULL, stage = '', error = '', failures = 0""",
            (url, etag, last_modified, moment, moment, moment),
        )

    def source_failed(self, url: str, now: datetime, stage: str, error: str, next_try: datetime | None) -> None:
        self._db.execute(
            """INSERT INTO sources (url, last_try, next_try, stage, error, failures) VALUES (?, ?, ?, ?, ?, 1)
               ON CONFLICT (url) DO UPDATE SET last_try = excluded.last_try, next_try = excluded.next_try,
               stage = excluded.stage, error = excluded.error, failures = failures + 1""",
            (url, write_time(now), write_time(next_try) if next_try else None, stage, error),
        )
