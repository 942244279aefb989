"""The numbers of both languages, in digits and in words, and whether a pair agrees on them.

A number in digits must stand on the other side, in digits or in words; numbers in words are looked for only to meet
one in digits, for "one" and 一 say too little by themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.align.text import URL, Finding, Text

SCALES = {
    "hundred": 100,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "bn": 1e9,
    "mn": 1e6,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "t": 1e12,
    "百": 100,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
    "萬": 1e4,
    "億": 1e8,
    "萬億": 1e12,
    "兆": 1e12,
}
AMBIGUOUS = frozenset("kmbt")  # 7B may be a name, 5m five metres
NUMBER = re.compile(
    r"(\d+(?:[.,]\d+)*)(?:[\s-]?(hundred|thousand|million|billion|trillion|bn|mn)s?\b|([kmbt])(?![a-z])|"
    r"\s?(千万|百万|万亿|萬億|千亿|百亿|十亿|[百万亿萬億]|[千兆](?![米克瓦卡字兆赫伏帕比位]))?)",
    re.I,
)
ORDERED = (
    ("zero",),
    ("one", "first", "once", "single"),
    ("two", "second", "twice", "both", "double", "pair", "couple", "half"),
    ("three", "third", "triple"),
    ("four", "fourth", "quarter"),
    *((word, f"{word.removesuffix('t').removesuffix('e')}th") for word in ("five", "six", "seven", "eight", "nine")),
    ("ten", "tenth", "decade"),
    ("eleven", "eleventh"),
    ("twelve", "twelfth", "dozen"),
    *((f"{word}teen", f"{word}teenth") for word in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS: dict[str, float] = {
    **{word: value for value, words in enumerate(ORDERED) for word in words},
    "fifth": 5,
    **{word: 10 * value for value, word in enumerate(TENS, 2)},
    **{word.replace("y", "ieth"): 10 * value for value, word in enumerate(TENS, 2)},
    "hundred": 100,
    "century": 100,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t(?:ember)?|ober|ember)?\b",
    re.I,
)
ZH_DIGITS = {
    c: v for v, cs in enumerate(("零〇", "一壹", "二两兩贰", "三叁", "四", "五", "六", "七", "八", "九")) for c in cs
}
ZH_NUMERAL = re.compile(f"[{''.join(ZH_DIGITS)}十百千万亿半]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in digits: how it is printed, its value, and the value without an ambiguous unit letter."""

    printed: str
    value: float
    bare: float | None


def digits_of(text: str) -> list[Number]:
    """Find the numbers written in digits, with 万, 亿, million, K and their like worked in.

    >>> [(n.printed, n.value) for n in digits_of("7,500 users, 1.5 billion, 405B, v3.1.2")]
    [('7,500', 7500.0), ('1.5 billion', 1500000000.0), ('405B', 405000000000.0), ('3.1.2', 3001002.0)]
    >>> [n.value for n in digits_of("超过 1.2 亿，约 350 万")]
    [120000000.0, 3500000.0]
    """
    found = []
    for match in NUMBER.finditer(text):
        scale = (match[2] or match[3] or match[4] or "").lower()
        for part in _parts(match[1]):
            plain = _plain_value(part)
            value = round(plain * SCALES.get(scale, 1), 6)
            printed = match.group().strip() if part == match[1] else part
            found.append(Number(printed, value, plain if scale in AMBIGUOUS else None))
    return found


def _parts(digits: str) -> list[str]:
    """Split a list such as 1,2,3; keep 1,234,567 whole."""
    if "," not in digits or re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return [digits]
    return digits.split(",")


def _plain_value(part: str) -> float:
    part = part.replace(",", "")
    if part.count(".") <= 1:
        return float(part)
    value = 0.0  # a version: 3.1.2 → 3001002
    for piece in part.split("."):
        value = value * 1000 + float(piece)
    return value


def spoken(text: str) -> set[float]:
    """Give the values that words of either language may stand for: twenty-five, a dozen, April, 十二, 百分之七十, 两亿.

    >>> sorted(spoken("Twenty-five people in April")), sorted(spoken("三十五岁")), sorted(spoken("两亿"))
    ([4, 5, 20, 25], [35.0], [2.0, 200000000.0])
    """
    values: set[float] = {MONTHS.index(m[1].lower()) + 1 for m in MONTH.finditer(text)}
    before: float | None = None
    for word in re.findall(r"[a-z]+", text.lower()):
        value = WORDS.get(word, WORDS.get(word.removesuffix("s")))
        if value is not None:
            values.add(value)
            if before is not None:
                value = before * value if value >= 100 or word.startswith(("decade", "dozen")) else before + value
                values.add(value)
        before = value
    for match in ZH_NUMERAL.finditer(text):
        values.update(_zh_values(match.group()))
    return values


def _zh_values(numeral: str) -> set[float]:
    """Read a Chinese numeral; a run of plain digits is read both as one number (二〇二四) and digit by digit."""
    if not set(numeral) & set("十百千万亿"):
        each: set[float] = {float(ZH_DIGITS[c]) if c in ZH_DIGITS else 2 for c in numeral}
        return each | ({float("".join(str(ZH_DIGITS[c]) for c in numeral))} if "半" not in numeral else set())
    total = section = digit = 0.0
    for character in numeral:
        if character in ZH_DIGITS:
            digit = ZH_DIGITS[character]
        elif character in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        elif character in "万亿":
            total = (total + section + digit or 1) * {"万": 1e4, "亿": 1e8}[character]
            section = digit = 0
    values = {total + section + digit}
    return values | ({float(ZH_DIGITS[numeral[0]])} if numeral[0] in ZH_DIGITS and len(numeral) == 2 else set())


def check_numbers(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the numbers: each one in digits must be on the other side, in digits or in words."""
    left, right = digits_of(_countable(zh.raw)), digits_of(_countable(en.raw))
    if not left and not right:
        return
    in_en, in_zh = _loose(zh.raw, en.raw), _loose(en.raw, zh.raw)
    lost = [n.printed for n in left if not _met(n, right, in_en)]
    added = [n.printed for n in right if not _met(n, left, in_zh)]
    if lost or added:
        # COVID-19 may become 新冠: the number went with its name, which the names see to.
        odd, side = (lost, zh.raw) if lost else (added, en.raw)
        named = not (lost and added) and all(re.search(rf"[A-Za-z]-?{re.escape(n)}(?!\w)", side) for n in odd)
        yield Finding(f"numbers:{'+'.join(dict.fromkeys(lost))}≠{'+'.join(dict.fromkeys(added))}", not named)


def _countable(text: str) -> str:
    """Leave out addresses, a list item's marker, :00, squares and digits inside names; work out 19 世纪 80 年代."""
    text = re.sub(r"^\W*\d{1,2}[.)、]\s", " ", URL.sub(" ", text))
    text = re.sub(r"(\d{1,2})\s*世[纪紀]\s*(\d0)\s*年代", lambda m: f"{int(m[1]) * 100 - 100 + int(m[2])}年代", text)
    text = re.sub(r"(?<=\d):00\b|(?<=\bm)[23]\b|(?<=\bkm)[23]\b", " ", text)
    return re.sub(r"(?<=[A-Za-z])\d(?=[A-WYZa-wyz])", "", text)  # B2C and its like are names


def _loose(mine: str, other: str) -> set[float]:
    """Give further values that a number of `mine` may meet on the other side: words, months, decades, hours."""
    values = spoken(other)
    for hour in re.findall(r"\b(\d{1,2})(?:[:.]\d\d)?\s*p\.?m", other + " " + mine, re.I):
        values |= {float(hour) + 12, float(hour)}
    for decade in re.findall(r"\d{2}(\d0)\s?(?:年代|['’]?s\b)", other):
        values.add(float(decade))
    for decade in re.findall(r"(?<!\d)(\d0)\s?(?:年代|['’]?s\b)", other):
        values |= {1900 + float(decade), 1800 + float(decade)}
    return values


def _met(number: Number, others: list[Number], loose: set[float]) -> bool:
    if number.value in loose or number.bare in loose:
        return True
    return any(_same_number(number, other) for other in others)


def _same_number(one: Number, two: Number) -> bool:
    if math.isclose(one.value, two.value, rel_tol=1e-9):
        return True
    if one.bare is not None and two.bare is None:
        return math.isclose(one.bare, two.value, rel_tol=1e-9)
    return one.bare is None and two.bare is not None and math.isclose(one.value, two.bare, rel_tol=1e-9)
