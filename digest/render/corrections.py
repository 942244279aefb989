"""The page of corrections: what was wrong on the pages, what they say now, and how often pairs are wrong.

Made of many days: they are added one at a time, as their JSON has them, and of each only its corrections are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from digest.model import SIDES, TITLE, Both, Line, Override
from digest.render import correction_words as said
from digest.render.entry import how_corrected
from digest.render.masthead import Masthead
from digest.render.page import Reader, fill, packaged, shared
from digest.render.record import SCHEMA_VERSION
from digest.render.shares import Share, share_of
from digest.render.term_uses import STRANGE

PAGE = "corrections.html"
STYLES = ("correction.css.j2",)  # after the style of all pages


@dataclass(frozen=True, slots=True)
class Text:
    """The two sides of a pair, as much of them as is printed, and whether the judge believes it."""

    zh: Line | None
    en: Line | None
    verified: bool


@dataclass(slots=True)
class Row:
    """One corrected pair: its id, its post's id and title, what it said and says, the (day, fragment) of its places."""

    id: str
    post: str
    title: Both
    how: str
    reason: str
    on: date | None
    by: str
    was: Text
    now: Text
    is_title: bool
    places: list[tuple[date, str]] = field(default_factory=list)

    @property
    def when(self) -> date:
        """The day by which the row stands among the others: of the correction, or of the page where that is unknown."""
        return self.on or max(day for day, _ in self.places)


class Corrections:
    """The corrections of the days that are added, in any order."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._days = self._verified = self._wrong = 0

    def add(self, told: Mapping[str, Any]) -> bool:
        """Add a day, as its JSON file has it; what is no day of ours is passed over. Tell whether it was one."""
        try:
            if told["schema_version"] != SCHEMA_VERSION:
                return False
            day = date.fromisoformat(told["date"])
            printed = [_printed(pair) for post in told["posts"] for pair in post["pairs"]]
            found = [*_rows(told["posts"], day, ""), *_rows(told["newly_translated"], day, "n")]
        except STRANGE:
            return False
        self._days += 1
        self._verified += sum(verified for verified, _ in printed)
        self._wrong += sum(verified and mended for verified, mended in printed)
        for row, place in found:
            self._rows.setdefault(row.id, row).places.append(place)
        return True

    @property
    def any(self) -> bool:
        """Whether there is a page: it tells how often pairs are wrong before anybody found one."""
        return self._days > 0

    def rows(self) -> tuple[Row, ...]:
        """Give the corrected pairs, newest correction first; a pair that stands on several pages once."""
        for row in self._rows.values():
            row.places.sort()
        return tuple(sorted(self._rows.values(), key=lambda row: (row.when, row.places[-1], row.id), reverse=True))

    def unused(self, overrides: Iterable[Override]) -> tuple[Override, ...]:
        """Give the overrides that changed nothing on any of the days."""
        used = {name for row in self._rows.values() for name in (row.id, TITLE + row.post if row.is_title else "")}
        return tuple(override for override in overrides if override.pair not in used)

    def files(
        self, head: Masthead, read: Reader = packaged, unused: Sequence[Override] = ()
    ) -> tuple[tuple[str, str], ...]:
        """Give the page as (name, text), none where no day was added; `unused` are overrides that change nothing."""
        if not self.any:
            return ()
        here = share_of(self._wrong, self._verified)
        return ((PAGE, fill(
            "corrections.html.j2", read, rows=self.rows(), unused=unused, head_of=head, address=PAGE,
            measured=_said(said.MEASURED, measured()), command=measured_by()["command"],
            here=_said(said.HERE, here) if here else said.HERE_NONE,
            ready_entry=said.READY_ENTRY, how=said.REPORT_LINK if head.report else said.REPORT_NONE,
            **shared(head.title, head.link, head.order, read, extra=STYLES),
        )),)  # fmt: skip


def _printed(pair: Mapping[str, Any]) -> tuple[bool, bool]:
    """Tell whether a pair was printed as verified at first, and whether it was corrected since."""
    mended = pair.get("correction")  # days of before corrections have none
    was = mended["was"] if mended else pair
    return was["zh"] is not None and was["en"] is not None and was["verified"] is True, bool(mended)


def _rows(posts: Iterable[Mapping[str, Any]], day: date, of: str) -> Iterator[tuple[Row, tuple[date, str]]]:
    """Give what is corrected of posts, and where it stands; `of` sets the fragments of newly translated posts apart."""
    for post in posts:
        # a title has the address of its entry, and so has a heading, which has none of its own
        entry = f"{of or 'p'}-{post['id']}"
        pairs = [(pair, f"{of}l-{pair['id']}", False) for pair in post["pairs"]]
        pairs += [(pair, entry, False) for pair in post["outline"]]
        pairs += [(post["title_made"], entry, True)] if post["title_made"] else []
        for pair, fragment, is_title in pairs:
            if mended := pair.get("correction"):
                was, now = _text(mended["was"]), _text(pair)
                yield Row(
                    _string(pair["id"]), _string(post["id"]), Both(*(_maybe(post["title"][side]) for side in SIDES)),
                    how_corrected(_string(mended["how"]), was, now), _string(mended["reason"]),
                    date.fromisoformat(mended["on"]) if mended["on"] else None, _string(mended["by"]),
                    was, now, is_title,
                ), (day, fragment)  # fmt: skip


def _text(pair: Mapping[str, Any]) -> Text:
    zh, en = (
        Line(_string(pair["langs"][side]), text, code=tuple((int(a), int(b)) for a, b in pair["code"][side]))
        if (text := _maybe(pair[side])) is not None else None
        for side in SIDES
    )  # fmt: skip
    return Text(zh, en, pair["verified"] is True)


def _maybe(value: object) -> str | None:
    return None if value is None else _string(value)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


# ---- how often pairs are wrong --------------------------------------------------------------------------------------


@cache
def measured_by() -> Mapping[str, Any]:
    """Give the measurement that ships (digest/data/measured.json): pairs, wrong, readers, date, command."""
    found: dict[str, Any] = json.loads(files("digest").joinpath("data", "measured.json").read_text("utf-8"))
    return found


def measured() -> Share:
    """Give the share of printed pairs that strict readers called wrong."""
    found = share_of(measured_by()["wrong"], measured_by()["pairs"])
    if found is None:
        raise ValueError("a measurement of nothing")
    return found


def _said(words: Both, share: Share) -> Both:
    """Fill figures into a sentence of both languages."""
    by = measured_by()
    values = {"pairs": f"{share.whole:,}", "wrong": f"{share.part:,}", "share": share.share, "low": share.low,
              "high": share.high, "readers": by["readers"], "date": by["date"]}  # fmt: skip
    return Both(*((words.get(side) or "").format(**values) for side in SIDES))
