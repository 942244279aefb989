"""What was kept is kept whole, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest import store as store_module
from digest.errors import StoreError
from digest.model import Edition, Failure, Page, Post
from digest.output import read_days, write_file
from digest.store import MIGRATIONS, Store

NOW = datetime(2025, 4, 17, 1, tzinfo=UTC)


def a_post(post_id: str = "p1", published: datetime = NOW, late_on: date | None = None) -> Post:
    return Post(post_id, "https://a.example/feed", "g", f"https://a.example/{post_id}", "标题", published, True, NOW,
                "zh", "", "<p>正文</p>", False, late_on)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def test_posts_come_back_as_they_went_in(store: Store) -> None:
    post = a_post(late_on=date(2025, 4, 18))
    store.save_posts([(post, post.url)])
    assert store.post("p1") == post
    assert store.post_at(post.url) == post
    assert store.posts_late_on(date(2025, 4, 18)) == (post,)


def test_an_edit_never_moves_a_post(store: Store) -> None:
    store.save_posts([(a_post(), "a")])
    moved = a_post(published=NOW + timedelta(days=9))
    store.save_posts([(moved, "a")])
    assert store.posts_between(NOW, NOW + timedelta(seconds=1)) == (a_post(),)


def test_a_day_is_half_open(store: Store) -> None:
    start, end = NOW, NOW + timedelta(days=1)
    for name, when in (("in", start), ("last", end - timedelta(microseconds=1)), ("next", end)):
        store.save_posts([(a_post(name, when), name)])
    assert [p.id for p in store.posts_between(start, end)] == ["in", "last"]


def test_validators_are_lost_with_the_entries_they_stand_for(store: Store) -> None:
    class CrashError(Exception):
        pass

    def write() -> None:
        with store.transaction():
            store.save_posts([(a_post(), "a")])
            store.source_succeeded("https://a.example/feed", NOW, 'W/"x"', "")
            raise CrashError

    with pytest.raises(CrashError):
        write()
    assert store.post("p1") is None
    assert store.source("https://a.example/feed").etag == ""


def test_a_failed_page_keeps_the_bytes_of_an_earlier_success(store: Store) -> None:
    page = Page("https://a.example/1", b"\xc4\xe3\xba\xc3", (("content-type", "text/html; charset=gbk"),))
    store.save_page(page.url, page, NOW)
    store.page_failed(page.url, NOW, "fetch", "HTTP 500", "status", 500)
    assert store.page(page.url) == page
    state = store.page_state(page.url)
    assert state is not None
    assert (state.has_body, state.status, state.tries) == (True, 500, 2)


def test_an_edition_once_believed_stands_and_learns_its_post(store: Store) -> None:
    store.save_posts([(a_post("p1"), "1"), (a_post("p2"), "2")])
    store.save_editions([Edition("p1", "zh", "https://a.example/zh", None, "twin", 0.9, "en")], NOW)
    store.save_editions([Edition("p1", "zh", "https://b.example/zh", "p2", "title", 0.5, "en")], NOW)
    assert store.editions() == (Edition("p1", "zh", "https://a.example/zh", "p2", "twin", 0.9, "en"),)


def test_failures_of_a_day_are_replaced(store: Store) -> None:
    day = date(2025, 4, 16)
    store.save_failures(day, [Failure("u1", "fetch", "r"), Failure("u2", "parse", "r")])
    store.save_failures(day, [Failure("u2", "parse", "r")])
    assert store.failures_of(day) == (Failure("u2", "parse", "r"),)


def test_a_settled_day_stays_settled(store: Store) -> None:
    day = date(2025, 4, 16)
    store.save_day(day, "x", "s", NOW, settled=False)
    assert not store.is_settled(day)
    store.save_day(day, "x", "s", NOW, settled=True)
    store.save_day(day, "y", "s", NOW, settled=False)
    assert store.is_settled(day)
    assert store.inputs_of(day) == "y"


def test_a_store_of_the_version_before_keeps_what_it_has(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    with sqlite3.connect(folder / "digest.db") as db:
        db.executescript(MIGRATIONS[0])
        db.execute("INSERT INTO days VALUES ('2025-04-16', 'x', 's', '2025-04-17T01:00:00.000000+00:00', NULL)")
        db.execute("PRAGMA user_version=1")
    db.close()
    with Store(folder) as store:
        assert store.inputs_of(date(2025, 4, 16)) == "x"
        assert store.lexicons_of(date(2025, 4, 16)) == {}
        store.save_posts([(a_post(), "a")])
        store.save_lesson("p1", "s", b"l", NOW)
        assert store.lessons("s", 9) == (b"l",)
    with Store(folder) as again:
        assert again.has_lesson("p1")


def test_two_processes_may_bring_a_store_up_to_date_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    with sqlite3.connect(folder / "digest.db") as db:
        db.executescript(MIGRATIONS[0])
        db.execute("PRAGMA user_version=1")
    db.close()
    plain = store_module._Connection.executescript
    late: list[str] = []

    def overtaken(self: sqlite3.Connection, script: str) -> sqlite3.Cursor:
        if not late:
            late.append(script)
            Store(folder).close()  # the other process, between our look at the version and our change
        return plain(self, script)

    monkeypatch.setattr(store_module._Connection, "executescript", overtaken)
    with Store(folder) as store:
        assert not store.has_lesson("p1")
    assert late


def test_a_lesson_is_kept_once_and_the_newest_come_first(store: Store) -> None:
    store.save_lesson("p1", "s", b"1", NOW)
    store.save_lesson("p2", "s", b"2", NOW + timedelta(days=1))
    store.save_lesson("p1", "s", b"other", NOW + timedelta(days=2))
    store.save_lesson("p3", "t", b"3", NOW)
    assert store.lessons("s", 9) == (b"2", b"1")
    assert store.lessons("s", 1) == (b"2",)
    assert (store.lesson_count("s"), store.lesson_count("u")) == (2, 0)
    assert [store.has_lesson(post) for post in ("p1", "p4")] == [True, False]


def test_versions_of_a_lexicon_stay_beside_one_another(store: Store) -> None:
    assert store.newest_lexicon("s") == ("", 0)
    store.save_lexicon("s", "a1", 5, b"A", NOW)
    store.save_lexicon("s", "b2", 8, b"B", NOW)
    assert store.newest_lexicon("s") == ("b2", 8)
    store.save_lexicon("s", "a1", 12, b"A", NOW)  # more posts may teach what fewer had taught
    assert store.newest_lexicon("s") == ("a1", 12)
    assert (store.lexicon("s", "a1"), store.lexicon("s", "b2"), store.lexicon("t", "a1")) == (b"A", b"B", None)


def test_a_day_keeps_the_lexicons_it_was_first_built_with(store: Store) -> None:
    day = date(2025, 4, 16)
    assert store.lexicons_of(day) == {}
    store.save_day(day, "x", "s", NOW, settled=False, lexicons={"s": "", "t": "a1"})
    store.save_day(day, "x", "s", NOW, settled=True, lexicons={"s": "b2", "t": "b2", "u": "c3"})
    assert store.lexicons_of(day) == {"s": "", "t": "a1", "u": "c3"}


def test_a_store_of_a_newer_version_is_refused(store: Store, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "state" / "digest.db") as db:
        db.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(tmp_path / "state")


def test_a_damaged_store_is_refused_and_left_alone(store: Store, tmp_path: Path) -> None:
    store.save_posts([(a_post(f"p{i}"), str(i)) for i in range(300)])
    store.close()
    path = tmp_path / "state" / "digest.db"
    data = bytearray(path.read_bytes())
    for place in range(4096, len(data), 997):
        data[place] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(StoreError, match="backup"):
        Store(tmp_path / "state")
    assert path.read_bytes() == bytes(data)


def test_a_file_is_written_whole_and_only_when_it_differs(tmp_path: Path) -> None:
    path = tmp_path / "out" / "2025-04-16.json"
    assert write_file(path, "一")
    stamp = path.stat().st_mtime_ns
    assert not write_file(path, "一")
    assert path.stat().st_mtime_ns == stamp
    assert write_file(path, "二")
    assert [p.name for p in path.parent.iterdir()] == ["2025-04-16.json"]
    (path.parent / "notes.json").write_text("{}")
    assert read_days(path.parent) == ("二",)
