"""The map of the site for search engines: sitemap.xml, version 0.9 (sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from digest.render.address import folder
from digest.render.masthead import Masthead
from digest.render.page import Reader, fill, packaged

NAME = "sitemap.xml"
MARK = "<!-- bilingual-digest -->"  # tells a map that we wrote from another
MOST = 50_000  # addresses of one map


def sitemap(pages: Iterable[tuple[str, date | None]], head: Masthead, read: Reader = packaged) -> str:
    """Write the map of pages, each its name within the output and the day of its last change; the first MOST of them.

    "" where the output has no public address: a map holds whole addresses.
    """
    base = folder(head.link)
    return fill("sitemap.xml.j2", read, base=base, rows=[*pages][:MOST]) if base else ""
