"""The sample blog: what it must show, and that it is served as real blogs are."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from email.message import Message

import pytest

from digest.demo import DEMO_DAY, DemoServer, lose_bytes, settings, writings


@pytest.fixture(scope="module")
def blog() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_the_blog_has_seven_posts_over_three_days_and_some_on_the_day_of_the_demo() -> None:
    posts = writings()
    assert len(posts) >= 7
    assert {post.published.date() for post in posts} == {date(2025, 4, day) for day in (14, 15, 16)}
    assert any(post.published.date().isoformat() == DEMO_DAY for post in posts)
    assert any(set(post.title) == {"en"} for post in posts)
    assert any(set(post.title) == {"zh"} for post in posts)
    assert {"twin", "footer", "hreflang"} <= {post.clue for post in posts}


def test_both_editions_of_a_post_have_the_same_shape_and_the_same_numbers(blog: DemoServer) -> None:
    for post in writings():
        if set(post.title) != {"zh", "en"} or post.damaged:
            continue
        zh, en = (get(f"{blog.base}/blog/{part}{post.slug}")[2].decode() for part in ("zh/", ""))
        zh, en = (text.split("</time></p>")[1].split("</article>")[0].split("<hr>")[0] for text in (zh, en))
        assert [zh.count(tag) for tag in ("<h2>", "<p>", "<li>")] == [en.count(tag) for tag in ("<h2>", "<p>", "<li>")]
        digits = [set(re.findall(r"[\d.]+(?= ?%| ?GB| ?MB)", text)) for text in (zh, en)]
        assert digits[0] == digits[1], post.slug


def test_every_address_of_the_settings_and_of_the_feeds_answers(blog: DemoServer) -> None:
    for source in settings(blog.base)["sources"]:
        status, _, body = get(source["url"])
        assert status == 200
        text = body.decode("gbk" if b'encoding="GBK"' in body else "utf-8")
        for link in re.findall(rf"<link>({re.escape(blog.base)}/blog/(?:zh/)?[a-z-]+)</link>", text):
            assert get(link)[0] == 200, link


def test_the_settings_allow_this_port_and_no_other(blog: DemoServer) -> None:
    port = blog.base.rsplit(":", 1)[1]
    assert all(source["allow_private"] == [f"127.0.0.1:{port}"] for source in settings(blog.base)["sources"])
    assert all(source["pause"] == 0 for source in settings(blog.base)["sources"])


def test_an_unchanged_page_is_not_sent_twice(blog: DemoServer) -> None:
    url = blog.base + "/blog/feed.xml"
    _, headers, body = get(url)
    assert body
    status, again, empty = get(url, **{"If-None-Match": headers["ETag"]})
    assert (status, empty, again["ETag"]) == (304, b"", headers["ETag"])
    assert get(url, **{"If-None-Match": '"another"'})[0] == 200


def test_an_unknown_address_is_not_found_and_robots_are_answered(blog: DemoServer) -> None:
    assert get(blog.base + "/blog/nothing")[0] == 404
    assert b"Disallow: /drafts/" in get(blog.base + "/robots.txt")[2]


def test_the_old_feed_is_gbk_and_says_so_in_its_prolog_only(blog: DemoServer) -> None:
    _, headers, body = get(blog.base + "/old/feed.xml")
    assert headers["Content-Type"] == "text/xml"
    assert body.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert "按列压缩" in body.decode("gbk")


def test_the_json_feed_carries_its_whole_post(blog: DemoServer) -> None:
    feed = json.loads(get(blog.base + "/lab/feed.json")[2])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [len(item["content_html"]) > 1500 for item in feed["items"]] == [True]


def test_one_translation_lost_bytes_that_no_reading_brings_back(blog: DemoServer) -> None:
    body = get(blog.base + "/blog/zh/disk-full")[2].decode()
    article = body.split('class="meta"')[1].split('class="comments"')[0]
    assert not re.search(r"[\u4e00-\u9fff]", article)
    with pytest.raises(UnicodeDecodeError):
        article.encode("cp1252").decode("utf-8")


def test_losing_bytes_spares_plain_ascii() -> None:
    assert lose_bytes("df --output=pcent") == "df --output=pcent"
    assert "\u00ad" not in lose_bytes("中国语言")


@pytest.mark.parametrize(
    ("path", "clue"),
    [
        ("/blog/zh/sqlite-queue", "英文原文"),
        ("/blog/zh/sqlite-queue", "译者: 林示例、Example Chen"),
        ("/blog/zh/tokenizer-drift", 'hreflang="en"'),
    ],
)
def test_a_translation_gives_its_clue(blog: DemoServer, path: str, clue: str) -> None:
    assert clue in get(blog.base + path)[2].decode()


def test_the_twins_by_rule_give_no_other_clue(blog: DemoServer) -> None:
    body = get(blog.base + "/blog/zh/cold-start")[2].decode()
    assert "hreflang" not in body
    assert "英文原文" not in body
