"""A stranger's markup → a tree, in bounded time and memory (pure)."""

from __future__ import annotations

import re
from typing import Any

# Of the 48 real pages at hand (readability, trafilatura, article-extraction-benchmark) the largest has 511,537
# characters; the most signs that may open a tag, those in scripts included, are 9,207. An element takes lxml about
# 200 bytes, and as much again once Python looks at it.
MOST_CHARACTERS = 5_000_000
MOST_TAGS = 100_000
MOST_ATTRIBUTES = 100  # of a tag: libxml2 compares each with all before it (30,000 took 35 s)

# Whatever is opened may end with the text: a pattern that fails there is quadratic in hostile input. A quote opens a
# value behind "=" only: with one too many, <a href="x"">, a parser ends the tag where it ends.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style)\b.*?(?:</(?P=raw)|\Z)"
    r"|<[A-Za-z](?:=\s*\"[^\"]*(?:\"|\Z)|=\s*'[^']*(?:'|\Z)|[^>])*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"\s[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]*))?")


def bounded_html(html: str) -> str:
    """Cut a page that is too long, or has too many tags.

    >>> bounded_html("<p>a") == "<p>a", bounded_html("<p>" * 200_000).count("<")
    (True, 100000)
    """
    html = html[:MOST_CHARACTERS]
    if html.count("<") <= MOST_TAGS:
        return html
    return "<".join(html.split("<", MOST_TAGS + 1)[: MOST_TAGS + 1])


def tree_of(html: str) -> Any | None:
    """Parse HTML leniently, without comments and processing instructions; None where there is nothing.

    >>> tree_of("<?xml version='1.0' encoding='x'?><p>a<!-- b -->").text_content(), tree_of("<!-- a -->")
    ('a', None)
    """
    from lxml import html as lxml_html
    from lxml.etree import ParserError

    html = _TAG.sub(_bounded_tag, bounded_html(html)).replace("\x00", "")
    if not html.strip():
        return None
    # lxml refuses a str that declares an encoding; of bytes, ours counts
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (ParserError, ValueError):
        return None


def _bounded_tag(match: re.Match[str]) -> str:
    tag = match[0]
    if tag.startswith("<!") or match["raw"] or len(tag) < 2 * MOST_ATTRIBUTES:
        return tag
    found = _ATTRIBUTE.findall(tag)
    if len(found) <= MOST_ATTRIBUTES:
        return tag
    name = re.match(r"<[^\s/>]+", tag)
    return f"{name[0] if name else '<p'}{''.join(found[:MOST_ATTRIBUTES])}>"
