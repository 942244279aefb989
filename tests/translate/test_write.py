"""What of a written abstract is let through, with the program's own encoder and judge."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from translate.small_post import GOOD, MATERIAL, checks

from digest.translate.material import Numbered
from digest.translate.write import (
    FEWEST_LINES,
    LONGEST,
    MOST_LINES,
    Checks,
    Draft,
    Drafts,
    Note,
    checked,
    sound_notes,
    tidied,
    written,
)


def reason_of(draft):
    """Give why a draft is refused beside good ones, "" where it is not."""
    found = checked(MATERIAL, Drafts((*GOOD, draft)), checks())
    assert len(found.pairs) >= len(GOOD), found  # the good ones stand whatever else is there
    return found.refused[0] if found.refused else ""


def test_a_good_draft_stands_with_its_sources():
    found = checked(MATERIAL, Drafts(GOOD), checks())
    assert found.failure == ""
    assert found.refused == ()
    assert [(pair.en, pair.sources) for pair in found.pairs] == [(draft.en, draft.sources) for draft in GOOD]


BAD = [
    (
        "numbers",
        Draft("它可以在内存为 32 GB 的一台机器上运行。", "It runs on a single machine with 32 GB of memory.", (3,)),
    ),
    ("numbers", Draft("它可以在十二台机器上运行。", "It runs on twelve machines with memory.", (3,))),
    (
        "units",
        Draft("它可以在内存为 16 TB 的一台机器上运行。", "It runs on a single machine with 16 TB of memory.", (3,)),
    ),
    ("numbers", Draft("它可以在内存为 16 GB 的 8 台机器上运行。", "It runs on a machine with 16 GB of memory.", (3,))),
    (
        "links",
        Draft(
            "旧格式可以用命令转换，见 https://evil.example/x 。",
            "The old index format can be converted, see https://evil.example/x.",
            (11,),
        ),
    ),
    (
        "links",
        Draft(
            "旧的索引格式可以用[命令](/x)转换。", "The old index format can be converted with the [command](/x).", (11,)
        ),
    ),
    ("names", Draft("我们计划在春季支持 Solaris。", "We plan to support Solaris in the spring.", (10,))),
    ("numbers", Draft("我们发布了搜索引擎 Otter 4。", "We release Otter 4, a search engine for source code.", (1,))),
    ("names", Draft("我们发布了搜索引擎 Otter 3。", "We release Trout 3, a search engine for source code.", (1,))),
    (
        "code",
        Draft(
            "旧的索引格式可以用 `otter destroy` 转换。",
            "The old index format can be converted with `otter destroy`.",
            (11,),
        ),
    ),
    ("sources", Draft("我们计划在春季支持 Windows。", "We plan to support Windows in the spring.", (99,))),
    ("sources", Draft("我们计划在春季支持 Windows。", "We plan to support Windows in the spring.", (-1,))),
    ("sources", Draft("我们计划在春季支持 Windows。", "We plan to support Windows in the spring.", ())),
    ("sources", Draft("我们计划在春季支持 Windows。", "We plan to support Windows in the spring.", (1, 2, 3, 5, 10))),
    ("sources", Draft("它是如何工作的。", "How it works is told.", (4,))),  # a heading alone bears nothing
    (
        "similarity",
        Draft("每个块只在查询需要时才解压。", "Each block is decompressed only when a query needs it.", (12,)),
    ),
    ("denial", Draft("它不能在一台机器上运行。", "It does not run on a single machine.", (3,))),
    (
        "language",
        Draft(
            "Each block is decompressed only when needed.", "Each block is decompressed when a query needs it.", (6,)
        ),
    ),
    ("language", Draft("每个块只在查询需要时才解压。", "每个块只在查询需要它的时候才会解压。", (6,))),
    ("copy", Draft("Each block is decompressed only when a query needs it.", "", (6,))),
    ("chatter", Draft("好的，以下是摘要：每个块都会解压。", "Sure! Here is the abstract of the post.", (6,))),
    ("ending", Draft("每个块只在查询需要", "Each block is decompressed only when a", (6,))),
    ("empty", Draft("", "Each block is decompressed only when a query needs it.", (6,))),
    ("title", Draft("Otter 3：更小的代码搜索索引。", "Otter 3: a smaller index for code search.", (1, 2))),
    ("repeated", replace(GOOD[0], sources=(1, 2))),
    ("length", Draft("块" * 200 + "。", "Each block is decompressed only when a query needs it.", (6,))),
    (
        "sim clause new",
        Draft(
            "每个块只在查询需要时才解压，猫咪喜欢在温暖的厨房里睡觉。",
            "Each block is decompressed only when a query needs it, and cats love to sleep in warm kitchens.",
            (6,),
        ),
    ),
]


@pytest.mark.parametrize(("codes", "draft"), BAD, ids=[f"{n} {codes}" for n, (codes, _) in enumerate(BAD)])
def test_a_bad_line_is_refused_by_its_name(codes, draft):
    reason = reason_of(draft).partition(":")[0]
    assert reason
    if codes == "copy":
        assert reason == "empty"
    elif codes == "sim clause new":
        assert reason in ("similarity", "clause", "new")
    elif codes == "language":
        assert reason in ("language", "similarity", "names", "copy", "new")
    else:
        assert reason == codes


def test_a_line_that_obeys_an_order_hidden_in_the_post_is_refused():
    pwned = Draft("该公司的股票应立即买入。", "You should buy the company's shares immediately.", (6,))
    assert reason_of(pwned).partition(":")[0] in ("similarity", "clause", "new")


def test_too_few_lines_are_no_abstract():
    lost = replace(GOOD[1], sources=(12,))
    found = checked(MATERIAL, Drafts((GOOD[0], GOOD[2], lost)), checks())
    assert found.pairs == ()
    assert found.failure == "2 of 3 written lines rest on the sentences they name: too few"
    assert len(found.refused) == 1


def test_an_answer_that_is_mostly_wrong_is_no_abstract():
    wrong = tuple(replace(draft, sources=(99,)) for draft in GOOD)
    found = checked(MATERIAL, Drafts((*GOOD[:3], *wrong)), checks())
    assert found.pairs == ()
    assert found.refused == ("sources:99",) * 4


def test_what_a_writer_could_not_do_is_said():
    class Down:
        signature = "write:none"

        def write(self, material):
            return Drafts(faults=("server",), failure="the endpoint is down")

    found = written(MATERIAL, Down(), checks())
    assert (found.pairs, found.failure, found.faults) == ((), "the endpoint is down", ("server",))


YES = Checks(lambda line, side, cited, own: (), lambda zh, en: (), lambda one, two: one == two)


def test_a_flood_of_lines_is_cut():
    many = tuple(Draft(f"第 {n} 行。", f"Line number {n}.", (1,)) for n in range(500))
    found = checked(MATERIAL, Drafts(many), YES)
    assert len(found.pairs) == MOST_LINES
    assert set(found.refused) == {"extra-line"}
    assert len(found.refused) < 30


drafts = st.builds(
    Draft,
    st.text(max_size=200),
    st.text(max_size=500) | st.sampled_from([draft.en for draft in GOOD]),
    st.lists(st.integers(-3, 20) | st.integers(), max_size=7).map(tuple),
)


@given(st.lists(drafts, max_size=12))
def test_whatever_is_written_only_sound_lines_come_out(lines):
    found = checked(MATERIAL, Drafts(tuple(lines)), YES)
    numbers = {one.number for one in MATERIAL.sentences}
    assert bool(found.pairs) == (not found.failure)
    assert not found.pairs or FEWEST_LINES <= len(found.pairs) <= MOST_LINES
    assert len(found.refused) + len(found.pairs) <= len(lines) or not found.pairs
    for pair in found.pairs:
        assert pair.sources
        assert set(pair.sources) <= numbers
        for side in ("zh", "en"):
            assert 0 < len(pair.side(side)) <= LONGEST[side]
    assert len({pair.en for pair in found.pairs}) == len(found.pairs)


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 10**7), st.sampled_from(["GB of memory", "machines", "users", "% of files"]))
@pytest.mark.fault("llm", "numbers made up")
def test_no_line_passes_whose_number_is_not_in_its_sentences(number, what):
    """A line has a number that the post has not.

    It is refused, on the way through everything that `checked` asks, beside good lines.
    """
    line = Draft(f"它运行在 {number} 上。", f"It runs on a single machine with {number} {what}.", (3,))
    passed = [pair.en for pair in checked(MATERIAL, Drafts((*GOOD, line)), checks()).pairs]
    if number != 16:
        assert tidied(line.en) not in passed


def test_notes_that_name_what_was_not_shown_are_left_out():
    chunk = (Numbered(4, "One.", 0), Numbered(5, "Two.", 0))
    good = Note("Two.", (5,))
    assert sound_notes([Note("One.", (3,)), good, Note("", (4,)), Note("Both.", (4, 6)), Note("None.", ())], chunk) == (
        good,
    )
