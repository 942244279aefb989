"""What no printed text may hold: controls, bidirectional overrides, zero-width characters."""

from __future__ import annotations

import re
from itertools import pairwise

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_JOINER = "\u200d"


def printable(text: str) -> str:
    """Strip controls, bidirectional overrides and zero-width characters; keep the joiner within emoji sequences.

    >>> printable("a\u202eb\u200b 👩\u200d💻 c\u200dd")
    'ab 👩\u200d💻 cd'
    """
    text = _UNPRINTABLE.sub("", text)
    if _JOINER not in text:
        return text
    kept = [
        ch
        for (left, ch), right in zip(pairwise(" " + text), [*text[1:], " "], strict=True)
        if ch != _JOINER or (_pictographic(left) and _pictographic(right))
    ]
    return "".join(kept)


def _pictographic(ch: str) -> bool:
    return "\u2190" <= ch <= "\u2bff" or ch >= "\U0001f000" or ch == "\ufe0f"
