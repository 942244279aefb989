"""An answer that was given once is not asked for again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.engines.kept import Kept
from digest.model import Both, MadeBy
from digest.store import Store
from digest.translate.engine import Answer, Answers, Asked, Engine, Task
from digest.translate.masks import KINDS, Kind

NOW = datetime(2025, 4, 17, tzinfo=UTC)


@dataclass
class Upper:
    """Answers in capitals; what it is told to, it answers otherwise. Remembers what it was asked."""

    signature: str = "upper"
    made_by: MadeBy = "machine"
    listens: bool = True
    masks: Collection[Kind] | None = KINDS
    special: dict[str, Answer] = field(default_factory=dict)
    failure: str = ""
    tasks: list[Task] = field(default_factory=list)

    def serves(self, source: str, target: str) -> bool:
        return (source, target) == ("en", "zh")

    def translate(self, task: Task) -> Answers:
        self.tasks.append(task)
        rows = (self.special.get(line.text, Answer(line.text.upper())) for line in task.lines)
        return Answers(tuple(rows), self.failure)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def task(*texts: str) -> Task:
    return Task(tuple(map(Asked, texts)), "en", "zh", "A title", (Both("词", "word"),))


def texts(answers: Answers) -> list[str | None]:
    return [answer.text for answer in answers.lines]


def test_only_what_is_missing_is_asked_in_one_task_and_in_order(store: Store) -> None:
    inner = Upper()
    kept: Engine = (counted := Kept(inner, store, NOW))
    assert texts(kept.translate(task("b", "d"))) == ["B", "D"]
    assert counted.missing(task("a", "b", "c", "a")).lines == (Asked("a"), Asked("c"))
    assert texts(kept.translate(task("a", "b", "c", "d", "a"))) == ["A", "B", "C", "D", "A"]
    assert [[line.text for line in asked.lines] for asked in inner.tasks] == [["b", "d"], ["a", "c"]]
    assert (inner.tasks[1].title, inner.tasks[1].terms) == ("A title", (Both("词", "word"),))
    assert (counted.asked, counted.hits) == (6, 2)  # different lines: what is twice in a task is one


def test_a_second_run_asks_nothing(store: Store, tmp_path: Path) -> None:
    Kept(Upper(), store, NOW).translate(task("a", "b"))
    store.close()
    inner = Upper()
    with Store(tmp_path / "state") as again:
        assert texts(Kept(inner, again, NOW).translate(task("b", "a"))) == ["B", "A"]
    assert inner.tasks == []


def test_an_answer_that_lasts_is_kept_with_its_faults_though_it_is_none(store: Store) -> None:
    inner = Upper(special={"a": Answer(None, ("refusal",)), "b": Answer("B", ("fences",))})
    first = Kept(inner, store, NOW).translate(task("a", "b"))
    assert Kept(inner, store, NOW).translate(task("a", "b")) == first
    assert len(inner.tasks) == 1


def test_an_answer_that_may_not_last_is_asked_for_again(store: Store) -> None:
    down = Upper(special={"a": Answer(None, ("server",), lasting=False)}, failure="it is down")
    answers = Kept(down, store, NOW).translate(task("a", "b"))
    assert (texts(answers), answers.failure) == ([None, "B"], "it is down")
    assert answers.lines[0].lasting is False
    up = Upper()
    after = Kept(up, store, NOW).translate(task("a", "b"))
    assert (texts(after), after.failure) == (["A", "B"], "")
    assert [line.text for line in up.tasks[0].lines] == ["a"]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "b"},
        {"kind": "title"},
        {"complaint": "numbers differ"},
        {"refused": "x"},
    ],
    ids=str,
)
def test_another_question_is_asked_by_itself(store: Store, change: dict[str, str]) -> None:
    inner = Upper()
    kept = Kept(inner, store, NOW)
    line = Asked("a")
    kept.translate(Task((line,), "en", "zh"))
    kept.translate(Task((replace(line, **change),), "en", "zh"))  # type: ignore[arg-type]
    assert len(inner.tasks) == 2


def test_another_engine_or_direction_has_answers_of_its_own(store: Store) -> None:
    one, two = Upper(), Upper("upper:2")
    for inner in (one, two):
        Kept(inner, store, NOW).translate(task("a"))
    Kept(two, store, NOW).translate(Task((Asked("a"),), "zh", "en"))
    assert (len(one.tasks), len(two.tasks)) == (1, 2)


def test_other_terms_examples_and_titles_ask_nothing_again(store: Store) -> None:
    inner = Upper()
    kept = Kept(inner, store, NOW)
    kept.translate(task("a"))
    kept.translate(Task((Asked("a", examples=(Both("例", "example"),)),), "en", "zh", "Another"))
    assert len(inner.tasks) == 1


def test_what_was_answered_before_a_crash_is_kept(store: Store, tmp_path: Path) -> None:
    class BreaksOnTwo(Upper):
        def translate(self, task: Task) -> Answers:
            if self.tasks:
                raise RuntimeError("a bug")
            return super().translate(task)

    kept = Kept(BreaksOnTwo(), store, NOW)
    kept.translate(task("a"))
    with pytest.raises(RuntimeError):
        kept.translate(task("b"))
    with Store(tmp_path / "state") as other:  # another connection sees only what was committed
        assert texts(Kept(Upper(special={"a": Answer("other")}), other, NOW).translate(task("a"))) == ["A"]


def test_an_engine_that_gives_too_few_answers_is_a_bug(store: Store) -> None:
    class Short(Upper):
        def translate(self, task: Task) -> Answers:
            return Answers(super().translate(task).lines[1:])

    with pytest.raises(ValueError, match="shorter"):
        Kept(Short(), store, NOW).translate(task("a", "b"))


def test_half_a_character_is_refused_and_does_no_harm(store: Store) -> None:
    inner = Upper(special={"a": Answer("\ud83d")})
    for _ in range(2):
        (answer,) = Kept(inner, store, NOW).translate(task("a")).lines
        assert (answer.text, answer.faults) == (None, ("malformed",))
    assert len(inner.tasks) == 1


def test_it_is_the_engine_that_it_stands_before(store: Store) -> None:
    kept = Kept(Upper(), store, NOW)
    assert (kept.signature, kept.made_by, kept.listens, kept.masks) == ("upper", "machine", True, KINDS)
    assert (kept.serves("en", "zh"), kept.serves("zh", "en")) == (True, False)


def test_no_lines_make_no_call(store: Store) -> None:
    inner = Upper()
    assert Kept(inner, store, NOW).translate(task()) == Answers(())
    assert inner.tasks == []
