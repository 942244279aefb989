"""What is made of many days, written to the output folder: archive, corrections, feeds, map of the site (edge)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from digest.model import Override
from digest.output import write_file
from digest.render import sitemap
from digest.render.archive import BESIDE, FOLDERS, Archive, Listing, listing_html
from digest.render.corrections import Corrections
from digest.render.feed_names import feeds_of
from digest.render.feeds import Feeds
from digest.render.masthead import Masthead
from digest.render.page import Reader
from digest.render.stamp import stamp
from digest.unchanged import stamp_of

MENDED = (("corrections.html", "corrections"),)  # a page that the index names, with the code of its name
FEED = "urn:uuid:"  # stands in every feed that we wrote


class Overview:
    """What the days that are added say together; of each only that is kept."""

    def __init__(self) -> None:
        self._archive, self._feeds, self._corrections = Archive(), Feeds(), Corrections()

    def add(self, parsed: Mapping[str, Any]) -> bool:
        """Add a day's JSON, parsed; what is no day of ours is passed over. Tell whether it was one."""
        if not self._archive.add(parsed):
            return False
        self._feeds.add(parsed)
        self._corrections.add(parsed)
        return True

    def add_unread(self, day: date) -> None:
        """Add a day that has a page, while its JSON cannot be read: the page is listed, and no more is said of it."""
        self._archive.add_unread(day)

    def unused(self, overrides: Iterable[Override]) -> tuple[Override, ...]:
        """Give the overrides that changed nothing on any of the days."""
        return self._corrections.unused(overrides)

    def write(
        self, out: Path, head: Masthead, read: Reader, unused: Sequence[Override] = (), *, anew: bool = False
    ) -> Iterator[str]:  # fmt: skip
        """Write the pages, where they differ from what is there, and remove those that are none any more.

        `unused` are overrides that match no pair. Gives the names of what was written. Raises ConfigError for a
        template that is wrong, OSError that names the file.
        """
        mended = self._corrections.any
        listings = tuple(self._archive.pages(head, MENDED if mended else ()))
        yield from _write_listings(out, listings, head, read, anew=anew)
        pages = self._corrections.files(head, read, unused) if mended else ()
        yield from (name for name, text in pages if write_file(out / name, text))
        yield from _write_feeds(out, self._feeds, head, read)
        days = ((f"{row.day}.html", row.changed) for row in self._archive.days)
        yield from _write_map(out, (*days, *((listing.name, listing.changed) for listing in listings)), head, read)
        # GitHub Pages would else turn our Markdown into pages of its own, over ours
        yield from (name for name in (".nojekyll",) if write_file(out / name, ""))


def _write_listings(
    out: Path, listings: Iterable[Listing], head: Masthead, read: Reader, *, anew: bool
) -> Iterator[str]:  # fmt: skip
    """Write the archive's pages that are made from something else now, and remove those that are none any more."""
    kept = set()
    for listing in listings:
        kept.add(listing.name)
        made_from = stamp(read, (listing.template, *BESIDE), listing.name, listing.values, head)
        path = out / listing.name
        if anew or stamp_of(path) != made_from:
            text = listing_html(listing, head, read, made_from=made_from)
            if write_file(path, text):
                yield listing.name
    for folder in FOLDERS:
        for path in sorted((out / folder).glob("*.html")):
            if f"{folder}/{path.name}" not in kept and stamp_of(path):
                path.unlink()


def _write_feeds(out: Path, feeds: Feeds, head: Masthead, read: Reader) -> Iterator[str]:
    """Write the feeds, and remove those of another order of languages."""
    for name, text in feeds.files(title=head.title, link=head.link, order=head.order, read=read):
        if write_file(out / name, text):
            yield name
    now, before = ({feed.file for feed in feeds_of(order)} for order in (head.order, head.order[::-1]))
    for name in sorted(before - now):
        _drop(out / name, FEED)


def _write_map(out: Path, pages: Iterable[tuple[str, date | None]], head: Masthead, read: Reader) -> Iterator[str]:
    """Write the map of the site; remove the one of before where the output has no public address any more."""
    path = out / sitemap.NAME
    if text := sitemap.sitemap(pages, head, read):
        if write_file(path, text):
            yield path.name
    else:
        _drop(path, sitemap.MARK)


def _drop(path: Path, mark: str) -> None:
    """Remove a file that is not made any more, where it has a mark that shows that we wrote it."""
    with suppress(OSError, ValueError):
        if mark in path.read_text("utf-8"):
            path.unlink()
