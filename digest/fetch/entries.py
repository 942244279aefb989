"""Feeds → posts in the store: who is new, which page each belongs to (edge)."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar, next_page
from digest.fetch.feeds import parse_feed
from digest.fetch.identity import Known, canonical, new_id
from digest.fetch.pages import Map, Tell, WebFor, unasked
from digest.fetch.web import NotModified
from digest.model import Entry, Failure, Feed, Post
from digest.normalise.post import body_in_feed, document_of
from digest.store import Store
from digest.stories.edits import worth_telling

log = logging.getLogger(__name__)

ONLY_NUMBERS = "numbers"  # the mark of all edits that change numbers only
FEED_TYPES = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


def read_feeds(
    store: Store, settings: Settings, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell
) -> tuple[tuple[Failure, ...], int]:
    """Keep what the feeds bring; give the sources that failed, and how many posts are new."""
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
            failures.append(source_failed(store, source.url, outcome[1], calendar))
            continue
        _, feed, etag, last_modified = outcome
        with store.transaction():  # validators are believed only together with the entries they stand for
            if feed is not None:
                new_posts += _keep_entries(store, settings, source, feed, calendar)
            store.source_succeeded(source.url, calendar.now, etag, last_modified)
    return tuple(failures), new_posts


def source_failed(store: Store, url: str, error: SourceError, calendar: Calendar) -> Failure:
    """Keep that a feed or an index could not be read, and when it may be asked again."""
    wait = calendar.now + timedelta(seconds=error.retry_after) if error.retry_after else None
    store.source_failed(url, calendar.now, error.stage, error.reason, wait)
    log.warning("source failed", extra={"url": url, "stage": error.stage, "reason": error.reason})
    return Failure(url, error.stage, error.reason)


def _keep_entries(store: Store, settings: Settings, source: Source, feed: Feed, calendar: Calendar) -> int:
    """Save a feed's entries as posts; give how many are new."""
    known = Known(store.posts_of_source(source.url))
    configured = {each.url for each in settings.sources}
    first_fetch = store.source(source.url).first_fetched is None
    addresses = Counter(canonical(entry.url) for entry in feed.entries)
    posts: dict[str, tuple[Post, str]] = {}
    edited: dict[str, str] = {}
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
            before = post
            post = replace(
                before,
                source=source.url,
                guid=entry.guid or post.guid,
                url=entry.url or post.url,
                title=entry.title or post.title,
                lang=entry.lang or feed.lang or post.lang,
                summary=entry.summary,
                content=entry.content,
            )
            if post.id not in posts and (mark := _edit_mark(store, settings, source, before, post, calendar)):
                edited[post.id] = mark
        posts.setdefault(post.id, (post, address))
    store.save_posts(posts.values())
    for post, _ in posts.values():
        if post.first_seen == calendar.now:  # what was asked for before it was there is asked for anew
            store.forget_tries(post.url)
    for name, mark in edited.items():
        store.save_edit(name, next_page(store, calendar), mark, calendar.now)
    return new


def _edit_mark(store: Store, settings: Settings, source: Source, before: Post, now: Post, calendar: Calendar) -> str:
    """Give by what the new text of a post is known where its edit is worth telling, after its day's page was out.

    Before that, it is simply the text. What stands on a page only is fetched once, and not seen to change. Texts that
    differ in numbers only have one mark: a post that counts something is told once.
    """
    old, new = body_in_feed(before), body_in_feed(now)
    day = calendar.page_of(before)
    watched = calendar.today - timedelta(days=settings.digest.watch_days)
    if not old or not new or old == new or day < watched or not store.is_settled(day):
        return ""
    was, text = (document_of(post, None, lang=source.language) for post in (before, now))
    change = worth_telling(was, text) if was and text else None
    if change is None:
        return ""
    return ONLY_NUMBERS if change.numbers else hashlib.sha256(new.encode()).hexdigest()[:16]


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
    history = first_fetch and day < calendar.today
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
