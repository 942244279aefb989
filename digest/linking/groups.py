"""Posts that have one entry together: the editions of a post and its copies, and which of them the entry is (edge)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from digest.config import Settings
from digest.fetch.calendar import Calendar
from digest.model import Edition, Post, Story, base_lang
from digest.store import Store


@dataclass(frozen=True, slots=True)
class Group:
    """Posts with one entry: `entry` is the post that has it, `members` are all (that one too), those first that came.

    `edition` is the other-language edition of the entry as seen from it; `news_on` the day on which it is news.
    """

    entry: Post
    members: tuple[Post, ...]
    edition: Edition | None
    news_on: date | None

    @property
    def others(self) -> tuple[Post, ...]:
        """What is neither the entry nor its edition: the copies."""
        shown = {self.entry.id, self.edition.other if self.edition else None}
        return tuple(post for post in self.members if post.id not in shown)


class Groups:
    """The groups of a store as it is now. Posts whose source is not read any more are in none."""

    def __init__(self, store: Store, settings: Settings, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._sources = {source.url for source in settings.sources}
        self._editions = {edition.post: edition for edition in store.editions()}
        self._merged = {edition.other: edition for edition in self._editions.values() if edition.other}
        self.stories: dict[str, Story] = store.stories()
        self._near: dict[str, set[str]] = defaultdict(set)
        links = [(e.post, e.other) for e in self._editions.values() if e.other]
        for one, two in (*links, *((s.post, s.same_as) for s in self.stories.values())):
            self._near[one].add(two)
            self._near[two].add(one)
        self._found: dict[str, Group] = {}

    def of(self, post: Post) -> Group:
        """Give the group of a post of a source that is read."""
        if post.id not in self._found:
            group = self._group(post)
            self._found |= {member.id: group for member in group.members}
        return self._found[post.id]

    def news_of(self, day: date) -> tuple[Group, ...]:
        """Give the groups whose translation is news on a day, each once."""
        posts = [self._store.post(edition.post) for edition in self._editions.values() if edition.news_on == day]
        groups = {group.entry.id: group for post in posts if post for group in (self._around(post),) if group}
        return tuple(group for group in groups.values() if group.news_on == day)

    def _around(self, post: Post) -> Group | None:
        """Give the group around a post whose own source may not be read any more."""
        if post.source in self._sources:
            return self.of(post)
        readable = (self._store.post(name) for name in sorted(self._near[post.id]))
        return next((self.of(near) for near in readable if near and near.source in self._sources), None)

    def _group(self, post: Post) -> Group:
        names, todo = {post.id}, [post.id]
        while todo:
            new = self._near[todo.pop()] - names
            names |= new
            todo += new
        posts = {name: found for name in names if (found := post if name == post.id else self._store.post(name))}
        members = sorted((p for p in posts.values() if p.source in self._sources), key=self._order)
        entry = self._standing(members)
        edition = self._edition(entry, members, posts)
        news_on = edition.news_on if edition else None
        if news_on is not None and news_on <= self._calendar.page_of(entry):
            news_on = None
        return Group(entry, tuple(members), edition, news_on)

    def _order(self, post: Post) -> tuple[date, bool, str, str]:
        return self._calendar.page_of(post), post.id in self._merged, post.published.isoformat(), post.id

    def _standing(self, members: list[Post]) -> Post:
        """Choose the post that has the entry: no copy; of two editions the one whose page was first.

        A translation of which a feed's first fetch brought only the trace stands on a page that is seldom built: its
        post has the entry.
        """
        originals = {self.stories[post.id].same_as for post in members if post.id in self.stories}
        partners = {name for target in originals for name in self._partners(target)}
        whole = [post for post in members if post.id not in self.stories]
        named = [post for post in whole if post.id in originals | partners]
        return min(named or whole or members, key=lambda p: (p.history and p.id in self._merged, *self._order(p)))

    def _partners(self, name: str) -> set[str]:
        found = {self._editions[name].other} if name in self._editions else set()
        found |= {self._merged[name].post} if name in self._merged else set()
        return {partner for partner in found if partner}

    def _edition(self, entry: Post, members: list[Post], posts: dict[str, Post]) -> Edition | None:
        """Give the entry's edition, else one of its copies'; of several the one that came first."""
        found: list[tuple[date, bool, str, Edition]] = []
        for post in members:
            for edition in (self._editions.get(post.id), self._merged.get(post.id)):
                if edition is None or edition.post not in posts:
                    continue
                own = entry.id in (edition.post, edition.other)
                seen = edition if edition.post == post.id else mirrored(edition, posts[edition.post])
                if (own and post.id != entry.id) or seen.other == entry.id:
                    continue
                came = edition.news_on or self._calendar.page_of(post)
                found.append((came, not own, post.id, replace(seen, post=entry.id)))
        return min(found, key=lambda one: one[:3])[3] if found else None


def mirrored(edition: Edition, primary: Post) -> Edition:
    """Give an edition as seen from its other post."""
    lang = "en" if base_lang(edition.lang) == "zh" else "zh"
    return replace(edition, post=edition.other or "", lang=lang, url=primary.url, other=primary.id)
