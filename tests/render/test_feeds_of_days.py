"""The two Atom feeds: valid, the same post under the same name, updated when its translation lands."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import feedparser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_day import CARDED, CHINESE, DAY, EMPTY, ENGLISH, LATE, NEWLY, OUTLINED, PAIRED, RICH, UPDATED, line, pair

from digest.model import Abstract, Both, Digest, Verdict
from digest.render import site
from digest.render.feeds import NEWEST

ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LINK = "https://example.org/digest/"
NEWS_DAY = date(2025, 5, 7)


def feeds(
    *days: Digest, link: str = LINK, order: tuple[str, str] = ("zh", "en"), title: str = "日报"
) -> tuple[str, str]:
    """Give the texts of feed.xml and new-in-chinese.xml."""
    found = site.feed_files([site.json_text(day) for day in days], title=title, link=link, order=order)
    assert [name for name, _ in found] == ["feed.xml", "new-in-chinese.xml"]
    return found[0][1], found[1][1]


def entries(text: str) -> dict[str, ElementTree.Element]:
    """Give the entries of a feed by their page's anchor, or by their address; in the feed's order."""
    tree = ElementTree.fromstring(text.encode())
    found = tree.findall(f"{ATOM}entry")
    named = [
        link.get("href") or "" for e in found for link in e.findall(f"{ATOM}link") if link.get("rel") == "alternate"
    ]
    assert len(named) == len(found)
    return {name.rpartition("#")[2] or name: entry for name, entry in zip(named, found, strict=True)}


def said(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"{ATOM}{name}") or ""


def content(entry: ElementTree.Element) -> str:
    return "".join(entry.find(f"{ATOM}content").itertext())  # type: ignore[union-attr]


def day_of(on: date, *abstracts: Abstract, **changes: object) -> Digest:
    return dataclasses.replace(DAY, day=on, abstracts=abstracts, **changes)  # type: ignore[arg-type]


def check(text: str) -> None:
    """Hold a feed against RFC 4287: what must be there, once, and read by a reader of feeds without a complaint."""
    parsed = feedparser.parse(text.encode(), sanitize_html=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    tree = ElementTree.fromstring(text.encode())
    for holder in (tree, *tree.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{name}")) == 1
            assert said(holder, name)
        assert datetime.fromisoformat(said(holder, "updated")).tzinfo
        assert said(holder.find(f"{ATOM}author"), "name")  # type: ignore[arg-type]
        alternates = [
            (a.get("type"), a.get("hreflang")) for a in holder.findall(f"{ATOM}link") if a.get("rel") == "alternate"
        ]
        assert len(alternates) == len(set(alternates)), "section 4.1.1"
    ids = [said(entry, "id") for entry in tree.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == len(parsed.entries)
    assert all(entry.find(f"{ATOM}content/{XHTML}div") is not None for entry in tree.findall(f"{ATOM}entry"))


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
    found = site.feed_files(["", "[]", "{}", '{"schema_version": 2}'], title="T", link="", order=("zh", "en"))
    assert found == site.feed_files([], title="T", link="", order=("zh", "en"))


def test_a_post_is_one_entry_newest_first() -> None:
    text, _ = feeds(RICH, day_of(date(2025, 3, 26), NEWLY))
    found = entries(text)
    assert set(found) == {f"p-{abstract.id}" for abstract in (*RICH.abstracts, NEWLY)}
    news = [datetime.fromisoformat(said(entry, "updated")) for entry in found.values()]
    assert news == sorted(news, reverse=True)


def test_the_order_in_which_days_come_changes_no_byte() -> None:
    days = [site.json_text(day) for day in (RICH, day_of(date(2025, 3, 26), NEWLY), EMPTY)]
    made = {site.feed_files(list(some), title="T", link=LINK, order=("zh", "en")) for some in permutations(days)}
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
    assert OUTLINED.url.zh in entries(alone)


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
    (_, text), _ = site.feed_files([json.dumps(old)], title="T", link=LINK, order=("zh", "en"))
    check(text)
    assert len(entries(text)) == len(DAY.abstracts)


def _post(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda day: [post.update({name: value}) for post in day["posts"]]


def _pair(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda day: [pair.update({name: value}) for post in day["posts"] for pair in post["pairs"]]


def _without(name: str, *, of_pairs: bool = False) -> Callable[[dict[str, Any]], object]:
    return lambda day: [
        each.pop(name, None) for post in day["posts"] for each in (post["pairs"] if of_pairs else [post])
    ]


@pytest.mark.parametrize("change", [
    *(_without(name) for name in (
        "id", "url", "title", "title_langs", "title_made", "source", "lang", "kind", "published", "card", "pairs",
        "outline",
    )),
    *(_without(name, of_pairs=True) for name in ("zh", "en", "langs", "verified", "made_by", "code", "guesses")),
    _post("card", [{"name": "paper"}]), _post("card", [{"name": "paper", "value": "arXiv 1"}]), _post("card", 3),
    _post("title", {"zh": 3, "en": None}), _post("url", {"zh": [1], "en": None}), _post("id", 7), _post("kind", []),
    _post("title_made", {"made": 1}), _post("published", "2025-04-16T00:00:00"), _post("updated", "2025-13-01"),
    _pair("made_by", []), _pair("zh", 5), _pair("verified", "yes"), _pair("code", {"zh": [["a", 1]], "en": []}),
    _pair("guesses", [{"side": "zh", "at": "x", "chosen": "y", "sure": 1, "others": []}]),
    lambda day: day.update(timezone="../../x"), lambda day: day.update(timezone="America"),
    lambda day: day.update(posts=None),
])  # fmt: skip
def test_a_file_that_is_no_day_of_ours_stops_no_feed(change: Callable[[dict[str, Any]], object]) -> None:
    strange = json.loads(site.json_text(RICH))
    change(strange)
    sound = site.json_text(day_of(date(2025, 4, 17), PAIRED))
    made = site.feed_files([json.dumps(strange), sound], title="T", link=LINK, order=("zh", "en"))
    assert made == site.feed_files([sound], title="T", link=LINK, order=("zh", "en"))
    site.index_rows([json.dumps(strange), sound])


def test_a_file_that_is_nested_without_end_stops_neither_feeds_nor_index() -> None:
    deep = '{"schema_version":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert site.feed_files([deep], title="T", link="", order=("zh", "en")) == site.feed_files(
        [], title="T", link="", order=("zh", "en")
    )
    assert site.index_rows([deep]) == ()


def test_addresses_of_a_feed_are_iris() -> None:
    odd = dataclasses.replace(PAIRED, url=Both(None, 'https://a.example/x y"<z>`\\'), card=())
    text = feeds(day_of(DAY.day, odd), link="")[0]
    found = {e.get("href") for e in ElementTree.fromstring(text.encode()).iter(f"{ATOM}link")}
    assert "https://a.example/x%20y%22%3Cz%3E%60%5C" in found
    assert not [address for address in found if address and set(address) & set(' "<>`\\')]


ODD = st.text(
    st.one_of(st.sampled_from("\x00\x08\x0b\x1b\x85\u2028\ufffe\uffff\ud800<>&]]>\"'`\r\n\t"), st.characters()),
    min_size=1,
    max_size=20,
)


@given(ODD, ODD)
@example("]]></title><x>&amp;", "</p></div></content>\x00\ud800\uffff")
def test_no_text_breaks_a_feed(title: str, text: str) -> None:
    post = dataclasses.replace(
        OUTLINED,
        title=Both(title, title),
        source=title,
        url=Both(None, f"https://a.example/{title}"),
        card=CARDED.card,
        pairs=(
            pair(1, line(f"字{text}", "zh-Hans", text[:3]), line(f"t{title}", title)),
            pair(2, None, line(text, "en")),
        ),
    )
    for made in feeds(day_of(DAY.day, post), title=title or "T"):
        made.encode()
        tree = ElementTree.fromstring(made.encode())
        assert len(tree.findall(f"{ATOM}entry")) == 1
        assert {e.tag for e in tree.iter(f"{XHTML}script")} == set()
