"""Text that nothing can bring back: recognised by what the damage left, and named."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import permutations

from digest.decode import common_share
from digest.normalise.repair.sequences import foreign

_EAST = re.compile("[\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f]")
_HAN = re.compile("[\u3400-\u9fff]")

# What the codes of lost text mean, for reports.
WHY = {
    "gone:U+FFFD": "characters were replaced by U+FFFD; nothing is left of them",
    "gone:锟斤拷": "U+FFFD was encoded again: nothing is left of the characters",
    "gone:烫烫烫": "memory that was never written to, not text",
    "gone:?": "characters were replaced by question marks; nothing is left of them",
    "lost-c1": "all of the bytes 80 to 9F were stripped: too little is left of each character",
    "wrong-charset": "bytes of one East Asian charset were read by another",
    "ocr-noise": "noise of an OCR engine for another script, not an encoding",
}


def gone(text: str) -> list[str]:
    """Name what of a text is lost for good."""
    return [*_replaced(text), *_question_marks(text)]


# A word of its own among punctuation is spoken of; as damage it stands in runs, and among other characters.
_SPOKEN_OF = re.compile(r"(?<![\u3400-\u9fff])(?:锟斤拷|烫烫烫|屯屯屯)(?![\u3400-\u9fff])")


def _replaced(text: str) -> list[str]:
    found = []
    text = _SPOKEN_OF.sub("", text)
    if "\ufffd" in text:
        found.append("gone:U+FFFD")
    if "锟斤拷" in text or "锟斤" in text or "斤拷锟" in text:  # U+FFFD in UTF-8, read as GBK
        found.append("gone:锟斤拷")
    if re.search("烫烫烫|屯屯屯|葺葺葺", text):  # fresh memory of Visual C++ (CC, CD, FE…) read as GBK
        found.append("gone:烫烫烫")
    return found


def _question_marks(text: str) -> list[str]:
    """Find Han characters turned into question marks: runs of three and more that make up most of the text."""
    if "???" not in text:
        return []
    found = re.finditer(r"\?{3,}", text)
    runs = sum(
        run.end() - run.start() for run in found if not text[max(0, run.start() - 1) : run.start()].isalpha()
    )  # Why??? asks
    return ["gone:?"] if runs >= 8 and 3 * runs > len(re.sub(r"[\W_]+", "", text)) else []


_SAMPLE = 50_000  # characters that tell a charset; each of 30 readings takes them all
_CHARSETS = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")


def wrong_east_asian(text: str) -> list[str]:
    """Find bytes of one East Asian charset that were read by another (Big5 as GBK …).

    Han characters of which none are frequent; encoded back and read by another charset they are running text.
    """
    return list(_wrong_in(text[:_SAMPLE]))


@lru_cache(maxsize=16)  # the same text is asked about up to seven times
def _wrong_in(text: str) -> tuple[str, ...]:
    if len(_EAST.findall(text)) < 40 or common_share(text) >= 0.12:
        return ()
    for read_by, charset in permutations((*_CHARSETS, "utf-8"), 2):
        again = text.encode(read_by, "ignore").decode(charset, "ignore")
        han = len(_HAN.findall(again))
        if han >= 20 and han >= 0.5 * foreign(again) and common_share(again) >= 0.3:
            return ("wrong-charset",)
    return ()


_WINDOW = 600  # characters
# Of the windows of a Chinese book read by an English OCR engine, 79 % are noisy; of the clean Chinese ones, none. Prose
# in other languages, source code, tables and PostScript (21,000 files of installed packages) never reach the share.
_NOISE = 0.4
_LEAST_NOISE = 3  # windows


def is_noise(text: str) -> bool:
    """Tell whether a text is what OCR of the wrong script leaves: short tokens and capitals without words."""
    starts = range(0, max(1, len(text) - _WINDOW // 2), _WINDOW)
    windows = [text[start : start + _WINDOW] for start in starts]
    long_enough = [window for window in windows if len(window) >= _WINDOW // 2]
    return sum(map(_noisy, long_enough)) > max(_LEAST_NOISE - 1, _NOISE * len(long_enough))


def _noisy(window: str) -> bool:
    """Tell noise by its many short tokens and capitals, no two alike; tables and constants repeat their tokens."""
    tokens = window.split()
    short = sum(1 for token in tokens if len(token) <= 2)
    if short <= 0.35 * len(tokens) or len(set(tokens)) <= 0.55 * len(tokens) or "_" in window[: len(window) // 2]:
        return False
    if len(_HAN.findall(window)) >= 0.05 * len(window):
        return False
    letters = sum(1 for ch in window if ch.isalpha())
    upper = sum(1 for ch in window if ch.isupper())
    return letters > 0.6 * sum(map(len, tokens)) and upper > 0.35 * letters
