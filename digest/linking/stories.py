"""Copies of posts, and posts that tell one story: found among the posts of a month, and kept (edge)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from urllib.parse import urljoin

from digest.align.embed import Embedder
from digest.config import Settings
from digest.decode import declared_charset, decode
from digest.fetch.calendar import Calendar
from digest.linking.documents import Documents
from digest.model import Document, Edition, Page, Post, Story, base_lang
from digest.normalise.editions import candidates
from digest.normalise.language import language_of
from digest.store import Store
from digest.store.pages import Fingerprint
from digest.stories.comparable import find_comparable
from digest.stories.same import find_same
from digest.stories.signatures import Signature, canonical_link, packed_signature, signature_of, unpacked_signature
from digest.stories.told import Told

WINDOW = timedelta(days=30)  # a copy is looked for among the posts of so long before
HEAD = 200_000  # bytes of a page that hold its head
METHOD = "2"  # of signatures; another one makes those that are kept anew


def link_stories(
    store: Store, settings: Settings, calendar: Calendar, documents: Documents, embedder: Embedder,
    days: Sequence[date] = (),
) -> int:  # fmt: skip
    """Find copies among the posts of `days` (today's where none are given) and of a month before; give how many.

    Editions are to be found first. Texts that were compared in an earlier run are not compared again.
    """
    shelf = _Shelf(store, settings, calendar, documents)
    editions, before = store.editions(), store.stories()
    told = tuple(shelf.told(days or (calendar.today,), editions, before.values()))
    if not shelf.fresh:
        return 0
    stories = find_same(told, shelf.fresh, editions, before, shelf.read, shelf.clues, embedder)
    known = {**before, **{story.post: story for story in stories}}
    covered = find_comparable(told, shelf.fresh, editions, known, shelf.read, embedder)
    with store.transaction():
        store.save_stories(stories, calendar.now)
        store.save_comparable(covered, calendar.now)
        store.save_signatures(shelf.made)
    return len(stories)


class _Shelf:
    """The texts of a month with their signatures; `fresh` names those that are new or changed, `made` is to be kept."""

    def __init__(self, store: Store, settings: Settings, calendar: Calendar, documents: Documents) -> None:
        self._store, self._calendar, self._documents = store, calendar, documents
        self._sources = {source.url: source for source in settings.sources}
        self._order = {url: number for number, url in enumerate(self._sources)}
        self._kept = store.signatures()
        self._built = store.built_at()
        self.made: dict[str, tuple[str, bytes]] = {}

    @property
    def fresh(self) -> frozenset[str]:
        return frozenset(self.made)

    def told(self, days: Sequence[date], editions: Iterable[Edition], stories: Iterable[Story]) -> Iterator[Told]:
        """Give the texts of the posts of `days` and of a month before, oldest first: their own, and their editions'."""
        start, end = self._calendar.bounds(min(days))[0] - WINDOW, self._calendar.bounds(max(days))[1]
        posts = {post.id: post for post in self._store.posts_between(start, end)}
        posts |= {post.id: post for day in days for post in self._store.posts_late_on(day)}
        pages: dict[str, Edition] = {}
        for edition in editions:
            recent = edition.news_on is not None and edition.news_on >= self._calendar.day_of(start)
            if (edition.other in posts or recent) and (first := self._store.post(edition.post)) is not None:
                posts.setdefault(first.id, first)  # the entry to which a mirror of its late translation belongs
            if edition.other is None:
                pages[edition.post] = edition
        for story in stories:  # the entry to which a copy of a copy belongs
            if story.post in posts and (first := self._store.post(story.same_as)) is not None:
                posts.setdefault(first.id, first)
        mine = [post for post in posts.values() if post.source in self._order]
        self._documents.read_ahead(post for post in mine if not self._is_signed(post.id, self._mark_of(post)))
        for post in sorted(mine, key=lambda post: (post.published, post.id)):
            order, stands = self._order[post.source], self._stands(post)
            yield Told(post, post.url, self._of_post(post), order, stands)
            if post.id in pages:
                url = pages[post.id].url
                yield Told(post, url, self._at(url), order, stands)

    def _stands(self, post: Post) -> bool:
        built = self._built.get(self._calendar.page_of(post))
        return built is not None and post.first_seen <= built < self._calendar.now

    def read(self, one: Told) -> Document | None:
        return self._documents.of_post(one.post) if one.name == one.post.id else self._documents.at(one.url)

    def clues(self, one: Told) -> Iterator[str]:
        """Give the addresses where the other-language edition of a post may be, and where they led to."""
        document = self.read(one)
        if document is not None:
            twin = self._sources[one.post.source].twin
            for clue in candidates(document, twin=twin, lang=base_lang(document.lang)):
                yield clue.url
                if (page := self._documents.at(clue.url)) is not None:
                    yield page.url

    # ---- signatures -------------------------------------------------------------------------------------------------

    def _mark_of(self, post: Post) -> str:
        page, selector = self._store.fingerprint(post.url), self._sources[post.source].selector
        return _mark(page, post.url, post.title, post.content, post.summary, selector)

    def _is_signed(self, name: str, mark: str) -> bool:
        return self._kept.get(name, ("", b""))[0] == mark

    def _of_post(self, post: Post) -> Signature:
        lang = language_of(post.title) or post.lang or self._sources[post.source].language
        untold = Document(post.url, lang, post.title, ())
        return self._signature(post.id, self._mark_of(post), post.url, lambda: self._documents.of_post(post) or untold)

    def _at(self, url: str) -> Signature:
        untold = Document(url, "", "", ())
        return self._signature(url, _mark(self._store.fingerprint(url)), url, lambda: self._documents.at(url) or untold)

    def _signature(self, name: str, mark: str, url: str, read: Callable[[], Document]) -> Signature:
        """Give the signature that is kept, or make it where the text is new or was read from something else."""
        if self._is_signed(name, mark):
            with suppress(ValueError, TypeError):  # damaged: it is made anew
                return unpacked_signature(self._kept[name][1])
        signature = signature_of(read(), _own_address(self._store.page(url)))
        self.made[name] = mark, packed_signature(signature)
        return signature


def _mark(page: Fingerprint | None, *rest: str) -> str:
    """Hash what a text is read from."""
    state = hashlib.sha256()
    for part in (page.sum if page else "", METHOD, *rest):
        state.update(b"\n" + part.encode())
    return state.hexdigest()[:16]


def _own_address(page: Page | None) -> str:
    """Give the address that a page gives as its own, "" where it names none."""
    if page is None:
        return ""
    head = page.body[:HEAD]
    return urljoin(page.url, canonical_link(decode(head, declared_charset(page.header("content-type"), head)).text))
