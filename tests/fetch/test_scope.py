"""Whose text is wanted: the newest of each source, and all posts of the days asked for."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from small_blog import EN_FEED, ZH_FEED, calendar, settings

from digest.config import Settings
from digest.fetch.scope import posts_in_scope
from digest.model import Post
from digest.store import Store

TIMES = calendar("2025-04-17T08:00:00+08:00")
DAYS = (date(2025, 4, 3), date(2025, 4, 16))


@pytest.mark.parametrize("limit", [1, 4, 40])
def test_the_newest_and_those_of_the_days_in_the_order_of_their_sources(tmp_path: Path, limit: int) -> None:
    chance, chosen = random.Random(limit), settings()
    sources = [source.model_copy(update={"limit": limit}) for source in chosen.sources]
    chosen = Settings.model_validate(chosen.model_copy(update={"sources": tuple(sources)}))
    posts = []
    for n in range(30):
        moment = datetime(2025, 4, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(16 * 24))
        late = DAYS[1] if n % 7 == 0 else None
        source = chance.choice((EN_FEED, ZH_FEED, "https://gone.example/feed"))
        posts.append(Post(f"post-{n}", source, str(n), f"https://a.example/{n}", "", moment, True, moment, "", "", "",
                          late_on=late))  # fmt: skip
    expected = []
    for source in (EN_FEED, ZH_FEED):
        own = sorted((post for post in posts if post.source == source), key=lambda post: (post.published, post.id))
        expected += [
            post.id for n, post in enumerate(own)
            if n >= len(own) - limit or TIMES.day_of(post.published) in DAYS or post.late_on in DAYS
        ]  # fmt: skip
    with Store(tmp_path) as store:
        store.save_posts((post, post.url) for post in posts)
        found = posts_in_scope(store, chosen, TIMES, DAYS)
    assert [post.id for _, post in found] == expected
    assert all(source.url == post.source for source, post in found)
