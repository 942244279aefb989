"""Reads what strangers wrote in children that can be killed (edge)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from types import TracebackType
from typing import Any

from digest.errors import SourceError
from digest.fetch.feeds.discover import FoundFeed
from digest.fetch.feeds.listing import Link
from digest.model import Document, Feed, Page, Post
from digest.sandbox.messages import Request, Task
from digest.sandbox.pool import Pool
from digest.sandbox.readers import Edited, in_batches, read_alone

IN_CHILDREN = "digest.sandbox.readers:Direct"  # what reads there, as module:name
DEADLINE = 10.0  # seconds a reading may take (design notes on faults: content)
MEMORY = 352 * 2**20  # bytes of data of a child: with the libraries' own it stays under 400 MiB
SOME, SOME_TEXT = 32, 200_000  # posts in one request, and characters of their feeds' text
MOST = 4  # children; more readings at once than a machine has processors make none faster


class Sandbox:
    """A `readers.Reader` whose every reading has a deadline and a limit of memory. Threads may share it.

    A child is started at the first need of it; `close` ends all. Besides what a reader raises: SourceError of kind
    "limits" for what takes more than is granted or ends its child, and ChildProcessError where no child can be had.
    """

    def __init__(
        self, *, reader: str = IN_CHILDREN, deadline: float = DEADLINE, memory: int = MEMORY, most: int | None = None
    ) -> None:
        self._most = most or min(os.cpu_count() or 1, MOST)
        self._pool = Pool(reader, deadline=deadline, memory=memory, most=self._most)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every child. What is asked afterwards raises ValueError."""
        self._pool.close()

    def feed(self, page: Page, *, timezone: str = "UTC") -> Feed:
        found: Feed = self._of_page("feed", page, timezone=timezone)
        return found

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        url, headers = (page.url, page.headers) if page else (post.url, ())
        asked = Request("post", url, page is not None, headers, (post,), lang=lang, selector=selector)
        found: Document | None = self._pool.ask(asked, page)
        return found

    def posts(self, posts: Sequence[Post]) -> tuple[Document | SourceError | None, ...]:
        """Read posts from their feeds alone, some in each request, with all children at once."""
        with ThreadPoolExecutor(self._most) as threads:
            return tuple(chain.from_iterable(threads.map(self._some, in_batches(posts, SOME, SOME_TEXT))))

    def _some(self, posts: tuple[Post, ...]) -> Sequence[Document | SourceError | None]:
        """Read a few posts in one request; where any of them fails, each by itself, with a deadline of its own."""
        try:
            found: tuple[Document | None, ...] = self._pool.ask(
                Request("posts", posts[0].url, False, posts=posts), None
            )
        except SourceError:
            found = ()
        return found if len(found) == len(posts) else [read_alone(self, post) for post in posts]

    def page(self, page: Page) -> Document:
        found: Document = self._of_page("page", page)
        return found

    def links(self, page: Page) -> tuple[Link, ...]:
        found: tuple[Link, ...] = self._of_page("links", page)
        return found

    def feeds_named(self, page: Page) -> tuple[FoundFeed, ...]:
        found: tuple[FoundFeed, ...] = self._of_page("feeds_named", page)
        return found

    def twin_rule(self, urls: Sequence[str], page: Page) -> dict[str, str]:
        found: dict[str, str] = self._of_page("twin_rule", page, urls=tuple(urls))
        return found

    def edited(self, before: Post, now: Post, *, lang: str = "") -> Edited:
        found: Edited = self._pool.ask(Request("edited", now.url, False, posts=(before, now), lang=lang), None)
        return found

    def _of_page(self, task: Task, page: Page, **more: Any) -> Any:
        return self._pool.ask(Request(task, page.url, True, page.headers, **more), page)
