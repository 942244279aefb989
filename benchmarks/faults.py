"""Faults survived of faults tried: every fault of network and content against the server of the tests.

    python benchmarks/faults.py            # all; some minutes
    python benchmarks/faults.py gzip bomb  # those whose name holds one of the words

A fault is tried by a process of its own, at two visits; the server is another process, so that what it makes ready does
not count. Survived: both visits end in entries or in a named error, in time, within the growth that is allowed, and no
connection goes anywhere but to the server. Growth is that of the fetching process's peak (getrusage, ru_maxrss) over
what it was before; feeds and pages are read by the sandbox, whose largest child is told apart and whose start (2 s on a
busy machine, once a run and after each kill) is not the fetch's time.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fault_answers import FAILING, READ, Make
from fault_feeds import HEAVY, MENDED, PAGES, REFUSED, Content
from fault_server import Server, reply

from digest.errors import SourceError
from digest.fetch.web import NotModified, Web
from digest.model import Page
from digest.sandbox.readers import DIRECT, Reader
from digest.sandbox.sandbox import Sandbox

WARM = b"<html><body><article><p>" + b"A child is started before the clock is. " * 50
DEADLINE = 1.0  # seconds for a fetch
READING = 2.0  # seconds for a reading
SLACK = 1.0  # seconds that a fetch may end after its deadline
GROWTH = 64 * 1024  # KiB
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a fault at two visits: how each ended, seconds beyond the deadline at most, KiB."""

    name: str
    ends: tuple[str, ...]
    over: float
    growth: int
    child: int
    strays: int

    @property
    def survived(self) -> bool:
        named = all(end and not end.startswith("!") for end in self.ends)
        return named and self.over <= SLACK and self.growth <= GROWTH and not self.strays


def answered(content: Content) -> Make:
    def make(server: Server) -> bytes:
        body, headers = content()
        return reply(body, **headers)

    return make


def faults() -> dict[str, tuple[Make, str]]:
    """Give by name what the server sends and what reads it: "" for this process, "feed" or "page" for a child."""
    rows = {name: (make, "") for name, make in (FAILING | READ).items()}
    feeds = REFUSED | {name: content for name, (content, _) in MENDED.items()} | HEAVY
    rows |= {name: (answered(content), "feed") for name, content in feeds.items()}
    return rows | {name: (answered(content), "page") for name, content in PAGES.items()}


def serve(make: Make, line: Connection) -> None:
    """Be the server of one fault, in a process of its own: ready once for each visit."""
    with Server() as server:
        line.send(server.port)
        while line.recv() == "visit":
            server.answers["/feed"] = make(server)
            line.send("ready")


def fetch(port: int, what: str, line: Connection, ready: Callable[[], None]) -> None:
    """Visit twice and send a Row's values."""
    strays: list[object] = []

    def audit(event: str, args: tuple[object, ...]) -> None:
        if event == "socket.connect" and args[1] != ("127.0.0.1", port):
            strays.append(args[1])

    sandbox = Sandbox(deadline=READING, most=1) if what else None
    reader: Reader = sandbox or DIRECT
    sys.addaudithook(audit)
    allowed = DEADLINE + (READING if what else 0)
    ends, over = [], -allowed
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(2):
        ready()
        if sandbox:
            sandbox.page(Page("https://blog.example/", WARM, ()))
        started = time.monotonic()
        web = Web(allow_private=frozenset({f"127.0.0.1:{port}"}), pause=0.0, deadline=DEADLINE)
        ends.append(visited(web, port, reader, what))
        over = max(over, time.monotonic() - started - allowed)
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if sandbox:
        sandbox.close()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if what else 0
    line.send((tuple(ends), over, growth, child, len(strays)))


def visited(web: Web, port: int, reader: Reader, what: str) -> str:
    """Fetch and read once; say how it ended."""
    try:
        answer = web.get(f"http://127.0.0.1:{port}/feed", robots=False)
        if isinstance(answer, NotModified):
            return "not modified"
        if what == "page":
            return f"{len(reader.page(answer).paragraphs)} paragraphs"
        return f"{len(reader.feed(answer).entries)} entries"
    except SourceError as error:
        return error.kind
    except Exception as error:  # what no run should meet is what is looked for here
        return f"! {error!r}"[:60]


def tried(name: str, make: Make, what: str) -> Row:
    here, there = FORK.Pipe()
    server = FORK.Process(target=serve, args=(make, there), daemon=True)
    server.start()
    port = here.recv()

    def ready() -> None:
        here.send("visit")
        here.recv()

    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=fetch, args=(port, what, theirs, ready))
    process.start()
    theirs.close()
    try:
        got = ours.recv() if ours.poll(60) else (("! hangs",), 60.0, 0, 0, 0)
    except EOFError:
        got = (("! died",), 0.0, 0, 0, 0)
    process.kill() if got[0][0].startswith("! hangs") else process.join()
    server.kill()
    server.join()
    return Row(name, *got)


def main(words: list[str]) -> int:
    rows = []
    print(f"{'fault':44} {'first':>16} {'second':>16} {'over s':>7} {'MiB':>6} {'child':>6} {'strays':>6}")
    for name, (make, what) in faults().items():
        if not words or any(word in name for word in words):
            row = tried(name, make, what)
            rows.append(row)
            first, second = (*row.ends, "")[:2]
            mark = " " if row.survived else "*"
            print(
                f"{mark}{name[:43]:43} {first[:16]:>16} {second[:16]:>16} {row.over:7.2f} {row.growth / 1024:6.1f}"
                f" {row.child / 1024:6.0f} {row.strays:6}", flush=True,
            )  # fmt: skip
    survived, late = sum(row.survived for row in rows), max(row.over for row in rows)
    growth, child = (max(sizes) / 1024 for sizes in zip(*((row.growth, row.child) for row in rows), strict=True))
    print(
        f"{survived} of {len(rows)} faults survived at two visits; latest end {late:+.2f} s after its deadline; "
        f"growth of the fetching process at most {growth:.0f} MiB, largest child {child:.0f} MiB; "
        f"connections to anywhere else {sum(row.strays for row in rows)}"
    )
    return int(survived < len(rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
