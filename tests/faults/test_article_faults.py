"""Pages of posts that hold no article, or one that nobody should read whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_feeds import PAGES
from faulty_blog import FaultyBlog

from digest.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def hasty() -> Iterator[Sandbox]:
    with Sandbox(deadline=0.7, most=1) as made:
        yield made


@pytest.fixture
def blog(tmp_path: Path, hasty: Sandbox) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path, reader=hasty) as opened:
        yield opened


@pytest.mark.fault("content", "article that is a PDF")
def test_narticle_that_is_a_pdf(blog: FaultyBlog) -> None:
    """A post's address serves a PDF.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article that is a PDF"])


@pytest.mark.fault("content", "article that calls itself HTML and is a PDF")
def test_narticle_that_calls_itself_html_and_is_a_pdf(blog: FaultyBlog) -> None:
    """A PDF under the label of HTML.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article that calls itself HTML and is a PDF"])


@pytest.mark.fault("content", "article that is a picture")
def test_narticle_that_is_a_picture(blog: FaultyBlog) -> None:
    """A post's address serves a picture.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article that is a picture"])


@pytest.mark.fault("content", "article behind a wall of JavaScript")
def test_narticle_behind_a_wall_of_javascript(blog: FaultyBlog) -> None:
    """A page that asks for JavaScript.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article behind a wall of JavaScript"])


@pytest.mark.fault("content", "article that is empty")
def test_narticle_that_is_empty(blog: FaultyBlog) -> None:
    """A page of nothing.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article that is empty"])


@pytest.mark.fault("content", "article with frames only")
def test_narticle_with_frames_only(blog: FaultyBlog) -> None:
    """A page of frames.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article with frames only"])


@pytest.mark.fault("content", "article that refreshes to elsewhere")
def test_narticle_that_refreshes_to_elsewhere(blog: FaultyBlog) -> None:
    """A page that refreshes to a private address.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["article that refreshes to elsewhere"])


@pytest.mark.fault("content", "100 000 links")
def test_n100_000_links(blog: FaultyBlog) -> None:
    """A page of a hundred thousand links.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["100 000 links"])


@pytest.mark.fault("content", "100 000 paragraphs that never close")
def test_n100_000_paragraphs_that_never_close(blog: FaultyBlog) -> None:
    """Paragraphs that never close.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["100 000 paragraphs that never close"])


@pytest.mark.fault("content", "200 000 line breaks")
def test_n200_000_line_breaks(blog: FaultyBlog) -> None:
    """A paragraph of two hundred thousand breaks.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["200 000 line breaks"])


@pytest.mark.fault("content", "nested 100 000 deep")
def test_nnested_100_000_deep(blog: FaultyBlog) -> None:
    """Elements nested a hundred thousand deep.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["nested 100 000 deep"])


@pytest.mark.fault("content", "nested tables")
def test_nnested_tables(blog: FaultyBlog) -> None:
    """Tables in tables, twenty thousand deep.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["nested tables"])


@pytest.mark.fault("content", "one line of 9 MB")
def test_none_line_of_9_mb(blog: FaultyBlog) -> None:
    """A paragraph of nine million letters.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["one line of 9 MB"])


@pytest.mark.fault("content", "one sentence of 1 MB")
def test_none_sentence_of_1_mb(blog: FaultyBlog) -> None:
    """A sentence of two hundred thousand words.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["one sentence of 1 MB"])


@pytest.mark.fault("content", "comments that open 50 000 times")
def test_ncomments_that_open_50_000_times(blog: FaultyBlog) -> None:
    """Comments that open and never close.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["comments that open 50 000 times"])


@pytest.mark.fault("content", "attributes 100 000")
def test_nattributes_100_000(blog: FaultyBlog) -> None:
    """An element of a hundred thousand attributes.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["attributes 100 000"])


@pytest.mark.fault("content", "a rare character 100 000 times")
def test_na_rare_character_100_000_times(blog: FaultyBlog) -> None:
    """A paragraph of one rare character, repeated.

    The post stays, by its feed's text; nothing else is fetched, and what takes too long to read is ended.
    """
    blog.serves(PAGES["a rare character 100 000 times"])
