"""Posts of small_blog as the store would give them for a day, and settings for their two feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from small_blog import LINES, title_of

from digest.config import Settings, Source
from digest.entry import Kept
from digest.linking.packed import ReadText
from digest.model import Edition, Post
from digest.normalise.post import document_of

DAY = date(2025, 4, 16)
NOON = datetime(2025, 4, 16, 4, tzinfo=UTC)
FEEDS = ("https://one.example/feed", "https://two.example/feed")


def settings(*, first: dict[str, Any] | None = None, **digest: Any) -> Settings:
    sources = [{"name": f"Blog {n}", "url": url, "language": "en"} for n, url in enumerate(FEEDS, start=1)]
    sources[0].update(first or {})
    return Settings.model_validate({"digest": digest, "sources": sources})


def body(number: int, side: str, times: int = 1) -> str:
    return "".join(f"<p>{line[side == 'zh'].format(n=number)}</p>" for line in LINES) * times


def kept(number: int, chosen: Settings, *, feed: int = 0, times: int = 1, title: str = "", **more: Any) -> Kept:
    source = chosen.sources[feed]
    post = Post(
        f"p{number}", source.url, "", f"https://one.example/p{number}", title or title_of(number, "en"), NOON, True,
        NOON, "en", "", body(number, "en", times),
    )  # fmt: skip
    post = replace(post, **more.pop("post", {}))
    plain = Kept(post, source, False, text_of(post, source), None, None, None, ReadText(), None, day=DAY)
    return replace(plain, **more)


def text_of(post: Post, source: Source) -> ReadText:
    return ReadText(document_of(post, None, lang=source.language, selector=source.selector))


def translated(one: Kept, news_on: date | None = None) -> Kept:
    number = int(one.post.id[1:])
    other = replace(one.post, id=f"z{number}", url=f"https://one.example/zh/p{number}", title=title_of(number, "zh"),
                    lang="zh-Hans", content=body(number, "zh"))  # fmt: skip
    edition = Edition(one.post.id, "zh-Hans", other.url, other.id, "twin", 1.0, "en", news_on)
    text = text_of(other, one.source)
    return replace(one, edition=edition, edition_post=other, edition_text=text, edition_source=one.source)
