"""Stretches of a block in one style each: white space joined across them, parted into paragraphs, bounded (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Style = Literal["", "code", "math", "link"]

MAX_BLOCK = 20_000  # characters of one block; of 259 real texts the longest has 4,583, and 26 links
MAX_PIECES = 1_000  # stretches of one block
LINE_BREAK = "\x0b"  # a mark of our own: a line break that the author wanted
SPACE = re.compile(r"[ \t\r\n\f\v]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a block in one style; `href` is absolute and set for links only. `text` has the source's marks."""

    text: str
    style: Style = ""
    href: str = ""


def paragraphs_in(pieces: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Join white space across pieces, and part them where two line breaks meet."""
    part: list[Piece] = []
    breaks, spaced = 0, True
    for piece in pieces:
        if piece.text == LINE_BREAK:
            breaks += 1
            continue
        text = SPACE.sub(" ", piece.text)
        if not text.strip(" ") and breaks:
            continue
        if breaks and part:
            if breaks > 1:
                yield from _closed(part)
                part = []
            else:
                part[-1] = Piece(part[-1].text.rstrip(" "), part[-1].style, part[-1].href)
                part.append(Piece("\n"))
            spaced = True
        breaks = 0
        if spaced:
            text = text.lstrip(" ")
        if text:
            part.append(Piece(text, piece.style, piece.href))
            spaced = text.endswith(" ")
    yield from _closed(part)


def bounded(part: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Cut what is too long for a block, or in too many stretches; else give the very pieces."""
    room, kept = MAX_BLOCK, []
    for piece in part[:MAX_PIECES]:
        if room > 0:
            kept.append(Piece(piece.text[:room], piece.style, piece.href))
        room -= len(piece.text)
    return tuple(kept) if room < 0 or len(part) > MAX_PIECES else part


def _closed(part: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    while part and not part[-1].text.strip(" \n"):
        part.pop()
    if part:
        part[-1] = Piece(part[-1].text.rstrip(" "), part[-1].style, part[-1].href)
        if any(piece.text.strip() for piece in part):
            yield tuple(part)
