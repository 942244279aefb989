"""Markdown within one line → its text and code spans: escapes, links, emphasis (CommonMark 0.31, section 6).

The sign of a footnote, `[^1]`, is markup too: our own page has one behind each line with characters that are not sure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.model import Guess

_TOKEN = re.compile(
    r"(?P<code>(?P<fence>`++)(?P<inside>.+?)(?<!`)(?P=fence)(?!`))"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|!?\[(?P<label>(?:\\.|[^\[\]\\])*)\]\((?P<url>(?:\\.|[^()\s\\]|\([^()\s]*\))+)(?:\s+\"[^\"]*\")?\)"
    r"|(?P<footnote>\[\^\d+\])"
    r"|<(?P<auto>https?://[^<>\s]+)>"
    r"|(?P<marks>\*+|_+)"
    r"|(?P<plain>https?://[^\s<>]+|`+)"
)


@dataclass(frozen=True, slots=True)
class Inline:
    """The text of a line without its markup; `code` are stretches of `text`, `links` the addresses it pointed to.

    `guesses` are the characters of `text` that are not sure.
    """

    text: str
    code: tuple[tuple[int, int], ...] = ()
    links: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(slots=True)
class _Piece:
    text: str
    marks: bool = False
    code: bool = False


def inline(line: str) -> Inline:
    r"""Take the markup out of a line; stars and underscores that mark no emphasis stay.

    >>> inline(r"*Use `a*b` in [the docs](https://a.example/x_y)*, 8 * 80 \*not\* snake_case").text
    'Use a*b in the docs, 8 * 80 *not* snake_case'
    """
    pieces: list[_Piece] = []
    links: list[str] = []
    at = 0
    for match in _TOKEN.finditer(line):
        pieces.append(_Piece(line[at : match.start()]))
        at = match.end()
        if match["code"]:
            pieces.append(_Piece(_unpadded(match["inside"]), code=True))
        elif match["escaped"]:
            pieces.append(_Piece(match["escaped"]))
        elif match["url"]:
            links.append(unescaped(match["url"]))
            label = inline(match["label"])
            pieces += _cut(label)
        elif match["footnote"]:
            continue
        elif match["auto"]:
            links.append(match["auto"])
            pieces.append(_Piece(match["auto"]))
        elif match["marks"]:
            pieces.append(_Piece(match["marks"], marks=True))
        else:
            pieces.append(_Piece(match["plain"]))
    pieces.append(_Piece(line[at:]))
    _drop_emphasis(pieces)
    return _joined(pieces, tuple(links))


def unescaped(text: str) -> str:
    r"""Undo Markdown's backslash escapes.

    >>> unescaped(r"a\_b\(c\)\d")
    'a_b(c)\\d'
    """
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def _unpadded(code: str) -> str:
    return code[1:-1] if code[:1] == code[-1:] == " " and code.strip() else code


def _cut(label: Inline) -> list[_Piece]:
    pieces, at = [], 0
    for start, end in label.code:
        pieces += [_Piece(label.text[at:start]), _Piece(label.text[start:end], code=True)]
        at = end
    return [*pieces, _Piece(label.text[at:])]


def _drop_emphasis(pieces: list[_Piece]) -> None:
    """Empty the runs of stars and underscores that open and close emphasis; a run may close a longer one in part."""
    open_runs: list[int] = []
    for number, piece in enumerate(pieces):
        if not piece.marks:
            continue
        before = next((p.text[-1] for p in reversed(pieces[:number]) if p.text), " ")
        after = next((p.text[0] for p in pieces[number + 1 :] if p.text), " ")
        closes, opens = not before.isspace(), not after.isspace()
        if piece.text[0] == "_":  # between two letters or digits an underscore marks nothing
            closes, opens = closes and not after.isalnum(), opens and not before.isalnum()
        opener = next((n for n in reversed(open_runs) if pieces[n].text == piece.text), -1)
        if closes and opener >= 0:
            pieces[opener].text = piece.text = ""
            del open_runs[open_runs.index(opener) :]
        elif opens:
            open_runs.append(number)


def _joined(pieces: list[_Piece], links: tuple[str, ...]) -> Inline:
    text, code = "", []
    for piece in pieces:
        if piece.code and piece.text:
            code.append((len(text), len(text) + len(piece.text)))
        text += piece.text
    lead = len(text) - len(text.lstrip())
    shown = text.strip()
    spans = ((max(0, a - lead), min(len(shown), b - lead)) for a, b in code)
    return Inline(shown, tuple((a, b) for a, b in spans if a < b), links)
