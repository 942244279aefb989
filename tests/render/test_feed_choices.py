"""The feeds of every language choice: what they leave out, what they say of it, and their names."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ElementTree

import pytest
from all_feeds import feed_files
from feed_case import LINK, ZH_EN, day_of, files
from feed_rules import ATOM, LANG, XHTML, content, entries, ids
from sample_day import CARDED, CHINESE, DAY, PAIRED, RICH, THIRD, UPDATED

from digest.render import site
from digest.render.feed_names import feeds_of

CHOICES = {feed.choice: feed.sides for feed in feeds_of(ZH_EN)}


@pytest.mark.parametrize(("choice", "sides"), [(choice, sides) for choice, sides in CHOICES.items() if len(sides) == 1])
def test_a_feed_of_one_language_has_no_line_of_the_other(choice: str, sides: tuple[str, ...]) -> None:
    made = files(RICH)
    (own,), other = sides, "en" if sides == ("zh",) else "zh"
    found = entries(made[f"feed.{choice}.xml"])
    for post in RICH.abstracts:
        said = content(found[f"{RICH.day}.html#p-{post.id}"])
        for pair in (*post.pairs, *post.outline):
            kept, left = getattr(pair, own), getattr(pair, other)
            assert kept is None or kept.text[-4:] in said  # a line's end: nothing is glossed there
            assert left is None or left.text not in said
    for name in (f"feed.{choice}.xml", f"days.{choice}.xml"):
        tags = {e.get(LANG, "").partition("-")[0] for e in ElementTree.fromstring(made[name].encode()).iter()} - {""}
        assert own in tags
        for entry in entries(made[name]).values():
            texts = {e.text for e in entry.iter(f"{XHTML}span") if e.get("lang") == other}
            assert not texts & {
                getattr(p, other).text for post in RICH.abstracts for p in post.pairs if getattr(p, other)
            }


def test_what_a_post_does_not_have_in_the_language_is_said() -> None:
    made = files(RICH)
    zh, en = entries(made["feed.zh.xml"]), entries(made["feed.en.xml"])
    carded = zh[f"{DAY.day}.html#p-{CARDED.id}"]
    assert carded.findtext(f"{ATOM}title") == CARDED.title.en
    assert carded.find(f"{ATOM}title").get(LANG) == "en"  # type: ignore[union-attr]
    assert "未译 3" in content(carded)
    assert "类型: 评测" in content(carded)
    assert "Type: benchmark" in content(en[f"{DAY.day}.html#p-{CARDED.id}"])
    assert "not translated" not in content(en[f"{DAY.day}.html#p-{CARDED.id}"])
    assert "not translated 2" in content(en[f"{DAY.day}.html#p-{CHINESE.id}"])
    assert content(zh[f"{DAY.day}.html#p-{THIRD.id}"]).rstrip().endswith("未译")
    days = entries(made["days.zh.xml"])[f"{DAY.day}.html"]
    assert f"{CARDED.title.en} (HF Blog) 〔未译〕" in content(days)


def test_of_one_language_the_originals_own_lines_bear_no_mark_of_their_translation() -> None:
    made = files(RICH)
    name = f"{DAY.day}.html#p-{UPDATED.id}"  # written in English; a pair by a machine, another that is not verified
    zh, en = content(entries(made["feed.zh.xml"])[name]), content(entries(made["feed.en.xml"])[name])
    assert "〔机译〕" in zh
    assert "〔未核对〕" in zh
    assert "〔" not in en


def test_each_title_and_line_carries_its_language_in_every_feed() -> None:
    made = files(RICH)
    for feed in feeds_of(ZH_EN):
        if feed.format != "Atom":
            continue
        tree = ElementTree.fromstring(made[feed.file].encode())
        tagged = {("".join(e.itertext()), e.get("lang")) for e in tree.iter(f"{XHTML}span")}
        tagged |= {(e.text or "", e.get(LANG)) for e in tree.iter(f"{ATOM}title")}
        last = PAIRED.pairs[0]
        for side, tag in (("zh", "zh-Hans"), ("en", "en")):
            wanted = (getattr(last, side).text, tag) in tagged
            assert wanted == (side in feed.sides), feed.file
        assert tree.get(LANG) == ("zh-Hans" if feed.sides[0] == "zh" else "en")
        assert tree.findtext(f"{ATOM}author/{ATOM}name") == "日报"
    for name, tag in (("feed.json", "zh-Hans"), ("feed.en-zh.json", "en"), ("days.en.json", "en")):
        assert json.loads(made[name])["language"] == tag


def test_a_corrected_pair_says_so() -> None:
    told = json.loads(site.json_text(day_of(DAY.day, PAIRED)))
    plain = feed_files([json.dumps(told)], title="T", link=LINK, order=ZH_EN)
    told["posts"][0]["pairs"][0]["correction"] = {"how": "replaced", "reason": "wrong"}
    found = dict(feed_files([told], title="T", link=LINK, order=ZH_EN))
    for feed in feeds_of(ZH_EN):
        mark = "勘误" if feed.sides[0] == "zh" else "corrected"
        assert found[feed.file].count(mark) == 1, feed.file
        assert mark not in dict(plain)[feed.file]


def test_a_title_says_what_made_it_and_that_people_corrected_it() -> None:
    made = dataclasses.replace(PAIRED.pairs[0], made_by="machine")
    told = json.loads(site.json_text(day_of(DAY.day, dataclasses.replace(PAIRED, title_made=made))))
    machine = dict(feed_files([told], title="T", link=LINK, order=ZH_EN))
    told["posts"][0]["title_made"] |= {"made_by": "human", "correction": {"how": "replaced"}}
    human = dict(feed_files([told], title="T", link=LINK, order=ZH_EN))
    for kind in ("feed", "days"):
        assert machine[f"{kind}.zh.xml"].count("机译") == 1
        assert ">machine<" not in machine[f"{kind}.en.xml"], "the title of the original"
        assert machine[f"{kind}.xml"].count(">machine<") == 1
        assert "人译" not in human[f"{kind}.xml"]
        assert human[f"{kind}.zh.xml"].count("勘误") == 1
    assert "标题 〔机译〕" in content(entries(machine["feed.zh.xml"])[f"{DAY.day}.html#p-{PAIRED.id}"])


# ---- names ----------------------------------------------------------------------------------------------------------


def test_each_language_choice_has_ids_of_its_own_and_both_formats_have_the_same() -> None:
    made = files(RICH)
    for kind in ("feed", "days"):
        named = {choice: ids(made[f"{kind}{choice}.xml"]) for choice in ("", ".en-zh", ".zh", ".en")}
        assert len({name for each in named.values() for name in each}) == sum(map(len, named.values()))
        for choice, each in named.items():
            assert [item["id"] for item in json.loads(made[f"{kind}{choice}.json"])["items"]] == each
    feed_ids = [ElementTree.fromstring(made[f.file].encode()).findtext(f"{ATOM}id") for f in feeds_of(ZH_EN)[::2]]
    assert len(set(feed_ids)) == len(feed_ids) == 9


def test_the_readers_feed_keeps_the_ids_that_subscribers_know() -> None:
    text = files(day_of(DAY.day, PAIRED))["feed.xml"]
    assert (
        ElementTree.fromstring(text.encode()).findtext(f"{ATOM}id") == "urn:uuid:ea3d5140-a2ab-5180-aa2b-6b59541f3a8c"
    )
    assert ids(text) == ["urn:uuid:d5874037-f9ad-54c7-be20-b3a806929458"]


def test_posts_keep_their_ids_where_the_output_moves_and_days_belong_to_their_site() -> None:
    here, there = files(RICH), files(RICH, link="https://moved.example/")
    for name in ("feed.xml", "feed.en-zh.xml", "feed.zh.xml", "feed.en.xml"):
        assert ids(here[name]) == ids(there[name])
    assert not set(ids(here["days.xml"])) & set(ids(there["days.xml"])), "two digests of one day are two entries"
    changed = dataclasses.replace(RICH, abstracts=(PAIRED,), title="别的名字")
    assert ids(files(changed)["days.xml"]) == ids(here["days.xml"])
