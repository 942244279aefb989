"""A small blog made of strings, and a fetcher that serves it: for tests of collecting and building."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from digest.config import Settings
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.web import NotModified
from digest.model import Page

BASE = "https://blog.example"
EN_FEED, ZH_FEED = f"{BASE}/feed.xml", f"{BASE}/zh/feed.xml"

# Eight statements a post, each in both languages; the number makes posts differ.
LINES = (
    (
        "The new cache keeps {n}0 million rows in memory on one server.",
        "新的缓存在一台服务器的内存中保存 {n}000 万行数据。",
    ),
    ("Reads from the cache take {n} milliseconds at the median.", "从缓存读取的中位耗时为 {n} 毫秒。"),
    ("We compared the cache with Redis on three workloads.", "我们在三种负载上把该缓存与 Redis 做了比较。"),
    ("Writes are appended to a log before they are acknowledged.", "写入在确认之前会先追加到日志中。"),
    ("A background thread compacts the log every {n} minutes.", "后台线程每 {n} 分钟压缩一次日志。"),
    ("The compaction never blocks a reader for longer than a page.", "压缩阻塞读取者的时间不会超过一页。"),
    ("Old snapshots are removed after {n}5 days to save disk space.", "旧快照会在 {n}5 天后删除，以节省磁盘空间。"),
    ("The source code is available under the MIT license on GitHub.", "源代码以 MIT 许可证发布在 GitHub 上。"),
)


def article(number: int, side: str, *, head: str = "", foot: str = "") -> str:
    """Give the HTML page of post `number` in one language."""
    index = 1 if side == "zh" else 0
    title = title_of(number, side)
    paragraphs = "".join(f"<p>{line[index].format(n=number)}</p>" for line in LINES)
    return (
        f'<!doctype html><html lang="{side}"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>'
        f"<nav><a href='/'>Home</a></nav><main><article><h1>{title}</h1>{paragraphs}{foot}</article></main>"
        f"<footer><p>Company · Privacy</p></footer></body></html>"
    )


def title_of(number: int, side: str) -> str:
    return f"缓存系列第 {number} 篇：更快的读取" if side == "zh" else f"Cache series part {number}: faster reads"


def item(number: int, side: str, when: str, *, guid: str = "", title: str = "", link: str = "") -> str:
    link = link or f"{BASE}/{'zh/' if side == 'zh' else ''}post-{number}"
    date = f"<pubDate>{when}</pubDate>" if when else ""
    return (
        f"<item><title>{title or title_of(number, side)}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{guid or link}</guid>{date}</item>'
    )


def feed(*items: str) -> str:
    head = f"<title>Blog</title><link>{BASE}/</link><description>d</description>"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>"


class TrueEmbedder:
    """Knows what the small blog's lines mean: both languages of a statement get the same unit vector."""

    name = "true-embedder"
    dim = 128

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            number = int((re.findall(r"\d", text) or ["0"])[0])
            for meaning, pair in enumerate((*LINES, ("Cache series part", "缓存系列第"))):
                for line in pair:
                    if line.split("{n}")[0][:9] in text:
                        row[meaning * 10 + (number if "{n}" in line or meaning == len(LINES) else 0)] += 1
            if not row.any() and text:
                row[120 + len(text) % 8] = 1
            row /= np.linalg.norm(row) or 1
        return rows


class FakeWeb:
    """Serves texts by address; everything else is 404. `asked` are the addresses in order; `down` breaks everything."""

    def __init__(self, pages: dict[str, str | bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.validators: list[tuple[str, str, str]] = []
        self.down = False
        self.moved: dict[str, str] = {}  # where a redirect ends
        self.for_good = False  # whether redirects are permanent

    def get(self, url: str, *, etag: str = "", last_modified: str = "", **_: Any) -> Page | NotModified:
        self.asked.append(url)
        self.validators.append((url, etag, last_modified))
        if self.down:
            raise SourceError(url, "fetch", "connection refused", kind="refused")
        body = self.pages.get(url)
        if body is None:
            raise SourceError(url, "fetch", "HTTP 404", kind="status", status=404)
        data = body.encode() if isinstance(body, str) else body
        tag = f'W/"{hashlib.sha256(data).hexdigest()[:16]}"'
        if etag == tag:
            return NotModified(url, ())
        kind = "application/rss+xml" if b"<rss" in data[:200] else "text/html"
        headers = (("content-type", f"{kind}; charset=utf-8"), ("etag", tag))
        there = self.moved.get(url, url)
        return Page(there, data, headers, there if self.for_good and there != url else "")


def web_for(web: FakeWeb) -> Callable[[object], FakeWeb]:
    return lambda source: web


def settings(*, twin: bool = True, feeds: tuple[str, ...] = (EN_FEED, ZH_FEED), **digest: Any) -> Settings:
    rule = {"en": "/{slug}", "zh": "/zh/{slug}"} if twin else {}
    names = {EN_FEED: ("Blog", "en"), ZH_FEED: ("博客", "zh")}
    sources = [{"name": names[u][0], "url": u, "language": names[u][1], "twin": rule, "pause": 0} for u in feeds]
    return Settings.model_validate({"digest": digest, "sources": sources})


def calendar(now: str, zone: str = "Asia/Shanghai") -> Calendar:
    return Calendar(ZoneInfo(zone), datetime.fromisoformat(now).astimezone(UTC))
