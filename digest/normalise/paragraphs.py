"""A block of raw text → a Paragraph: mended, printable, its marks turned into guesses, its formulas found."""

from __future__ import annotations

import re
from dataclasses import replace

from digest.model import Guess, Paragraph, Span
from digest.normalise.blocks import Block
from digest.normalise.repair.evidence import Evidence
from digest.normalise.repair.marks import Known, marked, placed
from digest.normalise.repair.report import Mended
from digest.normalise.repair.source import mend_pieces
from digest.printable import printable


def paragraph_of(block: Block, known: Known = (), like: Evidence | None = None) -> tuple[Paragraph, Mended]:
    """Mend a block and make it a Paragraph, with what was mended of it now; code is left as it is.

    `known` are the marks of the source that the block stands in, `like` is the evidence of its document.
    """
    prose = [] if block.kind == "code" else [n for n, piece in enumerate(block.pieces) if piece.style != "code"]
    fixed = dict(zip(prose, _mended([block.pieces[n].text for n in prose], like), strict=True))
    at, out, spans = 0, [], []
    guesses: list[Guess] = []
    damage: dict[str, None] = {}
    for n, piece in enumerate(block.pieces):
        text, own, broken = _read(fixed.get(n, Mended(piece.text)), known)
        if piece.style and text.strip():
            left = len(text) - len(text.lstrip())
            spans.append(Span(at + left, at + len(text.rstrip()), piece.style, piece.href))
        guesses += [replace(guess, at=at + guess.at) for guess in own]
        damage.update(dict.fromkeys(broken))
        out.append(text)
        at += len(text)
    text, spans, guesses = _joined("".join(out), spans, guesses)
    spans += _formulas(text, spans) if block.kind not in ("code", "table") else []
    spans.sort(key=lambda span: span.start)
    mended = Mended(
        text,
        tuple(dict.fromkeys(code for each in fixed.values() for code in each.repairs)),
        tuple({**damage, **dict.fromkeys(code for each in fixed.values() for code in each.damage)}),
        tuple(guess for each in fixed.values() for guess in each.guesses),
    )
    return Paragraph(block.kind, text, block.level, tuple(spans), tuple(guesses)), mended


def _joined(text: str, spans: list[Span], guesses: list[Guess]) -> tuple[str, list[Span], list[Guess]]:
    """Make printable what is not so where pieces meet: marks heap up there, or a selector follows what takes none.

    Each piece is printable by itself, so characters only go; places move with what goes before them.
    """
    clean = printable(text)
    if clean == text:
        return text, spans, guesses
    moved, kept = [], 0
    for character in text:
        moved.append(kept)
        kept += kept < len(clean) and clean[kept] == character
    moved.append(kept)
    placed_spans = [replace(span, start=moved[span.start], end=moved[span.end]) for span in spans]
    placed_guesses = [replace(guess, at=moved[guess.at]) for guess in guesses]
    return (
        clean,
        [span for span in placed_spans if span.start < span.end],
        [guess for guess in placed_guesses if clean[guess.at : guess.at + 1] == guess.chosen],
    )


def _mended(pieces: list[str], like: Evidence | None) -> tuple[Mended, ...]:
    """Mend the pieces of a block by the evidence of its document.

    In a document that is sound as a whole a damaged block is undone where it lost nothing, by its own evidence; one
    that lost bytes may be a quotation, and nobody could tell a guess from what the author wrote: it stays.
    """
    mended = mend_pieces(pieces, like=like)
    if like or not any(piece.damage for piece in mended):
        return mended
    alone = mend_pieces(pieces)
    return mended if any(piece.guesses for piece in alone) else alone


def _read(piece: Mended, known: Known) -> tuple[str, tuple[Guess, ...], tuple[str, ...]]:
    """Make a piece printable: (text, its unsure characters, damage), by the marks of its source and its own repair.

    What is unsure by its own repair is marked too, so that its places outlive what is stripped.
    """
    text, known = marked(piece, known)
    return placed(printable(text, selectors=not known).replace("\u00a0", " "), known)


# $…$ as KaTeX's auto-render takes it, but for money: the closing sign follows no space and precedes no digit.
_FORMULA = re.compile(r"\$\$[^$]{1,2000}\$\$|\$(?=[^\s$])[^$\n]{0,300}?(?<=[^\s$\\])\$(?!\d)|\\\([^\n]{1,500}?\\\)")


def _formulas(text: str, taken: list[Span]) -> list[Span]:
    covered = bytearray(len(text))
    for span in taken:
        if span.kind != "link":
            covered[span.start : span.end] = b"\1" * (span.end - span.start)
    found = []
    for match in _FORMULA.finditer(text):
        inner = match.group().strip("$\\()")
        words = re.findall(r"(?<![\\{A-Za-z])[a-z]{3,}", inner)
        money = re.match(r"\d[\d.,]*\s", inner) and words
        if not money and not any(covered[match.start() : match.end()]):
            found.append(Span(match.start(), match.end(), "math"))
    return found
