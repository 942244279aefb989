"""All feeds of some days, as the tests ask for them."""

from __future__ import annotations

from collections.abc import Iterable

from digest.render.feed_entries import DayJson
from digest.render.feeds import Feeds


def feed_files(
    days: Iterable[DayJson], *, title: str, link: str, order: tuple[str, str]
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    """Give the feeds of days as (name, text)."""
    feeds = Feeds()
    for day in days:
        feeds.add(day)
    return feeds.files(title=title, link=link, order=order)
