"""One source asked: where and with what validators, what it answered, and when it is asked again (edge)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Self

from digest.config import Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.pages import Fetcher, facts_of, unasked
from digest.fetch.schedule import asked_in_full, back_off, is_new_day
from digest.fetch.web import NotModified
from digest.fetch.web.answer import sendable
from digest.fetch.web.turns import SILENCE
from digest.fetch.web.url import host_of
from digest.model import Failure, Feed
from digest.sandbox.readers import Reader
from digest.store import SourceState, Store

log = logging.getLogger(__name__)

FEED_TYPES = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
CUT_OFF = "cut off"  # how the flaw of a feed begins that does not end
# Faults that say that what we look for is not (or no more) at an address; what is slow or busy may still be there.
ELSEWHERE = frozenset({"dns", "address", "redirect", "robots", "content", "syntax"})


@dataclass(frozen=True, slots=True)
class Due:
    """A source that is asked: at `url`, which is where it has moved or the address that the user gave.

    `before` is what is known of it; `etag` and `last_modified` are sent.
    """

    url: str
    source: Source
    etag: str
    last_modified: str
    before: SourceState

    def unchanged(self) -> tuple[str, str]:
        """Give the validators that hold after a 304; raise SourceError where it can stand for nothing.

        One that was not asked for means nothing new, too, where the source was read before.
        """
        if not (self.etag or self.last_modified) and self.before.last_success is None:
            raise unasked(self.url)
        return self.before.etag, self.before.last_modified

    @classmethod
    def of(cls, url: str, source: Source, state: SourceState, calendar: Calendar) -> Self:
        """Ask for a feed or a listing at `url`, or where it has moved; now and then without validators."""
        etag, last_modified = state.etag, state.last_modified
        if state.last_success is not None and asked_in_full(calendar.day_of(state.last_success), calendar.today):
            etag = last_modified = ""
        return cls(state.moved or url, source, etag, last_modified, state)


@dataclass(frozen=True, slots=True)
class FeedRead:
    """What a feed answered. `feed` is None where nothing changed."""

    feed: Feed | None
    etag: str
    last_modified: str
    moved: str


def read_feed(due: Due, web: Fetcher, reader: Reader) -> FeedRead:
    """Ask for a feed and read it; where it is no more at the address it had moved to, at the one the user gave.

    Validators are not given for a feed that was cut off: the next answer is to be a whole one. Raises SourceError.
    """
    try:
        return _read_at(due, web, reader)
    except SourceError as error:
        gone = error.kind in ELSEWHERE or (400 <= error.status < 500 and error.status != 429)
        if due.url == due.source.url or not gone:
            raise
    before = replace(due.before, etag="", last_modified="")
    return _read_at(Due(due.source.url, due.source, "", "", before), web, reader)


def _read_at(due: Due, web: Fetcher, reader: Reader) -> FeedRead:
    source, etag, last_modified = due.source, due.etag, due.last_modified
    answer = web.get(
        due.url, etag=etag, last_modified=last_modified, accept=FEED_TYPES, pause=source.pause, robots=False
    )
    moved = answer.moved or due.url
    moved = "" if moved == source.url else moved
    if isinstance(answer, NotModified):
        return FeedRead(None, *due.unchanged(), moved)
    feed = reader.feed(answer, timezone=source.timezone)
    if any(flaw.startswith(CUT_OFF) for flaw in feed.flaws):
        return FeedRead(feed, "", "", moved)
    return FeedRead(feed, sendable(answer.header("etag")), sendable(answer.header("last-modified")), moved)


def source_failed(store: Store, url: str, error: SourceError, calendar: Calendar, *, ours: bool = False) -> None:
    """Keep that a feed or a listing could not be read, and when it may be asked again.

    That is by the next run on the first days in a row, then later and later; a server's Retry-After holds where it is
    longer. `ours`: it says nothing of the source.
    """
    before = store.source(url)
    counts = not ours and is_new_day(before.last_bad, calendar.now)
    until = calendar.after(error.retry_after) if error.retry_after else calendar.now
    if not ours:
        until = max(until, calendar.now + back_off(before.bad_days + counts, error.status))
    store.source_failed(
        url, calendar.now, error.stage, error.reason, until if until > calendar.now else None, kind=error.kind,
        status=error.status, counts=counts,
    )  # fmt: skip
    log.warning("source failed", extra={"url": url, **facts_of(error)})


class Failures:
    """The sources of a run that failed, in order, each kept in the store.

    Those that were not reached are kept at the end (`settle`): where nothing was, it is this machine that is offline,
    and nobody is left alone for that.
    """

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._unreached: list[tuple[str, SourceError]] = []
        self._reached = False
        self.told: list[Failure] = []

    def add(self, url: str, error: SourceError) -> None:
        self.told.append(Failure(url, error.stage, error.reason))
        if error.kind in SILENCE:
            self._unreached.append((url, error))
        else:
            self._reached = True
            source_failed(self._store, url, error, self._calendar)

    def settle(self, *, answered: bool) -> tuple[Failure, ...]:
        """Give all failures. `answered`: another source did; one host that is not reached by itself tells nothing."""
        offline = not answered and not self._reached and len({host_of(url) for url, _ in self._unreached}) > 1
        with self._store.transaction():
            for url, error in self._unreached:
                source_failed(self._store, url, error, self._calendar, ours=offline)
        return tuple(self.told)
