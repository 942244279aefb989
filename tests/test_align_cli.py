"""`digest align`: files, standard input and addresses in; TSV, JSON Lines, TMX and a page out; nonsense refused."""

from __future__ import annotations

import html
import io
import json
import re
import sys
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from digest import cli
from digest.cli import texts
from digest.errors import SourceError
from digest.model import Document, Guess, Page
from digest.normalise.repair import marks
from digest.normalise.repair.report import Mended

ZH = ["新的缓存把数据保存在内存里。", "日志先写入，然后才确认。", "源代码以 MIT 许可证发布。"]
EN = [
    "The new cache keeps the data in memory.",
    "The log is written first and only then acknowledged.",
    "The source code is released under the MIT license.",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIGEST_CONFIG", raising=False)
    (tmp_path / "zh.txt").write_text("\n".join(ZH) + "\n", "utf-8")
    (tmp_path / "en.txt").write_text("\n".join(EN) + "\n", "utf-8")
    return tmp_path


@pytest.fixture
def digest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["digest", "align", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def objects(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.split("\n")[:-1]]


def test_lines_give_indices_and_a_score(digest) -> None:  # type: ignore[no-untyped-def]
    code, out, err = digest("zh.txt", "en.txt", "--lines", "--format", "jsonl")
    assert (code, err) == (0, "")
    assert [(one["zh"], one["en"]) for one in objects(out)] == [([i], [i]) for i in range(3)]
    assert all(list(one) == ["zh", "en", "score"] and 0 <= one["score"] <= 1 for one in objects(out))
    assert digest("zh.txt", "en.txt", "--lines")[1] == out  # the format of --lines, where none is named


def test_lines_are_counted_as_wc_counts_them(digest, folder: Path) -> None:  # type: ignore[no-untyped-def]
    (folder / "zh.txt").write_bytes(f"\ufeff{ZH[0]}\r\n \u2028\x0c\r\n\r\n{ZH[1]}\x85{ZH[2]}\r\n".encode())
    (folder / "en.txt").write_bytes(f"{EN[0]}\n\n{EN[1]}\u2028{EN[2]}\r".encode())
    _, out, _ = digest("zh.txt", "en.txt", "--lines", "--format", "jsonl")
    assert [(one["zh"], one["en"]) for one in objects(out)] == [([0], [0]), ([1], [1])]


def test_the_formats_tell_the_same_pairs(digest, folder: Path) -> None:  # type: ignore[no-untyped-def]
    _, tsv, _ = digest("zh.txt", "en.txt")
    rows = [line.split("\t") for line in tsv.split("\n")[:-1]]
    assert rows[0] == ["zh", "en", "score", "grade", "reasons"]
    pairs = [(row[0], row[1]) for row in rows[1:]]
    assert pairs == list(zip(ZH, EN, strict=True))
    assert {row[3] for row in rows[1:]} <= {"exact", "same"}
    _, out, _ = digest("zh.txt", "en.txt", "--format", "JSONL")
    assert [(one["zh"], one["en"]) for one in objects(out)] == pairs
    assert all(one["verified"] and one["places"]["zh"][0]["url"] == "zh.txt" for one in objects(out))  # type: ignore[index]
    assert digest("zh.txt", "en.txt", "-o", "out/memory.TMX")[:2] == (0, "")
    units = ElementTree.parse(folder / "out" / "memory.TMX").findall("body/tu")
    assert [tuple(seg.text for seg in unit.iter("seg")) for unit in units] == pairs


def test_standard_input_may_be_either_text_in_any_encoding(digest) -> None:  # type: ignore[no-untyped-def]
    _, expected, _ = digest("zh.txt", "en.txt", "--format", "tmx")
    assert digest("-", "en.txt", "--format", "tmx", stdin="\r\n".join(ZH).encode("gb18030")) == (0, expected, "")
    assert digest("zh.txt", "-", "--format", "tmx", "-o", "-", stdin="\n".join(EN).encode()) == (0, expected, "")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("none.txt", "en.txt"), 2, "none.txt: no such file"),
        ((".", "en.txt"), 2, ".: is a folder"),
        (("binary", "en.txt"), 2, "binary: is no text"),
        (("zh.txt", "empty"), 2, "empty: is empty"),
        (("zh.txt", "blank", "--lines"), 2, "blank: is empty"),
        (("-", "-"), 2, "standard input can be one of the texts"),
        (("en.txt", "zh.txt"), 2, "en.txt is English and zh.txt Chinese; give the Chinese text first"),
        (("zh.txt", "zh.txt", "--lines"), 2, "zh.txt and zh.txt are both Chinese (zh"),
        (("en.txt", "en.txt"), 2, "both English (en)"),
        (("zh.txt", "en.txt", "--format", "xlsx"), 2, "'xlsx' is no format; choose tsv, jsonl, tmx or html"),
        (("zh.txt", "en.txt", "--max-side", "0"), 2, "0 is not within 1 to 8"),
        (("zh.txt", "en.txt", "--max-side", "9"), 2, "9 is not within 1 to 8"),
        (("zh.txt", "en.txt", "-o", "zh.txt"), 2, "is one of the texts that are read"),
        (("zh.txt", "en.txt", "-o", "."), 2, ".: is a folder"),
        (("zh.txt", "en.txt", "--html", "en.txt"), 2, "is one of the texts that are read"),
        (("zh.txt", "en.txt", "--html", "."), 2, ".: is a folder"),
        (("zh.txt", "en.txt", "--html", "-", "--format", "tsv"), 2, "--html: - is where the tsv goes"),
        (("zh.txt", "en.txt", "--html", "a.html", "-o", "./a.html"), 2, "--html: a.html is where the html goes"),
        (("zh.txt", "en.txt", "--html", "a.html", "--templates", "none"), 2, "none: no such folder of templates"),
        (("zh.txt", "ftp://blog.example/en"), 2, "only files"),
        (("zh.txt", "http://127.0.0.1:9/en"), 3, "127.0.0.1 is not a public address"),
        (("zh.txt", "http://blog.example/en", "-c", "none.yaml"), 2, "none.yaml: no such file"),
    ],
)
def test_nonsense_is_refused_with_one_clear_line(  # type: ignore[no-untyped-def]
    digest, folder: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "binary").write_bytes(b"%PDF-1.7\n\0\1\2")
    (folder / "empty").write_bytes(b"")
    (folder / "blank").write_bytes(b"\xef\xbb\xbf\n \r\n\t\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ended, out, err = digest(*words)
    assert (ended, out) == (code, "")
    assert said in err
    assert err.startswith("digest: ")
    assert err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def sentences_of(page: str, side: str) -> list[str]:
    found = re.findall(rf'<div class="s[^"]*" id="{side}-\d+">.*?<bdi>(.*?)</bdi></span></div>', page, re.S)
    return [html.unescape(text) for text in found]


@pytest.mark.parametrize(
    "words",
    [
        ("--html", "view.html"),
        ("--html", "view.html", "--lines"),
        ("-o", "view.html"),
        ("-o", "view.htm", "--format", "html", "--lines"),
    ],
)
def test_the_page_shows_both_texts_and_is_all_that_is_written(digest, folder: Path, words: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    assert digest("zh.txt", "en.txt", *words) == (0, "", "")
    page = (folder / words[1]).read_text("utf-8")
    assert (sentences_of(page, "zh"), sentences_of(page, "en")) == (ZH, EN)


def test_the_page_goes_to_standard_output_too_and_stands_beside_any_format(digest, folder: Path) -> None:  # type: ignore[no-untyped-def]
    _, page, _ = digest("zh.txt", "en.txt", "--html", "-")
    assert digest("zh.txt", "en.txt", "--format", "html")[1] == page
    _, tsv, _ = digest("zh.txt", "en.txt")
    assert digest("zh.txt", "en.txt", "--html", "view.html", "--format", "tsv") == (0, tsv, "")
    assert (folder / "view.html").read_text("utf-8") == page
    assert digest("zh.txt", "en.txt", "--html", "-", "-o", "pairs.tsv") == (0, page, "")
    assert (folder / "pairs.tsv").read_text("utf-8") == tsv


def test_a_template_of_the_users_takes_the_place_of_ours(digest, folder: Path) -> None:  # type: ignore[no-untyped-def]
    (folder / "own").mkdir()
    (folder / "own" / "alignment.html.j2").write_text("{{ found.zh.name }} beside {{ found.en.name }}", "utf-8")
    assert digest("zh.txt", "en.txt", "--html", "-", "--templates", "own") == (0, "zh.txt beside en.txt", "")
    (folder / "feeds.yaml").write_text(
        "sources: [{name: A, url: 'https://blog.example/feed.xml'}]\nsite: {templates: own}\n", "utf-8"
    )
    assert digest("zh.txt", "en.txt", "--html", "-") == (0, "zh.txt beside en.txt", "")
    (folder / "feeds.yaml").write_text("broken: [", "utf-8")
    assert digest("zh.txt", "en.txt")[0] == 0  # what needs no template reads no settings


class Blog(BaseHTTPRequestHandler):
    """Serves the English text as a page; there are no robots' rules."""

    def do_GET(self) -> None:
        body = f"<!doctype html><html lang=en><body><article><p>{' '.join(EN)}</p></article></body></html>".encode()
        found = self.path == "/post"
        self.send_response(200 if found else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body) if found else 0))
        self.end_headers()
        if found:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def blog() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Blog)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_page_of_the_web_is_read_where_it_can_do_no_harm(digest, blog: str, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    asked = []

    class Refusing:
        def page(self, page: Page) -> Document:
            asked.append(page.url)
            raise SourceError(page.url, "normalise", "it takes longer than 10 seconds to be read", kind="limits")

    monkeypatch.setattr(texts, "sandbox", Refusing)
    code, out, err = digest("zh.txt", f"http://{blog}/post", "--allow-private", blog)
    assert (code, out, asked) == (3, "", [f"http://{blog}/post"])
    assert "it takes longer than 10 seconds" in err


def test_a_page_is_fetched_by_the_guarded_client_without_any_configuration(digest, blog: str) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = digest("zh.txt", f"http://{blog}/post", "--allow-private", blog, "--format", "jsonl")
    assert code == 0
    assert [(one["zh"], one["en"]) for one in objects(out)] == list(zip(ZH, EN, strict=True))
    assert objects(out)[0]["places"]["en"][0]["url"] == f"http://{blog}/post"  # type: ignore[index]
    code, _, err = digest("zh.txt", f"http://{blog}/none", "--allow-private", blog)
    assert (code, err.count("\n")) == (3, 1)
    assert err.startswith(f"digest: http://{blog}/none: fetch: the server answers 404")


def test_characters_read_again_are_told_on_standard_error(
    digest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    def read(text: str) -> Mended:
        return Mended(text, (), (), tuple(Guess(n, ch, 0.5) for n, ch in enumerate(text) if ch == "缓"))

    monkeypatch.setattr(marks, "mend_source", read)
    (folder / "zh.md").write_text("\n\n".join(ZH), "utf-8")
    code, out, err = digest("zh.md", "en.txt")
    assert (code, err) == (0, "ZH: 1 character read again, 1 of them unsure\n")
    assert "read again" not in out
