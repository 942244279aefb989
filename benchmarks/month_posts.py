"""A month made of the posts of a real bilingual blog, and a server of it: later translations, mirrors, edits.

Each of the posts appears on one of 30 days, its translation 1 to 25 days later, in a feed or only at its address. Some
are mirrored on another host, posted again, edited in place (their feed carries the body) or at a new address.
"""

from __future__ import annotations

import contextlib
import html
import json
import random
import re
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from serving import serving

FIRST = date(2025, 4, 1)
DAYS = 30
QUIET = 8  # days after them, in which nothing comes: what is only at its address is asked for once a week then
CALM = {4: "why-gradio-stands-out", 29: "helmet"}  # days with one post and nothing else: their cost is compared
FEEDS = {"en": "/blog/feed.xml", "zh": "/blog/zh/feed.xml", "cn": "/cn/feed.xml", "mirror": "/mirror/feed.xml"}
LEAST = 80  # letters of a paragraph that an edit may drop
UPDATE = "<p>Update: after this was published we measured all of it again, and several of the results were wrong.</p>"


@dataclass(frozen=True)
class Event:
    """On a day, the text of a post comes to an address; `feed` lists it, or "" for none; `body`: whole in the feed."""

    day: int
    kind: str  # new, translation, mirror, again, edited (at a new address), worth, typo (in place)
    slug: str
    feed: str
    path: str
    title: str
    page: str
    body: str = ""


@dataclass
class Month:
    """What comes when, and what is to be found of it."""

    events: list[Event] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds and event.day < DAYS]


def month_of(site: Path, seed: int = 5) -> Month:
    """Plan a month; paths in pages start with "BASE" in place of the server's address."""
    posts = {post["slug"]: post for post in json.loads((site / "posts.json").read_text("utf-8"))}
    chance, month = random.Random(seed), Month()

    def add(day: int, kind: str, slug: str, feed: str, path: str, side: str, change: Callable[[str], str] = str,
            *, whole: bool = False) -> None:  # fmt: skip
        day += day in CALM and slug != CALM[day]
        body = (site / "pages" / f"{slug}.{side}.html").read_text("utf-8")
        page = change(pages[side, slug]) if kind not in ("worth", "typo") else ""
        title = posts[slug][f"title_{side}"]
        month.events.append(Event(day, kind, slug, feed, path, title, page, change(body) if whole else ""))

    with serving(site) as base:
        prefix = {"en": "/blog/", "zh": "/blog/zh/", "cn": "/cn/"}
        pages = {
            (side, slug): fetched(base + prefix[side] + slug).replace(base, "BASE")
            for slug, post in posts.items() for side in prefix if f"title_{side}" in post
        }  # fmt: skip
    calm = {slug: day for day, slug in CALM.items()}
    english = [slug for slug in posts if ("en", slug) in pages and slug not in calm]
    for n, slug in enumerate(english):
        day, whole, path = chance.randrange(0, 24), n % 3 == 0, f"/blog/{slug}"
        add(day, "new", slug, "en", path, "en", whole=whole)
        if ("zh", slug) in pages:
            later = min(day + chance.randrange(1, 26), DAYS - 2)
            add(later, "translation", slug, "zh" if n % 2 else "", f"/blog/zh/{slug}", "zh")
        if whole:
            kind = "typo" if n % 2 else "worth"
            add(day + chance.randrange(2, 5), kind, slug, "en", path, "en", typo if n % 2 else edited, whole=True)
        if n % 2 == 0:
            add(
                day + chance.choice((0, 1, 4)),
                "mirror",
                slug,
                "mirror",
                f"/mirror/{slug}",
                "en",
                *[edited] * (n % 4 == 0),
            )
        if n % 5 in (1, 3):
            kind = "again" if n % 5 == 1 else "edited"
            add(
                day + chance.randrange(1, 5),
                kind,
                slug,
                "en",
                f"/blog/{slug}-{kind}",
                "en",
                edited if n % 5 == 3 else str,
            )
    for slug in posts:
        if ("cn", slug) in pages:
            add(chance.randrange(0, 28), "new", slug, "cn", f"/cn/{slug}", "cn")
    for slug, day in calm.items():
        add(day, "new", slug, "en", f"/blog/{slug}", "en")
    month.events.sort(key=lambda event: event.day)
    return month


def fetched(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def edited(page: str) -> str:
    """Drop each third of the longer paragraphs, and say before the first that something was wrong."""
    found = re.findall(rf"<p>(?:(?!</p>).){{{LEAST},}}</p>", page, flags=re.DOTALL)
    for paragraph in found[::3]:
        page = page.replace(paragraph, "", 1)
    first = page.find("<p>")
    return page[:first] + UPDATE + page[first:]


def typo(page: str) -> str:
    return re.sub(r"\b(th)(e)(re|se|ir)\b", r"\1\3\2", page, count=2)


class Site:
    """Serves a month as it is on a day."""

    def __init__(self, month: Month) -> None:
        self._month = month
        self._texts: dict[str, str] = {}
        self._items: dict[str, dict[str, str]] = defaultdict(dict)
        self.hosts: dict[str, str] = {}
        self.asked = 0

    def turn_to(self, day: int) -> None:
        for event in (event for event in self._month.events if event.day == day):
            host = self.hosts["mirror" if event.feed == "mirror" else "blog"]
            if event.page:
                self._texts[event.path] = event.page.replace("BASE", self.hosts["blog"])
            if event.feed:
                url = host + event.path
                dated = next(e.day for e in self._month.events if e.path == event.path)  # an edit keeps the date
                when = f"{FIRST + timedelta(days=dated):%a, %d %b %Y} 04:00:00 GMT"
                parts = {"title": event.title, "link": url, "guid": url, "pubDate": when, "description": event.body}
                self._items[FEEDS[event.feed]][url] = "".join(
                    f"<{name}>{html.escape(text)}</{name}>" for name, text in parts.items() if text
                )

    def answer(self, path: str) -> tuple[str, str] | None:
        self.asked += 1
        if path in FEEDS.values():
            items = "".join(f"<item>{item}</item>" for item in reversed(self._items[path].values()))
            head = "<title>Blog</title><link>https://blog.example/</link><description>d</description>"
            whole = f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{items}</channel></rss>"
            return whole, "application/rss+xml; charset=utf-8"
        text = self._texts.get(path)
        return (text, "text/html; charset=utf-8") if text else None


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.server.site.answer(self.path)  # type: ignore[attr-defined]
        body = found[0].encode() if found else b"not found"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", found[1] if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(month: Month) -> Iterator[Site]:
    """Serve a month on this machine; the mirror is the same server under another name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    site = server.site = Site(month)  # type: ignore[attr-defined]
    site.hosts = {"blog": f"http://127.0.0.1:{server.server_port}", "mirror": f"http://localhost:{server.server_port}"}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
