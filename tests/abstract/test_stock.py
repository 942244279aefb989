"""Stock headings: exact hits only, one answer each, both ways."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest

from digest.abstract.stock import stock_heading

ROWS = list(csv.DictReader(files("digest").joinpath("data/headings.csv").read_text("utf-8").splitlines()))
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("text", "side", "answer"),
    [
        ("Introduction", "en", "引言"),
        ("1. Introduction:", "en", "1. 引言"),
        ("3.2 Related Work", "en", "3.2 相关工作"),
        ("🏅 RESULTS 🏅", "en", "结果"),
        ("What’s new?", "en", "新变化"),
        ("Section 6: Conclusion", "en", "结论"),
        ("第一章 引言", "zh", "Introduction"),
        ("一、背景", "zh", "Background"),
        ("2. 参考资料：", "zh", "2. References"),
        ("总结", "zh", "Summary"),
        ("Introduction to birds", "en", None),
        ("Results of the vote", "en", None),
        ("引言与背景", "zh", None),
        ("Introduction", "zh", None),
        ("引言", "en", None),
        ("2024", "en", None),
        ("10 Features", "en", None),
        ("3 examples", "en", None),
        ("5 Best practices", "en", None),
        ("4 挑战", "zh", None),
        ("About the authors", "en", "关于作者"),
        ("", "en", None),
    ],
)
def test_only_what_is_on_the_list_is_answered(text: str, side: str, answer: str | None) -> None:
    assert stock_heading(text, side) == answer


def test_each_spelling_stands_in_one_row_and_comes_back() -> None:
    for side, other in (("en", "zh"), ("zh", "en")):
        spelt = [(text, row) for row in ROWS for text in (row[side], *filter(None, row[f"{side}_also"].split("|")))]
        assert len({text.casefold() for text, _ in spelt}) == len(spelt)
        for text, row in spelt:
            broad = side == "zh" and row["broad"]
            assert stock_heading(text, side) == (None if broad else row[other])


def test_chinese_that_says_more_than_the_english_is_not_answered() -> None:
    for text in ("推理", "安全", "安全性", "设置", "特性"):
        assert stock_heading(text, "zh") is None
    assert stock_heading("Inference", "en") == "推理"
    assert {row["broad"] for row in ROWS} == {"", "yes"}


def test_the_list_is_in_the_right_languages() -> None:
    for row in ROWS:
        assert HAN.search(row["zh"])
        assert not HAN.search(row["en"] + (row["en_also"] or ""))
        assert all(HAN.search(also) for also in filter(None, (row["zh_also"] or "").split("|")))
