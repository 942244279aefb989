"""The search in the browser: its page, and the index that Pagefind makes of the archive (edge).

pagefind lives here and nowhere else. Its program is started as a process, so that one that hangs or dies is ended and
told of: its Python interface waits for ever for an answer of a program that died (1.5.2). The program reads files and
writes files; it uses no network.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from digest.output import sync_folder, write_file
from digest.render.masthead import Masthead
from digest.render.page import Reader, packaged
from digest.render.search_page import search_documents, search_html

PAGE, FOLDER = "search.html", "pagefind"  # within the output
STAMP = "made-from"  # file within it that says what the index was made from
LAYOUT = "2"  # of the indexed documents: another one makes every index anew
ENTRY = "pagefind-entry.json"  # within it; beside what Pagefind says, "more" names the folders of further parts
# Bytes of documents in a part. Pagefind holds all of an index at once: of a year of 12 posts a day (4,380 documents) it
# took 736 MiB in one part.
PART = 6_000_000
TIMEOUT = 600.0  # seconds of a part; a whole year takes 10, and 40 on a machine that is busy
# A document of one word that nobody asks for.
NOTHING = '<!doctype html><html lang="en"><title></title><body data-pagefind-body>\U0002a6a5</body>'
# What the page loads. The interfaces that Pagefind brings, 400 kB, are not used.
_KEPT = (
    "pagefind.js",
    "pagefind-worker.js",
    ENTRY,
    "wasm.en.pagefind",
    "*.pf_meta",
    "fragment",
    "index",
)


def search_at_hand() -> bool:
    """Tell whether an index can be made here: the extra `site` is installed."""
    return find_spec("pagefind") is not None and _program() is not None


def build_search(
    out: Path, json_texts: Iterable[str], *, made_from: str, head: Masthead, read: Reader = packaged,
    timeout: float = TIMEOUT, anew: bool = False,
) -> str:  # fmt: skip
    """Write the search page, and its index where the archive changed; give why there is no new index, "" if all went.

    An index of which files are gone is made again, and with `anew` any.

    `json_texts` are those of the days, oldest first, and are read at most once; `made_from` is a hash of them all. The
    index is made aside and put in place whole: what is killed leaves the old one, or none. `timeout` is in seconds.
    Raises ConfigError for a template that is wrong, OSError that names the file.
    """
    _clear(out)
    write_file(out / PAGE, search_html(head, read))
    stamp = f"{made_from} {_made_with()}\n"
    if not anew and _stamp_in(out / FOLDER) == stamp:
        return ""
    with _aside(out) as aside:
        fault = _index(aside, json_texts, timeout)
        if fault:
            return f"{out / FOLDER}: the index for searching was not made: {fault}; the pages are written all the same"
        write_file(aside / "made" / STAMP, stamp)
        _put(aside / "made", out / FOLDER, aside / "old")
    return ""


def drop_search(out: Path) -> None:
    """Remove the search page and its index, which would go stale, where they are ours. Raises OSError."""
    page, folder = out / PAGE, out / FOLDER
    if page.is_file() and f"{FOLDER}/".encode() in page.read_bytes():
        page.unlink()
    if (folder / STAMP).is_file():
        with _aside(out) as aside:  # from its place at once: what is killed leaves all of it, or none
            os.rename(folder, aside / "old")


def index_stamp(out: Path) -> str:
    """Say what the index that lies in the output was made from, and with what one would be made now; "" for none."""
    found = _stamp_in(out / FOLDER)
    return f"{found} {_made_with()}" if found else ""


def _stamp_in(folder: Path) -> str:
    """Give the stamp of an index, "" where it has none, or where files that the page loads first are gone."""
    try:
        more = json.loads((folder / ENTRY).read_text("utf-8")).get("more", [])
        if all((folder / part / "pagefind.js").is_file() for part in ("", *more)):
            return (folder / STAMP).read_text("utf-8")
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        pass
    return ""


def _made_with() -> str:
    return f"{LAYOUT} {version('pagefind')}"


def _program() -> Path | None:
    from pagefind.service import get_executable

    return get_executable()


def _index(aside: Path, json_texts: Iterable[str], timeout: float) -> str:
    """Make the index in `aside`/made, in parts; give what went wrong in one line."""
    program, made, more = _program(), aside / "made", list[str]()
    if program is None:
        return "the program of Pagefind is not there"
    for number, documents in enumerate(_parts(search_documents(json_texts)), 1):
        part = made / f"part-{number}" if number > 1 else made
        with tempfile.TemporaryDirectory(dir=aside) as pages:
            for name, page in documents:
                (Path(pages) / name).write_bytes(page)
            if fault := _index_part(program, Path(pages), part, timeout):
                return fault
        more += [part.name] if number > 1 else []
    if more:
        path = made / ENTRY
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "more": more}), "utf-8")
    return ""


def _parts(documents: Iterable[tuple[str, str]]) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Give the documents in parts of about PART bytes, each to be read to its end; of nothing one part."""
    left = ((name, page.encode()) for name, page in documents)

    def part(document: tuple[str, bytes] | None) -> Iterator[tuple[str, bytes]]:
        size = 0
        while document:
            yield document
            size += len(document[1])
            document = next(left, None) if size < PART else None

    # of nothing Pagefind makes nothing, and says that it failed
    first: tuple[str, bytes] | None = next(left, ("none.html", NOTHING.encode()))
    while first:
        yield part(first)
        first = next(left, None)


def _index_part(program: Path, pages: Path, made: Path, timeout: float) -> str:
    """Make an index of the pages in a folder; give what went wrong in one line."""
    # its own settings, from files beside it or from variables, are none of ours
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    try:
        ended = subprocess.run(  # noqa: S603 - the program of the package
            [program, "--site", pages, "--output-path", made, "--force-language", "en", "--silent"],
            cwd=pages.parent, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"Pagefind took longer than {timeout:.0f} seconds"
    except OSError as error:
        return f"Pagefind cannot be started: {error.strerror}"
    if ended.returncode:
        said = (ended.stderr or ended.stdout).decode("utf-8", "replace").split("\n")
        return f"Pagefind ended with {ended.returncode}: {next(filter(None, map(str.strip, said)), 'it said nothing')}"
    return _pruned(made)


def _pruned(made: Path) -> str:
    """Leave what the page loads; say what is missing of it."""
    try:
        languages = json.loads((made / ENTRY).read_text("utf-8"))["languages"]
    except (OSError, ValueError, LookupError, TypeError):
        return "Pagefind wrote no index that can be read"
    if list(languages) != ["en"]:
        return f"Pagefind made an index of {', '.join(languages) or 'nothing'}"
    kept = {path for pattern in _KEPT for path in made.glob(pattern)}
    for path in set(made.iterdir()) - kept:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return ""


# ---- a folder, whole or not at all ----------------------------------------------------------------------------------


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """Give a new folder within the output that goes at the end."""
    folder = Path(tempfile.mkdtemp(dir=out.resolve(), prefix=f".{FOLDER}."))
    try:
        with _held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear(out: Path) -> None:
    """Remove the folders aside that killed runs left."""
    for left in out.glob(f".{FOLDER}.*"):
        with suppress(OSError), _held(left):
            shutil.rmtree(left)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder; BlockingIOError where another process does. The hold is the kernel's and dies with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _put(made: Path, place: Path, old: Path) -> None:
    """Put a folder in the place of another, which goes. A web server may read it, as it may the pages."""
    for folder, _, names in os.walk(made):
        os.chmod(folder, 0o755)  # noqa: S103 - a folder that a web server reads
        for name in names:
            os.chmod(Path(folder) / name, 0o644)
    with suppress(FileNotFoundError):
        os.rename(place, old)
    os.rename(made, place)
    sync_folder(place.parent)
