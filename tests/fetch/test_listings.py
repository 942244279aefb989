"""Listings of translations: what they list, which posts that may mean, and how they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, TrueEmbedder, article, calendar, feed, item, settings, title_of
from small_blog import web_for as serving

from digest.config import Settings
from digest.fetch.collect import collect
from digest.fetch.feeds.listing import Link, listed_in
from digest.fetch.listings import named_alike
from digest.model import Page, Post
from digest.store import Store

LISTING = f"{BASE}/translations"
WHEN = datetime(2025, 4, 16, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def test_a_page_of_cards_gives_each_address_once_with_its_words() -> None:
    card = "<a href='/zh/one'><img src='x.png'></a><h2><a href='/zh/one#more'>第一 篇</a></h2>"
    page = Page(LISTING, f"<body>{card}<a href='mailto:a@b.example'>Mail</a><a href='#up'>Up</a></body>".encode())
    assert listed_in(page) == (Link(f"{BASE}/zh/one", "第一 篇"),)


def test_a_feed_gives_its_entries() -> None:
    page = Page(ZH_FEED, feed(item(1, "zh", "Wed, 16 Apr 2025 04:00:00 GMT")).encode())
    assert listed_in(page) == (Link(f"{BASE}/zh/post-1", title_of(1, "zh")),)


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n\x00", b"{}", "没有链接".encode()])
def test_what_lists_nothing_gives_nothing(body: bytes) -> None:
    assert listed_in(Page(LISTING, body)) == ()


def post(name: str, title: str, url: str) -> Post:
    return Post(name, EN_FEED, name, url, title, WHEN, True, WHEN, "", "", "")


def test_a_like_title_or_the_same_last_part_of_the_address_names_a_post() -> None:
    posts = [post("one", title_of(1, "en"), f"{BASE}/post-1"), post("two", "Other news", f"{BASE}/a-long-name")]
    links = (
        Link(f"{BASE}/zh/x", title_of(1, "zh")),
        Link(f"{BASE}/cn/a-long-name.html", "别的消息"),
        Link(f"{BASE}/a-long-name", "Other news"),  # the post itself
        Link(f"{BASE}/zh/about", "关于"),
    )
    named = named_alike(links, posts, TrueEmbedder(), {EN_FEED: "en"})
    assert named == {"one": (f"{BASE}/zh/x",), "two": (f"{BASE}/cn/a-long-name.html",)}


def with_listing() -> Settings:
    chosen = settings(feeds=(EN_FEED,), twin=False)
    sources = tuple(source.model_copy(update={"translations": LISTING}) for source in chosen.sources)
    return Settings(digest=chosen.digest, sources=sources)


def bring(store: Store, web: FakeWeb, day: int) -> list[str]:
    times = calendar(f"2025-04-{day}T08:00:00+08:00")
    web.asked.clear(), web.validators.clear()
    got = collect(store, with_listing(), serving(web), times, embedder=TrueEmbedder())
    return [failure.url for failure in got.failures]


def test_a_listing_that_fails_is_a_failure_and_is_asked_again(store: Store) -> None:
    web = FakeWeb({EN_FEED: feed(item(1, "en", "Wed, 16 Apr 2025 04:00:00 GMT")), f"{BASE}/post-1": article(1, "en")})
    assert bring(store, web, 17) == [LISTING]
    web.pages[LISTING] = f"<a href='{BASE}/zh/x'>{title_of(1, 'zh')}</a>"
    web.pages[f"{BASE}/zh/x"] = article(1, "zh")
    assert bring(store, web, 17) == []
    assert store.page(f"{BASE}/zh/x") is not None
    assert bring(store, web, 17) == []
    assert LISTING not in web.asked


def test_an_unchanged_listing_is_read_from_what_was_kept(store: Store) -> None:
    web = FakeWeb({EN_FEED: feed(), LISTING: f"<a href='{BASE}/zh/x'>{title_of(1, 'zh')}</a>"})
    web.pages[f"{BASE}/zh/x"] = article(1, "zh")
    bring(store, web, 16)
    assert f"{BASE}/zh/x" not in web.asked  # it is like no post that is known
    web.pages[EN_FEED] = feed(item(1, "en", "Wed, 16 Apr 2025 04:00:00 GMT"))
    web.pages[f"{BASE}/post-1"] = article(1, "en")
    bring(store, web, 17)
    assert [tag != "" for url, tag, _ in web.validators if url == LISTING] == [True]
    assert f"{BASE}/zh/x" in web.asked


def test_a_listing_that_is_a_source_itself_is_asked_once(store: Store) -> None:
    chosen = settings(twin=False)
    sources = tuple(source.model_copy(update={"translations": ZH_FEED}) for source in chosen.sources)
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed()})
    times = calendar("2025-04-17T08:00:00+08:00")
    collect(store, Settings(digest=chosen.digest, sources=sources), serving(web), times, embedder=TrueEmbedder())
    assert web.asked == [EN_FEED, ZH_FEED]
