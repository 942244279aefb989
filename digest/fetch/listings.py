"""Listings of translations that sources name, a feed or an index page: kept as they are now, and read (edge)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from digest.align.embed import Embedder
from digest.align.match import near_titles
from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.entries import FEED_TYPES, source_failed
from digest.fetch.feeds.listing import Link, listed_in
from digest.fetch.identity import canonical
from digest.fetch.pages import Map, Tell, WebFor, unasked
from digest.fetch.web import NotModified
from digest.model import Failure, Page, Post, base_lang
from digest.normalise.language import language_of
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
    store: Store, settings: Settings, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell
) -> tuple[Failure, ...]:
    """Keep the listings as they are now, each asked for once a day by its validators; give those that failed."""
    due = []
    for url, source in addresses(settings).items():
        state = store.source(url)
        read_today = state.last_success is not None and calendar.day_of(state.last_success) == calendar.today
        if not read_today and not (state.next_try and state.next_try > calendar.now):
            # validators stand for bytes: without those there is nothing that "not modified" could mean
            due.append((url, source, *((state.etag, state.last_modified) if store.page(url) else ("", ""))))
    tell("listings", len(due))

    def read(job: tuple[str, Source, str, str]) -> tuple[str, Page | NotModified | SourceError]:
        url, source, etag, last_modified = job
        try:
            answer = web_for(source).get(
                url, etag=etag, last_modified=last_modified, accept=LISTING_TYPES, pause=source.pause
            )
        except SourceError as error:
            return url, error
        return url, unasked(url) if isinstance(answer, NotModified) and not (etag or last_modified) else answer

    failures = []
    for url, answer in run_all(read, due):
        tell("listings", -1)
        if isinstance(answer, SourceError):
            failures.append(source_failed(store, url, answer, calendar))
            continue
        with store.transaction():
            if isinstance(answer, NotModified):
                before = store.source(url)
                store.source_succeeded(url, calendar.now, before.etag, before.last_modified)
            else:
                store.save_page(url, answer, calendar.now)
                store.source_succeeded(url, calendar.now, answer.header("etag"), answer.header("last-modified"))
    return tuple(failures)


def links_of(store: Store, settings: Settings) -> dict[str, tuple[Link, ...]]:
    """Give what the listings list as they were kept last, by their addresses."""
    pages = {url: store.page(url) for url in addresses(settings)}
    return {url: listed_in(page) for url, page in pages.items() if page is not None}


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
