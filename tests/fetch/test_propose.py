"""A page's address becomes a source: its feed, its language, its twin rule."""

from __future__ import annotations

import pytest
from small_blog import BASE, EN_FEED, FakeWeb, article, feed, item

from digest.errors import SourceError
from digest.fetch.propose import propose_source

APRIL_16 = "Wed, 16 Apr 2025 04:00:00 GMT"
HOME = f"<html><head><link rel='alternate' type='application/rss+xml' href='{EN_FEED}'></head><body>Hello</body></html>"


@pytest.fixture
def web() -> FakeWeb:
    alternate = f'<link rel="alternate" hreflang="zh" href="{BASE}/zh/post-1">'
    return FakeWeb(
        {
            BASE: HOME,
            EN_FEED: feed(item(1, "en", APRIL_16), item(2, "en", APRIL_16)),
            f"{BASE}/post-1": article(1, "en", head=alternate),
        }
    )


@pytest.mark.parametrize("address", [BASE, EN_FEED])
def test_a_feed_is_found_at_the_address_or_named_by_the_page_there(web: FakeWeb, address: str) -> None:
    source = propose_source(address, web)
    assert (source.name, source.url) == ("Blog", EN_FEED)
    assert source.twin == {"en": "/{slug}", "zh": "/zh/{slug}"}


def test_a_page_without_a_feed_is_told_so(web: FakeWeb) -> None:
    web.pages[BASE] = "<html><body><p>Nothing here.</p></body></html>"
    with pytest.raises(SourceError, match="no feed is named on this page"):
        propose_source(BASE, web)


def test_a_feed_that_is_named_and_broken_is_told_with_its_reason(web: FakeWeb) -> None:
    del web.pages[EN_FEED]
    with pytest.raises(SourceError, match="404"):
        propose_source(BASE, web, name="x")


def test_a_blog_without_hreflang_gets_no_rule(web: FakeWeb) -> None:
    web.pages[f"{BASE}/post-1"] = article(1, "en")
    assert propose_source(BASE, web, name="Mine").twin == {}
