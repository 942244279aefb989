"""In what order a day's posts stand, and which of them are too many (pure).

A post's rank is a sum of parts that a person can read: what its source weighs, how long it is, how late, whether it is
there in both languages, the topics that the reader named. Every part is about 1 at its largest, but for those whose
weight the reader chose.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LONG = 4.0  # minutes; a post of 1 minute gets .22, of 4 .63, of 10 .92: a note of three lines is seldom a day's first
STALE = 7  # days; a post that is so late, or later, loses BELATED
BELATED = 1.0
BILINGUAL = 0.25  # a post that is there in both languages can be read by everybody at once
LIGHTEST = 1 / 16  # what a source of weight 0 counts: last, and still there

Parts = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One post as its rank needs it.

    `feed` is the number of its source in feeds.yaml, `weight` that source's, `most` how many posts of it a day may have
    (0: as many as there are). `minutes` is its reading time (0: nothing to read), `late` how many days it came after
    its own. `topics` are the reader's words that it meets, with what each is worth. A post that is `held` has its place
    whatever the limits say, and takes nobody's.
    """

    id: str
    feed: int
    published: datetime
    weight: float = 1.0
    most: int = 0
    minutes: float = 0.0
    late: int = 0
    bilingual: bool = False
    topics: Mapping[str, float] | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the parts of its rank, and why it has no entry ("": it has one)."""

    candidate: Candidate
    parts: Parts
    over: Literal["", "cap", "source-cap"] = ""

    @property
    def score(self) -> float:
        return sum(value for _, value in self.parts)


def parts_of(candidate: Candidate) -> Parts:
    """Give the parts of a post's rank by name, those that are not 0.

    >>> from datetime import UTC
    >>> parts_of(Candidate("a", 0, datetime(2025, 4, 16, tzinfo=UTC), weight=2, minutes=4, late=7))
    (('source', 1.0), ('length', 0.63), ('freshness', -1.0))
    """
    parts = {
        "source": math.log2(max(candidate.weight, LIGHTEST)),
        "length": 1 - math.exp(-candidate.minutes / LONG),
        "freshness": -BELATED * min(candidate.late / STALE, 1),
        "editions": BILINGUAL * candidate.bilingual,
        **{f"topic:{name}": worth for name, worth in (candidate.topics or {}).items()},
    }
    # rounded to what is shown: the sum of what a person reads is what orders the page
    return tuple((name, round(value, 2)) for name, value in parts.items() if round(value, 2))


def ranked(candidates: Sequence[Candidate], *, most: int = 0) -> tuple[Ranked, ...]:
    """Put posts in order, best first, and say which are over the limit of their source or of the day (0: no limit).

    Where ranks are equal, sources go in the order of feeds.yaml, then the earlier post, then the smaller id.
    """
    weighed = [Ranked(candidate, parts_of(candidate)) for candidate in candidates]
    return tuple(_limited(sorted(weighed, key=_place), most))


def _place(one: Ranked) -> tuple[float, int, datetime, str]:
    return -round(one.score, 2), one.candidate.feed, one.candidate.published, one.candidate.id


def _limited(order: Sequence[Ranked], most: int) -> Iterator[Ranked]:
    taken: Counter[int] = Counter()
    for one in order:
        over: Literal["", "cap", "source-cap"] = ""
        if not one.candidate.held:
            if one.candidate.most and taken[one.candidate.feed] >= one.candidate.most:
                over = "source-cap"
            elif most and taken.total() >= most:
                over = "cap"
            else:
                taken[one.candidate.feed] += 1
        yield Ranked(one.candidate, one.parts, over)
