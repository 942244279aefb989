"""Clocks that are wrong or change, days that were missed, a state that is new or old: every post is on one page."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from digest_cli import command_line, serve
from noon_blog import FIRST, World, morning_after, noon
from small_blog import EN_FEED

from digest.fetch.calendar import Calendar
from digest.store import Store


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    made = World(tmp_path, command_line(tmp_path, monkeypatch, capsys))
    serve(made.web, monkeypatch)
    return made


@pytest.mark.fault("state", "clock set back")
def test_a_clock_that_goes_back_a_day_moves_no_post(world: World) -> None:
    """The machine's clock is set back by a day between two runs.

    The run is one of an earlier day: it changes no later page and moves no post; when the clock is right again, all
    goes on.
    """
    for number in range(3):
        world.publish(number, noon(number))
        assert world.run(morning_after(number)) == 0
    before = world.pages()
    assert world.run(morning_after(1)) == 0
    assert world.pages() == before
    world.publish(3, noon(3))
    assert world.run(morning_after(3)) == 0
    assert world.once(0, 1, 2, 3)


@pytest.mark.fault("state", "clock set forward")
def test_a_clock_that_goes_a_year_forward_and_back_loses_no_post(world: World) -> None:
    """The machine's clock runs a year ahead for one run (a dead battery), and is right again at the next.

    What was published meanwhile is told, once; nothing waits a year for its next try.
    """
    world.publish_days(0, 1)
    assert world.run(morning_after(0)) == 0
    assert world.run(morning_after(1) + timedelta(days=365)) == 0
    for number in (2, 3):
        world.publish(number, noon(number))
        assert world.run(morning_after(number)) == 0
    assert world.web.asked.count(EN_FEED) == 4
    titles = [title for titles in world.pages().values() for title in titles]
    assert Counter(titles) == Counter(f"Cache series part {n}: faster reads" for n in range(4))


@pytest.mark.fault("state", "clocks change (DST)")
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Shanghai", date(2025, 3, 30), 24),
        ("Europe/Berlin", date(2025, 3, 30), 23),
        ("Europe/Berlin", date(2025, 10, 26), 25),
        ("America/New_York", date(2025, 3, 9), 23),
        ("America/New_York", date(2025, 11, 2), 25),
    ],
)
def test_a_day_on_which_the_clocks_change_has_each_of_its_posts_once(
    world: World, zone: str, day: date, hours: int
) -> None:
    """The digest's zone has a day of 23 or 25 hours, on which an hour is missing or comes twice.

    Days are half-open and follow one another without a gap: each post, also of the missing and of the doubled hour, is
    on one page, that of its day in the zone.
    """
    world.settle(zone=zone)
    calendar = Calendar(ZoneInfo(zone), datetime.now(UTC))
    start, end = calendar.bounds(day)
    assert end - start == timedelta(hours=hours)
    assert calendar.bounds(day - timedelta(days=1))[1] == start
    assert calendar.bounds(day + timedelta(days=1))[0] == end
    moments = [start - timedelta(seconds=1), start, *(start + timedelta(hours=n, minutes=30) for n in (0, 1, 2, 3)),
               end - timedelta(seconds=1), end]  # fmt: skip
    for number, moment in enumerate(moments):
        world.publish(number, moment)
    assert world.run(end + timedelta(hours=8)) == 0
    assert world.run(end + timedelta(hours=32)) == 0
    assert world.once(*range(8))
    by_day = {name: len(titles) for name, titles in world.pages().items()}
    assert by_day == {str(day - timedelta(days=1)): 1, str(day): 6, str(day + timedelta(days=1)): 1}


@pytest.mark.fault("state", "zone of the digest changed")
def test_a_digest_that_moves_to_another_zone_tells_each_post_once(world: World) -> None:
    """`digest.timezone` is changed between two runs, so that posts near midnight belong to another day.

    The pages of the last days are made again by the new zone: each post stands on one of them, none on none.
    """
    for number in range(4):
        world.publish(number, noon(number) + timedelta(hours=8))  # 20:00 UTC: the next day in Shanghai
    assert world.run(morning_after(2)) == 0
    assert world.run(morning_after(3)) == 0
    world.settle(zone="Asia/Shanghai", rebuild=7)
    assert world.run(morning_after(4)) == 0
    assert world.once(0, 1, 2, 3)


@pytest.mark.fault("state", "missed days")
@pytest.mark.parametrize(("off", "watch", "pages"), [(5, 60, 5), (40, 60, 40), (40, 10, 10)])
def test_days_that_were_missed_are_caught_up_within_bounds(world: World, off: int, watch: int, pages: int) -> None:
    """The machine was off for five days, or for forty.

    The next run makes the pages of all missed days, at most `digest.watch_days` of them, and says how many.
    """
    world.settle(watch=watch)
    world.publish(0, noon(0))
    assert world.run(morning_after(0)) == 0
    world.publish_days(1, off)
    done = world.digest("run", "--now", morning_after(off).isoformat())
    assert done.code == 0
    made = world.pages()
    assert sorted(made)[0] == str(FIRST)
    later = [day for day in made if day > str(FIRST)]
    assert pages <= len(later) <= pages + 1
    assert f"builds {len(later) - 1} earlier days too" in done.err
    if pages == off:
        assert world.once(*range(off + 1))


@pytest.mark.fault("state", "restored old state")
def test_a_state_of_ten_days_ago_catches_up(world: World) -> None:
    """The state is restored from a copy ten days old, while the pages are those of today.

    The next run makes up for what the copy does not know: the same posts on the same pages, each once.
    """
    for number in range(3):
        world.publish(number, noon(number))
        assert world.run(morning_after(number)) == 0
    assert world.digest("backup", "copy", "--now", morning_after(2).isoformat()).code == 0
    for number in range(3, 13):
        world.publish(number, noon(number))
        assert world.run(morning_after(number)) == 0
    before = world.pages()
    assert world.digest("restore", "copy", "--now", morning_after(12).isoformat()).code == 0
    assert world.run(morning_after(12) + timedelta(hours=1)) == 0
    assert world.pages() == before
    assert world.once(*range(13))


@pytest.mark.fault("state", "new state")
def test_the_first_run_of_a_source_asks_for_its_newest_pages_only(world: World) -> None:
    """The state is new, and the feed lists a year of posts.

    They are history: they fill the pages of their own days, at most `digest.rebuild_days` of them, and no more than
    `limit` pages are fetched.
    """
    world.publish_days(0, 199)
    assert world.run(morning_after(199)) == 0
    assert len(world.pages()) == 3
    assert all(len(titles) == 1 for titles in world.pages().values())
    assert len([url for url in world.web.asked if "/post-" in url and "/zh/" not in url]) <= 30
    with Store(world.folder / "state") as store:
        assert len(store.posts_of_source(EN_FEED)) == 200
