"""Whether a line rests on the sentences it names: each test by itself, and laws that hold for any line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.align.embed import HashEmbedder, load_embedder
from digest.align.rests import alike, bearing, rests

SENTENCE = (
    "Otter 3.1 comes in three sizes, 8B, 70B and 405B, reads 128K tokens with one H100, and its planner calls "
    "`plan.run()` in PyTorch when a query needs it."
)
ACROSS = (
    "Otter 3.1 有三种规格：8B、70B 和 405B，用一块 H100 可读 128K 词元，查询需要时由 PyTorch 中的 `plan.run()` 规划。"
)


def codes(line, side="en", cited=(SENTENCE,), cited_side="en"):
    return tuple(r.partition(":")[0] for r in rests(line, side, cited, cited_side, load_embedder()))


@pytest.mark.parametrize(
    "line",
    [
        "Otter 3.1 comes in three sizes: 8B, 70B and 405B.",
        "Otter 3.1 comes in 3 sizes and reads 128,000 tokens with one H100.",
        "When a query needs it, the planner of Otter 3.1 calls `plan.run()` in PyTorch.",
        "Otter-3.1 comes in three sizes and reads 128K tokens with one H100.",
    ],
)
def test_a_line_that_says_what_its_sentence_says(line):
    assert codes(line) == ()


def test_a_capital_before_a_number_of_thousands_makes_no_name_of_it():
    cited = ("It took 7.4 seconds while generating 1,024 tokens of 12,288 asked for.",)
    assert codes("Generating 1,024 tokens of 12,288 took 7.4 seconds.", cited=cited) == ()
    assert "numbers" in codes("Generating 1,025 tokens of 12,288 took 7.4 seconds.", cited=cited)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("numbers", "Otter 3.1 comes in four sizes: 8B, 70B and 405B."),
        ("numbers", "Otter 3.1 comes in three sizes: 8B, 72B and 405B."),
        ("numbers", "Otter 3.1 comes in three sizes: 8M, 70B and 405B."),
        ("numbers", "Otter 3.1 reads 128K tokens at 7 p.m. with one H100."),
        ("numbers", "Otter 3.1 comes in three sizes since May: 8B, 70B and 405B."),
        ("numbers", "Otter 3.1 reads 128K tokens, twice what one H100 could."),
        ("numbers", "Otter 3.1 reads 128K tokens with 100 GPUs."),  # the 100 of H100 is none
        ("numbers", "Otter 3.1 comes in three sizes, 8B, 70B and 70B, and reads 128K tokens."),
        ("names", "Otter 3 comes in three sizes: 8B, 70B and 405B."),
        ("names", "Otter 3.1 comes in three sizes and reads 128K tokens with one H200."),
        ("names", "Mistral comes in three sizes: 8B, 70B and 405B."),
        ("names", "Otter 3.1 comes in three sizes, 8B, 70B and 405B, made by Acme."),
        ("names", "Otter 3.1 comes in three sizes, 8B, 70B and 405B, at evil.com today."),
        ("links", "Otter 3.1 comes in three sizes: see https://evil.example/."),
        ("links", "Otter 3.1 comes in [three sizes](/evil): 8B, 70B and 405B."),
        ("links", "Otter 3.1 comes in <b>three sizes</b>: 8B, 70B and 405B."),
        ("names", "Otter 3.1 comes in three sizes, for $8 from Acme and for $70 or $405."),
        ("code", "When a query needs it, its planner calls `plan.stop()` in PyTorch."),
        ("denial", "Otter 3.1 does not come in three sizes: 8B, 70B and 405B."),
        ("similarity", "The weather in the mountains was lovely this summer."),
        ("chatter", "Sure! Here is the abstract of the post."),
    ],
)
def test_what_a_sentence_does_not_say_is_named(code, line):
    assert code in codes(line)


def test_the_other_language_is_held_to_the_same_facts():
    assert codes(ACROSS, "zh") == ()
    assert codes(SENTENCE, "en", (ACROSS,), "zh") == ()
    assert "numbers" in codes(ACROSS.replace("70B", "72B"), "zh")
    assert "numbers" in codes(ACROSS.replace("三种", "四种"), "zh")
    assert "names" in codes(ACROSS.replace("PyTorch", "TensorFlow"), "zh")
    assert "code" in codes(ACROSS.replace("plan.run", "plan.stop"), "zh")
    assert "similarity" in codes("今天山里的天气很好。", "zh")


def test_a_chinese_line_in_its_own_language():
    source = ("索引只占 40 GB，而旧版要占 1.2 亿个块，因此可以在一台机器上运行。",)
    assert codes("索引只占 40 GB，可以在一台机器上运行。", "zh", source, "zh") == ()
    assert "denial" in codes("索引不能在一台机器上运行。", "zh", source, "zh")
    assert "numbers" in codes("索引只占 40 GB，可以在五台机器上运行。", "zh", source, "zh")
    assert "numbers" in codes("旧版要占 1.2 万个块。", "zh", source, "zh")
    assert codes("旧版要占 12000 万个块。", "zh", source, "zh") == ()


def test_a_clause_that_nobody_said_is_found():
    line = "Otter 3.1 comes in three sizes, and my grandmother bakes excellent apple cakes on Sundays."
    assert set(codes(line)) & {"clause", "similarity", "new", "names"}
    near = bearing(line, "en", (SENTENCE,), "en", load_embedder())
    assert near.clause < bearing(SENTENCE, "en", (SENTENCE,), "en", load_embedder()).clause


def test_names_may_stand_in_any_of_the_named_sentences():
    cited = ("We release Otter 3.1 today.", "It reads 128K tokens with one H100.")
    assert codes("We release Otter 3.1, and it reads 128K tokens with one H100.", "en", cited) == ()
    assert "names" in codes("We release Otter 3.1, and it reads 128K tokens with one H100.", "en", cited[1:])


@settings(deadline=None)
@given(
    st.integers(13, 10**9),
    st.sampled_from(["{} GB", "{}K", "{}%", "{} million", "{} machines", "{}B", "{}.5", "{},000"]),
)
def test_no_number_passes_that_is_in_none_of_the_sentences(number, form):
    """Without any number in the sentences every number is refused, however it is written and whatever is near."""
    line = f"The index grows to {form.format(number)} when a query needs it."
    found = rests(line, "en", ("The index grows when a query needs it.",), "en", HashEmbedder())
    assert any(reason.startswith("numbers:") for reason in found)
    line = f"查询需要时索引会增长到 {form.format(number)}。"
    found = rests(line, "zh", ("The index grows when a query needs it.",), "en", HashEmbedder())
    assert any(reason.startswith("numbers:") for reason in found)


@settings(deadline=None)
@given(st.sets(st.integers(100, 10**6), min_size=2, max_size=5))
def test_a_number_passes_only_if_it_is_in_the_named_sentences(numbers):
    *there, other = sorted(numbers)
    cited = [f"The index takes {number} blocks on disk." for number in there]
    embedder = HashEmbedder()
    for number in there:
        assert rests(f"The index takes {number} blocks on disk.", "en", cited, "en", embedder) == ()
    found = rests(f"The index takes {other} blocks on disk.", "en", cited, "en", embedder)
    assert found == (f"numbers:{other}",)


@given(st.text(max_size=300), st.sampled_from(["zh", "en"]), st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_any_text_is_read_to_the_end(line, side, cited):
    found = rests(line, side, cited, "en", HashEmbedder(64))
    assert all(reason for reason in found)


def test_lines_that_say_the_same_are_alike():
    embedder = load_embedder()
    assert alike("Otter 3 is small.", "Otter 3 is small!", embedder)
    assert alike("We release Otter 3 today.", "Today we release Otter 3.", embedder)
    assert not alike("We release Otter 3 today.", "Windows will be supported in the spring.", embedder)
