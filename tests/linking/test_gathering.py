"""What a page names beside its entries: titles as entries have them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from small_blog import EN_FEED, ZH_FEED, calendar, settings

from digest.build import Builder
from digest.gathering import MOST_ALSO
from digest.model import Both, Post, Story
from digest.store import Store

NOON = datetime(2025, 4, 16, 4, tzinfo=UTC)
TITLE = "使用更快的缓存系统读取数据"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (TITLE, Both(TITLE, None)),
        (TITLE.encode().decode("latin-1"), Both(TITLE, None)),  # read in the wrong encoding: mended
        ("使用\ufffd\ufffd\ufffd的缓\ufffd\ufffd统", Both(None, None)),  # lost for good: none on that side
        ("A faster cache", Both(None, "A faster cache")),
    ],
)
def test_titles_of_copies_are_mended_as_those_of_entries_are(tmp_path: Path, title: str, shown: Both) -> None:
    with Store(tmp_path / "state") as store:
        for name, text, source in (("first", "The first", EN_FEED), ("copy", title, ZH_FEED)):
            url = f"https://blog.example/{name}"
            store.save_posts([(Post(name, source, name, url, text, NOON, True, NOON, "", "", ""), url)])
        store.save_stories([Story("copy", "first", "text", 1.0)], NOON)
        times = calendar("2025-04-17T08:00:00+08:00")
        gathered = Builder(store, settings(), times, tmp_path).gathered(date(2025, 4, 16))
        (row,) = gathered.rest
        (entry,) = gathered.entries
        assert (row.title, [each.title for each in entry.also]) == (shown, [shown])
        assert (row.entry, row.day) == ("first", date(2025, 4, 16))


@pytest.mark.parametrize("comparable", [False, True])
def test_an_entry_names_so_many_other_places_at_most(tmp_path: Path, comparable: bool) -> None:
    with Store(tmp_path / "state") as store:
        posts = []
        for n in range(60):
            url = f"https://blog.example/{n:02}"
            source = EN_FEED if n == 0 else ZH_FEED
            posts.append((Post(f"p{n:02}", source, url, url, "A cache", NOON, True, NOON, "en", "", ""), url))
        store.save_posts(posts)
        if comparable:
            store.save_comparable([("p00", f"p{n:02}", n / 100) for n in range(1, 60)], NOON)
        else:
            store.save_stories([Story(f"p{n:02}", "p00", "text", 1.0) for n in range(1, 60)], NOON)
        times = calendar("2025-04-17T08:00:00+08:00")
        gathered = Builder(store, settings(), times, tmp_path).gathered(date(2025, 4, 16))
    also = next(entry.also for entry in gathered.entries if entry.post.id == "p00")
    nearest = range(59, 59 - MOST_ALSO, -1) if comparable else range(1, 1 + MOST_ALSO)
    assert [row.id for row in also] == [f"p{n:02}" for n in nearest]
    assert {row.why for row in also} == {"comparable" if comparable else "same"}
    # no post is lost: what is no entry has its line
    assert len(gathered.entries) + len(gathered.rest) == 60
