"""The store to a day's files: gather what was kept for a day, make the digest, write its pages (edge, no network)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from digest.align.embed import Embedder, load_embedder
from digest.align.lessons import MOST_POSTS, is_due, lexicon_of, packed_lesson, unpacked_lesson
from digest.align.lexicon import Lexicon, packed, unpacked
from digest.config import Settings, Source
from digest.daily import Day, digest_for, signature_of
from digest.entry import Kept, Learnt
from digest.errors import SourceError
from digest.fetch.collect import Calendar, posts_in_scope
from digest.fetch.identity import canonical
from digest.filling import Translators
from digest.lost import lost_engines
from digest.merge import Candidate, find_editions
from digest.model import Digest, Document, Edition, Failure, Page, Post, base_lang, joined_posts
from digest.normalise.article import read_page
from digest.normalise.post import document_of
from digest.output import read_days, write_file
from digest.render.page import index_html
from digest.render.site import day_files, index_rows
from digest.store import MemoryRow, Sighting, Store

log = logging.getLogger(__name__)

# What may translate a day's lines, given how much of the memory and of the terms it may know (their highest ids).
TranslatorsFor = Callable[[int, int], Translators]


def no_translators(memory: int, terms: int) -> Translators:
    return Translators()


class Builder:
    """Builds days from a store. The embedder is made at the first need of it."""

    def __init__(
        self, store: Store, settings: Settings, calendar: Calendar, out: Path, *, embedder: Embedder | None = None,
        translators: TranslatorsFor = no_translators,
    ) -> None:  # fmt: skip
        self.store = store
        self.settings = settings
        self.calendar = calendar
        self.out = out
        self._translators_for = translators
        self._given = embedder
        self._sources = {source.url: source for source in settings.sources}
        self._lexicons: dict[tuple[str, str], Lexicon] = {}
        self._gave_up: dict[str, str] = {}

    @cached_property
    def embedder(self) -> Embedder:
        return self._given or load_embedder()

    # ---- editions ---------------------------------------------------------------------------------------------------

    def link_editions(self, days: Sequence[date] = ()) -> int:
        """Find which posts and pages are editions of one another and keep it; give how many were found."""
        texts = _Documents(self.store, self._sources)
        known = self.store.editions()
        linked = joined_posts(known)
        waiting = {e.url for e in known if e.other is None}
        found = []
        for source, post in posts_in_scope(self.store, self.settings, self.calendar, days):
            if post.id in linked and post.url not in waiting:
                continue
            if (document := texts.of_post(post)) is not None:
                found.append(Candidate(post, document, source.twin))
        if not found:
            return 0
        editions = find_editions(
            found, known, lambda url: self.store.post_at(canonical(url)), texts.at, texts.of_post, self.embedder
        )
        with self.store.transaction():
            self.store.save_editions(editions, self.calendar.now)
        return len(editions)

    # ---- a day ------------------------------------------------------------------------------------------------------

    def kept_for(self, day: date) -> tuple[Kept, ...]:
        """Gather the posts of a day's page, sources in order: those published on it, then the late ones."""
        known = self.store.editions()
        editions = {edition.post: edition for edition in known}
        merged = {edition.other: edition for edition in known if edition.other}
        start, end = self.calendar.bounds(day)
        on_time = [p for p in self.store.posts_between(start, end) if p.late_on is None]
        order = {url: number for number, url in enumerate(self._sources)}
        lexicons = self.store.lexicons_of(day)
        rows = []
        for late, posts in ((False, on_time), (True, self.store.posts_late_on(day))):
            for post in sorted(posts, key=lambda p: (order.get(p.source, 0), p.published, p.id)):
                edition = editions.get(post.id)
                if edition is None and post.id in merged:
                    primary = self.store.post(merged[post.id].post)
                    if primary and primary.source in order and self._shows_both(primary, post):
                        continue  # one entry, on the day of the post that was first
                    edition = mirrored(merged[post.id], primary) if primary else None
                if post.source in order:
                    rows.append(self._kept(post, edition, self._lexicon(post.source, lexicons), late=late))
        return tuple(rows)

    def _shows_both(self, primary: Post, other: Post) -> bool:
        """Tell whether the primary's page was still rebuilt when the other edition came; if not, that gets an entry."""
        apart = self.calendar.day_of(other.published) - self.calendar.day_of(primary.published)
        return apart <= timedelta(days=self.settings.digest.rebuild_days)

    def _kept(self, post: Post, edition: Edition | None, lexicon: Lexicon, *, late: bool) -> Kept:
        page = self.store.page(post.url)
        state = self.store.page_state(post.url)
        error = Failure(post.url, state.stage, state.error) if state and page is None and state.error else None
        other = self.store.post(edition.other) if edition and edition.other else None
        return Kept(
            post=post,
            source=self._sources[post.source],
            late=late,
            page=page,
            page_error=error,
            edition=edition,
            edition_post=other,
            edition_page=self.store.page(edition.url) if edition else None,
            edition_source=self._sources.get(other.source) if other else None,
            lexicon=lexicon,
        )

    def digest(self, day: date) -> Digest:
        """Make a day and keep nothing of it; a plan counts what that asks."""
        return self._day(day, self.kept_for(day)).digest

    def _day(self, day: date, kept: Sequence[Kept]) -> Day:
        by = self.translators(day)
        return digest_for(day, kept, self.store.failures_of(day), self.settings.digest, self.embedder, by)

    def translators(self, day: date) -> Translators:
        """Give what may translate a day: with the memory and terms that it was first built with, else the newest."""
        known = self._known(day)
        return self._translators_for(known["memory"], known["terms"])

    def _known(self, day: date) -> dict[str, int]:
        now = {"memory": self.store.memory_top(), "terms": self.store.terms_top()}
        return {**now, **self.store.learnt_of(day)}

    def build(self, day: date) -> Digest:
        """Make a day's files, remember what they were made from, and learn from the day's posts."""
        kept = self.kept_for(day)
        inputs, known = self._inputs(day, kept), self._known(day)
        made = self._day(day, kept)
        digest = made.digest
        self._note(day, made.gave_up)
        for name, text in day_files(digest):
            write_file(self.out / name, text)
        _, end = self.calendar.bounds(day)
        with self.store.transaction():
            self.store.save_day(
                day, inputs, digest.signature, self.calendar.now, settled=end <= self.calendar.now,
                lexicons={one.post.source: one.lexicon.version for one in kept}, learnt=known,
                unfinished=made.unfinished,
            )  # fmt: skip
            self._learn(day, kept, made.learnt)
        return digest

    def _note(self, day: date, gave_up: Sequence[str]) -> None:
        for reason in gave_up:
            log.warning("engine gave up", extra={"url": str(day), "stage": "engine", "reason": reason})
            self._gave_up.setdefault(reason.partition(",")[0], reason)  # behind a comma stands what differs by post

    @property
    def engine_failures(self) -> tuple[str, ...]:
        """Say in full why engines gave up on the days that were built, each reason once."""
        return tuple(self._gave_up.values())

    def write_index(self) -> None:
        rows = index_rows(read_days(self.out))
        shown = self.settings.digest
        write_file(self.out / "index.html", index_html(rows, title=shown.title, link=shown.link, order=shown.order))

    def inputs(self, day: date) -> str:
        """Hash all that a day's page depends on, but the code (the signature stands for that)."""
        return self._inputs(day, self.kept_for(day))

    def _inputs(self, day: date, rows: Sequence[Kept]) -> str:
        state = hashlib.sha256()
        for part in self._parts(day, rows):
            state.update(json.dumps(part, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n")
        return state.hexdigest()

    def _parts(self, day: date, rows: Sequence[Kept]) -> Iterable[object]:
        yield self.settings.digest.model_dump(mode="json")
        yield signature_of(self.embedder, self.translators(day), rows)
        yield [asdict(failure) for failure in self.store.failures_of(day)]
        for kept in rows:
            yield kept.source.model_dump(mode="json", include={"name", "language", "selector", "excerpt"})
            yield [kept.late, asdict(kept.post), kept.edition and asdict(kept.edition)]
            yield kept.edition_post and asdict(kept.edition_post)
            yield [_mark(kept.page), _mark(kept.edition_page), kept.page_error and asdict(kept.page_error)]

    def days_to_rebuild(self, newest: date) -> tuple[date, ...]:
        """Give the days before `newest` whose page is missing or was made from other inputs, oldest first.

        Bounded by `digest.rebuild_days`. A day that has no posts and never had a page is left alone, and so is one
        whose page has lines that could not be made now (`lost_engines`).
        """
        changed = []
        for day in self._earlier(newest):
            before = self.store.inputs_of(day)
            missing = not (self.out / f"{day}.json").exists()
            if (
                (before or self.kept_for(day))
                and (missing or before != self.inputs(day))
                and not self.lost_engines(day)
            ):
                changed.append(day)
        return tuple(changed)

    def days_kept(self, newest: date) -> dict[date, tuple[str, ...]]:
        """Give the days up to `newest` whose page has lines of engines that are not here now, with these engines."""
        days = (*self._earlier(newest), newest)
        return {day: lost for day in days if (lost := self.lost_engines(day))}

    def _earlier(self, newest: date) -> Sequence[date]:
        return self.calendar.days_until(newest, self.settings.digest.rebuild_days)[:-1]

    def lost_engines(self, day: date) -> tuple[str, ...]:
        """Name the engines whose lines stand on the day's page while none of their kind can make them now."""
        return lost_engines(self.store.signature_of(day), self.translators(day), self.out / f"{day}.json")

    # ---- lexicons ---------------------------------------------------------------------------------------------------

    def _lexicon(self, source: str, used: Mapping[str, str]) -> Lexicon:
        """Give the lexicon of a source that a day used before ("": it had none), else the newest."""
        version = used[source] if source in used else self.store.newest_lexicon(source)[0]
        key = source, version
        if key not in self._lexicons:
            body = self.store.lexicon(source, version) if version else None
            self._lexicons[key] = unpacked(body) if body else Lexicon()
        return self._lexicons[key]

    def _learn(self, day: date, kept: Sequence[Kept], learnt: Mapping[str, Learnt]) -> None:
        """Keep what posts teach, each once, and learn the lexicons anew that are due, as new versions.

        A text that two posts of one source carry, one in each language, is one lesson.
        """
        now = self.calendar.now
        for one in kept:
            found, other = learnt.get(one.post.id, Learnt()), one.edition_post
            told = other is not None and other.source == one.post.source and self.store.has_lesson(other.id)
            if found.lesson and not told:
                self.store.save_lesson(one.post.id, one.post.source, packed_lesson(found.lesson), now)
            self.store.save_memory(_rows(one, found), now)
            self.store.save_sightings(_sightings(one, found, day), now)
        for source in dict.fromkeys(one.post.source for one in kept if one.post.id in learnt):
            posts = self.store.lesson_count(source)
            if is_due(posts, self.store.newest_lexicon(source)[1]):
                found_words = lexicon_of([unpacked_lesson(body) for body in self.store.lessons(source, MOST_POSTS)])
                self.store.save_lexicon(source, found_words.version, posts, packed(found_words), now)


def _rows(kept: Kept, learnt: Learnt) -> Iterator[MemoryRow]:
    """Give what a post adds to the translation memory."""
    for pair in learnt.pairs:
        yield MemoryRow(pair.zh.text, pair.en.text, kept.source.name, kept.post.url, "human", pair.score)


def _sightings(kept: Kept, learnt: Learnt, day: date) -> Iterator[Sighting]:
    """Give the terms that a post shows in both languages."""
    for term in learnt.terms:
        yield Sighting(kept.post.id, kept.source.name, term.zh, term.en, term.how, day)


def mirrored(edition: Edition, primary: Post) -> Edition:
    """Give an edition as seen from its other post."""
    lang = "en" if base_lang(edition.lang) == "zh" else "zh"
    return replace(edition, post=edition.other or "", lang=lang, url=primary.url, other=primary.id)


def _mark(page: Page | None) -> str | None:
    return hashlib.sha256(page.body).hexdigest() + page.url if page else None


class _Documents:
    """Reads stored posts and pages as documents, each once; what cannot be read counts as not there."""

    def __init__(self, store: Store, sources: dict[str, Source]) -> None:
        self._store = store
        self._sources = sources
        self._posts: dict[str, Document | None] = {}
        self._pages: dict[str, Document | None] = {}

    def of_post(self, post: Post) -> Document | None:
        if post.id not in self._posts:
            source = self._sources.get(post.source)
            lang, selector = (source.language, source.selector) if source else ("", "")
            try:
                found = document_of(post, self._store.page(post.url), lang=lang, selector=selector)
            except SourceError as error:
                log.info("post cannot be read", extra={"url": post.url, "stage": error.stage, "reason": error.reason})
                found = None
            self._posts[post.id] = found
        return self._posts[post.id]

    def at(self, url: str) -> Document | None:
        if url not in self._pages:
            page = self._store.page(url)
            try:
                self._pages[url] = read_page(page) if page else None
            except SourceError as error:
                log.info("page cannot be read", extra={"url": url, "stage": error.stage, "reason": error.reason})
                self._pages[url] = None
        return self._pages[url]
