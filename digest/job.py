"""One invocation of the program: what the verbs share. Settings, folders, the time, the lock, the log, progress."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest.errors import ConfigError, DigestError, LockHeldError, SourceError, StoreError
from digest.printable import printable

if TYPE_CHECKING:
    from digest.build import Builder
    from digest.config import Settings, Source
    from digest.engines.roster import Roster
    from digest.fetch.calendar import Calendar
    from digest.fetch.collect import Collected
    from digest.fetch.pages import Fetcher
    from digest.fetch.web.turns import Turns
    from digest.publish import Site
    from digest.sandbox.readers import Reader
    from digest.store import Store
    from digest.templating import Templates

WELL, PARTLY, USAGE, NOTHING, BUG, LOCKED = 0, 1, 2, 3, 70, 75
WORKERS = 8  # fetches under way at once, one a host (design notes on faults)


def code_of(error: BaseException) -> int:
    """Give the exit code that an error ends the program with; what is no error of ours is a bug."""
    for kind, code in (
        (ConfigError, USAGE),
        (LockHeldError, LOCKED),
        ((StoreError, SourceError, OSError), NOTHING),
        (DigestError, PARTLY),
    ):
        if isinstance(error, kind):
            return code
    return BUG


@dataclass
class Job:
    """What the verbs share: settings, folders, the time, the log."""

    verb: str
    settings: Settings
    state: Path
    out: Path
    now: datetime
    log_json: bool = False
    code: int = WELL
    counts: dict[str, int] = field(default_factory=dict)
    base: Path = Path()  # what paths in feeds.yaml start from: its folder
    begun: float = field(default_factory=time.monotonic)
    config: str = "feeds.yaml"  # what the settings' file is called
    templates: Path | None = None  # the folder of templates that the command line names

    @classmethod
    def start(
        cls, verb: str, config: Path, state: Path, out: Path, now: str, log_json: bool, templates: Path | None = None
    ) -> Job:  # fmt: skip
        job = cls(verb, load(config), state, out, moment(now), log_json, base=config.parent, config=config.name,
                  templates=templates)  # fmt: skip
        job.set_up_log()
        return job

    def set_up_log(self) -> None:
        set_up_log(self.log_json)

    @property
    def calendar(self) -> Calendar:
        from digest.fetch.calendar import Calendar

        return Calendar(ZoneInfo(self.settings.digest.timezone), self.now, self.elapsed)

    def elapsed(self) -> float:
        """Give the seconds since this began, by a clock that nobody sets."""
        return time.monotonic() - self.begun

    @property
    def reader(self) -> Reader:
        """What reads strangers' texts: the same for the life of the process, and ended with it."""
        return sandbox()

    @property
    def templates_folder(self) -> Path | None:
        """The folder of the user's own templates: the command line's, else that of the settings."""
        own = self.settings.site.templates
        return self.templates or (self.base / own if own else None)

    def read(self) -> Templates:
        """Read the templates of this run, as they are now. Raises ConfigError for a folder that is not there."""
        from digest.templating import templates_reader

        return templates_reader(self.templates_folder)

    def site(self) -> Site:
        """Give the output folder as a site. Raises ConfigError for templates or overrides that are wrong."""
        from digest.config.overrides import load_overrides
        from digest.publish import Site
        from digest.static_search import search_at_hand

        overrides = load_overrides(self.base / self.settings.site.overrides)
        return Site(self.out, self.settings, self.read(), overrides=overrides, search=search_at_hand())

    def store(self) -> Store:
        from digest.backup import store_in

        return store_in(self.state, self.now)

    def builder(self, store: Store, roster: Roster | None = None) -> Builder:
        """Give what builds days; without a roster nothing is translated."""
        from digest.build import Builder, no_translators

        translators = roster.translators if roster else no_translators
        return Builder(
            store, self.settings, self.calendar, self.out, translators=translators, reader=self.reader,
            site=self.site(),
        )  # fmt: skip

    def roster(self, store: Store, *, only: str = "", plan: bool = False) -> Roster:
        """Find the engines of this run. Raises ConfigError where the one named by `only` does not work."""
        from digest.engines.roster import Roster, Surroundings

        zone = ZoneInfo(self.settings.digest.timezone)
        around = Surroundings(os.environ, Path.home(), self.base, self.now, zone)
        return Roster.of(self.settings, store, around, only=only, plan=plan)

    def locked(self) -> contextlib.AbstractContextManager[None]:
        return locked(self.state)

    @contextlib.contextmanager
    def recorded(self, store: Store) -> Iterator[None]:
        """Keep in the store that this run began, and how it ended."""
        number = store.run_started(self.verb, self.now)
        try:
            yield
        except BaseException as error:
            self.code = code_of(error)
            raise
        finally:
            store.run_ended(number, self.now, self.code, self.counts)

    def ended(self, code: int, got: Collected) -> None:
        """Say with what exit code the collecting ended, for the record of runs."""
        self.code = code
        self.counts = {"sources": got.sources, "failed": len(got.failures), "new": got.new_posts, "pages": got.pages,
                       "missing": got.pages_missing, "editions": got.editions}  # fmt: skip

    def collect(self, store: Store, days: list[date], *, retry: bool = False) -> Collected:
        from digest.fetch.collect import collect

        with self.bar() as tell:
            return collect(
                store, self.settings, self.web_for(), self.calendar, days=days, run_all=self.map, tell=tell,
                reader=self.reader, retry=retry,
            )  # fmt: skip

    def map(self, function: Callable[[Any], Any], jobs: Any) -> Iterator[Any]:
        """Map over threads, one job a host at a time: fetching waits for hosts, not for this machine."""
        from digest.fetch.hosts import by_host

        yield from by_host(function, jobs, workers=WORKERS)

    def web_for(self) -> Callable[[Source], Fetcher]:
        """Give each source a guarded client; sources share one unless their exceptions for private addresses differ."""
        from digest.fetch.web.turns import Turns

        allowed = {frozenset(source.allow_private) for source in self.settings.sources}
        turns = Turns(self.settings.network.deadline)  # a host is one host, whoever asks it
        made: dict[frozenset[str], Fetcher] = {each: web(self.settings, each, turns) for each in allowed}
        return lambda source: made[frozenset(source.allow_private)]

    def bar(self) -> contextlib.AbstractContextManager[Callable[[str, int], None]]:
        return bar()

    def progress(self, items: list[date], what: str) -> Iterator[date]:
        with self.bar() as tell:
            tell(what, len(items))
            for item in items:
                yield item
                tell(what, -1)


@contextlib.contextmanager
def bar() -> Iterator[Callable[[str, int], None]]:
    """Show progress on a terminal; say nothing elsewhere.

    What is given is told a stage with the number of its steps, then the stage with -1 for each step done.
    """
    if not sys.stderr.isatty():
        yield lambda stage, count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, count: int) -> None:
            if count >= 0:
                tasks[stage] = bars.add_task(stage, total=count)
            else:
                bars.advance(tasks[stage])

        yield tell


@contextlib.contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the lock of the state folder; it is the kernel's (flock) and dies with the process. Raises LockHeldError."""
    from filelock import FileLock, Timeout

    state.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(state / "lock", timeout=0):
            yield
    except Timeout:
        raise LockHeldError(f"{state / 'lock'}: another run holds the lock; wait for it to end") from None


@functools.cache
def sandbox() -> Reader:
    """Give the children that read strangers' texts. They start at the first reading and end with this process,
    however it ends: here where it exits, by themselves where it is killed.
    """
    from digest.sandbox.sandbox import Sandbox

    made = Sandbox()
    atexit.register(made.close)
    return made


def web(settings: Settings, allow_private: frozenset[str], turns: Turns | None = None) -> Any:
    """Make a guarded client; clients that share `turns` ask no host side by side."""
    from digest.fetch.web import Web

    return Web(
        allow_private=allow_private, allow_ranges=settings.network.allow_ranges, proxy=settings.network.proxy,
        deadline=settings.network.deadline, turns=turns,
    )  # fmt: skip


def load(config: Path) -> Settings:
    from digest.config import load_settings

    return load_settings(config)


def moment(text: str) -> datetime:
    """Read --now; the clock's time where it is not given."""
    if not text:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError("--now", f"{text!r} is no time; write it as 2025-04-17T08:00:00+08:00") from None
    if found.tzinfo is None:
        raise ConfigError("--now", f"{text!r} names no zone; add one, as in 2025-04-17T08:00:00+08:00")
    return found


# ---- the log ---------------------------------------------------------------------------------------------------------


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    FIELDS = ("url", "host", "port", "address", "stage", "day", "channel", "list", "recipient", "part", "message_id",
              "state", "kind", "status", "reason")  # fmt: skip

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: getattr(record, name) for name in self.FIELDS if hasattr(record, name)},
        }
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: printable(value) if isinstance(value, str) else value for name, value in row.items()},
                          ensure_ascii=False)  # fmt: skip


def set_up_log(as_json: bool) -> None:
    """Log our own records: all as JSON lines where asked for; else nothing, for failures are printed at the end."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # pages that it finds nothing in are read without it
    ours = logging.getLogger("digest")
    ours.handlers.clear()
    ours.propagate = False
    handler: logging.Handler = logging.StreamHandler() if as_json else logging.NullHandler()
    handler.setFormatter(JsonLines())
    ours.addHandler(handler)
    ours.setLevel(logging.INFO if as_json else logging.CRITICAL)
