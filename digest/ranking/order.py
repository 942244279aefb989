"""Which of a day's posts have an entry, and in what order; the others become the list of the rest (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html import unescape
from typing import Literal
from zoneinfo import ZoneInfo

from digest.abstract.measures import minutes
from digest.align.embed import Embedder, Remembered
from digest.align.terms.ledger import Ledger
from digest.config import Settings
from digest.entry import Kept, edition_document, title_only
from digest.gathered import Gathered
from digest.model import Abstract, Document, Listed, Passed
from digest.normalise.split import sentences
from digest.ranking.rank import Candidate, Parts, ranked
from digest.ranking.rules import Rule, Seen, passed_over, rule_of
from digest.ranking.topics import named, strengths

LEAD = 2  # sentences at a text's start that say what it is about
SUMMARY = 1000  # characters of a feed's summary that rules see: some feeds put the whole post there


@dataclass(frozen=True, slots=True)
class Placed:
    """A post that has an entry, with the parts of its rank."""

    kept: Kept
    rank: Parts


@dataclass(frozen=True, slots=True)
class Ordered:
    """A day's posts in their order: those with an entry, those newly translated, and the rest with the reason."""

    entries: tuple[Placed, ...]
    newly: tuple[Placed, ...]
    rest: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class _Brief:
    """What can be said of a post before it is read closely: its titles and addresses, and its own text.

    `as_seen` is what rules and topics see of it.
    """

    kept: Kept
    abstract: Abstract
    as_seen: Abstract
    document: Document | None


def ordered(gathered: Gathered, settings: Settings, embedder: Embedder, ledger: Ledger) -> Ordered:
    """Put a day's posts in order, by the rules, the ranks and the limits of the settings; `ledger` knows topics' names.

    A page that has been read must not lose an entry because of what came later. So a post whose translation came later
    stands on its own day's page where it stood without it, and where it was over a limit it gets an entry beyond that.
    The rest names first what is over a limit, best first, then copies, then what rules keep out;
    where a copy's entry is among these, nothing stands for it.
    """
    sorter = _Sorter(settings, Remembered(embedder), ledger)
    entries, over, ruled = sorter.sorted_out(gathered.entries, holds=True)
    newly, newly_over, newly_ruled = sorter.sorted_out(gathered.newly, holds=False)
    gone = {row.id for row in (*over, *ruled)}
    entries = tuple(replace(each, kept=replace(each.kept, also=_still(each.kept.also, gone))) for each in entries)
    return Ordered(entries, newly, (*over, *newly_over, *_still(gathered.rest, gone), *ruled, *newly_ruled))


def _still(rows: Sequence[Listed], gone: set[str]) -> tuple[Listed, ...]:
    return tuple(replace(row, entry="", day=None) if row.entry in gone else row for row in rows)


class _Sorter:
    """Applies one day's settings to posts. Topics are compared with every post: the embedder remembers."""

    def __init__(self, settings: Settings, embedder: Remembered, ledger: Ledger) -> None:
        self._digest = settings.digest
        self._zone = ZoneInfo(settings.digest.timezone)
        self._feeds = {source.url: number for number, source in enumerate(settings.sources)}
        self._embedder = embedder
        self._topics = named(settings.digest.topics, ledger)

    def sorted_out(
        self, posts: Sequence[Kept], *, holds: bool
    ) -> tuple[tuple[Placed, ...], tuple[Listed, ...], tuple[Listed, ...]]:
        """Give the posts that have a place, in order, those over a limit, and those that rules keep out."""
        briefs = {kept.post.id: _brief(kept, holds=holds) for kept in posts}
        ruled = {name: why for name, brief in briefs.items() if (why := self._ruled_out(brief))}
        order = ranked(
            [self._candidate(brief, holds=holds) for name, brief in briefs.items() if name not in ruled],
            most=self._digest.most_posts,
        )
        placed = [Placed(briefs[one.candidate.id].kept, one.parts) for one in order if not one.over]
        over = [self._over(briefs[one.candidate.id], one.over, one.parts, holds=holds) for one in order if one.over]
        kept_out = sorted(ruled, key=lambda name: (self._feed(briefs[name]), briefs[name].kept.post.published, name))
        return tuple(placed), tuple(over), tuple(_listed(briefs[name], ruled[name], ()) for name in kept_out)

    def _over(self, brief: _Brief, why: Passed, rank: Parts, *, holds: bool) -> Listed:
        """List a post that is over a limit; one that is newly translated has its entry on its own day's page."""
        row, kept = _listed(brief, why, rank), brief.kept
        if holds or kept.day is None or self._ruled_out(_brief(kept, holds=True)):
            return row
        return replace(row, entry=kept.post.id, day=kept.day)

    def _feed(self, brief: _Brief) -> int:
        return self._feeds.get(brief.kept.source.url, len(self._feeds))

    def _ruled_out(self, brief: _Brief) -> Literal["", "excluded", "not-included"]:
        digest, source = self._digest, brief.kept.source
        return passed_over(
            _seen(brief),
            include=[_rules(digest.include), _rules(source.include)],
            exclude=[_rules(digest.exclude), _rules(source.exclude)],
        )

    def _candidate(self, brief: _Brief, *, holds: bool) -> Candidate:
        kept, came_later = brief.kept, _came_later(brief.kept)
        return Candidate(
            id=kept.post.id,
            feed=self._feed(brief),
            published=kept.post.published,
            weight=kept.source.weight,
            most=kept.source.most or self._digest.most_per_source,
            minutes=minutes(brief.document) if brief.document else 0,
            late=max(1, (kept.day - self._day_of(kept)).days) if kept.late and kept.day else 0,
            bilingual=kept.edition is not None and not came_later,
            topics=self._met(brief),
            held=holds and came_later,
        )

    def _day_of(self, kept: Kept) -> date:
        return kept.post.published.astimezone(self._zone).date()

    def _met(self, brief: _Brief) -> Mapping[str, float]:
        """Give the topics that a post meets, with what each is worth."""
        if not self._topics:
            return {}
        found = strengths(self._topics, _titles(brief.as_seen), _lead(brief.document), self._embedder)
        return {topic: self._digest.topics[topic] * strength for topic, strength in found.items()}


def _came_later(kept: Kept) -> bool:
    """Tell whether a post's translation came after the day of its own page."""
    return kept.edition is not None and kept.edition.news_on is not None


def _brief(kept: Kept, *, holds: bool) -> _Brief:
    """Look at a post as far as its titles; what cannot be read has the title that its feed gives."""
    document = kept.text.document
    other, notes = edition_document(kept)
    whole = title_only(kept, document, "", other=other, own=document, notes=notes)
    alone = title_only(kept, document, "", own=document) if holds and _came_later(kept) else whole
    return _Brief(kept, whole, alone, document)


def _titles(abstract: Abstract) -> tuple[str, ...]:
    return tuple(filter(None, (abstract.title.zh, abstract.title.en)))


def _lead(document: Document | None) -> tuple[str, ...]:
    prose = [p for p in document.paragraphs if p.kind == "prose"] if document else []
    return tuple(sentence.text for sentence in sentences(tuple(prose[:LEAD])))[:LEAD]


def _seen(brief: _Brief) -> Seen:
    own, url = brief.kept.post, brief.as_seen.url
    summary = unescape(re.sub(r"<[^>]*>", " ", own.summary))[:SUMMARY]
    return Seen(_titles(brief.as_seen), summary, tuple(filter(None, (url.zh, url.en, own.url))))


@cache
def _rules(texts: tuple[str, ...]) -> tuple[Rule, ...]:
    return tuple(rule_of(text) for text in texts)


def _listed(brief: _Brief, why: Passed, rank: Parts) -> Listed:
    told = brief.abstract
    return Listed(told.id, told.title, told.url, told.source, told.published, why, rank=rank)
