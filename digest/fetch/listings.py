"""Listings of translations that sources name, a feed or an index page: kept as they are now, and read (edge)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from digest.align.embed import Embedder
from digest.align.match import near_titles
from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.feeds.listing import Link
from digest.fetch.identity import canonical
from digest.fetch.pages import Fetcher, Map, Tell, WebFor
from digest.fetch.schedule import waits_until
from digest.fetch.sources import FEED_TYPES, Due, Failures
from digest.fetch.web import NotModified
from digest.fetch.web.answer import sendable
from digest.model import Failure, Page, Post, base_lang
from digest.normalise.language import language_of
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store

LISTING_TYPES = f"text/html, {FEED_TYPES}"
LEAST_TITLE = 4  # characters; what is shorter is a menu's word
LEAST_SLUG = 5  # characters of the last part of an address that names one post


def addresses(settings: Settings) -> dict[str, Source]:
    """Give the listings that are no sources themselves, each with the first source that names it."""
    feeds = {source.url for source in settings.sources}
    named = {source.translations: source for source in reversed(settings.sources) if source.translations}
    return {url: source for url, source in named.items() if url not in feeds}


def read_listings(
    store: Store, settings: Settings, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell, *,
    retry: bool = False,
) -> tuple[Failure, ...]:  # fmt: skip
    """Keep the listings as they are now, each asked for once a day by its validators; give those that failed.

    `retry` asks those that are left alone for a while, too.
    """
    due = []
    for url, source in addresses(settings).items():
        state = store.source(url)
        read_today = state.last_success is not None and calendar.day_of(state.last_success) == calendar.today
        if not read_today and (retry or waits_until(state.next_try, calendar.now, state.status) is None):
            state = replace(state, moved="")
            if not store.has_page(url):  # validators stand for bytes: without those nothing can be "not modified"
                state = replace(state, etag="", last_modified="", last_success=None)
            due.append(Due.of(url, source, state, calendar))
    tell("listings", len(due))

    def read(job: Due) -> tuple[Due, Page | NotModified | SourceError]:
        try:
            return job, _listing(job, web_for(job.source))
        except SourceError as error:
            return job, error

    failures = Failures(store, calendar)
    answered = any(store.source(source.url).last_success == calendar.now for source in settings.sources)
    for job, answer in run_all(read, due):
        tell("listings", -1)
        if isinstance(answer, SourceError):
            failures.add(job.url, answer)
            continue
        answered = True
        with store.transaction():
            if isinstance(answer, NotModified):
                store.source_succeeded(job.url, calendar.now, *job.unchanged())
            else:
                store.save_page(job.url, answer, calendar.now)
                tags = sendable(answer.header("etag")), sendable(answer.header("last-modified"))
                store.source_succeeded(job.url, calendar.now, *tags)
    return failures.settle(answered=answered)


def _listing(job: Due, web: Fetcher) -> Page | NotModified:
    answer = web.get(
        job.url, etag=job.etag, last_modified=job.last_modified, accept=LISTING_TYPES, pause=job.source.pause
    )
    if isinstance(answer, NotModified):
        job.unchanged()
    if isinstance(answer, Page) and not answer.body.strip():  # what was kept is worth more
        raise SourceError(job.url, "parse", "the answer is empty", kind="content")
    return answer


def links_of(store: Store, settings: Settings, reader: Reader = DIRECT) -> dict[str, tuple[Link, ...]]:
    """Give what the listings list as they were kept last, by their addresses; nothing of one that cannot be read."""
    pages = {url: store.page(url) for url in addresses(settings)}
    found: dict[str, tuple[Link, ...]] = {}
    for url, page in pages.items():
        if page is not None:
            with contextlib.suppress(SourceError):
                found[url] = reader.links(page)
    return found


def named_alike(
    links: Sequence[Link], posts: Sequence[Post], embedder: Embedder, declared: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Give by post id the addresses that are listed under a like title, or end as the post's own does.

    `declared` are the languages of sources by their addresses, for posts that name none.
    """
    found: dict[str, dict[str, None]] = {}
    by_slug = {_slug(post.url): post for post in posts if _slug(post.url)}
    for link in links:
        post = by_slug.get(_slug(link.url))
        if post is not None and canonical(post.url) != canonical(link.url):
            found.setdefault(post.id, {})[link.url] = None
    said: dict[str, list[Link]] = {"zh": [], "en": []}
    for link in links:
        if len(link.title) >= LEAST_TITLE:
            said.get(base_lang(language_of(link.title)), []).append(link)
    written: dict[str, list[Post]] = {"zh": [], "en": []}
    for post in posts:
        lang = language_of(post.title) or post.lang or declared.get(post.source, "")
        written.get(base_lang(lang), []).append(post)
    zh_titles, en_titles = [link.title for link in said["zh"]], [post.title for post in written["en"]]
    for i, j, _ in near_titles(zh_titles, en_titles, embedder):
        found.setdefault(written["en"][j].id, {})[said["zh"][i].url] = None
    zh_titles, en_titles = [post.title for post in written["zh"]], [link.title for link in said["en"]]
    for i, j, _ in near_titles(zh_titles, en_titles, embedder):
        found.setdefault(written["zh"][i].id, {})[said["en"][j].url] = None
    return {post: tuple(urls) for post, urls in found.items()}


def _slug(url: str) -> str:
    """Give the last part of an address, where it is long enough to name one post.

    >>> _slug("https://a.example/blog/zh/fast-cache/"), _slug("https://a.example/zh/"), _slug("https://a.example/20250401")
    ('fast-cache', '', '')
    """
    name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].rpartition(".html")
    slug = (name[0] or name[2]).lower()
    return slug if len(slug) >= LEAST_SLUG and not slug.isdigit() else ""
