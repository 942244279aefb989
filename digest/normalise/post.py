"""A post and what was kept of it → Document: the body in the feed if it is whole, else the page, else the summary."""

from __future__ import annotations

import re

from digest.model import Document, Page, Post
from digest.normalise.article import read_fragment, read_page

# Letters and Han characters in a body; shorter ones are teasers. A summary field must be longer to pass for a body,
# for many feeds cut theirs at some hundred characters (WordPress: 55 words).
WHOLE_CONTENT = 400
WHOLE_SUMMARY = 1500
CUT_OFF = re.compile(
    r"(\[?(…|\.\.\.|&hellip;|&#8230;)\]?|read more|continue reading|read the full (post|article)"
    r"|阅读全文|继续阅读|查看全文)"
    r"[\s»→>.。]*$",
    re.IGNORECASE,
)


def _plain(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html).strip()


def _is_whole(html: str, least: int) -> bool:
    text = _plain(html)
    return len(re.sub(r"\s+", "", text)) >= least and not CUT_OFF.search(text[-60:])


def body_in_feed(post: Post) -> str:
    """Give the HTML of the whole body if the feed carries it, else ""."""
    if _is_whole(post.content, WHOLE_CONTENT):
        return post.content
    return post.summary if _is_whole(post.summary, WHOLE_SUMMARY) else ""


def document_of(post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
    """Read a post from what was kept of it; None where nothing holds text.

    `lang` is what feed or settings declare, `selector` the CSS selector of the article on the source's pages.
    Raises SourceError where the page cannot be read.
    """
    declared = post.lang or lang
    if body := body_in_feed(post):
        return read_fragment(body, post.url, title=post.title, lang=declared)
    if page is not None:
        return read_page(page, lang=declared, selector=selector)
    rest = max(post.content, post.summary, key=lambda html: len(_plain(html)))
    return read_fragment(rest, post.url, title=post.title, lang=declared) if _plain(rest) else None
