"""Titles of one language as copies have them: without the site's name or a mark of reposting, and their numbers."""

from __future__ import annotations

import re
import unicodedata

TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|\d+(?:[.,]\d+)*|[^\W\d_\u3400-\u9fff]+")
_REPOST = re.compile(
    r"^\s*[\[【(（〔]?\s*(?:转载|轉載|转|轉|转发|搬运|原创|译|repost(?:ed)?|re-?post|mirror|cross-?post(?:ed)?)\s*"
    r"(?:[\]】)）〕]|[:：|｜丨])\s*",
    re.IGNORECASE,
)
_PART = re.compile(r"\s+(?:[|·•–—»:]|::|-{1,2}|@)\s+|\s*[|｜丨]\s*|_(?=[^_]{1,30}$)")
_ORDINAL = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)|第\s*(?P<han>[一二三四五六七八九十百]+)|[（(](?P<side>[一二三四五六七八九十]|上|中|下)[)）]"
    r"|(?<![A-Za-z])(?P<roman>VIII|VII|VI|IV|IX|III|II|I|V|X)(?![A-Za-z'’])"
    r"|(?<![A-Za-z])(?:part|chapter|episode|volume|lesson|day|week)\s+(?P<word>one|two|three|four|five|six|seven|eight"
    r"|nine|ten)(?![A-Za-z])"
    r"|(?<![A-Za-z])(?P<month>january|february|(?-i:March)|april|(?-i:May)|june|july|august|september|october|november"
    r"|december)(?![A-Za-z])|(?P<moon>[一二三四五六七八九十]+)月",
    re.IGNORECASE,
)
_NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_HAN_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九十")}
_WORDS = {w: str(n) for n, w in enumerate(_NUMBER_WORDS)}
_ROMAN = {w: str(n + 1) for n, w in enumerate(_NUMERALS)}


def tokens(text: str) -> list[str]:
    """Cut a text into what is compared: single Han characters, words, numbers; marks and case do not count.

    >>> tokens("GPT-4：更快了 1,000 倍!")
    ['gpt', '4', '更', '快', '了', '1000', '倍']
    """
    return [t.replace(",", "") for t in TOKEN.findall(unicodedata.normalize("NFKC", text).lower())]


def bare_titles(title: str) -> tuple[str, ...]:
    """Give the ways to read a title without its site's name or a mark of reposting, letters only, the whole first.

    >>> bare_titles("[转载] 长文本推理 | 某站")
    ('长文本推理某站', '长文本推理', '某站')
    """
    whole = title
    while (shorter := _REPOST.sub("", whole)) != whole:
        whole = shorter
    parts = [part for part in _PART.split(whole) if part]
    return tuple(dict.fromkeys(text for text in ("".join(tokens(part)) for part in (whole, *parts)) if text))


def same_title(one: str, two: str) -> bool:
    """Tell whether titles are the same but for case, marks, a site's name or a mark of reposting."""
    ones, twos = bare_titles(one), bare_titles(two)
    return bool(ones and twos) and (ones[0] in twos or twos[0] in ones)


def ordinals(title: str) -> frozenset[str]:
    """Give what numbers a title has: versions, parts of a series, dates.

    >>> sorted(ordinals("Foo v1.2, part two")), sorted(ordinals("缓存（二）：第三章")), sorted(ordinals("World War II"))
    (['1.2', '2'], ['2', '3'], ['2'])
    """
    found = set()
    for match in _ORDINAL.finditer(unicodedata.normalize("NFKC", title)):
        kind, text = match.lastgroup, match[match.lastgroup or 0]
        if kind == "roman" and text not in _NUMERALS[1:]:
            continue  # "I" and "v" are words
        read = {"word": _WORDS, "roman": _ROMAN}.get(kind or "", {})
        plain = read.get(text.lower(), read.get(text, text.lower()))
        found.add("".join(_HAN_DIGITS.get(c, c) for c in plain) if kind in ("han", "side", "moon") else plain)
    return frozenset(found)
