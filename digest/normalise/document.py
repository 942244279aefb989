"""Blocks of text → a Document: mended, imprint lines turned into clues and credits, damage decided for the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from digest.model import Document, Paragraph
from digest.normalise.blocks import Block, paragraph_of
from digest.normalise.editions import credits_in, footer_clues, is_imprint, weak_footer_clues
from digest.normalise.language import language_of_document
from digest.normalise.printable import printable
from digest.normalise.repair.mend import damage_of, is_noise, mend

# A text is damaged as a whole where damaged paragraphs make up more than this share of its letters. Below it, the
# damaged paragraphs alone are taken out of the prose (they become "code", which is never split, paired or chosen).
_DAMAGED_SHARE = 0.05
_HEAD, _FOOT = 6, 10  # paragraphs at both ends where an imprint may stand


def document_from(
    blocks: Sequence[Block],
    url: str,
    *,
    title: str,
    lang: str = "",
    published: datetime | None = None,
    repairs: tuple[str, ...] = (),
) -> Document:
    """Make a Document of raw blocks. `lang` is what page, feed or settings declare; the text decides.

    `repairs` are those already made on the text that the blocks were read from.
    """
    heading = mend(" ".join(title.split()))
    done_before, damage = dict.fromkeys((*repairs, *heading.repairs)), dict.fromkeys(heading.damage)
    paragraphs: list[Paragraph] = []
    marked: list[tuple[str, ...]] = []
    for block in blocks:
        paragraph, done, marks = paragraph_of(block)
        if paragraph.text.strip() or paragraph.kind == "image":
            paragraphs.append(paragraph)
            marked.append(marks if paragraph.kind != "code" else ())
            done_before.update(dict.fromkeys(done))
    damage.update(dict.fromkeys(_whole_damage(paragraphs, marked)))
    kept = _without_title(_prose_only(paragraphs, marked, damaged=bool(damage)), heading.text)
    texts = [p.text for p in kept if p.kind in ("prose", "item", "quote", "heading")]
    language = language_of_document(texts or [heading.text], lang) or lang
    ends = [p for n, p in enumerate(kept) if n < _HEAD or n >= len(kept) - _FOOT]
    imprint = {id(p) for p in ends if p.kind in ("prose", "quote", "item", "heading") and is_imprint(p)}
    found = footer_clues((p for p in ends if id(p) in imprint), language)
    if damage and not found:
        found = weak_footer_clues(kept)
    return Document(
        url=url,
        lang=language,
        title=printable(heading.text).replace("\u00a0", " ").strip(),
        paragraphs=tuple(p for p in kept if id(p) not in imprint),
        published=published,
        clues=tuple(dict.fromkeys(found)),
        credits=credits_in(p for p in kept if id(p) in imprint),
        repairs=tuple(done_before),
        damage=tuple(damage),
    )


def _whole_damage(paragraphs: Sequence[Paragraph], marked: Sequence[tuple[str, ...]]) -> list[str]:
    """Name the damage of the whole text: of its paragraphs where those are many, and what only the whole shows."""
    prose = [(p, marks) for p, marks in zip(paragraphs, marked, strict=True) if p.kind not in ("code", "image")]
    total = sum(len(p.text) for p, _ in prose)
    hurt = sum(len(p.text) for p, marks in prose if marks)
    text = "\n".join(p.text for p, _ in prose)
    if hurt > _DAMAGED_SHARE * total:
        # the code page is decided once, by the whole text; where that shows none, by what its paragraphs show
        names = list(damage_of(text)) or [mark for _, marks in prose for mark in marks]
    else:
        # Short lines show too little each: the whole may still be damaged. One quoted line cannot reach the gates.
        names = [mark for mark in damage_of(text) if not mark.startswith("gone:")]
    return names + (["ocr-noise"] if is_noise(text) else [])


def _prose_only(paragraphs: list[Paragraph], marked: Sequence[tuple[str, ...]], *, damaged: bool) -> list[Paragraph]:
    if damaged:  # the document says so itself, and may be read again later
        return paragraphs
    return [Paragraph("code", p.text, 0, p.spans) if marks else p for p, marks in zip(paragraphs, marked, strict=True)]


def _without_title(paragraphs: list[Paragraph], title: str) -> list[Paragraph]:
    """Leave out the heading near the top that repeats the title."""
    wanted = _letters(title)
    for n, paragraph in enumerate(paragraphs[:5]):
        if paragraph.kind == "heading" and wanted and _letters(paragraph.text) == wanted:
            return paragraphs[:n] + paragraphs[n + 1 :]
    return paragraphs


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def moment_of(text: str) -> datetime | None:
    """Read an ISO 8601 date with a time zone; None otherwise.

    >>> moment_of("2025-04-16T10:00:00+08:00").isoformat()
    '2025-04-16T02:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
