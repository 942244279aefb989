"""The job on the small blog, run on the morning after each day: for tests that live through weeks."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, TrueEmbedder, article, calendar, feed, item, settings, title_of
from small_blog import web_for as serving

from digest.build import Builder
from digest.config import Settings
from digest.fetch.calendar import days_due
from digest.fetch.collect import collect
from digest.store import Store

LISTING = f"{BASE}/zh/"


def noon(day: date) -> str:
    """Write a day's noon in Shanghai as a feed does."""
    return f"{day:%a, %d %b %Y} 04:00:00 GMT"


class Blog:
    """The job on the small blog, run on the morning after each day, as cron does."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "state")
        self.out = folder / "out"
        self.web = FakeWeb({EN_FEED: feed(), ZH_FEED: feed()})
        self.settings = settings()

    def run(self, day: date, *, hour: int = 8) -> Builder:
        """Collect and build on the morning after `day`, as `digest run` does."""
        times = calendar(f"{day + timedelta(days=1)}T{hour:02}:00:00+08:00")
        days = days_due(self.store, times, self.settings, times.last_complete)
        collect(self.store, self.settings, serving(self.web), times, days=days, embedder=TrueEmbedder())
        builder = Builder(self.store, self.settings, times, self.out, embedder=TrueEmbedder())
        builder.link(days)
        for each in (*builder.days_to_rebuild(day), day):
            builder.build(each)
        return builder

    def month(self, first: date, last: date) -> None:
        for number in range((last - first).days + 1):
            self.run(first + timedelta(days=number))

    def page(self, day: date) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / f"{day}.json").read_text("utf-8"))
        return found

    def bytes(self) -> dict[str, bytes]:
        """Give the days' files, but for HTML: that names the neighbours, which change."""
        return {path.name: path.read_bytes() for path in self.out.glob("20*") if path.suffix in (".json", ".md")}

    def publish(self, number: int, side: str, day: date, *, listed: bool = True) -> None:
        """Put a post on the web and, where `listed`, into its feed."""
        address = f"{BASE}/{'zh/' if side == 'zh' else ''}post-{number}"
        self.web.pages[address] = article(number, side)
        if listed:
            url = ZH_FEED if side == "zh" else EN_FEED
            self.web.pages[url] = str(self.web.pages[url]).replace(
                "</channel>", item(number, side, noon(day)) + "</channel>"
            )

    def list_translation(self) -> None:
        """Put the translation of post 1 at an address that no rule gives, and its link on the index page."""
        address = f"{BASE}/zh/another-name"
        self.web.pages[address] = article(1, "zh")
        self.web.pages[LISTING] = (
            f"<html><body><a href='/zh/about'>关于我们</a><a href='{address}'>{title_of(1, 'zh')}</a></body></html>"
        )

    def name_listing(self) -> None:
        """Name the index page in the settings, in place of the rule."""
        sources = tuple(
            source.model_copy(update={"translations": LISTING, "twin": {}}) if source.url == EN_FEED else source
            for source in self.settings.sources
        )
        self.settings = Settings(digest=self.settings.digest, sources=sources)
        self.web.pages[LISTING] = "<html><body><a href='/zh/about'>关于我们</a></body></html>"
