"""What a run and a calendar month may spend: asked before each call, told after it; the store has it at once (edge)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.config import Limits, Price
from digest.store import Store, UsageRow
from digest.translate.cost import Usage, cost_of, money


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens, and their cost in the currency of the settings."""

    tokens: int = 0
    cost: float = 0.0


class Meter:
    """Counts what one engine uses in a run, and says when a limit would be passed.

    `now` is the time of the run; the month is the calendar month of `now` in the digest's zone. Tokens of every engine
    and model count towards the limits; costs only in the currency of the price, for others cannot be added to it.
    Without a price (a local server) nothing costs anything. To be used in the thread that has the store.

    Estimates are given as they were made; the meter corrects them by what the model's newest calls really took. That
    ratio is read once, so that a plan and the run after it reckon alike.
    """

    def __init__(
        self, store: Store, limits: Limits, price: Price | None, zone: ZoneInfo, now: datetime, *, engine: str,
        model: str = "",
    ) -> None:  # fmt: skip
        self._store, self._limits, self._price = store, limits, price
        self._engine, self._model, self._now = engine, model, now
        self._today = now.astimezone(zone).date()
        self.ratio = store.usage_ratio(engine, model)
        self.run = Usage()
        self.estimated = Usage()
        before = store.usage_between(*month_of(self._today))
        self._before = Spent(before.prompt_tokens + before.completion_tokens, before.costs.get(self.currency, 0.0))

    @property
    def currency(self) -> str:
        return self._price.currency if self._price else ""

    @property
    def run_cost(self) -> float:
        return cost_of(self.run, self._price)

    def may(self, prompt_tokens: int, completion_tokens: int) -> str:
        """Give "" where a call of that many tokens (an estimate) keeps within all limits, else one line why it may not.

        A call that takes more than it was reckoned to take may pass a limit; then none follows it.
        """
        next_call = Usage(1, prompt_tokens, completion_tokens).corrected(self.ratio)
        run = self.run + next_call
        run_cost = cost_of(run, self._price)
        for name, limit, projected in (
            ("run_tokens", self._limits.run_tokens, run.tokens),
            ("month_tokens", self._limits.month_tokens, self._before.tokens + run.tokens),
        ):
            if limit is not None and projected > limit:
                return f"limits.{name} is {limit:,}, and the next call would make it {projected:,}"
        for name, cap, amount in (
            ("run_cost", self._limits.run_cost, run_cost),
            ("month_cost", self._limits.month_cost, self._before.cost + run_cost),
        ):
            if cap is not None and self._price and amount > cap:
                would = money(amount, self.currency)
                return f"limits.{name} is {money(cap, self.currency)}, and the next call would make it {would}"
        return ""

    def spent(self, estimate: Usage, actual: Usage) -> None:
        """Count what a call took, and keep it in the store at once: a crash forgets nothing that was paid."""
        self._store.add_usage(
            UsageRow(
                self._today, self._engine, self._model, actual.calls, actual.prompt_tokens, actual.completion_tokens,
                estimate.prompt_tokens, estimate.completion_tokens, cost_of(actual, self._price), self.currency,
            ),
            self._now,
        )  # fmt: skip
        self.run += actual
        self.estimated += estimate


def month_of(day: date) -> tuple[date, date]:
    """Give the first day of a day's month and of the next one.

    >>> month_of(date(2024, 12, 31))
    (datetime.date(2024, 12, 1), datetime.date(2025, 1, 1))
    """
    first = day.replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
