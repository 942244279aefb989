"""Feeds → posts in the store: who is new, which page each belongs to (edge)."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Self

from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar, days_due, next_page
from digest.fetch.identity import Known, canonical, new_id
from digest.fetch.pages import Map, Tell, WebFor, facts_of
from digest.fetch.schedule import GONE, waits_until
from digest.fetch.sources import Due, Failures, FeedRead, read_feed
from digest.model import Entry, Failure, Feed, Post
from digest.normalise.post import body_in_feed
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store

log = logging.getLogger(__name__)

ONLY_NUMBERS = "numbers"  # the mark of all edits that change numbers only


def read_feeds(
    store: Store, settings: Settings, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell,
    reader: Reader = DIRECT, *, retry: bool = False,
) -> tuple[tuple[Failure, ...], int]:  # fmt: skip
    """Keep what the feeds bring; give the sources that failed, and how many posts are new.

    Sources that are left alone for a while count as failed, but for those that are gone (410): they are told on the day
    they were found gone, and by `digest check`, or each day to come would be called a failure. `retry` asks them all.
    """
    due, failures, new_posts, answered = [], Failures(store, calendar), 0, False
    for source in settings.sources:
        state = store.source(source.url)
        until = None if retry else waits_until(state.next_try, calendar.now, state.status)
        if until is None:
            due.append(Due.of(source.url, source, state, calendar))
        elif state.status != GONE:
            reason = f"{state.error} (it waits until {until:%F %R}Z)"
            failures.told.append(Failure(source.url, state.stage, reason))

    def read(job: Due) -> tuple[Source, FeedRead | SourceError]:
        try:
            return job.source, read_feed(job, web_for(job.source), reader)
        except SourceError as error:
            return job.source, error

    for source, answer in run_all(read, due):
        tell("feeds", -1)
        if isinstance(answer, SourceError):
            failures.add(source.url, answer)
            continue
        answered = True
        brought = _Brought.of(store, settings, source, answer.feed, calendar, reader) if answer.feed else None
        with store.transaction():  # validators are believed only together with the entries they stand for
            if brought is not None:
                brought.keep(store, calendar)
                new_posts += brought.new
            store.source_succeeded(source.url, calendar.now, answer.etag, answer.last_modified, answer.moved)
    return failures.settle(answered=answered), new_posts


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a feed brought: posts by their ids with their canonical addresses, and by what the edits are known.

    It is worked out before the transaction that keeps it: a long reading of edits must not hold the write lock.
    """

    posts: dict[str, tuple[Post, str]]
    edited: dict[str, str]
    new: int

    @classmethod
    def of(
        cls, store: Store, settings: Settings, source: Source, feed: Feed, calendar: Calendar, reader: Reader
    ) -> Self:
        """Tell which posts a feed's entries are; count how many are new."""
        matched = Known(store.posts_of_source(source.url)).match(feed.entries)
        configured = {each.url for each in settings.sources}
        first_fetch = store.source(source.url).first_fetched is None
        addresses = Counter(canonical(entry.url) for entry in feed.entries)
        posts: dict[str, tuple[Post, str]] = {}
        edited: dict[str, str] = {}
        new = 0
        for entry, post in zip(feed.entries, matched, strict=True):
            address = canonical(entry.url)
            own = addresses[address] == 1
            if post is None:
                elsewhere = store.post_at(address) if own else None
                if elsewhere is not None and elsewhere.source in configured - {source.url}:
                    continue  # another feed brought the same page first: one entry
                if elsewhere is not None and elsewhere.source != source.url:
                    post = elsewhere  # its feed has moved, or is read no more: the post goes on under this one
            if post is None:
                post = _new_post(store, settings, source, entry, feed, calendar, first_fetch=first_fetch, own=own,
                                 saved=posts)  # fmt: skip
                new += 1
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
                if post.id not in posts and (
                    mark := _edit_mark(store, settings, source, before, post, calendar, reader)
                ):
                    edited[post.id] = mark
            # a post keeps its page where its entry names none any more
            posts.setdefault(post.id, (post, address or canonical(post.url)))
        return cls(posts, edited, new)

    def keep(self, store: Store, calendar: Calendar) -> None:
        store.save_posts(self.posts.values())
        for post, _ in self.posts.values():
            if post.first_seen == calendar.now:  # what was asked for before it was there is asked for anew
                store.forget_tries(post.url)
        for name, mark in self.edited.items():
            store.save_edit(name, next_page(store, calendar), mark, calendar.now)


def _edit_mark(
    store: Store, settings: Settings, source: Source, before: Post, now: Post, calendar: Calendar, reader: Reader
) -> str:
    """Give by what the new text of a post is known where its edit is worth telling, after its day's page was out.

    Before that, it is simply the text. What stands on a page only is fetched once, and not seen to change. Texts that
    differ in numbers only have one mark: a post that counts something is told once.
    """
    old, new = body_in_feed(before), body_in_feed(now)
    day = calendar.page_of(before)
    watched = calendar.today - timedelta(days=settings.digest.watch_days)
    if not old or not new or old == new or day < watched or not store.is_settled(day):
        return ""
    try:
        changed = reader.edited(before, now, lang=source.language)
    except SourceError as error:  # the new text is kept all the same, and told as an edit by nobody
        log.warning("edit not read", extra={"url": now.url, **facts_of(error)})
        return ""
    if changed == "numbers":
        return ONLY_NUMBERS
    return hashlib.sha256(new.encode()).hexdigest()[:16] if changed else ""


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
    saved: Collection[str],
) -> Post:
    # a date in the future is a mistake or a plan; either way the post is here now
    published = min(entry.published, calendar.now) if entry.published else calendar.now
    day = calendar.day_of(published)
    history = first_fetch and day < calendar.today
    out_of_reach = day < days_due(store, calendar, settings, calendar.last_complete)[0]
    late = not history and (store.is_settled(day) or out_of_reach)

    def taken(name: str) -> bool:
        return name in saved or store.post(name) is not None

    return Post(
        id=new_id(source.url, entry, address_is_its_own=own, taken=taken),
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
