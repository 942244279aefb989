"""What a test of a pair takes and gives: a line, read and counted by script, and a finding that speaks against it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from digest.model import Line

URL = re.compile(r"(?:https?://|www\.)[^\s<>()（）\[\]，。；、」』”\"'`\u3000-\u9fff]+", re.I)
CODE = re.compile(r"``.+?``|`[^`\n]+`|\$[^$\n]+\$")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
OTHER_SCRIPT = re.compile(r"[\u0370-\u05ff\u0600-\u0dff\u0e00-\u0fff\u3040-\u30ff\uac00-\ud7af]")
WORD = re.compile(r"[^\W\d_\u3400-\U0003134f][^\W_\u3040-\U0003134f]*(?:['’][a-z]+)?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a pair: a code with its fact."""

    reason: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A line as the tests see it: NFKC; `prose` has addresses, code and markup taken out.

    `marked` is the line without its code, markup as it stands; `code` are its pieces of code.
    """

    raw: str
    prose: str
    han: int
    words: tuple[str, ...]
    marked: str = ""
    code: tuple[str, ...] = ()


def read(line: Line) -> Text:
    """Take code, addresses and emphasis marks out of a line and count what is left, by script."""
    kept = list(line.text)
    for start, end in line.code:
        kept[start:end] = " " * (end - start)
    # A wide comma parts numbers, where the narrow one that NFKC makes of it would join them: 6，800.
    raw = unicodedata.normalize("NFKC", line.text.replace("，", "， "))
    without_code = unicodedata.normalize("NFKC", "".join(kept).replace("，", "， "))
    marked = CODE.sub(" ", without_code)
    prose = re.sub(r"[*_~]{1,3}", " ", CODE.sub(" ", URL.sub(" ", without_code)))
    spans = (unicodedata.normalize("NFKC", line.text[start:end]) for start, end in line.code)
    code = (*spans, *(piece for piece in CODE.findall(without_code) if piece.startswith("`")))
    return Text(raw, prose, len(HAN.findall(prose)), tuple(WORD.findall(prose)), marked, code)


def letters(text: str) -> str:
    """Give the letters and digits of a text, case folded: what is left of it in any copy."""
    return "".join(character for character in text.casefold() if character.isalnum())
