"""The copy of the store: kept beside it by the run, made and restored by hand (edge).

`STATE/digest.db.backup`, or any file that is named. It holds the store and mail.key; fetched models are not in it, they
can be fetched again, and feeds.yaml and the output folder are for the user's own backup.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.deliver.keys import KEY_FILE
from digest.errors import StoreError
from digest.output import sync_folder, whole_file, write_file
from digest.store import FILE, Store
from digest.store.copies import COPY_SUFFIX, MOVED, copied_at, taken_from

COPY = FILE + COPY_SUFFIX  # in the folder of the state


def store_in(state: Path, now: datetime) -> Store:
    """Open the store of a folder; a copy that somebody put there by hand is taken up as `restore` does.

    Raises StoreError.
    """
    store = Store(state)
    try:
        found = store.take_up(now)
        if found:
            _keep_key(state, found[1])
    except BaseException:
        store.close()
        raise
    return store


def back_up(store: Store, file: Path, now: datetime) -> None:
    """Copy a store and its key into a file, mode 0600, whole or not at all. Raises StoreError, OSError."""
    if file.exists() and store.path.exists() and file.samefile(store.path):
        raise StoreError(f"{file}: is the store itself; name another file")
    key = store.path.with_name(KEY_FILE)
    store.copy_to(file, now, key.read_bytes() if key.is_file() else None)


def keep_copy(store: Store, days: int, now: datetime) -> Path | None:
    """Renew the copy beside a store where it is `days` old or from the future, and give its path; None if it is not.

    0 days: none is ever made. Raises StoreError, OSError.
    """
    path = store.path.with_name(COPY)
    made = copied_at(path)
    if not days or (made and timedelta(0) <= now - made < timedelta(days=days)):
        return None
    back_up(store, path, now)
    return path


def restore(file: Path, state: Path, now: datetime) -> Path | None:
    """Put the store that a file holds in the place of that of a folder; give where the one before lies now.

    The file is checked first, and where it is refused nothing was changed. The one before is moved aside with its
    journal; mail.key is written where there is none. Call under the lock. After a kill at any moment either store is
    in place, or none and the next run says so, and the same call ends it. Raises StoreError, OSError.
    """
    path = state / FILE
    if path.is_file() and file.is_file() and file.samefile(path):
        raise StoreError(f"{file}: is the store itself; name a copy of it")
    with whole_file(path, 0o600) as temporary:
        key = taken_from(file, temporary, now)
        before = _move_aside(path, now)
    _keep_key(state, key)
    return before


def _move_aside(path: Path, now: datetime) -> Path | None:
    """Move a store and its journal aside; that of a store that a killed call has moved already goes with it."""
    journal, shared = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    before = None
    if path.exists():
        name, number = f"{path.name}{MOVED}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}", 1
        before = path.with_name(name)
        while before.exists() or before.with_name(before.name + "-wal").exists():
            number += 1
            before = path.with_name(f"{name}-{number}")
        path.rename(before)
    elif journal.exists():
        moved = [each for each in path.parent.glob(f"{path.name}{MOVED}*") if not each.name.endswith("-wal")]
        before = max(
            moved, key=lambda each: each.stat().st_ctime_ns, default=path.with_name(f"{path.name}{MOVED}unknown")
        )
    if before and journal.exists():
        journal.rename(before.with_name(before.name + "-wal"))
    shared.unlink(missing_ok=True)  # only an index into the journal, made anew
    sync_folder(path.parent)
    return before


def _keep_key(state: Path, key: bytes | None) -> None:
    if key and not (state / KEY_FILE).exists():
        write_file(state / KEY_FILE, key, 0o600)
