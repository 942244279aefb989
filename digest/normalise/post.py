"""A post and what was kept of it → Document: the body in the feed if it is whole, else the page, else the summary."""

from __future__ import annotations

import re

from digest.errors import SourceError
from digest.model import Document, Page, Post
from digest.normalise.article import read_fragment, read_page

# What a body holds at least, in letters (a Han character counts as 2.5: Chinese says the same in fewer). A summary
# field must be longer to pass for a body, or have the blocks of one: many feeds cut theirs (WordPress: at 55 words).
WHOLE_CONTENT = 400
WHOLE_SUMMARY = 1500
HAN_LETTERS = 2.5
BODY_BLOCKS = 3
BLOCK = re.compile(r"<(?:p|h[1-6]|li|pre|blockquote)\b", re.IGNORECASE)
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
CUT_OFF = re.compile(
    r"(\[?(…|\.\.\.|&hellip;|&#8230;)\]?|read more|continue reading|read the full (post|article)"
    r"|阅读全文|继续阅读|查看全文)"
    r"[\s»→>.。]*$",
    re.IGNORECASE,
)


def _plain(html: str) -> str:
    return re.sub(r"<[^<>]*>", " ", html).strip()


def _is_whole(html: str, least: int) -> bool:
    text = _plain(html)
    letters = len(re.sub(r"\s+", "", text)) + (HAN_LETTERS - 1) * len(HAN.findall(text))
    if len(BLOCK.findall(html)) >= BODY_BLOCKS:
        least = WHOLE_CONTENT
    return letters >= least and not CUT_OFF.search(text[-60:])


def body_in_feed(post: Post) -> str:
    """Give the HTML of the whole body if the feed carries it, else ""."""
    if _is_whole(post.content, WHOLE_CONTENT):
        return post.content
    return post.summary if _is_whole(post.summary, WHOLE_SUMMARY) else ""


def document_of(post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
    """Read a post from what was kept of it; None where nothing holds text.

    `lang` is what feed or settings declare, `selector` the CSS selector of the article on the source's pages.
    Raises SourceError where the page cannot be read and the feed has nothing either.
    """
    declared = post.lang or lang
    if body := body_in_feed(post):
        return read_fragment(body, post.url, title=post.title, lang=declared)
    rest = max(post.content, post.summary, key=lambda html: len(_plain(html)))
    if page is not None:
        try:
            return read_page(page, lang=declared, selector=selector)
        except SourceError:
            if not _plain(rest):
                raise
    return read_fragment(rest, post.url, title=post.title, lang=declared) if _plain(rest) else None
