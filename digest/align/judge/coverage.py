"""Which words of a line the other line has, and the stretch of it that nothing there covers.

Each content word is matched with at most one word across, the surest first; what a match, or none, says of the word's
being translated at all is a weight of evidence (the log of how much commoner it is where the words' clause is missing
than where it is translated), learnt by benchmarks/fit_judge.py. The stretch with the largest sum of evidence is what
most looks left out (Kadane's maximal sum).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.align.judge.text import Text
from digest.align.lexicon import Scores
from digest.align.words import words

Evidence = Mapping[str, float]

STRONG = 0.2  # a lexicon's score from which a match is more than a chance
KNOWN = 0.25  # a word whose best translation scores this much is one the lexicon knows well
CLAUSE = re.compile(
    r"[^，；：。！？、（）()\[\]…—,;:.!?]+(?:[.,:](?=\w)[^，；：。！？、（）()\[\]…—,;:.!?]*)*[，；：。！？、（）()\[\]…—,;:.!?]*"
)
NAME = re.compile(r"\b[A-Za-z]*(?:[A-Z]|\d)[A-Za-z\d]*\b")
LONGEST = 300  # words of a line that are looked at


@dataclass(frozen=True, slots=True)
class Side:
    """One line's words in order, what each is, how it was met across, and the clause it stands in."""

    clauses: tuple[str, ...]
    words: tuple[str, ...]
    at: tuple[int, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of words [start, end) and the evidence, in nats, that it is not translated."""

    start: int
    end: int
    evidence: float


def cut(prose: str) -> Side:
    """Cut a line into clauses and these into content words."""
    clauses = tuple(m.group().strip() for m in CLAUSE.finditer(prose))
    found = [(word, number) for number, clause in enumerate(clauses) for word in words(clause)][:LONGEST]
    return Side(clauses, tuple(word for word, _ in found), tuple(number for _, number in found))


def matched(zh: Text, en: Text, lexicon: Scores) -> tuple[Side, Side]:
    """Cut both lines and say of each word what it is and how it was met: "known:strong", "name:none" …"""
    left, right = cut(zh.prose), cut(en.prose)
    places: dict[str, list[int]] = {}
    for j, word in enumerate(right.words):
        places.setdefault(word, []).append(j)
    edges: list[tuple[float, int, int]] = []
    for i, word in enumerate(left.words):
        edges.extend((1.0, i, j) for j in places.get(word, ()))
        for translation, score in lexicon.scores(word).items():
            edges.extend((score, i, j) for j in places.get(translation, ()))
    edges.sort(key=lambda edge: (-edge[0], abs(edge[1] * len(right.words) - edge[2] * len(left.words)), edge))
    zh_met, en_met = ["none"] * len(left.words), ["none"] * len(right.words)
    for score, i, j in edges:
        if zh_met[i] in ("none", "shared") and en_met[j] in ("none", "shared"):
            zh_met[i] = en_met[j] = "strong" if score >= STRONG else "weak"
        elif score >= STRONG:
            zh_met[i] = "shared" if zh_met[i] == "none" else zh_met[i]
            en_met[j] = "shared" if en_met[j] == "none" else en_met[j]
    zh_kinds = [_zh_kind(word, lexicon) for word in left.words]
    named = {word for name in NAME.findall(en.prose[1:]) for word in words(name)}
    en_kinds = [_en_kind(word, named) for word in right.words]
    return (
        Side(left.clauses, left.words, left.at, tuple(f"zh:{k}:{m}" for k, m in zip(zh_kinds, zh_met, strict=True))),
        Side(right.clauses, right.words, right.at, tuple(f"en:{k}:{m}" for k, m in zip(en_kinds, en_met, strict=True))),
    )


def _zh_kind(word: str, lexicon: Scores) -> str:
    if word[0].isdigit():
        return "number"
    if word[0] < "\u3000":
        return "latin"
    best = max(lexicon.scores(word).values(), default=0.0)
    return "known" if best >= KNOWN else "heard" if best else "unknown"


def _en_kind(word: str, named: set[str]) -> str:
    return "number" if word[0].isdigit() else "name" if word in named else "word"


def worst(side: Side, evidence: Evidence) -> Stretch:
    """Find the stretch of words with the largest sum of evidence; an empty one where no word speaks for absence.

    >>> side = Side(("a b", "c"), ("a", "b", "c"), (0, 0, 1), ("met", "lost", "lost"))
    >>> worst(side, {"met": -1.0, "lost": 0.75})
    Stretch(start=1, end=3, evidence=1.5)
    """
    best, start, total = Stretch(0, 0, 0.0), 0, 0.0
    for place, name in enumerate(side.classes):
        if total <= 0:
            start, total = place, 0.0
        total += evidence.get(name, 0.0)
        if total > best.evidence:
            best = Stretch(start, place + 1, total)
    return best


def total(side: Side, evidence: Evidence) -> float:
    return sum(evidence.get(name, 0.0) for name in side.classes)


def quoted(side: Side, stretch: Stretch, longest: int = 40) -> str:
    """Give the clauses that a stretch touches, short enough to be read in a reason."""
    if stretch.start == stretch.end:
        return ""
    touched: Sequence[str] = side.clauses[side.at[stretch.start] : side.at[stretch.end - 1] + 1]
    text = " ".join(touched).strip("，；：。、,;: ")
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
