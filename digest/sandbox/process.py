"""One child that reads, as its parent sees it: started, asked, and killed where it takes too long (edge)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

from digest import footprint
from digest.sandbox import messages
from digest.sandbox.messages import MessageError, Request

START = 60.0  # seconds a child may take to start and to import what it needs, on a machine that is busy
LARGE = 2**18  # bytes; what is smaller is copied, to be sent at once
# What Python needs of the environment; keys and passwords stay out.
_KEPT = {
    "PATH", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "PYTHONHOME",
    "PYTHONTZPATH", "PYTHONHASHSEED", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
}  # fmt: skip


class BrokenError(Exception):
    """A child gave no answer, and is gone.

    `begun`: it had begun to read. `late`: it was killed for taking too long. `code`: its exit code, a signal's number
    negative; None where it was killed here.
    """

    def __init__(self, *, begun: bool, code: int | None, late: bool = False) -> None:
        super().__init__("no answer in time" if late else f"exit code {code}")
        self.begun = begun
        self.code = code
        self.late = late


class Process:
    """A child that reads for one thread at a time. Its own session keeps the terminal's Ctrl-C from it."""

    def __init__(self, reader: str, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._begun: set[messages.Stage] = set()
        self._received = bytearray()
        self._line, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "digest.sandbox.child", reader, str(seconds), str(memory)]
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603  (our own program)
                    command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    env=environment(os.environ), start_new_session=True,
                )  # fmt: skip
            except BaseException:
                self._line.close()
                raise

    def ready(self) -> None:
        """Wait until the child can be asked. Raises BrokenError."""
        self._expect(messages.READY, time.monotonic() + START, begun=False)

    def ask(self, request: Request, page: bytes) -> tuple[bytes, bytes, bool]:
        """Give the kind and the body of the answer, and whether the child ends with it.

        The deadline runs from when the child has what it needs to read. Raises BrokenError, and the child is gone;
        MessageError where it says what is no message.
        """
        until = time.monotonic() + START
        try:
            self._send(messages.written(request), page, until)
        except OSError as error:
            raise self._broken(begun=False, late=isinstance(error, TimeoutError)) from None
        if request.stage not in self._begun:
            self._expect(messages.BEGUN, until, begun=False)
            self._begun.add(request.stage)
        got = self._expect(messages.ANSWER + messages.FAULT, time.monotonic() + self._seconds, begun=True)
        if self._received:
            raise MessageError("more than one answer")
        return got

    def close(self) -> None:
        """End the child at once, with all that it may have started, and leave no zombie."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for one that just ended
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._line.close()

    def _send(self, request: bytes, page: bytes, until: float) -> None:
        parts = [messages.head(messages.REQUEST, len(request)), request, messages.head(messages.PAGE, len(page)), page]
        if len(page) < LARGE:
            parts = [b"".join(parts)]
        for part in parts:
            self._line.settimeout(_left(until))
            self._line.sendall(part)

    def _expect(self, kinds: bytes, until: float, *, begun: bool) -> tuple[bytes, bytes, bool]:
        try:
            kind, last, length = messages.head_of(self._receive(messages.HEAD.size, until))
            body = self._receive(length, until)
        except OSError as error:
            raise self._broken(begun=begun, late=isinstance(error, TimeoutError)) from None
        if kind not in kinds:
            raise MessageError(f"kind {kind!r} where {kinds!r} was due")
        return kind, body, last

    def _receive(self, length: int, until: float) -> bytes:
        while len(self._received) < length:
            self._line.settimeout(_left(until))
            part = self._line.recv(LARGE)
            if not part:
                raise ConnectionError("the child has ended")
            self._received += part
        got = bytes(self._received[:length])
        del self._received[:length]
        return got

    def _broken(self, *, begun: bool, late: bool) -> BrokenError:
        code: int | None = None
        if not late:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(1)  # the line closes a moment before the process ends
        self.close()
        return BrokenError(begun=begun, code=code, late=late)


def environment(around: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a child: no secrets, the modules of this process, one thread for each library."""
    kept = {name: value for name, value in around.items() if name in _KEPT or name.startswith("LC_")}
    path = os.pathsep.join(each for each in sys.path if each)
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **threads, **footprint.environment(), "PYTHONPATH": path}


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
