"""The store → what a day's page is made of: entries, new translations, copies and edits that are only named (edge)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Literal

from digest.config import Settings
from digest.entry import Kept
from digest.fetch.calendar import Calendar
from digest.gathered import Gathered
from digest.learning import Learning
from digest.linking.documents import Documents
from digest.linking.groups import Group, Groups
from digest.linking.packed import ReadText
from digest.model import Both, Failure, Listed, Post, base_lang
from digest.normalise.language import side_of
from digest.normalise.repair.mend import mend
from digest.store import Store

MOST_ALSO = 10  # copies that an entry names, and as many posts that tell its story


class Gathering:
    """Gathers days from a store as it is now."""

    def __init__(
        self, store: Store, settings: Settings, calendar: Calendar, learning: Learning, documents: Documents
    ) -> None:
        self._documents = documents
        self._store = store
        self._calendar = calendar
        self._learning = learning
        self._sources = {source.url: source for source in settings.sources}
        self._order = {url: number for number, url in enumerate(self._sources)}
        self._groups = Groups(store, settings, calendar)
        self._built = store.built_at()
        self._edits = store.edits()

    # ---- a day ------------------------------------------------------------------------------------------------------

    def of(self, day: date) -> Gathered:
        """Give the posts of a day's page, sources in order: those published on it, then the late ones."""
        start, end = self._calendar.bounds(day)
        on_time = [post for post in self._store.posts_between(start, end) if post.late_on is None]
        lexicons = self._store.lexicons_of(day)
        entries, rest = [], []
        for post in (*self._in_order(on_time), *self._in_order(self._store.posts_late_on(day))):
            group = self._groups.of(post)
            if group.entry.id == post.id:
                entries.append(self._kept(group, day, lexicons))
            elif not self._is_shown(post, group, day):
                rest.append(self._listed(post, self._why(post), day, group.entry))
        newly = [self._newly(group, lexicons) for group in self._groups.news_of(day)]
        shown = {each.post.id for each in (*entries, *newly)} | {row.id for row in rest}
        for post in self._in_order(self._edited_on(day)):
            entry = self._groups.of(post).entry
            if not {post.id, entry.id} & shown:
                rest.append(self._listed(post, "edited", day, entry))
        return Gathered(tuple(entries), tuple(newly), tuple(rest))

    def _edited_on(self, day: date) -> list[Post]:
        found = (self._store.post(name) for name, days in self._edits.items() if day in days)
        return [post for post in found if post is not None]

    def kept(self, post: Post) -> Kept:
        """Give the entry that stands for a post, as its own day's page has it."""
        group = self._groups.of(post)
        day = self._calendar.page_of(group.entry)
        return self._kept(group, day, self._store.lexicons_of(day))

    def days_of(self, posts: Iterable[Post]) -> frozenset[date]:
        """Give the days whose pages show anything of posts or of what belongs together with them."""
        days: set[date] = set()
        for post in posts:
            if post.source in self._sources:
                group = self._groups.of(post)
                days |= {self._calendar.page_of(member) for member in group.members}
                days |= {group.news_on} if group.news_on else set()
                days |= {day for member in group.members for day in self._edits.get(member.id, ())}
        return frozenset(days)

    def _in_order(self, posts: Iterable[Post]) -> list[Post]:
        mine = [post for post in posts if post.source in self._order]
        return sorted(mine, key=lambda post: (self._order[post.source], post.published, post.id))

    def _is_shown(self, post: Post, group: Group, day: date) -> bool:
        """Tell whether a post is half of a bilingual entry that stands on this day's page anyway."""
        is_half = group.edition is not None and group.edition.other == post.id
        return is_half and day in (self._calendar.page_of(group.entry), group.news_on)

    # ---- a post -----------------------------------------------------------------------------------------------------

    def _newly(self, group: Group, lexicons: Mapping[str, str]) -> Kept:
        """Give a post as its own day's page has it; where that never was built, it is read with what is known now."""
        own = self._calendar.page_of(group.entry)
        kept = self._kept(group, own, {**lexicons, **self._store.lexicons_of(own)})
        return replace(kept, day=own if own in self._built else None)

    def _kept(self, group: Group, day: date, lexicons: Mapping[str, str]) -> Kept:
        post, edition = group.entry, group.edition
        state = self._store.page_state(post.url)
        error = Failure(post.url, state.stage, state.error) if state and not state.has_body and state.error else None
        other = self._store.post(edition.other) if edition and edition.other else None
        return Kept(
            post=post,
            source=self._sources[post.source],
            late=post.late_on is not None,
            text=self._documents.text(post),
            page_error=error,
            edition=edition,
            edition_post=other,
            edition_text=self._documents.edition_text(edition, post, other) if edition else ReadText(),
            edition_source=self._sources.get(other.source) if other else None,
            lexicon=self._learning.lexicon(post.source, lexicons),
            day=day,
            updated=self._updated(group, day),
            also=self._also(group, day),
        )

    def _updated(self, group: Group, day: date) -> date | None:
        """Give the last later day on which the translation came, a text was changed, or a changed copy came."""
        edits = [post for post in group.others if self._why(post) == "edited"]
        days = [group.news_on, *(self._calendar.page_of(post) for post in edits)]
        days += [day for member in group.members for day in self._edits.get(member.id, ())]
        return max((each for each in days if each and each > day), default=None)

    # ---- what is only named -----------------------------------------------------------------------------------------

    def _why(self, post: Post) -> Literal["same", "edited"]:
        story = self._groups.stories.get(post.id)
        return "edited" if story and story.worth else "same"

    def _also(self, group: Group, day: date) -> tuple[Listed, ...]:
        """Give the copies of an entry, then the posts that tell its story elsewhere, each of these with its entry.

        Of either those that come first, `MOST_ALSO` at most: a copy has its line on the page of its own day too.
        """
        rows = [self._listed(post, "same", day) for post in group.others[:MOST_ALSO]]
        return (*rows, *islice(self._comparable(group, day), MOST_ALSO))

    def _comparable(self, group: Group, day: date) -> Iterator[Listed]:
        told = {group.entry.id}
        for name in (near for post in group.members for near in self._store.comparable_with(post.id)):
            post = self._store.post(name)
            if post is None or post.source not in self._sources:
                continue
            entry = self._groups.of(post).entry
            if entry.id not in told:
                told.add(entry.id)
                yield self._listed(post, "comparable", day, entry)

    def _listed(
        self, post: Post, why: Literal["same", "edited", "comparable"], day: date, entry: Post | None = None
    ) -> Listed:
        """Name a post on the page of a day, with the entry that stands for it and the day of that entry's page.

        A day after this page's is not named: its page may not be there when this one is read.
        """
        mended = mend(post.title)
        title = None if mended.damage else mended.text
        side = side_of(mended.text) or base_lang(post.lang or self._sources[post.source].language)
        there = self._calendar.page_of(entry) if entry else None
        stands = there is not None and (there == day or (there < day and there in self._built))
        return Listed(
            id=post.id,
            title=Both(title, None) if side == "zh" else Both(None, title),
            url=Both(post.url, None) if side == "zh" else Both(None, post.url),
            source=self._sources[post.source].name,
            published=post.published,
            why=why,
            entry=entry.id if entry else "",
            day=there if stands else None,
        )
