"""A source with a fault beside a sound one, collected into a store: what each fault must leave as it is."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from fault_answers import FEED, Make, entry, rss
from fault_feeds import Content
from fault_server import Answers, Server, reply
from small_blog import calendar

from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.collect import Collected, collect
from digest.fetch.web import Web
from digest.model import Feed, Page, Post
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store

NOW = datetime.fromisoformat("2025-04-17T08:00:00+08:00")
PATIENCE = 10  # times the deadline: what a test waits at most, on a machine that is busy


class FaultyBlog:
    """Collects one source whose feed has a fault and one that is sound; used as a context manager.

    Every connection is noted; one to anywhere but the two servers fails the test. Waits that servers ask for are noted
    in `slept` and not slept. `now` is the time of the last visit; visits are three days apart, longer than a source is
    backed off, where a test does not say otherwise.
    """

    def __init__(self, folder: Path, *, reader: Reader = DIRECT, deadline: float = 3.0, **limits: Any) -> None:
        self.server, self.sound = Server(), Server()
        self.sound.answers["/feed"] = reply(rss(*(entry(n, link=self.sound.url(f"/{n}")) for n in (1, 2, 3))))
        self.slept: list[float] = []
        self.reached: list[tuple[str, int]] = []
        self.deadline = deadline
        self.now = NOW
        self.reader = reader
        self.limits = limits
        self.store = Store(folder)
        self._patched = pytest.MonkeyPatch()

    def __enter__(self) -> Self:
        connect = socket.socket.connect

        def noted(sock: socket.socket, address: Any) -> None:
            self.reached.append(address[:2])
            connect(sock, address)

        self._patched.setattr(socket.socket, "connect", noted)
        self.store.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._patched.undo()
        self.store.__exit__(*error)
        self.server.close()
        self.sound.close()
        if error[0] is None:
            self.nothing_else_was_reached()

    def nothing_else_was_reached(self) -> None:
        assert {port for _, port in self.reached} <= {self.server.port, self.sound.port}
        assert {host for host, _ in self.reached} <= {"127.0.0.1"}

    @property
    def url(self) -> str:
        return self.server.url("/feed")

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(self.store.posts_of_source(self.url))

    @property
    def titles(self) -> list[str]:
        return sorted(post.title for post in self.posts)

    def web(self) -> Web:
        allowed = frozenset({self.server.place, self.sound.place})
        return Web(allow_private=allowed, pause=0.0, deadline=self.deadline, sleep=self.slept.append, **self.limits)

    def settings(self) -> Settings:
        sources = [
            {"name": name, "url": server.url("/feed"), "language": "en", "pause": 0}
            for name, server in (("Faulty", self.server), ("Sound", self.sound))
        ]
        return Settings.model_validate({"sources": sources})

    def get(self) -> Feed:
        """Fetch and read the faulty feed alone."""
        with self.web() as web:
            page = web.get(self.url, robots=False)
        assert isinstance(page, Page)
        return self.reader.feed(page)

    def tries(self, make: Make) -> int:
        """Count how often one fetch asks for the feed."""
        self.server.answers["/feed"] = make(self.server)
        before = self.server.paths().count("/feed")
        with pytest.raises(SourceError):
            self.get()
        return self.server.paths().count("/feed") - before

    def visit(self, answers: Answers | None = None, later: timedelta = timedelta(days=3)) -> Collected:
        """Collect both sources, the faulty one with these answers, some time after the visit before."""
        if answers is not None:
            self.server.answers["/feed"] = answers
        self.now += later
        with self.web() as web:
            web_for: Callable[[Source], Web] = lambda source: web  # noqa: E731
            return collect(self.store, self.settings(), web_for, calendar(self.now.isoformat()), reader=self.reader)

    def fails(self, make: Make, kind: str, *, status: int = 0, heals: bool = True) -> SourceError:
        """Hold that a fault costs its own source alone, for as long as it lasts, and nothing that was there before."""
        self.server.answers["/feed"] = make(self.server)
        started = time.monotonic()
        with pytest.raises(SourceError) as caught:
            self.get()
        assert time.monotonic() - started < PATIENCE * self.deadline
        assert (caught.value.kind, caught.value.status) == (kind, status)
        assert "\n" not in caught.value.reason
        self._costs_its_source_alone(make, kind)
        assert self.posts == ()
        assert (self.store.source(self.url).etag, self.store.source(self.url).first_fetched) == ("", None)
        if heals:
            self.heals()
            before = self.posts
            self._costs_its_source_alone(make, kind)
            assert self.posts == before
            assert self.store.source(self.url).etag == '"well"'
            self.heals()
            assert self.posts == before
        return caught.value

    def heals(self) -> None:
        """Hold that the next visit brings all once the feed is well, with the validators that belong to it."""
        short, self.deadline = self.deadline, max(self.deadline, 3.0)
        assert self.visit(reply(FEED, etag='"well"')).failures == ()
        assert len(self.posts) == 3
        assert self.store.source(self.url).etag == '"well"'
        self.deadline = short

    def _costs_its_source_alone(self, make: Make, kind: str) -> None:
        got = self.visit(make(self.server))
        assert [failure.url for failure in got.failures] == [self.url]
        assert self.store.source(self.url).kind == kind
        assert len(self.store.posts_of_source(self.sound.url("/feed"))) == 3
        assert self.store.source(self.sound.url("/feed")).failures == 0

    def reads(self, make: Make, entries: int = 3) -> Feed:
        """Hold that an answer, strange as it is, is read at the first visit and at the second."""
        self.server.answers["/feed"] = make(self.server)
        feed = self.get()
        assert len(feed.entries) == entries
        for new in (entries, 0):
            got = self.visit(make(self.server))
            assert got.failures == ()
            assert len(self.posts) == entries
            assert got.new_posts in (new, new + 3)
        return feed

    def refuses(self, content: Content, kind: str) -> None:
        """Hold that content is refused by name, at the first visit and when the feed was well before."""
        self.fails(lambda server: _reply(content), kind)

    def mends(self, mended: tuple[Content, int]) -> None:
        """Hold that what is readable is read, at both visits; -1 stands for some entries."""
        content, entries = mended
        if entries < 0:
            self.ends(content)
            assert self.posts
        else:
            self.reads(lambda server: _reply(content), entries)

    def ends(self, content: Content) -> None:
        """Hold that hostile content ends in entries or in a named failure, and that the other source is read."""
        got = self.visit(_reply(content))
        state = self.store.source(self.url)
        assert len(self.posts) <= 500
        assert bool(got.failures) == (state.kind in ("limits", "content", "syntax")) == (not state.last_success)
        assert len(self.store.posts_of_source(self.sound.url("/feed"))) == 3
        self.heals_after_content()

    def heals_after_content(self) -> None:
        assert self.visit(reply(FEED)).failures == ()
        assert {f"Part {n} of the cache series" for n in (1, 2, 3)} <= set(self.titles)

    def serves(self, content: Content) -> None:
        """Hold that a post whose page is hostile stays, that its source is well, and that nothing else is fetched."""
        self.server.answers["/post"] = _reply(content)
        link = self.server.url("/post")
        item = f"<item><title>A post</title><link>{link}</link><description>In short.</description></item>"
        assert self.visit(reply(rss(item))).failures == ()
        assert [post.title for post in self.posts] == ["A post"]
        assert set(self.server.paths()) <= {"/feed", "/post", "/robots.txt"}


def _reply(content: Content) -> bytes:
    body, headers = content()
    return reply(body, **headers)
