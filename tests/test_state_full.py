"""A full disk: an exit code, one clear line, earlier pages whole; with room, the next run ends as it would have."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import shutil
import sys
from pathlib import Path

import pytest
from digest_cli import Digest, command_line, serve
from small_blog import EN_FEED, ZH_FEED, FakeWeb, article, feed, item

from digest import output
from digest.output import write_file
from digest.store import Store

NOW = "2025-04-17T08:00:00+08:00"
NOON = "Wed, 16 Apr 2025 04:00:00 GMT"
FEEDS = f"""
digest: {{title: %s}}
sources:
  - {{name: Blog, url: "{EN_FEED}", language: en, twin: {{en: "/{{slug}}", zh: "/zh/{{slug}}"}}, pause: 0}}
  - {{name: 博客, url: "{ZH_FEED}", language: zh, twin: {{en: "/{{slug}}", zh: "/zh/{{slug}}"}}, pause: 0}}
"""
FORKS = multiprocessing.get_context("fork")


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Digest:
    pages: dict[str, str | bytes] = {
        EN_FEED: feed(*(item(n, "en", NOON) for n in (1, 2, 3))),
        ZH_FEED: feed(*(item(n, "zh", NOON) for n in (1, 2))),
    }
    for number in (1, 2, 3):
        pages[f"https://blog.example/post-{number}"] = article(number, "en")
        pages[f"https://blog.example/zh/post-{number}"] = article(number, "zh")
    serve(FakeWeb(pages), monkeypatch)
    (tmp_path / "feeds.yaml").write_text(FEEDS % "before", "utf-8")
    return command_line(tmp_path, monkeypatch, capsys)


def files(out: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in out.rglob("*") if each.is_file()} if out.is_dir() else {}


def _limited(size: int, told: int) -> None:
    """Run the digest in this process, no file of which may grow beyond `size` bytes (as on a disk without room)."""
    os.dup2(told, 2)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    sys.argv = ["digest", "run", "--now", NOW]
    from digest import cli

    try:
        cli.main()
    except SystemExit as ended:
        sys.stderr.flush()
        os._exit(int(ended.code or 0))


def limited(size: int) -> tuple[int, str]:
    """Give exit code and standard error of such a run."""
    reading, writing = os.pipe()
    child = FORKS.Process(target=_limited, args=(size, writing))
    child.start()
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        said = told.read()
    child.join(120)
    return int(child.exitcode or 0), said


@pytest.mark.fault("state", "disk full")
def test_a_full_disk_ends_the_run_and_tears_nothing(digest: Digest, tmp_path: Path) -> None:
    """No file can grow beyond a size: pages, the store, its journal and its copy cannot be written.

    The run ends with code 3 and one line that says what to do; what was written before is whole, and the next run, with
    room, ends with the bytes of an undisturbed one.
    """
    assert digest("run", "--now", NOW).code == 0
    before = files(tmp_path / "out")
    (tmp_path / "feeds.yaml").write_text(FEEDS % "after", "utf-8")
    base = tmp_path / "base"
    base.mkdir()
    for name in ("state", "out"):
        shutil.copytree(tmp_path / name, base / name)
    assert digest("run", "--now", NOW).code == 0
    after = files(tmp_path / "out")
    assert after != before
    codes = []
    for size, start in ((0, base), (8_000, None), (60_000, base), (60_000, None)):  # over earlier pages, and anew
        for name in ("state", "out"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
            if start:
                shutil.copytree(start / name, tmp_path / name)
        code, told = limited(size)
        codes.append(code)
        assert code in (0, 3), told
        if code:
            last = told.splitlines()[-1]
            assert last.startswith("digest: "), told
            assert "make room and run again" in last, (size, told)
            assert "Traceback" not in told
        for name, data in files(tmp_path / "out").items():
            assert data in (before.get(name), after[name]), (size, name)
        assert digest("run", "--now", NOW).code == 0
        assert files(tmp_path / "out") == after, size
    assert codes.count(3) >= 3


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "mkstemp"])
def test_a_file_that_there_is_no_room_for_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "page.html"
    write_file(path, "before")
    if call == "mkstemp":
        monkeypatch.setattr(output.tempfile, "mkstemp", full)
    elif call == "write":
        monkeypatch.setattr(Path, "write_bytes", full)
    else:
        monkeypatch.setattr(output.os, call, full)
    with pytest.raises(OSError, match="No space left") as raised:
        write_file(path, "after")
    monkeypatch.undo()
    assert raised.value.filename == str(path)
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
    assert path.read_text() == "before"


def test_an_output_without_room_is_named_with_what_to_do(
    digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "page.txt").write_text("\u00e6\u00a8\u00a1\u00e5\u017e\u2039", "utf-8")
    monkeypatch.setattr(output.os, "fsync", full)
    done = digest("repair", "page.txt", "-o", "fixed.txt")
    monkeypatch.undo()
    assert done.code != 0
    assert "fixed.txt: No space left on device" in done.err


def test_what_a_killed_writer_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    """And what another one writes at this moment is left alone."""
    (tmp_path / ".page.html.ab12cd3_").write_text("half")
    for end in ("-journal", "-wal", "-shm"):  # of a database
        (tmp_path / f".page.html.ab12cd3_{end}").write_text("half")
    (tmp_path / ".page.html.notes").write_text("somebody's")
    with output.whole_file(tmp_path / "page.html") as other:
        other.write_text("from the other")
        write_file(tmp_path / "page.html", "mine")
        assert other.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == [".page.html.notes", "page.html"]


def test_a_writer_that_fails_leaves_no_journal(tmp_path: Path) -> None:
    def fail(temporary: Path) -> None:
        temporary.with_name(f"{temporary.name}-journal").write_text("half")
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"), output.whole_file(tmp_path / "store") as temporary:
        fail(temporary)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("why", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_store_is_made_where_the_file_system_has_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    """As exFAT and some network mounts."""

    def none(*_: object) -> None:
        raise OSError(why, os.strerror(why))

    monkeypatch.setattr(output.os, "link", none)
    Store(tmp_path / "state").close()
    assert [each.name for each in (tmp_path / "state").iterdir()] == ["digest.db"]
    assert (tmp_path / "state" / "digest.db").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError), output.whole_file(tmp_path / "state" / "digest.db", replace=False) as other:
        other.write_text("another's")
    assert [each.name for each in (tmp_path / "state").iterdir()] == ["digest.db"]
    Store(tmp_path / "state").close()


def test_what_cannot_be_put_in_its_place_without_links_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(output.os, "link", none)
    monkeypatch.setattr(output.os, "replace", none)
    with pytest.raises(PermissionError), output.whole_file(tmp_path / "store", replace=False):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_output_folder_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("somebody's")
    (tmp_path / "page.html").symlink_to(tmp_path / "elsewhere")
    write_file(tmp_path / "page.html", "mine")
    assert (tmp_path / "elsewhere").read_text() == "somebody's"
    assert (tmp_path / "page.html").read_text() == "mine"
    assert not (tmp_path / "page.html").is_symlink()
