"""A printed line, cut into what a template sets apart: code, and characters that were guessed."""

from __future__ import annotations

import re

from digest.model import Both, Guess, Line
from digest.render import words


def shown(text: str | None) -> str:
    r"""Make a text fit to stand on one line of a page: control characters go, white space becomes one blank.

    >>> shown(" a\n b\x00\u3000c ")
    'a b\u3000c'
    """
    return re.sub(
        r"[\x00-\x08\x0e-\x1b\x7f]", "", re.sub(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+", " ", text or "")
    ).strip()


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


Run = tuple[tuple[tuple[str, Guess | None], ...], bool]
"""A stretch of a line in one style: its pieces, each with the guess that it is or None, and whether it is code."""


def segments(line: Line) -> list[tuple[str, bool]]:
    """Cut a line at its code spans: (text, is it code), in order, nothing lost but white space at the ends.

    >>> segments(Line("en", "Call f() now", code=((5, 8),)))
    [('Call ', False), ('f()', True), (' now', False)]
    """
    return [("".join(text for text, _ in pieces), code) for pieces, code in runs(line)]


def runs(line: Line) -> list[Run]:
    """Cut a line as `segments` does, and within each at the characters that are guesses.

    >>> [[text for text, _ in pieces] for pieces, _ in runs(Line("zh", "模型在此", guesses=(Guess(2, "在", 0.6),)))]
    [['模型', '在', '此']]
    """
    cuts: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in code_runs(line):
        cuts += [(at, start, False), (start, end, True)]
        at = end
    cuts.append((at, len(line.text), False))
    found: list[Run] = []
    for n, (start, end, code) in enumerate(cuts):
        pieces = [(_inner(text), guess) for text, guess in _at_guesses(line, start, end)]
        if n == 0:
            pieces[0] = (pieces[0][0].lstrip(), pieces[0][1])
        if n == len(cuts) - 1:
            pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
        if kept := tuple((text, guess) for text, guess in pieces if text):
            found.append((kept, code))
    return found


def _at_guesses(line: Line, start: int, end: int) -> list[tuple[str, Guess | None]]:
    """Cut a stretch of a line before and behind each character that is a guess."""
    cuts: list[tuple[str, Guess | None]] = []
    at = start
    for guess in sorted(line.guesses, key=lambda guess: guess.at):
        if at <= guess.at < end and line.text[guess.at] == guess.chosen and shown(guess.chosen):
            cuts += [(line.text[at : guess.at], None), (guess.chosen, guess)]
            at = guess.at + 1
    return [*cuts, (line.text[at:end], None)]


def readings(guess: Guess) -> Both:
    """Say what else a guessed character may be."""
    return words.readings([shown(text) for text, _ in guess.others if shown(text)])


def _inner(text: str) -> str:
    """Tidy a piece of a line as `shown` does, but keep a blank at its ends."""
    return shown(f"[{text}]")[1:-1]
