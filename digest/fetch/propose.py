"""A page's address → the source to add: its feed found, its language and twin rule proposed (edge)."""

from __future__ import annotations

from collections.abc import Sequence

from digest.config import Source
from digest.errors import SourceError
from digest.fetch.pages import Fetcher, unasked
from digest.fetch.web import NotModified
from digest.model import Feed, Page
from digest.sandbox.readers import DIRECT, Reader

ARTICLES_TO_ASK = 2  # articles whose hreflang links are looked at for a twin rule


def propose_source(
    url: str, web: Fetcher, *, name: str = "", allow_private: Sequence[str] = (), reader: Reader = DIRECT
) -> Source:
    """Find the feed at an address or named by the page there. Raises SourceError where there is none."""
    page = _get(web, url)
    try:
        feed = reader.feed(page)
    except SourceError:
        feed = _first_feed(web, page, url, reader)
    return Source.model_validate(
        {
            "name": name or feed.title or feed.url,
            "url": feed.url,
            "language": feed.lang,
            "twin": _twin(web, feed, reader),
            "allow_private": list(allow_private),
        }
    )


def _first_feed(web: Fetcher, page: Page, url: str, reader: Reader) -> Feed:
    reason = "no feed is named on this page; look for an RSS or Atom link and give its address"
    for found in reader.feeds_named(page):
        try:
            return reader.feed(_get(web, found.url))
        except SourceError as error:
            reason = f"the feed named on this page cannot be read: {error.url}: {error.reason}"
    raise SourceError(url, "parse", reason, kind="content")


def _twin(web: Fetcher, feed: Feed, reader: Reader) -> dict[str, str]:
    """Propose a twin rule from the newest articles' hreflang links; none where they have none or cannot be had."""
    urls = [entry.url for entry in feed.entries if entry.url]
    for url in urls[:ARTICLES_TO_ASK]:
        try:
            rule = reader.twin_rule(urls, _get(web, url))
        except SourceError:
            continue
        if rule:
            return rule
    return {}


def _get(web: Fetcher, url: str) -> Page:
    answer = web.get(url)
    if isinstance(answer, NotModified):
        raise unasked(url)
    return answer
