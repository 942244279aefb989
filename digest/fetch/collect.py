"""The web to the store: feeds and listings, then pages, then what may be their other-language editions (edge).

Workers only fetch and read; they hand values back, and the one writer (the caller's thread) keeps them. What fails is
kept too, with its reason, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digest.align.embed import Embedder
from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.entries import read_feeds
from digest.fetch.listings import addresses, read_listings
from digest.fetch.pages import Map, Tell, WebFor, get_page, keep_page, worth_a_try
from digest.fetch.scope import Scope, posts_in_scope
from digest.fetch.watch import fetch_editions
from digest.fetch.web import NotModified
from digest.model import Failure, Page
from digest.normalise.post import body_in_feed
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collecting brought. `failures` are those of whole sources; pages keep theirs in the store.

    `sources` counts feeds and listings. `pages_missing` counts pages asked for in vain whose text the feed does not
    hold either; a missing edition is none.
    """

    sources: int
    failures: tuple[Failure, ...]
    new_posts: int
    pages: int
    pages_missing: int
    editions: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The page of a post."""

    url: str
    source: Source


def collect(
    store: Store,
    settings: Settings,
    web_for: WebFor,
    calendar: Calendar,
    *,
    days: Sequence[date] = (),
    run_all: Map = map,
    tell: Tell = lambda stage, count: None,
    embedder: Embedder | None = None,
    reader: Reader = DIRECT,
    retry: bool = False,
) -> Collected:
    """Bring the store up to date with the web.

    Pages are fetched for the newest `limit` entries of each feed and for every post of `days`; translations are looked
    for as `watch` says. `run_all` is a map; with `hosts.by_host`, hosts are asked side by side. `tell(stage, count)`
    hears how much lies ahead. `embedder` compares titles; the shipped one is loaded where it is needed and None given.
    `reader` reads what strangers wrote. `retry`: sources that are left alone for a while are asked, too.
    """
    tell("feeds", len(settings.sources))
    failures, new_posts = read_feeds(store, settings, web_for, calendar, run_all, tell, reader, retry=retry)
    failures += read_listings(store, settings, web_for, calendar, run_all, tell, retry=retry)
    scope = posts_in_scope(store, settings, calendar, days)
    came, missing = _pages(store, scope, web_for, calendar, run_all, tell)
    editions, at_hand = fetch_editions(
        store, settings, scope, web_for, calendar, run_all, tell, days=days, embedder=embedder, reader=reader
    )
    # a post beyond the limit whose translation came: both texts are needed to tell
    more = _pages(store, at_hand, web_for, calendar, run_all, tell)
    sources = len(settings.sources) + len(addresses(settings))
    return Collected(sources, failures, new_posts, came + more[0], missing + more[1], editions)


def _pages(
    store: Store, scope: Scope, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell
) -> tuple[int, int]:
    """Fetch the pages that are wanted and not in the feed; give how many came and how many did not."""
    jobs = [
        _Wanted(post.url, source)
        for source, post in scope
        if post.url and not body_in_feed(post) and worth_a_try(store.page_state(post.url), calendar.now)
    ]
    tell("pages", len(jobs))

    def fetch(job: _Wanted) -> tuple[str, Page | NotModified | SourceError]:
        return job.url, get_page(web_for, job.source, job.url)

    kept = 0
    for url, answer in run_all(fetch, jobs):
        tell("pages", -1)
        kept += keep_page(store, url, answer, calendar)
    return kept, len(jobs) - kept
