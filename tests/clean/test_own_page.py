"""Our own HTML page read back: its titles, dates and lines stay, all that it says about them goes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DAY, NEWLY, RICH

from digest.clean.own_page import bare, is_ours
from digest.model import Digest
from digest.render.page import html


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


@pytest.mark.parametrize("day", [DAY, RICH], ids=["day", "full"])
def test_every_line_stays_as_it_is(day: Digest) -> None:
    page = html(day)
    assert is_ours(page)
    left = bare(page)
    for abstract in (*day.abstracts, *day.newly):
        for pair in abstract.pairs:
            lines = [line.text for line in (pair.zh, pair.en) if line]
            assert all(line in text_of(left) for line in lines), "glosses are taken out of it"
        for title in filter(None, (abstract.title.zh, abstract.title.en)):
            assert text_of(left).count(title) == 1


def test_what_the_page_says_about_its_posts_goes() -> None:
    left = text_of(bare(html(RICH)))
    for said in (
        "今日速览", "〔", "Apache-2.0", "析取式约束", "为何选这几句", "切合全文", "另见", "同文", "超出当日上限",
        "尚无中文版", "距原文", "新增译文", "多半确切", "not translated", "猜读", "质量",
    ):  # fmt: skip
        assert said in text_of(html(RICH)), said
        assert said not in left, said
    assert "今日新译" in left, "a heading of posts is one"


def test_a_post_keeps_its_own_date() -> None:
    left = text_of(bare(html(RICH)))
    assert f"{NEWLY.title.zh}（2025-03-26）" in left.replace(" （", "（")
