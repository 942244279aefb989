"""What lost nothing is undone, and gives its input back when it is damaged again."""

from __future__ import annotations

from html import escape, unescape

import pytest
from clean_texts import CLEAN, ZH
from hypothesis import given
from hypothesis import strategies as st

from digest.normalise.repair.channel import Channel
from digest.normalise.repair.sequences import PAGES
from digest.normalise.repair.undo import by_ftfy, entities, undone

ANY = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n"), max_size=40)


@given(ANY, st.sampled_from(PAGES))
def test_every_text_comes_back_through_every_page(text: str, codec: str) -> None:
    assert undone(Channel(codec).damage(text), Channel(codec)) == text


@given(ANY, st.sampled_from(PAGES))
def test_what_is_undone_can_be_damaged_again(text: str, codec: str) -> None:
    read = undone(text, Channel(codec))
    assert read is None or Channel(codec).damage(read) == text


def test_a_character_that_the_page_lacks_is_no_byte() -> None:
    assert undone("æ¨¡€", Channel("latin-1")) is None
    assert undone("模型", Channel("cp1252")) is None


def test_ftfy_is_told_to_leave_typography_alone() -> None:
    """Its defaults would straighten quotes, narrow ， and break up ligatures."""
    for text in ("，。！？（）：；“x” ‘y’", "ﬁ ﬂ ＡＢＣ", "a\r\nb\u2028é", "\x1b[1mé", "&lt;é", "e\u0301"):
        assert by_ftfy(text) == (text, ())


@pytest.mark.parametrize("text", CLEAN.values())
def test_ftfy_sees_no_mojibake_in_clean_lines(text: str) -> None:
    assert by_ftfy(text)[0] == text


def test_ftfy_mends_what_is_too_short_for_evidence() -> None:
    assert by_ftfy("âœ” No problems") == ("✔ No problems", ("ftfy:sloppy-windows-1252",))
    assert by_ftfy("voilÃ\xa0 le travail")[0] == "voilà le travail"
    assert by_ftfy("plain") == ("plain", ())


def test_ftfy_may_not_put_replacement_marks_where_bytes_are_left() -> None:
    torn = "å…³äºŽä¸­æ–‡çš„ä¸ªä½“"
    assert "\ufffd" not in by_ftfy(torn)[0]


# ---- entities -------------------------------------------------------------------------------------------------------


@given(ANY, st.booleans())
def test_text_that_was_escaped_twice_comes_back(text: str, quote: bool) -> None:
    text = f"{text} <b> & <i>"  # enough to prove it
    assert entities(escape(escape(text, quote=quote), quote=quote)) == text


@given(ANY)
def test_what_is_unescaped_twice_gives_its_input_back(text: str) -> None:
    read = entities(text)
    assert read == text or unescape(unescape(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        "&lt;b&gt; is bold",
        "Write &amp;nbsp; for a space, &amp;lt; for <",
        "The entity &amp;lt; is written so",
        "用 &amp;lt; 转义",
        "AT&T & co; R&amp;amp;D",
        "a &amp; b &amp;amp; c <p>",
        "x &foo; y",
        "&amp;copy; 2024",
        "if (a &amp;amp;&amp;amp; b) { return &x; }",
    ],
)
def test_entities_that_somebody_wrote_stay(text: str) -> None:
    assert entities(text) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        ("R&amp;D", "R&D"),
        ("Don&#8217;t panic", "Don’t panic"),
        ("Tips &amp; Tricks", "Tips & Tricks"),
        ("&quot;Hello&quot; she said", '"Hello" she said'),
        ("Paged attention &#8211; 第一部分", "Paged attention – 第一部分"),
    ],
)
def test_entities_that_a_parser_left_are_undone_where_they_stand_at_work(left: str, text: str) -> None:
    assert entities(left, parsed=True) == text


@pytest.mark.parametrize(
    "text",
    [
        "Use &nbsp; sparingly",
        "What does &amp; mean?",
        "Escaping &lt; and &gt;",
        "&lt;canvas&gt; explained",
        "R&D",
        "a < b &amp; c",
    ],
)
def test_entities_that_a_title_speaks_of_stay(text: str) -> None:
    assert entities(text, parsed=True) == text


def test_a_repair_of_clean_chinese_is_none() -> None:
    assert entities(ZH) == ZH
