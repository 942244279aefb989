"""UTF-8 as a single-byte code page shows it: patterns over the damaged text itself, compiled once a page."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from digest.normalise.repair.channel import REPLACEMENT, page

# The pages that web tools are known to read UTF-8 by: ftfy's list (Speer 2019), and the Turkish page of real inputs.
# The order breaks ties. iso8859-9 differs from latin-1 as cp1254 does from cp1252.
PAGES = ("cp1252", "cp1254", "latin-1", "iso8859-9", "cp1250", "cp1251", "mac-roman", "cp437", "cp1253", "cp1257")

_ASCII = re.compile("[\x00-\x7f]+")


def foreign(text: str) -> int:
    """Count the characters that are not ASCII."""
    return len(_ASCII.sub("", text))


def _some(codec: str, *ranges: tuple[int, int]) -> str:
    chars = page(codec)
    return "[" + "".join(re.escape(chars[byte]) for low, high in ranges for byte in range(low, high + 1)) + "]"


def _one(codec: str, byte: int) -> str:
    return re.escape(page(codec)[byte])


@cache
def near(codec: str) -> re.Pattern[str]:
    """Match a lead byte with the continuation behind it, the least that any sequence shows."""
    return re.compile(_some(codec, (0xC2, 0xF4)) + _some(codec, (0x80, 0xBF)))


@cache
def han(codec: str) -> re.Pattern[str]:
    """Match a whole Han character."""
    return re.compile(_some(codec, (0xE4, 0xE9)) + _some(codec, (0x80, 0xBF)) + "{2}")


@cache
def east(codec: str) -> re.Pattern[str]:
    """Match a sequence that is whole or torn, of a Chinese, Japanese, full-width or general mark or an emoji.

    Its first bytes must say so whatever was lost of the others; a lost byte may have a U+FFFD in its place.
    """
    gone = f"(?:{_some(codec, (0x80, 0xBF))}|{REPLACEMENT})"
    kana, full, general = (_one(codec, lead) for lead in (0xE3, 0xEF, 0xE2))
    return re.compile(
        f"{_some(codec, (0xE4, 0xE9))}{gone}{{1,2}}|{kana}{_some(codec, (0x80, 0x83), (0x90, 0xBF))}{gone}?"
        f"|{full}{_some(codec, (0xBC, 0xBD))}{gone}?|{general}{_some(codec, (0x80, 0x9F))}{gone}?"
        f"|{_one(codec, 0xF0)}{_one(codec, 0x9F)}?{gone}{{1,2}}"
    )


@cache
def whole(codec: str) -> re.Pattern[str]:
    """Match a complete sequence of any script."""
    follow = _some(codec, (0x80, 0xBF))
    return re.compile(
        f"{_some(codec, (0xC2, 0xDF))}{follow}|{_one(codec, 0xE0)}{_some(codec, (0xA0, 0xBF))}{follow}"
        f"|{_some(codec, (0xE1, 0xEF))}{follow}{{2}}|{_one(codec, 0xF0)}{_some(codec, (0x90, 0xBF))}{follow}{{2}}"
        f"|{_some(codec, (0xF1, 0xF4))}{follow}{{3}}"
    )


@cache
def _torn(codec: str) -> re.Pattern[str]:
    follow = _some(codec, (0x80, 0xBF))
    heads = f"(?:{_some(codec, (0xE1, 0xEF))}{follow}?|{_one(codec, 0xF0)}{follow}{{0,2}})"
    return re.compile(f"{heads}(?!{follow})(.{follow}?|\n|\\Z)")


def after_torn(text: str, codec: str) -> Counter[str]:
    """Count what stands where a continuation is missing: the character there, and a continuation behind it."""
    return Counter(_torn(codec).findall(text))


def coverage(text: str, codec: str) -> float:
    """Give the share of a text's non-ASCII characters in sequences of East Asian text.

    About .99 in damaged Chinese; .01 at most in clean text of any language.
    """
    return _share(text, east(codec))


def whole_coverage(text: str, codec: str) -> float:
    """Give the share of a text's non-ASCII characters in complete sequences of any script."""
    return _share(text, whole(codec))


def _share(text: str, pattern: re.Pattern[str]) -> float:
    """Give the share of a text's non-ASCII characters in what a pattern matches."""
    total = foreign(text)
    return sum(map(len, pattern.findall(text))) / total if total else 0.0
