"""Stored posts and pages, read as documents, each once as long as nothing of it changes (edge)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from digest import __version__
from digest.config import Source
from digest.errors import SourceError
from digest.linking.packed import packed_document, unpacked_document
from digest.model import Document, Page, Post
from digest.normalise.article import read_page
from digest.normalise.post import document_of
from digest.normalise.repair.version import version as readings_version
from digest.store import Store

log = logging.getLogger(__name__)

METHOD = "1"  # of reading; raised by hand, another one makes kept documents anew
KEPT = timedelta(days=60)  # then a document that is still compared is read again


class Documents:
    """Reads stored posts and pages; what cannot be read counts as not there. `keep` saves what was read newly."""

    def __init__(self, store: Store, sources: Mapping[str, Source]) -> None:
        self._store = store
        self._sources = sources
        self._found: dict[str, Document | None] = {}
        self._made: dict[str, tuple[str, bytes]] = {}

    def of_post(self, post: Post) -> Document | None:
        if post.id not in self._found:
            source, page = self._sources.get(post.source), self._store.page(post.url)
            lang, selector = (source.language, source.selector) if source else ("", "")
            mark = _mark(page, post.url, post.title, post.lang, post.content, post.summary, lang, selector)
            self._found[post.id] = self._read(
                post.id, mark, post.url, lambda: document_of(post, page, lang=lang, selector=selector)
            )
        return self._found[post.id]

    def at(self, url: str) -> Document | None:
        if url not in self._found:
            page = self._store.page(url)
            self._found[url] = self._read(url, _mark(page), url, lambda: read_page(page)) if page else None
        return self._found[url]

    def keep(self, now: datetime) -> None:
        """Save what was read newly."""
        if self._made:
            self._store.save_readings(self._made, now, now - KEPT)
            self._made = {}

    def _read(self, name: str, mark: str, url: str, read: Callable[[], Document | None]) -> Document | None:
        kept = self._store.reading(name, mark)
        if kept is not None:
            return unpacked_document(kept)
        try:
            found = read()
        except SourceError as error:
            log.info("text cannot be read", extra={"url": url, "stage": error.stage, "reason": error.reason})
            found = None
        self._made[name] = mark, packed_document(found)
        return found


def _mark(page: Page | None, *parts: str) -> str:
    """Hash what a text is read from, and by what."""
    told = (METHOD, __version__, readings_version(), *parts, *((page.url, repr(page.headers)) if page else ()))
    state = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass"))
    state.update(page.body if page else b"")
    return state.hexdigest()[:16]
