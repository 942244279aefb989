"""Feed bytes → text as well-formed as it can be made, from the root element on; or why it is no feed.

The prolog and the DOCTYPE are dropped, entity declarations refused, forbidden characters and bare ampersands mended.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import NoReturn

from digest.decode import declared_charset, decode
from digest.errors import SourceError
from digest.model import Page
from digest.printable import NO_XML

MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "compressed bytes",
}
ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
NOT_FEEDS = {
    "opml": "this is an OPML list of feeds; `digest feeds import` reads it",
    "svg": "this is an SVG picture, not a feed",
    "urlset": "this is a sitemap, not a feed",
    "sitemapindex": "this is a sitemap, not a feed",
}
HTML_ROOTS = frozenset({"html", "head", "body", "div", "p", "meta", "script", "title", "link", "section", "main", "h1"})
HTML_HINT = "this is an HTML page, not a feed; `digest feeds add` finds its feed"

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,100})|([0-9]{1,100}));")
# Whatever is opened may end with the text (\Z): a pattern that fails there is quadratic in hostile input.
_AMPERSAND = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))|&(?:([A-Za-z][A-Za-z0-9]*);|(?!#))", re.DOTALL)
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_LATE_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:rss|feed|RDF)[\s>]")
_DOCTYPE_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|<!ENTITY|[\[\]>]", re.DOTALL | re.IGNORECASE
)


def text_of(page: Page) -> tuple[str, list[str]]:
    """Read the bytes as text without forbidden characters, with notes on what was wrong."""
    flaws: list[str] = []
    if not page.body.strip():
        refuse(page.url, "the answer is empty")
    if what := known_binary(page.body):
        refuse(page.url, f"this is {what}, not a feed")
    decoded = decode(page.body, declared_charset(page.header("content-type"), page.body))
    if decoded.how == "detected":
        flaws.append(f"no charset declared that fits; read as {decoded.encoding}")
    elif decoded.how == "replaced":
        flaws.append("some bytes are no text in any charset")
    text, dropped = NO_XML.subn("", decoded.text)
    if dropped:
        flaws.append(f"{dropped} forbidden characters dropped")
    return text.lstrip("\ufeff \t\r\n"), flaws


def known_binary(body: bytes) -> str:
    """Say what bytes are by how they begin; "" for those that may be text.

    >>> known_binary(b"%PDF-1.7"), known_binary(b"<rss>")
    ('a PDF file', '')
    """
    return next((what for magic, what in MAGIC.items() if body.startswith(magic)), "")


def refuse(url: str, reason: str, kind: str = "content") -> NoReturn:
    raise SourceError(url, "parse", reason, kind=kind)


def one_line(error: object) -> str:
    return " ".join(str(error).split())[:200]


# ---- XML ------------------------------------------------------------------------------------------------------------


def from_root(url: str, text: str, flaws: list[str]) -> str:
    """Drop all that stands before the root element, after seeing that it is a feed's and declares no entities."""
    place = 0
    while place < len(text):
        if text[place : place + 9].upper() == "<!DOCTYPE":
            place = _after_doctype(url, text, place)
            continue
        space = _BEFORE_ROOT.match(text, place)
        if space is None or space.end() == place:
            break
        place = space.end()
    root = _ROOT.match(text, place)
    name = root[1].lower() if root else ""
    if name in ROOTS:
        return text[place:]
    late = None if name in HTML_ROOTS or name in NOT_FEEDS else _LATE_ROOT.search(text, place, place + 20_000)
    if late is None:
        refuse(url, HTML_HINT if name in HTML_ROOTS else NOT_FEEDS.get(name, "this is not a feed"))
    if "<!ENTITY" in text[place : late.start()].upper():
        _refuse_entities(url)
    flaws.append("junk before the feed dropped")
    return text[late.start() :]


def _after_doctype(url: str, text: str, start: int) -> int:
    """Give the place behind a DOCTYPE. What it declares is never used, and entities are refused (billion laughs)."""
    depth = 0
    for token in _DOCTYPE_TOKEN.finditer(text, start + 9):
        mark = token[0]
        if mark.upper() == "<!ENTITY":
            _refuse_entities(url)
        depth += (mark == "[") - (mark == "]")
        if mark == ">" and depth <= 0:
            return token.end()
    refuse(url, "the document type declaration does not end", "syntax")


def _refuse_entities(url: str) -> NoReturn:
    refuse(url, "the document declares entities, which no feed needs and attacks use")


def mended(text: str) -> str:
    r"""Make well-formed what is most often not: forbidden references, bare ampersands, entities of HTML.

    >>> mended("<a>AT&T &nbsp;&amp; &#0;<![CDATA[x & y]]></a>")
    '<a>AT&amp;T \xa0&amp; <![CDATA[x & y]]></a>'
    """
    return _AMPERSAND.sub(_mend_ampersand, _REFERENCE.sub(_mend_reference, text))


def _mend_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if code < 0x110000 and not NO_XML.match(chr(code)) else ""


def _mend_ampersand(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    name = match[2]
    if name is None:
        return "&amp;"
    if name in ("amp", "lt", "gt", "quot", "apos"):
        return match[0]
    return html5.get(f"{name};", f"&amp;{name};")
