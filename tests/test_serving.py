"""The preview: what it serves, what it refuses, and what it makes anew."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.demo import DEMO_DAY
from digest.errors import ConfigError, LockHeldError
from digest.job import locked
from digest.serving import Preview, content_type, file_of


@contextmanager
def served(preview: Preview, host: str = "127.0.0.1") -> Iterator[int]:
    server = preview.server(host, 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def asked(
    port: int, target: str, *, host: str = "", method: str = "GET", at: str = "127.0.0.1"
) -> tuple[int, http.client.HTTPMessage, bytes]:  # fmt: skip
    """Ask for a target as it is written: no client tidies its dots away."""
    connection = http.client.HTTPConnection(at, port, timeout=10)
    try:
        connection.putrequest(method, target, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{port}")
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder, a secret beside it, and ways that might lead there."""
    folder = tmp_path / "out"
    (folder / "sources").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "file").write_text("hidden")
    (folder / "index.html").write_text("<!doctype html>归档", "utf-8")
    (folder / "sources" / "index.html").write_text("sources")
    (folder / "feed.xml").write_text("<feed/>")
    (folder / "lib.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    return folder


@pytest.fixture
def port(out: Path) -> Iterator[int]:
    with served(Preview(out, list, list, print)) as number:
        yield number


def test_a_page_comes_fresh_and_in_utf_8(port: int) -> None:
    status, headers, body = asked(port, "/?q=%E9%98%9F")
    assert (status, body.decode()) == (200, "<!doctype html>归档")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Length"] == str(len(body))
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_head_is_answered_without_a_body(port: int) -> None:
    status, headers, body = asked(port, "/index.html", method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, "21", b"")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/feed.xml", "application/atom+xml; charset=utf-8"),
        ("/lib.wasm", "application/wasm"),
        ("/sources/", "text/html; charset=utf-8"),
    ],
)
def test_files_have_their_types(port: int, path: str, kind: str) -> None:
    status, headers, _ = asked(port, path)
    assert (status, headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize(
    "target",
    [
        "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/sources/../../secret", "//secret", "/link", "/.hidden/file",
        "/.", "/sources", "/empty/", "/empty", "/none.html", "/%00", "/%ff", "/..\\secret", "/" + "a/" * 600,
        "/" + "a" * 300, "index.html", "*",
    ],
)  # fmt: skip
def test_nothing_but_files_of_the_folder_is_given(port: int, target: str) -> None:
    status, headers, body = asked(port, target)
    assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"secret</" not in body
    assert b"index.html" in body  # and a way on


def test_a_target_is_shown_as_text(port: int) -> None:
    assert b"<script>" not in asked(port, "/<script>alert(1)</script>")[2]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example"])
def test_a_strangers_name_for_this_machine_is_refused(port: int, host: str) -> None:
    assert asked(port, "/", host=host or " ")[0] == 421


@pytest.mark.parametrize("host", ["localhost:80", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_this_machines_own_names_are_answered(port: int, host: str) -> None:
    assert asked(port, "/", host=host)[0] == 200


def test_only_get_and_head_are_answered(port: int) -> None:
    assert asked(port, "/", method="POST")[0] == 501


def test_a_port_that_is_taken_is_told(port: int, out: Path) -> None:
    with pytest.raises(ConfigError, match=f"--port: 127.0.0.1:{port} cannot be had: "):
        Preview(out, list, list, print).server("127.0.0.1", port)


@pytest.mark.parametrize("target", ["http://[", "http://[x]/"])
def test_what_is_no_address_is_answered_with_400(port: int, target: str) -> None:
    assert asked(port, target)[0] == 400


def test_the_page_of_an_error_has_no_path_of_the_machine_for_others(port: int, out: Path) -> None:
    assert str(out).encode() not in asked(port, "/none.html")[2]
    preview = Preview(out, list, list, print)
    preview.fault = f"{out}/page.html.j2:1: wrong"
    assert str(out) in str(preview.answer("/", "127.0.0.1", local=True)[2])
    status, _, page = preview.answer("/", "other.example", local=False)
    assert (status, str(out) in str(page)) == (500, False)


def test_an_address_of_the_newer_protocol_is_served(out: Path) -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no ::1")
    with served(Preview(out, list, list, print), "::1") as port:
        assert asked(port, "/", at="::1", host=f"[::1]:{port}")[0] == 200


def test_a_host_that_is_no_address_is_told(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ConfigError, match="--host: nowhere is no address"):
        Preview(out, list, list, print).server("nowhere", 0)


def test_a_folder_is_its_index_and_a_file_no_folder(out: Path) -> None:
    assert file_of(out, "/sources/") == out / "sources" / "index.html"
    assert file_of(out, "/index.html/") is None
    assert content_type("sources/x.json") == "application/json; charset=utf-8"


# ---- what is made anew ----------------------------------------------------------------------------------------------


class Made:
    """A site of one file, which a test changes."""

    def __init__(self, folder: Path) -> None:
        self.source, self.times, self.error = folder / "page.html.j2", 0, ""
        self.source.write_text("one")
        self.said: list[str] = []
        self.preview = Preview(folder, self.update, lambda: [self.source, folder / "not-there"], self.said.append)

    def update(self) -> list[str]:
        self.times += 1
        text = self.source.read_text()
        if text.startswith("!"):
            raise ConfigError(f"{self.source}:1", text)
        (self.source.parent / "index.html").write_text(text)
        return ["wrote 1 file"]


def test_what_changed_is_made_anew_once_and_said(tmp_path: Path) -> None:
    made = Made(tmp_path)
    assert (made.preview.refresh(), made.preview.refresh(), made.times) == (True, False, 1)
    made.source.write_text("another")
    assert (made.preview.refresh(), made.preview.refresh(), made.times) == (True, False, 2)
    made.source.unlink()
    made.source.write_text("a third")
    made.preview.refresh()
    assert ((tmp_path / "index.html").read_text(), made.said) == ("a third", ["wrote 1 file"] * 3)


def test_an_error_is_said_and_shown_until_it_is_mended(tmp_path: Path) -> None:
    made = Made(tmp_path)
    (tmp_path / "feed.xml").write_text("<feed/>")
    made.preview.refresh()
    with served(made.preview) as port:
        made.source.write_text("!<b>wrong")
        made.preview.refresh()
        status, headers, body = asked(port, "/")
        assert (status, headers["Refresh"]) == (500, "2")
        assert f"{made.source}:1: !&lt;b&gt;wrong" in body.decode()
        assert asked(port, "/feed.xml")[0] == 200
        assert made.said[-1] == f"{made.source}:1: !<b>wrong; waiting for it to be mended"
        made.source.write_text("right again")
        made.preview.refresh()
        assert (asked(port, "/")[0], made.said[-2:]) == (200, ["mended", "wrote 1 file"])


def test_while_another_run_holds_the_lock_a_look_is_put_off_and_that_is_said_once(tmp_path: Path) -> None:
    made, held = Made(tmp_path), [True, True, False]

    def update() -> list[str]:
        if held.pop(0):
            raise LockHeldError("state/lock: another run holds the lock; wait for it to end")
        return made.update()

    preview = Preview(tmp_path, update, lambda: [made.source], made.said.append)
    assert [preview.refresh() for _ in range(4)] == [False, False, True, False]
    assert (made.times, preview.fault) == (1, "")
    assert made.said == [
        "state/lock: another run holds the lock; wait for it to end; until then the pages stay as they are",
        "wrote 1 file",
    ]


def test_a_bug_is_not_hidden(tmp_path: Path) -> None:
    def update() -> list[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Preview(tmp_path, update, list, print).refresh()


# ---- the verb -------------------------------------------------------------------------------------------------------

FEEDS = "digest: {title: Preview}\nsources: [{name: A, url: 'https://a.example/feed'}]\n"


def test_the_verb_renders_anew_when_a_template_changes_and_ends_well(tmp_path: Path, demo_days: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "page.css.j2").write_text("h1 { color: tomato }\n")
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    command = [sys.executable, "-m", "digest", "serve", "--out", str(demo_days), "--port", "0", "--templates", str(own)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            assert running.stdout
            port = int(running.stdout.readline().split(":")[2].split("/")[0])
            page = f"/{DEMO_DAY}.html"
            until(lambda: b"tomato" in asked(port, page)[2])
            (own / "page.css.j2").write_text("h1 { color: orchid }\n")
            until(lambda: b"orchid" in asked(port, page)[2])
            (own / "page.css.j2").write_text("{{ nothing }}\n")
            until(lambda: asked(port, page)[0] == 500)
            assert f"{own / 'page.css.j2'}:1" in asked(port, page)[2].decode()
            (own / "page.css.j2").write_text("h1 { color: peru }\n")
            until(lambda: b"peru" in asked(port, page)[2])
            running.send_signal(signal.SIGINT)
            said = running.stdout.read()
            assert running.wait(10) == 0, said
        finally:
            running.kill()
    assert said.count("waiting for it to be mended") == 1
    assert "Traceback" not in said


def test_the_verb_writes_nothing_while_a_run_holds_the_lock(tmp_path: Path, demo_days: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    command = [sys.executable, "-m", "digest", "serve", "--out", str(demo_days), "--port", "0", "--state", "own"]
    page = demo_days / f"{DEMO_DAY}.html"
    with (
        locked(tmp_path / "own"),
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running,
    ):
        try:
            assert running.stdout
            running.stdout.readline()
            assert "another run holds the lock" in running.stdout.readline()
            assert not page.exists()
        finally:
            running.kill()


def until(true: object, seconds: float = 20) -> None:
    """Wait until a function says so."""
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


@pytest.fixture
def demo_days(tmp_path: Path) -> Path:
    """An output folder with the JSON of one day."""
    sys.path.append(str(Path(__file__).parent / "render"))
    from sample_day import DAY

    from digest.render.site import json_text

    folder = tmp_path / "site"
    folder.mkdir()
    (folder / f"{DEMO_DAY}.json").write_text(json_text(DAY), "utf-8")
    assert str(DAY.day) == str(DEMO_DAY)
    return folder


def test_a_folder_that_is_not_there_ends_with_3(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "digest", "serve", "--out", "none"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ}, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (
        3, "digest: none: no such folder; digest run makes it, or name another: --out\n",
    )  # fmt: skip
