"""How many feeds a minute are collected: `python benchmarks/feed_speed.py [--feeds 300] [--profile FILE]`.

Serves that many feeds of 50 entries with whole bodies, some 40 kB each, from a process of its own on many ports of
127.0.0.1, so that the pauses for one host do not decide. `digest collect` is run on them as cron runs it, start-up,
reading in children and the store on disk included: a first visit, and a second one on which nothing has changed (304).
Beside it the plain loop that a script would be: `httpx.get` and `feedparser.parse`, one after the other, nothing kept;
and the same with one client for all, which spares it a TLS context each. `--profile` writes where the parent's time
of a first visit goes (pstats).
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: a second thread only waits

import argparse
import asyncio
import contextlib
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

ENTRIES = 50
PORTS = 32
PARAGRAPHS, SENTENCES = 3, 2  # of a body: some 500 letters in three blocks are a whole one, no page is asked for
NOW = "2025-04-18T08:00:00+08:00"
NEWEST = datetime(2025, 4, 17, 9, tzinfo=UTC)
APART = timedelta(days=3)  # from post to post: a third of the entries is younger than the two months of the watch
GOAL = 300
NOUNS = ("model", "cache", "server", "index", "token", "batch", "query", "node", "layer", "release", "test", "user")
VERBS = ("reads", "writes", "checks", "keeps", "moves", "builds", "splits", "merges", "learns", "answers", "stores")
KINDS = ("large", "small", "early", "late", "common", "simple", "shared", "local", "remote", "public", "slow", "quick")
SHAPES = (
    "The {0} {2} the {4} {1} that was {5} before, and we {3} it again with each {1}.",
    "When our {1} {2} a {4} {0}, this is how you can see which {1} was {5} and which was not.",
    "We found that {4} {0}s of the {5} {1} are better than those that it {2} from the {0}.",
    "How the {5} {1} {2} its {0} in {6} seconds, and what you have to know of the {4} {0}.",
)


# ---- what is served -------------------------------------------------------------------------------------------------


def feed(number: int) -> bytes:
    """Compose feed `number`: RSS 2.0, no two entries of any two feeds alike."""
    chance = random.Random(number)

    def sentence() -> str:
        words = (*chance.sample(NOUNS, 2), *chance.sample(VERBS, 2), *chance.sample(KINDS, 2), chance.randrange(99))
        return chance.choice(SHAPES).format(*words)

    def item(index: int) -> str:
        body = "".join(f"<p>{' '.join(sentence() for _ in range(SENTENCES))}</p>" for _ in range(PARAGRAPHS))
        name = f"https://blog-{number}.example/posts/{index}"
        when = format_datetime(NEWEST - index * APART - timedelta(minutes=number))
        title = sentence().split(",")[0].rstrip(".")
        return (f"<item><title>{title}</title><link>{name}</link><guid>{name}</guid><pubDate>{when}</pubDate>"
                f"<content:encoded><![CDATA[{body}]]></content:encoded></item>\n")  # fmt: skip

    head = f"<title>Blog {number}</title><link>https://blog-{number}.example/</link><description>d</description>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        f'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{head}\n'
        f"{''.join(map(item, range(ENTRIES)))}</channel></rss>\n"
    ).encode()


async def serve(count: int) -> None:
    """Serve the feeds on many ports of this machine until standard input ends; print the ports as one line of JSON."""
    bodies = [feed(number) for number in range(count)]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = (await reader.readuntil(b"\r\n\r\n")).lower()
            number = request.split()[1].rpartition(b"/")[2]
            body = bodies[int(number)] if number.isdigit() else b""
            tag = b'"%s"' % number
            if b"if-none-match: " + tag in request:
                writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\nConnection: close\r\n\r\n" % tag)
            else:
                status = b"200 OK" if body else b"404 Not Found"
                writer.write(b"HTTP/1.1 %s\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: %s\r\n"
                             b"Content-Length: %d\r\nConnection: close\r\n\r\n" % (status, tag, len(body)))  # fmt: skip
                writer.write(body)
            await writer.drain()
        writer.close()

    servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(PORTS)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextlib.contextmanager
def serving(count: int) -> Iterator[list[str]]:
    """Give the addresses of the feeds, for as long as their server runs."""
    command = [sys.executable, __file__, "--serve", "--feeds", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        ports = json.loads(process.stdout.readline())
        yield [f"http://127.0.0.1:{ports[number % PORTS]}/{number}" for number in range(count)]
        process.stdin.close()


# ---- who fetches it -------------------------------------------------------------------------------------------------


def plain(urls: Sequence[str]) -> None:
    import feedparser
    import httpx

    for url in urls:
        feedparser.parse(httpx.get(url, trust_env=False).content)


def plain_one_client(urls: Sequence[str]) -> None:
    import feedparser
    import httpx

    with httpx.Client(trust_env=False) as client:
        for url in urls:
            feedparser.parse(client.get(url).content)


def written_settings(folder: Path, urls: Sequence[str]) -> Path:
    """Write feeds.yaml: JSON is YAML."""
    sources = [
        {"name": f"Blog {number}", "url": url, "language": "en", "pause": 0, "allow_private": [url.split("/")[2]]}
        for number, url in enumerate(urls)
    ]
    path = folder / "feeds.yaml"
    path.write_text(json.dumps({"sources": sources}), "utf-8")
    return path


def collected(folder: Path, profile: str = "") -> None:
    command = [sys.executable, *(["-m", "cProfile", "-o", profile] if profile else []), "-m", "digest", "collect",
               "--config", str(folder / "feeds.yaml"), "--state", str(folder / "state"), "--now", NOW]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"digest collect ended with {done.returncode}:\n{done.stderr[-2000:]}")


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Give seconds by the clock, and of computing in this process and its children that have ended."""
    began, busy = time.perf_counter(), computing()
    call()
    return time.perf_counter() - began, computing() - busy


def computing() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--profile", default="", help="write where the time of the first visit goes to this file")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    count: int = arguments.feeds
    if arguments.serve:
        asyncio.run(serve(count))
        return 0
    print(f"{count} feeds of {ENTRIES} entries, {len(feed(0)) / 1e3:.0f} kB; {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    rates: dict[str, float] = {}

    def told(name: str, call: Callable[[], object]) -> None:
        seconds, busy = timed(call)
        rates[name] = 60 * count / seconds
        print(f"{name:34} {rates[name]:7.0f} feeds a minute   {seconds:6.1f} s by the clock, {busy:6.1f} s computing")

    with tempfile.TemporaryDirectory() as temporary, serving(count) as urls:
        folder = Path(temporary)
        written_settings(folder, urls)
        told("httpx.get and feedparser", lambda: plain(urls))
        told("the same with one client", lambda: plain_one_client(urls))
        told("digest collect, first visit", lambda: collected(folder, arguments.profile))
        with contextlib.closing(sqlite3.connect(folder / "state" / "digest.db")) as store:
            posts, pages = (
                store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("posts", "pages")
            )
        told("digest collect, nothing changed", lambda: collected(folder))
    cold = rates["digest collect, first visit"]
    print(f"{posts} of {count * ENTRIES} posts kept; a first visit is {cold / rates['httpx.get and feedparser']:.2f} × "
          f"as fast as the plain loop, {cold / rates['the same with one client']:.2f} × with one client; "
          f"goal {GOAL} feeds a minute")  # fmt: skip
    if pages:
        print(f"{pages} pages were asked for: this is not what is to be measured")
    return 0 if posts == count * ENTRIES and not pages and cold >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
