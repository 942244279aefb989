"""Which days were built, from what, and what failed for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from digest.model import Failure
from digest.store.connection import Row, Subject, write_time

FOUND = "found in the output folder"  # the signature of a page that the store did not make, and knows nothing of


class Days(Subject):
    """The days that have a page."""

    def save_found(self, days: Iterable[date], now: datetime) -> None:
        """Remember that days had a page before the store was there: they are over, and not built by themselves."""
        moment = write_time(now)
        self._db.executemany(
            """INSERT INTO days (date, inputs, signature, built, settled) VALUES (?, '', ?, ?, ?)
               ON CONFLICT (date) DO NOTHING""",
            ((day.isoformat(), FOUND, moment, moment) for day in days),
        )

    def is_found(self, day: date) -> bool:
        """Tell whether the day's page was there before the store, and never built since."""
        return self.signature_of(day) == FOUND

    def inputs_of(self, day: date) -> str:
        """Give the hash of what the day's page was last built from, "" where it never was or is unfinished."""
        row = self._db.execute(
            "SELECT inputs FROM days WHERE date = ? AND unfinished = 0", (day.isoformat(),)
        ).fetchone()
        return row["inputs"] if row else ""

    def signature_of(self, day: date) -> str:
        """Give what made the day's page (see `daily.signature_of`), "" where it never was built."""
        row = self._db.execute("SELECT signature FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return row["signature"] if row else ""

    def is_unfinished(self, day: date) -> bool:
        """Tell whether the day's page lacks what an engine may give at the next run; see `save_day`."""
        row = self._db.execute("SELECT unfinished FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return bool(row and row["unfinished"])

    def is_settled(self, day: date) -> bool:
        row = self._db.execute("SELECT settled FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return bool(row and row["settled"])

    def last_settled(self, before: date) -> date | None:
        """Give the last settled day before a day."""
        row: Row = self._db.execute(
            "SELECT max(date) AS last FROM days WHERE settled IS NOT NULL AND date < ?", (before.isoformat(),)
        ).fetchone()
        return row.day_if("last")

    def built_of(self, day: date) -> datetime | None:
        """Give the moment at which the day's page was last built, None where it never was."""
        row = self._db.execute("SELECT built FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return row.time("built") if row else None

    def first_day(self) -> date | None:
        """Give the earliest day that was ever built."""
        row: Row = self._db.execute("SELECT min(date) AS first FROM days").fetchone()
        return row.day_if("first")

    def last_day(self) -> date | None:
        """Give the latest day that was ever built."""
        row: Row = self._db.execute("SELECT max(date) AS last FROM days").fetchone()
        return row.day_if("last")

    def lexicons_of(self, day: date) -> dict[str, str]:
        """Give by source the lexicon that a day was built with ("": none); empty where it never was built."""
        row = self._db.execute("SELECT lexicons FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return row.read("lexicons", lambda text: dict(json.loads(text))) if row else {}

    def learnt_of(self, day: date) -> dict[str, int]:
        """Give how much was known ("memory", "terms": highest ids) when a day was first built; empty before that."""
        row = self._db.execute("SELECT learnt FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return row.read("learnt", lambda text: dict(json.loads(text))) if row else {}

    def save_day(
        self, day: date, inputs: str, signature: str, now: datetime, *, settled: bool,
        lexicons: Mapping[str, str] | None = None, learnt: Mapping[str, int] | None = None, unfinished: bool = False,
    ) -> None:  # fmt: skip
        """Remember that a page was built, and with what: a day keeps the lexicons and the memory of its first build.

        A day is settled once it was built after its end, and stays so. It is `unfinished` where an engine failed for a
        reason that may pass (a server that was down, a limit that was reached): then `inputs_of` gives "", which no
        inputs equal, and the next run builds it again.
        """
        moment = write_time(now)
        with self.transaction():
            used = _first(lexicons or {}, self.lexicons_of(day))
            known = _first(learnt or {}, self.learnt_of(day))
            self._db.execute(
                """INSERT INTO days (date, inputs, signature, built, settled, lexicons, learnt, unfinished)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (date) DO UPDATE SET inputs = excluded.inputs, signature = excluded.signature,
                   built = excluded.built, settled = coalesce(settled, excluded.settled),
                   lexicons = excluded.lexicons, learnt = excluded.learnt, unfinished = excluded.unfinished""",
                (day.isoformat(), inputs, signature, moment, moment if settled else None, used, known, unfinished),
            )

    def failures_of(self, day: date) -> tuple[Failure, ...]:
        rows = self._db.execute(
            "SELECT url, stage, reason FROM day_failures WHERE date = ? ORDER BY position", (day.isoformat(),)
        )
        return tuple(Failure(*row) for row in rows)

    def save_failures(self, day: date, failures: Sequence[Failure]) -> None:
        """Keep what failed in the collecting for a day's page, in place of what failed before."""
        with self.transaction():
            self._db.execute("DELETE FROM day_failures WHERE date = ?", (day.isoformat(),))
            self._db.executemany(
                "INSERT INTO day_failures VALUES (?, ?, ?, ?, ?)",
                ((day.isoformat(), number, f.url, f.stage, f.reason) for number, f in enumerate(failures)),
            )


def _first(now: Mapping[str, object], before: Mapping[str, object]) -> str:
    """Write both as JSON; what was kept before stands."""
    return json.dumps({**now, **before}, ensure_ascii=False, sort_keys=True)
