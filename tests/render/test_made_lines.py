"""What the page says of lines that an engine made: on which side, who, what was refused, whom to thank, what to do."""

from __future__ import annotations

import re
from dataclasses import replace

from sample_day import CHINESE, DAY, pair

from digest.model import Abstract, Both, Line, LinePair, Place, Verdict
from digest.render import page, site

GOOD = Verdict(0.83, True, "same")
OWN = Line("zh-Hans", "新缓存把读取时间缩短了一半。", (Place("zh-Hans", "https://blog.example/zh/cache", 1, 0, 14),))
MADE = Line("en", "The new cache halves the time that reading takes.")
PAIR = LinePair("0000aaaa", OWN, MADE, "machine", GOOD, "mt:model")
HEADINGS = (
    LinePair("0000aaab", Line("zh-Hans", "安装"), Line("en", "Installation"), "machine", GOOD, "mt:model"),
    LinePair("0000aaac", Line("zh-Hans", "尚无译文的小标题"), None, "none", Verdict(0.0, False)),
)
POST = Abstract(
    id="aaaa0000",
    title=Both("更快的缓存", "A faster cache"),
    url=Both("https://blog.example/zh/cache", None),
    source="Blog",
    published=CHINESE.published,
    lang="zh-Hans",
    kind="highlights",
    pairs=(PAIR,),
    outline=HEADINGS,
    title_made=LinePair(
        "0000aaad", Line("zh-Hans", "更快的缓存"), Line("en", "A faster cache"), "machine", GOOD, "mt:model"
    ),
)
DAY_MADE = replace(
    DAY,
    abstracts=(POST,),
    refused=(("chatter", 2), ("numbers", 1)),
    credits=("A model & Co · CC-BY 4.0",),
    offer=Both("运行 digest models pull en-zh", "Run digest models pull en-zh"),
)


def block(html: str, start: str, end: str) -> str:
    return html[html.index(start) : html.index(end, html.index(start))]


def test_the_mark_of_a_made_line_stands_on_that_line_in_every_order() -> None:
    for order in (("zh", "en"), ("en", "zh")):
        html = page.html(replace(DAY_MADE, order=order))
        found = block(html, 'id="l-0000aaaa"', "<details")
        chinese, english = (block(found, f"<div class={side} ", "</div>") for side in ("zh", "en"))
        assert "机译" not in chinese
        assert "机译" in english
        assert 'class="mark own"' in english


def test_a_pair_that_people_made_has_one_verdict_and_no_mark_on_a_line() -> None:
    both = pair(1, replace(OWN), Line("en", MADE.text, OWN.places))
    found = block(page.html(replace(DAY, abstracts=(replace(POST, pairs=(both,)),))), 'id="l-00000001"', "</details>")
    assert found.count('class="mark') == found.count('<details class="mark">') == 1


def test_a_title_that_was_made_says_so_and_leads_to_the_post() -> None:
    head = block(page.html(DAY_MADE), "<h2 class=", "</h2>")
    chinese, english = re.findall(r"<a class=.*?</a>", head, re.S)
    assert "机译" not in chinese
    assert "机译" in english
    assert 'href="https://blog.example/zh/cache"' in english


def test_an_outline_says_once_what_made_its_headings_and_how_many_have_no_translation() -> None:
    html, text = page.html(DAY_MADE), page.markdown(DAY_MADE)
    head = re.sub(r"<[^>]+>", "", block(html, '<p class="eyebrow">', '<div class="outline">'))
    assert "机译 machine 1" in head
    assert "未译 not translated 1" in head
    assert "**提纲 · Outline** 〔机译 · machine 1〕 〔未译 · not translated 1〕" in text
    assert "- 安装 / Installation\n- 尚无译文的小标题\n" in text


def test_the_foot_counts_what_was_refused_in_words_thanks_and_offers() -> None:
    html, text = page.html(DAY_MADE), page.markdown(DAY_MADE)
    assert "chatter 2" in re.sub(r"<[^>]+>", "", html)
    assert "numbers differ 1" in re.sub(r"<[^>]+>", "", html)
    assert "A model &amp; Co · CC-BY 4.0" in html
    assert "A model & Co · CC-BY 4.0" in text
    assert "digest models pull en-zh" in html
    assert "digest models pull en-zh" in text


def test_the_json_keeps_the_titles_verdict_and_the_counts() -> None:
    told = site.json_text(DAY_MADE)
    for part in (
        '"title_made": {',
        '"refused": {',
        '"chatter": 2',
        '"credits": [',
        '"offer": {',
        '"engine": "mt:model"',
    ):
        assert part in told
