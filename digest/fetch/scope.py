"""Which posts are wanted: whose text is fetched, and whose translation is watched for (edge)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from digest.config import Settings, Source
from digest.fetch.calendar import Calendar
from digest.model import Post, joined_posts
from digest.store import Store

Scope = Sequence[tuple[Source, Post]]


def posts_in_scope(store: Store, settings: Settings, calendar: Calendar, days: Sequence[date]) -> Scope:
    """Give the posts whose text is wanted, with their sources: the newest of each source, and all of `days`."""
    of_days = [
        post
        for day in dict.fromkeys(days)
        for post in (*store.posts_between(*calendar.bounds(day)), *store.posts_late_on(day))
    ]
    chosen: list[tuple[Source, Post]] = []
    for source in settings.sources:
        posts = {post.id: post for post in store.newest_posts(source.url, source.limit)}
        posts |= {post.id: post for post in of_days if post.source == source.url}
        in_order = sorted(posts.values(), key=lambda post: (post.published, post.id))
        chosen += [(source, post) for post in in_order]
    return tuple(chosen)


def posts_watched(store: Store, settings: Settings, calendar: Calendar) -> Scope:
    """Give the posts whose translation is watched for: those of the last `digest.watch_days` that have none yet.

    A copy of a post that has one is not watched: its entry has both languages. Neither is a second translation.
    """
    start, _ = calendar.bounds(calendar.today - timedelta(days=settings.digest.watch_days))
    settled = joined_posts(store.editions())
    settled |= {s.post for s in store.stories().values() if s.same_as in settled or s.how == "translation"}
    sources = {source.url: source for source in settings.sources}
    recent = store.posts_between(start, calendar.now + timedelta(seconds=1))
    return tuple((sources[post.source], post) for post in recent if post.source in sources and post.id not in settled)
