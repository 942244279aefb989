"""Damaged lines: as far as they can be read, and no guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.clean.legible import LOST, legible

TEXT = "这个模型可以在普通的处理器上运行，不需要显卡。"


def damaged(text: str, codec: str) -> str:
    """Read UTF-8 by a code page that drops what it does not define, and lose the soft hyphen."""
    return text.encode().decode(codec, "ignore").replace("\u00ad", "")


@pytest.mark.parametrize("codec", ["cp1252", "cp1254"])
def test_what_has_all_its_bytes_is_read_and_the_rest_is_marked(codec: str) -> None:
    torn = damaged(TEXT, codec)
    read = legible(torn, codec)
    assert len(read) == len(TEXT)  # one mark for each lost character
    assert LOST in read
    assert all(got in (LOST, real) for got, real in zip(read, TEXT, strict=True))


@given(st.text(st.sampled_from("的模型运行，。Gradio 3.5 `code` — naïve"), max_size=60))
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert legible(text, "cp1252") == text
    assert legible(text, "cp1254") == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=30))
def test_nothing_is_ever_guessed(text: str) -> None:
    read = legible(damaged("模" + text, "cp1254"), "cp1254")
    assert len(read) == len(text) + 1
    assert all(got in (LOST, real) for got, real in zip(read, "模" + text, strict=True))
