"""Plain text → Document: paragraphs stand between blank lines.

Text that was wrapped to a width is joined again; a line that ends where a sentence may, or that is short, ends there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from digest.model import Document
from digest.normalise.blocks import Block
from digest.normalise.document import document_from
from digest.normalise.pieces import Piece
from digest.normalise.repair.marks import source_of, unmarked

MAX_PLAIN = 1_000_000  # characters; what comes after is not read
LINE_END = re.compile(r"\r?\n")  # and nothing else: form feeds, U+2028 and the like stand within lines
# A line narrower than this was ended by its writer, not wrapped (columns; a Han character takes two). Mail, man pages
# and commit messages are wrapped at 65 to 80.
_NARROWEST_WRAP = 48
_FINISHED = re.compile(r"[.!?:;。！？：；…][\"'”’」』)）\]]*$")
_ITEM = re.compile(r"\s*(?:[-*+•·]|\(?\d{1,3}[.)、]|[（(]?[一二三四五六七八九十]{1,3}[）)、.])\s*\S")
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\U00020000-\U0003fffd]"
)


def read_plain(text: str, url: str, *, lang: str = "") -> Document:
    """Read plain text: no title, every paragraph prose."""
    source = source_of(text[:MAX_PLAIN])
    blocks = [Block("prose", (Piece(paragraph),), 0, None) for paragraph in paragraphs_of(source.text)]
    return document_from(blocks, url, title="", source=source, lang=lang, cut=len(text) > MAX_PLAIN)


def paragraphs_of(text: str) -> Iterator[str]:
    r"""Part a text at its blank lines and join what was wrapped; other line ends stay, and end a sentence.

    >>> list(paragraphs_of("短标题\n第一行。\n\n\nTwo\nlines"))
    ['短标题\n第一行。', 'Two\nlines']
    """
    for lines in groups(text):
        paragraph = lines[0]
        for previous, line in pairwise(lines):
            before = unmarked(previous)
            if not _is_wrapped(before, unmarked(line)):
                paragraph += "\n"
            elif not (_WIDE.match(before[-1]) or _WIDE.match(line[0])):
                paragraph += " "
            paragraph += line
        yield paragraph


def groups(text: str) -> Iterator[tuple[str, ...]]:
    r"""Give the runs of lines between blank lines, each line without the white space around it.

    >>> list(groups("a\r\nb\n \t\n\nc"))
    [('a', 'b'), ('c',)]
    """
    run: list[str] = []
    for line in LINE_END.split(text):
        if stripped := line.strip():
            run.append(stripped)
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _is_wrapped(before: str, line: str) -> bool:
    """Tell whether the end of the line `before` is a wrap, and `line` goes on; both without marks."""
    width = len(before) + len(_WIDE.findall(before))
    return width >= _NARROWEST_WRAP and not _FINISHED.search(before) and not _ITEM.match(line)
