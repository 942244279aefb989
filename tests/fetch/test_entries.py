"""What feeds say of posts that are known: edits that cannot be read, entries that lose their addresses."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, article, calendar, feed, item, settings, web_for

from digest.errors import SourceError
from digest.fetch.collect import Collected, collect
from digest.fetch.identity import canonical
from digest.model import Post
from digest.sandbox.readers import DIRECT, Direct, Reader
from digest.store import FILE, Store

APRIL_16 = "Wed, 16 Apr 2025 04:00:00 GMT"
ADDRESS = f"{BASE}/post-1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def bring(store: Store, web: FakeWeb, day: int, reader: Reader = DIRECT) -> Collected:
    times = calendar(f"2025-04-{day}T08:00:00+08:00")
    return collect(store, settings(twin=False), web_for(web), times, reader=reader)


def with_text(sentence: str) -> str:
    body = f"<![CDATA[<p>{f'{sentence} ' * 30}</p>]]>"
    content = f'<c:encoded xmlns:c="http://purl.org/rss/1.0/modules/content/">{body}</c:encoded>'
    return item(1, "en", APRIL_16).replace("</item>", f"<description>x</description>{content}</item>")


class Beaten(Direct):
    """Is beaten by every edit; notes whether the store could be written to meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edits = 0

    def edited(self, before: Post, now: Post, *, lang: str) -> str:
        self.edits += 1
        other = sqlite3.connect(self.folder / FILE, timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
        raise SourceError(now.url, "parse", "reading it took more than 10 s", kind="limits")


def test_an_edit_that_beats_its_reader_ends_no_run_and_holds_no_lock(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    web = FakeWeb({EN_FEED: feed(with_text("The text stands in the feed, as it was first.")), ZH_FEED: feed()})
    bring(store, web, 17)
    store.save_day(date(2025, 4, 16), "x", "s", calendar("2025-04-17T09:00:00+08:00").now, settled=True)
    web.pages[EN_FEED] = feed(with_text("Another text altogether came in its place, and says other things."))
    reader = Beaten(tmp_path)
    with caplog.at_level(logging.WARNING, "digest"):
        got = bring(store, web, 18, reader)
    assert (reader.edits, got.failures) == (1, ())
    (post,) = store.posts_of_source(EN_FEED)
    assert "Another text" in post.content + post.summary
    (told,) = [record for record in caplog.records if record.message == "edit not read"]
    assert (told.url, told.kind) == (ADDRESS, "limits")  # type: ignore[attr-defined]


def test_an_entry_that_loses_its_link_keeps_the_page_of_its_post(store: Store) -> None:
    web = FakeWeb({EN_FEED: feed(item(1, "en", APRIL_16)), ZH_FEED: feed(), ADDRESS: article(1, "en")})
    bring(store, web, 17)
    web.pages[EN_FEED] = feed(item(1, "en", APRIL_16).replace(f"<link>{ADDRESS}</link>", ""))
    bring(store, web, 18)
    (post,) = store.posts_of_source(EN_FEED)
    assert post.url == ADDRESS
    found = store.post_at(canonical(ADDRESS))
    assert found is not None
    assert found.id == post.id
    assert store.posts_with_page(ADDRESS, canonical(ADDRESS)) == (post.id,)
    store.save_posts([(post, "")])  # as it was kept by what was here before
    assert store.posts_with_page(ADDRESS, canonical(ADDRESS)) == (post.id,)
