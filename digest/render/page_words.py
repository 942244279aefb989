"""Words of the day's page: its head, what stands behind a pair, its counts."""

from __future__ import annotations

from digest.model import Both

PAGE: dict[str, Both] = {
    "earlier": Both("上一期", "earlier"),
    "later": Both("下一期", "later"),
    "search": Both("搜索", "Search"),
    "permalink": Both("链接", "permalink"),
    "source-line": Both("出处", "source"),
    "partly": Both("部分有译文", "partly translated"),
    "report": Both("报错", "report"),
    "place": Both("¶3: 1–26 即来源第 3 段第 1–26 字", "¶3: 1–26 is paragraph 3, characters 1–26 of the source"),
}
