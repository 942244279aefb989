"""The output folder as a site: each day's pages, made from the day's JSON, and all that is made of many days (edge).

A day's JSON is the truth: its pages are made from what that says, so that pages made by a build and pages made later,
from the JSON alone, are the same bytes. A page keeps in its head a hash of all that it was made from (`render.stamp`);
one that has the right hash is not made again. Where nothing at all changed, no day is parsed (`unchanged`).
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from digest.align.embed import load_embedder
from digest.config import Settings
from digest.corrected import Judge, corrected, judge_with
from digest.errors import DeliveryError
from digest.model import Digest, Override
from digest.output import day_paths, write_file
from digest.overview import Overview
from digest.recorded import digest_of
from digest.render.masthead import Masthead
from digest.render.page import Reader, packaged
from digest.render.site import PAGES, frame_of, json_text, page_files, with_days
from digest.render.stamp import stamp
from digest.static_search import build_search, drop_search
from digest.told import Told, has_page, left_alone, read_day
from digest.unchanged import note, noted, stamp_of, state_of


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: the files that it wrote, in words what could not be done, overrides that matched no pair."""

    written: tuple[str, ...]
    faults: tuple[str, ...] = ()
    unused: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    """What a day's pages lead to: the days beside it that have pages, and those of the days that it names."""

    earlier: date | None
    later: date | None
    named: tuple[date, ...]


class Site:
    """The output folder `out`, by the settings, with a reader of templates and what people override.

    `judge` judges lines that an override gives; without it a judge is made when one is needed. `search`: a search page
    is made as well.
    """

    def __init__(
        self, out: Path, settings: Settings, read: Reader = packaged, *, overrides: tuple[Override, ...] = (),
        judge: Judge | None = None, search: bool = False,
    ) -> None:  # fmt: skip
        self.out = out
        self.overrides = overrides
        self._judge = judge or judge_with(load_embedder)
        self._read = read
        self._coming: set[date] = set()
        shown = settings.digest
        self._head = Masthead(shown.title, shown.link, shown.order, settings.site.report, search)

    # ---- a day ------------------------------------------------------------------------------------------------------

    def expect(self, days: Iterable[date]) -> None:
        """Have pages that are written from now on lead to days that are yet to be written: each is written once."""
        self._coming.update(days)

    def write_day(self, digest: Digest) -> Digest:
        """Write a day's files, the JSON last: a day whose JSON is there is whole. Give it as it is printed.

        Raises ConfigError for a template that is wrong, OSError that names the file.
        """
        digest = self._printed(digest)
        text = json_text(digest)
        told = Told(digest.day, text, json.loads(text))
        days = sorted({*self._coming, *_days_named(self.out)})
        around = self._around(told, days, self._has_page)
        name = f"{digest.day}.json"
        for file, content in (*self._pages(told, digest_of(text, name), around), (name, text)):
            write_file(self.out / file, content)
        return digest

    def _printed(self, digest: Digest) -> Digest:
        """Give a day under the site's title, address and order of languages, with what overrides say of it."""
        head = (self._head.title, self._head.link, self._head.order)
        if (digest.title, digest.link, digest.order) != head:
            digest = replace(digest, title=head[0], link=head[1], order=head[2])
        return corrected(digest, self.overrides, self._judge)[0]

    def _around(self, told: Told, days: Sequence[date], has_page: Callable[[date], bool]) -> _Around:
        """Find what a day leads to, among `days`, which are sorted, as far as these have pages."""
        before, after = days[: bisect_left(days, told.day)], days[bisect_right(days, told.day) :]
        return _Around(
            next(filter(has_page, reversed(before)), None),
            next(filter(has_page, after), None),
            tuple(sorted(filter(has_page, {*told.named()} - {told.day}))),
        )

    def _has_page(self, day: date) -> bool:
        return day in self._coming or has_page(self.out, day)

    def _pages(self, told: Told, digest: Digest, around: _Around) -> tuple[tuple[str, str], ...]:
        """Give a day's Markdown and HTML, as (name, text)."""
        frame = frame_of(digest, around.earlier, around.later, self._head)
        digest = with_days(digest, around.named)
        return page_files(digest, self._read, frame=frame, made_from=self._stamp(told, around))

    def _stamp(self, told: Told, around: _Around) -> str:
        names = set(told.pairs())
        overrides = _placeless(each for each in self.overrides if each.pair in names)
        text = hashlib.sha256(told.text.encode()).hexdigest()
        return stamp(self._read, PAGES, text, overrides, around, self._head)

    # ---- all of them ------------------------------------------------------------------------------------------------

    def update(self, *, anew: bool = False) -> Updated:
        """Make again what was made from something else than now: pages of days, and all that is made of many days.

        `anew`: every page, whatever it was made from. A JSON file that is not named by a day is left alone; one that
        cannot be read as its day is told, and stops no other. Raises ConfigError for a template that is wrong, OSError
        that names the file.
        """
        made_from, names = noted(self.out)
        if not anew and made_from and made_from == self._state():
            return Updated((), (), tuple(each for each in self.overrides if each.pair in names))
        updated, left = self._update(anew=anew)
        state = self._state()
        # what was written by somebody else since it was read here is not done
        if not updated.faults and all(_hash_of(path) == text for path, text in left.items()):
            note(self.out, state, (each.pair for each in updated.unused))
        return updated

    def _state(self) -> str:
        return state_of(self.out, self._read, self._head, _placeless(self.overrides))

    def _update(self, *, anew: bool) -> tuple[Updated, dict[Path, str]]:
        """Do what `update` says; give the hash, too, of each day's JSON as it was read or written."""
        written, faults, overview, texts = list[str](), list[str](), Overview(), hashlib.sha256()
        left: dict[Path, str] = {}
        days = [day for day in _days_named(self.out) if has_page(self.out, day)]
        paged = frozenset(days)
        for path in day_paths(self.out):
            told = None
            try:
                told = read_day(path)
                told, names = self._update_day(told, self._around(told, days, paged.__contains__), path, anew=anew)
                written += names
                left[path] = hashlib.sha256(told.text.encode()).hexdigest()
            except DeliveryError as error:
                faults.append(str(error))
            day = date.fromisoformat(path.stem)
            if day not in paged:
                continue
            if told and overview.add(told.parsed):
                texts.update(told.text.encode())
            else:
                overview.add_unread(day)
        faults += left_alone(self.out)
        unused = overview.unused(self.overrides)
        written += overview.write(self.out, self._head, self._read, unused, anew=anew)
        if self._head.search:
            json_texts = self._texts(days)
            fault = build_search(
                self.out, json_texts, made_from=texts.hexdigest(), head=self._head, read=self._read, anew=anew
            )
            faults += [fault] if fault else []
        else:
            drop_search(self.out)
        return Updated(tuple(written), tuple(faults), unused), left

    def _update_day(self, told: Told, around: _Around, path: Path, *, anew: bool) -> tuple[Told, list[str]]:
        """Write the files of a day where they are due; give the day as it is now and the names of what was written.

        The JSON at `path` is written only where the day says something else than it did. Raises DeliveryError where it
        cannot be read back, and where another run writes it at the same time: what that wrote stays.
        """
        page = path.with_suffix(".html")
        if not anew and stamp_of(page) == self._stamp(told, around) and page.with_suffix(".md").exists():
            return told, []
        was = digest_of(told.text, path.name)
        digest = self._printed(was)
        text = told.text if digest is was else json_text(digest)
        now = told if text == told.text else Told(told.day, text, json.loads(text))
        files = self._pages(now, digest_of(text, path.name), around)
        written = []
        for name, content in (*files, *([] if now is told else [(path.name, text)])):
            if not told.says(path):
                raise DeliveryError(f"{path.name}: another run wrote it at the same time; its pages are left to that")
            since = path.stat()
            if write_file(self.out / name, content):
                written.append(name)
                if name == path.name:  # when a day was built is told by its JSON's time (output.days_in)
                    os.utime(path, ns=(since.st_atime_ns, since.st_mtime_ns))
        return now, written

    def _texts(self, days: Iterable[date]) -> Iterator[str]:
        for day in days:
            with suppress(DeliveryError):
                yield read_day(self.out / f"{day}.json").text


def _hash_of(path: Path) -> str:
    """Hash a file as it lies there, "" where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _days_named(out: Path) -> list[date]:
    """Give the days that JSON files in the folder are named by, oldest first."""
    return [date.fromisoformat(path.stem) for path in day_paths(out)]


def _placeless(overrides: Iterable[Override]) -> list[Override]:
    """Give overrides sorted and without the places that they stand at: where they stand changes no page."""
    return [replace(each, place="") for each in sorted(overrides, key=lambda each: each.pair)]
