"""A line's side is told by its scripts; whole Latin documents by langdetect."""

from __future__ import annotations

import pytest

from digest.normalise.language import _SIMPLIFIED, _TRADITIONAL, language_of, language_of_document, side_of

FR = "Le serveur garde une copie de chaque page et la rend au lecteur quand le réseau est lent ou coupé."
DE = "Der Server behält eine Kopie jeder Seite und gibt sie dem Leser zurück, wenn das Netz langsam ist."
EN = "The server keeps a copy of every page and hands it to the reader when the network is slow."


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("使用Python运行GPT-4o", "zh-Hans"),
        ("Gradio是一个UI库", "zh-Hans"),
        ("簡體中文轉換", "zh-Hant"),
        ("OK", "en"),
        ("v1.2.3", "en"),
        ("Hugging Face 博客", "zh-Hans"),
        ("The word 你好 means hello in the language of the book", "en"),
        ("このページは日本語です", "ja"),
        ("이 글은 한국어입니다", "ko"),
        ("Это русский текст", "ru"),
        ("42 — 17", ""),
        ("", ""),
    ],
)
@pytest.mark.fault("content", "language of a short text")
def test_a_line_is_told_by_its_scripts(text: str, lang: str) -> None:
    """A title of a few words, or of two languages.

    Scripts tell the language, not a guesser of languages.
    """
    assert language_of(text) == lang


@pytest.mark.parametrize(
    ("text", "side"), [("调用 `model.generate(input_ids)` 即可", "zh"), (EN, "en"), ("日本語だよ", ""), ("…", "")]
)
def test_the_side_is_zh_en_or_none(text: str, side: str) -> None:
    assert side_of(text) == side


@pytest.mark.parametrize(
    ("text", "lang"), [(FR, "fr"), (DE, "de"), (EN, "en"), ("OK then", "en"), ("使用这个库", "zh-Hans")]
)
def test_a_document_in_a_third_language_is_told_from_english(text: str, lang: str) -> None:
    assert language_of_document([text]) == lang


def test_what_is_declared_counts_only_where_the_text_says_nothing() -> None:
    assert language_of_document([EN], "zh") == "en"
    assert language_of_document(["123"], "zh-TW") == "zh-TW"


def test_the_characters_of_one_script_are_not_the_others() -> None:
    assert not _SIMPLIFIED & _TRADITIONAL
    assert len(_SIMPLIFIED) > 250
