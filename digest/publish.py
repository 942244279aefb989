"""The output folder as a site: each day's pages, made from the day's JSON, and all that is made of many days (edge).

A day's JSON is the truth: its pages are made from what that says, so that pages made by a build and pages made later,
from the JSON alone, are the same bytes. A page keeps in its head a hash of all that it was made from (`render.stamp`);
one that has the right hash is not made again. Nothing else is remembered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from digest.align.embed import load_embedder
from digest.config import Settings
from digest.corrected import TITLE, Judge, corrected, judge_with
from digest.errors import DeliveryError
from digest.model import Digest, Override
from digest.output import day_paths, write_file
from digest.recorded import digest_of
from digest.render import sitemap
from digest.render.archive import FOLDERS, STYLES, Archive, Listing, listing_html
from digest.render.corrections import Corrections
from digest.render.feed_names import feeds_of
from digest.render.feeds import Feeds
from digest.render.masthead import Masthead
from digest.render.page import Reader, packaged
from digest.render.record import SCHEMA_VERSION
from digest.render.site import PAGES, frame_of, json_text, page_files
from digest.render.stamp import stamp, stamp_in
from digest.render.term_uses import STRANGE
from digest.static_search import build_search

MENDED = (("corrections.html", "corrections"),)  # a page that the index names, with the code of its name
FEED = "urn:uuid:"  # stands in every feed that we wrote
HEAD = 4096  # characters of a page within which its stamp stands


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: the files that it wrote, in words what could not be done, overrides that matched no pair."""

    written: tuple[str, ...]
    faults: tuple[str, ...] = ()
    unused: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """What a day's JSON file says, as text and parsed."""

    day: date
    text: str
    parsed: dict[str, Any]


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
        digest, _ = corrected(digest, self.overrides, self._judge)
        text = json_text(digest)
        days = sorted({digest.day, *self._coming, *(date.fromisoformat(path.stem) for path in day_paths(self.out))})
        at = days.index(digest.day)
        earlier, later = (days[at - 1] if at else None), (days[at + 1] if at + 1 < len(days) else None)
        told = _Told(digest.day, text, json.loads(text))
        self._write_pages(told, digest_of(text, f"{digest.day}.json"), earlier, later)
        write_file(self.out / f"{digest.day}.json", text)
        return digest

    def _write_pages(self, told: _Told, digest: Digest, earlier: date | None, later: date | None) -> list[str]:
        """Write a day's Markdown and HTML; give the names of what was written."""
        made_from = self._stamp(told, earlier, later)
        frame = frame_of(digest, earlier, later, self._head)
        files = page_files(digest, self._read, frame=frame, made_from=made_from)
        return [name for name, text in files if write_file(self.out / name, text)]

    def _stamp(self, told: _Told, earlier: date | None, later: date | None) -> str:
        names = {name for name, _ in _pairs(told.parsed)}
        overrides = [replace(each, place="") for each in self.overrides if each.pair in names]
        text = hashlib.sha256(told.text.encode()).hexdigest()
        return stamp(self._read, PAGES, text, overrides, earlier, later, self._head.report, self._head.search)

    # ---- all of them ------------------------------------------------------------------------------------------------

    def update(self, *, anew: bool = False) -> Updated:
        """Make again what was made from something else than now: pages of days, and all that is made of many days.

        `anew`: every page, whatever it was made from. A JSON file that is no day of ours is left alone; one that cannot
        be read as a day is told, and stops no other. Raises ConfigError for a template that is wrong, OSError that
        names the file.
        """
        written, faults = list[str](), list[str]()
        archive, feeds, corrections = Archive(), Feeds(), Corrections()
        used, texts = set[str](), hashlib.sha256()
        for earlier, told, later in _with_neighbours(self._days()):
            try:
                told, names = self._update_day(told, earlier, later, anew=anew)
                written += names
            except DeliveryError as error:
                faults.append(str(error))
                if not (self.out / f"{told.day}.html").exists():
                    continue
            if not archive.add(told.parsed):
                continue
            texts.update(told.text.encode())
            feeds.add(told.parsed)
            corrections.add(told.parsed)
            used |= {name for name, is_corrected in _pairs(told.parsed) if is_corrected}
        unused = tuple(each for each in self.overrides if each.pair not in used)
        listings = tuple(archive.pages(self._head, MENDED if corrections.any else ()))
        written += self._write_listings(listings, anew=anew)
        pages = corrections.files(self._head, self._read, unused) if corrections.any else ()
        written += [name for name, text in pages if write_file(self.out / name, text)]
        written += self._write_feeds(feeds)
        days = ((f"{row.day}.html", row.changed) for row in archive.days)
        written += self._write_map((*days, *((listing.name, listing.changed) for listing in listings)))
        # GitHub Pages would else turn our Markdown into pages of its own, over ours
        written += [name for name in (".nojekyll",) if write_file(self.out / name, "")]
        if self._head.search:
            days_told = (told.text for told in self._days())
            fault = build_search(self.out, days_told, made_from=texts.hexdigest(), head=self._head, read=self._read)
            faults += [fault] if fault else []
        return Updated(tuple(written), tuple(faults), unused)

    def _update_day(
        self, told: _Told, earlier: date | None, later: date | None, *, anew: bool
    ) -> tuple[_Told, list[str]]:  # fmt: skip
        """Write the pages of a day where they are due; give the day as it is now and the names of what was written."""
        page = self.out / f"{told.day}.html"
        made_from = self._stamp(told, earlier, later)
        if not anew and self._stamp_of(page) == made_from and page.with_suffix(".md").exists():
            return told, []
        name = f"{told.day}.json"
        was = digest_of(told.text, name)
        digest, _ = corrected(was, self.overrides, self._judge)
        text = told.text if digest is was else json_text(digest)
        now = told if text == told.text else _Told(told.day, text, json.loads(text))
        written = self._write_pages(now, digest_of(text, name), earlier, later)
        if write_file(self.out / name, text):
            written.append(name)
        return now, written

    def _write_feeds(self, feeds: Feeds) -> Iterator[str]:
        """Write the feeds, and remove those of another order of languages."""
        head = self._head
        for name, text in feeds.files(title=head.title, link=head.link, order=head.order, read=self._read):
            if write_file(self.out / name, text):
                yield name
        now, before = ({feed.file for feed in feeds_of(order)} for order in (head.order, head.order[::-1]))
        for name in sorted(before - now):
            self._drop(self.out / name, FEED)

    def _write_map(self, pages: Iterable[tuple[str, date | None]]) -> Iterator[str]:
        """Write the map of the site; remove the one of before where the output has no public address any more."""
        path = self.out / sitemap.NAME
        if text := sitemap.sitemap(pages, self._head, self._read):
            if write_file(path, text):
                yield path.name
        else:
            self._drop(path, sitemap.MARK)

    def _drop(self, path: Path, mark: str) -> None:
        """Remove a file that is not made any more, where it has a mark that shows that we wrote it."""
        with suppress(OSError, ValueError):
            if mark in path.read_text("utf-8"):
                path.unlink()

    def _write_listings(self, listings: Iterable[Listing], *, anew: bool) -> Iterator[str]:
        """Write the archive's pages that are made from something else now, and remove those that are none any more."""
        kept = set()
        for listing in listings:
            kept.add(listing.name)
            made_from = stamp(self._read, (listing.template, *STYLES), listing.name, listing.values, self._head)
            path = self.out / listing.name
            if anew or self._stamp_of(path) != made_from:
                text = listing_html(listing, self._head, self._read, made_from=made_from)
                if write_file(path, text):
                    yield listing.name
        for folder in FOLDERS:
            for path in sorted((self.out / folder).glob("*.html")):
                if f"{folder}/{path.name}" not in kept and self._stamp_of(path):
                    path.unlink()

    def _days(self) -> Iterator[_Told]:
        """Give the days that lie in the folder, oldest first; what is no day of ours is passed over."""
        for path in day_paths(self.out):
            with suppress(*STRANGE):
                text = path.read_text("utf-8")
                parsed = json.loads(text)
                if parsed["schema_version"] == SCHEMA_VERSION and parsed["date"] == path.stem:
                    yield _Told(date.fromisoformat(path.stem), text, parsed)

    def _stamp_of(self, page: Path) -> str:
        """Give the stamp of a page, "" where it is not there or none of ours."""
        try:
            with page.open(encoding="utf-8", errors="replace") as file:
                return stamp_in(file.read(HEAD))
        except OSError:
            return ""


def _pairs(parsed: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Give the names that overrides have for the pairs and titles of a day's JSON, each with whether it is corrected.

    Of what is no day that can be read, those that come before that shows.
    """
    with suppress(*STRANGE):
        for post in (*parsed["posts"], *parsed["newly_translated"]):
            for pair in (*post["pairs"], *post["outline"]):
                yield pair["id"], bool(pair.get("correction"))
            made = post["title_made"]
            is_corrected = bool(made and made.get("correction"))
            yield f"{TITLE}{post['id']}", is_corrected
            if made:
                yield made["id"], is_corrected


def _with_neighbours(days: Iterable[_Told]) -> Iterator[tuple[date | None, _Told, date | None]]:
    """Give each day with the day before it and the day after it; no more than two are held at a time."""
    earlier: date | None = None
    now: _Told | None = None
    for told in days:
        if now:
            yield earlier, now, told.day
            earlier = now.day
        now = told
    if now:
        yield earlier, now, None
