"""The feeds, made from the days' JSON files: posts and days, one feed a language choice, as Atom and as JSON Feed.

Atom 1.0 is RFC 4287; JSON Feed 1.1 is jsonfeed.org/version/1.1. A post is one entry of a feed. When its translation
lands, its page is built again, and so is its entry here: the same id, a later `updated`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from digest.model import FULL_TAG, SIDES, Both, base_lang
from digest.render import words
from digest.render.address import folder, quoted
from digest.render.characters import encodable
from digest.render.feed_entries import Day, DayJson, Entry, Newest, line_of
from digest.render.feed_names import FeedName, feeds_of
from digest.render.line import shown
from digest.render.page import Reader, fill, packaged

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # when a feed without a day was last changed
VERSION = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed in its language choice, before it has the form of Atom or JSON.

    `content` is XHTML that is HTML too, values escaped. `address` is "" where the entry leads nowhere; `related` are
    (side, address) of the post's own pages. `author` is a source, or the digest.
    """

    id: str
    title: str
    lang: str
    address: str
    related: tuple[tuple[str, str], ...]
    published: datetime
    updated: datetime
    author: str
    content: Markup


class Feeds:
    """All feeds of a site, fed day by day."""

    def __init__(self) -> None:
        self._newest = Newest()

    def add(self, day: DayJson) -> None:
        """Add a day, its JSON text or what was parsed of that, in any order; what is no day of ours is passed over."""
        self._newest.add(day)

    def files(
        self, *, title: str, link: str, order: tuple[str, str], read: Reader = packaged
    ) -> tuple[tuple[str, str], ...]:  # fmt: skip
        """Give the feeds of `feeds_of` as (name, text).

        `link` is the public address of the output; without one, entries lead to the posts themselves.
        """
        base, newest = folder(link), self._newest
        posts = {"posts": newest.posts(), "new-in-chinese": newest.posts(in_chinese=True)}
        days = newest.days()

        @cache  # one content for Atom and JSON
        def items(kind: str, choice: str, sides: tuple[str, ...]) -> tuple[Item, ...]:
            maker = _Maker(choice, sides, title, base, read)
            return tuple(map(maker.day, days)) if kind == "days" else tuple(map(maker.post, posts[kind]))

        feeds = feeds_of(order)
        return tuple(
            (feed.file, _file(feed, items(feed.kind, feed.choice, feed.sides), title, base, read)) for feed in feeds
        )


def _file(feed: FeedName, items: Sequence[Item], title: str, base: str, read: Reader) -> str:
    own = feed.kind == "posts" and not feed.choice  # all posts in the reader's order: the digest's own feed
    name = title if own else f"{title} · {words.both(feed.name, feed.sides)}"
    if feed.format == "JSON Feed":
        return _json_feed(feed, items, shown(name), shown(title), base)
    return fill(
        "atom.xml.j2",
        read,
        id=_id(f"{base or 'bilingual-digest:'}#{feed.file.removesuffix('.xml')}"),
        title=name,
        author=title,
        base=base,
        file=feed.file,
        lang=FULL_TAG[feed.sides[0]],
        updated=max((item.updated for item in items), default=EPOCH),
        items=items,
    )


def _id(name: str) -> str:
    """Name a feed or an entry for good (RFC 4287, section 4.2.6).

    A feed is named by its address, and a day by that and its date: digests of one day differ by nothing else that
    lasts. A post is named by its own id: it stays the same entry where the output moves to another address, or gets
    one, and where anything of the post changes. Entries with one id are one entry (section 4.1.2), of which a reader
    shows one: so each language choice has ids of its own, while the posts of new-in-chinese.xml, and the JSON of an
    Atom feed, are the same entries again.
    """
    return uuid5(NAMESPACE_URL, encodable(name)).urn


# ---- entries --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes entries in one language choice, for the digest `title` at the public address `base`."""

    choice: str
    sides: tuple[str, ...]
    title: str
    base: str
    read: Reader

    def post(self, entry: Entry) -> Item:
        post, address = entry.post, leads_to(entry, self.base)
        lang, title = _titles(post, self.sides)[0]
        others = (side for side in SIDES if side not in self.sides)
        pages = ((side, quoted(post["url"][side])) for side in (*self.sides, *others))
        return Item(
            id=self._id("bilingual-digest:", f"p-{post['id']}"),
            title=title,
            lang=lang,
            address=address,
            related=tuple((side, page) for side, page in pages if page and page != address),
            published=entry.published,
            updated=entry.news,
            author=shown(post["source"]) or self.title,
            content=self._content("feed-post.xml.j2", entry=entry),
        )

    def day(self, day: Day) -> Item:
        return Item(
            id=self._id(self.base or "bilingual-digest:", f"day-{day.on}"),
            title=shown(f"{self.title} {day.on}"),
            lang=FULL_TAG[self.sides[0]],
            address=f"{self.base}{day.on}.html" if self.base else "",
            related=(),
            published=day.start,
            updated=day.news,
            author=self.title,
            content=self._content("feed-day.xml.j2", day=day, leads_to=lambda entry: leads_to(entry, self.base)),
        )

    def _id(self, site: str, name: str) -> str:
        return _id(f"{site}#{name}.{self.choice}" if self.choice else f"{site}#{name}")

    def _content(self, template: str, **values: object) -> Markup:
        shared = {"line": line_of, "titles": _titles, "tagged": _tagged, "base_lang": base_lang}
        content = fill(template, self.read, sides=self.sides, **shared, **values)
        return Markup(content)  # noqa: S704 - of a template that escapes every value


def leads_to(entry: Entry, base: str) -> str:
    """Give where an entry leads: to the page that has it, or to the post where the pages have no public address."""
    return f"{base}{entry.address}" if base else quoted(entry.post["url"]["zh"]) or quoted(entry.post["url"]["en"])


def _titles(post: Mapping[str, Any], sides: Sequence[str]) -> list[tuple[str, str]]:
    """Give the titles of a post in a language choice as (tag, title): at least another language's, or an address."""
    told = {side: (post["title_langs"][side] or side, text) for side in SIDES if (text := shown(post["title"][side]))}
    address = post["url"]["zh"] or post["url"]["en"] or post["id"]
    return [told[side] for side in sides if side in told] or [*told.values()] or [(FULL_TAG[sides[0]], shown(address))]


def _tagged(said: Both | Mapping[str, Any], sides: Sequence[str]) -> list[tuple[str, str]]:
    """Give a text in a language choice as (tag, text); "" is the tag of what is the same in both languages.

    What the choice has no side of is told in the other language.

    >>> _tagged(Both("论文", "Paper"), ("en", "zh")), _tagged(Both("GPU", "GPU"), ("zh",))
    ([('en', 'Paper'), ('zh-Hans', '论文')], [('', 'GPU')])
    """
    if said.get("zh") == said.get("en"):
        return [("", said.get("en") or "")]
    return [(FULL_TAG[side], text) for side in sides if (text := said.get(side))] or _tagged(said, SIDES)


# ---- JSON Feed ------------------------------------------------------------------------------------------------------


def _json_feed(feed: FeedName, items: Sequence[Item], title: str, author: str, base: str) -> str:
    told: dict[str, object] = {"version": VERSION, "title": title}
    if base:
        told |= {"home_page_url": f"{base}index.html", "feed_url": f"{base}{feed.file}"}
    told |= {
        "authors": [{"name": author}],
        "language": FULL_TAG[feed.sides[0]],
        "items": [_json_item(item) for item in items],
    }
    return encodable(json.dumps(told, ensure_ascii=False, indent=1)) + "\n"


def _json_item(item: Item) -> dict[str, object]:
    told: dict[str, object] = {"id": item.id}
    if item.address:
        told["url"] = item.address
    if item.related:
        told["external_url"] = item.related[0][1]
    return told | {
        "title": item.title,
        "content_html": item.content,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": shown(item.author)}],
        "language": item.lang,
    }
