"""Answers that are none, by their status."""

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


@pytest.mark.fault("network", "204")
def test_204(blog: FaultyBlog) -> None:
    """204, without content.

    The source fails; nothing is not an empty feed.
    """
    blog.fails(FAILING["204"], "status", status=204)


@pytest.mark.fault("network", "206")
def test_206(blog: FaultyBlog) -> None:
    """206, a part that nobody asked for.

    The source fails.
    """
    blog.fails(FAILING["206"], "status", status=206)


@pytest.mark.fault("network", "300")
def test_300(blog: FaultyBlog) -> None:
    """300, multiple choices.

    The source fails; its body is not read.
    """
    blog.fails(FAILING["300"], "status", status=300)


@pytest.mark.fault("network", "401")
def test_401(blog: FaultyBlog) -> None:
    """401, a login is needed.

    The source fails; no second try.
    """
    blog.fails(FAILING["401"], "status", status=401)
    assert blog.tries(FAILING["401"]) == 1


@pytest.mark.fault("network", "403")
def test_403(blog: FaultyBlog) -> None:
    """403.

    The source fails; no second try.
    """
    blog.fails(FAILING["403"], "status", status=403)
    assert blog.tries(FAILING["403"]) == 1


@pytest.mark.fault("network", "404")
def test_404(blog: FaultyBlog) -> None:
    """404.

    The source fails; no second try, its body is not read.
    """
    blog.fails(FAILING["404"], "status", status=404)
    assert blog.tries(FAILING["404"]) == 1


@pytest.mark.fault("network", "407")
def test_407(blog: FaultyBlog) -> None:
    """407, from a proxy that is none.

    The source fails.
    """
    blog.fails(FAILING["407"], "status", status=407)


@pytest.mark.fault("network", "500")
def test_500(blog: FaultyBlog) -> None:
    """500.

    Tried twice, then the source fails.
    """
    blog.fails(FAILING["500"], "status", status=500)
    assert blog.tries(FAILING["500"]) == 2


@pytest.mark.fault("network", "503")
def test_503(blog: FaultyBlog) -> None:
    """503 without Retry-After.

    Tried twice, then the source fails.
    """
    blog.fails(FAILING["503"], "status", status=503)
    assert blog.tries(FAILING["503"]) == 2


@pytest.mark.fault("network", "999")
def test_999(blog: FaultyBlog) -> None:
    """999, as some sites answer to all programs.

    The source fails; no second try.
    """
    blog.fails(FAILING["999"], "status", status=999)
    assert blog.tries(FAILING["999"]) == 1


@pytest.mark.fault("network", "challenge page with 403")
def test_challenge_page_with_403(blog: FaultyBlog) -> None:
    """A page that tries out browsers, with 403.

    The source fails and says so.
    """
    blog.fails(FAILING["challenge page with 403"], "status", status=403)


@pytest.mark.fault("network", "challenge page with 200")
def test_challenge_page_with_200(blog: FaultyBlog) -> None:
    """A page that tries out browsers, with 200.

    It is no feed: the source fails and keeps what it has.
    """
    blog.fails(FAILING["challenge page with 200"], "status", status=200)


@pytest.mark.fault("network", "429 with seconds")
def test_429_with_seconds(blog: FaultyBlog) -> None:
    """429, Retry-After: 120.

    The source is not asked again before that time, in later runs too.
    """
    blog.fails(FAILING["429 with seconds"], "status", status=429)
    assert blog.tries(FAILING["429 with seconds"]) == 1


@pytest.mark.fault("network", "503 with a date")
def test_503_with_a_date(blog: FaultyBlog) -> None:
    """503, Retry-After as a date.

    The wait is reckoned by the server's own clock and kept.
    """
    blog.fails(FAILING["503 with a date"], "status", status=503)
    assert blog.tries(FAILING["503 with a date"]) == 1


@pytest.mark.fault("network", "huge Retry-After")
def test_huge_retry_after(blog: FaultyBlog) -> None:
    """Retry-After of 20 digits.

    The wait is a day at most.
    """
    blog.fails(FAILING["huge Retry-After"], "status", status=429)
    assert blog.tries(FAILING["huge Retry-After"]) == 1


@pytest.mark.fault("network", "bad Retry-After")
def test_bad_retry_after(blog: FaultyBlog) -> None:
    """Retry-After: soon.

    It counts as none; the source fails.
    """
    blog.fails(FAILING["bad Retry-After"], "status", status=429)
    assert blog.tries(FAILING["bad Retry-After"]) == 1


@pytest.mark.fault("network", "negative Retry-After")
def test_negative_retry_after(blog: FaultyBlog) -> None:
    """Retry-After: -5.

    It counts as none; the source fails.
    """
    blog.fails(FAILING["negative Retry-After"], "status", status=503)
