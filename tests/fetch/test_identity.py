"""A post stays itself when its feed re-orders, re-dates or re-GUIDs; two posts never become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.fetch.feeds.parse import parse_feed
from digest.fetch.identity import Known, canonical, new_id
from digest.model import Entry, Page, Post

DAY = datetime(2025, 4, 16, tzinfo=UTC)


def entry(
    guid: str = "g1", url: str = "https://a.example/1", title: str = "One", published: datetime | None = DAY
) -> Entry:
    return Entry(guid, url, title, published, "", "")


def post(post_id: str, from_entry: Entry) -> Post:
    when = from_entry.published or DAY
    return Post(post_id, "s", from_entry.guid, from_entry.url, from_entry.title, when, from_entry.published is not None,
                DAY, "", from_entry.summary, from_entry.content)  # fmt: skip


KNOWN = Known([post("first", entry()), post("second", entry("g2", "https://a.example/2", "Two"))])


@pytest.mark.parametrize(
    ("label", "seen"),
    [
        ("edited", entry(title="One, corrected")),
        ("re-dated", entry(published=datetime(2026, 1, 1, tzinfo=UTC))),
        ("moved", entry(url="https://new.example/one")),
        ("re-GUIDed", entry(guid="other")),
        ("re-GUIDed, with a tracker", entry(guid="other", url="https://a.example/1/?utm_source=rss#more")),
        ("re-GUIDed and moved, same title and time", entry("x", "https://b.example/9")),
    ],
)
def test_a_known_post_is_recognised(label: str, seen: Entry) -> None:
    (found,) = KNOWN.match([seen])
    assert found is not None
    assert found.id == "first"


def test_a_new_post_is_new() -> None:
    assert KNOWN.match([entry("g3", "https://a.example/3", "Three")]) == [None]
    assert KNOWN.match([entry("g3", "https://a.example/3", "One", published=None)]) == [None]


def test_an_address_shared_by_entries_names_none_of_them() -> None:
    home = "https://a.example/"
    known = Known([post("first", entry("g1", home)), post("second", entry("g2", home, "Two"))])
    assert known.match([entry("g3", home, "Three")]) == [None]
    assert KNOWN.match([entry(f"g{n}", "https://a.example/1", f"Part {n}") for n in (3, 4)]) == [None, None]


def test_ids_differ_by_source_and_guid() -> None:
    ids = {new_id(s, e) for s in ("s1", "s2") for e in (entry(), entry("g2"), entry("", "https://a.example/1"))}
    assert len(ids) == 6


@given(st.text(max_size=60))
def test_canonical_is_idempotent_and_never_raises_on_paths(path: str) -> None:
    once = canonical("https://a.example/" + path.replace("[", "").replace("]", ""))
    assert canonical(once) == once


def test_addresses_that_differ_stay_apart() -> None:
    assert canonical("https://a.example/?t=%B2%E2") != canonical("https://a.example/?t=%CA%D4")
    assert canonical("http://[bad") == ""


def test_a_new_entry_at_an_old_address_is_new_and_an_edited_one_is_not() -> None:
    later = datetime(2025, 4, 17, tzinfo=UTC)
    known = Known([post("first", entry(guid=""))])
    assert known.match([entry(guid="", title="Two", published=later)]) == [None]
    for edited in (entry(guid="", title="One, corrected"), entry(guid="", published=later)):
        assert known.match([edited]) != [None]


def test_undated_entries_at_one_address_are_told_apart_by_title_and_text() -> None:
    first = replace(entry(guid="", published=None), content="<p>The first text.</p>")
    known = Known([post("first", first)])
    for edited in (replace(first, title="Two"), replace(first, content="<p>Another text.</p>")):
        assert known.match([edited]) != [None]
    assert known.match([replace(first, title="Two", content="<p>Another text.</p>")]) == [None]


def test_a_guid_is_not_believed_against_address_title_and_date() -> None:
    later = datetime(2025, 4, 17, tzinfo=UTC)
    assert KNOWN.match([entry("g1", "https://a.example/3", "Three", later)]) == [None]
    (found,) = KNOWN.match([entry("g1", "https://a.example/2", "Two")])
    assert found is not None
    assert found.id == "second"


def test_what_is_taken_is_no_id_of_a_new_post() -> None:
    taken = {new_id("s", entry())}
    other = new_id("s", entry(title="Two"), taken=taken.__contains__)
    assert other not in taken
    assert new_id("s", entry(title="Two"), taken={*taken, other}.__contains__) not in {*taken, other}


SCHEMES: dict[str, Callable[[int, int], str]] = {
    "constant": lambda place, number: "same",
    "positional": lambda place, number: f"item-{place}",
    "pairs": lambda place, number: f"pair-{number // 2}",
    "stable": lambda place, number: f"post-{number}",
    "none": lambda place, number: "",
}


def item(number: int, guid: str, *, shared: bool) -> str:
    return (
        f"<item><title>Part {number}</title><link>https://a.example/{'' if shared else number}</link>"
        f"<guid isPermaLink='false'>{guid}</guid><pubDate>{number + 1:02d} Apr 2025 04:00:00 GMT</pubDate>"
        f"<description>The same words under each.</description></item>"
    )


@settings(max_examples=60)
@given(
    scheme=st.sampled_from(sorted(SCHEMES)),
    shared=st.booleans(),
    visits=st.lists(st.lists(st.integers(0, 11), max_size=6), min_size=1, max_size=5),
)
def test_no_post_is_lost_or_comes_twice(scheme: str, shared: bool, visits: list[list[int]]) -> None:
    """Whatever the GUIDs are, what is printed in whatever order: each true post is kept once, with its title and date.

    Posts may be printed twice in a visit, leave and come back.
    """
    kept: dict[str, Post] = {}
    for visit in visits:
        items = "".join(item(n, SCHEMES[scheme](place, n), shared=shared) for place, n in enumerate(visit))
        page = Page("https://a.example/feed", f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), ())
        entries = parse_feed(page).entries
        addresses = Counter(each.url for each in entries)
        for each, found in zip(entries, Known(kept.values()).match(entries), strict=True):
            own = addresses[each.url] == 1
            name = found.id if found else new_id("s", each, address_is_its_own=own, taken=kept.__contains__)
            new = post(name, each)
            kept[name] = replace(new, published=found.published) if found else new
    true = {(f"Part {n}", n + 1) for visit in visits for n in visit}
    assert sorted((each.title, each.published.day) for each in kept.values()) == sorted(true)
