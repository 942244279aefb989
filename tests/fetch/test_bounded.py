"""A feed's text of any size and shape becomes one that is read in a few seconds, and says what was left out."""

from __future__ import annotations

import pytest

from digest.fetch.feeds.bounded import (
    BARE,
    DEPTH,
    LONGEST_TAG,
    MOST_READ,
    MOST_TEXT,
    NAMESPACES,
    bounded,
    first_and_last,
)
from digest.fetch.feeds.fields import FIELD

HEAD, END = "<rss><channel><title>A</title>", "</channel></rss>"


def item(title: str, more: str = "") -> str:
    return f"<item><title>{title}</title>{more}</item>"


def read(text: str) -> tuple[str, list[str]]:
    flaws: list[str] = []
    return bounded(text, flaws), flaws


@pytest.mark.parametrize(
    "text",
    [
        HEAD + item("a", "<description>&lt;p&gt;b &amp; c</description>") + "\n" + item("b") + END,
        HEAD + END,
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'><div><p>a<br/>b</p></div></content>"
        "</entry></feed>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><channel/><item rdf:about='b'/></rdf:RDF>",
        HEAD + item("<![CDATA[a <b> & c]]>") + END,
        HEAD + item("a") + "<image><url>b</url></image>" + item("c") + "<link>d</link>" + END,
    ],
    ids=["rss", "no entries", "atom", "rdf", "cdata", "between"],
)
def test_what_a_usual_feed_says_stays_as_it_is(text: str) -> None:
    assert read(text) == (text, [])


def test_comments_instructions_and_categories_go_and_what_stands_around_them_stays() -> None:
    unread = "<!-- <item> --><?php echo '<item>'?><category>b<c>d</c></category><dc:subject/><keywords>e</keywords>"
    assert read(HEAD + item("a", unread + "<link>f</link>") + END) == (HEAD + item("a", "<link>f</link>") + END, [])
    assert read(HEAD + item("a", "<category>b") + item("c") + END)[0] == HEAD + item("a") + item("c") + END


def test_a_category_of_the_channel_stays() -> None:
    text = HEAD + "<category>b</category>" + item("a") + END
    assert read(text) == (text, [])


@pytest.mark.parametrize("opened", ["<!--", "<![CDATA[", "<?", "<title", "<title>", "<b", "</", "&", ""])
def test_what_is_cut_off_keeps_its_whole_entries(opened: str) -> None:
    text, flaws = read(f"{HEAD}{item('a')}<item><title>b</title>{opened}")
    assert text == HEAD + item("a")
    assert flaws == ["cut off: the last entry is not whole and left out"]


def test_what_is_cut_off_between_entries_says_so_too() -> None:
    text, flaws = read(HEAD + item("a") + item("b"))
    assert text.count("<item>") == 2
    assert flaws == ["cut off: the feed does not end"]


def test_tags_that_nest_too_deep_are_left_out_and_their_text_stays() -> None:
    deep = "<b>" * (DEPTH + 50) + "text" + "</b>" * (DEPTH + 50)
    text, flaws = read(HEAD + item("a", f"<content>{deep}</content>") + item("c") + END)
    assert flaws == [f"tags nested deeper than {DEPTH}"]
    assert "text" in text
    assert text.count("<b>") == text.count("</b>") < DEPTH
    assert text.endswith(f"</content></item>{item('c')}{END}")


def test_of_very_many_entries_the_first_and_the_last_are_read() -> None:
    few, most = [str(n) for n in range(1000)], [str(n) for n in range(MOST_READ + 3)]
    assert first_and_last(few) == (few, ())
    text, flaws = read(HEAD + "".join(map(item, few)) + END)
    assert (text.count("<item>"), flaws) == (1000, [])
    text, flaws = read(HEAD + "".join(map(item, most)) + END)
    half = MOST_READ // 2
    assert flaws == [f"{len(most)} entries: the first and the last {half} are read"]
    assert text == HEAD + "".join(map(item, [*most[:half], *most[-half:]])) + END


def test_when_the_text_is_spent_entries_lose_theirs_and_keep_the_rest() -> None:
    body = f"<description>{'a' * FIELD}</description>"
    number = MOST_TEXT // FIELD + 10
    text, flaws = read(HEAD + item("b", body) * number + END)
    lost = number - text.count("<description>")
    assert lost > 5
    assert flaws == [f"more than {MOST_TEXT} characters: {lost} texts left out"]
    assert text.count("<title>b</title>") == number
    assert len(text) < 1.2 * MOST_TEXT


def test_one_body_is_cut_not_within_a_reference() -> None:
    text, _ = read(HEAD + item("b", f"<description>{'&amp;' * FIELD}</description><link>c</link>") + END)
    assert len(text) <= 2 * FIELD + 200
    assert "&amp;</description><link>c</link>" in text


def test_long_tags_bare_signs_and_namespaces_are_bounded() -> None:
    text, _ = read(HEAD + item("a", f"<b c='{'d' * LONGEST_TAG}'>e</b>") + END)
    assert (len(text) < LONGEST_TAG, "e" in text) == (True, True)
    text, _ = read(f"{HEAD}<item {'a' * LONGEST_TAG}='b'>{END}")
    assert "<item>" in text
    text, _ = read(HEAD + item("a", "< " * (BARE + 10)) + END)
    assert (text.count("< "), text.count("&lt; ")) == (BARE, 10)
    spaces = "".join(f"<n{n}:a xmlns:n{n}='b'/>" for n in range(NAMESPACES + 10))
    assert read(HEAD + item("a", spaces) + END)[0].count("xmlns:") == NAMESPACES


@pytest.mark.parametrize(
    "shape", ["<", "<!--", "<![CDATA[", "<?", "<item>", "</item>", "<a b='", "&#", "<category>", "a", "a:", "a.b "]
)
def test_what_is_opened_very_often_is_read_in_one_pass(shape: str) -> None:
    text, flaws = read(f"{HEAD}<{shape * 50_000}")
    assert len(text) <= 4 * 50_000 * len(shape) + len(HEAD)
    assert any(flaw.startswith("cut off") for flaw in flaws)
