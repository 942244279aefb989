"""The web to the store, in two rounds: feeds and pages, then the other-language editions that the pages name (edge).

Workers only fetch and read; they hand values back, and the one writer (the caller's thread) keeps them. What fails is
kept too, with its reason, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.feeds import parse_feed
from digest.fetch.feeds.wellformed import known_binary
from digest.fetch.identity import Known, canonical, new_id
from digest.fetch.web import NotModified
from digest.model import Clue, Entry, Failure, Feed, Page, Post, base_lang, joined_posts
from digest.normalise.article import read_page
from digest.normalise.editions import candidates
from digest.normalise.post import body_in_feed, document_of
from digest.store import PageState, Store

log = logging.getLogger(__name__)

FEED_TYPES = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
PAGE_TYPES = "text/html, application/xhtml+xml, text/markdown;q=0.9, */*;q=0.1"
# A page that failed is tried again, not sooner than this and not for ever: translations appear within weeks
# (median 20 days), broken pages are mended within days.
TRY_AGAIN = timedelta(hours=20)
MOST_TRIES = 8
MOST_CANDIDATES = 3
NO_PAGES = ("application/pdf", "application/json", "application/zip", "application/octet-stream", "image/", "video/",
            "audio/", "font/")  # fmt: skip


class Fetcher(Protocol):
    """What collect needs of the guarded client (digest.fetch.web.Web)."""

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


WebFor = Callable[[Source], Fetcher]
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collecting brought. `failures` are those of whole sources; pages keep theirs in the store.

    `pages_missing` counts pages asked for in vain whose text the feed does not hold either; a missing edition is none.
    """

    sources: int
    failures: tuple[Failure, ...]
    new_posts: int
    pages: int
    pages_missing: int
    editions: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which page a moment belongs to. A day is half-open, [00:00, next 00:00), in the digest's zone."""

    zone: ZoneInfo
    now: datetime

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    @property
    def last_complete(self) -> date:
        return self.day_of(self.now) - timedelta(days=1)

    def days_until(self, last: date, before: int) -> list[date]:
        """Give `last` and the days before it, oldest first."""
        return [last - timedelta(days=back) for back in range(before, -1, -1)]

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Give start and end of a day in UTC (23 or 25 hours apart where clocks change)."""
        start = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        after = day + timedelta(days=1)
        end = datetime(after.year, after.month, after.day, tzinfo=self.zone)
        return start.astimezone(UTC), end.astimezone(UTC)


def collect(
    store: Store,
    settings: Settings,
    web_for: WebFor,
    calendar: Calendar,
    *,
    days: Sequence[date] = (),
    run_all: Map = map,
    tell: Tell = lambda stage, count: None,
) -> Collected:
    """Bring the store up to date with the web.

    Pages are fetched for the newest `limit` entries of each feed and for every post of `days`. `run_all` is a map; with
    a thread pool's, hosts are asked side by side. `tell(stage, count)` hears how much lies ahead.
    """
    tell("feeds", len(settings.sources))
    failures, new_posts = _feeds(store, settings, web_for, calendar, run_all, tell)
    scope = posts_in_scope(store, settings, calendar, days)
    pages = _pages(store, [(source, post) for source, post in scope if not body_in_feed(post)], web_for, calendar,
                   run_all, tell)  # fmt: skip
    editions = _editions(store, scope, web_for, calendar, run_all, tell)
    return Collected(len(settings.sources), failures, new_posts, *pages, editions)


# ---- first round: feeds and pages -----------------------------------------------------------------------------------


def _feeds(
    store: Store, settings: Settings, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell
) -> tuple[tuple[Failure, ...], int]:
    due, failures, new_posts = [], [], 0
    for source in settings.sources:
        state = store.source(source.url)
        if state.next_try and state.next_try > calendar.now:
            reason = f"{state.error} (asked to wait until {state.next_try:%F %R}Z)"
            failures.append(Failure(source.url, state.stage, reason))
        else:
            due.append((source, state.etag, state.last_modified))

    def read(job: tuple[Source, str, str]) -> tuple[Source, Feed | None, str, str] | tuple[Source, SourceError]:
        source, etag, last_modified = job
        try:
            answer = web_for(source).get(
                source.url, etag=etag, last_modified=last_modified, accept=FEED_TYPES, pause=source.pause, robots=False
            )
            if isinstance(answer, NotModified):
                if not (etag or last_modified):
                    raise unasked(source.url)
                return source, None, etag, last_modified
            feed = parse_feed(answer, declared_zone=ZoneInfo(source.timezone))
            return source, feed, answer.header("etag"), answer.header("last-modified")
        except SourceError as error:
            return source, error

    for outcome in run_all(read, due):
        source = outcome[0]
        tell("feeds", -1)
        if isinstance(outcome[1], SourceError):
            error = outcome[1]
            wait = calendar.now + timedelta(seconds=error.retry_after) if error.retry_after else None
            store.source_failed(source.url, calendar.now, error.stage, error.reason, wait)
            failures.append(Failure(source.url, error.stage, error.reason))
            log.warning("source failed", extra={"url": source.url, "stage": error.stage, "reason": error.reason})
            continue
        _, feed, etag, last_modified = outcome
        with store.transaction():  # validators are believed only together with the entries they stand for
            if feed is not None:
                new_posts += _keep_entries(store, settings, source, feed, calendar)
            store.source_succeeded(source.url, calendar.now, etag, last_modified)
    return tuple(failures), new_posts


def _keep_entries(store: Store, settings: Settings, source: Source, feed: Feed, calendar: Calendar) -> int:
    """Save a feed's entries as posts; give how many are new."""
    known = Known(store.posts_of_source(source.url))
    configured = {each.url for each in settings.sources}
    first_fetch = store.source(source.url).first_fetched is None
    addresses = Counter(canonical(entry.url) for entry in feed.entries)
    posts: dict[str, tuple[Post, str]] = {}
    new = 0
    for entry in feed.entries:
        address = canonical(entry.url)
        own = addresses[address] == 1
        post = known.find(entry, address_is_its_own=own)
        if post is None:
            elsewhere = store.post_at(address) if own else None
            if elsewhere is not None and elsewhere.source in configured - {source.url}:
                continue  # another feed brought the same page first: one entry
            if elsewhere is not None and elsewhere.source != source.url:
                post = elsewhere  # its feed has moved, or is read no more: the post goes on under this one
        if post is None:
            post = _new_post(store, settings, source, entry, feed, calendar, first_fetch=first_fetch, own=own)
            new += post.id not in posts
        else:
            post = replace(
                post,
                source=source.url,
                guid=entry.guid or post.guid,
                url=entry.url or post.url,
                title=entry.title or post.title,
                lang=entry.lang or feed.lang or post.lang,
                summary=entry.summary,
                content=entry.content,
            )
        posts.setdefault(post.id, (post, address))
    store.save_posts(posts.values())
    return new


def _new_post(
    store: Store,
    settings: Settings,
    source: Source,
    entry: Entry,
    feed: Feed,
    calendar: Calendar,
    *,
    first_fetch: bool,
    own: bool,
) -> Post:
    # a date in the future is a mistake or a plan; either way the post is here now
    published = min(entry.published, calendar.now) if entry.published else calendar.now
    day = calendar.day_of(published)
    history = first_fetch and day < calendar.day_of(calendar.now)
    out_of_reach = day < calendar.last_complete - timedelta(days=settings.digest.rebuild_days)
    late = not history and (store.is_settled(day) or out_of_reach)
    return Post(
        id=new_id(source.url, entry, address_is_its_own=own),
        source=source.url,
        guid=entry.guid,
        url=entry.url,
        title=entry.title,
        published=published.astimezone(UTC),
        dated=entry.published is not None,
        first_seen=calendar.now.astimezone(UTC),
        lang=entry.lang or feed.lang,
        summary=entry.summary,
        content=entry.content,
        history=history,
        late_on=next_page(store, calendar) if late else None,
    )


def next_page(store: Store, calendar: Calendar) -> date:
    """Give the day whose page is built next: the last complete day, or the running one if that is settled."""
    day = calendar.last_complete
    return day + timedelta(days=1) if store.is_settled(day) else day


def posts_in_scope(
    store: Store, settings: Settings, calendar: Calendar, days: Sequence[date]
) -> tuple[tuple[Source, Post], ...]:
    """Give the posts whose text is wanted, with their sources: the newest of each source, and all of `days`."""
    chosen: dict[str, tuple[Source, Post]] = {}
    for source in settings.sources:
        posts = store.posts_of_source(source.url)
        wanted = {post.id for post in posts[-source.limit :]}
        for post in posts:
            if post.id in wanted or calendar.day_of(post.published) in days or post.late_on in days:
                chosen[post.id] = (source, post)
    return tuple(chosen.values())


def _worth_a_try(state: PageState | None, now: datetime) -> bool:
    if state is None:
        return True
    if state.has_body or state.tries >= MOST_TRIES:
        return False
    return state.last_try is None or now - state.last_try >= TRY_AGAIN


def _get_page(web_for: WebFor, source: Source, url: str) -> Page | SourceError:
    try:
        answer = web_for(source).get(url, accept=PAGE_TYPES, pause=source.pause)
    except SourceError as error:
        return error
    if isinstance(answer, NotModified):
        return unasked(url)
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


def _keep_page(store: Store, url: str, answer: Page | SourceError, now: datetime) -> bool:
    if isinstance(answer, SourceError):
        store.page_failed(url, now, answer.stage, answer.reason, answer.kind, answer.status)
        log.info("page failed", extra={"url": url, "stage": answer.stage, "reason": answer.reason})
        return False
    store.save_page(url, answer, now)
    return True


def _pages(
    store: Store,
    scope: Sequence[tuple[Source, Post]],
    web_for: WebFor,
    calendar: Calendar,
    run_all: Map,
    tell: Tell,
) -> tuple[int, int]:
    """Fetch the pages that are wanted; give how many came and how many did not."""
    jobs = [(s, p.url) for s, p in scope if p.url and _worth_a_try(store.page_state(p.url), calendar.now)]
    tell("pages", len(jobs))

    def fetch(job: tuple[Source, str]) -> tuple[str, Page | SourceError]:
        source, url = job
        return url, _get_page(web_for, source, url)

    kept = 0
    for url, answer in run_all(fetch, jobs):
        tell("pages", -1)
        kept += _keep_page(store, url, answer, calendar.now)
    return kept, len(jobs) - kept


# ---- second round: the other-language editions ----------------------------------------------------------------------


def _editions(
    store: Store,
    scope: Sequence[tuple[Source, Post]],
    web_for: WebFor,
    calendar: Calendar,
    run_all: Map,
    tell: Tell,
) -> int:
    """Fetch the pages that may be other-language editions. Whether one is, is judged later, on the stored bytes."""
    linked = joined_posts(store.editions())
    jobs = []
    for source, post in scope:
        if post.id not in linked:
            lang, clues = _clues_to_fetch(store, source, post, calendar)
            if clues:
                jobs.append((source, lang, clues))
    tell("editions", len(jobs))

    def fetch(job: tuple[Source, str, tuple[Clue, ...]]) -> list[tuple[str, Page | SourceError]]:
        source, lang, clues = job
        answers: list[tuple[str, Page | SourceError]] = []
        for clue in clues:
            answer = _get_page(web_for, source, clue.url)
            answers.append((clue.url, answer))
            if isinstance(answer, Page) and _speaks_another_language(answer, lang):
                break
        return answers

    kept = 0
    for answers in run_all(fetch, jobs):
        tell("editions", -1)
        for url, answer in answers:
            kept += _keep_page(store, url, answer, calendar.now)
    return kept


def _clues_to_fetch(store: Store, source: Source, post: Post, calendar: Calendar) -> tuple[str, tuple[Clue, ...]]:
    """Give a post's language and the candidates to ask for, () where one is at hand already, as a page or a post."""
    try:
        document = document_of(post, store.page(post.url), lang=source.language, selector=source.selector)
    except SourceError:
        return "", ()
    if document is None:
        return "", ()
    lang = base_lang(document.lang)
    clues = candidates(document, twin=source.twin, lang=lang)[:MOST_CANDIDATES]
    for clue in clues:
        if store.page(clue.url) is not None:
            return lang, ()
        other = store.post_at(canonical(clue.url))
        if other is not None and (body_in_feed(other) or store.page(other.url) is not None):
            return lang, ()
    return lang, tuple(clue for clue in clues if _worth_a_try(store.page_state(clue.url), calendar.now))


def _speaks_another_language(page: Page, lang: str) -> bool:
    try:
        found = base_lang(read_page(page).lang)
    except SourceError:
        return False
    return bool(found) and found != lang
