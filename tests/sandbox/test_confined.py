"""What a child that reads may not do, and what becomes of one that does not answer."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from digest.errors import SourceError
from digest.model import Page, Post
from digest.sandbox.sandbox import Sandbox

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


def test_a_post_whose_page_takes_too_long_is_read_from_its_feed(hasty: Sandbox) -> None:
    seen = datetime(2025, 4, 16, 8, tzinfo=UTC)
    page = Page("https://a.example/post", b"hang")

    def post(summary: str) -> Post:
        return Post("i", "s", "g", page.url, "T", seen, True, seen, "en", summary, "")

    document = hasty.post(post("Says what there is to say."), page)
    assert document is not None
    assert [each.text for each in document.paragraphs] == ["Says what there is to say."]
    assert document.cut, "it is not the whole post"
    with pytest.raises(SourceError, match="took longer"):
        hasty.post(post(""), page)


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


def test_no_network_no_process_and_nothing_written(hostile: Sandbox, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("as it was")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        tries = hostile.twin_rule((str(tmp_path / "new"), str(server.getsockname()[1])), page(b"try"))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert len(tries) == 14
    assert set(tries.values()) == {"PermissionError"}, tries
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.read_text() == "as it was"


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
