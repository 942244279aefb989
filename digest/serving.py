"""A preview of the output folder on this machine: files over HTTP, made anew on changes (edge).

For a look before the folder is put on a server, and no server for the public: one is better at it.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from digest.errors import ConfigError, DigestError, LockHeldError
from digest.printable import printable

POLL = 0.5  # seconds between two looks at what is watched
LONGEST_PATH = 1000  # characters
# What a file is, by the end of its name; all else is bytes.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".xml": "application/atom+xml; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".wasm": "application/wasm",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")


def content_type(path: str) -> str:
    """Give the type of a file of the output by its address: feeds are feeds, a day's JSON is plain JSON.

    >>> content_type("feed.xml"), content_type("sitemap.xml"), content_type("pagefind/wasm.en.pagefind")
    ('application/atom+xml; charset=utf-8', 'application/xml; charset=utf-8', 'application/octet-stream')
    >>> content_type("2025-04-16.json"), content_type("feed.json")
    ('application/json; charset=utf-8', 'application/feed+json; charset=utf-8')
    """
    if path == "sitemap.xml":
        return "application/xml; charset=utf-8"
    if path.endswith(".json") and "/" not in path and not _DAY.fullmatch(path):
        return "application/feed+json; charset=utf-8"  # JSON Feed 1.1
    return TYPES.get(Path(path).suffix, "application/octet-stream")


def file_of(out: Path, target: str) -> Path | None:
    """Give the file that a request's target names, None for none: whole files within the folder, and no hidden ones.

    A folder is its index.html. `target` is as in the request line (RFC 9112, section 3.2).
    """
    path = unquote(urlsplit(target).path, errors="strict") if len(target) <= LONGEST_PATH else "too long"
    parts = path.split("/")
    if parts[0] or "\0" in path or "\\" in path or any(part.startswith(".") for part in parts):
        return None
    found = out.joinpath(*parts[1:-1], parts[-1] or "index.html")
    if not found.resolve().is_relative_to(out.resolve()):  # a link that leads out of the folder
        return None
    return found if found.is_file() else None


def marks(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Give when each file was last changed (ns) and its size (bytes); what is not there has none."""
    found = {}
    for path in paths:
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_mtime_ns, state.st_size)
    return found


class Preview:
    """The folder `out`, served. `update` makes it anew and says in lines what it did; `watched` are the files that it
    is made from; `say` writes a line for the person at the terminal.

    An error of ours in `update` is said, and shown in place of every page until it is mended. While another run holds
    the lock, the pages stay as they are: that is said once, and the look is made up for.
    """

    def __init__(
        self, out: Path, update: Callable[[], Sequence[str]], watched: Callable[[], Iterable[Path]],
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.out = out
        self.fault = ""
        self._update = update
        self._watched = watched
        self._say = say
        self._seen: dict[Path, tuple[int, int]] | None = None
        self._waits = False

    def refresh(self) -> bool:
        """Make anew what changed since the last look; tell whether anything had."""
        now = marks(self._watched())
        if now == self._seen:
            return False
        before = self.fault
        try:
            lines = self._update()
            self.fault, self._waits = "", False
        except LockHeldError as error:
            if not self._waits:
                self._say(f"{error}; until then the pages stay as they are")
            self._waits = True
            return False
        except (DigestError, OSError) as error:
            self.fault = str(error)
            lines = [f"{error}; waiting for it to be mended"]
        self._seen = now
        if before and not self.fault:
            lines = ["mended", *lines]
        for line in lines:
            self._say(line)
        return True

    def server(self, host: str, port: int) -> ThreadingHTTPServer:
        """Give a server bound to the address. Raises ConfigError where it cannot be had."""
        preview = self

        class Handler(_Handler):
            def answer(self) -> tuple[HTTPStatus, str, Path | str]:
                return preview.answer(self.path, self.headers.get("Host", ""), local=_loopback(host))

        try:
            families = {found[0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except (OSError, OverflowError, UnicodeError):
            raise ConfigError("--host", f"{host} is no address; name one of this machine, such as 127.0.0.1") from None

        class Server(_Server):
            address_family = min(families)  # a name with both: IPv4

        try:
            return Server((host, port), Handler)
        except (OSError, OverflowError) as error:
            told = getattr(error, "strerror", None) or error
            raise ConfigError("--port", f"{host}:{port} cannot be had: {told}; name another port, 0 for any") from None

    def answer(self, target: str, host: str, *, local: bool) -> tuple[HTTPStatus, str, Path | str]:
        """Give status, content type and what is sent: a file, or the text of a page of our own.

        `local`: only requests to a name of this machine are answered, so that no page of the web reads the preview by
        giving its own name this address (DNS rebinding).
        """
        if local and not _loopback(_name(host)):
            return HTTPStatus.MISDIRECTED_REQUEST, TYPES[".html"], _page("421", "this preview is for this machine only")
        try:
            path = urlsplit(target).path[:LONGEST_PATH]
        except ValueError:  # no address at all
            return HTTPStatus.BAD_REQUEST, TYPES[".html"], _page("400", "that is no address")
        try:
            file = file_of(self.out, target)
        except (ValueError, OSError):  # no UTF-8, or no name that the system takes
            file = None
        if self.fault and (file is None or file.suffix == ".html"):
            told = self.fault if local else "the terminal that serves this says why"  # with paths of this machine
            return HTTPStatus.INTERNAL_SERVER_ERROR, TYPES[".html"], _page("The pages cannot be made", told)
        if file is None:
            return HTTPStatus.NOT_FOUND, TYPES[".html"], _page("404", f"{path} is not here")
        return HTTPStatus.OK, content_type(file.relative_to(self.out).as_posix()), file


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD; every answer is fresh, and takes its type as we say it."""

    server_version = "digest"
    sys_version = ""
    timeout = 30.0

    def answer(self) -> tuple[HTTPStatus, str, Path | str]:
        raise NotImplementedError

    def do_GET(self) -> None:
        status, kind, content = self.answer()
        with content.open("rb") if isinstance(content, Path) else BytesIO(content.encode()) as file:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(file.seek(0, os.SEEK_END)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                self.send_header("Refresh", "2")  # until it is mended
            self.end_headers()
            file.seek(0)
            if self.command == "GET":
                shutil.copyfileobj(file, self.wfile)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal for what is made anew."""


def serve(preview: Preview, server: ThreadingHTTPServer, pause: float = POLL) -> None:
    """Serve, and look every `pause` seconds for what changed, until the terminal's Ctrl-C."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        while True:
            time.sleep(pause)
            preview.refresh()
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()


# ---- small things ---------------------------------------------------------------------------------------------------


def _loopback(host: str) -> bool:
    """Tell whether a name is one of this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """Give the name of a Host header, without port and brackets (RFC 9110, section 7.2).

    >>> _name("127.0.0.1:8000"), _name("[::1]:8000"), _name("localhost")
    ('127.0.0.1', '::1', 'localhost')
    """
    return re.sub(r":\d*$", "", host).strip("[]").lower()


def _page(title: str, text: str) -> str:
    """Write a page of the preview's own, which loads nothing."""
    policy = "default-src 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f'<p>{escape(printable(text))}</p>\n<p><a href="/">index.html</a></p>\n</body>\n</html>\n'
    )
