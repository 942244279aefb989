"""The verb `clean`: pages in from files, standard input and addresses; page and report out; refusals."""

from __future__ import annotations

import io
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from foreign_pages import PAGE, PAIRS, TwinEmbedder

from digest import cli
from digest.align import embed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DIGEST_CONFIG", "DIGEST_STATE", "DIGEST_OUT", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(embed, "load_embedder", TwinEmbedder)
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    return tmp_path


def digest(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["digest", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capfd.readouterr()
    return int(ended.value.code or 0), out, err


def test_the_page_goes_to_standard_output_and_the_report_to_standard_error(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = digest(capfd, monkeypatch, "clean", "page.md")
    assert code == 0
    assert out.startswith("# 某某日报 — 2025-03-02\n")
    assert f"{PAIRS[1][0]}  \n{PAIRS[1][1]}\n" in out
    assert out.count("## [") == 2
    assert "page.md: 2 posts, 7 pairs" in err


def test_a_file_is_written_in_the_form_that_its_name_says(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in (("a.md", "# 某某日报"), ("a.html", "<!doctype html>"), ("a.json", '{\n  "schema_version": 1')):
        code, out, _ = digest(capfd, monkeypatch, "clean", "page.md", "-o", name)
        assert (code, out) == (0, "")
        assert (folder / name).read_text("utf-8").startswith(said)
    posts = json.loads((folder / "a.json").read_text("utf-8"))["posts"]
    assert sum(p["zh"] is not None and p["en"] is not None for post in posts for p in post["pairs"]) == 7


def test_the_report_is_json_where_asked_for(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, err = digest(capfd, monkeypatch, "clean", "page.md", "-o", "a.md", "--report", "json")
    assert (json.loads(out)["counts"]["pairs"], err) == (7, "")
    _, out, err = digest(capfd, monkeypatch, "clean", "page.md", "--report", "json")
    assert out.startswith("# 某某日报")
    assert json.loads(err)["chatter"] == [15, 26]


def test_standard_input_is_read(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode("gb18030"))))
    code, out, err = digest(capfd, monkeypatch, "clean", "-")
    assert code == 0
    assert PAIRS[0][0] in out
    assert err.startswith("standard input: 2 posts")


def test_an_address_is_fetched_through_the_guard(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/page.md" else 404)
            self.send_header("Content-Type", "text/markdown")
            self.end_headers()
            if self.path == "/page.md":
                self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_port}"
    try:
        code, out, _ = digest(capfd, monkeypatch, "clean", f"http://{place}/page.md", "--allow-private", place)
        assert code == 0
        assert PAIRS[0][0] in out
        code, _, err = digest(capfd, monkeypatch, "clean", f"http://{place}/page.md")
        assert code == 3
        assert "private" in err
        code, _, err = digest(capfd, monkeypatch, "clean", f"http://{place}/none.md", "--allow-private", place)
        assert code == 3
        assert "404" in err
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("words", "body", "code", "said"),
    [
        (("none.md",), None, 2, "none.md: no such file"),
        (("it.md",), b"", 2, "it.md: is empty"),
        (("it.md",), b" \n\n \n", 2, "it.md: is empty"),
        (("it.md",), b"\x89PNG\r\n\x1a\n" + bytes(200), 2, "it.md: is no text (binary)"),
        (("it.md",), b"# Title\n\nOnly English in here.\n", 3, "no Chinese line with its English one was found"),
        (("page.md", "--report", "xml"), None, 2, "choose text or json"),
        (("page.md", "-o", "."), None, 2, "is a folder"),
        (("page.md", "-o", "none/"), None, 2, "none/: is a folder"),
        (("it.json",), b'{"posts": []}', 3, "is JSON; give the page as Markdown or HTML"),
        (("page.md", "-o", "page.md"), None, 2, "is one of the texts that are read"),
        (("ftp://a.example/x.md",), None, 2, "only files"),
        (("page.md", "--config", "none.yaml"), None, 2, "no such file"),
    ],
)
def test_nonsense_is_refused_with_one_clear_line(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], body: bytes | None, code: int, said: str,
) -> None:  # fmt: skip
    if body is not None:
        (folder / words[0]).write_bytes(body)
    ended, out, err = digest(capfd, monkeypatch, "clean", *words)
    assert (ended, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_title_zone_and_order_come_from_the_configuration(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = "sources:\n  - name: A\n    url: https://a.example/feed\ndigest:\n  title: Ours\n  order: [en, zh]\n"
    (folder / "feeds.yaml").write_text(feeds, "utf-8")
    (folder / "bare.md").write_text(f"{PAIRS[0][0]}\n{PAIRS[0][1]}\n", "utf-8")
    _, out, _ = digest(capfd, monkeypatch, "clean", "bare.md", "--now", "2025-05-01T08:00:00+08:00")
    assert out.startswith("# Ours — 2025-05-01\n")
    assert f"{PAIRS[0][1]}  \n{PAIRS[0][0]}\n" in out
