"""What chats take for markup: how a text, a code span and a link are written so that no value becomes markup or a call.

None of the writers but ``plain``, which is for services without calls, lets a value ring for people: in a text an @
before a name is written ＠, in code only one that would call everybody (decorators stay as they are), and the tags that
call (``<!channel>``, ``<at id=all>``, ``<@all>``) lose their angle brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from digest.model import Line
from digest.render.address import quoted
from digest.render.line import Piece, runs, shown
from digest.render.markdown import md_code, md_title, md_url

Writer = Callable[[str], str]
Count = Callable[[str], int]

# ---- how long a text is ---------------------------------------------------------------------------------------------


def utf8_bytes(text: str) -> int:
    r"""Count bytes in UTF-8.

    >>> utf8_bytes("a中"), utf16_units("a中😀"), json_bytes("a中\n")
    (4, 4, 6)
    """
    return len(text.encode("utf-8"))


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def json_bytes(text: str) -> int:
    """Count the bytes that a text takes within a JSON string, without the quotation marks."""
    return utf8_bytes(json.dumps(text, ensure_ascii=False)) - 2


# ---- dialects -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dialect:
    """A kind of markup. `text` and `code` escape; `link` takes a text that is escaped and an address that may stand
    behind a link; `strong` takes escaped text. `line_break` parts the two lines of a pair. `heads`: characters at the
    head of a line may open a block (a heading, a list, a quotation).
    """

    text: Writer
    code: Writer
    link: Callable[[str, str], str]
    strong: Writer
    line_break: str = "\n"
    heads: bool = True

    def line(self, line: Line) -> str:
        """Write a line of a post, its code spans as code, its glosses in 〔〕 behind their terms."""
        return self.head("".join(
            self.code("".join(piece.text for piece in pieces)) if code else self._run(pieces)
            for pieces, code in runs(line)
        ))  # fmt: skip

    def head(self, text: str) -> str:
        """Write what begins a line: a zero-width blank keeps it from opening a block."""
        return f"\u200b{text}" if self.heads and _HEAD.match(text) else text

    def title(self, text: str, url: str | None) -> str:
        """Write a title as a link, or as it is where no address may stand behind it."""
        address, written = quoted(url), self.text(shown(text))
        return self.link(written, address) if address else written

    def _run(self, pieces: Sequence[Piece]) -> str:
        """Escape a stretch as one text between glosses, for what opens markup depends on what is near."""
        texts = [""]
        for piece in pieces:
            texts[-1] += piece.text
            if piece.gloss:
                texts += [f"〔{shown(piece.gloss.text)}〕", ""]
        return "".join(self.text(text) for text in texts)


_HEAD = re.compile(r"\s*(?:[-+#=>:|!]|\d{1,9}[.)](?!\d))")
_AT = re.compile(r"@(?=\w)")
_EVERYBODY = re.compile(r"@(?=(?:all|here|channel|everyone)\b|所有人)", re.ASCII | re.IGNORECASE)
_UNDERSCORE = r"(?<![^\W_])_|_(?![^\W_])"  # between two letters or digits an underscore opens nothing


def _clean(text: str) -> str:
    """Take controls out of a stretch of a line; the marks around it keep blanks at its ends."""
    return shown(f"·{text}·")[1:-1]


def _quiet(text: str) -> str:
    return _AT.sub("＠", _clean(text))


def _quiet_code(text: str) -> str:
    """Write ＠ where code would call everybody.

    >>> _quiet_code("@everyone @property a@all.example @allow")
    '＠everyone @property a＠all.example @allow'
    """
    return _EVERYBODY.sub("＠", _clean(text))


def _without_parentheses(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")


def _bracketed(text: str, url: str) -> str:
    return f"[{text}]({_without_parentheses(url)})"


# -- CommonMark, and what is near it (Mattermost, Discord, Gotify …)


def _commonmark(text: str) -> str:
    r"""Escape by backslashes; the marks around the text keep blanks at its ends.

    >>> _commonmark("a *b* ]( @all <x> ")
    'a \\*b\\* \\]( ＠all \\<x> '
    """
    return md_title(f"·{_quiet(text)}·")[1:-1]


# -- Feishu and Lark: the cards' Markdown knows HTML entities in place of backslashes


_FEISHU = re.compile(rf"[&<>*~`#$\[\]()\\]|{_UNDERSCORE}|:(?=//)")


def _referenced(text: str) -> str:
    """Escape by character references.

    >>> _referenced('snake_case <at id="all"> [x](y)')
    'snake_case &#60;at id="all"&#62; &#91;x&#93;&#40;y&#41;'
    """
    return _FEISHU.sub(lambda found: f"&#{ord(found[0])};", text)


# -- DingTalk, WeCom and Slack: no escapes are documented, so marks are written by full-width characters

_WIDE = {ord(mark): ord(mark) + 0xFEE0 for mark in "<>[]*`~#"}
_LONE_UNDERSCORE = re.compile(_UNDERSCORE)
_ENTITY = re.compile(r"&(?=#?\w+;)")


def _wide(text: str) -> str:
    """Write marks by their full-width forms.

    >>> _wide("<@all> *b* [x](y) snake_case")
    '＜＠all＞ ＊b＊ ［x］(y) snake_case'
    """
    return _ENTITY.sub("＆", _LONE_UNDERSCORE.sub("＿", _quiet(text).translate(_WIDE)))


_CODE_WIDE = {ord(mark): ord(mark) + 0xFEE0 for mark in "<>`"}


def _wide_code(text: str) -> str:
    """Write a code span: within it only what ends it, or is read before it, is replaced."""
    return f"`{_quiet_code(text).translate(_CODE_WIDE).replace('](', '] (')}`"


_MRKDWN_WIDE = {ord(mark): ord(mark) + 0xFEE0 for mark in "*`~"}


def _mrkdwn(text: str) -> str:
    """Escape as Slack asks (& < >), and write marks by their full-width forms.

    >>> _mrkdwn("<!channel> R&D *b*")
    '&lt;!channel&gt; R&amp;D ＊b＊'
    """
    return escape(_LONE_UNDERSCORE.sub("＿", _quiet(text).translate(_MRKDWN_WIDE)), quote=False)


def _mrkdwn_link(text: str, url: str) -> str:
    address = escape(url, quote=False).replace("|", "%7C")
    return f"<{address}|{text.replace('|', '｜')}>"


def _html_link(text: str, url: str) -> str:
    return f'<a href="{escape(url)}">{text}</a>'


def _double_stars(text: str) -> str:
    return f"**{text}**"


DIALECTS = {
    "markdown": Dialect(
        _commonmark, lambda text: md_code(_quiet_code(text)), lambda text, url: f"[{text}]({md_url(url)})",
        _double_stars, line_break="  \n",
    ),
    "feishu": Dialect(
        lambda text: _referenced(_quiet(text)), lambda text: _referenced(_quiet_code(text)), _bracketed, _double_stars,
    ),
    "dingtalk": Dialect(_wide, _wide_code, _bracketed, _double_stars, line_break="  \n"),
    "wecom": Dialect(_wide, _wide_code, _bracketed, _double_stars),
    "mrkdwn": Dialect(
        _mrkdwn,
        lambda text: f"`{escape(_quiet_code(text).replace('`', '｀'), quote=False)}`",
        _mrkdwn_link,
        lambda text: f"*{text}*",
    ),
    "html": Dialect(
        lambda text: escape(_quiet(text), quote=False),
        lambda text: f"<code>{escape(_quiet_code(text), quote=False)}</code>",
        _html_link,
        lambda text: f"<b>{text}</b>",
        heads=False,
    ),
    "plain": Dialect(_clean, _clean, lambda text, url: f"{text}\n{url}", lambda text: text, heads=False),
}  # fmt: skip
