"""What both forms of a day's page need of its digest, beside the digest itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.model import Abstract, Both, Digest, Gloss, Line, Listed, base_lang
from digest.render import words
from digest.render.address import folder
from digest.render.entry import awaited, badge, lines_of
from digest.render.frame import ALONE, Frame
from digest.render.report import report_link

ALWAYS_TOLD = ("human", "machine", "untranslated")  # counts at a glance, be they 0
# counts that say how good a day is
BOX = ("verified", "untranslated", "guessed", "unsure", "merged", "corrected", "failures")
TOLD = (
    "memory",
    "written",
    "verified",
    "partly",
    "unverified",
    "title-only",
)  # counts that are told where there are any


def values(digest: Digest, frame: Frame = ALONE) -> dict[str, object]:
    """Give the names that a template may ask for."""
    zone = ZoneInfo(digest.timezone)

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    def waited(abstract: Abstract) -> Both:
        return words.days_after((digest.day - local(abstract.published).date()).days)

    def awaited_here(abstract: Abstract) -> Both | None:
        until = local(abstract.published).date() + timedelta(digest.watch_days)
        return awaited(abstract, until) if digest.watch_days else None

    kinds = Counter(map(_kind, digest.abstracts))
    return {
        "digest": digest,
        "day": digest.day,
        "lead": words.lead(len(digest.abstracts), digest.order[0]),
        "on_time": [a for a in digest.abstracts if a.status != "late"],
        "late": [a for a in digest.abstracts if a.status == "late"],
        "kinds": [(k, kinds[k]) for k in ALWAYS_TOLD] + [(k, kinds[k]) for k in TOLD if kinds[k]],
        "local": local,
        "waited": waited,
        "awaited": awaited_here,
        "leads_to": _leads_to(digest),
        "rest": _rest(digest),
        "quality": _quality(digest),
        "source_page": dict(frame.sources).get,
        "term_page": _term_page(frame),
        "report": _report(digest, frame),
    }


def _kind(abstract: Abstract) -> str:
    """Name what a post is counted as at a glance: by its badge, but "partly" where no more than half of it is so."""
    code = badge(abstract).code
    verified = sum(pair.verdict.verified for pair in abstract.pairs if pair.zh and pair.en)
    return "partly" if verified and 2 * verified <= len(abstract.pairs) else code


def _rest(digest: Digest) -> list[tuple[Listed, str]]:
    """Give the posts without an entry, each with the id that its entry would have, "" where an element has that.

    A link to an entry of a page that was built again since leads to where the post is named now.
    """
    taken = {abstract.id for abstract in digest.abstracts}
    rows = []
    for listed in digest.rest:
        rows.append((listed, "" if listed.id in taken else f"p-{listed.id}"))
        taken.add(listed.id)
    return rows


def _quality(digest: Digest) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Part the day's counts: those that say how good it is, in the order of BOX, and all others."""
    counts = dict(digest.quality)
    box = tuple((name, counts.pop(name)) for name in BOX if name in counts)
    return box, tuple(counts.items())


def _term_page(frame: Frame) -> Callable[[Gloss, Sequence[Both]], str]:
    """Give a function from a gloss and its post's terms to the page of the term, "" where there is none."""
    pages = dict(frame.terms)

    def address(gloss: Gloss, terms: Sequence[Both]) -> str:
        side = base_lang(gloss.lang)
        found = (pages.get((term.zh or "", term.en or "")) for term in terms if term.get(side) == gloss.text)
        return next(filter(None, found), "")

    return address


def _report(digest: Digest, frame: Frame) -> Callable[[str], str]:
    """Give a function from the name of a pair or title to where a reader says that it is wrong, "" for nowhere."""
    return lambda name: report_link(frame.report, day=digest.day, name=name)


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


def page_address(digest: Digest) -> str:
    """Give the public address of the day's page, "" where none is set."""
    base = folder(digest.link)
    return f"{base}{digest.day.isoformat()}.html" if base else ""


def entry_address(post: str, day: date | None) -> str:
    """Give the address of an entry on its own day's page, "" where the day is not known.

    >>> entry_address("a1b2", date(2025, 4, 16)), entry_address("a1b2", None)
    ('2025-04-16.html#p-a1b2', '')
    """
    return f"{day.isoformat()}.html#p-{post}" if day else ""
