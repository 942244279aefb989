"""A day with everything on it: glance, cards, outlines, glosses, what came later, what is left, and why."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_day import (
    CARDED,
    CHINESE,
    DAY,
    NEWLY,
    OUTLINED,
    PAIRED,
    RICH,
    THIRD,
    UPDATED,
    fact,
    glossed,
    guessed,
    line,
    pair,
)
from test_page_html import Tree

from digest.abstract import choose, filters, wording
from digest.abstract.genre import BY_TITLE
from digest.abstract.score import SALIENCE
from digest.model import Abstract, Both, Digest, Fact, Gloss, Line, LinePair, Listed, Passed, Verdict
from digest.render import page, site
from digest.render.address import at_text
from digest.render.codes import CODES
from digest.render.entry import awaited, outline_marks
from digest.render.line import runs, shown
from digest.render.markdown import md_line
from digest.render.why import why

ORDERS = (("zh", "en"), ("en", "zh"))
EVIL = "</bdi></p><script>alert(1)</script>\"'&"


def day(*abstracts: Abstract, **changes: object) -> Digest:
    return dataclasses.replace(DAY, abstracts=abstracts, **changes)  # type: ignore[arg-type]


def seen(html: str) -> str:
    """Give the text of a piece of HTML, in both languages, with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def part(html: str, start: str, end: str) -> str:
    at = html.index(start)
    return html[at : html.index(end, at)]


def entry(html: str, name: str) -> str:
    return part(html, f'id="{name}"', "</article>")


# ---- the page as a whole --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
def test_it_is_well_nested_and_no_id_stands_twice(order: tuple[str, str]) -> None:
    twice = dataclasses.replace(RICH, newly=(NEWLY, OUTLINED), order=order)  # one post in both lists
    ids = [attrs["id"] for _, attrs in Tree(page.html(twice)).having("id")]
    assert len(ids) == len(set(ids))
    assert {f"p-{OUTLINED.id}", f"n-{OUTLINED.id}", "l-00000001", "nl-00000001"} <= set(ids)


def test_every_link_within_the_page_leads_somewhere() -> None:
    tree = Tree(page.html(RICH))
    ids = {attrs["id"] for _, attrs in tree.having("id")}
    inner = {(attrs["href"] or "")[1:] for _, attrs in tree.having("href") if (attrs["href"] or "").startswith("#")}
    assert inner
    assert inner <= ids


def test_the_same_day_gives_the_same_bytes() -> None:
    assert page.html(RICH) == page.html(RICH)
    assert site.json_text(RICH) == site.json_text(RICH)


def test_the_order_of_sections_is_glance_posts_late_newly_rest() -> None:
    html = page.html(RICH)
    marks = ['class="glance"', f'id="p-{OUTLINED.id}"', 'class="late"', 'id="newly"', 'id="rest"', "<footer>"]
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)


# ---- at a glance ----------------------------------------------------------------------------------------------------


def test_a_post_with_one_translated_line_of_five_is_not_counted_as_translated() -> None:
    whole = [pair(300 + n, line(f"第 {n} 行。", "zh-Hans"), line(f"Line {n}.", "en")) for n in range(5)]
    alone = [dataclasses.replace(each, zh=None, made_by="none", verdict=Verdict(0.0, False)) for each in whole]
    for lines, counted in ((1, "partly translated 1"), (2, "partly translated 1"), (3, "human 1"), (5, "human 1")):
        post = dataclasses.replace(OUTLINED, pairs=(*whole[:lines], *alone[lines:]))
        glance = seen(part(page.html(dataclasses.replace(RICH, abstracts=(post,))), '<nav class="glance"', "</nav>"))
        head = glance.partition(post.title.zh or "")[0]
        assert counted in head
        assert ("human 0" in head) == (lines < 3)
        assert f"human {lines}/5" in glance


def test_the_glance_counts_and_names_kind_and_minutes() -> None:
    glance = seen(part(page.html(RICH), '<nav class="glance"', "</nav>"))
    assert "今日速览 · At a glance" in glance
    assert "6 篇博文" in glance
    assert "今日新译 newly translated 1" in glance
    assert "教程tutorial · 12 分钟" in glance
    assert 'href="#newly"' in page.html(RICH)


def test_an_untranslated_post_shows_what_its_card_tells() -> None:
    glance = seen(part(page.html(RICH), '<nav class="glance"', "</nav>"))
    assert "论文 Paper arXiv 2410.02694 · 代码 Code example-lab/long-context · 59 models" in glance
    translated = dataclasses.replace(CARDED, pairs=PAIRED.pairs)
    assert "2410.02694" not in part(page.html(day(translated)), '<nav class="glance"', "</nav>")


def test_a_day_of_nothing_but_newly_translated_posts_is_not_empty() -> None:
    html = page.html(day(newly=(NEWLY,)))
    assert "这一天没有博文" not in html
    assert 'id="newly"' in html
    assert "中文在上" in html
    text = page.markdown(day(newly=(NEWLY,)))
    assert "这一天没有博文" not in text
    assert "# 今日新译 · Newly translated today" in text


# ---- what came later ------------------------------------------------------------------------------------------------


def test_a_newly_translated_post_says_how_long_it_took_and_leads_to_its_day() -> None:
    found = entry(page.html(RICH), f"n-{NEWLY.id}")
    assert "距原文 21 天" in seen(found)
    assert "21 days after the original" in seen(found)
    assert f'href="2025-03-26.html#p-{NEWLY.id}"' in found
    assert "更新" not in seen(found), "it is listed as new, not as changed"
    assert "距原文 21 天 · 21 days after the original" in page.markdown(RICH)
    lost = entry(page.html(day(newly=(dataclasses.replace(NEWLY, day=None),))), f"n-{NEWLY.id}")
    assert ".html#" not in lost


def test_the_days_between_are_counted_in_the_readers_zone() -> None:
    late = dataclasses.replace(NEWLY, published=datetime(2025, 4, 14, 16, 30, tzinfo=UTC))  # the 15th in Shanghai
    assert "距原文 1 天" in seen(page.html(day(newly=(late,))))
    assert "距原文 2 天" in seen(page.html(day(newly=(late,), timezone="UTC")))


def test_an_updated_entry_says_when_and_what_came() -> None:
    html = seen(entry(page.html(RICH), f"p-{UPDATED.id}"))
    assert "更新 · updated 2025-05-07 · 新增译文translation added" in html
    changed = dataclasses.replace(UPDATED, updated_by="edit")
    assert "更新 · updated 2025-05-07 · 正文有改动the text was changed" in seen(page.html(day(changed)))
    assert "2025-05-07 〔更新 · updated〕 〔新增译文 · translation added〕" in page.markdown(RICH)
    untold = dataclasses.replace(UPDATED, updated=None, updated_by="")
    assert "〔更新 · updated〕\n" in page.markdown(day(untold))
    posts = json.loads(site.json_text(day(changed, untold)))["posts"]
    assert [(post["updated"], post["updated_by"]) for post in posts] == [("2025-05-07", "edit"), (None, "")]


def test_an_entry_says_that_an_edition_is_awaited_only_where_that_is_true() -> None:
    until = date(2025, 6, 5)
    said = awaited(CARDED, until)
    assert said
    assert said.zh == "尚无中文版；2025-06-05 前出现会更新本条"
    said = awaited(dataclasses.replace(CHINESE, day=DAY.day), until)
    assert said
    assert said.en == "no English edition yet; one that comes by 2025-06-05 updates this entry"
    for one in (
        dataclasses.replace(CARDED, day=None),  # on no day's page: nothing watches it
        OUTLINED,  # has one
        dataclasses.replace(CARDED, url=Both("https://blog.example/zh/x", CARDED.url.en)),
        dataclasses.replace(CARDED, notes=("edition-damaged",)),
        dataclasses.replace(CARDED, notes=("unpaired",)),
        dataclasses.replace(THIRD, day=DAY.day),
    ):
        assert awaited(one, until) is None
    html = seen(page.html(RICH))
    assert html.count("尚无中文版；2025-06-15 前出现会更新本条") == 1
    assert html.count("no English edition yet; one that comes by 2025-06-15 updates this entry") == 1
    late_evening = dataclasses.replace(CARDED, published=datetime(2025, 4, 15, 17, 0, tzinfo=UTC))
    assert "尚无中文版；2025-06-15 前" in page.markdown(day(late_evening, watch_days=60)), "the date of the page's zone"
    unwatched = dataclasses.replace(RICH, watch_days=0)
    assert "尚无" not in page.html(unwatched) + page.markdown(unwatched)
    assert json.loads(site.json_text(RICH))["watch_days"] == 60


# ---- outline and card -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
def test_the_outline_is_one_running_line_of_pairs(order: tuple[str, str]) -> None:
    found = entry(page.html(dataclasses.replace(RICH, order=order)), f"p-{OUTLINED.id}")
    outline = part(found, '<div class="outline">', "</div>")
    again = re.sub(r'<bdi class="\w+ again".*?</bdi>', "", outline)
    first, second = ("介绍", "Introduction") if order[0] == "zh" else ("Introduction", "介绍")
    assert seen(again).removeprefix(" ").startswith(f"{first} {second} · ")
    assert outline.count('<span class="both">') == 4
    assert "human" not in seen(part(found, "提纲", "</p>"))


def test_what_made_headings_is_said_once() -> None:
    assert outline_marks(CARDED.outline) == (("stock", 2), ("untranslated", 1))
    assert outline_marks(OUTLINED.outline) == ()
    doubtful = pair(9, line("甲", "zh"), line("A", "en"), Verdict(0.4, False))
    assert outline_marks((doubtful,)) == (("unverified", 1),)
    html = seen(entry(page.html(RICH), f"p-{CARDED.id}"))
    assert html.count("固定译法") == 1
    assert page.markdown(RICH).count("固定译法") == 1


def test_a_card_has_a_row_a_name_and_its_values_lead_to_their_sentences() -> None:
    found = part(page.html(RICH), '<dl class="card">', "</dl>")
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", found)
    told = [(seen(label), seen(values)) for label, values in rows]
    assert told == [
        ("类型 Type", "评测benchmark"),
        ("规模 Size", "“59 models”"),
        ("上下文 Context", "“8K to 128K tokens” · 128K"),
        ("论文 Paper", "arXiv 2410.02694"),
        ("代码 Code", "example-lab/long-context"),
        ("许可 Licence", "Apache-2.0"),
    ]
    links = [attrs["href"] for _, attrs in Tree(page.html(RICH)).having("href") if "long-context" in attrs["href"]]  # type: ignore[operator]
    assert "https://blog.example/long-context#:~:text=8K%20to%20128K%20tokens" in links
    assert "https://github.com/example-lab/long-context" in links
    assert '<bdi lang="en">128K</bdi>' in found


def test_a_card_in_markdown_is_a_list_of_links() -> None:
    text = page.markdown(day(CARDED))
    assert "- 规模 · Size: [“59 models”](https://blog.example/long-context#:~:text=59%20models)\n" in text
    assert "- 类型 · Type: 评测 · benchmark\n" in text


def test_what_a_card_says_never_becomes_markup() -> None:
    card = (fact("size", EVIL, "javascript:alert(1)"), Fact(EVIL, Both(EVIL, EVIL)), fact("models", "[a](b) *c*"))
    listed = Listed("1", Both(EVIL, EVIL), Both("javascript:x", None), EVIL, DAY_TIME, "cap", EVIL, date(2025, 4, 1))
    evil = dataclasses.replace(CARDED, card=card, genre=EVIL, also=(dataclasses.replace(listed, why="same"),))
    digest = day(evil, newly=(dataclasses.replace(evil, id="2"),), rest=(listed,))
    tree = Tree(page.html(digest))
    assert [tag for tag, _ in tree.tags].count("script") == 1, "the page's own"
    assert not [a for _, a in tree.having("href") if (a["href"] or "").startswith("javascript")]
    assert "[\\[a\\](b) \\*c\\*](" in page.markdown(digest)


DAY_TIME = datetime(2025, 4, 16, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a-b, c & d", "a%2Db%2C%20c%20%26%20d"),
        ("中文", "中文"),
        ("甲\u3000乙\u202e丙“丁”é", "甲%20乙丙%E2%80%9C丁%E2%80%9Dé"),
        (" ".join(f"word{n:02d}" for n in range(20)), "word00%20word01%20word02%20word03%20word04,word15%20word16"),
        ("很" * 30 + "，" + "长" * 30 + "，末尾。", "很" * 30 + ",末尾"),
        ("\ud800x", "%EF%BF%BDx"),
    ],
)
def test_a_text_fragment_names_a_text_or_its_ends(text: str, named: str) -> None:
    assert at_text("https://a.example/", text).startswith(f"https://a.example/#:~:text={named}")


def test_no_fragment_makes_an_address_of_none() -> None:
    assert at_text("javascript:alert(1)", "x") == ""
    assert at_text("https://a.example/", "  ") == "https://a.example/"
    assert at_text("https://a.example/#:~:text=old", "new") == "https://a.example/#:~:text=new"
    assert at_text("https://a.example/#part:~:text=old", "new") == "https://a.example/#part:~:text=new"
    assert at_text("https://a.example/", "a\x00\x08b\x7f c") == "https://a.example/#:~:text=ab%20c"


# ---- glosses --------------------------------------------------------------------------------------------------------


def test_a_gloss_stands_behind_its_term_which_is_set_apart() -> None:
    html = entry(page.html(RICH), f"p-{CARDED.id}")
    assert (
        '<span class="term">long-context language models</span><span class="gloss" lang="zh-Hans">'
        "〔长上下文语言模型〕</span> that is diverse" in html
    )
    text = page.markdown(RICH)
    assert "for long-context language models〔长上下文语言模型〕 that is diverse" in text
    assert json.loads(site.json_text(RICH))["posts"][2]["pairs"][0]["en"] == (CARDED.pairs[0].en or EMPTY).text


EMPTY = Line("en", "")


@pytest.mark.parametrize(
    ("text", "own", "at", "start"),
    [
        ("Two policies here", "policy", 12, 4),
        ("A Language Model here", "language model", 16, 2),
        ("An unrelated word here", "language model", 17, None),
        ("x LMs", "LM", 5, 2),
        ("a long-context test", "long context", 14, 2),
        ("İ LM", "LM", 4, None),  # its small form is two characters
    ],
)
def test_a_term_is_found_by_its_entry(text: str, own: str, at: int, start: int | None) -> None:
    found = runs(Line("en", text, glosses=(Gloss(at, "词", "zh-Hans"),)), (Both("词", own),))
    pieces = [piece for pieces, _ in found for piece in pieces]
    assert [piece.gloss.text for piece in pieces if piece.gloss] == ["词"]
    assert "".join(piece.text for piece in pieces) == text
    before = pieces[: next(n for n, piece in enumerate(pieces) if piece.gloss) + 1]
    assert "".join(piece.text for piece in before) == text[:at]
    assert "".join(piece.text for piece in pieces if piece.term) == ("" if start is None else text[start:at])


def test_a_gloss_behind_code_stands_outside_of_it() -> None:
    marked = glossed(line("Call generate now", "en", "generate"), ("generate", "生成"))
    assert md_line(marked) == "Call `generate`〔生成〕 now"
    html = page.html(day(dataclasses.replace(CARDED, pairs=(pair(1, None, marked),))))
    assert '<code>generate</code><span class="gloss" lang="zh-Hans">〔生成〕</span> now' in html


pieces_of = st.text(st.sampled_from(list("ab*_[]()`<&:/@. 中文")), min_size=1, max_size=12)


@given(pieces_of, st.integers(-2, 14), pieces_of)
@example("a_b", 1, "*x*")
def test_a_gloss_changes_nothing_of_its_line(text: str, at: int, said: str) -> None:
    own = Line("en", text)
    with_gloss = dataclasses.replace(own, glosses=(Gloss(at, said, "zh-Hans"),))
    inked = [
        "".join("".join(piece.text for pieces, _ in runs(each) for piece in pieces).split())
        for each in (own, with_gloss)
    ]
    assert inked[0] == inked[1]
    count = sum(bool(piece.gloss) for pieces, _ in runs(with_gloss) for piece in pieces)
    assert count == (0 < at <= len(text) and bool(shown(said)))


# ---- why ------------------------------------------------------------------------------------------------------------


def test_behind_a_tap_stands_why_each_line_was_chosen() -> None:
    html = entry(page.html(RICH), f"p-{CARDED.id}")
    told = seen(part(html, '<details class="reasons">', "</details>"))
    assert "为何选这几句 · why these lines" in told
    assert "2.31 切合全文 +1.02central to the post +1.02" in told
    assert "主题：长上下文 +2.00" in told
    assert "topic: 长上下文 +2.00" in told
    assert "开头指代不明 1" in told
    assert "opens by pointing back 1" in told
    assert "¶5 1.21 · 与已选的意思相近" in told
    assert "0.92 " in told
    assert "有论断" not in told.partition("落选")[0], "a part that is 0 says nothing"
    assert page.html(RICH).count('<details class="reasons">') == 1


def test_chosen_lines_stand_in_their_order_and_the_best_others_by_score() -> None:
    told = why(CARDED)
    assert told
    assert [(row.paragraph, row.score) for row in told.chosen] == [(0, "2.31"), (0, "1.47"), (0, "0.92")]
    assert [row.paragraph for row in told.left] == [5, 6]
    for counts in (told.counts.zh, told.counts.en):
        scores = [int(count) for count in re.findall(r"(\d+)(?:\u00a0· |$)", counts or "")]
        assert all(a >= b for a, b in pairwise(scores))
        assert sum(scores) == 7, "a stretch that was filtered counts for each of its faults"
    assert why(PAIRED) is None


def test_each_code_that_is_printed_has_words() -> None:
    sources = [inspect.getsource(module) for module in (filters, wording)]
    faults = re.findall(r'yield "([a-z-]+)"', sources[0]) + re.findall(r'^    \("([a-z-]+)",', sources[1], re.MULTILINE)
    faults += re.findall(r'\| \{"([a-z-]+)"\}', inspect.getsource(choose))
    assert {"dangling", "question", "doubtful"} <= set(faults)
    assert [code for code in faults if f"fault-{code}" not in CODES] == []
    assert [code for code in SALIENCE if f"part-{code}" not in CODES] == []
    assert [code for code in BY_TITLE if f"genre-{code}" not in CODES] == []
    assert [code for code in get_args(Passed) if f"rest-{code}" not in CODES] == []


# ---- what is no entry -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
def test_every_post_of_the_rest_is_named_with_its_link_and_why(order: tuple[str, str]) -> None:
    digest = dataclasses.replace(RICH, order=order)
    html, text = part(page.html(digest), 'id="rest"', "</section>"), page.markdown(digest)
    rows = json.loads(site.json_text(digest))["rest"]
    assert [row["id"] for row in rows] == [listed.id for listed in RICH.rest]
    for listed in RICH.rest:
        for side in order:
            assert (listed.title.get(side) or "") in html
            assert (listed.title.get(side) or "") in text
        assert f'href="{listed.url.get(order[0]) or listed.url.get(order[1])}"' in html
    assert "超出当日上限" in html
    assert "规则排除" in text
    assert f'href="#p-{UPDATED.id}"' in html, "an entry of this page"
    assert 'href="2025-04-02.html#p-0c1b2c3d"' in html, "an entry of another page"
    assert "(2025-04-16.html#p-b2c3d4e5)" in text


def test_other_places_of_a_story_are_links_and_no_translations() -> None:
    html = entry(page.html(RICH), f"p-{OUTLINED.id}")
    assert "同文亦见 · also at: Steering Text Generation · A Mirror" in seen(html)
    assert "另见 · also covered in: 受约束的束搜索：一篇笔记 · 某笔记" in seen(html)
    assert 'href="2025-04-13.html#p-0c1b2c3d"' in html
    text = page.markdown(RICH)
    named = "另见 · also covered in: [受约束的束搜索：一篇笔记](https://biji.example/beam) (某笔记)"
    assert f"{named} → [见该条 · see the entry](2025-04-13.html#p-0c1b2c3d)\n" in text


def test_entries_that_are_on_no_known_page_have_no_link_in_either_form() -> None:
    unknown = dataclasses.replace(RICH.rest[0], entry="ffff0000", day=None)
    digest = day(PAIRED, rest=(unknown,))
    for text in (page.html(digest), page.markdown(digest)):
        assert "ffff0000" not in text
        assert "see the entry" not in text


def test_links_to_entries_are_the_same_in_both_forms() -> None:
    here = f"{RICH.day}.html"
    in_html = {to if to[0] != "#" else here + to for to in re.findall(r'href="([^"/:]*#p-[^"]+)"', page.html(RICH))}
    assert set(re.findall(r"see the entry\]\(([^)]+)\)", page.markdown(RICH))) <= in_html


def test_a_row_of_the_rest_keeps_the_place_that_links_to_its_entry_lead_to() -> None:
    named, copy = RICH.rest[0], dataclasses.replace(RICH.rest[0], id=PAIRED.id)
    html = page.html(day(PAIRED, rest=(named, named, copy)))
    ids = re.findall(r' id="(p-[^"]+)"', html)
    assert sorted(ids) == sorted([f"p-{PAIRED.id}", f"p-{named.id}"]), "each once"
    assert (named.title.en or named.title.zh or "-") in part(html, f'<li id="p-{named.id}">', "</li>")


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_with_nothing_but_the_rest(order: tuple[str, str]) -> None:
    digest = day(rest=RICH.rest, order=order)
    html, text = page.html(digest), page.markdown(digest)
    for listed in RICH.rest:
        for title in filter(None, (listed.title.zh, listed.title.en)):
            assert title in html
            assert title in text
    for said in ("No posts on this day", "这一天没有博文"):
        assert said not in html + text
    for absent in ('<nav class="glance"', "<fieldset", "<article"):
        assert absent not in html
    assert json.loads(site.json_text(digest))["posts"] == []


def test_one_post_is_counted_as_one() -> None:
    assert "1 篇博文 post " in seen(page.html(day(PAIRED)))
    assert "2 篇博文 posts " in seen(page.html(day(PAIRED, CARDED)))


# ---- JSON -----------------------------------------------------------------------------------------------------------


def test_the_json_tells_all_of_it() -> None:
    found = json.loads(site.json_text(RICH))
    post = found["posts"][2]
    assert post["card"][1] == {
        "name": "size", "zh": "59 models", "en": "59 models", "href": "",
        "place": {"lang": "en", "url": "https://blog.example/long-context", "paragraph": 4, "start": 0, "end": 60},
    }  # fmt: skip
    assert post["card"][0]["place"] is None
    assert (post["genre"], post["day"], post["updated"]) == ("benchmark", "2025-04-16", None)
    assert post["why"][0]["parts"] == {"centrality": 1.02, "title": 0.64}
    assert post["why"][5]["faults"] == ["colon", "length"]
    assert {"why", "score", "place", "pair"} <= set(post["why"][0])
    assert post["rank"] == {
        "score": 3.42, "parts": {"source": 1.0, "length": 0.42, "topic:长上下文": 2.0, "editions": 0.0},
    }  # fmt: skip
    assert post["pairs"][0]["glosses"] == [{"side": "en", "at": 55, "text": "长上下文语言模型", "lang": "zh-Hans"}]
    assert post["pairs"][2]["glosses"] == []
    assert [each["why"] for each in found["posts"][0]["also"]] == ["same", "comparable"]
    newly = found["newly_translated"][0]
    assert (newly["id"], newly["day"], newly["updated"]) == (NEWLY.id, "2025-03-26", "2025-04-16")
    assert found["rest"][1]["entry"] == UPDATED.id
    assert found["rest"][1]["day"] == "2025-04-16"


def test_a_made_pair_of_headings_keeps_its_maker_in_the_json() -> None:
    made: LinePair = CARDED.outline[0]
    assert json.loads(site.json_text(RICH))["posts"][2]["outline"][0]["made_by"] == made.made_by == "stock"


def test_a_heading_with_a_guess_has_its_sign_too() -> None:
    heading = pair(7, guessed(line("时区", "zh-Hans"), ("区", 0.6, "晒")), line("Zones", "en"))
    for order in ORDERS:
        html = page.html(dataclasses.replace(day(dataclasses.replace(OUTLINED, outline=(heading,))), order=order))
        outline = part(html, '<div class="outline">', "</div>")
        assert "也可能是 晒" in outline
        assert "<u " in outline


def test_the_json_is_written_as_ever_but_for_what_was_weighed() -> None:
    plain = dataclasses.replace(RICH, abstracts=tuple(dataclasses.replace(a, weighed=()) for a in RICH.abstracts))
    text = site.json_text(plain)
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    weighed = [line for line in site.json_text(RICH).split("\n") if '"faults"' in line]
    assert len(weighed) == len(CARDED.weighed)
    assert [json.loads(line.rstrip(","))["score"] for line in weighed] == [each.score for each in CARDED.weighed]
