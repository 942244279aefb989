"""Blocks of text → a Document: mended, imprint lines turned into clues and credits, damage decided for the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from digest.model import Document, Guess, Paragraph
from digest.normalise.blocks import Block
from digest.normalise.editions import credits_in, footer_clues, is_imprint, weak_footer_clues
from digest.normalise.language import language_of_document
from digest.normalise.paragraphs import paragraph_of
from digest.normalise.repair.evidence import damage_of, evidence_of
from digest.normalise.repair.marks import Source, is_marked, marked, placed
from digest.normalise.repair.mend import mend
from digest.normalise.repair.refuse import is_noise
from digest.normalise.repair.report import UNSURE, Mended
from digest.printable import printable

# A text is damaged as a whole where damaged paragraphs make up more than this share of its letters. Below it, the
# damaged paragraphs alone are taken out of the prose (they become "code", which is never split, paired or chosen).
_DAMAGED_SHARE = 0.05
LONGEST_TITLE = 300  # characters; the longest of 259 real ones has 126
_HEAD, _FOOT = 6, 10  # paragraphs at both ends where an imprint may stand


def document_from(
    blocks: Sequence[Block],
    url: str,
    *,
    title: str,
    source: Source,
    lang: str = "",
    published: datetime | None = None,
    cut: bool = False,
) -> Document:
    """Make a Document of raw blocks. `lang` is what page, feed or settings declare; the text decides.

    `source` is what the blocks were read from; the title may come from it or from elsewhere, a feed. `cut`: something
    was left out before there were blocks.
    """
    heading, unsure_of_title, mended_title = _title(title, source)
    done_before = dict.fromkeys((*source.mended.repairs, *mended_title.repairs))
    damage = dict.fromkeys(mended_title.damage)
    like = evidence_of(source.mended.text)
    paragraphs: list[Paragraph] = []
    marks: list[tuple[str, ...]] = []
    guesses = [*source.mended.guesses, *mended_title.guesses]
    for block in blocks:
        paragraph, mended = paragraph_of(block, source.known, like)
        if paragraph.text.strip() or paragraph.kind == "image":
            paragraphs.append(paragraph)
            marks.append(mended.damage if paragraph.kind != "code" else ())
            done_before.update(dict.fromkeys(mended.repairs))
            guesses += mended.guesses
    damage.update(dict.fromkeys(_whole_damage(paragraphs, marks)))
    kept = _without_title(_prose_only(paragraphs, marks, damaged=bool(damage)), heading)
    texts = [p.text for p in kept if p.kind in ("prose", "item", "quote", "heading")]
    language = language_of_document(texts or [heading], lang) or lang
    ends = [p for n, p in enumerate(kept) if n < _HEAD or n >= len(kept) - _FOOT]
    imprint = {id(p) for p in ends if p.kind in ("prose", "quote", "item", "heading") and is_imprint(p)}
    found = footer_clues((p for p in ends if id(p) in imprint), language)
    if (damage or guesses) and not found:  # a label that cannot be read, or was read wrongly
        found = weak_footer_clues(kept)
    return Document(
        url=url,
        lang=language,
        title=heading,
        paragraphs=tuple(p for p in kept if id(p) not in imprint),
        published=published,
        clues=tuple(dict.fromkeys(found)),
        credits=credits_in(p for p in kept if id(p) in imprint),
        repairs=tuple(done_before),
        damage=tuple(damage),
        guessed=len(guesses),
        unsure=sum(guess.sure < UNSURE for guess in guesses),
        title_guesses=unsure_of_title,
        cut=cut or any(block.cut for block in blocks),
    )


def _title(title: str, source: Source) -> tuple[str, tuple[Guess, ...], Mended]:
    """Mend a title: (text on one line, its unsure characters, what was mended of it now).

    One that comes from a feed is read as its body was damaged; one from a repaired source has its marks.
    """
    title = title[: 4 * LONGEST_TITLE]  # with its marks, and before white space is joined
    mended = Mended(title)
    text, known = title, source.known
    if not (known and is_marked(title)):
        # by itself where the body is sound: its title may be damaged all the same
        mended = mend(title, like=source.evidence or None)
        text, known = marked(mended)
    line = printable(" ".join(text.split()), selectors=not known).replace("\u00a0", " ").strip()
    text, unsure, broken = placed(line, known)
    text, unsure = text[:LONGEST_TITLE], tuple(guess for guess in unsure if guess.at < LONGEST_TITLE)
    return text, unsure, replace(mended, damage=(*mended.damage, *broken))


def _whole_damage(paragraphs: Sequence[Paragraph], marks: Sequence[tuple[str, ...]]) -> list[str]:
    """Name the damage of the whole text: of its paragraphs where those are many, and what only the whole shows."""
    prose = [(p, names) for p, names in zip(paragraphs, marks, strict=True) if p.kind not in ("code", "image")]
    total = sum(len(p.text) for p, _ in prose)
    hurt = sum(len(p.text) for p, names in prose if names)
    text = "\n".join(p.text for p, _ in prose)
    if hurt > _DAMAGED_SHARE * total:
        # the code page is decided once, by the whole text; where that shows none, by what its paragraphs show
        names = list(damage_of(text)) or [name for _, names in prose for name in names]
    else:
        # Short lines show too little each: the whole may still be damaged. One quoted line cannot reach the gates.
        names = [name for name in damage_of(text) if not name.startswith("gone:")]
    return names + (["ocr-noise"] if is_noise(text) else [])


def _prose_only(paragraphs: list[Paragraph], marks: Sequence[tuple[str, ...]], *, damaged: bool) -> list[Paragraph]:
    if damaged:  # the document says so itself, and may be read again later
        return paragraphs
    return [replace(p, kind="code", level=0) if names else p for p, names in zip(paragraphs, marks, strict=True)]


def _without_title(paragraphs: list[Paragraph], title: str) -> list[Paragraph]:
    """Leave out the heading near the top that repeats the title."""
    wanted = squeezed(title)
    for n, paragraph in enumerate(paragraphs[:5]):
        if paragraph.kind == "heading" and wanted and squeezed(paragraph.text) == wanted:
            return paragraphs[:n] + paragraphs[n + 1 :]
    return paragraphs


def squeezed(text: str) -> str:
    """Give the letters and digits of a text alone, in lower case: what is the same to a reader is the same here.

    >>> squeezed("On_Caches: 第 1 部分")
    'oncaches第1部分'
    """
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
