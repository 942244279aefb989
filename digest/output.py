"""The output folder: each file written whole or not at all, and only if it differs (edge)."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path


def write_file(path: Path, content: str | bytes, mode: int = 0o644) -> bool:
    """Write a file whole or not at all, and only if it differs; tell whether it was written. Text is kept as UTF-8.

    A temporary file in the same folder, fsync, os.replace, fsync of the folder: measured on plain writes, a kill tears
    every one, and none of these.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data and not path.stat().st_mode & 0o777 & ~mode:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return True


def sync_folder(path: Path) -> None:
    """Have the names in a folder outlive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_days(out: Path) -> tuple[str, ...]:
    """Give the texts of the days' JSON files in the output folder, oldest first."""
    names = sorted(p for p in out.glob("*.json") if _is_day(p.stem))
    return tuple(p.read_text("utf-8") for p in names)


def _is_day(stem: str) -> bool:
    try:
        return date.fromisoformat(stem).isoformat() == stem
    except ValueError:
        return False
