"""What is too much to be read whole is read in part, and the document says so; all else is read whole."""

from __future__ import annotations

import pytest

from digest.markup import MOST_CHARACTERS, MOST_TAGS
from digest.model import Document, Page
from digest.normalise.article import read_fragment, read_page
from digest.normalise.blocks import MAX_BLOCKS, MAX_TEXT
from digest.normalise.markdown import MAX_MARKDOWN, read_markdown
from digest.normalise.pieces import MAX_BLOCK, MAX_PIECES
from digest.normalise.plain import MAX_PLAIN, read_plain

SENTENCE = "A queue keeps every job until a worker takes it from there. "
URL = "https://blog.example/post"


def fragment(html: str) -> Document:
    return read_fragment(html, URL, title="A queue", lang="en")


def size(document: Document) -> int:
    return sum(len(paragraph.text) for paragraph in document.paragraphs)


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{SENTENCE * 300}</p>",
        f"<p>{SENTENCE}</p>" * (MAX_BLOCKS - 1),
        f"<p>{'<a href=/b>b</a> ' * (MAX_PIECES // 2 - 1)}</p>",
        "<script>" + "x" * (2 * MAX_TEXT) + f"</script><p>{SENTENCE}</p>",
        f"<p>{SENTENCE}</p><pre>{'x' * MAX_BLOCK}</pre>",
    ],
    ids=["long", "many blocks", "many links", "a large script", "much code"],
)
def test_a_text_within_the_bounds_is_whole(html: str) -> None:
    assert not fragment(html).cut


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{SENTENCE * 300}</p>" * (MAX_TEXT // (len(SENTENCE) * 300) + 1),
        f"<p>{SENTENCE}</p>" * (MAX_BLOCKS + 1),
        f"<p>{SENTENCE}</p>" + "<img alt='a'>" * MAX_BLOCKS + "<pre>code</pre>",
        f"<p>{SENTENCE * (MAX_BLOCK // len(SENTENCE) + 1)}</p>",
        f"<p>{'<a href=/b>b</a> ' * (MAX_PIECES // 2 + 1)}</p>",
        f"<p>{SENTENCE}</p><pre>{'x' * (MAX_BLOCK + 1)}</pre>",
        f"<p>{SENTENCE}</p>" + "<b></b>" * MOST_TAGS,
        f"<p>{SENTENCE}</p>" + " " * MOST_CHARACTERS,
    ],
    ids=["text", "blocks", "what no block holds", "one block", "stretches", "code", "tags", "characters"],
)
def test_a_text_that_is_too_much_says_so(html: str) -> None:
    document = fragment(html)
    assert document.cut
    assert 0 < size(document) <= MAX_TEXT
    assert len(document.paragraphs) <= MAX_BLOCKS


def test_the_article_of_a_page_says_so_and_the_rest_of_the_page_has_no_say() -> None:
    whole = f"<body><article><h1>A queue</h1>{f'<p>{SENTENCE * 3}</p>' * 9}</article>"
    comments = f"<footer class='comments'>{'<p>Thanks.</p>' * MAX_BLOCKS}</footer>"
    long = whole.replace("</article>", f"<p>{SENTENCE * 400}</p></article>")

    def read(html: str) -> Document:
        return read_page(Page(URL, html.encode(), (("content-type", "text/html"),)))

    assert not read(whole).cut
    assert not read(whole + comments).cut
    assert read(long).cut


def test_markdown_and_plain_text_say_so() -> None:
    paragraph = f"{SENTENCE * 30}\n\n"
    few, many = paragraph * 9, paragraph * (MAX_MARKDOWN // len(paragraph) + 1)
    assert [read_markdown(text, URL).cut for text in (few, many)] == [False, True]
    assert [read_plain(text, URL).cut for text in (few, few + "\n" * MAX_PLAIN)] == [False, True]
