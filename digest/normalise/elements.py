"""What the walk over a tree asks of an element: whether it is seen, where it leads, its text in one way or another."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from digest.model import LONGEST_URL
from digest.normalise.pieces import SPACE

Element = Any  # lxml ships no types

SILENT = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template button input select textarea option svg iframe object embed canvas "
        "video audio map dialog rt rp head title datalist progress ",
    )
)
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hgroup html li main menu nav ol p pre section summary table "
        "tbody td tfoot th thead tr ul ",
    )
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_hidden(node: Element) -> bool:
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return "math" not in (node.get("class") or "") and node.tag != "img"
    return bool(_HIDDEN_STYLE.search(node.get("style") or ""))


def in_sup(node: Element) -> bool:
    parent = node.getparent()
    return (parent is not None and parent.tag == "sup") or node.find("sup") is not None


def absolute(base: str, href: str) -> str:
    """Resolve a link; "" for what is no http(s) address, is too long for one or cannot be read."""
    href = href.strip()
    if not href or len(href) > LONGEST_URL:
        return ""
    try:
        target = urljoin(base, href)
        return target if len(target) <= LONGEST_URL and urlsplit(target).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def flat(node: Element) -> str:
    return SPACE.sub(" ", "".join(node.itertext(with_tail=False))).strip()


def spaced(node: Element) -> str:
    """Give an element's text with a space where a block or line ends."""
    from lxml.etree import iterwalk

    out = []
    for event, child in iterwalk(node, events=("start", "end")):
        if event == "start":
            out.append(child.text or "" if child.tag not in SILENT else "")
        elif child is not node:
            out.append((" " if child.tag in BLOCKS or child.tag == "br" else "") + (child.tail or ""))
    return SPACE.sub(" ", "".join(out)).strip()


def verbatim(node: Element) -> str:
    """Give preformatted text with its line breaks."""
    from lxml.etree import iterwalk

    out = []
    for event, child in iterwalk(node, events=("start", "end")):
        if event == "start":
            out.append("\n" if child.tag == "br" else child.text or "")
        elif child is not node:
            out.append(child.tail or "")
    return "".join(out)


def is_layout(table: Element) -> bool:
    """Tell a table that only places things on the page: one cell, or cells with headings, tables or long text."""
    if table.find(".//table") is not None or any(table.find(f".//{h}") is not None for h in HEADINGS):
        return True
    cells = [cell for row in table.iter("tr") for cell in row if cell.tag in ("td", "th")]
    return len(cells) <= 1 or any(len(flat(cell)) > 600 for cell in cells)
