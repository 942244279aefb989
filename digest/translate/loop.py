"""Lines and engines → verified pairs: each answer is judged, asked for again once with the reason, then given up.

An engine is asked for all the lines that have no translation yet. What the judge refuses is asked of it once more, with
the complaint, if it can listen; then the next engine is asked, and what is left at the end stays untranslated. Whatever
was refused is counted under its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.model import Both, Line, MadeBy, Verdict
from digest.translate.complaint import complaint
from digest.translate.engine import Answer, Asked, Engine, LineKind, Task
from digest.translate.masks import Masked, masked

# A line, what an engine made of it, what kind of line it is and who made it → what the judge says.
Judge = Callable[[Line, Line, LineKind, MadeBy], Verdict]
Examples = Callable[[str, str], tuple[Both, ...]]  # a line and its side → pairs of lines like it

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

    def take(self, i: int, given: Masked, answer: Answer, engine: Engine) -> str:
        """Take an answer if it holds; else count why, and give the complaint ("" where asking again is no use)."""
        self.refused.update(answer.faults)
        self.passing |= not answer.lasting
        if answer.text is None:
            return "" if HOPELESS & set(answer.faults) else complaint(answer.faults)
        line = given.restored(answer.text, "zh-Hans" if self.target == "zh" else "en")
        if line is None:
            self.refused["mask"] += 1
            return complaint(("mask",))
        if self.wanted[i].kind != "line":
            line = _unstopped(line, self.wanted[i].line)
        if not engine.masks:
            line = replace(line, code=_code_in(line.text, self.wanted[i].line))
        if line.text in self.printed:  # no two lines of an abstract are the same
            self.refused["repeated"] += 1
            return complaint(("repeated",))
        verdict = self.judge(self.wanted[i].line, line, self.wanted[i].kind, engine.made_by)
        if not verdict.verified:
            self.refused.update({said.partition(":")[0] for said in verdict.reasons} or {"doubtful"})
            return complaint(verdict.reasons)
        self.printed.add(line.text)
        self.made[i] = Made(line, verdict, engine.made_by, engine.signature)
        return ""


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
        if not desk.waiting() or not engine.serves(source, target):
            continue
        masks = {i: _given(wanted[i].line, keep, engine) for i in desk.waiting()}
        asked = {i: _asked(wanted[i], masks[i], source, examples if engine.listens else None) for i in masks}
        failure = ""
        for _ in range(2 if engine.listens else 1):
            if not asked:
                break
            answers = engine.translate(Task(tuple(asked.values()), source, target, title, tuple(terms)))
            failure = answers.failure or failure
            again = {}
            for i, answer in zip(tuple(asked), answers.lines, strict=True):
                if said := desk.take(i, masks[i], answer, engine):
                    again[i] = replace(asked[i], complaint=said, refused=answer.text or "")
            asked = again
        if failure:
            failures.append(failure)
    return Filled(tuple(desk.made), dict(sorted(desk.refused.items())), tuple(dict.fromkeys(failures)), desk.passing)


def _asked(wanted: Wanted, given: Masked, source: str, examples: Examples | None) -> Asked:
    found = examples(wanted.line.text, source) if examples and wanted.kind == "line" else ()
    return Asked(given.text, wanted.kind, examples=found)


def _given(line: Line, keep: Collection[str], engine: Engine) -> Masked:
    return masked(line, keep) if engine.masks else Masked(line.text, ())


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
