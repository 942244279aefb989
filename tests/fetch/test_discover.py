"""A page's feeds and twins, and lists of feeds."""

from __future__ import annotations

import pytest

from digest.errors import SourceError
from digest.fetch.feeds.discover import find_feeds, propose_twin
from digest.fetch.feeds.opml import read_opml, write_opml
from digest.model import Page

URL = "https://a.example/blog/"


def urls(body: str) -> list[str]:
    return [each.url for each in find_feeds(Page(URL, body.encode()))]


def hreflangs(lang: str = "en", **links: str) -> bytes:
    tags = "".join(f'<link rel="alternate" hreflang="{k.replace("_", "-")}" href="{v}">' for k, v in links.items())
    return f'<html lang="{lang}"><head>{tags}</head><body>x</body></html>'.encode()


@pytest.mark.parametrize(
    "media", ["application/rss+xml", "application/atom+xml; charset=utf-8", "application/feed+json"]
)
def test_alternate_links_of_feed_types_are_feeds(media: str) -> None:
    assert urls(f'<head><link rel="alternate" type="{media}" href="../f" title="x"></head>') == ["https://a.example/f"]


def test_other_links_are_not() -> None:
    body = (
        '<link rel="stylesheet" href="/feed.xml"><link rel="alternate" hreflang="zh" href="/zh/">'
        '<link rel="alternate" type="application/json" href="/wp-json/posts/1">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"><a href="/feeding">x</a>'
    )
    assert urls(body) == []


def test_anchors_count_only_where_no_link_says_more() -> None:
    anchor = '<body><a href="/index.xml">RSS</a><a href="/about">about</a><a href="/tag/feed/">t</a></body>'
    assert urls(anchor) == ["https://a.example/index.xml", "https://a.example/tag/feed/"]
    assert urls('<link rel=alternate type=application/rss+xml href="/f">' + anchor) == ["https://a.example/f"]


def test_the_feed_of_posts_comes_before_that_of_comments_and_none_twice() -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
    body = link.format("评论", "/c") + link.format("Posts", "/p") + link.format("Posts again", "/p")
    found = find_feeds(Page(URL, body.encode("gbk"), (("content-type", "text/html; charset=gbk"),)))
    assert [(each.url, each.title) for each in found] == [
        ("https://a.example/p", "Posts"),
        ("https://a.example/c", "评论"),
    ]


def test_links_follow_the_base_element() -> None:
    body = '<base href="https://cdn.example/x/"><link rel=alternate type=application/rss+xml href="f.xml">'
    assert urls(body) == ["https://cdn.example/x/f.xml"]


@pytest.mark.parametrize("body", ["", "   ", "\x00", "<", "<?xml version='1.0' encoding='gbk'?><html/>", "{}"])
def test_what_is_no_page_names_no_feed(body: str) -> None:
    assert urls(body) == []


def test_a_twin_rule_is_read_from_hreflang() -> None:
    page = Page("https://a.example/blog/one", hreflangs(en="/blog/one", zh_CN="/blog/zh/one", fr="/blog/fr/one"))
    assert propose_twin(["https://a.example/blog/one", "https://a.example/blog/two"], page) == {
        "en": "/blog/{slug}",
        "zh": "/blog/zh/{slug}",
    }


def test_twins_on_two_hosts_keep_their_hosts() -> None:
    page = Page("https://en.example/p/one", hreflangs(en="https://en.example/p/one", zh="https://zh.example/p/one/"))
    assert propose_twin(["https://en.example/p/one"], page) == {
        "en": "https://en.example/p/{slug}",
        "zh": "https://zh.example/p/{slug}/",
    }


def test_the_page_itself_is_the_side_that_no_link_names() -> None:
    page = Page("https://a.example/one.html", hreflangs("en", zh_Hans="/one.zh.html"))
    assert propose_twin([], page) == {"en": "/{slug}.html", "zh": "/{slug}.zh.html"}


def test_simplified_comes_before_traditional() -> None:
    page = Page("https://a.example/one", hreflangs(en="/one", zh_TW="/tw/one", zh_CN="/cn/one"))
    assert propose_twin([], page)["zh"] == "/cn/{slug}"


@pytest.mark.parametrize(
    "links",
    [
        {},
        {"en": "/one"},
        {"en": "/one", "zh": "/one"},
        {"en": "/one", "zh": "/zh/bie-de"},
        {"en": "/", "zh": "/zh/"},
        {"en": "/one", "fr": "/fr/one"},
    ],
)
def test_no_rule_where_none_can_be_seen(links: dict[str, str]) -> None:
    page = Page("https://a.example/one", hreflangs("", **links))
    assert propose_twin(["https://a.example/one"], page) == {}


def test_a_rule_must_fit_most_of_the_feed() -> None:
    page = Page("https://a.example/2025/04/one", hreflangs(en="/2025/04/one", zh="/zh/2025/04/one"))
    entries = [f"https://a.example/2025/{month:02d}/x" for month in range(1, 7)]
    assert propose_twin(entries, page) == {}


# ---- OPML -----------------------------------------------------------------------------------------------------------

OPML = """<?xml version="1.0" encoding="{}"?>
<opml version="1.0"><head><title>订阅</title></head><body>
<outline text="技术"><outline text="拥抱脸 &amp; 博客" type="rss" xmlUrl="https://a.example/feed.xml?a=1&b=2"/>
<outline text="内层"><outline title="Only a title" xmlURL="https://b.example/f"/></outline></outline>
<outline text="again" xmlUrl="https://b.example/f"/><outline text="no feed" htmlUrl="https://c.example/"/>
<outline text="bad" xmlUrl="javascript:alert(1)"/></body></opml>"""


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_nested_outlines_are_read_with_their_chinese_names(charset: str) -> None:
    assert read_opml(OPML.format(charset).encode(charset)) == (
        ("拥抱脸 & 博客", "https://a.example/feed.xml?a=1&b=2"),
        ("Only a title", "https://b.example/f"),
    )


def test_what_is_written_is_read_back() -> None:
    rows = (("“引号” <b> & 'x'", "https://a.example/?a=1&b=2"), ("换\n行\x07", "https://b.example/"))
    written = write_opml("标题 & <x>", rows)
    assert read_opml(written.encode()) == ((rows[0][0], rows[0][1]), ("换 行", rows[1][1]))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "content"),
        (b"<rss/>", "content"),
        (b"", "syntax"),
        (b"<opml><body>", "syntax"),
        (b"not xml", "syntax"),
    ],
)
def test_what_is_no_opml_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_opml(body)
    assert caught.value.kind == kind
