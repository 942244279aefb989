"""A send that is killed (SIGKILL) at a chosen moment, and what a real mail server got in the end.

The server (`MailLedger`) runs in the process of the test. `run_child` runs the sender in a process of its own, which
kills itself before or after a commit of the store, or is killed by the server at a step of the conversation, or by a
clock. The sender is the command line ("digest"), the outbox alone, or, as a control, what is naive: to send to all and
mark them done at the end.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mail_ledger import STEPS, Kill, MailLedger

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 2, 7, tzinfo=UTC)
PEOPLE = tuple(f"reader{n:02}@example.org" for n in range(1, 13))
COMMITS = 2 + 2 * len(PEOPLE)  # of the outbox: the queue, what was interrupted, and two a recipient
SETTINGS = """\
send:
  mail:
    sender: digest@digest.example
    server: {{host: 127.0.0.1, port: {port}, security: none, timeout: 60, deadline: 120}}
    recipients: [{people}]
sources: [{{name: Blog, url: "https://blog.example/feed.xml", language: en}}]
"""
SIDE_BY_SIDE = 4
PATIENCE = 60  # seconds: on a busy machine nothing may be slow enough to change how it ends
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def run_child(argv: Sequence[str], ledger: MailLedger, kill: Kill | None, log: Path) -> bool:
    """Run the sender; whether it was killed. `log` gets its standard error, after what is there already.

    It is forked off a process that has imported what it needs: the same, without a second of imports. Whether it was
    killed tells that it did not say that it ended: multiprocessing asks for the ends of all children whenever one is
    started, and of two threads that ask for the same one, one is told a code that is none.
    """
    ledger.arm(kill)
    there, here = _FORKS.Pipe()
    with there, here:
        process = _FORKS.Process(target=_in_fork, args=([str(kill or ""), *argv], log, there))
        with _CHILDREN:
            process.start()
        ledger.victim = process.pid or 0
        here.send("go")  # not before its id is known: it may be killed at any moment
        if kill and kill.kind == "time":
            process.join(kill.number / 1000)
            process.kill()
        process.join(5 * PATIENCE)
        ledger.victim = 0
        with _CHILDREN:
            assert not process.is_alive(), f"still running after {5 * PATIENCE} s: {argv}, {kill}"
            process.close()
        return not here.poll()


_CHILDREN = threading.Lock()
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["killed_sends", "digest.cli", "digest.cli.send", "digest.deliver.sending"])


# ---- in the child ---------------------------------------------------------------------------------------------------


def die_at_commit(kill: str) -> None:
    """Kill this process before or after a commit of the store; what writes outside a transaction commits itself."""
    kind, number = kill.split()
    if kind not in ("before", "after"):
        return
    from digest.store import connection

    commits = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(self: connection.Connection, sql: str, *values: Any) -> Any:
            nonlocal commits
            word = sql.split(None, 1)[0].upper()
            commits += (counted := word == "COMMIT" or (word in WRITES and not self.in_transaction))
            here = counted and commits == int(number)
            if here and kind == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(self, sql, *values)
            if here:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return wrapped

    connection.Connection.execute = dying(connection.Connection.execute)  # type: ignore[method-assign]
    connection.Connection.executemany = dying(connection.Connection.executemany)  # type: ignore[method-assign]


def outbox(state: Path, port: int, now: datetime) -> None:
    """Send by the outbox of the product; say on standard error what is not simply sent."""
    from digest.config.mail import ServerSettings
    from digest.deliver.outbox import Start, deliver
    from digest.deliver.smtp.server import MailServer
    from digest.model import MAIL, Delivery, Outcome
    from digest.store import Store

    settings = ServerSettings(host="127.0.0.1", port=port, security="none", timeout=PATIENCE, deadline=2 * PATIENCE)
    with Store(state) as store, MailServer(settings, None) as server:
        with store.transaction():
            for name in PEOPLE:
                store.queue_delivery(DAY, MAIL, "daily", name, message_id(name), now)

        def carrier(row: Delivery, start: Start) -> Outcome:
            return server.carry(message(row.recipient), start)

        report = deliver(store, {MAIL: carrier}, now)
    for line in report.lines():
        print(line, file=sys.stderr)


def unmarked(name: str) -> None:
    """What is naive keeps nothing before it hands over."""


def naive(state: Path, port: int, now: datetime) -> None:
    """The control: send to all who are not marked, and mark them at the end of the run."""
    from digest.config.mail import ServerSettings
    from digest.deliver.smtp.server import MailServer
    from digest.model import MAIL
    from digest.store import Store

    settings = ServerSettings(host="127.0.0.1", port=port, security="none", timeout=PATIENCE, deadline=2 * PATIENCE)
    with Store(state) as store, MailServer(settings, None) as server:
        done = {row.recipient for row in store.deliveries_of(DAY)}
        sent = [name for name in PEOPLE if name not in done and server.carry(message(name), unmarked).state == "sent"]
        with store.transaction():
            for name in sent:
                store.queue_delivery(DAY, MAIL, "daily", name, message_id(name), now)
                store.end_delivery(store.delivery_parts(DAY, MAIL, "daily", name)[0], "sent", now)


def message_id(name: str) -> str:
    return f"<{DAY}.{name.replace('@', '.')}@digest.example>"


def message(name: str) -> Any:
    from digest.model import Message

    data = f"Message-ID: {message_id(name)}\r\nTo: {name}\r\nSubject: a day\r\n\r\n" + "a line of the day\r\n" * 200
    return Message(message_id(name), "digest@digest.example", name, data.encode())


POLICIES: dict[str, Callable[[Path, int, datetime], None]] = {"outbox": outbox, "naive": naive}


def _in_fork(argv: Sequence[str], log: Path, pipe: Connection) -> None:
    with log.open("ab") as err:
        os.dup2(err.fileno(), 1)
        os.dup2(err.fileno(), 2)
    pipe.recv()
    try:
        _send(*argv)
    finally:
        pipe.send("ended")


def _send(kill: str, policy: str, *rest: str) -> None:
    from digest.deliver.smtp import server

    server._LEAVING = PATIENCE  # a server that is slow to kill at QUIT is waited for
    if kill:
        die_at_commit(kill)
    if policy == "digest":  # the command line itself
        from digest.cli import main

        sys.argv = ["digest", *rest]
        main()
        return
    state, port, now = rest
    POLICIES[policy](Path(state), int(port), datetime.fromisoformat(now))


# ---- what came of it ------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of sends that were killed. `told` counts the uncertain ones that a later run named.

    `waiting` counts those that are pending after the run in peace, `missing` those that are in no row.
    """

    kills: int = 0
    doubles: int = 0
    lost: int = 0
    uncertain: int = 0
    told: int = 0
    beyond: int = 0  # uncertain beyond one a kill
    arrived: int = 0  # of the uncertain
    waiting: int = 0
    missing: int = 0

    def add(self, kills: int, ledger: MailLedger, rows: dict[str, str], said: str, day: date = DAY) -> None:
        """Add one send. `rows`: recipient → state in the store when all is done; `said`: what was on standard error."""
        got = Counter[str]()
        for (_, recipient), times in ledger.stored.items():
            got[recipient] += times
        doubtful = [name for name in PEOPLE if rows.get(name) == "uncertain"]
        self.kills += kills
        self.doubles += sum(times - 1 for times in got.values())
        self.lost += sum(not got[name] and rows.get(name) not in ("uncertain", "pending") for name in PEOPLE)
        self.uncertain += len(doubtful)
        self.told += sum(f"{name}, {day}: uncertain" in said for name in doubtful)
        self.beyond += max(len(doubtful) - kills, 0)
        self.arrived += sum(bool(got[name]) for name in doubtful)
        self.waiting += sum(rows.get(name) == "pending" for name in PEOPLE)
        self.missing += sum(name not in rows for name in PEOPLE)


def right(tally: Tally) -> bool:
    """Whether nothing came twice or was lost, and each doubt is of a kill and was told, after a run in peace."""
    wrong = tally.doubles, tally.lost, tally.beyond, tally.waiting, tally.missing
    return not any(wrong) and tally.told == tally.uncertain


def states(state: Path, day: date = DAY) -> dict[str, str]:
    from digest.store import Store

    with Store(state) as store:
        return {row.recipient: row.state for row in store.deliveries_of(day)}


def campaign(policy: str, folder: Path, kills: Sequence[Kill], tally: Tally, pages: Path = Path()) -> int:
    """Send to all, killed at each of `kills` in turn, then left in peace; give how many of the kills came about.

    `policy`: one of POLICIES, or "digest" for the command line itself, which sends the newest day in `pages`.
    """
    from digest.store import Store

    state, log, day = folder / "state", folder / "log", DAY
    with Store(state):  # its tables: the commits that make them are none of the send's
        pass
    at, done = NOW, 0
    with MailLedger() as ledger:
        if policy == "digest":
            day = date.fromisoformat(max(path.stem for path in pages.glob("????-??-??.json")))
            (folder / "feeds.yaml").write_text(SETTINGS.format(port=ledger.port, people=", ".join(PEOPLE)), "utf-8")
        for kill in (*kills, None):
            if policy == "digest":
                argv = ["send", str(day), "--config", str(folder / "feeds.yaml"), "--state", str(state),
                        "--out", str(pages), "--now", at.isoformat()]  # fmt: skip
            else:
                argv = [str(state), str(ledger.port), at.isoformat()]
            done += run_child([policy, *argv], ledger, kill, log)
            at += timedelta(hours=1)
    tally.add(done, ledger, states(state, day), log.read_text("utf-8"), day)
    return done


def campaigns(policy: str, kills: Iterable[Sequence[Kill]], pages: Path = Path()) -> tuple[Tally, list[int]]:
    """Run campaigns side by side, as they mostly wait; give what came of all, and how many kills came about in each."""

    def one(these: Sequence[Kill]) -> tuple[Tally, int]:
        tally = Tally()  # one of its own: += of threads side by side loses counts
        with TemporaryDirectory() as folder:
            return tally, campaign(policy, Path(folder), these, tally, pages)

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = list(pool.map(one, kills))
    counts = zip(*(astuple(tally) for tally, _ in found), strict=True)
    return Tally(*map(sum, counts)), [done for _, done in found]


def each_commit(commits: int = COMMITS) -> list[list[Kill]]:
    """Give a kill before and one after each commit of a send."""
    return [[Kill(kind, number)] for number in range(1, commits + 1) for kind in ("before", "after")]


def each_step() -> list[list[Kill]]:
    """Give a kill at each step of the conversation with three of the recipients, and one at its end."""
    return [[Kill(step, number)] for step in STEPS if step != "QUIT" for number in (1, 7, 12)] + [[Kill("QUIT", 1)]]
