"""HTML → lines of Markdown, block by block, for a reader that looks at lines."""

from __future__ import annotations

import re
from typing import Any

from digest.normalise.blocks import Block, Piece, blocks_of

_SPECIAL = re.compile(r"[\\`*_\[\]<>#]")


def markdown_lines(html: str, url: str) -> str:
    """Give the text of a whole HTML page, nothing chosen: a heading, a paragraph, an item after the other.

    Lines broken by <br> stay apart. What would be Markdown is escaped, links and code are kept.
    """
    from lxml import html as lxml_html

    tree: Any = lxml_html.document_fromstring(html, parser=lxml_html.HTMLParser(remove_comments=True, remove_pis=True))
    return "\n\n".join(filter(None, map(_block, blocks_of(tree, url)))) + "\n"


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
