"""An element tree → its blocks of text in reading order, with what is code, link and formula marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from digest.model import ParagraphKind
from digest.normalise.repair.marks import unmarked

Element = Any  # lxml ships no types
Style = Literal["", "code", "math", "link"]

MAX_DEPTH = 150  # nesting beyond this is read as plain text
MAX_TEXT = 1_000_000  # characters of one document; what comes after is not read


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a block in one style; `href` is absolute and set for links only. `text` has the source's marks."""

    text: str
    style: Style = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A raw paragraph: pieces as the page has them, white space collapsed, and the element it came from."""

    kind: ParagraphKind
    pieces: tuple[Piece, ...]
    level: int
    element: Element = field(compare=False, repr=False)

    @property
    def marked(self) -> str:
        """Give the block's text with the marks of its source (repair/marks.py)."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def text(self) -> str:
        """Give the block's text as it would be read, for whoever asks what it is."""
        return unmarked(self.marked)


_SILENT = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template button input select textarea option svg iframe object embed canvas "
        "video audio map dialog rt rp head title datalist progress ",
    )
)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hgroup html li main menu nav ol p pre section summary table "
        "tbody td tfoot th thead tr ul ",
    )
)
_SELF_LINKS = frozenset(("#", "¶", "§", "🔗", "", "link", "anchor", "permalink"))
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


def blocks_of(root: Element, base: str) -> list[Block]:
    """Walk a tree and give its blocks; `base` makes links absolute."""
    walk = _Walk(base)
    walk.element(root, _Context())
    walk.flush(_Context(), root)
    return walk.blocks


@dataclass(frozen=True, slots=True)
class _Context:
    kind: ParagraphKind = "prose"
    level: int = 0
    style: Style = ""
    href: str = ""
    depth: int = 0


@dataclass(slots=True)
class _Walk:
    base: str
    blocks: list[Block] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    size: int = 0

    def element(self, node: Element, ctx: _Context) -> None:
        tag = node.tag
        if not isinstance(tag, str) or self.size > MAX_TEXT:
            return
        if tag in _SILENT or _is_hidden(node):
            if tag == "script" and "math/tex" in node.get("type", ""):
                self.text(f"${(node.text or '').strip()}$", _Context(style="math"))
            return
        if ctx.depth > MAX_DEPTH:
            self.text(node.xpath("string()"), ctx)
            return
        special = getattr(self, f"on_{tag}", None)
        if special is None and tag in _HEADINGS:
            special = self.heading  # named unlike the others, so that no <heading> reaches it
        if special is not None and special(node, ctx):
            return
        if tag in _BLOCKS:
            self.block(node, ctx)
        else:
            self.inside(node, self.deeper(ctx))

    def deeper(self, ctx: _Context, **changes: Any) -> _Context:
        values = {"kind": ctx.kind, "level": ctx.level, "style": ctx.style, "href": ctx.href, "depth": ctx.depth + 1}
        return _Context(**(values | changes))

    def inside(self, node: Element, ctx: _Context) -> None:
        self.text(node.text, ctx)
        for child in node:
            self.element(child, ctx)
            self.text(child.tail, ctx)

    def block(self, node: Element, ctx: _Context, **changes: Any) -> bool:
        parent = node.getparent()
        self.flush(ctx, parent if parent is not None else node)
        inner = self.deeper(ctx, style="", href="", **changes)
        self.inside(node, inner)
        self.flush(inner, node)
        return True

    def text(self, text: str | None, ctx: _Context) -> None:
        if text and self.size <= MAX_TEXT:
            self.size += len(text)
            self.pieces.append(Piece(text, ctx.style, ctx.href))

    def flush(self, ctx: _Context, node: Element) -> None:
        """Close the block under way: lines parted by an empty one are paragraphs of their own."""
        pieces, self.pieces = self.pieces, []
        for part in _parts(pieces):
            self.blocks.append(Block(ctx.kind, part, ctx.level, node))

    def whole(self, kind: ParagraphKind, text: str, node: Element, ctx: _Context) -> bool:
        """Take an element as one block of opaque text."""
        self.flush(ctx, node)
        if text.strip():
            self.size += len(text)
            self.blocks.append(Block(kind, (Piece(text),), 0, node))
        return True

    # ---- elements that are more than a box; each tells whether it dealt with its content ----

    def heading(self, node: Element, ctx: _Context) -> bool:
        return self.block(node, ctx, kind="heading", level=int(node.tag[1]))

    def on_li(self, node: Element, ctx: _Context) -> bool:
        return self.block(node, ctx, kind="item", level=ctx.level or 1)

    on_dt = on_dd = on_li

    def on_ul(self, node: Element, ctx: _Context) -> bool:
        return self.block(node, ctx, level=ctx.level + 1 if ctx.kind == "item" else 1)

    on_ol = on_dl = on_menu = on_ul

    def on_blockquote(self, node: Element, ctx: _Context) -> bool:
        return self.block(node, ctx, kind="quote", level=0)

    def on_figcaption(self, node: Element, ctx: _Context) -> bool:
        return self.block(node, ctx, kind="image", level=0)

    def on_pre(self, node: Element, ctx: _Context) -> bool:
        return self.whole("code", _verbatim(node).strip("\n"), node, ctx)

    def on_table(self, node: Element, ctx: _Context) -> bool:
        if node.find(".//pre") is not None and len(node.findall(".//tr")) == 1:  # line numbers beside code
            return self.whole("code", _verbatim(node.findall(".//pre")[-1]).strip("\n"), node, ctx)
        if _is_layout(node):
            return False
        rows = [[_spaced(c) for c in row if c.tag in ("td", "th")] for row in node.iter("tr")]
        return self.whole("table", "\n".join(" | ".join(row) for row in rows if any(row)), node, ctx)

    def on_img(self, node: Element, ctx: _Context) -> bool:
        alt = _SPACE.sub(" ", node.get("alt") or "").strip()
        sign = unmarked(alt)
        if "emoji" in (node.get("class") or "") or (
            sign and len(sign) <= 4 and ord(sign[0]) > 0x2190 and not sign.isalnum()
        ):
            self.text(alt, ctx)
        elif not "".join(piece.text for piece in self.pieces).strip() and not (node.tail or "").strip():
            self.blocks.append(Block("image", (Piece(alt),), 0, node))
        return True

    def on_br(self, node: Element, ctx: _Context) -> bool:
        self.pieces.append(Piece("\x0b"))  # a mark of our own: a line break that the author wanted
        return True

    def on_hr(self, node: Element, ctx: _Context) -> bool:
        self.flush(ctx, node)
        return True

    def on_code(self, node: Element, ctx: _Context) -> bool:
        self.inside(node, self.deeper(ctx, style="code", href=""))
        return True

    on_kbd = on_samp = on_tt = on_code

    def on_a(self, node: Element, ctx: _Context) -> bool:
        href = (node.get("href") or "").strip()
        if href.startswith("#") and (_flat(node).lower() in _SELF_LINKS or _in_sup(node)):
            return True
        target = absolute(self.base, href)
        if not target or ctx.style == "code":
            return False
        self.inside(node, self.deeper(ctx, style="link", href=target))
        return True

    def on_span(self, node: Element, ctx: _Context) -> bool:
        if "katex" not in (node.get("class") or "").split():
            return False
        tex = node.xpath("string(.//*[local-name()='annotation'])").strip()
        self.text(f"${tex}$" if tex else _flat(node), _Context(style="math"))
        return True

    def on_math(self, node: Element, ctx: _Context) -> bool:
        tex = node.get("alttext") or node.xpath("string(.//*[local-name()='annotation'])").strip() or _flat(node)
        self.text(f"${tex}$", _Context(style="math"))
        return True


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def _is_hidden(node: Element) -> bool:
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return "math" not in (node.get("class") or "") and node.tag != "img"
    return bool(_HIDDEN_STYLE.search(node.get("style") or ""))


def _in_sup(node: Element) -> bool:
    parent = node.getparent()
    return (parent is not None and parent.tag == "sup") or node.find("sup") is not None


def absolute(base: str, href: str) -> str:
    """Resolve a link; "" for what is no http(s) address or cannot be read."""
    try:
        target = urljoin(base, href.strip())
        return target if href and urlsplit(target).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _flat(node: Element) -> str:
    return _SPACE.sub(" ", "".join(node.itertext(with_tail=False))).strip()


def _spaced(node: Element) -> str:
    """Give an element's text with a space where a block or line ends."""
    from lxml.etree import iterwalk

    out = []
    for event, child in iterwalk(node, events=("start", "end")):
        if event == "start":
            out.append(child.text or "" if child.tag not in _SILENT else "")
        elif child is not node:
            out.append((" " if child.tag in _BLOCKS or child.tag == "br" else "") + (child.tail or ""))
    return _SPACE.sub(" ", "".join(out)).strip()


def _verbatim(node: Element) -> str:
    """Give preformatted text with its line breaks."""
    from lxml.etree import iterwalk

    out = []
    for event, child in iterwalk(node, events=("start", "end")):
        if event == "start":
            out.append("\n" if child.tag == "br" else child.text or "")
        elif child is not node:
            out.append(child.tail or "")
    return "".join(out)


def _is_layout(table: Element) -> bool:
    """Tell a table that only places things on the page: one cell, or cells with headings, tables or long text."""
    if table.find(".//table") is not None or any(table.find(f".//{h}") is not None for h in _HEADINGS):
        return True
    cells = [cell for row in table.iter("tr") for cell in row if cell.tag in ("td", "th")]
    return len(cells) <= 1 or any(len(_flat(cell)) > 600 for cell in cells)


def _parts(pieces: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Collapse white space across pieces, and part them where two line breaks meet."""
    part: list[Piece] = []
    breaks, spaced = 0, True
    for piece in pieces:
        if piece.text == "\x0b":
            breaks += 1
            continue
        text = _SPACE.sub(" ", piece.text)
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


def _closed(part: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    while part and not part[-1].text.strip(" \n"):
        part.pop()
    if part:
        part[-1] = Piece(part[-1].text.rstrip(" "), part[-1].style, part[-1].href)
        if any(piece.text.strip() for piece in part):
            yield tuple(part)
