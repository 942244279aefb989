"""`digest run` killed (SIGKILL) at a chosen moment, run again in peace, and compared with a run that nobody killed.

The sample blog is served by the process of the test. A warm process, which has run the digest once itself, so that
what is loaded once is there, forks a child for each run: the command line itself, with an embedder of words in place of
the shipped one, and, unless it is asked for, without the children that read what strangers wrote, since each starts a
Python of its own.
A run that is to be killed kills itself before its N-th step (a statement of SQL, a file opened, renamed, removed, a
connection made, a child started), or is killed after so many milliseconds, with all the processes of its group.

Two kinds of runs are killed: the first run of a new digest, and one over the pages and the store of an earlier run,
whose pages all change. The controls are a writer that writes in place, and a store that commits what a feed was last
seen as before it commits its entries: a kill must be seen to tear the one and to lose entries in the other.
"""

from __future__ import annotations

import contextlib
import gc
import io
import itertools
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

NOW = "2025-04-17T08:00:00+08:00"
TITLES = {"first": "示例博客日报", "over": "示例博客日报（改名）"}
STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.link", "socket.connect", "sqlite3.connect",
         "subprocess.Popen", "os.posix_spawn", "os.fork")  # fmt: skip
NAIVE = "digest.naive"  # the audit event at which a control is vulnerable
PATIENCE = 120  # seconds: on a busy machine nothing may be slow enough to change how it ends
Control = Literal["", "writer", "store"]


@dataclass(frozen=True, slots=True)
class Kill:
    """When a run is killed: before its step `number`, `number` milliseconds after its start ("ms"), or at the moment
    number `number` at which a control is vulnerable ("naive").
    """

    kind: Literal["step", "ms", "naive"]
    number: int


# ---- in the warm process and its children ---------------------------------------------------------------------------


class _Words:
    """An embedder of words, without weights."""

    name = "words"

    def __init__(self) -> None:
        from word_bag import WordBag

        self._bag = WordBag({"缓存": "cache", "模型": "model", "数据": "data"}, 64)
        self.dim = self._bag.dim

    def encode(self, texts: list[str]) -> Any:
        return self._bag.encode(texts)


def _prepare() -> None:
    """Import what a run needs, and put the embedder of words in the place of the shipped one."""
    import digest.build
    import digest.cli
    import digest.cli.days
    import digest.fetch.watch
    import digest.linking.stories
    from digest.align.words import segmenter

    segmenter()
    for module in (digest.build, digest.fetch.watch):
        module.load_embedder = _Words  # type: ignore[attr-defined]


def _die_at(kill: Kill, told: Path) -> None:
    """Kill this process before a step; where the step's number is 0, write how many it has into `told` at its end."""
    import atexit

    from digest.store import connection

    counts = {"step": 0, "naive": 0}

    def one(kind: str) -> None:
        counts[kind] += 1
        if kind == kill.kind and counts[kind] == kill.number:
            os.killpg(0, signal.SIGKILL)

    def hook(event: str, _: object) -> None:
        if event == NAIVE:
            one("naive")
        elif event in STEPS:
            one("step")

    def counting(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(self: connection.Connection, *words: Any) -> Any:
            one("step")
            return real(self, *words)

        return wrapped

    for name in ("execute", "executemany", "executescript"):
        setattr(connection.Connection, name, counting(getattr(connection.Connection, name)))
    sys.addaudithook(hook)
    if not kill.number:
        atexit.register(lambda: told.write_text(str(counts["step"])))


def _naive(control: Control) -> None:
    """Put what is naive in the place of what writes files, or of what keeps a feed's entries."""
    if control == "writer":
        import digest.publish

        def write_file(path: Path, content: str | bytes, mode: int = 0o644) -> bool:
            data = content.encode() if isinstance(content, str) else content
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for start in range(0, len(data), 4096):
                    file.write(data[start : start + 4096])
                    file.flush()
                    sys.audit(NAIVE)
            return True

        digest.publish.write_file = write_file  # type: ignore[assignment]
    if control == "store":
        from digest.store import Store

        late: list[Any] = []
        save_posts, succeeded = Store.save_posts, Store.source_succeeded

        def source_succeeded(self: Store, *words: Any) -> None:
            succeeded(self, *words)
            self._db.execute("COMMIT")
            sys.audit(NAIVE)
            self._db.execute("BEGIN IMMEDIATE")
            save_posts(self, late)
            late.clear()

        Store.save_posts = lambda _, posts: late.extend(posts)  # type: ignore[method-assign]
        Store.source_succeeded = source_succeeded  # type: ignore[method-assign,assignment]


def _run(words: list[str], control: Control, kill: Kill | None, told: Path, sandboxed: bool) -> None:
    """Run the command line in this process and end it."""
    os.setpgid(0, 0)
    with told.with_suffix(".log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    _naive(control)
    if not sandboxed:
        from digest.job import Job
        from digest.sandbox.readers import DIRECT

        Job.reader = DIRECT  # type: ignore[assignment,method-assign]
    if kill and kill.kind != "ms":
        _die_at(kill, told)
    from digest.cli import main

    sys.argv = ["digest", *words]
    code = 70
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        import atexit

        atexit._run_exitfuncs()
        os._exit(code)


def _rehearse(words: list[str]) -> None:
    """Run the command line in the warm process: whatever it loads or imports once, no child has to load again."""
    from digest.cli import main
    from digest.job import Job
    from digest.sandbox.readers import DIRECT

    reader, Job.reader = Job.reader, DIRECT  # type: ignore[assignment,method-assign]
    sys.argv = ["digest", *words]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), suppress(SystemExit):
        main()
    Job.reader = reader  # type: ignore[method-assign]
    gc.freeze()  # the children share these pages


def _serve(pipe: Connection) -> None:
    """Fork a child for each run that is asked for, kill it where it is asked for, and say how it ended."""
    _prepare()
    rehearsed = False
    while True:
        try:
            words, control, kill, told, sandboxed = pipe.recv()
        except EOFError:
            return
        if not rehearsed:
            _rehearse([word.replace(str(told.parent), str(told.parent / "rehearsal")) if word.endswith(("state", "out"))
                       else word for word in words])  # fmt: skip
            shutil.rmtree(told.parent / "rehearsal")
            rehearsed = True
        child = os.fork()
        if not child:
            _run(words, control, kill, told, sandboxed)
        with suppress(ProcessLookupError, PermissionError):
            os.setpgid(child, child)  # here too: whoever is first
        if kill and kill.kind == "ms":
            time.sleep(kill.number / 1000)
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)  # what it started and left
        pipe.send(os.waitstatus_to_exitcode(status))


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["killed_runs"])


# ---- in the process of the test -------------------------------------------------------------------------------------


class Warm:
    """The warm process. Use as a context manager. `sandboxed`: strangers' text is read in children, as in earnest."""

    def __init__(self, *, sandboxed: bool = False) -> None:
        self._sandboxed = sandboxed
        self._pipe, theirs = _FORKS.Pipe()
        self._process = _FORKS.Process(target=_serve, args=(theirs,))
        self._process.start()
        theirs.close()

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join(PATIENCE)
        self._process.close()

    def run(self, folder: Path, kind: str = "first", *, kill: Kill | None = None, control: Control = "") -> int:
        """Run the digest in a folder; give the exit code, negative where a signal ended it."""
        words = ["run", "--config", str(folder / f"{kind}.yaml"), "--state", str(folder / "state"),
                 "--out", str(folder / "out"), "--now", NOW]  # fmt: skip
        self._pipe.send((words, control, kill, folder / "steps", self._sandboxed))
        assert self._pipe.poll(PATIENCE), f"still running after {PATIENCE} s: {words}, {kill}"
        return int(self._pipe.recv())


@dataclass
class Tally:
    """What came of runs that were killed."""

    kills: int = 0  # runs that a signal ended
    escaped: int = 0  # runs that were over before their moment came
    lost: int = 0  # entries that an unbroken run has and the run after the kill has not
    torn: int = 0  # files that after the kill were neither the old ones nor the new ones
    corrupt: int = 0  # stores that were not whole after the kill, or not opened
    unequal: int = 0  # runs after a kill that did not end with the bytes of an unbroken run
    left: int = 0  # temporary files that were there after all

    def __iadd__(self, other: Tally) -> Tally:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self

    @property
    def right(self) -> bool:
        return not (self.lost or self.torn or self.corrupt or self.unequal or self.left)


class Ground:
    """Where runs are killed: the blog's settings, and what unbroken runs give. Kept in `folder`."""

    def __init__(self, folder: Path, base: str, warm: Warm) -> None:
        from digest.demo import settings

        self.folder, self.warm, self._numbers = folder, warm, itertools.count()
        self._settings = {kind: settings(base) for kind in TITLES}
        for kind, title in TITLES.items():
            self._settings[kind]["digest"]["title"] = title
        self.start = {"first": self._new("start-first"), "over": self._new("start-over")}
        assert warm.run(self.start["over"], "first") == 0, (self.start["over"] / "steps.log").read_text("utf-8")
        self.end, self.steps, self.seconds = {}, {}, {}
        for kind in TITLES:
            place = self.copy(kind, f"end-{kind}")
            assert warm.run(place, kind, kill=Kill("step", 0)) == 0, (place / "steps.log").read_text("utf-8")
            self.steps[kind] = int((place / "steps").read_text())
            timed = self.copy(kind, f"timed-{kind}")
            began = time.monotonic()
            warm.run(timed, kind)
            self.seconds[kind] = time.monotonic() - began
            self.end[kind] = files_in(place / "out")
            assert files_in(timed / "out") == self.end[kind], "two unbroken runs differ"
        assert self.end["first"].keys() == self.end["over"].keys()
        same = {name for name, text in self.end["over"].items() if self.end["first"][name] == text}
        assert not {name for name in same if name.startswith("20") or name.endswith(".xml")}, same

    def _new(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir()
        for kind, values in self._settings.items():
            (place / f"{kind}.yaml").write_text(json.dumps(values, ensure_ascii=False), "utf-8")  # JSON is YAML
        return place

    def copy(self, kind: str, name: str) -> Path:
        return Path(shutil.copytree(self.start[kind], self.folder / name))

    def random_kills(self, seed: int) -> Iterator[tuple[str, Kill]]:
        """Choose kinds of runs and moments, spread over the whole of the run: by steps and by time, half and half."""
        chance = random.Random(seed)
        for n in itertools.count():
            kind = ("first", "over")[n % 2]
            if n % 4 < 2:
                yield kind, Kill("step", chance.randint(1, self.steps[kind]))
            else:
                yield kind, Kill("ms", chance.randint(0, int(self.seconds[kind] * 1000)))

    def killed_often(self, number: int, seed: int, warms: Sequence[Warm]) -> Tally:
        """Kill runs at random moments until `number` were killed: those that were over before do not count."""
        moments, tally = self.random_kills(seed), Tally()
        while tally.kills < number:
            kills = list(itertools.islice(moments, number - tally.kills))
            tally += self.killed_side_by_side(kills, warms)
            assert tally.escaped <= number, tally  # else they come too late altogether
        return tally

    def killed_side_by_side(
        self, kills: Sequence[tuple[str, Kill]], warms: Sequence[Warm], control: Control = ""
    ) -> Tally:  # fmt: skip
        """Kill a run at each of the moments, one in each of the warm processes at a time."""
        parts, tally = (kills[n :: len(warms)] for n in range(len(warms))), Tally()
        with ThreadPoolExecutor(len(warms)) as threads:
            for part in threads.map(
                lambda kills, warm: self.killed_at(kills, control=control, warm=warm), parts, warms
            ):
                tally += part
        return tally

    def killed_at(
        self, kills: Iterable[tuple[str, Kill]], *, control: Control = "", warm: Warm | None = None
    ) -> Tally:  # fmt: skip
        """Kill a run at each of the moments, each from the start, run it again, and count what went wrong."""
        tally, warm = Tally(), warm or self.warm
        for kind, kill in kills:
            place = self.copy(kind, f"killed-{next(self._numbers)}")
            code = warm.run(place, kind, kill=kill, control=control)
            tally.kills += code == -signal.SIGKILL
            tally.escaped += code != -signal.SIGKILL
            before, after = files_in(self.start[kind] / "out"), self.end[kind]
            for path, data in files_in(place / "out").items():
                tally.torn += data not in (before.get(path), after.get(path)) or not parses(path, data)
            tally.corrupt += not whole(place / "state" / "digest.db")
            assert warm.run(place, kind) == 0, (place / "steps.log").read_text("utf-8")
            rerun = files_in(place / "out")
            tally.corrupt += not whole(place / "state" / "digest.db")
            tally.unequal += rerun != after
            tally.lost += len(entries(after) - entries(rerun))
            tally.left += len(list((place / "out").rglob(".*.*")))
            tally.left += len(list((place / "state").glob(".*")))
            shutil.rmtree(place)
        return tally


def files_in(folder: Path) -> dict[str, bytes]:
    """Give the files that a reader of the folder sees: all but those that begin with a dot, or lie where that does."""
    if not folder.is_dir():
        return {}
    found = ((each.relative_to(folder), each) for each in folder.rglob("*") if each.is_file())
    return {
        name.as_posix(): each.read_bytes() for name, each in found if not any(p.startswith(".") for p in name.parts)
    }


def entries(files: dict[str, bytes]) -> set[str]:
    """Give the posts that the days' files have, with their days."""
    found: set[str] = set()
    for name, data in files.items():
        if name.startswith("20") and name.endswith(".json") and parses(name, data):
            page = json.loads(data)
            found |= {f"{page['date']} {post['id']}" for post in page["posts"]}
    return found


def parses(name: str, data: bytes) -> bool:
    """Tell whether a file is a whole one of its kind; those of the search's index have a form of their own."""
    if name.startswith("pagefind/"):
        return bool(data)
    try:
        text = data.decode()
        if name.endswith(".json"):
            json.loads(text)
        elif name.endswith(".xml"):
            ET.fromstring(text)
        elif name.endswith(".html"):
            return text.rstrip().endswith("</html>")
    except (ValueError, ET.ParseError):
        return False
    return bool(text)


def whole(path: Path) -> bool:
    """Tell whether a store is whole, journal and all; one that is not there yet is."""
    if not path.exists():
        return True
    db = sqlite3.connect(path)
    try:
        return bool(db.execute("PRAGMA integrity_check").fetchone()[0] == "ok") and bool(
            db.execute("SELECT count(*) FROM posts").fetchone()
        )
    except sqlite3.Error:
        return False
    finally:
        db.close()
