"""Marks that carry the places of unsure characters from a repaired source through any parser to its paragraphs.

A whole source is repaired before it is parsed, for U+00A0 and controls are data of the damage; but no parser says where
in the source its text stood. So each unsure character is followed by a mark, which parsers take for text, and which is
taken off again where a block becomes a paragraph. A line that was refused has a mark behind each of its characters
beyond ASCII.

A mark is three variation selectors of the supplement (U+E0100 to U+E01EF): the digits of a number in base 240. They are
printable (trafilatura drops what is not), no letters, no white space and no punctuation, and no text has three in a
row: a character takes one (The Unicode Standard, section 23.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from digest.model import Guess
from digest.normalise.repair.evidence import Evidence, evidence_of
from digest.normalise.repair.report import Mended, Refused, line_starts
from digest.normalise.repair.source import mend_source
from digest.printable import NO_XML

Element = Any  # lxml ships no types

Known = tuple[Guess | Refused, ...]
"""What marks stand for, by their number."""

_FIRST, _BASE, _DIGITS = 0xE0100, 240, 3
_SELECTOR = "[\U000e0100-\U000e01ef]"
_MARK = re.compile(_SELECTOR + "{3}")
_RUN = re.compile(f"(?<={_SELECTOR}){_SELECTOR}+")
_IGNORED = "\u200b"  # takes the place of a selector that is none; `printable` strips it
# A mark as it stands in an address that a Markdown reader escaped: F3 A0 84 80 to F3 A0 87 AF.
_ESCAPED = re.compile(r"(?:%F3%A0%8[4-7]%[89AB][0-9A-F]){3}", re.IGNORECASE)
_BEYOND_ASCII = re.compile(f"(?!{_SELECTOR})[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Source:
    """A source after its repair: `text` with its marks, what they stand for, what the source showed before."""

    text: str
    known: Known
    mended: Mended
    evidence: Evidence


def source_of(text: str) -> Source:
    """Repair a whole source, markup and all, and mark what is unsure in it; a sound one comes back as it is."""
    evidence = evidence_of(text)
    mended = mend_source(text)
    return Source(*marked(mended), mended, evidence)


def marked(mended: Mended, known: Known = ()) -> tuple[str, Known]:
    """Give a repaired text with its marks, and what they stand for; the text itself where nothing is to be marked.

    `known` is what marks stand for that the text has already. White space is never marked: nobody sees how it was read.

    >>> text, known = marked(Mended("模型", guesses=(Guess(1, "型", 0.6, (("垄", 0.3),)),)))
    >>> len(text), known[0].chosen, placed(text, known)[1][0].at
    (5, '型', 1)
    """
    unsure = [guess for guess in mended.unsure if not guess.chosen.isspace()]
    if not unsure and not mended.refused:
        return mended.text, known
    text = mended.text if known else _RUN.sub(lambda run: _IGNORED * len(run.group()), mended.text)
    places = [(guess.at + 1, number) for number, guess in enumerate(unsure, len(known))]
    if mended.refused:
        starts = line_starts(text)
        for number, refused in enumerate(mended.refused, len(known) + len(unsure)):
            start = starts[refused.line - 1]
            end = starts[refused.line] if refused.line < len(starts) else len(text)
            places += [(match.end(), number) for match in _BEYOND_ASCII.finditer(text, start, end)]
    out, at = [], 0
    for place, number in sorted(places):
        out += [text[at:place], _mark(number)]
        at = place
    return "".join([*out, text[at:]]), (*known, *unsure, *mended.refused)


def _mark(number: int) -> str:
    digits = []
    for _ in range(_DIGITS):
        number, digit = divmod(number, _BASE)
        digits.append(chr(_FIRST + digit))
    return "".join(reversed(digits))


def _number(mark: str) -> int:
    number = 0
    for digit in mark:
        number = number * _BASE + ord(digit) - _FIRST
    return number


def placed(text: str, known: Known) -> tuple[str, tuple[Guess, ...], tuple[str, ...]]:
    """Take the marks off a text: (text, its unsure characters in their places, the damage of lines refused in it).

    A mark that stands for nothing here, or behind another character than the one it is of, says nothing.
    """
    if not known or not _MARK.search(text):
        return text, (), ()
    out: list[str] = []
    guesses: list[Guess] = []
    damage: dict[str, None] = {}
    at = length = 0
    for match in _MARK.finditer(text):
        out.append(text[at : match.start()])
        length += match.start() - at
        at = match.end()
        number = _number(match.group())
        found = known[number] if number < len(known) else None
        if isinstance(found, Refused):
            damage[found.damage] = None
        elif found is not None and out[-1][-1:] == found.chosen:
            guesses.append(replace(found, at=length - 1))
    return "".join([*out, text[at:]]), tuple(guesses), tuple(damage)


def unmarked(text: str) -> str:
    """Take the marks off a text, or off an address, whatever they stand for.

    >>> unmarked("https://a.example/" + "%F3%A0%84%80" * 3), unmarked("葛" + chr(0xE0100))
    ('https://a.example/', '葛󠄀')
    """
    return _ESCAPED.sub("", _MARK.sub("", text))


def is_marked(text: str) -> bool:
    return bool(_MARK.search(text) or _ESCAPED.search(text))


def unmark_attributes(tree: Element) -> None:
    """Take the marks off the attributes of a tree, but where they hold text: of <meta> (a title), and `alt`."""
    for element in tree.iter():
        if element.tag == "meta":
            continue
        for name, value in element.attrib.items():
            if name != "alt" and is_marked(value):
                element.set(name, NO_XML.sub("", unmarked(value)))


def unmark_texts(tree: Element) -> None:
    """Take the marks off all text of a tree, once its blocks were read."""
    for element in tree.iter():
        if element.text and is_marked(element.text):
            element.text = NO_XML.sub("", unmarked(element.text))
        if element.tail and is_marked(element.tail):
            element.tail = NO_XML.sub("", unmarked(element.tail))
