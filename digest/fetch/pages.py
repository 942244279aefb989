"""One address → its page in the store, or why there is none (edge)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from digest.config import Source
from digest.errors import SourceError
from digest.fetch.feeds.wellformed import known_binary
from digest.fetch.web import NotModified
from digest.model import Page
from digest.store import PageState, Store

log = logging.getLogger(__name__)

PAGE_TYPES = "text/html, application/xhtml+xml, text/markdown;q=0.9, */*;q=0.1"
# A page that failed is tried again, not sooner than this and not for ever: broken pages are mended within days.
TRY_AGAIN = timedelta(hours=20)
MOST_TRIES = 8
# What says nothing of the page, but of the way there or of the moment, is tried again by the next run: an outage must
# not leave a day without its texts. So many tries are a day of a cron job that starts each hour.
PASSING_KINDS = frozenset({"refused", "timeout", "dns", "protocol"})
PASSING_STATUS = frozenset({408, 425, 429, *range(500, 600)})
MOST_PASSING = 24
# A server that asked to wait for longer than LONG_WAIT is believed to mean the most that any is granted: a day.
WAIT = "wait"  # the kind of fault that this is kept as
LONG_WAIT, A_DAY = 3600.0, timedelta(days=1)  # the first in seconds
NO_PAGES = ("application/pdf", "application/json", "application/zip", "application/octet-stream", "image/", "video/",
            "audio/", "font/")  # fmt: skip


class Fetcher(Protocol):
    """What collecting needs of the guarded client (digest.fetch.web.Web)."""

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "",
        pause: float | None = None,
        robots: bool = True,
    ) -> Page | NotModified: ...


class Errand(Protocol):
    """A job of fetching. `url` is what is asked for (first): one host is asked for one thing at a time."""

    @property
    def url(self) -> str: ...


WebFor = Callable[[Source], Fetcher]
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]  # the jobs are Errands
Tell = Callable[[str, int], None]


def worth_a_try(state: PageState | None, now: datetime) -> bool:
    """Tell whether a page that is wanted is to be asked for, given what its address answered before."""
    if state is None:
        return True
    if state.has_body:
        return False
    if is_passing(state):
        return not failed_now(state, now)
    if state.tries >= MOST_TRIES + (MOST_PASSING if _passes(state) else 0):
        return False
    # a try in the future was made under a clock that has been set back since
    return state.last_try is None or abs(now - state.last_try) >= (A_DAY if state.kind == WAIT else TRY_AGAIN)


def is_passing(state: PageState) -> bool:
    """Tell whether an address failed for a reason that may be gone by the next run, and not too often for that."""
    return _passes(state) and state.tries < MOST_PASSING


def failed_now(state: PageState, now: datetime) -> bool:
    """Tell whether an address failed in this very run: it is not asked again in it."""
    return state.last_try is not None and abs(now - state.last_try) < timedelta(seconds=1)


def _passes(state: PageState) -> bool:
    return state.kind != WAIT and (state.kind in PASSING_KINDS or state.status in PASSING_STATUS)


def get_page(web_for: WebFor, source: Source, url: str, stored: Page | None = None) -> Page | SourceError:
    """Ask for a page; where `stored` is given, by its validators, and a page that did not change is `stored` itself."""
    etag, last_modified = (stored.header("etag"), stored.header("last-modified")) if stored else ("", "")
    try:
        answer = web_for(source).get(
            url, etag=etag, last_modified=last_modified, accept=PAGE_TYPES, pause=source.pause
        )  # fmt: skip
    except SourceError as error:
        return error
    if isinstance(answer, NotModified):
        return stored if stored and (etag or last_modified) else unasked(url)
    if fault := no_page(answer):
        return SourceError(url, "parse", f"this is {fault}, not a page", kind="content")
    return answer


def unasked(url: str) -> SourceError:
    """Make the error of a 304 that no validator of ours asked for: there is nothing that it could stand for."""
    return SourceError(url, "fetch", "the server says 'not modified' to a first request", kind="protocol")


def no_page(page: Page) -> str:
    """Say what an answer is that holds no article, by its first bytes and its declared type; "" for a page."""
    if not page.body.strip():
        return "an empty answer"
    kind = page.header("content-type").split(";")[0].strip().lower()
    return known_binary(page.body) or (kind if kind.startswith(NO_PAGES) else "")


def keep_page(store: Store, url: str, answer: Page | SourceError, now: datetime) -> bool:
    """Keep what an address answered; tell whether it is a page."""
    if isinstance(answer, SourceError):
        kind = WAIT if answer.retry_after > LONG_WAIT else answer.kind
        store.page_failed(url, now, answer.stage, answer.reason, kind, answer.status)
        log.info("page failed", extra={"url": url, "stage": answer.stage, "reason": answer.reason})
        return False
    store.save_page(url, answer, now)
    return True
