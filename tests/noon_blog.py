"""The command line on a blog with a post at noon of each day, with its pages: for tests that skip or lose days."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from digest_cli import Digest
from small_blog import BASE, EN_FEED, FakeWeb, article, feed, item

FEEDS = """
digest: {{timezone: {zone}, watch_days: {watch}, rebuild_days: {rebuild}, most_posts: 0, most_per_source: 0}}
state: {{backup_days: 0}}
send: {send}
sources:
  - {{name: Blog, url: "{url}", language: en, pause: 0}}
"""
FIRST = date(2025, 3, 1)


class World:
    """A blog with a post at noon (UTC) of each day, and the digest that reads it."""

    def __init__(self, folder: Path, digest: Digest) -> None:
        self.folder, self.digest = folder, digest
        self.web = FakeWeb({EN_FEED: feed()})
        self.settle()

    def settle(self, zone: str = "UTC", watch: int = 60, rebuild: int = 2, send: object = None) -> None:
        text = FEEDS.format(zone=zone, watch=watch, rebuild=rebuild, url=EN_FEED, send=json.dumps(send or {}))
        (self.folder / "feeds.yaml").write_text(text, "utf-8")  # JSON is YAML

    def publish(self, number: int, moment: datetime) -> None:
        self.web.pages[f"{BASE}/post-{number}"] = article(number, "en")
        entry = item(number, "en", f"{moment.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT")
        self.web.pages[EN_FEED] = str(self.web.pages[EN_FEED]).replace("</channel>", entry + "</channel>")

    def publish_days(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.publish(number, noon(number))

    def run(self, moment: datetime) -> int:
        return self.digest("run", "--now", moment.isoformat()).code

    def pages(self) -> dict[str, list[str]]:
        """Give the titles on each day's page, listed ones too."""
        found = {}
        for path in sorted((self.folder / "out").glob("2*.json")):
            page = json.loads(path.read_text("utf-8"))
            found[path.stem] = [str(p["title"]["en"]) for p in page["posts"]] + [str(r["title"]) for r in page["rest"]]
        return found

    def files(self) -> dict[str, bytes]:
        """Give the days' files as they lie there, but for HTML: that names the neighbours, which change."""
        return {path.name: path.read_bytes() for path in sorted((self.folder / "out").glob("2*.[jm]*"))}

    def once(self, *numbers: int) -> bool:
        """Whether each post stands on one page."""
        told = Counter(title for titles in self.pages().values() for title in titles)
        return told == Counter({f"Cache series part {n}: faster reads": 1 for n in numbers})


def noon(number: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=number)


def morning_after(number: int) -> datetime:
    return noon(number) + timedelta(hours=20)
