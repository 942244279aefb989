"""Everything that is read from bytes or markup of others, by one interface: feeds, pages, posts, listings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from digest.errors import SourceError
from digest.fetch.feeds import parse_feed
from digest.fetch.feeds.discover import FoundFeed, find_feeds, propose_twin
from digest.fetch.feeds.listing import Link, listed_in
from digest.model import Document, Feed, Page, Post
from digest.normalise.article import read_page
from digest.normalise.post import document_of
from digest.stories.edits import worth_telling

Edited = Literal["", "numbers", "text"]


class Reader(Protocol):
    """Reads what strangers wrote. Every method raises SourceError: for what cannot be read, and for what takes more
    time or memory to read than is granted (kind "limits").
    """

    def feed(self, page: Page, *, timezone: str = "UTC") -> Feed:
        """Read a feed; dates without a zone are taken as in `timezone` (IANA)."""
        ...

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        """Read a post from what was kept of it; see `normalise.post.document_of`."""
        ...

    def posts(self, posts: Sequence[Post]) -> tuple[Document | SourceError | None, ...]:
        """Read posts from their feeds alone, each as `post` does; what cannot be read gives its error in its place."""
        ...

    def page(self, page: Page) -> Document:
        """Read the article of a page; see `normalise.article.read_page`."""
        ...

    def links(self, page: Page) -> tuple[Link, ...]:
        """Give what a feed or an index page lists."""
        ...

    def feeds_named(self, page: Page) -> tuple[FoundFeed, ...]:
        """Give the feeds that a page names."""
        ...

    def twin_rule(self, urls: Sequence[str], page: Page) -> dict[str, str]:
        """Propose a twin rule from a page, for a feed whose entries have `urls`."""
        ...

    def edited(self, before: Post, now: Post, *, lang: str = "") -> Edited:
        """Tell whether a post's text in its feed was changed in a way worth telling, and whether in numbers only."""
        ...


class Direct:
    """Reads in this process, without limits: for text of one's own, for tests, and within a child."""

    def feed(self, page: Page, *, timezone: str = "UTC") -> Feed:
        return parse_feed(page, declared_zone=ZoneInfo(timezone))

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        return document_of(post, page, lang=lang, selector=selector)

    def posts(self, posts: Sequence[Post]) -> tuple[Document | SourceError | None, ...]:
        return tuple(read_alone(self, post) for post in posts)

    def page(self, page: Page) -> Document:
        return read_page(page)

    def links(self, page: Page) -> tuple[Link, ...]:
        return listed_in(page)

    def feeds_named(self, page: Page) -> tuple[FoundFeed, ...]:
        return find_feeds(page)

    def twin_rule(self, urls: Sequence[str], page: Page) -> dict[str, str]:
        return propose_twin(urls, page)

    def edited(self, before: Post, now: Post, *, lang: str = "") -> Edited:
        was, text = (document_of(post, None, lang=lang) for post in (before, now))
        change = worth_telling(was, text) if was and text else None
        if change is None:
            return ""
        return "numbers" if change.numbers else "text"


def in_batches(posts: Sequence[Post], most: int, text: int) -> Iterator[tuple[Post, ...]]:
    """Cut posts into batches of at most `most`, of no more than `text` characters where that is not one post's."""
    batch: list[Post] = []
    length = 0
    for post in posts:
        own = len(post.content) + len(post.summary)
        if batch and (len(batch) == most or length + own > text):
            yield tuple(batch)
            batch, length = [], 0
        batch.append(post)
        length += own
    if batch:
        yield tuple(batch)


def read_alone(reader: Reader, post: Post) -> Document | SourceError | None:
    """Read one post from its feed alone; give the error where that fails."""
    try:
        return reader.post(post, None)
    except SourceError as error:
        return error


DIRECT = Direct()
