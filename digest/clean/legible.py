"""A line that the repair refused, as far as it can be read: lost characters show as U+FFFD, nothing is guessed.

Where a single-byte code page read UTF-8 and dropped what it does not define, most characters are still whole
(design notes on encoding: 73 to 81 % of the Han characters). Encoded back and read as UTF-8 again, those are legible
and the others are one U+FFFD each: enough to tell the language, to compare with a translation, and for a reader.
"""

from __future__ import annotations

import re
from functools import cache

LOST = "\ufffd"
_WHOLE = re.compile(
    r"[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc\xbd][\x80-\xbf]|\xe2[\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}"
)
_LEAD = re.compile(r"[\xe2-\xef][\x80-\xbf]|\xf0[\x90-\xbf]")


@cache
def _bytes_table(codec: str) -> dict[int, str]:
    """Map the characters that a code page makes of bytes above ASCII to the characters of those bytes' numbers.

    A byte that the page does not define stands for itself: sloppy readers keep it so.
    """
    table = {number: chr(number) for number in range(0x80, 0xA1)}
    for number in range(0x80, 0x100):
        character = bytes([number]).decode(codec, "ignore")
        if character:
            table[ord(character)] = chr(number)
    return table


@cache
def _foreign(codec: str) -> re.Pattern[str]:
    """Match a run of what a code page makes of bytes above ASCII."""
    return re.compile("[" + re.escape("".join(map(chr, _bytes_table(codec)))) + "]+")


def legible(line: str, codec: str) -> str:
    r"""Read again what a code page made of UTF-8; stretches that are no UTF-8, whole or torn, stay as they are.

    A line without one whole character stays too: é” is a torn one, and the end of a quotation in French.

    >>> legible("naïve: æ¨¡å‹ and ä¸æ¨¡", "cp1252")
    'naïve: 模\ufffd and \ufffd模'
    """
    pattern, table = _foreign(codec), _bytes_table(codec)
    if not any(_WHOLE.search(run.translate(table)) for run in pattern.findall(line)):
        return line

    def read(match: re.Match[str]) -> str:
        numbers = match.group().translate(table)
        return numbers.encode("latin-1").decode("utf-8", "replace") if _LEAD.search(numbers) else match.group()

    return pattern.sub(read, line)
