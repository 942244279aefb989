"""A store that is only looked at: never made, changed or waited for, whatever a run does beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from digest.store.opening import read_only
from digest.store.posts import Posts
from digest.store.readings import Readings


class Looking(Posts, Readings):
    """The posts of a store and what was read of them, over a connection that cannot write."""


@contextmanager
def looking(path: Path) -> Iterator[Looking]:
    """Look into the store in a file. Raises StoreError where there is none, or none of this version."""
    with closing(read_only(path)) as db:
        yield Looking(db)
