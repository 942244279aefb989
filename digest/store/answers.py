"""What engines answered, by the hash of what they were asked: the same line is paid for once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.store.connection import Subject, write_time

_AT_ONCE = 500  # keys in one question; SQLite before 3.32 takes 999 values


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer to the question with the hash `key`. `text` is None where the engine had nothing; see FAULTS."""

    key: str
    engine: str
    source: str
    target: str
    text: str | None
    faults: tuple[str, ...] = ()


class Answers(Subject):
    """The answers of engines."""

    def kept_answers(self, keys: Iterable[str]) -> dict[str, AnswerRow]:
        """Give what is kept under these keys; a key without an answer is not in it."""
        wanted, found = list(dict.fromkeys(keys)), {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT key, engine, source, target, text, faults FROM answers WHERE key IN ({marks})",  # noqa: S608
                part,
            )
            for row in rows:
                names = row.read("faults", lambda text: tuple(json.loads(text)))
                found[row["key"]] = AnswerRow(
                    row["key"], row["engine"], row["source"], row["target"], row["text"], names
                )
        return found

    def save_answers(self, rows: Iterable[AnswerRow], now: datetime) -> None:
        """Keep answers, all or none. A key that has one keeps it: equal questions have equal answers."""
        with self.transaction():
            self._db.executemany(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (
                    (r.key, r.engine, r.source, r.target, r.text, json.dumps(r.faults), write_time(now))
                    for r in rows
                ),
            )  # fmt: skip
