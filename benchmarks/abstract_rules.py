"""How a printed line is labelled from the gold, and which facts printed lines recall.

Labels. A line has the worst label of its parts (good, acceptable, unfit), where
- a part that is only "dangling" and is printed behind another part takes the label of the part before it;
- a part that lost an opening or a parenthesis keeps its label;
- a line of a list's header and its item (places in several paragraphs, the last an item) has the item's label; an item
  that is only "fragment" or "dangling" is acceptable with its header;
- a heading printed as a line is unfit ("heading"); a line without any labelled part has no label, and is counted.

Facts. A fact is recalled where all sentences of one way to state it are printed, each at least by half. Of a choice
count the lines in the order printed, six at most: one that would bring the English words over 180 is passed over (and
takes none of the six). The outline's headings count by their places and cost no words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from abstract_gold import GoldFact, Located

from digest.abstract.measures import words
from digest.model import Line

MOST_LINES, MOST_WORDS = 6, 180
LABELS = ("good", "acceptable", "unfit")
NONE = ("none", "")


@dataclass(frozen=True, slots=True)
class Scored:
    """What one choice from one post is worth.

    Facts recalled: by the lines that count (`must_lines`), by these and the outline (`must_outline`, `nice_outline`),
    by all lines and the outline (`must_all`).
    """

    slug: str
    genre: str
    labels: tuple[tuple[str, str], ...]
    words: float
    must: int
    must_lines: int
    must_outline: int
    must_all: int
    nice: int
    nice_outline: int
    outline: tuple[int, float]  # headings, and their words

    def count(self, *labels: str) -> int:
        return sum(label in labels for label, _ in self.labels)


def label_of(line: Line, located: Located) -> tuple[str, str]:
    """Give the label of a printed line and, where it is unfit, its kind."""
    places = line.places
    last = places[-1].paragraph if places else 0
    headed = any(place.paragraph != last for place in places) and located.document.paragraphs[last].kind == "item"
    parts = [n for place in places if not headed or place.paragraph == last for n in located.parts(place)]
    found: list[tuple[str, str]] = []
    for number in dict.fromkeys(parts):
        row = located.gold.sentences[number]
        label = ("unfit", "heading") if row.label == "heading" else (row.label, row.kind)
        if headed and label[1] in ("fragment", "dangling"):
            label = ("acceptable", "")
        elif found and label[1] == "dangling":
            label = found[-1]
        found.append(label)
    return max(found, key=lambda label: LABELS.index(label[0])) if found else NONE


def counted(lines: Sequence[Line]) -> list[Line]:
    """Give the lines that count: the first six, in the order printed, that fit into 180 words."""
    taken: list[Line] = []
    room = float(MOST_WORDS)
    for line in lines:
        if len(taken) < MOST_LINES and words(line.text) <= room:
            taken.append(line)
            room -= words(line.text)
    return taken


def recalled(facts: Sequence[GoldFact], printed: frozenset[int]) -> int:
    return sum(any(way <= printed for way in fact.ways) for fact in facts)


def scored(located: Located, lines: Sequence[Line], outline: Sequence[Line]) -> Scored:
    """Score one choice; `lines` and `outline` are of the English side, in the order printed."""
    some = counted(lines)
    own = located.covered(place for line in some for place in line.places)
    both = located.covered(place for line in [*some, *outline] for place in line.places)
    every = located.covered(place for line in [*lines, *outline] for place in line.places)
    gold = located.gold
    return Scored(
        gold.slug, gold.genre, tuple(label_of(line, located) for line in lines),
        sum(words(line.text) for line in some),
        len(gold.must), recalled(gold.must, own), recalled(gold.must, both), recalled(gold.must, every),
        len(gold.nice), recalled(gold.nice, both),
        (len(outline), sum(words(line.text) for line in outline)),
    )  # fmt: skip


def bounds(numerators: Sequence[float], denominators: Sequence[float]) -> tuple[float, float, float]:
    """Give a share pooled over posts with its 95 % bounds, drawing posts again 2,000 times (Efron 1979)."""
    top, bottom = np.array(numerators, float), np.array(denominators, float)
    drawn = np.random.default_rng(3).integers(0, len(top), (2000, len(top)))
    shares = top[drawn].sum(axis=1) / np.maximum(bottom[drawn].sum(axis=1), 1e-9)
    low, high = np.percentile(shares, [2.5, 97.5])
    return float(top.sum() / max(bottom.sum(), 1e-9)), float(low), float(high)


def kinds_unfit(rows: Sequence[Scored]) -> Counter[str]:
    return Counter(kind for row in rows for label, kind in row.labels if label == "unfit")
