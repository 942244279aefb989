"""A post whose page takes too much to read is told by its feed on its day's page, which says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from small_blog import BASE, EN_FEED, LINES, FakeWeb, TrueEmbedder, article, calendar, feed, item, settings, web_for

from digest.build import Builder
from digest.fetch.collect import collect
from digest.model import Document, Page, Post
from digest.sandbox.readers import Direct
from digest.sandbox.sandbox import Sandbox
from digest.store import Store

DAY = date(2025, 4, 16)


class ReadsThatPage(Direct):
    """Reads the page that takes too long as if the machine were quicker."""

    def post(self, post: Post, page: Page | None, *, lang: str = "", selector: str = "") -> Document | None:
        quick = page and replace(page, body=article(1, "en").encode())
        return super().post(post, quick, lang=lang, selector=selector)


def test_a_day_is_built_from_the_feed_and_says_that_it_is_not_the_whole_post(tmp_path: Path) -> None:
    said = " ".join(line.format(n=1) for line, _ in LINES[:3])
    entry = item(1, "en", "Wed, 16 Apr 2025 04:00:00 GMT").replace(
        "</item>", f"<description>{said}</description></item>"
    )
    web = FakeWeb({EN_FEED: feed(entry), f"{BASE}/post-1": "hang"})
    times, chosen = calendar("2025-04-17T08:00:00+08:00"), settings(twin=False, feeds=(EN_FEED,))
    with Store(tmp_path / "state") as store:
        with Sandbox(reader="hostile_readers:Hostile", deadline=0.8, most=1) as reader:
            collect(store, chosen, web_for(web), times, days=[DAY], reader=reader)
            builder = Builder(store, chosen, times, tmp_path / "out", embedder=TrueEmbedder(), reader=reader)
            builder.link([DAY])
            builder.build(DAY)
            assert builder.days_to_rebuild(DAY + timedelta(days=1)) == ()
        (post,) = json.loads((tmp_path / "out" / f"{DAY}.json").read_text("utf-8"))["posts"]
        assert "text-cut" in post["notes"]
        assert [pair["en"] for pair in post["pairs"]] != []
        assert "only a part of it was read" in (tmp_path / "out" / f"{DAY}.html").read_text("utf-8")

        # the next day the page is read in time: the day is built again, with all of it
        times = calendar("2025-04-18T08:00:00+08:00")
        builder = Builder(store, chosen, times, tmp_path / "out", embedder=TrueEmbedder(), reader=ReadsThatPage())
        assert builder.days_to_rebuild(DAY + timedelta(days=1)) == (DAY,)
        builder.build(DAY)
    (post,) = json.loads((tmp_path / "out" / f"{DAY}.json").read_text("utf-8"))["posts"]
    assert "text-cut" not in post["notes"]
    assert "only a part of it was read" not in (tmp_path / "out" / f"{DAY}.html").read_text("utf-8")
