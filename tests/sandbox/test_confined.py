"""What a child that reads may not do, and what becomes of one that does not answer."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from digest.errors import SourceError
from digest.linking.documents import Documents, may_pass
from digest.model import Page, Post
from digest.sandbox import confinement
from digest.sandbox.sandbox import Sandbox
from digest.store import Store

HOSTILE = "hostile_readers:Hostile"
FEED = b"<rss version='2.0'><channel><title>fine</title><item><title>a</title><link>/a</link></item></channel></rss>"


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    with Sandbox(reader=HOSTILE, most=1) as running:
        yield running


@pytest.fixture(scope="module")
def hasty() -> Iterator[Sandbox]:
    with Sandbox(reader=HOSTILE, deadline=0.8, most=1) as running:
        yield running


def page(body: bytes) -> Page:
    return Page("https://a.example/feed", body)


def failed(sandbox: Sandbox, deed: str) -> SourceError:
    """Give the error of a deed; the next text must be read as if nothing had been."""
    with pytest.raises(SourceError) as caught:
        sandbox.feed(page(deed.encode()))
    assert sandbox.feed(page(FEED)).title == "fine"
    assert caught.value.stage == "parse"
    assert caught.value.url == "https://a.example/feed"
    return caught.value


def pid_of(sandbox: Sandbox) -> int:
    return int(sandbox.twin_rule((), page(b"pid"))["pid"])


@pytest.mark.parametrize("deed", ["hang", "hang_in_c", "hang_deaf"])
def test_a_reading_without_end_is_ended(hasty: Sandbox, deed: str) -> None:
    before, error = pid_of(hasty), failed(hasty, deed)
    assert (error.kind, error.reason) == ("limits", "reading it took longer than 0.8 s and was stopped")
    assert gone(before)


def test_a_post_whose_page_takes_too_long_is_told_by_its_feed_and_its_page_tried_again(
    hasty: Sandbox, tmp_path: Path
) -> None:
    seen = datetime(2025, 4, 16, 8, tzinfo=UTC)
    page = Page("https://a.example/post", b"hang")
    said = Post("i", "s", "g", page.url, "T", seen, True, seen, "en", "Says what there is to say.", "")
    with Store(tmp_path) as store:
        store.save_page(page.url, page, seen)
        documents = Documents(store, {}, seen, hasty)
        told, silent = documents.text(said), documents.text(replace(said, id="j", summary=""))
    assert told.document is not None
    assert [each.text for each in told.document.paragraphs] == ["Says what there is to say."]
    assert told.document.cut, "it is not the whole post"
    assert silent.document is None
    assert silent.fault is not None
    assert "took longer" in silent.fault.reason
    assert may_pass(told)
    assert may_pass(silent)


def test_what_needs_more_memory_than_is_granted_is_ended(hostile: Sandbox) -> None:
    error = failed(hostile, "eat")
    assert error.kind == "limits"
    assert "more than the 352 MiB of memory" in error.reason


@pytest.mark.parametrize("deed", ["abort", "leave", "exit"])
def test_a_reader_that_ends_costs_its_text_only(hostile: Sandbox, deed: str) -> None:
    error = failed(hostile, deed)
    assert error.kind == "limits"
    assert "ended unexpectedly" in error.reason


@pytest.mark.parametrize("deed", ["babble", "lie", "forge", "greet", "break_off", "mistake", "halve"])
def test_what_is_no_answer_is_not_believed(hostile: Sandbox, deed: str) -> None:
    assert failed(hostile, deed).kind in ("limits", "content")


def test_an_answer_has_a_greatest_length(hostile: Sandbox) -> None:
    error = failed(hostile, "swell")
    assert (error.kind, error.reason) == ("limits", "what it holds is larger than 32 MiB")


def test_a_fault_of_a_parser_is_one_line_that_names_its_place(hostile: Sandbox) -> None:
    error = failed(hostile, "stumble")
    assert error.kind == "content"
    assert error.reason.startswith("cannot be read: ZeroDivisionError in hostile_readers.py:")
    assert "\n" not in error.reason
    assert len(error.reason) <= 300
    assert failed(hostile, "recurse").reason == "it is nested too deeply to be read"


def test_the_facts_of_an_error_come_through(hostile: Sandbox) -> None:
    with pytest.raises(SourceError) as caught:
        hostile.feed(page(b"refuse"))
    error = caught.value
    assert (error.url, error.stage, error.reason) == ("https://a.example/x", "decode", "says no")
    assert (error.kind, error.status, error.retry_after) == ("status", 503, 2.5)


def test_what_is_printed_is_no_answer_and_what_is_asked_no_input(
    hostile: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    assert hostile.feed(page(b"shout")).title == ""
    assert capfd.readouterr() == ("", "")


def test_no_network_no_process_nothing_written_and_nothing_read_but_what_is_installed(
    hostile: Sandbox, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("as it was")
    (tmp_path / "link").symlink_to(f"/proc/{os.getpid()}/environ")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        tries = hostile.twin_rule((str(tmp_path / "new"), str(server.getsockname()[1])), page(b"try"))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert len(tries) == 27
    assert set(tries.values()) == {"PermissionError"}, tries
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "link"]
    assert kept.read_text() == "as it was"


def test_of_folders_of_modules_only_packages_and_modules_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the program runs from its own checkout, beside its configuration and its store."""
    project, cache = tmp_path / "project", tmp_path / "cache"
    for name in ("package/__init__.py", "package/data/words.txt", "module.py", ".env", "state/digest.sqlite"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("")
    cache.mkdir()
    (cache / "__init__.py").write_text("")
    (cache / "words.txt").write_text("")
    (project / "linked").symlink_to(cache)  # as some installers do
    (project / "package" / "itself").symlink_to("/proc/self")
    monkeypatch.setattr(confinement, "_granted", ())
    monkeypatch.setattr(confinement, "_searched", confinement._folders(str(project), "/", ""))
    granted = ["package/data/words.txt", "package/../module.py", "linked/words.txt", "linked/__init__.py"]
    refused = [
        ".env", "state/digest.sqlite", "package/../.env", "package", "linked/../digest.toml", "package/itself/environ",
        "package/data/../../../cache/words.txt",
    ]  # fmt: skip
    assert {name: confinement._may_read(f"{project}/{name}") for name in (*granted, *refused)} == {
        **dict.fromkeys(granted, True),
        **dict.fromkeys(refused, False),
    }
    assert not confinement._may_read(os.fsencode(project / ".env"))
    assert not confinement._may_read(project / "state")
    monkeypatch.chdir(project)
    assert not confinement._may_read("module.py"), "it may start from another folder"


def test_secrets_of_the_environment_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_CHAT_KEY", "sk-secret")
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    monkeypatch.setenv("LC_TIME", "C")
    with Sandbox(reader=HOSTILE, most=1) as sandbox:
        given = sandbox.twin_rule((), page(b"environment"))
    assert "secret" not in repr(given)
    assert (given["LC_TIME"], given["OPENBLAS_NUM_THREADS"]) == ("C", "1")


@pytest.mark.parametrize("deed", ["keep", "eat_quietly"])
def test_a_child_that_grew_is_replaced_and_its_answer_kept(hostile: Sandbox, deed: str) -> None:
    before = pid_of(hostile)
    assert pid_of(hostile) == before
    assert hostile.feed(page(deed.encode())).entries == ()
    assert pid_of(hostile) != before
    assert gone(before)


def test_a_child_that_ended_while_idle_is_replaced(hostile: Sandbox) -> None:
    before = pid_of(hostile)
    os.kill(before, signal.SIGKILL)
    time.sleep(0.05)
    assert hostile.feed(page(FEED)).title == "fine"
    assert gone(before)


def test_an_interrupted_reading_gives_nobody_else_its_answer(hostile: Sandbox) -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before, old = pid_of(hostile), signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            hostile.feed(page(b"hang"))
    finally:
        signal.signal(signal.SIGALRM, old)
    assert gone(before)
    assert hostile.feed(page(FEED)).title == "fine"


def test_children_end_with_their_sandbox_and_stand_apart() -> None:
    with Sandbox(reader=HOSTILE, most=1) as sandbox:
        told = sandbox.twin_rule((), page(b"pid"))
        assert told["group"] == told["pid"] != str(os.getpgid(0))
        assert not gone(int(told["pid"]))
    assert gone(int(told["pid"]))
    with pytest.raises(ValueError, match="closed"):
        sandbox.feed(page(FEED))
    sandbox.close()


def test_a_text_that_is_being_read_when_its_sandbox_is_closed_is_not_at_fault() -> None:
    sandbox = Sandbox(reader=HOSTILE, deadline=20, most=1)
    with ThreadPoolExecutor(1) as threads:
        assert not gone(pid_of(sandbox))
        reading = threads.submit(sandbox.feed, page(b"hang"))
        time.sleep(0.2)
        sandbox.close()
        with pytest.raises(ValueError, match="the pool is closed"):
            reading.result()


@pytest.mark.parametrize("reader", ["hostile_readers:Absent", "hostile_readers:Nobody", "no_such_module:Reader"])
def test_children_that_do_not_start_are_no_fault_of_a_text(reader: str) -> None:
    with Sandbox(reader=reader, most=1) as sandbox, pytest.raises(ChildProcessError, match="does not start"):
        sandbox.feed(page(FEED))


def gone(pid: int) -> bool:
    """Tell whether there is no such process, not even as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
