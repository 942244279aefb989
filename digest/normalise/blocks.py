"""An element tree → its blocks of text in reading order, with what is code, link and formula marked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from digest.model import ParagraphKind
from digest.normalise.elements import (
    BLOCKS,
    HEADINGS,
    SILENT,
    Element,
    absolute,
    flat,
    in_sup,
    is_hidden,
    is_layout,
    spaced,
    verbatim,
)
from digest.normalise.pieces import LINE_BREAK, MAX_BLOCK, SPACE, Piece, Style, bounded, paragraphs_in
from digest.normalise.repair.marks import unmarked

MAX_DEPTH = 150  # nesting beyond this is read as plain text
# The longest of 259 real posts and pages at hand (hfblog, readability, trafilatura, article-extraction-benchmark) has
# 60,873 characters in 267 blocks. What goes beyond these is not read.
MAX_TEXT = 200_000  # characters of one document
MAX_BLOCKS = 2_000
_PIECE_COST = 8  # characters that a stretch counts for, besides its own: very many empty ones take memory too


@dataclass(frozen=True, slots=True)
class Block:
    """A raw paragraph: pieces as the page has them, white space collapsed, and the element it came from.

    `cut`: a part of it, or what stands behind it, was too much to be read.
    """

    kind: ParagraphKind
    pieces: tuple[Piece, ...]
    level: int
    element: Element = field(compare=False, repr=False)
    cut: bool = False

    @property
    def marked(self) -> str:
        """Give the block's text with the marks of its source (repair/marks.py)."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def text(self) -> str:
        """Give the block's text as it would be read, for whoever asks what it is."""
        return unmarked(self.marked)


_SELF_LINKS = frozenset(("#", "¶", "§", "🔗", "", "link", "anchor", "permalink"))


def blocks_of(root: Element, base: str) -> list[Block]:
    """Walk a tree and give its blocks; `base` makes links absolute."""
    walk = _Walk(base)
    walk.element(root, _Context())
    walk.flush(_Context(), root)
    if walk.cut and walk.blocks:
        walk.blocks[-1] = replace(walk.blocks[-1], cut=True)
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
    size: int = 0  # characters read
    worded: bool = False  # the block under way has words
    cut: bool = False  # something was left out, because this is full

    @property
    def full(self) -> bool:
        return self.size >= MAX_TEXT or len(self.blocks) >= MAX_BLOCKS

    def element(self, node: Element, ctx: _Context) -> None:
        tag = node.tag
        if not isinstance(tag, str):
            return
        if self.full:
            self.cut = self.cut or tag not in SILENT
            return
        if tag in SILENT or is_hidden(node):
            if tag == "script" and "math/tex" in node.get("type", ""):
                self.text(f"${(node.text or '').strip()}$", _Context(style="math"))
            return
        if ctx.depth > MAX_DEPTH:
            self.text(node.xpath("string()"), ctx)
            return
        special = getattr(self, f"on_{tag}", None)
        if special is None and tag in HEADINGS:
            special = self.heading  # named unlike the others, so that no <heading> reaches it
        if special is not None and special(node, ctx):
            return
        if tag in BLOCKS:
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
        room = 0 if self.full else MAX_TEXT - self.size
        if text and len(text) > room and not text.isspace():
            self.cut = True
        if text and room:
            text = text[:room]
            self.size += len(text) + _PIECE_COST
            self.worded = self.worded or not text.isspace()
            self.pieces.append(Piece(text, ctx.style, ctx.href))

    def flush(self, ctx: _Context, node: Element) -> None:
        """Close the block under way: lines parted by an empty one are paragraphs of their own."""
        pieces, self.pieces = self.pieces, []
        self.worded = False
        for part in paragraphs_in(pieces):
            if len(self.blocks) >= MAX_BLOCKS:
                self.cut = True
                break
            kept = bounded(part)
            self.blocks.append(Block(ctx.kind, kept, ctx.level, node, cut=kept is not part))

    def whole(self, kind: ParagraphKind, text: str, node: Element, ctx: _Context) -> bool:
        """Take an element as one block of opaque text."""
        self.flush(ctx, node)
        kept = text[: 0 if self.full else min(MAX_TEXT - self.size, MAX_BLOCK)]
        if kept.strip():
            self.size += len(kept)
            self.blocks.append(Block(kind, (Piece(kept),), 0, node, cut=len(kept) < len(text)))
        elif text.strip():
            self.cut = True
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
        return self.whole("code", verbatim(node).strip("\n"), node, ctx)

    def on_table(self, node: Element, ctx: _Context) -> bool:
        if node.find(".//pre") is not None and len(node.findall(".//tr")) == 1:  # line numbers beside code
            return self.whole("code", verbatim(node.findall(".//pre")[-1]).strip("\n"), node, ctx)
        if is_layout(node):
            return False
        rows = [[spaced(c) for c in row if c.tag in ("td", "th")] for row in node.iter("tr")]
        return self.whole("table", "\n".join(" | ".join(row) for row in rows if any(row)), node, ctx)

    def on_img(self, node: Element, ctx: _Context) -> bool:
        alt = SPACE.sub(" ", node.get("alt") or "").strip()
        sign = unmarked(alt)
        if "emoji" in (node.get("class") or "") or (
            sign and len(sign) <= 4 and ord(sign[0]) > 0x2190 and not sign.isalnum()
        ):
            self.text(alt, ctx)
        elif not self.worded and not self.full and not (node.tail or "").strip():
            alt = alt[: min(MAX_TEXT - self.size, MAX_BLOCK)]
            self.size += len(alt)
            self.blocks.append(Block("image", (Piece(alt),), 0, node))
        return True

    def on_br(self, node: Element, ctx: _Context) -> bool:
        self.size += _PIECE_COST
        self.pieces.append(Piece(LINE_BREAK))
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
        if href.startswith("#") and (flat(node).lower() in _SELF_LINKS or in_sup(node)):
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
        self.text(f"${tex}$" if tex else flat(node), _Context(style="math"))
        return True

    def on_math(self, node: Element, ctx: _Context) -> bool:
        tex = node.get("alttext") or node.xpath("string(.//*[local-name()='annotation'])").strip() or flat(node)
        self.text(f"${tex}$", _Context(style="math"))
        return True
