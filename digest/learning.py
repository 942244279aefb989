"""What posts teach, kept once each: lexicons in versions, the memory of pairs, terms that were seen (edge)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from digest.align.lessons import MOST_POSTS, is_due, lexicon_of, packed_lesson, unpacked_lesson
from digest.align.lexicon import Lexicon, packed, unpacked
from digest.entry import Kept, Learnt
from digest.fetch.calendar import Calendar
from digest.store import MemoryRow, Sighting, Store

T = TypeVar("T")


class Learning:
    """The lexicons of a store, each read once, and what is added to them."""

    def __init__(self, store: Store, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._lexicons: dict[tuple[str, str], Lexicon] = {}

    def lexicon(self, source: str, used: Mapping[str, str]) -> Lexicon:
        """Give the lexicon of a source that a day used before ("": it had none), else the newest."""
        version = used[source] if source in used else self._store.newest_lexicon(source)[0]
        key = source, version
        if key not in self._lexicons:
            body = self._store.lexicon(source, version) if version else None
            self._lexicons[key] = self._read(unpacked, body, f"the lexicon of {source}") if body else Lexicon()
        return self._lexicons[key]

    def keep(self, kept: Sequence[Kept], learnt: Mapping[str, Learnt]) -> None:
        """Keep what posts teach, each once, and learn the lexicons anew that are due, as new versions.

        A text that two posts of one source carry, one in each language, is one lesson.
        """
        now = self._calendar.now
        for one in kept:
            found, other = learnt.get(one.post.id, Learnt()), one.edition_post
            told = other is not None and other.source == one.post.source and self._store.has_lesson(other.id)
            if found.lesson and not told:
                self._store.save_lesson(one.post.id, one.post.source, packed_lesson(found.lesson), now)
            self._store.save_memory(_rows(one, found), now)
            self._store.save_sightings(self._sightings(one, found), now)
        for source in dict.fromkeys(one.post.source for one in kept if one.post.id in learnt):
            posts = self._store.lesson_count(source)
            if is_due(posts, self._store.newest_lexicon(source)[1]):
                words = self._learnt_from(source)
                self._store.save_lexicon(source, words.version, posts, packed(words), now)

    def _learnt_from(self, source: str) -> Lexicon:
        bodies = self._store.lessons(source, MOST_POSTS)
        return lexicon_of([self._read(unpacked_lesson, body, f"a lesson of {source}") for body in bodies])

    def _read(self, unpacks: Callable[[bytes], T], body: bytes, what: str) -> T:
        """Read what is kept as bytes. Raises StoreError where they are damaged: their sum tells."""
        try:
            return unpacks(body)
        except (OSError, EOFError, zlib.error, ValueError) as error:  # gzip raises all of these
            raise self._store.damaged(f"{what} cannot be read: {error}") from error

    def _sightings(self, kept: Kept, learnt: Learnt) -> Iterator[Sighting]:
        """Give the terms that a post shows in both languages."""
        day = self._calendar.page_of(kept.post)
        for term in learnt.terms:
            yield Sighting(kept.post.id, kept.source.name, term.zh, term.en, term.how, day)


def _rows(kept: Kept, learnt: Learnt) -> Iterator[MemoryRow]:
    """Give what a post adds to the translation memory."""
    for pair in learnt.pairs:
        yield MemoryRow(pair.zh.text, pair.en.text, kept.source.name, kept.post.url, "human", pair.score)
