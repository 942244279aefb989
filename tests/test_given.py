"""Arguments that name a text: what is read, what is refused and how."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from digest.errors import ConfigError
from digest.given import LARGEST, check_out, one_stdin, read_given, text_of, write_out
from digest.model import Page

CHINESE = "这是我们的数据，现在可以使用。\n第二行也是中文。\n"


def no_web(url: str) -> Page:
    raise AssertionError(url)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
def test_a_file_is_read_in_the_encoding_it_is_in(tmp_path: Path, encoding: str) -> None:
    text = CHINESE if encoding != "big5" else "這是我們的資料，現在可以使用。\n第二行也是中文。\n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    page = read_given(str(path), no_web)
    assert text_of(page) == text
    assert page.header("content-type") == "text/plain"


def test_standard_input_and_addresses_are_read() -> None:
    assert text_of(read_given("-", no_web, io.BytesIO(CHINESE.encode("gb18030")))) == CHINESE
    page = Page("https://blog.example/after", CHINESE.encode(), (("content-type", "text/html"),))
    assert read_given("HTTPS://blog.example/post", lambda url: page) == page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", "is empty"),
        (b"some words\0 and some more words of a text\n", "binary"),
        (b"%PDF-1.7\nabc", "binary"),
        (b"\x89PNG\r\n\x1a\n", "binary"),
        (bytes(range(256)) * 40, "binary"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, body: bytes, said: str) -> None:
    (tmp_path / "a").write_bytes(body)
    with pytest.raises(ConfigError, match=said):
        read_given(str(tmp_path / "a"), no_web)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for name, said in (
        (str(tmp_path / "none"), "no such file"),
        (str(tmp_path), "is a folder"),
        ("ftp://blog.example/a", "only files"),
        ("file:///etc/passwd", "only files"),
        ("x" * 5000, "cannot be read"),
    ):
        with pytest.raises(ConfigError, match=said):
            read_given(name, no_web)
    one_stdin(("-", "a"))
    with pytest.raises(ConfigError, match="standard input"):
        one_stdin(("-", "-"))


def test_a_file_without_end_is_refused() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= LARGEST + 1
            return b"a" * size

    with pytest.raises(ConfigError, match="larger than"):
        read_given("-", no_web, Endless())  # type: ignore[arg-type]


def test_an_output_that_would_destroy_something_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "zh.txt"
    text.write_text("a", "utf-8")
    (tmp_path / "link").symlink_to(text)
    check_out("", ("-",))
    check_out(str(tmp_path / "new"), (str(text), "https://blog.example/"))
    for out, said in ((str(text), "one of the texts"), (str(tmp_path / "link"), "one of the texts"),
                      (str(tmp_path), "is a folder")):  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            check_out(out, (str(text), "-"))


def test_output_goes_whole_to_a_file_through_links_and_into_pipes(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old", "utf-8")
    link.symlink_to(target)
    write_out(str(link), "中文\n")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "中文\n"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_out(str(pipe), "中文\n")
        assert os.read(reader, 100).decode() == "中文\n"
        assert pipe.is_fifo()
    finally:
        os.close(reader)
