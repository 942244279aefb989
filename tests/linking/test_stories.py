"""Copies found in a store: kept once, never moved, and not compared again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from small_blog import calendar

from digest.align.embed import HashEmbedder
from digest.config import Settings
from digest.linking.documents import Documents
from digest.linking.stories import link_stories
from digest.model import Document, Edition, Page, Post, Story
from digest.store import Store

A, B = "https://a.example/feed", "https://b.example/feed"
DAY = date(2025, 4, 16)
NOON = datetime(2025, 4, 16, 4, tzinfo=UTC)
LINES = tuple(
    f"The {name} of the harbour is repaired by {count} people who came over the {way} before the {season} began."
    for name, count, way, season in (
        ("wall", "seven", "hills", "summer"), ("crane", "twelve", "sea", "storms"), ("gate", "thirty", "plain", "fair"),
        ("tower", "four", "river", "winter"), ("light", "two", "bridge", "harvest"),
    )
)  # fmt: skip

OTHERS = ("A dog slept on the quay all day.", "Nets were hung to dry.", "The inn sold soup to the workers.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def keep(
    store: Store, name: str, source: str, *, days: float = 0, title: str = "The harbour", seen: float | None = None,
    lines: tuple[str, ...] = LINES,
) -> Post:  # fmt: skip
    url = f"{source.removesuffix('feed')}{name}"
    body = "".join(f"<p>{line}</p>" for line in lines)
    first_seen = NOON + timedelta(days=days if seen is None else seen)
    post = Post(name, source, url, url, title, NOON + timedelta(days=days), True, first_seen, "en", "", body)
    store.save_posts([(post, url)])
    return post


SETTINGS = Settings.model_validate(
    {"sources": [{"name": url[8], "url": url, "language": "en", "pause": 0} for url in (A, B)]}
)


class Reader(Documents):
    """Remembers what it was asked for."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, {source.url: source for source in SETTINGS.sources}, NOON)
        self.asked: set[str] = set()

    def of_post(self, post: Post) -> Document | None:
        self.asked.add(post.id)
        return super().of_post(post)


def link(store: Store, now: str = "2025-04-18T09:00+08:00", *, days: tuple[date, ...] = ()) -> tuple[int, set[str]]:
    reader = Reader(store)
    return link_stories(store, SETTINGS, calendar(now), reader, HashEmbedder(), days), reader.asked


def test_a_copy_is_kept_with_what_led_to_it(store: Store) -> None:
    keep(store, "one", A)
    keep(store, "two", B, days=1)
    assert link(store)[0] == 1
    assert store.stories() == {"two": Story("two", "one", "text", 1.0, worth=False)}


def test_what_was_compared_is_not_read_again(store: Store) -> None:
    keep(store, "one", A)
    keep(store, "two", B, lines=OTHERS, title="The island")
    assert link(store) == (0, {"one", "two"})
    assert link(store) == (0, set())
    keep(store, "two", B, lines=(*LINES, "And a boat."))  # its text was changed
    assert link(store) == (1, {"two", "one"})


def test_a_copy_is_looked_for_in_the_month_before(store: Store) -> None:
    keep(store, "old", A, days=-40)
    keep(store, "older", A, days=-25, title="The island", lines=LINES[:1])
    keep(store, "new", B)
    assert link(store)[0] == 0
    keep(store, "recent", A, days=-20)
    assert link(store)[0] == 1
    assert store.stories()["new"].same_as == "recent"


def test_an_entry_on_a_page_is_not_moved(store: Store) -> None:
    keep(store, "mirror", A, days=1)
    store.save_day(date(2025, 4, 17), "inputs", "signature", datetime(2025, 4, 18, tzinfo=UTC), settled=True)
    keep(store, "original", B, days=0, seen=3)
    assert link(store, "2025-04-20T09:00+08:00")[0] == 1
    assert store.stories()["original"].same_as == "mirror"


def test_a_page_built_before_the_post_came_does_not_hold_it(store: Store) -> None:
    store.save_day(date(2025, 4, 17), "inputs", "signature", datetime(2025, 4, 17, tzinfo=UTC), settled=False)
    keep(store, "mirror", A, days=1, seen=1)
    keep(store, "original", B, days=0, seen=1)
    assert link(store)[0] == 1
    assert store.stories()["mirror"].same_as == "original"


def test_the_first_belief_stands(store: Store) -> None:
    for name in ("one", "two"):
        keep(store, name, A)
    store.save_stories([Story("one", "two", "text", 0.9)], NOON)
    store.save_stories([Story("one", "two", "edited", 0.5, worth=True)], NOON + timedelta(days=1))
    assert store.stories() == {"one": Story("one", "two", "text", 0.9)}
    assert link(store)[0] == 0


def test_the_canonical_link_of_a_page_is_a_clue(store: Store) -> None:
    first = keep(store, "one", A, lines=(*LINES, *(line.replace("harbour", "island") for line in LINES)))
    post = keep(store, "two", B, title="Repairs", lines=(), days=1)
    body = "".join(f"<p>{line}</p>" for line in (*LINES[:3], *(f"{line} So we heard." for line in OTHERS)))
    for head, found in (("", 0), (f'<link rel="canonical" href="{first.url}">', 1)):
        html = f"<html lang=en><head>{head}<title>Repairs</title></head><body><article>{body}</article></body></html>"
        store.save_page(post.url, Page(post.url, html.encode(), (("content-type", "text/html"),)), NOON)
        assert link(store)[0] == found


def test_a_post_without_text_is_known_by_its_address_and_title(store: Store) -> None:
    first = keep(store, "one", A)
    bare = keep(store, "two", B, lines=(), days=1)
    assert link(store)[0] == 0
    store.save_posts([(replace(bare, url=first.url), first.url)])
    assert link(store)[0] == 1


def test_posts_of_sources_that_were_left_out_stand_for_nothing(store: Store) -> None:
    keep(store, "one", "https://gone.example/feed")
    keep(store, "two", B, days=1)
    assert link(store)[0] == 0


def test_a_mirror_of_a_late_translation_belongs_to_the_old_entry(store: Store) -> None:
    keep(store, "en", A, days=-45, title="Elsewhere", lines=LINES[:1])
    keep(store, "translation", A)
    keep(store, "mirror", B, days=1)
    store.save_editions([Edition("en", "zh", "https://a.example/translation", "translation", "twin", 0.9, "en")], NOON)
    assert link(store)[0] == 1
    assert store.stories()["mirror"].same_as == "en"


def test_a_copy_of_a_copy_belongs_to_the_first_however_long_ago_that_was(store: Store) -> None:
    keep(store, "first", A, days=-45)
    keep(store, "copy", B, days=-20)
    store.save_stories([Story("copy", "first", "text", 1.0)], NOON - timedelta(days=20))
    keep(store, "again", B)
    assert link(store)[0] == 1
    assert store.stories()["again"].same_as == "first"


def test_comparable_posts_are_known_from_both_sides(store: Store) -> None:
    for name in ("a", "b", "c"):
        keep(store, name, A)
    store.save_comparable([("b", "a", 0.85), ("b", "c", 0.9)], NOON)
    store.save_comparable([("a", "b", 0.99)], NOON)
    assert store.comparable_with("b") == ("c", "a")
    assert store.comparable_with("a") == ("b",)
    assert store.comparable_with("d") == ()
