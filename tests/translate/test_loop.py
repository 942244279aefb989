"""The loop that asks engines: what it takes, what it asks again, what it counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Line, MadeBy, Verdict
from digest.translate.engine import Answer, Answers, Asked, LineKind, Task
from digest.translate.loop import Filled, Wanted, fill
from digest.translate.masks import KINDS, Kind

GOOD, BAD = Verdict(0.9, True, "same"), Verdict(0.1, False, None, ("numbers:3≠4",))
ONE = {"One small line.": "一行小字。", "Another small line.": "又是一行。"}


@dataclass
class Table:
    """An engine that answers from a function of what it is asked; it remembers what that was."""

    answer: Callable[[Asked], Answer]
    signature: str = "table"
    made_by: MadeBy = "machine"
    listens: bool = True
    masks: Collection[Kind] | None = KINDS
    failure: str = ""
    ways: tuple[tuple[str, str], ...] = (("en", "zh"),)
    asked: list[Task] = field(default_factory=list)

    def serves(self, source: str, target: str) -> bool:
        return (source, target) in self.ways

    def translate(self, task: Task) -> Answers:
        self.asked.append(task)
        return Answers(tuple(map(self.answer, task.lines)), self.failure)


def table(words: dict[str, str], **more: object) -> Table:
    return Table(lambda asked: Answer(words.get(asked.text), () if asked.text in words else ("lost-line",)), **more)  # type: ignore[arg-type]


def judge(line: Line, made: Line, kind: LineKind, made_by: MadeBy, beside: tuple[str, str]) -> Verdict:
    return GOOD if made.text in ONE.values() or "f()" in made.text else BAD


def filled(engines: Sequence[Table], *lines: str | Line, **more: object) -> Filled:
    wanted = [Wanted(line if isinstance(line, Line) else Line("en", line)) for line in lines]
    return fill(wanted, engines, judge, source="en", target="zh", **more)  # type: ignore[arg-type]


def texts(got: Filled) -> list[str | None]:
    return [made.line.text if made else None for made in got.lines]


def test_a_verified_answer_is_taken_with_its_maker() -> None:
    got = filled([table(ONE)], *ONE)
    assert texts(got) == list(ONE.values())
    assert {(made.made_by, made.engine, made.verdict) for made in got.lines if made} == {("machine", "table", GOOD)}
    assert (got.refused, got.failures, got.passing) == ({}, (), False)


@pytest.mark.fault("llm", "answer that the judge refuses")
def test_a_refused_answer_is_asked_for_once_more_with_the_reason() -> None:
    """A translation is wrong.

    It is asked for once more with the reason, then left untranslated and marked.
    """

    def answer(asked: Asked) -> Answer:
        return Answer(ONE[asked.text] if asked.complaint else "胡说。")

    engine = Table(answer)
    got = filled([engine], "One small line.")
    assert texts(got) == ["一行小字。"]
    assert got.refused == {"numbers": 1}
    second = engine.asked[1].lines[0]
    assert (second.refused, "3≠4" in second.complaint) == ("胡说。", True)


def test_what_fails_twice_goes_to_the_next_engine_and_then_stays_untranslated() -> None:
    stubborn, other = (
        Table(lambda asked: Answer("胡说。")),
        table({"One small line.": "一行小字。"}, signature="second", listens=False),
    )
    got = filled([stubborn, other], *ONE)
    assert texts(got) == ["一行小字。", None]
    assert got.lines[0]
    assert got.lines[0].engine == "second"
    assert len(stubborn.asked) == 2
    assert got.refused == {"lost-line": 1, "numbers": 4}


def test_an_engine_that_cannot_listen_is_asked_once() -> None:
    deaf = Table(lambda asked: Answer("胡说。"), listens=False)
    filled([deaf], "One small line.")
    assert len(deaf.asked) == 1


@pytest.mark.fault("llm", "endpoint down")
def test_a_server_that_is_down_is_not_asked_again_and_the_day_deserves_another_build() -> None:
    """The endpoint does not answer.

    It is not asked again in this run; the page is printed, and the next run builds the day again.
    """
    down = Table(lambda asked: Answer(None, ("server",), lasting=False), failure="it is down")
    got = filled([down], *ONE)
    assert len(down.asked) == 1
    assert (texts(got), got.refused, got.failures, got.passing) == ([None, None], {"server": 2}, ("it is down",), True)


def test_an_engine_that_does_not_go_this_way_is_passed_over() -> None:
    engine = table(ONE, ways=(("zh", "en"),))
    assert texts(filled([engine], *ONE)) == [None, None]
    assert engine.asked == []


def test_no_two_lines_are_the_same_and_none_is_printed_already() -> None:
    same = Table(lambda asked: Answer("一行小字。"), listens=False)
    assert texts(filled([same], *ONE)) == ["一行小字。", None]
    assert filled([same], *ONE).refused == {"repeated": 1}
    assert texts(filled([same], *ONE, printed=["一行小字。"])) == [None, None]


def test_code_is_masked_and_comes_back_whole() -> None:
    line = Line("en", "Call f() before anything else.", (), ((5, 8),))
    engine = Table(lambda asked: Answer("先调用 X1 再说。"))
    got = filled([engine], line)
    assert engine.asked[0].lines[0].text == "Call X1 before anything else."
    assert got.lines[0]
    made = got.lines[0].line
    assert made.text == "先调用 f() 再说。"
    assert [made.text[a:b] for a, b in made.code] == ["f()"]


def test_a_lost_or_doubled_mask_refuses_the_answer() -> None:
    line = Line("en", "Call f() before anything else.", (), ((5, 8),))
    for text in ("先调用再说。", "先调用 X1 和 X1 再说。", "先调用 X2 再说。"):
        got = filled([Table(lambda asked, text=text: Answer(text))], line)  # type: ignore[misc]
        assert texts(got) == [None]
        assert got.refused == {"mask": 2}


def test_an_engine_without_masks_is_given_the_line_as_it_is() -> None:
    line = Line("en", "Call f() before anything else.", (), ((5, 8),))
    memory = table({line.text: "先调用 f() 再说。"}, masks=None, made_by="memory")
    got = filled([memory], line)
    assert got.lines[0]
    assert [got.lines[0].line.text[a:b] for a, b in got.lines[0].line.code] == ["f()"]


def test_a_heading_gets_no_full_stop_that_it_has_not() -> None:
    engine = Table(lambda asked: Answer("一行小字。"))
    got = fill([Wanted(Line("en", "One small line"), "heading")], [engine], lambda *_: GOOD, source="en", target="zh")
    assert texts(got) == ["一行小字"]


@given(st.lists(st.sampled_from(["一行小字。", "又是一行。", "胡说。", "", None]), min_size=1, max_size=6))
def test_whatever_engines_answer_only_what_the_judge_lets_through_comes_back(answers: list[str | None]) -> None:
    lines = [f"Line number {n} is small." for n in range(len(answers))]
    said = dict(zip(lines, answers, strict=True))
    got = filled([Table(lambda asked: Answer(said[asked.text]))], *lines)
    assert len(got.lines) == len(lines)
    found = [text for text in texts(got) if text]
    assert set(found) <= {"一行小字。", "又是一行。"}
    assert len(found) == len(set(found))
    assert bool(got.refused) or None not in texts(got) or None in answers
