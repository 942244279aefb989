"""A post stays itself when its feed re-orders, re-dates or re-GUIDs; two posts never become one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.identity import Known, canonical, new_id
from digest.model import Entry, Post

DAY = datetime(2025, 4, 16, tzinfo=UTC)


def entry(
    guid: str = "g1", url: str = "https://a.example/1", title: str = "One", published: datetime | None = DAY
) -> Entry:
    return Entry(guid, url, title, published, "", "")


def post(post_id: str, from_entry: Entry) -> Post:
    when = from_entry.published or DAY
    return Post(post_id, "s", from_entry.guid, from_entry.url, from_entry.title, when, from_entry.published is not None,
                DAY, "", "", "")  # fmt: skip


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
    found = KNOWN.find(seen)
    assert found is not None
    assert found.id == "first"


def test_a_new_post_is_new() -> None:
    assert KNOWN.find(entry("g3", "https://a.example/3", "Three")) is None
    assert KNOWN.find(entry("g3", "https://a.example/3", "One", published=None)) is None


def test_an_address_shared_by_entries_names_none_of_them() -> None:
    home = "https://a.example/"
    known = Known([post("first", entry("g1", home)), post("second", entry("g2", home, "Two"))])
    assert known.find(entry("g3", home, "Three")) is None
    assert KNOWN.find(entry("g3", "https://a.example/1", "Three"), address_is_its_own=False) is None


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
    assert known.find(entry(guid="", title="Two", published=later)) is None
    for edited in (entry(guid="", title="One, corrected"), entry(guid="", published=later)):
        assert known.find(edited) is not None
