"""Whether an output folder is as the last update left it, without parsing its days (edge).

To find out page by page takes parsing every day. So a file beside the pages keeps one hash of all that they were made
from and of what they are. It holds nothing else that lasts: without it, or with another one, all is looked at again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from digest.output import day_paths, write_file
from digest.render.archive import FOLDERS
from digest.render.masthead import Masthead
from digest.render.page import Reader
from digest.render.stamp import stamp, stamp_in
from digest.static_search import index_stamp
from digest.templating import shipped_templates

NOTE = ".made-from"  # within the output
HEAD = 4096  # characters of a page within which its stamp stands
ENDS = (".html", ".xml", ".json")


def stamp_of(page: Path) -> str:
    """Give the stamp that stands in a page's head, "" where it is not there or none of ours."""
    try:
        with page.open(encoding="utf-8", errors="replace") as file:
            return stamp_in(file.read(HEAD))
    except OSError:
        return ""


def state_of(out: Path, read: Reader, head: Masthead, overrides: Iterable[object]) -> str:
    """Hash all that the output is made from, and what it is now.

    Of the pages of days, most of the folder, presence and stamp are taken: what an update looks at.
    """
    return stamp(read, tuple(sorted(shipped_templates())), head, list(overrides), list(_files(out, search=head.search)))


def _files(out: Path, *, search: bool) -> Iterator[tuple[str, str]]:
    days = {path.stem for path in day_paths(out)}
    yield ".nojekyll", str((out / ".nojekyll").exists())
    yield "search", index_stamp(out) if search else ""
    for day in sorted(days):
        yield day, f"{stamp_of(out / f'{day}.html')} {(out / f'{day}.md').exists()}"
    for folder in (out, *(out / name for name in FOLDERS)):
        for path in sorted(folder.glob("*")):
            if path.suffix in ENDS and not (path.suffix == ".html" and path.stem in days):
                with suppress(OSError):
                    yield str(path.relative_to(out)), hashlib.sha256(path.read_bytes()).hexdigest()


def noted(out: Path) -> tuple[str, tuple[str, ...]]:
    """Give the hash that the last update left, and the names of overrides that it could not use; "" for none."""
    try:
        told = json.loads((out / NOTE).read_text("utf-8"))
        return str(told["made_from"]), tuple(map(str, told["unused"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return "", ()


def note(out: Path, state: str, unused: Iterable[str]) -> None:
    """Keep what `noted` gives."""
    write_file(out / NOTE, json.dumps({"made_from": state, "unused": list(unused)}) + "\n")
