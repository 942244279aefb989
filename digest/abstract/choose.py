"""Which lines say what a post says: filters first, then a score, then a greedy choice that does not repeat itself.

What is chosen is a *unit*: a bead of the alignment seen from the language in which the post was written, so that a
sentence that became two in translation is chosen whole. Where there is no edition, each sentence is a unit by itself.

Filters move more than ranking: on the tuning posts, lead, centroid, LexRank and TextRank alike gave 26 to 37 % unfit
lines raw, and 15 to 20 % behind these filters. The greedy choice is maximal marginal relevance (Carbonell and
Goldstein, SIGIR 1998) with a threshold under which likeness costs nothing.

A unit with characters that were guessed and are not sure comes behind all that have none: it is taken only where those,
filters relaxed, are fewer than the least number of lines, and never where it says what a line already chosen says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from digest.abstract.filters import faults
from digest.abstract.measures import minutes
from digest.abstract.score import score
from digest.abstract.sections import Stand, sections
from digest.abstract.unit import Side, Unit, Vector, text_of
from digest.model import Document

__all__ = ["Side", "Unit", "choose", "minutes", "most_lines"]

TEXT = ("prose", "item", "quote")  # what counts as a post's sentences
SECTION_COST = 0.5  # for each line already taken from the section
LIKENESS_FREE, LIKENESS_COST, LIKENESS_MAX = 0.45, 1.5, 0.75
SENTENCES_PER_EXTRA_LINE = 50  # five lines, one more for each so many sentences, eight at 150

# What may be forgiven, step by step, while fewer than the least number of lines pass. Never forgiven: a unit over two
# paragraphs, text that is not prose, a bare address, a line that announces the next ("colon"), a byline, the lack of
# a verified pair.
FORGIVEN: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"length", "ratio", "ending"}),
    frozenset({"length", "ratio", "ending", "dangling", "meta", "quote"}),
    frozenset({"length", "ratio", "ending", "dangling", "meta", "quote", "question", "formula", "section"}),
)


def choose(
    document: Document,
    units: Sequence[Unit],
    *,
    title_vector: Vector,
    side: Side,
    require_other: bool,
    want: tuple[int, int] = (5, 8),
    max_share: float = 0.25,
) -> tuple[int, ...]:
    """Choose the units that say what the post says: their `index` numbers, in reading order.

    `units` are all units of the post, in reading order; `side` is the language of their `source`. `want` is the least
    and the most number of lines, given a post long enough: the sentences chosen are never more than `max_share` of the
    post's (but one unit at least). With `require_other`, units whose pair verified come first, and the others only
    where those, filters relaxed, are fewer than the least number. The same holds, among each of the two, of units
    without and with unsure characters.
    """
    units = [unit for unit in units if unit.source]
    if not units:
        return ()
    stands = sections(document)
    found = faults(document, units)
    scores = score(document, units, stands, title_vector, side)
    said = sum(len(unit.source) for unit in units if document.paragraphs[unit.source[0].paragraph].kind in TEXT)
    most = most_lines(said, want)
    pick = _Picker(units, stands, scores, room=max(1, int(said * max_share + 1e-9)))
    for verified, sure in product((True, False) if require_other else (None,), (True, False)):
        pool = [
            i for i, unit in enumerate(units)
            if (verified is None or _fit(unit) == verified) and (unit.unsure == 0) == sure
        ]  # fmt: skip
        for step, forgiven in enumerate(FORGIVEN):
            if verified is False and step > 1:
                break
            # Only what is left to the least number is filled from a wider pool.
            limit = most if step == 0 and verified is not False and sure else want[0]
            passing = [i for i in pool if found[i] - {"dangling"} <= forgiven]
            leaning = frozenset(i for i in passing if "dangling" in found[i] - forgiven)
            pick.take(passing, leaning, limit, least=want[0])
    return tuple(units[i].index for i in sorted(pick.chosen))


def most_lines(sentences: int, want: tuple[int, int] = (5, 8)) -> int:
    """Give how many lines a post of so many sentences may have.

    >>> [most_lines(n) for n in (20, 60, 120, 400)]
    [5, 6, 7, 8]
    """
    return min(want[1], want[0] + sentences // SENTENCES_PER_EXTRA_LINE)


def _fit(unit: Unit) -> bool:
    return unit.verified and bool(unit.other)


class _Picker:
    """Takes units one by one, each time the best that is left once likeness and crowding are paid for."""

    def __init__(
        self, units: Sequence[Unit], stands: Sequence[Stand], scores: NDArray[np.float64], *, room: int
    ) -> None:
        self.units, self.stands, self.scores = units, stands, scores
        self.room = room  # sentences that may still be taken
        self.chosen: list[int] = []
        self.texts: set[str] = set()

    def take(self, pool: Sequence[int], leaning: frozenset[int], limit: int, *, least: int) -> None:
        """Take from `pool` until `limit` lines are chosen, the room is used or, beyond `least`, the score ends.

        A unit in `leaning` is taken only right after the unit before it, on which it leans.
        """
        while len(self.chosen) < limit:
            open_ = [i for i in pool if self._may(i) and (i not in leaning or self._has_support(i))]
            if not self.chosen:
                open_ = [i for i in open_ if self._stand(i).lead] or open_ or self._smallest(pool, leaning)
            if not open_:
                return
            best = max(open_, key=lambda i: (self._gain(i), -i))
            if len(self.chosen) >= least and self.scores[best] - self._likeness_cost(best) < 0:
                return
            self._add(best)

    def _add(self, i: int) -> None:
        self.chosen.append(i)
        self.texts |= _keys(self.units[i])
        self.room -= len(self.units[i].source)

    def _may(self, i: int) -> bool:
        if i in self.chosen or len(self.units[i].source) > self.room:
            return False
        return not _keys(self.units[i]) & self.texts and self._likeness(i) <= LIKENESS_MAX

    def _smallest(self, pool: Sequence[int], leaning: frozenset[int]) -> list[int]:
        """Give the smallest units of a post so short that none fits into its share: one line it has at least."""
        free = [i for i in pool if i not in leaning]
        least = min((len(self.units[i].source) for i in free), default=0)
        return [i for i in free if len(self.units[i].source) == least]

    def _has_support(self, i: int) -> bool:
        before = i - 1
        return before in self.chosen and self._paragraph(before) == self._paragraph(i)

    def _paragraph(self, i: int) -> int:
        return self.units[i].source[0].paragraph

    def _stand(self, i: int) -> Stand:
        return self.stands[self._paragraph(i)]

    def _gain(self, i: int) -> float:
        taken = sum(self._stand(j).section == self._stand(i).section for j in self.chosen)
        return float(self.scores[i]) - SECTION_COST * taken - self._likeness_cost(i)

    def _likeness(self, i: int) -> float:
        return max((float(self.units[i].vector @ self.units[j].vector) for j in self.chosen), default=0.0)

    def _likeness_cost(self, i: int) -> float:
        return LIKENESS_COST * max(0.0, self._likeness(i) - LIKENESS_FREE)


def _keys(unit: Unit) -> set[str]:
    """Give what must not be printed twice of a unit: each side, without regard to case, spaces and punctuation."""
    return {re.sub(r"\W", "", text_of(side)).lower() for side in (unit.source, unit.other) if side}
