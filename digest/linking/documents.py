"""Stored posts and pages, read as documents, each once as long as nothing of it changes (edge)."""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from digest import __version__
from digest.config import Source
from digest.errors import SourceError
from digest.linking.packed import ReadText, packed_text, unpacked_text
from digest.model import Document, Edition, Failure, Page, Post
from digest.normalise.post import body_in_feed
from digest.normalise.repair.version import version as readings_version
from digest.sandbox.readers import DIRECT, Reader, in_batches
from digest.store import Store
from digest.store.pages import Fingerprint

log = logging.getLogger(__name__)

METHOD = "2"  # of reading; raised by hand, another one makes kept documents anew
KEPT = timedelta(days=60)  # then a document that is still needed is read again
# What took more time or memory than is granted may have met a busy machine: it is read again on other days. Until then,
# and for good after the last try, a post whose page it is has the text of its feed, if there is one.
TRY_AGAIN = timedelta(hours=20)
MOST_TRIES = 3
AHEAD, AHEAD_TEXT = 256, 2_000_000  # posts that are read at once, and characters of their feeds' text
MOST_HELD = 4_000_000  # characters of documents in memory; what was used least lately is packed


class Documents:
    """Reads stored posts and pages, and keeps what was read: documents, and why there are none.

    A page whose bytes were dropped is as it was read then (`pinned`), whatever reads pages now.
    """

    def __init__(self, store: Store, sources: Mapping[str, Source], now: datetime, reader: Reader = DIRECT) -> None:
        self._store = store
        self._sources = sources
        self._now = now
        self._reader = reader
        self._found: OrderedDict[str, ReadText] = OrderedDict()  # what was used last comes last
        self._held = 0  # characters of them
        self._packed: dict[str, tuple[str, bytes]] = {}
        self._made: dict[str, tuple[str, bytes]] = {}
        self._pages: dict[str, str] = {}  # by the names of texts, the addresses of the pages that they need

    def read_ahead(self, posts: Iterable[Post]) -> None:
        """Read the posts whose text is in their feeds and not known yet: many at once is faster than one by one."""
        asked = {}
        for post in posts:
            lang, selector = self._declared(post)
            needed, mark = self._needs(post, post.url, lang, selector)
            if needed is None and self._look(post.id) is None and self._store.reading(post.id, mark) is None:
                asked[post.id] = replace(post, lang=post.lang or lang), mark
        for batch in in_batches([post for post, _ in asked.values()], AHEAD, AHEAD_TEXT):
            for post, found in zip(batch, self._reader.posts(batch), strict=True):
                mark = asked[post.id][1]
                text = (
                    ReadText(found, mark=mark) if not isinstance(found, SourceError) else _failed(post.url, found, mark)
                )
                self._keep(post.id, self._new(post.id, text))

    # ---- texts ------------------------------------------------------------------------------------------------------

    def of_post(self, post: Post) -> Document | None:
        """Give a post's own document; what cannot be read counts as not there."""
        return self.text(post).document

    def at(self, url: str) -> Document | None:
        """Give the document of a page; what cannot be read counts as not there."""
        return self.text_at(url).document

    def text(self, post: Post) -> ReadText:
        """Read a post from what was kept of it."""
        return self._post(post.id, post, post.url, *self._declared(post))

    def _declared(self, post: Post) -> tuple[str, str]:
        """Give the language and the selector of a post's source."""
        source = self._sources.get(post.source)
        return (source.language, source.selector) if source else ("", "")

    def edition_text(self, edition: Edition, first: Post, other: Post | None) -> ReadText:
        """Read an edition of the post `first`; `other` is the edition as a post where a feed brought it."""
        source = self._sources.get(other.source if other else first.source) or self._sources[first.source]
        name = edition_name(edition)
        if other is None:
            if self._store.fingerprint(edition.url) is None:
                return ReadText()
            stand_in = replace(first, url=edition.url, lang=edition.lang, summary="", content="", title="")
            return self._post(name, stand_in, edition.url, edition.lang, source.selector)
        if edition.url == other.url and source.url == other.source:
            return self.text(other)
        return self._post(name, other, edition.url, source.language, source.selector)

    def text_at(self, url: str) -> ReadText:
        """Read the article of a page."""
        if (known := self._look(url)) is not None:
            return known
        seen = self._store.fingerprint(url)
        return self._keep(url, self._kept(url, url, url, seen, _mark(seen), self._article) if seen else ReadText())

    def _article(self, page: Page | None) -> Document | None:
        return self._reader.page(page) if page else None

    def _post(self, name: str, post: Post, url: str, lang: str, selector: str) -> ReadText:
        """Read a post whose page is at `url`."""
        if (known := self._look(name)) is not None:
            return known
        needed, mark = self._needs(post, url, lang, selector)
        return self._keep(name, self._kept(
            name, post.url, url, needed, mark, lambda page: self._reader.post(post, page, lang=lang, selector=selector),
        ))  # fmt: skip

    def _needs(self, post: Post, url: str, lang: str, selector: str) -> tuple[Fingerprint | None, str]:
        """Give the page that reading a post needs, None where its feed will do, and the mark of its text."""
        seen = self._store.fingerprint(url)
        mark = _mark(seen, post.url, post.title, post.lang, post.content, post.summary, lang, selector)
        return None if body_in_feed(post) else seen, mark

    # ---- what is in memory ------------------------------------------------------------------------------------------

    def _look(self, name: str) -> ReadText | None:
        """Give what was read under a name in this run, None where nothing was."""
        if name in self._found:
            self._found.move_to_end(name)
            return self._found[name]
        if name in self._packed:
            mark, body = self._packed.pop(name)
            return self._keep(name, unpacked_text(body, mark))
        return None

    def _keep(self, name: str, text: ReadText) -> ReadText:
        """Hold a text; pack those that were not used for longest where there is too much."""
        self._found[name] = text
        self._held += _size(text)
        while self._held > MOST_HELD and len(self._found) > 1:
            oldest, old = self._found.popitem(last=False)
            self._held -= _size(old)
            self._packed[oldest] = self._made.get(oldest) or (old.mark, packed_text(old))
        return text

    # ---- what is kept -----------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Save what was read newly, and forget what is in memory."""
        if self._made:
            self._store.save_readings(self._made, self._now, self._now - KEPT)
        self._made, self._packed, self._pages = {}, {}, {}
        self._found.clear()
        self._held = 0

    def pin(self, url: str) -> bool:
        """Save for ever what was read from the page at an address; False where a text is worth another try first."""
        names = [name for name, needed in self._pages.items() if needed == url]
        texts = {name: text for name in names if (text := self._look(name)) is not None}
        if any(may_pass(text) for text in texts.values()):
            return False
        self._store.pin_readings({name: (text.mark, packed_text(text)) for name, text in texts.items()}, self._now)
        for name in texts:
            self._made.pop(name, None)
        return True

    def _kept(
        self, name: str, told: str, url: str, page: Fingerprint | None, mark: str,
        read: Callable[[Page | None], Document | None],
    ) -> ReadText:  # fmt: skip
        """Give what was read under a name, read now where that is needed; `page` is the one at `url` that it needs."""
        if page:
            self._pages[name] = url
        is_gone = page is not None and not page.is_here
        if is_gone and (pinned := self._store.pinned_reading(name) or self._store.pinned_reading(url)):
            if gone := unpacked(pinned[1], pinned[0]):
                return gone
            raise self._store.damaged(f"what was read from {url}, whose page is gone, cannot be read")
        tries = 0
        row = self._store.reading(name, mark)
        if row is not None and (kept := unpacked(row[0], mark)):
            if not may_pass(kept) or self._now - row[1] < TRY_AGAIN:
                return kept
            tries = kept.tries
        body = self._store.page(url) if page else None
        try:
            found = ReadText(read(body), mark=mark)
        except SourceError as error:
            found = _failed(told, error, mark, tries)
            if body is not None and error.kind == "limits":
                found = _without_page(found, read)
        # what was read without the page is none of what has this mark
        return found if is_gone else self._new(name, found)

    def _new(self, name: str, text: ReadText) -> ReadText:
        """Have what was read now kept."""
        self._made[name] = text.mark, packed_text(text)
        return text


def edition_name(edition: Edition) -> str:
    """Name the reading of an edition that is not read as a post of its own."""
    return f"{edition.url} in {edition.lang}"


def _failed(url: str, error: SourceError, mark: str, tries: int = 0) -> ReadText:
    """Give what is kept of a text that cannot be read; `tries` are those before."""
    log.info("text cannot be read", extra={"url": url, "stage": error.stage, "reason": error.reason})
    fault = Failure(error.url, error.stage, error.reason)
    return ReadText(None, fault, error.kind, tries + (error.kind == "limits"), mark)


def _without_page(failed: ReadText, read: Callable[[Page | None], Document | None]) -> ReadText:
    """Give what the feed says of a text whose page takes more than is granted: a part of it, worth another try."""
    try:
        document = read(None)
    except SourceError:
        document = None
    return failed if document is None else replace(failed, document=replace(document, cut=True), fault=None)


def _size(text: ReadText) -> int:
    """Count the characters of a text, and something for each paragraph and mark in it."""
    paragraphs = text.document.paragraphs if text.document else ()
    return 200 + sum(200 + len(each.text) + 100 * len(each.spans) for each in paragraphs)


def may_pass(text: ReadText) -> bool:
    """Tell whether a text, or its page, could not be read for a reason that may pass, and is worth another try."""
    return text.kind == "limits" and text.tries < MOST_TRIES


def _mark(page: Fingerprint | None, *parts: str) -> str:
    """Hash what a text is read from, and by what."""
    told = (METHOD, __version__, readings_version(), *parts, *((page.url, page.headers, page.sum) if page else ()))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def unpacked(body: bytes, mark: str) -> ReadText | None:
    """Give what is kept of a reading; None where its bytes are damaged: their sum tells."""
    try:
        return unpacked_text(body, mark)
    except (zlib.error, ValueError):
        return None
