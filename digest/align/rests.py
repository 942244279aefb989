"""Does a written line rest on the sentences that it names? (pure)

A line that somebody wrote about a text, not one of its own sentences, is believed only as far as the sentences it names
bear it: its numbers, names, versions, addresses and code must stand in them, it may deny nothing that they do not, and
its vector and its words must be near theirs. What is true but stands elsewhere is refused as well: the reader is shown
the named sentences as the line's source. benchmarks/written.py measures each test and fits the thresholds.

What no test here sees: a line that says of one thing what its sentences say of another, with the words of both; a
relation turned around ("A beats B" for "B beats A"); names in Han characters, and a swapped name that is an ordinary
English word at the start of its sentence, but for what the vectors and the words show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.align.embed import Embedder
from digest.align.judge.coverage import CLAUSE
from digest.align.judge.faults import ANNOUNCED, CHATTER
from digest.align.judge.text import letters, read
from digest.align.unsaid import unsaid
from digest.align.words import words
from digest.model import Line

# Fitted by benchmarks/written.py on hfblog-more; on hfblog they are only reported.
LEAST_SIMILARITY = 0.55  # cosine of a line and what it takes of its sentences, in one language
LEAST_ACROSS = 0.45  # the same across the two languages
LEAST_CLAUSE = 0.26  # of each of its clauses, with what is nearest to it
MOST_NEW = 0.75  # share of a line's content words that its sentences have not
LEAST_CLAUSE_WORDS = 4  # content words from which a clause says something by itself
LEAST_ALIKE = 0.9  # cosine from which two lines of one language say the same

HOUR = re.compile(r"(?<=\d)\s?[ap]\.?m\b\.?", re.I)  # the judge takes 7 p.m. for 19 as well, whoever says it
DOLLAR = re.compile(r"\$(?=\d)")  # two amounts of money are no formula


@dataclass(frozen=True, slots=True)
class Bearing:
    """How near a line is to the sentences it names; cosines are of unit vectors.

    `similarity` is that of the line and what of the sentences is nearest to it: all, one, or a clause of one, for a
    line may leave out what it likes. `clause` is that of the line's clause which is farthest from all of them (1 for a
    line of one clause and across two languages). `new` is the share of the line's content words that the sentences
    have not (0 across two languages).
    """

    similarity: float
    clause: float
    new: float


def rests(line: str, side: str, cited: Sequence[str], cited_side: str, embedder: Embedder) -> tuple[str, ...]:
    """Say what speaks against a line's resting on the sentences it names; () where it rests on them.

    `side` and `cited_side` are "zh" or "en". Each reason is a code, most with the fact behind a colon: chatter, links,
    code, numbers, units, names, denial, similarity, clause, new.
    """
    mine = read(Line(side, HOUR.sub("", DOLLAR.sub("", line))))
    theirs = read(Line(cited_side, DOLLAR.sub("", joined(cited, cited_side))))
    found = list(unsaid(mine, theirs, side, cited_side))
    if CHATTER.search(mine.prose) or ANNOUNCED.search(mine.prose):
        found.insert(0, "chatter")
    if found:
        return tuple(found)
    return _far(bearing(line, side, cited, cited_side, embedder), across=side != cited_side)


def joined(cited: Sequence[str], side: str) -> str:
    return ("" if side == "zh" else " ").join(cited)


def _far(near: Bearing, *, across: bool) -> tuple[str, ...]:
    least = LEAST_ACROSS if across else LEAST_SIMILARITY
    if not math.isfinite(near.similarity) or near.similarity < least:
        return (f"similarity:{near.similarity:.2f}",)
    if across:
        return ()
    if near.clause < LEAST_CLAUSE:
        return (f"clause:{near.clause:.2f}",)
    return (f"new:{near.new:.2f}",) if near.new > MOST_NEW else ()


def bearing(line: str, side: str, cited: Sequence[str], cited_side: str, embedder: Embedder) -> Bearing:
    """Measure how near a line is to the sentences it names, or to what it takes of them."""
    whole = joined(cited, cited_side)
    sources = list(dict.fromkeys((whole, *cited, *(clause for sentence in cited for clause in _clauses(sentence)))))
    parts = _clauses(line) if side == cited_side else []
    rows = embedder.encode([line, *sources, *parts])
    near = rows[: 1 + len(sources)]
    clause = min((float((near[1:] @ part).max()) for part in rows[1 + len(sources) :]), default=1.0)
    new = 0.0
    if side == cited_side:
        mine, theirs = words(line), set(words(whole))
        new = sum(word not in theirs for word in mine) / len(mine) if mine else 1.0
    return Bearing(float((near[1:] @ near[0]).max()), clause, new)


def _clauses(text: str) -> list[str]:
    """Cut a text at its inner stops and where "and", "which" … begin a clause; [] where that leaves less than two."""
    cut = [m.group().strip() for m in CLAUSE.finditer(text)]
    parts = [part for clause in cut for part in re.split(r"\s(?=(?:and|which|while|but|because)\s)", clause)]
    said = [part for part in parts if len(words(part)) >= LEAST_CLAUSE_WORDS]
    return said if len(said) > 1 else []


def alike(one: str, two: str, embedder: Embedder) -> bool:
    """Tell whether two lines of one language say the same: by their letters, their words or their vectors."""
    if letters(one) == letters(two):
        return True
    mine, theirs = set(words(one)), set(words(two))
    if mine and mine == theirs:
        return True
    left, right = embedder.encode([one, two])
    return float(left @ right) >= LEAST_ALIKE
