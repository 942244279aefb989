"""The sandbox reads what Direct reads: the same nouns, the same errors, whoever asks at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.demo import lose_bytes
from digest.errors import SourceError
from digest.model import Page, Post
from digest.sandbox.readers import DIRECT, Reader
from digest.sandbox.sandbox import Sandbox

HTML = (("content-type", "text/html; charset=utf-8"),)
ITEM = (
    "<item><title>{}</title><link>/{}</link><pubDate>Wed, 16 Apr 2025 08:00:00</pubDate>"
    "<description>{}</description></item>"
)
TEXT = "<p>A small model reads long pages on a laptop, and this line says how that was measured.</p>" * 8
HAN = "<p>这篇文章介绍了一种新的方法，用来训练大型语言模型，并且说明了它的优点和缺点。</p>" * 8


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>示例</title>{''.join(items)}</channel></rss>".encode()


def article(body: str, head: str = "") -> bytes:
    return f"<html><head><title>A title</title>{head}</head><body><article>{body}</article></body></html>".encode()


PAGES = {
    "rss": rss(ITEM.format("一 &amp; two", 1, TEXT), ITEM.format("b", 2, "&lt;b&gt;c&lt;/b&gt;")),
    "atom": b"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>x</id><title>y</title>"
    b"<link href='/z'/><updated>2025-04-16T08:00:00+08:00</updated></entry></feed>",
    "json": b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "url": "/a"}]}',
    "broken": rss(ITEM.format("a & b", 1, "<p>not closed"))[:-30],
    "entities": b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + rss(ITEM.format("&a;", 1, "")),
    "page": article(TEXT + "<table><tr><td>1</td></tr></table><pre>x = 1</pre><p><a href='/l'>A link</a> in it.</p>"),
    "twins": article(HAN, "<link rel=alternate hreflang=en href='/blog/a'><link rel=alternate hreflang=zh "
                          "href='/blog/zh/a'><link rel=alternate type='application/rss+xml' href=/feed.xml>"),
    "damaged": article(lose_bytes(HAN)),
    "empty": b"",
    "bytes": bytes(range(256)) * 4,
    "deep": b"<div>" * 3000 + b"text",
}  # fmt: skip


def told(reader: Reader, name: str, *arguments: Any, **more: Any) -> object:
    """Give what a reader reads, or the facts of its error."""
    try:
        return getattr(reader, name)(*arguments, **more)
    except SourceError as error:
        return error.url, error.stage, error.reason, error.kind, error.status


def post(content: str, *, lang: str = "") -> Post:
    seen = datetime(2025, 4, 16, 8, 30, 0, 123456, tzinfo=UTC)
    published = seen.astimezone(timezone(timedelta(hours=8)))
    return Post("id", "s", "g", "https://a.example/post", "T 题", published, True, seen, lang, "a summary", content)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_it_is_without_it(sandbox: Sandbox, name: str) -> None:
    page = Page(f"https://a.example/{name}", PAGES[name], HTML if name not in ("rss", "atom", "json") else ())
    for task in ("feed", "page", "links", "feeds_named"):
        assert told(sandbox, task, page) == told(DIRECT, task, page), task
    urls = ("https://a.example/blog/a",)
    assert told(sandbox, "twin_rule", urls, page) == told(DIRECT, "twin_rule", urls, page)
    for one in (post(""), post(TEXT), post(HAN, lang="zh")):
        for known in (page, None):
            more = {"lang": "zh", "selector": "article"}
            assert told(sandbox, "post", one, known, **more) == told(DIRECT, "post", one, known, **more)


def test_the_zone_of_dates_that_name_none_is_told(sandbox: Sandbox) -> None:
    page = Page("https://a.example/feed", PAGES["rss"])
    there, here = sandbox.feed(page, timezone="Asia/Shanghai"), DIRECT.feed(page, timezone="Asia/Shanghai")
    assert there == here != sandbox.feed(page)


@pytest.mark.parametrize(("old", "new"), [("as it was", "as it was"), ("60 tokens", "61 tokens"), ("fast", "not fast")])
def test_an_edit_is_told_as_it_is_without_it(sandbox: Sandbox, old: str, new: str) -> None:
    line = "<p>The second line of it says {}, as far as that could be measured on one machine.</p>"
    pair = post(TEXT + line.format(old)), post(TEXT + line.format(new))
    assert sandbox.edited(*pair, lang="en") == DIRECT.edited(*pair, lang="en")


@given(st.text(max_size=60), st.text(max_size=200), st.binary(max_size=60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_through_as_it_is(sandbox: Sandbox, title: str, body: str, tail: bytes) -> None:
    item = ITEM.format(title.replace("<", "&lt;"), 1, body)
    for data in (rss(item).replace(b"\0", b"") if _is_utf8(item) else b"", article(TEXT) + tail):
        page = Page("https://a.example/x", data, HTML)
        assert told(sandbox, "feed", page) == told(DIRECT, "feed", page)
        assert told(sandbox, "page", page) == told(DIRECT, "page", page)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_threads_that_share_it_get_each_their_own_answer() -> None:
    def title(number: int) -> str:
        body = b"hang" if number == 7 else rss(ITEM.format(number, number, "x" * number * 1000))
        try:
            return sandbox.feed(Page(f"https://a.example/{number}", body)).entries[0].title
        except SourceError as error:
            return error.kind

    with Sandbox(reader="hostile_readers:Hostile", deadline=1.0, most=2) as sandbox, ThreadPoolExecutor(6) as threads:
        titles = list(threads.map(title, range(24)))
    assert titles == ["limits" if number == 7 else str(number) for number in range(24)]


def test_a_large_page_goes_there_and_a_large_answer_comes_back(sandbox: Sandbox) -> None:
    body = "word " * 4000
    page = Page("https://a.example/feed", rss(*(ITEM.format(n, n, body) for n in range(100))))
    assert len(page.body) > 2_000_000
    assert sandbox.feed(page) == DIRECT.feed(page)


def test_many_posts_are_read_as_each_by_itself_though_one_of_them_hangs() -> None:
    body = "".join(f"<p>A sentence of a post that says enough to be one, number {n}.</p>" for n in range(20))
    posts = [replace(post(f"<p>{n}</p>{body}"), id=str(n)) for n in range(70)]
    hanging = replace(posts[40], title="hang")
    with Sandbox(reader="hostile_readers:Hostile", deadline=1.0, most=2) as sandbox:
        assert sandbox.posts(posts) == DIRECT.posts(posts)
        found = sandbox.posts([*posts[:40], hanging, *posts[41:]])
    assert isinstance(found[40], SourceError)
    assert found[40].kind == "limits"
    assert [*found[:40], *found[41:]] == [*DIRECT.posts(posts[:40]), *DIRECT.posts(posts[41:])]


@pytest.mark.parametrize("busy", [False, True])
def test_children_end_when_the_program_is_killed(tmp_path: Path, busy: bool) -> None:
    """Whatever the program was doing; what a child reads just then ends with its deadline."""
    program = textwrap.dedent("""
        import sys
        from digest.model import Page
        from digest.sandbox.sandbox import Sandbox

        sandbox = Sandbox(reader="hostile_readers:Hostile", deadline=0.5, most=1)
        print(sandbox.twin_rule((), Page("https://a.example/", b"pid"))["pid"], flush=True)
        if sys.argv[1] == "True":
            sandbox.feed(Page("https://a.example/", b"hang_in_c"))
        sys.stdin.read()
    """)
    command = [sys.executable, "-c", program, str(busy)]
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=around) as running:
        assert running.stdout is not None
        child = int(running.stdout.readline())
        time.sleep(0.2)
        os.kill(child, 0)
        running.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while ended(child) is False and time.monotonic() < until:
        time.sleep(0.05)
    assert ended(child)


def ended(pid: int) -> bool:
    """Tell whether a process that is not ours has ended; whoever inherits it may not have reaped it yet."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
