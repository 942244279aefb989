"""A web hook on 127.0.0.1 that answers as it is told: a whole answer, a wait, a cut, or nothing at all."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from typing import Any, Self

Answer = bytes | Callable[[socket.socket], None]


def said(body: object, status: str = "200 OK", **headers: str) -> bytes:
    """Write an answer; what is no text is written as JSON."""
    return reply((body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode(), status, **headers)


def reply(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Write an answer whose body is as given."""
    named = {"content-length": str(len(body)), "connection": "close"} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def cut(connection: socket.socket) -> None:
    """Take the request, and hang up without a word."""


def torn(connection: socket.socket) -> None:
    """Say half of an answer."""
    connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"errcode": 0')


class FakeHook:
    """`asked` are the requests as they came; `answers` are given one after the other, the last one for ever.

    `most_busy`: how many requests were answered at one time.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = [*answers]
        self.asked: list[bytes] = []
        self.busy = self.most_busy = 0
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._listener.close()

    def hang(self, connection: socket.socket) -> None:
        """Take the request and say nothing until the test is over."""
        self.closing.wait(30)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in self.asked]

    @property
    def targets(self) -> list[str]:
        return [request.split(b" ", 2)[1].decode() for request in self.asked]

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            request = b""
            while not _whole(request):
                piece = connection.recv(65536)
                if not piece:
                    return
                request += piece
            with self._lock:
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
                self.asked.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                answer(connection) if callable(answer) else connection.sendall(answer)
            finally:
                with self._lock:
                    self.busy -= 1


def _whole(request: bytes) -> bool:
    head, parted, body = request.partition(b"\r\n\r\n")
    length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(parted) and len(body) >= (int(length[0].split(b":")[1]) if length else 0)
