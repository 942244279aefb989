"""Stores for what must leave nothing behind: one to look at, and one that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.job import Job
    from digest.store import Store


@contextmanager
def store_to_look_at(job: Job) -> Iterator[Store]:
    """Give the store under its lock; an empty one where there is none yet, so that looking makes none."""
    from digest.store import FILE

    if (job.state / FILE).exists():
        with job.locked(), job.store() as store:
            yield store
    else:
        with passing_store() as store:
            yield store


@contextmanager
def passing_store() -> Iterator[Store]:
    """Give an empty store that is gone afterwards."""
    from tempfile import TemporaryDirectory

    from digest.store import Store

    with TemporaryDirectory(prefix="digest-") as folder, Store(Path(folder)) as store:
        yield store
