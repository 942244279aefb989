"""What damaged a text: UTF-8 bytes read by a single-byte code page, some of them lost on the way.

The damage is a function of the clean text, so a reading can be checked without knowing the truth: damaged again, it
must give the input. The code pages' undefined bytes are those of Unicode's mapping tables, Python's own codecs; which
of them a real document loses was measured on five (design notes on encoding): the two profiles below.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cache

SOFT_HYPHEN = 0xAD
NO_BREAK_SPACE = "\u00a0"
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Channel:
    r"""One kind of damage.

    `codec`: the single-byte code page that read the bytes, by Python's name; a byte that it leaves undefined and that
    is not lost stays as the character of its number (as browsers do). `lost`: the byte values that did not survive.
    `stand_in`: what stands in place of each lost byte, "" (dropped), "\ufffd" or "?"; the soft hyphen AD, which is
    defined in the code pages but removed by later tools, is always dropped where it is lost. `spaced`: U+00A0 became a
    space. `stripped`: white space at the ends of lines was removed after the damage, as str.rstrip does, with U+00A0.
    """

    codec: str
    lost: frozenset[int] = frozenset()
    stand_in: str = ""
    spaced: bool = False
    stripped: bool = False

    def damage(self, text: str) -> str:
        """Damage a text exactly as the channel does, in linear time. Lone surrogates are damaged as their three bytes.

        >>> CP1254.damage("模型，中国")
        'æ¨¡å‹ï¼Œä¸å›½'
        >>> lossy("cp1252", stand_in="?").damage("模型，中国")
        'æ¨¡åž‹ï¼Œä¸å›½'
        """
        dropped, table = _reading(self)
        body = text.encode("utf-8", "surrogatepass").translate(None, dropped)
        damaged, _ = codecs.charmap_decode(body, "strict", table)
        return "\n".join(map(str.rstrip, damaged.split("\n"))) if self.stripped else damaged


@cache
def page(codec: str) -> str:
    """Give the 256 characters of a code page; undefined bytes are the characters of their numbers.

    Raises LookupError for a codec that Python does not know.
    """
    found = []
    for byte in range(256):
        try:
            found.append(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            found.append(chr(byte))
    return "".join(found)


@cache
def undefined(codec: str) -> frozenset[int]:
    """Give the bytes that a code page leaves undefined.

    >>> sorted(map(hex, undefined("cp1252")))
    ['0x81', '0x8d', '0x8f', '0x90', '0x9d']
    """
    return frozenset(byte for byte in range(0x80, 0x100) if not bytes([byte]).decode(codec, "ignore"))


@cache
def _reading(channel: Channel) -> tuple[bytes, str]:
    """Give the bytes that leave no trace, and the 256 characters that the others are read as."""
    table = list(page(channel.codec))
    if channel.spaced:
        table = [" " if char == NO_BREAK_SPACE else char for char in table]
    if not channel.stand_in:
        return bytes(sorted(channel.lost)), "".join(table)
    for byte in channel.lost - {SOFT_HYPHEN}:
        table[byte] = channel.stand_in
    return bytes(channel.lost & {SOFT_HYPHEN}), "".join(table)


def lossy(codec: str, soft_hyphen: bool = True, stand_in: str = "", spaced: bool = False) -> Channel:
    """Make the channel of a code page that loses what it leaves undefined, and the soft hyphen too."""
    lost = undefined(codec) | ({SOFT_HYPHEN} if soft_hyphen else set())
    return Channel(codec, frozenset(lost), stand_in, spaced)


CP1252 = lossy("cp1252")
CP1254 = lossy("cp1254")
