"""The files of a day, and the index made from what was written."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime

from sample_day import DAY, EMPTY, ENGLISH, PAIRED, REPAIRED

from digest.model import Both, Verdict
from digest.render import page, site
from digest.render.page import DayRow

PAGE_FIELDS = {
    "schema_version", "date", "title", "signature", "posts", "newly_translated", "also", "rest", "quality", "failures",
}  # fmt: skip
POST_FIELDS = {
    "id", "title", "url", "source", "published", "lang", "kind", "pairs", "outline", "card", "terms", "credits",
    "status",
}  # fmt: skip
PAIR_FIELDS = {
    "id", "zh", "en", "score", "verified", "grade", "made_by", "engine", "reasons", "guesses", "sources",
}  # fmt: skip


def test_a_day_is_three_files_and_the_json_comes_last() -> None:
    assert [name for name, _ in site.day_files(DAY)] == ["2025-04-16.md", "2025-04-16.html", "2025-04-16.json"]


def test_every_field_of_the_contract_is_there() -> None:
    found = json.loads(site.json_text(DAY))
    assert found["schema_version"] == 1
    assert set(found) >= PAGE_FIELDS
    for post in found["posts"]:
        assert set(post) >= POST_FIELDS
        for pair in post["pairs"]:
            assert set(pair) >= PAIR_FIELDS
            assert all(set(place) == {"lang", "url", "paragraph", "start", "end"} for place in pair["sources"])
    assert found["failures"][0] == {"url": DAY.failures[0].url, "stage": "fetch", "reason": "no answer within 30 s"}
    assert found["quality"]["verified"] == 8


def test_a_side_that_does_not_exist_is_null() -> None:
    posts = {post["id"]: post for post in json.loads(site.json_text(DAY))["posts"]}
    alone = posts[ENGLISH.id]
    assert alone["title"]["zh"] is None
    assert alone["url"]["zh"] is None
    assert {pair["zh"] for pair in alone["pairs"]} == {None}
    assert {place["lang"] for place in alone["pairs"][0]["sources"]} == {"en"}
    assert {place["lang"] for place in posts[PAIRED.id]["pairs"][0]["sources"]} == {"zh-Hans", "en"}


def test_json_keeps_text_and_instants() -> None:
    text = site.json_text(DAY)
    assert "它也有代价" in text
    post = json.loads(text)["posts"][0]
    assert datetime.fromisoformat(post["published"]) == PAIRED.published
    assert post["published"].endswith("+08:00")
    assert post["pairs"][1]["score"] == 0.91
    assert post["pairs"][1]["grade"] == "same"


def test_scores_have_four_places_so_that_machines_agree_on_the_bytes() -> None:
    judged = dataclasses.replace(PAIRED.pairs[0], verdict=Verdict(0.1 + 0.2, True, "exact"))
    day = dataclasses.replace(DAY, abstracts=(dataclasses.replace(PAIRED, pairs=(judged,)),))
    assert json.loads(site.json_text(day))["posts"][0]["pairs"][0]["score"] == 0.3


def test_each_guess_is_told_with_its_place_and_the_post_with_its_counts() -> None:
    day = dataclasses.replace(DAY, abstracts=(REPAIRED, PAIRED))
    repaired, sound = json.loads(site.json_text(day))["posts"]
    assert repaired["pairs"][0]["guesses"] == [
        {"side": "zh", "at": 2, "chosen": "在", "sure": 0.7,
         "others": [{"text": "再", "sure": 0.15}, {"text": "存", "sure": 0.15}]},
        {"side": "zh", "at": 9, "chosen": "得", "sure": 0.85, "others": []},
    ]  # fmt: skip
    for guess in repaired["pairs"][0]["guesses"]:
        assert repaired["pairs"][0]["zh"][guess["at"]] == guess["chosen"]
    assert repaired["pairs"][1]["guesses"] == []
    assert (repaired["guessed"], repaired["unsure"]) == (482, 3)
    assert (sound["guessed"], sound["unsure"]) == (0, 0)


def test_the_index_is_read_from_what_was_written() -> None:
    rows = site.index_rows([site.json_text(EMPTY), site.json_text(DAY), site.json_text(EMPTY)])
    assert [row.day for row in rows] == [date(2025, 4, 19), date(2025, 4, 16)]
    assert (rows[1].posts, rows[1].pairs, rows[1].untranslated) == (6, 9, 5)
    assert rows[1].titles[0] == PAIRED.title


def test_a_file_that_is_no_day_of_ours_is_passed_over() -> None:
    strange = ["", "{", "[]", "null", "3", '{"schema_version": 2}', '{"schema_version": 1, "date": "x", "posts": []}']
    assert site.index_rows(strange) == ()


def rows(*days: date) -> list[DayRow]:
    return [DayRow(day, 1, 5, 2, (Both("中文标题 <b>", "English title"),)) for day in days]


def test_the_index_goes_by_month_newest_first() -> None:
    days = (date(2025, 3, 31), date(2025, 4, 2), date(2025, 4, 1))
    text = page.index_html(rows(*days), title="日报", link="", order=("zh", "en"))
    found = [text.index(mark) for mark in ("2025 年 4 月", 'href="2025-04-02.html"', 'href="2025-04-01.html"')]
    found += [text.index(mark) for mark in ("2025 年 3 月", 'href="2025-03-31.html"')]
    assert found == sorted(found)
    assert "1 篇博文 · 5 对 · 未译 2" in text
    assert "中文标题 &lt;b&gt;" in text


def test_the_index_speaks_the_readers_first_language() -> None:
    text = page.index_html(rows(date(2025, 4, 2)), title="Daily", link="https://e.example/d", order=("en", "zh"))
    assert '<html lang="en">' in text
    assert "April 2025" in text
    assert "English title" in text
    assert "中文标题" not in text
    assert '<link rel="canonical" href="https://e.example/d/index.html">' in text


def test_an_index_without_days_says_so() -> None:
    assert "还没有" in page.index_html([], title="日报", link="", order=("zh", "en"))


def test_a_post_without_a_printable_title_counts_and_leaves_no_empty_row() -> None:
    nameless = dataclasses.replace(ENGLISH, title=Both(None, None), url=Both("https://a.example/x", None), pairs=())
    day = dataclasses.replace(DAY, abstracts=(nameless, PAIRED))
    rows = site.index_rows([site.json_text(day)])
    assert (rows[0].posts, len(rows[0].titles)) == (2, 1)
    assert "<bdi></bdi>" not in page.index_html(rows, title="T", link="", order=("zh", "en"))
    assert "https\\://a.example/x" in page.markdown(day)
