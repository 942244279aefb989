"""What speaks against printing a unit: its place, its shape, its wording, its length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.abstract.headers import needs_header
from digest.abstract.measures import HAN_PER_WORD, LATIN, length_ratio, names, stem, words
from digest.abstract.sections import Stand, sections
from digest.abstract.unit import Unit
from digest.abstract.wording import DANGLING, META, NOT_SAYING, POINTING, TELLING
from digest.model import Document, Paragraph, ParagraphKind

WORDS = (6, 45)  # what a line may hold, in English words
RATIO = (0.7 / HAN_PER_WORD, 4.0 / HAN_PER_WORD)  # of the two sides' lengths, each in English words


def faults(document: Document, units: Sequence[Unit]) -> tuple[frozenset[str], ...]:
    """Name for each unit what speaks against printing it; an empty set passes every filter."""
    stands = sections(document)
    return tuple(frozenset(_faults(document, unit, stands)) for unit in units)


def _faults(document: Document, unit: Unit, stands: Sequence[Stand]) -> Iterator[str]:
    paragraph = document.paragraphs[unit.source[0].paragraph]
    yield from _shape_faults(unit, paragraph)
    if stands[unit.source[0].paragraph].closed:
        yield "section"
    texts = [text for text in (unit.text, unit.other_text) if text]
    if any(len(text) > LONGEST for text in texts) or words(texts[0]) < FEWEST_WORDS:
        yield "not-prose"  # no sentence; and the patterns below are not linear in a line's length
        return
    for text in texts:
        yield from _text_faults(text)
    first = texts[0]
    if DANGLING.match(first) or _points_back(first, document.title):
        yield "dangling"
    if not _ends(first, paragraph.kind) and not unit.header:
        yield "ending"
    if paragraph.kind == "item" and not unit.header and unit.source[0].start == 0 and needs_header(first):
        yield "dangling"
    if _has_formula(unit, paragraph):
        yield "formula"
    if not WORDS[0] <= words(first) <= WORDS[1]:
        yield "length"
    if len(texts) == 2 and not RATIO[0] <= length_ratio(*texts) <= RATIO[1]:
        yield "ratio"


# A quoted paragraph with such marks cites somebody; without, it stresses what the post itself says.
SPOKEN = re.compile(r"[\"“”‘「『«]|[—–-]\s*[A-Z][\w.]+\s*[A-Z]|——")
LONGEST = 1000  # characters
EMOJI_AT_END = re.compile(r"[\U0001f300-\U0001faff\u2600-\u27bf][\ufe0f\s]*$")  # stands for a full stop
FEWEST_WORDS = 2


def _shape_faults(unit: Unit, paragraph: Paragraph) -> Iterator[str]:
    for side in (unit.source, unit.other):
        if len({sentence.paragraph for sentence in side}) > 1:
            yield "paragraphs"
    for kind, text in ((paragraph.kind, unit.text), (unit.other_kind if unit.other else "prose", unit.other_text)):
        if kind not in ("prose", "item") and (kind != "quote" or SPOKEN.search(text)):
            yield "not-prose"


def _text_faults(text: str) -> Iterator[str]:
    for name, pattern in NOT_SAYING:
        if pattern.search(text):
            yield name
    if META.search(text):
        yield "meta"
    if TELLING.search(text):
        yield "instruction"


def _points_back(text: str, title: str) -> bool:
    """Say whether a line opens with "this" and a noun that the title does not have."""
    found = POINTING.match(text)
    return found is not None and stem(found[1] or "") not in {stem(word) for word in LATIN.findall(title)}


def _ends(text: str, kind: ParagraphKind) -> bool:
    """Say whether a line ends as a sentence does; a list item may also just stop, if it is as long as a sentence."""
    if re.search(r"[.!…。！][\"'”’」』)）\]]*\s*\W*$", text) or (EMOJI_AT_END.search(text) and words(text) >= 10):
        return True
    return kind == "item" and words(text) >= 10 and names(text) <= words(text) / 3


def _has_formula(unit: Unit, paragraph: Paragraph) -> bool:
    """Say whether a line holds mathematics, or so much code or so many figures that it does not read as prose."""
    spans = [span for span in paragraph.spans if span.kind == "math"]
    if any(s.start < span.end and span.start < s.end for s in unit.source for span in spans):
        return True
    text = unit.text
    found = LATIN.findall(text)
    code = sum(end - start for sentence in unit.source for start, end in sentence.code)
    figures = sum(any(char.isdigit() for char in word) for word in found)
    identifiers = sum("_" in word for word in found)
    return code > len(text) / 3 or identifiers >= 3 or figures > max(4.0, words(text) * 0.4)
