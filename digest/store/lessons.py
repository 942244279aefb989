"""What posts taught, and the lexicons learnt from it."""

from __future__ import annotations

from datetime import datetime

from digest.store.connection import Subject, write_time


class Lessons(Subject):
    """Lessons of posts and lexicons of sources."""

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
