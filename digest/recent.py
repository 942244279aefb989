"""Posts that are there in both languages: read, learnt from and told, the newest first (edge, no network)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from digest.build import Builder
from digest.entry import Kept, abstract_of
from digest.errors import SourceError
from digest.model import SIDES, Abstract, LinePair

PAIRS = 2  # of a post that is told


@dataclass(frozen=True, slots=True)
class Gained:
    """A post as it was read, when its translation came, and how much it added to the memory and to the ledger."""

    abstract: Abstract
    translated: datetime
    pairs: int
    terms: int

    @property
    def is_paired(self) -> bool:
        """Whether any of its lines is a pair that verified."""
        return bool(best_pairs(self.abstract))


def bilingual(builder: Builder) -> tuple[Kept, ...]:
    """Give the entries that have an edition, the newest translation first."""
    found = builder.kept(edition.post for edition in builder.store.editions())
    entries = {one.post.id: one for one in found if one.edition}
    return tuple(sorted(entries.values(), key=lambda one: (translated_at(one), one.post.id), reverse=True))


def translated_at(kept: Kept) -> datetime:
    """Give when the translation came, as far as a feed says it; else when the post did."""
    return max(post.published for post in (kept.post, kept.edition_post) if post)


def learnt(builder: Builder, entries: Sequence[Kept]) -> Iterator[Gained]:
    """Read posts one by one and keep what each teaches at once: what ends early has not read in vain."""
    store = builder.store
    for kept in entries:
        try:
            reading = abstract_of(kept, builder.embedder)
        except SourceError:
            continue
        before = store.memory_top(), store.terms_top()
        if reading.learnt.pairs:
            builder.learn([kept], {kept.post.id: reading.learnt})
        yield Gained(
            reading.abstract, translated_at(kept), store.memory_top() - before[0], store.terms_top() - before[1]
        )


def best_pairs(abstract: Abstract) -> tuple[LinePair, ...]:
    """Give the pairs that are surest to say the same, in the order of the post."""
    sound = [pair for pair in abstract.pairs if pair.verdict.verified and pair.zh and pair.en]
    best = sorted(sound, key=lambda pair: (-pair.verdict.exact, -pair.verdict.score, pair.id))[:PAIRS]
    return tuple(pair for pair in sound if pair in best)


def told(abstract: Abstract, order: Sequence[str], day: date) -> Iterator[str]:
    """Say a post in lines, in the reader's order of languages: day and source, titles, addresses, its best pairs."""
    yield f"{day}  {abstract.source}"
    yield from (f"  {title}" for side in order if (title := abstract.title.get(side)))
    yield from (f"  {url}" for side in order if (url := abstract.url.get(side)))
    for pair in best_pairs(abstract):
        lines = (pair.zh, pair.en) if tuple(order) == SIDES else (pair.en, pair.zh)
        yield from (f"  {mark} {line.text}" for mark, line in zip("· ", lines, strict=True) if line)
