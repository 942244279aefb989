"""The places of guesses: from a source line to the text without its markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.clean.guesses import carried, stretch
from digest.model import Guess


def guesses(line: str, chosen: str) -> list[Guess]:
    return [Guess(n, ch, 0.5) for n, ch in enumerate(line) if ch in chosen]


@pytest.mark.parametrize(
    ("line", "at", "text", "place"),
    [
        ("模型很小。", 3, "模型很小。", 3),
        ("- *模型很**小**。*", 8, "模型很小。", 3),
        ("**译文：** 译者写了译文。", 13, "译者写了译文。", 5),
        ("看[文档](https://a.example/文)里的文字。", 28, "看文档里的文字。", 5),
        ("一行文字。 〔未译 · 文〕", 2, "一行文字。", 2),
        ("<p>模型</p><br>很小", 4, " 模型 很小", 2),
    ],
)
def test_a_guess_stands_at_its_character(line: str, at: int, text: str, place: int) -> None:
    assert [guess.at for guess in carried(line, text, (Guess(at, line[at], 0.5),))] == [place]


def test_a_guess_that_went_with_the_markup_takes_no_other_ones_place() -> None:
    line = "中：这在中间，那在其中。"
    found = carried(line, "这在中间，那在其中。", guesses(line, "中"))
    assert [guess.at for guess in found] == [2, 8]


def test_white_space_and_what_went_with_the_markup_are_no_guesses_of_the_text() -> None:
    line = "标签：\u00a0文字"
    assert carried(line, "文字", guesses(line, "标\u00a0")) == ()


@given(st.text(st.sampled_from("模型在中 *"), max_size=30), st.sets(st.integers(0, 29)))
def test_whatever_is_taken_off_each_guess_is_of_its_character(line: str, gone: set[int]) -> None:
    text = "".join(ch for n, ch in enumerate(line) if n not in gone)
    given_ = guesses(line, "模中")
    found = carried(line, text, given_)
    assert all(text[guess.at] == guess.chosen for guess in found)
    assert [guess.at for guess in found] == [n for n, ch in enumerate(text) if ch in "模中"]  # none is printed unmarked


def test_a_stretch_has_its_own_places() -> None:
    assert [guess.at for guess in stretch(guesses("在模型在", "在"), 1, 4)] == [2]
