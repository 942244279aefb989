"""A small archive for tests of the search: two days, three posts, no line of which is anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from digest.model import Abstract, Both, Digest, Line, LinePair, Verdict
from digest.render.site import json_text

FIRST, SECOND = date(2025, 4, 16), date(2025, 4, 17)


def line_pair(name: str, zh: str | None, en: str | None) -> LinePair:
    lines = Line("zh-Hans", zh) if zh else None, Line("en", en) if en else None
    verdict = Verdict(0.9, True, "same") if zh and en else Verdict(0.0, False)
    return LinePair(name, *lines, "human" if zh and en else "none", verdict)


def post(name: str, title: Both, *pairs: LinePair, source: str = "Blog", own: date | None = None) -> Abstract:
    url = Both(*(f"https://blog.example/{side}/{name}" if title.get(side) else None for side in ("zh", "en")))
    lang = "en" if title.en else "zh-Hans"
    return Abstract(name, title, url, source, datetime(2025, 4, 16, tzinfo=UTC), lang, "highlights", pairs, day=own)


def page(day: date, *posts: Abstract, newly: Sequence[Abstract] = (), link: str = "") -> Digest:
    return Digest(day, "日报", link, "UTC", ("zh", "en"), posts, (), "test", newly=tuple(newly))


CACHE = post(
    "cache", Both(None, "Keeping keys and values between steps"),
    line_pair("ca01", None, "The cache holds the keys of all earlier tokens."),
    line_pair("ca02", None, "Pass past_key_values to reuse it, as arXiv 2410.02694 does."),
)  # fmt: skip
TEA = post("tea", Both("泡茶的水温", None), line_pair("te01", "绿茶用八十度的水来泡。", None), source="茶话")
TRAIN = post(
    "train", Both("训练机器人走路", "Teaching a robot to walk"),
    line_pair("tr01", "机器人先在模拟器里学会站立。", "The robot first learns to stand in a simulator."),
    line_pair("tr02", "走路要难得多。", "Walking is much harder."),
)  # fmt: skip


def put(folder: Path, digest: Digest) -> Path:
    path = folder / f"{digest.day}.json"
    path.write_text(json_text(digest), "utf-8")
    return path
