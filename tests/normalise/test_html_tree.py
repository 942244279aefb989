"""A stranger's markup becomes a tree in bounded time, whatever it opens and never closes."""

from __future__ import annotations

import pytest

from digest.markup import MOST_ATTRIBUTES, MOST_CHARACTERS, MOST_TAGS, bounded_html, tree_of


def test_a_page_is_cut_at_its_characters_and_its_tags() -> None:
    assert len(bounded_html("a" * (MOST_CHARACTERS + 1))) == MOST_CHARACTERS
    assert bounded_html("<p>a" * MOST_TAGS) == "<p>a" * MOST_TAGS
    assert bounded_html("<p>a" * (MOST_TAGS + 5)) == "<p>a" * MOST_TAGS


@pytest.mark.parametrize("html", ["", " \n", "<!-- a -->", "<!-- a", "<?xml version='1.0'?>", "\x00", "</p>"])
def test_where_nothing_is_there_is_no_tree(html: str) -> None:
    assert tree_of(html) is None


@pytest.mark.parametrize(
    "declared", ["<?xml version='1.0' encoding='utf-16'?>", "<meta charset='gbk'>", "\ufeff", "<!DOCTYPE html>"]
)
def test_a_text_is_a_text_whatever_encoding_it_declares(declared: str) -> None:
    tree = tree_of(f"{declared}<p>模型 naïve</p>")
    assert tree is not None
    assert tree.findtext(".//p") == "模型 naïve"


def test_what_no_text_may_hold_is_left_out() -> None:
    tree = tree_of("<p>a\x00b\ud800c</p><!-- d --><?e f?>")
    assert tree is not None
    assert tree.text_content() == "ab?c"


def test_a_tag_keeps_the_first_of_too_many_attributes() -> None:
    many = " ".join(f"a{n}='{n}'" for n in range(5 * MOST_ATTRIBUTES))
    tree = tree_of(f"<article id=x {many}><p class='y'>text</p></article>")
    assert tree is not None
    (article,) = tree.iter("article")
    assert len(article.attrib) == MOST_ATTRIBUTES
    assert (article.get("id"), article.get("a98"), article.get("a99")) == ("x", "98", None)
    assert tree.findtext(".//p[@class='y']") == "text"


@pytest.mark.parametrize(
    "stray",
    ['<a href="x"">s</a>', "<a title='it's fine'>s</a>", '<img alt="5" tall">', "a <b it's", '<a "x>y</a>'],
)
def test_a_quote_too_many_takes_nothing_with_it(stray: str) -> None:
    links = "".join(f'<p>Paragraph {n} with a <a href="/{n}" class="y">link</a> in it.</p>' for n in range(200))
    tree = tree_of(f"<body>{stray}{links}</body>")
    assert tree is not None
    assert len(list(tree.iter("p"))) >= 199
    assert "Paragraph 199 with a link in it." in tree.text_content()


@pytest.mark.parametrize("raw", ["script", "style"])
def test_what_stands_in_scripts_is_no_tag(raw: str) -> None:
    code = "if (a <b " + "c=1 " * 300 + ") {}"
    tree = tree_of(f"<p>one</p><{raw}>{code}</{raw}><p>two</p>")
    assert tree is not None
    assert tree.findtext(f".//{raw}") == code
    assert [p.text for p in tree.iter("p")] == ["one", "two"]


@pytest.mark.parametrize("opened", ["<a b='", '<a b="', "<a ", "<!--", "<script>", "<style ", "<a b", "<", "<a b=c "])
def test_what_is_opened_very_often_and_never_closed_is_read(opened: str) -> None:
    tree = tree_of("<p>text</p>" + opened * 20_000)
    assert tree is not None
    assert next(tree.iter("p")).text == "text"
