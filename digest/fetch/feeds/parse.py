"""Feed bytes → Feed, pure: RSS 0.9x to 2.0, RDF and Atom (xml_feed.py), JSON Feed 1 and 1.1 (json_feed.py).

Bytes are read as text first (digest.decode), since feedparser reads undeclared GBK as windows-1252. That text is made
as well-formed as it can be (wellformed.py), and only then does feedparser see UTF-8.

What this does not do: make HTML safe. `summary` and `content` are the feed's HTML, links resolved and nothing else;
whoever prints from them takes the text.
"""

from __future__ import annotations

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
