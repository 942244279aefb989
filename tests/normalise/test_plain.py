"""Plain text: paragraphs, wrapped lines, and which characters end a line."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from digest.normalise.plain import groups, paragraphs_of, read_plain
from digest.normalise.split import sentences

WRAPPED = """\
The cache keeps all rows in memory on one server, and the
log is written before a write is acknowledged. A background
thread compacts it.

- the first item of a list that is rather long for a line
- the second item

A title
Its first line.
"""


def test_wrapped_lines_are_joined_and_items_are_not() -> None:
    assert list(paragraphs_of(WRAPPED)) == [
        "The cache keeps all rows in memory on one server, and the log is written before a write is acknowledged. "
        "A background thread compacts it.",
        "- the first item of a list that is rather long for a line\n- the second item",
        "A title\nIts first line.",
    ]
    chinese = "缓存把所有的数据行都保存在一台服务器的内存里，并且在确认写\n入之前会先写日志。\n"
    assert list(paragraphs_of(chinese)) == [chinese.replace("\n", "")]


def test_a_document_of_plain_text_splits_into_its_sentences() -> None:
    document = read_plain(WRAPPED, "a.txt")
    assert (document.lang, document.title) == ("en", "")
    found = [s.text for s in sentences(document.paragraphs)]
    assert found[1] == "A background thread compacts it."
    assert found[-2:] == ["A title", "Its first line."]


def test_only_line_feeds_end_a_line() -> None:
    text = "a\u2028b\x85c\x0cd\x0be\x1cf\rg\r\nh\n\u2028\n\x0c\r\ni"
    assert list(groups(text)) == [("a\u2028b\x85c\x0cd\x0be\x1cf\rg", "h"), ("i",)]


@given(st.text(st.sampled_from("ab中 \t\r\n\x0b\x0c\x1c\x85\u2028\u3000。-")))
def test_every_line_that_is_not_white_space_is_in_one_group_in_order(text: str) -> None:
    lines = [line.strip() for line in re.split("\r?\n", text) if line.strip()]
    assert [line for group in groups(text) for line in group] == lines
    assert all(groups_ for groups_ in groups(text))
