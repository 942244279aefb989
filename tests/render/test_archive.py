"""The archive: the index with its pictures of months, the pages of sources and terms, the map of the site."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from sample_day import DAY, EMPTY, ENGLISH, PAIRED, glossed, line, pair

from digest.model import FULL_TAG, Both, Digest
from digest.render import archive, archived, page, sitemap
from digest.render.archive import Archive, Listing, index_html, listing_html
from digest.render.masthead import Masthead
from digest.render.site import json_text, source_page, term_page

HEAD = Masthead("日报", "", ("zh", "en"))
TERM = ("长上下文", "long-context")


def day_of(on: date, posts: int = 1, *, source: str = "HF Blog") -> str:
    made = tuple(
        replace(
            PAIRED,
            id=f"{on:%y%m%d}{n:02x}",
            day=on,
            source=source,
            published=datetime(*on.timetuple()[:3], 4, tzinfo=UTC),
        )
        for n in range(posts)
    )
    return json_text(replace(DAY, day=on, abstracts=made))


def listings(*days: str, head: Masthead = HEAD) -> dict[str, Listing]:
    made = Archive()
    for told in days:
        assert made.add(told)
    return {listing.name: listing for listing in made.pages(head)}


def text_of(name: str, *days: str, head: Masthead = HEAD) -> str:
    return listing_html(listings(*days, head=head)[name], head)


def seen(text: str, side: str) -> str:
    """Give what a page says where one language's words are shown: the others are left out, as the style does."""
    other = "en" if side == "zh" else "zh"
    return re.sub(r"<[^>]*>", "", re.sub(f"<i lang={other}>.*?</i>", "", text[text.index("<main>") :]))


# ---- the index ------------------------------------------------------------------------------------------------------


def test_a_row_counts_what_was_written() -> None:
    found = archived.day_of(json_text(DAY))
    assert found
    assert (found.row.posts, found.row.pairs, found.row.untranslated) == (6, 9, 5)
    assert found.row.titles[0] == PAIRED.title


@pytest.mark.parametrize(
    "strange",
    ["", "{", "[]", "null", "3", '{"schema_version": 2}', '{"schema_version": 1, "date": "x", "posts": []}',
     "[" * 100_000, json_text(DAY).replace('"verified": true', '"verified": 1'),
     json_text(DAY).replace('"HF Blog"', "7")],
)  # fmt: skip
def test_what_is_no_day_of_ours_is_passed_over(strange: str) -> None:
    assert not Archive().add(strange)


def test_the_index_goes_by_month_newest_first() -> None:
    days = [day_of(date(2025, 3, 31)), day_of(date(2025, 4, 2)), day_of(date(2025, 4, 1))]
    text = index_html(days, HEAD)
    listed = re.findall(r'class="date" href="([^"]+)"', text)
    assert listed == ["2025-04-02.html", "2025-04-01.html", "2025-03-31.html"]
    found = [text.index(mark) for mark in ('id="m-2025-04"', listed[0], 'id="m-2025-03"', listed[2])]
    assert found == sorted(found)
    assert "星期三\u00a0· 1 篇博文\u00a0· 5 对" in seen(text, "zh")
    assert "Wednesday\u00a0· 1 post\u00a0· 5 pairs" in seen(text, "en")


@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")], ids=["zh", "en"])
def test_the_index_begins_in_the_settings_first_language_and_has_both(order: tuple[str, str]) -> None:
    text = index_html([day_of(date(2025, 4, 2))], Masthead("Daily", "https://e.example/d", order))
    assert f'<html lang="{FULL_TAG[order[0]]}">' in text
    assert "2025 年 4 月" in seen(text, "zh")
    assert "April 2025" in seen(text, "en")
    titles = [PAIRED.title.get(side) for side in order]
    assert [re.sub("<[^>]*>", "", said) for said in re.findall('<span class="(?:zh|en)".*?</span>', text)] == titles
    assert re.findall('id="([a-z]+-[a-z]+)"[^>]* checked', text) == [f"{order[0]}-first"]
    assert '<link rel="canonical" href="https://e.example/d/index.html">' in text


def test_every_page_has_the_choice_and_its_policy_lets_only_that_script_through() -> None:
    for name, listing in listings(json_text(termed())).items():
        text = listing_html(listing, HEAD)
        assert re.findall('<input type="([a-z]+)" id="([^"]+)"', text) == [
            ("radio", "zh-first"), ("radio", "en-first"), ("radio", "only-zh"), ("radio", "only-en"),
        ], name  # fmt: skip
        assert re.findall("<script>(.*?)</script>", text, re.DOTALL) == [page.packaged("page.js.j2").strip()], name
        assert f"script-src '{page.seal(page.packaged('page.js.j2').strip())}'" in text, name


def test_an_index_without_days_says_so() -> None:
    assert "还没有" in index_html([], HEAD)


def test_a_post_without_a_printable_title_counts_and_leaves_no_empty_row() -> None:
    nameless = replace(ENGLISH, title=Both(None, None), url=Both("https://a.example/x", None), pairs=())
    day = replace(DAY, abstracts=(nameless, PAIRED))
    found = archived.day_of(json_text(day))
    assert found
    assert (found.row.posts, len(found.row.titles)) == (2, 1)
    assert "<bdi></bdi>" not in index_html([json_text(day)], HEAD)
    assert "https\\://a.example/x" in page.markdown(day)


def test_a_title_of_blanks_makes_no_empty_link() -> None:
    day = replace(
        DAY, abstracts=(replace(PAIRED, title=Both(" \u200e", None)), replace(ENGLISH, title=Both("\t", "E")))
    )
    for name in ("index.html", source_page(PAIRED.source), source_page(ENGLISH.source)):
        text = text_of(name, json_text(day))
        assert [
            link for link in re.findall("<a [^>]*>(.*?)</a>", text, re.DOTALL) if not re.sub("<.*?>", "", link)
        ] == []
        assert "<bdi></bdi>" not in text


def test_an_index_of_several_months_leads_to_each() -> None:
    days = [day_of(date(2025, month, 3)) for month in (3, 4)]
    text = index_html(days, HEAD)
    assert (
        re.findall('<a href="#(m-[^"]+)">', text) == ["m-2025-04", "m-2025-03"] == re.findall('<h2 id="([^"]+)"', text)
    )
    assert "#m-" not in index_html(days[:1], HEAD)


def test_only_the_first_titles_of_a_day_are_listed_and_the_rest_counted() -> None:
    text = index_html([day_of(date(2025, 4, 2), archive.MOST_TITLES + 3)], HEAD)
    assert text.count(f"<bdi>{PAIRED.title.zh}</bdi>") == archive.MOST_TITLES
    assert "另有 3 篇" in seen(text, "zh")
    assert "and 3 more" in seen(text, "en")


def test_all_feeds_are_listed_where_pages_lead_for_them() -> None:
    section = index_html([], HEAD).split('id="feeds"')[1]
    assert {"feed.xml", "feed.json", "feed.en-zh.xml", "days.xml", "new-in-chinese.xml"} <= set(
        re.findall('href="([^"]+)"', section)
    )


def test_years_before_the_newest_twelve_months_have_pages_of_their_own() -> None:
    days = [day_of(date(2023 + month // 12, month % 12 + 1, 3)) for month in range(30)]
    found = listings(*days)
    assert {name for name in found if name.startswith("years/")} == {"years/2023.html", "years/2024.html"}
    index, year = listing_html(found["index.html"], HEAD), listing_html(found["years/2023.html"], HEAD)
    assert index.count('class="calendar"') == archive.MONTHS
    assert 'href="years/2023.html"' in index
    assert 'href="../2023-05-03.html"' in year
    assert 'href="../years/2024.html"' in year
    assert year.count('class="calendar"') == 12


# ---- the picture of a month -----------------------------------------------------------------------------------------


def picture(*days: str) -> ElementTree.Element:
    svg = re.search('<svg class="calendar".*?</svg>', index_html(days, HEAD), re.DOTALL)
    assert svg
    return ElementTree.fromstring(svg[0])


def test_a_month_has_a_cell_a_day_and_links_to_those_that_have_pages() -> None:
    svg = picture(day_of(date(2025, 4, 16), 4), json_text(EMPTY))
    links = {a.attrib["href"]: a for a in svg.iter("a")}
    assert set(links) == {"2025-04-16.html", f"{EMPTY.day}.html"}
    numbers = [text.text for text in svg.iter("text") if (text.text or "").isdigit()]
    assert sorted(numbers, key=lambda number: int(number or 0)) == [str(n) for n in range(1, 31)]
    told = links["2025-04-16.html"].findtext("rect/title") or ""
    assert told.splitlines() == [
        "2025-04-16 星期三 · 4 篇博文 · 20 对", "2025-04-16 Wednesday · 4 posts · 20 pairs",
    ]  # fmt: skip
    assert ["".join(g.itertext()).strip() for g in svg.iter("g")] == ["一二三四五六日", "MTWTFSS"]


def test_the_picture_takes_its_names_from_the_list_and_so_in_the_language_that_is_chosen() -> None:
    text = index_html([day_of(date(2025, 4, 16)), day_of(date(2025, 4, 2))], HEAD)
    assert re.findall('<svg [^>]*aria-labelledby="([^"]+)"', text) == ["m-2025-04"]
    assert set(re.findall('<a [^>]*aria-labelledby="([^"]+)"', text)) == {"d-2025-04-16", "d-2025-04-02"}
    assert seen(text, "en").count("April 2025") == 1


def test_more_posts_are_darker_and_a_day_without_any_is_not_filled() -> None:
    svg = picture(json_text(EMPTY), *(day_of(date(2025, 4, n), n) for n in (1, 4, 8, 12)))
    shades = {a.attrib["href"]: a.find("rect").attrib["class"] for a in svg.iter("a")}  # type: ignore[union-attr]
    assert [shades[f"2025-04-{n:02}.html"] for n in (1, 4, 8, 12)] == ["s1", "s2", "s3", "s4"]
    assert shades[f"{EMPTY.day}.html"] == "s0"


def test_cells_stand_under_their_weekday() -> None:
    svg = picture(day_of(date(2025, 4, 14)), day_of(date(2025, 4, 20)))
    x = {a.attrib["href"]: int(a.find("rect").attrib["x"]) for a in svg.iter("a")}  # type: ignore[union-attr]
    monday, sunday = x["2025-04-14.html"], x["2025-04-20.html"]
    assert (monday, sunday) == (0, 6 * 40)


# ---- sources --------------------------------------------------------------------------------------------------------


def test_a_source_has_its_posts_newest_first_with_both_titles_and_how_they_came() -> None:
    days = [day_of(date(2025, 4, n)) for n in (2, 9, 5)] + [day_of(date(2025, 4, 3), source="别处")]
    text = text_of(source_page("HF Blog"), *days)
    assert re.findall(r'class="entry two both" href="\.\./([^"]+)"', text) == [
        f"2025-04-{n:02}.html#p-2504{n:02}00" for n in (9, 5, 2)
    ]
    assert text.count(f'<span class="en" lang="en"><bdi>{PAIRED.title.en}') == 3
    for side, told in (
        ("zh", ("人译 5/5", "3 篇博文", "15 对已核对")),
        ("en", ("human 5/5", "3 posts", "15 pairs checked")),
    ):
        assert all(each in seen(text, side) for each in told), side
    assert '<link rel="alternate" type="application/atom+xml" href="../feed.xml"' in text


def test_a_source_of_many_posts_has_a_page_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONG", 2)
    days = [day_of(date(year, 4, n)) for year in (2023, 2024, 2025) for n in (1, 2)]
    own = source_page("HF Blog")
    found = listings(*days)
    older = own.replace(".html", "-2023.html")
    assert {own, older, own.replace(".html", "-2024.html")} <= set(found)
    newest = listing_html(found[own], HEAD)
    assert re.findall(r'class="entry two both" href="\.\./(\d{4})', newest) == ["2025", "2025"]
    assert f'href="../{older}"' in newest


def test_the_list_of_sources_names_each_once_with_its_count() -> None:
    text = text_of("sources/index.html", day_of(date(2025, 4, 2), 2), day_of(date(2025, 4, 3), source="别处"))
    assert text.count(f'href="../{source_page("HF Blog")}"') == 1
    assert "2 篇博文" in seen(text, "zh")
    assert "2 posts" in seen(text, "en")
    assert f'href="../{source_page("别处")}"' in text


# ---- terms ----------------------------------------------------------------------------------------------------------


def termed() -> Digest:
    """Give a day with a term that is glossed in one line and stands in both lines of another pair."""
    alone = glossed(line("A benchmark for long-context models.", "en"), ("long-context", "长上下文"))
    both = (line("长上下文的代价", "zh-Hans"), line("The price of Long Context", "en"))
    near = (line("上下文的代价", "zh-Hans"), line("The price of long context", "en"))
    posts = (
        replace(ENGLISH, pairs=(pair(1, None, alone),), terms=(Both(*TERM),)),
        replace(PAIRED, pairs=(pair(2, *both), pair(3, *near), pair(4, None, line("long-context", "en")))),
    )
    return replace(DAY, abstracts=posts)


def test_a_term_has_the_lines_in_which_it_is_glossed_and_the_pairs_that_have_both_names() -> None:
    text = text_of(term_page(*TERM), json_text(termed()))
    assert sorted(re.findall(r'href="\.\./([^"]+#l-[^"]+)"', text)) == [
        "2025-04-16.html#l-00000001", "2025-04-16.html#l-00000002",
    ]  # fmt: skip
    assert "〔长上下文〕" in text
    assert "长上下文的代价" in text
    small = re.findall('<p class="of">(.*?)</p>', text)
    assert ["未译 · not translated" in said for said in small] == [True, False], "a line alone says so"


def test_a_term_of_one_day_is_found_in_all_days_newest_first() -> None:
    earlier = replace(termed(), day=date(2025, 4, 1), abstracts=termed().abstracts[1:])
    text = text_of(term_page(*TERM), json_text(earlier), json_text(termed()))
    days = re.findall(r'href="\.\./(\d{4}-\d\d-\d\d)\.html#l-', text)
    assert days == ["2025-04-16", "2025-04-16", "2025-04-01"]


def test_terms_are_listed_by_their_english_names() -> None:
    said = (line("长上下文有多少词元", "zh-Hans"), line("How many tokens a long context has", "en"))
    post = replace(PAIRED, pairs=(pair(1, *said),), terms=(Both("词元", "token"), Both(*TERM)))
    day = replace(DAY, abstracts=(post,))
    text = text_of("terms/index.html", json_text(day))
    assert text.index(term_page(*TERM)) < text.index(term_page("词元", "token"))
    assert "还没有" in text_of("terms/index.html", json_text(EMPTY))


def test_a_term_that_no_line_shows_is_not_listed() -> None:
    day = replace(DAY, abstracts=(replace(PAIRED, terms=(Both("从未出现", "never seen"),)),))
    found = listings(json_text(day))
    assert term_page("从未出现", "never seen") in found, "a day's page may lead there"
    assert "从未出现" not in listing_html(found["terms/index.html"], HEAD)


# ---- what strangers wrote -------------------------------------------------------------------------------------------


def test_every_value_of_the_archive_is_escaped() -> None:
    evil = "<b onclick=x>\u202e\"'&"
    terms = (Both(evil, evil),)
    day = replace(DAY, abstracts=(replace(PAIRED, source=evil, title=Both(evil, evil), terms=terms),))
    head = Masthead(evil, "", ("zh", "en"))
    for listing in listings(json_text(day), head=head).values():
        text = listing_html(listing, head)
        assert "<b onclick" not in text, listing.name
        assert "\u202e" not in text, listing.name
        assert re.fullmatch(r"(sources/|terms/|years/)?[a-z0-9-]+\.html", listing.name)


# ---- the map --------------------------------------------------------------------------------------------------------


def test_the_map_has_whole_addresses_and_days_of_the_data() -> None:
    head = replace(HEAD, link="https://e.example/d")
    text = sitemap.sitemap([("2025-04-16.html", date(2025, 5, 7)), ("terms/index.html", None)], head)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    urls = ElementTree.fromstring(text.encode())
    assert urls.tag == f"{space}urlset"
    assert [(u.findtext(f"{space}loc"), u.findtext(f"{space}lastmod")) for u in urls] == [
        ("https://e.example/d/2025-04-16.html", "2025-05-07"), ("https://e.example/d/terms/index.html", None),
    ]  # fmt: skip
    assert sitemap.sitemap([("index.html", None)], HEAD) == ""


def test_a_day_changed_when_a_translation_came() -> None:
    later = DAY.day + timedelta(21)
    post = replace(PAIRED, updated=later, updated_by="translation")
    found = archived.day_of(json_text(replace(DAY, abstracts=(post,))))
    assert found
    assert found.row.changed == later
