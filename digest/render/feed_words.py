"""The words of the feeds: what each is called where somebody chooses one, and what their entries say."""

from __future__ import annotations

from digest.model import Both

FEED_WORDS: dict[str, Both] = {
    "feed-posts": Both("博文", "Posts"),
    "feed-days": Both("每日一期", "One entry a day"),
    "feed-zh-en": Both("中英，中文在前", "both languages, Chinese first"),
    "feed-en-zh": Both("中英，英文在前", "both languages, English first"),
    "feed-zh": Both("只有中文", "Chinese only"),
    "feed-en": Both("只有英文", "English only"),
    "feed-title": Both("标题", "title"),
}
