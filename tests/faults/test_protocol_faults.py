"""Connections that break and servers that do not speak HTTP rightly."""

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


@pytest.mark.fault("network", "connection reset")
def test_connection_reset(blog: FaultyBlog) -> None:
    """The server breaks the connection before it answers (RST).

    One more try, then the source fails.
    """
    blog.fails(FAILING["connection reset"], "protocol")
    assert blog.tries(FAILING["connection reset"]) == 2


@pytest.mark.fault("network", "reset in the body")
def test_reset_in_the_body(blog: FaultyBlog) -> None:
    """The server breaks the connection half way (RST).

    At most one more try, then the source fails.
    """
    blog.fails(FAILING["reset in the body"], "protocol")


@pytest.mark.fault("network", "connection closed at once")
def test_connection_closed_at_once(blog: FaultyBlog) -> None:
    """The server closes without a word (FIN).

    One more try, then the source fails.
    """
    blog.fails(FAILING["connection closed at once"], "protocol")
    assert blog.tries(FAILING["connection closed at once"]) == 2


@pytest.mark.fault("network", "garbage status line")
def test_garbage_status_line(blog: FaultyBlog) -> None:
    """Another protocol answers at this port.

    The source fails; no second try, for a second would bring the same.
    """
    blog.fails(FAILING["garbage status line"], "protocol")
    assert blog.tries(FAILING["garbage status line"]) == 1


@pytest.mark.fault("network", "status without a number")
def test_status_without_a_number(blog: FaultyBlog) -> None:
    """The status line lacks its number.

    The source fails.
    """
    blog.fails(FAILING["status without a number"], "protocol")


@pytest.mark.fault("network", "HTTP/0.9")
def test_http_0_9(blog: FaultyBlog) -> None:
    """The body comes without status line or headers.

    The source fails; bytes without a status are no answer.
    """
    blog.fails(FAILING["HTTP/0.9"], "protocol")


@pytest.mark.fault("network", "HTTP/2 spoken unasked")
def test_http_2_spoken_unasked(blog: FaultyBlog) -> None:
    """The server sends HTTP/2 frames to a request of HTTP/1.1.

    The source fails.
    """
    blog.fails(FAILING["HTTP/2 spoken unasked"], "protocol")


@pytest.mark.fault("network", "switching protocols")
def test_switching_protocols(blog: FaultyBlog) -> None:
    """The server answers 101 and goes on in another protocol.

    The source fails.
    """
    blog.fails(FAILING["switching protocols"], "protocol")


@pytest.mark.fault("network", "huge header")
def test_huge_header(blog: FaultyBlog) -> None:
    """One header of 2 MB.

    The source fails; a head is read within bounds.
    """
    blog.fails(FAILING["huge header"], "protocol")


@pytest.mark.fault("network", "very many headers")
def test_very_many_headers(blog: FaultyBlog) -> None:
    """A hundred thousand headers.

    The source fails; a head is read within bounds.
    """
    blog.fails(FAILING["very many headers"], "protocol")


@pytest.mark.fault("network", "headers without end")
def test_headers_without_end(blog: FaultyBlog) -> None:
    """Headers of 60 kB each, up to 500 MB.

    The source fails; a head is read within bounds.
    """
    blog.fails(FAILING["headers without end"], "protocol")


@pytest.mark.fault("network", "NUL in a header")
def test_nul_in_a_header(blog: FaultyBlog) -> None:
    """A header's value holds a NUL.

    The source fails.
    """
    blog.fails(FAILING["NUL in a header"], "protocol")


@pytest.mark.fault("network", "unknown transfer coding")
def test_unknown_transfer_coding(blog: FaultyBlog) -> None:
    """Transfer-Encoding: gzip, chunked.

    The source fails; the bytes are not parsed.
    """
    blog.fails(FAILING["unknown transfer coding"], "protocol")
