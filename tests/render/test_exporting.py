"""Which pairs of the archive a translator gets: verified ones, each once, and what is told of each."""

from __future__ import annotations

import csv
import gc
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sample_day import DAY, DOUBTFUL, LATE, NEWLY, OUTLINED, PAIRED, guessed, line, pair
from tmx_dtd import faults_of

from digest.corrected import corrected
from digest.engines.tmx import read_tmx
from digest.exporting import Account, Papers, Wish, exported
from digest.model import Both, Digest, Line, MadeBy, Override, Verdict
from digest.recorded import digest_of
from digest.render.exported import COLUMNS, Exported, memory, objects, table
from digest.render.site import json_text

HF = "HF Blog"
KNOWN = Papers({HF: "CC-BY-4.0"})
EVIL = "甲\u202e乙\x00\ufffe]]><&>\"'\u0301𠀀\u2028=1"


def as_likely(zh: Line, en: Line, made_by: MadeBy) -> Verdict:
    """A judge that believes titles which name beam search, and no others."""
    return Verdict(0.9, True, "same", (), 0.4) if "束搜索" in zh.text else Verdict(0.2, False)


def of(*days: Digest, wish: Wish | None = None, papers: Papers = KNOWN) -> tuple[tuple[Exported, ...], Account]:
    account = Account()
    return tuple(exported(days, wish or Wish(), papers, as_likely, account)), account


def day_of(*posts: object, **changes: object) -> Digest:
    return replace(DAY, abstracts=posts, **changes)  # type: ignore[arg-type]


# ---- which ----------------------------------------------------------------------------------------------------------


def test_verified_pairs_of_people_are_given_with_titles_that_the_judge_believes() -> None:
    found, account = of(DAY)
    assert [each.id for each in found] == [
        "a1b2c3d4-title", *(f"a1b2c3d4-{n:08x}" for n in (1, 2, 3, 4, 5)), "b2c3d4e5-0000000b", "f6a7b8c9-00000029",
    ]  # fmt: skip
    assert (account.given, dict(account.makers)) == (8, {"machine": 1})
    assert found[0].verdict == Verdict(0.9, True, "same", (), 0.4)


def test_makers_are_chosen_and_headings_and_titles() -> None:
    found, _ = of(day_of(OUTLINED, DOUBTFUL), wish=Wish(frozenset({"machine"}), titles=False, headings=True))
    assert [(each.id, each.made_by) for each in found] == [("b2c3d4e5-0000000d", "machine")]
    found, _ = of(day_of(OUTLINED), wish=Wish(titles=False, headings=True))
    assert [each.kind for each in found] == ["heading"] * 4 + ["line"] * 5
    assert found[0].permalink.endswith("2025-04-16.html#p-a1b2c3d4")


def test_a_title_that_is_no_translation_or_was_guessed_is_not_given() -> None:
    for note in ("title-part-english", "title-guessed"):
        found, _ = of(day_of(replace(PAIRED, notes=(note,))))
        assert {each.kind for each in found} == {"line"}
    made = pair(99, line("甲", "zh-Hans"), line("A", "en"), Verdict(0.9, True, "same"), "machine")
    titled = replace(PAIRED, title_made=made, pairs=())
    assert of(day_of(titled))[0] == ()
    (found_one,), _ = of(day_of(titled), wish=Wish(frozenset({"machine"})))
    assert (found_one.zh.text, found_one.kind, found_one.id) == ("甲", "title", "a1b2c3d4-title")


def test_what_holds_a_guess_is_left_out_and_counted() -> None:
    unsure = pair(71, guessed(line("时钟在每台机器上。", "zh-Hans"), ("在", 0.7, "再")), line("A clock.", "en"))
    found, account = of(day_of(replace(PAIRED, pairs=(unsure,))), wish=Wish(titles=False))
    assert (found, account.guessed) == ((), 1)


def test_a_pair_is_given_once_whatever_pages_it_stands_on() -> None:
    own = replace(DAY, day=date(2025, 3, 26), abstracts=(replace(NEWLY, status="new"),))
    later = day_of(newly=(NEWLY,))
    again = replace(later, day=date(2025, 4, 17), newly=(replace(NEWLY, pairs=(replace(NEWLY.pairs[1], id="x" * 8),)),))
    found, _ = of(own, later, again, wish=Wish(titles=False))
    assert [(each.id, each.permalink) for each in found] == [
        ("b8c9d0e1-00000034", "https://example.org/digest/2025-03-26.html#l-00000034")
    ]
    found, _ = of(later, wish=Wish(titles=False))
    assert [each.permalink for each in found] == ["https://example.org/digest/2025-04-16.html#nl-00000034"]


def test_what_a_machine_made_does_not_stand_in_the_way_of_what_people_made_later() -> None:
    before = replace(PAIRED, pairs=(replace(PAIRED.pairs[0], made_by="machine", zh=Line("zh-Hans", "机器的话。")),))
    found, account = of(day_of(before), replace(DAY, day=date(2025, 4, 20), abstracts=(), newly=(PAIRED,)))
    assert "a1b2c3d4-00000001" in [each.id for each in found]
    assert account.makers["machine"] == 1


def test_what_may_not_be_given_does_not_stand_in_the_way_of_the_same_words_by_people() -> None:
    kept = replace(PAIRED, pairs=(replace(PAIRED.pairs[0], made_by="memory"),))
    days = [replace(day_of(kept), day=date(2025, 4, n)) for n in (10, 11)]
    found, account = of(*days, day_of(PAIRED), wish=Wish(titles=False))
    assert "a1b2c3d4-00000001" in [each.id for each in found]
    assert account.makers["memory"] == 1  # the same pair on two pages


def test_corrections_go_out_as_they_stand_and_say_so() -> None:
    overrides = [
        Override("00000001", None, None, "另一句", on=date(2025, 5, 1)),
        Override("00000005", "约束越多，束就越多。", None, "改得更准", on=date(2025, 5, 2), by="小满"),
    ]
    day, _ = corrected(day_of(PAIRED), overrides, lambda *_: Verdict(0.8, True, "same"))
    found, _ = of(digest_of(json_text(day), "day"), wish=Wish(titles=False))
    assert "a1b2c3d4-00000001" not in [each.id for each in found]
    last = found[-1]
    assert (last.zh.text, last.corrected) == ("约束越多，束就越多。", date(2025, 5, 2))
    assert last.credits == (*PAIRED.credits, "小满")
    text = "".join(memory(found, created=None))
    assert 'creationid="小满"><seg>' in text
    assert 'changedate="20250502T000000Z"' in text
    assert '<prop type="corrected">改得更准</prop>' in text


def test_what_people_made_of_a_machine_s_line_is_theirs_and_no_edition_s() -> None:
    override = Override("0000000d", "每天早上，订阅者会收到一封邮件。", None, "更顺", by="小满")
    post = replace(DOUBTFUL, credits=("译者",), edition_source="中文站")
    day, _ = corrected(day_of(post), [override], lambda *_: Verdict(0.8, True, "same"))
    found, account = of(day, wish=Wish(titles=False))
    assert [(each.made_by, each.credits, each.edition_source) for each in found] == [("human", ("小满",), "")]
    assert account.unlicensed == {"中文站": 1}


# ---- licences -------------------------------------------------------------------------------------------------------


def test_without_a_licence_nothing_is_given_unless_it_is_asked_for() -> None:
    other = replace(LATE, source="Other")
    found, account = of(day_of(PAIRED, other), wish=Wish(titles=False))
    assert ({each.source for each in found}, account.unlicensed) == ({HF}, {"Other": 1})
    found, account = of(day_of(PAIRED, other), wish=Wish(titles=False, unlicensed=True))
    assert [(each.source, each.licence) for each in found[-1:]] == [("Other", "")]
    assert not account.unlicensed


def test_the_edition_of_another_source_needs_its_own_licence_and_a_machine_s_line_does_not() -> None:
    brought = replace(PAIRED, edition_source="中文站", pairs=(PAIRED.pairs[0], DOUBTFUL.pairs[2]))
    wish = Wish(frozenset({"human", "machine"}), titles=False)
    found, account = of(day_of(brought), wish=wish)
    assert ([each.made_by for each in found], account.unlicensed) == (["machine"], {"中文站": 1})
    papers = Papers({HF: "CC-BY-4.0", "中文站": "CC-BY-SA-4.0"}, lambda name: f"licence of {name}")
    made = replace(brought.pairs[1], engine="mt:tiny")
    found, _ = of(day_of(replace(brought, pairs=(brought.pairs[0], made))), wish=wish, papers=papers)
    told = [(each.licence, each.edition_licence, each.engine_licence, each.credits) for each in found]
    assert told == [("CC-BY-4.0", "CC-BY-SA-4.0", "", PAIRED.credits), ("CC-BY-4.0", "", "licence of mt:tiny", ())]


def test_one_source_may_be_asked_for() -> None:
    found, account = of(day_of(PAIRED, replace(LATE, source="Other")), wish=Wish(sources=frozenset({"Other"})))
    assert (found, account.unlicensed, account.seen) == ((), {"Other": 1}, {HF, "Other"})


# ---- forms ----------------------------------------------------------------------------------------------------------


def test_a_memory_is_valid_and_says_of_each_unit_what_a_translator_has_to_know() -> None:
    found, _ = of(day_of(PAIRED, LATE))
    text = "".join(memory(found, created=DAY.day))
    assert faults_of(text) == []
    assert read_tmx(text.encode(), "ours.tmx").pairs == tuple((each.zh.text, each.en.text) for each in found)
    for told in (
        '<tu tuid="a1b2c3d4-00000001" creationdate="20250416T000000Z" srclang="en">',
        '<prop type="source">HF Blog</prop><prop type="published">2025-04-16</prop>',
        '<prop type="url-zh">https://blog.example/zh/beam-search</prop>',
        '<prop type="permalink">https://example.org/digest/2025-04-16.html#l-00000001</prop>',
        '<prop type="credits">林小满; Wei Zhang</prop><prop type="licence">CC-BY-4.0</prop>',
        '<tuv xml:lang="zh-Hans" creationid="林小满; Wei Zhang"><seg>约束让我们',
        '<tuv xml:lang="zh-Hant"><seg>更忠實的',
        "<note>Each unit names its post",
    ):
        assert told in text, told


def test_a_pair_of_several_sentences_is_a_paragraph() -> None:
    two = pair(81, line("它快。也省。", "zh-Hans"), line("It is fast. It is frugal.", "en"))
    found, _ = of(day_of(replace(PAIRED, pairs=(two, PAIRED.pairs[2]))), wish=Wish(titles=False))
    assert [each.several for each in found] == [True, False]


@pytest.mark.parametrize("link", ["", "https://new.example/d/"])
def test_permalinks_lead_to_where_the_output_is_now(link: str) -> None:
    found, _ = of(replace(DAY, link="https://old.example/" if link else ""), papers=Papers(KNOWN.sources, link=link))
    assert found[0].permalink == f"{link}2025-04-16.html#p-a1b2c3d4"


def test_no_text_of_a_stranger_breaks_a_form() -> None:
    evil = replace(
        PAIRED, source=EVIL, title=Both(EVIL, EVIL), url=Both(EVIL, EVIL), credits=(EVIL,), lang=EVIL,
        pairs=(replace(pair(1, line(f"={EVIL}", EVIL), line(f"@{EVIL}", EVIL)), engine=EVIL),),
    )  # fmt: skip
    found, _ = of(day_of(evil), wish=Wish(unlicensed=True), papers=Papers({EVIL: EVIL}))
    text = "".join(memory(found, created=None))
    assert faults_of(text) == []
    assert read_tmx(text.encode(), "ours.tmx").pairs == ((found[0].zh.text, found[0].en.text),)
    rows = list(csv.DictReader(io.StringIO("".join(table(found))), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert (len(rows), tuple(rows[0])) == (1, COLUMNS)
    assert (rows[0]["zh"][0], rows[0]["en"][0]) == ("'", "'")
    (told,) = map(json.loads, "".join(objects(found)).splitlines())
    assert (told["zh"], told["source"]) == (found[0].zh.text, found[0].source)
    assert not any(bad in text + "".join(table(found)) + "".join(objects(found)) for bad in "\u202e\ufffe\u2028")


# ---- years ----------------------------------------------------------------------------------------------------------


def test_years_of_days_are_never_held() -> None:
    text = json_text(day_of(PAIRED, LATE))
    held: list[int] = []

    def days() -> Iterator[Digest]:
        for number in range(80):
            day = digest_of(text, "day")
            posts = tuple(replace(post, id=f"{post.id}{number}") for post in day.abstracts)
            yield replace(day, day=DAY.day + timedelta(number), abstracts=posts)
            if number in (19, 79):
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    try:
        for _ in memory(exported(days(), Wish(), KNOWN, as_likely, Account()), created=None):
            pass
    finally:
        tracemalloc.stop()
    a_day = (held[1] - held[0]) / 60
    assert a_day < len(text) / 5  # hashes of its pairs, and no texts
