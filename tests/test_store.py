"""What was kept is kept whole, or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.model import Edition, Failure, Page, Post
from digest.output import day_paths, write_file
from digest.store import MIGRATIONS, AnswerRow, MemoryRow, Sighting, Store, Totals, UsageRow, line_key
from digest.store.connection import Connection
from digest.store.usage import NEWEST

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


@pytest.mark.fault("state", "kill between entries and validators")
def test_validators_are_lost_with_the_entries_they_stand_for(store: Store) -> None:
    """The process dies while a feed's entries are saved.

    Validators are kept in the transaction of their entries, or not at all.
    """

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
    store.save_day(date(2025, 4, 18), "x", "s", NOW, settled=False)
    assert [store.last_settled(date(2025, 4, number)) for number in (16, 17, 20)] == [None, day, day]


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
    plain = Connection.executescript
    late: list[str] = []

    def overtaken(self: sqlite3.Connection, script: str) -> sqlite3.Cursor:
        if not late:
            late.append(script)
            Store(folder).close()  # the other process, between our look at the version and our change
        return plain(self, script)

    monkeypatch.setattr(Connection, "executescript", overtaken)
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


@pytest.mark.fault("state", "damaged store")
def test_a_damaged_store_is_refused_and_left_alone(store: Store, tmp_path: Path) -> None:
    """The database's file is damaged.

    It is refused by name and left as it is, never created anew.
    """
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
    assert day_paths(path.parent) == [path]


def test_a_file_that_others_may_read_and_must_not_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    for mode, changed in ((0o644, True), (0o600, True), (0o644, False), (0o600, False)):
        assert write_file(path, "one", mode) == changed
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o400)
    assert not write_file(path, "one", 0o600), "narrower than it must be"


def test_the_store_is_its_owners_alone(tmp_path: Path) -> None:
    """It names who gets mail."""
    was = os.umask(0)
    try:
        with Store(tmp_path / "state") as opened:
            opened.save_posts([(a_post(), "a")])
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "state").glob("digest.db*")}
    finally:
        os.umask(was)
    assert set(modes) == {"digest.db", "digest.db-wal", "digest.db-shm"}
    assert set(modes.values()) == {0o600}


# ---- what is kept for engines ----------------------------------------------------------------------------------------


def a_use(day: date = date(2025, 4, 17), **other: object) -> UsageRow:
    row = UsageRow(day, "chat", "m", 1, 110, 45, 100, 50, 0.5, "CNY")
    return replace(row, **other)  # type: ignore[arg-type]


def test_a_store_before_the_engines_keeps_its_days_and_gains_what_engines_need(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    with sqlite3.connect(folder / "digest.db") as db:
        db.executescript(MIGRATIONS[0])
        db.executescript(MIGRATIONS[1])
        db.execute("INSERT INTO translations VALUES ('k', 'e', 'en', 'zh', '一', '2025')")
        db.execute("INSERT INTO days VALUES ('2025-04-16', 'x', 's', '2025', NULL, '{\"s\": \"a1\"}')")
        db.execute("PRAGMA user_version=2")
    db.close()
    day = date(2025, 4, 16)
    with Store(folder) as store:
        assert (store.inputs_of(day), store.lexicons_of(day), store.learnt_of(day)) == ("x", {"s": "a1"}, {})
        assert not store.is_unfinished(day)
        assert store.kept_answers(["k"]) == {}
        assert (store.memory_top(), store.terms_top()) == (0, 0)


def test_an_answer_once_kept_stands(store: Store) -> None:
    rows = [AnswerRow(f"k{i}", "e", "en", "zh", f"第{i}句", ("fences",) if i % 2 else ()) for i in range(1200)]
    store.save_answers(rows, NOW)
    store.save_answers([replace(rows[0], text="别的"), AnswerRow("none", "e", "en", "zh", None, ("refusal",))], NOW)
    found = store.kept_answers([*(row.key for row in rows), "none", "unknown", "none"])
    assert found == {**{row.key: row for row in rows}, "none": AnswerRow("none", "e", "en", "zh", None, ("refusal",))}


def test_the_memory_compares_lines_without_regard_to_typesetting(store: Store) -> None:
    assert store.save_memory([MemoryRow("使用 GPU 加速。", "Use  the GPU.", score=0.9)], NOW) == 1
    assert store.save_memory([MemoryRow("使用GPU加速。", "Use the GPU.", score=1.0)], NOW) == 0
    assert [row.score for row in store.memory_exact("zh", " 使用GPU 加速。\n", 9)] == [0.9]
    assert store.memory_exact("en", "Use the gpu.", 9) == ()  # case may be a name
    assert (store.has_pair("使用GPU加速。", "Use the GPU."), store.has_pair("使用GPU加速。", "Use it.")) == (
        True,
        False,
    )


def test_the_best_pair_of_a_line_comes_first_and_of_equals_the_eldest(store: Store) -> None:
    scores = {"甲。": 0.8, "乙。": 0.9, "丙。": 0.9}
    store.save_memory([MemoryRow(zh, "One.", "s", "https://a.example/1", "tmx", n) for zh, n in scores.items()], NOW)
    assert [row.zh for row in store.memory_exact("en", "One.", store.memory_top())] == ["乙。", "丙。", "甲。"]
    first = store.memory_exact("en", "One.", 1)
    assert first == (MemoryRow("甲。", "One.", "s", "https://a.example/1", "tmx", 0.8, 1),)
    assert list(store.memory_lines("en", 3)) == [(2, "乙。", "One.")]
    assert list(store.memory_lines("zh", 2)) == [(1, "甲。", "One."), (2, "乙。", "One.")]


def test_a_memory_up_to_an_id_is_what_it_was(store: Store) -> None:
    store.save_memory([MemoryRow("一。", "One.")], NOW)
    before, then = store.memory_top(), list(store.memory_lines("en", store.memory_top()))
    store.save_memory([MemoryRow("壹。", "One.", score=1.0), MemoryRow("二。", "Two.")], NOW)
    assert store.memory_top() == before + 2
    assert list(store.memory_lines("en", before)) == then
    assert [row.zh for row in store.memory_exact("en", "One.", before)] == ["一。"]


def test_a_side_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no side"):
        store.memory_exact("zh_key = '' OR 1 --", "x", 1)


def test_a_post_shows_a_pair_of_terms_once(store: Store) -> None:
    seen = Sighting("p1", "s", "分词器", "tokenizer", "pair", date(2025, 4, 16))
    assert store.save_sightings([seen, replace(seen, en="Tokenizer"), replace(seen, how="brackets")], NOW) == 2
    assert store.save_sightings([seen, replace(seen, post="p2")], NOW) == 1
    assert [(row.post, row.en, row.how) for row in store.sightings(store.terms_top())] == [
        ("p1", "tokenizer", "pair"), ("p1", "Tokenizer", "pair"), ("p2", "tokenizer", "pair"),
    ]  # fmt: skip
    assert store.sightings(1) == (replace(seen, id=1),)


def test_uses_are_added_up_by_day_and_currency(store: Store) -> None:
    for row in (a_use(), a_use(currency="USD", cost=0.25), a_use(cost=0.0, currency=""), a_use(date(2025, 5, 1))):
        store.add_usage(row, NOW)
    assert store.usage_between(date(2025, 4, 1), date(2025, 5, 1)) == Totals(3, 330, 135, {"CNY": 0.5, "USD": 0.25})
    assert store.usage_between(date(2025, 3, 1), date(2025, 4, 17)) == Totals()


def test_estimates_are_corrected_by_the_newest_uses_of_a_model(store: Store) -> None:
    assert store.usage_ratio("chat", "m") == (1.0, 1.0)
    for _ in range(NEWEST):
        store.add_usage(a_use(prompt_tokens=900), NOW)
    for _ in range(NEWEST):
        store.add_usage(a_use(), NOW)
    store.add_usage(a_use(prompt_tokens=0, completion_tokens=0), NOW)  # a call that failed
    assert store.usage_ratio("chat", "m") == (1.1, 0.9)
    assert store.usage_ratio("chat", "other") == (1.0, 1.0)


def test_a_day_keeps_how_much_was_known_when_it_was_first_built(store: Store) -> None:
    day = date(2025, 4, 16)
    store.save_day(day, "x", "s", NOW, settled=False, learnt={"memory": 3})
    store.save_day(day, "x", "s", NOW, settled=False, learnt={"memory": 9, "terms": 4})
    assert store.learnt_of(day) == {"memory": 3, "terms": 4}


def test_a_day_that_an_engine_left_unfinished_has_no_inputs_until_it_is_built_whole(store: Store) -> None:
    day = date(2025, 4, 16)
    store.save_day(day, "x", "s", NOW, settled=True, unfinished=True)
    assert (store.inputs_of(day), store.is_unfinished(day), store.is_settled(day)) == ("", True, True)
    store.save_day(day, "x", "s", NOW, settled=True)
    assert (store.inputs_of(day), store.is_unfinished(day)) == ("x", False)
    assert (store.signature_of(day), store.signature_of(date(2025, 4, 17))) == ("s", "")


def test_what_is_added_in_a_transaction_that_fails_is_not_there(store: Store) -> None:
    def write() -> None:
        with store.transaction():
            store.save_memory([MemoryRow("一。", "One.")], NOW)
            store.save_answers([AnswerRow("k", "e", "en", "zh", "一。")], NOW)
            store.add_usage(a_use(), NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert store.memory_top() == 0
    assert store.kept_answers(["k"]) == {}
    assert store.usage_between(date(2025, 1, 1), date(2026, 1, 1)) == Totals()


def test_a_store_with_many_pairs_opens_fast(store: Store, tmp_path: Path) -> None:
    store.save_memory((MemoryRow(f"这是第{i}句话。" * 4, f"This is line {i}. " * 6) for i in range(20_000)), NOW)
    store.close()
    before = perf_counter()
    Store(tmp_path / "state").close()
    assert perf_counter() - before < 2  # some 0.03 s on an idle machine: every page is read once


def test_the_subjects_of_the_store_have_no_method_in_common() -> None:
    names = [n for kind in Store.__bases__ for n in vars(kind) if not n.startswith("__")]
    assert len(names) == len(set(names))


@given(st.text(st.sampled_from("中文字 GPUa　\t\n。,é\u0301") | st.characters(), max_size=20))
def test_a_line_s_key_is_its_own_key(text: str) -> None:
    assert line_key(line_key(text)) == line_key(text)
