"""Our own HTML page read back: its titles, dates and lines stay, all that it says about them goes."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import pytest
from corrected_day import CORRECTED

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DAY, NEWLY, PAIRED, RICH

from digest.clean.own_page import bare, is_ours
from digest.model import Digest
from digest.normalise.as_lines import markdown_lines
from digest.render.frame import Frame
from digest.render.page import html

# A corrected day as people read it, on its site.
FRAME = Frame(
    date(2025, 4, 15), date(2025, 4, 17), "corrections@reader.example.org", True,
    ((PAIRED.source, "sources/hf-blog.html"),),
    ((("长上下文语言模型", "long-context language model"), "terms/long-context.html"),),
)  # fmt: skip
# A post as pages had it before lines led to their sources: each line with its mark, and no sign with a pair's address.
BEFORE = """<!doctype html>
<html lang="zh-Hans"><head><title>日报 — 2025-04-16</title></head><body><main>
<header><h1><bdi>日报</bdi></h1>
<p class="when"><span><time datetime="2025-04-16">2025-04-16</time> · <span lang="zh-Hans">星期三 </span></span>
<a href="index.html"><span lang="zh-Hans">归档</span></a></p></header>
<article class="post" id="p-a1">
<h2 class="two both"><a class="zh" lang="zh-Hans" href="https://a.example/zh"><bdi>新的缓存</bdi></a>
<a class="en" lang="en" href="https://a.example/en"><bdi>A New Cache</bdi></a></h2>
<p class="facts"><bdi>A Blog</bdi> · <time datetime="2025-04-15T10:30:00+08:00">2025-04-15</time></p>
<p class="eyebrow"><span><span lang="zh-Hans">摘录</span> · <span lang="en">Highlights</span></span></p>
<div class="pair two both" id="l-1" data-score="0.9" data-verified="true" data-made-by="human">
<div class="zh" lang="zh-Hans"><bdi>缓存〔甲〕更快。</bdi><span class="mark"><span class="wz"
lang="zh-Hans">同义 </span><span class="we" lang="en">same sentence</span> 0.90</span></div>
<div class="en" lang="en"><bdi>The <span class="term">cache</span><span class="gloss" lang="zh-Hans">〔缓存〕</span> is
faster.</bdi><details class="mark ill keep"><summary>unverified 0.20</summary> <span
class="why">numbers differ</span></details></div>
</div>
<div class="pair two solo" id="l-2" data-score="0.0" data-verified="false" data-made-by="none">
<div class="en" lang="en"><bdi>It is small.</bdi></div>
<p class="none"><span lang="zh-Hans">未译</span> · <span lang="en">not translated</span></p>
</div>
</article>
<footer><p class="signature" lang="en">digest 0.1.0</p></footer></main></body></html>
"""
LINES_BEFORE = """# 日报 （2025-04-16）

## [新的缓存](https://a.example/zh) （2025-04-15）

A New Cache

### 摘录 · Highlights

缓存〔甲〕更快。
The cache is faster.

It is small."""


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


@pytest.mark.parametrize("day", [DAY, RICH, CORRECTED], ids=["day", "full", "corrected"])
def test_every_line_stays_as_it_is(day: Digest) -> None:
    page = html(day, frame=FRAME)
    assert is_ours(page)
    left = bare(page)
    for abstract in (*day.abstracts, *day.newly):
        for pair in abstract.pairs:
            lines = [line.text for line in (pair.zh, pair.en) if line]
            assert all(line in text_of(left) for line in lines), "glosses are taken out of it"
        for title in filter(None, (abstract.title.zh, abstract.title.en)):
            assert text_of(left).count(title) == 1


def test_what_the_page_says_about_its_posts_goes() -> None:
    pages = (html(RICH), html(CORRECTED, frame=FRAME))
    told, left = (" ".join(text_of(read(page)) for page in pages) for read in (str, bare))
    for said in (
        "今日速览", "〔", "Apache-2.0", "析取式约束", "为何选这几句", "切合全文", "另见", "同文", "超出当日上限",
        "尚无中文版", "距原文", "新增译文", "多半确切", "not translated", "猜读", "质量",
        "勘误", "说的不是一回事", "a slip", "链接", "出处",
        "report", "¶4", "04-15", "04-17",
    ):  # fmt: skip
        assert said in told, said
        assert said not in left, said
    assert "今日新译" in left, "a heading of posts is one"


def test_a_post_keeps_its_own_date() -> None:
    left = text_of(bare(html(RICH)))
    assert f"{NEWLY.title.zh}（2025-03-26）" in left.replace(" （", "（")


def test_pages_of_before_are_read_too() -> None:
    assert is_ours(BEFORE)
    assert markdown_lines(bare(BEFORE), "").strip() == LINES_BEFORE


def test_pages_of_others_are_none_of_ours() -> None:
    assert not is_ours('<div class="pair both">A line</div>')
    assert not is_ours('<ul><li class="pair two both" data-verified="true">A line</li></ul>')
