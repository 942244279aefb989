"""What was kept: the only room that knows the disk layout. SQLite in WAL mode, one writer, stdlib only.

A feed shows its last entries only, so a past date is built from here and never from the web. Everything that a day's
page depends on lies in here, so the same day gives the same bytes with or without a network.

`synchronous` is FULL: after a power cut, what was acknowledged must still be there (a digest writes little).
Times are stored as ISO 8601 in UTC with microseconds, so that text order is time order.

`opening` opens the file, `connection` names what goes wrong with it, `schema` has its tables, and each of the other
files one subject that is kept.
"""

from __future__ import annotations

from pathlib import Path

from digest.store.answers import AnswerRow, Answers
from digest.store.connection import write_time
from digest.store.copies import Copies
from digest.store.days import Days
from digest.store.deliveries import Deliveries, Suppression
from digest.store.lessons import Lessons
from digest.store.memory import Memory, MemoryRow, line_key
from digest.store.opening import opened
from digest.store.pages import Pages, PageState
from digest.store.posts import Posts
from digest.store.pruned import Pruned
from digest.store.readings import Readings
from digest.store.runs import Runs
from digest.store.schema import MIGRATIONS
from digest.store.sources import Sources, SourceState
from digest.store.stories import Stories
from digest.store.terms import Sighting, Terms
from digest.store.usage import Totals, UsageRow, Usages

FILE = "digest.db"  # in the folder of the state

__all__ = (
    "FILE",
    "MIGRATIONS",
    "AnswerRow",
    "MemoryRow",
    "PageState",
    "Sighting",
    "SourceState",
    "Store",
    "Suppression",
    "Totals",
    "UsageRow",
    "line_key",
    "write_time",
)


class Store(
    Sources,
    Posts,
    Pages,
    Days,
    Lessons,
    Runs,
    Answers,
    Memory,
    Terms,
    Usages,
    Stories,
    Readings,
    Deliveries,
    Copies,
    Pruned,
):
    """The store of one digest, in the folder `state`. Use as a context manager; one writer at a time (the lock).

    It is its subjects side by side over one connection; none of them knows another, and their methods' names differ.
    """

    def __init__(self, state: Path) -> None:
        self.path = state / FILE
        super().__init__(opened(self.path))

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
