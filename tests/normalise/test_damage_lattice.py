"""What a damaged line may have been: units, holes and their candidates, at every channel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from channels import PRESETS
from hypothesis import given
from hypothesis import strategies as st

from digest.normalise.repair.channel import CP1252, CP1254, Channel, lossy
from digest.normalise.repair.search.lattice import NEWLINE, Lattice, chosen_from, lattice
from digest.normalise.repair.search.pairing import balanced, joined
from digest.normalise.repair.search.ragged import first_of_best, owners, ranges, starts_of

PARSED = [name for name in PRESETS if name not in ("mac-roman", "cp437")]


def options(laid: Lattice, hole: int) -> str:
    return "".join(map(chr, laid.options[laid.start[hole] : laid.start[hole + 1]]))


def test_a_line_is_units_some_of_them_holes() -> None:
    laid = lattice([CP1254.damage("我们a中 ")], CP1254)
    assert "".join(map(chr, laid.codes)) == "我们a\0 \n"
    assert laid.holes.tolist() == [3]
    assert {"中", "不", "与"} <= set(options(laid, 0))
    assert all(CP1254.damage(char) == CP1254.damage("中") for char in options(laid, 0))


@pytest.mark.parametrize("name", PARSED)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], min_codepoint=0x20)))
def test_every_candidate_leaves_the_trace_and_every_unit_is_found(name: str, text: str) -> None:
    channel = PRESETS[name]
    laid = lattice([channel.damage(text)], channel)
    assert laid.why == ("",)
    for hole in range(len(laid.holes)):
        fits = options(laid, hole)
        assert fits
        before = channel.damage("".join(map(chr, laid.codes[: laid.holes[hole]])) if hole == 0 else "")
        tails = laid.tails[laid.start[hole] : laid.start[hole + 1]]
        traces = {
            channel.damage(char + "".join(map(chr, laid.tail[hole, :tail][::-1])))
            for char, tail in zip(fits, tails.tolist(), strict=True)
        }
        assert len(traces) == 1
        assert hole or channel.damage(text).startswith(before + traces.pop())
    if not channel.spaced and channel.stand_in != "?":
        assert len(laid.codes) == len(text) + 1  # as many units as characters


def test_the_truth_is_among_the_candidates_of_frequent_characters() -> None:
    text = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    for channel in (CP1252, CP1254, PRESETS["cp1254+question"], PRESETS["cp1252+fffd+space"]):
        laid = lattice([channel.damage(text)], channel)
        assert len(laid.codes) == len(text) + 1
        for hole, unit in enumerate(laid.holes.tolist()):
            assert text[unit] in options(laid, hole)
        certain = [unit for unit in range(len(text)) if laid.codes[unit]]
        assert all(chr(laid.codes[unit]) == text[unit] for unit in certain)


def test_a_stand_in_tells_the_place_and_leaves_fewer_candidates() -> None:
    dropped = lattice([CP1252.damage("丁")], CP1252)
    known = lossy("cp1252", stand_in="\ufffd")
    assert set(options(lattice([known.damage("丁")], known), 0)) < set(options(dropped, 0))


def test_an_ambiguous_space_is_either_a_byte_or_itself() -> None:
    channel = lossy("cp1252", spaced=True)
    laid = lattice([channel.damage("加法")], channel)
    both = set(options(laid, 0))
    assert "加" in both
    tails = laid.tails[laid.start[0] : laid.start[1]]
    assert {0, 1} == set(tails.tolist())
    assert laid.tail[0, 0] == ord(" ")


def test_stripped_white_space_is_put_back_only_at_the_end_of_a_line() -> None:
    stripped = replace(CP1252, stripped=True)
    damaged = CP1252.damage("增加").rstrip()
    assert "加" in options(lattice([damaged], stripped), 0)
    assert "加" not in options(lattice([damaged + "x"], stripped), 0)
    assert "加" not in options(lattice([damaged], CP1252), 0)


@pytest.mark.parametrize(
    ("line", "channel"),
    [
        ("模型", CP1252),  # not of the code page
        ("€æ", CP1252),  # a continuation without a lead
        ("à€€", replace(CP1252, lost=frozenset())),  # overlong
        ("í\u00a0€", replace(CP1252, lost=frozenset())),  # a surrogate
        ("Ã", replace(CP1252, lost=frozenset())),  # cut short where nothing is lost
        ("\u0081", CP1252),  # a byte that is lost stands there
        ("\ufffd", lossy("cp1252", stand_in="\ufffd")),  # a stand-in without a lead
        ("À€", CP1252),  # no lead byte of UTF-8
    ],
)
def test_what_the_channel_cannot_leave_is_refused_alone(line: str, channel: Channel) -> None:
    good = channel.damage("好的")
    laid = lattice([good, line, good], channel)
    assert [bool(why) for why in laid.why] == [False, True, False]
    assert laid.codes[laid.ends - 1].tolist() == [NEWLINE] * 3
    assert laid.ends[1] - laid.ends[0] == 1


def test_empty_lines_and_line_ends_within() -> None:
    laid = lattice(["", "a\nb", ""], CP1254)
    assert "".join(map(chr, laid.codes)) == "\na\nb\n\n"
    assert laid.ends.tolist() == [1, 5, 6]


def test_characters_that_the_model_does_not_know_are_candidates_where_it_knows_none() -> None:
    laid = lattice([CP1254.damage("\U00020041")], CP1254)
    assert "\U00020041" in options(laid, 0)
    assert "\u00ad" in options(lattice([CP1252.damage("\u00ad")], CP1252), 0)


def test_choices_make_the_same_kind_of_lattice() -> None:
    laid = chosen_from([["a", "中不与"], []])
    assert laid.holes.tolist() == [1]
    assert options(laid, 0) == "中不与"
    assert laid.ends.tolist() == [3, 4]


# ---- what a line owes -----------------------------------------------------------------------------------------------


def test_a_bracket_calls_for_its_other_half() -> None:
    laid = chosen_from([["「", "甲", "、」", "乙", "、」", "丙", "、」"]])
    weights = np.array([0.7, 0.3, 0.4, 0.6, 0.4, 0.6])
    found = balanced(weights, laid)
    closing = found[1::2]
    assert closing.sum() == pytest.approx(1, abs=0.05)  # one in all
    assert closing[1] == pytest.approx(closing[2])
    assert closing[1] > closing[0]
    assert found[0::2] + found[1::2] == pytest.approx(np.ones(3))


def test_no_bracket_is_owed_where_none_opened() -> None:
    laid = chosen_from([["甲", "、」"], ["「", "乙", "、」"]])
    found = balanced(np.array([0.5, 0.5, 0.5, 0.5]), laid)
    assert found[1] < 0.05
    assert found[3] > 0.9


def test_an_opening_bracket_is_owed_to_a_closing_one() -> None:
    laid = chosen_from([["、【", "甲", "】", "、【"]])
    found = balanced(np.array([0.5, 0.5, 0.5, 0.5]), laid)
    assert found[1] > 0.9
    assert found[3] < 0.05


def test_emoji_are_joined() -> None:
    laid = joined(chosen_from([["👩", "”\u200d", "💻", "甲", "”\u200d", "乙"]]))
    assert laid.priors[1] > laid.priors[0]
    assert laid.priors[3] < laid.priors[2]


# ---- groups ---------------------------------------------------------------------------------------------------------


def test_groups() -> None:
    start = starts_of(np.array([2, 1, 3]))
    assert start.tolist() == [0, 2, 3, 6]
    assert owners(start).tolist() == [0, 0, 1, 2, 2, 2]
    assert ranges(np.array([2, 1, 3])).tolist() == [0, 1, 0, 0, 1, 2]
    assert ranges(np.array([], np.int64)).tolist() == []
    assert first_of_best(np.array([1.0, 1, 0, 2, 3, 3]), start).tolist() == [0, 2, 4]
