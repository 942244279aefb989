"""Where a paragraph stands: in the lead, in a section that sums up, or in one that never says what a post says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.abstract.wording import CLOSING, SUMMING_UP
from digest.model import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a paragraph stands: its section, and what kind of section that is."""

    section: int
    lead: bool
    summing_up: bool
    closed: bool
    code_heavy: bool


def sections(document: Document) -> tuple[Stand, ...]:
    """Say for each paragraph in which section it stands.

    The lead is all before the first heading that follows some prose: a title or "Introduction" on top ends no lead.
    A section under a closed heading (acknowledgements, references) is closed with all its subsections.
    """
    spans = _section_spans(document.paragraphs)
    stands: list[Stand] = []
    for number, (start, end, open_headings) in enumerate(spans):
        body = document.paragraphs[start:end]
        stand = Stand(
            section=number,
            lead=number == 0,
            summing_up=any(SUMMING_UP.search(text) for text in open_headings[-1:]),
            closed=any(CLOSING.search(text) for text in open_headings),
            code_heavy=code_share(body) > 0.5,
        )
        stands.extend([stand] * (end - start))
    return tuple(stands)


def _section_spans(paragraphs: Sequence[Paragraph]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Cut paragraphs at headings: (start, end, texts of the headings above, outermost first)."""
    spans: list[tuple[int, int, tuple[str, ...]]] = []
    above: list[tuple[int, str]] = []
    start, seen_prose = 0, False
    for number, paragraph in enumerate(paragraphs):
        if paragraph.kind == "heading":
            if not seen_prose and not above and paragraph.level == 1:
                continue  # the title, which closes nothing
            if seen_prose:
                spans.append((start, number, tuple(text for _, text in above)))
                start, seen_prose = number, False
            above = [(level, text) for level, text in above if level < paragraph.level]
            above.append((paragraph.level, paragraph.text.strip()))
        elif paragraph.kind in ("prose", "item", "quote", "code"):
            seen_prose = True
    spans.append((start, len(paragraphs), tuple(text for _, text in above)))
    return spans


def code_share(paragraphs: Sequence[Paragraph]) -> float:
    """Give the share of code in the characters of code and text together, 0 to 1."""
    code = sum(len(p.text) for p in paragraphs if p.kind == "code")
    text = sum(len(p.text) for p in paragraphs if p.kind in ("prose", "item", "quote"))
    return code / (code + text) if code + text else 0.0
