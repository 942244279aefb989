"""What the feeds hold, read from the days' JSON: the newest posts, each once, and the newest days."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from digest.model import SIDES, Gloss, Guess, Line, base_lang
from digest.render.day import entry_address
from digest.render.inert import inert
from digest.render.line import runs
from digest.render.record import SCHEMA_VERSION

NEWEST = 50  # entries of a feed of posts
NEWEST_DAYS = 30  # entries of a feed of days
_OFTEN = 8  # how many times NEWEST posts are held before those that no feed will have are let go
_UNUSED = {"why", "rank", "also"}  # parts of a post that no feed tells, and half of its size
_FIRST = datetime.min.replace(tzinfo=UTC)

DayJson = str | Mapping[str, Any]
"""A day as its JSON file has it: the text, or what was parsed of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as the JSON of a day has it: `post`, on the page `address` (within the output), news at `news`.

    `in_chinese`: people put it into Chinese, and a pair says so.
    """

    post: dict[str, Any]
    address: str
    published: datetime
    news: datetime
    came: date | None
    in_chinese: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day with what its page has: `posts` of its own and `newly` translated ones; it began at `start`."""

    on: date
    start: datetime
    posts: tuple[Entry, ...]
    newly: tuple[Entry, ...]

    @property
    def news(self) -> datetime:
        """When a day that has posts last got something: a post, or a translation of one."""
        return max(entry.news for entry in (*self.posts, *self.newly))


class Newest:
    """The newest posts, each once, and the newest days, out of days that are added in any order.

    A post stands for itself once: as its own day's page has it, unless a later day's page knows of a translation that
    this one lacks. A day without a post is no entry. Of a long archive little more than the feeds' entries is kept, and
    only what is given is looked at closely: a post over which a template would stumble is passed over then.
    """

    def __init__(self) -> None:
        self._ranks: dict[str, _Rank] = {}
        self._posts: dict[str, Entry] = {}
        self._days: dict[date, Day] = {}

    def add(self, told: DayJson) -> None:
        """Add a day; what is no day of ours is passed over."""
        day = day_of(told)
        if day is None or not (day.posts or day.newly):
            return
        for entry in (*day.posts, *day.newly):
            name, rank = entry.post["id"], _rank(entry)
            if name not in self._ranks or rank > self._ranks[name]:
                self._ranks[name], self._posts[name] = rank, entry
        if len(self._posts) > _OFTEN * NEWEST:
            self._posts = _wanted(self._posts)
        self._days[day.on] = day
        if len(self._days) > NEWEST_DAYS:
            del self._days[min(self._days)]

    def posts(self, *, in_chinese: bool = False) -> tuple[Entry, ...]:
        """Give the newest posts, newest first: all, or those that people put into Chinese."""
        held = [entry for entry in self._posts.values() if entry.in_chinese or not in_chinese]
        held.sort(key=lambda entry: (entry.news, entry.post["id"]), reverse=True)
        return tuple(islice(filter(is_sound, held), NEWEST))

    def days(self) -> tuple[Day, ...]:
        """Give the newest days with a post, newest first."""
        found = (self._days[on] for on in sorted(self._days, reverse=True))
        sound = (
            replace(day, posts=tuple(filter(is_sound, day.posts)), newly=tuple(filter(is_sound, day.newly)))
            for day in found
        )
        return tuple(day for day in sound if day.posts or day.newly)


_Rank = tuple[bool, bool, datetime, str]


def _rank(entry: Entry) -> _Rank:
    return entry.in_chinese, not entry.address.partition("#")[2].startswith("n-"), entry.news, entry.address


def _wanted(posts: Mapping[str, Entry]) -> dict[str, Entry]:
    """Let go of posts that no feed can hold, whatever days follow.

    A post is never older news than its date, which no page changes: what is older news than the NEWESTth date comes
    after NEWEST others.
    """
    all_of, chinese = _bound(posts.values()), _bound(entry for entry in posts.values() if entry.in_chinese)
    return {
        name: entry
        for name, entry in posts.items()
        if entry.news >= all_of or (entry.in_chinese and entry.news >= chinese)
    }


def _bound(entries: Iterable[Entry]) -> datetime:
    dates = sorted((entry.published for entry in entries), reverse=True)
    return dates[NEWEST - 1] if len(dates) >= NEWEST else _FIRST


# ---- from a day's JSON ----------------------------------------------------------------------------------------------


def day_of(told: DayJson) -> Day | None:
    """Read of a day what tells its posts apart; None where it is not a day of this schema."""
    try:
        day: Any = json.loads(told) if isinstance(told, str) else told
        if day["schema_version"] != SCHEMA_VERSION:
            return None
        on, zone = date.fromisoformat(day["date"]), ZoneInfo(day["timezone"])
        posts = tuple(_entry(post, on, zone, newly=False) for post in day["posts"])
        newly = tuple(_entry(post, on, zone, newly=True) for post in day.get("newly_translated", ()))
    except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError):
        return None
    return Day(on, datetime.combine(on, time(), zone), posts, newly)


def _entry(post: dict[str, Any], on: date, zone: ZoneInfo, *, newly: bool) -> Entry:
    """Read a post of the page of `on`: news is when it was published, came late, or got its translation."""
    if not isinstance(post["id"], str):
        raise TypeError("an id must be a string")
    published = datetime.fromisoformat(post["published"])
    came = date.fromisoformat(post["updated"]) if post.get("updated") else on if newly else None
    news = max(published, datetime.combine(came or on, time(), zone))
    address = f"{on}.html#n-{post['id']}" if newly else entry_address(post["id"], on)
    in_chinese = base_lang(post["lang"]) != "zh" and any(
        pair["zh"] and pair["en"] and pair["made_by"] == "human" and pair["verified"] for pair in post["pairs"]
    )
    told = {name: value for name, value in post.items() if name not in _UNUSED}
    return Entry(told, address, published, news, came, in_chinese)


def is_sound(entry: Entry) -> bool:
    """Tell whether a template can print a post; one of another program may say anything."""
    try:
        _check(entry.post)
    except (ValueError, LookupError, TypeError, AttributeError):
        return False
    return True


def _check(post: Mapping[str, Any]) -> None:
    """Raise KeyError, TypeError, ValueError or AttributeError for a post over which a template would stumble."""
    made = [post["title_made"]] if post["title_made"] else []
    told = [post["lang"], post["kind"], post["source"], *(row["made_by"] for row in made)]
    told += [fact["name"] for fact in post["card"]]
    told += [fact["place"]["lang"] for fact in post["card"] if fact["place"]]
    untold = [fact[name] for fact in post["card"] for name in ("zh", "en", "href")]
    untold += [post[name][side] for name in ("url", "title", "title_langs") for side in SIDES]
    for pair in (*post["pairs"], *post["outline"]):
        told.append(pair["made_by"])
        untold += [pair["zh"], pair["en"]]
        if not isinstance(pair["verified"], bool):
            raise TypeError("verified must be true or false")
        for side in SIDES:
            if (line := line_of(pair, side)) is not None:
                runs(line)
    if not all(isinstance(value, str) for value in (*told, *filter(None, untold))):
        raise TypeError("a text must be a string")


def line_of(pair: Mapping[str, Any], side: str) -> Line | None:
    """Make the printed line of a side of a pair, None where there is none."""
    if pair[side] is None:
        return None
    guesses = tuple(
        Guess(guess["at"], guess["chosen"], guess["sure"], tuple((o["text"], o["sure"]) for o in guess["others"]))
        for guess in pair["guesses"]
        if guess["side"] == side
    )
    glosses = tuple(Gloss(g["at"], g["text"], g["lang"]) for g in pair.get("glosses", ()) if g["side"] == side)
    code = tuple((start, end) for start, end in pair["code"][side])
    return inert(Line(pair["langs"][side] or side, pair[side], (), code, guesses, glosses))
