"""What was kept: the only room that knows the disk layout. SQLite in WAL mode, one writer, stdlib only.

A feed shows its last entries only, so a past date is built from here and never from the web. Everything that a day's
page depends on lies in here, so the same day gives the same bytes with or without a network.

`synchronous` is FULL: after a power cut, what was acknowledged must still be there (a digest writes little).
Times are stored as ISO 8601 in UTC with microseconds, so that text order is time order.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from digest.errors import StoreError
from digest.model import Edition, Failure, Page, Post

MIGRATIONS = (
    """
    CREATE TABLE sources (
        url TEXT PRIMARY KEY, etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '',
        first_fetched TEXT, last_success TEXT, last_try TEXT, next_try TEXT,
        stage TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE posts (
        id TEXT PRIMARY KEY, source TEXT NOT NULL, guid TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
        published TEXT NOT NULL, dated INTEGER NOT NULL, first_seen TEXT NOT NULL, lang TEXT NOT NULL,
        summary TEXT NOT NULL, content TEXT NOT NULL, history INTEGER NOT NULL, late_on TEXT, address TEXT NOT NULL);
    CREATE INDEX posts_by_time ON posts (published);
    CREATE INDEX posts_by_source ON posts (source);
    CREATE INDEX posts_by_address ON posts (address) WHERE address != '';
    CREATE INDEX posts_by_late ON posts (late_on) WHERE late_on IS NOT NULL;
    -- what an address answered: its bytes, or why there are none; a failed try keeps the bytes of an earlier success
    CREATE TABLE pages (
        url TEXT PRIMARY KEY, final_url TEXT NOT NULL DEFAULT '', headers TEXT NOT NULL DEFAULT '[]', body BLOB,
        fetched TEXT, stage TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',
        status INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, last_try TEXT);
    -- which address is the other-language edition of which post; `other` is the post id where a feed brought it too
    CREATE TABLE editions (
        post TEXT PRIMARY KEY REFERENCES posts (id), lang TEXT NOT NULL, url TEXT NOT NULL, other TEXT,
        how TEXT NOT NULL, score REAL NOT NULL, original TEXT NOT NULL, found TEXT NOT NULL);
    CREATE INDEX editions_by_other ON editions (other) WHERE other IS NOT NULL;
    CREATE TABLE days (
        date TEXT PRIMARY KEY, inputs TEXT NOT NULL, signature TEXT NOT NULL, built TEXT NOT NULL, settled TEXT);
    CREATE TABLE day_failures (
        date TEXT NOT NULL, position INTEGER NOT NULL, url TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (date, position));
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, command TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, code INTEGER,
        counts TEXT NOT NULL DEFAULT '{}');
    -- room for later: lines an engine put into the other language, and who got what
    CREATE TABLE translations (
        key TEXT PRIMARY KEY, engine TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
        made TEXT NOT NULL);
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, date TEXT NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL, state TEXT NOT NULL,
        message_id TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, changed TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '', UNIQUE (date, channel, recipient));
    """,
    """
    -- what a bilingual post taught: the words of its surest pairs of lines
    CREATE TABLE lessons (post TEXT PRIMARY KEY, source TEXT NOT NULL, body BLOB NOT NULL, made TEXT NOT NULL);
    CREATE INDEX lessons_by_source ON lessons (source);
    -- what a source's posts taught together; `posts` is how many lessons there were. Versions are never deleted.
    CREATE TABLE lexicons (
        source TEXT NOT NULL, version TEXT NOT NULL, posts INTEGER NOT NULL, made TEXT NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (source, version));
    -- which version each source's posts of the day were read with, as JSON; "" where the source had none
    ALTER TABLE days ADD COLUMN lexicons TEXT NOT NULL DEFAULT '{}';
    """,
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source. Times are None where the thing never happened."""

    url: str
    etag: str = ""
    last_modified: str = ""
    first_fetched: datetime | None = None
    last_success: datetime | None = None
    next_try: datetime | None = None
    stage: str = ""
    error: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True)
class PageState:
    """What an address answered last. `has_body` tells whether bytes are kept, from this try or an earlier one."""

    has_body: bool
    stage: str
    error: str
    kind: str
    status: int
    tries: int
    last_try: datetime | None


def write_time(moment: datetime) -> str:
    """Write an aware time as the store keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _post(row: sqlite3.Row) -> Post:
    return Post(
        id=row["id"],
        source=row["source"],
        guid=row["guid"],
        url=row["url"],
        title=row["title"],
        published=datetime.fromisoformat(row["published"]),
        dated=bool(row["dated"]),
        first_seen=datetime.fromisoformat(row["first_seen"]),
        lang=row["lang"],
        summary=row["summary"],
        content=row["content"],
        history=bool(row["history"]),
        late_on=date.fromisoformat(row["late_on"]) if row["late_on"] else None,
    )


class _Connection(sqlite3.Connection):
    """A connection whose faults (a full disk, a lock held for too long) are StoreErrors with a remedy."""

    def execute(self, *words: Any) -> sqlite3.Cursor:
        with _faults_named():
            return super().execute(*words)

    def executemany(self, *words: Any) -> sqlite3.Cursor:
        with _faults_named():
            return super().executemany(*words)

    def executescript(self, script: str) -> sqlite3.Cursor:
        with _faults_named():
            return super().executescript(script)


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
            raise  # ours, not the world's: a bug
        remedy = "make room and run again" if "full" in str(error) else "see digest check; restore it from a backup"
        raise StoreError(f"the store cannot be used: {error}; {remedy}") from error


class Store:
    """The store of one digest, in the folder `state`. Use as a context manager; one writer at a time (the lock)."""

    def __init__(self, state: Path) -> None:
        self.path = state / "digest.db"
        try:
            state.mkdir(parents=True, exist_ok=True)
            # one connection, used by the writer's thread only: workers hand values back instead of writing
            self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None, factory=_Connection)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.path}: the store cannot be opened: {error}; see digest check") from error
        try:
            self._db.row_factory = sqlite3.Row
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._db.execute(f"PRAGMA {pragma}")
            self._check()
            self._migrate()
        except BaseException:
            self._db.close()
            raise

    def _check(self) -> None:
        found = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{self.path}: the store is damaged ({found}); restore it from a backup")

    def _migrate(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path}: written by a newer version ({version}); upgrade the program")
        while version < len(MIGRATIONS):
            try:
                script = MIGRATIONS[version]
                self._db.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version={version + 1};COMMIT;")
            except StoreError:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if self._db.execute("PRAGMA user_version").fetchone()[0] <= version:
                    raise
                # another process that opened the store at the same time was first: what is done is done
            version = self._db.execute("PRAGMA user_version").fetchone()[0]

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes: all of them are kept, or none. BEGIN IMMEDIATE, so that no upgrade of a read lock can fail."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ---- sources ----------------------------------------------------------------------------------------------------

    def source(self, url: str) -> SourceState:
        row = self._db.execute("SELECT * FROM sources WHERE url = ?", (url,)).fetchone()
        if row is None:
            return SourceState(url)
        return SourceState(
            url=url,
            etag=row["etag"],
            last_modified=row["last_modified"],
            first_fetched=_time(row["first_fetched"]),
            last_success=_time(row["last_success"]),
            next_try=_time(row["next_try"]),
            stage=row["stage"],
            error=row["error"],
            failures=row["failures"],
        )

    def source_succeeded(self, url: str, now: datetime, etag: str, last_modified: str) -> None:
        """Keep a source's validators, byte for byte, and forget its failures."""
        moment = write_time(now)
        self._db.execute(
            """INSERT INTO sources (url, etag, last_modified, first_fetched, last_success, last_try)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
               first_fetched = coalesce(first_fetched, excluded.first_fetched), last_success = excluded.last_success,
               last_try = excluded.last_try, next_try = NULL, stage = '', error = '', failures = 0""",
            (url, etag, last_modified, moment, moment, moment),
        )

    def source_failed(self, url: str, now: datetime, stage: str, error: str, next_try: datetime | None) -> None:
        self._db.execute(
            """INSERT INTO sources (url, last_try, next_try, stage, error, failures) VALUES (?, ?, ?, ?, ?, 1)
               ON CONFLICT (url) DO UPDATE SET last_try = excluded.last_try, next_try = excluded.next_try,
               stage = excluded.stage, error = excluded.error, failures = failures + 1""",
            (url, write_time(now), write_time(next_try) if next_try else None, stage, error),
        )

    # ---- posts ------------------------------------------------------------------------------------------------------

    def posts_of_source(self, source: str) -> tuple[Post, ...]:
        rows = self._db.execute("SELECT * FROM posts WHERE source = ? ORDER BY published, id", (source,))
        return tuple(map(_post, rows))

    def posts_between(self, start: datetime, end: datetime) -> tuple[Post, ...]:
        """Give the posts published in the half-open interval, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM posts WHERE published >= ? AND published < ? ORDER BY published, id",
            (write_time(start), write_time(end)),
        )
        return tuple(map(_post, rows))

    def posts_late_on(self, day: date) -> tuple[Post, ...]:
        rows = self._db.execute("SELECT * FROM posts WHERE late_on = ? ORDER BY published, id", (day.isoformat(),))
        return tuple(map(_post, rows))

    def post(self, post_id: str) -> Post | None:
        row = self._db.execute("SELECT * FROM posts WHERE id = ?", (post_id,)).fetchone()
        return _post(row) if row else None

    def post_at(self, address: str) -> Post | None:
        """Give the post known under a canonical address, the first seen where several are."""
        row = self._db.execute(
            "SELECT * FROM posts WHERE address = ? AND address != '' ORDER BY first_seen, id", (address,)
        ).fetchone()
        return _post(row) if row else None

    def save_posts(self, posts: Iterable[tuple[Post, str]]) -> None:
        """Insert posts, each with its canonical address, or update what an edit may change.

        Id, day and first sight of a post never change: an edit never moves or resends it.
        """
        self._db.executemany(
            """INSERT INTO posts VALUES (:id, :source, :guid, :url, :title, :published, :dated, :first_seen, :lang,
               :summary, :content, :history, :late_on, :address)
               ON CONFLICT (id) DO UPDATE SET source = excluded.source, guid = excluded.guid, url = excluded.url,
               address = excluded.address, title = excluded.title, lang = excluded.lang, summary = excluded.summary,
               content = excluded.content""",
            (
                {
                    **asdict(post),
                    "published": write_time(post.published),
                    "first_seen": write_time(post.first_seen),
                    "late_on": post.late_on.isoformat() if post.late_on else None,
                    "address": address,
                }
                for post, address in posts
            ),
        )

    # ---- pages ------------------------------------------------------------------------------------------------------

    def page(self, url: str) -> Page | None:
        row = self._db.execute("SELECT * FROM pages WHERE url = ? AND body IS NOT NULL", (url,)).fetchone()
        if row is None:
            return None
        return Page(row["final_url"], row["body"], tuple((k, v) for k, v in json.loads(row["headers"])))

    def page_state(self, url: str) -> PageState | None:
        row = self._db.execute("SELECT *, body IS NOT NULL AS has_body FROM pages WHERE url = ?", (url,)).fetchone()
        if row is None:
            return None
        return PageState(
            has_body=bool(row["has_body"]),
            stage=row["stage"],
            error=row["error"],
            kind=row["kind"],
            status=row["status"],
            tries=row["tries"],
            last_try=_time(row["last_try"]),
        )

    def save_page(self, url: str, page: Page, now: datetime) -> None:
        moment = write_time(now)
        self._db.execute(
            """INSERT INTO pages (url, final_url, headers, body, fetched, tries, last_try) VALUES (?, ?, ?, ?, ?, 1, ?)
               ON CONFLICT (url) DO UPDATE SET final_url = excluded.final_url, headers = excluded.headers,
               body = excluded.body, fetched = excluded.fetched, stage = '', error = '', kind = '', status = 0,
               tries = tries + 1, last_try = excluded.last_try""",
            (url, page.url, json.dumps(page.headers, ensure_ascii=False), page.body, moment, moment),
        )

    def page_failed(self, url: str, now: datetime, stage: str, error: str, kind: str, status: int) -> None:
        self._db.execute(
            """INSERT INTO pages (url, stage, error, kind, status, tries, last_try) VALUES (?, ?, ?, ?, ?, 1, ?)
               ON CONFLICT (url) DO UPDATE SET stage = excluded.stage, error = excluded.error, kind = excluded.kind,
               status = excluded.status, tries = tries + 1, last_try = excluded.last_try""",
            (url, stage, error, kind, status, write_time(now)),
        )

    # ---- editions ---------------------------------------------------------------------------------------------------

    def editions(self) -> tuple[Edition, ...]:
        names = ("post", "lang", "url", "other", "how", "score", "original")
        rows = self._db.execute(f"SELECT {', '.join(names)} FROM editions ORDER BY post")  # noqa: S608  # names above
        return tuple(Edition(*row) for row in rows)

    def save_editions(self, editions: Iterable[Edition], now: datetime) -> None:
        """Keep what was found. What was believed before stands: a later find must not move an old entry.

        Only `other` is filled in later, when a feed brings a post for an edition known by its address.
        """
        self._db.executemany(
            """INSERT INTO editions VALUES (?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (post) DO UPDATE SET other = coalesce(other, excluded.other)""",
            ((e.post, e.lang, e.url, e.other, e.how, e.score, e.original, write_time(now)) for e in editions),
        )

    # ---- days -------------------------------------------------------------------------------------------------------

    def inputs_of(self, day: date) -> str:
        """Give the hash of what the day's page was last built from, "" where it never was."""
        row = self._db.execute("SELECT inputs FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return row["inputs"] if row else ""

    def is_settled(self, day: date) -> bool:
        row = self._db.execute("SELECT settled FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return bool(row and row["settled"])

    def lexicons_of(self, day: date) -> dict[str, str]:
        """Give by source the lexicon that a day was built with ("": none); empty where it never was built."""
        row = self._db.execute("SELECT lexicons FROM days WHERE date = ?", (day.isoformat(),)).fetchone()
        return dict(json.loads(row["lexicons"])) if row else {}

    def save_day(
        self, day: date, inputs: str, signature: str, now: datetime, *, settled: bool,
        lexicons: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Remember that a page was built, and with which lexicons; a source keeps the one it was first built with.

        A day is settled once it was built after its end, and stays so.
        """
        moment = write_time(now)
        with self.transaction():
            used = json.dumps({**(lexicons or {}), **self.lexicons_of(day)}, ensure_ascii=False, sort_keys=True)
            self._db.execute(
                """INSERT INTO days (date, inputs, signature, built, settled, lexicons) VALUES (?, ?, ?, ?, ?, ?)
                   ON CONFLICT (date) DO UPDATE SET inputs = excluded.inputs, signature = excluded.signature,
                   built = excluded.built, settled = coalesce(settled, excluded.settled),
                   lexicons = excluded.lexicons""",
                (day.isoformat(), inputs, signature, moment, moment if settled else None, used),
            )

    def failures_of(self, day: date) -> tuple[Failure, ...]:
        rows = self._db.execute(
            "SELECT url, stage, reason FROM day_failures WHERE date = ? ORDER BY position", (day.isoformat(),)
        )
        return tuple(Failure(*row) for row in rows)

    def save_failures(self, day: date, failures: Sequence[Failure]) -> None:
        """Keep what failed in the collecting for a day's page, in place of what failed before."""
        with self.transaction():
            self._db.execute("DELETE FROM day_failures WHERE date = ?", (day.isoformat(),))
            self._db.executemany(
                "INSERT INTO day_failures VALUES (?, ?, ?, ?, ?)",
                ((day.isoformat(), number, f.url, f.stage, f.reason) for number, f in enumerate(failures)),
            )

    # ---- what posts taught ------------------------------------------------------------------------------------------

    def has_lesson(self, post_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM lessons WHERE post = ?", (post_id,)).fetchone() is not None

    def save_lesson(self, post_id: str, source: str, body: bytes, now: datetime) -> None:
        """Keep what a post taught, once: a later reading of it changes nothing."""
        self._db.execute(
            "INSERT INTO lessons VALUES (?, ?, ?, ?) ON CONFLICT (post) DO NOTHING",
            (post_id, source, body, write_time(now)),
        )

    def lesson_count(self, source: str) -> int:
        return int(self._db.execute("SELECT count(*) FROM lessons WHERE source = ?", (source,)).fetchone()[0])

    def lessons(self, source: str, most: int) -> tuple[bytes, ...]:
        """Give a source's lessons, the newest first, at most `most`."""
        rows = self._db.execute(
            "SELECT body FROM lessons WHERE source = ? ORDER BY made DESC, post LIMIT ?", (source, most)
        )
        return tuple(row["body"] for row in rows)

    def lexicon(self, source: str, version: str) -> bytes | None:
        row = self._db.execute(
            "SELECT body FROM lexicons WHERE source = ? AND version = ?", (source, version)
        ).fetchone()
        return bytes(row["body"]) if row else None

    def newest_lexicon(self, source: str) -> tuple[str, int]:
        """Give the version learnt last and from how many posts; ("", 0) where none was."""
        row = self._db.execute(
            "SELECT version, posts FROM lexicons WHERE source = ? ORDER BY posts DESC LIMIT 1", (source,)
        ).fetchone()
        return (row["version"], int(row["posts"])) if row else ("", 0)

    def save_lexicon(self, source: str, version: str, posts: int, body: bytes, now: datetime) -> None:
        """Keep a version of a source's lexicon, beside those before it; lexicons of one version are the same."""
        self._db.execute(
            """INSERT INTO lexicons (source, version, posts, made, body) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (source, version) DO UPDATE SET posts = excluded.posts""",
            (source, version, posts, write_time(now), body),
        )

    # ---- runs -------------------------------------------------------------------------------------------------------

    def run_started(self, command: str, now: datetime) -> int:
        cursor = self._db.execute("INSERT INTO runs (command, started) VALUES (?, ?)", (command, write_time(now)))
        return int(cursor.lastrowid or 0)

    def run_ended(self, run: int, now: datetime, code: int, counts: dict[str, int]) -> None:
        self._db.execute(
            "UPDATE runs SET ended = ?, code = ?, counts = ? WHERE id = ?",
            (write_time(now), code, json.dumps(counts, sort_keys=True), run),
        )

    def last_run(self) -> tuple[str, datetime, int | None] | None:
        """Give command, start and exit code (None: it never ended) of the last run."""
        row = self._db.execute("SELECT command, started, code FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return (row["command"], datetime.fromisoformat(row["started"]), row["code"]) if row else None
