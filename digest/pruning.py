"""What the store need not keep for ever goes, a little with every run; every day can still be built (edge).

What goes: the bytes of pages that only days long over show (what was read from them stays, pinned, so that a rebuild
gives the same bytes whatever reads pages then); pages that turned out to be of no post; tries of such addresses that
failed; signatures of texts too old to be compared; the record of old runs. Readings that are not pinned go by
themselves (`linking.documents.KEPT`).

What stays: posts, editions, days with what failed for them, lexicons, lessons, the memory, terms and answers of engines
(a day is built with what was known when it was built first), and the outbox (`deliver.due` never sends a day twice, and
who asks for an old one must not be told from what is missing; a row takes some 200 bytes).
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from digest.build import Builder
from digest.config import Settings
from digest.fetch.calendar import Calendar
from digest.fetch.identity import canonical
from digest.fetch.listings import addresses
from digest.gathering import Gathering
from digest.model import Edition, Post

log = logging.getLogger(__name__)

MOST_PAGES = 200  # that go in one run: each is read once more, in some 50 ms
MOST_SLOW = 5  # pages of one run that take more time than is granted to read: some 10 s each
MARGIN = 14  # days beyond those that a run may look at
KEPT_TRIES = timedelta(days=365)  # of addresses that never gave a page
KEPT_SIGNATURES = timedelta(days=365)  # texts of a month are compared (linking.stories.WINDOW)
KEPT_RUNS = 400  # rows


@dataclass(frozen=True, slots=True)
class Dropped:
    """How much went: pages whose bytes went, pages of no post, failed tries, signatures, runs; bytes given back."""

    pages: int = 0
    strays: int = 0
    tries: int = 0
    signatures: int = 0
    runs: int = 0
    bytes: int = 0


def first_kept(settings: Settings, calendar: Calendar) -> date | None:
    """Give the first day whose pages keep their bytes; None where all do.

    A run may look at days, and ask for pages anew, as far back as posts are watched and days rebuilt.
    """
    digest, days = settings.digest, settings.state.keep_pages_days
    least = digest.watch_days + digest.rebuild_days + MARGIN
    return calendar.today - timedelta(days=max(days, least)) if days else None


def prune(builder: Builder) -> Dropped:
    """Drop what is not needed any more, at most MOST_PAGES pages, each in a transaction of its own. Raises StoreError.

    It can be stopped at any moment: the bytes of a page go in the transaction in which what was read is pinned.
    """
    store, now = builder.store, builder.calendar.now
    first = first_kept(builder.settings, builder.calendar)
    pages, strays = _Pages(builder, first).drop() if first else (0, 0)
    with store.transaction():
        tries = store.drop_tries(now - KEPT_TRIES)
        signatures = store.drop_signatures(builder.calendar.day_of(now - KEPT_SIGNATURES))
        runs = store.drop_runs(KEPT_RUNS)
    dropped = Dropped(pages, strays, tries, signatures, runs, store.give_back())
    told = ", ".join(f"{name} {number}" for name, number in asdict(dropped).items())
    log.info("store pruned", extra={"stage": "prune", "reason": told})
    return dropped


class _Pages:
    """Drops the bytes of pages that only days before `first` show."""

    def __init__(self, builder: Builder, first: date) -> None:
        self._builder = builder
        self._store = builder.store
        self._calendar = builder.calendar
        self._first = first
        self._sources = {source.url for source in builder.settings.sources}
        self._editions: dict[str, list[Edition]] = {}
        for edition in builder.store.editions():
            self._editions.setdefault(edition.url, []).append(edition)

    def drop(self) -> tuple[int, int]:
        """Give how many pages lost their bytes, and how many were of no post."""
        gathering, listings = self._builder.gathering(), addresses(self._builder.settings)
        pages = strays = slow = 0
        for url in self._store.old_pages(self._calendar.bounds(self._first)[0]):
            if pages + strays >= MOST_PAGES or slow >= MOST_SLOW:
                break
            if url in listings:
                continue
            editions = self._editions.get(url, ())
            names = {*self._store.posts_with_page(url, canonical(url)), *(edition.post for edition in editions)}
            posts = [post for post in map(self._store.post, sorted(names)) if post]
            if not posts:
                self._store.forget_page(url)
                strays += 1
            elif not self._is_past(posts, gathering):
                continue
            elif self._drop(url, posts, editions, gathering):
                pages += 1
            else:
                slow += 1
        return pages, strays

    def _is_past(self, posts: list[Post], gathering: Gathering) -> bool:
        """Tell whether all days that show anything of posts are before the first that keeps its pages, and settled.

        A day that never was built, as those before a feed was first read, cannot be settled.
        """
        days = gathering.days_of(posts) | {self._calendar.page_of(post) for post in posts}
        return all(
            day < self._first and (self._store.is_settled(day) or self._store.built_of(day) is None) for day in days
        )

    def _drop(self, url: str, posts: list[Post], editions: list[Edition] | tuple[()], gathering: Gathering) -> bool:
        """Read what a page says as everything that needs it reads it, pin that, and let the page go.

        False where a text took too long to read, and is tried again on another day first.
        """
        documents = self._builder.documents
        for post in posts:
            if post.url == url:
                documents.text(post)
            if post.source in self._sources:
                gathering.kept(post)
        for edition in editions:
            if edition.other is None:
                documents.text_at(url)
        with self._store.transaction():
            if gone := documents.pin(url):
                self._store.drop_page(url, self._calendar.now)
        documents.keep()
        return gone
