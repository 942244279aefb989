"""The feeds of days, and what is kept of a long archive."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from all_feeds import feed_files
from feed_case import LINK, ZH_EN, day_of, files
from feed_rules import ATOM, XHTML, content, entries
from sample_day import EMPTY, ENGLISH, NEWLY, OUTLINED, PAIRED, RICH

from digest.model import Both
from digest.render import feed_entries, site
from digest.render.feed_entries import NEWEST, NEWEST_DAYS, Newest


def test_a_day_is_one_entry_with_its_posts_and_where_they_stand() -> None:
    found = entries(files(RICH, EMPTY, day_of(date(2025, 3, 26), NEWLY))["days.xml"])
    assert list(found) == ["2025-04-16.html", "2025-03-26.html"], "a day without a post is no news"
    entry = found["2025-04-16.html"]
    assert entry.findtext(f"{ATOM}title") == "日报 2025-04-16"
    assert entry.findtext(f"{ATOM}published") == "2025-04-16T00:00:00+08:00"
    assert entry.findtext(f"{ATOM}updated") == "2025-05-07T00:00:00+08:00", "a translation came"
    links = [link.get("href") for link in entry.iter(f"{XHTML}a")]
    assert links == [
        *(f"{LINK}2025-04-16.html#p-{post.id}" for post in RICH.abstracts), f"{LINK}2025-04-16.html#n-{NEWLY.id}",
    ]  # fmt: skip
    assert PAIRED.pairs[0].zh is not None
    assert PAIRED.pairs[0].zh.text in content(entry)
    assert PAIRED.pairs[1].zh is not None
    assert PAIRED.pairs[1].zh.text not in content(entry), "one line a post"
    assert "6 篇博文 · posts" in content(entry)


def test_without_a_public_address_a_day_leads_nowhere_and_its_posts_to_themselves() -> None:
    made = files(RICH, link="")
    entry = ElementTree.fromstring(made["days.xml"].encode()).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.find(f"{ATOM}link") is None
    assert next(link.get("href") for link in entry.iter(f"{XHTML}a")) == OUTLINED.url.zh
    assert "url" not in json.loads(made["days.json"])["items"][0]


# ---- a long archive -------------------------------------------------------------------------------------------------


def archive(days: int) -> list[dict[str, Any]]:
    """Make days of ten posts: on each, one of twenty days before gets its translation, its own page built or not."""
    made = []
    for n in range(days):
        on = date(2024, 1, 1) + timedelta(days=n)
        posts = [
            dataclasses.replace(ENGLISH, id=f"{n:04d}{k}", title=Both(None, f"{n}-{k}"), notes=(),
                                published=DAY_START + timedelta(days=n, minutes=k))
            for k in range(10)
        ]  # fmt: skip
        newly = [dataclasses.replace(PAIRED, id=f"{n - 20:04d}0", published=DAY_START + timedelta(days=n - 20))]
        made.append(json.loads(site.json_text(day_of(on, *posts, newly=tuple(newly if n >= 20 else ())))))
    return made


DAY_START = PAIRED.published.replace(year=2024, month=1, day=1)


def test_of_a_long_archive_little_is_kept_and_nothing_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    days = archive(120)
    newest = Newest()
    for day in days:
        newest.add(day)
    assert len(newest._posts) <= feed_entries._OFTEN * NEWEST + 11
    assert len(newest.days()) == NEWEST_DAYS
    told = feed_files(days, title="T", link=LINK, order=ZH_EN)
    assert told == feed_files(reversed(days), title="T", link=LINK, order=ZH_EN)
    monkeypatch.setattr(feed_entries, "_OFTEN", 1000)
    assert told == feed_files(days, title="T", link=LINK, order=ZH_EN)


def test_a_post_that_is_older_news_than_a_later_page_says_makes_no_other_post_be_missed() -> None:
    """A later page tells of sixty edits that the posts' own pages know nothing of, and those stand for the posts."""
    days = archive(60)
    edited = tuple(
        dataclasses.replace(ENGLISH, id=f"{n:04d}{k}", published=DAY_START + timedelta(days=n, minutes=k), notes=())
        for n in range(6) for k in range(10)
    )  # fmt: skip
    days.append(json.loads(site.json_text(day_of(date(2024, 6, 1), newly=edited))))
    told = feed_files(days, title="T", link=LINK, order=ZH_EN)
    assert told == feed_files(reversed(days), title="T", link=LINK, order=ZH_EN)
    assert len(entries(dict(told)["feed.xml"])) == NEWEST


def test_the_order_of_days_changes_no_byte_of_any_feed() -> None:
    days = (RICH, day_of(date(2025, 3, 26), NEWLY), EMPTY)
    assert len({json.dumps(files(*some)) for some in permutations(days)}) == 1
