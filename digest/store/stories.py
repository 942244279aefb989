"""Which posts are copies of one another, which tell the same story, and what their texts are found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from digest.model import Story
from digest.store.connection import Subject, write_time


class Stories(Subject):
    """Copies, edits in place, posts that cover one story, and the signatures of texts."""

    def stories(self) -> dict[str, Story]:
        """Give all copies by the id of the copy."""
        rows = self._db.execute("SELECT post, same_as, how, score, worth FROM stories ORDER BY post")
        return {
            row["post"]: Story(row["post"], row["same_as"], row["how"], row["score"], bool(row["worth"]))
            for row in rows
        }

    def save_stories(self, stories: Iterable[Story], now: datetime) -> None:
        """Keep what was found. What was believed before stands: a later find must not move an old entry."""
        self._db.executemany(
            "INSERT INTO stories VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (post) DO NOTHING",
            ((s.post, s.same_as, s.how, s.score, s.worth, write_time(now)) for s in stories),
        )

    def edits(self) -> dict[str, tuple[date, ...]]:
        """Give by post the days whose pages tell that its text was changed in place, oldest first."""
        days: dict[str, list[date]] = defaultdict(list)
        for row in self._db.execute("SELECT DISTINCT post, day FROM edits ORDER BY day, post"):
            days[row["post"]].append(row.day("day"))
        return {post: tuple(found) for post, found in days.items()}

    def save_edit(self, post: str, day: date, text: str, now: datetime) -> None:
        """Keep that a day's page tells the new text of a post, which has this hash; none is told twice."""
        self._db.execute(
            "INSERT INTO edits VALUES (?, ?, ?, ?) ON CONFLICT (post, text) DO NOTHING",
            (post, day.isoformat(), text, write_time(now)),
        )

    def comparable_with(self, post: str) -> tuple[str, ...]:
        """Give the posts of other sources that tell the story of a post without being copies of it, nearest first."""
        rows = self._db.execute(
            """SELECT other AS name, score FROM comparable WHERE post = :post
               UNION SELECT post, score FROM comparable WHERE other = :post ORDER BY score DESC, name""",
            {"post": post},
        )
        return tuple(row["name"] for row in rows)

    def save_comparable(self, pairs: Iterable[tuple[str, str, float]], now: datetime) -> None:
        """Keep pairs of posts that tell one story, with how near they are (0…1); their order does not count."""
        self._db.executemany(
            "INSERT INTO comparable VALUES (?, ?, ?, ?) ON CONFLICT (post, other) DO NOTHING",
            ((*sorted((one, two)), score, write_time(now)) for one, two, score in pairs),
        )

    def signatures(self) -> dict[str, tuple[str, bytes]]:
        """Give by name (a post's id, or an address) what a text was read from, as a hash, and its packed signature."""
        rows = self._db.execute("SELECT name, mark, body FROM signatures")
        return {row["name"]: (row["mark"], row["body"]) for row in rows}

    def save_signatures(self, signatures: Mapping[str, tuple[str, bytes]]) -> None:
        self._db.executemany(
            """INSERT INTO signatures VALUES (?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, body = excluded.body""",
            ((name, mark, body) for name, (mark, body) in signatures.items()),
        )

    def built_at(self) -> dict[date, datetime]:
        """Give when each day's page was last built."""
        rows = self._db.execute("SELECT date, built FROM days")
        return {row.day("date"): row.time("built") for row in rows}
