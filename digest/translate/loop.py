"""Lines and engines → verified pairs: each answer is judged, asked for again once with the reason, then given up.

An engine is asked for all the lines that have no translation yet. What the judge refuses is asked of it once more, with
the complaint, if it can listen; then the next engine is asked, and what is left at the end stays untranslated. Whatever
was refused is counted under its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.model import FULL_TAG, Both, Line, MadeBy, Verdict
from digest.translate.complaint import complaint
from digest.translate.engine import Answer, Asked, Engine, LineKind, Task
from digest.translate.masks import Kind, Masked, masked

# A line, what an engine made of it, what kind of line it is, who made it, the texts asked before and after it → what
# the judge says.
Judge = Callable[[Line, Line, LineKind, MadeBy, tuple[str, str]], Verdict]
Examples = Callable[[str, str], tuple[Both, ...]]  # a line and its side → pairs of lines like it

LOST = frozenset({"lost-line", "empty"})
# What is masked beside code where an engine lost a mask: names, for a model takes "Hugging Face" apart.
FEWER_KINDS: frozenset[Kind] = frozenset({"model", "name", "capital"})
ENDS = re.compile(r"\w{4,}[^\w]*[.!?。！？…][\"'”’」』)）]*$")  # a sentence, which hardly stands in another by chance

# Faults that a second question cannot mend: the endpoint is down, or will not.
HOPELESS = frozenset({"server", "busy", "denied", "late", "too-large", "redirect", "cap"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of a post that has no translation."""

    line: Line
    kind: LineKind = "line"


@dataclass(frozen=True, slots=True)
class Made:
    """A line that an engine made, with what the judge says of the pair."""

    line: Line
    verdict: Verdict
    made_by: MadeBy
    engine: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What the engines made of a post's lines: as many as were wanted, None where nothing verified.

    `refused` counts by name what was not taken; `failures` are clear lines, one an engine that gave up; `passing` tells
    that some of it may be well another time.
    """

    lines: tuple[Made | None, ...]
    refused: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    passing: bool = False


@dataclass(slots=True)
class _Desk:
    """The lines of one post under way."""

    wanted: Sequence[Wanted]
    target: str
    judge: Judge
    printed: set[str]
    made: list[Made | None] = field(init=False)
    refused: Counter[str] = field(default_factory=Counter)
    passing: bool = False

    def __post_init__(self) -> None:
        self.made = [None] * len(self.wanted)

    def waiting(self) -> list[int]:
        return [i for i, made in enumerate(self.made) if made is None]

    def beside(self, i: int) -> tuple[str, str]:
        """Give the texts of the lines before and after a line, "" at the ends: what its answer may be taken from."""
        texts = ["", *(each.line.text for each in self.wanted), ""]
        return texts[i], texts[i + 2]

    def take(self, i: int, given: Masked, answer: Answer, engine: Engine) -> tuple[str, ...]:
        """Take an answer if it holds; else count why, and give the reasons (none where asking again is no use)."""
        self.refused.update(answer.faults)
        self.passing |= not answer.lasting
        if answer.text is None:
            return () if HOPELESS & set(answer.faults) else answer.faults or ("none",)
        lang = FULL_TAG[self.target]
        line = Line(lang, answer.text) if engine.masks is None else given.restored(answer.text, lang)
        if line is None:
            self.refused["mask"] += 1
            return ("mask",)
        if self.wanted[i].kind != "line":
            line = _unstopped(line, self.wanted[i].line)
        if engine.masks is None:
            line = replace(line, code=_code_in(line.text, self.wanted[i].line))
        if self.wanted[i].kind == "line" and line.text in self.printed:  # no two lines of an abstract are the same
            self.refused["repeated"] += 1
            return ("repeated",)
        verdict = self.judge(self.wanted[i].line, line, self.wanted[i].kind, engine.made_by, self.beside(i))
        if not verdict.verified:
            self.refused.update({said.partition(":")[0] for said in verdict.reasons} or {"doubtful"})
            return verdict.reasons or ("doubtful",)
        if self.wanted[i].kind == "line":
            self.printed.add(line.text)
        self.made[i] = Made(line, verdict, engine.made_by, engine.signature)
        return ()


def fill(
    wanted: Sequence[Wanted], engines: Sequence[Engine], judge: Judge, *, source: str, target: str, title: str = "",
    keep: Collection[str] = (), terms: Sequence[Both] = (), examples: Examples | None = None,
    printed: Collection[str] = (),
) -> Filled:  # fmt: skip
    """Have engines, in their order, put a post's lines into the other language; only verified pairs come back.

    `printed` are lines that the page holds already: none of them is printed twice.
    """
    desk = _Desk(wanted, target, judge, {*printed, *(each.line.text for each in wanted)})
    failures = []
    for engine in engines:
        if desk.waiting() and engine.serves(source, target):
            task = Task((), source, target, title, tuple(terms))
            failures.append(_ask(engine, desk, task, keep, examples if engine.listens else None))
    told = tuple(dict.fromkeys(filter(None, failures)))
    return Filled(tuple(desk.made), dict(sorted(desk.refused.items())), told, desk.passing)


def _ask(engine: Engine, desk: _Desk, task: Task, keep: Collection[str], examples: Examples | None) -> str:
    """Ask one engine for all that is waiting, and once more for what it got wrong; give why it gave up, or "".

    An engine that listens is told the reasons. Another one would say the same again, but where it lost a mask: it is
    asked with fewer of them.
    """
    masks = {i: _given(desk.wanted[i].line, keep, engine) for i in desk.waiting()}
    asked = {i: _asked(desk.wanted[i], given, task.source, examples) for i, given in masks.items()}
    failure = ""
    for _ in range(2):
        if not asked:
            break
        answers = engine.translate(replace(task, lines=tuple(asked.values())))
        failure = failure or answers.failure
        found = unmerged(answers.lines, tuple(asked), desk) if engine.listens else answers.lines
        again = {}
        for i, answer in zip(tuple(asked), found, strict=True):
            why = desk.take(i, masks[i], answer, engine)
            if why and engine.listens:
                again[i] = replace(asked[i], complaint=complaint(why), refused=answer.text or "")
            elif why == ("mask",) and engine.masks is not None:
                masks[i] = masked(desk.wanted[i].line, keep, kinds=FEWER_KINDS)
                again[i] = replace(asked[i], text=masks[i].text)
        asked = again
    return failure


def unmerged(answers: Sequence[Answer], places: Sequence[int], desk: _Desk) -> tuple[Answer, ...]:
    """Take no answer that may hold two lines' translations: one beside a line that got none, one with another in it.

    `places` are the numbers of the lines that were asked. Headings and titles are not looked at: their few words stand
    in many a line.
    """
    lines = {place: answer for place, answer in zip(places, answers, strict=True) if desk.wanted[place].kind == "line"}
    lost = {place for place, answer in lines.items() if answer.text is None and LOST & set(answer.faults)}
    whole = {place: answer.text for place, answer in lines.items() if answer.text and ENDS.search(answer.text)}
    found = []
    for place, answer in zip(places, answers, strict=True):
        if place in lines and (text := answer.text):
            holds = any(one in text and len(one) < len(text) for other, one in whole.items() if other != place)
            if holds or lost & {place - 1, place + 1}:
                answer = replace(answer, text=None, faults=(*answer.faults, "merged-line"))
        found.append(answer)
    return tuple(found)


def _asked(wanted: Wanted, given: Masked, source: str, examples: Examples | None) -> Asked:
    found = examples(wanted.line.text, source) if examples and wanted.kind == "line" else ()
    return Asked(given.text, wanted.kind, examples=found)


def _given(line: Line, keep: Collection[str], engine: Engine) -> Masked:
    return Masked(line.text, ()) if engine.masks is None else masked(line, keep, kinds=engine.masks)


def _code_in(text: str, source: Line) -> tuple[tuple[int, int], ...]:
    """Find the code of a source line in an answer that was given whole."""
    found: list[tuple[int, int]] = []
    for start, end in source.code:
        at = text.find(source.text[start:end], found[-1][1] if found else 0)
        if at >= 0:
            found.append((at, at + end - start))
    return tuple(found)


def _unstopped(line: Line, source: Line) -> Line:
    """Take off the full stop that models put behind a title or heading that has none."""
    if line.text[-1:] in (".", "。") and line.text[-2:-1] not in (".", "。") and source.text[-1:] not in (".", "。"):
        return replace(line, text=line.text[:-1].rstrip())
    return line
