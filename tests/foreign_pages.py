"""Pages for the tests of the cleaner, all written for them, and an embedder that knows which lines are translations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digest.align.embed import HashEmbedder, Vectors, unit_rows
from digest.clean.inline import inline

PAIRS = (
    ("这个模型可以在普通的笔记本电脑上运行。", "The model runs on an ordinary laptop."),
    ("训练用了三天，数据来自公开的网页。", "Training took three days, with data from public web pages."),
    ("作者公布了全部代码和权重。", "The authors released all of their code and weights."),
    ("评测显示它比旧版本快得多。", "The evaluation shows that it is much faster than the old version."),
    ("安装只需要一条命令 `pip install lamp`。", "Installing it takes a single command, `pip install lamp`."),
    ("下一步是支持更多的语言。", "The next step is to support more languages."),
    ("用户可以直接在浏览器里试用。", "Users can try it directly in the browser."),
    ("内存占用降低了一半。", "Memory use has been cut in half."),
)

# Every fault at once; the tests name its lines by their numbers, from 1.
PAGE = """\
# 某某日报 — 2025-03-02

以下共有 3 篇博文，摘要如下：

## [A Small Model for Laptops](https://blog.example/lamp) （2025-03-01）

**Abstract:**

It needs no graphics card at all.
*It needs no graphics card at all.*

这个模型可以在普通的笔记本电脑上运行。
*The model runs on an ordinary laptop.*

Sure! Here is the second part of the abstract:

```
**摘要**

Training took three days, with data from public web pages.
训练用了三天，数据来自公开的网页。
The authors released all of their code and weights.
作者公布了全部代码和权重。
```

**Word Count:** 42 words

---

## [浏览器里的演示](https://blog.example/demo) （2025-03-02）

## Abstract

用户可以直接在浏览器里试用。

内存占用降低了一半。

Users can try it directly in the browser.

Memory use has been cut in half.

这一行没有译文，只好单独列出来。

---

## [A Small Model for Laptops](https://blog.example/lamp/) （2025-03-01）

作者公布了全部代码和权重。
The authors released all of their code and weights.

{mixed}

---
""".format(mixed=" ".join("".join(PAIRS[n]) for n in (5, 3)))


class TwinEmbedder:
    """Gives lines that are translations of each other (PAIRS) the same vector, and others one of their own.

    A line of which characters are missing is known by the rest of them, as long as half are left.
    """

    name, dim = "twins", 512

    def __init__(self, pairs: Sequence[tuple[str, str]] = PAIRS) -> None:
        self._number = {inline(text).text: n for n, pair in enumerate(pairs) for text in pair}
        self._others = HashEmbedder(self.dim)

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = self._others.encode(texts)
        for place, text in enumerate(texts):
            known = next((whole for whole in self._number if is_left_of(text, whole)), None)
            if known:
                rows[place] = np.random.default_rng(self._number[known]).normal(size=self.dim)
        return unit_rows(rows)


def is_left_of(text: str, whole: str) -> bool:
    """Tell whether a text is what is left of another, in its order."""
    rest = iter(whole)
    return 2 * len(text) >= len(whole) and all(character in rest for character in text)
