"""Markup of more than one line, and HTML within lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.clean.markup import resolved, shapes_of
from digest.clean.page import SourceLine, read_page
from digest.normalise.language import side_of


def shapes(text: str) -> list[str]:
    raw = text.split("\n")
    return [shape.shape if shape else "" for shape in shapes_of(raw, resolved(raw))]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("<b>Fast</b> and <i class='x'>small</i>.", "Fast and small."),
        ('See <a class="x" href="https://a.example/p_(1)">this</a>.', "See [this](https://a.example/p_%281%29)."),
        ("Use `<b>` or <code>a_b</code>.", "Use `<b>` or `a_b`."),
        ("A Vec<T> holds values, 1 < 2.", "A Vec<T> holds values, 1 < 2."),
        (r"An escaped \<b> stays.", r"An escaped \<b> stays."),
        ("<h2>Title</h2>", "## Title"),
        ("one<br>two", "one two"),
    ],
)
def test_tags_come_off(line: str, read: str) -> None:
    assert resolved([line]) == [read]


def test_links_by_reference_are_found_wherever_they_are_defined() -> None:
    lines = [
        "## [Post][1]",
        "[Other][] and `[x][1]` and [none][9]",
        "[1]: https://a.example/1",
        "[other]: <https://b.c/>",
    ]
    assert resolved(lines)[:2] == [
        "## [Post](https://a.example/1)",
        "[Other](https://b.c/) and `[x][1]` and [none][9]",
    ]
    page = read_page([SourceLine(n, line) for n, line in enumerate(lines, 1)], side_of)
    assert [(post.title, post.url) for post in page.posts] == [("Post", "https://a.example/1")]
    assert dict(page.roles) == {1: "post", 3: "meta", 4: "meta"}


def test_underlined_headings_begin_posts() -> None:
    text = "Daily — 2025-04-16\n=====\n\n[One](https://a.example/1)\n----\n\n一行。\nA line.\n\n[Two](https://a.example/2)\n---\n二。"
    page = read_page([SourceLine(n, line) for n, line in enumerate(text.split("\n"), 1)], side_of)
    assert page.title == "Daily"
    assert [(post.heading, post.url) for post in page.posts] == [
        (4, "https://a.example/1"),
        (10, "https://a.example/2"),
    ]


def test_a_sentence_before_a_rule_is_no_heading() -> None:
    assert shapes("A sentence is above.\n---") == ["text", "markup"]
    assert shapes("一行。\nno stop\n---") == ["text", "text", "markup"]


def test_a_comment_in_code_is_no_heading() -> None:
    assert shapes("```python\n# load it\nx = 1\n```\n# H") == ["fence", "text", "text", "fence", "heading"]
    assert shapes("```\n# load it\nx = 1\n```")[1] == "text"
    assert shapes("```markdown\n# H\nx = 1\n```")[1] == "heading"
    assert shapes("```\n# H\n```")[1] == "heading"
    assert shapes("```\n# H\n\n一行话。\n```")[1] == "heading"


def test_a_line_of_tags_alone_has_a_shape_and_parts_nothing() -> None:
    assert shapes("<div>\n一行。\n</div>") == ["tag", "text", "tag"]


@given(st.lists(st.text(st.sampled_from("ab[]()<>/=-`#: 一\\\"'"), max_size=20), max_size=8))
def test_every_line_that_is_not_blank_has_a_shape(lines: list[str]) -> None:
    for line, shape in zip(lines, shapes_of(lines, resolved(lines)), strict=True):
        assert bool(line.strip()) == (shape is not None)
