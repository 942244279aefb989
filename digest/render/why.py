"""Why the lines of an entry were chosen and others were not, in words: for a person who tunes feeds.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from digest.model import SIDES, Abstract, Both, Weighed
from digest.render import words

BEST_LEFT = 2  # stretches that were not chosen and are named
MOST_REASONS = 6  # that are counted by name
LEAST_PART, MOST_PARTS = 0.05, 1  # of a score; what is smaller, and what is beyond, is in the JSON only


@dataclass(frozen=True, slots=True)
class Row:
    """A weighed stretch: a line of the entry, or another that is called by its paragraph, counted from 1.

    A line's `paragraph` is 0; `parts` names the heaviest parts of a line's score, `reasons` why another is no line.
    """

    paragraph: int
    score: str
    parts: Both
    reasons: Both


@dataclass(frozen=True, slots=True)
class Why:
    """The chosen stretches in the order of their lines, the best others, and how many were left, by reason.

    `rank` names the parts of what gave the post its place among the day's.
    """

    chosen: tuple[Row, ...]
    left: tuple[Row, ...]
    counts: Both
    rank: Both
    rank_sum: str


def why(abstract: Abstract) -> Why | None:
    """Say why each line was chosen and how many stretches were not, by reason; None where nothing was weighed."""
    if not (abstract.weighed or abstract.rank):
        return None
    by_pair = {each.pair: each for each in abstract.weighed if each.pair}
    chosen = tuple(_row(by_pair[pair.id], line=True) for pair in abstract.pairs if pair.id in by_pair)
    others = [each for each in abstract.weighed if each.why != "chosen"]
    best = sorted((each for each in others if not each.faults), key=lambda each: -each.score)[:BEST_LEFT]
    counts = Counter(reason for each in others for reason in _reasons(each)).most_common()
    named, more = counts[:MOST_REASONS], sum(n for _, n in counts[MOST_REASONS:])
    return Why(
        chosen,
        tuple(_row(each) for each in best),
        _listed(_followed(said, str(n)) for said, n in named + [(words.word("others"), more)] * bool(more)),
        _signed((words.rank_part(name), value) for name, value in abstract.rank),
        _figure(sum(value for _, value in abstract.rank)),
    )


def _row(each: Weighed, *, line: bool = False) -> Row:
    parts = sorted(each.parts, key=lambda part: -abs(part[1]))[:MOST_PARTS]
    return Row(
        paragraph=0 if line else each.place.paragraph + 1,
        score=_figure(each.score),
        parts=_signed((words.word_of("part", name), value) for name, value in parts if line),
        reasons=_listed(() if each.why == "chosen" else _reasons(each)),
    )


def _reasons(each: Weighed) -> tuple[Both, ...]:
    """Put what kept a stretch from being a line into words: each fault of one that was filtered, else why."""
    return tuple(words.word_of("fault", fault) for fault in each.faults) or (words.word_of("why", each.why),)


def _signed(parts: Iterable[tuple[Both, float]]) -> Both:
    """Name the parts of a sum that weigh, each with its sign."""
    return _listed(_followed(said, _figure(value, "+")) for said, value in parts if abs(value) >= LEAST_PART)


def _figure(value: float, sign: str = "") -> str:
    """Write a number with a minus that is none of the hyphens.

    >>> _figure(-0.5), _figure(0.5, "+")
    ('\u22120.50', '+0.50')
    """
    return f"{value:{sign}.2f}".replace("-", "\u2212")


def _followed(said: Both, figure: str) -> Both:
    return Both(f"{said.zh} {figure}", f"{said.en} {figure}")


def _listed(said: Iterable[Both]) -> Both:
    """Put several words into one text a language: half the markup of a mark a word. No line begins with a dot."""
    each = list(said)
    return Both(*("\u00a0· ".join(one.get(side) or "" for one in each) for side in SIDES))
