"""Which lines say what a post says: filters first, then a score, then a greedy choice that does not repeat itself.

What is chosen is a *unit*: a bead of the alignment seen from the language in which the post was written, so that a
sentence that became two in translation is chosen whole. Where there is no edition, each sentence is a unit by itself.

Filters move more than ranking: on the tuning posts, lead, centroid, LexRank and TextRank alike gave 26 to 37 % unfit
lines raw, and 15 to 20 % behind filters. The greedy choice is maximal marginal relevance (Carbonell and Goldstein,
SIGIR 1998) with a threshold under which likeness costs nothing.

A unit with characters that were guessed and are not sure comes behind all that have none: it is taken only where those,
filters relaxed, are fewer than FEW, and never where it says what a line already chosen says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from digest.abstract.filters import faults
from digest.abstract.measures import minutes, words
from digest.abstract.score import Scores, score
from digest.abstract.sections import Stand, sections
from digest.abstract.unit import Side, Unit, Vector
from digest.model import Document

__all__ = ["Choice", "Side", "Unit", "choose", "minutes", "most_lines", "weigh"]

TEXT = ("prose", "item", "quote")  # what counts as a post's sentences
SECTION_COST = 1.0  # for each line already taken from the section
LIKENESS_FREE, LIKENESS_COST, LIKENESS_MAX = 0.35, 2.0, 0.75
STEPS = (0, 24, 200, 300)  # sentences from which on a post may have five lines, six, seven, eight
FEW = 4  # lines that a post has, though they want a little, and a short post beyond its share
WORDS_A_LINE, LEAST_ROOM = 30, 180  # English words: lines hold no more than so many each on average, or all together

# What may be forgiven, step by step, while fewer than FEW lines pass; the last step only for the first
# line. Never forgiven: a unit over two paragraphs, text that is not prose, a bare address, a line that announces the
# next ("colon"), a byline.
FORGIVEN: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"doubtful", "length", "ratio"}),
    frozenset({"doubtful", "length", "ratio", "ending", "question", "quote", "formula"}),
    frozenset({"doubtful", "length", "ratio", "ending", "question", "quote", "formula", "dangling", "meta", "section"}),
)
LEANS = frozenset({"dangling", "doubtful"})  # what may be wrong with a unit that joins another
MOST_WORDS = 45  # of a line that several units make
LAST_STEP = len(FORGIVEN) - 1


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a unit was chosen or not: a code of model.Weighed, its score, the parts of that, what speaks against it.

    A chosen unit that `joins` is printed in one line with the chosen one before it.
    """

    index: int
    why: str
    score: float
    parts: tuple[tuple[str, float], ...]
    faults: tuple[str, ...]
    joins: bool = False


def choose(
    document: Document, units: Sequence[Unit], *, title_vector: Vector, side: Side, require_other: bool,
    want: tuple[int, int] = (5, 8), max_share: float = 0.25,
) -> tuple[int, ...]:  # fmt: skip
    """Choose the units that say what the post says: their `index` numbers, in reading order. See `weigh`.

    Among them are those that make one line with the one before them.
    """
    found = weigh(
        document, units, title_vector=title_vector, side=side, require_other=require_other, want=want,
        max_share=max_share,
    )  # fmt: skip
    return tuple(each.index for each in found if each.why == "chosen")


def weigh(
    document: Document, units: Sequence[Unit], *, title_vector: Vector, side: Side, require_other: bool,
    want: tuple[int, int] = (5, 8), max_share: float = 0.25,
) -> tuple[Choice, ...]:  # fmt: skip
    """Say of every unit why it is chosen or not, in reading order.

    `units` are all units of the post, in reading order; `side` is the language of their `source`. `want` is the least
    and the most number of lines, given a post long enough; fewer where fewer pass every filter. The sentences chosen
    are never more than `max_share` of the post's, or FEW where that is more and no more than half of them (one unit at
    least). With `require_other`, units whose pair verified come first, and the others only where those are fewer than
    FEW. The same holds, among each of the two, of units without and with unsure characters.
    """
    units = [unit for unit in units if unit.source]
    if not units:
        return ()
    stands = sections(document)
    scores = score(document, units, stands, title_vector)
    found = [
        held | {"doubtful"} if doubtful else held
        for held, doubtful in zip(faults(document, units), scores.doubtful, strict=True)
    ]
    said = sum(len(unit.source) for unit in units if document.paragraphs[unit.source[0].paragraph].kind in TEXT)
    most = most_lines(said, want)
    pick = _Picker(units, stands, scores, room=max(1, int(said * max_share + 1e-9), min(FEW, said // 2)))
    fit = [not require_other or (unit.verified and bool(unit.other)) for unit in units]
    # Pairs that want a little come before lines without a translation; those that want much come after.
    for verified, steps in ((True, (0, 1)), (False, (0, 1)), (True, (2, 3))):
        for sure, step in product((True, False), steps):
            pool = [
                i for i, unit in enumerate(units)
                if fit[i] == verified and (unit.unsure == 0) == sure and found[i] <= FORGIVEN[step]
            ]  # fmt: skip
            first = verified and sure and step == 0
            pick.take(pool, most if first else 1 if step == LAST_STEP else min(FEW, want[0]))
    leans = ["dangling" in held for held in found]
    may = [
        held <= LEANS and scores.continues(i, leans=lean)
        for i, (held, lean) in enumerate(zip(found, leans, strict=True))
    ]
    pick.join(may, leans, fit)
    return tuple(
        Choice(unit.index, why, *pick.score_of(i), tuple(sorted(found[i])), i in pick.joined)
        for i, (unit, why) in enumerate(zip(units, pick.reasons(found, fit), strict=True))
    )


def most_lines(sentences: int, want: tuple[int, int] = (5, 8)) -> int:
    """Give how many lines a post of so many sentences may have.

    >>> [most_lines(n) for n in (20, 60, 120, 240, 400)]
    [5, 6, 6, 7, 8]
    """
    return min(want[1], want[0] + sum(sentences >= start for start in STEPS[1:]))


class _Picker:
    """Takes units one by one, each time the best that is left once likeness and crowding are paid for."""

    def __init__(self, units: Sequence[Unit], stands: Sequence[Stand], scores: Scores, *, room: int) -> None:
        self.units, self.stands, self.scores = units, stands, scores
        self.words = [words(unit.text) for unit in units]
        self.room = room  # sentences that may still be taken
        self.chosen: list[int] = []
        self.joined: set[int] = set()
        self.limit = 0  # lines that there may be
        self.texts: set[str] = set()

    def take(self, pool: Sequence[int], limit: int) -> None:
        """Take from `pool` until `limit` lines are chosen or the room is used."""
        self.limit = max(self.limit, limit)
        room = max(LEAST_ROOM, WORDS_A_LINE * limit) - sum(self.words[i] for i in self.chosen)
        while len(self.chosen) < limit:
            open_ = [i for i in pool if self._may(i) and (not self.chosen or self.words[i] <= room)]
            if not open_ and not self.chosen:
                open_ = self._smallest(pool)
            if not open_:
                return
            best = max(open_, key=lambda i: (self._gain(i), -i))
            self.chosen.append(best)
            self.texts |= _keys(self.units[best])
            self.room -= len(self.units[best].source)
            room -= self.words[best]

    def join(self, may: Sequence[bool], leans: Sequence[bool], fit: Sequence[bool]) -> None:
        """Put neighbours of chosen units into their lines, those first that say most, while there is room for words.

        One that leans only goes behind the unit on which it leans; the others, also before a unit.
        """
        room = max(LEAST_ROOM, WORDS_A_LINE * self.limit) - sum(self.words[i] for i in self.chosen)
        for i in sorted(range(len(self.units)), key=lambda i: (-float(self.scores.salience[i]), i)):
            if not may[i] or not self._may(i) or self.words[i] > room:
                continue
            behind = self._follows(i - 1, i, fit) and i - 1 in self.chosen
            before = not leans[i] and self._follows(i, i + 1, fit) and i + 1 in self.chosen and i + 1 not in self.joined
            if not behind and not before:
                continue
            near = [i - 1] if behind else [i + 1]
            while near[0] in self.joined:
                near.insert(0, near[0] - 1)
            while near[-1] + 1 in self.joined:
                near.append(near[-1] + 1)
            if self.words[i] + sum(self.words[j] for j in near) > MOST_WORDS:
                continue
            self.chosen.append(i)
            self.joined.add(i if behind else i + 1)
            self.texts |= _keys(self.units[i])
            self.room -= len(self.units[i].source)
            room -= self.words[i]

    def _follows(self, i: int, j: int, fit: Sequence[bool]) -> bool:
        """Say whether a unit stands right behind another, on both sides in one paragraph, and is as sure."""
        if i < 0 or j >= len(self.units) or fit[i] != fit[j] or self.units[i].unsure or self.units[j].unsure:
            return False
        one, two = self.units[i], self.units[j]
        return not two.header and all(
            not after or (bool(first) and first[-1].paragraph == after[0].paragraph and first[-1].end <= after[0].start)
            for first, after in ((one.source, two.source), (one.other, two.other))
        )

    def score_of(self, i: int) -> tuple[float, tuple[tuple[str, float], ...]]:
        """Give a unit's score and the parts of it that are not nothing."""
        parts = ((name, round(float(values[i]), 2)) for name, values in self.scores.parts.items())
        return round(float(self.scores.total[i]), 2), tuple((name, value) for name, value in parts if value)

    def reasons(self, found: Sequence[frozenset[str]], fit: Sequence[bool]) -> list[str]:
        """Say of every unit why it was chosen or not."""
        picked = [i for i in self.chosen if i not in self.joined]
        worst = min((self._gain(i, picked[:n]) for n, i in enumerate(picked)), default=0.0)
        return [self._reason(i, found[i], fit[i], worst) for i in range(len(self.units))]

    def _reason(self, i: int, held: frozenset[str], fit: bool, worst: float) -> str:
        if i in self.chosen:
            return "chosen"
        if held:
            return "filtered"
        if not fit:
            return "unverified"
        if _keys(self.units[i]) & self.texts or self._likeness(i) > LIKENESS_MAX:
            return "alike"
        alone, likeness = float(self.scores.total[i]), self._likeness_cost(i)
        if alone < worst:
            return "outscored"
        return "alike" if alone - likeness < worst else "crowded" if self._gain(i) < worst else "outscored"

    def _may(self, i: int) -> bool:
        if i in self.chosen or len(self.units[i].source) > self.room:
            return False
        return not _keys(self.units[i]) & self.texts and self._likeness(i) <= LIKENESS_MAX

    def _smallest(self, pool: Sequence[int]) -> list[int]:
        """Give the smallest units of a post so short that none fits into its share: one line it has at least."""
        least = min((len(self.units[i].source) for i in pool), default=0)
        return [i for i in pool if len(self.units[i].source) == least]

    def _stand(self, i: int) -> Stand:
        return self.stands[self.units[i].source[0].paragraph]

    def _gain(self, i: int, chosen: Sequence[int] | None = None) -> float:
        taken = sum(
            self._stand(j).section == self._stand(i).section for j in (self.chosen if chosen is None else chosen)
        )
        return float(self.scores.total[i]) - SECTION_COST * taken - self._likeness_cost(i, chosen)

    def _likeness(self, i: int, chosen: Sequence[int] | None = None) -> float:
        near = self.chosen if chosen is None else chosen
        return max((float(self.units[i].vector @ self.units[j].vector) for j in near), default=0.0)

    def _likeness_cost(self, i: int, chosen: Sequence[int] | None = None) -> float:
        return LIKENESS_COST * max(0.0, self._likeness(i, chosen) - LIKENESS_FREE)


def _keys(unit: Unit) -> set[str]:
    """Give what must not be printed twice of a unit: each side, without regard to case, spaces and punctuation."""
    return {re.sub(r"\W", "", text).lower() for text in (unit.text, unit.other_text) if text}
