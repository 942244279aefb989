"""No limit is passed knowingly, and what was spent is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Limits, Price
from digest.engines.spending import Meter, month_of
from digest.store import Store, UsageRow
from digest.translate.cost import Usage, cost_of, in_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 4, 17, tzinfo=UTC)
PRICE = Price(input=2, output=8, currency="CNY")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def meter(store: Store, price: Price | None = PRICE, now: datetime = NOW, model: str = "m", **limits: float) -> Meter:
    return Meter(store, Limits(**limits), price, SHANGHAI, now, engine="chat", model=model)  # type: ignore[arg-type]


def call(meter: Meter, sent: int, answered: int) -> str:
    """Do as an engine does: ask, and if it may, spend just what was estimated."""
    if said := meter.may(sent, answered):
        return said
    meter.spent(Usage(1, sent, answered), Usage(1, sent, answered))
    return ""


def test_without_limits_everything_may_be_spent(store: Store) -> None:
    spender = meter(store)
    assert call(spender, 10**9, 10**9) == ""
    assert spender.run == Usage(1, 10**9, 10**9)
    assert spender.run_cost == pytest.approx(10_000)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"run_tokens": 300}, "limits.run_tokens is 300, and the next call would make it 450"),
        ({"month_tokens": 449}, "limits.month_tokens is 449, and the next call would make it 450"),
        ({"run_cost": 0.0015}, "limits.run_cost is 0.0015 CNY, and the next call would make it 0.0018 CNY"),
        ({"month_cost": 0.0015}, "limits.month_cost is 0.0015 CNY, and the next call would make it 0.0018 CNY"),
    ],
    ids=str,
)
def test_each_limit_stops_the_call_that_would_pass_it(store: Store, limits: dict[str, float], words: str) -> None:
    spender = meter(store, **limits)
    assert [call(spender, 100, 50) for _ in range(4)] == ["", "", words, words]  # a call costs 0.0006
    assert spender.run.calls == 2


def test_a_limit_that_is_just_met_is_kept_and_nought_allows_nothing(store: Store) -> None:
    spender = meter(store, run_tokens=150)
    assert call(spender, 100, 50) == ""
    assert "run_tokens" in call(spender, 1, 0)
    assert "month_tokens" in meter(store, month_tokens=0).may(1, 0)


def test_the_month_remembers_earlier_runs_and_other_models(store: Store) -> None:
    call(meter(store), 100, 50)
    call(meter(store, model="other"), 100, 50)
    assert "month_tokens" in call(meter(store, month_tokens=449), 100, 50)
    assert call(meter(store, month_tokens=450), 100, 50) == ""
    assert call(meter(store, run_tokens=150), 100, 50) == ""  # the run begins anew


def test_the_month_begins_at_midnight_in_the_digest_s_zone(store: Store) -> None:
    late_april = datetime(2025, 4, 30, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    call(meter(store, now=late_april), 100, 50)
    assert "month_tokens" in meter(store, now=late_april, month_tokens=150).may(1, 0)
    assert meter(store, now=late_april + timedelta(minutes=1), month_tokens=150).may(1, 0) == ""


def test_amounts_in_another_currency_are_not_added(store: Store) -> None:
    day = NOW.date()
    store.add_usage(UsageRow(day, "chat", "m", 1, 1, 1, 1, 1, 50.0, "USD"), NOW)
    assert meter(store, month_cost=1).may(100, 50) == ""
    assert "month_cost" in meter(store, Price(input=1, output=1, currency="USD"), month_cost=1).may(1, 1)


def test_a_model_of_one_s_own_costs_nothing_and_its_tokens_are_counted(store: Store) -> None:
    spender = meter(store, None, run_cost=0.0, month_cost=0.0, run_tokens=1000)
    assert call(spender, 500, 400) == ""
    assert spender.run_cost == 0
    assert "run_tokens" in call(spender, 500, 400)
    assert store.usage_between(*month_of(NOW.date())).costs == {}


def test_a_call_that_took_more_than_reckoned_is_the_last(store: Store) -> None:
    spender = meter(store, run_tokens=200)
    assert spender.may(100, 50) == ""
    spender.spent(Usage(1, 100, 50), Usage(1, 100, 900))
    assert "would make it 1,001" in spender.may(1, 0)


def test_what_was_spent_is_in_the_store_at_once(store: Store, tmp_path: Path) -> None:
    spender = meter(store)
    spender.spent(Usage(1, 100, 50), Usage(1, 110, 40))
    with Store(tmp_path / "state") as other:  # sees only what was committed
        total = other.usage_between(date(2025, 4, 1), date(2025, 5, 1))
    assert (total.calls, total.prompt_tokens, total.completion_tokens) == (1, 110, 40)
    assert total.costs == {"CNY": pytest.approx(110 * 2e-6 + 40 * 8e-6)}
    assert (spender.estimated, spender.run) == (Usage(1, 100, 50), Usage(1, 110, 40))


def test_estimates_are_corrected_by_what_calls_really_took(store: Store) -> None:
    before = meter(store)
    for _ in range(3):
        before.spent(Usage(1, 1000, 100), Usage(1, 1500, 50))
    after = meter(store, run_tokens=1549)
    assert after.ratio == (1.5, 0.5)
    assert "would make it 1,550" in after.may(1000, 100)
    # what is kept are the estimates as they were made: corrected ones would teach that they need no correction
    after.spent(Usage(1, 1000, 100), Usage(1, 1500, 50))
    assert meter(store).ratio == (1.5, 0.5)


uses = st.tuples(st.integers(0, 1000), st.integers(0, 1000))


@given(st.lists(uses, max_size=20), st.integers(0, 5000), st.floats(0, 0.02))
def test_calls_that_take_what_was_reckoned_pass_no_limit(calls: list[tuple[int, int]], cap: int, cost: float) -> None:
    class Nothing:
        def usage_ratio(self, engine: str, model: str) -> tuple[float, float]:
            return 1.0, 1.0

        def usage_between(self, start: date, end: date) -> object:
            return type("Totals", (), {"prompt_tokens": 7, "completion_tokens": 3, "costs": {"CNY": 0.001}})

        def add_usage(self, row: UsageRow, now: datetime) -> None:
            pass

    spender = meter(Nothing(), month_tokens=cap, month_cost=cost)  # type: ignore[arg-type]
    for each in calls:
        call(spender, *each)
    if spender.run.calls:
        assert spender.run.tokens + 10 <= cap
        assert spender.run_cost + 0.001 <= cost


@given(st.dates(date(1970, 1, 1), date(9998, 12, 31)))
def test_a_day_is_in_its_month_and_months_follow_one_another(day: date) -> None:
    first, following = month_of(day)
    assert first <= day < following
    assert {(first + timedelta(n)).month for n in range((following - first).days)} == {day.month}


def test_a_use_in_words() -> None:
    use = Usage(1, 1000, 200) + Usage(1, 500, 0)
    assert in_words(use, PRICE) == "2 calls, 1,500 tokens sent, 200 answered, 0.0046 CNY"
    assert cost_of(use, None) == 0
