"""A post appears in English on day 1, its translation on day 21: one entry, bilingual on its own day, and news once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from daily_blog import Blog
from small_blog import BASE, EN_FEED, ZH_FEED, feed, item, settings, title_of

DAY_1, DAY_21 = date(2025, 4, 1), date(2025, 4, 21)


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    made = Blog(tmp_path)
    made.run(DAY_1 - timedelta(days=1))  # the feeds were read before: what comes now is no history
    yield made
    made.store.close()


def by_feed(blog: Blog) -> None:
    blog.publish(1, "zh", DAY_21)


def by_address(blog: Blog) -> None:
    blog.publish(1, "zh", DAY_21, listed=False)


def by_listing(blog: Blog) -> None:
    blog.list_translation()


@pytest.mark.parametrize("come", [by_feed, by_address, by_listing])
def test_day_1_becomes_bilingual_and_day_21_has_the_news(blog: Blog, come: Any) -> None:
    if come is by_listing:
        blog.name_listing()
    blog.publish(1, "en", DAY_1)
    blog.month(DAY_1, DAY_21 - timedelta(days=1))
    (before,) = blog.page(DAY_1)["posts"]
    assert (before["title"]["zh"], before["status"]) == (None, "new")
    come(blog)
    blog.run(DAY_21)
    (after,) = blog.page(DAY_1)["posts"]
    assert (after["id"], after["url"]["en"]) == (before["id"], before["url"]["en"])
    assert after["title"]["zh"] == title_of(1, "zh")
    assert (after["status"], after["updated"], after["day"]) == ("updated", "2025-04-21", "2025-04-01")
    assert any(pair["verified"] for pair in after["pairs"])
    news = blog.page(DAY_21)
    (told,) = news["newly_translated"]
    assert (told["id"], told["day"], told["pairs"]) == (after["id"], "2025-04-01", after["pairs"])
    assert (news["posts"], news["rest"]) == ([], [])
    assert all(not blog.page(DAY_1 + timedelta(days=n))["newly_translated"] for n in range(20))
    # nothing moves any more: neither on the next days nor when both days are built again
    written = blog.bytes()
    builder = blog.run(DAY_21, hour=9)
    assert blog.bytes() == written
    blog.web.down = True
    for day in (DAY_21, DAY_1):
        builder.build(day)
    assert blog.bytes() == written
    blog.web.down = False
    blog.month(DAY_21 + timedelta(days=1), DAY_21 + timedelta(days=3))
    assert {name: data for name, data in blog.bytes().items() if name in written} == written


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("Tue, 01 Apr 2025 00:00:00 +0800", DAY_21),  # a bare date, its original's
        ("Mon, 31 Mar 2025 04:20:00 GMT", DAY_21),  # even an earlier one
        ("", DAY_21 + timedelta(days=1)),  # none: it came with the run of the morning after
    ],
)
def test_a_translation_with_no_date_of_its_own_is_news_of_the_day_it_came_once(
    blog: Blog, when: str, day: date
) -> None:
    blog.publish(1, "en", DAY_1)
    blog.month(DAY_1, DAY_21 - timedelta(days=1))
    blog.publish(1, "zh", DAY_21)
    blog.web.pages[ZH_FEED] = feed(item(1, "zh", when))
    blog.month(DAY_21, DAY_21 + timedelta(days=3))
    (edition,) = blog.store.editions()
    assert edition.original == "en"
    (entry,) = blog.page(DAY_1)["posts"]
    assert (entry["title"]["zh"], entry["updated"]) == (title_of(1, "zh"), str(day))
    told = [number for number in range(4) if blog.page(DAY_21 + timedelta(days=number))["newly_translated"]]
    assert told == [(day - DAY_21).days]


def test_an_entry_older_than_the_watch_becomes_bilingual_too(blog: Blog) -> None:
    blog.settings = settings(watch_days=5, rebuild_days=2)
    blog.publish(1, "en", DAY_1)
    blog.month(DAY_1, DAY_1 + timedelta(days=1))
    blog.publish(1, "zh", DAY_21)
    blog.month(DAY_21, DAY_21 + timedelta(days=1))
    (entry,) = blog.page(DAY_1)["posts"]
    assert (entry["title"]["zh"], entry["updated"]) == (title_of(1, "zh"), str(DAY_21))


@pytest.mark.parametrize(("watch", "has_page"), [(60, True), (8, False)])
def test_days_missed_while_the_machine_was_off_get_their_pages(blog: Blog, watch: int, has_page: bool) -> None:
    blog.settings = settings(watch_days=watch)
    blog.publish(1, "en", DAY_1)
    blog.run(DAY_1 - timedelta(days=1), hour=20)  # on its evening: collected, its page not built yet
    blog.run(DAY_1 + timedelta(days=12))
    assert (blog.out / f"{DAY_1}.html").exists() == has_page


def test_a_feed_that_is_new_here_has_no_news_of_today(blog: Blog) -> None:
    blog.month(DAY_1, DAY_1 + timedelta(days=3))
    blog.store._db.execute("DELETE FROM sources WHERE url = ?", (EN_FEED,))
    blog.publish(1, "en", DAY_1)
    blog.publish(1, "zh", DAY_1, listed=False)
    blog.month(DAY_1 + timedelta(days=4), DAY_1 + timedelta(days=5))
    assert [edition.url for edition in blog.store.editions()] == [f"{BASE}/zh/post-1"]
    assert all(not blog.page(DAY_1 + timedelta(days=number))["newly_translated"] for number in range(6))


def test_a_translation_of_the_same_day_is_no_news(blog: Blog) -> None:
    blog.publish(1, "en", DAY_1)
    blog.publish(1, "zh", DAY_1)
    blog.publish(2, "en", DAY_1)
    blog.publish(2, "zh", DAY_1, listed=False)
    blog.month(DAY_1, DAY_1 + timedelta(days=2))
    posts = blog.page(DAY_1)["posts"]
    assert [(bool(post["title"]["zh"]), post["status"], post["updated"]) for post in posts] == [(True, "new", None)] * 2
    for number in range(3):
        page = blog.page(DAY_1 + timedelta(days=number))
        assert (page["newly_translated"], page["rest"]) == ([], [])


def test_what_the_first_fetch_of_a_new_feed_brings_is_no_news_of_today(blog: Blog) -> None:
    blog.settings = settings(feeds=(EN_FEED,), twin=False)
    blog.publish(1, "en", DAY_1)
    blog.publish(1, "zh", DAY_1 + timedelta(days=3))
    blog.month(DAY_1, DAY_1 + timedelta(days=5))
    blog.settings = settings(twin=False)
    blog.store._db.execute("DELETE FROM sources WHERE url = ?", (ZH_FEED,))
    blog.run(DAY_1 + timedelta(days=6))
    assert blog.page(DAY_1 + timedelta(days=6))["newly_translated"] == []
    assert [post["url"]["en"] for post in blog.page(DAY_1 + timedelta(days=3))["newly_translated"]] == [
        f"{BASE}/post-1"
    ]


def test_a_translation_of_history_is_news_though_its_own_day_never_had_a_page(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    blog.publish(1, "en", DAY_1)
    blog.month(DAY_21 - timedelta(days=3), DAY_21 - timedelta(days=1))
    blog.publish(1, "zh", DAY_21, listed=False)
    blog.month(DAY_21, DAY_21 + timedelta(days=9))
    told = [
        day["newly_translated"] for day in map(json.loads, map(Path.read_text, sorted(blog.out.glob("2025*.json"))))
    ]
    ((news,),) = [posts for posts in told if posts]
    assert (news["url"]["zh"], news["day"]) == (f"{BASE}/zh/post-1", None)
    assert not (blog.out / f"{DAY_1}.json").exists()
    blog.store.close()


def test_a_translation_that_had_an_entry_before_its_original_could_be_read_is_named_there(blog: Blog) -> None:
    blog.settings = settings(twin=False)
    blog.publish(1, "en", DAY_1)
    original = blog.web.pages.pop(f"{BASE}/post-1")
    blog.month(DAY_1, DAY_1 + timedelta(days=1))
    blog.publish(1, "zh", DAY_1 + timedelta(days=2))
    blog.month(DAY_1 + timedelta(days=2), DAY_1 + timedelta(days=3))
    (alone,) = blog.page(DAY_1 + timedelta(days=2))["posts"]
    blog.web.pages[f"{BASE}/post-1"] = original
    blog.month(DAY_1 + timedelta(days=4), DAY_1 + timedelta(days=5))
    (entry,) = blog.page(DAY_1)["posts"]
    page = blog.page(DAY_1 + timedelta(days=2))
    (row,) = page["rest"]
    assert page["posts"] == []
    assert (row["id"], row["why"], row["entry"], row["day"]) == (alone["id"], "same", entry["id"], str(DAY_1))
    (news,) = blog.page(DAY_1 + timedelta(days=4))["newly_translated"]
    assert (news["id"], entry["updated"]) == (entry["id"], str(DAY_1 + timedelta(days=4)))


def test_the_feeds_follow_the_pages_and_have_a_post_once(blog: Blog) -> None:
    blog.publish(1, "en", DAY_1)
    blog.run(DAY_1).write_index()
    counts = [(blog.out / name).read_text("utf-8").count("<entry") for name in ("feed.xml", "new-in-chinese.xml")]
    assert counts == [1, 0]
    by_feed(blog)
    blog.run(DAY_21).write_index()
    counts = [(blog.out / name).read_text("utf-8").count("<entry") for name in ("feed.xml", "new-in-chinese.xml")]
    assert counts == [1, 1]
