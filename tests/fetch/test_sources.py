"""Sources over many runs: those that fail are left alone longer and longer, those that moved are found."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, article, calendar, feed, item, settings, web_for

from digest.check import WARNING, WELL, Finding, _past
from digest.config import Settings
from digest.errors import SourceError
from digest.fetch.collect import Collected, collect
from digest.fetch.web import NotModified
from digest.job import JsonLines
from digest.model import Page
from digest.store import Store

START = datetime.fromisoformat("2025-04-17T08:00:00+08:00")
APRIL_16 = "Wed, 16 Apr 2025 04:00:00 GMT"
NEW = "https://new.example/feed.xml"
LISTING = f"{BASE}/zh/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


class Failing(FakeWeb):
    """Raises the errors given by address; serves the rest."""

    def __init__(self, pages: dict[str, str | bytes], errors: dict[str, SourceError]) -> None:
        super().__init__(pages)
        self.errors = errors

    def get(self, url: str, **options: Any) -> Page | NotModified:
        if url in self.errors:
            self.asked.append(url)
            raise self.errors[url]
        return super().get(url, **options)


def fault(url: str = EN_FEED, *, kind: str = "status", status: int = 0, retry_after: float = 0) -> SourceError:
    return SourceError(url, "fetch", "it failed", kind=kind, status=status, retry_after=retry_after)


def failing(error: SourceError) -> Failing:
    return Failing({ZH_FEED: feed()}, {EN_FEED: error})


def after(days: float, chosen: Settings | None = None, **more: Any) -> dict[str, Any]:
    now = (START + timedelta(days=days)).isoformat()
    return {"settings": chosen or settings(twin=False), "calendar": calendar(now), **more}


def bring(store: Store, web: FakeWeb, days: float = 0, **more: Any) -> Collected:
    web.asked.clear(), web.validators.clear()
    return collect(store, web_for=web_for(web), **after(days, **more))


def told(store: Store, days: float = 0, url: str = EN_FEED) -> Finding:
    return _past(store, url, "Blog", after(days)["calendar"])


# ---- back-off -------------------------------------------------------------------------------------------------------


@pytest.mark.fault("network", "source that keeps failing")
def test_a_source_that_keeps_failing_is_asked_on_fewer_and_fewer_days(store: Store) -> None:
    """A source fails day after day.

    From the third failure in a row it is left alone for one, two, four, then seven days; each run names it, and
    `digest check` says when it is asked again. A cron job that now and then starts minutes early loses no day by it.
    """
    web = failing(fault(kind="dns"))
    asked = []
    for day in range(32):
        got = bring(store, web, day - (0.003 if day % 2 else 0))
        assert [failure.url for failure in got.failures] == [EN_FEED]
        if EN_FEED in web.asked:
            asked.append(day)
    assert asked == [0, 1, 2, 3, 5, 9, 16, 23, 30]


def test_a_cron_job_of_each_hour_asks_a_source_all_day_until_it_failed_on_three_days(store: Store) -> None:
    web = failing(fault(kind="refused"))
    asked = []
    for hour in range(100):
        bring(store, web, hour / 24)
        asked += [hour] if EN_FEED in web.asked else []
    assert asked == [*range(41), *range(62, 63)], "counted at 0, 20 and 40 hours"
    assert store.source(EN_FEED).bad_days == 4


@pytest.mark.parametrize(
    ("elsewhere", "kind", "waits"),
    [
        ("https://other.example/feed", "dns", False),
        (f"{BASE}/other", "dns", True),
        ("https://other.example/feed", "status", True),
    ],
    ids=["offline", "one host is down", "another answers"],
)
def test_a_machine_that_is_offline_leaves_no_source_alone(store: Store, elsewhere: str, kind: str, waits: bool) -> None:
    chosen = Settings.model_validate({"sources": [{"name": url, "url": url} for url in (EN_FEED, elsewhere)]})
    web = Failing({}, {EN_FEED: fault(kind="refused"), elsewhere: fault(elsewhere, kind=kind)})
    for day in range(4):
        got = bring(store, web, day, chosen=chosen)
        assert [failure.url for failure in got.failures] == [EN_FEED, elsewhere], "it is told each day"
    bring(store, web, 3.1, chosen=chosen)
    assert (EN_FEED not in web.asked) is waits


def test_a_source_that_failed_once_is_asked_by_the_next_run(store: Store) -> None:
    web = failing(fault(kind="refused"))
    bring(store, web)
    del web.errors[EN_FEED]
    web.pages[EN_FEED] = feed(item(1, "en", APRIL_16))
    assert bring(store, web, 0.007).failures == ()
    assert (store.source(EN_FEED).failures, store.source(EN_FEED).kind) == (0, "")


def test_a_source_left_alone_says_until_when_and_is_asked_where_the_run_is_told_so(store: Store) -> None:
    web = failing(fault(kind="timeout"))
    for day in range(4):
        bring(store, web, day)
    (failure,) = bring(store, web, 3.5).failures
    assert failure.reason == "it failed (it waits until 2025-04-21 22:00Z)"
    assert EN_FEED not in web.asked
    bring(store, web, 3.5, retry=True)
    assert EN_FEED in web.asked


def test_retry_after_holds_where_it_is_longer(store: Store) -> None:
    web = failing(fault(status=429, retry_after=7200))
    bring(store, web)
    bring(store, web, 0.05)
    assert EN_FEED not in web.asked
    bring(store, web, 0.1)
    assert EN_FEED in web.asked


def test_a_clock_that_was_far_ahead_silences_no_source(store: Store) -> None:
    web = failing(fault(kind="dns"))
    for day in (4000, 4001, 4002, 4003):
        bring(store, web, day)
    web.errors.clear()
    web.pages[EN_FEED] = feed(item(1, "en", APRIL_16))
    bring(store, web, 0)
    assert EN_FEED in web.asked
    bring(store, web, 1)
    assert EN_FEED in web.asked


# ---- gone -----------------------------------------------------------------------------------------------------------


@pytest.mark.fault("network", "410")
def test_a_source_that_is_gone_is_told_once_and_asked_once_a_month(store: Store) -> None:
    """A feed answers 410.

    It is told on that day and parked: asked again after a month only, and named by `digest check` until it goes.
    """
    web = failing(fault(status=410))
    failures, asked = [], []
    for day in range(32):
        failures += [day for _ in bring(store, web, day).failures]
        asked += [day] if EN_FEED in web.asked else []
    assert failures == asked == [0, 30]
    finding = told(store, 31)
    assert finding.level == WARNING
    assert "gone for good (410)" in finding.fact
    assert "feeds.yaml" in finding.remedy


# ---- moved ----------------------------------------------------------------------------------------------------------


def moved_web(*, for_good: bool = True) -> Failing:
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16)), NEW: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()}, {})
    web.moved[EN_FEED] = NEW
    web.for_good = for_good
    return web


@pytest.mark.fault("network", "moved for good")
def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(store: Store) -> None:
    """A feed redirects with 301 or 308, all the way.

    Its new address is kept and asked from the next run on, with its validators; its posts stay those of the source, and
    `digest check` says what to write.
    """
    web = moved_web()
    bring(store, web)
    assert told(store).remedy == f"in feeds.yaml, write its url: {NEW}"
    assert told(store).level == WELL
    assert bring(store, web, 1).failures == ()
    assert NEW in web.asked
    assert EN_FEED not in web.asked
    (tag,) = [tag for url, tag, _ in web.validators if url == NEW]
    assert tag
    assert store.source(EN_FEED).moved == NEW
    assert [post.source for post in store.posts_of_source(EN_FEED)] == [EN_FEED]


def test_a_feed_that_moved_for_a_while_is_asked_at_its_own_address(store: Store) -> None:
    web = moved_web(for_good=False)
    bring(store, web), bring(store, web, 1)
    assert NEW not in web.asked
    assert store.source(EN_FEED).moved == ""


@pytest.mark.parametrize(
    "error",
    [fault(NEW, status=404), fault(NEW, status=410), fault(NEW, kind="dns"), fault(NEW, kind="content")],
    ids=["404", "410", "dns", "not a feed"],
)
def test_a_new_address_that_is_no_more_gives_way_to_the_old_one(store: Store, error: SourceError) -> None:
    web = moved_web()
    bring(store, web)
    web.moved.clear()
    web.errors[NEW] = error
    web.pages[EN_FEED] = feed(item(1, "en", APRIL_16), item(2, "en", APRIL_16))
    got = bring(store, web, 1)
    assert (got.failures, got.new_posts) == ((), 1)
    assert web.asked[:2] == [NEW, EN_FEED]
    assert store.source(EN_FEED).moved == ""


def test_a_new_address_that_is_slow_is_not_taken_for_gone(store: Store) -> None:
    web = moved_web()
    bring(store, web)
    web.errors[NEW] = fault(NEW, kind="timeout")
    assert len(bring(store, web, 1).failures) == 1
    assert EN_FEED not in web.asked
    assert store.source(EN_FEED).moved == NEW


# ---- validators -----------------------------------------------------------------------------------------------------


@pytest.mark.fault("network", "lying 304")
def test_a_server_that_says_not_modified_for_ever_is_asked_in_full_once_a_week(store: Store) -> None:
    """A server says 304 for ever, though its feed changed.

    Once a week a source is asked without validators.
    """
    web = FakeWeb({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()})
    bring(store, web)
    full = []
    for day in range(1, 22):
        bring(store, web, day)
        full += [day for url, tag, _ in web.validators if url == EN_FEED and not tag]
    assert len(full) == 3
    assert {b - a for a, b in itertools.pairwise(full)} == {7}


def test_an_etag_as_long_as_a_page_is_not_kept(store: Store) -> None:
    web = FakeWeb({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()})
    long = Page(EN_FEED, feed().encode(), (("etag", '"' + "x" * 5000 + '"'), ("last-modified", "then")))
    web.get = lambda url, **_: long  # type: ignore[method-assign, assignment]
    bring(store, web)
    assert (store.source(EN_FEED).etag, store.source(EN_FEED).last_modified) == ("", "then")


def test_a_feed_that_is_cut_off_keeps_its_entries_and_no_validators(store: Store) -> None:
    whole = feed(item(1, "en", APRIL_16), item(2, "en", APRIL_16))
    web = FakeWeb({EN_FEED: whole[: whole.index("</title>", whole.index("part 2"))], ZH_FEED: feed()})
    assert bring(store, web).new_posts == 1
    assert store.source(EN_FEED).etag == ""
    web.pages[EN_FEED] = whole
    assert bring(store, web, 0.1).new_posts == 1
    assert store.source(EN_FEED).etag != ""


def test_an_empty_answer_is_no_feed_without_entries(store: Store) -> None:
    web = FakeWeb({EN_FEED: " \n", ZH_FEED: feed()})
    (failure,) = bring(store, web).failures
    assert "empty" in failure.reason


# ---- listings -------------------------------------------------------------------------------------------------------


def listed() -> Settings:
    chosen = settings(twin=False)
    sources = tuple(s.model_copy(update={"translations": LISTING}) for s in chosen.sources)
    return Settings.model_validate(chosen.model_copy(update={"sources": sources}))


def test_an_empty_listing_does_not_replace_the_one_that_is_kept(store: Store) -> None:
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed(), LISTING: f"<html><a href='{BASE}/zh/post-1'>缓存系列</a></html>"})
    bring(store, web, chosen=listed())
    web.pages[LISTING] = ""
    assert [failure.url for failure in bring(store, web, 1, chosen=listed()).failures] == [LISTING]
    page = store.page(LISTING)
    assert page is not None
    assert page.body
    assert "empty" in told(store, 1, LISTING).fact


# ---- pages ----------------------------------------------------------------------------------------------------------


def test_a_page_that_an_outage_took_is_asked_for_by_the_next_run(store: Store) -> None:
    page = f"{BASE}/post-1"
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()}, {page: fault(page, kind="refused")})
    assert bring(store, web).pages_missing == 1
    web.errors.clear()
    web.pages[page] = article(1, "en")
    assert bring(store, web, 0.01).pages == 1


def test_a_page_that_failed_is_asked_for_once_in_a_run_and_again_after_a_clock_was_set_back(store: Store) -> None:
    page = f"{BASE}/post-1"
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()}, {page: fault(page, status=404)})
    for days in (900, 0, 0.01):
        bring(store, web, days)
        assert web.asked.count(page) == (days != 0.01)
    web.errors[page] = fault(page, kind="refused")
    for days in (1, 1.01, 1.02):
        bring(store, web, days)
        assert web.asked.count(page) == 1


def test_a_page_whose_host_stays_away_is_not_asked_for_ever(store: Store) -> None:
    page = f"{BASE}/post-1"
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()}, {page: fault(page, kind="timeout")})
    asked = 0
    for hour in range(24 * 14):
        bring(store, web, hour / 24)
        asked += web.asked.count(page)
    assert asked == 24 + 8


@pytest.mark.parametrize(
    ("seconds", "minutes", "asked"),
    [
        (86400, 60, [0, 24]),
        (3600, 30, [*range(0, 26, 2)]),
        (120, 1, [*range(0, 26, 2)]),
        (60, 60, [*range(26)]),
    ],
)
def test_a_page_is_not_asked_before_its_server_wants_to_be(
    store: Store, seconds: float, minutes: int, asked: list[int]
) -> None:
    page = f"{BASE}/post-1"
    error = fault(page, status=429, retry_after=seconds)
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()}, {page: error})
    turns = []
    for turn in range(26):
        bring(store, web, turn * minutes / 24 / 60)
        turns += [turn] * web.asked.count(page)
    assert turns[: len(asked)] == asked[: 24 if minutes == 60 and seconds == 60 else None]


def test_an_edition_is_not_asked_before_its_server_wants_to_be(store: Store) -> None:
    page = f"{BASE}/zh/post-1"
    web = Failing(
        {EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed(), f"{BASE}/post-1": article(1, "en")},
        {page: fault(page, status=429, retry_after=120)},
    )
    minutes = []
    for minute in range(5):
        bring(store, web, minute / 24 / 60, chosen=settings())
        minutes += [minute] * web.asked.count(page)
    assert minutes == [0, 2, 4]


def test_a_wait_that_was_written_under_a_clock_set_back_since_is_no_wait(store: Store) -> None:
    page = f"{BASE}/post-1"
    error = fault(page, status=429, retry_after=3600)
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()}, {page: error})
    bring(store, web, 300), bring(store, web)
    assert web.asked.count(page) == 1


def test_a_wait_begins_when_it_was_asked_for_not_when_the_run_began(store: Store) -> None:
    page = f"{BASE}/post-1"
    errors = {page: fault(page, status=429, retry_after=120), ZH_FEED: fault(ZH_FEED, status=429, retry_after=120)}
    web = Failing({EN_FEED: feed(item(1, "en", APRIL_16))}, errors)
    long = replace(calendar(START.isoformat()), elapsed=lambda: 300.0)
    collect(store, settings(twin=False), web_for(web), long)
    state = store.page_state(page)
    assert state is not None
    assert state.next_try == store.source(ZH_FEED).next_try == START + timedelta(seconds=420)


def test_what_is_logged_of_a_failure_names_its_kind_and_status(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    page = f"{BASE}/post-1"
    errors = {page: fault(page, status=404), ZH_FEED: fault(ZH_FEED, kind="dns")}
    with caplog.at_level("INFO", "digest"):
        bring(store, Failing({EN_FEED: feed(item(1, "en", APRIL_16))}, errors))
    rows = [json.loads(JsonLines().format(record)) for record in caplog.records if "failed" in record.message]
    told = {row["url"]: (row["message"], row["kind"], row["status"], row["stage"], row["reason"]) for row in rows}
    assert told[ZH_FEED] == ("source failed", "dns", 0, "fetch", "it failed")
    assert told[page] == ("page failed", "status", 404, "fetch", "it failed")


def test_what_check_tells_of_a_failing_source_is_its_kind_its_times_and_the_way_out(store: Store) -> None:
    web = FakeWeb({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed()})
    bring(store, web)
    broken = failing(fault(kind="timeout"))
    bring(store, broken, 1)
    assert (told(store, 1).level, "failed once (fetch, timeout)" in told(store, 1).fact) == (WELL, True)
    assert "asked again by the next run" in told(store, 1).fact
    bring(store, broken, 2), bring(store, broken, 3)
    finding = told(store, 3)
    assert finding.level == WARNING
    assert "failed 3 times in a row (fetch, timeout): it failed; last success 2025-04-17 00:00Z" in finding.fact
    assert "asked again 2025-04-20 22:00Z" in finding.fact
    assert "digest run --retry" in finding.remedy
