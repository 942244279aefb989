"""Whose turn it is at each host: one request at a time, a pause after each, less patience with hosts that were late."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from digest.errors import SourceError
from digest.fetch.web.answer import Answer, retry_after
from digest.fetch.web.deadline import Deadline

SHORT_WAIT = 5.0  # seconds of Retry-After that are waited within a run
# What a host may cost a run by being late, in deadlines: the first late fetch takes one, each further one half of what
# is left of this. So twenty feeds of one dripping host take less than two deadlines together, and a good feed beside
# a dripping one is still read.
LATE_BUDGET = 1.6
LEAST_PATIENCE = 1 / 64  # of a deadline: enough for what answers at once
MOST_SILENT = 8  # requests in a row without an answer; then the host is not asked again in this run
SILENCE = frozenset({"timeout", "refused", "dns"})  # kinds of faults: nobody answered
MOST_REFUSALS = 2  # answers that ask for a longer wait; then the other pages of the host are left alone, too


@dataclass(slots=True)
class Host:
    """What is known of one host in this run. Times are in seconds, of the monotonic clock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_since: float | None = None
    not_before: float = 0.0  # it asked for a short wait,
    busy: int = 0  # by this status
    late: float = 0.0  # seconds that fetches spent on it in vain
    silent: int = 0  # requests in a row that it did not answer
    refusals: int = 0
    refused: Answer | None = None  # what it said when it sent us away

    def patience(self, seconds: float) -> float:
        """Give the seconds that a fetch of this host may take, out of `seconds`; 0 where it is not to be asked.

        >>> [Host(late=late).patience(20) for late in (0, 20, 26, 32)]
        [20, 6.0, 3.0, 0.3125]
        """
        if self.silent >= MOST_SILENT:
            return 0.0
        if not self.late:
            return seconds
        return min(seconds, max((LATE_BUDGET * seconds - self.late) / 2, LEAST_PATIENCE * seconds))


class Turns:
    """The hosts of one client, or of those that share them.

    `deadline` is in seconds; `clock` (monotonic) and `sleep` are in seconds, too.
    """

    def __init__(
        self, deadline: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._seconds = deadline
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    def clear(self) -> None:
        with self._lock:
            self._hosts.clear()

    @contextlib.contextmanager
    def turn(self, name: str, url: str, pause: float, deadline: Deadline, *, named: bool) -> Iterator[Host]:
        """Hold a host alone, once its pause is over. Waiting for the turn is not the fetch's time; Retry-After is.

        `named`: a person named this address, so it is asked though other pages of the host were refused. Raises
        SourceError where the host is not to be asked. What comes too late is charged to the host.
        """
        with self._lock:
            host = self._hosts.setdefault(name, Host())
        started = self._clock()
        with host.lock:
            if host.free_since is not None and (wait := host.free_since + pause - self._clock()) > 0:
                self._sleep(wait)
            deadline.extend(self._clock() - started)
            self._must_be_asked(host, url, named=named)
            self._wait_as_asked(host, url, deadline)
            begun = self._clock()
            fault = ""
            left = host.patience(self._seconds) - deadline.used.get(name, 0.0)
            full = deadline.narrow(left) if host.late else None
            try:
                yield host
            except SourceError as error:
                fault = error.kind
                if fault == "timeout" and full is not None:
                    reason = f"no whole answer in time, which was short: this host was late {host.late:.0f} s already"
                    raise SourceError(error.url, error.stage, reason, kind=error.kind) from error
                raise
            finally:
                host.free_since = self._clock()
                if full is not None:
                    deadline.widen(full)
                deadline.used[name] = deadline.used.get(name, 0.0) + host.free_since - begun
                if fault == "timeout":
                    host.late += deadline.used[name]
                host.silent = host.silent + 1 if fault in SILENCE else 0

    def _must_be_asked(self, host: Host, url: str, *, named: bool) -> None:
        if not host.patience(self._seconds):
            reason = f"the host did not answer {MOST_SILENT} times in a row; not asked again in this run"
            raise SourceError(url, "fetch", reason, kind="timeout")
        if host.refused is not None and host.refusals >= MOST_REFUSALS and not named:
            reason = f"the server answered {host.refused.status} to other pages; not asked again in this run"
            wait = retry_after(host.refused)
            raise SourceError(url, "fetch", reason, kind="status", status=host.refused.status, retry_after=wait)

    def _wait_as_asked(self, host: Host, url: str, deadline: Deadline) -> None:
        wait = math.ceil((host.not_before - self._clock()) * 1000) / 1000  # never a moment too early
        if wait <= 0:
            return
        if wait >= deadline.left():
            raise SourceError(
                url, "fetch", "the server asks to wait for longer than is left", kind="status", status=host.busy,
                retry_after=wait,
            )  # fmt: skip
        self._sleep(wait)

    def heard(self, host: Host, answer: Answer) -> None:
        """Take note of a 429, or of a 503 that says how long to wait."""
        wait = retry_after(answer)
        if 0 < wait <= SHORT_WAIT:
            host.not_before, host.busy = self._clock() + wait, answer.status
        elif wait or answer.status == 429:
            host.refusals += 1
            host.refused = answer
