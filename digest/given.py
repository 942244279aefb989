"""Arguments that name a text: what is read becomes a Page (a file, '-' for standard input, or an address), and what
is written goes to a file or standard output (edge).

What gives no text is refused with ConfigError (exit code 2), one line that names the argument; what the web does not
give is SourceError (exit code 3), as everywhere.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from digest.decode import declared_charset, decode
from digest.errors import ConfigError
from digest.model import STDIN, Page
from digest.output import whole_file

Fetch = Callable[[str], Page]

LARGEST = 64 * 2**20  # bytes; a thousand books. What is larger, or has no end, is no text for one alignment
_ADDRESS = re.compile(r"(?i)([a-z][a-z0-9+.-]+)://")
_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".txt": "text/plain",
}
# How files begin that are no text (the formats' own specifications; the last is Office's old container).
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
)
_SAMPLE = 8192  # characters that suffice to tell text from bytes
_ODD = re.compile("[\x01-\x08\x0e-\x1a\x7f\ufffd]")
_MOST_ODD = 0.1  # share of control and replacement characters above which it is no text


def one_stdin(names: Sequence[str]) -> None:
    """Refuse '-' given more than once: standard input can be read once."""
    if list(names).count(STDIN) > 1:
        raise ConfigError("-", "standard input can be one of the texts, not several; name a file for the other")


def read_given(name: str, fetch: Fetch, stdin: BinaryIO | None = None) -> Page:
    """Read a file, standard input ('-') or an http(s) address, which `fetch` brings.

    The Page's `url` is the address after redirects, or else the name as given; the content type of a file is told
    from its suffix, and is absent where that tells nothing. Raises ConfigError for what cannot be read or is no text,
    and what `fetch` raises.
    """
    scheme = _ADDRESS.match(name)
    if scheme and scheme[1].lower() in ("http", "https"):
        page = fetch(name)
    elif scheme:
        raise ConfigError(name, "only files, '-' and http:// or https:// addresses are read")
    else:
        page = read_bytes(name, stdin)
    _must_be_text(page)
    return page


def read_bytes(name: str, stdin: BinaryIO | None = None) -> Page:
    """Read a file or standard input ('-'), whatever it holds. Raises ConfigError for what cannot be read."""
    if name == STDIN:
        return Page(STDIN, _at_most(stdin or _standard_input(), "standard input"))
    return _file(name)


def fetch_for(config: Path, allow_private: Sequence[str], *, needed: bool) -> Fetch:
    """Give what brings the pages that arguments name, by one guarded client, made at the first address.

    Without a feeds.yaml the network settings are the defaults, unless it is `needed`: named by the user.
    """
    clients: list[Any] = []

    def fetch(url: str) -> Page:
        from digest.config import Settings
        from digest.fetch.pages import unasked
        from digest.fetch.web import NotModified
        from digest.job import load, web

        if not clients:
            settings = load(config) if needed or config.exists() else Settings.model_construct(sources=())
            clients.append(web(settings, frozenset(allow_private)))
        answer: Page | NotModified = clients[0].get(url)
        if isinstance(answer, NotModified):
            raise unasked(url)
        return answer

    return fetch


def text_of(page: Page) -> str:
    """Decode a page's bytes: by their mark, as UTF-8, as declared, or as detected. The mark is not part of the text."""
    return decode(page.body, declared_charset(page.header("content-type"), page.body)).text.removeprefix("\ufeff")


# ---- the ways in ----------------------------------------------------------------------------------------------------


def _file(name: str) -> Page:
    path = Path(name)
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise ConfigError(name, "is a folder; name a file")
        with path.open("rb") as file:
            body = _at_most(file, name)
    except FileNotFoundError:
        raise ConfigError(name, "no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise ConfigError(name, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    kind = _TYPES.get(path.suffix.lower(), "")
    return Page(name, body, (("content-type", kind),) if kind else ())


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise ConfigError("-", "there is no standard input to read")
    return sys.stdin.buffer


def _at_most(file: BinaryIO, name: str) -> bytes:
    body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise ConfigError(name, f"is larger than {LARGEST // 2**20} MiB; give it in parts")
    return body


def _must_be_text(page: Page) -> None:
    name, text = page.name, text_of(page)
    if not text.strip():
        raise ConfigError(name, "is empty")
    sample = text[:_SAMPLE]
    if page.body.startswith(_MAGIC) or "\0" in sample or len(_ODD.findall(sample)) > _MOST_ODD * len(sample):
        raise ConfigError(name, "is no text (binary); give plain text, Markdown or HTML")


# ---- the way out ----------------------------------------------------------------------------------------------------


def check_out(out: str, names: Sequence[str]) -> None:
    """Refuse an output that cannot be written, before anything is read: a folder, or one of the texts `names`."""
    if out in ("", STDIN):
        return
    path = Path(out)
    if path.is_dir() or out.endswith(("/", os.sep)):  # Path drops the slash that says it is meant to be one
        raise ConfigError(out, "is a folder; name a file to write to")
    if any(name != STDIN and not _ADDRESS.match(name) and Path(name).resolve() == path.resolve() for name in names):
        raise ConfigError(out, "is one of the texts that are read; write to another file")


@contextmanager
def opened_out(out: str) -> Iterator[Callable[[str], object]]:
    """Give what writes the parts of a text, in UTF-8 wherever they go: to the file `out`, whole or not at all, or to
    standard output.

    A link is followed, and what is no file (a pipe, /dev/stdout) is written to, not replaced.
    """
    path = Path(out)
    if out in ("", STDIN):
        if sys.stdout is None:  # closed by who called us
            raise ConfigError("-", "there is no standard output to write to; name a file with -o")
        yield lambda part: sys.stdout.buffer.write(part.encode())
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file.write
    else:
        with whole_file(path.resolve()) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
            yield file.write
            file.flush()


def write_out(out: str, text: str) -> None:
    """Write a text as `opened_out` does."""
    with opened_out(out) as write:
        write(text)
