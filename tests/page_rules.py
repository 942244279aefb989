"""What the HTML standard and WCAG ask of a page that a program can tell, as checks that name each fault."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import html5lib
from feed_rules import BCP_47, XHTML

_NAMED = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "headers")


class PageTree:
    """A page as a strict parser of HTML reads it, with what that complains of."""

    def __init__(self, text: str) -> None:
        parser = html5lib.HTMLParser()
        self.root: ElementTree.Element = parser.parse(text)
        self.complaints = [f"{code} at line {line}" for (line, _), code, _ in parser.errors]
        self.elements = [e for e in self.root.iter() if isinstance(e.tag, str)]
        self.ids = [e.attrib["id"] for e in self.elements if "id" in e.attrib]

    def having(self, name: str) -> Iterator[tuple[ElementTree.Element, str]]:
        yield from ((e, e.attrib[name]) for e in self.elements if name in e.attrib)

    def tags(self, *names: str) -> list[ElementTree.Element]:
        return [e for e in self.elements if e.tag.removeprefix(XHTML) in names]


def page_faults(text: str) -> list[str]:
    """Name the faults of a page by itself, each with its kind before a colon."""
    tree = PageTree(text)
    return [
        *(f"parse: {complaint}" for complaint in tree.complaints),
        *(f"id: {name!r} stands {count} times" for name, count in Counter(tree.ids).items() if count > 1),
        *(f"id: {name!r}" for name in tree.ids if not name or re.search(r"\s", name)),
        *(f"target: #{place}" for place in _places(tree) if place not in tree.ids),
        *(f"lang: {lang!r}" for _, lang in tree.having("lang") if not BCP_47.fullmatch(lang)),
        *_heading_faults(tree),
        *_name_faults(tree),
    ]


def _places(tree: PageTree) -> Iterator[str]:
    """Give the ids that something on the page leads to or is named by."""
    yield from (unquote(href[1:]) for _, href in tree.having("href") if href.startswith("#") and len(href) > 1)
    yield from (name for _, name in tree.having("for"))
    yield from (name for attribute in _NAMED for _, names in tree.having(attribute) for name in names.split())


def _heading_faults(tree: PageTree) -> Iterator[str]:
    levels = [int(e.tag[-1]) for e in tree.tags("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        yield f"heading: {levels.count(1)} h1"
    yield from (
        f"heading: h{b} after h{a}" for a, b in zip([0, *levels], levels, strict=False) if b > a + 1
    )  # fmt: skip
    yield from (f"heading: empty {e.tag[-2:]}" for e in tree.tags("h1", "h2", "h3", "h4", "h5", "h6") if not _name(e))


def _name_faults(tree: PageTree) -> Iterator[str]:
    """Name what a reader who does not see the page is told nothing of."""
    if not tree.root.attrib.get("lang"):
        yield "name: the page has no language"
    if not any(_name(e) for e in tree.tags("title")):
        yield "name: the page has no title"
    yield from ("name: an image without alt" for e in tree.tags("img") if "alt" not in e.attrib)
    yield from (f"name: an empty link to {e.attrib.get('href')!r}" for e in tree.tags("a") if not _name(e))
    yield from ("name: an empty button" for e in tree.tags("button", "summary") if not _name(e))
    labelled = {name for _, name in tree.having("for")}
    within = {inner for label in tree.tags("label") if _name(label) for inner in label.iter()}
    for e in tree.tags("input", "select", "textarea"):
        told = e in within or e.attrib.get("id") in labelled or e.attrib.get("aria-label")
        seen = "hidden" not in e.attrib and e.attrib.get("type") != "hidden"
        if seen and not (told or e.attrib.get("aria-labelledby")):
            yield f"name: a nameless {e.tag.removeprefix(XHTML)}"


def _name(element: ElementTree.Element) -> str:
    alt = "".join(e.attrib.get("alt", "") for e in element.iter() if e.tag == f"{XHTML}img")
    told = element.attrib.get("aria-label") or element.attrib.get("aria-labelledby") or alt
    return told or "".join(element.itertext()).strip()


# ---- among pages ----------------------------------------------------------------------------------------------------


def site_faults(folder: Path) -> dict[str, list[str]]:
    """Name the faults of all pages under a folder, by file: their own, and links that lead to no file or place."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    texts = {name: (folder / name).read_text("utf-8") for name in names}
    ids = {name: set(PageTree(text).ids) for name, text in texts.items()}
    found = {}
    for name, text in texts.items():
        told = page_faults(text)
        for place, anchor in _links(name, text):
            if not (folder / place).is_file():
                told.append(f"link: {place} is no file")
            elif anchor and anchor not in ids.get(place, {anchor}):
                told.append(f"link: {place} has no #{anchor}")
        if told:
            found[name] = list(dict.fromkeys(told))
    return found


def _links(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Give where the relative links of a page lead, within the folder: (file, id)."""
    tree = PageTree(text)
    for attribute in ("href", "src", "xlink:href"):
        for _, address in tree.having(attribute):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            place = normpath(str(PurePosixPath(name).parent / unquote(parts.path)))
            yield (f"{place}/index.html" if parts.path.endswith("/") else place), unquote(parts.fragment)
