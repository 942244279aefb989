"""The output folder: each file written whole or not at all, and only if it differs (edge)."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

# What link(2) says where the file system has no links.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_CHANCE = re.compile("[a-z0-9_]{8}")  # what tempfile puts at the end of a name


def write_file(path: Path, content: str | bytes, mode: int = 0o644) -> bool:
    """Write a file whole or not at all, and only if it differs; tell whether it was written. Text is kept as UTF-8.

    Raises OSError that names the file, whatever failed. A link is replaced, not written through.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data and not path.stat().st_mode & 0o777 & ~mode:
        return False
    with whole_file(path, mode) as temporary:
        temporary.write_bytes(data)
    return True


@contextmanager
def whole_file(path: Path, mode: int = 0o644, *, replace: bool = True) -> Iterator[Path]:
    """Give an empty file that takes the place of `path` once the block has filled it; it goes if the block fails.

    Without `replace` a file that came there meanwhile stays: FileExistsError, and of two writers one is first.

    A temporary file in the same folder, fsync, os.replace, fsync of the folder: measured on plain writes, a kill tears
    every one, and none of these. What a killed run left of its own is cleared away: nobody holds its lock any more.
    Raises OSError that names `path`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name)
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
            if replace:
                os.replace(name, path)
            else:
                _put(Path(name), path)
        except BaseException:
            _remove(Path(name))
            raise
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except OSError as error:
        error.filename, error.filename2 = str(path), None  # of a full disk, the system names no file
        raise


def _put(temporary: Path, path: Path) -> None:
    """Give a file a name that is free. Raises FileExistsError."""
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No file has two names here (exFAT, some network mounts): the name is taken first, by an empty file.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            os.replace(temporary, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    else:
        os.unlink(temporary)


def _remove(temporary: Path) -> None:
    """Remove a temporary file after what SQLite keeps beside one that is a database."""
    for end in ("-journal", "-wal", "-shm", ""):
        temporary.with_name(temporary.name + end).unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Remove the temporary files of `path` whose writers are dead."""
    prefix = f".{path.name}."
    for each in path.parent.iterdir():
        if not (each.name.startswith(prefix) and _CHANCE.fullmatch(each.name.removeprefix(prefix))):
            continue
        try:
            descriptor = os.open(each, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:  # gone already, or nothing of ours
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(each)
        except BlockingIOError:  # another run writes it now
            pass
        finally:
            os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Have the names in a folder outlive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def days_in(out: Path) -> dict[date, datetime]:
    """Give the days whose JSON file lies in the output folder and is whole, with the moment it was written at."""
    found = {}
    for path in sorted(out.glob("*.json")):
        with suppress(OSError, ValueError):
            if _is_day(path.stem) and isinstance(json.loads(path.read_text("utf-8")), dict):
                found[date.fromisoformat(path.stem)] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return found


def posts_on(page: Path) -> tuple[str, ...]:
    """Give the ids of the posts that a day's JSON file has; none where it is not there, or cannot be read as one."""
    try:
        return tuple(str(post["id"]) for post in json.loads(page.read_text("utf-8"))["posts"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def day_paths(out: Path) -> list[Path]:
    """Give the days' JSON files in the output folder, oldest first."""
    return sorted(p for p in out.glob("*.json") if _is_day(p.stem))


def _is_day(stem: str) -> bool:
    try:
        return date.fromisoformat(stem).isoformat() == stem
    except ValueError:
        return False
