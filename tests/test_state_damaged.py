"""A store that is damaged, lost, swapped or in the way of another is refused by name, and never begun anew."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.backup import back_up
from digest.errors import StoreError
from digest.model import Post
from digest.store import MIGRATIONS, Store, connection

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
REMEDY = "restore its copy (of 2026-11-20 03:00Z): digest restore "


def a_post(number: int) -> Post:
    url = f"https://blog.example/{number}"
    return Post(url, "https://blog.example/feed", url, url, f"Title {number}", NOW, True, NOW, "en", "x" * 900, "")


def filled(folder: Path, *, posts: int = 60) -> Path:
    """Make a store with posts in it, and a free page or two; give its file."""
    with Store(folder) as store:
        store.save_posts([(a_post(n), f"blog.example/{n}") for n in range(posts)])
        with store.transaction():
            for n in range(posts):
                store.save_lesson(f"p{n}", "s", bytes(3000), NOW)
        store._db.execute("DELETE FROM lessons WHERE post > 'p3'")
    return folder / "digest.db"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a sound store and its copy."""
    folder = tmp_path_factory.mktemp("sound")
    path = filled(folder)
    with Store(folder) as store:
        back_up(store, path.with_name("digest.db.backup"), NOW)
    return folder


@pytest.fixture
def copied(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "state")) / "digest.db"


@pytest.fixture
def store(copied: Path) -> Path:
    copied.with_name("digest.db.backup").unlink()
    return copied


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def no_database(path: Path) -> None:
    path.write_text("sources:\n  - name: not what should lie here\n" * 200)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_a_table(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE day_failures")
    db.close()


def without_a_column(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE days DROP COLUMN learnt")
    db.close()


def without_tables(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()


def flipped_header(path: Path) -> None:
    flip(path, range(16, 100, 3))


def flipped_schema(path: Path) -> None:
    flip(path, range(100, 4096, 11))


def flipped_free_list(path: Path) -> None:
    """Bytes 32 to 35 of the header name the first page of the free list (https://sqlite.org/fileformat.html)."""
    data = path.read_bytes()
    first = int.from_bytes(data[32:36], "big")
    assert first, "the store has no free pages, so that this shows nothing"
    start = (first - 1) * int.from_bytes(data[16:18], "big")
    flip(path, range(start, start + 40))


def flip(path: Path, places: range) -> None:
    data = bytearray(path.read_bytes())
    for place in places:
        data[place] ^= 0xFF
    path.write_bytes(data)


DAMAGES = (
    truncated, emptied, no_database, a_folder, without_a_table, without_a_column, without_tables, flipped_header,
    flipped_schema, flipped_free_list,
)  # fmt: skip


@pytest.mark.fault("state", "corrupt database")
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_refused_by_name_with_the_copy_to_restore(copied: Path, damage: Callable[[Path], None]) -> None:
    """The store's file is cut off, emptied, overwritten, lacks tables, or has flipped bytes in header, page, free list.

    It is refused by name with the command that restores its copy, left as it is, and never made anew.
    """
    damage(copied)
    before = copied.read_bytes() if copied.is_file() else b""
    with pytest.raises(StoreError) as refused:
        Store(copied.parent)
    assert str(copied) in str(refused.value)
    assert REMEDY + str(copied.with_name("digest.db.backup")) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (copied.read_bytes() if copied.is_file() else b"") == before


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_without_a_copy_says_so(store: Path, damage: Callable[[Path], None]) -> None:
    damage(store)
    with pytest.raises(StoreError, match=r"restore it from a backup: digest restore FILE"):
        Store(store.parent)


def test_a_copy_that_cannot_be_read_is_not_named(copied: Path) -> None:
    emptied(copied)
    no_database(copied.with_name("digest.db.backup"))
    with pytest.raises(StoreError, match="restore it from a backup: digest restore FILE"):
        Store(copied.parent)


def read_all(path: Path) -> None:
    with Store(path.parent) as store:
        for table in ("posts", "lessons", "pages", "days", "runs", "sources"):
            store._db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


def test_bytes_flipped_anywhere_are_refused_or_do_no_harm(tmp_path: Path) -> None:
    """A byte of a page's structure is found out at the start; one within a text may not be, and reading never fails
    by anything but a StoreError.
    """
    chance, source = random.Random(8), filled(tmp_path / "sound", posts=20)
    refused: list[str] = []
    for number in range(40):
        path = tmp_path / str(number) / "digest.db"
        path.parent.mkdir()
        shutil.copy(source, path)
        start = chance.randrange(path.stat().st_size - 64)
        flip(path, range(start, start + chance.choice((1, 1, 16, 64))))
        with contextlib.suppress(StoreError):
            refused.append(str(path))
            read_all(path)
            refused.pop()
    assert 3 <= len(refused) < 40


# ---- journals -------------------------------------------------------------------------------------------------------


def with_journal(path: Path, posts: range) -> Path:
    """Write posts into a store and leave its journal as a killed run does; give the journal."""
    journal = path.with_name("digest.db-wal")
    kept = path.with_name("kept-wal")
    with Store(path.parent) as store:
        data = path.read_bytes()
        store.save_posts([(a_post(n), f"blog.example/{n}") for n in posts])
        shutil.copy(journal, kept)
    path.write_bytes(data)  # closing has brought the journal into the file: as it was before
    kept.rename(journal)
    return journal


def test_a_journal_that_a_killed_run_left_is_taken_up(store: Path) -> None:
    """Nothing that was committed is lost with the run that died before it could close the store."""
    with_journal(store, range(100, 110))
    with Store(store.parent) as opened:
        assert opened.post("https://blog.example/109")
        assert opened.post("https://blog.example/1")


@pytest.mark.parametrize("place", range(0, 4000, 331))
def test_a_damaged_journal_loses_no_more_than_itself(store: Path, place: int) -> None:
    """Its frames have sums: from the first that is wrong on, it is as if they had never been written."""
    journal = with_journal(store, range(100, 110))
    flip(journal, range(place, place + 1))
    with Store(store.parent) as opened:
        assert opened.post("https://blog.example/1")


def test_the_journal_of_another_store_is_refused(tmp_path: Path, store: Path) -> None:
    other = filled(tmp_path / "other", posts=400)
    journal = with_journal(other, range(1000, 1300))
    shutil.copy(journal, store.with_name("digest.db-wal"))
    with pytest.raises(StoreError, match="damaged"):
        Store(store.parent)


# ---- lost -----------------------------------------------------------------------------------------------------------


def test_a_lost_store_with_a_copy_is_not_begun_anew(copied: Path) -> None:
    copied.unlink()
    with pytest.raises(StoreError, match="is gone") as refused:
        Store(copied.parent)
    assert REMEDY in str(refused.value)
    assert not copied.exists()


def test_a_lost_store_with_a_journal_is_not_begun_anew(store: Path) -> None:
    with_journal(store, range(100, 110))
    store.unlink()
    with pytest.raises(StoreError, match=r"its journal digest\.db-wal is there"):
        Store(store.parent)
    assert not store.exists()


def test_a_new_folder_gets_a_whole_store_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies while it makes the store leaves nothing that the next could take for one."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StoreError, match=r"digest.db: the store cannot be opened: .*No space left"):
        Store(tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "digest.db") as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    db.close()


# ---- in the way of another ------------------------------------------------------------------------------------------


@pytest.mark.fault("state", "locked database")
def test_a_store_that_another_program_holds_is_waited_for_and_then_named(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program has the store open, in the middle of a transaction, and does not let go.

    It is waited for (30 s), then named with what to do; nothing is lost, and the next write goes through.
    """
    monkeypatch.setattr(connection, "WAIT", 0.1)
    other = sqlite3.connect(store, isolation_level=None)
    with Store(store.parent) as opened:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=f"{store}: .*locked; another program uses it"):
            opened.save_lesson("p", "s", b"", NOW)
        other.execute("ROLLBACK")
        opened.save_lesson("p", "s", b"", NOW)
    other.close()


def test_a_short_lock_is_waited_for(store: Path) -> None:
    """WAL, busy_timeout and BEGIN IMMEDIATE: a writer waits for another, and neither fails."""
    other = sqlite3.connect(store, isolation_level=None, check_same_thread=False)
    with Store(store.parent) as opened:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, lambda: other.execute("COMMIT"))
        timer.start()
        with opened.transaction():
            assert opened.last_run() is None
            opened.run_started("run", NOW)
        timer.join()
        assert opened.last_run()
    other.close()


def test_a_transaction_that_cannot_end_leaves_the_store_usable(store: Path) -> None:
    """SQLite rolls back by itself where the disk is full; rolling back once more must not hide why."""
    with Store(store.parent) as opened:

        def full() -> None:
            with opened.transaction():
                opened.save_lesson("p", "s", b"", NOW)
                opened._db.execute("ROLLBACK")
                raise StoreError("the disk is full")

        with pytest.raises(StoreError, match="the disk is full"):
            full()
        assert not opened.has_lesson("p")
        opened.save_lesson("p", "s", b"", NOW)
