"""Markdown reads like the page it becomes, its front matter counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.model import Page
from digest.normalise.article import read_page
from digest.normalise.markdown import front_matter, read_markdown

URL = "https://blog.example/x.md"
POST = """---
title: "批处理的代价"
date: 2025-01-05 08:00:00 +0000
lang: zh
---

# 批处理的代价

**摘要：**批处理把许多小请求合成一个大请求。见 [说明](./more) 与 `flush()`，其中 $t_1 * t_2 * n$ 是总时间。

```python
# 不是标题 $a_1$
flush()
```

1. 第一步是测量。
2. 第二步是比较。

> 引用的话。

| 大小 | 毫秒 |
|---|---|
| 8 | 20 |
"""


def test_a_post_gives_its_parts_in_order() -> None:
    document = read_markdown(POST, URL)
    assert (document.title, document.lang) == ("批处理的代价", "zh-Hans")
    assert document.published == datetime(2025, 1, 5, 8, 0, tzinfo=UTC)
    assert [p.kind for p in document.paragraphs] == ["prose", "code", "item", "item", "quote", "table"]


def test_bold_beside_chinese_marks_and_formulas_read_as_meant() -> None:
    prose = read_markdown(POST, URL).paragraphs[0]
    assert prose.text.startswith("摘要：批处理")
    assert [(prose.text[s.start : s.end], s.kind) for s in prose.spans] == [
        ("说明", "link"),
        ("flush()", "code"),
        ("$t_1 * t_2 * n$", "math"),
    ]


def test_code_is_left_as_it_was_written() -> None:
    assert read_markdown(POST, URL).paragraphs[1].text == "# 不是标题 $a_1$\nflush()"


def test_a_soft_line_break_is_a_space() -> None:
    assert read_markdown("One line\nand the next.", URL).paragraphs[0].text == "One line and the next."


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("---\ntitle: A\n---\nx", {"title": "A"}),
        ("---\ntitle: A: B and C\n---\nx", {"title": "A: B and C"}),
        ("---\nnot closed", {}),
        ("no front\n---\nmatter", {}),
        ("---\n!!python/object/apply:os.system [x]\n---\nx", {}),
    ],
)
def test_front_matter_is_read_where_it_is_one(text: str, values: dict[str, str]) -> None:
    assert front_matter(text)[0] == values


def test_a_page_of_markdown_is_known_by_its_type_or_look() -> None:
    for kind, url in (("text/markdown", "https://a.example/x"), ("text/plain", "https://a.example/x")):
        assert read_page(Page(url, POST.encode(), (("content-type", kind),))).title == "批处理的代价"
