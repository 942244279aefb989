"""OPML 2.0 (opml.org): lists of feeds in and out, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from digest.decode import declared_charset, decode
from digest.errors import SourceError
from digest.fetch.feeds.links import clean_url
from digest.printable import NO_XML, printable


def read_opml(body: bytes) -> tuple[tuple[str, str], ...]:
    """Give (name, address) of every feed, whatever folders it lies in; a feed listed twice counts once.

    Raises SourceError: kind "syntax" for what is no XML, "content" for other XML and for entity declarations.

    >>> read_opml(b'<opml><body><outline text="a"><outline xmlUrl="https://a.example/f"/></outline></body></opml>')
    (('https://a.example/f', 'https://a.example/f'),)
    """
    text = NO_XML.sub("", decode(body, declared_charset("", body)).text).lstrip("\ufeff \t\r\n")
    if "<!ENTITY" in text.upper():
        raise SourceError("OPML", "parse", "the file declares entities, which no OPML needs", kind="content")
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    text = re.sub(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)", "&amp;", text)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - entities are refused above
    except (ElementTree.ParseError, ValueError) as error:
        raise SourceError("OPML", "parse", f"this is no XML: {' '.join(str(error).split())}", kind="syntax") from error
    if root.tag.lower() != "opml":
        raise SourceError("OPML", "parse", f"this is <{root.tag[:40]}>, not OPML", kind="content")
    rows: dict[str, str] = {}
    for outline in root.iter("outline"):
        attributes = {name.lower(): value for name, value in outline.attrib.items()}
        url = clean_url(attributes.get("xmlurl", ""), "")
        name = " ".join((attributes.get("text") or attributes.get("title") or url).split())
        if url:
            rows.setdefault(url, name or url)
    return tuple((name, url) for url, name in rows.items())


def write_opml(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """Write (name, address) rows as OPML 2.0."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
        *(f'    <outline type="rss" text={_quoted(name)} xmlUrl={_quoted(url)}/>' for name, url in rows),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def _escaped(text: str) -> str:
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
