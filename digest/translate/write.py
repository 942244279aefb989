"""The abstract that a model writes: drafts in, what of them may be printed out (pure).

A writer is not believed. Each line must name the sentences it rests on, in the post's own language, and stand every
test on both its sides; a line that fails is dropped and counted by name. Where too few stay there is no abstract, and
the caller prints the chosen lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from digest.translate.material import Chunk, Material, Numbered

MOST_SOURCES = 4  # sentences that a line may name: more is no source but a search
FEWEST_LINES = 3
MOST_LINES = 6
MOST_DRAFTS = 24  # lines of an answer that are looked at
PLANNED = "planned"  # the failure of a writer that only reckons: a call would be made
LONGEST = {"zh": 160, "en": 400}  # characters of a line
LONGEST_NOTE = 500
MOST_NOTES = 6  # of one chunk


@dataclass(frozen=True, slots=True)
class Note:
    """What one chunk says, in the post's language, and the numbers of the sentences that say it."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One line as it was written, not yet looked at."""

    zh: str
    en: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a writer gave for one post. `faults` are names of FAULTS (engine.py), `failure` one clear line, else ""."""

    lines: tuple[Draft, ...] = ()
    faults: tuple[str, ...] = ()
    failure: str = ""


class Writer(Protocol):
    """Writes an abstract of a post in both languages.

    `signature` names model, host and prompts without blanks. `write` raises for bugs only, and gives equal material
    equal drafts as far as it can; the caller does not trust them.
    """

    @property
    def signature(self) -> str: ...

    def write(self, material: Material) -> Drafts: ...


@dataclass(frozen=True, slots=True)
class Checks:
    """The tests that other rooms know, as calls.

    `rests(line, side, cited, cited_side)` and `pair(zh, en)` give reasons against a line, () where there is none;
    `alike(one, two)` tells whether two lines of one language say the same.
    """

    rests: Callable[[str, str, Sequence[str], str], tuple[str, ...]]
    pair: Callable[[str, str], tuple[str, ...]]
    alike: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class WrittenPair:
    """A line in both languages that passed every test, and the numbers of the sentences it rests on, ascending."""

    zh: str
    en: str
    sources: tuple[int, ...]

    def side(self, name: str) -> str:
        return self.zh if name == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Written:
    """A post's abstract; `pairs` is () where there is none, and `failure` says why in one line.

    `refused` has one reason for each line that was dropped, a code with its fact, such as "numbers:72"; `faults` are
    those of the writer's answers.
    """

    pairs: tuple[WrittenPair, ...]
    refused: tuple[str, ...] = ()
    failure: str = ""
    faults: tuple[str, ...] = ()


def written(material: Material, writer: Writer, checks: Checks) -> Written:
    """Have an abstract written and keep what stands every test."""
    drafts = writer.write(material)
    if drafts.failure:
        return Written((), (), drafts.failure, drafts.faults)
    return checked(material, drafts, checks)


def checked(material: Material, drafts: Drafts, checks: Checks) -> Written:
    """Keep the lines that rest on the sentences they name, and the abstract if enough of them do."""
    known = {one.number: one for one in material.sentences}
    kept: list[WrittenPair] = []
    refused: list[str] = []
    looked = drafts.lines[:MOST_DRAFTS]
    for draft in looked:
        pair = WrittenPair(tidied(draft.zh), tidied(draft.en), tuple(sorted(set(draft.sources))))
        reason = "extra-line" if len(kept) == MOST_LINES else next(_against(pair, material, known, kept, checks), "")
        if reason:
            refused.append(reason)
        else:
            kept.append(pair)
    extra = refused.count("extra-line")
    if len(kept) < max(FEWEST_LINES, (len(looked) - extra) / 2):
        why = f"{len(kept)} of {len(drafts.lines)} written lines rest on the sentences they name: too few"
        return Written((), tuple(refused), why, drafts.faults)
    return Written(tuple(kept), tuple(refused), "", drafts.faults)


def _against(
    pair: WrittenPair, material: Material, known: dict[int, Numbered], kept: Sequence[WrittenPair], checks: Checks
) -> Iterator[str]:
    """Say what speaks against a line, the cheapest tests first; all of them are asked only until the first finding."""
    own = material.side
    yield from _shape(pair)
    if not pair.sources or len(pair.sources) > MOST_SOURCES or not known.keys() >= set(pair.sources):
        yield "sources:" + ("+".join(map(str, pair.sources[:5])) or "none")
        return
    if all(known[number].heading for number in pair.sources):
        yield "sources:heading"
    if _only_repeats(pair.side(own), material.title):
        yield "title"
    cited = [known[number].text for number in pair.sources]
    for side in (own, "en" if own == "zh" else "zh"):
        yield from checks.rests(pair.side(side), side, cited, own)
    yield from checks.pair(pair.zh, pair.en)
    if any(checks.alike(pair.side(side), other.side(side)) for other in kept for side in ("zh", "en")):
        yield "repeated"


_ENDS = re.compile(r"[.!?。！？…][\"'”’」』)）\]`]*$")


def _shape(pair: WrittenPair) -> Iterator[str]:
    for side in ("zh", "en"):
        line = pair.side(side)
        if not line:
            yield "empty"
        elif len(line) > LONGEST[side]:
            yield f"length:{len(line)}"
        elif _MARKED.match(line):
            yield "form"
        elif not _ENDS.search(line):
            yield "ending"  # cut off, or no sentence


def _only_repeats(line: str, title: str) -> bool:
    """Tell whether a line has no word that the title has not.

    >>> _only_repeats("Gemma 2: what is new.", "What is new in Gemma 2"), _only_repeats("Gemma 2 is small.", "Gemma 2")
    (True, False)
    """
    return bool(title) and set(_WORD.findall(line.casefold())) <= set(_WORD.findall(title.casefold()))


_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_MARKED = re.compile(r"(?:[-*•·▪#>]+|\(?\d{1,2}[.)、）])\s+|\(?\d{1,2}[)、）]")


def tidied(line: str) -> str:
    r"""Take off what stands around a line: a list's marker, blanks, line breaks, characters that cannot be seen.

    >>> tidied(" 1. A line\n with a\u200b break. ")
    'A line with a break.'
    """
    seen = "".join(c if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "" for c in line)
    return _MARKED.sub("", " ".join(seen.split()), count=1)


def sound_notes(notes: Sequence[Note], chunk: Chunk) -> tuple[Note, ...]:
    """Keep the notes of a chunk that name sentences of it; the last call is shown no others."""
    known = {one.number for one in chunk}
    return tuple(
        note
        for note in notes[:MOST_NOTES]
        if 0 < len(tidied(note.text)) <= LONGEST_NOTE
        and 0 < len(set(note.sources)) <= MOST_SOURCES
        and known >= set(note.sources)
    )


def uncoded(line: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Take the backticks off a line's code and give where the code stands, as a printed line has it.

    >>> uncoded("Call `run()` or `stop()`.")
    ('Call run() or stop().', ((5, 10), (14, 20)))
    """
    text, code, last = "", [], 0
    for match in re.finditer(r"`([^`\n]+)`", line):
        text += line[last : match.start()]
        code.append((len(text), len(text) + len(match[1])))
        text, last = text + match[1], match.end()
    return text + line[last:], tuple(code)
