"""What speaks against printing a unit: its place, its shape, its wording, its length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.abstract.measures import HAN_PER_WORD, LATIN, length_ratio, names, words
from digest.abstract.sections import Stand, sections
from digest.abstract.unit import Unit, text_of
from digest.abstract.wording import DANGLING, META, NOT_SAYING
from digest.model import Document, Paragraph, ParagraphKind

WORDS = (6, 45)  # what a line may hold, in English words
RATIO = (0.9 / HAN_PER_WORD, 3.2 / HAN_PER_WORD)  # of the two sides' lengths, each in English words


def faults(document: Document, units: Sequence[Unit]) -> tuple[frozenset[str], ...]:
    """Name for each unit what speaks against printing it; an empty set passes every filter."""
    stands = sections(document)
    return tuple(frozenset(_faults(document, unit, stands)) for unit in units)


def _faults(document: Document, unit: Unit, stands: Sequence[Stand]) -> Iterator[str]:
    paragraph = document.paragraphs[unit.source[0].paragraph]
    yield from _shape_faults(unit, paragraph)
    if stands[unit.source[0].paragraph].closed:
        yield "section"
    texts = [side for side in (text_of(unit.source), text_of(unit.other)) if side]
    if any(len(text) > LONGEST for text in texts) or words(texts[0]) < FEWEST_WORDS:
        yield "not-prose"  # no sentence; and the patterns below are not linear in a line's length
        return
    for text in texts:
        yield from _text_faults(text)
    first = texts[0]
    if DANGLING.match(first):
        yield "dangling"
    if not _ends(first, paragraph.kind):
        yield "ending"
    if _has_formula(unit, paragraph):
        yield "formula"
    if not WORDS[0] <= words(first) <= WORDS[1]:
        yield "length"
    if len(texts) == 2 and not RATIO[0] <= length_ratio(*texts) <= RATIO[1]:
        yield "ratio"


LONGEST = 1000  # characters
FEWEST_WORDS = 2


def _shape_faults(unit: Unit, paragraph: Paragraph) -> Iterator[str]:
    for side in (unit.source, unit.other):
        if len({sentence.paragraph for sentence in side}) > 1:
            yield "paragraphs"
    for kind in (paragraph.kind, unit.other_kind if unit.other else "prose"):
        if kind not in ("prose", "item"):
            yield "not-prose"


def _text_faults(text: str) -> Iterator[str]:
    for name, pattern in NOT_SAYING:
        if pattern.search(text):
            yield name
    if META.search(text):
        yield "meta"


def _ends(text: str, kind: ParagraphKind) -> bool:
    """Say whether a line ends as a sentence does; a list item may also just stop, if it is as long as a sentence."""
    if re.search(r"[.!…。！][\"'”’」』)）\]]*\s*\W*$", text):
        return True
    return kind == "item" and words(text) >= 10 and names(text) <= words(text) / 3


def _has_formula(unit: Unit, paragraph: Paragraph) -> bool:
    """Say whether a line holds mathematics, or so much code or so many figures that it does not read as prose."""
    spans = [span for span in paragraph.spans if span.kind == "math"]
    if any(s.start < span.end and span.start < s.end for s in unit.source for span in spans):
        return True
    text = text_of(unit.source)
    found = LATIN.findall(text)
    code = sum(end - start for sentence in unit.source for start, end in sentence.code)
    figures = sum(any(char.isdigit() for char in word) for word in found)
    identifiers = sum("_" in word for word in found)
    return code > len(text) / 3 or identifiers >= 3 or figures > max(4.0, words(text) * 0.4)
