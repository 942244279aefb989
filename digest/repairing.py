"""The bytes of a garbled document → the text as it was (pure)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from digest.decode import declared_charset, decode
from digest.errors import ConfigError
from digest.model import Page
from digest.normalise.repair.evidence import CLEAN, evidence_of
from digest.normalise.repair.mend import mend
from digest.normalise.repair.refuse import is_noise
from digest.normalise.repair.report import Mended
from digest.repaired import Repaired

MARK = "〔?〕"  # stands after an unsure character where marks are asked for
_BOM = "\ufeff"


def repair(page: Page) -> Repaired:
    """Decode a page's bytes (a GBK file is no damage) and mend the text. Raises ConfigError for what is no text."""
    decoded = decode(page.body, declared_charset(page.header("content-type"), page.body))
    text = decoded.text
    if not is_text(text):
        raise ConfigError(page.name, "is no text (binary)")
    noise = is_noise(text)
    mended = Mended(text, damage=("ocr-noise",)) if noise else mend(text)
    if decoded.how == "bom" and decoded.encoding == "utf-8":  # it is no part of the text, and goes back in front of it
        guesses = tuple(replace(guess, at=guess.at + 1) for guess in mended.guesses)
        mended = replace(mended, text=_BOM + mended.text, guesses=guesses)
    return Repaired(page.name, decoded.encoding, decoded.how, CLEAN if noise else evidence_of(text), mended)


_SAMPLE = 8192  # characters that suffice to tell text from bytes
_MOST_CONTROLS = 0.05  # share of control characters above which it is no text
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x7f]")


def is_text(text: str) -> bool:
    """Tell whether decoded bytes are a text, garbled or not, and no picture or program; U+FFFD does not speak against.

    >>> is_text("æ–‡æœ¬�"), is_text("PK" + chr(3) + chr(0))
    (True, False)
    """
    sample = text[:_SAMPLE]
    return "\0" not in text and len(_CONTROL.findall(sample)) <= _MOST_CONTROLS * len(sample)


def with_signs(mended: Mended) -> str:
    """Give the text with a mark after every unsure character.

    >>> from digest.model import Guess
    >>> with_signs(Mended("大模型", guesses=(Guess(1, "模", 0.5), Guess(2, "型", 0.99))))
    '大模〔?〕型'
    """
    ends = [0, *(guess.at + len(guess.chosen) for guess in mended.unsure), len(mended.text)]
    return MARK.join(mended.text[a:b] for a, b in pairwise(ends))
