"""Masks: nothing is lost, nothing doubled, and code stands where it stood."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Line
from digest.translate.masks import MARK, masked

HAN = st.text("模型训练很快我们用它来生成文本", min_size=1, max_size=6)
CODE = st.sampled_from(
    ["model.generate()", "--max-len", "a_b", "X1", "x 2", "load(4)", "$HOME", "foo bar", "git", "is_ok()", "见"]
)
NAMES = st.sampled_from(
    ["GPT-4o", "Llama 3.1 8B", "v1.2.3", "PyTorch 2.4", "LoRA", "Hugging Face", "https://a.org/b?c=1"]
)
LOOSE = st.text(alphabet="Xx×Ｘ１12 模型，。a.'s-/🤗（）", max_size=8)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Draw a Chinese line of Han, names, code with its spans, and stray characters that look like masks."""
    text, code = "", []
    for part in draw(st.lists(st.sampled_from("hcnl"), min_size=1, max_size=8)):
        piece = draw({"h": HAN, "c": CODE, "n": NAMES, "l": LOOSE}[part])
        text += draw(st.sampled_from(["", " "]))
        if part == "c":
            code.append((len(text), len(text) + len(piece)))
        text += piece
    return Line("zh-Hans", text, (), tuple(code))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def codes(line: Line) -> list[str]:
    return [line.text[a:b] for a, b in line.code]


@given(lines())
def test_what_is_masked_comes_back_whole(line: Line) -> None:
    found = masked(line)
    back = found.restored(found.text, "zh-Hans")
    assert back is not None
    assert bare(back.text) == bare(line.text)
    assert codes(back) == codes(line)


@given(lines())
def test_no_code_is_shown_to_the_engine_and_no_number_is_taken_twice(line: Line) -> None:
    found = masked(line)
    numbers = [fill.number for fill in found.fills]
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & found.own
    shown = list(line.text)
    for a, b in line.code:
        shown[a:b] = " " * (b - a)
    outside = "".join(shown)
    assert all(code in outside or len(code) < 3 or code not in found.text for code in codes(line))


@given(lines(), st.randoms(use_true_random=False), st.sampled_from(["en", "zh-Hans"]))
def test_marks_in_another_order_still_come_back(line: Line, chance: random.Random, lang: str) -> None:
    found = masked(line)
    order = list(found.fills)
    chance.shuffle(order)
    back = found.restored(" word ".join(["", *(f"X{fill.number}" for fill in order), ""]), lang)
    assert back is not None
    assert bare(back.text) == "word" + "".join(bare(fill.text) + "word" for fill in order) or not order
    assert sorted(codes(back)) == sorted(codes(line))


@given(lines())
def test_a_mark_lost_doubled_or_made_up_refuses_the_answer(line: Line) -> None:
    found = masked(line)
    marks = [f"X{fill.number}" for fill in found.fills]
    unused = max([*found.own, *(fill.number for fill in found.fills), 0]) + 1
    assert found.restored(" ".join([*marks, f"X{unused}"]), "en") is None
    if marks:
        assert found.restored("it " + " ".join(marks[1:]), "en") is None
        assert found.restored(" ".join([*marks, marks[0]]), "en") is None


@pytest.mark.parametrize(
    ("answer", "restored"),
    [
        ("Call X1 now.", "Call run() now."),
        ("Call X 1 now.", "Call run() now."),
        ("Call x1, now.", "Call run(), now."),
        ("Call ×1。", "Call run()。"),
        ("Call Ｘ１!", "Call run()!"),
        ("X1's way", "run()'s way"),
        ("two X1s", "two run()s"),
        ("(X1)", "(run())"),
        ("CallX1 now", None),
        ("X12", None),
        ("X1 X2", None),
        ("X1X1", None),
    ],
)
def test_what_models_do_to_a_mark(answer: str, restored: str | None) -> None:
    found = masked(Line("zh", "调用run()即可", (), ((2, 7),))).restored(answer, "en")
    assert (found.text if found else None) == restored
    if found:
        assert codes(found) == ["run()"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("见 https://a.org/b?c=1，写信给 me@a.org。", ["https://a.org/b?c=1", "me@a.org"]),
        ("用 --flag 和 load_in_4bit=，或 model.fit()", ["--flag", "load_in_4bit=", "model.fit()"]),
        ("在 owner/model-1 与 /etc/passwd 里", ["owner/model-1", "/etc/passwd"]),
        ("Llama 3.1 8B 与GPT-4o，还有 LoRA", ["Llama 3.1 8B", "GPT-4o", "LoRA"]),
        ("升级到 Transformers v4.46.0，需要 bfloat16", ["Transformers v4.46.0", "bfloat16"]),
        ("复杂度为 $O(n^2)$，花 $5 和 $10", ["$O(n^2)$"]),
        ("🤗 Transformers 很好用", ["🤗 Transformers"]),
        ("AI 与 LLM 的 APIs，4-bit，3.5 倍，24/7", []),
    ],
)
def test_what_is_masked_in_chinese(text: str, hidden: list[str]) -> None:
    assert [fill.text for fill in masked(Line("zh", text)).fills] == hidden


def test_an_english_sentence_keeps_its_words() -> None:
    found = masked(Line("en", "The PyTorch 2.4 release and/or Llama 3.1 need more input, see Figure 3.1."))
    assert found.text == "The X1 release and/or X2 need more input, see Figure 3.1."
    back = found.restored("X1 版本与 X2，见图 3.1。", "zh-Hans")
    assert back is not None
    assert back.text == "PyTorch 2.4 版本与 Llama 3.1，见图 3.1。"


def test_blanks_of_a_chinese_answer() -> None:
    found = masked(Line("en", "Use `git` now.", (), ((4, 9),)))
    back = found.restored("现在使用X1 。", "zh-Hans")
    assert back == Line("zh-Hans", "现在使用`git`。", (), ((4, 9),))


def test_blanks_that_links_leave_between_han_are_dropped() -> None:
    assert masked(Line("zh", "利用 分类器 检测这些 水印。")).text == "利用分类器检测这些水印。"


def test_terms_come_back_as_their_translation_and_kept_ones_as_they_are() -> None:
    found = masked(
        Line("zh", "提示词与提示很重要，智谱也是"), kept=("智谱",), terms={"提示": "prompt", "提示词": "prompt word"}
    )
    assert [fill.text for fill in found.fills] == ["prompt word", "prompt", "智谱"]
    back = found.restored("X1 and X2 matter, and so does X3.", "en")
    assert back is not None
    assert back.text == "Prompt word and prompt matter, and so does 智谱."


def test_a_line_of_names_alone_needs_no_engine() -> None:
    assert masked(Line("zh", "Stable Diffusion 3.5")).is_bare
    assert not masked(Line("zh", "Stable Diffusion 很快")).is_bare


def test_a_line_that_holds_marks_of_its_own() -> None:
    found = masked(Line("zh", "ThinkPad X1 装 PyTorch 与 X3"), kinds={"model", "name"})
    assert not {fill.number for fill in found.fills} & {1, 3}
    assert MARK.search(found.text)
