"""Where a printed line comes from, and who made it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from digest.model import SIDES, Abstract, Line, LinePair, Place
from digest.render.address import at_text
from digest.render.line import shown

BETWEEN = 1  # characters that may stand between two sentences of one stretch: a blank, or nothing


def source_of(line: Line) -> str:
    """Give the address that leads to a line in its source, "" where it has none: it was made for the digest."""
    return at_text(line.places[0].url, line.text) if line.places else ""


def places(pair: LinePair, order: Sequence[str] = SIDES) -> str:
    """Say where each line of a pair stands in the text that was read: its paragraph, its characters, both from 1.

    The same signs for readers of both languages: they stand at every pair, and the page's foot says what they mean.

    >>> from digest.model import Verdict
    >>> places(LinePair("1", None, Line("en", "Hello.", (Place("en", "", 3, 0, 6),)), "none", Verdict(0, False)))
    'en ¶4: 1–6'
    """
    lines = [(side, line) for side in order if (line := pair.zh if side == "zh" else pair.en) and line.places]
    return "; ".join(
        f"{side} " + ", ".join(
            f"¶{paragraph + 1}: {', '.join(_stretches(list(each)))}"
            for paragraph, each in groupby(line.places, key=lambda place: place.paragraph)
        )
        for side, line in lines
    )  # fmt: skip


def _stretches(found: Sequence[Place]) -> list[str]:
    """Name the stretches of a paragraph; sentences that follow one another are one."""
    ends: list[tuple[int, int]] = []
    for place in found:
        if ends and 0 <= place.start - ends[-1][1] <= BETWEEN:
            ends[-1] = (ends[-1][0], place.end)
        else:
            ends.append((place.start, place.end))
    return [f"{start + 1}–{end}" for start, end in ends]


def maker(pair: LinePair, abstract: Abstract, order: Sequence[str] = SIDES) -> str:
    """Name who made a pair: the engine that made a line of it, or its post's translators; "" where none is known.

    Words that a correction put there are those of who made it.
    """
    if pair.correction and pair.correction.how == "replaced":
        return shown(pair.correction.by)
    if pair.engine:
        return shown(pair.engine)
    names = abstract.credits if pair.made_by == "human" else ()
    return ("、" if order[0] == "zh" else ", ").join(filter(None, map(shown, names)))
