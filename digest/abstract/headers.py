"""List items that say nothing without what opens their list: they take it along, or are not printed.

"Are trained faster" below "MoEs:" is half a sentence; "MoEs: Are trained faster" says something. What opens a list is
taken only where it names something by itself: a short line with a colon that speaks of nothing else in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digest.abstract.measures import HAN, words
from digest.abstract.traits import DEICTIC, PRONOUN, STEP
from digest.abstract.unit import Unit
from digest.abstract.wording import META, TELLING, YOU
from digest.model import Document, Paragraph

LONGEST_HEADER = 10  # words
NAMED = re.compile(r"^\W*[^.!?。！？]{2,50}?(?::\s|：|\s[-–—]\s)")  # "Name: explanation" stands by itself
HALF = re.compile(
    r"^\W*(?:[a-z]+\s|(?:Are|Is|Has|Have|Can|Was|Were|Does|Do|Supports?|Provides?|Enables?|Allows?|Uses|Includes?|"
    r"Requires?|Reduces?|Improves?|Makes?|Gives?|Runs|Works|Handles?|Offers?|Returns?|Takes?|Creates?|Adds?|Helps?|"
    r"Lets?|Contains?|Comes?|Needs?|Achieves?|Outperforms?|Generates?|Keeps?|Faces?)\s)"
)
WE = re.compile(r"\b(?:we|I|here)\b|我们|以下|如下|下面", re.IGNORECASE)


def with_headers(document: Document, units: Sequence[Unit]) -> list[Unit]:
    """Give the units; items that lack a subject have what opens their list before them, on both sides."""
    paragraphs = document.paragraphs
    by_paragraph: dict[int, list[Unit]] = {}
    for unit in units:
        by_paragraph.setdefault(unit.source[0].paragraph, []).append(unit)
    found = []
    for unit in units:
        number = unit.source[0].paragraph
        if paragraphs[number].kind == "item" and unit.source[0].start == 0 and needs_header(unit.text):
            header = _header(paragraphs, by_paragraph, number)
            if header and bool(header.other) == bool(unit.other) and header.verified >= unit.verified:
                unit = replace(unit, header=header.source, other_header=header.other)
        found.append(unit)
    return found


def needs_header(text: str) -> bool:
    """Tell whether an item is half a sentence: it opens with a small letter or with a verb.

    >>> needs_header("Are trained faster than dense models"), needs_header("Speed: models train faster.")
    (True, False)
    """
    return not NAMED.match(text) and not HAN.match(text) and bool(HALF.match(text))


def _header(paragraphs: Sequence[Paragraph], by_paragraph: dict[int, list[Unit]], item: int) -> Unit | None:
    """Give the unit that opens the list of an item, if it is fit to be taken along."""
    number = item - 1
    while number >= 0 and paragraphs[number].kind == "item":
        number -= 1
    if number < 0 or paragraphs[number].kind != "prose":
        return None
    opening = by_paragraph.get(number, [])
    return opening[0] if len(opening) == 1 and _is_name(opening[0].text) else None


def _is_name(text: str) -> bool:
    if not text.rstrip().endswith((":", "：")) or words(text) > LONGEST_HEADER:
        return False
    return not any(pattern.search(text) for pattern in (DEICTIC, PRONOUN, META, TELLING, YOU, WE, STEP))
