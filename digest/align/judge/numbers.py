"""Whether a pair agrees on its numbers, and on what they count.

A number in digits must stand on the other side, in digits or in words; numbers in words are looked for only to meet
one in digits, for "one" and 一 say too little by themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from digest.align.judge.numerals import (
    EXPONENT,
    MONTH,
    MONTHS,
    SHORT_YEAR,
    WORDS,
    ZH_DIGITS,
    ZH_NUMERAL,
    Number,
    digits_of,
    spoken,
    zh_values,
)
from digest.align.judge.text import URL, Finding, Text
from digest.align.judge.units import units_of


def odd_numbers(zh: Text, en: Text) -> tuple[list[str], list[str]]:
    """Give the numbers in digits that the other line has neither in digits nor in words: of zh, and of en."""
    left, right = digits_of(_countable(zh.raw)), digits_of(_countable(en.raw))
    if not left and not right:
        return [], []
    in_en, in_zh = _loose(zh.raw, en.raw), _loose(en.raw, zh.raw)
    lost = dict.fromkeys(n.printed for n in left if not _met(n, right, in_en))
    added = dict.fromkeys(n.printed for n in right if not _met(n, left, in_zh))
    return list(lost), list(added)


def check_numbers(zh: Text, en: Text) -> Iterator[Finding]:
    """Compare the numbers: each one in digits must be on the other side, in digits or in words.

    A changed number is grave: one that is lost where another one is added. One that is merely left out is not: people
    do so, with the sentence right (half of such pairs of human translators were no error, by reading).
    """
    lost, added = odd_numbers(zh, en)
    if lost or added:
        changed = bool(lost and added) or (_spare(en, zh) if lost else _spare(zh, en))
        yield Finding(f"numbers:{unlike(lost, added)}", changed)


def unlike(left: Sequence[str], right: Sequence[str]) -> str:
    """Print what stands on one side only: "70≠72", or "70" where the other side has nothing for it."""
    return "≠".join("+".join(side) for side in (left, right) if side)


def check_units(zh: Text, en: Text) -> Iterator[Finding]:
    """Find a number that counts one thing on one side and another on the other: 40 GB, 40 MB."""
    left, right = units_of(zh.raw), units_of(en.raw)
    for value in left.keys() & right.keys():
        if not left[value] & right[value]:
            yield Finding(f"units:{value:g} {min(left[value])}≠{value:g} {min(right[value])}", True)


def _spare(mine: Text, other: Text) -> bool:
    """Tell whether a line has a number left, in digits or words, when each number of the other line has taken one.

    Then a number of the other line that has no equal here was changed, not left out.
    """
    numbers, others = digits_of(_countable(mine.raw)), digits_of(_countable(other.raw))
    left = list(numbers)
    for number in others:
        match = next((n for n in left if n.value == number.value), None)
        match = match or next((n for n in left if _same_number(n, number)), None)
        if match:
            left.remove(match)
    loose = _loose(mine.raw, other.raw)
    if any(number.value not in loose and number.bare not in loose for number in left):
        return True
    said = {value for match in ZH_NUMERAL.finditer(mine.prose) for value in zh_values(match.group()) if value > 1}
    said |= {WORDS[word] for word in re.findall(r"[a-z]+", mine.prose.lower()) if WORDS.get(word, 0) > 2}
    said |= {float(MONTHS.index(m[1].lower()) + 1) for m in MONTH.finditer(mine.prose) if m[1] != "may"}
    there = {number.value for number in others} | spoken(other.raw)
    return bool(said - there)


def _countable(text: str) -> str:
    """Leave out addresses, a list item's marker, :00, squares and digits inside names; work out 19 世纪 80 年代."""
    text = re.sub(r"^\W*\d{1,2}[.)、]\s", " ", URL.sub(" ", text))
    text = re.sub(r"(\d{1,2})\s*世[纪紀]\s*(\d0)\s*年代", lambda m: f"{int(m[1]) * 100 - 100 + int(m[2])}年代", text)
    text = EXPONENT.sub(lambda m: f"{float(m.group()):.15f}".rstrip("0"), text)
    text = re.sub(r"(?<!\d)(\d+(?:\.\d+)?)\s*万\s*(\d)\s*千", lambda m: f"{float(m[1]) + int(m[2]) / 10:g} 万", text)
    text = re.sub(r"(?<![\d.,])(\d+)\s*亿\s*(\d+)\s*(千万|百万|万)", _hundred_millions, text)
    text = re.sub(r"(?<!\d)(\d+)\s*个半", r"\1.5 个", text)
    text = re.sub(r"(?<=\d)(?<!\b0)\s?[xX×]\s?(?=\d)", " × ", text)  # 8x7B is two numbers, 0x7F is one
    text = re.sub(r"(?<=\d):00\b|(?<=\bm)[23]\b|(?<=\bkm)[23]\b", " ", text)
    return re.sub(r"(?<=[A-Za-z])\d(?=[A-WYZa-wyz])", "", text)  # B2C and its like are names


def _hundred_millions(match: re.Match[str]) -> str:
    """Work out 1亿2千万: 1.2 亿."""
    rest = int(match[2]) * {"千万": 1e7, "百万": 1e6, "万": 1e4}[match[3]]
    return f"{int(match[1]) + rest / 1e8:.10g} 亿"


def _loose(mine: str, other: str) -> set[float]:
    """Give further values that a number of `mine` may meet on the other side: words, months, decades, hours."""
    values = spoken(other)
    other = re.sub("([一二三四五六七八九])十年代", lambda m: f"{ZH_DIGITS[m[1]]}0年代", other)
    for hour in re.findall(r"\b(\d{1,2})(?:[:.]\d\d)?\s*p\.?m", other + " " + mine, re.I):
        values |= {float(hour) + 12, float(hour)}
    for decade in re.findall(r"\d{2}(\d0)\s?(?:年代|['’]?s\b)", other):
        values.add(float(decade))
    for decade in re.findall(r"(?<!\d)(\d0)\s?(?:年代|['’]?s\b)", other):
        values |= {1900 + float(decade), 1800 + float(decade)}
    if re.search(r"\b20\d0['’]?s\b", other):
        values.add(21)  # the early 2000s, 21 世纪初
    if re.search(r"21\s*世[纪紀]|\b21st century", other):
        values.add(2000)
    for year in re.findall(SHORT_YEAR, other):
        values |= {1900 + float(year), 2000 + float(year)}
    if re.search(SHORT_YEAR, mine):
        values |= {float(year) % 100 for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", other)}
    return values


def _met(number: Number, others: list[Number], loose: set[float]) -> bool:
    if number.value in loose or number.bare in loose:
        return True
    return any(_same_number(number, other) for other in others)


def _same_number(one: Number, two: Number) -> bool:
    if math.isclose(one.value, two.value, rel_tol=1e-9):
        return True
    if any(a.listed is not None and a.listed in (b.value, b.bare) for a, b in ((one, two), (two, one))):
        return True
    if one.bare is not None and two.bare is None:
        return math.isclose(one.bare, two.value, rel_tol=1e-9)
    return one.bare is None and two.bare is not None and math.isclose(one.value, two.bare, rel_tol=1e-9)
