"""The days of the tests as the texts of all feeds."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from all_feeds import feed_files
from sample_day import DAY

from digest.model import Digest
from digest.render import site

LINK = "https://example.org/digest/"
ZH_EN, EN_ZH = ("zh", "en"), ("en", "zh")


def files(*days: Digest, link: str = LINK, order: tuple[str, str] = ZH_EN, title: str = "日报") -> dict[str, str]:
    """Give the feeds by their names."""
    return dict(feed_files([site.json_text(day) for day in days], title=title, link=link, order=order))


def day_of(on: date, *abstracts: Any, **changes: Any) -> Digest:
    """Give the sample day on another date, with other posts."""
    return dataclasses.replace(DAY, day=on, abstracts=abstracts, **changes)
