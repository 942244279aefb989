"""What ran, when, and how it ended."""

from __future__ import annotations

import json
from datetime import datetime

from digest.store.connection import Subject, write_time


class Runs(Subject):
    """The runs of the program."""

    def run_started(self, command: str, now: datetime) -> int:
        cursor = self._db.execute("INSERT INTO runs (command, started) VALUES (?, ?)", (command, write_time(now)))
        return int(cursor.lastrowid or 0)

    def run_ended(self, run: int, now: datetime, code: int, counts: dict[str, int]) -> None:
        self._db.execute(
            "UPDATE runs SET ended = ?, code = ?, counts = ? WHERE id = ?",
            (write_time(now), code, json.dumps(counts, sort_keys=True), run),
        )

    def has_built(self) -> bool:
        """Tell whether days were ever built with this store, or their building was begun."""
        return bool(self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM days) OR EXISTS (SELECT 1 FROM runs WHERE command IN ('run', 'build'))"
        ).fetchone()[0])  # fmt: skip

    def last_run(self) -> tuple[str, datetime, int | None] | None:
        """Give command, start and exit code (None: it never ended) of the last run."""
        row = self._db.execute("SELECT command, started, code FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return (row["command"], row.time("started"), row["code"]) if row else None
