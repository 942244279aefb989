"""Damaged text → the text as it was, where nothing was lost; else the name of the damage.

What ftfy can undo is undone, line by line and only where a line shows mojibake, with settings that leave Chinese
typography alone: ftfy's defaults turn ， into , and ” into ". What it cannot undo is detected and named; reading such
text again is not attempted here. Text that shows no damage comes back as it was, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from digest.decode import common_share
from digest.normalise.repair.report import Mended


def mend(text: str) -> Mended:
    """Undo what can be undone in a text and name what cannot.

    >>> mend("æ¨¡åž‹ä½¿ç”¨è¯´æ˜Ž").text
    '模型使用说明'
    >>> mend("“全角，标点！”（ＡＢＣ） naïve café").repairs
    ()
    """
    if text.isascii():
        return Mended(text, (), damage_of(text))
    repairs: dict[str, None] = {}
    lines = []
    for line in text.split("\n"):
        fixed, done = _undone(line)
        lines.append(fixed)
        repairs.update(dict.fromkeys(done))
    whole = "\n".join(lines)
    return Mended(whole, tuple(repairs), damage_of(whole))


def mend_pieces(pieces: Iterable[str]) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
    """Mend a line that markup cuts into pieces, so that each piece keeps its place: (pieces, repairs, damage)."""
    given = list(pieces)
    whole = mend("".join(given))
    if not whole.repairs:
        return given, (), whole.damage
    fixed = [_undone(piece)[0] for piece in given]
    return fixed, whole.repairs, damage_of("".join(fixed))


_SAMPLE = 200  # lines that suffice to judge a text


def mend_source(text: str) -> tuple[str, tuple[str, ...]]:
    """Undo mojibake in a whole source, markup and code included, where most of its lines show it: (text, repairs).

    A page that quotes mojibake has a line or two of it and comes back as it was.
    """
    if text.isascii():
        return text, ()
    foreign = [line for line in text.split("\n") if not line.isascii()]
    sample = foreign[:: len(foreign) // _SAMPLE + 1]
    if sum(_is_mostly_undone(line) for line in sample) < 0.5 * len(sample):
        return text, ()
    mended = mend(text)
    return mended.text, mended.repairs


def _is_mostly_undone(line: str) -> bool:
    """Tell whether the repair takes in the whole line: then its two or three foreign characters become one."""
    fixed, _ = _undone(line)
    return sum(ch > "\x7f" for ch in fixed) <= 0.7 * sum(ch > "\x7f" for ch in line)


# ---- what ftfy undoes -----------------------------------------------------------------------------------------------


@cache
def _settings() -> Any:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        fix_line_breaks=False,
        unescape_html=False,
        remove_terminal_escapes=False,
        remove_control_chars=False,
        normalization=None,
    )


def _undone(line: str) -> tuple[str, tuple[str, ...]]:
    """Undo mojibake in one line by ftfy; (the line itself, ()) where it sees none or would only lose more."""
    if line.isascii():
        return line, ()
    from ftfy import fix_encoding_and_explain

    fixed, steps = fix_encoding_and_explain(line, _settings())
    if fixed == line or _lossy(line, fixed):
        return line, ()
    codecs = (name for action, name in steps or () if action in ("encode", "apply") and name != "restore_byte_a0")
    return fixed, tuple(dict.fromkeys(f"ftfy:{name}" for name in codecs)) or ("ftfy",)


def _lossy(line: str, fixed: str) -> bool:
    """Tell whether a repair put U+FFFD where the line still had bytes: a later search needs those."""
    return fixed.count("\ufffd") > line.count("\ufffd") + line.count("\x1a")


# ---- what cannot be undone ------------------------------------------------------------------------------------------

# Gates between clean text and damaged text. Coverage by lost-byte sequences is .99 in damaged Chinese, .007 at most
# in clean text of any language tried (design/encoding.md); the gate lies in the middle of the wide gap.
_COVERAGE = 0.3
_LEAST_SEQUENCES = 2


def damage_of(text: str) -> tuple[str, ...]:
    """Name the damage that a stretch of text shows, in a fixed order; () for clean text. Linear time."""
    found = [*_replaced(text), *_question_marks(text)]
    if not text.isascii():
        found += _lost_bytes(text) or _multibyte_as_latin1(text) or _utf8_as_gb18030(text) or _wrong_east_asian(text)
    return tuple(dict.fromkeys(found))


def _replaced(text: str) -> list[str]:
    found = []
    if "\ufffd" in text:
        found.append("gone:U+FFFD")
    if "锟斤拷" in text or "锟斤" in text or "斤拷锟" in text:  # U+FFFD in UTF-8, read as GBK
        found.append("gone:锟斤拷")
    if re.search("烫烫烫|屯屯屯|葺葺葺", text):  # fresh memory of Visual C++ (CC, CD, FE…) read as GBK
        found.append("gone:烫烫烫")
    return found


def _question_marks(text: str) -> list[str]:
    """Find Han characters turned into question marks: runs of three and more that make up most of the text."""
    runs = sum(len(run) for run in re.findall(r"\?{3,}", text))
    letters = sum(1 for ch in text if ch.isalnum())
    return ["gone:?"] if runs >= 8 and runs > 0.25 * (letters + runs) else []


@cache
def _byte_table(codec: str) -> dict[int, str]:
    """Map each character of a code page above ASCII to the character of the same number as its byte."""
    table = {}
    for byte in range(0x80, 0x100):
        try:
            table[ord(bytes([byte]).decode(codec))] = chr(byte)
        except UnicodeDecodeError:
            table[byte] = chr(byte)  # undefined there: kept by sloppy readers
    return table


@cache
def _as_bytes_table(codec: str) -> dict[int, str]:
    foreign: dict[int, str] = dict.fromkeys(range(128, 256), "\x00")
    return foreign | _byte_table(codec)


# A lead byte with at least one continuation left, whose character is Chinese, Japanese, full-width, general
# punctuation or an emoji whatever the lost bytes were.
_SEQUENCE = re.compile(
    r"[\xe4-\xe9][\x80-\xbf]{1,2}|\xe3[\x80-\x83\x90-\xbf][\x80-\xbf]?|\xef[\xbc-\xbd][\x80-\xbf]?"
    r"|\xe2[\x80-\x9f][\x80-\xbf]?|\xf0\x9f?[\x80-\xbf]{1,2}"
)
_WHOLE_HAN = re.compile(r"[\xe4-\xe9][\x80-\xbf]{2}")
_LAYERS = ("cp1252", "cp1254", "latin-1", "mac-roman", "cp437", "cp1251")


def _lost_bytes(text: str) -> list[str]:
    """Find UTF-8 that was read by a single-byte code page: the share of non-ASCII inside its sequences."""
    total = sum(1 for ch in text if ch > "\x7f")
    best, name = 0.0, ""
    for codec in _LAYERS:
        mapped = text.translate(_as_bytes_table(codec))
        sequences = _SEQUENCE.findall(mapped)
        if len(sequences) < _LEAST_SEQUENCES or not _WHOLE_HAN.search(mapped):
            continue
        share = sum(map(len, sequences)) / total
        if share > best:
            best, name = share, codec
    return [f"lost-bytes:{name}"] if best >= _COVERAGE else []


_PAIRS = (
    ("gb18030", "gbk-as-latin1", re.compile(r"(?:[\xa1-\xf7][\xa1-\xfe]){2,}")),
    ("big5hkscs", "big5-as-latin1", re.compile(r"(?:[\xa1-\xf9][\x40-\x7e\xa1-\xfe]){3,}")),
)


def _multibyte_as_latin1(text: str) -> list[str]:
    """Find GBK or Big5 read as latin-1 or windows-1252 (´óÄ£ÐÍ): runs of pairs that make frequent Han characters."""
    mapped = text.translate(_as_bytes_table("cp1252"))
    total = sum(1 for ch in text if ch > "\x7f")
    for codec, name, pattern in _PAIRS:
        runs = "".join(pattern.findall(mapped))
        if sum(ch > "\x7f" for ch in runs) < max(6, 0.5 * total):
            continue
        read = runs.encode("latin-1").decode(codec, "ignore")
        if len(re.findall("[\u4e00-\u9fff]", read)) >= 0.6 * len(read) and common_share(read) >= 0.25:
            return [name]
    return []


def _wrong_east_asian(text: str) -> list[str]:
    """Find Chinese bytes read by another East Asian charset (Big5 as GBK …): Han characters, but no frequent ones."""
    han = len(re.findall("[\u3400-\u9fff]", text))
    return ["wrong-charset"] if han >= 40 and common_share(text) < 0.12 else []


_CJK_IN_UTF8 = re.compile(
    rb"[\xe4-\xe9][\x80-\xbf]{2}|\xe3\x80[\x80-\xbf]|\xef[\xbc-\xbd][\x80-\xbf]|\xe2\x80[\x80-\xbf]"
)


def _utf8_as_gb18030(text: str) -> list[str]:
    """Find UTF-8 bytes read as GBK (澶фā): encoded back, nearly all of them are UTF-8 sequences again."""
    if not re.search("[\u3400-\u9fff]", text):
        return []
    body = text.encode("gb18030", "ignore")
    total = sum(1 for byte in body if byte > 0x7F)
    covered = sum(map(len, _CJK_IN_UTF8.findall(body)))
    return ["utf8-as-gb18030"] if covered >= 9 and covered > 0.6 * total else []


_WINDOW = 600  # characters; see design/encoding.md: 0 of 1,666 clean windows, 79 % of those of a Chinese scan


def is_noise(text: str) -> bool:
    """Tell whether a text is what OCR of the wrong language leaves: short tokens and capitals without words."""
    starts = range(0, max(1, len(text) - _WINDOW // 2), _WINDOW)
    windows = [text[start : start + _WINDOW] for start in starts]
    long_enough = [window for window in windows if len(window) >= _WINDOW // 2]
    return bool(long_enough) and sum(map(_noisy, long_enough)) > 0.3 * len(long_enough)


def _noisy(window: str) -> bool:
    han = len(re.findall("[\u3400-\u9fff]", window))
    tokens = window.split()
    letters = sum(1 for ch in window if ch.isalpha())
    short = sum(1 for token in tokens if len(token) <= 2)
    upper = sum(1 for ch in window if ch.isupper())
    return bool(
        tokens and letters and han < 0.05 * len(window) and short > 0.35 * len(tokens) and upper > 0.35 * letters
    )
