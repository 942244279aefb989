"""The fields of a feed or an entry, whatever its format: titles, names and words as text, GUIDs, language tags."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from itertools import islice

from digest.printable import NO_XML

FIELD = 200_000  # characters of HTML a field may bring
READ = 5_000  # characters of markup that are read for a title
TITLE = 300  # characters of a title or name
LONGEST_GUID = 1000
MOST_PEOPLE = 50  # authors of an entry

# HTML as it stands in titles: elements known for it, and whatever has attributes. Any other <word> is text, such as
# the type in "Vec<T>".
_TAG = re.compile(
    r"<!DOCTYPE[^<>]*>|</?(?:a|abbr|acronym|applet|b|bdi|bdo|big|blockquote|br|cite|code|del|dfn|div|em|embed|font|form|"
    r"frame|frameset|h[1-6]|hr|i|iframe|img|ins|kbd|li|mark|math|ol|object|p|pre|q|rp|rt|ruby|s|samp|script|small|span|"
    r"strike|strong|style|sub|sup|svg|tt|u|ul|var|wbr)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>"
    r"|<[a-z][\w:-]*\s+[\w:-]+\s*=\s*[\"'][^<>]*>",
    re.IGNORECASE,
)
_UNREAD = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|td|tr|table|blockquote|pre|hr)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def guid(text: str) -> str:
    text = NO_XML.sub("", text)
    if len(text) > LONGEST_GUID:
        return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return text


def plain(text: str, *, markup: bool = True) -> str:
    """Give a title as plain text on one line; `<` stays where it opens no HTML element.

    >>> plain("Vec&lt;T&gt; and <b>Box</b><T>: 1 < 2 &amp; 3")
    'Vec<T> and Box<T>: 1 < 2 & 3'
    """
    if markup:
        text = html.unescape(_TAG.sub("", _UNREAD.sub("", text)))
    return " ".join(NO_XML.sub("", text).split())[:TITLE]


def words(markup: str) -> str:
    text = _BREAK.sub(" ", _UNREAD.sub(" ", cut(markup, READ)))
    return " ".join(html.unescape(_ANY_TAG.sub("", text)).split())


def cut(value: str, size: int = FIELD) -> str:
    """Cut markup to a size, not within a tag, and drop what XML forbids: references may bring it in again."""
    value = NO_XML.sub("", value)
    if len(value) <= size:
        return value
    head = value[:size]
    return head[: head.rfind("<")] if head.rfind("<") > head.rfind(">") else head


def joined(people: Iterable[str]) -> str:
    names = (plain(re.sub(r"\(?mailto:.*", "", each[:READ])) for each in islice(people, MOST_PEOPLE))
    return ", ".join(dict.fromkeys(filter(None, names)))[:TITLE]


def language_tag(lang: object) -> str:
    """Give a language tag, or "" for what is none.

    >>> language_tag(" zh_CN "), language_tag("Chinese, simplified"), language_tag(None)
    ('zh-CN', '', '')
    """
    text = lang.strip().replace("_", "-") if isinstance(lang, str) else ""
    return text if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text) else ""
