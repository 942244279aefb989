"""The words of the archive's pages in both languages."""

from __future__ import annotations

from digest.model import Both

ARCHIVE_WORDS: dict[str, Both] = {
    "sources": Both("来源", "Sources"),
    "source": Both("来源", "Source"),
    "months": Both("月份", "Months"),
    "years": Both("年份", "Years"),
    "newest": Both("最近", "newest"),
    "feeds": Both("订阅", "Feeds"),
    "more-titles": Both("另有 {} 篇", "and {} more"),
    "times": Both("处", "places"),
    "checked-pairs": Both("对已核对", "pairs checked"),
    "term-lead": Both("这个术语出现的句子，新的在前", "Lines that have this term, newest first"),
    "older-left": Both("只列最近 {} 处", "only the newest {} are listed"),
    "empty-terms": Both("还没有加注过术语。", "No term has been glossed yet."),
    "empty-sources": Both("还没有博文。", "There are no posts yet."),
}
