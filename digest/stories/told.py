"""Texts as they tell posts, and which posts are one entry (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.model import Document, Edition, Post, Story
from digest.stories.signatures import Signature

TEASER = 60  # shingles, about as many words: what is no longer yields to the whole text


@dataclass(frozen=True, slots=True)
class Told:
    """A text of the post `post`: its own at `url`, or its other edition's where only that address is known.

    `order` is the place of its source in the settings; `stands`: an entry of the post is on a page that was built.
    """

    post: Post
    url: str
    signature: Signature
    order: int
    stands: bool

    @property
    def name(self) -> str:
        """What the signature is kept under: the id of the post, the address of an edition that is no post."""
        return self.post.id if self.url == self.post.url else self.url


ReadText = Callable[[Told], Document | None]


class Clusters:
    """Which posts are one entry: editions, copies that were found before, and those that are found now."""

    def __init__(self, told: Iterable[Told], editions: Sequence[Edition], stories: Mapping[str, Story]) -> None:
        self._first: dict[str, str] = {}
        self._told = {one.post.id: one for one in told if one.name == one.post.id}
        joined = [(edition.post, edition.other) for edition in editions if edition.other]
        for first, second in (*joined, *((story.same_as, story.post) for story in stories.values())):
            ones, twos = self.entry_of(first), self.entry_of(second)
            if ones != twos:
                self._first[twos] = ones
        posts = [edition.post for edition in editions]
        self._translated = {*posts, *map(self.entry_of, posts)}

    def entry_of(self, post: str) -> str:
        """Give the id of the post whose entry stands for this one, its own where it has one."""
        entry = post
        while entry in self._first:
            entry = self._first[entry]
        while post != entry:  # the next time it is one step
            self._first[post], post = entry, self._first[post]
        return entry

    def has_both(self, post: str) -> bool:
        """Tell whether a post's entry has both languages."""
        return self.entry_of(post) in self._translated

    def _rank(self, post: str) -> tuple[bool, bool, bool, datetime, int, str]:
        """Order by what should stand: what is on a page, what has an edition, what is no teaser, what was earlier."""
        one = self._told[post]
        teaser = one.signature.size <= TEASER
        return (not one.stands, post not in self._translated, teaser, one.post.published, one.order, post)

    def join(self, one: str, two: str) -> tuple[str, str] | None:
        """Make the clusters of two posts one; give the entry that yields and the one that stands.

        None where nothing moves: they are one cluster, or each has its entry on a page already.
        """
        ones, twos = self.entry_of(one), self.entry_of(two)
        if ones == twos or not {ones, twos} <= self._told.keys():
            return None
        if self._told[ones].stands and self._told[twos].stands:
            return None
        first, second = sorted((ones, twos), key=self._rank)
        self._first[second] = first
        if second in self._translated:
            self._translated.add(first)
        return second, first
