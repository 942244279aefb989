"""Which characters are never printed, and a text without them: the one list that every output goes by (pure).

What a stranger writes may turn a line around, hide in it, or drive a terminal. Such characters are evidence of how a
text was damaged, so stored bytes keep them; they are taken out after the repair, before anything is printed. The list
follows the Unicode Standard: controls (general category Cc), bidirectional controls (UAX #9, section 2), default
ignorable code points that join nothing (DerivedCoreProperties), noncharacters (section 23.7), tags (section 23.9).
What scripts and emoji need stays: joiners between letters of scripts that join, and within emoji sequences (UTS #51,
section 2.3), tags of subdivision flags (its annex C), one variation selector a character (section 23.4).
"""

from __future__ import annotations

import re

MOST_MARKS = 5  # combining marks in a row: pointed Hebrew with an accent has five, Vietnamese and Thai two

# Part words or lines, so a blank takes their place: VT, FF, NEL, line and paragraph separators.
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
SURROGATES = re.compile("[\ud800-\udfff]")  # halves of a character: no encoding has them
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2: Char
_NEVER = (
    "\x00-\x08\x0d-\x1f\x7f-\x84\x86-\x9f"  # controls but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a"  # nothing is seen of them
    "\ufff0-\ufffc"  # interlinear annotation, the object that is not there
    "\ufdd0-\ufdef" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # tags, and what is reserved beside them
)  # fmt: skip
# Letters and marks of scripts whose spelling needs joiners: Arabic, Syriac, N'Ko, those of India, Burmese, Khmer,
# Mongolian.
_JOINING = (
    "\u0600-\u061b\u061d-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u18af\ufb50-\ufdcf\ufdf0-\ufdff"
    "\ufe70-\ufefc"
)
_PICTURE = "\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_SELECTOR = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARK = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_SUSPECT = re.compile(f"[\x0b\x0c\x85\u2028\u2029\ud800-\udfff{_NEVER}\u200c\u200d{_SELECTOR}{_MARK}]")
_STRIPPED = re.compile(f"({_FLAG})|[{_NEVER}]")
# Those behind another selector, and those behind nothing, a joiner or ASCII; a digit may become a keycap.
_SELECTORS = re.compile(
    f"(?<=[{_SELECTOR}])[{_SELECTOR}]+|(?<![^\x00-\x7f\u200c\u200d])(?:(?<![0-9#*])[{_SELECTOR}]"
    "|[\ufe00-\ufe0d\U000e0100-\U000e01ef])"
)
_JOINERS = re.compile(
    f"(?<![{_JOINING}])\u200c|\u200c(?![{_JOINING}])"
    f"|(?<![{_JOINING}{_PICTURE}\ufe0f])\u200d|(?<=[{_JOINING}])\u200d(?![{_JOINING}])"
    f"|(?<=[{_PICTURE}\ufe0f])\u200d(?![{_PICTURE}])"
)
_HEAP = re.compile(f"([{_MARK}]{{{MOST_MARKS}}})[{_MARK}]+")


def printable(text: str, *, selectors: bool = True) -> str:
    r"""Take out of a text what is never printed; tabs and newlines stay. What is sound comes back as it is.

    Lone surrogates become U+FFFD, as no encoding has them. With `selectors` False runs of variation selectors stay:
    within a text that is being repaired they are marks.

    >>> printable("a\u202eb\u200b\x1b[31m c\u200dd\u2028e"), printable("👩\u200d💻 می\u200cشود")
    ('ab[31m cd e', '👩\u200d💻 می\u200cشود')
    >>> printable("z" + "\u0301" * 40) == "z" + "\u0301" * MOST_MARKS
    True
    """
    if not _SUSPECT.search(text):
        return text
    text = SURROGATES.sub("\ufffd", _BREAKS.sub(" ", text))
    text = _STRIPPED.sub(lambda found: found[1] or "", text)
    if selectors:
        text = _SELECTORS.sub("", text)
    return _HEAP.sub(r"\1", _JOINERS.sub("", text))
