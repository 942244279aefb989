"""How a repair is scored against the clean text: aligned line by line, counted by character."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz.distance import Indel

from digest.normalise.repair.report import UNSURE, Mended

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
CHINESE = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
Hits = Callable[[str], bool]


def aligned(truth: str, got: str) -> list[int]:
    """Give for each character of a line the place of what stands for it in the repaired line, -1 for nothing."""
    if len(truth) == len(got):
        return list(range(len(got)))
    places = [-1] * len(truth)
    for tag, i1, i2, j1, _ in Indel.opcodes(truth, got):
        if tag == "equal":
            places[i1:i2] = range(j1, j1 + i2 - i1)
    return places


@dataclass
class Score:
    """Counts over the characters of clean text; `han` and `damaged` are those that lost a byte."""

    han: int = 0
    han_right: int = 0
    chinese: int = 0
    chinese_right: int = 0
    damaged: int = 0  # Chinese characters, punctuation included
    damaged_right: int = 0
    flagged: int = 0  # of the damaged, unsure or in a line that was refused
    silent: int = 0  # damaged, wrong, and neither flagged nor among the guesses
    unflagged_right: int = 0
    texts: int = 0
    exact: int = 0
    refused: int = 0  # lines
    sures: list[tuple[float, bool]] = field(default_factory=list)  # of each damaged one: how sure, and whether right
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, truth: str, got: Mended | str, hits: Hits) -> Score:
        """Count one text. `hits` tells whether a character lost a byte."""
        mended = got if isinstance(got, Mended) else Mended(got)
        sures = {guess.at: guess.sure for guess in mended.guesses}
        refused = {one.line for one in mended.refused}
        self.texts += 1
        self.exact += mended.text == truth
        self.refused += len(refused)
        hit = {ch: hits(ch) for ch in set(truth)}
        start = 0
        for number, (clean, line) in enumerate(zip(truth.split("\n"), mended.text.split("\n"), strict=True), 1):
            if not clean.isascii():
                self._line(clean, line, start, sures, hit, number in refused)
            start += len(line) + 1
        return self

    def _line(
        self, clean: str, line: str, start: int, sures: dict[int, float], hit: dict[str, bool], refused: bool
    ) -> None:
        for ch, place in zip(clean, aligned(clean, line), strict=True):
            if not CHINESE.match(ch):
                continue
            found = line[place] if place >= 0 else ""
            right = found == ch
            self.chinese += 1
            self.chinese_right += right
            if not hit[ch]:
                continue
            sure = 0.0 if refused else sures.get(start + place, 1.0)
            self.damaged += 1
            self.damaged_right += right
            self.flagged += sure < UNSURE
            self.unflagged_right += right and sure >= UNSURE
            self.silent += not right and not refused and start + place not in sures
            self.sures.append((sure, right))
            if HAN.match(ch):
                self.han += 1
                self.han_right += right
            if not right:
                self.confused[ch, found] += 1

    def __iadd__(self, other: Score) -> Score:
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)
        return self

    def best_kept(self, flags: float = 0.05) -> float:
        """Give the share that is right once the least sure `flags` of the damaged are set apart."""
        kept = sorted(self.sures, reverse=True)[: round(len(self.sures) * (1 - flags))]
        return sum(right for _, right in kept) / max(len(kept), 1)

    def row(self) -> dict[str, str]:
        """Give the figures by the names of their columns."""
        return {
            "damaged Han right": share(self.han_right, self.han),
            "damaged Chinese right": share(self.damaged_right, self.damaged),
            "all Chinese right": share(self.chinese_right, self.chinese),
            "flagged": share(self.flagged, self.damaged),
            "unflagged right": share(self.unflagged_right, self.damaged - self.flagged),
            "best 95 % right": f"{self.best_kept():.2%}",
            "lines refused": str(self.refused),
        }

    def calibration(self) -> list[dict[str, str]]:
        """Give, for bands of how sure the repair says it is, how often it is right."""
        bands = (0, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1.001)
        rows = []
        for low, high in pairwise(bands):
            inside = [(sure, right) for sure, right in self.sures if low <= sure < high]
            if inside:
                said = sum(sure for sure, _ in inside) / len(inside)
                rows.append(
                    {
                        "sure": f"{low:g} to {min(high, 1):g}",
                        "said": f"{said:.1%}",
                        "right": share(sum(right for _, right in inside), len(inside)),
                    }
                )
        return rows


def share(right: int, n: int) -> str:
    return f"{right:,} of {n:,} = {right / n:.2%}" if n else "–"


def changed(before: str, after: str) -> int:
    """Count the characters that differ, by the shorter script of insertions and deletions."""
    if before == after:
        return 0
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in Indel.opcodes(before, after) if tag != "equal")


def faithless(damaged: str, mended: Mended, damage: Callable[[str], str], but: Collection[int] = ()) -> list[int]:
    """Give the numbers of lines printed as repaired that, damaged again, are not what was given."""
    refused = {one.line for one in mended.refused} | set(but)
    lines = zip(damaged.split("\n"), mended.text.split("\n"), strict=True)
    return [
        number
        for number, (given, line) in enumerate(lines, 1)
        if line != given and number not in refused and damage(line) != given
    ]
