"""The web to the store: what is asked for, what is kept, and which page a post belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, article, calendar, feed, item, settings, web_for

from digest.fetch.calendar import Calendar
from digest.fetch.collect import Collected, collect
from digest.fetch.web import NotModified
from digest.store import Store

NOW = "2025-04-17T08:00:00+08:00"
APRIL_16 = "Wed, 16 Apr 2025 04:00:00 GMT"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def blog(*items: str, **pages: str) -> FakeWeb:
    return FakeWeb({EN_FEED: feed(*items), ZH_FEED: feed(), **pages})


def bring(store: Store, web: FakeWeb, now: str = NOW, **more: object) -> Collected:
    return collect(store, settings(), web_for(web), calendar(now), **more)  # type: ignore[arg-type]


def test_feeds_pages_and_editions_are_kept(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    web.pages |= {f"{BASE}/post-1": article(1, "en"), f"{BASE}/zh/post-1": article(1, "zh")}
    got = bring(store, web)
    assert (got.new_posts, got.pages, got.editions, got.failures) == (1, 1, 1, ())
    assert store.page(f"{BASE}/zh/post-1") is not None


def test_a_second_run_asks_feeds_with_their_validators_and_pages_not_at_all(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    web.pages |= {f"{BASE}/post-1": article(1, "en"), f"{BASE}/zh/post-1": article(1, "zh")}
    bring(store, web)
    sent = {url: tag for url, tag, _ in web.validators}
    web.asked.clear(), web.validators.clear()
    got = bring(store, web)
    assert web.asked == [EN_FEED, ZH_FEED]
    assert got.new_posts == 0
    assert all(tag.startswith('W/"') for _, tag, _ in web.validators)
    assert sent[EN_FEED] == ""


def test_a_failing_source_leaves_the_others(store: Store) -> None:
    web = FakeWeb({ZH_FEED: feed(item(1, "zh", APRIL_16))})
    got = bring(store, web)
    assert [f.url for f in got.failures] == [EN_FEED]
    assert got.new_posts == 1
    assert store.source(EN_FEED).failures == 1


def test_a_missing_page_is_kept_with_its_reason_and_not_asked_again_at_once(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    bring(store, web)
    state = store.page_state(f"{BASE}/post-1")
    assert state is not None
    assert (state.has_body, state.status) == (False, 404)
    web.asked.clear()
    bring(store, web)
    assert f"{BASE}/post-1" not in web.asked
    bring(store, web, "2025-04-18T08:00:00+08:00")
    assert f"{BASE}/post-1" in web.asked


def test_a_body_in_the_feed_needs_no_page(store: Store) -> None:
    body = "<p>" + "A whole body stands in this feed, sentence by sentence. " * 12 + "</p>"
    encoded = f'<c:encoded xmlns:c="http://purl.org/rss/1.0/modules/content/"><![CDATA[{body}]]></c:encoded>'
    entry = item(1, "en", APRIL_16).replace("</item>", f"<description>x</description>{encoded}</item>")
    web = blog(entry)
    bring(store, web)
    assert f"{BASE}/post-1" not in web.asked
    assert f"{BASE}/zh/post-1" in web.asked


@pytest.mark.parametrize(
    ("zone", "when", "day"),
    [
        ("Asia/Shanghai", "Tue, 15 Apr 2025 18:00:00 GMT", "2025-04-16"),
        ("UTC", "Tue, 15 Apr 2025 18:00:00 GMT", "2025-04-15"),
        ("Asia/Shanghai", "Wed, 16 Apr 2025 15:59:59 GMT", "2025-04-16"),
        ("Asia/Shanghai", "Wed, 16 Apr 2025 16:00:00 GMT", "2025-04-17"),
    ],
)
def test_a_post_belongs_to_the_day_of_the_reader(store: Store, zone: str, when: str, day: str) -> None:
    times = calendar("2025-04-18T08:00:00+08:00", zone)
    collect(store, settings(), web_for(blog(item(1, "en", when))), times)
    start, end = times.bounds(date.fromisoformat(day))
    assert len(store.posts_between(start, end)) == 1


def test_a_day_may_have_25_hours() -> None:
    start, end = calendar(NOW, "Europe/Berlin").bounds(date(2025, 10, 26))
    assert end - start == timedelta(hours=25)


def test_a_first_fetch_is_history_and_later_finds_are_late(store: Store) -> None:
    old = item(1, "en", "Thu, 10 Apr 2025 04:00:00 GMT")
    web = blog(old)
    bring(store, web)
    (first,) = store.posts_of_source(EN_FEED)
    assert (first.history, first.late_on) == (True, None)
    times = calendar(NOW)
    store.save_day(date(2025, 4, 15), "x", "s", times.now, settled=True)
    web.pages[EN_FEED] = feed(old, item(2, "en", "Tue, 15 Apr 2025 04:00:00 GMT"), item(3, "en", APRIL_16))
    bring(store, web)
    late = {p.title[-15:]: p.late_on for p in store.posts_of_source(EN_FEED) if not p.history}
    assert sorted(late.values(), key=str) == [date(2025, 4, 16), None]


def test_a_post_too_old_for_any_rebuild_is_late_and_not_lost(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    bring(store, web)
    web.pages[EN_FEED] = feed(item(1, "en", APRIL_16), item(2, "en", "Tue, 18 Mar 2025 04:00:00 GMT"))
    bring(store, web)
    assert [p.late_on for p in store.posts_of_source(EN_FEED)] == [date(2025, 4, 16), None]


def test_undated_and_future_entries_take_the_time_first_seen(store: Store) -> None:
    web = blog(item(1, "en", ""), item(2, "en", "Wed, 16 Apr 2031 04:00:00 GMT"))
    bring(store, web)
    now = calendar(NOW).now
    assert [p.published for p in store.posts_of_source(EN_FEED)] == [now, now]
    bring(store, web, "2025-04-19T08:00:00+08:00")
    assert {p.published for p in store.posts_of_source(EN_FEED)} == {now}


def test_one_page_in_two_feeds_is_one_post(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    web.pages[ZH_FEED] = feed(item(1, "en", APRIL_16, guid="another-guid"))
    assert bring(store, web).new_posts == 1


def test_a_server_that_asked_to_wait_is_not_asked(store: Store) -> None:
    times: Calendar = calendar(NOW)
    store.source_failed(EN_FEED, times.now, "fetch", "HTTP 429", times.now + timedelta(hours=2))
    web = blog(item(1, "en", APRIL_16))
    got = bring(store, web)
    assert EN_FEED not in web.asked
    assert "wait" in got.failures[0].reason


def test_pages_of_a_day_asked_for_are_fetched_however_old(store: Store) -> None:
    items = [item(n, "en", f"{n:02d} Jan 2025 04:00:00 GMT") for n in range(1, 29)]
    chosen = settings().model_copy(
        update={"sources": tuple(s.model_copy(update={"limit": 2}) for s in settings().sources)}
    )
    web = blog(*items)
    collect(store, chosen, web_for(web), calendar(NOW), days=[date(2025, 1, 3)])
    pages = [url for url in web.asked if url.startswith(f"{BASE}/post-")]
    assert pages == [f"{BASE}/post-3", f"{BASE}/post-27", f"{BASE}/post-28"]


def test_entries_without_guids_that_link_the_home_page_are_posts_of_their_own(store: Store) -> None:
    def entries(*numbers: int) -> list[str]:
        date = "{:02d} Apr 2025 04:00:00 GMT"
        made = [item(n, "en", date.format(n), link=f"{BASE}/") for n in numbers]
        return [re.sub(r"<guid.*?</guid>", "", one) for one in made]

    web = blog(*entries(12, 13))
    assert bring(store, web).new_posts == 2
    web.pages[EN_FEED] = feed(*entries(12, 13, 14))
    assert bring(store, web).new_posts == 1
    web.pages[EN_FEED] = feed(*entries(15))
    assert bring(store, web).new_posts == 1
    assert len({post.title for post in store.posts_of_source(EN_FEED)}) == 4


def test_a_feed_that_moved_keeps_its_posts(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    bring(store, web)
    (before,) = store.posts_of_source(EN_FEED)
    web.pages[ZH_FEED] = web.pages[EN_FEED]
    got = collect(store, settings(feeds=(ZH_FEED,)), web_for(web), calendar(NOW))
    assert got.new_posts == 0
    assert [post.id for post in store.posts_of_source(ZH_FEED)] == [before.id]


@pytest.mark.parametrize(
    ("label", "body"), [("PDF", b"%PDF-1.4 words of a stream"), ("PNG", b"\x89PNG\r\n"), ("empty", b" \n")]
)
def test_what_is_no_page_is_not_kept_as_one(store: Store, label: str, body: bytes) -> None:
    web = blog(item(1, "en", APRIL_16))
    web.pages[f"{BASE}/post-1"] = body
    assert bring(store, web).pages_missing == 1
    state = store.page_state(f"{BASE}/post-1")
    assert state is not None
    assert not state.has_body
    assert "not a page" in state.error


def test_not_modified_to_a_first_request_is_a_failure(store: Store) -> None:
    web = blog(item(1, "en", APRIL_16))
    web.get = lambda url, **_: NotModified(url, ())  # type: ignore[method-assign, assignment]
    assert len(bring(store, web).failures) == 2
    assert store.source(EN_FEED).first_fetched is None
