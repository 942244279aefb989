"""Posts as the feeds brought them, and which of them are editions of one another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from digest.model import Edition, Post
from digest.store.connection import Row, Subject, write_time


def _post(row: Row) -> Post:
    return Post(
        id=row["id"],
        source=row["source"],
        guid=row["guid"],
        url=row["url"],
        title=row["title"],
        published=row.time("published"),
        dated=bool(row["dated"]),
        first_seen=row.time("first_seen"),
        lang=row["lang"],
        summary=row["summary"],
        content=row["content"],
        history=bool(row["history"]),
        late_on=row.day_if("late_on"),
    )


def _edition(row: Row) -> Edition:
    names = ("post", "lang", "url", "other", "how", "score", "original")
    news_on = row.day_if("news_on")
    return Edition(**{name: row[name] for name in names}, news_on=news_on)


class Posts(Subject):
    """The posts and their editions."""

    def posts_of_source(self, source: str) -> tuple[Post, ...]:
        rows = self._db.execute("SELECT * FROM posts WHERE source = ? ORDER BY published, id", (source,))
        return tuple(map(_post, rows))

    def newest_posts(self, source: str, most: int) -> tuple[Post, ...]:
        """Give the posts of a source that were published last, at most `most`, newest first."""
        rows = self._db.execute(
            "SELECT * FROM posts WHERE source = ? ORDER BY published DESC, id DESC LIMIT ?", (source, most)
        )
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

    # ---- editions ---------------------------------------------------------------------------------------------------

    def editions(self) -> tuple[Edition, ...]:
        rows = self._db.execute("SELECT * FROM editions ORDER BY post")
        return tuple(map(_edition, rows))

    def save_editions(self, editions: Iterable[Edition], now: datetime) -> None:
        """Keep what was found. What was believed before stands: a later find must not move an old entry.

        Only `other` is filled in later, when a feed brings a post for an edition known by its address.
        """
        self._db.executemany(
            """INSERT INTO editions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (post) DO UPDATE SET other = coalesce(other, excluded.other)""",
            (
                (e.post, e.lang, e.url, e.other, e.how, e.score, e.original, write_time(now),
                 e.news_on.isoformat() if e.news_on else None)
                for e in editions
            ),
        )  # fmt: skip

    def linked_after(self, moment: datetime) -> tuple[tuple[str, datetime], ...]:
        """Give the posts edited, found to be copies, or of which an edition was found, after a moment, and when."""
        rows = self._db.execute(
            """SELECT post, found FROM editions WHERE found > :moment
               UNION SELECT post, found FROM stories WHERE found > :moment
               UNION SELECT post, found FROM edits WHERE found > :moment ORDER BY found, post""",
            {"moment": write_time(moment)},
        )
        return tuple((row["post"], row.time("found")) for row in rows)
