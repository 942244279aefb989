"""Which texts of one language are copies, by overlap and clues; what an edit changed; which titles are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.align.changed import Version, change
from digest.align.copies import Clues, Overlap, is_copy, overlap, shingles, smallest
from digest.align.same_titles import bare_titles, ordinals, same_title
from digest.model import Document, Paragraph

TEXT = (
    "The river rose by two metres in the night and took the old bridge with it.",
    "Nobody was hurt, for the road had been closed at noon on the advice of the engineer.",
    "The town has 40 days to build a ferry before the harvest must be brought across.",
    "Three carpenters from the next valley have offered their help and their tools.",
    "A new bridge of stone would cost more than the town earns in ten years.",
)
NOTHING = Clues(pointed=False, titled=False, own=False)
TITLED = Clues(pointed=False, titled=True, own=False)


def document(*texts: str, lang: str = "en", code: str = "") -> Document:
    paragraphs = [Paragraph("prose", text) for text in texts]
    return Document("u", lang, "t", (*paragraphs, *([Paragraph("code", code)] if code else [])))


def version(*texts: str) -> Version:
    return Version.of(texts, texts)


def test_a_text_is_the_same_in_other_markup() -> None:
    lines = document(*TEXT)
    run_together = document("  ".join(TEXT).upper().replace(",", " ,"))
    assert overlap(shingles(lines), shingles(run_together)).least == 1


def test_what_two_texts_share_is_counted_for_each() -> None:
    seen = overlap(shingles(document(*TEXT)), shingles(document(*TEXT[:2])))
    assert seen.two == 1
    assert 0.3 < seen.one < 0.5
    assert overlap(shingles(document()), shingles(document(*TEXT))) == Overlap(0, 0, 0)


def test_code_counts_only_where_there_is_little_text() -> None:
    assert shingles(document(*TEXT, code="print(1)")) == shingles(document(*TEXT))
    assert shingles(document("Run it:", code="print(1)")) != shingles(document("Run it:", code="exit(2)"))


@given(st.sets(st.integers(0, 2**64 - 1), max_size=400))
def test_the_smallest_hashes_stand_for_a_text(found: set[int]) -> None:
    kept = smallest(frozenset(found))
    assert list(kept) == sorted(kept)
    assert set(kept) <= found
    assert all(code >= kept[-1] for code in found - set(kept))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Cache, part 1", "Cache, part 2"),
        ("Foo v1.2", "Foo v1.3"),
        ("缓存（上）", "缓存（下）"),
        ("第三期周报", "第四期周报"),
        ("Notes for June", "Notes for July"),
        ("The March letter", "The May letter"),
        ("六月通讯", "五月通讯"),
        ("Cache, part one", "Cache, part two"),
        ("The letter of 2025-04-01", "The letter of 2025-05-01"),
    ],
)
def test_versions_parts_and_issues_are_never_copies(one: str, two: str) -> None:
    whole = Overlap(1.0, 1.0, 500)
    assert not is_copy(whole, Clues(pointed=True, titled=True, own=False), one, two)
    assert is_copy(whole, TITLED, one, one)


def test_one_site_s_posts_share_a_template_others_do_not() -> None:
    half = Overlap(0.6, 0.65, 300)
    assert is_copy(half, TITLED, "Weekly", "Weekly")
    assert not is_copy(half, Clues(pointed=False, titled=True, own=True), "Weekly", "Weekly")
    assert not is_copy(half, NOTHING, "Bridges", "Ferries")


def test_a_quotation_is_no_copy_and_a_teaser_is_one() -> None:
    inside = Overlap(1.0, 0.2, 80)
    assert not is_copy(inside, NOTHING, "Bridges", "What I read today")
    assert is_copy(inside, TITLED, "Bridges", "Bridges")


def test_an_address_alone_makes_no_copy() -> None:
    commentary = Overlap(0.1, 0.05, 200)
    assert not is_copy(commentary, Clues(pointed=True, titled=False, own=False), "Bridges", "On bridges")
    assert is_copy(Overlap(0, 0, 0), Clues(pointed=True, titled=True, own=False), "Bridges", "Bridges")
    assert not is_copy(Overlap(0, 0, 0), TITLED, "Bridges", "Bridges")


def test_posts_that_share_a_page_of_their_source_are_told_by_their_titles() -> None:
    page = Overlap(1.0, 1.0, 500)
    assert not is_copy(page, Clues(pointed=True, titled=False, own=True), "For Windows", "For Linux")
    assert is_copy(page, Clues(pointed=True, titled=True, own=True), "For Windows", "FOR WINDOWS")
    assert is_copy(page, Clues(pointed=True, titled=False, own=False), "For Windows", "A new version is here")


# ---- titles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The old bridge", "THE OLD BRIDGE | Valley News"),
        ("【转载】老桥的最后一夜", "老桥的最后一夜"),
        ("[Repost] The old bridge", "The old bridge — Valley News"),
        ("老桥的最后一夜", "老桥的最后一夜_河谷新闻"),
    ],
)
def test_a_site_and_a_mark_of_reposting_are_no_part_of_a_title(one: str, two: str) -> None:
    assert same_title(one, two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("Release notes - Windows", "Release notes - Linux"), ("", ""), ("!!!", "???"), ("The old bridge", "The bridge")],
)
def test_other_titles(one: str, two: str) -> None:
    assert not same_title(one, two)


def test_numbers_of_titles() -> None:
    assert ordinals("Why I left, and when") == frozenset()
    assert ordinals("World War II: 7B") == {"2", "7"}
    assert bare_titles("...") == ()


# ---- edits ----------------------------------------------------------------------------------------------------------


def test_a_typo_is_not_worth_telling() -> None:
    after = change(version(*TEXT), version(TEXT[0].replace("metres", "meters"), *TEXT[1:]), own=True)
    assert 0 < after.share < 0.3
    assert not after.worth


def test_a_number_and_a_new_sentence_are() -> None:
    assert change(version(*TEXT), version(*TEXT[:2], TEXT[2].replace("40", "60"), *TEXT[3:]), own=True).worth
    assert change(version(*TEXT), version(*TEXT, "The mayor has stepped down over the matter."), own=True).worth
    assert change(version(*TEXT), version(*TEXT[:3]), own=True).worth


def test_the_furniture_of_another_site_is_no_edit() -> None:
    framed = version("By our reporter.", *TEXT, "Read more stories from the valley, every day.")
    assert change(version(*TEXT), framed, own=False).share == 0
    assert change(version(*TEXT), framed, own=True).worth
    update = version(*TEXT, "Update: the ferry has been running since Monday, and it is free of charge for all.")
    assert change(version(*TEXT), update, own=False).worth


def test_other_markup_is_no_edit() -> None:
    code = "pip install bridge"
    before = Version.of(TEXT, [*TEXT, code])
    after = Version.of([" ".join(TEXT[:2]), *TEXT[2:], code], [" ".join(TEXT[:2]), *TEXT[2:], code])
    assert change(before, after, own=True).share == 0
