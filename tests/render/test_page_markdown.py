"""The Markdown page: the contract, and that no text becomes markup."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sample_day import DAY, EMPTY, ENGLISH, LATE, PAIRED, REPAIRED, THIRD, guessed, line, pair

from digest.model import Abstract, Both, Digest, Line, Verdict
from digest.render import page
from digest.render.line import segments, shown
from digest.render.markdown import md_line

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

CONTRACT = """\
# HF 博客日报 — 2025-04-16

以下共有 2 篇博文，摘要如下：

## [A Title](https://a.example/x) （2025-04-16）

一个标题

**摘录 · Highlights**

你好，世界。\x20\x20
Hello, world.

---

## [Another](https://a.example/y) （2025-04-16）

**摘录 · Highlights**

An English line. 〔未译 · not translated〕

---

made by a test
"""

NASTY = [
    "# not a heading",
    "- not an item",
    "+ nor this",
    "1. nor a number",
    "2) nor this",
    "===",
    "---",
    "> no quote",
    "*stars* **bold** _under_ __more__",
    "[text](javascript:alert(1)) ![image](https://a.example/i.png)",
    "[label]: https://a.example/",
    "<script>alert(1)</script> <b>",
    "<https://a.example/>",
    "&amp; &#65; &copy; AT&T",
    "`tick` ``two``",
    "a | b",
    ":-: | :-:",
    "~~gone~~ ~~~",
    "back\\slash\\",
    "https://a.example/中文。后文 www.a.example who@a.example",
    "    four blanks",
    "2025. A year",
    "\u3000\u3000全角缩进",
    "~~~",
    "```",
]


def digest(*abstracts: Abstract) -> Digest:
    return dataclasses.replace(DAY, abstracts=abstracts, failures=(), signature="made by a test")


def plain(tokens: list[Token]) -> str:
    """Give the text that a reader sees of inline tokens."""
    return "".join("\n" if t.type in ("softbreak", "hardbreak") else t.content for t in tokens)


def blocks(markdown: str) -> list[tuple[str, str]]:
    """Give (tag, visible text) of every block of a Markdown text."""
    tokens = READER.parse(markdown)
    return [(tokens[i - 1].tag, plain(t.children or [])) for i, t in enumerate(tokens) if t.type == "inline"]


def kinds(token: Token) -> set[str]:
    return {child.type for child in token.children or []}


def test_the_page_is_the_contract_to_the_letter() -> None:
    first = Abstract(
        id="1",
        title=Both("一个标题", "A Title"),
        url=Both("https://a.example/zh/x", "https://a.example/x"),
        source="A",
        published=datetime(2025, 4, 16, 3, tzinfo=UTC),
        lang="en",
        kind="highlights",
        pairs=(pair(1, line("你好，世界。", "zh-Hans"), line("Hello, world.", "en")),),
    )
    second = dataclasses.replace(
        first,
        id="2",
        title=Both(None, "Another"),
        url=Both(None, "https://a.example/y"),
        pairs=(pair(2, None, line("An English line.", "en")),),
    )
    assert page.markdown(digest(first, second)) == CONTRACT


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", "2025-04-17"), ("UTC", "2025-04-16")])
def test_a_post_carries_the_date_of_the_readers_zone(zone: str, day: str) -> None:
    post = dataclasses.replace(PAIRED, published=datetime(2025, 4, 16, 16, 0, tzinfo=UTC))
    text = page.markdown(dataclasses.replace(digest(post), timezone=zone))
    assert f"https://blog.example/beam-search) （{day}）" in text


def test_with_english_first_the_english_line_stands_first_and_the_lead_is_english() -> None:
    text = page.markdown(dataclasses.replace(digest(PAIRED), order=("en", "zh")))
    assert "\n1 post, with its highlights:\n" in text
    assert "All it takes is to pass `force_words_ids` to `model.generate()`.  \n只需把 `force_words_ids`" in text


def test_a_day_without_posts_says_so() -> None:
    assert "这一天没有博文。" in page.markdown(EMPTY)
    assert "No posts on this day." in page.markdown(dataclasses.replace(EMPTY, order=("en", "zh")))


def test_marks_and_notes_are_told_in_words() -> None:
    text = page.markdown(DAY)
    assert "Some 70 teams already use it. 〔未核对 · unverified〕" in text
    assert "Subscribers get one mail every morning. 〔机译 · machine〕" in text
    assert "〔中文版文字受损，未采用 · the Chinese edition's text is damaged and was not used〕" in text
    assert "译者 · Translated by: 林小满、Wei Zhang" in text
    assert text.index("# 补录 · late") < text.index(LATE.title.en or "?")
    assert "no answer within 30 s" in text
    assert text.rstrip().endswith(DAY.signature)


def test_an_unknown_note_is_printed_as_it_is() -> None:
    assert "〔brand-new〕" in page.markdown(digest(dataclasses.replace(ENGLISH, notes=("brand-new",))))


def test_a_post_in_a_third_language_is_a_title_without_highlights() -> None:
    text = page.markdown(digest(THIRD))
    assert "## [オープンモデルの評価について](https://blog.example/ja/evaluation)" in text
    assert "摘录" not in text


def rendered_pair(zh: str, en: str) -> str:
    """Give the visible text of the pair's block of a page with one post."""
    post = dataclasses.replace(PAIRED, credits=(), pairs=(pair(1, line(zh, "zh"), line(en, "en")),))
    return blocks(page.markdown(digest(post)))[-2][1]


@pytest.mark.parametrize("text", NASTY)
def test_a_line_reads_as_it_was_written(text: str) -> None:
    seen = shown(text)
    assert rendered_pair(text, text) == f"{seen}\n{seen}"


@pytest.mark.parametrize("text", NASTY)
def test_a_title_reads_as_it_was_written(text: str) -> None:
    post = dataclasses.replace(PAIRED, title=Both(text, text), credits=())
    found = blocks(page.markdown(digest(post)))
    assert found[2] == ("h2", f"{shown(text)} （2025-04-16）")
    assert found[3] == ("p", shown(text))


texts = st.text(
    st.one_of(st.sampled_from(list("*_[]()<>&`#-+=.1|~\\!:/ \t\n@w'\"{}$^")), st.sampled_from("ab中文。“〔é")),
    min_size=1,
    max_size=24,
)


@settings(max_examples=300, deadline=None)
@example("a_b_ _c_ *", "[x]: y")
@given(texts, texts)
def test_any_line_reads_as_it_was_written(zh: str, en: str) -> None:
    seen = (shown(zh), shown(en))
    if all(seen):
        assert rendered_pair(zh, en) == "\n".join(seen)


@settings(max_examples=300, deadline=None)
@example("`", 0, 1)
@example("a`` b", 1, 3)
@given(texts, st.integers(0, 24), st.integers(0, 24))
def test_any_code_span_stays_code_and_the_rest_stays_text(text: str, start: int, length: int) -> None:
    marked = Line("en", text, code=((start, start + length),))
    written = md_line(marked)
    tokens = READER.parse(written + " end")
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert kinds(tokens[1]) <= {"text", "code_inline", "text_special"}
    want = [cut for cut, code in segments(marked) if code]
    assert [t.content for t in tokens[1].children or [] if t.type == "code_inline"] == want


def test_code_spans_that_touch_become_one() -> None:
    assert md_line(Line("en", "ab c", code=((0, 1), (1, 2)))) == "`ab` c"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x_(y)",
        "https://a.example/?a=1&copy;=2",
        "https://a.example/中文?q=*b*",
        "https://a.example/[1]`",
    ],
)
def test_an_address_leads_where_it_led(url: str) -> None:
    post = dataclasses.replace(PAIRED, url=Both(None, url))
    heading = READER.parse(page.markdown(digest(post)))
    links = [c for t in heading for c in t.children or [] if c.type == "link_open"]
    assert [link.attrGet("href") for link in links] == [READER.normalizeLink(url)]


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    post = dataclasses.replace(PAIRED, url=Both(None, "javascript:alert(1)"))
    text = page.markdown(digest(post))
    assert "](" not in text
    assert "javascript" not in text


def test_an_untranslated_line_is_printed_once() -> None:
    text = page.markdown(digest(ENGLISH))
    assert text.count("Simple synthetic tasks") == 1
    assert text.count("〔未译 · not translated〕") == len(ENGLISH.pairs)


def test_an_unverified_pair_keeps_its_line_break() -> None:
    doubtful = pair(1, line("甲。", "zh"), line("A.", "en"), Verdict(0.4, False))
    text = page.markdown(digest(dataclasses.replace(PAIRED, pairs=(doubtful,))))
    assert "甲。  \nA. 〔未核对 · unverified〕\n" in text


def test_a_line_with_guesses_has_a_footnote() -> None:
    text = page.markdown(digest(REPAIRED))
    assert "时钟在每台机器上走得都不一样。[^1]  \nEvery machine keeps its own time.\n" in text
    assert "看它一眼。[^2] 〔未译 · not translated〕\n" in text
    assert (
        "[^1]: 猜读 · guessed: 在 (时钟在每台机…) 也可能是 再、存 · also possible: 再, 存; "
        "得 (…器上走得都不一…) 没有其他较可能的字 · nothing else is likely\n" in text
    )
    assert (
        "〔中文版文字曾丢失字节，已重新识读 482 字，其中 3 字存疑 · the Chinese edition's text had lost bytes; "
        "characters read again: 482, of them unsure: 3〕" in text
    )
    assert "[^" not in page.markdown(DAY)


def test_a_footnote_is_no_markup_of_plain_markdown() -> None:
    """CommonMark knows no footnotes: they read as text there, and no part of them opens anything."""
    evil = guessed(line("看*这*里 [x](y)", "zh"), ("这", 0.5, "*`[<"))
    post = dataclasses.replace(REPAIRED, pairs=(pair(1, evil, line("A (b).", "en")),))
    found = [text for _, text in blocks(page.markdown(digest(post)))]
    assert "看*这*里 [x](y)[^1]\nA (b)." in found
    assert [text for text in found if text.startswith("[^1]: ")] == [
        "[^1]: 猜读 · guessed: 这 (看*这*里 …) 也可能是 *、`、[、< · also possible: *, `, [, <"
    ]
