"""Two runs at once, folders that may not be written, and a state that was lost: said in one line, with a code."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from digest_cli import Digest, command_line, serve
from small_blog import EN_FEED, FakeWeb, feed

from digest.job import locked
from digest.store import Store

FEEDS = f'sources:\n  - {{name: Blog, url: "{EN_FEED}", language: en, pause: 0}}\n'
FORKS = multiprocessing.get_context("fork")
NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that a user without rights can reach."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        yield Path(name)


@pytest.fixture
def digest(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Digest:
    serve(FakeWeb({EN_FEED: feed()}), monkeypatch)
    (folder / "feeds.yaml").write_text(FEEDS, "utf-8")
    return command_line(folder, monkeypatch, capsys)


def _without_rights(words: tuple[str, ...], told: int) -> None:
    os.dup2(told, 2)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.argv = ["digest", *words]
    from digest import cli

    try:
        cli.main()
    except SystemExit as ended:
        sys.stderr.flush()
        os._exit(int(ended.code or 0))


def without_rights(*words: str) -> tuple[int, str]:
    """Run the digest in a fork as a user who is nobody; give exit code and standard error."""
    reading, writing = os.pipe()
    child = FORKS.Process(target=_without_rights, args=(words, writing))
    child.start()
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        said = told.read()
    child.join(60)
    return int(child.exitcode or 0), said


def _hold(state: Path, held: Event) -> None:
    with locked(state):
        held.set()
        signal.pause()


@pytest.mark.fault("state", "two runs at once")
def test_a_second_run_ends_at_once_and_the_lock_dies_with_its_holder(digest: Digest, folder: Path) -> None:
    """Two runs are started at once, or one while another hangs.

    The second ends with code 75 and says who holds what; the lock is the kernel's, and goes with a process that is
    killed.
    """
    held = FORKS.Event()
    other = FORKS.Process(target=_hold, args=(folder / "state", held))
    other.start()
    assert held.wait(30)
    for verb in ("run", "collect", "build"):
        done = digest(verb)
        assert (done.code, done.err) == (75, "digest: state/lock: another run holds the lock; wait for it to end\n")
    other.kill()
    other.join()
    assert digest("run", "--now", "2025-04-17T08:00:00+08:00").code == 0


@pytest.mark.parametrize("closed", ["state", "out"])
def test_a_folder_that_may_not_be_written_is_named(digest: Digest, folder: Path, closed: str) -> None:
    for name in ("state", "out"):
        (folder / name).mkdir()
        os.chmod(folder / name, 0o555 if name == closed else 0o777)
    code, told = without_rights("run", "--now", "2025-04-17T08:00:00+08:00")
    assert code == 3
    assert told.startswith("digest: ")
    assert f"{closed}/" in told
    assert told.endswith("Permission denied; give yourself the right to it, or name another place\n")
    assert told.count("\n") == 1


@pytest.mark.parametrize("kept", ["store", "lock"])
def test_a_file_of_the_state_that_may_not_be_written_is_named(digest: Digest, folder: Path, kept: str) -> None:
    Store(folder / "state").close()
    (folder / "state" / "lock").touch()
    name = "digest.db" if kept == "store" else "lock"
    os.chmod(folder / "state" / "digest.db", 0o666)
    os.chmod(folder / "state" / "lock", 0o666)
    os.chmod(folder / "state" / name, 0o444)
    os.chmod(folder / "state", 0o777)
    code, told = without_rights("run", "--now", "2025-04-17T08:00:00+08:00")
    assert code == 3
    assert f"state/{name}" in told
    assert "give yourself the right" in told
    assert told.count("\n") == 1


def test_a_state_that_is_no_folder_is_named(digest: Digest, folder: Path) -> None:
    (folder / "state").write_text("somebody's")
    done = digest("run")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert done.err.startswith("digest: state: ")
    assert (folder / "state").read_text() == "somebody's"


def test_a_damaged_store_ends_the_verbs_with_3_and_its_copy_is_named(digest: Digest, folder: Path) -> None:
    now = ("--now", "2025-04-17T08:00:00+08:00")
    assert digest("run", *now).code == 0
    assert digest("backup", *now).code == 0
    (folder / "state" / "digest.db").write_bytes(b"garbage" * 1000)
    for verb in ("run", "collect", "build"):
        done = digest(verb, *now)
        assert (done.code, done.err.count("\n")) == (3, 1)
        assert "restore its copy (of 2025-04-17 00:00Z): digest restore state/digest.db.backup" in done.err
    assert "digest restore state/digest.db.backup" in digest("check", *now).out
    assert digest("restore", "state/digest.db.backup", *now).code == 0
    assert digest("run", *now).code == 0
