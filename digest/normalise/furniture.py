"""What stands around an article on its page: menus, bars, bylines, tables of contents, comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from digest.normalise.blocks import Block

Element = Any

_NAMES = 500  # characters of an element's classes that are looked at
_JUNK_TAGS = ("nav", "aside", "footer", "form")
_JUNK_ROLES = frozenset(("navigation", "complementary", "contentinfo", "search", "banner", "dialog", "menu", "toolbar"))
_JUNK = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|side-bar|comments?|commentlist|disqus|respond|"
    r"share|sharing|sharedaddy|social|related|recommend\w*|newsletter|subscribe|subscription|signup|sign-up|toc|"
    r"table-of-contents|tableofcontents|byline|author-(?:bio|box|info|card)|advert\w*|ads?|sponsor\w*|promo|cookie\w*|"
    r"consent|popup|modal|paginat\w*|pager|post-nav\w*|tag-?list|tags|footer|toolbar|sr-only|visually-hidden|"
    r"screen-reader\w*|read-next|up-next|jp-relatedposts|printfriendly|editsection|mw-editsection|noprint|navbox|"
    r"catlinks|back-link|page-nav\w*|copyright)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MINOR = re.compile(
    r"(?:^|[\s_-])(?:meta|entry-meta|post-meta|date|byline|author|tags?|categor\w+|controls?)(?:$|[\s_-])", re.I
)
_FURNITURE = re.compile(
    r"(?:[←‹«⟵<]\s*)?(?:Back to [\w ]{1,24}|All (?:posts|articles)|Return to [\w ]{1,24}|"
    r"Share(?: this)?(?: (?:post|article|on .{1,12}))?|"
    r"Tweet|Upvote(?: \d+)?|\+?\d* ?(?:likes?|claps?|views|comments?|shares?)|"
    r"Copy(?: link)?|Copied!?|Follow(?: us)?|Subscribe|"
    r"Leave a (?:comment|reply)|Permalink|Print|Edit|Table of contents|Contents|On this page|"
    r"Next(?: post)?|Previous(?: post)?|"
    r"Read more|Continue reading|Sign up|Log in|Update on GitHub|\d+ min(?:ute)?s? read|Advertisement|"
    r"返回(?:列表|首页|博客|文章列表)?|分享(?:到.{0,8})?|点赞|收藏|上一篇|下一篇|目录|阅读全文|发表评论|评论|订阅|广告|复制)[\s\d:：→›»>]*",
    re.IGNORECASE,
)


def is_furniture(block: Block) -> bool:
    """Tell whether a whole block is the label of a button or link, or a bare number or date."""
    text = block.text.strip()
    return bool(_FURNITURE.fullmatch(text)) or (
        block.kind == "prose" and bool(_BARE.fullmatch(text)) and not any(piece.style for piece in block.pieces)
    )


def in_furniture(block: Block, region: Element, holders: frozenset[Element]) -> bool:
    """Tell whether a block stands in a menu, a bar, comments or the like, by tag, role or class."""
    for element in [block.element, *block.element.iterancestors()]:
        if element is region:
            return False
        if element in holders or element.tag in ("body", "html", "main", "article", "pre", "code", "table"):
            continue
        names = f"{(element.get('class') or '')[:_NAMES]} {(element.get('id') or '')[:_NAMES]}"
        if element.tag in _JUNK_TAGS or (element.get("role") or "").lower() in _JUNK_ROLES or _JUNK.search(names):
            return True
        if _MINOR.search(names) and len(block.text) < 200:
            return True
    return False


_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = (
    rf"(?:(?:Published|Posted|Updated)(?: on)?:?\s*)?(?:(?:{_MONTHS})[a-z]*\.? \d{{1,2}},? \d{{4}}"
    rf"|\d{{1,2}} (?:{_MONTHS})[a-z]*\.? \d{{4}}"
    r"|\d{4}-\d\d-\d\d(?:T[\d:.+Z-]+)?|(?:发布于|发表于|更新于)?"
    r"\s*\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日)|Published|Posted"
)
_BARE = re.compile(rf"[\d\s+·•|,.:/–-]{{1,24}}|{_DATE}", re.IGNORECASE)
_DATE_LINE = re.compile(_DATE, re.IGNORECASE)
_REMARKS = re.compile(
    r"Community(?: \S{1,30})?|Comments?|Discussion|Responses?|\d+ (?:comments?|responses?)"
    r"|评论(?:区)?|留言|全部评论",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"Reply|See translation|Preview|回复|"
    r".{0,20}(?:log in|sign in) to (?:comment|reply|post).{0,20}|登录后(?:评论|回复).{0,10}",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:More|Other|Related|Recommended|Similar|Popular|Recent) (?:articles?|posts?|stories|reading|news)(?: .{1,24})?"
    r"|You (?:may|might) also (?:like|enjoy)|Read next|(?:相关|推荐|热门|更多|最新)(?:文章|阅读|博客|推荐)",
    re.IGNORECASE,
)
_SHORT = 60  # characters of a line in a byline or a table of contents
_HEAD = 40  # blocks among which a byline may stand


def without_edges(blocks: Sequence[Block]) -> list[Block]:
    """Cut the byline off the head and the comments off the tail, where markup does not set them apart."""
    kept = list(blocks)
    start = next((n for n, block in enumerate(kept) if _is_text(block)), 0)
    if start <= _HEAD:
        head = kept[:start]
        if any(_DATE_LINE.fullmatch(block.text.strip()) for block in head):
            head = [block for block in head if block.kind not in ("prose", "item")]
        kept = head + kept[start:]
    answers = max((n for n, block in enumerate(kept) if _ANSWER.match(block.text.strip())), default=0)
    for n in range(2 * len(kept) // 5, answers):
        if _REMARKS.fullmatch(kept[n].text.strip()):
            kept = kept[:n]
            break
    more = next((n for n in range(len(kept) // 2, len(kept)) if _MORE.fullmatch(kept[n].text.strip())), len(kept))
    if all(len(block.text) <= 200 for block in kept[more:]):
        kept = kept[:more]
    return [block for block in kept if not is_furniture(block)]


def _is_text(block: Block) -> bool:
    text = block.text.strip()
    return block.kind in ("prose", "quote", "code", "table") and (
        len(text) > _SHORT or (text.endswith((".", "。", "！", "!", "？", "?", ":", "：")) and len(text) > 12)
    )
