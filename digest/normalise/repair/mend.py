r"""The order of it all: damaged text → the text as it was, with what was guessed and what was left.

The evidence of the whole decides what a text's damage is; each line is read by it, and kept only if damaging the
reading again gives the line (for ftfy's own repairs, its word is taken). Then the text is judged again: mojibake of
mojibake takes more than one round. Text that shows no damage comes back as it was, character for character.

A line ends at \n and nowhere else: U+0085 and U+2028 may be bytes of a damaged character.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from digest.model import Guess
from digest.normalise.repair.evidence import Evidence, damage_of, evidence_of, outside_code
from digest.normalise.repair.refuse import gone
from digest.normalise.repair.report import Mended, Refused
from digest.normalise.repair.sequences import PAGES, near
from digest.normalise.repair.undo import by_ftfy, entities

_ROUNDS = 3  # mojibake of mojibake of mojibake is the deepest that was met
_NAMED = 0.05  # share of damaged lines left unread above which the text counts as damaged


def mend(text: str, *, like: Evidence | None = None) -> Mended:
    """Read a damaged text again; `like` is the evidence of the document that a short piece belongs to.

    Linear time. A text without damage costs a fraction of what ftfy takes.

    >>> mend("æ¨¡åž‹ä½¿ç”¨è¯´æ˜Ž").text
    '模型使用说明'
    >>> mend("“全角，标点！”（ＡＢＣ） naïve café").repairs
    ()
    """
    done: dict[str, None] = {}
    if "&amp;" in text and like is None and (plain := entities(text)) != text:
        done, text = {"entities": None}, plain
    if text.isascii():
        return Mended(text, tuple(done), _damage(text))
    work = _Work([line.removesuffix("\r") for line in text.split("\n")], done)
    for round_ in range(_ROUNDS):
        evidence = like if like is not None and not round_ else evidence_of(work.text)
        if not (work.read(evidence, piece=like is not None) if evidence else like is None and work.line_by_line()):
            break
    return work.mended(text)


@dataclass(slots=True)
class _Work:
    r"""The lines of a text (without \r), and what was done with them so far."""

    lines: list[str]
    repairs: dict[str, None]
    guesses: dict[int, tuple[Guess, ...]] = field(default_factory=dict)
    refused: dict[int, Refused] = field(default_factory=dict)
    damage: dict[str, None] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def read(self, evidence: Evidence, *, piece: bool = False) -> bool:
        """Read the lines that are damaged as the evidence says; tell whether another round may find more."""
        from digest.normalise.repair.reading import read_again, readable  # numpy and the models: only for damage

        outside = outside_code(self.lines) if evidence.parts else self.lines
        chosen = readable(self.lines, outside, evidence, piece=piece)
        code, readings = read_again([self.lines[n] for n in chosen], evidence)
        done, self.refused = 0, {}
        for n, reading in zip(chosen, readings, strict=True):
            if reading.text is None:
                self.refused[n] = Refused(n + 1, evidence.code, reading.why)
                continue
            done += 1
            self.lines[n] = reading.text
            if reading.guesses:
                self.guesses[n] = reading.guesses
        if done:
            self.repairs[code] = None
        if len(self.refused) > _NAMED * len(chosen):
            self.damage[evidence.code] = None
        return bool(done) and not self.guesses and not self.refused

    def line_by_line(self) -> bool:
        """Undo by ftfy where too little is damaged to judge the whole; tell whether another round may find more.

        A text of which most foreign lines are clean quotes the others.
        """
        whole = self.text
        shows = [found for found in _SIGNS if found().search(whole)]
        foreign = [n for n, line in enumerate(self.lines) if not line.isascii()] if shows else []
        suspects = [n for n in foreign if any(found().search(self.lines[n]) for found in shows)]
        if 2 * len(suspects) < len(foreign) or not suspects:
            return False
        outside = outside_code(self.lines)
        found_any = False
        for n in suspects:
            line = self.lines[n]
            if line == outside[n] and not _QUOTES.search(line):
                fixed, codes = by_ftfy(line)
                if codes and _is_sound(line, fixed, codes):
                    self.lines[n] = fixed
                    self.repairs.update(dict.fromkeys(codes))
                    found_any = True
        return found_any

    def mended(self, given: str) -> Mended:
        if "\r" in given:
            ends = ["\r" if line.endswith("\r") else "" for line in given.split("\n")]
            lines = [line + end for line, end in zip(self.lines, ends, strict=True)]
        else:
            lines = self.lines
        whole = "\n".join(lines)
        damage = dict.fromkeys((*self.damage, *gone(whole)) if self.damage else _damage(whole))
        return Mended(whole, tuple(self.repairs), tuple(damage), self._placed(lines), tuple(self.refused.values()))

    def _placed(self, lines: list[str]) -> tuple[Guess, ...]:
        """Give the guesses with their places in the text."""
        if not self.guesses:
            return ()
        placed: list[Guess] = []
        start = 0
        for n, line in enumerate(lines):
            placed += [Guess(start + each.at, each.chosen, each.sure, each.others) for each in self.guesses.get(n, ())]
            start += len(line) + 1
        return tuple(placed)


# A line that speaks of encodings, or has a sequence in quotation marks or brackets, quotes it.
_QUOTES = re.compile(
    r"\b(?:mojibake|utf-?8|unicode|latin-?1|cp125\d|windows-125\d|(?:en|de)cod\w+|garbl\w+|misread)\b|乱码|编码|转码"
    r"|[\"'“‘「(][\x80-ÿŒœŠšŸŽžƒˆ˜–—‘’“”†‡•…‰‹›€™]{2,4}[\"'”’」)]",
    re.IGNORECASE,
)
_EAST = re.compile("[\u2e80-\uffef]")
_LATIN = "\u024f"  # the last of its letters
_FREQUENT = {"ftfy:latin-1", "ftfy:windows-1252", "ftfy:sloppy-windows-1252"}  # pages that text is misread by most


def _is_sound(line: str, fixed: str, codes: tuple[str, ...]) -> bool:
    """Tell whether ftfy's repair is whole, and no chance: é”… is 锅 by itself, and the end of a quotation.

    So is one letter of another script by a page that text is seldom misread by: ”é is ӎ by Mac Roman.
    """
    shows = near("cp1252").search
    if len(_EAST.findall(fixed)) - len(_EAST.findall(line)) == 1 or (shows(line) and shows(fixed)):
        return False
    made = "".join((Counter(fixed) - Counter(line)).elements())
    return not (len(made) == 1 and made.isalpha() and made > _LATIN) or not set(codes).isdisjoint(_FREQUENT)


# What mojibake must hold: a lead with its continuation by some page, à without its no-break space, or a C1 control.
_SIGNS = (partial(re.compile, "[\x80-\x9f]|Ã |[\xc2-\xf4]\ufffd"), *(partial(near, codec) for codec in PAGES))


def _damage(text: str) -> tuple[str, ...]:
    """Name the damage of a text that was not read again; what its code shows, it quotes."""
    return damage_of("\n".join(outside_code(text.split("\n")))) if damage_of(text) else ()
