"""What RFC 4287 and JSON Feed 1.1 ask of a feed, as checks that name each fault; the pieces a test reads of one."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import feedparser
import html5lib

ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Elements of Atom by what holds them: how often each may stand there, "?" once at most, "1" once, "*" any number.
_PERSON = {"name": "1", "uri": "?", "email": "?"}
_MANY = {"author": "*", "category": "*", "contributor": "*", "link": "*"}
RULES = {
    "feed": {"id": "1", "title": "1", "updated": "1", "generator": "?", "icon": "?", "logo": "?", "rights": "?",
             "subtitle": "?", "entry": "*", **_MANY},  # section 4.1.1
    "entry": {"id": "1", "title": "1", "updated": "1", "content": "?", "published": "?", "rights": "?", "source": "?",
              "summary": "?", **_MANY},  # section 4.1.2
    "author": _PERSON, "contributor": _PERSON,  # section 3.2
}  # fmt: skip
# RFC 3339, section 5.6, with the capitals that RFC 4287, section 3.3, asks for.
RFC_3339 = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-][0-2]\d:[0-5]\d)")
# The form of a tag of BCP 47 (RFC 5646, section 2.1), without what was registered whole.
BCP_47 = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*"
    r"(-[a-wyz\d](-[a-z\d]{2,8})+)*(-x(-[a-z\d]{1,8})+)?",
    re.I,
)
# What an entry is made of: nothing that runs, loads or styles.
PLAIN = {"div", "p", "ul", "li", "a", "span", "u", "code", "br"}


def atom_faults(text: str) -> list[str]:
    """Hold a feed against RFC 4287, and have a reader of feeds read it."""
    faults = []
    parsed = feedparser.parse(text.encode(), sanitize_html=False)
    if parsed.bozo:
        faults.append(f"feedparser: {parsed.get('bozo_exception')}")
    tree = ElementTree.fromstring(text.encode())
    if tree.tag != f"{ATOM}feed":
        return [f"the root is {tree.tag}"]
    faults += [fault for element in tree.iter() for fault in _element_faults(element)]
    entries = tree.findall(f"{ATOM}entry")
    faults += _twice("id", (entry.findtext(f"{ATOM}id") for entry in entries))
    if tree.find(f"{ATOM}author") is None and any(entry.find(f"{ATOM}author") is None for entry in entries):
        faults.append("an entry without an author")
    if len(parsed.entries) != len(entries):
        faults.append("feedparser counts other entries")
    return faults


def _element_faults(element: ElementTree.Element) -> Iterator[str]:
    name = element.tag.removeprefix(ATOM)
    if lang := element.get(LANG):
        if not BCP_47.fullmatch(lang):
            yield f"language {lang!r}"
        if element.tag.startswith(XHTML) and element.get("lang") != lang:
            yield "lang is not xml:lang"
    if element.tag.startswith(XHTML):
        if element.tag.removeprefix(XHTML) not in PLAIN:
            yield f"element {element.tag}"
        if (href := element.get("href")) is not None and not _absolute(href):
            yield f"href {href!r}"
    elif not element.tag.startswith(ATOM):
        yield f"element {element.tag}"
    if name in RULES:
        yield from _children_faults(name, element)
    if name in ("updated", "published") and not RFC_3339.fullmatch(element.text or ""):
        yield f"{name} {element.text!r}"
    if name == "id" and not urlsplit(element.text or "").scheme:
        yield f"id {element.text!r}"
    if name in ("title", "name", "generator") and (len(element) or not (element.text or "").strip()):
        yield f"{name} is no text"
    if name == "link" and not _absolute(element.get("href") or ""):
        yield f"link {element.get('href')!r}"
    if name == "content" and (
        element.get("type") != "xhtml" or [e.tag for e in element] != [f"{XHTML}div"] or (element.text or "").strip()
    ):
        yield "content is not one div"  # section 4.1.3.3, point 3


def _children_faults(name: str, element: ElementTree.Element) -> Iterator[str]:
    counts = Counter(child.tag.removeprefix(ATOM) for child in element)
    for child, count in counts.items():
        if child not in RULES[name]:
            yield f"{child} in {name}"
        elif count > 1 and RULES[name][child] != "*":
            yield f"{count} {child} in {name}"
    yield from (f"no {child} in {name}" for child, often in RULES[name].items() if often == "1" and not counts[child])
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{ATOM}link")
        if link.get("rel") == "alternate"
    ]
    if len(alternates) != len(set(alternates)):
        yield "two alternates of one kind"  # section 4.1.1
    if name == "entry" and not counts["content"] and not alternates:
        yield "an entry with neither content nor alternate"


def json_feed_faults(text: str) -> list[str]:
    """Hold a feed against JSON Feed 1.1: what must be there, what types the fields have, and no other fields."""
    feed: dict[str, Any] = json.loads(text)
    faults = [f"version {feed.get('version')}"] if feed.get("version") != "https://jsonfeed.org/version/1.1" else []
    faults += _field_faults(feed, texts={"version", "title"}, urls={"home_page_url", "feed_url"}, lists={"items"})
    for item in feed.get("items", ()):
        texts = {"id", "title", "content_html", "date_published", "date_modified"}
        faults += _field_faults(item, texts=texts, urls={"url", "external_url"})
        faults += [f"{name} {item[name]!r}" for name in ("date_published", "date_modified")
                   if not RFC_3339.fullmatch(item[name])]  # fmt: skip
        fragment = html5lib.HTMLParser(strict=False)
        tree = fragment.parseFragment(item["content_html"])
        # A document must have a doctype, a fragment none; all else is a fault.
        faults += [f"HTML: {code}" for _, code, _ in fragment.errors]
        faults += [f"element {e.tag}" for e in tree.iter() if e is not tree and e.tag.removeprefix(XHTML) not in PLAIN]
    return faults + _twice("id", (item["id"] for item in feed.get("items", ())))


def _field_faults(
    held: dict[str, Any], *, texts: set[str], urls: set[str], lists: Iterable[str] = ()
) -> Iterator[str]:  # fmt: skip
    must = {*texts, *lists, "language", "authors"}
    yield from (f"no {name}" for name in sorted(must - set(held)))
    yield from (f"field {name}" for name in sorted(set(held) - must - urls))
    yield from (f"{name} {held[name]!r}" for name in texts & set(held) if not _is_text(held[name]))
    yield from (f"{name} {held[name]!r}" for name in urls & set(held) if not _absolute(held[name]))
    if not BCP_47.fullmatch(held.get("language", "")):
        yield f"language {held.get('language')!r}"
    authors = held.get("authors") or [{}]
    yield from (f"author {author!r}" for author in authors if not _is_text(author.get("name")))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _twice(name: str, values: Iterable[str | None]) -> list[str]:
    return [f"{name} {value} stands {count} times" for value, count in Counter(values).items() if count > 1]


# ---- what a test reads of an Atom feed ------------------------------------------------------------------------------


def entries(text: str) -> dict[str, ElementTree.Element]:
    """Give the entries of a feed by the last part of where they lead, in its order."""
    found = ElementTree.fromstring(text.encode()).findall(f"{ATOM}entry")
    named = [next(a.get("href") or "" for a in e.findall(f"{ATOM}link") if a.get("rel") == "alternate") for e in found]
    assert len(set(named)) == len(named)
    return {name.rpartition("/")[2]: entry for name, entry in zip(named, found, strict=True)}


def content(entry: ElementTree.Element) -> str:
    """Give the content of an entry as text."""
    return "".join(entry.find(f"{ATOM}content").itertext())  # type: ignore[union-attr]


def ids(text: str) -> list[str]:
    """Give the ids of the entries of a feed, in its order."""
    return [e.findtext(f"{ATOM}id") or "" for e in ElementTree.fromstring(text.encode()).findall(f"{ATOM}entry")]
