"""A source's lexicon: learnt from its own posts, in versions; a day keeps the one that it was first built with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_blog import (
    BASE,
    EN_FEED,
    LINES,
    ZH_FEED,
    FakeWeb,
    TrueEmbedder,
    article,
    calendar,
    feed,
    item,
    settings,
    web_for,
)

from digest import pairs
from digest.align import lessons
from digest.align.beads import align
from digest.align.verify import judge
from digest.build import Builder
from digest.fetch.collect import collect
from digest.model import Bead, Verdict
from digest.store import Store

# Three days that teach enough for a lexicon at the end of the second, and for another at the end of the last.
FIRST, SECOND, THIRD = date(2025, 4, 14), date(2025, 4, 15), date(2025, 4, 16)
POSTS = {FIRST: (1, 2, 3), SECOND: (4, 5, 6), THIRD: (7, 8, 9)}
DAYS = tuple(POSTS)
NOW = "2025-04-17T08:00:00+08:00"


class Blog:
    """The small blog with nine posts in both languages, collected; days are built when a test asks for them."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "state")
        self.out = folder / "out"
        self.web = FakeWeb({EN_FEED: feed(*_items()), ZH_FEED: feed()})
        for number in range(1, 10):
            self.web.pages[f"{BASE}/post-{number}"] = article(number, "en")
            self.web.pages[f"{BASE}/zh/post-{number}"] = article(number, "zh")

    def collected(self) -> Builder:
        collect(self.store, settings(), web_for(self.web), calendar(NOW), days=DAYS)
        builder = self.builder()
        builder.link(DAYS)
        return builder

    def builder(self) -> Builder:
        return Builder(self.store, settings(), calendar(NOW), self.out, embedder=TrueEmbedder())

    def page(self, day: date) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / f"{day}.json").read_text("utf-8"))
        return found

    def bytes(self, day: date) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.out.glob(f"{day}.[jm]*"))}

    def words(self) -> set[str]:
        """Give every word of every lesson that was kept."""
        kept = [lessons.unpacked_lesson(body) for body in self.store.lessons(EN_FEED, 100)]
        return {word for lesson in kept for pair in lesson for side in pair for word in side}


def _items() -> list[str]:
    return [item(n, "en", f"{day:%a, %d %b %Y} 04:00:00 GMT") for day, numbers in POSTS.items() for n in numbers]


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    made = Blog(tmp_path)
    yield made
    made.store.close()


def test_versions_come_when_enough_posts_have_and_each_day_names_the_one_it_was_read_with(blog: Blog) -> None:
    builder = blog.collected()
    used, known = [], []
    for day in DAYS:
        builder.build(day)
        used.append(blog.store.lexicons_of(day)[EN_FEED])
        known.append(blog.store.newest_lexicon(EN_FEED))
    assert [posts for _, posts in known] == [0, 6, 9]
    (none, _), (one, _), (two, _) = known
    assert not none
    assert one
    assert two
    assert used == ["", "", one]  # a day is read with what was known before it
    assert f"Blog {one}" in blog.page(THIRD)["signature"]
    assert "Blog" not in blog.page(SECOND)["signature"]
    assert blog.store.lexicon(EN_FEED, one) is not None


def test_a_day_keeps_its_lexicon_and_its_bytes_when_newer_ones_are_learnt(blog: Blog) -> None:
    builder = blog.collected()
    for day in DAYS:
        builder.build(day)
    before = [blog.bytes(day) for day in DAYS]
    again = blog.builder()
    assert again.days_to_rebuild(date(2025, 4, 17)) == ()
    for day in DAYS:
        again.build(day)
    assert [blog.bytes(day) for day in DAYS] == before
    assert all(len(files) >= 2 for files in before)
    # a day that was never built takes the newest
    assert blog.store.newest_lexicon(EN_FEED)[0] != blog.store.lexicons_of(THIRD)[EN_FEED]


def test_a_rebuild_teaches_nothing_twice(blog: Blog) -> None:
    builder = blog.collected()
    for _ in range(2):
        builder.build(FIRST)
        assert blog.store.lesson_count(EN_FEED) == 3
    assert blog.store.newest_lexicon(EN_FEED) == ("", 0)


def test_the_lexicon_of_the_source_is_what_a_post_is_read_with(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = blog.collected()
    for day in (FIRST, SECOND):
        builder.build(day)
    seen: list[tuple[str, str]] = []

    def watched_align(*given: Any, lexicon: Any, **more: Any) -> tuple[Bead, ...]:
        seen.append(("align", lexicon.version))
        return align(*given, lexicon=lexicon, **more)

    def watched_judge(*given: Any, lexicon: Any, **more: Any) -> Verdict:
        seen.append(("judge", lexicon.version))
        return judge(*given, lexicon=lexicon, **more)

    monkeypatch.setattr(pairs, "align", watched_align)
    monkeypatch.setattr(pairs, "judge", watched_judge)
    builder.build(THIRD)
    version, _ = blog.store.newest_lexicon(EN_FEED)
    used = blog.store.lexicons_of(THIRD)[EN_FEED]
    assert {name for name, _ in seen} == {"align", "judge"}
    assert {said.split("+")[0] for _, said in seen} == {used}
    assert used != version


def test_nothing_is_learnt_from_pairs_that_do_not_verify(blog: Blog) -> None:
    number = 1
    right, wrong = LINES[6][1].format(n=number), LINES[6][1].format(n=number).replace("15 天", "940 天")
    assert right != wrong
    page = article(number, "zh")
    blog.web.pages |= {EN_FEED: feed(_items()[0]), f"{BASE}/zh/post-1": page.replace(right, wrong)}
    blog.collected().build(FIRST)
    words = blog.words()
    assert {"缓存", "cach"} <= words
    assert not {"快照", "snapshot", "940"} & words


def test_nothing_is_learnt_from_beads_of_which_the_aligner_is_not_sure(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "align", lambda *given, **more: tuple(replace(b, score=0.8) for b in align(*given)))
    blog.collected().build(FIRST)
    assert any(pair["verified"] for post in blog.page(FIRST)["posts"] for pair in post["pairs"])
    assert blog.store.lesson_count(EN_FEED) == 0


def test_a_pair_of_which_the_aligner_is_not_sure_is_not_printed_as_one(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed() -> list[int]:
        """Give the places of the printed pairs' lines in their post."""
        said = {en.format(n=n): place for place, (en, _) in enumerate(LINES) for n in range(1, 10)}
        found = [pair for post in blog.page(FIRST)["posts"] for pair in post["pairs"]]
        assert found
        return [said[pair["en"]] for pair in found if pair["verified"]]

    builder = blog.collected()
    builder.build(FIRST)
    doubted = printed()[0]

    def unsure(*given: Any, **more: Any) -> tuple[Bead, ...]:
        return tuple(replace(b, score=0.3) if doubted in b.en else b for b in align(*given, **more))

    monkeypatch.setattr(pairs, "align", unsure)
    builder.build(FIRST)
    assert printed()
    assert doubted not in printed()


def test_two_posts_of_one_source_that_are_editions_of_each_other_are_one_lesson(blog: Blog) -> None:
    # one feed brings both editions; the translation, weeks later, is news of its own day
    early = item(1, "en", "Mon, 10 Mar 2025 04:00:00 GMT")
    late = item(1, "zh", f"{FIRST:%a, %d %b %Y} 04:00:00 GMT")
    blog.web.pages[EN_FEED] = feed(early, late)
    march = date(2025, 3, 10)
    collect(blog.store, settings(), web_for(blog.web), calendar(NOW), days=(march, FIRST))
    builder = blog.builder()
    builder.link((march, FIRST))
    for day in (march, FIRST):
        builder.build(day)
        page = blog.page(day)
        told = [*page["posts"], *page["newly_translated"]]
        assert [bool(post["url"]["zh"] and post["url"]["en"]) for post in told] == [True]
    assert blog.store.lesson_count(EN_FEED) == 1
