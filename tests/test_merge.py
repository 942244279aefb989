"""Editions that only titles join, among copies that have the same title."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from small_blog import BASE, EN_FEED, LINES, ZH_FEED, TrueEmbedder, title_of

from digest.merge import Candidate, find_editions
from digest.model import Document, Edition, Paragraph, Post, Story

NOON = datetime(2025, 4, 16, 4, tzinfo=UTC)


def candidate(name: str, number: int, side: str, *, title: str = "", text: bool = True) -> Candidate:
    url = f"{BASE}/{name}"
    title = title or title_of(number, side)
    source = ZH_FEED if side == "zh" else EN_FEED
    lines = [line[side == "zh"].format(n=number) for line in LINES] if text else ["Something else is said here."] * 9
    document = Document(url, side, title, tuple(Paragraph("prose", line) for line in lines))
    return Candidate(Post(name, source, name, url, title, NOON, True, NOON, side, "", ""), document, {})


def found(candidates: list[Candidate], copies: dict[str, Story] | None = None) -> list[Edition]:
    documents = {one.post.id: one.document for one in candidates}
    return list(find_editions(candidates, (), lambda url: None, lambda url: None,
                              lambda post: documents[post.id], TrueEmbedder(), copies))  # fmt: skip


def test_posts_of_one_title_do_not_crowd_out_the_true_edition() -> None:
    crowd = [candidate(f"mirror-{n}", 1, "en", text=False) for n in range(5)]
    editions = found([*crowd, candidate("true", 1, "en", title="Cache series: part 1"), candidate("zh", 1, "zh")])
    assert [{edition.post, edition.other} for edition in editions] == [{"true", "zh"}]
    editions = found([*crowd, candidate("true", 1, "en"), candidate("zh", 1, "zh")])
    assert [{edition.post, edition.other} for edition in editions] == [{"true", "zh"}]


def test_a_known_copy_takes_no_edition_by_its_title_while_its_original_is_at_hand() -> None:
    first, copy, chinese = (candidate(name, 1, side) for name, side in (("first", "en"), ("copy", "en"), ("zh", "zh")))
    copy = replace(copy, post=replace(copy.post, published=NOON - timedelta(days=1)))
    copies = {"copy": Story("copy", "first", "text", 1.0)}
    for order in ([copy, first, chinese], [chinese, copy, first]):
        assert [{one.post, one.other} for one in found(order, copies)] == [{"first", "zh"}]
    assert [{one.post, one.other} for one in found([copy, chinese], copies)] == [{"copy", "zh"}]


@pytest.mark.parametrize("days", [119, 121])
def test_titles_join_posts_of_a_third_of_a_year(days: int) -> None:
    far = candidate("far", 1, "en")
    far = replace(far, post=replace(far.post, published=NOON + timedelta(days=days)))
    assert len(found([far, candidate("zh", 1, "zh")])) == (days < 120)
