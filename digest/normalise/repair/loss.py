"""What was lost on the way through a single-byte page, told by the bytes that never show and what stands for them."""

from __future__ import annotations

import re
from typing import Literal

from digest.normalise.repair.channel import REPLACEMENT, SOFT_HYPHEN, Channel, page, undefined
from digest.normalise.repair.sequences import after_torn, near

Loss = Literal["whole", "lost", "stripped"]

# A western page and the Turkish one that differs from it in six letters; cp1254 also lacks Ž and ž, which show as
# controls where the page let its undefined bytes through.
_TWINS = {"cp1252": ("cp1252", "cp1254"), "latin-1": ("latin-1", "iso8859-9")}
_TWINS |= {pair[1]: pair for pair in _TWINS.values()}
_WESTERN = {"cp1252": re.compile("[ÐÝÞðýþŽž]"), "latin-1": re.compile("[ÐÝÞðýþ]")}
_TURKISH = {"cp1252": re.compile("[ĞİŞğış\x8e\x9e]"), "latin-1": re.compile("[ĞİŞğış]")}


def twin_of(text: str, codec: str, *, lost: bool = False) -> str:
    """Decide between twin pages by the whole text; where nothing does and bytes are lost, cp1254: it loses more."""
    if codec not in _TWINS:
        return codec
    first, second = _TWINS[codec]
    western, turkish = len(_WESTERN[first].findall(text)), len(_TURKISH[first].findall(text))
    return second if turkish > western or (lost and turkish == western and second == "cp1254") else first


# Enough sequences that a byte which never shows was lost: each of these bytes is in 2 to 4 of 100 Chinese characters.
_TELLS = 1000
_STRAY = 0.002  # what of a byte that was lost may show all the same: a line that was added later
_HARD = 0xA0  # the no-break space of these pages


def loss_of(text: str, codec: str) -> tuple[Loss, Channel]:
    """Tell what was lost on the way through a page, from the bytes that never show and what stands in their places."""
    chars = page(codec)
    after = after_torn(text, codec)
    torn, seen = sum(after.values()), len(near(codec).findall(text))
    if torn <= 0.01 * seen:
        return "whole", Channel(codec)
    controls = {chars[byte] for byte in range(0x80, 0xA0)} | {chr(byte) for byte in range(0x80, 0xA0)}
    if seen >= 20 and not any(ch in text for ch in controls):
        return "stripped", Channel(codec, frozenset(range(0x80, 0xA0)))
    lost = undefined(codec)
    if sum(text.count(chars[byte]) for byte in lost) > _STRAY * len(lost) * seen:
        lost = frozenset()  # the page let its undefined bytes through as controls
    if text.count(chars[SOFT_HYPHEN]) <= _STRAY * seen:
        lost |= {SOFT_HYPHEN}
    stand_in = ""
    for mark in (REPLACEMENT, "?"):
        if sum(n for ch, n in after.items() if ch.startswith(mark)) > 0.4 * torn:
            stand_in = mark
    hard = chars[_HARD]
    # A continuation behind a space behind a lead: nothing but a hard space makes that.
    spaced = hard not in text and any(len(ch) > 1 and ch[0] == " " for ch in after)
    if hard not in text and not spaced and seen >= _TELLS:
        lost |= {_HARD}
    return "lost", Channel(codec, lost, stand_in, spaced)
