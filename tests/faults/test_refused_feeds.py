"""Feeds that are none, or that declare what attacks use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_feeds import REFUSED
from faulty_blog import FaultyBlog

from digest.sandbox.readers import Reader


@pytest.fixture
def blog(tmp_path: Path, sandbox: Reader) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path, reader=sandbox) as opened:
        yield opened


@pytest.mark.fault("content", "billion laughs")
def test_billion_laughs(blog: FaultyBlog) -> None:
    """Ten entities, each ten times the one before.

    The feed is refused by name before a parser sees it: no feed needs entities.
    """
    blog.refuses(REFUSED["billion laughs"], "content")


@pytest.mark.fault("content", "laughs that expat lets through")
def test_laughs_that_expat_lets_through(blog: FaultyBlog) -> None:
    """An entity bomb of 300 kB, below what expat counts.

    The feed is refused by name before a parser sees it: no feed needs entities.
    """
    blog.refuses(REFUSED["laughs that expat lets through"], "content")


@pytest.mark.fault("content", "quadratic blow-up")
def test_quadratic_blow_up(blog: FaultyBlog) -> None:
    """One long entity, used twenty thousand times.

    The feed is refused by name before a parser sees it: no feed needs entities.
    """
    blog.refuses(REFUSED["quadratic blow-up"], "content")


@pytest.mark.fault("content", "external entity (XXE)")
def test_external_entity_xxe(blog: FaultyBlog) -> None:
    """An entity names a local file.

    The feed is refused by name before a parser sees it: no feed needs entities.
    """
    blog.refuses(REFUSED["external entity (XXE)"], "content")


@pytest.mark.fault("content", "external entity over HTTP")
def test_external_entity_over_http(blog: FaultyBlog) -> None:
    """An entity names an address of this machine.

    The feed is refused by name before a parser sees it: no feed needs entities. Nothing is connected to.
    """
    blog.refuses(REFUSED["external entity over HTTP"], "content")


@pytest.mark.fault("content", "parameter entity")
def test_parameter_entity(blog: FaultyBlog) -> None:
    """A parameter entity loads a declaration from elsewhere.

    The feed is refused by name before a parser sees it: no feed needs entities. Nothing is connected to.
    """
    blog.refuses(REFUSED["parameter entity"], "content")


@pytest.mark.fault("content", "entity in UTF-16")
def test_entity_in_utf_16(blog: FaultyBlog) -> None:
    """An entity is declared in a feed that is written in UTF-16.

    The feed is refused by name before a parser sees it: no feed needs entities.
    """
    blog.refuses(REFUSED["entity in UTF-16"], "content")


@pytest.mark.fault("content", "entity behind junk")
def test_entity_behind_junk(blog: FaultyBlog) -> None:
    """Junk stands before the document type that declares an entity.

    The feed is refused by name before a parser sees it: no feed needs entities.
    """
    blog.refuses(REFUSED["entity behind junk"], "content")


@pytest.mark.fault("content", "document type without end")
def test_document_type_without_end(blog: FaultyBlog) -> None:
    """The document type declaration does not end.

    The feed is refused.
    """
    blog.refuses(REFUSED["document type without end"], "syntax")


@pytest.mark.fault("content", "HTML page")
def test_html_page(blog: FaultyBlog) -> None:
    """The feed's address serves a page.

    It is told by its root element; the source fails and keeps what it has.
    """
    blog.refuses(REFUSED["HTML page"], "content")


@pytest.mark.fault("content", "HTML page labelled as a feed")
def test_html_page_labelled_as_a_feed(blog: FaultyBlog) -> None:
    """A page comes as application/rss+xml.

    It is told by its root element, whatever the label says.
    """
    blog.refuses(REFUSED["HTML page labelled as a feed"], "content")


@pytest.mark.fault("content", "JSON that is no feed")
def test_json_that_is_no_feed(blog: FaultyBlog) -> None:
    """JSON that is no JSON Feed, such as an error of an API.

    The source fails by name.
    """
    blog.refuses(REFUSED["JSON that is no feed"], "content")


@pytest.mark.fault("content", "JSON nested without end")
def test_json_nested_without_end(blog: FaultyBlog) -> None:
    """A million brackets open.

    The parser's bound ends it by name.
    """
    blog.refuses(REFUSED["JSON nested without end"], "syntax")


@pytest.mark.fault("content", "SVG")
def test_svg(blog: FaultyBlog) -> None:
    """A picture in XML, with a script.

    The source fails by name.
    """
    blog.refuses(REFUSED["SVG"], "content")


@pytest.mark.fault("content", "PNG")
def test_png(blog: FaultyBlog) -> None:
    """A picture.

    It is told by its first bytes; the source fails by name.
    """
    blog.refuses(REFUSED["PNG"], "content")


@pytest.mark.fault("content", "PDF")
def test_pdf(blog: FaultyBlog) -> None:
    """A PDF file.

    It is told by its first bytes; the source fails by name.
    """
    blog.refuses(REFUSED["PDF"], "content")


@pytest.mark.fault("content", "OPML")
def test_opml(blog: FaultyBlog) -> None:
    """A list of feeds.

    The source fails and says what reads it.
    """
    blog.refuses(REFUSED["OPML"], "content")


@pytest.mark.fault("content", "sitemap")
def test_sitemap(blog: FaultyBlog) -> None:
    """A sitemap.

    The source fails by name.
    """
    blog.refuses(REFUSED["sitemap"], "content")


@pytest.mark.fault("content", "empty answer")
def test_empty_answer(blog: FaultyBlog) -> None:
    """200 with nothing.

    The source fails: nothing is not an empty feed.
    """
    blog.refuses(REFUSED["empty answer"], "content")


@pytest.mark.fault("content", "blanks only")
def test_blanks_only(blog: FaultyBlog) -> None:
    """200 with white space.

    The source fails.
    """
    blog.refuses(REFUSED["blanks only"], "content")


@pytest.mark.fault("content", "random bytes")
def test_random_bytes(blog: FaultyBlog) -> None:
    """200 with bytes of no format.

    The source fails by name.
    """
    blog.refuses(REFUSED["random bytes"], "content")


@pytest.mark.fault("content", "local path")
def test_local_path(blog: FaultyBlog) -> None:
    """The body is a path of this machine.

    It is text that is no feed; nothing is opened.
    """
    blog.refuses(REFUSED["local path"], "content")
