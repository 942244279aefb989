"""Our own Markdown page read back: every pair once, nothing false, no gloss in a line."""

from __future__ import annotations

import dataclasses
import sys
from datetime import date
from pathlib import Path

import pytest
from corrected_day import CORRECTED

sys.path.append(str(Path(__file__).parent.parent / "render"))

from sample_day import DAY, RICH, line, pair

from digest.align.embed import load_embedder
from digest.clean.own_markdown import frame, unglossed
from digest.cleaning import Cleaned, clean_page
from digest.config import DigestSettings
from digest.model import Both, Digest, Page
from digest.render.page import html, markdown

WORDS = {
    "资料 · Facts": "facts",
    "提纲 · Outline": "outline",
    "摘录 · Highlights": "highlights",
    "另见 · also covered in": "also",
    "其余博文 · The rest": "rest",
    "未能完成 · Failures": "failures",
    "更新 · updated": "updated",
    "距原文 {} 天 · {} days after the original": "days-after",
    "未译 · not translated": "untranslated",
}
ORDERS = (("zh", "en"), ("en", "zh"))


def cleaned(page: str, name: str = "page.md") -> Cleaned:
    settings = DigestSettings.model_validate({})
    return clean_page(Page(name, page.encode()), load_embedder(), settings, date(2025, 5, 1))


def signed(day: Digest, order: tuple[str, str]) -> Digest:
    """Sign a day as the program does: a foot is known by that."""
    return dataclasses.replace(day, signature="digest 0.1.0 · made by a test", order=order)


def lines_of(digest: Digest) -> list[tuple[str | None, str | None]]:
    pairs = [pair for abstract in (*digest.abstracts, *digest.newly) for pair in abstract.pairs]
    return sorted(((p.zh.text if p.zh else None, p.en.text if p.en else None) for p in pairs), key=str)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("day", [DAY, RICH, CORRECTED], ids=["day", "full", "corrected"])
@pytest.mark.parametrize("write", [markdown, html])
def test_our_own_page_comes_back_whole(day: Digest, order: tuple[str, str], write: object) -> None:
    got = cleaned(write(signed(day, order)))  # type: ignore[operator]
    assert lines_of(got.digest) == lines_of(day)
    titles = [(a.title.zh, a.title.en) for a in (*day.abstracts, *day.newly)]
    assert [(a.title.zh, a.title.en) for a in got.digest.abstracts] == titles
    assert got.report.of_role("echo", "repeat", "chatter", "fence") == ()


def test_its_date_and_the_names_of_translators_stay() -> None:
    got = cleaned(markdown(signed(RICH, ("zh", "en")))).digest
    assert got.day == RICH.day
    assert got.abstracts[0].credits == RICH.abstracts[0].credits


def test_what_frames_posts_is_told_of_and_of_no_post() -> None:
    text = markdown(signed(RICH, ("zh", "en")))
    roles = {account.line: account.role for account in cleaned(text).report.accounts}
    told = {line: roles[number] for number, line in enumerate(text.split("\n"), 1) if line.strip()}
    for said in (
        "- 许可 · Licence:",
        "- 局限 / Limitations",
        "**提纲 · Outline** 〔",
        "同文亦见 ·",
        "距原文",
        "2025-05-07 〔",
    ):
        assert [role for line, role in told.items() if line.startswith(said)] == ["note"], said
    assert {role for line, role in told.items() if line.startswith("- ")} <= {"note", "foot"}


def test_lists_of_others_are_lines() -> None:
    others = ["**Outline**", "- one", "- two", "- 许可 · Licence: MIT", "Also covered in: x", "# The rest", "- a"]
    assert frame(others, WORDS) == frozenset()
    assert frame(others, {}) == frozenset()


def test_a_list_of_ours_ends_where_another_line_begins() -> None:
    ours = [
        "**资料 · Facts**",
        "",
        "- a",
        "- b",
        "",
        "**摘录 · Highlights**",
        "- a line",
        "另见 · also covered in: [x](y)",
    ]
    assert frame(ours, WORDS) == {0, 2, 3, 7}
    assert frame(["# 其余博文 · The rest", "- a", "未能完成 · Failures:", "- b", "## c", "- d"], WORDS) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("2025-05-07 〔更新 · updated〕", True),
        ("距原文 21 天 · 21 days after the original", True),
        ("它在 2025-05-07 更新。 〔更新 · updated〕", False),
        ("2025-05-07", False),
    ],
)
def test_when_something_came_is_no_line(text: str, is_told: bool) -> None:
    assert bool(frame([text], WORDS)) is is_told


@pytest.mark.parametrize(
    ("side", "text", "want"),
    [
        ("en", "An `agent`〔智能体〕 ran, then a tool〔工具〕.", "An `agent` ran, then a tool."),
        ("zh", "偏好数据集〔preference dataset〕很小。", "偏好数据集很小。"),
        ("zh", "国发〔2023〕5 号，见〔附件〕。", "国发〔2023〕5 号，见〔附件〕。"),
        ("en", "Set apart 〔这样〕 it stays.", "Set apart 〔这样〕 it stays."),
    ],
)
def test_only_glosses_are_taken_out_and_only_of_our_lines(side: str, text: str, want: str) -> None:
    mark = " 〔未译 · not translated〕"
    assert unglossed([text + mark, text], WORDS, lambda _: side) == [want + mark, text]


def test_a_title_alone_keeps_both_its_languages() -> None:
    first, second = DAY.abstracts[:2]
    alone = dataclasses.replace(
        first, id="x", pairs=(), outline=(), credits=(), title=Both("只有标题", "A Title Alone")
    )
    made = cleaned(markdown(signed(dataclasses.replace(DAY, abstracts=(alone, second)), ("zh", "en")))).digest
    assert (made.abstracts[0].title.zh, made.abstracts[0].title.en) == ("只有标题", "A Title Alone")
    assert made.abstracts[0].pairs == ()


def test_a_line_of_a_post_that_looks_like_ours_stays() -> None:
    one = pair(1, line("提纲 · Outline", "zh-Hans"), line("A plan, in short, of what follows.", "en"))
    day = dataclasses.replace(
        DAY, abstracts=(dataclasses.replace(DAY.abstracts[0], pairs=(*DAY.abstracts[0].pairs, one)),)
    )
    roles = [account.role for account in cleaned(markdown(signed(day, ("zh", "en")))).report.accounts]
    assert "note" not in roles
