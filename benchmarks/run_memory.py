"""What memory a run takes, of each of its processes: `python benchmarks/run_memory.py ../shared/site`.

Runs `digest run` as cron does and watches it and its children, by Linux's VmHWM, the most that a process ever held:

- a normal day: SITE's five feeds and their pages; and the same beside a year's archive (benchmarks/archive.py), all of
  whose pages and index are made anew;
- the nastiest day that the limits let through: a feed of 10 MiB in 500 entries, one of 10 MiB in one entry, pages of
  10 MiB of short paragraphs, of one line, of links, of deep nesting, and of lost bytes;
- twenty days of three posts, built one after the other by one process: what it holds after each day tells a leak.

Exits 1 where a process takes more than the goal, or where the process of the twenty days grows from the fifth to the
last by more than a tenth.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `digest` sets it for itself

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from archive import make
from claims import Claims
from serving import feeds_yaml, serving

GOAL = 400  # MiB a process
MOST = 10 * 2**20  # bytes of a feed or a page that are read
DAY = datetime(2025, 4, 16, 4, tzinfo=UTC)
NOW = "2025-04-17T08:00:00+08:00"
DAYS = 20
YEAR = 365
EVERY = 0.03  # seconds between two looks


# ---- watching -------------------------------------------------------------------------------------------------------


def status(pid: int) -> dict[str, int]:
    """Give what a process holds, in MiB: VmHWM (the most ever) and VmRSS (now); nothing where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith(("VmHWM", "VmRSS"))}


def family(pid: int) -> list[int]:
    """Give a process and its descendants, parents first."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


class Watch(threading.Thread):
    """Looks at a process and its children until it ends; `most` is the largest VmHWM seen of each, in MiB."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.pid, self.most, self.over = pid, dict[int, int](), threading.Event()

    def run(self) -> None:
        while not self.over.wait(EVERY):
            for pid in family(self.pid):
                self.most[pid] = max(self.most.get(pid, 0), status(pid).get("VmHWM", 0))


def watched(folder: Path, *words: str) -> tuple[int, int, list[int], list[int], str]:
    """Run a verb; give its code, the most of the parent and of each child in MiB, what the parent held at each line
    it printed, and what it said.
    """
    command = [sys.executable, "-u", "-m", "digest", *words, "--config", str(folder / "feeds.yaml"), "--state",
               str(folder / "state"), "--out", str(folder / "out")]  # fmt: skip
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        watch = Watch(process.pid)
        watch.start()
        assert process.stdout
        held = [status(process.pid).get("VmRSS", 0) for _ in process.stdout]
        process.wait()
        watch.over.set()
        watch.join()
        said.seek(0)
        text = said.read()
    children = sorted((most for pid, most in watch.most.items() if pid != process.pid), reverse=True)
    return process.returncode, watch.most[process.pid], children, held, text


# ---- what is served -------------------------------------------------------------------------------------------------


def rss(name: str, items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{name}</title><link>https://{name}.example/</link><description>d</description>{items}</channel></rss>"
    ).encode()


def item(number: int, when: datetime, body: str = "", link: str = "") -> str:
    link = link or f"https://a.example/{number}"
    content = f"<content:encoded><![CDATA[{body}]]></content:encoded>" if body else ""
    return (f"<item><title>Report number {number} on the state of the cache</title><link>{link}</link>"
            f"<guid>{link}</guid><pubDate>{format_datetime(when)}</pubDate>{content}</item>")  # fmt: skip


def prose(chance: random.Random, characters: int) -> str:
    """Write paragraphs that no two texts share."""
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randrange(2, 9))) for _ in range(3_000)]
    made, length = [], 0
    while length < characters:
        made.append(f"<p>The {' '.join(chance.choices(words, k=14))} and of {chance.randrange(10**6)}.</p>")
        length += len(made[-1])
    return "".join(made)


def nasty(base: str) -> dict[str, bytes]:
    """Compose feeds and pages at the limits of what is read, by path."""
    chance = random.Random(8)
    pages = {
        "paragraphs": prose(chance, MOST - 2_000),
        "line": "<p>" + prose(chance, MOST // 2).replace("</p><p>", " ").strip("</p>") + "</p>",
        "han": "<p>"
        + "".join(chance.choices("的一是在不了有和人这中大为上个国我以要他", k=MOST // 3 - 2_000))
        + "</p>",
        "rare": "<p>" + "龘" * (MOST // 3 - 2_000) + "</p>",
        "links": "".join(f'<li><a href="/l/{n}">link {n}</a></li>' for n in range(200_000)),
        "nested": "<div>" * 200_000 + prose(chance, 20_000),
        "lost": "<p>" + "模型的训练数据在这里说明。".encode().decode("cp1252", "ignore") * 40_000 + "</p>",
    }
    table = {
        f"/p/{name}": f"<!doctype html><html><head><title>{name}</title></head><body><main><article><h1>{name}</h1>"
        f"{body}</article></main></body></html>".encode()[:MOST]
        for name, body in pages.items()
    }
    each = MOST // 500 - 400
    long = "".join(item(n, DAY - timedelta(minutes=n), prose(chance, each)) for n in range(500))
    table["/entries.xml"] = rss("entries", long)[:MOST]
    table["/one.xml"] = rss("one", item(900, DAY, prose(chance, MOST - 2_000)))
    items = (item(1_000 + n, DAY, link=f"{base}/p/{name}") for n, name in enumerate(pages))
    table["/pages.xml"] = rss("pages", "".join(items))
    return table


def quiet(_: str) -> dict[str, bytes]:
    """Compose a feed of three posts a day."""
    chance = random.Random(9)
    posts = (
        item(3 * day + n, DAY - timedelta(days=day, minutes=n), prose(chance, 12_000))
        for day in range(DAYS)
        for n in range(3)
    )
    return {"/days.xml": rss("days", "".join(posts))}


@contextlib.contextmanager
def answering(table: Mapping[str, bytes], server: ThreadingHTTPServer) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = table.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8" if "/p/" in self.path else "text/xml")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings_of(server: ThreadingHTTPServer, paths: list[str]) -> str:
    here = f"127.0.0.1:{server.server_port}"
    lines = ["sources:"]
    for path in paths:
        lines += [f"  - {{name: {path[1:-4]}, url: 'http://{here}{path}', pause: 0, allow_private: ['{here}']}}"]
    return "\n".join(lines) + "\n"


# ---- the days --------------------------------------------------------------------------------------------------------


def report(claim: Claims, name: str, parent: int, children: list[int], seconds: float) -> None:
    print(f"        {seconds:.0f} s; the run itself {parent} MiB, children {children} MiB")
    claim(f"{name}: no process takes more than {GOAL} MiB", max([parent, *children]) <= GOAL)


def normal(claim: Claims, site: Path, folder: Path, days: int = 0) -> None:
    """Run a day in a folder that has `days` earlier ones."""
    (folder / "out").mkdir()
    make(folder / "out", days)
    with serving(site) as base:
        (folder / "feeds.yaml").write_text(feeds_yaml(base, twin=True, zone="Asia/Shanghai"), "utf-8")
        began = time.perf_counter()
        code, parent, children, _, said = watched(folder, "run", "--now", NOW)
    claim("a normal day ends with 0", code == 0, said)
    report(claim, f"a normal day beside {days} others", parent, children, time.perf_counter() - began)


def nastiest(claim: Claims, folder: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    with answering(nasty(f"http://127.0.0.1:{server.server_port}"), server):
        text = settings_of(server, ["/entries.xml", "/one.xml", "/pages.xml"])
        (folder / "feeds.yaml").write_text(text, "utf-8")
        began = time.perf_counter()
        code, parent, children, _, said = watched(folder, "run", "--now", NOW)
    claim("the nastiest day ends with 0 or 1", code in (0, 1), f"{code}: {said[-2000:]}")
    print("        " + said[:2_000].replace("\n", "\n        ").rstrip())
    report(claim, "the nastiest day", parent, children, time.perf_counter() - began)


def many(claim: Claims, folder: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    with answering(quiet(""), server):
        (folder / "feeds.yaml").write_text(settings_of(server, ["/days.xml"]), "utf-8")
        began = time.perf_counter()
        watched(folder, "collect", "--now", NOW)
    first = (DAY - timedelta(days=DAYS - 1)).date()
    code, parent, children, held, said = watched(
        folder, "build", "--from", str(first), "--to", str(DAY.date()), "--now", NOW
    )
    claim(f"{DAYS} days are built by one process", code == 0 and len(held) == DAYS, said)
    print(f"        held after each day: {held} MiB")
    claim("… which does not grow after the fifth", held[-1] <= 1.1 * held[4], held)
    report(claim, f"{DAYS} days", parent, children, time.perf_counter() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--only", choices=("normal", "archive", "nastiest", "many"), help="one of them")
    arguments = parser.parse_args()
    claim = Claims()
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("normal", "archive", "nastiest", "many"):
            folder = Path(temporary) / name
            folder.mkdir()
            if arguments.only in (None, name):
                print(f"\n{name}", flush=True)
                if name in ("normal", "archive"):
                    normal(claim, arguments.site, folder, YEAR if name == "archive" else 0)
                else:
                    {"nastiest": nastiest, "many": many}[name](claim, folder)
    print(f"\n{claim.failed} claims fail")
    return 1 if claim.failed else 0


if __name__ == "__main__":
    sys.exit(main())
