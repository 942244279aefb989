"""The files of a day."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime

from sample_day import DAY, ENGLISH, PAIRED, REPAIRED

from digest.model import Both, Verdict
from digest.render import site
from digest.render.masthead import Masthead

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


def test_a_day_has_two_pages_and_the_one_with_the_stamp_comes_last() -> None:
    (markdown, _), (html, text) = site.page_files(DAY, made_from="0" * 32)
    assert (markdown, html) == ("2025-04-16.md", "2025-04-16.html")
    assert f'<meta name="digest-from" content="{"0" * 32}">' in text
    assert "digest-from" not in site.page_files(DAY)[1][1]


def test_the_frame_names_a_page_for_each_source_and_each_term() -> None:
    day = dataclasses.replace(DAY, abstracts=(dataclasses.replace(PAIRED, terms=(Both("束搜索", "beam search"),)),))
    frame = site.frame_of(day, None, date(2025, 4, 19), Masthead("T", "", ("zh", "en"), "digest@example.org"))
    assert (frame.earlier, frame.later, frame.report) == (None, date(2025, 4, 19), "digest@example.org")
    assert dict(frame.sources) == {"HF Blog": site.source_page("HF Blog")}
    assert dict(frame.terms) == {("束搜索", "beam search"): site.term_page("束搜索", "beam search")}
    assert site.term_page("束搜索", "beam search").startswith("terms/beam-search-")


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
