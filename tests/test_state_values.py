"""A value in the store that is not what it must be, as where a byte was flipped, is refused by name: it is no bug."""

from __future__ import annotations

import contextlib
import gzip
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from digest_cli import Digest, command_line, serve
from small_blog import BASE, EN_FEED, FakeWeb, article, feed, item

from digest.errors import StoreError
from digest.store import Store

NOW = ("--now", "2025-04-17T08:00:00+08:00")
DAY = date(2025, 4, 16)
FEEDS = f'sources:\n  - {{name: Blog, url: "{EN_FEED}", language: en, pause: 0}}\n'
GARBAGE = [
    ("posts", "published", "2025-04-1x"),
    ("posts", "published", "2025-04-16T04:00:00"),
    ("posts", "first_seen", "garbage"),
    ("sources", "next_try", "garbage"),
    ("sources", "last_success", "2025-13-45"),
    ("pages", "headers", '[["content-type"'),
    ("pages", "headers", "[1]"),
    ("days", "built", "garbage"),
    ("days", "date", "2025-04-99"),
    ("days", "lexicons", "[1"),
    ("days", "learnt", "17"),
]


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Digest:
    web = FakeWeb({EN_FEED: feed(item(1, "en", "Wed, 16 Apr 2025 04:00:00 GMT")), f"{BASE}/post-1": article(1, "en")})
    serve(web, monkeypatch)
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    return command_line(tmp_path, monkeypatch, capsys)


def spoil(state: Path, table: str, column: str, value: str) -> None:
    with contextlib.closing(sqlite3.connect(state / "digest.db")) as db:
        assert db.execute(f"UPDATE {table} SET {column} = ?", (value,)).rowcount
        db.commit()


@pytest.mark.parametrize(("table", "column", "value"), GARBAGE)
def test_a_value_that_cannot_be_read_is_named_and_is_no_bug(
    digest: Digest, tmp_path: Path, table: str, column: str, value: str
) -> None:
    assert digest("run", *NOW).code == 0
    spoil(tmp_path / "state", table, column, value)
    done = [digest(verb, *words, *NOW) for verb, *words in (("run",), ("build", str(DAY)), ("check", "--offline"))]
    assert all("Traceback" not in each.err and "bug" not in each.err for each in done)
    assert {each.code for each in done} <= {0, 1, 3}
    told = [each for each in done if "the store is damaged (" in each.err + each.out]
    assert told, done
    assert any(value[:20] in each.err + each.out and "digest restore" in each.err + each.out for each in told)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("deliveries", "state", "sEnt"),
        ("deliveries", "day", "2025-04-1"),
        ("deliveries", "queued", "x"),
        ("suppressions", "since", "x"),
        ("runs", "started", "x"),
        ("readings", "made", "x"),
        ("editions", "news_on", "x"),
        ("edits", "day", "x"),
        ("sightings", "day", "x"),
    ],
)
def test_rows_of_other_tables_are_refused_alike(tmp_path: Path, table: str, column: str, value: str) -> None:
    moment = datetime(2025, 4, 17, tzinfo=UTC)
    with Store(tmp_path) as store:
        db = store._db
        db.execute("PRAGMA foreign_keys=OFF")
        columns = list(db.execute(f"SELECT name, type FROM pragma_table_info('{table}') WHERE name != 'id'"))
        stamps = {"state": "sent", "day": "2025-04-16", "news_on": "2025-04-16"}
        row = {c["name"]: stamps.get(c["name"], 1 if c["type"] in ("INTEGER", "REAL") else moment.isoformat())
               for c in columns}  # fmt: skip
        db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
        reads = {
            "deliveries": lambda: store.deliveries_in("sent", "sEnt"),
            "suppressions": store.suppressions,
            "runs": store.last_run,
            "readings": lambda: store.reading(str(row["name"]), str(row["mark"])),
            "editions": store.editions,
            "edits": store.edits,
            "sightings": lambda: store.sightings(10),
        }[table]
        assert reads()
        db.execute(f"UPDATE {table} SET {column} = ?", (value,))
        with pytest.raises(StoreError, match=f"{column} is '{value}' in the row of"):
            reads()


def lexicon_of_the_store(state: Path) -> None:
    """Have the store keep a lexicon that the next day's page needs."""
    with Store(state) as store:
        store.save_lexicon(EN_FEED, "v1", 1000, gzip.compress(b"{}"), datetime(2025, 4, 16, tzinfo=UTC))


@pytest.mark.parametrize("table", ["readings", "signatures", "lexicons"])
def test_bytes_that_are_damaged_are_made_anew_or_named(digest: Digest, tmp_path: Path, table: str) -> None:
    """Readings and signatures are only kept to save time; a lexicon is what a page was made with, and cannot be."""
    assert digest("run", *NOW).code == 0
    before = (tmp_path / "out" / f"{DAY}.html").read_bytes()
    if table == "lexicons":
        lexicon_of_the_store(tmp_path / "state")
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "digest.db")) as db:
        if table == "lexicons":  # the day was built with none
            db.execute("UPDATE days SET lexicons = '{}'")
        for key, body in db.execute(f"SELECT rowid, body FROM {table}").fetchall():
            spoilt = bytearray(body)
            spoilt[min(11, len(body) - 1)] ^= 0xFF
            db.execute(f"UPDATE {table} SET body = ? WHERE rowid = ?", (bytes(spoilt), key))
        assert db.total_changes
        db.commit()
    done = digest("run", *NOW)
    if table == "lexicons":
        assert (done.code, done.err.count("\n")) == (3, 1)
        assert f"the store is damaged (the lexicon of {EN_FEED} cannot be read" in done.err
    else:
        assert (done.code, done.err) == (0, "")
        assert (tmp_path / "out" / f"{DAY}.html").read_bytes() == before
