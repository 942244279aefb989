"""What a post is read from: the body in its feed if that is whole, else its page, else what the feed has."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.errors import SourceError
from digest.model import Page, Post
from digest.normalise.post import body_in_feed, document_of

NOW = datetime(2025, 4, 16, tzinfo=UTC)
WORDS = "The log is written before the reply is sent, so nothing is lost. "
ZH = "日志在回复之前写入，因此不会丢失任何内容。"


def post(summary: str = "", content: str = "") -> Post:
    return Post("p", "s", "g", "https://a.example/1", "Title", NOW, True, NOW, "", summary, content)


@pytest.mark.parametrize(
    ("label", "one", "whole"),
    [
        ("content is a body", post(content=f"<p>{WORDS * 9}</p>"), True),
        ("a short content is a teaser", post(content=f"<p>{WORDS * 2}</p>"), False),
        ("a summary of one paragraph is a teaser", post(summary=f"<p>{WORDS * 9}</p>"), False),
        ("a summary with the blocks of a body is one", post(summary=f"<h2>A</h2><p>{WORDS * 9}</p><p>B</p>"), True),
        ("a long summary is a body", post(summary=WORDS * 40), True),
        ("Chinese says it in fewer characters", post(content=f"<p>{ZH * 10}</p>"), True),
        ("cut off", post(content=f"<p>{WORDS * 9} […]</p>"), False),
        ("cut off in Chinese", post(content=f"<p>{ZH * 40} 阅读全文</p>"), False),
    ],
)
def test_a_whole_body_is_told_from_a_teaser(label: str, one: Post, whole: bool) -> None:
    assert bool(body_in_feed(one)) == whole


def test_a_page_serves_where_the_feed_has_a_teaser_and_the_teaser_where_there_is_no_page() -> None:
    html = f"<html><body><article><h1>Title</h1>{f'<p>{WORDS}</p>' * 4}</article></body></html>"
    page = Page("https://a.example/1", html.encode(), (("content-type", "text/html"),))
    teaser = post(summary="<p>Only a teaser stands here.</p>")
    from_page, from_feed = document_of(teaser, page), document_of(teaser, None)
    assert from_page is not None
    assert from_feed is not None
    assert "nothing is lost" in from_page.paragraphs[0].text
    assert from_feed.paragraphs[0].text == "Only a teaser stands here."
    assert document_of(post(), None) is None


def test_the_text_decides_against_a_wrongly_declared_language() -> None:
    found = document_of(post(content=f"<p>{ZH * 10}</p>"), None, lang="en-us")
    assert found is not None
    assert found.lang == "zh-Hans"


def test_where_the_page_cannot_be_read_the_feeds_teaser_serves() -> None:
    broken = Page("https://a.example/1", b"<html></html>", (("content-type", "text/html"),))
    found = document_of(post(summary="<p>Only a teaser stands here.</p>"), broken)
    assert found is not None
    assert found.paragraphs[0].text == "Only a teaser stands here."
    with pytest.raises(SourceError):
        document_of(post(), broken)


@pytest.mark.parametrize("front", ["title: " + "[" * 5000, "date: 0001-01-01T00:00:00+08:00", "a: " + "{a: " * 3000])
def test_hostile_front_matter_raises_nothing(front: str) -> None:
    page = Page("https://a.example/1.md", f"---\n{front}\n---\n{WORDS}".encode(), (("content-type", "text/markdown"),))
    found = document_of(post(), page)
    assert found is not None
    assert found.published is None


def test_an_element_named_heading_is_text_like_any_other() -> None:
    found = document_of(post(content=f"<heading>Odd</heading>{f'<p>{WORDS}</p>' * 8}"), None)
    assert found is not None
    assert len(found.paragraphs) >= 8
