"""What addresses answered: their bytes, or why there are none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from digest.model import Page
from digest.store.connection import Subject, read_time, write_time


@dataclass(frozen=True, slots=True)
class PageState:
    """What an address answered last. `has_body` tells whether bytes are kept, from this try or an earlier one."""

    has_body: bool
    stage: str
    error: str
    kind: str
    status: int
    tries: int
    last_try: datetime | None


class Pages(Subject):
    """The pages of posts and editions."""

    def page(self, url: str) -> Page | None:
        row = self._db.execute("SELECT * FROM pages WHERE url = ? AND body IS NOT NULL", (url,)).fetchone()
        if row is None:
            return None
        return Page(row["final_url"], row["body"], tuple((k, v) for k, v in json.loads(row["headers"])))

    def page_state(self, url: str) -> PageState | None:
        row = self._db.execute("SELECT *, body IS NOT NULL AS has_body FROM pages WHERE url = ?", (url,)).fetchone()
        if row is None:
            return None
        return PageState(
            has_body=bool(row["has_body"]),
            stage=row["stage"],
            error=row["error"],
            kind=row["kind"],
            status=row["status"],
            tries=row["tries"],
            last_try=read_time(row["last_try"]),
        )

    def save_page(self, url: str, page: Page, now: datetime) -> None:
        moment = write_time(now)
        self._db.execute(
            """INSERT INTO pages (url, final_url, headers, body, fetched, tries, last_try) VALUES (?, ?, ?, ?, ?, 1, ?)
               ON CONFLICT (url) DO UPDATE SET final_url = excluded.final_url, headers = excluded.headers,
               body = excluded.body, fetched = excluded.fetched, stage = '', error = '', kind = '', status = 0,
               tries = tries + 1, last_try = excluded.last_try""",
            (url, page.url, json.dumps(page.headers, ensure_ascii=False), page.body, moment, moment),
        )

    def forget_tries(self, url: str) -> None:
        """Forget how often an address was asked for in vain."""
        self._db.execute("DELETE FROM pages WHERE url = ? AND body IS NULL", (url,))

    def page_failed(self, url: str, now: datetime, stage: str, error: str, kind: str, status: int) -> None:
        self._db.execute(
            """INSERT INTO pages (url, stage, error, kind, status, tries, last_try) VALUES (?, ?, ?, ?, ?, 1, ?)
               ON CONFLICT (url) DO UPDATE SET stage = excluded.stage, error = excluded.error, kind = excluded.kind,
               status = excluded.status, tries = tries + 1, last_try = excluded.last_try""",
            (url, stage, error, kind, status, write_time(now)),
        )
