"""The store is copied while it is in use, and restored: nothing is lost by it, and nothing is sent twice."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from digest_cli import Digest, command_line, serve
from filelock import FileLock
from small_blog import EN_FEED, FakeWeb, feed, item

from digest import backup
from digest.backup import COPY, back_up, keep_copy, restore, store_in
from digest.deliver.keys import mail_key
from digest.errors import StoreError
from digest.model import Post
from digest.output import whole_file
from digest.store import Store
from digest.store.copies import copied_at

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = date(2026, 11, 19)


def a_post(name: str) -> Post:
    url = f"https://blog.example/{name}"
    return Post(name, "https://blog.example/feed", url, url, "A title", NOW, True, NOW, "en", "text", "")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    with Store(tmp_path / "state") as store:
        store.save_posts([(a_post("old"), "blog.example/old")])
    mail_key(tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Digest:
    return command_line(tmp_path, monkeypatch, capsys)


def posts(state: Path) -> set[str]:
    db = sqlite3.connect(f"file:{state / 'digest.db'}?mode=ro", uri=True)
    try:
        return {row[0] for row in db.execute("SELECT id FROM posts")}
    finally:
        db.close()


def files(state: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in state.iterdir() if each.name != "lock"}


def add(state: Path, name: str) -> None:
    with Store(state) as store:
        store.save_posts([(a_post(name), f"blog.example/{name}")])


def test_a_copy_holds_the_store_and_the_key_and_is_its_owners_alone(state: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "copy"
    with Store(state) as store:
        back_up(store, copy, NOW)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in copy.parent.iterdir()] == ["copy"]  # one file, and no journal
    assert copied_at(copy) == NOW
    assert restore(copy, tmp_path / "new", NOW) is None
    assert posts(tmp_path / "new") == {"old"}
    assert mail_key(tmp_path / "new") == mail_key(state)
    assert (tmp_path / "new" / "mail.key").stat().st_mode & 0o777 == 0o600


def test_what_came_after_the_copy_is_moved_aside(state: Path, digest: Digest) -> None:
    assert digest("backup", "--now", NOW.isoformat()).out == f"state/{COPY}\n"
    add(state, "new")
    done = digest("restore", f"state/{COPY}", "--now", (NOW + timedelta(days=1)).isoformat())
    assert (done.code, posts(state)) == (0, {"old"})
    assert f"restored state/{COPY}, of 2026-11-20 03:00Z" in done.out
    before = state / "digest.db.before-20261121T030000Z"
    assert f"the store before lies in {before.relative_to(state.parent)}" in done.out
    assert digest("restore", str(before), "--now", (NOW + timedelta(days=1)).isoformat()).code == 0
    assert posts(state) == {"old", "new"}


def test_a_copy_is_whole_while_a_writer_is_at_work(state: Path, tmp_path: Path) -> None:
    """Each copy is the store between two transactions: a pair that is written together is in it together."""
    stop, failed = threading.Event(), []

    def write() -> None:
        try:
            with Store(state) as store:
                for number in range(10_000):
                    if stop.is_set():
                        return
                    with store.transaction():
                        store.save_posts([(a_post(f"{number}-{side}"), "") for side in ("a", "b")])
        except StoreError as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with Store(state) as store:
            for number in range(8):
                back_up(store, tmp_path / f"{number}.db", NOW)
    finally:
        stop.set()
        writer.join()
    assert not failed
    for number in range(8):
        restore(tmp_path / f"{number}.db", tmp_path / str(number), NOW)
        found = posts(tmp_path / str(number)) - {"old"}
        assert {name[:-2] + "-b" for name in found if name.endswith("-a")} == {n for n in found if n.endswith("-b")}


@pytest.mark.parametrize("given", ["garbage", "empty", "none", "cut off", "another database", "itself"])
def test_what_is_no_copy_is_refused_and_nothing_is_changed(state: Path, digest: Digest, given: str) -> None:
    assert digest("backup", "copy").code == 0
    copy = state.parent / "copy"
    if given == "garbage":
        copy.write_bytes(b"garbage" * 1000)
    elif given == "empty":
        copy.write_bytes(b"")
    elif given == "none":
        copy.unlink()
    elif given == "cut off":
        os.truncate(copy, copy.stat().st_size // 2)
    elif given == "another database":
        copy.unlink()
        db = sqlite3.connect(copy)
        db.execute("CREATE TABLE theirs (a)")
        db.close()
    before = files(state)
    done = digest("restore", "state/digest.db" if given == "itself" else "copy")
    assert done.code == 3
    assert done.err.count("\n") == 1
    assert ("digest.db" if given == "itself" else "copy") in done.err
    assert files(state) == before


def test_a_damaged_store_is_moved_aside_with_its_journal(state: Path, digest: Digest) -> None:
    digest("backup")
    (state / "digest.db").write_bytes(b"garbage" * 1000)
    (state / "digest.db-wal").write_bytes(b"journal")
    refused = digest("backup", "elsewhere")
    assert refused.code == 3
    assert f"digest restore state/{COPY}" in refused.err
    assert digest("restore", f"state/{COPY}", "--now", NOW.isoformat()).code == 0
    assert posts(state) == {"old"}
    assert (state / "digest.db.before-20261120T030000Z-wal").read_bytes() == b"journal"


def test_a_restore_needs_the_lock(state: Path, digest: Digest) -> None:
    digest("backup")
    with FileLock(state / "lock"):
        assert digest("restore", f"state/{COPY}").code == 75
        assert digest("backup", "other").code == 0  # a copy does not


def test_without_a_store_there_is_nothing_to_copy(tmp_path: Path, digest: Digest) -> None:
    done = digest("backup")
    assert (done.code, list(tmp_path.iterdir())) == (3, [])
    assert "there is no store to copy" in done.err


# ---- the run's own copy ---------------------------------------------------------------------------------------------


def test_the_copy_is_renewed_when_it_is_old_or_from_the_future(state: Path) -> None:
    with Store(state) as store:
        assert keep_copy(store, 0, NOW) is None
        assert keep_copy(store, 7, NOW) == state / COPY
        assert keep_copy(store, 7, NOW + timedelta(days=6, hours=23)) is None
        assert keep_copy(store, 7, NOW + timedelta(days=7)) == state / COPY
        assert copied_at(state / COPY) == NOW + timedelta(days=7)
        assert keep_copy(store, 7, NOW) == state / COPY  # the clock was wrong
        (state / COPY).write_bytes(b"garbage")
        assert keep_copy(store, 7, NOW) == state / COPY
    assert sorted(each.name for each in state.iterdir()) == ["digest.db", COPY, "mail.key"]


def test_a_copy_that_cannot_be_made_is_told_and_the_day_stands(
    state: Path, digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose copy cannot be written partly failed, as the record of runs says; failing sources are still named."""
    dead = "https://dead.example/feed"
    serve(FakeWeb({EN_FEED: feed(item(1, "en", "Thu, 19 Nov 2026 04:00:00 GMT"))}), monkeypatch)
    sources = "".join(f'  - {{name: N{n}, url: "{url}", pause: 0}}\n' for n, url in enumerate((EN_FEED, dead)))
    (tmp_path / "feeds.yaml").write_text(f"sources:\n{sources}", "utf-8")
    (state / COPY).mkdir()
    done = digest("run", "--now", NOW.isoformat())
    assert done.code == 1
    assert f"no copy of the store was made: state/{COPY}: Is a directory" in done.err
    assert f"{dead}: fetch: " in done.err
    assert (tmp_path / "out" / f"{DAY}.html").exists()
    with Store(state) as store:
        assert store.last_run() == ("run", NOW, 1)


def test_a_copy_that_cannot_be_made_alone_makes_a_run_one_that_partly_failed(
    digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(FakeWeb({EN_FEED: feed()}), monkeypatch)
    (tmp_path / "feeds.yaml").write_text(f'sources:\n  - {{name: N, url: "{EN_FEED}", pause: 0}}\n', "utf-8")
    assert digest("run", "--now", NOW.isoformat()).code == 0
    (tmp_path / "state" / COPY).unlink()
    (tmp_path / "state" / COPY).mkdir()
    assert digest("run", "--now", NOW.isoformat()).code == 1
    with Store(tmp_path / "state") as store:
        assert store.last_run() == ("run", NOW, 1)


# ---- nothing is sent twice ------------------------------------------------------------------------------------------


def queue(store: Store, recipient: str, day: date = DAY) -> None:
    store.queue_delivery(day, "mail", "daily", recipient, f"<{recipient}>", NOW)


def test_what_was_open_in_the_copy_is_uncertain_afterwards(state: Path, tmp_path: Path) -> None:
    """It may have been sent since: nobody knows, and a person decides."""
    with Store(state) as store:
        for name in ("open@a.example", "sent@a.example"):
            queue(store, name)
        (sent,) = store.delivery_parts(DAY, "mail", "daily", "sent@a.example")
        store.end_delivery(sent, "sent", NOW)
        back_up(store, tmp_path / "copy", NOW)
    restore(tmp_path / "copy", state, NOW + timedelta(days=3))
    with Store(state) as store:
        states = {row.recipient: (row.state, row.detail) for row in store.deliveries_of(DAY)}
        assert store.restored_at() == NOW + timedelta(days=3)
    assert states["sent@a.example"][0] == "sent"
    assert states["open@a.example"] == ("uncertain", "open when the store was copied: it may have been sent since")


def test_a_copy_that_was_put_in_place_by_hand_is_taken_up_alike(state: Path, tmp_path: Path) -> None:
    with Store(state) as store:
        queue(store, "open@a.example")
        back_up(store, tmp_path / "copy", NOW)
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "copy", tmp_path / "new" / "digest.db")
    later = NOW + timedelta(days=3)
    with store_in(tmp_path / "new", later) as store:
        assert [row.state for row in store.deliveries_of(DAY)] == ["uncertain"]
        assert store.restored_at() == later
    assert mail_key(tmp_path / "new") == mail_key(state)
    with store_in(tmp_path / "new", later + timedelta(days=9)) as store:
        assert store.restored_at() == later  # once


def test_of_two_that_open_such_a_copy_at_once_one_takes_it_up(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(state) as store:
        back_up(store, tmp_path / "copy", NOW)
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "copy", tmp_path / "new" / "digest.db")
    with Store(tmp_path / "new") as first, Store(tmp_path / "new") as second:
        real = Store._is_copy
        taken = []

        def overtaken(store: Store) -> bool:
            found = real(store)
            if store is first and not taken:
                taken.append(second.take_up(NOW))
            return found

        monkeypatch.setattr(Store, "_is_copy", overtaken)
        assert first.take_up(NOW) is None
        assert taken[0] is not None
        assert taken[0][0] == NOW


# ---- killed in the midst --------------------------------------------------------------------------------------------


def _dies(state: Path, copy: Path, number: int) -> None:
    """Restore, and die before the `number`-th call that changes a folder."""
    calls = 0

    def hook(event: str, _: object) -> None:
        nonlocal calls
        if event in ("os.rename", "os.remove", "os.link", "open"):
            calls += 1
            if calls == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    backup.restore(copy, state, NOW)
    os._exit(0)


@pytest.mark.fault("state", "kill in the middle of a write")
def test_a_restore_that_is_killed_is_ended_by_the_next(state: Path, tmp_path: Path) -> None:
    """A restore dies (SIGKILL) before any of its changes to the folder.

    Either store is in place then, or none, which is said and never begun anew; the same command ends it.
    """
    with Store(state) as store:
        back_up(store, tmp_path / "copy", NOW)
    add(state, "new")
    forks, killed = multiprocessing.get_context("fork"), 0
    for number in range(1, 40):
        place = Path(shutil.copytree(state, tmp_path / f"killed-{number}"))
        child = forks.Process(target=_dies, args=(place, tmp_path / "copy", number))
        child.start()
        child.join(60)
        if child.exitcode == 0:
            break
        killed += 1
        if (place / "digest.db").exists():
            Store(place).close()
            assert posts(place) in ({"old"}, {"old", "new"})
        else:
            with pytest.raises(StoreError, match="is gone"):
                Store(place)
        restore(tmp_path / "copy", place, NOW)
        assert posts(place) == {"old"}
        assert not list(place.glob(".*"))
    assert 4 <= killed < 39


def test_a_file_that_is_not_finished_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    def fails() -> None:
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "before"
