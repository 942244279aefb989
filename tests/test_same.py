"""Which posts are one entry, whose entry it is, and which posts tell the same story elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from word_bag import WordBag

from digest.align.embed import HashEmbedder
from digest.model import Document, Edition, Paragraph, Post, Span, Story
from digest.stories import comparable, same
from digest.stories.comparable import find_comparable
from digest.stories.same import find_same
from digest.stories.signatures import (
    Signature,
    bare,
    canonical_link,
    packed_signature,
    signature_of,
    unpacked_signature,
)
from digest.stories.told import Told

NOW = datetime(2025, 4, 17, 1, tzinfo=UTC)
FERRY = (
    "The river rose by two metres in the night and took the old bridge with it.",
    "Nobody was hurt, for the road had been closed at noon on the advice of the engineer.",
    "The town has 40 days to build a ferry before the harvest must be brought across.",
    "Three carpenters from the next valley have offered their help and their tools.",
)
MILL = (
    "A mill that grinds by wind was finished on the hill above the harbour last week.",
    "Its sails are made of cloth from the weavers of the island and turn in any breeze.",
    "Farmers bring their rye and barley up the hill in carts and wait for a day at most.",
    "The miller keeps a tenth of the flour and gives the bran to whoever keeps pigs.",
)
渡船 = (
    "河水在夜里上涨了两米，把那座老桥一起冲走了。",
    "没有人受伤，因为道路在中午就按照工程师的建议封闭了。",
    "镇上有四十天时间造一条渡船，之后就必须把收成运过河去。",
    "邻近山谷的三位木匠愿意带着工具前来帮忙。",
)
ORDINARY = ("boat", "wheel", "lamp", "rope", "stone", "tree", "well", "hat")


class Library:
    """Texts told by posts, and what reads them."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.documents: dict[str, Document] = {}

    def add(
        self, name: str, lines: Sequence[str], *, title: str = "The ferry", source: str = "", days: float = 0,
        lang: str = "en", stands: bool = False, names: str = "", url: str = "", size: int | None = None,
    ) -> Told:  # fmt: skip
        source = source or name
        url = url or f"https://{source}.example/{name}"
        when = NOW + timedelta(days=days)
        paragraphs = tuple(Paragraph("prose", line) for line in lines)
        document = Document(url, lang, title, paragraphs)
        post = Post(name, f"https://{source}.example/feed", url, url, title, when, True, when, lang, "", "")
        signature = signature_of(document, names)
        if size is not None:
            signature = replace(signature, size=size)
        one = Told(post, url, signature, len(self.told), stands)
        self.told.append(one)
        self.documents[url] = document
        return one

    def find(
        self, *, editions: Sequence[Edition] = (), known: Sequence[Story] = (), fresh: set[str] | None = None
    ) -> dict[str, tuple[str, str]]:
        stories = find_same(
            self.told, {one.name for one in self.told} if fresh is None else fresh, editions,
            {story.post: story for story in known}, lambda one: self.documents[one.url], lambda one: (),
            HashEmbedder(),
        )  # fmt: skip
        assert len({story.post for story in stories}) == len(stories)
        return {story.post: (story.same_as, story.how) for story in stories}


def counted(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[int]:
    """Count the calls of a function of a module, in the one number of the list."""
    calls, function = [0], getattr(module, name)

    def count(*given: Any) -> Any:
        calls[0] += 1
        return function(*given)

    monkeypatch.setattr(module, name, count)
    return calls


def edition(post: str, other: str | None, url: str = "https://b.example/b") -> Edition:
    return Edition(post, "zh", url, other, "title", 0.9, "en")


def test_the_earlier_copy_stands() -> None:
    library = Library()
    library.add("late", FERRY, days=1)
    library.add("early", FERRY)
    library.add("other", MILL, title="The mill")
    assert library.find() == {"late": ("early", "text")}


def test_of_copies_of_one_moment_the_first_source_stands() -> None:
    library = Library()
    library.add("b", FERRY)
    library.add("a", FERRY)
    assert library.find() == {"a": ("b", "text")}


def test_what_has_an_edition_or_stands_on_a_page_stands() -> None:
    library = Library()
    library.add("early", FERRY)
    library.add("late", FERRY, days=1)
    assert library.find(editions=[edition("late", None)]) == {"early": ("late", "text")}
    library.told[0] = replace(library.told[0], stands=True)
    assert library.find(editions=[edition("late", None)]) == {"late": ("early", "text")}


def test_two_entries_that_stand_on_pages_are_left() -> None:
    library = Library()
    library.add("one", FERRY, stands=True)
    library.add("two", FERRY, stands=True, days=1)
    assert library.find() == {}


def test_a_teaser_yields_to_the_whole_text() -> None:
    library = Library()
    library.add("teaser", FERRY[:2])
    library.add("whole", (*FERRY, *MILL), days=1)
    assert library.find() == {"teaser": ("whole", "text")}


def test_many_copies_have_one_entry() -> None:
    library = Library()
    for n in range(5):
        library.add(f"p{n}", FERRY, days=n)
    assert {name: first for name, (first, _) in library.find().items()} == dict.fromkeys(("p1", "p2", "p3", "p4"), "p0")


@pytest.mark.parametrize("sources", [1, 2, 130])
def test_any_number_of_texts_that_are_one_have_one_entry_and_are_compared_once(
    monkeypatch: pytest.MonkeyPatch, sources: int
) -> None:
    library = Library()
    for n in range(260):
        library.add(f"p{n:03}", FERRY, source=f"s{n % sources}", days=n / 100)
    compared = counted(monkeypatch, same, "is_copy")
    assert library.find() == {f"p{n:03}": ("p000", "text") for n in range(1, 260)}
    assert compared[0] == 259


def test_a_text_under_hundreds_of_titles_is_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    for n, title in zip(
        range(200), permutations(("ferry", "river", "bridge", "town", "harvest", "road")), strict=False
    ):
        library.add(f"p{n}", FERRY, title=" ".join(title), source=f"s{n % 2}")
    compared = counted(monkeypatch, same, "is_copy")
    assert (library.find(), compared[0]) == ({}, 0)


def test_a_text_is_compared_with_so_many_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same, "MOST_TOLD", 8)
    library = Library()
    # each shares five lines with seven others, and a part of its title with seven again, three times
    for n in range(64):
        shared = [f"The {word} of house {n // 8} was seen in year {n // 8} of the town." for word in ORDINARY]
        own = [f"{word} {n} is {n} and was {n}" for word in ORDINARY * 3]
        library.add(f"p{n}", [*shared, *own], title=f"Notes {n} | w{n % 8} | x{n % 9} | y{n // 9}")
    compared = counted(monkeypatch, same, "is_copy")
    library.find()
    assert 4 * 64 < compared[0] <= 8 * 64


def test_what_is_known_stays_and_is_not_found_again() -> None:
    library = Library()
    library.add("first", FERRY)
    library.add("second", FERRY, days=1)
    library.add("third", FERRY, days=2)
    known = [Story("first", "second", "text", 1.0)]
    assert library.find(known=known) == {"third": ("second", "text")}


def test_only_new_texts_are_compared() -> None:
    library = Library()
    library.add("first", FERRY)
    library.add("second", FERRY, days=1)
    assert library.find(fresh=set()) == {}
    assert library.find(fresh={"second"}) == {"second": ("first", "text")}


def test_a_mirror_of_the_translation_belongs_to_the_entry() -> None:
    library = Library()
    library.add("en", FERRY)
    library.add("zh", 渡船, title="渡船", lang="zh", days=5)
    library.add("mirror", 渡船, title="【转载】渡船", lang="zh", days=6)
    assert library.find(editions=[edition("en", "zh")]) == {"mirror": ("en", "text")}


def test_a_mirror_of_a_translation_that_no_feed_brought_does_too() -> None:
    library = Library()
    en = library.add("en", FERRY)
    page = Document("https://b.example/zh", "zh", "渡船", tuple(Paragraph("prose", line) for line in 渡船))
    library.told.append(Told(en.post, page.url, signature_of(page), 0, stands=False))
    library.documents[page.url] = page
    library.add("mirror", 渡船, title="渡船", lang="zh", days=6)
    assert library.find(editions=[edition("en", None, page.url)]) == {"mirror": ("en", "text")}


def test_a_second_translation_is_a_copy() -> None:
    meanings = dict(zip(渡船, FERRY, strict=True)) | {"渡船": "ferry"}
    library = Library()
    library.add("en", FERRY)
    library.add("zh", ["译文已被删除。"], title="渡船", lang="zh", days=5)
    library.add("again", 渡船, title="渡船", lang="zh", days=6)
    stories = find_same(
        library.told, {"again"}, [edition("en", "zh")], {}, lambda one: library.documents[one.url],
        lambda one: ["https://en.example/en"], WordBag(meanings, 512),
    )  # fmt: skip
    assert [(story.post, story.same_as, story.how) for story in stories] == [("again", "en", "translation")]


def test_an_entry_has_the_edition_of_its_copy() -> None:
    library = Library()
    library.add("first", FERRY, stands=True)
    library.add("second", FERRY, days=1)
    library.add("zh", ["译文已被删除。"], title="渡船", lang="zh", days=5)
    library.add("again", 渡船, title="渡船", lang="zh", days=6)
    stories = find_same(
        library.told, {"again"}, [edition("second", "zh")], {"second": Story("second", "first", "text", 1.0)},
        lambda one: library.documents[one.url], lambda one: ["https://first.example/first"],
        WordBag(dict(zip(渡船, FERRY, strict=True)) | {"渡船": "ferry"}, 512),
    )  # fmt: skip
    assert [(story.post, story.same_as) for story in stories] == [("again", "first")]


def test_series_and_quotations_keep_their_entries() -> None:
    library = Library()
    library.add("one", FERRY, title="The ferry, part 1", source="blog")
    library.add("two", (*FERRY[:3], *MILL[:1]), title="The ferry, part 2", source="blog", days=7)
    library.add("quoting", (*MILL, *FERRY[:2], *MILL[::-1]), title="What I read", days=8)
    assert library.find() == {}


def test_a_shared_address_helps_where_the_text_was_cut_and_renamed() -> None:
    library = Library()
    library.add("one", (*FERRY, *MILL))
    # under another title, half of the text, and lines of its own
    lines = (*FERRY, "Our reporter went to see what is left of it, and met nobody but a dog on the bank.",
             "Subscribe to our letter for more of this kind, every day at seven in the morning.")  # fmt: skip
    library.add("two", lines, title="Gone in a night", days=1)
    assert library.find() == {}
    library.told.pop()
    library.add("two", lines, title="Gone in a night", days=1, names="https://www.one.example/one/?utm_source=x")
    assert {name: first for name, (first, _) in library.find().items()} == {"two": "one"}


def test_an_edit_is_told_from_a_copy() -> None:
    library = Library()
    library.add("one", FERRY)
    library.add("two", (*FERRY[:2], FERRY[2].replace("40", "60"), FERRY[3]), days=1)
    assert library.find() == {"two": ("one", "edited")}


@given(st.lists(st.sampled_from(range(6)), min_size=1, max_size=6, unique=True), st.integers(0, 2))
def test_every_group_has_one_entry(order: list[int], standing: int) -> None:
    library = Library()
    for n in order:
        library.add(f"p{n}", FERRY if n % 2 else MILL, title="The ferry" if n % 2 else "The mill", days=n,
                    stands=n == standing)  # fmt: skip
    found = library.find()
    for remainder in (0, 1):
        group = {f"p{n}" for n in order if n % 2 == remainder}
        assert len(group - found.keys()) == (1 if group else 0)
        assert {found[name][0] for name in group & found.keys()} <= group - found.keys()


# ---- comparable posts -----------------------------------------------------------------------------------------------

SHARED = ("It runs PyTorch 2.4 on 64 A100 cards.", "See BridgeQA, FerryBench and MillEval for 3000 examples.")
GLEICH = ("它在 64 张 A100 上运行 PyTorch 2.4。", "三千个例子见 BridgeQA、FerryBench 与 MillEval，共 3000 条。")


def compared(library: Library, editions: Sequence[Edition] = ()) -> list[tuple[str, str]]:
    meant = {"渡船": " ferry ", "模型": " model "} | dict(zip((*渡船, *GLEICH), (*FERRY, *SHARED), strict=True))
    found = find_comparable(
        library.told, {one.name for one in library.told}, editions, {}, lambda one: library.documents[one.url],
        WordBag(meant, 512),
    )  # fmt: skip
    return [(one, two) for one, two, _ in found]


@pytest.mark.parametrize(
    ("title", "days", "source", "found"),
    [("渡船模型 2.4", 3, "b", True), ("渡船模型 2.5", 3, "b", False), ("渡船模型 2.4 GPU", 3, "b", False),
     ("渡船模型 2.4", 30, "b", False), ("渡船模型 2.4", 3, "a", False)],
)  # fmt: skip
def test_a_story_told_elsewhere(title: str, days: int, source: str, found: bool) -> None:
    library = Library()
    library.add("en", (*FERRY, *SHARED), title="Ferry model 2.4", source="a")
    library.add("zh", (*GLEICH, *渡船), title=title, lang="zh", days=days, source=source)
    assert compared(library) == ([("en", "zh")] if found else [])


def test_near_titles_alone_are_not_enough() -> None:
    library = Library()
    library.add("en", (*FERRY, *SHARED), title="Ferry model 2.4")
    library.add("zh", ["今天的天气很好。", *GLEICH[:1]], title="渡船模型 2.4", lang="zh")
    assert compared(library) == []


def test_editions_and_copies_are_not_covered_elsewhere() -> None:
    library = Library()
    library.add("en", (*FERRY, *SHARED), title="Ferry model 2.4")
    library.add("zh", (*GLEICH, *渡船), title="渡船模型 2.4", lang="zh")
    assert compared(library, [edition("en", "zh")]) == []


def template(sources: int, of_each: int, *, title: str = "Ferry model 2.4") -> Library:
    """Give posts of one title that share all but a third of their lines."""
    library = Library()
    for n in range(sources * of_each):
        lines = [f"{word} {n} met {word} {n} on the {word} road." for word in ORDINARY[:4]]
        library.add(f"p{n:04}", (*lines, *FERRY, *SHARED), title=title, source=f"s{n % sources}", days=n / 1000)
    return library


@pytest.mark.parametrize(("sources", "of_each"), [(2, 500), (60, 15)])
def test_nothing_is_said_of_a_template(monkeypatch: pytest.MonkeyPatch, sources: int, of_each: int) -> None:
    judged = counted(monkeypatch, comparable, "shared_structure")
    assert (compared(template(sources, of_each)), judged[0]) == ([], 0)


def test_a_story_that_many_sources_tell_is_linked_to_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = counted(monkeypatch, comparable, "shared_structure")
    found = compared(template(60, 1))
    assert 60 <= len(found) <= judged[0] <= 60 * comparable.NEAREST
    assert {name for pair in found for name in pair} == {f"p{n:04}" for n in range(60)}
    assert found == compared(template(60, 1))


def test_a_series_beside_a_story_leaves_it_alone() -> None:
    library = template(2, 30, title="Weekly letter of the ferry")
    library.add("en", (*FERRY, *SHARED), title="Ferry model 2.4", source="s0")
    library.add("zh", (*GLEICH, *渡船), title="渡船模型 2.4", lang="zh", source="b")
    assert compared(library) == [("en", "zh")]


# ---- signatures -----------------------------------------------------------------------------------------------------


SIGNATURES = st.builds(
    Signature,
    st.text(),
    st.sampled_from(("zh", "en", "")),
    st.integers(0, 9999),
    st.lists(st.integers(0, 2**64 - 1), max_size=128).map(tuple),
    st.lists(st.text(), max_size=3).map(tuple),
)


@given(SIGNATURES)
def test_a_signature_comes_back_as_it_was_packed(signature: Signature) -> None:
    assert unpacked_signature(packed_signature(signature)) == signature


@pytest.mark.parametrize(
    "line",
    [
        "本文首发于 我的博客，转载请注明。",
        "转载自：我的博客",
        "Originally published at my blog.",
        "Cross-posted from my blog",
    ],
)
def test_a_line_that_names_the_original_is_read(line: str) -> None:
    at = line.find("我的博客") if "我的博客" in line else line.find("my blog")
    link = Span(at, at + 4, "link", "https://blog.example/post-1")
    document = Document(
        "u", "zh", "t", (*(Paragraph("prose", text) for text in FERRY), Paragraph("prose", line, 0, (link,)))
    )
    assert signature_of(document).names == ("blog.example/post-1",)


def test_a_link_in_a_sentence_names_no_original() -> None:
    link = Span(0, 3, "link", "https://blog.example/post-1")
    assert signature_of(Document("u", "en", "t", (Paragraph("prose", FERRY[0], 0, (link,)),))).names == ()


def test_canonical_links() -> None:
    assert canonical_link("<link href='/a' rel=canonical>") == "/a"
    assert canonical_link('<link rel="alternate canonical-not" href="/b"><a rel="canonical" href="/c">') == ""
    assert bare("https://www.example.org/?utm_source=x") == ""
