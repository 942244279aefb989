"""East Asian charsets gone wrong: GBK or Big5 read by a single-byte page (´óÄ£ÐÍ), UTF-8 read as GBK (澶фā).

The first loses nothing where the page defines every byte, and is read again by the way it came. The second loses bytes
that make no GBK pair; a decoder puts U+FFFD in the place of each. A lead byte of UTF-8 always begins a pair or ends
one, so what is lost is always a continuation byte, and each character is known but for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from unicodedata import category

from digest.decode import common_share
from digest.normalise.repair.channel import REPLACEMENT, page
from digest.normalise.repair.sequences import foreign

_SAMPLE = 20_000  # characters that suffice to judge a text


@dataclass(frozen=True, slots=True)
class Multibyte:
    """A charset of pairs that a page read byte by byte: its codec, its name in codes, its pairs as latin-1 has them."""

    codec: str
    name: str
    pattern: re.Pattern[str]

    @property
    def code(self) -> str:
        return f"{self.name}-as-latin1"


_CHARSETS = (
    Multibyte("gb18030", "gbk", re.compile(r"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe])+")),
    Multibyte("big5hkscs", "big5", re.compile(r"(?:[\xa1-\xf9][\x40-\x7e\xa1-\xfe])+")),
)
_PAGES = ("cp1252", "latin-1", "cp1254")
_DENSE = re.compile("[\xa1-\xff][\xa1-\xff\u0152-\u0178]{3}")  # what every such text has, and few others


@cache
def _as_bytes(codec: str) -> dict[int, str]:
    """Map the characters of a page to the characters of their bytes' numbers, and what is not of it to NUL."""
    return {ord(char): chr(byte) for byte, char in enumerate(page(codec)) if byte >= 0x80}


def _numbers(text: str) -> str:
    """Give a text as the bytes that the western pages read it from, each as the character of its number."""
    return re.sub("[^\x00-\xff]", "\0", text.translate(_as_bytes("cp1252")))


def multibyte_of(text: str) -> Multibyte | None:
    """Find GBK or Big5 read by a western page: runs of pairs that make frequent Han characters."""
    if not _DENSE.search(text):
        return None
    text = text[:_SAMPLE]
    mapped, total = _numbers(text), foreign(text)
    best: tuple[float, Multibyte | None] = (0.25, None)
    for charset in _CHARSETS:
        runs = "".join(run for run in charset.pattern.findall(mapped) if foreign(run) >= 4)
        if foreign(runs) < max(6, 0.5 * total):
            continue
        read = runs.encode("latin-1").decode(charset.codec, "ignore")
        share = common_share(read)
        if len(re.findall("[\u4e00-\u9fff]", read)) >= 0.6 * len(read) and share >= best[0]:
            best = share, charset
    return best[1]


def shows_multibyte(line: str) -> bool:
    """Tell whether a line holds a pair of characters that a western page makes of a pair of bytes."""
    return bool(re.search("[\x81-\xfe][\x80-\xfe]", _numbers(line)))


def read_multibyte(line: str, charset: Multibyte) -> str | None:
    """Read a line again by the charset that it was written in; None where that does not give the line back.

    >>> read_multibyte("´óÄ£ÐÍ", multibyte("gbk"))
    '大模型'
    """
    for codec in _PAGES:
        table = _as_bytes(codec)
        numbers = line.translate(table)
        if numbers.isascii() or any(ch > "\xff" for ch in numbers):
            continue
        if any(ord(ch) > 0x7F and ord(ch) not in table for ch in line):
            continue
        try:
            read = numbers.encode("latin-1").decode(charset.codec)
        except UnicodeDecodeError:
            continue
        damaged = read.encode(charset.codec).decode("latin-1")
        if damaged == numbers:
            return read
    return None


def multibyte(name: str) -> Multibyte:
    """Give a charset by its name in codes. Raises KeyError."""
    return {charset.name: charset for charset in _CHARSETS}[name]


# ---- UTF-8 read as GBK ----------------------------------------------------------------------------------------------

# How UTF-8's commonest leads and marks begin when they are read as GBK: of ，。的一…（ “ and their like.
_TELLING = re.compile("[锛銆鐨鈥浠涓鍦鏄杩涔]")
_LOST = b"\xff"  # begins no pair of GBK and no character of UTF-8
_CHARACTER = re.compile(
    rb"[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf\xff]|[\xe0-\xef][\x80-\xbf\xff]{2}|[\xf0-\xf4][\x80-\xbf\xff]{3}"
)
_CJK_IN_UTF8 = re.compile(
    rb"[\xe4-\xe9][\x80-\xbf]{2}|\xe3\x80[\x80-\xbf]|\xef[\xbc-\xbd][\x80-\xbf]|\xe2\x80[\x80-\xbf]"
)


def utf8_read_as(text: str) -> str:
    """Name the codec, "gbk" or "gb18030", that a text's UTF-8 was read by; "" where it was not.

    Encoded back, nearly all of its bytes are UTF-8 sequences again.
    """
    if not _TELLING.search(text):
        return ""
    text = text[:_SAMPLE]
    body = text.encode("gb18030", "ignore")
    total = sum(1 for byte in body if byte > 0x7F)
    covered = sum(map(len, _CJK_IN_UTF8.findall(body)))
    if covered < 9 or covered <= 0.6 * total:
        return ""
    return "gb18030" if re.search("[\ue000-\uf8ff]", text) else "gbk"


def shows_utf8(line: str, codec: str) -> bool:
    """Tell whether a line, encoded back, is UTF-8 with a character of three bytes in it, some of them lost."""
    body = _LOST.join(part.encode(codec, "ignore") for part in line.split(REPLACEMENT))
    return bool(re.search(rb"[\xe1-\xef][\x80-\xbf\xff]{2}", body)) and utf8_items(line, codec) is not None


def utf8_items(line: str, codec: str) -> list[str] | None:
    """Cut a line that was UTF-8 into its characters, each as the string of all it can have been; None where it is not.

    >>> utf8_items("妯″瀷", "gbk")
    ['模', '型']
    """
    try:
        body = _LOST.join(part.encode(codec) for part in line.split(REPLACEMENT)) + b"\n"
    except UnicodeEncodeError:
        return None
    items: list[str] = []
    at = 0
    while at < len(body):
        match = _CHARACTER.match(body, at)
        if match is None:
            return None
        at = match.end()
        found = match.group()
        if found[0] < 0x80:
            items += found.decode("ascii")
            continue
        fits = _fitting(found, body[at], codec) if _LOST in found else _decoded(found)
        if not fits:
            return None
        items.append(fits)
    return items[:-1]


def utf8_damaged(text: str, codec: str) -> str:
    """Read a text's UTF-8 by the codec, with U+FFFD for what it does not take."""
    return text.encode("utf-8").decode(codec, "replace")


def _decoded(found: bytes) -> str:
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def _fitting(found: bytes, behind: int, codec: str) -> str:
    """Give the characters whose bytes are `found`, each lost one a byte that makes no pair with what is behind it."""
    choices = [range(0x80, 0xC0) if byte == _LOST[0] else (byte,) for byte in found]
    fits = []
    for choice in product(*choices):
        body = bytes((*choice, behind))
        if all(byte != _LOST[0] or _is_lost(body[n : n + 2], codec) for n, byte in enumerate(found)):
            fits.append(_decoded(body[:-1]))
    return "".join(char for char in fits if char and category(char) not in ("Cc", "Cn", "Co", "Cs"))


@cache
def _is_lost(pair: bytes, codec: str) -> bool:
    """Tell whether a decoder gives up on the first of two bytes."""
    return pair.decode(codec, "replace").startswith(REPLACEMENT)
