"""All feeds are valid, whatever is in them: Atom against RFC 4287, JSON against JSON Feed 1.1; the checks can fail."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from all_feeds import feed_files
from feed_case import EN_ZH, LINK, ZH_EN, day_of, files
from feed_rules import ATOM, XHTML, atom_faults, ids, json_feed_faults
from hostile_texts import hostile_day
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sample_day import CARDED, DAY, EMPTY, NEWLY, OUTLINED, PAIRED, RICH, UPDATED, line, pair

from digest.model import Both
from digest.render import site
from digest.render.feed_names import FeedName, feeds_of


@pytest.mark.parametrize("order", [ZH_EN, EN_ZH])
def test_there_is_a_feed_for_each_kind_choice_and_format(order: tuple[str, str]) -> None:
    feeds = feeds_of(order)
    other = "-".join(reversed(order))
    assert {(feed.kind, feed.choice, feed.format) for feed in feeds} == {
        *((kind, choice, made) for kind in ("posts", "days") for choice in ("", other, "zh", "en")
          for made in ("Atom", "JSON Feed")),
        ("new-in-chinese", "", "Atom"),
    }  # fmt: skip
    assert feeds[0].file == "feed.xml"
    assert feeds[0].sides == order
    names = [(feed.name, feed.format) for feed in feeds]
    assert len(set(names)) == len(names) == len({feed.file for feed in feeds})
    assert list(files(RICH, order=order)) == [feed.file for feed in feeds]


def faults(feed: FeedName, text: str) -> list[str]:
    return atom_faults(text) if feed.format == "Atom" else json_feed_faults(text)


@pytest.mark.parametrize("link", [LINK, "", "https://example.org/no-slash", "javascript:alert(1)"])
@pytest.mark.parametrize("order", [ZH_EN, EN_ZH])
def test_all_feeds_are_valid(link: str, order: tuple[str, str]) -> None:
    for days in ((RICH, EMPTY, day_of(date(2025, 3, 26), NEWLY)), (EMPTY,), ()):
        made = files(*days, link=link, order=order)
        assert {feed.file: found for feed in feeds_of(order) if (found := faults(feed, made[feed.file]))} == {}


@pytest.mark.parametrize(("wrong", "right", "named"), [
    ("<id>", "<id>no address</id><id>", "2 id in feed"), ("<updated>2", "<updated>on 2", "updated"),
    ('href="https://e', 'href="//e', "link"), ("<author>", "<editor/><author>", "editor in"),
    ('xml:lang="en" lang="en"', 'xml:lang="en" lang="zh"', "lang is not"), ("<p>", "<p><img/>", "element"),
    ("urn:uuid:", "", "id"), ('type="xhtml"', 'type="html"', "content"),
    ('xml:lang="zh-Hans"', 'xml:lang="x!"', "language"),
    ("</entry>", "<summary/><summary/></entry>", "2 summary in entry"),
    ("published>", "updated>", "2 updated in entry"),
])  # fmt: skip
def test_the_check_of_atom_finds_faults(wrong: str, right: str, named: str) -> None:
    text = files(RICH)["feed.xml"]
    assert wrong in text
    assert any(named in fault for fault in atom_faults(text.replace(wrong, right)))
    twice = text.replace("</feed>", text[text.index("<entry>") : text.index("</entry>")] + "</entry></feed>")
    assert any("stands 2 times" in fault for fault in atom_faults(twice))


@pytest.mark.parametrize(("wrong", "right", "named"), [
    ("version/1.1", "version/1", "version"), ('"language"', '"lang"', "no language"), ("+08:00", "", "date_"),
    ('"https://example.org', '"//example.org', "_url"), ("<p>", "<p><script>", "script"), ("</li>", "</b>", "HTML"),
    ('"title": "', '"title": 3, "_t": "', "title 3"), ('"items"', '"entries"', "no items"), ("urn:", "", ""),
])  # fmt: skip
def test_the_check_of_json_feeds_finds_faults(wrong: str, right: str, named: str) -> None:
    text = files(RICH)["feed.json"]
    assert wrong in text
    if named:
        assert any(named in fault for fault in json_feed_faults(text.replace(wrong, right)))
    assert json_feed_faults(text) == []


def test_nothing_that_strangers_wrote_breaks_a_feed() -> None:
    made = files(hostile_day())
    for feed in feeds_of(ZH_EN):
        found = faults(feed, made[feed.file])
        # their language tags and ids are texts too, which no post of ours has
        assert [fault for fault in found if not fault.startswith(("language", "lang is"))] == [], feed.file


# ---- what is no day of ours, and odd texts --------------------------------------------------------------------------


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
    strange = json.loads(site.json_text(day_of(DAY.day, OUTLINED, UPDATED)))
    change(strange)
    sound = site.json_text(day_of(date(2025, 4, 17), PAIRED))
    made = feed_files([json.dumps(strange), sound], title="T", link=LINK, order=("zh", "en"))
    assert made == feed_files([sound], title="T", link=LINK, order=("zh", "en"))


def test_a_strange_post_takes_no_other_with_it() -> None:
    day = json.loads(site.json_text(RICH))
    del day["posts"][0]["card"]
    made = dict(feed_files([day], title="T", link=LINK, order=ZH_EN))
    assert len(ids(made["feed.xml"])) == len(RICH.abstracts) + len(RICH.newly) - 1
    assert len(json.loads(made["days.json"])["items"]) == 1
    assert day["posts"][0]["id"] not in made["days.xml"]


def test_a_file_that_is_nested_without_end_stops_no_feed() -> None:
    deep = '{"schema_version":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert feed_files([deep], title="T", link="", order=("zh", "en")) == feed_files(
        [], title="T", link="", order=("zh", "en")
    )


def test_addresses_of_a_feed_are_iris() -> None:
    odd = dataclasses.replace(PAIRED, url=Both(None, 'https://a.example/x y"<z>`\\'), card=())
    text = files(day_of(DAY.day, odd), link="")["feed.xml"]
    found = {e.get("href") for e in ElementTree.fromstring(text.encode()).iter(f"{ATOM}link")}
    assert "https://a.example/x%20y%22%3Cz%3E%60%5C" in found
    assert not [address for address in found if address and set(address) & set(' "<>`\\')]


ODD = st.text(
    st.one_of(st.sampled_from("\x00\x08\x0b\x1b\x85\u2028\ufffe\uffff\ud800<>&]]>\"'`\r\n\t"), st.characters()),
    min_size=1,
    max_size=20,
)


@settings(max_examples=40, deadline=None)
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
    for name, made in files(day_of(DAY.day, post), title=title or "T").items():
        if name.endswith(".json"):
            assert len(json.loads(made.encode())["items"]) == 1
            continue
        tree = ElementTree.fromstring(made.encode())
        assert len(tree.findall(f"{ATOM}entry")) == 1
        assert {e.tag for e in tree.iter(f"{XHTML}script")} == set()
