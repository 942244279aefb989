"""A post is edited in place after its page was out: its own day's entry says so, the day's page names it, once."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from daily_blog import Blog, noon
from small_blog import BASE, EN_FEED, LINES, article, feed, title_of

from digest.model import Document, Paragraph
from digest.stories.edits import worth_telling

DAY_1 = date(2025, 4, 1)
MORE = "Part 1 ends with the numbers of the first week, in which the cache answered most of the reads of our users."
LINES_1 = [*(line[0].format(n=1) for line in LINES), MORE]
OTHER_COSTS = "We measured the costs of a month again: they are three times as high as this text said at first."
WORTH = [*LINES_1[:3], OTHER_COSTS, *LINES_1[4:]]
TYPO = [*LINES_1[:-1], MORE.replace("answered", "anwsered")]


def day(number: int) -> date:
    return DAY_1 + timedelta(days=number - 1)


def publish(blog: Blog, lines: list[str], *, guid: str = "post-1") -> None:
    """Put post 1 with a whole body into the English feed, in place of what is there."""
    body = html.escape("".join(f"<p>{line}</p>" for line in lines))
    blog.web.pages[EN_FEED] = feed(
        f"<item><title>{title_of(1, 'en')}</title><link>{BASE}/post-1</link><guid>{guid}</guid>"
        f"<pubDate>{noon(DAY_1)}</pubDate><description>{body}</description></item>"
    )


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    made = Blog(tmp_path)
    made.run(DAY_1 - timedelta(days=1))
    publish(made, LINES_1)
    made.month(day(1), day(2))
    yield made
    made.store.close()


def rows(blog: Blog, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = blog.page(day(number))["rest"]
    return found


@pytest.mark.parametrize("later", [3, 12])  # within rebuild_days, and beyond
def test_an_edit_worth_telling_is_told_on_both_pages(blog: Blog, later: int) -> None:
    blog.month(day(3), day(later - 1))
    publish(blog, WORTH)
    blog.run(day(later))
    (entry,) = blog.page(DAY_1)["posts"]
    assert (entry["status"], entry["updated"]) == ("updated", str(day(later)))
    (row,) = rows(blog, later)
    assert (row["id"], row["why"], row["entry"], row["day"]) == (entry["id"], "edited", entry["id"], str(DAY_1))
    # a typo later, another run of the day and later days move nothing
    written = {name: data for name, data in blog.bytes().items() if name.startswith(str(day(later)))}
    builder = blog.run(day(later), hour=9)
    assert {name: data for name, data in blog.bytes().items() if name in written} == written
    publish(blog, [*WORTH[:-1], TYPO[-1]])
    blog.month(day(later + 1), day(later + 2))
    (entry,) = blog.page(DAY_1)["posts"]
    assert entry["updated"] == str(day(later))
    assert rows(blog, later + 1) == rows(blog, later + 2) == []
    whole = blog.bytes()
    blog.web.down = True
    for number in (1, later):
        builder.build(day(number))
    assert {n: d for n, d in blog.bytes().items() if n in written} == {n: d for n, d in whole.items() if n in written}


def test_a_second_edit_is_told_on_its_own_day_and_the_first_stays_told(blog: Blog) -> None:
    publish(blog, WORTH)
    blog.run(day(3))
    publish(blog, [*WORTH, "The vendor has answered: prices fall by half in the summer, and old bills are corrected."])
    blog.month(day(4), day(5))
    assert [len(rows(blog, number)) for number in (3, 4, 5)] == [1, 1, 0]
    assert blog.page(DAY_1)["posts"][0]["updated"] == str(day(4))


def test_a_feed_that_gives_two_texts_in_turn_tells_each_once(blog: Blog) -> None:
    for number in range(3, 9):
        publish(blog, WORTH if number % 2 else LINES_1)
        blog.run(day(number))
    assert [len(rows(blog, number)) for number in range(3, 9)] == [1, 1, 0, 0, 0, 0]


def test_a_post_that_counts_something_is_told_once_and_what_is_new_in_it_is_told(blog: Blog) -> None:
    counts = "So far {n} machines of the fleet have moved to the new cache, and none of them had to be moved back."
    for number in range(3, 8):
        publish(blog, [*LINES_1[:3], counts.format(n=number * 7), *LINES_1[3:]])
        blog.run(day(number))
    assert [len(rows(blog, number)) for number in range(3, 8)] == [1, 1, 0, 0, 0]  # the line, then its number
    publish(blog, [*WORTH[:3], counts.format(n=70), *WORTH[3:]])
    blog.run(day(8))
    assert len(rows(blog, 8)) == 1


@pytest.mark.parametrize("lines", [TYPO, LINES_1[:2]])
def test_typos_and_a_feed_that_gives_less_of_an_old_post_are_no_edit(blog: Blog, lines: list[str]) -> None:
    publish(blog, lines)
    blog.run(day(3))
    assert rows(blog, 3) == []
    assert blog.page(DAY_1)["posts"][0]["updated"] is None


def test_an_edit_before_the_page_is_out_is_simply_the_text(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    blog.run(DAY_1 - timedelta(days=1))
    publish(blog, LINES_1)
    blog.run(DAY_1 - timedelta(days=1), hour=14)  # collected on its day, its page not built yet
    publish(blog, WORTH)
    blog.month(day(1), day(2))
    assert (rows(blog, 1), rows(blog, 2)) == ([], [])
    assert blog.page(DAY_1)["posts"][0]["updated"] is None
    blog.store.close()


def test_a_translation_that_is_edited_updates_the_entry_it_belongs_to(blog: Blog) -> None:
    blog.web.pages[f"{BASE}/zh/post-1"] = article(1, "zh")
    blog.run(day(3))
    publish(blog, WORTH)
    blog.run(day(4))
    (entry,) = blog.page(DAY_1)["posts"]
    assert entry["updated"] == str(day(4))
    assert [post["id"] for post in blog.page(day(3))["newly_translated"]] == [entry["id"]]
    assert [row["entry"] for row in rows(blog, 4)] == [entry["id"]]


def document(*texts: str) -> Document:
    return Document("https://a.example/1", "en", "Title", tuple(Paragraph("prose", text) for text in texts))


@pytest.mark.parametrize("counts", [("Points: 12", "Points: 340"), ("41 comments so far", "43 comments so far"),
                                    ("Posted 2 days ago by Ann", "Posted 3 days ago by Ann"),
                                    ("Last updated: April 2, 2025", "Last updated: May 3, 2025"),
                                    ("Page generated 2025-04-02 10:30", "Page generated 2025-04-03 11:45"),
                                    ("This post has been read 1,203 times.", "This post has been read 1,431 times."),
                                    ("Downloads last month: 12,345", "Downloads last month: 13,001"),
                                    ("Now 12 people are online here.", "Now 15 people are online here."),
                                    ("本文最后更新于 2025 年 4 月 2 日。", "本文最后更新于 2025 年 5 月 3 日。"),
                                    ("更新时间：2025-04-02 下载 311 次", "更新时间：2025-04-03 下载 320 次"),
                                    ("On April 2, 2025 we looked whether all of these figures of the cache still hold.",
                                     "On May 31, 2025 we looked whether all of these figures of the cache still hold."),
                                    ])  # fmt: skip
def test_what_counts_its_readers_is_not_edited_by_that(counts: tuple[str, str]) -> None:
    one, two = (document(*LINES_1[:4], count, *LINES_1[4:]) for count in counts)
    assert not worth_telling(one, two)
    assert worth_telling(document(*LINES_1), document(*(line.replace("10 million", "70 million") for line in LINES_1)))


def test_a_dated_note_that_says_what_changed_is_told() -> None:
    note = "Updated April 5, 2025: the numbers of the first week were wrong."
    assert worth_telling(document(*LINES_1), document(*LINES_1, note))
    assert not worth_telling(document(*LINES_1, "Updated April 5, 2025"), document(*LINES_1, "Updated: May 16, 2025"))
