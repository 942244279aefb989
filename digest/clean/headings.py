"""The lines of a foreign page → which of them begin a post, and where its foot begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.clean.lines import Shaped, date_in, shape_of, without_date


def post_headings(lines: Sequence[str], shapes: Sequence[Shaped | None]) -> list[bool]:
    """Tell for each line whether it begins a post: the first of these that the page has.

    Headings with a link or a date, of the level of the first; lines in bold, then items, that are a link and nothing
    else; headings below the title that are no more than words over an abstract.
    """
    for candidates in _candidates(lines, shapes):
        found = list(candidates)
        if found:
            level = min(shape.level for place in found[:1] if (shape := shapes[place]))
            chosen = {place for place in found if (shape := shapes[place]) and shape.level <= level}
            return [place in chosen for place in range(len(shapes))]
    return [False] * len(shapes)


_ONLY_LINK = re.compile(
    r"^\s*(?:[-+*]\s+|\d{1,3}[.)]\s+)?(?:\*\*|__)?\[(?:\\.|[^\[\]\\])+\]\([^\s()]+\)(?:\*\*|__)?[\W\d年月日]*$"
)


def _candidates(lines: Sequence[str], shapes: Sequence[Shaped | None]) -> Iterable[Iterable[int]]:
    inked = [(place, shape) for place, shape in enumerate(shapes) if shape]
    atx = [(place, shape) for place, shape in inked if shape.shape == "heading" and shape.level <= 6]
    first = atx[0][0] if atx and atx[0][1].level == 1 else -1
    dated = {p for p, s in atx if p != first and date_in(s.inline.text) and without_date(s.inline.text)}
    named = [p for p, s in atx if s.inline.links or p in dated]
    deeper = [p for p in named if (shape := shapes[p]) and shape.level > 1]
    yield deeper if deeper and len(named) - len(deeper) == 1 and named[0] == first else named
    only_link = [(p, s) for p, s in inked if s.inline.links and _ONLY_LINK.match(lines[p])]
    yield [p for p, _ in only_link if re.match(r"\s*(?:[-+*]\s+)?(?:\*\*|__)", lines[p])]
    yield [p for p, s in only_link if re.match(r"\s*\d", lines[p])]
    yield [p for p, s in atx if p != first and not is_label(s)]


def is_label(shaped: Shaped) -> bool:
    """Tell whether a heading only says that an abstract or a language follows."""
    return shape_of(shaped.inline.text).shape in ("heading", "language")


def foot_of(shapes: Sequence[Shaped | None], is_post: Sequence[bool]) -> int:
    """Give the place where the page's foot begins: the last rule, where a foot's words follow it, else the end."""
    inked = [(place, shape.shape) for place, shape in enumerate(shapes) if shape]
    said = [place for place, shape in inked[-3:] if shape == "foot"]
    if not said:
        return len(shapes)
    rules = [place for place, shape in inked if place < said[0] and shape == "markup"]
    after = (rules[-1] + 1) if rules else said[0]
    return after if not any(is_post[after:]) else said[0]
