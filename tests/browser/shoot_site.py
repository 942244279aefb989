"""Save the pictures of the README: python tests/browser/shoot_site.py OUT_DIR [--demo DIR] [--only NAME …].

DIR is where `digest demo` wrote its site; the alignment is that of two small texts below. A search page needs the
index that Pagefind builds, so it is served on 127.0.0.1 while its picture is taken.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from digest.demo import DEMO_DAY

LARGEST = 250_000  # bytes of a picture
QUESTION = "队列"


class Shot(NamedTuple):
    """A picture: the page, the window in CSS pixels, whether it is dark, what is tapped first."""

    page: str
    width: int
    height: int
    dark: bool = False
    tap: str = ""


SHOTS = {
    "page": Shot(f"{DEMO_DAY}.html", 820, 1500),
    "page-dark": Shot(f"{DEMO_DAY}.html", 820, 1100, dark=True),
    "page-phone": Shot(f"{DEMO_DAY}.html", 360, 1100),
    "archive": Shot("index.html", 820, 900),
    "search": Shot("search.html", 820, 800),
    "alignment": Shot("alignment.html", 1100, 1600, tap=".unverified summary"),
}
ZH = """\
# 一次只移动一条队列

我们把后台任务从消息代理移到了一张 SQLite 表里。工作进程每次领取最早到期的一行。

旧的代理需要自己的服务器。它每年停机两次，而且每次都在夜里。新表每秒可以处理 3,200 个任务，是最繁忙时段的四十倍。

## 结果

延迟降到了 70 毫秒。吞吐量是以前的四倍。办公室的咖啡机也换了新的。代码以 MIT 许可证发布。
"""
EN = """\
# One queue at a time

We moved our background jobs from a message broker into a SQLite table. Each worker claims the oldest row that is due.

The old broker needed a server of its own. It stopped twice a year, and always at night. The new table handles 2,300
jobs a second. That is forty times our busiest hour.

## The result

Latency fell to 70 milliseconds, and throughput is four times what it was. The code is released under the MIT license.
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of 127.0.0.1; give its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def align(folder: Path) -> None:
    """Write the page of the two small texts."""
    for name, text in (("queue.zh.md", ZH), ("queue.en.md", EN)):
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "digest", "align", "queue.zh.md", "queue.en.md", "--html", "alignment.html"]
    subprocess.run(command, check=True, cwd=folder)


def shoot(browser: Browser, address: str, shot: Shot, out: Path) -> None:
    """Take one picture."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="dark" if shot.dark else "light"
    )
    page.goto(address + shot.page)
    if shot.page == "search.html":
        page.locator("#q").fill(QUESTION)
        page.locator("main li").first.wait_for()
    if shot.tap:
        page.locator(shot.tap).first.click()
        page.mouse.move(0, 0)
        page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    page.screenshot(path=out)
    page.close()
    size = out.stat().st_size
    print(f"{out}: {size:,} bytes{'' if size <= LARGEST else ', too large'}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--only", nargs="+", choices=SHOTS, default=SHOTS, help="these pictures, else all")
    asked.add_argument("--demo", type=Path, default=Path("demo-out"), help="where `digest demo` wrote its site")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        align(Path(work))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with served(given.demo) as site, served(Path(work)) as own:
            for name in given.only:
                address = own if name == "alignment" else site
                shoot(browser, address, SHOTS[name], given.out / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
