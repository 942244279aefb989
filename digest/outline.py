"""The headings of a post as its outline, each beside the heading that says the same (pure)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, pairwise

from digest.abstract.stock import stock_heading
from digest.abstract.wording import CLOSING
from digest.align.titles import read_titles
from digest.model import FULL_TAG, Document, Line, LinePair, Verdict, base_lang
from digest.normalise.split import sentences
from digest.pairs import Aligned, Encoded, line_of

MOST_HEADINGS = 8
MOST_COUNTED = 100  # headings of a level that tell whether they are numbered
LEAST_HEADINGS = 2
LONGEST_HEADING = 120  # characters
# What may stand at the edges of a heading and is no part of it: blanks, emoji, bullets, and the number of the section.
# A number without a mark behind it ("2 The table") is one only where the headings count up; else it may count things.
_SIGNS = (
    r"(?:[\s\u200b-\u200f\u2060\ufe0f\ufeff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
    r"•·‣⁃]|\d\ufe0f?\u20e3|[-–—*#>|+]+(?=\s))*"
)
_NUMBER, _MARK = r"(\d{1,2}(?:\.\d{1,2})*)", r"[.)、．:：](?:\s+|(?=[\u4e00-\u9fff]))"
BEFORE = re.compile(rf"^{_SIGNS}(?:{_NUMBER}{_MARK}{_SIGNS})?(?=\S)")
BEFORE_COUNTED = re.compile(rf"^{_SIGNS}(?:{_NUMBER}(?:{_MARK}|\s+){_SIGNS})?(?=\S)")
BEHIND = re.compile(r"[\s:：\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]*$")


def outline_of(document: Document, post: str, pair_of: Mapping[int, LinePair] | None = None) -> tuple[LinePair, ...]:
    """Give the headings of the first level that has two of them, at most MOST_HEADINGS; () where there are too few.

    `pair_of` are the pairs with the other edition's headings by the number of the paragraph; only they are taken where
    it is given. Without an edition, a heading of the stock list has its other side from there, and the others stand
    alone. Left out are headings of sections that say nothing of the post, and names, which are the same in both
    languages.
    """
    found = []
    for number in _numbers(document):
        line = _heading(document, number)
        if pair_of is None and line and read_titles(line.text, line.text).state != "names":
            found.append(_from_stock(line, post))
        elif pair_of is not None and number in pair_of:
            found.append(pair_of[number])
    once: dict[str, LinePair] = {}
    for pair in found:
        once.setdefault("\n".join(line.text.casefold() for line in (pair.zh, pair.en) if line), pair)
    kept = tuple(once.values())[:MOST_HEADINGS]
    return kept if len(kept) >= LEAST_HEADINGS else ()


def heading_pairs(aligned: Aligned, verdicts: Mapping[int, Verdict], post: str) -> dict[int, LinePair]:
    """Give the verified pairs of whole headings, by the paragraph's number in the edition that lines come from."""
    found = {}
    for index, verdict in verdicts.items():
        bead = aligned.beads[index]
        if verdict.verified and _is_heading(aligned.zh, bead.zh) and _is_heading(aligned.en, bead.en):
            zh, en = _bare(
                (aligned.zh.document, aligned.zh.line(bead.zh)), (aligned.en.document, aligned.en.line(bead.en))
            )
            own = zh if aligned.mine == "zh" else en
            found[own.places[0].paragraph] = LinePair(_id(post, own), zh, en, "human", verdict)
    return found


def _numbers(document: Document) -> Iterator[int]:
    """Give the paragraphs that outline the post, by their numbers."""
    given = {
        number: paragraph
        for number, paragraph in enumerate(document.paragraphs)
        if paragraph.kind == "heading"
        and _says_something(paragraph.text)
        and paragraph.text.strip().casefold() != document.title.strip().casefold()
    }
    levels = Counter(paragraph.level for paragraph in given.values())
    level = next((level for level in sorted(levels) if levels[level] >= LEAST_HEADINGS), None)
    return (number for number, paragraph in given.items() if paragraph.level == level)


def _says_something(text: str) -> bool:
    return any(char.isalpha() for char in text) and len(text) <= LONGEST_HEADING and not CLOSING.search(text.strip())


def _heading(document: Document, number: int) -> Line | None:
    found = sentences((document.paragraphs[number],))
    if not found:
        return None
    (line,) = _bare((document, line_of(document, [replace(sentence, paragraph=number) for sentence in found])))
    return line


def _from_stock(line: Line, post: str) -> LinePair:
    """Pair a heading with what the stock list calls it; alone where it is not on the list."""
    side = base_lang(line.lang)
    other = "en" if side == "zh" else "zh"
    text = stock_heading(line.text, side)
    across = Line(FULL_TAG[other], text) if text else None
    zh, en = (line, across) if side == "zh" else (across, line)
    verdict = Verdict(1.0, True, "exact", (), 1.0) if text else Verdict(0.0, False)
    return LinePair(_id(post, line), zh, en, "stock" if text else "none", verdict)


def _is_heading(text: Encoded, run: tuple[int, ...]) -> bool:
    numbers = {text.sentences[i].paragraph for i in run}
    return len(numbers) == 1 and text.document.paragraphs[min(numbers)].kind == "heading"


def _bare(*sides: tuple[Document, Line]) -> tuple[Line, ...]:
    """Give headings without what stands at their edges, where it can be left out of all."""
    lines = [line for _, line in sides]
    starts = [_length(_before(document, line).match(line.text)) for document, line in sides]
    ends = [_length(BEHIND.search(line.text)) for line in lines]
    return tuple(
        _part(line, start if all(starts) else 0, len(line.text) - (end if all(ends) else 0))
        for line, start, end in zip(lines, starts, ends, strict=True)
    )


def _before(document: Document, line: Line) -> re.Pattern[str]:
    """Give what may be left out before a heading: a bare number too where the headings of its level count up."""
    level = document.paragraphs[line.places[0].paragraph].level
    headings = (p.text for p in document.paragraphs if p.kind == "heading" and p.level == level)
    texts = list(islice(headings, MOST_COUNTED))
    found = [BEFORE_COUNTED.match(text) for text in texts if _says_something(text)]
    numbers = [tuple(map(int, match[1].split("."))) if match and match[1] else () for match in found]
    return BEFORE_COUNTED if all(numbers) and all(_follows(*two) for two in pairwise(((0,), *numbers))) else BEFORE


def _follows(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    """Tell whether a section's number comes next after another: (2,) → (3,), (2, 4) → (2, 5) or (3, 1)."""
    return one < two and two[0] - one[0] <= 1


def _length(found: re.Match[str] | None) -> int:
    return len(found.group()) if found else 0


def _part(line: Line, start: int, end: int) -> Line:
    """Give the stretch of a heading, which is one place."""
    place = line.places[0]
    return replace(
        line,
        text=line.text[start:end],
        places=(replace(place, start=place.start + start, end=place.start + end),),
        code=tuple((max(a, start) - start, min(b, end) - start) for a, b in line.code if b > start and a < end),
        guesses=tuple(replace(guess, at=guess.at - start) for guess in line.guesses if start <= guess.at < end),
    )


def _id(post: str, line: Line) -> str:
    return hashlib.sha256(f"{post} heading {line.text}".encode()).hexdigest()[:8]
