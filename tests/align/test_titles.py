"""Titles: names stay as they are, English phrases are no Chinese title, and English prose in a Chinese one is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.align.judge.english import common_words, is_ordinary
from digest.align.titles import TitleReading, english_left, is_name, read_titles

NAMES = (
    "Gemma 2", "PyTorch 2.4", "vLLM v0.6", "Llama 3.1 405B", "Claude 3.5 Sonnet", "llama.cpp", "requests 2.32",
    "Spring Boot 3.4", "Visual Studio Code", "Docker Compose", "C++26", "BERT", "`pip install`", "CUDA 12.6 / cuDNN 9",
)  # fmt: skip
PHRASES = (
    "Is this the end?", "Dark clouds", "The Rust Programming Language", "Why we left the cloud", "Top 10", "Part 2",
    "Semantic Versioning 2.0.0", "I rewrote my parser in Go", "Chapter 3", "SALE ENDS SOON", "Writing better tests",
)  # fmt: skip


@pytest.mark.parametrize("title", NAMES)
def test_names_with_versions_need_no_translation(title: str) -> None:
    assert is_name(title)
    assert read_titles(title, title).state == "names"


@pytest.mark.parametrize("title", PHRASES)
def test_an_english_phrase_is_not_its_own_chinese_title(title: str) -> None:
    reading = read_titles(title, title)
    assert reading.state == "untranslated"
    assert (reading.side, reading.left) == ("zh", title)


@pytest.mark.parametrize(
    ("zh", "left"),
    [
        ("如何 write your own 解析器", "write your own"),
        ("Understanding 内存模型", "Understanding"),
        ("Train 你的第一个模型", "Train"),
        ("编译器 in the browser：一次实验", "in the browser"),
        ("数据库 and 缓存", "and"),
        ("Rust 的 new borrow rules", "new borrow rules"),
    ],
)
def test_english_prose_left_in_a_chinese_title_is_found(zh: str, left: str) -> None:
    assert english_left(zh) == left
    assert read_titles(zh, "An English title").state == "part"


@pytest.mark.parametrize(
    "zh",
    [
        "用 PyTorch 2.4 训练 Llama",
        "在 Hugging Face 上发布模型",
        "给 agent 写 prompt 的十条经验",
        "微软发布 Visual Studio Code 1.95",
        "面向 to B 市场的大模型",
        "经典论文《Attention Is All You Need》重读",
        "混合专家（Mixture of Experts）简介",
        "Show HN：我写了一个编辑器",
        "使用 -fno-common 与 `make all` 编译",
        "详见 https://example.org/how-to-build-it 的说明",
    ],
)
def test_names_loans_quotations_and_code_may_stay_in_a_chinese_title(zh: str) -> None:
    assert english_left(zh) == ""
    assert read_titles(zh, "An English title").state == "translated"


def test_chinese_left_on_the_english_side_is_found() -> None:
    assert read_titles("发布日志", "发布日志") == TitleReading("untranslated", "en", "发布日志")
    assert read_titles("发布日志与计划", "Release 日志与计划").state == "part"
    assert read_titles("发布日志与计划", "Release 日志与计划").side == "en"
    assert read_titles("微信小程序", "WeChat (微信) mini programs").state == "translated"


def test_a_chinese_title_of_names_beside_an_english_phrase_says_less() -> None:
    assert read_titles("Gemma 2", "Welcome to Gemma 2").state == "part"
    assert read_titles("", "Gemma 2").state == read_titles("标题", "…").state == "untranslated"


def test_the_word_list_knows_inflected_forms_and_no_names() -> None:
    assert 10_000 < len(common_words()) < 50_000
    assert all(map(is_ordinary, ("separators", "versioning", "stopped", "happily", "unhidden")))
    assert not any(map(is_ordinary, ("PyTorch", "Qwen", "vLLM", "Kubernetes", "xyzzy")))


@given(st.sampled_from(NAMES + PHRASES), st.sampled_from(["", " ", "\u3000", "\n"]))
def test_space_around_titles_changes_nothing(title: str, space: str) -> None:
    assert read_titles(space + title + space, title) == read_titles(title, title)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_get_a_state_and_a_copy_is_never_a_translation(zh: str, en: str) -> None:
    assert read_titles(zh, en).state in ("translated", "untranslated", "part", "names")
    assert read_titles(zh, zh).state in ("untranslated", "names", "part")


@given(st.text("天地人模型数据训练方法", min_size=1, max_size=20), st.sampled_from(NAMES[:6]))
def test_a_chinese_title_with_a_name_is_translated(han: str, name: str) -> None:
    assert read_titles(f"{han} {name} {han}", "An English title").state == "translated"
