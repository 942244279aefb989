"""Answers that are strange and yet to be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_answers import READ
from faulty_blog import FaultyBlog


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path) as opened:
        yield opened


@pytest.mark.fault("network", "late start")
def test_late_start(blog: FaultyBlog) -> None:
    """The answer begins late, within the deadline.

    It is read.
    """
    blog.reads(READ["late start"])


@pytest.mark.fault("network", "small pieces")
def test_small_pieces(blog: FaultyBlog) -> None:
    """The answer comes in many small pieces.

    It is read.
    """
    blog.reads(READ["small pieces"])


@pytest.mark.fault("network", "one byte at a time at first")
def test_one_byte_at_a_time_at_first(blog: FaultyBlog) -> None:
    """The head comes byte by byte.

    It is read.
    """
    blog.reads(READ["one byte at a time at first"])


@pytest.mark.fault("network", "no length, then closed")
def test_no_length_then_closed(blog: FaultyBlog) -> None:
    """The body ends when the connection does.

    It is read.
    """
    blog.reads(READ["no length, then closed"])


@pytest.mark.fault("network", "HTTP/1.0 kept open")
def test_http_1_0_kept_open(blog: FaultyBlog) -> None:
    """HTTP/1.0 with keep-alive and no length.

    It is read to the end of the stream.
    """
    blog.reads(READ["HTTP/1.0 kept open"])


@pytest.mark.fault("network", "garbage behind the body")
def test_garbage_behind_the_body(blog: FaultyBlog) -> None:
    """A second answer follows that nobody asked for.

    It is dropped; the first one is read.
    """
    blog.reads(READ["garbage behind the body"])


@pytest.mark.fault("network", "length shorter than the body")
def test_length_shorter_than_the_body(blog: FaultyBlog) -> None:
    """Content-Length is too small: the feed is cut.

    Its whole entries are kept.
    """
    blog.reads(READ["length shorter than the body"], entries=2)


@pytest.mark.fault("network", "cut with no length given")
def test_cut_with_no_length_given(blog: FaultyBlog) -> None:
    """The connection closes in the middle of a feed whose length nobody gave.

    Its whole entries are kept and the cut is noted; what is not there is not taken for gone.
    """
    blog.reads(READ["cut with no length given"], entries=2)


@pytest.mark.fault("network", "two lengths alike")
def test_two_lengths_alike(blog: FaultyBlog) -> None:
    """Content-Length twice, with one value.

    It is read (RFC 9110, 8.6).
    """
    blog.reads(READ["two lengths alike"])


@pytest.mark.fault("network", "one interim answer")
def test_one_interim_answer(blog: FaultyBlog) -> None:
    """103 Early Hints before the answer.

    It is read.
    """
    blog.reads(READ["one interim answer"])


@pytest.mark.fault("network", "trailers")
def test_trailers(blog: FaultyBlog) -> None:
    """Headers behind the last chunk.

    They are dropped; the body is read.
    """
    blog.reads(READ["trailers"])


@pytest.mark.fault("network", "chunk extensions")
def test_chunk_extensions(blog: FaultyBlog) -> None:
    """A chunk's size has an extension.

    It is dropped; the body is read.
    """
    blog.reads(READ["chunk extensions"])


@pytest.mark.fault("network", "chunks of one byte")
def test_chunks_of_one_byte(blog: FaultyBlog) -> None:
    """Every chunk is one byte.

    It is read.
    """
    blog.reads(READ["chunks of one byte"])


@pytest.mark.fault("network", "lines that end in LF")
def test_lines_that_end_in_lf(blog: FaultyBlog) -> None:
    """The head's lines end in LF alone.

    It is read.
    """
    blog.reads(READ["lines that end in LF"])


@pytest.mark.fault("network", "folded header")
def test_folded_header(blog: FaultyBlog) -> None:
    """A header goes on in a second line.

    It is read.
    """
    blog.reads(READ["folded header"])


@pytest.mark.fault("network", "header in no ASCII")
def test_header_in_no_ascii(blog: FaultyBlog) -> None:
    """A header holds bytes of another charset.

    It is read.
    """
    blog.reads(READ["header in no ASCII"])


@pytest.mark.fault("network", "reason in no ASCII")
def test_reason_in_no_ascii(blog: FaultyBlog) -> None:
    """The reason phrase holds bytes of another charset.

    It is read.
    """
    blog.reads(READ["reason in no ASCII"])


@pytest.mark.fault("network", "gzip")
def test_gzip(blog: FaultyBlog) -> None:
    """Compressed, as asked for.

    It is read.
    """
    blog.reads(READ["gzip"])


@pytest.mark.fault("network", "gzip, chunked")
def test_gzip_chunked(blog: FaultyBlog) -> None:
    """Compressed, in chunks of seven bytes.

    It is read.
    """
    blog.reads(READ["gzip, chunked"])


@pytest.mark.fault("network", "gzip spelt oddly")
def test_gzip_spelt_oddly(blog: FaultyBlog) -> None:
    """Content-Encoding in capitals and with spaces.

    It is read.
    """
    blog.reads(READ["gzip spelt oddly"])


@pytest.mark.fault("network", "gzip in many members")
def test_gzip_in_many_members(blog: FaultyBlog) -> None:
    """Compressed piece by piece, many members in one body.

    All of them are read.
    """
    blog.reads(READ["gzip in many members"])


@pytest.mark.fault("network", "gzip with bytes behind it")
def test_gzip_with_bytes_behind_it(blog: FaultyBlog) -> None:
    """Padding and rubbish behind the compressed body.

    They are dropped.
    """
    blog.reads(READ["gzip with bytes behind it"])


@pytest.mark.fault("network", "deflate")
def test_deflate(blog: FaultyBlog) -> None:
    """Compressed with zlib, which was not asked for.

    It is read all the same.
    """
    blog.reads(READ["deflate"])


@pytest.mark.fault("network", "several content types")
def test_several_content_types(blog: FaultyBlog) -> None:
    """Two Content-Type headers disagree.

    The bytes decide what it is.
    """
    blog.reads(READ["several content types"])


@pytest.mark.fault("network", "content type that lies")
def test_content_type_that_lies(blog: FaultyBlog) -> None:
    """A feed that calls itself a picture.

    The bytes decide what it is.
    """
    blog.reads(READ["content type that lies"])


@pytest.mark.fault("network", "cookies")
def test_cookies(blog: FaultyBlog) -> None:
    """The server sets a cookie.

    It is read; no cookie is ever kept or sent.
    """
    blog.reads(READ["cookies"])


@pytest.mark.fault("network", "refresh header")
def test_refresh_header(blog: FaultyBlog) -> None:
    """A Refresh header leads to a private address.

    It is read; Refresh is not followed.
    """
    blog.reads(READ["refresh header"])


@pytest.mark.fault("network", "five redirects")
def test_five_redirects(blog: FaultyBlog) -> None:
    """Five redirects.

    They are followed.
    """
    blog.reads(READ["five redirects"])


@pytest.mark.fault("network", "broken once")
def test_broken_once(blog: FaultyBlog) -> None:
    """The first connection breaks.

    The second try is read.
    """
    blog.reads(READ["broken once"])


@pytest.mark.fault("network", "502 once")
def test_502_once(blog: FaultyBlog) -> None:
    """The first answer is 502.

    The second try is read.
    """
    blog.reads(READ["502 once"])
