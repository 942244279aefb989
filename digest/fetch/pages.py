"""One address → its page in the store, or why there is none (edge)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from digest.config import Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.feeds.wellformed import known_binary
from digest.fetch.schedule import A_DAY, A_DAY_APART, SLACK
from digest.fetch.web import NotModified
from digest.fetch.web.resolve import unadvised
from digest.fetch.web.turns import SILENCE
from digest.model import Page
from digest.store import PageState, Store

log = logging.getLogger(__name__)

PAGE_TYPES = "text/html, application/xhtml+xml, text/markdown;q=0.9, */*;q=0.1"
# A page that failed is tried again on other days, and not for ever: broken pages are mended within days.
MOST_TRIES = 8
# What says nothing of the page, but of the way there or of the moment, is tried again by the next run: an outage must
# not leave a day without its texts. So many tries are a day of a cron job that starts each hour.
PASSING_KINDS = SILENCE | {"protocol"}
PASSING_STATUS = frozenset({408, 425, 429, *range(500, 600)})
MOST_PASSING = 24
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
    if asked_to_wait(state, now):
        return False
    if is_passing(state):
        return not failed_now(state, now)
    if state.tries >= MOST_TRIES + (MOST_PASSING if _passes(state) else 0):
        return False
    # a try in the future was made under a clock that has been set back since
    return state.last_try is None or abs(now - state.last_try) >= A_DAY_APART


def asked_to_wait(state: PageState, now: datetime) -> bool:
    """Tell whether the time is not over that a server asked to wait (Retry-After, of which a day is the most).

    One that lies further away was written under a clock that has been set back since.
    """
    return state.next_try is not None and now < state.next_try <= now + A_DAY + SLACK


def is_passing(state: PageState) -> bool:
    """Tell whether an address failed for a reason that may be gone by the next run, and not too often for that."""
    return _passes(state) and state.tries < MOST_PASSING


def failed_now(state: PageState, now: datetime) -> bool:
    """Tell whether an address failed in this very run: it is not asked again in it."""
    return state.last_try is not None and abs(now - state.last_try) < timedelta(seconds=1)


def _passes(state: PageState) -> bool:
    return state.kind in PASSING_KINDS or state.status in PASSING_STATUS


def get_page(
    web_for: WebFor, source: Source, url: str, validators: tuple[str, str] = ("", "")
) -> Page | NotModified | SourceError:
    """Ask for a page; by `validators` (ETag, Last-Modified), where one is kept that may not have changed."""
    etag, last_modified = validators
    try:
        answer = web_for(source).get(
            url, etag=etag, last_modified=last_modified, accept=PAGE_TYPES, pause=source.pause
        )  # fmt: skip
    except SourceError as error:
        return unadvised(error)  # nobody wrote this address into the settings
    if isinstance(answer, NotModified):
        return answer if etag or last_modified else unasked(url)
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


def keep_page(store: Store, url: str, answer: Page | NotModified | SourceError, calendar: Calendar) -> bool:
    """Keep what an address answered; tell whether it is a page, which one that did not change is."""
    if isinstance(answer, NotModified):
        answer = store.page(url) or unasked(url)
    if isinstance(answer, SourceError):
        until = calendar.after(answer.retry_after) if answer.retry_after else None
        store.page_failed(url, calendar.now, answer.stage, answer.reason, answer.kind, answer.status, until)
        log.info("page failed", extra={"url": url, **facts_of(answer)})
        return False
    store.save_page(url, answer, calendar.now)
    return True


def facts_of(error: SourceError) -> dict[str, str | int]:
    """Give what a record of the log tells of a fault."""
    return {"stage": error.stage, "kind": error.kind, "status": error.status, "reason": error.reason}
