"""An archive to search: posts of a real blog in one language each, and hundreds of others, put through the real job.

One server on this machine lists all of it in feeds that hold the whole texts; `collect` and `build` do the rest.

- SITE's posts: those of QUESTIONS in the language that their question is not in; their other edition is withheld.
- CORPORA/hfblog-more: every third post in both languages (by a twin rule), the next in English, the third in Chinese.
- CORPORA/zh-train: two posts of 40 paragraphs of each file, from its beginning and its middle.
- CORPORA/html: the articles of whole pages.
"""

from __future__ import annotations

import contextlib
import html
import json
import lzma
import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from markdown_it import MarkdownIt

FIRST = datetime(2025, 3, 1, 4, tzinfo=UTC)
DAYS = 30
NOW = "2025-04-01T08:00:00+08:00"
PART = 40  # paragraphs of a post that is cut from a file of many


@dataclass(frozen=True)
class Post:
    """A post as it is served: `feed` lists it, `path` is where it stands, `body` its HTML."""

    feed: str
    path: str
    lang: str
    title: str
    body: str


def of_site(site: Path, sides: Mapping[str, str]) -> Iterator[Post]:
    """Give SITE's posts, each in one language: `sides` says in which."""
    told = {post["slug"]: post for post in json.loads((site / "posts.json").read_text("utf-8"))}
    legacy = (site / "legacy.xml").read_bytes().decode("gb18030").split("?>", 1)[1]
    for item in ET.fromstring(legacy).iter("item"):
        name = (item.findtext("link") or "").rsplit("/", 1)[1]
        told[name] = {"title_cn": item.findtext("title"), "body": item.findtext("description")}
    for slug, side in sides.items():
        post = told[slug]
        form = "cn" if side == "zh" and "title_cn" in post else side
        body = post.get("body") or (site / "pages" / f"{slug}.{form}.html").read_text("utf-8")
        yield Post(f"site-{side}", f"/site/{slug}", side, post[f"title_{form}"], body)


def of_markdown(folder: Path) -> Iterator[Post]:
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    slugs = sorted({path.name.split(".")[0] for path in folder.glob("*.md")})
    for number, slug in enumerate(slugs):
        for side in (("en", "zh"), ("en",), ("zh",))[number % 3]:
            text = (folder / f"{slug}.{side}.md").read_text("utf-8")
            front, _, body = text.removeprefix("---").partition("\n---")
            title = re.search(r"^title:\s*(.+)$", front, re.MULTILINE)
            named = title[1].strip(" \"'") if title else slug
            path = f"/more/{side}/{slug}" if number % 3 == 0 else f"/{side}-only/{slug}"
            yield Post("more-" + side if number % 3 == 0 else "only-" + side, path, side, named, reader.render(body))


def of_train(folder: Path) -> Iterator[Post]:
    for path in sorted(folder.glob("*.txt.xz")):
        lines = lzma.decompress(path.read_bytes()).decode().splitlines()
        name = path.name.removesuffix(".txt.xz")
        for part, start in (("a", 0), ("b", len(lines) // 2)):
            some = lines[start : start + PART]
            title = next((line for line in some if 5 <= len(line) <= 30), some[0][:30])
            body = "".join(f"<p>{html.escape(line)}</p>" for line in some)
            yield Post("train", f"/train/{quote(name)}-{part}", "zh", title, body)


def of_pages(folder: Path) -> Iterator[Post]:
    for row in json.loads((folder / "index.json").read_text("utf-8")):
        expected = folder / str(row["files"]) / "expected.html"
        if expected.exists() and str(row["lang"])[:2] in ("en", "No", "zh"):
            yield Post("pages", f"/pages/{row['page']}", "en", str(row["title"]), expected.read_text("utf-8"))


def feed(name: str, posts: Sequence[Post], days: Mapping[str, datetime], base: str) -> bytes:
    items = "".join(
        f"<item><title>{html.escape(post.title)}</title><link>{base}{post.path}</link><guid>{base}{post.path}</guid>"
        f"<pubDate>{format_datetime(days[post.path])}</pubDate>"
        f"<content:encoded>{html.escape(post.body)}</content:encoded></item>"
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{name}</title><link>{base}/</link><description>d</description>{items}</channel></rss>"
    ).encode()


@contextlib.contextmanager
def answering(posts: Sequence[Post]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Serve posts; give the address, and the feeds as (path, language)."""
    table: dict[str, tuple[bytes, str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, kind = table.get(self.path, (b"", "text/plain"))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    days = {post.path: FIRST + timedelta(days=number % DAYS) for number, post in enumerate(posts)}
    feeds: list[tuple[str, str]] = []
    for name in dict.fromkeys(post.feed for post in posts):
        some = [post for post in posts if post.feed == name]
        # what one feed may be is bounded: a long one is served in parts
        for at in range(0, len(some), 40):
            path = f"/{name}-{at}.xml"
            table[path] = (feed(name, some[at : at + 40], days, base), "application/rss+xml")
            feeds.append((path, some[0].lang))
    for post in posts:
        title = html.escape(post.title)
        page = (f'<!doctype html><html lang="{post.lang}"><head><title>{title}</title></head><body><main><article>'
                f"<h1>{title}</h1>{post.body}</article></main></body></html>")  # fmt: skip
        table[post.path] = (page.encode(), "text/html")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base, feeds
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings(base: str, feeds: Sequence[tuple[str, str]]) -> str:
    lines = ["digest: {timezone: UTC, most_posts: 0, most_per_source: 1000}", "sources:"]
    for path, lang in feeds:
        lines += [f"  - {{name: {path[1:-4]}, url: '{base}{path}', language: {lang}, pause: 0, limit: 500,",
                  f"     allow_private: ['{base.removeprefix('http://')}']"
                  + (", twin: {en: '/more/en/{slug}', zh: '/more/zh/{slug}'}" if path.startswith("/more") else "")
                  + "}"]  # fmt: skip
    return "\n".join(lines) + "\n"


def build(corpora: Path, site: Path, sides: Mapping[str, str], folder: Path) -> int:
    """Build the archive in `folder`/out by the real job; give how many posts were served."""
    posts = [
        *of_site(site, sides),
        *of_markdown(corpora / "hfblog-more"),
        *of_train(corpora / "zh-train"),
        *of_pages(corpora / "html"),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    last = FIRST + timedelta(days=DAYS - 1)
    with answering(posts) as (base, feeds):
        (folder / "feeds.yaml").write_text(settings(base, feeds), "utf-8")
        for words in (("collect",), ("build", "--from", f"{FIRST:%F}", "--to", f"{last:%F}")):
            command = [sys.executable, "-m", "digest", *words, "--config", str(folder / "feeds.yaml"),
                       "--state", str(folder / "state"), "--out", str(folder / "out"), "--now", NOW]  # fmt: skip
            done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            if done.returncode:
                raise SystemExit(f"digest {words[0]} ended with {done.returncode}")
    return len(posts)
