"""The pages that may be other-language editions of posts: which are asked for today, and what they answer (edge).

Nothing is believed here: what may be an edition is fetched and kept, and judged later on the stored bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.align.embed import Embedder, load_embedder
from digest.config import Settings, Source
from digest.errors import SourceError
from digest.fetch.calendar import Calendar
from digest.fetch.feeds.listing import Link
from digest.fetch.identity import canonical
from digest.fetch.listings import links_of, named_alike
from digest.fetch.pages import (
    Map,
    Tell,
    WebFor,
    asked_to_wait,
    failed_now,
    get_page,
    is_passing,
    keep_page,
    worth_a_try,
)
from digest.fetch.schedule import probe_due
from digest.fetch.scope import Scope, posts_watched
from digest.fetch.web import NotModified
from digest.linking.documents import Documents
from digest.model import Document, Page, Post, base_lang, joined_posts
from digest.normalise.editions import candidates
from digest.normalise.language import language_of
from digest.normalise.post import body_in_feed
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store

MOST_CANDIDATES = 3
Validators = tuple[str, str]  # ETag and Last-Modified of a page that is kept


@dataclass(frozen=True, slots=True)
class _Job:
    """What is asked for one post: addresses, best first, each with the validators of the page that it gave before."""

    source: Source
    lang: str
    asked: tuple[tuple[str, Validators | None], ...]

    @property
    def url(self) -> str:
        return self.asked[0][0]


def fetch_editions(
    store: Store, settings: Settings, scope: Scope, web_for: WebFor, calendar: Calendar, run_all: Map, tell: Tell,
    *, days: Sequence[date] = (), embedder: Embedder | None = None, reader: Reader = DIRECT,
) -> tuple[int, Scope]:  # fmt: skip
    """Fetch the pages that may be other-language editions of the posts in scope and of those watched.

    Gives how many came, and the posts that a page at hand may be an edition of.
    """
    watched = posts_watched(store, settings, calendar)
    linked = joined_posts(store.editions())
    wanted = {post.id: (source, post) for source, post in (*watched, *scope) if post.id not in linked}
    links = links_of(store, settings, reader)
    named = named_in_listings(store, settings, [post for _, post in watched], links, embedder)
    documents = Documents(store, {source.url: source for source in settings.sources}, calendar.now, reader)
    listed = {canonical(link.url) for some in links.values() for link in some}
    due = _Due(store, documents, calendar, {post.id for _, post in watched}, days, listed)
    jobs, asked = [], set[str]()
    rules = {post.id: by_rule(source, post) for source, post in wanted.values()}
    documents.read_ahead(post for _, post in wanted.values() if due.reads(post, rules[post.id][1]))
    for source, post in wanted.values():
        lang, found = due.of(source, post, rules[post.id], named.get(post.id, ()))
        if found := tuple(pair for pair in found if pair[0] not in asked):
            asked |= {url for url, _ in found}
            jobs.append(_Job(source, lang, found))
    documents.keep()
    tell("editions", len(jobs))

    def fetch(job: _Job) -> list[tuple[str, Page | NotModified | SourceError]]:
        answers: list[tuple[str, Page | NotModified | SourceError]] = []
        for url, kept in job.asked:
            answer = get_page(web_for, job.source, url, kept or ("", ""))
            answers.append((url, answer))
            if kept is None and isinstance(answer, Page) and _speaks_another_language(answer, job.lang, reader):
                break
        return answers

    kept = 0
    for answers in run_all(fetch, jobs):
        tell("editions", -1)
        for url, answer in answers:
            kept += keep_page(store, url, answer, calendar)
    without_text = [pair for pair in wanted.values() if not body_in_feed(pair[1]) and not store.has_page(pair[1].url)]
    at_hand = [
        (source, post)
        for source, post in without_text
        if any(store.has_page(url) for url in (*named.get(post.id, ()), *rules[post.id][1]))
    ]
    return kept, tuple(at_hand)


def by_rule(source: Source, post: Post) -> tuple[str, tuple[str, ...]]:
    """Give a post's language and where its other edition would stand by its source's twin rule, its text unread."""
    lang = base_lang(language_of(post.title) or post.lang or source.language)
    stand_in = Document(post.url, lang, post.title, ())
    return lang, tuple(clue.url for clue in candidates(stand_in, twin=source.twin, lang=lang))


def named_in_listings(
    store: Store, settings: Settings, posts: Sequence[Post], links: Mapping[str, Sequence[Link]],
    embedder: Embedder | None = None,
) -> Mapping[str, tuple[str, ...]]:  # fmt: skip
    """Give by post id the addresses that its source's listing of translations lists in a way that may mean it.

    `links` are those of the listings (`links_of`). What is a post in the store is left out: it came by its own feed.
    """
    found: dict[str, tuple[str, ...]] = {}
    for source in settings.sources:
        own = [post for post in posts if post.source == source.url]
        new = [link for link in links.get(source.translations, ()) if store.post_at(canonical(link.url)) is None]
        if own and new:
            alike = named_alike(new, own, embedder or load_embedder(), {source.url: source.language})
            found |= {post: urls[: source.limit] for post, urls in alike.items()}
    return found


class _Due:
    """Tells which addresses are asked for a post today."""

    def __init__(
        self, store: Store, documents: Documents, calendar: Calendar, watched: set[str], days: Sequence[date],
        listed: set[str],
    ) -> None:  # fmt: skip
        self._store = store
        self._documents = documents
        self._calendar = calendar
        self._watched = watched
        self._days = days
        self._listed = listed
        self._taken = {edition.url for edition in store.editions()}

    def reads(self, post: Post, clues: Sequence[str]) -> bool:
        """Tell whether a post's text is to be read for more addresses than the `clues` that its source's rule gives.

        A post's addresses are asked on the same days: where its rule gives one that is not due, none is.
        """
        return post.id not in self._watched or not clues or any(self._is_due(post, url) for url in clues)

    def of(
        self, source: Source, post: Post, rule: tuple[str, tuple[str, ...]], named: Sequence[str]
    ) -> tuple[str, tuple[tuple[str, Validators | None], ...]]:
        """Give a post's language and what to ask; nothing where its other edition is at hand as a post.

        `rule` is what its source's rule gives (`by_rule`), `named` what a listing names.
        """
        lang, clues = rule
        if self.reads(post, clues):
            lang, clues = self._read(source, post)
        for url in clues:
            other = self._store.post_at(canonical(url))
            if other is not None and (body_in_feed(other) or self._store.has_page(other.url)):
                return lang, ()
        urls = [url for url in clues if url not in self._taken and self._is_due(post, url)]
        urls += [url for url in named if url not in clues and self._worth(url)]
        return lang, tuple((url, self._validators(url)) for url in urls)

    def _validators(self, url: str) -> Validators | None:
        page = self._store.page(url)
        return (page.header("etag"), page.header("last-modified")) if page else None

    def _read(self, source: Source, post: Post) -> tuple[str, tuple[str, ...]]:
        """Give a post's language and the addresses that its twin rule and its text name, best first."""
        document = self._documents.of_post(post)
        if document is None:
            return by_rule(source, post)
        lang = base_lang(document.lang)
        return lang, tuple(clue.url for clue in candidates(document, twin=source.twin, lang=lang)[:MOST_CANDIDATES])

    def _is_due(self, post: Post, url: str) -> bool:
        """Tell whether an address is asked today: by the schedule where the post is watched, once where it is not.

        What a listing names is asked for daily until it is there; a day that was asked for has its pages tried again.
        """
        state = self._store.page_state(url)
        own_day = self._calendar.day_of(post.published)
        if state and asked_to_wait(state, self._calendar.now):
            return False
        if post.id in self._watched:
            if state and is_passing(state):
                return not failed_now(state, self._calendar.now)
            asked = state.last_try if state else None
            last = self._calendar.day_of(asked) if asked and asked <= self._calendar.now else None
            if canonical(url) in self._listed and (last is None or last < self._calendar.today):
                return True
            return probe_due(own_day, last, self._calendar.today)
        if own_day in self._days or post.late_on in self._days:
            return self._worth(url)
        return state is None or (is_passing(state) and not failed_now(state, self._calendar.now))

    def _worth(self, url: str) -> bool:
        return worth_a_try(self._store.page_state(url), self._calendar.now)


def _speaks_another_language(page: Page, lang: str, reader: Reader) -> bool:
    try:
        found = base_lang(reader.page(page).lang)
    except SourceError:
        return False
    return bool(found) and found != lang
