"""Feed bytes → Feed, pure: RSS 0.9x to 2.0, RDF and Atom by feedparser, JSON Feed 1 and 1.1 by hand.

Bytes are read as text first (digest.decode), since feedparser reads undeclared GBK as windows-1252. The prolog and the
DOCTYPE are dropped, entity declarations refused, forbidden characters and bare ampersands mended, and only then does
feedparser see UTF-8. It is given bytes only: a string it would open as a file or an address.

What this does not do: make HTML safe. `summary` and `content` are the feed's HTML, links resolved and nothing else;
whoever prints from them takes the text.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from html.entities import html5
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

from digest.decode import declared_charset, decode
from digest.errors import SourceError
from digest.model import Entry, Feed, Page

FIELD = 200_000  # characters of HTML a field may bring
READ = 5_000  # characters of markup that are read for a title
TITLE = 300  # characters of a title or name
LONGEST_URL = 2048
LONGEST_GUID = 1000
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: zero dates of databases, not posts
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

# Characters that XML 1.0 forbids (section 2.2), as themselves and as references.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,9})|([0-9]{1,10}));")
# Whatever is opened may end with the text (\Z): a pattern that fails there is quadratic in hostile input.
_AMPERSAND = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))|&(?:([A-Za-z][A-Za-z0-9]*);|(?!#))", re.DOTALL)
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_LATE_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:rss|feed|RDF)[\s>]")
# HTML as it stands in titles: elements known for it, and whatever has attributes. Any other <word> is text, such as
# the type in "Vec<T>".
_TAG = re.compile(
    r"<!DOCTYPE[^<>]*>|</?(?:a|abbr|acronym|applet|b|bdi|bdo|big|blockquote|br|cite|code|del|dfn|div|em|embed|font|form|"
    r"frame|frameset|h[1-6]|hr|i|iframe|img|ins|kbd|li|mark|math|ol|object|p|pre|q|rp|rt|ruby|s|samp|script|small|span|"
    r"strike|strong|style|sub|sup|svg|tt|u|ul|var|wbr)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>"
    r"|<[a-z][\w:-]*\s+[\w:-]+\s*=\s*[\"'][^<>]*>",
    re.IGNORECASE,
)
_UNREAD = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|td|tr|table|blockquote|pre|hr)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_DOCTYPE_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|<!ENTITY|[\[\]>]", re.DOTALL | re.IGNORECASE
)


def parse_feed(page: Page, *, declared_zone: tzinfo | None = None, limit: int = 500) -> Feed:
    """Read a feed; dates without a zone are taken as in `declared_zone` (UTC if None).

    Of more than `limit` entries the newest are kept. Raises SourceError: kind "content" for what is no feed, "syntax"
    for one that cannot be read.
    """
    text, flaws = _text_of(page)
    zone = declared_zone or UTC
    if text[:1] in "{[":
        feed = _json_feed(page.url, text, zone)
    else:
        feed = _xml_feed(page, text, zone, flaws)
    entries = _newest(_distinct(feed.entries, flaws), limit, flaws)
    return replace(feed, entries=entries, flaws=(*flaws, *feed.flaws))


def name_of(entry: Entry) -> str:
    """Give what to call an entry: its title, else the first words of its text, else its address.

    >>> name_of(Entry("", "https://a.example/1", "", None, "<p>The first words.</p>", ""))
    'The first words.'
    """
    text = entry.title or _words(entry.summary) or _words(entry.content) or entry.url
    if entry.title or len(text) <= 100:
        return text
    return text[:100].rsplit(" ", 1)[0] + "…"


# ---- bytes to text --------------------------------------------------------------------------------------------------


def _text_of(page: Page) -> tuple[str, list[str]]:
    """Read the bytes as text without forbidden characters, with notes on what was wrong."""
    flaws: list[str] = []
    if not page.body.strip():
        _refuse(page.url, "the answer is empty")
    for magic, what in MAGIC.items():
        if page.body.startswith(magic):
            _refuse(page.url, f"this is {what}, not a feed")
    decoded = decode(page.body, declared_charset(page.header("content-type"), page.body))
    if decoded.how == "detected":
        flaws.append(f"no charset declared that fits; read as {decoded.encoding}")
    elif decoded.how == "replaced":
        flaws.append("some bytes are no text in any charset")
    text, dropped = _FORBIDDEN.subn("", decoded.text)
    if dropped:
        flaws.append(f"{dropped} forbidden characters dropped")
    return text.lstrip("\ufeff \t\r\n"), flaws


def _refuse(url: str, reason: str, kind: str = "content") -> NoReturn:
    raise SourceError(url, "parse", reason, kind=kind)


# ---- XML ------------------------------------------------------------------------------------------------------------


def _xml_feed(page: Page, text: str, zone: tzinfo, flaws: list[str]) -> Feed:
    text = _from_root(page.url, text, flaws)
    mended = _mended(text)
    parsed = _feedparser(page, mended)
    if parsed.get("bozo") and mended != text:  # feedparser's forgiving reader does better on what stands there
        parsed = _feedparser(page, text)
    entries, found = parsed["entries"], parsed["feed"]
    if parsed.get("bozo"):
        if not entries and not found:
            _refuse(page.url, f"nothing readable: {_one_line(parsed.get('bozo_exception'))}", "syntax")
        flaws.append(f"not well-formed: {_one_line(parsed.get('bozo_exception'))}")
    lang, atom = _tag(found.get("language")), str(parsed.get("version")).startswith("atom")
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
        raise SourceError(page.url, "parse", f"cannot be read: {_one_line(error)}", kind="syntax") from error
    return parsed


def _from_root(url: str, text: str, flaws: list[str]) -> str:
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
        _refuse(url, HTML_HINT if name in HTML_ROOTS else NOT_FEEDS.get(name, "this is not a feed"))
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
    _refuse(url, "the document type declaration does not end", "syntax")


def _refuse_entities(url: str) -> NoReturn:
    _refuse(url, "the document declares entities, which no feed needs and attacks use")


def _mended(text: str) -> str:
    r"""Make well-formed what is most often not: forbidden references, bare ampersands, entities of HTML.

    >>> _mended("<a>AT&T &nbsp;&amp; &#0;<![CDATA[x & y]]></a>")
    '<a>AT&amp;T \xa0&amp; <![CDATA[x & y]]></a>'
    """
    return _AMPERSAND.sub(_mend_ampersand, _REFERENCE.sub(_mend_reference, text))


def _mend_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if code < 0x110000 and not _FORBIDDEN.match(chr(code)) else ""


def _mend_ampersand(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    name = match[2]
    if name is None:
        return "&amp;"
    if name in ("amp", "lt", "gt", "quot", "apos"):
        return match[0]
    return html5.get(f"{name};", f"&amp;{name};")


# ---- entries of feedparser ------------------------------------------------------------------------------------------


def _entry(raw: Mapping[str, Any], base: str, zone: tzinfo, lang: str, author: str, *, atom: bool) -> Entry:
    content, content_lang = _content(raw)
    summary = _html(_detail(raw, "summary"))
    published, updated = (_first_date(raw, names, zone) for names in (("published", "created"), ("updated",)))
    own_lang = _own(raw, "language") or content_lang or _detail(raw, "title").get("language")
    return Entry(
        guid=_guid(_own(raw, "id")),
        url=_link(raw, base),
        title=_title(raw, atom=atom),
        published=published or updated,
        summary="" if summary == content else summary,
        content=content,
        lang=_tag(own_lang) or lang,
        author=_authors(raw) or author,
        updated=updated,
    )


def _own(raw: Mapping[str, Any], key: str) -> str:
    """Look a text up without feedparser's aliases (there `updated` may answer with `published`)."""
    value = dict.get(raw, key) if isinstance(raw, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _detail(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return raw.get(f"{key}_detail") or {}


def _guid(text: str) -> str:
    if len(text) > LONGEST_GUID:
        return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return text


def _link(raw: Mapping[str, Any], base: str) -> str:
    """Choose the post's own address: FeedBurner's original, the link, any alternate link, a GUID that is a link."""
    links = raw.get("links") or ()
    alternates = [each.get("href") for each in links if each.get("rel", "alternate") == "alternate"]
    guid = raw.get("id") if raw.get("guidislink") else ""
    for each in (raw.get("feedburner_origlink"), raw.get("link"), *alternates, guid):
        if url := clean_url(str(each or ""), base):
            return url
    return ""


def clean_url(text: str, base: str) -> str:
    """Resolve a link and give it if it is one that may be followed; "" for other schemes and credentials.

    >>> clean_url(" /b c ", "https://a.example/x"), clean_url("javascript:alert(1)", "https://a.example/")
    ('https://a.example/b%20c', '')
    """
    text = re.sub(r"[\r\n\t]", "", text.strip())
    if not text:
        return ""
    try:
        url = urljoin(base, text)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return ""
    except ValueError:
        return ""
    url = re.sub(r"[\s<>\"]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)
    return url if len(url) <= LONGEST_URL else ""


def _title(raw: Mapping[str, Any], *, atom: bool) -> str:
    """Give the title as text. Atom says when a title is no markup; in RSS "text/plain" is feedparser's guess."""
    detail = _detail(raw, "title")
    text = _cut(str(raw.get("title") or detail.get("value") or ""), READ)
    return _plain(text, markup=not (atom and detail.get("type") == "text/plain"))


def _plain(text: str, *, markup: bool = True) -> str:
    """Give a title as plain text on one line; `<` stays where it opens no HTML element.

    >>> _plain("Vec&lt;T&gt; and <b>Box</b><T>: 1 < 2 &amp; 3")
    'Vec<T> and Box<T>: 1 < 2 & 3'
    """
    if markup:
        text = html.unescape(_TAG.sub("", _UNREAD.sub("", text)))
    return " ".join(_FORBIDDEN.sub("", text).split())[:TITLE]


def _words(markup: str) -> str:
    text = _BREAK.sub(" ", _UNREAD.sub(" ", _cut(markup, READ)))
    return " ".join(html.unescape(_ANY_TAG.sub("", text)).split())


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
    return _cut(value)


def _cut(value: str, size: int = FIELD) -> str:
    """Cut markup to a size, not within a tag."""
    if len(value) <= size:
        return value
    head = value[:size]
    return head[: head.rfind("<")] if head.rfind("<") > head.rfind(">") else head


def _authors(raw: Mapping[str, Any]) -> str:
    people = [str(each.get("name") or each.get("email") or "") for each in raw.get("authors") or () if each]
    return _joined(people or [_own(raw, "author")])


def _joined(people: Iterable[str]) -> str:
    names = (_plain(re.sub(r"\(?mailto:.*", "", each[:READ])) for each in people)
    return ", ".join(dict.fromkeys(filter(None, names)))[:TITLE]


def _tag(lang: object) -> str:
    """Give a language tag, or "" for what is none.

    >>> _tag(" zh_CN "), _tag("Chinese, simplified"), _tag(None)
    ('zh-CN', '', '')
    """
    text = lang.strip().replace("_", "-") if isinstance(lang, str) else ""
    return text if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text) else ""


# ---- dates ----------------------------------------------------------------------------------------------------------

_ZONE = re.compile(r"(?:(?<![A-Za-z])(?P<name>[A-Za-z]{1,5})|[+-]\d{2}:?\d{2}|(?<=:\d\d)[+-]\d{1,2})\s*(?:\([^)]*\))?$")
_CLOCK = re.compile(r"\d[:：]\d")
_CHINESE = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"
    r"(?:[^\d上下凌早中晚]*(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2})\s*[:：时點点]\s*(\d{1,2})?(?:\s*[:：分]\s*(\d{1,2}))?)?"
)


def _first_date(raw: Mapping[str, Any], names: tuple[str, ...], zone: tzinfo) -> datetime | None:
    return next(filter(None, (read_date(_own(raw, name), zone) for name in names)), None)


def read_date(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Read a date as feeds write them, in UTC; None for what cannot be read or is older than the web.

    RFC 822, W3C-DTF and the rest by feedparser; seconds or milliseconds since 1970; Chinese dates. One without a zone
    is in `zone`; so is one whose zone is named as `zone` names it (CST is China's in Shanghai, Chicago's elsewhere).

    >>> from datetime import timedelta, timezone
    >>> read_date("2025年4月16日 下午3:05", timezone(timedelta(hours=8))).isoformat()
    '2025-04-16T07:05:00+00:00'
    """
    text = text.strip()
    if len(text) > 100:
        return None
    try:
        when = _epoch(text) or _chinese(text, zone) or _western(text, zone)
        when = when.astimezone(UTC) if when else None
    except (ValueError, OverflowError):
        return None
    return when if when and when >= OLDEST else None


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)


def _chinese(text: str, zone: tzinfo) -> datetime | None:
    match = _CHINESE.search(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[n] or 0) for n in (1, 2, 3, 5, 6, 7))
    if match[4] in ("下午", "晚上", "中午") and 0 < hour < 12 and not (match[4] == "中午" and hour > 10):
        hour += 12
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _western(text: str, zone: tzinfo) -> datetime | None:
    when = _feedparser_date(text)
    return _placed(text, when, zone) if when else None


def _feedparser_date(text: str) -> datetime | None:
    """Read a date by feedparser's handlers, one without a zone as if it were in UTC."""
    from feedparser.datetimes import _parse_date

    for form in (text, f"{text} GMT"):  # its RFC 822 handler wants a zone
        try:
            parsed = _parse_date(form)
        except Exception:  # its handlers raise what they like  # noqa: S112
            continue
        if parsed is not None:
            year, month, day, hour, minute, second = parsed[:6]
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return None


def _placed(text: str, when: datetime, zone: tzinfo) -> datetime:
    """Put a date that feedparser took for UTC into its zone, where the text names none, or names `zone` itself."""
    mark = _ZONE.search(text)
    if not _CLOCK.search(text) or mark is None or (mark["name"] or "").lower() in ("am", "pm"):
        return when.replace(tzinfo=zone)
    name = (mark["name"] or "").upper()
    local = when.replace(tzinfo=zone)
    if name and name not in ("Z", "UTC", "GMT", "UT") and name == (local.tzname() or "").upper():
        naive = _feedparser_date(text[: mark.start("name")].strip())
        return naive.replace(tzinfo=zone) if naive else when
    return when


# ---- JSON Feed ------------------------------------------------------------------------------------------------------


def _json_feed(url: str, text: str, zone: tzinfo) -> Feed:
    """Read JSON Feed 1 or 1.1 (jsonfeed.org/version/1.1)."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(url, "parse", f"broken JSON: {_one_line(error)}", kind="syntax") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        _refuse(url, "this is JSON, but no JSON Feed")
    lang, author = _tag(found.get("language")), _json_authors(found)
    return Feed(
        url=url,
        title=_plain(_text(found, "title"), markup=False),
        link=clean_url(_text(found, "home_page_url"), url),
        lang=lang,
        entries=tuple(_json_entry(each, url, zone, lang, author) for each in found["items"] if isinstance(each, dict)),
        flaws=()
        if "jsonfeed.org" in _text(found, "version")
        else ("it does not say which version of JSON Feed it is",),
    )


def _json_entry(raw: Mapping[str, Any], base: str, zone: tzinfo, lang: str, author: str) -> Entry:
    content = _text(raw, "content_html").strip() or _paragraphs(_text(raw, "content_text"))
    updated = read_date(_text(raw, "date_modified"), zone)
    return Entry(
        guid=_guid(_text(raw, "id").strip()),
        url=clean_url(_text(raw, "url"), base) or clean_url(_text(raw, "external_url"), base),
        title=_plain(_text(raw, "title")),
        published=read_date(_text(raw, "date_published"), zone) or updated,
        summary=_cut(_paragraphs(_text(raw, "summary"))),
        content=_cut(content),
        lang=_tag(raw.get("language")) or lang,
        author=_json_authors(raw) or author,
        updated=updated,
    )


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _FORBIDDEN.sub("", str(value))


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
    names = [_text(each, "name") for each in (*people, raw.get("author")) if isinstance(each, dict)]
    return _joined(names)


# ---- which entries --------------------------------------------------------------------------------------------------


def _distinct(entries: tuple[Entry, ...], flaws: list[str]) -> tuple[Entry, ...]:
    """Take a GUID away from all but the first entry that has it: it identifies nothing."""
    seen: set[str] = set()
    kept = []
    for entry in entries:
        kept.append(replace(entry, guid="") if entry.guid in seen else entry)
        seen.add(entry.guid)
    repeated = sum(1 for old, new in zip(entries, kept, strict=True) if old.guid != new.guid)
    if repeated:
        flaws.append(f"{repeated} repeated GUIDs")
    return tuple(kept)


def _newest(entries: tuple[Entry, ...], limit: int, flaws: list[str]) -> tuple[Entry, ...]:
    """Keep the newest entries in the feed's order; where some have no date, the first ones, as feeds list them."""
    if len(entries) <= limit:
        return entries
    flaws.append(f"{len(entries)} entries, of which the newest {limit} are read")
    dates = [(entry.published, -place) for place, entry in enumerate(entries) if entry.published]
    if len(dates) < len(entries):
        return entries[:limit]
    kept = {-place for _, place in sorted(dates, reverse=True)[:limit]}
    return tuple(entry for place, entry in enumerate(entries) if place in kept)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200]
