"""Redirects without end or to where no fetch may go."""

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


@pytest.mark.fault("network", "redirect loop")
def test_redirect_loop(blog: FaultyBlog) -> None:
    """An address redirects to itself.

    Five hops are followed, then the source fails.
    """
    blog.fails(FAILING["redirect loop"], "redirect")
    assert blog.tries(FAILING["redirect loop"]) == 6


@pytest.mark.fault("network", "redirect loop of two")
def test_redirect_loop_of_two(blog: FaultyBlog) -> None:
    """Two addresses redirect to each other.

    Five hops are followed, then the source fails.
    """
    blog.fails(FAILING["redirect loop of two"], "redirect")


@pytest.mark.fault("network", "long redirect chain")
def test_long_redirect_chain(blog: FaultyBlog) -> None:
    """Six redirects to six addresses.

    Five hops are followed, then the source fails.
    """
    blog.fails(FAILING["long redirect chain"], "redirect")


@pytest.mark.fault("network", "growing redirect chain")
def test_growing_redirect_chain(blog: FaultyBlog) -> None:
    """Each redirect leads to a longer address.

    Hops and the length of an address are bounded: the source fails.
    """
    blog.fails(FAILING["growing redirect chain"], "redirect")


@pytest.mark.fault("network", "redirect without a place")
def test_redirect_without_a_place(blog: FaultyBlog) -> None:
    """302 without Location.

    The source fails.
    """
    blog.fails(FAILING["redirect without a place"], "redirect", status=302)


@pytest.mark.fault("network", "redirect to a script")
def test_redirect_to_a_script(blog: FaultyBlog) -> None:
    """Location: javascript:.

    The source fails as a redirect; httpx raises an error of its own here.
    """
    blog.fails(FAILING["redirect to a script"], "redirect")


@pytest.mark.fault("network", "redirect to a local file")
def test_redirect_to_a_local_file(blog: FaultyBlog) -> None:
    """Location: file:///etc/passwd.

    The source fails; only http and https are followed.
    """
    blog.fails(FAILING["redirect to a local file"], "redirect")


@pytest.mark.fault("network", "redirect to another scheme")
def test_redirect_to_another_scheme(blog: FaultyBlog) -> None:
    """Location: gopher:.

    The source fails; only http and https are followed.
    """
    blog.fails(FAILING["redirect to another scheme"], "redirect")


@pytest.mark.fault("network", "redirect with credentials")
def test_redirect_with_credentials(blog: FaultyBlog) -> None:
    """Location names a user and a password.

    The source fails; no address with credentials is asked.
    """
    blog.fails(FAILING["redirect with credentials"], "redirect")


@pytest.mark.fault("network", "redirect to a private address")
def test_redirect_to_a_private_address(blog: FaultyBlog) -> None:
    """Location leads to 169.254.169.254, where clouds keep their secrets.

    The guard refuses it before anything is connected to.
    """
    blog.fails(FAILING["redirect to a private address"], "address")


@pytest.mark.fault("network", "redirect to this machine")
def test_redirect_to_this_machine(blog: FaultyBlog) -> None:
    """Location leads to another port of this machine.

    The guard refuses it before anything is connected to.
    """
    blog.fails(FAILING["redirect to this machine"], "address")


@pytest.mark.fault("network", "redirect to a numeric host")
def test_redirect_to_a_numeric_host(blog: FaultyBlog) -> None:
    """Location spells this machine as 2130706433.

    The guard looks at the resolved address and refuses it.
    """
    blog.fails(FAILING["redirect to a numeric host"], "address")


@pytest.mark.fault("network", "redirect that is no address")
def test_redirect_that_is_no_address(blog: FaultyBlog) -> None:
    """Location: http://[::1.

    The source fails in one line.
    """
    blog.fails(FAILING["redirect that is no address"], "redirect")


@pytest.mark.fault("network", "redirect of 10 kB")
def test_redirect_of_10_kb(blog: FaultyBlog) -> None:
    """Location has ten thousand characters.

    The source fails; addresses are at most 2 kB.
    """
    blog.fails(FAILING["redirect of 10 kB"], "redirect")
