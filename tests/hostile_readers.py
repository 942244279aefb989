"""Readers that do, in a child of the sandbox, what a text that takes over its parser would: named on its first line."""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from digest.errors import SourceError
from digest.model import Document, Feed, Page, Post
from digest.sandbox.readers import Direct


class Hostile(Direct):
    """Does what a page's text names; any other is read as it should be."""

    def __init__(self) -> None:
        self._hoard: list[bytes] = []

    def feed(self, page: Page, *, timezone: str = "UTC") -> Feed:
        deed = getattr(self, "_" + page.body.decode("utf-8", "replace"), None)
        return deed() if deed else super().feed(page, timezone=timezone)

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        if post.title == "hang" or (page and page.body == b"hang"):
            self._hang()
        return super().post(post, page, lang=lang, selector=selector)

    def twin_rule(self, urls: Sequence[str], page: Page) -> dict[str, str]:
        """Tell of the process: its id, its environment, or what it may do with a file and a port."""
        if page.body == b"pid":
            return {"pid": str(os.getpid()), "group": str(os.getpgid(0))}
        if page.body == b"environment":
            return dict(os.environ)
        return tried(Path(urls[0]), int(urls[1]))

    def _hang(self) -> NoReturn:
        while True:
            pass

    def _hang_in_c(self) -> None:
        """Keep the interpreter's lock all the while."""
        re.match(r"(a+)+$", "a" * 60 + "b")

    def _hang_deaf(self) -> NoReturn:
        for each in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        while True:
            time.sleep(1)

    def _eat(self) -> NoReturn:
        while True:
            self._hoard.append(bytes(2**24))

    def _eat_quietly(self) -> Feed:
        """Catch what says that there is no more, as many a library does."""
        try:
            self._eat()
        except MemoryError:
            return Feed("https://a.example/", "", "", "", ())

    def _keep(self) -> Feed:
        self._hoard.append(b"x" * 300 * 2**20)
        return Feed("https://a.example/", "", "", "", ())

    def _swell(self) -> Feed:
        return Feed("https://a.example/", "x" * 40 * 2**20, "", "", ())

    def _abort(self) -> None:
        os.abort()

    def _leave(self) -> None:
        os._exit(0)

    def _exit(self) -> NoReturn:
        raise SystemExit(3)

    def _shout(self) -> Feed:
        print("A" * 2**17, flush=True)
        sys.stdout.write("R\0\0\0\0\0")
        os.write(1, b"A\0\0\0\0\2{}")
        os.write(2, b"A\0\0\0\0\2{}")
        return Feed("https://a.example/", sys.stdin.read(), "", "", ())

    def _recurse(self) -> Feed:
        return self._recurse()

    def _stumble(self) -> None:
        raise ZeroDivisionError("two\nlines " + "and many words " * 1000 + "\ud800")

    def _halve(self) -> Feed:
        return Feed("https://a.example/", "\ud800", "", "", ())

    def _mistake(self) -> Any:
        return {"url": 1}

    def _refuse(self) -> NoReturn:
        raise SourceError("https://a.example/x", "decode", "says no", kind="status", status=503, retry_after=2.5)

    def _babble(self) -> None:
        on_the_line(b"what is this?" * 99)

    def _lie(self) -> None:
        on_the_line(struct.pack(">c?I", b"A", False, 2**32 - 1))

    def _forge(self) -> None:
        on_the_line(struct.pack(">c?I", b"A", False, 2) + b"{}")

    def _greet(self) -> None:
        on_the_line(struct.pack(">c?I", b"R", False, 0))

    def _break_off(self) -> None:
        on_the_line(struct.pack(">c?I", b"A", False, 100) + b"{")
        os._exit(0)


class Absent:
    """Does not start."""

    def __init__(self) -> None:
        os._exit(7)


def on_the_line(message: bytes) -> None:
    """Write past the program, to every file that is open, as code that has taken over could."""
    for number in range(3, 16):
        try:
            os.write(number, message)
        except OSError:
            continue


def tried(path: Path, port: int) -> dict[str, str]:
    """Try what nobody may who reads strangers' texts; give what each try raised, "" for nothing."""
    deeds: dict[str, Callable[[], object]] = {
        "connect": lambda: socket.create_connection(("127.0.0.1", port), 1),
        "resolve": lambda: socket.getaddrinfo("localhost", port),
        "write": lambda: path.write_text("x"),
        "append": lambda: path.with_name("kept").open("a"),
        "create": lambda: os.open(path, os.O_CREAT | os.O_WRONLY),
        "delete": lambda: path.with_name("kept").unlink(),
        "rename": lambda: path.with_name("kept").rename(path),
        "folder": lambda: path.mkdir(),
        "start": lambda: subprocess.run([sys.executable, "-c", ""], check=False),
        "system": lambda: os.system("true"),
        "fork": os.fork,
        "exec": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
        "kill": lambda: os.kill(os.getppid(), signal.SIGCONT),
        "native": lambda: ctypes.CDLL(None),
        "read": lambda: path.with_name("kept").read_text(),
        "read a link": lambda: path.with_name("link").read_text(),
        "read by bytes": lambda: os.open(os.fsencode(path.with_name("kept")), os.O_RDONLY),
        "list": lambda: os.open(path.parent, os.O_RDONLY),
        "go": lambda: os.chdir("/"),
        "relative": lambda: os.open(os.path.relpath(json.__file__), os.O_RDONLY),
        "environment": lambda: os.open(f"/proc/{os.getppid()}/environ", os.O_RDONLY),
        "memory": lambda: os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY),
        "up": lambda: os.open(f"/proc/self/../{os.getppid()}/environ", os.O_RDONLY),
        "thread": lambda: os.open(f"/proc/thread-self/../../../{os.getppid()}/environ", os.O_RDONLY),
        "root": lambda: os.open(os.path.join("/proc/self", "root", f"proc/{os.getppid()}/environ"), os.O_RDONLY),
        "through what is granted": lambda: os.open(
            f"{sys.prefix}/{'../' * 30}proc/{os.getppid()}/environ", os.O_RDONLY
        ),
        "beside a package": lambda: os.open(os.path.abspath("pyproject.toml"), os.O_RDONLY),
    }
    found = {}
    for name, deed in deeds.items():
        try:
            deed()
            found[name] = ""
        except Exception as error:
            found[name] = type(error).__name__
    return found
