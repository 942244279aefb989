"""What calls of engines used: for limits by the month, and to correct estimates by what calls really took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from digest.store.connection import Subject, write_time

# The newest uses that estimates are corrected by: some hundred posts, so that a change of tokenizer is soon forgotten.
NEWEST = 200


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One use of an engine: the calls it took, their tokens, those estimated before, and what it cost.

    `day` is the date of the use in the digest's zone. Estimates are as first made, before any correction. `currency` is
    "" where no price is known.
    """

    day: date
    engine: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    estimated_prompt: int
    estimated_completion: int
    cost: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What was used in all; `costs` by currency, without those where nothing was spent."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    costs: Mapping[str, float] = field(default_factory=dict)


class Usages(Subject):
    """The uses of engines."""

    def add_usage(self, row: UsageRow, now: datetime) -> None:
        """Keep one use, for good at once."""
        self._db.execute(
            """INSERT INTO usage (day, engine, model, calls, prompt_tokens, completion_tokens, estimated_prompt,
               estimated_completion, cost, currency, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                row.day.isoformat(), row.engine, row.model, row.calls, row.prompt_tokens, row.completion_tokens,
                row.estimated_prompt, row.estimated_completion, row.cost, row.currency, write_time(now),
            ),
        )  # fmt: skip

    def usage_between(self, start: date, end: date) -> Totals:
        """Give what was used on the days of the half-open interval."""
        days = start.isoformat(), end.isoformat()
        row = self._db.execute(
            """SELECT coalesce(sum(calls), 0), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0)
               FROM usage WHERE day >= ? AND day < ?""",
            days,
        ).fetchone()
        costs = self._db.execute(
            """SELECT currency, sum(cost) AS spent FROM usage WHERE day >= ? AND day < ? AND cost > 0
               GROUP BY currency ORDER BY currency""",
            days,
        )
        return Totals(row[0], row[1], row[2], {row["currency"]: row["spent"] for row in costs})

    def usage_ratio(self, engine: str, model: str = "") -> tuple[float, float]:
        """Give actual over estimated tokens, sent and answered, of a model's newest uses; 1 where none is known.

        Calls that failed say nothing and are left out.
        """
        row = self._db.execute(
            """SELECT sum(prompt_tokens), sum(estimated_prompt), sum(completion_tokens), sum(estimated_completion)
               FROM (SELECT * FROM usage WHERE engine = ? AND model = ? AND estimated_prompt > 0
               AND estimated_completion > 0 AND prompt_tokens > 0 AND completion_tokens > 0
               ORDER BY id DESC LIMIT ?)""",
            (engine, model, NEWEST),
        ).fetchone()
        return (row[0] / row[1], row[2] / row[3]) if row[1] else (1.0, 1.0)
