"""A day without what is never printed: every text of it, whoever wrote it, before any form of it is written."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any, TypeVar, cast

from digest.model import Line
from digest.printable import printable

T = TypeVar("T")


def inert(value: T) -> T:
    r"""Give a noun, or a tuple of them, with every text printable; what is sound is given back itself.

    >>> inert(Line("en", "a\u202eb f()", code=((4, 7),)))
    Line(lang='en', text='ab f()', places=(), code=((3, 6),), guesses=(), glosses=())
    """
    return cast(T, _inert(value))


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        found = tuple(map(_inert, value))
        return value if all(new is old for new, old in zip(found, value, strict=True)) else found
    if not is_dataclass(value) or isinstance(value, type):
        return value
    if isinstance(value, Line):
        value = _line(value)
    old = {field.name: getattr(value, field.name) for field in fields(value)}
    changed = {name: new for name, each in old.items() if (new := _inert(each)) is not each}
    return replace(value, **changed) if changed else value


def _line(line: Line) -> Line:
    """Clean a line's text and move what counts its characters; a guess that goes is told of no more."""
    if printable(line.text) is line.text:
        return line
    length = len(line.text)
    marks = [at for span in line.code for at in span] + [at for g in line.guesses for at in (g.at, g.at + 1)]
    cuts = sorted({0, length, *(at for at in (*marks, *(g.at for g in line.glosses)) if 0 < at < length)})
    pieces = [printable(line.text[a:b]) for a, b in pairwise(cuts)]
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    at = dict(zip(cuts, ends, strict=True))
    moved = [replace(g, at=at[g.at]) for g in line.guesses if g.at in at]
    text = "".join(pieces)
    return replace(
        line,
        text=text,
        code=tuple((_moved(at, start, length), _moved(at, end, length)) for start, end in line.code),
        guesses=tuple(g for g in moved if text[g.at : g.at + 1] == g.chosen),
        glosses=tuple(replace(g, at=_moved(at, g.at, length)) for g in line.glosses),
    )


def _moved(at: dict[int, int], place: int, length: int) -> int:
    return at[min(max(place, 0), length)]
