"""Days of which nobody knows whether they were sent: nobody is due them by themselves, and whoever asks gets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from mail_case import recipient
from small_blog import calendar

from digest.deliver.due import FOUND, RESTORED, due
from digest.deliver.letters import Pages
from digest.store import Store

ANN = recipient(empty=True)  # gets days without posts too: no page is asked
DAY = date(2025, 4, 16)
DAYS = [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]
NOW = datetime(2025, 4, 17, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in which Ann was sent a day once, long ago."""
    with Store(tmp_path) as opened:
        opened.queue_delivery(DAY - timedelta(days=9), ANN.channel, ANN.list, ANN.address, "<a@x>", NOW)
        yield opened


def why(store: Store, tmp_path: Path, now: str = "2025-04-17T08:00:00+08:00", *, asked: bool = False) -> list[str]:
    found = due([ANN], [DAY] if asked else DAYS, asked, store, Pages(tmp_path), calendar(now))
    return [each.why for each in found]


def test_days_that_were_over_before_a_restore_wait_until_they_are_asked_for(store: Store, tmp_path: Path) -> None:
    assert why(store, tmp_path) == ["", "", ""]
    store.came_back(datetime(2025, 4, 16, 9, tzinfo=UTC))  # in the middle of the last day
    assert why(store, tmp_path) == [RESTORED, RESTORED, ""]
    store.came_back(datetime(2025, 4, 16, 16, tzinfo=UTC))  # at its very end
    assert why(store, tmp_path) == [RESTORED, RESTORED, RESTORED]
    assert why(store, tmp_path, asked=True) == [""]


def test_what_the_copy_knows_of_is_told_as_it_is(store: Store, tmp_path: Path) -> None:
    store.queue_delivery(DAY, ANN.channel, ANN.list, ANN.address, "<b@x>", NOW)
    (row,) = store.delivery_parts(DAY, ANN.channel, ANN.list, ANN.address)
    store.end_delivery(row, "sent", NOW)
    store.came_back(NOW)
    assert why(store, tmp_path) == [RESTORED, RESTORED, "sent already"]


def test_pages_that_were_there_before_the_store_wait_until_they_are_asked_for(store: Store, tmp_path: Path) -> None:
    store.save_found([DAYS[0], DAYS[2]], NOW)
    assert why(store, tmp_path) == [FOUND, "", FOUND]
    assert why(store, tmp_path, asked=True) == [""]
    store.save_day(DAYS[0], "inputs", "made by us", NOW, settled=True)
    assert why(store, tmp_path) == ["", "", FOUND]


def test_returns_of_copies_are_kept_among_the_runs_for_ever(store: Store, tmp_path: Path) -> None:
    store.came_back(NOW)
    for number in range(20):
        store.run_started("run", NOW + timedelta(days=number))
    assert store.drop_runs(5) == 15
    assert store.restored_at() == NOW
    assert why(store, tmp_path) == [RESTORED, RESTORED, RESTORED]
