"""Corrections put on a day and taken back: what stays, what goes, what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from corrected_day import BUILT, SURE, asked, believing, reject, reword
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_day import CHINESE, DAY, DOUBTFUL, ENGLISH, NEWLY, OUTLINED, PAIRED, line, pair

from digest.corrected import corrected, judge_with
from digest.foot import quality_of
from digest.model import Abstract, Both, Correction, Digest, Line, LinePair, Override, Verdict
from digest.recorded import digest_of
from digest.render import page
from digest.render.site import json_text


def pair_of(digest: Digest, name: str) -> LinePair:
    posts = (*digest.abstracts, *digest.newly)
    return next(pair for post in posts for pair in (*post.pairs, *post.outline) if pair.id == name)


def post_of(digest: Digest, name: str) -> Abstract:
    return next(post for post in digest.abstracts if post.id == name)


# ---- one correction -------------------------------------------------------------------------------------------------


def test_a_rejected_pair_keeps_the_line_of_the_original() -> None:
    day, unused = corrected(BUILT, [reject("00000001")], asked)
    now, was = pair_of(day, "00000001"), PAIRED.pairs[0]
    assert (now.zh, now.en, now.made_by, now.verdict) == (None, was.en, "none", Verdict(0.0, False))
    assert now.correction == Correction("rejected", was, "说的不是一回事", date(2025, 5, 1), "Ann")
    assert unused == ()
    counts, before = dict(day.quality), dict(BUILT.quality)
    assert counts["corrected"] == 1
    assert counts["verified"] == before["verified"] - 1
    assert counts["untranslated"] == before["untranslated"] + 1
    assert "corrected" not in before


def test_of_a_chinese_post_the_chinese_line_stays() -> None:
    post = replace(CHINESE, pairs=(pair(31, line("甲。", "zh-Hans"), line("A.", "en")),))
    day, _ = corrected(replace(BUILT, abstracts=(post,)), [reject("0000001f")], asked)
    now = day.abstracts[0].pairs[0]
    assert now.zh
    assert now.zh.text == "甲。"
    assert now.en is None


def test_what_a_machine_made_goes_whatever_the_language() -> None:
    """An English post whose lines come from its Chinese edition: the machine's side is the English one."""
    made = replace(pair(41, line("甲。", "zh-Hans"), Line("en", "A."), None, "machine"), engine="opus")
    day, _ = corrected(replace(BUILT, abstracts=(replace(PAIRED, pairs=(made,)),)), [reject("00000029")], asked)
    now = day.abstracts[0].pairs[0]
    assert (now.zh, now.en, now.made_by, now.engine) == (made.zh, None, "none", "")


def test_what_was_written_here_stays_so() -> None:
    written = pair(41, Line("zh-Hans", "甲。"), Line("en", "A."), None, "written")
    day, _ = corrected(replace(BUILT, abstracts=(replace(PAIRED, pairs=(written,)),)), [reject("00000029")], asked)
    assert day.abstracts[0].pairs[0].made_by == "written"


def test_other_words_are_judged_and_have_no_place() -> None:
    day, _ = corrected(BUILT, [reword("00000003", zh="把 `force_words_ids` 交给 `model.generate()` 就行。")], believing)
    now, was = pair_of(day, "00000003"), PAIRED.pairs[2]
    assert now.zh == Line(
        "zh-Hans", "把 force_words_ids 交给 model.generate() 就行。", (), ((2, 17), (21, 37))
    )  # fmt: skip
    assert now.en == was.en
    assert (now.made_by, now.engine, now.verdict) == ("human", "", SURE)
    assert now.correction
    assert now.correction.how == "replaced"


def test_a_stretch_of_the_line_keeps_its_place() -> None:
    day, _ = corrected(BUILT, [reword("00000005", en="the more constraints, the more beams are needed.")], believing)
    now, was = pair_of(day, "00000005").en, PAIRED.pairs[4].en
    assert now
    assert was
    (place,) = now.places
    assert was.text[place.start : place.end] == now.text


def test_what_the_judge_does_not_believe_is_shown_as_unverified() -> None:
    doubt = Verdict(0.2, False, None, ("numbers:3≠4",))
    day, _ = corrected(BUILT, [reword("00000001", zh="别的话。")], lambda zh, en, made_by: doubt)
    assert pair_of(day, "00000001").verdict == doubt
    assert "data-verified=false" in page.html(day).partition('id="l-00000001"')[2][:200]


def test_a_pair_that_reads_otherwise_than_it_was_seen_is_left_alone() -> None:
    """An id is that of a place: another translation may have come there since."""
    rejected = reject("00000001")
    day, _ = corrected(BUILT, [rejected], asked)
    (was,) = (pair.correction.was for pair in day.abstracts[0].pairs if pair.correction)
    (now,) = (pair for pair in day.abstracts[0].pairs if pair.correction)
    (gone,) = (old.text for old, new in ((was.zh, now.zh), (was.en, now.en)) if old and new is None)
    (stays,) = (new.text for new in (now.zh, now.en) if new)
    assert corrected(BUILT, [replace(rejected, was=f" {gone} ")], asked) == (day, ())
    for other in ("不是这句。", stays):
        idle = replace(rejected, was=other)
        assert corrected(BUILT, [idle], asked) == (BUILT, (idle,))
    added = replace(reword("00000017", zh="在一块 GPU 上运行。"), was="nothing like it")
    assert corrected(BUILT, [added], asked) == (BUILT, (added,))


def test_a_line_without_translation_gets_one() -> None:
    day, _ = corrected(BUILT, [reword("00000017", zh="在一块 GPU 上运行 `make bench`。")], believing)
    now = pair_of(day, "00000017")
    assert now.zh
    assert now.zh.lang == "zh-Hans"
    assert (now.made_by, now.verdict) == ("human", SURE)
    alone, _ = corrected(BUILT, [reword("00000017", en="Run it.")], asked)
    assert (pair_of(alone, "00000017").made_by, pair_of(alone, "00000017").verdict) == ("none", Verdict(0.0, False))


def test_headings_and_newly_translated_posts_are_corrected_too() -> None:
    day, unused = corrected(BUILT, [reject("00000041"), reject("00000033")], asked)
    assert day.abstracts[0].outline[1].zh is None
    assert day.newly[0].pairs[0].correction
    assert NEWLY.pairs[0].correction is None
    assert unused == ()


@pytest.mark.parametrize(
    "idle",
    [
        reject("ffffffff"),
        reject("00000017"),  # has one line only
        reword("00000001", zh=PAIRED.pairs[0].zh.text if PAIRED.pairs[0].zh else None),
        reject("p-ffffffff"),
    ],
    ids=["no such pair", "nothing to reject", "says so already", "no such post"],
)
def test_what_changes_nothing_is_named_and_the_day_stays(idle: Override) -> None:
    day, unused = corrected(BUILT, [idle], asked)
    assert day is BUILT
    assert unused == (idle,)


# ---- titles ---------------------------------------------------------------------------------------------------------


def test_a_title_that_people_made_is_corrected() -> None:
    day, unused = corrected(BUILT, [reword(f"p-{OUTLINED.id}", zh="受约束的束搜索")], believing)
    now = post_of(day, OUTLINED.id)
    assert now.title == Both("受约束的束搜索", OUTLINED.title.en)
    assert now.title_made
    assert now.title_made.correction
    assert now.title_made.correction.was.zh == Line("zh-Hans", OUTLINED.title.zh or "")
    assert unused == ()
    assert corrected(day, [], asked)[0] == BUILT


def test_a_wrong_title_goes_and_comes_back() -> None:
    day, _ = corrected(BUILT, [reject(f"p-{OUTLINED.id}")], asked)
    assert post_of(day, OUTLINED.id).title == Both(None, OUTLINED.title.en)
    assert corrected(day, [], asked)[0] == BUILT


def test_a_title_that_a_machine_made_comes_back_with_its_maker() -> None:
    made = LinePair("abcd0123", Line("zh-Hans", "测评"), Line("en", "A Benchmark"), "machine", SURE, "opus")
    post = replace(ENGLISH, title=Both("测评", "A Benchmark"), title_made=made)
    built = replace(BUILT, abstracts=(post,), quality=quality_of((post,), BUILT.failures, BUILT.newly, BUILT.rest))
    for name in (f"p-{post.id}", "abcd0123"):
        day, _ = corrected(built, [reword(name, zh="一个评测基准")], believing)
        assert day.abstracts[0].title.zh == "一个评测基准"
        assert day.abstracts[0].title_made == replace(
            made, zh=Line("zh-Hans", "一个评测基准"), made_by="human", engine="",
            correction=Correction("replaced", made, "a slip"),
        )  # fmt: skip
        assert corrected(day, [], asked)[0] == built


# ---- again and again ------------------------------------------------------------------------------------------------

NAMES = ("00000001", "00000003", "0000000c", "00000015", "00000033", "00000041", f"p-{OUTLINED.id}", f"p-{ENGLISH.id}")
texts = st.none() | st.sampled_from(["好。", "`x` 好。", "It is good.", "以及 72 个。"])
some_overrides = st.lists(
    st.builds(Override, st.sampled_from(NAMES), texts, texts, st.sampled_from(["slip", "错"])),
    max_size=5, unique_by=lambda override: override.pair,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(some_overrides, some_overrides)
def test_the_last_file_alone_counts(before: list[Override], overrides: list[Override]) -> None:
    once, unused = corrected(BUILT, overrides, believing)
    assert corrected(once, overrides, asked) == (once, unused)
    assert corrected(corrected(BUILT, before, believing)[0], overrides, believing) == (once, unused)
    assert corrected(once, [], asked)[0] == BUILT


@settings(max_examples=30, deadline=None)
@given(some_overrides)
def test_corrections_live_in_the_file_of_the_day(overrides: list[Override]) -> None:
    once, _ = corrected(BUILT, overrides, believing)
    back = digest_of(json_text(once), "a day")
    assert back == once
    assert json_text(corrected(back, [], asked)[0]) == json_text(BUILT)


def test_a_changed_reason_is_told_without_judging_again() -> None:
    once, _ = corrected(BUILT, [reword("00000001", zh="好。")], believing)
    other = replace(reword("00000001", zh="好。"), reason="another")
    again, _ = corrected(once, [other], asked)
    assert again != once
    correction = pair_of(again, "00000001").correction
    assert correction
    assert correction.reason == "another"


def test_nothing_corrected_is_the_day_itself() -> None:
    assert corrected(DAY, [], asked) == (DAY, ())
    assert corrected(DAY, [], asked)[0] is DAY


def test_the_judge_is_loaded_when_it_is_asked() -> None:
    """The judge that ships tells a translation from another sentence; nothing is loaded for a rejection."""
    loads = []

    def load() -> object:
        from digest.align.embed import load_embedder

        loads.append(1)
        return load_embedder()

    judge = judge_with(load)  # type: ignore[arg-type]
    assert loads == []
    corrected(BUILT, [reject("00000001")], judge)
    assert loads == []
    good, _ = corrected(BUILT, [reword("0000000c", zh="大约 70 个团队已经在用。")], judge)
    bad, _ = corrected(BUILT, [reword("0000000c", zh="订阅之后可以随时取消。")], judge)
    assert pair_of(good, "0000000c").verdict.verified
    assert not pair_of(bad, "0000000c").verdict.verified
    assert DOUBTFUL.pairs[1].correction is None
    assert loads == [1, 1]
