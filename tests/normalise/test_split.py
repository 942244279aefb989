"""Sentences end where a reader would end them, and keep their places."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paragraph, Span
from digest.normalise.split import sentences, split

CASES = [
    ("chinese stops", "快吗？很快！我们试过……然后呢？", ["快吗？", "很快！", "我们试过……", "然后呢？"]),
    ("colon and semicolon run on", "有两点：其一快；其二省。完。", ["有两点：其一快；其二省。", "完。"]),
    ("closing quote stays", "他说：“好。”我们走了。", ["他说：“好。”", "我们走了。"]),
    ("said after a quote", "“为什么？”他问道。没人答。", ["“为什么？”他问道。", "没人答。"]),
    ("quotation as a part", "记住“少即是多。”的道理。好。", ["记住“少即是多。”的道理。", "好。"]),
    ("no break in brackets", "用它（见下。很短）即可。完。", ["用它（见下。很短）即可。", "完。"]),
    ("mixed width brackets", "数据（共十份！) 或者更多。", ["数据（共十份！) 或者更多。"]),
    ("abbreviations", "Use e.g. a list vs. a set. Dr. Li said so.", ["Use e.g. a list vs. a set.", "Dr. Li said so."]),
    (
        "versions and files",
        "It needs v2.0.1 and main.py. Then run it.",
        ["It needs v2.0.1 and main.py.", "Then run it."],
    ),
    ("list marker", "1. Measure first. 2. Then change.", ["1. Measure first.", "2. Then change."]),
    ("lower case runs on", "The method .where is old. It works.", ["The method .where is old.", "It works."]),
    ("address", "见 https://a.example/b.c?d=1. 后面是中文。", ["见 https://a.example/b.c?d=1.", "后面是中文。"]),
    ("english before han", "这叫 Ray. 它很快。", ["这叫 Ray.", "它很快。"]),
    ("emoji goes back", "We did it. 🎉 Now rest.", ["We did it. 🎉", "Now rest."]),
    ("formula", "Let $a. B$ be. Then stop.", ["Let $a. B$ be.", "Then stop."]),
    ("line break ends", "作者甲\n作者乙", ["作者甲", "作者乙"]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_text_splits_as_a_reader_would(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == expected


TEXTS = st.text(
    alphabet=st.sampled_from("ab AB.!?。！？…，；：“”「」（）()\"'\n 1.中文的他说🎉`$\u00a0*e.g. "), max_size=200
)


@given(TEXTS | st.text(max_size=100))
def test_nothing_is_lost_and_nothing_said_twice(text: str) -> None:
    places = split(text)
    edges = [0, *(edge for place in places for edge in place), len(text)]
    assert edges == sorted(edges)
    assert all(start < end for start, end in places)
    assert not "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)).strip()


@given(st.lists(TEXTS, max_size=4))
def test_a_sentence_stands_where_it_says(texts: list[str]) -> None:
    paragraphs = tuple(Paragraph("prose", text) for text in texts)
    for sentence in sentences(paragraphs):
        assert paragraphs[sentence.paragraph].text[sentence.start : sentence.end] == sentence.text


def test_code_spans_do_not_break_and_travel_with_their_sentence() -> None:
    text = "先看看。调用 a. B() 即可。"
    start = text.index("a. B()")
    found = sentences((Paragraph("prose", text, 0, (Span(start, start + 6, "code"),)),))
    assert [s.text for s in found] == ["先看看。", "调用 a. B() 即可。"]
    assert [s.text[a:b] for s in found for a, b in s.code] == ["a. B()"]


def test_a_heading_is_one_sentence_and_code_is_none() -> None:
    found = sentences(
        (Paragraph("heading", "What? Why! How."), Paragraph("code", "a. B"), Paragraph("table", "甲。乙。"))
    )
    assert [s.text for s in found] == ["What? Why! How."]


@pytest.mark.parametrize("piece", ["“你好。", "他。”", "(a. ", "$a. ", "。", "word word. ", "1. ", "`", "http://a"])
def test_time_grows_with_the_text_not_with_its_square(piece: str) -> None:
    start = time.monotonic()
    split(piece * (100_000 // len(piece)))
    assert time.monotonic() - start < 3
