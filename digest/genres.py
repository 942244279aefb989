"""What kinds of posts there are, and what they are called (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from digest.model import Both

GENRES: Mapping[str, Both] = {
    "tutorial": Both("教程", "tutorial"),
    "release": Both("发布", "release"),
    "announcement": Both("公告", "announcement"),
    "benchmark": Both("评测", "benchmark"),
    "paper": Both("论文解读", "paper explained"),
    "essay": Both("观点", "opinion"),
    "case-study": Both("案例", "case study"),
    "series": Both("系列", "series"),
    "overview": Both("综述", "overview"),
    "explainer": Both("讲解", "explainer"),
    "newsletter": Both("通讯", "newsletter"),
    "interview": Both("访谈", "interview"),
    "event": Both("活动", "event"),
}
