"""RSS 0.9x to 2.0, RDF and Atom, read by feedparser.

It is given bytes only: a string it would open as a file or an address.
"""

from __future__ import annotations

import html
import io
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from digest.errors import SourceError
from digest.fetch.feeds.bounded import bounded
from digest.fetch.feeds.dates import read_date
from digest.fetch.feeds.fields import READ, cut, guid, joined, language_tag, plain
from digest.fetch.feeds.links import clean_url
from digest.fetch.feeds.wellformed import from_root, mended, one_line, refuse
from digest.model import Entry, Feed, Page


def xml_feed(page: Page, text: str, zone: tzinfo, flaws: list[str]) -> Feed:
    text = bounded(from_root(page.url, text, flaws), flaws)
    repaired = mended(text)
    parsed = _feedparser(page, repaired)
    if parsed.get("bozo") and repaired != text:  # feedparser's forgiving reader does better on what stands there
        parsed = _feedparser(page, text)
    entries, found = parsed["entries"], parsed["feed"]
    if parsed.get("bozo"):
        if not entries and not found:
            refuse(page.url, f"nothing readable: {one_line(parsed.get('bozo_exception'))}", "syntax")
        flaws.append(f"not well-formed: {one_line(parsed.get('bozo_exception'))}")
    lang, atom = language_tag(found.get("language")), str(parsed.get("version")).startswith("atom")
    author = _authors(found)
    return Feed(
        url=page.url,
        title=_title(found, atom=atom),
        link=clean_url(str(found.get("link") or ""), page.url),
        lang=lang,
        entries=tuple(_entry(each, page.url, zone, lang, author, atom=atom) for each in entries),
    )


def _feedparser(page: Page, text: str) -> Mapping[str, Any]:
    """Let feedparser read UTF-8 that says so; it raises what it likes on input that it dislikes."""
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": page.url}
    if page.header("content-language"):
        headers["content-language"] = page.header("content-language")
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode("utf-8")
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=True
        )
    except Exception as error:  # feedparser names no errors of its own
        raise SourceError(page.url, "parse", f"cannot be read: {one_line(error)}", kind="syntax") from error
    return parsed


# ---- entries --------------------------------------------------------------------------------------------------------


def _entry(raw: Mapping[str, Any], base: str, zone: tzinfo, lang: str, author: str, *, atom: bool) -> Entry:
    content, content_lang = _content(raw)
    summary = _html(_detail(raw, "summary"))
    published, updated = (_first_date(raw, names, zone) for names in (("published", "created"), ("updated",)))
    own_lang = _own(raw, "language") or content_lang or _detail(raw, "title").get("language")
    return Entry(
        guid=guid(_own(raw, "id")),
        url=_link(raw, base),
        title=_title(raw, atom=atom),
        published=published or updated,
        summary="" if summary == content else summary,
        content=content,
        lang=language_tag(own_lang) or lang,
        author=_authors(raw) or author,
        updated=updated,
    )


def _own(raw: Mapping[str, Any], key: str) -> str:
    """Look a text up without feedparser's aliases (there `updated` may answer with `published`)."""
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _detail(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return raw.get(f"{key}_detail") or {}


def _link(raw: Mapping[str, Any], base: str) -> str:
    """Choose the post's own address: FeedBurner's original, the link, any alternate link, a GUID that is a link."""
    links = raw.get("links") or ()
    alternates = [each.get("href") for each in links if each.get("rel", "alternate") == "alternate"]
    permalink = raw.get("id") if raw.get("guidislink") else ""
    for each in (raw.get("feedburner_origlink"), raw.get("link"), *alternates, permalink):
        if url := clean_url(str(each or ""), base):
            return url
    return ""


def _title(raw: Mapping[str, Any], *, atom: bool) -> str:
    """Give the title as text. Atom says when a title is no markup; in RSS "text/plain" is feedparser's guess."""
    detail = _detail(raw, "title")
    text = cut(str(raw.get("title") or detail.get("value") or ""), READ)
    return plain(text, markup=not (atom and detail.get("type") == "text/plain"))


def _content(raw: Mapping[str, Any]) -> tuple[str, str]:
    """Choose the body among a feed's contents (HTML before plain text) and give it with its language."""
    bodies = [(each, _html(each)) for each in raw.get("content") or ()]
    bodies = [(each, body) for each, body in bodies if body.strip()]
    bodies.sort(key=lambda pair: pair[0].get("type") == "text/plain")
    return (bodies[0][1], bodies[0][0].get("language") or "") if bodies else ("", "")


def _html(detail: Mapping[str, Any]) -> str:
    """Give a text construct as HTML of at most FIELD characters; a longer one is cut where a tag ends."""
    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain":
        value = html.escape(value, quote=False)
    return cut(value)


def _authors(raw: Mapping[str, Any]) -> str:
    people = [str(each.get("name") or each.get("email") or "") for each in raw.get("authors") or () if each]
    return joined(people or [_own(raw, "author")])


def _first_date(raw: Mapping[str, Any], names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    return next(filter(None, (read_date(_own(raw, name), zone) for name in names)), None)
