"""The Atom feeds of posts: valid, the same post under the same name, updated when its translation lands."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import feed_rules
import pytest
from all_feeds import feed_files
from feed_case import LINK, day_of, files
from feed_rules import ATOM, LANG, XHTML, atom_faults, content
from sample_day import CARDED, CHINESE, DAY, EMPTY, ENGLISH, LATE, NEWLY, OUTLINED, PAIRED, RICH, UPDATED

from digest.model import Both, Digest, Verdict
from digest.render import site
from digest.render.feed_entries import NEWEST

NEWS_DAY = date(2025, 5, 7)


def feeds(*days: Digest, **how: Any) -> tuple[str, str]:
    """Give the texts of feed.xml and new-in-chinese.xml."""
    texts = files(*days, **how)
    return texts["feed.xml"], texts["new-in-chinese.xml"]


def entries(text: str) -> dict[str, ElementTree.Element]:
    """Give the entries of a feed by their page's anchor, or by the last part of their address."""
    return {name.rpartition("#")[2]: entry for name, entry in feed_rules.entries(text).items()}


def said(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"{ATOM}{name}") or ""


def check(text: str) -> None:
    assert atom_faults(text) == []


@pytest.mark.parametrize("link", [LINK, "", "https://example.org/no-slash", "javascript:alert(1)"])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
def test_feeds_are_valid(link: str, order: tuple[str, str]) -> None:
    for text in feeds(RICH, EMPTY, link=link, order=order):
        check(text)
        assert "javascript" not in text


def test_feeds_without_a_day_or_a_post_are_valid() -> None:
    for text in (*feeds(), *feeds(EMPTY)):
        check(text)
        assert entries(text) == {}
    found = feed_files(["", "[]", "{}", '{"schema_version": 2}'], title="T", link="", order=("zh", "en"))
    assert found == feed_files([], title="T", link="", order=("zh", "en"))


def test_a_post_is_one_entry_newest_first() -> None:
    text, _ = feeds(RICH, day_of(date(2025, 3, 26), NEWLY))
    found = entries(text)
    assert set(found) == {f"p-{abstract.id}" for abstract in (*RICH.abstracts, NEWLY)}
    news = [datetime.fromisoformat(said(entry, "updated")) for entry in found.values()]
    assert news == sorted(news, reverse=True)


def test_the_order_in_which_days_come_changes_no_byte() -> None:
    days = [site.json_text(day) for day in (RICH, day_of(date(2025, 3, 26), NEWLY), EMPTY)]
    made = {feed_files(list(some), title="T", link=LINK, order=("zh", "en")) for some in permutations(days)}
    assert len(made) == 1


def test_an_entry_is_updated_in_place_when_its_translation_lands() -> None:
    before = dataclasses.replace(CARDED, day=DAY.day)
    after = dataclasses.replace(
        PAIRED, id=before.id, published=before.published, status="updated", day=DAY.day, updated=NEWS_DAY,
        updated_by="translation",
    )  # fmt: skip
    first = feeds(day_of(DAY.day, before, OUTLINED))
    then = feeds(day_of(DAY.day, after, OUTLINED), day_of(NEWS_DAY, newly=(after,)))
    old, new = entries(first[0])[f"p-{before.id}"], entries(then[0])[f"p-{before.id}"]
    assert said(old, "id") == said(new, "id")
    assert said(old, "published") == said(new, "published")
    assert said(new, "updated") == "2025-05-07T00:00:00+08:00" > said(old, "updated")
    assert "更新 · updated 2025-05-07 · 新增译文 · translation added" in content(new)
    assert list(entries(then[0])) == [f"p-{before.id}", f"p-{OUTLINED.id}"], "it is news again"
    assert f"p-{before.id}" not in entries(first[1])
    assert f"p-{before.id}" in entries(then[1])
    assert said(entries(then[1])[f"p-{before.id}"], "id") == said(old, "id")


def test_a_post_that_has_no_page_of_its_own_is_found_where_its_translation_is_told() -> None:
    found = entries(feeds(day_of(DAY.day, newly=(NEWLY,)))[0])
    assert list(found) == [f"n-{NEWLY.id}"]
    assert said(found[f"n-{NEWLY.id}"], "updated") == "2025-04-16T00:00:00+08:00"


def test_a_page_that_was_not_built_again_does_not_hide_the_translation() -> None:
    stale = dataclasses.replace(NEWLY, status="new", updated=None, pairs=ENGLISH.pairs, url=Both(None, NEWLY.url.en))
    text = feeds(day_of(date(2025, 3, 26), stale), day_of(DAY.day, newly=(NEWLY,)))[1]
    assert list(entries(text)) == [f"n-{NEWLY.id}"]


def test_new_in_chinese_holds_what_people_put_into_chinese() -> None:
    machine = dataclasses.replace(
        PAIRED, id="aa", pairs=tuple(dataclasses.replace(p, made_by="machine") for p in PAIRED.pairs)
    )
    doubtful = dataclasses.replace(
        PAIRED, id="bb", pairs=tuple(dataclasses.replace(p, verdict=Verdict(0.2, False)) for p in PAIRED.pairs)
    )
    chinese = dataclasses.replace(PAIRED, id="cc", lang="zh-Hans")
    text = feeds(day_of(DAY.day, machine, doubtful, chinese, OUTLINED, CARDED, CHINESE, LATE))[1]
    assert set(entries(text)) == {f"p-{OUTLINED.id}", f"p-{LATE.id}"}


def test_it_is_chinese_first_whatever_the_readers_order() -> None:
    text = feeds(RICH, order=("en", "zh"))[1]
    tree = ElementTree.fromstring(text.encode())
    assert tree.get(LANG) == "zh-Hans"
    entry = entries(text)[f"p-{OUTLINED.id}"]
    title = entry.find(f"{ATOM}title")
    assert title is not None
    assert (title.get(LANG), title.text) == ("zh-Hans", OUTLINED.title.zh)
    assert (OUTLINED.title.en or "-") in content(entry)
    english = entries(feeds(RICH, order=("en", "zh"))[0])[f"p-{OUTLINED.id}"]
    assert said(english, "title") == OUTLINED.title.en


def test_every_line_carries_its_language_and_says_what_made_it() -> None:
    text, _ = feeds(RICH)
    entry = entries(text)[f"p-{UPDATED.id}"]
    spans = {(span.get(LANG), span.get("lang"), "".join(span.itertext())) for span in entry.iter(f"{XHTML}span")}
    assert ("zh-Hans", "zh-Hans", "已有 72 个团队在使用。") in spans
    assert ("en", "en", "Some 70 teams already use it.") in spans
    assert "Some 70 teams already use it. 〔未核对 · unverified〕" in content(entry)
    assert "Subscribers get one mail every morning. 〔机译 · machine〕" in content(entry)
    carded = entries(text)[f"p-{CARDED.id}"]
    assert "language models〔长上下文语言模型〕 that is diverse and reliable. 〔未译 · not translated〕" in content(
        carded
    )
    assert "引言 / Introduction 〔固定译法 · stock heading〕" in content(carded)
    assert "论文 · Paper: arXiv 2410.02694" in content(carded)
    late = entries(text)[f"p-{LATE.id}"]
    assert said(late, "published").startswith("2025-04-14T17:00")
    assert said(late, "updated") == "2025-04-16T00:00:00+08:00", "it is news of the day that lists it"


def test_an_entry_leads_to_its_page_and_names_its_sources() -> None:
    entry = entries(feeds(RICH)[0])[f"p-{OUTLINED.id}"]
    links = [(a.get("rel"), a.get("hreflang"), a.get("href")) for a in entry.findall(f"{ATOM}link")]
    assert links == [
        ("alternate", None, f"{LINK}2025-04-16.html#p-{OUTLINED.id}"),
        ("related", "zh", OUTLINED.url.zh),
        ("related", "en", OUTLINED.url.en),
    ]
    alone = feeds(RICH, link="")[0]
    assert 'rel="self"' not in alone
    assert (OUTLINED.url.zh or "-").rpartition("/")[2] in entries(alone)


def test_names_do_not_depend_on_what_may_change() -> None:
    other = dataclasses.replace(
        OUTLINED, title=Both("改了", "Changed"), pairs=(), url=Both(None, None), published=DAY_TIME, source="Other"
    )
    one, two = feeds(day_of(DAY.day, OUTLINED))[0], feeds(day_of(date(2025, 4, 17), other), title="别的名字")[0]
    ids = [
        [said(e, "id") for e in ElementTree.fromstring(text.encode()).findall(f"{ATOM}entry")] for text in (one, two)
    ]
    assert ids[0] == ids[1]
    assert said(ElementTree.fromstring(one.encode()), "id") == said(ElementTree.fromstring(two.encode()), "id")
    assert feeds(RICH)[0] != feeds(RICH)[1]


def test_an_entry_keeps_its_name_where_the_output_moves() -> None:
    named = [
        [said(e, "id") for e in entries(text).values()]
        for link in (LINK, "https://moved.example/", "")
        for text in feeds(RICH, link=link)
    ]
    assert named[0::2] == [named[0]] * 3
    assert named[1::2] == [named[1]] * 3
    assert set(named[1]) < set(named[0]), "a post is the same entry in both feeds"


def test_a_changed_text_moves_an_entry_too() -> None:
    edited = dataclasses.replace(OUTLINED, status="updated", updated=NEWS_DAY, updated_by="edit")
    text = feeds(day_of(DAY.day, CARDED, edited))[0]
    assert list(entries(text)) == [f"p-{OUTLINED.id}", f"p-{CARDED.id}"]
    entry = entries(text)[f"p-{OUTLINED.id}"]
    assert said(entry, "updated") == "2025-05-07T00:00:00+08:00"
    assert said(entry, "published") == said(
        entries(feeds(day_of(DAY.day, OUTLINED))[0])[f"p-{OUTLINED.id}"], "published"
    )
    assert "正文有改动 · the text was changed" in content(entry)


DAY_TIME = datetime(2025, 4, 17, 2, 0, tzinfo=UTC)


def test_a_feed_holds_the_newest_fifty() -> None:
    many = tuple(
        dataclasses.replace(PAIRED, id=f"{n:08x}", published=PAIRED.published + timedelta(minutes=n)) for n in range(70)
    )
    for text in feeds(day_of(DAY.day, *many)):
        assert list(entries(text)) == [f"p-{n:08x}" for n in range(69, 69 - NEWEST, -1)]


def test_a_day_written_before_there_were_glosses_is_read() -> None:
    old = json.loads(site.json_text(DAY))
    del old["newly_translated"]
    for post in old["posts"]:
        for name in ("genre", "day", "updated", "updated_by", "also", "why", "rank"):
            del post[name]
        for each in (*post["pairs"], *post["outline"]):
            del each["glosses"]
    text = dict(feed_files([json.dumps(old)], title="T", link=LINK, order=("zh", "en")))["feed.xml"]
    check(text)
    assert len(entries(text)) == len(DAY.abstracts)
