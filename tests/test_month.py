"""A month of a small blog with translations, mirrors and edits: no story twice, and no post lost."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, calendar, feed, web_for

from digest.build import Builder
from digest.config import Settings
from digest.fetch.collect import collect
from digest.store import Store

MIRROR, MIRROR_FEED = "https://mirror.example", "https://mirror.example/feed.xml"
FIRST = date(2025, 4, 1)
DAYS = 30
SUBJECTS = (("The parser", "解析器"), ("The cache", "缓存"), ("The compiler", "编译器"), ("The scheduler", "调度器"),
            ("The network", "网络"), ("The camera", "相机"), ("The robot", "机器人"),
            ("The index", "索引"))  # fmt: skip
VERBS = (("reads", "读取"), ("checks", "检查"), ("copies", "复制"), ("removes", "删除"), ("measures", "测量"),
         ("sends", "发送"), ("stores", "保存"), ("merges", "合并"))  # fmt: skip
OBJECTS = (("the log", "日志"), ("every image", "每张图片"), ("the old records", "旧记录"), ("both tables", "两张表"),
           ("the training data", "训练数据"), ("a small file", "一个小文件"), ("the messages", "消息"),
           ("the weights", "权重"))  # fmt: skip
TIMES = (("before the server starts", "服务器启动之前"), ("after each test", "每次测试之后"),
         ("during the night", "夜间"), ("when memory is short", "内存不足时"), ("in the first hour", "第一个小时内"),
         ("on two machines", "两台机器上"), ("between two releases", "两个版本之间"),
         ("in a browser", "浏览器中"))  # fmt: skip


def lines_of(number: int) -> list[tuple[str, str]]:
    """Give the title and the lines of post `number`, each in English and in Chinese."""
    chance = random.Random(number)
    made: dict[str, str] = {}
    while len(made) < 17:
        (s, s_zh), (v, v_zh), (o, o_zh), (t, t_zh) = map(chance.choice, (SUBJECTS, VERBS, OBJECTS, TIMES))
        made[f"{s} {v} {o} {t}."] = f"{s_zh}在{t_zh}{v_zh}{o_zh}。"
    return list(made.items())


def page_of(number: int, side: str, *, edited: bool = False) -> str:
    index = 1 if side == "zh" else 0
    title, *lines = [line[index] for line in lines_of(number)]
    if edited:
        lines[3] = "We were wrong about the costs: they are three times as high as the first version of this text said."
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (f'<!doctype html><html lang="{side}"><head><meta charset="utf-8"><title>{title.strip(".。")}</title></head>'
            f"<body><main><article><h1>{title.strip('.。')}</h1>{body}</article></main></body></html>")  # fmt: skip


class LineEmbedder:
    """Gives both languages of a line one vector of chance, and any other text a vector of its own."""

    name = "line-embedder"
    dim = 64

    def __init__(self, numbers: Sequence[int]) -> None:
        pairs = [pair for number in numbers for pair in lines_of(number)]
        self._meaning = {text.strip(".。"): en for en, zh in pairs for text in (en, zh)}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            meaning = self._meaning.get(text.strip(".。"), text)
            row[:] = np.random.default_rng(list(meaning.encode()) or [0]).normal(size=self.dim)
            row /= np.linalg.norm(row)
        return rows


class Month:
    """What is published when: (day, feed or "", address, page, title) of each post's copies."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.numbers = list(range(1, 23))
        self.events: list[tuple[int, str, str, str, str, int]] = []  # the last: the day its feed dates it
        for number in self.numbers:
            day = chance.randrange(0, DAYS - 4)
            slug = f"story-{number}"
            zh_only = chance.random() < 0.1
            if not zh_only:
                self._add(day, EN_FEED, f"{BASE}/{slug}", number, "en", late=chance.random() < 0.1)
            kind = chance.choice(("feed", "feed", "address", "never")) if not zh_only else "feed"
            later = day + (0 if zh_only else chance.choice((0, 0, 1, 5, 12, 20)))
            if kind != "never":
                self._add(later, ZH_FEED if kind == "feed" else "", f"{BASE}/zh/{slug}", number, "zh")
            if not zh_only and chance.random() < 0.4:
                when = day + chance.choice((0, 1, 3, 9))
                edited = chance.random() < 0.5
                self._add(when, MIRROR_FEED, f"{MIRROR}/{slug}-again", number, "en", edited=edited)

    def _add(
        self, day: int, source: str, url: str, number: int, side: str, *, edited: bool = False, late: bool = False
    ) -> None:
        title = lines_of(number)[0][1 if side == "zh" else 0].strip(".。")
        self.events.append((day, source, url, page_of(number, side, edited=edited), title, day - 3 if late else day))

    def publish(self, day: int, web: FakeWeb) -> None:
        for when, source, url, page, title, dated in self.events:
            if when == day:
                web.pages[url] = page
                if source:
                    stamp = f"{FIRST + timedelta(days=dated):%a, %d %b %Y} 04:00:00 GMT"
                    head = f"<title>{title}</title><link>{url}</link><guid>{url}</guid>"
                    entry = f"<item>{head}<pubDate>{stamp}</pubDate></item>"
                    web.pages[source] = str(web.pages[source]).replace("</channel>", entry + "</channel>")


def number_of(url: str) -> int:
    return int(url.rsplit("story-")[1].removesuffix("-again"))


def test_no_story_has_two_entries_and_no_post_is_lost(tmp_path: Path) -> None:
    month = Month(seed=1)
    embedder = LineEmbedder(month.numbers)
    rule = {"en": "/{slug}", "zh": "/zh/{slug}"}
    feeds = (("Blog", EN_FEED, "en", rule), ("博客", ZH_FEED, "zh", rule), ("Mirror", MIRROR_FEED, "en", {}))
    sources = [{"name": n, "url": u, "language": lang, "twin": twin, "pause": 0} for n, u, lang, twin in feeds]
    settings = Settings.model_validate({"digest": {"rebuild_days": 2}, "sources": sources})
    web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed(), MIRROR_FEED: feed()})
    store, out = Store(tmp_path / "state"), tmp_path / "out"
    for number in range(-1, DAYS):
        month.publish(number, web)
        day = FIRST + timedelta(days=number)
        times = calendar(f"{day + timedelta(days=1)}T08:00:00+08:00")
        days = times.days_until(day, settings.digest.rebuild_days)
        collect(store, settings, web_for(web), times, days=days, embedder=embedder)
        builder = Builder(store, settings, times, out, embedder=embedder)
        builder.link(days)
        for each in (*builder.days_to_rebuild(day), day):
            builder.build(each)
    pages: dict[str, dict[str, Any]] = {
        p.stem: json.loads(p.read_text("utf-8")) for p in sorted(out.glob("2025*.json"))
    }
    entries = {post["id"]: (day, post) for day, page in pages.items() for post in page["posts"]}
    told = Counter(number_of(post["url"]["en"] or post["url"]["zh"]) for _, post in entries.values())
    assert sum(told.values()) == sum(len(page["posts"]) for page in pages.values())
    assert told == Counter(month.numbers)
    news = Counter(post["id"] for page in pages.values() for post in page["newly_translated"])
    assert all(count == 1 for count in news.values())
    for page in pages.values():
        for post in page["newly_translated"]:
            day, entry = entries[post["id"]]
            assert (post["day"], entry["updated"]) == (day, max(entry["updated"], page["date"]))
            assert all(entry["title"].values())
    listed = {row["id"]: (day, row) for day, page in pages.items() for row in page["rest"]}
    shown = {url for _, post in entries.values() for url in post["url"].values()}
    posts = [post for source in settings.sources for post in store.posts_of_source(source.url)]
    assert len(posts) == sum(bool(feed_) for when, feed_, *_ in month.events if when < DAYS)
    for post in posts:
        if post.id in listed and post.id not in entries:
            day, row = listed[post.id]
            standing_day, standing = entries[row["entry"]]
            assert number_of(standing["url"]["en"]) == number_of(post.url)
            assert row["day"] in (standing_day, None)
        else:
            assert post.id in entries or post.url in shown, post.url
    by_id = {post.id: post for post in posts}
    worth = [by_id[name] for name, story in store.stories().items() if story.worth]
    for copy in worth:
        day, row = listed[copy.id]
        entry = entries[row["entry"]][1]
        assert row["why"] == "edited"
        assert (entry["updated"] or entry["day"]) >= day
        assert copy.url in [other["url"]["en"] for other in entry["also"]]
    assert any(entries[listed[copy.id][1]["entry"]][1]["status"] == "updated" for copy in worth)
    copies = {post.id for post in posts if post.source == MIRROR_FEED}
    assert {row for row in listed if row in copies} == copies - set(entries)
    assert copies
    store.close()
