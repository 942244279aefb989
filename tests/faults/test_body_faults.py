"""Bodies that are cut, compressed wrongly or without end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_answers import FAILING
from faulty_blog import FaultyBlog


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path) as opened:
        yield opened


@pytest.mark.fault("network", "truncated body")
def test_truncated_body(blog: FaultyBlog) -> None:
    """The connection closes before as many bytes came as were promised.

    The source fails; nothing of it is marked as seen, its validators are not kept, the next visit brings it all.
    """
    blog.fails(FAILING["truncated body"], "protocol")


@pytest.mark.fault("network", "truncated chunks")
def test_truncated_chunks(blog: FaultyBlog) -> None:
    """The connection closes in the middle of a chunk.

    The source fails; the next visit brings it all.
    """
    blog.fails(FAILING["truncated chunks"], "protocol")


@pytest.mark.fault("network", "chunks without an end")
def test_chunks_without_an_end(blog: FaultyBlog) -> None:
    """All chunks come, the last one of size 0 does not.

    What does not say that it is whole is not: the source fails.
    """
    blog.fails(FAILING["chunks without an end"], "protocol")


@pytest.mark.fault("network", "truncated gzip")
def test_truncated_gzip(blog: FaultyBlog) -> None:
    """A compressed body ends in the middle, though all announced bytes came.

    The end of the compressed stream is asked for; httpx alone would take this for a page.
    """
    blog.fails(FAILING["truncated gzip"], "content")


@pytest.mark.fault("network", "gzip without its checksum")
def test_gzip_without_its_checksum(blog: FaultyBlog) -> None:
    """Only the last eight bytes of gzip are missing.

    The source fails: nothing tells that the text is the one that was sent.
    """
    blog.fails(FAILING["gzip without its checksum"], "content")


@pytest.mark.fault("network", "length that is no number")
def test_length_that_is_no_number(blog: FaultyBlog) -> None:
    """Content-Length: many.

    The source fails.
    """
    blog.fails(FAILING["length that is no number"], "protocol")


@pytest.mark.fault("network", "negative length")
def test_negative_length(blog: FaultyBlog) -> None:
    """Content-Length: -1.

    The source fails.
    """
    blog.fails(FAILING["negative length"], "protocol")


@pytest.mark.fault("network", "two lengths that differ")
def test_two_lengths_that_differ(blog: FaultyBlog) -> None:
    """Two Content-Length headers disagree (request smuggling).

    The source fails.
    """
    blog.fails(FAILING["two lengths that differ"], "protocol")


@pytest.mark.fault("network", "too large length")
def test_too_large_length(blog: FaultyBlog) -> None:
    """Content-Length announces 99 GB.

    It is refused before the body is read.
    """
    blog.fails(FAILING["too large length"], "too-large")


@pytest.mark.fault("network", "length of a thousand digits")
def test_length_of_a_thousand_digits(blog: FaultyBlog) -> None:
    """Content-Length has a thousand digits.

    The source fails in one line.
    """
    blog.fails(FAILING["length of a thousand digits"], "protocol")


@pytest.mark.fault("network", "length longer than the body")
def test_length_longer_than_the_body(blog: FaultyBlog) -> None:
    """Content-Length is one byte more than there is.

    The source fails.
    """
    blog.fails(FAILING["length longer than the body"], "protocol")


@pytest.mark.fault("network", "negative chunk size")
def test_negative_chunk_size(blog: FaultyBlog) -> None:
    """A chunk of -5 bytes.

    The source fails.
    """
    blog.fails(FAILING["negative chunk size"], "protocol")


@pytest.mark.fault("network", "chunk size that is no number")
def test_chunk_size_that_is_no_number(blog: FaultyBlog) -> None:
    """A chunk of zz bytes.

    The source fails.
    """
    blog.fails(FAILING["chunk size that is no number"], "protocol")


@pytest.mark.fault("network", "chunk size beyond all measure")
def test_chunk_size_beyond_all_measure(blog: FaultyBlog) -> None:
    """A chunk of 2^64 bytes.

    The source fails.
    """
    blog.fails(FAILING["chunk size beyond all measure"], "protocol")


@pytest.mark.fault("network", "chunk extension without end")
def test_chunk_extension_without_end(blog: FaultyBlog) -> None:
    """The extension of a chunk's size goes on for 500 MB.

    The source fails within bounds.
    """
    blog.fails(FAILING["chunk extension without end"], "protocol")


@pytest.mark.fault("network", "trailers without end")
def test_trailers_without_end(blog: FaultyBlog) -> None:
    """Behind the last chunk come trailers, up to 500 MB.

    The source fails within bounds.
    """
    blog.fails(FAILING["trailers without end"], "protocol")


@pytest.mark.fault("network", "gzip bomb")
def test_gzip_bomb(blog: FaultyBlog) -> None:
    """64 kB of gzip that make 64 MB.

    Decoding stops at the limit; never more than a piece is decoded at once.
    """
    blog.fails(FAILING["gzip bomb"], "too-large")


@pytest.mark.fault("network", "deflate bomb")
def test_deflate_bomb(blog: FaultyBlog) -> None:
    """64 kB of zlib that make 64 MB.

    Decoding stops at the limit.
    """
    blog.fails(FAILING["deflate bomb"], "too-large")


@pytest.mark.fault("network", "double bomb")
def test_double_bomb(blog: FaultyBlog) -> None:
    """A bomb in a bomb: 400 bytes that make 64 MB.

    One coding only is undone: this is refused undecoded.
    """
    blog.fails(FAILING["double bomb"], "content")


@pytest.mark.fault("network", "bomb in many members")
def test_bomb_in_many_members(blog: FaultyBlog) -> None:
    """Several gzip members, each a bomb.

    The limit counts over all of them.
    """
    blog.fails(FAILING["bomb in many members"], "too-large")


@pytest.mark.fault("network", "body of 500 MB")
def test_body_of_500_mb(blog: FaultyBlog) -> None:
    """A body without length, up to 500 MB.

    Reading stops at the limit.
    """
    blog.fails(FAILING["body of 500 MB"], "too-large")


@pytest.mark.fault("network", "body of 500 MB, chunked")
def test_body_of_500_mb_chunked(blog: FaultyBlog) -> None:
    """Chunks of 1 MB, up to 500 MB.

    Reading stops at the limit.
    """
    blog.fails(FAILING["body of 500 MB, chunked"], "too-large")


@pytest.mark.fault("network", "damaged gzip")
def test_damaged_gzip(blog: FaultyBlog) -> None:
    """Bytes in the middle of a compressed body are wrong.

    The source fails; nothing that was decoded so far is believed.
    """
    blog.fails(FAILING["damaged gzip"], "content")


@pytest.mark.fault("network", "gzip that is none")
def test_gzip_that_is_none(blog: FaultyBlog) -> None:
    """Plain text under Content-Encoding: gzip.

    The source fails.
    """
    blog.fails(FAILING["gzip that is none"], "content")


@pytest.mark.fault("network", "gzip undeclared")
def test_gzip_undeclared(blog: FaultyBlog) -> None:
    """Compressed bytes without Content-Encoding.

    The source fails; compressed bytes never reach a parser.
    """
    blog.fails(FAILING["gzip undeclared"], "content")


@pytest.mark.fault("network", "gzip of gzip, one declared")
def test_gzip_of_gzip_one_declared(blog: FaultyBlog) -> None:
    """Compressed twice, declared once.

    The source fails; compressed bytes never reach a parser.
    """
    blog.fails(FAILING["gzip of gzip, one declared"], "content")


@pytest.mark.fault("network", "coded twice")
def test_coded_twice(blog: FaultyBlog) -> None:
    """Content-Encoding: gzip, gzip.

    One coding only is undone: the source fails.
    """
    blog.fails(FAILING["coded twice"], "content")


@pytest.mark.fault("network", "unknown coding")
def test_unknown_coding(blog: FaultyBlog) -> None:
    """Content-Encoding: br, which was not asked for.

    The source fails; the bytes are not parsed.
    """
    blog.fails(FAILING["unknown coding"], "content")
