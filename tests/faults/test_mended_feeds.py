"""Feeds that are wrong in part: what is readable is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_feeds import MENDED
from faulty_blog import FaultyBlog

from digest.sandbox.readers import Reader


@pytest.fixture
def blog(tmp_path: Path, sandbox: Reader) -> Iterator[FaultyBlog]:
    with FaultyBlog(tmp_path, reader=sandbox) as opened:
        yield opened


@pytest.mark.fault("content", "external document type")
def test_external_document_type(blog: FaultyBlog) -> None:
    """A document type names a DTD elsewhere.

    It is dropped unread and the entries are kept.
    """
    blog.mends(MENDED["external document type"])


@pytest.mark.fault("content", "XInclude")
def test_xinclude(blog: FaultyBlog) -> None:
    """An entry includes a local file by XInclude.

    It is not followed; the entries are kept.
    """
    blog.mends(MENDED["XInclude"])


@pytest.mark.fault("content", "processing instruction")
def test_processing_instruction(blog: FaultyBlog) -> None:
    """An instruction names a style sheet at a private address.

    It is dropped; the entries are kept.
    """
    blog.mends(MENDED["processing instruction"])


@pytest.mark.fault("content", "tags that do not match")
def test_tags_that_do_not_match(blog: FaultyBlog) -> None:
    """A tag is closed by another name.

    What is readable is kept and the flaw noted.
    """
    blog.mends(MENDED["tags that do not match"])


@pytest.mark.fault("content", "junk before the feed")
def test_junk_before_the_feed(blog: FaultyBlog) -> None:
    """A warning of PHP stands before the feed.

    It is dropped and noted.
    """
    blog.mends(MENDED["junk before the feed"])


@pytest.mark.fault("content", "junk behind the feed")
def test_junk_behind_the_feed(blog: FaultyBlog) -> None:
    """Remains of a page and controls stand behind the feed.

    They are dropped.
    """
    blog.mends(MENDED["junk behind the feed"])


@pytest.mark.fault("content", "bare ampersand")
def test_bare_ampersand(blog: FaultyBlog) -> None:
    """Ampersands that are not escaped.

    They are read as themselves.
    """
    blog.mends(MENDED["bare ampersand"])


@pytest.mark.fault("content", "undefined entity")
def test_undefined_entity(blog: FaultyBlog) -> None:
    """Entities of HTML, and of nobody.

    Those of HTML are read, the others stand as text.
    """
    blog.mends(MENDED["undefined entity"])


@pytest.mark.fault("content", "unescaped less-than")
def test_unescaped_less_than(blog: FaultyBlog) -> None:
    """A less-than sign that is not escaped.

    The entries are kept and the flaw noted.
    """
    blog.mends(MENDED["unescaped less-than"])


@pytest.mark.fault("content", "feed cut in the middle")
def test_feed_cut_in_the_middle(blog: FaultyBlog) -> None:
    """The feed ends in the middle of an entry.

    Whole entries are kept, the last one is left out, the cut is noted.
    """
    blog.mends(MENDED["feed cut in the middle"])


@pytest.mark.fault("content", "wrong charset in the header")
def test_wrong_charset_in_the_header(blog: FaultyBlog) -> None:
    """The header names another charset than the bytes are in.

    Bytes that are strict UTF-8 are read so.
    """
    blog.mends(MENDED["wrong charset in the header"])


@pytest.mark.fault("content", "wrong charset in the declaration")
def test_wrong_charset_in_the_declaration(blog: FaultyBlog) -> None:
    """The prolog names another charset than the bytes are in.

    Bytes that are strict UTF-8 are read so.
    """
    blog.mends(MENDED["wrong charset in the declaration"])


@pytest.mark.fault("content", "wrong charset in both")
def test_wrong_charset_in_both(blog: FaultyBlog) -> None:
    """Header and prolog name two wrong charsets.

    Bytes that are strict UTF-8 are read so.
    """
    blog.mends(MENDED["wrong charset in both"])


@pytest.mark.fault("content", "GBK under the name of gb2312")
def test_gbk_under_the_name_of_gb2312(blog: FaultyBlog) -> None:
    """Characters of GB 18030 under the label gb2312.

    gb* is read as gb18030.
    """
    blog.mends(MENDED["GBK under the name of gb2312"])


@pytest.mark.fault("content", "GBK without a declaration")
def test_gbk_without_a_declaration(blog: FaultyBlog) -> None:
    """GBK, and nothing says so.

    It is found by its bytes and noted.
    """
    blog.mends(MENDED["GBK without a declaration"])


@pytest.mark.fault("content", "Big5")
def test_big5(blog: FaultyBlog) -> None:
    """Traditional Chinese in Big5.

    It is read as declared.
    """
    blog.mends(MENDED["Big5"])


@pytest.mark.fault("content", "UTF-16 with its mark")
def test_utf_16_with_its_mark(blog: FaultyBlog) -> None:
    """UTF-16 with a byte order mark.

    The mark decides.
    """
    blog.mends(MENDED["UTF-16 with its mark"])


@pytest.mark.fault("content", "UTF-16 without its mark")
def test_utf_16_without_its_mark(blog: FaultyBlog) -> None:
    """UTF-16 without a mark, nothing declared.

    It is found by its zeros.
    """
    blog.mends(MENDED["UTF-16 without its mark"])


@pytest.mark.fault("content", "UTF-16, big end first")
def test_utf_16_big_end_first(blog: FaultyBlog) -> None:
    """UTF-16, big end first, with its mark.

    The mark decides.
    """
    blog.mends(MENDED["UTF-16, big end first"])


@pytest.mark.fault("content", "UTF-32")
def test_utf_32(blog: FaultyBlog) -> None:
    """UTF-32 with its mark.

    The mark decides.
    """
    blog.mends(MENDED["UTF-32"])


@pytest.mark.fault("content", "UTF-8 with a mark")
def test_utf_8_with_a_mark(blog: FaultyBlog) -> None:
    """UTF-8 with a byte order mark.

    The mark is no text.
    """
    blog.mends(MENDED["UTF-8 with a mark"])


@pytest.mark.fault("content", "charset that nobody knows")
def test_charset_that_nobody_knows(blog: FaultyBlog) -> None:
    """Labels that name no charset.

    They are ignored.
    """
    blog.mends(MENDED["charset that nobody knows"])


@pytest.mark.fault("content", "NUL and controls")
def test_nul_and_controls(blog: FaultyBlog) -> None:
    """NUL and control characters in a title.

    They are dropped before the parser and noted.
    """
    blog.mends(MENDED["NUL and controls"])


@pytest.mark.fault("content", "references to forbidden characters")
def test_references_to_forbidden_characters(blog: FaultyBlog) -> None:
    """References to NUL, surrogates and numbers beyond Unicode.

    They are dropped; the entries are kept.
    """
    blog.mends(MENDED["references to forbidden characters"])


@pytest.mark.fault("content", "lone surrogate")
def test_lone_surrogate(blog: FaultyBlog) -> None:
    """Half a character, as its bytes.

    The entries are kept and print as text.
    """
    blog.mends(MENDED["lone surrogate"])


@pytest.mark.fault("content", "bidi, zero-width and tag characters")
def test_bidi_zero_width_and_tag_characters(blog: FaultyBlog) -> None:
    """Characters that turn or hide a text in a title.

    The entries are kept; what is printed is without them.
    """
    blog.mends(MENDED["bidi, zero-width and tag characters"])


@pytest.mark.fault("content", "zalgo")
def test_zalgo(blog: FaultyBlog) -> None:
    """Thousands of marks on one letter.

    The entries are kept.
    """
    blog.mends(MENDED["zalgo"])


@pytest.mark.fault("content", "title of 1 MB")
def test_title_of_1_mb(blog: FaultyBlog) -> None:
    """A title of a million characters.

    It is cut to 300.
    """
    blog.mends(MENDED["title of 1 MB"])


@pytest.mark.fault("content", "line of 10 MB")
def test_line_of_10_mb(blog: FaultyBlog) -> None:
    """One element of ten million characters.

    Text beyond the bound is left out; title, link and date stay.
    """
    blog.mends(MENDED["line of 10 MB"])


@pytest.mark.fault("content", "20 000 categories")
def test_n20_000_categories(blog: FaultyBlog) -> None:
    """An entry with twenty thousand categories.

    They are never read.
    """
    blog.mends(MENDED["20 000 categories"])


@pytest.mark.fault("content", "comments by the thousand")
def test_comments_by_the_thousand(blog: FaultyBlog) -> None:
    """Fifty thousand comments between two entries.

    They are left out; both entries are kept.
    """
    blog.mends(MENDED["comments by the thousand"])


@pytest.mark.fault("content", "CDATA by the thousand")
def test_cdata_by_the_thousand(blog: FaultyBlog) -> None:
    """Twenty thousand CDATA sections in a title.

    The entries are kept.
    """
    blog.mends(MENDED["CDATA by the thousand"])


@pytest.mark.fault("content", "JSON Feed with odd values")
def test_json_feed_with_odd_values(blog: FaultyBlog) -> None:
    """A JSON Feed whose fields have other types than they should.

    Entries that make sense are kept, others left out.
    """
    blog.mends(MENDED["JSON Feed with odd values"])
