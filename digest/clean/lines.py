"""One line of a foreign page → what it is by itself: fence, rule, heading, label, chatter, date, text …

A page may be damaged: in the few words of a heading half of the Han characters may be lost (U+FFFD).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from digest.clean.chatter import is_chatter
from digest.clean.inline import Inline, inline
from digest.clean.legible import LOST

LONGEST = 20_000  # characters; a longer line is no sentence and is taken as it is
Shape = Literal["fence", "markup", "heading", "language", "chatter", "meta", "note", "foot", "tag", "text"]


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line's shape, its text without markup, and what the markup said.

    `level` is that of a heading, 7 for one in bold only; `marks` are the codes of the marks behind the text.
    """

    shape: Shape
    inline: Inline
    level: int = 0
    marks: tuple[str, ...] = ()


def _lenient(pattern: str) -> str:
    """Let each Han character of a pattern be a lost one as well."""
    return re.sub("[\u4e00-\u9fff]", lambda match: f"[{match.group()}{LOST}]", pattern)


def _words(*alternatives: str, lenient: bool = True) -> re.Pattern[str]:
    text = "|".join(alternatives)
    return re.compile(_lenient(text) if lenient else text, re.IGNORECASE)


_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[\w+-]*\s*$")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={3,})$")
_ATX = re.compile(r"^\s{0,3}(#{1,6})(?:\s+|$)(.*?)(?:\s+#+)?\s*$")
_BOLD = re.compile(r"^(?:\*\*|__)(?=\S)(.+?)(?<=\S)(?:\*\*|__)\s*[:：]?$")
_LIST = re.compile(r"^\s*(?:>\s*)*(?:[-+*•·]\s+|\(?\d{1,3}[.)]\s+|\d{1,3}、(?!\s*\d)\s*|>\s*)?")
_MARK = re.compile(r"\s*〔([^〔〕]{1,200})〕\s*$")
_FOOTNOTE = re.compile(r"\[\^\d+\]:")
_COUNT = re.compile(r"\d+")
_STOP = re.compile(r"[.!?。！？…;；,，][\"'”’)）」』*_]*$")

# What a tool writes above an abstract: the word alone, in either language or both, with anything in brackets.
_HEADING_WORD = _words(
    r"(?:bilingual |english |chinese )?(?:abstract|summary|overview|highlights|key points|tl;?dr|translation)s?",
    r"(?:中英(?:文)?(?:对照|双语)?|双语|中文|英文|学术|论文|文章|内容)?(?:摘要|概述|概要|总结|摘录|要点|简介)",
)
_LANGUAGE_WORD = _words(
    r"(?:in )?(?:chinese|english|mandarin|original|translation|zh|en|cn)(?: (?:version|translation|text|original))?",
    r"(?:简体|繁体)?(?:中文|英文|汉语|英语|原文|译文|翻译)(?:版本|版|翻译|原文|译文)?",
)
_LABEL = _words(
    r"^(?:\*\*|__)?(?:abstract|summary|chinese|english|original|translation|zh|en|cn"
    r"|摘要|概述|总结|中文|英文|原文|译文|翻译|中|英)(?:\s*[(（][^()（）]{1,30}[)）])?(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*(?=\S)",
)
_META = _words(
    r"^(?:link|url|source|date|published|author|by|tags?|category|original (?:link|post))\s*[:：]\s*\S",
    r"^(?:链接|网址|地址|来源|日期|时间|发布(?:时间|日期|于)|作者|标签|分类|原文(?:链接|地址))\s*[:：]\s*\S",
    r"^(?:translated by|译者)(?: · (?:translated by|译者))?\s*[:：]\s*\S",
    r"^<?https?://\S+$",
    lenient=False,
)
_CREDIT = re.compile(r"(?:translated by|译者)", re.IGNORECASE)  # names, whatever stands behind them
_SENTENCE_END = re.compile(r"(?:[。！？!?]|(?<!\bet al)(?<!\b[A-Z])(?<!\b[JS]r)\.)[\"'”’)）」』]*$")
_FOOT = _words(
    r"^(?:generated|powered|built|made|created) (?:by|with|using)\b",
    r"^digest \d+\.\d+\S* · ",
    r"^(?:本页|本站|本日报|由).{0,40}(?:生成|整理|驱动)[。.]?$",
    lenient=False,
)
_DATE = re.compile(r"(?<!\d)(\d{4})(?:-|/|\.|年\s?)(\d{1,2})(?:-|/|\.|月\s?)(\d{1,2})(?!\d)")


def shape_of(line: str, marks: Iterable[str] = ()) -> Shaped:
    """Tell what a line is by itself. `line` is not blank; `marks` are the words in 〔〕 that the page's own form adds.

    Counts in `marks` are written as `without_counts` has them.

    >>> shape_of("**摘要 (Abstract)**").shape, shape_of("**Word Count:** 120 words").shape, shape_of("- *你好。*").shape
    ('heading', 'chatter', 'text')
    """
    line = line.strip()
    if len(line) > LONGEST:
        return Shaped("text", Inline(line))
    if _FENCE.match(line):
        return Shaped("fence", Inline(""))
    if _FOOTNOTE.match(line):
        return Shaped("note", Inline(""))
    if _RULE.match(line):
        return Shaped("markup", Inline(""))
    atx = _ATX.match(line)
    if atx:
        found = inline(atx[2])
        return Shaped("heading" if found.text else "markup", found, len(atx[1]))
    return _plain(line, frozenset(marks))


def _plain(line: str, known: frozenset[str]) -> Shaped:
    body = line[_LIST.match(line).end() :] if _LIST.match(line) else line  # type: ignore[union-attr]
    body, marks = without_marks(body, known)
    if marks and not body:
        return Shaped("note", Inline(""), marks=marks)
    found = inline(body)
    if not re.search(r"[^\W_]", found.text):
        return Shaped("markup" if not re.search(r"\w|[^\x00-\x7f]", found.text) else "text", found, marks=marks)
    if is_chatter(found.text):
        return Shaped("chatter", found, marks=marks)
    if _META.search(found.text) and not _is_told(found):
        return Shaped("meta", found, marks=marks)
    if _FOOT.search(found.text):
        return Shaped("foot", found, marks=marks)
    bold = _BOLD.match(body)
    if bold and "**" not in bold[1] and not _STOP.search(bold[1]) and len(found.text) <= 120:
        return Shaped("language" if says(_LANGUAGE_WORD, found.text) else "heading", found, level=7)
    for shape, word in _ALONE:
        if says(word, found.text):
            return Shaped(shape, found, level=7)
    label = _LABEL.match(body)
    return Shaped("text", inline(body[label.end() :]) if label else found, marks=marks)


_ALONE: tuple[tuple[Shape, re.Pattern[str]], ...] = (("language", _LANGUAGE_WORD), ("heading", _HEADING_WORD))


def _is_told(found: Inline) -> bool:
    """Tell whether what looks like a fact of the post is a sentence: it ends like one, without a link or a date."""
    text = found.text
    fact = found.links or re.search(r"https?://", text) or _CREDIT.match(text) or date_in(text)
    return not fact and ends_sentence(text)


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends like a sentence, not with an initial or an abbreviation of names.

    >>> ends_sentence("三天。"), ends_sentence("A. Smith et al.")
    (True, False)
    """
    return bool(_SENTENCE_END.search(text))


def says(words: re.Pattern[str], text: str) -> bool:
    """Tell whether a text is one of the words, or several parted by signs, and nothing else.

    >>> says(_HEADING_WORD, "摘要（Abstract）："), says(_HEADING_WORD, "Abstract painting")
    (True, False)
    """
    parts = [part.strip() for part in re.split(r"[()（）\[\]【】:：/|·—–-]+", text)]
    parts = [part for part in parts if part]
    return bool(parts) and all(words.fullmatch(part) for part in parts) and _is_legible(text)


def _is_legible(text: str) -> bool:
    """Tell whether at least half of the Han characters in what matched a word are there."""
    return text.count(LOST) <= len(re.findall("[\u4e00-\u9fff]", text))


def without_marks(text: str, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Take known marks 〔…〕 off a line's end: (text, the marks in order, as `known` has them).

    >>> without_marks("一行。 〔已译 12 行〕", frozenset([without_counts("已译 3 行")]))
    ('一行。', ('已译 {} 行',))
    """
    found: list[str] = []
    while (match := _MARK.search(text)) and (mark := without_counts(match[1])) in known:
        found.insert(0, mark)
        text = text[: match.start()]
    return text, tuple(found)


def without_counts(mark: str) -> str:
    """Give what a mark says whatever its counts are: each stands as {}."""
    return _COUNT.sub("{}", mark)


def date_in(text: str) -> date | None:
    """Give the last date of a text that is one.

    >>> date_in("HF 2025-04-16 and （2025年4月17日）"), date_in("2025-13-01")
    (datetime.date(2025, 4, 17), None)
    """
    for year, month, day in reversed(_DATE.findall(text)):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def without_date(text: str) -> str:
    """Take a date at the end off a title, with its brackets or dash.

    >>> without_date("Introducing X （2025-04-16）"), without_date("日报 — 2025-04-16"), without_date("2025-04-16")
    ('Introducing X', '日报', '')
    """
    return re.sub(rf"[\s(（\[【—–|·:：-]*{_DATE.pattern}日?\s*[)）\]】]*\s*$", "", text).strip()
