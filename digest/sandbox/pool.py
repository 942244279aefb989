"""A few children that read, shared by threads (edge)."""

from __future__ import annotations

from queue import LifoQueue
from signal import SIGALRM
from threading import Lock
from typing import Any

from digest.errors import SourceError
from digest.model import Page
from digest.sandbox.answers import read_answer
from digest.sandbox.child import NO_MEMORY
from digest.sandbox.messages import Fault, MessageError, Request
from digest.sandbox.process import BrokenError, Process

TRIES = 2  # children that may end before they begin to read, until it is said that none can be had


class Pool:
    """At most `most` children, each made at the first need of it.

    `reader` names what reads in them, as ``module:name``. A reading that takes longer than `deadline` seconds, or more
    than `memory` bytes of data, is ended with its child.
    """

    def __init__(self, reader: str, *, deadline: float, memory: int, most: int) -> None:
        self._reader = reader
        self._deadline = deadline
        self._memory = memory
        self._free: LifoQueue[Process | None] = LifoQueue()  # the last used first: it is warm; None: to be made
        for _ in range(most):
            self._free.put(None)
        self._alive: set[Process] = set()
        self._lock = Lock()
        self._closed = False

    def ask(self, request: Request, page: Page | None) -> Any:
        """Give what was read.

        Raises the SourceError of the reading; one of kind "limits" where there is no answer; ChildProcessError where no
        child can be had; and ValueError where the pool is closed, be it meanwhile.
        """
        child, tries = self._free.get(), 0
        try:
            while True:
                try:
                    child = child or self._started()
                    kind, answer, last = child.ask(request, page.body if page else b"")
                    found = read_answer(request.task, kind, answer)
                    child = self._kept(child, last)
                    break
                except MessageError as error:
                    raise _failed(request, f"its reader gave no answer: {error}") from None
                except BrokenError as broken:
                    self._check_open()  # it was ended by `close`, for nothing that the text did
                    child, tries = self._kept(child, True), tries + 1
                    if broken.begun:
                        raise _failed(request, self._why(broken)) from None
                    # it ended while it was idle, or before it could do anything: that is no fault of this text
                    if tries == TRIES:
                        raise ChildProcessError(f"what reads texts does not start: {broken}") from None
        except BaseException:  # one that was interrupted would give the next who asks the wrong answer
            child = self._kept(child, True)
            raise
        finally:
            self._free.put(child)
        if isinstance(found, Fault):
            raise found.error()
        return found

    def close(self) -> None:
        """End every child. What is asked afterwards raises ValueError."""
        with self._lock:
            self._closed = True
            alive, self._alive = self._alive, set()
        for child in alive:
            child.close()

    def _started(self) -> Process:
        with self._lock:
            self._check_open()
            child = Process(self._reader, self._deadline, self._memory)
            self._alive.add(child)
        try:
            child.ready()
        except BaseException:
            self._kept(child, True)
            raise
        return child

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("the pool is closed")

    def _kept(self, child: Process | None, ends: bool) -> Process | None:
        """Give back a child that stays; end one that does not."""
        if not ends or child is None:
            return child
        child.close()
        with self._lock:
            self._alive.discard(child)
        return None

    def _why(self, broken: BrokenError) -> str:
        if broken.late or broken.code == -SIGALRM:
            return f"reading it took longer than {self._deadline:g} s and was stopped"
        if broken.code == NO_MEMORY:
            return f"reading it needs more than the {self._memory // 2**20} MiB of memory that are granted"
        return f"its reader ended unexpectedly ({broken})"


def _failed(request: Request, reason: str) -> SourceError:
    return SourceError(request.url, request.stage, reason, kind="limits")
