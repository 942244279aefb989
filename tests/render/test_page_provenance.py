"""What a pair tells of where it comes from and who made it, and where a page leads to on its site."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sample_day import CARDED, DAY, PAIRED, RICH, line, pair

from digest.model import Correction, Line, LinePair, Place, Verdict
from digest.render import page
from digest.render.frame import Frame, slug
from digest.render.provenance import maker, places, source_of

URL = "https://blog.example/a"


def stretch(*places: tuple[int, int, int]) -> LinePair:
    """Make an English line alone that stands at these (paragraph, start, end)."""
    found = tuple(Place("en", URL, *each) for each in places)
    return LinePair("1", None, Line("en", "A line.", found), "none", Verdict(0, False))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([(0, 0, 7)], "en ¶1: 1–7"),
        ([(2, 0, 7), (2, 8, 20)], "en ¶3: 1–20"),
        ([(2, 0, 7), (2, 30, 44)], "en ¶3: 1–7, 31–44"),
        ([(2, 5, 9), (3, 0, 4)], "en ¶3: 6–9, ¶4: 1–4"),
        ([], ""),
    ],
)
def test_places_are_counted_from_one_and_sentences_that_follow_are_one(
    found: list[tuple[int, int, int]], said: str
) -> None:
    assert places(stretch(*found)) == said


def test_places_come_in_the_readers_order() -> None:
    assert places(PAIRED.pairs[0]) == "zh ¶4: 1–39; en ¶4: 1–109"
    assert places(PAIRED.pairs[0], ("en", "zh")) == "en ¶4: 1–109; zh ¶4: 1–39"


def test_a_line_leads_to_its_sentence_and_a_made_one_nowhere() -> None:
    assert source_of(stretch((0, 0, 7)).en or Line("en", "")) == f"{URL}#:~:text=A%20line."
    assert source_of(Line("en", "Made here.")) == ""
    assert source_of(Line("en", "x", (Place("en", "javascript:alert(1)", 0, 0, 1),))) == ""


def test_who_made_a_pair_is_its_engine_or_its_posts_translators() -> None:
    assert maker(PAIRED.pairs[0], PAIRED) == "林小满、Wei Zhang"
    assert maker(PAIRED.pairs[0], PAIRED, ("en", "zh")) == "林小满, Wei Zhang"
    assert maker(replace(PAIRED.pairs[0], made_by="machine", engine="mt:model"), PAIRED) == "mt:model"
    assert maker(replace(PAIRED.pairs[0], made_by="memory"), PAIRED) == ""
    done = Correction("replaced", PAIRED.pairs[1], "a word", by="L. Xiaoman")
    assert maker(replace(PAIRED.pairs[0], correction=done), PAIRED) == "L. Xiaoman"


def test_a_line_without_a_place_has_no_dot_before_nothing() -> None:
    bare = LinePair("1", Line("zh", "甲"), None, "none", Verdict(0, False))
    assert "<p></p></details>" in page.html(replace(DAY, abstracts=(replace(PAIRED, pairs=(bare,)),)))


def test_a_correction_is_text_and_never_markup() -> None:
    evil = "</s><script>alert(1)</script>"
    fixed = replace(
        pair(1, line("甲。", "zh"), line("A.", "en")),
        correction=Correction("replaced", pair(1, line(evil, "zh"), line(evil, "en")), evil, date(2025, 5, 1), evil),
    )
    html = page.html(replace(DAY, abstracts=(replace(PAIRED, pairs=(fixed,)),)))
    assert html.count("<script") == 1
    assert html.count("&lt;/s&gt;") == 5
    assert 'href="corrections.html#00000001"' in html


def test_of_a_corrected_pair_only_what_changed_is_struck_through() -> None:
    old, new = pair(1, line("旧。", "zh"), line("A.", "en")), pair(1, line("新。", "zh"), line("A.", "en"))
    fixed = replace(new, correction=Correction("replaced", old, "a word"))
    html = page.html(replace(DAY, abstracts=(replace(PAIRED, pairs=(fixed,)),)))
    assert re.findall("<s lang=[^>]*><bdi>(.*?)</bdi></s>", html) == ["旧。"]


def test_a_site_is_led_to_only_where_it_has_the_page() -> None:
    term = CARDED.terms[0]
    frame = Frame(
        earlier=date(2024, 12, 31),
        sources=((PAIRED.source, f"sources/{slug(PAIRED.source)}.html"),),
        terms=(((term.zh or "", term.en or ""), "terms/x.html"),),
    )
    html = page.html(RICH, frame=frame)
    head = html.split('class="when"')[1].split("</p>")[0]
    assert re.findall('href="([^"]+)"', head) == ["2024-12-31.html", "index.html", "index.html#feeds"]
    assert html.count('href="terms/x.html"') == 1, "the other term of the post has no page"
    assert f'href="sources/{slug(PAIRED.source)}.html"' in html
    assert "sources/" not in page.html(RICH)


def test_a_page_keeps_what_it_was_made_from() -> None:
    assert '<meta name="digest-from" content="ab12">' in page.html(DAY, made_from="ab12")
    assert "digest-from" not in page.html(DAY)


def test_every_count_of_the_day_stands_at_the_foot_once() -> None:
    counts = (("failures", 9), ("verified", 7), ("a-new-count", 5), ("corrected", 3))
    foot = page.html(replace(DAY, quality=counts)).split("<footer>")[1]
    assert re.findall("<dd>([0-9]+)</dd>", foot) == ["7", "3", "9", "5"]
