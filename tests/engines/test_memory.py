"""The memory answers what it has, as it was at an id, and finds lines that are alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from digest.engines.memory import CUTOFF, Examples, MemoryEngine, _Side
from digest.model import Both
from digest.store import MemoryRow, Store, line_key
from digest.translate.engine import Asked, Engine, Task

NOW = datetime(2025, 4, 17, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def remember(store: Store, *pairs: tuple[str, str], score: float = 0.9) -> int:
    store.save_memory([MemoryRow(zh, en, score=score) for zh, en in pairs], NOW)
    return store.memory_top()


def answers(engine: Engine, source: str, *texts: str) -> list[str | None]:
    task = Task(tuple(map(Asked, texts)), source, "en" if source == "zh" else "zh")
    return [answer.text for answer in engine.translate(task).lines]


def test_a_line_in_the_memory_is_answered_in_both_directions(store: Store) -> None:
    engine: Engine = MemoryEngine(store, remember(store, ("训练 GPU 模型", "Train GPU models")))
    assert answers(engine, "en", "Other", "Train GPU  models") == [None, "训练 GPU 模型"]
    assert answers(engine, "zh", "训练GPU模型", "别的") == ["Train GPU models", None]
    assert (engine.signature, engine.made_by, engine.listens, engine.masks) == ("memory:1", "memory", False, None)
    assert engine.serves("en", "zh")
    assert not engine.serves("en", "en")
    assert not engine.serves("fr", "zh")


def test_a_title_is_answered_like_any_line(store: Store) -> None:
    engine = MemoryEngine(store, remember(store, ("结语", "Conclusion")))
    assert engine.translate(Task((Asked("Conclusion", "heading"),), "en", "zh")).lines[0].text == "结语"


def test_what_is_not_known_is_no_fault_and_nothing_that_another_day_mends(store: Store) -> None:
    (answer,) = MemoryEngine(store, 0).translate(Task((Asked("One."),), "en", "zh")).lines
    assert (answer.text, answer.faults, answer.lasting) == (None, (), True)


def test_what_is_learnt_later_does_not_change_an_earlier_answer(store: Store) -> None:
    first = remember(store, ("一。", "One."))
    last = remember(store, ("壹。", "One."), score=1.0)
    assert answers(MemoryEngine(store, first), "en", "One.") == ["一。"]
    assert answers(MemoryEngine(store, last), "en", "One.") == ["壹。"]


def test_a_copy_of_the_line_is_no_answer_and_the_next_best_is(store: Store) -> None:
    top = remember(store, ("BERT", "BERT"), ("BLOOM", "BLOOM"))
    top = remember(store, ("伯特", "BERT"), score=0.5)
    assert answers(MemoryEngine(store, top), "en", "BERT", "BLOOM") == ["伯特", None]


def test_like_lines_are_found_and_the_same_line_never(store: Store) -> None:
    top = remember(
        store,
        ("我们在八块 GPU 上训练模型。", "We train the model on eight GPUs."),
        ("我们在四块 GPU 上训练模型。", "We train the model on four GPUs."),
        ("我们在两块 TPU 上训练模型。", "We train the model on two TPUs."),
        ("明天会下雨。", "It will rain tomorrow."),
    )
    examples = Examples(store, top)
    found = [pair.en for pair in examples("We train the model on eight  GPUs.", "en")]
    assert found == ["We train the model on four GPUs.", "We train the model on two TPUs."]
    assert [pair.en for pair in examples("我们在八块GPU上训练模型。", "zh")] == found
    assert examples("Nothing here is like anything there, of course.", "en") == ()
    assert examples("", "en") == examples("", "zh") == ()
    assert Examples(store, 3)("明天又会下雨。", "zh") == ()  # learnt later


def test_words_are_alike_only_if_they_are_the_same(store: Store) -> None:
    """Sentences of one length share most of their letters; what they say is in their words."""
    top = remember(store, ("打印用户目录的路径。", "Print the path to the user directory."))
    examples = Examples(store, top)
    assert examples("Print the path to the base directory.", "en")
    assert examples("Prompt the user to pick a directory.", "en") == ()


def test_a_line_with_several_translations_is_one_example(store: Store) -> None:
    top = remember(store, ("模型在此训练。", "The model is trained here."))
    top = remember(store, ("在这里训练模型。", "The model is trained here."), score=1.0)
    assert Examples(store, top)("The model is trained there.", "en") == (
        Both("在这里训练模型。", "The model is trained here."),
    )


words = st.lists(st.sampled_from(["model", "data", "train", "the", "a", "on", "GPU", "of"]), max_size=8).map(" ".join)
han = st.text("模型训练数据在上的", max_size=8)


@given(st.lists(st.tuples(han, words), max_size=12), han, words)
def test_no_near_line_is_lost_by_looking_at_lengths_first(pairs: list[tuple[str, str]], zh: str, en: str) -> None:
    for side, column, query in (("zh", 0, zh), ("en", 1, en)):
        near = _Side(side, [(i, *pair) for i, pair in enumerate(pairs)]).near(query, len(pairs) + 1)
        found = sorted(line_key(pair.get(side) or "") for pair in near)
        own = query if side == "zh" else query.lower().split()
        every = [(line_key(p[column]), p[column] if side == "zh" else p[column].lower().split()) for p in pairs]
        assert found == sorted(key for key, form in every if fuzz.ratio(own, form) >= CUTOFF)
