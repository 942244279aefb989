"""Damage, done to clean text by Python's own codecs: nothing here is shared with the repair that undoes it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

SOFT_HYPHEN, NO_BREAK_SPACE = 0xAD, 0xA0


def _undefined(codec: str) -> frozenset[int]:
    """Give the byte values that a code page leaves undefined."""
    return frozenset(byte for byte in range(256) if not bytes([byte]).decode(codec, "ignore"))


@dataclass(frozen=True)
class Lossy:
    """UTF-8 read by a single-byte code page: what is undefined there is dropped, or `stand_in` takes its place."""

    codec: str
    stand_in: str = ""
    soft_hyphens: bool = False  # kept, where most tools drop them
    spaced: bool = False  # U+00A0 became a space

    @property
    def lost(self) -> frozenset[int]:
        """Give the byte values whose place in the text says no longer which they were."""
        more = {SOFT_HYPHEN: not self.soft_hyphens, NO_BREAK_SPACE: self.spaced}
        return _undefined(self.codec) | {byte for byte, gone in more.items() if gone}

    def __call__(self, text: str) -> str:
        read = text.encode().decode(self.codec, "replace").replace("\ufffd", self.stand_in)
        if not self.soft_hyphens:
            read = read.replace("\xad", "")
        return read.replace("\xa0", " ") if self.spaced else read

    def hits(self, ch: str) -> bool:
        """Tell whether a character loses a byte. A stand-in in the clean text is no loss."""
        lost = self.lost
        return any(byte in lost for byte in ch.encode())


CP1254, CP1252 = Lossy("cp1254"), Lossy("cp1252")
PROFILES = {"cp1254": CP1254, "cp1252": CP1252}
VARIANTS = {
    f"{codec}, {name}": Lossy(codec, *settings)
    for codec in ("cp1252", "cp1254")
    for name, settings in (
        ("soft hyphens kept", ("", True)),
        ("U+FFFD in place", ("\ufffd", True)),
        ("U+FFFD in place, soft hyphens dropped", ("\ufffd",)),
        ("? in place", ("?", True)),
        ("no-break spaces became spaces", ("", False, True)),
    )
}


def sloppy(text: str, codec: str) -> str:
    """Read UTF-8 by a code page and keep what is undefined there as C1 controls, as browsers do."""
    kept = {byte: chr(byte) for byte in _undefined(codec)}
    return "".join(kept.get(byte) or bytes([byte]).decode(codec) for byte in text.encode())


def numbered(text: str) -> str:
    """Write all but ASCII as numeric entities."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def pairable(text: str) -> str:
    """Cut each line to its longest beginning whose UTF-8 bytes are GB18030 too: reading that so loses nothing."""
    lines = []
    for line in text.split("\n"):
        while line:
            try:
                line.encode().decode("gb18030")
                break
            except UnicodeDecodeError as error:
                line = line.encode()[: error.start].decode("utf-8", "ignore")
        lines.append(line)
    return "\n".join(lines)


PAIRING = "UTF-8 as GB18030, of lines what pairs"
# Each gives damaged text that holds all that the clean text held.
LOSSLESS: dict[str, Callable[[str], str]] = {
    "UTF-8 as latin-1": lambda t: t.encode().decode("latin-1"),
    "UTF-8 as cp1252, sloppy": lambda t: sloppy(t, "cp1252"),
    "UTF-8 as cp1254, sloppy": lambda t: sloppy(t, "cp1254"),
    "twice as cp1252, sloppy": lambda t: sloppy(sloppy(t, "cp1252"), "cp1252"),
    "twice as latin-1": lambda t: t.encode().decode("latin-1").encode().decode("latin-1"),
    "UTF-8 as Mac Roman": lambda t: t.encode().decode("mac-roman"),
    "UTF-8 as cp437": lambda t: t.encode().decode("cp437"),
    "UTF-8 as cp1251, sloppy": lambda t: sloppy(t, "cp1251"),
    "GB18030 as latin-1": lambda t: t.encode("gb18030").decode("latin-1"),
    "GB18030 as cp1252, sloppy": lambda t: "".join(
        chr(b) if b in _undefined("cp1252") else bytes([b]).decode("cp1252") for b in t.encode("gb18030")
    ),
    PAIRING: lambda t: t.encode().decode("gb18030"),
    "escaped twice": lambda t: html.escape(html.escape(t)),
    "escaped twice, Chinese as entities": lambda t: html.escape(numbered(html.escape(t))),
}
# Bytes of these are gone beyond a reliable repair: the answer is a refusal.
GONE: dict[str, Callable[[str], str]] = {
    "UTF-8 as latin-1, 80 to 9F stripped": lambda t: re.sub("[\x80-\x9f]", "", t.encode().decode("latin-1")),
    "Chinese as question marks": lambda t: re.sub("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]", "?", t),
    "GBK as UTF-8 with U+FFFD": lambda t: t.encode("gb18030").decode("utf-8", "replace"),
    "锟斤拷": lambda t: t.encode("gb18030").decode("utf-8", "replace").encode().decode("gb18030", "replace"),
    "烫烫烫": lambda t: re.sub("[\u3400-\u9fff]+", lambda m: "烫" * len(m[0]), t),
}
GBK_OF_UTF8 = "UTF-8 as GBK with U+FFFD"


def gbk_of_utf8(text: str) -> str:
    """Read UTF-8 as GBK and put U+FFFD where bytes do not pair: about one byte in twenty is lost."""
    return text.encode().decode("gbk", "replace")
