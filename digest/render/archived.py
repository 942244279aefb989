"""What the archive keeps of a day: its row of the index, its posts in a line each, lines that may show a term."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from digest.model import SIDES, Abstract, Both, Line, LinePair, Verdict
from digest.render.entry import Badge, badge
from digest.render.line import shown
from digest.render.record import SCHEMA_VERSION
from digest.render.term_uses import STRANGE, packed


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the index. `pairs` counts lines in both languages, `untranslated` lines in one of them.

    `changed` is the day on which its page last got something, a translation or a correction. `unread`: it has a page,
    while its JSON cannot be read.
    """

    day: date
    posts: int
    pairs: int
    untranslated: int
    titles: tuple[Both, ...]
    changed: date
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """One entry of a day's own page. `published` is the date in the digest's zone; `pairs` counts verified pairs."""

    id: str
    day: date
    source: str
    title: Both
    langs: Both
    published: date
    made: Badge
    pairs: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a day's JSON. `said` holds the pairs that may show a term, as `packed` gives them."""

    row: DayRow
    posts: tuple[Posted, ...]
    said: bytes
    terms: tuple[tuple[str, str], ...]


def day_of(told: Mapping[str, Any] | str) -> Found | None:
    """Read a day, None where it is not a day of this schema."""
    try:
        day: Any = json.loads(told) if isinstance(told, str) else told
        if day["schema_version"] != SCHEMA_VERSION:
            return None
        on, zone = date.fromisoformat(day["date"]), ZoneInfo(day["timezone"])
        made = [_abstract(post, on) for post in day["posts"]]
        lines = [pair for abstract in made for pair in abstract.pairs]
        whole = sum(bool(pair.zh and pair.en) for pair in lines)
        titles = tuple(a.title for a in made if a.title.zh or a.title.en)  # a damaged title is none
        return Found(
            DayRow(on, len(made), whole, len(lines) - whole, titles, max((on, *_changes(day)))),
            tuple(_posted(abstract, on, zone) for abstract in made),
            packed([{**pair, "source": post["source"]} for post in day["posts"] for pair in post["pairs"]]),
            tuple((term.zh, term.en) for abstract in made for term in abstract.terms if term.zh and term.en),
        )
    except (*STRANGE, OverflowError):  # of a moment that its zone has no date for
        return None


def _abstract(post: Mapping[str, Any], on: date) -> Abstract:
    """Read of a post what is listed; the rest of it is not looked at."""
    return Abstract(
        id=_text(post["id"]),
        title=_shown(_both(post["title"])),
        url=Both(None, None),
        source=_text(post["source"]),
        published=datetime.fromisoformat(post["published"]),
        lang=_text(post["lang"]),
        kind="highlights",
        pairs=tuple(map(_pair, post["pairs"])),
        title_langs=_both(post["title_langs"]),
        terms=tuple(map(_both, post["terms"])),
        day=on,
    )


def _pair(told: Mapping[str, Any]) -> LinePair:
    """Read of a pair what its post is summed up by."""
    if not isinstance(told["verified"], bool):
        raise TypeError("verified must be true or false")
    zh, en = (None if told[side] is None else Line(side, _text(told[side])) for side in SIDES)
    return LinePair(_text(told["id"]), zh, en, told["made_by"], Verdict(0.0, told["verified"]))


def _posted(abstract: Abstract, on: date, zone: ZoneInfo) -> Posted:
    verified = sum(bool(pair.zh and pair.en and pair.verdict.verified) for pair in abstract.pairs)
    published = abstract.published.astimezone(zone).date()
    return Posted(
        abstract.id, on, abstract.source, abstract.title, abstract.title_langs, published, badge(abstract), verified
    )  # fmt: skip


def _changes(day: Mapping[str, Any]) -> Iterator[date]:
    """Give the days on which a translation, an edit or a correction came to a page."""
    for post in day["posts"]:
        told = [post.get("updated"), *((pair.get("correction") or {}).get("on") for pair in post["pairs"])]
        yield from (date.fromisoformat(each) for each in told if each)


def _both(told: Mapping[str, Any]) -> Both:
    return Both(*(None if told[side] is None else _text(told[side]) for side in SIDES))


def _shown(title: Both) -> Both:
    """Give what is printed of a title; of blanks nothing is."""
    return Both(shown(title.zh) or None, shown(title.en) or None)


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise TypeError("a text must be a string")
    return told
