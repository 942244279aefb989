"""The embedded sample blog and its server on 127.0.0.1: what `digest demo` reads, so that it needs no network.

The blog is fictional and written for this project (same licence as the rest). It shows what real blogs do: posts in
two languages joined by an address rule, a footer line or hreflang; a post in one language only; an old feed in GBK
that says so nowhere but in its XML prolog; a translation that lost bytes before it was published.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.resources.abc import Traversable
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple

DEMO_DAY = "2025-04-16"
PREFIX = {"en": "/blog/", "zh": "/blog/zh/"}
BLOG_NAME = {"en": "Sample Blog", "zh": "示例博客"}
ROBOTS = "User-agent: *\nDisallow: /drafts/\n"

PAGE = """<!doctype html>
<html lang="{lang}">
<head><meta charset="utf-8"><title>{title} | {blog}</title>
<link rel="alternate" type="application/rss+xml" title="{blog}" href="{feed}">{alternate}
<meta property="article:published_time" content="{published}"></head>
<body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/blog/">Blog</a></li>
<li><a href="/jobs">Jobs</a></li></ul></nav></header>
<aside><h4>More from this blog</h4><ul><li><a href="/subscribe">Subscribe to our newsletter</a></li>
<li><a href="/tags">All tags</a></li></ul></aside>
<main><article class="post">
<h1>{title}</h1>
<p class="meta"><time datetime="{published}">{day}</time></p>
{body}
{footer}</article>
<section class="comments"><h3>Comments</h3>
<div class="comment"><b>reader7</b> Nice work, when is the next part due?</div>
<div class="comment"><b>路人甲</b> 学到了，谢谢分享。</div></section></main>
<footer><p>{blog} · Imprint · Privacy · Contact</p></footer>
</body></html>
"""
FOOTER = """<hr><blockquote><p>英文原文: <a href="{original}">{original}</a></p>
<p>译者: {translators}</p></blockquote>
"""


class Answer(NamedTuple):
    """What one address answers."""

    kind: str
    body: bytes


class Writing(NamedTuple):
    """One post of the sample blog; `title` has a side for each language it exists in."""

    slug: str
    published: datetime
    feeds: tuple[str, ...]
    clue: str
    title: Mapping[str, str]
    translators: tuple[str, ...]
    damaged: tuple[str, ...]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hung up: it is free to, and this is no server's log."""


class DemoServer:
    """Serves the sample blog on a free port of 127.0.0.1 for as long as the context lasts."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._server.RequestHandlerClass = _handler(answers(self.base))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> DemoServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def settings(base: str) -> dict[str, Any]:
    """Give the mapping that feeds.yaml would hold for the sample blog served at `base`."""
    twin = {"en": "/blog/{slug}", "zh": "/blog/zh/{slug}"}

    def source(name: str, path: str, language: str, **more: Any) -> dict[str, Any]:
        local = {"allow_private": [base.removeprefix("http://")], "pause": 0}
        return {"name": name, "url": base + path, "language": language, **more, **local}

    return {
        "digest": {"title": "示例博客日报", "timezone": "Asia/Shanghai", "order": ["zh", "en"]},
        "site": {"report": "digest@example.org"},
        "sources": [
            source("Sample Blog", "/blog/feed.xml", "en", twin=twin),
            source("示例博客", "/blog/zh/feed.xml", "zh", twin=twin),
            source("示例旧站", "/old/feed.xml", "zh"),
            source("Sample Lab", "/lab/feed.json", "en"),
        ],
    }


def writings() -> tuple[Writing, ...]:
    """Read the posts of the sample blog, newest first."""
    posts = [
        Writing(
            slug=post["slug"],
            published=datetime.fromisoformat(post["published"]),
            feeds=tuple(post["feeds"]),
            clue=post["clue"],
            title=post["title"],
            translators=tuple(post.get("translators", ())),
            damaged=tuple(post.get("damaged", ())),
        )
        for post in json.loads((_data() / "posts.json").read_text("utf-8"))
    ]
    return tuple(sorted(posts, key=lambda post: post.published, reverse=True))


def answers(base: str) -> dict[str, Answer]:
    """Compose everything the blog answers, by path; links carry `base`."""
    posts = writings()
    found = {
        "/robots.txt": Answer("text/plain; charset=utf-8", ROBOTS.encode()),
        "/blog/feed.xml": _rss(posts, "en", base),
        "/blog/zh/feed.xml": _rss(posts, "zh", base),
        "/old/feed.xml": _gbk(posts),
        "/lab/feed.json": _json_feed(posts, base),
    }
    for post in posts:
        for lang in post.title:
            if set(post.feeds) & {"en", "zh"}:
                page = _page(post, lang, base)
                found[PREFIX[lang] + post.slug] = Answer("text/html; charset=utf-8", page.encode())
    return found


def lose_bytes(text: str) -> str:
    """Damage a text as publishing software does that takes UTF-8 for Windows-1252: five bytes have no character there.

    >>> lose_bytes("摘要，ok")
    'æ‘˜è¦ï¼Œok'
    """
    return text.encode("utf-8").decode("cp1252", "ignore").replace("\u00ad", "")


def _data() -> Traversable:
    return files("digest") / "data" / "demo"


def _body(post: Writing, lang: str) -> str:
    body = (_data() / "pages" / f"{post.slug}.{lang}.html").read_text("utf-8")
    return lose_bytes(body) if lang in post.damaged else body


def _page(post: Writing, lang: str, base: str) -> str:
    alternate = footer = ""
    original = f"{base}{PREFIX['en']}{post.slug}"
    if lang == "zh" and post.clue == "hreflang":
        alternate = f'\n<link rel="alternate" hreflang="en" href="{original}">'
    if lang == "zh" and post.clue == "footer":
        footer = FOOTER.format(original=original, translators=html.escape("、".join(post.translators)))
    title = lose_bytes(post.title[lang]) if lang in post.damaged else post.title[lang]
    return PAGE.format(
        lang="zh-CN" if lang == "zh" else lang,
        title=html.escape(title),
        blog=BLOG_NAME[lang],
        feed=f"{base}{PREFIX[lang]}feed.xml",
        alternate=alternate,
        published=post.published.isoformat(),
        day=post.published.date().isoformat(),
        body=_body(post, lang),
        footer=footer,
    )


def _rss(posts: tuple[Writing, ...], lang: str, base: str) -> Answer:
    """Write the feed of one language: titles, links and dates, as many blogs give no more."""
    items = "".join(
        f"<item><title>{html.escape(post.title[lang])}</title><link>{base}{PREFIX[lang]}{post.slug}</link>"
        f'<guid isPermaLink="false">sample-blog/{lang}/{post.slug}</guid>'
        f"<pubDate>{format_datetime(post.published)}</pubDate></item>\n"
        for post in posts
        if lang in post.feeds
    )
    feed = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{BLOG_NAME[lang]}</title>'
        f"<link>{base}{PREFIX[lang]}</link><description>{BLOG_NAME[lang]}</description>\n{items}</channel></rss>\n"
    )
    return Answer("application/rss+xml; charset=utf-8", feed.encode())


def _gbk(posts: tuple[Writing, ...]) -> Answer:
    """Write the old feed: whole bodies, in GBK, said so in the XML prolog only."""
    items = "".join(
        f"<item><title>{html.escape(post.title['zh'])}</title><link>/old/{post.slug}.html</link>"
        f'<guid isPermaLink="false">old/{post.slug}</guid><pubDate>{format_datetime(post.published)}</pubDate>'
        f"<description>{html.escape(post.title['zh'])}</description>"
        f"<content:encoded><![CDATA[{_body(post, 'zh')}]]></content:encoded></item>\n"
        for post in posts
        if "gbk" in post.feeds
    )
    feed = (
        '<?xml version="1.0" encoding="GBK"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>示例旧站</title>'
        f"<link>/old/</link><description>示例旧站</description>\n{items}</channel></rss>\n"
    )
    return Answer("text/xml", feed.encode("gbk"))


def _json_feed(posts: tuple[Writing, ...], base: str) -> Answer:
    """Write the JSON Feed 1.1 of the posts that exist in English only, bodies included."""
    items = [
        {
            "id": f"sample-lab/{post.slug}",
            "url": f"{base}/lab/{post.slug}",
            "title": post.title["en"],
            "date_published": post.published.isoformat(),
            "content_html": _body(post, "en"),
        }
        for post in posts
        if "json" in post.feeds
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Sample Lab",
        "home_page_url": f"{base}/lab/",
        "feed_url": f"{base}/lab/feed.json",
        "language": "en",
        "items": items,
    }
    return Answer("application/feed+json", json.dumps(feed, ensure_ascii=False, indent=1).encode())


class _Handler(BaseHTTPRequestHandler):
    """Answers GET from a table, with an ETag; honours If-None-Match (RFC 9110, 13.1.2)."""

    protocol_version = "HTTP/1.1"
    table: Mapping[str, Answer] = {}

    def do_GET(self) -> None:
        answer = self.table.get(self.path.split("?")[0])
        if answer is None:
            self._send(404, "text/plain; charset=utf-8", b"not found\n", "")
            return
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            self._send(304, "", b"", tag)
        else:
            self._send(200, answer.kind, answer.body, tag)

    def _send(self, status: int, kind: str, body: bytes, tag: str) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the demo's terminal belongs to the demo."""


def _handler(table: Mapping[str, Answer]) -> Callable[..., BaseHTTPRequestHandler]:
    return type("DemoHandler", (_Handler,), {"table": table})
