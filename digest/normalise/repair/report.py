"""What a repair says of a text: what was undone, what was guessed and how surely, what was refused and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.model import Guess

# A guess less sure than this is marked wherever it is printed.
UNSURE = 0.95


def line_starts(text: str) -> list[int]:
    r"""Give where the lines of a text start, as a repair counts them: a line ends at \n and nowhere else.

    >>> line_starts("a\r\nb\x85c")
    [0, 3]
    """
    return [0, *(end.end() for end in re.finditer("\n", text))]


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was left as it is: its number from 1, the damage's name, and why it was not read."""

    line: int
    damage: str
    why: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A text after repair.

    `repairs` are codes of what was undone ("ftfy:sloppy-windows-1252", "read:cp1254"), `damage` codes of what could
    not be (digest.normalise.repair.evidence lists them). `guesses` has every character that had lost bytes and was
    read again, sure or not, in the order of their places in `text`; `refused` the lines that were left.
    """

    text: str
    repairs: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def unsure(self) -> tuple[Guess, ...]:
        return tuple(guess for guess in self.guesses if guess.sure < UNSURE)
