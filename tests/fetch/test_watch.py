"""How a translation is watched for: which addresses are asked, on which days, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from daily_blog import LISTING, Blog, noon
from small_blog import BASE, ZH_FEED, TrueEmbedder, article, calendar, feed, item, settings, title_of, web_for

from digest.build import Builder
from digest.config import Settings
from digest.fetch.collect import collect

DAY_1, DAY_21 = date(2025, 4, 1), date(2025, 4, 21)


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    made = Blog(tmp_path)
    made.run(DAY_1 - timedelta(days=1))  # the feeds were read before: what comes now is no history
    yield made
    made.store.close()


def test_an_address_is_asked_on_the_days_of_the_schedule_only(blog: Blog) -> None:
    blog.publish(1, "en", DAY_1)
    address, asked = f"{BASE}/zh/post-1", []
    for age in range(1, 70):
        blog.web.asked.clear()
        if age not in (14, 15):  # the machine was off
            times = calendar(f"{DAY_1 + timedelta(days=age)}T08:00:00+08:00")
            for _ in range(2):
                collect(blog.store, blog.settings, web_for(blog.web), times, embedder=TrueEmbedder())
            asked += [age] * blog.web.asked.count(address)
    assert asked == [1, 3, 7, 16, 21, 30, 45, 60]


def test_a_page_that_only_repeats_the_original_is_asked_again_with_its_validators(blog: Blog) -> None:
    blog.publish(1, "en", DAY_1)
    address = f"{BASE}/zh/post-1"
    blog.web.pages[address] = article(1, "en")  # a site that shows the English text until there is another
    blog.month(DAY_1, DAY_1 + timedelta(days=4))
    asked = [(etag != "") for url, etag, _ in blog.web.validators if url == address]
    assert asked == [False, True]
    assert blog.store.editions() == ()
    blog.web.pages[address] = article(1, "zh")
    blog.month(DAY_1 + timedelta(days=5), DAY_1 + timedelta(days=8))
    assert [bool(post["title"]["zh"]) for post in blog.page(DAY_1)["posts"]] == [True]


def test_a_page_asked_for_in_vain_is_asked_for_anew_when_a_feed_brings_it(blog: Blog) -> None:
    blog.settings = settings(twin=False)  # nothing but the feed leads to it
    blog.publish(1, "en", DAY_1)
    blog.run(DAY_1)
    for number in range(9):
        moment = calendar(f"{DAY_1 + timedelta(days=2 * number)}T08:00:00+08:00").now
        blog.store.page_failed(f"{BASE}/zh/post-1", moment, "fetch", "HTTP 404", "status", 404)
    blog.publish(1, "zh", DAY_21)
    blog.run(DAY_21)
    assert [post["title"]["zh"] for post in blog.page(DAY_1)["posts"]] == [title_of(1, "zh")]


def test_a_copy_is_watched_as_long_as_its_entry_has_no_translation(blog: Blog) -> None:
    name, mirror = "https://mirror.example/feed.xml", "https://mirror.example/m-1"
    sources = [source.model_dump(mode="json") for source in blog.settings.sources]
    blog.settings = Settings.model_validate(
        {"sources": [*sources, {"name": "Mirror", "url": name, "language": "en", "pause": 0}]}
    )
    blog.web.pages[name] = feed()
    blog.run(DAY_1 - timedelta(days=1))
    blog.web.pages[mirror] = article(1, "en")  # a mirror that was faster: the entry is there, without a twin rule
    blog.web.pages[name] = feed(item(1, "en", noon(DAY_1), link=mirror))
    blog.run(DAY_1)
    blog.publish(1, "en", DAY_1 + timedelta(days=1))
    blog.month(DAY_1 + timedelta(days=1), DAY_21)
    assert [story.same_as for story in blog.store.stories().values()] == [blog.page(DAY_1)["posts"][0]["id"]]
    blog.publish(1, "zh", DAY_21, listed=False)
    asked = len(blog.web.asked)
    blog.month(DAY_21 + timedelta(days=1), DAY_21 + timedelta(days=30))
    (entry,) = blog.page(DAY_1)["posts"]
    assert (entry["url"]["en"], entry["url"]["zh"]) == (mirror, f"{BASE}/zh/post-1")
    assert blog.web.asked[asked:].count(f"{BASE}/zh/post-1") == 1


def test_a_listing_is_asked_once_a_day_and_its_pages_once(blog: Blog) -> None:
    blog.name_listing()
    blog.publish(1, "en", DAY_1)
    blog.list_translation()
    for hour in (8, 12):
        blog.run(DAY_1, hour=hour)
    blog.run(DAY_1 + timedelta(days=1))
    asked = [url for url in blog.web.asked if "/zh/" in url and url != ZH_FEED]
    assert asked.count(LISTING) == 2
    assert [etag != "" for url, etag, _ in blog.web.validators if url == LISTING] == [False, True]
    assert asked.count(f"{BASE}/zh/another-name") == 1
    assert f"{BASE}/zh/about" not in asked


def test_a_post_beyond_the_limit_is_watched_and_its_page_fetched_when_its_translation_came(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    sources = tuple(source.model_copy(update={"limit": 1}) for source in blog.settings.sources)
    blog.settings = Settings(digest=blog.settings.digest, sources=sources)
    blog.publish(1, "en", DAY_1)
    blog.publish(2, "en", DAY_21)
    blog.publish(1, "zh", DAY_1, listed=False)
    times = calendar(datetime(2025, 4, 22, 8).isoformat() + "+08:00")
    collect(blog.store, blog.settings, web_for(blog.web), times, embedder=TrueEmbedder())
    Builder(blog.store, blog.settings, times, blog.out, embedder=TrueEmbedder()).link()
    assert [edition.url for edition in blog.store.editions()] == [f"{BASE}/zh/post-1"]
    blog.store.close()


def test_history_older_than_the_watch_is_looked_at_once(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    blog.publish(1, "en", DAY_1)
    for number in range(40):
        times = calendar(f"{date(2025, 7, 1) + timedelta(days=number)}T08:00:00+08:00")
        collect(blog.store, blog.settings, web_for(blog.web), times, embedder=TrueEmbedder())
    assert blog.web.asked.count(f"{BASE}/zh/post-1") == 1
    blog.store.close()
