"""A printed line, cut into what a template sets apart: code, characters that were guessed, terms with their glosses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from digest.model import Both, Gloss, Guess, Line, base_lang
from digest.printable import printable
from digest.render import words


def shown(text: str | None) -> str:
    r"""Make a text fit to stand on one line: white space becomes one blank, what is never printed goes.

    >>> shown(" a\n b\x00\u3000c "), shown("a\u202eb\x9b31m\r\n\x00c\u2028d")
    ('a b\u3000c', 'ab31m c d')
    """
    return _BLANKS.sub(" ", printable(_BLANKS.sub(" ", text or ""))).strip()


_BLANKS = re.compile(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")


def code_runs(line: Line) -> list[tuple[int, int]]:
    """Give the code spans of a line within its bounds, in order; those that touch become one."""
    runs: list[tuple[int, int]] = []
    for start, end in sorted(line.code):
        start, end = max(start, 0), min(end, len(line.text))
        if not shown(line.text[start:end]):
            continue
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: the guess that it is, whether it is of a term, and the gloss that follows it."""

    text: str
    guess: Guess | None = None
    term: bool = False
    gloss: Gloss | None = None


Run = tuple[tuple[Piece, ...], bool]
"""A stretch of a line in one style: its pieces, and whether it is code."""


def segments(line: Line) -> list[tuple[str, bool]]:
    """Cut a line at its code spans: (text, is it code), in order, nothing lost but white space at the ends.

    >>> segments(Line("en", "Call f() now", code=((5, 8),)))
    [('Call ', False), ('f()', True), (' now', False)]
    """
    texts = [("".join(piece.text for piece in pieces), code) for pieces, code in runs(line)]
    return [(text, code) for text, code in texts if text]


def runs(line: Line, terms: Iterable[Both] = ()) -> list[Run]:
    """Cut a line as `segments` does, and within each at guesses, terms and glosses. A gloss stands outside of code.

    `terms` are those that the line's glosses explain.

    >>> [[piece.text for piece in pieces] for pieces, _ in runs(Line("zh", "模型在此", guesses=(Guess(2, "在", 0.6),)))]
    [['模型', '在', '此']]
    """
    glosses = {gloss.at: gloss for gloss in line.glosses if 0 < gloss.at <= len(line.text) and shown(gloss.text)}
    spans = [span for gloss in glosses.values() if (span := _term(line, gloss, terms))]
    cuts: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in code_runs(line):
        cuts += [(at, start, False), (start, end, True)]
        at = end
    cuts.append((at, len(line.text), False))
    found: list[Run] = []
    for n, (start, end, code) in enumerate(cuts):
        pieces = _cut(line, start, end, glosses, spans)
        if n == 0:
            pieces[0] = replace(pieces[0], text=pieces[0].text.lstrip())
        if n == len(cuts) - 1:
            pieces[-1] = replace(pieces[-1], text=pieces[-1].text.rstrip())
        behind = tuple(Piece("", gloss=piece.gloss) for piece in pieces if code and piece.gloss)
        if code:
            pieces = [replace(piece, gloss=None) for piece in pieces]
        if kept := tuple(piece for piece in pieces if piece.text or piece.gloss):
            found.append((kept, code))
        if behind:
            found.append((behind, False))
    return found


def _cut(
    line: Line, start: int, end: int, glosses: dict[int, Gloss], terms: Sequence[tuple[int, int]]
) -> list[Piece]:  # fmt: skip
    """Cut a stretch of a line before and behind each guess and each term."""
    guesses = {
        guess.at: guess
        for guess in line.guesses
        if start <= guess.at < end and line.text[guess.at] == guess.chosen and shown(guess.chosen)
    }
    cuts = {start, end, *guesses, *(at + 1 for at in guesses)}
    cuts.update(at for at in (*glosses, *(side for term in terms for side in term)) if start < at < end)
    return [
        Piece(
            text if a in guesses else _inner(text),
            guesses.get(a),
            any(first <= a < last for first, last in terms),
            glosses.get(b),
        )
        for a, b in pairwise(sorted(cuts))
        for text in (line.text[a:b],)
    ] or [Piece("")]


_ENDING = 3  # characters by which a term in a line may differ from its entry: "policies" for "policy"


def _term(line: Line, gloss: Gloss, terms: Iterable[Both]) -> tuple[int, int] | None:
    """Find the term that a gloss explains: it ends where the gloss stands, maybe with another ending.

    >>> _term(Line("en", "Two language models"), Gloss(19, "语言模型", "zh-Hans"), [Both("语言模型", "language model")])
    (4, 19)
    """
    side, text = base_lang(gloss.lang), _plain(line.text)
    if len(text) != len(line.text):  # a few capitals become two characters, and places would shift
        return None
    for term in terms:
        own = (term.en if side == "zh" else term.zh) or ""
        if term.get(side) != gloss.text or not own:
            continue
        for cut in range(_ENDING + 1):
            start = text.rfind(_plain(own)[: len(own) - cut], max(0, gloss.at - len(own) - _ENDING), gloss.at)
            if start >= 0 and 2 * cut < len(own):
                return start, gloss.at
    return None


def _plain(text: str) -> str:
    return text.lower().replace("-", " ")


def readings(guess: Guess) -> Both:
    """Say what else a guessed character may be."""
    return words.readings([shown(text) for text, _ in guess.others if shown(text)])


def _inner(text: str) -> str:
    """Tidy a piece of a line as `shown` does, but keep a blank at its ends."""
    return shown(f"[{text}]")[1:-1]
