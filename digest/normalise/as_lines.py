"""HTML → lines of Markdown, block by block, for a reader that looks at lines."""

from __future__ import annotations

import re

from digest.markup import tree_of
from digest.normalise.blocks import Block, blocks_of
from digest.normalise.pieces import Piece

_SPECIAL = re.compile(r"[\\`*_\[\]<>#]")


def markdown_lines(html: str, url: str) -> str:
    """Give the text of a whole HTML page, nothing chosen: a heading, a paragraph, an item after the other.

    Lines broken by <br> stay apart. What would be Markdown is escaped, links and code are kept.
    """
    tree = tree_of(html)
    blocks = [] if tree is None else blocks_of(tree, url)
    return "\n\n".join(filter(None, map(_block, blocks))) + "\n"


def _block(block: Block) -> str:
    text = "".join(map(_piece, block.pieces)).strip()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if block.kind == "heading":
        return f"{'#' * max(block.level, 1)} {' '.join(lines)}" if lines else ""
    if block.kind in ("image", "code"):
        return ""
    return "\n".join(lines)


def _piece(piece: Piece) -> str:
    if piece.style == "code" and "`" not in piece.text and piece.text.strip():
        return f"`{piece.text}`"
    text = _SPECIAL.sub(r"\\\g<0>", piece.text)
    if piece.style != "link" or not text.strip() or not piece.href:
        return text
    address = re.sub(r"[\s()]", lambda match: f"%{ord(match.group()):02X}", piece.href)
    return f"[{text}]({address})"
