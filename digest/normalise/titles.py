"""What a page says of itself in its head and its headings: its title, without the site's name, and its date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from digest.normalise.blocks import Block
from digest.normalise.document import moment_of, squeezed
from digest.normalise.elements import Element
from digest.normalise.repair.marks import Known, placed

_MOST_HEADINGS = 20
_LONGEST = 1_000  # characters of a title that are looked at

_SUFFIX = re.compile(r"\s+(?:[|·•–—»]|::|-{1,2}|@)\s+|\s*[|｜]\s*|_(?=[^_]{1,20}$)")


def _meta(tree: Element, *names: str) -> str:
    for name in names:
        for node in tree.iter("meta"):
            key = node.get("property") or node.get("name") or node.get("itemprop") or ""
            if key.lower() == name and (node.get("content") or "").strip():
                return str(node.get("content")).strip()[:_LONGEST]
    return ""


def title_of(tree: Element, blocks: Sequence[Block], known: Known) -> str:
    """Give the title without the site's name: a heading that the page's title confirms, else its first part.

    `known` are the marks of the source: what could not be read again states no title where there is a heading.
    """
    stated = [
        _meta(tree, "og:title"),
        _meta(tree, "twitter:title"),
        " ".join((tree.findtext(".//title") or "").split())[:_LONGEST],
    ]
    stated = [text for text in stated if text and not placed(text, known)[2]]
    inside = [block.marked for block in blocks[:6] if block.kind == "heading" and block.level == 1]
    headings = inside + [" ".join(h.xpath("string()").split()) for h in islice(tree.iter("h1"), _MOST_HEADINGS)]
    headings = [heading[:_LONGEST] for heading in headings]
    for heading in filter(None, headings):
        if any(squeezed(heading) and squeezed(heading) in squeezed(text) for text in stated):
            return heading
    site = _meta(tree, "og:site_name")
    for text in stated:
        return _without_site(text, site, stated)
    return next(filter(None, headings), next((b.marked for b in blocks if b.kind == "heading"), ""))


def _without_site(text: str, site: str, stated: Sequence[str]) -> str:
    """Cut the site's name from a title: what og:site_name says, or a short last part."""
    cuts = list(_SUFFIX.finditer(text))
    if not cuts:
        return text
    head, tail = text[: cuts[-1].start()], text[cuts[-1].end() :]
    if site and squeezed(tail) == squeezed(site):
        return head
    if site and squeezed(text[: cuts[0].start()]) == squeezed(site):
        return text[cuts[0].end() :]
    if any(squeezed(other) == squeezed(head) for other in stated):
        return head
    return head if len(tail) <= 30 and len(tail) < len(head) else text


_DATES = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
)


def published_of(tree: Element) -> datetime | None:
    """Give the date that the page states of itself, in UTC; None where it names none with a time zone."""
    stated = [_meta(tree, name) for name in _DATES]
    stated += [str(node.get("datetime") or "") for node in tree.iter("time")][:1]
    return next((moment for moment in map(moment_of, stated) if moment), None)
