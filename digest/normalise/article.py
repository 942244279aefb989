"""HTML → Document: a page's article without menus, comments and bars, or a feed's fragment as it is.

trafilatura (Barbaresi, ACL 2021) says which text of a page is the article; the structure (headings, lists, code,
tables, links) is then read from the page's own tree, which trafilatura flattens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from digest.decode import declared_charset, decode
from digest.errors import SourceError
from digest.markup import bounded_html, tree_of
from digest.model import Document, Page
from digest.normalise.blocks import Block, blocks_of
from digest.normalise.document import document_from, squeezed
from digest.normalise.editions import head_clues, looks_like_imprint
from digest.normalise.elements import Element, absolute
from digest.normalise.furniture import in_furniture, without_edges
from digest.normalise.repair.marks import is_marked, source_of, unmark_attributes, unmark_texts, unmarked
from digest.normalise.selector import select
from digest.normalise.titles import published_of, title_of

# trafilatura 2.3.1 takes time in the square of an element's children (10,000 <span> in a paragraph 5 s, 100,000 links
# over a minute); such pages are read without it. Of 48 real ones the deepest nests 26 elements, and the
# largest has 4,645, of them 1,452 in one parent.
_MAX_DEPTH = 200
_MAX_ELEMENTS = 20_000
_MAX_CHILDREN = 5_000
_LANGUAGE_TAG = 35  # characters of the longest tag that must be supported (RFC 5646, section 4.4.1)
IMPRINT_DISTANCE = 8  # blocks around the article's text in which an imprint may stand


def read_page(page: Page, *, lang: str = "", selector: str = "") -> Document:
    """Read the article of a page: HTML, or Markdown where type or look say so.

    `lang` is declared by feed or settings; `selector` (CSS) names the article's element and overrides detection.
    Raises SourceError (stage "normalise") where nothing readable is found, ConfigError never.
    """
    content_type = page.header("content-type")
    text = decode(page.body, declared_charset(content_type, page.body)).text
    if _is_markdown(content_type, page.url, text):
        from digest.normalise.markdown import read_markdown

        return read_markdown(text, page.url, lang=lang)
    html = bounded_html(text)
    source = source_of(html)
    tree = _parsed(source.text)
    if tree is None:
        raise SourceError(page.url, "normalise", "the page is empty or no HTML", kind="content")
    base = _base(tree, page.url)
    declared = (tree.get("lang") or tree.get("xml:lang") or "").strip()[:_LANGUAGE_TAG] or lang
    blocks = _selected(tree, selector, base) if selector else _article_blocks(tree, source.text, page.url, base)
    if not blocks:
        raise SourceError(page.url, "normalise", "no article text found on the page", kind="content")
    title = title_of(tree, blocks, source.known)
    document = document_from(
        blocks, page.url, title=title, source=source, lang=declared, published=published_of(tree),
        cut=len(html) < len(text),
    )  # fmt: skip
    if source.known:
        unmark_texts(tree)
    clues = (*document.clues, *head_clues(tree, base, document.lang))
    return replace(document, clues=tuple(dict.fromkeys(clues)))


def read_fragment(html: str, url: str, *, title: str, lang: str = "") -> Document:
    """Read a feed's body: everything in it is the post, but for scripts, buttons and what is hidden."""
    bounded = bounded_html(html)
    source = source_of(bounded)
    tree = _parsed(source.text)
    blocks = [] if tree is None else blocks_of(tree, url)
    return document_from(blocks, url, title=title, source=source, lang=lang, cut=len(bounded) < len(html))


def _is_markdown(content_type: str, url: str, text: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    if "markdown" in kind or re.search(r"\.(md|markdown|mdown)$", url.split("?")[0].split("#")[0], re.IGNORECASE):
        return not re.match(r"\s*(<!doctype|<html)", text, re.IGNORECASE)
    looks = re.match(r"\s*(---\s*\n|#{1,3} \S)", text)
    return kind in ("", "text/plain") and bool(looks) and "<html" not in text[:2000].lower()


def _parsed(text: str) -> Element | None:
    """Parse leniently; None where there is nothing. Comments and processing instructions are left out.

    Marks of the repair stay in text and go from attributes.
    """
    tree = tree_of(text)
    if tree is not None and is_marked(text):
        unmark_attributes(tree)
    return tree


def _base(tree: Element, url: str) -> str:
    base = tree.find(".//base[@href]")
    return absolute(url, base.get("href")) or url if base is not None else url


def _selected(tree: Element, selector: str, base: str) -> list[Block]:
    return [block for element in select(tree, selector) for block in blocks_of(element, base)]


# ---- which part of the page is the article --------------------------------------------------------------------------


def _article_blocks(tree: Element, text: str, url: str, base: str) -> list[Block]:
    """Give the article's blocks: those of the region that trafilatura's text lies in, furniture left out."""
    slow = _too_deep(tree) or _too_many(tree)
    known = _Known("" if slow else _extracted(unmarked(text), url, include_tables=True))
    body = tree.find(".//body")
    root = body if body is not None else tree
    blocks = blocks_of(root, base)
    matched = [known.share(block) >= 0.6 for block in blocks]
    if not any(matched):
        region = next((r for r in (tree.find(".//article"), tree.find(".//main")) if r is not None), root)
        inside = _elements_within(region)
        plain = [b for b in blocks if b.element in inside and not in_furniture(b, region, frozenset())]
        return without_edges(plain) if known.size <= 2 * _size(plain) else _by_trafilatura_alone(text, url, base)
    region = _region(blocks, matched)
    holders = _holders(blocks, matched, region)
    inside = _elements_within(region)
    first, last = matched.index(True), len(matched) - 1 - matched[::-1].index(True)
    kept = []
    for n, (block, known_text) in enumerate(zip(blocks, matched, strict=True)):
        if block.element not in inside or in_furniture(block, region, holders):
            continue
        if known_text or _belongs(block, between=first <= n <= last, distance=max(first - n, n - last)):
            kept.append(block)
    return without_edges(kept) if known.size <= 2 * _size(kept) else _by_trafilatura_alone(text, url, base)


def _extracted(text: str, url: str, **options: Any) -> str:
    """Give what trafilatura takes for the article, in the form that its `options` say; "" where it gives up."""
    from trafilatura import extract

    try:
        return extract(text, url=url, include_comments=False, **options) or ""
    except (ValueError, RecursionError):  # as it does on some trees
        return ""


def _by_trafilatura_alone(text: str, url: str, base: str) -> list[Block]:
    """Give the blocks of trafilatura's own output, for pages whose text stands where no reader sees it (templates)."""
    tree = _parsed(_extracted(text, url, output_format="html", include_links=True))
    return [] if tree is None else blocks_of(tree, base)


def _size(blocks: Sequence[Block]) -> int:
    return sum(len(squeezed(block.text)) for block in blocks)


class _Known:
    """The article's text as a set of shingles, to tell which blocks trafilatura took."""

    _SIZE = 8

    def __init__(self, text: str) -> None:
        known = squeezed(text)
        self._shingles = {known[n : n + self._SIZE] for n in range(max(0, len(known) - self._SIZE + 1))}
        self.size = len(known)
        self._lines = {squeezed(line) for line in text.split("\n")}

    def share(self, block: Block) -> float:
        own = squeezed(block.text)
        if len(own) < 2 * self._SIZE:
            return 1.0 if own and own in self._lines else 0.0
        shingles = [own[n : n + self._SIZE] for n in range(0, len(own) - self._SIZE + 1, 2)]
        return sum(shingle in self._shingles for shingle in shingles) / len(shingles)


def _region(blocks: Sequence[Block], matched: Sequence[bool]) -> Element:
    """Give the smallest element that holds nine tenths of the matched text."""
    weights: Counter[Element] = Counter()
    total = 0
    for block, known in zip(blocks, matched, strict=True):
        if known:
            total += len(block.text)
            for element in [block.element, *block.element.iterancestors()]:
                weights[element] += len(block.text)
    region = next(block.element for block, known in zip(blocks, matched, strict=True) if known)
    enough = [element for element, weight in weights.items() if weight >= 0.9 * total]
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()), default=region)


def _holders(blocks: Sequence[Block], matched: Sequence[bool], region: Element) -> frozenset[Element]:
    """Give the elements that hold much of the matched text: no class name makes those junk."""
    weights: Counter[Element] = Counter()
    total = 0
    for block, known in zip(blocks, matched, strict=True):
        if known:
            total += len(block.text)
            for element in [block.element, *block.element.iterancestors()]:
                if element is region:
                    break
                weights[element] += len(block.text)
    return frozenset(element for element, weight in weights.items() if weight > 0.2 * total)


def _elements_within(region: Element) -> frozenset[Element]:
    return frozenset(region.iter())


def _belongs(block: Block, *, between: bool, distance: int) -> bool:
    """Tell whether a block that trafilatura left out belongs to the article that surrounds it."""
    if not between and distance <= IMPRINT_DISTANCE and looks_like_imprint(block.text):
        return True  # 英文原文: <link> is nearly all link, and what names the other edition
    if not between and distance > 3:
        return False
    linked = sum(len(unmarked(piece.text)) for piece in block.pieces if piece.style == "link")
    dense = linked > 0.6 * len(block.text)
    if block.kind in ("code", "table", "image", "heading"):
        return between or block.kind == "heading"
    return not dense if between else not dense and len(block.text) > 3


def _too_deep(tree: Element) -> bool:
    from lxml.etree import iterwalk

    depth = 0
    for event, _ in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _MAX_DEPTH:
            return True
    return False


def _too_many(tree: Element) -> bool:
    """Tell a tree with too many elements, in all or in one parent."""
    if any(len(element) > _MAX_CHILDREN for element in islice(tree.iter(), _MAX_ELEMENTS)):
        return True
    return next(islice(tree.iter(), _MAX_ELEMENTS, None), None) is not None
