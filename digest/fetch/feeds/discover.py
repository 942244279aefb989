"""What a page says of its feeds and of its other-language twins, pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from digest import markup
from digest.decode import declared_charset, decode
from digest.fetch.feeds.links import clean_url
from digest.model import Page, base_lang

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "text/xml",
        "application/xml",
    }
)
# How the addresses of feeds look: /feed, /feed.xml, /rss/, /index.xml, /atom.xml, /feed.json, ?feed=rss2
_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:feeds?|rss2?|atom|index)(?:[._-]\w+)*\.(?:xml|rss|atom|rdf|json)$", re.IGNORECASE
)
_FEED_END = re.compile(r"/(?:feeds?|rss2?|atom)/?$|\.(?:rss|atom|rdf)$", re.IGNORECASE)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type)=(?:rss2?|atom|feed|rdf)(?:&|$)", re.IGNORECASE)
MOST_FEEDS = 100  # of a page
_COMMENTS = re.compile(r"comments?\b|评论|評論|回复", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that a page names. `how` is "link" for <link rel=alternate>, "anchor" for a link that looks like one."""

    url: str
    title: str
    how: str


def find_feeds(page: Page) -> tuple[FoundFeed, ...]:
    """Give the feeds that a page names, those of posts before those of comments; links that look like one, failing all.

    >>> body = b'<link rel="alternate" type="application/rss+xml" href="/feed.xml" title="Posts">'
    >>> find_feeds(Page("https://a.example/blog/", body))
    (FoundFeed(url='https://a.example/feed.xml', title='Posts', how='link'),)
    """
    tree, base = tree_of(page)
    if tree is None:
        return ()
    found = [_found(each, base, "link") for each in tree.iter("link") if _names_feed(each)]
    if not any(found):
        found = [_found(each, base, "anchor") for each in tree.iter("a") if _looks_like_feed(each.get("href") or "")]
    feeds = {each.url: each for each in reversed([each for each in found if each is not None])}
    distinct = list(reversed(feeds.values()))[:MOST_FEEDS]
    return tuple(sorted(distinct, key=lambda each: bool(_COMMENTS.search(each.title) or _COMMENTS.search(each.url))))


def propose_twin(feed_entry_urls: Sequence[str], page: Page) -> dict[str, str]:
    """Propose a twin rule from the hreflang links of an article: path templates with {slug}, {} where none is seen.

    The rule must hold for the article and, on the side the feed is on, for most of the feed's entries. Templates are
    paths where the twins share a host, else whole addresses.

    >>> body = (b'<link rel=alternate hreflang=en href="/blog/a-post"><link rel=alternate hreflang=zh-CN '
    ...         b'href="/blog/zh/a-post">')
    >>> propose_twin(["https://a.example/blog/a-post"], Page("https://a.example/blog/a-post", body))
    {'en': '/blog/{slug}', 'zh': '/blog/zh/{slug}'}
    """
    twins = _hreflangs(page)
    if set(twins) != {"en", "zh"} or twins["en"] == twins["zh"]:
        return {}
    slug = _slug(twins["en"])
    if not slug or slug != _slug(twins["zh"]):
        return {}
    templates = {lang: _template(url, slug) for lang, url in twins.items()}
    if len({urlsplit(url).netloc for url in twins.values()}) == 1:
        templates = {lang: urlsplit(each).path for lang, each in templates.items()}
    return templates if _holds(templates, feed_entry_urls) else {}


def tree_of(page: Page) -> tuple[Any, str]:
    """Parse a page, however broken, and give it with the address its links are relative to; None for no markup."""
    text = decode(page.body, declared_charset(page.header("content-type"), page.body)).text
    tree = markup.tree_of(re.sub("[\x01-\x08\x0b\x0c\x0e-\x1f]", "", text))
    if tree is None:
        return None, page.url
    base = next((each.get("href") for each in tree.iter("base") if each.get("href")), "")
    return tree, clean_url(base, page.url) or page.url


def _names_feed(link: Any) -> bool:
    kinds = (link.get("rel") or "").lower().split()
    media = (link.get("type") or "").split(";")[0].strip().lower()
    if media not in FEED_TYPES or not ("alternate" in kinds or "feed" in kinds):
        return False
    return media not in ("application/json", "text/xml", "application/xml") or _looks_like_feed(link.get("href") or "")


def _looks_like_feed(href: str) -> bool:
    """Tell whether an address looks like a feed's.

    >>> [_looks_like_feed(u) for u in ("/index.xml", "/feed/", "/?feed=rss2", "/blog/feeding-cats", "/sitemap.xml")]
    [True, True, True, False, False]
    """
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    path = unquote(parts.path)
    return bool(_FEED_PATH.search(path) or _FEED_END.search(path) or _FEED_QUERY.search(parts.query))


def _found(each: Any, base: str, how: str) -> FoundFeed | None:
    url = clean_url(each.get("href") or "", base)
    title = each.get("title") or (each.text_content() if how == "anchor" else "")
    return FoundFeed(url, " ".join(title.split())[:300], how) if url else None


def _hreflangs(page: Page) -> dict[str, str]:
    """Give one address a language, the page's own first: of several Chinese ones the simplified one."""
    tree, base = tree_of(page)
    found: dict[str, str] = {}
    if tree is None:
        return found
    links = [each for tag in ("link", "a") for each in tree.iter(tag) if each.get("hreflang")]
    links.sort(
        key=lambda each: "hant" in each.get("hreflang").lower() or each.get("hreflang").lower()[-2:] in ("tw", "hk")
    )
    for each in links:
        url = clean_url(each.get("href") or "", base)
        lang = base_lang(each.get("hreflang"))
        if url and lang in ("en", "zh"):
            found.setdefault(lang, url)
    own = base_lang(tree.get("lang") or "")
    if own in ("en", "zh"):
        found.setdefault(own, page.url)
    elif len(found) == 1:
        found.setdefault("en" if "zh" in found else "zh", page.url)
    return found


def _slug(url: str) -> str:
    """Give the last part of a path, without what the language or the file type adds at its end.

    >>> _slug("https://a.example/blog/a-post/"), _slug("https://a.example/2024/a-post.zh.html")
    ('a-post', 'a-post')
    """
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"(?:[._-](?:zh|en|cn)(?:-\w+)?)?(?:\.(?:html?|md|php))?$", "", last, count=1, flags=re.IGNORECASE)


def _template(url: str, slug: str) -> str:
    parts = urlsplit(url)
    place = parts.path.rindex(slug)
    return f"{parts.scheme}://{parts.netloc}{parts.path[:place]}{{slug}}{parts.path[place + len(slug) :]}"


def _holds(templates: dict[str, str], urls: Sequence[str]) -> bool:
    """Tell whether a feed's entries mostly have one of the forms; a path with dates in it fits the one post only."""
    if not urls:
        return True
    hits: Counter[bool] = Counter()
    for url in urls:
        parts = urlsplit(url)
        forms = (parts.path, f"{parts.scheme}://{parts.netloc}{parts.path}")
        hits[any(_matches(each, form) for each in templates.values() for form in forms)] += 1
    return hits[True] * 2 > len(urls)


def _matches(template: str, text: str) -> bool:
    before, _, after = template.partition("{slug}")
    slug = text.removeprefix(before).removesuffix(after)
    return text.startswith(before) and text.endswith(after) and bool(slug) and "/" not in slug
