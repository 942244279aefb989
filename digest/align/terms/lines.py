"""Terms on a page: those of a post that has no translation, and where an original may stand in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.align.terms.cut import LATIN, key_of, zh_key
from digest.align.terms.ledger import Ledger, Term
from digest.model import Both, Line, base_lang

MOST = 6  # terms of a post (design notes: at most six)


@dataclass(frozen=True, slots=True)
class FirstUse:
    """The first use of a term on a page: `original` may follow line number `line` at `end` in brackets."""

    line: int
    start: int
    end: int
    original: str


def terms_line(lines: Sequence[Line], ledger: Ledger, most: int = MOST) -> tuple[Both, ...]:
    """Give the technical terms of lines that stand in one language, the most specific first.

    Every term of a ledger was seen in both texts of verified pairs, in two of them or in brackets, or is the user's. Of
    those with a single word only what two posts have is given, and no Chinese word that stands for two terms: 推理 is
    inference here and reasoning there. What is sure (`Term.sure`) comes first, then terms of more words, then those
    that fewer posts have, then the earlier in the lines. Nothing that is the same in both languages, and nothing in
    code.
    """
    found: dict[Term, int] = {}
    for number, line in enumerate(lines):
        side = base_lang(line.lang)
        for seen in ledger.occurrences(line.text, side):
            term = seen.term
            if term.zh == term.en or not _is_specific(term) or _in_code(line, seen.start, seen.end):
                continue
            if term.fixed or side == "en" or not ledger.is_ambiguous(line.text[seen.start : seen.end]):
                found.setdefault(term, number)
    ranked = sorted(found, key=lambda term: (not term.sure, -_words(term), term.posts, found[term], key_of(term.en)))
    return tuple(Both(term.zh, term.en) for term in ranked[:most])


def first_uses(
    lines: Sequence[Line], ledger: Ledger, others: Sequence[Line | None] | None = None
) -> tuple[FirstUse, ...]:
    """Find the first use of each term in the lines of one page and language, where its original may be shown.

    `others` are the lines across, one for each: then a term is shown only where the line across says its original.
    A term that is the same in both languages has none; nor has one whose original stands in the line already.
    """
    found: list[FirstUse] = []
    done: set[str] = set()
    for number, line in enumerate(lines):
        side = base_lang(line.lang)
        across = others[number] if others is not None else None
        for seen in ledger.occurrences(line.text, side):
            key = key_of(seen.term.en)
            original = seen.term.en if side == "zh" else seen.term.zh
            if key in done or seen.term.zh == seen.term.en or _in_code(line, seen.start, seen.end):
                continue
            if others is not None and (across is None or not _says(across.text, original, side)):
                continue
            done.add(key)
            if not _says(line.text, original, side):
                found.append(FirstUse(number, seen.start, seen.end, original))
    return tuple(found)


def _is_specific(term: Term) -> bool:
    return term.fixed or _words(term) > 1 or term.posts > 1


def _says(text: str, original: str, side: str) -> bool:
    """Tell whether a text holds the original of a term of the lines on `side`."""
    if side == "en":
        return zh_key(original) in zh_key(text)
    return f" {key_of(original)} " in f" {' '.join(map(key_of, re.findall(LATIN, text)))} "


def _in_code(line: Line, start: int, end: int) -> bool:
    return any(a < end and start < b for a, b in line.code)


def _words(term: Term) -> int:
    return len(key_of(term.en).split())
