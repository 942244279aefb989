"""What addresses answered: their bytes, or why there are none."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from digest.model import Page
from digest.store.connection import Subject, write_time


def _headers(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in json.loads(text))


@dataclass(frozen=True, slots=True)
class PageState:
    """What an address answered last.

    `has_body` tells whether bytes came, with this try or an earlier one: they are kept, or what was read from them is.
    `next_try` is when it may be asked again, None where it named no time.
    """

    has_body: bool
    stage: str
    error: str
    kind: str
    status: int
    tries: int
    last_try: datetime | None
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What stands for a page where its bytes are not needed: its address, headers, and the SHA-256 of the bytes (hex).

    `is_here` tells whether the bytes are kept; where they are not, they were dropped.
    """

    url: str
    headers: str
    sum: str
    is_here: bool


class Pages(Subject):
    """The pages of posts and editions."""

    def page(self, url: str) -> Page | None:
        row = self._db.execute(
            "SELECT final_url, headers, body FROM pages WHERE url = ? AND body IS NOT NULL", (url,)
        ).fetchone()
        if row is None:
            return None
        return Page(row["final_url"], row["body"], row.read("headers", _headers))

    def has_page(self, url: str) -> bool:
        """Tell whether the bytes of a page are kept, without reading them."""
        row = self._db.execute("SELECT 1 FROM pages WHERE url = ? AND body IS NOT NULL", (url,)).fetchone()
        return row is not None

    def fingerprint(self, url: str) -> Fingerprint | None:
        """Give what stands for a page, the same before and after its bytes were dropped; None where none ever came."""
        row = self._db.execute(
            """SELECT final_url, headers, sum, body IS NOT NULL AS is_here, CASE sum WHEN '' THEN body END AS unsummed
               FROM pages WHERE url = ? AND (body IS NOT NULL OR dropped IS NOT NULL)""",
            (url,),
        ).fetchone()
        if row is None:
            return None
        summed = row["sum"] or _sum(row["unsummed"])
        return Fingerprint(row["final_url"], row["headers"], summed, bool(row["is_here"]))

    def page_state(self, url: str) -> PageState | None:
        row = self._db.execute(
            """SELECT stage, error, kind, status, tries, last_try, next_try,
               body IS NOT NULL OR dropped IS NOT NULL AS has_body FROM pages WHERE url = ?""",
            (url,),
        ).fetchone()
        if row is None:
            return None
        return PageState(
            has_body=bool(row["has_body"]),
            stage=row["stage"],
            error=row["error"],
            kind=row["kind"],
            status=row["status"],
            tries=row["tries"],
            last_try=row.time_if("last_try"),
            next_try=row.time_if("next_try"),
        )

    def save_page(self, url: str, page: Page, now: datetime) -> None:
        moment = write_time(now)
        self._db.execute(
            """INSERT INTO pages (url, final_url, headers, body, fetched, tries, last_try, sum)
               VALUES (?, ?, ?, ?, ?, 1, ?, ?)
               ON CONFLICT (url) DO UPDATE SET final_url = excluded.final_url, headers = excluded.headers,
               body = excluded.body, fetched = excluded.fetched, stage = '', error = '', kind = '', status = 0,
               tries = tries + 1, last_try = excluded.last_try, next_try = NULL, sum = excluded.sum, dropped = NULL""",
            (url, page.url, json.dumps(page.headers, ensure_ascii=False), page.body, moment, moment, _sum(page.body)),
        )

    def forget_tries(self, url: str) -> None:
        """Forget how often an address was asked for in vain."""
        self._db.execute("DELETE FROM pages WHERE url = ? AND body IS NULL AND dropped IS NULL", (url,))

    def page_failed(
        self, url: str, now: datetime, stage: str, error: str, kind: str, status: int, next_try: datetime | None = None
    ) -> None:
        """Keep why there is no page, and when the server wants to be asked again (None: it does not say)."""
        self._db.execute(
            """INSERT INTO pages (url, stage, error, kind, status, tries, last_try, next_try)
               VALUES (?, ?, ?, ?, ?, 1, ?, ?)
               ON CONFLICT (url) DO UPDATE SET stage = excluded.stage, error = excluded.error, kind = excluded.kind,
               status = excluded.status, tries = tries + 1, last_try = excluded.last_try,
               next_try = excluded.next_try""",
            (url, stage, error, kind, status, write_time(now), write_time(next_try) if next_try else None),
        )

    # ---- what goes ----

    def drop_page(self, url: str, now: datetime) -> None:
        """Let a page's bytes go; its fingerprint stays."""
        seen = self.fingerprint(url)
        if seen is not None and seen.is_here:
            self._db.execute(
                "UPDATE pages SET body = NULL, sum = ?, dropped = ? WHERE url = ?", (seen.sum, write_time(now), url)
            )

    def forget_page(self, url: str) -> None:
        """Forget an address, as if it had never been asked for."""
        self._db.execute("DELETE FROM pages WHERE url = ?", (url,))


def _sum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
