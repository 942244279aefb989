"""What both forms of a day's page need of its digest, beside the digest itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.model import Abstract, Both, Digest, Line, Listed
from digest.render import words
from digest.render.entry import badge, lines_of

ALWAYS_TOLD = ("human", "machine", "untranslated")  # counts at a glance, be they 0
TOLD = ("memory", "written", "verified", "unverified", "title-only")  # counts that are told where there are any


def values(digest: Digest) -> dict[str, object]:
    """Give the names that a template may ask for."""
    zone = ZoneInfo(digest.timezone)

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    def waited(abstract: Abstract) -> Both:
        return words.days_after((digest.day - local(abstract.published).date()).days)

    kinds = Counter(badge(abstract).code for abstract in digest.abstracts)
    return {
        "digest": digest,
        "day": digest.day,
        "lead": words.lead(len(digest.abstracts), digest.order[0]),
        "on_time": [a for a in digest.abstracts if a.status != "late"],
        "late": [a for a in digest.abstracts if a.status == "late"],
        "kinds": [(k, kinds[k]) for k in ALWAYS_TOLD] + [(k, kinds[k]) for k in TOLD if kinds[k]],
        "local": local,
        "waited": waited,
        "leads_to": _leads_to(digest),
    }


def guessed_lines(digest: Digest) -> tuple[Line, ...]:
    """Give the lines of a page that hold guesses, each once, in order."""
    return tuple(line for line in lines_of((*digest.abstracts, *digest.newly)) if line.guesses)


def _leads_to(digest: Digest) -> Callable[[Listed], str]:
    """Give a function from a listed post to the address of the entry that stands for it, "" where there is none."""
    here = {abstract.id for abstract in digest.abstracts}

    def address(listed: Listed) -> str:
        if not listed.entry:
            return ""
        if listed.entry in here and listed.day in (None, digest.day):
            return f"#p-{listed.entry}"
        return entry_address(listed.entry, listed.day)

    return address


def entry_address(post: str, day: date | None) -> str:
    """Give the address of an entry on its own day's page, "" where the day is not known.

    >>> entry_address("a1b2", date(2025, 4, 16)), entry_address("a1b2", None)
    ('2025-04-16.html#p-a1b2', '')
    """
    return f"{day.isoformat()}.html#p-{post}" if day else ""
