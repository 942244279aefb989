"""What is made of many days: the index, a page for each source, a page for each term; from the days' JSON.

Days are added one at a time, and of each only what these pages say is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from digest.model import SIDES, Both
from digest.render.archived import DayRow, Posted, day_of
from digest.render.dates import WEEKDAYS
from digest.render.feed_names import feeds_of
from digest.render.masthead import Masthead
from digest.render.month import month_of
from digest.render.page import Reader, fill, packaged, shared
from digest.render.site import source_page, term_page
from digest.render.term_uses import Term, uses_of

MONTHS = 12  # months that the index shows; earlier ones stand on pages of their years
MOST_TITLES = 6  # titles of a day in the index
LONG = 300  # posts of a source beyond which each year has a page
STYLES = ("page.css.j2", "archive.css.j2")
BESIDE = (*STYLES, "page.js.j2")  # templates that its pages hold besides their own
FOLDERS = ("sources", "terms", "years")  # that its pages stand in, beside the index
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the archive before it is written: its name within the output, its template, what it is filled with.

    `changed` is the last day that it tells of, None where it tells of none.
    """

    name: str
    template: str
    heading: str
    changed: date | None
    values: Values


class Archive:
    """The archive of the days that are added, in any order."""

    def __init__(self) -> None:
        self._days: dict[date, DayRow] = {}
        self._posts: dict[str, list[Posted]] = {}
        self._said: dict[date, bytes] = {}
        self._terms: dict[Term, None] = {}

    def add(self, told: Mapping[str, Any] | str) -> bool:
        """Add a day, as JSON or parsed; what is no day of ours is passed over. Tell whether it was one."""
        found = day_of(told)
        if found is None:
            return False
        self._days[found.row.day] = found.row
        for post in found.posts:
            self._posts.setdefault(post.source, []).append(post)
        self._said[found.row.day] = found.said
        self._terms.update(dict.fromkeys(found.terms))
        return True

    def add_unread(self, day: date) -> None:
        """Add a day that has a page, while its JSON cannot be read."""
        self._days[day] = DayRow(day, 0, 0, 0, (), day, unread=True)

    def pages(self, head: Masthead, more: tuple[tuple[str, str], ...] = ()) -> Iterator[Listing]:
        """Give the pages: the index first. `more` are (address, code for words) of further pages to name there."""
        yield from self._by_month(head, more)
        yield from self._sources()
        yield from self._of_terms(head)

    @property
    def days(self) -> tuple[DayRow, ...]:
        """The rows of the days, newest first."""
        return tuple(sorted(self._days.values(), key=lambda row: row.day, reverse=True))

    # ---- by month ---------------------------------------------------------------------------------------------------

    def _by_month(self, head: Masthead, more: tuple[tuple[str, str], ...]) -> Iterator[Listing]:
        newest = self.days
        months = [month_of(tuple(rows)) for _, rows in groupby(newest, key=lambda row: (row.day.year, row.day.month))]
        years = sorted({month.first.year for month in months[MONTHS:]}, reverse=True)
        feeds = tuple((name, tuple(some)) for name, some in groupby(feeds_of(head.order), key=lambda feed: feed.name))
        pages = [("index.html", "", tuple(months[:MONTHS]))]
        pages += [(_year_page(year), str(year), tuple(m for m in months if m.first.year == year)) for year in years]
        for name, year, some in pages:
            changed = max((row.changed for month in some for row in month.rows), default=None)
            yield Listing(name, "index.html.j2", year, changed, {
                "months": some, "days": len(newest), "year": year, "feeds": feeds, "more": more,
                "years": tuple((str(year), _year_page(year)) for year in years), "most_titles": MOST_TITLES,
                "weekday_letters": tuple((side, _letters(side)) for side in SIDES),
            })  # fmt: skip

    # ---- by source --------------------------------------------------------------------------------------------------

    def _sources(self) -> Iterator[Listing]:
        rows = []
        for source, found in sorted(self._posts.items()):
            posts = sorted(found, key=lambda post: (post.published, post.day, post.id), reverse=True)
            rows.append((source, source_page(source), len(posts), max(post.day for post in posts)))
            yield from _of_source(source, posts)
        newest = max((newest for _, _, _, newest in rows), default=None)
        yield Listing(
            "sources/index.html", "names.html.j2", "sources", newest, {"rows": tuple(rows), "kind": "sources"}
        )

    # ---- by term ----------------------------------------------------------------------------------------------------

    def _of_terms(self, head: Masthead) -> Iterator[Listing]:
        rows = []
        first, second = head.order
        for (zh, en), uses in uses_of(tuple(self._terms), self._said).items():
            both = Both(zh, en)
            name = term_page(zh, en)
            newest = uses.newest[0].day if uses.newest else None
            if uses.count:  # a day's page may lead to the page of a term that no kept line shows
                rows.append((both, name, uses.count, newest))
            yield Listing(name, "term.html.j2", f"{both.get(first)} · {both.get(second)}", newest, {
                "term": both, "count": uses.count, "uses": uses.newest,
            })  # fmt: skip
        rows.sort(key=lambda row: ((row[0].en or "").casefold(), row[0].zh or ""))
        last = max((newest for _, _, _, newest in rows if newest), default=None)
        yield Listing("terms/index.html", "names.html.j2", "terms", last, {"rows": tuple(rows), "kind": "terms"})


def _letters(side: str) -> tuple[str, ...]:
    """Give a letter for each day of the week.

    >>> "".join(_letters("zh")), "".join(_letters("en"))
    ('一二三四五六日', 'MTWTFSS')
    """
    return tuple((day.zh or "")[-1] if side == "zh" else (day.en or "")[0] for day in WEEKDAYS)


def _year_page(year: int) -> str:
    return f"years/{year}.html"


def _of_source(source: str, posts: list[Posted]) -> Iterator[Listing]:
    """Give the page of a source, and where it has many posts a page for each year before the last."""
    first = source_page(source)
    by_year = [(str(year), tuple(some)) for year, some in groupby(posts, key=lambda post: post.published.year)]
    if len(posts) <= LONG:
        by_year = [("", tuple(posts))]
    names = [(year, first if not at else f"{first.removesuffix('.html')}-{year}.html")
             for at, (year, _) in enumerate(by_year)]  # fmt: skip
    told = {"source": source, "count": len(posts), "pairs": sum(post.pairs for post in posts)}
    for (year, some), (_, name) in zip(by_year, names, strict=True):
        years = tuple(names) if year else ()
        newest = max(post.day for post in some)
        yield Listing(name, "source.html.j2", source, newest, {**told, "posts": some, "year": year, "years": years})


# ---- text -----------------------------------------------------------------------------------------------------------


def listing_html(listing: Listing, head: Masthead, read: Reader = packaged, *, made_from: str = "") -> str:
    """Write a page of the archive; `made_from` is kept in its head."""
    up = "../" * listing.name.count("/")
    common = shared(head.title, head.link, head.order, read, extra=STYLES[1:])
    return fill(
        listing.template, read, head_of=head, address=listing.name, up=up, heading=listing.heading, made_from=made_from,
        **listing.values, **common,
    )  # fmt: skip


def index_html(days: Iterable[Mapping[str, Any] | str], head: Masthead, read: Reader = packaged) -> str:
    """Write the index of some days."""
    archive = Archive()
    for told in days:
        archive.add(told)
    return listing_html(next(archive.pages(head)), head, read)
