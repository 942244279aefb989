"""What the verbs share: options, dates as they are written, and lines on the screen."""

from __future__ import annotations

import errno
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from digest.errors import ConfigError
from digest.printable import printable

ConfigOption = Annotated[Path, typer.Option("--config", "-c", envvar="DIGEST_CONFIG", help="The feeds.yaml to use.")]
StateOption = Annotated[Path, typer.Option("--state", envvar="DIGEST_STATE", help="Folder of the store.")]
OutOption = Annotated[Path, typer.Option("--out", envvar="DIGEST_OUT", help="Folder the pages are written to.")]
NowOption = Annotated[str, typer.Option("--now", help="Take this for the time (ISO 8601 with zone), not the clock's.")]
LogOption = Annotated[bool, typer.Option("--log-json", help="Log JSON lines to standard error.")]
DateArgument = Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD; without it, the last complete day.")]
DateOption = Annotated[str, typer.Option("--date", metavar="DATE", help="The same as DATE.")]

EngineOption = Annotated[
    str, typer.Option("--engine", help="Use this engine only: memory, chat, mt, or none; else those of feeds.yaml.")
]
TemplatesOption = Annotated[
    Path | None,
    typer.Option(
        "--templates", envvar="DIGEST_TEMPLATES", metavar="DIR",
        help="Folder of templates that take the place of those of the same name; else site.templates of feeds.yaml.",
    ),
]  # fmt: skip
RetryOption = Annotated[bool, typer.Option("--retry", help="Ask sources, too, that are left alone for a while.")]

DEFAULT_CONFIG, DEFAULT_STATE, DEFAULT_OUT = Path("feeds.yaml"), Path("state"), Path("out")


def one_date(positional: str, option: str) -> date | None:
    if positional and option and positional != option:
        raise ConfigError("DATE", f"given twice and differing: {positional} and --date {option}")
    return read_date(positional or option) if positional or option else None


def read_date(text: str) -> date:
    """Read a date as it is printed everywhere: 2025-04-16 and nothing else.

    >>> read_date("2025-04-16")
    datetime.date(2025, 4, 16)
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    # the ends of the calendar have no day before or after them in some zone
    if found is None or found.isoformat() != text or not 1970 <= found.year <= 9000:
        raise ConfigError("DATE", f"{text!r} is no date; write it as 2025-04-16")
    return found


def dates(single: date | None, first: str, last: str, default: date) -> list[date]:
    """Give the days asked for: one, a range with both ends, or the default."""
    if not first and not last:
        return [single or default]
    if single:
        raise ConfigError("DATE", "give either one date or --from and --to")
    start, end = read_date(first or last), read_date(last or first)
    if end < start:
        raise ConfigError("--to", f"{end} lies before --from {start}")
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def say(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Write a text on the screen, where what a stranger wrote must not drive the terminal."""
    typer.echo(printable(text) + end, err=err, nl=False)


def in_words(error: Exception) -> str:
    """Say in one line what went wrong, and what to do where the system refuses to write."""
    if not isinstance(error, OSError):
        return str(error)
    remedy = ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        remedy = "; make room and run again: what was there is whole"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        remedy = "; give yourself the right to it, or name another place"
    return f"{error.filename or ''}: {error.strerror or error}{remedy}".lstrip(": ")
