"""A feed or an index page → what it lists, pure: for listings that are watched, whatever they are written in."""

from __future__ import annotations

from dataclasses import dataclass

from digest.errors import SourceError
from digest.fetch.feeds.discover import tree_of
from digest.fetch.feeds.fields import TITLE
from digest.fetch.feeds.links import clean_url
from digest.fetch.feeds.parse import parse_feed
from digest.model import Page

MOST_LINKS = 2000  # of a page; more is no index of posts


@dataclass(frozen=True, slots=True)
class Link:
    """An address that is listed, with the words it is listed under."""

    url: str
    title: str


def listed_in(page: Page) -> tuple[Link, ...]:
    """Give the entries of a feed, or the links of a page that is none, each address once, in their order.

    >>> listed_in(Page("https://a.example/zh/", b"<ul><li><a href='one'>First</a><a href='#top'>Up</a></ul>"))
    (Link(url='https://a.example/zh/one', title='First'),)
    """
    found: dict[str, str] = {}
    try:
        for entry in parse_feed(page).entries:
            found.setdefault(entry.url, entry.title)
    except SourceError:
        tree, base = tree_of(page)
        for anchor in tree.iter("a") if tree is not None else ():
            href = anchor.get("href") or ""
            url = clean_url(href, base).partition("#")[0] if not href.startswith("#") else ""
            title = " ".join(anchor.text_content().split())[:TITLE]
            # a card links its picture without words first, and its title after that
            found[url] = found.get(url) or title
            if len(found) > MOST_LINKS:
                break
    found.pop("", None)
    return tuple(Link(url, title) for url, title in list(found.items())[:MOST_LINKS])
