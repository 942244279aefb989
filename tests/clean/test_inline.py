"""Markdown within a line: what stays, what goes, and that our own writing is read back."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.clean.inline import inline
from digest.model import Line
from digest.render.line import segments
from digest.render.markdown import md_line


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("*整行都是强调。*", "整行都是强调。"),
        ("_An echo with `snake_case` in it._", "An echo with snake_case in it."),
        ("用户可以在*Lab/model-a*和*Lab/model-b*上运行", "用户可以在Lab/model-a和Lab/model-b上运行"),
        ("a node with 8 * 80 GB and 2*3*4", "a node with 8 * 80 GB and 2*3*4"),
        ("**Bold** and ***both***", "Bold and both"),
        ("call some_long_name(*args)", "call some_long_name(*args)"),
        (r"\*not emphasis\* and \[no link\]", "*not emphasis* and [no link]"),
        ("see [the docs](https://a.example/x_(y)) now", "see the docs now"),
        ("a note[^1] and `code[^2]` and \\[^3]", "a note and code[^2] and [^3]"),
        ("`*.example.live` stays code", "*.example.live stays code"),
    ],
)
def test_markup_goes_and_text_stays(line: str, text: str) -> None:
    if "2*3*4" in line:  # between digits CommonMark does take stars for emphasis
        text = text.replace("2*3*4", "234")
    assert inline(line).text == text


def test_code_and_links_are_kept_with_their_places() -> None:
    found = inline("  Pass `a*b` to [`f()`](https://a.example/f) or <https://a.example/g>.")
    assert [found.text[start:end] for start, end in found.code] == ["a*b", "f()"]
    assert found.links == ("https://a.example/f", "https://a.example/g")


@given(st.text(st.sampled_from("ab 中。*_`[]()<>\\|~#-+=1.:/&;@w"), max_size=40), st.data())
@example("*a*", None)
def test_what_our_own_page_writes_is_read_back(text: str, data: st.DataObject | None) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2))) if data else [0, 0]
    line = Line("en", text, code=((cuts[0], cuts[1]),) if cuts[0] < cuts[1] else ())
    printed = segments(line)
    found = inline(md_line(line))
    assert found.text == "".join(piece for piece, _ in printed).strip()


@given(st.text(max_size=200))
def test_any_line_can_be_read(text: str) -> None:
    found = inline(text)
    assert all(0 <= start < end <= len(found.text) for start, end in found.code)
