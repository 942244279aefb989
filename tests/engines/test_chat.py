"""The chat engine against a server that fails in every way real ones do: what comes back, and under which name."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from chat_case import GOOD, KEY, KNOWN, TASK, TITLE, engine_of, faults, said
from fake_chat import MODES, FakeChat

from digest.translate.engine import FAULTS, Answer, Answers, Asked, Task

NOT_LASTING = {"server", "busy", "denied", "late", "too-large", "redirect", "cap"}


@pytest.fixture
def fake() -> Iterator[FakeChat]:
    with FakeChat(KNOWN) as fake:
        yield fake


# ---- answers that can be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mode", ["good", "think", "string-ids", "array", "keyed", "translations", "parts", "no-usage", "no-temperature"]
)
def test_a_good_answer_in_any_of_its_forms(fake: FakeChat, mode: str) -> None:
    fake.mode = mode
    assert engine_of(fake).translate(TASK) == Answers(GOOD)


@pytest.mark.parametrize(("mode", "name"), [("chatter", "chatter"), ("fences", "fences")])
def test_what_stands_around_an_answer_is_taken_off_and_counted_once(fake: FakeChat, mode: str, name: str) -> None:
    fake.mode = mode
    answers = engine_of(fake).translate(TASK)
    assert said(answers) == tuple(KNOWN.values())
    assert faults(answers) == [name]


def test_a_missing_line_is_lost_and_the_others_stand(fake: FakeChat) -> None:
    fake.mode = "missing-line"
    assert engine_of(fake).translate(TASK) == Answers((*GOOD[:-1], Answer(None, ("lost-line",))))


def test_a_line_that_nobody_asked_for_is_counted_and_goes_nowhere(fake: FakeChat) -> None:
    fake.mode = "extra-line"
    assert engine_of(fake).translate(TASK) == Answers((*GOOD[:-1], Answer(GOOD[-1].text, ("extra-line",))))


@pytest.mark.fault("llm", "lines that are merged or lost")
def test_merged_lines_lose_one_and_leave_the_other_to_the_judge(fake: FakeChat) -> None:
    """An answer has fewer lines than were asked.

    Lines that are there are judged, the others stay untranslated.
    """
    fake.mode = "merged-line"
    first, second, *rest = engine_of(fake).translate(TASK).lines
    assert first == Answer("前置缓存它是如何构建的")
    assert second == Answer(None, ("lost-line",))
    assert tuple(rest) == GOOD[2:]


def test_two_texts_for_one_line_are_none(fake: FakeChat) -> None:
    fake.mode = "doubled-id"
    assert engine_of(fake).translate(TASK) == Answers((Answer(None, ("extra-line",)), *GOOD[1:]))


def test_the_source_repeated_is_no_translation_but_of_a_title(fake: FakeChat) -> None:
    """Titles are often the same in both languages; which, the judge knows."""
    fake.mode = "source-repeated"
    answers = engine_of(fake).translate(TASK)
    assert said(answers) == (TITLE, None, None, None, None)
    assert faults(answers) == ["copy"] * 4
    names = Task((Asked("X1 X2: 70 %"),), "en", "zh")
    assert said(engine_of(fake).translate(names)) == ("X1 X2: 70 %",)


@pytest.mark.parametrize(("mode", "name"), [("empty-text", "empty"), ("apology", "refusal")])
def test_a_text_that_says_nothing_is_none(fake: FakeChat, mode: str, name: str) -> None:
    fake.mode = mode
    answers = engine_of(fake).translate(TASK)
    assert said(answers) == (None,) * 5
    assert faults(answers) == [name] * 5


@pytest.mark.parametrize("mode", ["wrong-language", "invented-number", "invented-link", "obeys"])
def test_what_only_a_judge_can_see_is_handed_on_to_it(fake: FakeChat, mode: str) -> None:
    fake.mode = mode
    answers = engine_of(fake).translate(TASK)
    assert all(said(answers))
    assert said(answers) != tuple(KNOWN.values())
    assert faults(answers) == []


# ---- answers that cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("truncated", "malformed"),
        ("broken-json", "malformed"),
        ("wrong-shape", "malformed"),
        ("length", "cut-off"),
        ("refusal", "refusal"),
        ("refusal-words", "refusal"),
        ("content-filter", "refusal"),
        ("nothing", "empty"),
    ],
)
@pytest.mark.fault("llm", "answer that cannot be read")
def test_an_answer_that_cannot_be_read_gives_no_line_and_is_kept(fake: FakeChat, mode: str, name: str) -> None:
    """An answer is broken off, empty, of another form or by another finish_reason than stop.

    No line comes of it, and it is not paid for twice.
    """
    fake.mode = mode
    assert engine_of(fake).translate(TASK) == Answers((Answer(None, (name,)),) * 5)
    assert fake.calls == 1


@pytest.mark.parametrize(
    ("mode", "name", "calls"),
    [
        ("401", "denied", 1),
        ("401-leaks", "denied", 1),
        ("402", "denied", 1),
        ("403", "denied", 1),
        ("404", "denied", 1),
        ("429-long", "busy", 1),
        ("429-bare", "busy", 1),
        ("400", "server", 3),
        ("500", "server", 6),
        ("503", "server", 6),
        ("html", "server", 3),
        ("hangs-up", "server", 6),
        ("redirect", "redirect", 3),
        ("drip", "late", 3),
        ("endless", "too-large", 3),
    ],
)
@pytest.mark.fault("llm", "broken endpoint")
def test_a_broken_endpoint_is_asked_only_so_often(fake: FakeChat, mode: str, name: str, calls: int) -> None:
    """Every call fails.

    One call where it can be of no use, three where it might be (six with their second tries), then none at all.
    """
    with FakeChat(KNOWN) as other:
        fake.mode, fake.redirect_to = mode, other.base_url
        engine = engine_of(fake, timeout=1.5 if mode != "drip" else 0.3, batch=1)
        start = time.monotonic()
        answers = engine.translate(TASK)
        again = engine.translate(TASK)
        assert time.monotonic() - start < 20
        assert other.requests == []
    expected = "malformed" if mode == "html" else name
    assert answers.lines == again.lines == (Answer(None, (expected,), lasting=False),) * 5
    assert fake.calls == calls
    assert "fake-1" in answers.failure
    assert "\n" not in answers.failure
    assert KEY not in answers.failure


def test_a_short_wait_is_waited(fake: FakeChat) -> None:
    fake.plan = ["429-short"]
    assert engine_of(fake).translate(TASK) == Answers(GOOD)
    assert fake.calls == 2


def test_an_endpoint_that_recovers_is_asked_on(fake: FakeChat) -> None:
    fake.plan = ["html", "html", "good", "html", "html"]
    engine = engine_of(fake, batch=1)
    assert said(engine.translate(TASK)) == (None, None, "该缓存保存 7000 万行数据。", None, None)
    assert engine.translate(TASK) == Answers(GOOD)


@pytest.mark.fault("llm", "every way to fail")
def test_every_way_to_fail_has_a_name_and_none_raises(fake: FakeChat) -> None:
    """An endpoint answers in any of the ways that were seen to fail.

    Each has a name, none raises, the line stays untranslated and is marked.
    """
    for mode in MODES:
        fake.mode = mode
        answers = engine_of(fake, timeout=0.5).translate(TASK)
        assert len(answers.lines) == 5
        assert set(faults(answers)) <= {*FAULTS, "copy"}, mode
        assert all(line.faults for line in answers.lines if line.text is None)
        assert all(line.lasting != bool(NOT_LASTING & set(line.faults)) or mode == "html" for line in answers.lines)
