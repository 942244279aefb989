"""When each source was asked, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.store.connection import Subject, write_time


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source. Times are None where the thing never happened.

    `kind` and `status` are those of the last error (errors.SourceError). `failures` counts errors in a row, `bad_days`
    the days on which they came, the last of them counted at `last_bad`. `moved` is where the feed says that it has
    moved for good, "" where it does not.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    first_fetched: datetime | None = None
    last_success: datetime | None = None
    next_try: datetime | None = None
    stage: str = ""
    error: str = ""
    failures: int = 0
    bad_days: int = 0
    last_bad: datetime | None = None
    kind: str = ""
    status: int = 0
    moved: str = ""


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
            first_fetched=row.time_if("first_fetched"),
            last_success=row.time_if("last_success"),
            next_try=row.time_if("next_try"),
            stage=row["stage"],
            error=row["error"],
            failures=row["failures"],
            bad_days=row["bad_days"],
            last_bad=row.time_if("last_bad"),
            kind=row["kind"],
            status=row["status"],
            moved=row["moved"],
        )

    def source_succeeded(self, url: str, now: datetime, etag: str, last_modified: str, moved: str = "") -> None:
        """Keep a source's validators, byte for byte, and where it has moved; forget its failures."""
        moment = write_time(now)
        self._db.execute(
            """INSERT INTO sources (url, etag, last_modified, first_fetched, last_success, last_try, moved)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
               first_fetched = coalesce(first_fetched, excluded.first_fetched), last_success = excluded.last_success,
               last_try = excluded.last_try, next_try = NULL, stage = '', error = '', failures = 0,
               bad_days = 0, last_bad = NULL, kind = '', status = 0, moved = excluded.moved""",
            (url, etag, last_modified, moment, moment, moment, moved),
        )

    def source_failed(
        self, url: str, now: datetime, stage: str, error: str, next_try: datetime | None, *, kind: str = "",
        status: int = 0, counts: bool = True,
    ) -> None:  # fmt: skip
        """Keep why a source could not be read, and when it is asked again (None: at the next run).

        `counts`: it is one more day on which it failed.
        """
        self._db.execute(
            """INSERT INTO sources (url, last_try, next_try, stage, error, failures, kind, status, bad_days, last_bad)
               VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
               ON CONFLICT (url) DO UPDATE SET last_try = excluded.last_try, next_try = excluded.next_try,
               stage = excluded.stage, error = excluded.error, failures = failures + 1, kind = excluded.kind,
               status = excluded.status, bad_days = bad_days + excluded.bad_days,
               last_bad = coalesce(excluded.last_bad, last_bad)""",
            (
                url,
                write_time(now),
                write_time(next_try) if next_try else None,
                stage,
                error,
                kind,
                status,
                counts,
                write_time(now) if counts else None,
            ),
        )
