"""Answers that stop, drip or never begin: one deadline over the whole fetch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_answers import FAILING
from faulty_blog import FaultyBlog


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path, deadline=0.3) as opened:
        yield opened


@pytest.mark.fault("network", "no answer")
def test_no_answer(blog: FaultyBlog) -> None:
    """The connection is taken and nothing is ever sent.

    One deadline over the whole fetch ends it; the source fails as a timeout, the others are read.
    """
    blog.fails(FAILING["no answer"], "timeout")


@pytest.mark.fault("network", "stall in the body")
def test_stall_in_the_body(blog: FaultyBlog) -> None:
    """The body stops half way and the connection stays open.

    The deadline ends it; what came is no feed, its validators are not kept.
    """
    blog.fails(FAILING["stall in the body"], "timeout")


@pytest.mark.fault("network", "stall in the headers")
def test_stall_in_the_headers(blog: FaultyBlog) -> None:
    """The answer stops in the middle of a header.

    The deadline ends it.
    """
    blog.fails(FAILING["stall in the headers"], "timeout")


@pytest.mark.fault("network", "slow headers")
def test_slow_headers(blog: FaultyBlog) -> None:
    """A header every 50 ms, without end: each read succeeds.

    The deadline is over the whole fetch and not over each read.
    """
    blog.fails(FAILING["slow headers"], "timeout")


@pytest.mark.fault("network", "slow status line")
def test_slow_status_line(blog: FaultyBlog) -> None:
    """The status line itself drips.

    The deadline ends it.
    """
    blog.fails(FAILING["slow status line"], "timeout")


@pytest.mark.fault("network", "slow drip")
def test_slow_drip(blog: FaultyBlog) -> None:
    """One byte at a time of a body whose length is known.

    The deadline ends it.
    """
    blog.fails(FAILING["slow drip"], "timeout")


@pytest.mark.fault("network", "slow drip, chunked")
def test_slow_drip_chunked(blog: FaultyBlog) -> None:
    """Chunks of one byte, without end.

    The deadline ends it.
    """
    blog.fails(FAILING["slow drip, chunked"], "timeout")


@pytest.mark.fault("network", "slow drip, no length")
def test_slow_drip_no_length(blog: FaultyBlog) -> None:
    """One byte at a time of a body that ends when the connection does.

    The deadline ends it.
    """
    blog.fails(FAILING["slow drip, no length"], "timeout")


@pytest.mark.fault("network", "slow drip, gzip")
def test_slow_drip_gzip(blog: FaultyBlog) -> None:
    """A compressed body that drips.

    The deadline ends it, though nothing was decoded yet.
    """
    blog.fails(FAILING["slow drip, gzip"], "timeout")


@pytest.mark.fault("network", "interim answers without end")
def test_interim_answers_without_end(blog: FaultyBlog) -> None:
    """100 Continue again and again, never a final answer.

    The deadline or the bound of what a head may hold ends it.
    """
    blog.fails(FAILING["interim answers without end"], "timeout")


@pytest.mark.fault("network", "slow redirect chain")
def test_slow_redirect_chain(blog: FaultyBlog) -> None:
    """Redirects that each take their time.

    All hops share one deadline.
    """
    blog.fails(FAILING["slow redirect chain"], "timeout")
