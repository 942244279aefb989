"""Which post has the entry of a group, and what it shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from small_blog import EN_FEED, ZH_FEED, calendar, settings

from digest.fetch.identity import canonical
from digest.linking.editions import news_day
from digest.linking.groups import Group, Groups
from digest.model import Edition, Post, Story
from digest.store import Store

TIMES = calendar("2025-04-25T08:00:00+08:00")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def keep(
    store: Store, name: str, day: int, *, source: str = EN_FEED, history: bool = False, dated: bool = True,
    late_on: date | None = None, seen: int | None = None,
) -> Post:  # fmt: skip
    moment, first_seen = (datetime(2025, 4, number, 4, tzinfo=UTC) for number in (day, seen or day))
    url = f"https://blog.example/{name}"
    post = Post(name, source, name, url, name, moment, dated, first_seen, "", "", "", history, late_on)
    store.save_posts([(post, canonical(url))])
    return post


def edition(post: str, other: str | None, *, news_on: date | None = None, lang: str = "zh-Hans") -> Edition:
    return Edition(post, lang, f"https://blog.example/{other or 'zh'}", other, "twin", 0.9, "en", news_on)


def group(store: Store, post: Post) -> Group:
    return Groups(store, settings(), TIMES).of(post)


def test_copies_and_editions_of_copies_are_one_group_whoever_is_asked(store: Store) -> None:
    first, copy, again = keep(store, "first", 1), keep(store, "copy", 2), keep(store, "again", 3)
    chinese = keep(store, "chinese", 9, source=ZH_FEED)
    store.save_stories([Story("copy", "first", "text", 1.0), Story("again", "copy", "edited", 0.9, True)], TIMES.now)
    store.save_editions([edition("again", "chinese", news_on=date(2025, 4, 9))], TIMES.now)
    for post in (first, copy, again, chinese):
        found = group(store, post)
        assert (found.entry, found.news_on) == (first, date(2025, 4, 9))
        assert found.edition is not None
        assert (found.edition.post, found.edition.other, found.edition.lang) == ("first", "chinese", "zh-Hans")
        assert found.others == (copy, again)


def test_of_two_editions_the_one_whose_page_was_first_has_the_entry(store: Store) -> None:
    original, translation = keep(store, "original", 5), keep(store, "translation", 3, source=ZH_FEED)
    store.save_editions([edition("original", "translation")], TIMES.now)
    found = group(store, original)
    assert found.entry == translation
    assert found.edition is not None
    assert (found.edition.post, found.edition.other, found.edition.lang) == ("translation", "original", "en")
    assert found.news_on is None


def test_a_translation_of_which_a_feed_only_remembers_does_not_take_the_entry(store: Store) -> None:
    original = keep(store, "original", 5)
    keep(store, "translation", 3, source=ZH_FEED, history=True)
    store.save_editions([edition("original", "translation")], TIMES.now)
    assert group(store, original).entry == original


def test_what_a_source_brought_that_is_read_no_more_stands_for_nothing(store: Store) -> None:
    keep(store, "first", 1, source="https://gone.example/feed")
    copy, chinese = keep(store, "copy", 2), keep(store, "chinese", 2, source=ZH_FEED)
    store.save_stories([Story("copy", "first", "text", 1.0)], TIMES.now)
    store.save_editions([edition("first", "chinese", news_on=date(2025, 4, 9))], TIMES.now)
    found = group(store, chinese)
    assert {post.id for post in found.members} == {"copy", "chinese"}
    assert found.entry in (copy, chinese)
    assert [g.entry for g in Groups(store, settings(), TIMES).news_of(date(2025, 4, 9))] in ([], [found.entry])


def test_links_that_go_in_a_circle_end(store: Store) -> None:
    one, two = keep(store, "one", 1), keep(store, "two", 2, source=ZH_FEED)
    store.save_stories([Story("one", "two", "text", 1.0), Story("two", "one", "text", 1.0)], TIMES.now)
    assert group(store, one) == group(store, two)
    assert group(store, one).entry == one


def test_the_edition_of_the_entry_itself_is_preferred_and_news_of_another_is_none(store: Store) -> None:
    first = keep(store, "first", 1)
    keep(store, "copy", 2)
    keep(store, "own-zh", 1, source=ZH_FEED), keep(store, "copy-zh", 9, source=ZH_FEED)
    store.save_stories([Story("copy", "first", "text", 1.0)], TIMES.now)
    both = [edition("first", "own-zh"), edition("copy", "copy-zh", news_on=date(2025, 4, 9))]
    store.save_editions(both, TIMES.now)
    found = group(store, first)
    assert found.edition is not None
    assert (found.edition.other, found.news_on) == ("own-zh", None)
    assert [post.id for post in found.others] == ["copy", "copy-zh"]
    assert Groups(store, settings(), TIMES).news_of(date(2025, 4, 9)) == ()


@pytest.mark.parametrize("seed", range(12))
def test_every_post_is_in_one_group_however_posts_are_linked(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    posts = [keep(store, f"post-{n}", 1 + n, source=(EN_FEED, ZH_FEED)[n % 2]) for n in range(12)]
    names = [post.id for post in posts]
    pairs = [chance.sample(names, 2) for _ in range(8)]
    store.save_stories([Story(copy, first, "text", 1.0) for copy, first in pairs[:4]], TIMES.now)
    news = [None, date(2025, 4, 20)]
    store.save_editions([edition(one, two, news_on=chance.choice(news)) for one, two in pairs[4:]], TIMES.now)
    groups = Groups(store, settings(), TIMES)
    found = [groups.of(post) for post in chance.sample(posts, len(posts))]
    members = [post.id for one in {id(one): one for one in found}.values() for post in one.members]
    assert sorted(members) == sorted(names)
    for one in found:
        assert one.entry in one.members
        if one.edition is not None:
            assert one.edition.post == one.entry.id != one.edition.other
            assert one.edition.other in members
        copies = set(store.stories())
        assert one.entry.id not in copies or {post.id for post in one.members} <= copies


# ---- on which page a translation is news ---------------------------------------------------------------------------

NEXT = date(2025, 4, 24)  # the last complete day before 25 April


def settle(store: Store, *days: int) -> None:
    for day in days:
        store.save_day(date(2025, 4, day), "inputs", "signature", TIMES.now, settled=True)


@pytest.mark.parametrize(
    ("came", "settled", "history", "news"),
    [
        (21, (1,), False, date(2025, 4, 21)),  # its day is still to come
        (21, (1, 21), False, NEXT),  # its day's page is out, and had it as a post of its own
        (21, (1, 21), True, date(2025, 4, 21)),  # a feed that is new here is no news of today
        (1, (1,), False, None),
        (1, (), True, None),
    ],
)
def test_a_dated_translation_is_news_of_its_day(
    store: Store, came: int, settled: tuple[int, ...], history: bool, news: date | None
) -> None:
    keep(store, "first", 1), keep(store, "zh", came, source=ZH_FEED, history=history)
    settle(store, *settled)
    assert news_day(store, settings(), TIMES, edition("first", "zh")) == news


def test_a_translation_with_its_posts_date_that_came_later_is_news_of_the_day_it_came(store: Store) -> None:
    keep(store, "first", 1), keep(store, "zh", 1, source=ZH_FEED, late_on=date(2025, 4, 21))
    assert news_day(store, settings(), TIMES, edition("first", "zh")) == date(2025, 4, 21)


def test_an_undated_translation_is_news_of_the_day_it_came(store: Store) -> None:
    keep(store, "first", 1), keep(store, "zh", 20, source=ZH_FEED, dated=False)
    for settled in ((), (1,)):
        settle(store, *settled)
        assert news_day(store, settings(), TIMES, edition("first", "zh")) == date(2025, 4, 20)


@pytest.mark.parametrize(("other", "news"), [(None, None), ("zh", date(2025, 4, 21))])
def test_a_post_that_is_new_here_today_has_no_news_of_today(store: Store, other: str | None, news: date | None) -> None:
    keep(store, "first", 1, history=True, seen=25), keep(store, "zh", 21, source=ZH_FEED)
    settle(store, 1, 21)
    assert news_day(store, settings(), TIMES, edition("first", other)) == news


def test_an_address_is_news_where_the_posts_page_was_out_without_it(store: Store) -> None:
    keep(store, "first", 1)
    assert news_day(store, settings(), TIMES, edition("first", None)) is None
    settle(store, 1)
    assert news_day(store, settings(), TIMES, edition("first", None)) == NEXT
    settle(store, 24)
    assert news_day(store, settings(), TIMES, edition("first", None)) == date(2025, 4, 25)


def test_an_original_found_later_is_no_translation(store: Store) -> None:
    keep(store, "zh", 1, source=ZH_FEED)
    settle(store, 1)
    assert news_day(store, settings(), TIMES, edition("zh", None, lang="en")) is None


def test_history_has_news_only_where_it_was_looked_for_in_vain(store: Store) -> None:
    keep(store, "first", 1, history=True)
    url = edition("first", None).url
    assert news_day(store, settings(), TIMES, edition("first", None)) is None
    store.page_failed(url, TIMES.now, "fetch", "HTTP 404", "status", 404)
    assert news_day(store, settings(), TIMES, edition("first", None)) is None
    store.page_failed(url, TIMES.now, "fetch", "HTTP 404", "status", 404)
    assert news_day(store, settings(), TIMES, edition("first", None)) == NEXT
