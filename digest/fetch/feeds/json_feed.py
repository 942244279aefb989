"""JSON Feed 1 and 1.1, read by hand."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from digest.errors import SourceError
from digest.fetch.feeds.bounded import first_and_last
from digest.fetch.feeds.dates import read_date
from digest.fetch.feeds.fields import MOST_PEOPLE, cut, guid, joined, language_tag, plain
from digest.fetch.feeds.links import clean_url
from digest.fetch.feeds.wellformed import one_line, refuse
from digest.model import Entry, Feed
from digest.printable import NO_XML

LONGEST_NUMBER = 40  # characters; Python reads no more than 4,300 digits, and an id needs few


def json_feed(url: str, text: str, zone: tzinfo) -> Feed:
    """Read JSON Feed 1 or 1.1 (jsonfeed.org/version/1.1)."""
    try:
        found = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=lambda name: name)
    except (ValueError, RecursionError) as error:
        raise SourceError(url, "parse", f"broken JSON: {one_line(error)}", kind="syntax") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        refuse(url, "this is JSON, but no JSON Feed")
    items, flaws = first_and_last(found["items"])
    if "jsonfeed.org" not in _text(found, "version"):
        flaws = (*flaws, "it does not say which version of JSON Feed it is")
    lang, author = language_tag(found.get("language")), _json_authors(found)
    return Feed(
        url=url,
        title=plain(_text(found, "title"), markup=False),
        link=clean_url(_text(found, "home_page_url"), url),
        lang=lang,
        entries=tuple(_json_entry(each, url, zone, lang, author) for each in items if isinstance(each, dict)),
        flaws=flaws,
    )


def _json_entry(raw: Mapping[str, Any], base: str, zone: tzinfo, lang: str, author: str) -> Entry:
    content = _text(raw, "content_html").strip() or _paragraphs(_text(raw, "content_text"))
    updated = read_date(_text(raw, "date_modified"), zone)
    return Entry(
        guid=guid(_text(raw, "id").strip()),
        url=clean_url(_text(raw, "url"), base) or clean_url(_text(raw, "external_url"), base),
        title=plain(_text(raw, "title")),
        published=read_date(_text(raw, "date_published"), zone) or updated,
        summary=cut(_paragraphs(_text(raw, "summary"))),
        content=cut(content),
        lang=language_tag(raw.get("language")) or lang,
        author=_json_authors(raw) or author,
        updated=updated,
    )


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return NO_XML.sub("", str(value))


def _number(digits: str) -> int | float | str:
    """Read a number; one beyond LONGEST_NUMBER characters is kept as written, for an id is a name.

    >>> _number("7"), _number("1.5"), _number("1e999"), _number("9" * 5000) == "9" * 5000
    (7, 1.5, '1e999', True)
    """
    if len(digits) > LONGEST_NUMBER:
        return digits
    if digits.lstrip("-").isdigit():
        return int(digits)
    return float(digits) if math.isfinite(float(digits)) else digits


def _paragraphs(text: str) -> str:
    r"""Write plain text as HTML: blank lines part paragraphs.

    >>> _paragraphs("a < b"), _paragraphs("one\n\ntwo")
    ('a &lt; b', '<p>one</p><p>two</p>')
    """
    parts = [html.escape(part.strip(), quote=False) for part in re.split(r"\n\s*\n", text) if part.strip()]
    return parts[0] if len(parts) == 1 else "".join(f"<p>{part}</p>" for part in parts)


def _json_authors(raw: Mapping[str, Any]) -> str:
    people = raw.get("authors")
    people = people if isinstance(people, list) else [people]
    names = [_text(each, "name") for each in (*people[:MOST_PEOPLE], raw.get("author")) if isinstance(each, dict)]
    return joined(names)
