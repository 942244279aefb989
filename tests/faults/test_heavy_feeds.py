"""Feeds that take a parser long or much memory: each ends, and costs no other source anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_feeds import HEAVY, MENDED
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


@pytest.mark.fault("content", "100 000 attributes")
def test_n100_000_attributes(blog: FaultyBlog) -> None:
    """An element with a hundred thousand attributes.

    It is read within the limits of the child, or refused by kind "limits".
    """
    blog.ends(MENDED["100 000 attributes"][0])


@pytest.mark.fault("content", "namespaces by the thousand")
def test_nnamespaces_by_the_thousand(blog: FaultyBlog) -> None:
    """Twenty thousand namespaces.

    They are read within the limits of the child, or refused by kind "limits".
    """
    blog.ends(MENDED["namespaces by the thousand"][0])


@pytest.mark.fault("content", "100 000 entries")
def test_n100_000_entries(blog: FaultyBlog) -> None:
    """A feed of a hundred thousand entries.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["100 000 entries"])


@pytest.mark.fault("content", "50 000 comments that open")
def test_n50_000_comments_that_open(blog: FaultyBlog) -> None:
    """Comments that open fifty thousand times and never close.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["50 000 comments that open"])


@pytest.mark.fault("content", "100 000 nested elements")
def test_n100_000_nested_elements(blog: FaultyBlog) -> None:
    """Elements nested a hundred thousand deep.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["100 000 nested elements"])


@pytest.mark.fault("content", "100 000 nested div in an entry")
def test_n100_000_nested_div_in_an_entry(blog: FaultyBlog) -> None:
    """An entry's HTML nests a hundred thousand deep.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["100 000 nested div in an entry"])


@pytest.mark.fault("content", "5 MB of HTML in one entry")
def test_n5_mb_of_html_in_one_entry(blog: FaultyBlog) -> None:
    """One entry with two hundred thousand paragraphs.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["5 MB of HTML in one entry"])


@pytest.mark.fault("content", "tags that never close")
def test_ntags_that_never_close(blog: FaultyBlog) -> None:
    """Fifty thousand entries that never close.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["tags that never close"])


@pytest.mark.fault("content", "quotes that never close")
def test_nquotes_that_never_close(blog: FaultyBlog) -> None:
    """Fifty thousand attributes whose quotes never close.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["quotes that never close"])


@pytest.mark.fault("content", "document type that opens without end")
def test_ndocument_type_that_opens_without_end(blog: FaultyBlog) -> None:
    """A document type of declarations that never end.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["document type that opens without end"])


@pytest.mark.fault("content", "one rare character 100 000 times")
def test_none_rare_character_100_000_times(blog: FaultyBlog) -> None:
    """A title of one rare character, repeated.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["one rare character 100 000 times"])


@pytest.mark.fault("content", "dates of 1 MB")
def test_ndates_of_1_mb(blog: FaultyBlog) -> None:
    """A date of a million digits.

    It is read within bounds or refused by name, in a child that can be killed; the other source is read.
    """
    blog.ends(HEAVY["dates of 1 MB"])
