"""A server that is gone in the middle of a run: the page is there and says what failed, and the next run mends it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from daily_blog import Blog
from small_blog import FakeWeb

from digest.errors import SourceError
from digest.fetch.web import NotModified
from digest.model import Page

DAY = date(2025, 4, 16)


class Mortal(FakeWeb):
    """Refuses connections once so many requests were answered."""

    def __init__(self, pages: dict[str, str | bytes]) -> None:
        super().__init__(pages)
        self.left = 10**6

    def get(self, url: str, **how: Any) -> Page | NotModified:
        self.left -= 1
        if self.left < 0:
            raise SourceError(url, "fetch", "no connection: refused", kind="refused")
        return super().get(url, **how)


def blog_in(folder: Path) -> Blog:
    """Give the small blog with three posts of one day, two of them in both languages."""
    blog = Blog(folder)
    blog.web = Mortal(blog.web.pages)
    for number, sides in ((1, ("en", "zh")), (2, ("en", "zh")), (3, ("en",))):
        for side in sides:
            blog.publish(number, side, DAY)
    return blog


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], int]:
    """Run it whole; give the pages, and how many requests were made."""
    blog = blog_in(tmp_path_factory.mktemp("unbroken"))
    blog.run(DAY)
    page = blog.page(DAY)
    assert len(page["posts"]) == 3
    assert not page["failures"]
    return blog.bytes(), len(blog.web.asked)


def test_requests_are_enough_to_be_cut_at(unbroken: tuple[dict[str, bytes], int]) -> None:
    assert unbroken[1] >= 6  # two feeds and the pages


@pytest.mark.parametrize("answered", range(2, 7))
def test_a_server_that_is_gone_half_way_is_named_and_the_next_run_completes_the_day(
    tmp_path: Path, unbroken: tuple[dict[str, bytes], int], answered: int
) -> None:
    whole, requests = unbroken
    blog = blog_in(tmp_path)
    blog.web.left = answered
    builder = blog.run(DAY)
    page = blog.page(DAY)
    if answered < requests:
        assert builder.failures(DAY)
        assert {row["reason"] for row in page["failures"]} == {"no connection: refused"}
    assert {post["source"] for post in page["posts"]} <= {source.name for source in blog.settings.sources}
    blog.web.left = 10**6
    builder = blog.run(DAY, hour=9)
    assert not builder.failures(DAY)
    assert blog.bytes() == whole


def test_a_server_that_is_gone_for_a_day_of_runs_is_still_asked(
    tmp_path: Path, unbroken: tuple[dict[str, bytes], int]
) -> None:
    blog = blog_in(tmp_path)
    blog.web.left = 3
    blog.run(DAY, hour=8)
    for hour in range(9, 20):
        blog.web.left = 2  # the feeds come, and no page
        blog.run(DAY, hour=hour)
    blog.web.left = 10**6
    blog.run(DAY, hour=20)
    assert blog.bytes() == unbroken[0]


def test_a_page_that_is_not_found_is_not_asked_for_in_the_next_run(tmp_path: Path) -> None:
    blog = blog_in(tmp_path)
    (gone,) = [url for url in blog.web.pages if url.endswith("/post-3")]
    blog.web.pages.pop(gone)
    blog.run(DAY, hour=8)
    asked = blog.web.asked.count(gone)
    assert asked
    blog.run(DAY, hour=9)
    assert blog.web.asked.count(gone) == asked
