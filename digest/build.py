"""The store to a day's files: gather what was kept for a day, make the digest, write its pages (edge, no network)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from digest.align.embed import Embedder, load_embedder
from digest.config import Settings
from digest.daily import Day, digest_for, signature_of
from digest.entry import Kept, Learnt
from digest.fetch.calendar import Calendar, days_due
from digest.filling import Translators
from digest.gathered import Gathered
from digest.gathering import Gathering
from digest.learning import Learning
from digest.linking.documents import Documents
from digest.linking.editions import link_editions
from digest.linking.stories import link_stories
from digest.lost import lost_engines
from digest.model import Digest, Failure
from digest.output import posts_on
from digest.publish import Site, Updated
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store

log = logging.getLogger(__name__)

# Settings of a source that change what a page says of its posts.
SOURCE_PARTS = {"name", "language", "selector", "excerpt", "weight", "most", "include", "exclude"}
# What may translate a day's lines, given how much of the memory and of the terms it may know (their highest ids).
TranslatorsFor = Callable[[int, int], Translators]


def no_translators(memory: int, terms: int) -> Translators:
    return Translators()


class Builder:
    """Builds days from a store. The embedder is made at the first need of it."""

    def __init__(
        self, store: Store, settings: Settings, calendar: Calendar, out: Path, *, embedder: Embedder | None = None,
        translators: TranslatorsFor = no_translators, reader: Reader = DIRECT, site: Site | None = None,
    ) -> None:  # fmt: skip
        self.store = store
        self.settings = settings
        self.calendar = calendar
        self.out = out
        self.site = site or Site(out, settings)
        self._translators_for = translators
        self._given = embedder
        self._reader = reader
        self._sources = {source.url: source for source in settings.sources}
        self.documents = Documents(store, self._sources, calendar.now, reader)
        self._learning = Learning(store, calendar)
        self._gave_up: dict[str, str] = {}
        self._failures: dict[date, tuple[Failure, ...]] = {}
        self.unknown: list[date] = []  # days whose page was found to have posts that the store does not know

    @cached_property
    def embedder(self) -> Embedder:
        return self._given or load_embedder()

    # ---- what belongs together --------------------------------------------------------------------------------------

    def link(self, days: Sequence[date] = ()) -> int:
        """Find editions and copies among the posts at hand and keep that; give how many were found."""
        args = self.store, self.settings, self.calendar, self.documents, self.embedder, days
        found = link_editions(*args, self._reader) + link_stories(*args)
        self.documents.keep()
        return found

    # ---- a day ------------------------------------------------------------------------------------------------------

    def gathered(self, day: date) -> Gathered:
        """Gather what the page of a day is made of; what was read for it is kept, so that it is read once."""
        found = self.gathering().of(day)
        self.documents.keep()
        return found

    def kept(self, post_ids: Iterable[str]) -> Iterator[Kept]:
        """Give the entries that stand for posts; those that there are not, or whose source is not read, have none."""
        gathering = self.gathering()
        posts = map(self.store.post, post_ids)
        yield from (gathering.kept(post) for post in posts if post and post.source in self._sources)
        self.documents.keep()

    def gathering(self) -> Gathering:
        """Give what gathers days from the store as it is now."""
        return Gathering(self.store, self.settings, self.calendar, self._learning, self.documents)

    def digest(self, day: date) -> Digest:
        """Make a day and keep nothing of it but what was read; a plan counts what that asks."""
        return self._day(day, self.gathered(day)).digest

    def _day(self, day: date, gathered: Gathered) -> Day:
        by = self.translators(day)
        return digest_for(day, gathered, self.store.failures_of(day), self.settings, self.embedder, by)

    def translators(self, day: date) -> Translators:
        """Give what may translate a day: with the memory and terms that it was first built with, else the newest."""
        known = self._known(day)
        return self._translators_for(known["memory"], known["terms"])

    def _known(self, day: date) -> dict[str, int]:
        now = {"memory": self.store.memory_top(), "terms": self.store.terms_top()}
        return {**now, **self.store.learnt_of(day)}

    def build(self, day: date) -> Digest:
        """Make a day's files, remember what they were made from, and learn from the day's posts."""
        gathered = self.gathered(day)
        inputs, known = self.inputs(day, gathered), self._known(day)
        made = self._day(day, gathered)
        self._note(day, made.gave_up)
        self._failures[day] = made.failures
        digest = self.site.write_day(made.digest)
        _, end = self.calendar.bounds(day)
        with self.store.transaction():
            self.store.save_day(
                day, inputs, digest.signature, self.calendar.now, settled=end <= self.calendar.now,
                lexicons={one.post.source: one.lexicon.version for one in (*gathered.newly, *gathered.entries)},
                learnt=known, unfinished=made.unfinished,
            )  # fmt: skip
            self.learn((*gathered.entries, *gathered.newly), made.learnt)
        return digest

    def learn(self, kept: Sequence[Kept], learnt: Mapping[str, Learnt]) -> None:
        """Keep what posts teach: `learnt` is that by their ids."""
        with self.store.transaction():
            self._learning.keep(kept, learnt)

    def _note(self, day: date, gave_up: Sequence[str]) -> None:
        for reason in gave_up:
            log.warning("engine gave up", extra={"url": str(day), "stage": "engine", "reason": reason})
            self._gave_up.setdefault(reason.partition(",")[0], reason)  # behind a comma stands what differs by post

    @property
    def engine_failures(self) -> tuple[str, ...]:
        """Say in full why engines gave up on the days that were built, each reason once."""
        return tuple(self._gave_up.values())

    def failures(self, day: date) -> tuple[Failure, ...]:
        """Give what failed on a day that was built, with whole addresses: the page has them without what is private."""
        return self._failures[day]

    def write_index(self) -> Updated:
        """Write what is made of many days, and again the pages of those days that this changes."""
        return self.site.update()

    def inputs(self, day: date, gathered: Gathered | None = None) -> str:
        """Hash all that a day's page depends on, but the code (the signature stands for that)."""
        state = hashlib.sha256()
        for part in self._parts(day, gathered or self.gathered(day)):
            state.update(json.dumps(part, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n")
        return state.hexdigest()

    def _parts(self, day: date, gathered: Gathered) -> Iterable[object]:
        yield self.settings.digest.model_dump(mode="json")
        shown = (*gathered.entries, *gathered.newly)
        yield signature_of(self.embedder, self.translators(day), shown)
        yield [asdict(failure) for failure in self.store.failures_of(day)]
        for kept in shown:
            yield kept.source.model_dump(mode="json", include=SOURCE_PARTS)
            yield [kept.late, asdict(kept.post), kept.edition and asdict(kept.edition)]
            yield kept.edition_post and asdict(kept.edition_post)
            source = kept.edition_source
            yield source and [source.name, source.selector, source.language]
            for text in (kept.text, kept.edition_text):
                yield [text.mark, text.kind, text.fault and asdict(text.fault)]
            yield kept.page_error and asdict(kept.page_error)
            yield [kept.lexicon.version, kept.day, kept.updated, [asdict(listed) for listed in kept.also]]
        yield [asdict(listed) for listed in gathered.rest]

    def days_to_rebuild(self, newest: date) -> tuple[date, ...]:
        """Give the days before `newest` whose page is missing or was made from other inputs, oldest first.

        Looked at are the days of `days_due`, and older ones of which an edition or a copy was found after their page
        was built, in the last `digest.watch_days`. A day that has no posts and never had a page is left alone, and so
        is one whose page was there before the store (`keeps_found`) or has lines that could not be made now
        (`lost_engines`).
        """
        changed, gathering = [], self.gathering()
        for day in self._looked_at(newest):
            before, gathered = self.store.inputs_of(day), gathering.of(day)
            self.documents.keep()
            missing = not (self.out / f"{day}.json").exists()
            if (
                (before or gathered.posts)
                and (missing or before != self.inputs(day, gathered))
                and not self.keeps_found(day)
                and not self.lost_engines(day)
            ):
                changed.append(day)
        return tuple(changed)

    def _looked_at(self, newest: date) -> tuple[date, ...]:
        """Give the days before `newest` whose page may have to be built again, each once."""
        return tuple(dict.fromkeys((*self._linked_later(newest), *self._earlier(newest))))

    def _linked_later(self, newest: date) -> tuple[date, ...]:
        """Give the days before those always looked at of which an edition or a copy came after their page was built."""
        first = newest - timedelta(days=self.settings.digest.rebuild_days)
        oldest = newest - timedelta(days=self.settings.digest.watch_days)
        built = {day: moment for day, moment in self.store.built_at().items() if day < first}
        gathering, days = self.gathering(), set[date]()
        for name, found in self.store.linked_after(self.calendar.bounds(min(oldest, first))[0]):
            post = self.store.post(name)
            shown = gathering.days_of([post]) if post else ()
            days |= {day for day in shown if day in built and built[day] < found}
        return tuple(sorted(days))

    def days_kept(self, newest: date) -> dict[date, tuple[str, ...]]:
        """Give the days up to `newest` whose page has lines of engines that are not here now, with these engines."""
        days = (*self._looked_at(newest), newest)
        return {day: lost for day in days if (lost := self.lost_engines(day))}

    def keeps_found(self, day: date) -> bool:
        """Tell whether the day's page is one that the store knows nothing of: it is made anew only where asked for.

        It was there before the store, or has posts that came after the copy that the store was restored from, and that
        feeds list no more.
        """
        page = self.out / f"{day}.json"
        if self.store.built_of(day) is None and any(self.store.post(name) is None for name in posts_on(page)):
            self.store.save_found([day], self.calendar.now)
            self.unknown.append(day)
        return self.store.is_found(day) and page.exists()

    def _earlier(self, newest: date) -> Sequence[date]:
        return days_due(self.store, self.calendar, self.settings, newest)[:-1]

    def lost_engines(self, day: date) -> tuple[str, ...]:
        """Name the engines whose lines stand on the day's page while none of their kind can make them now."""
        return lost_engines(self.store.signature_of(day), self.translators(day), self.out / f"{day}.json")
