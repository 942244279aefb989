"""Parenthesised originals: 条件语言模型 (Causal Language Models), and the other way round.

A translator who gives the original in brackets has said which words translate which; what is not said is where the
Chinese term begins. Acronyms are expanded from the English text by the rule of Schwartz & Hearst 2003 (A simple
algorithm for identifying abbreviation definitions in biomedical text).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from digest.align.terms.cut import LATIN, key_of
from digest.align.words import HAN_RUN
from digest.model import Line

BRACKETS = re.compile(r"[（(]([^（()）]{2,80})[)）]")
ACRONYM = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z][A-Za-z0-9-]{1,7}s?")
_WORD = re.compile(LATIN)
_PHRASE = re.compile(rf"{LATIN}(?:[ \t\u00a0]{LATIN}){{0,4}}")
_LEAD = re.compile(
    r"^(?:即|又称|又名|也称为?|也叫|简称|英文名?|全称|下称|以下简称|原文|or|i\.e\.,?|aka|a\.k\.a\.)[:：为]?\s*"
)
_SPLIT = re.compile(r"\s*[，,;；、/]\s*")
_NO_TERM = re.compile(r"\bet al\b|\b(?:19|20)\d\d\b|https?:|www\.|\be\.g\b", re.I)
_CODE_LIKE = re.compile(r"_|\.\w|[a-z][A-Z]|::|^\W*$")
_LAST_CLAUSE = re.compile(rf"{HAN_RUN.pattern}|[^\w \t\u00a0\-–‑.'’/+]")
_PURE_HAN = re.compile(rf"(?:{HAN_RUN.pattern})(?:[-–·]?(?:{HAN_RUN.pattern}))*")


@dataclass(frozen=True, slots=True)
class Bracketed:
    """An English term and where its Chinese is: it ends at `end` of the line, or is `zh` where the brackets give it."""

    en: str
    start: int
    end: int
    zh: str = ""


def bracketed(line: Line, long_forms: Mapping[str, str]) -> Iterator[Bracketed]:
    """Find what a Chinese line gives in brackets. `long_forms` are the acronyms that the texts spell out."""
    for match in BRACKETS.finditer(line.text):
        if any(a < match.end() and match.start() < b for a, b in line.code):
            continue
        if _NO_TERM.search(match[1]):
            continue
        parts = [part for part in _SPLIT.split(_LEAD.sub("", match[1].strip(" _*\"“”'`"))) if part]
        latin = [part.strip(' _*"“”') for part in parts if not HAN_RUN.search(part)]
        han = [part for part in parts if _PURE_HAN.fullmatch(part)]
        before = line.text[: match.start()].rstrip(' _*"”」』’')
        if len(parts) == 1 and han:
            phrase = _last_words(before)
            if phrase and 2 <= len(han[0]) <= 12:
                start = match.start(1) + match[1].index(han[0])
                yield Bracketed(long_forms.get(key_of(phrase), phrase), start, start + len(han[0]), han[0])
        elif len(parts) == 2 and len(latin) == len(han) == 1:
            short = _last_words(before).split()
            if short and is_short_for(short[-1], latin[0]):
                start = match.start(1) + match[1].index(han[0])
                yield Bracketed(latin[0], start, start + len(han[0]), han[0])
        elif before and HAN_RUN.match(before[-1]) and (phrase := _english(latin, parts, long_forms)):
            yield Bracketed(phrase, -1, len(before))


def glossed(line: Line) -> Iterator[tuple[str, str, int]]:
    """Find the Chinese that an English line gives in brackets: (English words before it, Chinese, where those end)."""
    for match in BRACKETS.finditer(line.text):
        before = line.text[: match.start()].rstrip(' _*"”')
        if _PURE_HAN.fullmatch(match[1].strip(' _*"“”')) and (phrase := _last_words(before)):
            yield phrase, match[1].strip(' _*"“”'), len(before)


def _last_words(text: str) -> str:
    """Give the Latin words, four at most, that a text ends in."""
    found: list[str] = []
    for word in reversed(text[-80:].split(" ")):
        if len(found) == 4 or not _WORD.fullmatch(word):
            break
        found.insert(0, word)
    return " ".join(found)


def _english(latin: list[str], parts: list[str], long_forms: Mapping[str, str]) -> str:
    """Give the full English form that the parts of a bracket name, "" where they name no single one."""
    if not latin or len(latin) != len(parts) or len(latin) > 2:
        return ""
    first = latin[0]
    if not _PHRASE.fullmatch(first) or (_CODE_LIKE.search(first) and not ACRONYM.fullmatch(first)):
        return ""
    if len(latin) == 2:
        if is_short_for(latin[1], first):
            return first
        return latin[1] if is_short_for(first, latin[1]) else ""
    return long_forms.get(key_of(first), "" if ACRONYM.fullmatch(first) else first)


def is_short_for(short: str, long: str) -> bool:
    """Tell whether a short form can stand for a long one, letter by letter.

    >>> is_short_for("LLM", "large language model"), is_short_for("LoRA", "Low-Rank Adapters")
    (True, True)
    >>> is_short_for("T5", "LLaMA")
    False
    """
    return bool(ACRONYM.fullmatch(short)) and best_long_form(short, long.split()) == long


def best_long_form(short: str, words: list[str]) -> str:
    """Give the end of `words` that an acronym shortens, "" if none does (Schwartz & Hearst 2003, with their window)."""
    letters = [c for c in (short[:-1] if short.endswith("s") and not short.isupper() else short).lower() if c.isalnum()]
    words = words[-min(len(letters) + 5, 2 * len(letters)) :]
    text = " ".join(words)
    place = len(text)
    for k, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and (text[place].lower() != letter or (k == 0 and place and text[place - 1].isalnum())):
            place -= 1
        if place < 0:
            return ""
    found = text[text.rfind(" ", 0, place) + 1 :] if place and text[place - 1] == "-" else text[place:]
    return found if len(found.split()) > 1 or "-" in found else ""


def _sure_long_form(short: str, words: list[str]) -> str:
    """Give the long form that ends `words`, "" where it may begin earlier: a capital before a form that is capitals."""
    if not all(_WORD.fullmatch(word) for word in words):
        return ""
    long = best_long_form(short, words)
    before = words[-len(long.split()) - 1 : -len(long.split())] if long else []
    initials = "".join(part[0] for part in re.split(r"[ \-–‑]", long) if part).lower()
    if before and before[0][0].isupper() and long[0].isupper() and initials != short.rstrip("s").lower():
        return ""
    return long


def long_forms_of(lines: Iterable[Line]) -> dict[str, str]:
    """Find the acronyms that lines spell out, "long form (LF)" or "LF (long form)": by the key of the short form."""
    found: dict[str, str] = {}
    for line in lines:
        for match in BRACKETS.finditer(line.text):
            inner = [part.strip(' _*"“”') for part in _SPLIT.split(match[1])]
            before = line.text[max(0, match.start() - 120) : match.start()].rstrip(' _*"”')
            words = _LAST_CLAUSE.split(before)[-1].split()[-12:]
            for k, short in enumerate(inner[:2]):
                if ACRONYM.fullmatch(short) and (long := _sure_long_form(short, inner[0].split() if k else words)):
                    found.setdefault(key_of(short), long)
            if words and is_short_for(words[-1], inner[0]):
                found.setdefault(key_of(words[-1]), inner[0])
    return found
