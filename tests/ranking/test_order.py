"""Which posts of a day have an entry, in what order, and where the others are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from kept_posts import DAY, NOON, body, kept, settings, translated
from small_blog import TrueEmbedder, title_of

from digest.align.terms.ledger import Ledger
from digest.config import Settings
from digest.entry import Kept
from digest.gathered import Gathered
from digest.model import Both, Listed
from digest.ranking.order import Ordered, ordered


def order(chosen: Settings, *posts: Kept, newly: tuple[Kept, ...] = (), rest: tuple[Listed, ...] = ()) -> Ordered:
    return ordered(Gathered(posts, newly, rest), chosen, TrueEmbedder(), Ledger())


def names(found: Ordered) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    entries, newly = ([placed.kept.post.id for placed in each] for each in (found.entries, found.newly))
    return entries, newly, [(row.id, row.why) for row in found.rest]


def test_longer_and_bilingual_posts_of_weightier_sources_come_first() -> None:
    chosen = settings(first={"weight": 2})
    posts = [kept(1, chosen, feed=1, times=9), kept(2, chosen, feed=1), translated(kept(3, chosen, feed=1)),
             kept(4, chosen)]  # fmt: skip
    assert names(order(chosen, *posts))[0] == ["p4", "p1", "p3", "p2"]


def test_topics_are_met_in_either_language() -> None:
    plain = settings()
    posts = [kept(1, plain), translated(kept(2, plain)), kept(3, plain, title="Why caches fail")]
    assert names(order(plain, *posts))[0] == ["p2", "p1", "p3"]
    found = order(settings(topics={"caches fail": 2, "更快的读取": -0.5}), *posts)
    assert names(found)[0] == ["p3", "p1", "p2"]  # the Chinese title says it, or the English one its like
    assert ("topic:caches fail", 2.0) in found.entries[0].rank
    assert ("topic:更快的读取", -0.5) in found.entries[-1].rank


def test_what_is_over_a_limit_is_named_with_titles_links_and_its_rank() -> None:
    chosen = settings(most_posts=2, first={"most": 1})
    posts = [kept(1, chosen, times=9), translated(kept(2, chosen)), kept(3, chosen, feed=1), kept(4, chosen, feed=1)]
    found = order(chosen, *posts)
    assert names(found) == (["p1", "p3"], [], [("p2", "source-cap"), ("p4", "cap")])
    row = found.rest[0]
    assert row.title == Both(title_of(2, "zh"), title_of(2, "en"))
    assert row.url == Both("https://one.example/zh/p2", "https://one.example/p2")
    assert (row.source, row.published, dict(row.rank)["editions"]) == ("Blog 1", NOON, 0.25)


def test_a_translation_that_came_later_neither_takes_a_place_nor_loses_one() -> None:
    chosen = settings(most_posts=1)
    posts = [kept(1, chosen, times=9), kept(2, chosen), kept(3, chosen)]
    before = order(chosen, *posts)
    assert names(before) == (["p1"], [], [("p2", "cap"), ("p3", "cap")])
    posts[1] = translated(posts[1], date(2025, 5, 6))
    after = order(chosen, *posts)
    assert names(after) == (["p1", "p2"], [], [("p3", "cap")])
    assert "editions" not in dict(after.entries[1].rank)


def test_the_title_of_a_translation_that_came_later_keeps_no_post_from_its_own_page() -> None:
    chosen = settings(exclude=["缓存", "url:/zh/"], topics={"更快": 3})
    late = translated(kept(1, chosen, feed=1), date(2025, 5, 6))
    assert names(order(chosen, late, kept(2, chosen))) == (["p2", "p1"], [], [])
    assert names(order(chosen, newly=(late,))) == ([], [], [("p1", "excluded")])
    at_once = translated(kept(1, chosen, feed=1))
    assert names(order(chosen, at_once, kept(2, chosen))) == (["p2"], [], [("p1", "excluded")])


def test_rules_look_at_both_titles_summary_and_address_and_keep_out_before_limits_count() -> None:
    chosen = settings(
        most_posts=1, exclude=["title:/^webinar/"], first={"exclude": ["招聘", "url:/jobs/"], "include": ["缓存"]}
    )
    posts = [
        kept(1, chosen, feed=1, title="Webinar: caches", times=9),
        kept(2, chosen, post={"url": "https://one.example/jobs/2", "summary": "缓存"}),
        translated(kept(3, chosen)),
        kept(4, chosen, post={"summary": "<p>招聘 and 缓存</p>"}),
        kept(5, chosen),
    ]
    found = order(chosen, *posts)
    assert names(found) == (
        ["p3"], [], [("p2", "excluded"), ("p4", "excluded"), ("p5", "not-included"), ("p1", "excluded")],
    )  # fmt: skip
    assert not any(row.rank for row in found.rest)


def test_new_translations_have_rules_and_limits_of_their_own() -> None:
    chosen = settings(most_posts=1, exclude=["part 3"])
    earlier = [translated(kept(n, chosen, times=10 - n), DAY) for n in (1, 2, 3)]
    found = order(chosen, kept(7, chosen), newly=tuple(earlier))
    assert names(found) == (["p7"], ["p1"], [("p2", "cap"), ("p3", "excluded")])


def test_a_new_translation_over_a_limit_leads_to_its_entry_on_its_own_days_page() -> None:
    chosen = settings(most_posts=1)
    own_day = date(2025, 4, 2)
    earlier = [replace(translated(kept(n, chosen, times=10 - n), DAY), day=own_day) for n in (1, 2)]
    (row,) = order(chosen, newly=tuple(earlier)).rest
    assert (row.id, row.why, row.entry, row.day) == ("p2", "cap", "p2", own_day)
    (row,) = order(chosen, kept(1, chosen, times=9), kept(2, chosen)).rest
    assert (row.id, row.entry, row.day) == ("p2", "", None), "what is over a limit on its own day has no entry"


def test_a_new_translation_leads_to_no_entry_where_rules_kept_the_post_off_its_page() -> None:
    chosen = settings(most_posts=1, include=["缓存"])
    earlier = [replace(translated(kept(n, chosen, times=10 - n), DAY), day=date(2025, 4, 2)) for n in (1, 2)]
    (row,) = order(chosen, newly=tuple(earlier)).rest
    assert (row.id, row.why, row.entry, row.day) == ("p2", "cap", "", None)


def test_copies_are_named_and_stand_alone_where_their_entry_is_none() -> None:
    chosen = settings(most_posts=1)
    posts = [kept(1, chosen, times=9), kept(2, chosen)]
    copies = tuple(
        Listed(f"c{n}", Both(None, "Copy"), Both(None, "https://c.example"), "Blog 2", NOON, "same", f"p{n}", DAY)
        for n in (1, 2)
    )
    posts[0] = replace(posts[0], also=copies)
    found = order(chosen, *posts, rest=copies)
    alone = replace(copies[1], entry="", day=None)
    assert found.rest[1:] == (copies[0], alone)
    assert found.entries[0].kept.also == (copies[0], alone)


def test_late_posts_stand_lower_and_a_title_in_the_feeds_words_is_repaired() -> None:
    chosen = settings(most_posts=1)
    garbled = "缓存系列第 2 篇：更快的读取".encode().decode("latin-1")
    late = kept(1, chosen, late=True, post={"published": datetime(2025, 4, 1, tzinfo=UTC)})
    other = kept(2, chosen, title=garbled, post={"content": body(2, "zh"), "lang": "zh"})
    assert names(order(chosen, late, other))[0] == ["p2"]
    found = order(settings(exclude=["url:/p2"]), other)
    assert found.rest[0].title == Both("缓存系列第 2 篇：更快的读取", None)
    assert found.rest[0].url == Both("https://one.example/p2", None)


def test_how_late_a_post_is_counts_in_days_of_the_digest() -> None:
    chosen = settings()
    evening = [datetime(2025, 4, 10, hour, tzinfo=UTC) for hour in (15, 17)]  # in Shanghai the 10th and the 11th
    late = [kept(n, chosen, late=True, post={"published": moment}) for n, moment in enumerate(evening, 1)]
    found = {placed.kept.post.id: dict(placed.rank)["freshness"] for placed in order(chosen, *late).entries}
    assert found["p1"] < found["p2"]


def test_a_post_that_cannot_be_read_is_named_by_its_feed() -> None:
    chosen = settings()
    found = order(chosen, kept(1, chosen, post={"content": ""}), kept(2, chosen, feed=1))
    assert names(found)[0] == ["p2", "p1"]
    assert found.entries[1].rank == ()
