"""Which stored posts and pages are two editions of one post, and on which day's page a translation is news (edge)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.align.embed import Embedder
from digest.config import Settings
from digest.fetch.calendar import Calendar, next_page
from digest.fetch.identity import canonical
from digest.fetch.listings import links_of
from digest.fetch.scope import posts_in_scope, posts_watched
from digest.fetch.watch import by_rule, named_in_listings
from digest.linking.documents import Documents
from digest.merge import Candidate, find_editions
from digest.model import Edition, base_lang, joined_posts
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store

# What came longer ago was compared when it came. Two days, so that a run that broke off in between loses nothing.
LATELY = timedelta(days=2)


def link_editions(
    store: Store, settings: Settings, calendar: Calendar, documents: Documents, embedder: Embedder,
    days: Sequence[date] = (), reader: Reader = DIRECT,
) -> int:  # fmt: skip
    """Find editions among the posts of `days`, those in scope and those watched, and keep them; give how many."""
    known = store.editions()
    linked = joined_posts(known)
    waiting = {canonical(e.url) for e in known if e.other is None}
    watched = posts_watched(store, settings, calendar)
    listed = named_in_listings(store, settings, [p for _, p in watched], links_of(store, settings, reader), embedder)
    named = _unjudged(store, calendar, listed)
    scope = {post.id: (source, post) for source, post in posts_in_scope(store, settings, calendar, days)}
    # of those beyond a source's limit, the ones that its rule or its listing finds nothing for are not even read
    scope |= {p.id: (s, p) for s, p in watched if p.id in named or not s.twin or _at_hand(store, by_rule(s, p)[1])}
    open_ = [pair for pair in scope.values() if pair[1].id not in linked or canonical(pair[1].url) in waiting]
    documents.read_ahead(post for _, post in open_)
    found = []
    for source, post in open_:
        if (document := documents.of_post(post)) is not None:
            found.append(Candidate(post, document, source.twin, named.get(post.id, ())))
    if not found:
        return 0
    editions = find_editions(
        found, known, lambda url: store.post_at(canonical(url)), documents.at, documents.of_post, embedder,
        store.stories(),
    )  # fmt: skip
    with store.transaction():
        dated = [replace(e, news_on=e.news_on or news_day(store, settings, calendar, e)) for e in editions]
        store.save_editions(dated, calendar.now)
    return len(editions)


def _unjudged(store: Store, calendar: Calendar, named: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Keep what a listing names that was not compared before: where the page or the post itself came lately."""
    found: dict[str, tuple[str, ...]] = {}
    for name, urls in named.items():
        post = store.post(name)
        own = (post.first_seen, _last_try(store, post.url)) if post else ()
        new = tuple(
            url for url in urls if store.has_page(url) and _came_lately((*own, _last_try(store, url)), calendar)
        )
        if new:
            found[name] = new
    return found


def _last_try(store: Store, url: str) -> datetime | None:
    state = store.page_state(url)
    return state.last_try if state else None


def _came_lately(times: Iterable[datetime | None], calendar: Calendar) -> bool:
    return any(each is not None and calendar.now - each <= LATELY for each in times)


def _at_hand(store: Store, urls: Sequence[str]) -> bool:
    return any(store.has_page(url) or store.post_at(canonical(url)) is not None for url in urls)


def news_day(store: Store, settings: Settings, calendar: Calendar, edition: Edition) -> date | None:
    """Give the day whose page lists a new edition as newly translated; None where it came with its post.

    Where a feed brought it, its date tells; a day whose page is out is no news, unless the feed itself is new here.
    Where only its address is known, it is news if its post's page was out without it. That day's page may never have
    been built, as for what a feed's first fetch brought: then it is news if it was looked for in vain before. A post
    that is itself new here today has no news.
    """
    primary = store.post(edition.post)
    if primary is None or base_lang(edition.lang) == edition.original:
        return None  # the original is no translation, however late it was found
    own = calendar.page_of(primary)
    new_here = calendar.day_of(primary.first_seen) == calendar.today
    other = store.post(edition.other) if edition.other else None
    if other is not None:
        came = calendar.page_of(other)
        if came <= own:
            return None
        lately = not other.history and not new_here
        return next_page(store, calendar) if store.is_settled(came) and lately else came
    if new_here:
        return None
    out = store.is_settled(own) or (primary.history and _looked_for(store, settings, calendar, edition, primary.source))
    return next_page(store, calendar) if out else None


def _looked_for(store: Store, settings: Settings, calendar: Calendar, edition: Edition, source: str) -> bool:
    """Tell whether an edition was looked for before it came: at its address, or in a listing of an earlier day."""
    state = store.page_state(edition.url)
    listing = next((one.translations for one in settings.sources if one.url == source), "")
    first = store.source(listing).first_fetched if listing else None
    return (state is not None and state.tries > 1) or (first is not None and calendar.day_of(first) < calendar.today)
