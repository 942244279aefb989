"""Feed bytes → Feed, pure: RSS 0.9x to 2.0, RDF and Atom (xml_feed.py), JSON Feed 1 and 1.1 (json_feed.py).

Bytes are read as text first (digest.decode), since feedparser reads undeclared GBK as windows-1252. That text is made
as well-formed as it can be (wellformed.py), and only then does feedparser see UTF-8.

What this does not do: make HTML safe. `summary` and `content` are the feed's HTML, links resolved and nothing else;
whoever prints from them takes the text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, tzinfo

from digest.fetch.feeds.bounded import MOST_TEXT
from digest.fetch.feeds.fields import words
from digest.fetch.feeds.json_feed import json_feed
from digest.fetch.feeds.wellformed import text_of
from digest.fetch.feeds.xml_feed import xml_feed
from digest.model import Entry, Feed, Page


def parse_feed(page: Page, *, declared_zone: tzinfo | None = None, limit: int = 500) -> Feed:
    """Read a feed; dates without a zone are taken as in `declared_zone` (UTC if None).

    Of more than `limit` entries the newest are kept, and entries behind the first MOST_TEXT characters of their texts
    keep title, link and dates only. Raises SourceError: kind "content" for what is no feed, "syntax"
    for one that cannot be read.
    """
    text, flaws = text_of(page)
    zone = declared_zone or UTC
    if text.startswith(("{", "[")):
        feed = json_feed(page.url, text, zone)
    else:
        feed = xml_feed(page, text, zone, flaws)
    entries = _of_bounded_text(_newest(_distinct(feed.entries, flaws), limit, flaws), flaws)
    return replace(feed, entries=entries, flaws=(*flaws, *feed.flaws))


def name_of(entry: Entry) -> str:
    """Give what to call an entry: its title, else the first words of its text, else its address.

    >>> name_of(Entry("", "https://a.example/1", "", None, "<p>The first words.</p>", ""))
    'The first words.'
    """
    text = entry.title or words(entry.summary) or words(entry.content) or entry.url
    if entry.title or len(text) <= 100:
        return text
    return text[:100].rsplit(" ", 1)[0] + "…"


def _of_bounded_text(entries: tuple[Entry, ...], flaws: list[str]) -> tuple[Entry, ...]:
    """Take the texts from the entries that stand behind as much text as one feed may bring."""
    room, kept = MOST_TEXT, []
    for entry in entries:
        room -= len(entry.summary) + len(entry.content)
        kept.append(entry if room >= 0 else replace(entry, summary="", content=""))
    if room < 0:
        lost = sum(1 for old, new in zip(entries, kept, strict=True) if old is not new)
        flaws.append(f"more than {MOST_TEXT} characters: the texts of {lost} entries are not kept")
    return tuple(kept)


def _distinct(entries: tuple[Entry, ...], flaws: list[str]) -> tuple[Entry, ...]:
    """Leave out what is printed twice, and take a GUID from all entries that share it: it identifies nothing."""
    once = _once(entries)
    if len(once) < len(entries):
        flaws.append(f"{len(entries) - len(once)} entries printed twice")
    times = Counter(entry.guid for entry in once if entry.guid)
    kept = tuple(replace(entry, guid="") if times[entry.guid] > 1 else entry for entry in once)
    if repeated := sum(count - 1 for count in times.values()):
        flaws.append(f"{repeated} repeated GUIDs")
    return kept


def _once(entries: tuple[Entry, ...]) -> list[Entry]:
    """Keep the first of entries that are the same one, with the longest of their texts.

    The same are, with one GUID and one address, those that agree in two of title, date and text, and, without a GUID,
    those at one address with one title and date. Whatever the GUIDs, those are that agree in all the rest.
    """
    kept: list[Entry] = []
    places: dict[tuple[object, ...], int] = {}
    for entry in entries:
        text = entry.content or entry.summary
        parts: list[tuple[object, ...]] = [("title and date", entry.title, entry.published)]
        if entry.guid:
            parts += [("title and text", entry.title, text), ("date and text", entry.published, text)]
        parts = [part for part in parts if part[1] and part[2]]
        parts.append(("all", entry.title, entry.published, text))
        keys: list[tuple[object, ...]] = [(entry.guid, entry.url, *part) for part in parts]
        if entry.url and entry.title and entry.published:
            keys.append(("whatever GUID", entry.url, entry.title, entry.published, text))
        place = next((places[key] for key in keys if key in places), len(kept))
        if place == len(kept):
            kept.append(entry)
        elif len(entry.summary) + len(entry.content) > len(kept[place].summary) + len(kept[place].content):
            kept[place] = replace(kept[place], summary=entry.summary, content=entry.content)
        for key in keys:
            places.setdefault(key, place)
    return kept


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
