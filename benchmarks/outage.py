"""Stop a blog's server half way through `digest run`: `python benchmarks/outage.py ../shared/site [--keep DIR]`.

Serves SITE by its own serve.py and counts the requests of an unbroken run. Then, for each of several shares of them,
in a fresh state: `digest run` with a server that is gone after so many (its port refuses, what is under way is cut),
the server back, and the next run, ten minutes later. Says what holds: code 1 where a source or a page failed and not a
traceback, the page is there, failures are named on the page and on standard error; after the next run, code 0, no
failure, and the posts of the unbroken run with the same titles in both languages. (Not the same bytes: a day stays with
the words and terms that were known when it was built first, and a day with half of its posts knew fewer.) Exits 1 if
something does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from claims import Claims
from serving import feeds_yaml

SHARES = (0.1, 0.3, 0.5, 0.7)
DAY = "2025-04-16"
NOW, LATER = "2025-04-17T08:00:00+08:00", "2025-04-17T08:10:00+08:00"
DEADLINE = 5  # seconds a fetch may take: what the server leaves hanging should not make this a long wait


class Mortal(ThreadingHTTPServer):
    """The site's server, which closes for good after so many requests."""

    left: int
    asked: int
    base: str
    answer: Any
    daemon_threads = True

    def spend(self) -> bool:
        """Count a request; tell whether the server is still there to answer it."""
        self.asked += 1
        self.left -= 1
        if self.left == -1:
            threading.Thread(target=self.end).start()
        return self.left >= 0

    def end(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hung up."""


@contextlib.contextmanager
def serving(site: Path, port: int = 0, requests: int = 10**9) -> Iterator[Mortal]:
    spec = importlib.util.spec_from_file_location("site_server", site / "serve.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Handler(module.Blog):  # type: ignore[misc,name-defined]
        def do_GET(self) -> None:  # noqa: N802
            assert isinstance(self.server, Mortal)
            if self.server.spend():
                super().do_GET()
            else:
                self.close_connection = True

    assert issubclass(Handler, BaseHTTPRequestHandler)
    server = Mortal(("127.0.0.1", port), Handler)
    server.base, server.answer = f"http://127.0.0.1:{server.server_port}", module.make_answer(site)
    server.left, server.asked = requests, 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.end()
        thread.join()


@dataclass(frozen=True)
class Ran:
    """How a run ended, and what it left."""

    code: int
    said: str
    page: dict[str, Any]
    files: dict[str, bytes]


def ran(folder: Path, now: str) -> Ran:
    words = ["run", "--config", str(folder / "feeds.yaml"), "--state", str(folder / "state"), "--out",
             str(folder / "out"), "--now", now]  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "digest", *words], check=False, capture_output=True, text=True)
    out = folder / "out"
    page = out / f"{DAY}.json"
    files = {path.name: path.read_bytes() for path in sorted(out.glob("*.*"))} if out.exists() else {}
    return Ran(done.returncode, done.stderr, json.loads(page.read_text("utf-8")) if page.exists() else {}, files)


def prepared(folder: Path, base: str) -> Path:
    folder.mkdir(parents=True)
    text = feeds_yaml(base, twin=True, zone="Asia/Shanghai")
    (folder / "feeds.yaml").write_text(text + f"network: {{deadline: {DEADLINE}}}\n", "utf-8")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--keep", type=Path, help="keep configurations, stores and pages here")
    arguments = parser.parse_args()
    claim = Claims()
    with contextlib.ExitStack() as stack:
        root = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with serving(arguments.site) as server:
            port = server.server_port
            whole = ran(prepared(root / "unbroken", server.base), NOW)
            requests = server.asked
            again = ran(root / "unbroken", LATER)
        claim(f"an unbroken run ends with 0 after {requests} requests", whole.code == 0, whole.said)
        claim("… and another one changes no page", again.files == whole.files, differing(again, whole))
        for share in SHARES:
            folder = root / f"{share:.0%}"
            most = round(share * requests)
            with serving(arguments.site, port, most) as server:
                broken = ran(prepared(folder, server.base), NOW)
            print(f"\nthe server is gone after {most} of {requests} requests")
            named = [row["reason"] for row in broken.page.get("failures", ())]
            lost = bool(named)
            claim(f"the run ends with {int(lost)}", broken.code == lost, f"{broken.code}: {broken.said[-800:]}")
            claim("… its page is there", bool(broken.page))
            claim("… failures are named on it and on standard error, and there is no traceback",
                  all(reason in broken.said for reason in named) and "Traceback" not in broken.said,
                  (named, broken.said))  # fmt: skip
            print(f"        {len(broken.page.get('posts', ()))} posts, {len(named)} failures")
            with serving(arguments.site, port) as server:
                mended = ran(folder, LATER)
            claim("the next run, ten minutes later, ends with 0", mended.code == 0, f"{mended.code}: {mended.said}")
            claim(
                "… with no failure and the posts of the unbroken run",
                not mended.page.get("failures") and posts_of(mended) == posts_of(whole),
                differing(mended, whole),
            )
    print(f"\n{claim.failed} claims fail")
    return 1 if claim.failed else 0


def posts_of(one: Ran) -> list[str]:
    """Write the posts of the day's page: addresses and titles in both languages, and whether there are pairs."""
    return sorted(f"{post['url']} {post['title']} {bool(post['pairs'])}" for post in one.page.get("posts", ()))


def differing(one: Ran, two: Ran) -> str:
    unlike = sorted({*posts_of(one)} ^ {*posts_of(two)})
    return f"posts {unlike}; failures {one.page.get('failures')}"


if __name__ == "__main__":
    sys.exit(main())
