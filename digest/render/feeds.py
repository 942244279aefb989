"""The two feeds (Atom 1.0, RFC 4287), made from the days' JSON files: all posts, and those whose Chinese came.

A post is one entry. When its translation lands, its page is built again, and so is its entry here: the same id, a later
`updated`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from digest.model import SIDES, Gloss, Guess, Line, base_lang
from digest.render.address import folder, quoted
from digest.render.day import entry_address
from digest.render.inert import inert
from digest.render.line import runs
from digest.render.page import Reader, fill, packaged
from digest.render.record import SCHEMA_VERSION

NEWEST = 50  # entries of a feed
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # when a feed without a day was last changed


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as the JSON of a day has it: `post`, on the page `address` (within the output), news at `news`."""

    post: dict[str, Any]
    address: str
    published: datetime
    news: datetime
    came: date | None

    @property
    def in_chinese(self) -> bool:
        """Whether people put it into Chinese, and a pair says so."""
        return base_lang(self.post["lang"]) != "zh" and any(
            pair["zh"] and pair["en"] and pair["made_by"] == "human" and pair["verified"] for pair in self.post["pairs"]
        )


def feed_files(
    json_texts: Iterable[str], *, title: str, link: str, order: tuple[str, str], read: Reader = packaged
) -> tuple[tuple[str, str], ...]:
    """Give the feeds as (name, text), from the JSON texts of days in any order; what is no day of ours is passed over.

    `link` is the public address of the output; without one, entries lead to the posts themselves.
    """
    newest = sorted(_entries(json_texts), key=lambda entry: (entry.news, entry.post["id"]), reverse=True)
    feeds: tuple[tuple[str, Callable[[Entry], bool]], ...] = (
        ("feed", lambda entry: True),
        ("new-in-chinese", lambda entry: entry.in_chinese),
    )
    return tuple(
        (f"{name}.xml", _feed(name, [e for e in newest if wanted(e)][:NEWEST], title, link, order, read))
        for name, wanted in feeds
    )


def _feed(
    name: str, entries: Sequence[Entry], title: str, link: str, order: tuple[str, str], read: Reader
) -> str:  # fmt: skip
    base = folder(link)
    return fill(
        "atom.xml.j2",
        read,
        feed=name,
        id=_id(f"{base or 'bilingual-digest:'}#{name}"),
        title=title,
        base=base,
        order=("zh", "en") if name == "new-in-chinese" else order,
        updated=max((entry.news for entry in entries), default=EPOCH),
        entries=[(_id(f"bilingual-digest:#p-{entry.post['id']}"), leads_to(entry, base), entry) for entry in entries],
        line=line_of,
    )


def _id(name: str) -> str:
    """Name a feed or an entry for good (RFC 4287, section 4.2.6).

    A feed is named by its address. An entry is named by its post's id alone: it stays the same entry where the output
    moves to another address, or gets one, and where anything of the post changes.
    """
    return uuid5(NAMESPACE_URL, name).urn


# ---- from the days' JSON --------------------------------------------------------------------------------------------


def _entries(json_texts: Iterable[str]) -> list[Entry]:
    """Give each post once: as its own day's page has it, unless a later day's page knows of a translation it lacks."""
    found: dict[str, Entry] = {}
    for text in json_texts:
        for entry in _of_day(text):
            known = found.get(entry.post["id"])
            if known is None or _rank(entry) > _rank(known):
                found[entry.post["id"]] = entry
    return list(found.values())


def _rank(entry: Entry) -> tuple[bool, bool, datetime, str]:
    return entry.in_chinese, not entry.address.partition("#")[2].startswith("n-"), entry.news, entry.address


def _of_day(text: str) -> list[Entry]:
    """Read the entries of one day's JSON; none where it is not a day of this schema."""
    try:
        day: Any = json.loads(text)
        if day["schema_version"] != SCHEMA_VERSION:
            return []
        on, zone = date.fromisoformat(day["date"]), ZoneInfo(day["timezone"])
        entries = [_entry(post, on, zone, newly=False) for post in day["posts"]]
        entries += [_entry(post, on, zone, newly=True) for post in day.get("newly_translated", ())]
    except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError):
        return []
    return entries


def _entry(post: dict[str, Any], on: date, zone: ZoneInfo, *, newly: bool) -> Entry:
    """Read a post of the page of `on`: news is when it was published, came late, or got its translation."""
    _check(post)
    published = datetime.fromisoformat(post["published"])
    came = date.fromisoformat(post["updated"]) if post.get("updated") else on if newly else None
    news = max(published, datetime.combine(came or on, time(), zone))
    address = f"{on}.html#n-{post['id']}" if newly else entry_address(post["id"], on)
    return Entry(post, address, published, news, came)


def _check(post: dict[str, Any]) -> None:
    """Raise KeyError, TypeError or ValueError for a post over which a template would stumble: it is none of ours."""
    made = [post["title_made"]] if post["title_made"] else []
    told = [post["id"], post["lang"], post["kind"], post["source"], *(row["made_by"] for row in made)]
    told += [fact["name"] for fact in post["card"]]
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


def line_of(pair: dict[str, Any], side: str) -> Line | None:
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


def leads_to(entry: Entry, base: str) -> str:
    """Give where an entry leads: to the page that has it, or to the post where the pages have no public address."""
    return f"{base}{entry.address}" if base else quoted(entry.post["url"]["zh"]) or quoted(entry.post["url"]["en"])
