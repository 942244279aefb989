"""A server on 127.0.0.1 that behaves as badly as real ones do: it sends what it is told to, byte for byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from typing import Self

Answer = bytes | Callable[[socket.socket], None]
Answers = Answer | list[Answer]


class Server:
    """Answers each request by its path, or by "*"; an answer is the raw bytes, or a function that has the socket.

    A list of answers is used up one by one, its last one for ever: a second visit may find something else. `asked` are
    the requests seen, as text. With `tls` it speaks TLS; `connected` counts connections, those too that ask nothing.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answers] = {"/robots.txt": reply(b"", "404 Not Found")}
        self.asked: list[str] = []
        self.busy = self.most_busy = self.connected = 0
        self._tls = tls
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.closing = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://{self.place}{path}"

    def paths(self) -> list[str]:
        return [each.split()[1] for each in self.asked]

    def headers(self, number: int = -1) -> dict[str, str]:
        lines = [line.partition(":") for line in self.asked[number].split("\r\n")[1:] if line]
        return {name.lower(): value.strip() for name, _, value in lines}

    def close(self) -> None:
        self.closing.set()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, IndexError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            self.connected += 1
            if self._tls:
                connection = stack.enter_context(self._tls.wrap_socket(connection, server_side=True))
            request = b""
            while b"\r\n\r\n" not in request:
                piece = connection.recv(65536)
                if not piece or piece.startswith(b"\x16\x03"):  # the other side speaks TLS
                    return
                request += piece
            with self._lock:
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
                self.asked.append(request.decode("latin-1"))
                answer = self._next(request.split()[1].decode())
            try:
                if callable(answer):
                    answer(connection)
            finally:
                with self._lock:
                    self.busy -= 1
            if isinstance(answer, bytes):  # who has read it may ask again at once, and is not a second one
                connection.sendall(answer)

    def _next(self, path: str) -> Answer:
        answer = self.answers.get(path) or self.answers["*"]
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer


def reply(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    lines = {"content-length": str(len(body)), "connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def redirect(to: str, status: str = "302 Found") -> bytes:
    return reply(b"", status, location=to)


def chunked(body: bytes, size: int = 1000, **headers: str) -> bytes:
    """Send a body in chunks, with its end (RFC 9112, 7.1)."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    told = {name.replace("_", "-"): value for name, value in headers.items()} | {"transfer-encoding": "chunked"}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode("latin-1") + chunks + b"0\r\n\r\n"


def drip(head: bytes, piece: bytes, closing: threading.Event, pause: float = 0.05) -> Answer:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while not closing.wait(pause):
            connection.sendall(piece)

    return send


def stalled(head: bytes, closing: threading.Event) -> Answer:
    """Send the beginning of an answer and then nothing, the connection left open."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        closing.wait(30)

    return send


def slowly(pieces: Iterable[bytes], pause: float) -> Answer:
    """Send each piece after a pause, in seconds."""

    def send(connection: socket.socket) -> None:
        for piece in pieces:
            time.sleep(pause)
            connection.sendall(piece)

    return send


def reset(head: bytes = b"") -> Answer:
    """Send the beginning of an answer and break the connection with RST (SO_LINGER with no time, socket(7))."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        if head:
            time.sleep(0.05)  # a reset overtakes what was not read yet
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return send
