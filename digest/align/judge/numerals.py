"""The numbers of both languages as they are written: in digits with 万, 亿, million, K, and in words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

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
    r"(\d+(?:[.,]\d+)*)(?:[\s-]?(hundred|thousand|million|billion|trillion|bn|mn)s?\b|([kmbt])(?![a-z\d])|"
    r"\s?(千万|百万|万亿|萬億|千亿|百亿|十亿|[百万亿萬億]|[千兆](?![米克瓦卡字兆赫伏帕比位]))?)",
    re.I,
)
LIST_JOINT = re.compile(r"\s?(?:,? ?(?:and|or|to|resp\.?)|[,、和或至到~–—-])\s?(?:resp\.? |the )?", re.I)
EXPONENT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]?\d{1,2})(?!\w)", re.I)
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
# '19 and January 25: a year without its century
SHORT_YEAR = re.compile(
    r"(?:['’‘]|\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? )(\d\d)(?![\d:])",
    re.I,
)
ZH_NUMERAL = re.compile(f"[{''.join(ZH_DIGITS)}十百千万亿半]+")
_ZH_WHOLE = f"[{''.join(ZH_DIGITS)}十百千万亿]+"
ZH_SHARE = re.compile(f"({_ZH_WHOLE})分之({_ZH_WHOLE})(?:点([{''.join(ZH_DIGITS)}]+))?")  # 百分之七十五点五
ZH_AND_HALF = re.compile(f"({_ZH_WHOLE})个半")
ZH_TENTHS = re.compile("([一二两三四五六七八九])成(?![为功本员长果分熟就立绩])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in digits: how it is printed, and its value.

    `bare` is the value without an ambiguous unit letter; `listed` that with the scale at the end of its list: 7 and
    13 billion.
    """

    printed: str
    value: float
    bare: float | None
    listed: float | None = None


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
            value = _rounded(plain * SCALES.get(scale, 1))
            printed = match.group().strip() if part == match[1] else part
            end = "" if scale else _scale_of_list(text, match.end())
            listed = _rounded(plain * SCALES[end]) if end else None
            found.append(Number(printed, value, plain if scale in AMBIGUOUS else None, listed))
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.10g}") if math.isfinite(value) else value


def _scale_of_list(text: str, start: int) -> str:
    """Give the scale at the end of a list whose next item stands at `start`: the billion of 7, 13 and 34 billion."""
    for _ in range(8):
        joint = LIST_JOINT.match(text, start)
        number = joint and NUMBER.match(text, joint.end())
        if not number:
            return ""
        scale = number[2] or number[3] or number[4]
        if scale:
            return scale.lower()
        start = number.end()
    return ""


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
        values.update(zh_values(match.group()))
    values |= _zh_parts(text)
    for match in re.finditer(r"\bhalf an? (thousand|million|billion|trillion)", text, re.I):
        values.add(SCALES[match[1].lower()] / 2)
    if re.search(r"\bhal(?:f|ves)\b|[一各]半|半数", text, re.I):
        values |= {50.0, 0.5}
    return values


def _zh_parts(text: str) -> set[float]:
    """Give the parts of a whole that Chinese words name, as percentages and plain, and the numbers with a half.

    >>> sorted(_zh_parts("千分之五")), sorted(_zh_parts("五成")), sorted(_zh_parts("两个半"))
    ([0.005, 0.5, 5.0], [50.0], [2.5])
    """
    values = {10.0 * ZH_DIGITS[match[1]] for match in ZH_TENTHS.finditer(text)}
    values |= {value + 0.5 for match in ZH_AND_HALF.finditer(text) for value in zh_values(match[1])}
    for low, high, digits in ZH_SHARE.findall(text):
        whole = max(zh_values(low))
        part = max(zh_values(high)) + float("0." + "".join(str(ZH_DIGITS[digit]) for digit in digits) + "0")
        if whole:
            values |= {part, round(part / whole, 8), round(100 * part / whole, 6)}
    return values


def zh_values(numeral: str) -> set[float]:
    """Read a Chinese numeral; a run of plain digits is read both as one number (二〇二四) and digit by digit.

    >>> sorted(zh_values("一亿两千万")), sorted(zh_values("三万五"))
    ([120000000.0], [30005.0, 35000.0])
    """
    if not set(numeral) & set("十百千万亿"):
        each: set[float] = {float(ZH_DIGITS[c]) if c in ZH_DIGITS else 2 for c in numeral}
        return each | ({float("".join(str(ZH_DIGITS[c]) for c in numeral))} if "半" not in numeral else set())
    # 亿 counts all before it, 万 what stands since the last 亿: 一亿两千万 is 1e8 + 2000e4, 一万亿 1e4 × 1e8.
    whole = high = section = digit = 0.0
    unit = 1.0
    for character in numeral:
        if character in ZH_DIGITS:
            digit = ZH_DIGITS[character]
            unit = 10.0 if digit == 0 else unit
        elif character in "十百千":
            unit = {"十": 10.0, "百": 100.0, "千": 1000.0}[character]
            section, digit = section + (digit or 1) * unit, 0.0
        elif character == "万":
            high, section, digit, unit = (section + digit or 1) * 1e4, 0.0, 0.0, 1e4
        elif character == "亿":
            whole, high, section, digit, unit = (whole + high + section + digit or 1) * 1e8, 0.0, 0.0, 0.0, 1e8
    values = {whole + high + section + digit}
    if digit and unit >= 100 and numeral[-2] in "百千万亿":  # 三万五 is 35,000
        values.add(whole + high + section + digit * unit / 10)
    return values | ({float(ZH_DIGITS[numeral[0]])} if numeral[0] in ZH_DIGITS and len(numeral) == 2 else set())
