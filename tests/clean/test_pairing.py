"""Which lines are paired: the judge decides, not the place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from digest.align.beads import align
from digest.clean.inline import Inline
from digest.clean.page import TextLine
from digest.clean.pairing import Court, Pairing, pair_lines
from digest.model import Sentence, Verdict


def paired(plan: str, fit: dict[tuple[str, str], float] | None = None, *, verify: float = 0.5) -> Pairing:
    """Pair lines named by a plan such as "A a|b B": capitals Chinese, the same letter a translation, | a gap.

    `fit` gives cosines of (capital, small) pairs: 0.8 for a translation, 0 else; the judge verifies from `verify` on.
    """
    fit = fit or {}
    names = [(name, group) for group, part in enumerate(plan.split("|")) for name in part.split()]
    lines = [
        TextLine(number, Inline(name), "zh" if name.isupper() else "en", group, 0)
        for number, (name, group) in enumerate(names, 1)
    ]
    small = sorted({name for name, _ in names if name.islower()})
    rows = np.zeros((len(lines), 2 * len(names) + 26), dtype=np.float32)
    for place, (name, _) in enumerate(names):
        if name.islower():
            rows[place, small.index(name)] = 1
            continue
        for other in small:
            rows[place, small.index(other)] = fit.get((name, other), 0.8 if name.lower() == other else 0.0)
        rows[place, len(small) + place] = np.sqrt(max(0.0, 1 - float(rows[place] @ rows[place])))

    def cosine(zh: tuple[int, ...], en: tuple[int, ...]) -> float:
        return float(np.mean([rows[i] @ rows[j] for i in zh for j in en]))

    def judge(zh: tuple[int, ...], en: tuple[int, ...]) -> Verdict:
        score = cosine(zh, en)
        return Verdict(score, score >= verify, None, () if score >= verify else ("similarity",))

    def beads(zh: Sequence[int], en: Sequence[int]) -> Sequence[object]:
        left, right = ([Sentence("x" * 20, lines[i].group, 0) for i in side] for side in (zh, en))
        return align(left, right, rows[list(zh)], rows[list(en)])

    return pair_lines(lines, Court(rows, judge, cosine, beads))  # type: ignore[arg-type]


def names(plan: str, pairing: Pairing) -> list[str]:
    flat = plan.replace("|", " ").split()
    return ["".join(flat[i] for i in match.zh + match.en) for match in pairing.matches]


@pytest.mark.parametrize(
    "plan",
    [
        "A a|B b|C c",
        "a A|b B|c C",
        "a A b B c C",
        "A a|b B|C c",
        "A|a|B|b|C|c",
        "A B C|a b c",
        "a b c|A B C",
        "A|B|C|a|b|c",
        "A a b B|c C",
    ],
)
def test_pairs_are_found_in_every_order(plan: str) -> None:
    pairing = paired(plan)
    assert sorted(names(plan, pairing)) == ["Aa", "Bb", "Cc"]
    assert not pairing.alone


def test_a_wrong_neighbour_is_refused_and_the_right_one_found_elsewhere() -> None:
    plan = "A b|B a|C c"
    assert sorted(names(plan, paired(plan))) == ["Aa", "Bb", "Cc"]


def test_a_neighbour_that_fits_badly_is_no_pair_and_is_told() -> None:
    pairing = paired("A x|B b")
    assert [(m.zh, m.en) for m in pairing.refused] == [((0,), (1,))]
    assert pairing.alone == (0, 1)


def test_a_couple_that_the_judge_doubts_stays_together_unverified() -> None:
    plan = "A a|B b"
    pairing = paired(plan, {("A", "a"): 0.4})
    assert names(plan, pairing) == ["Aa", "Bb"]
    assert [match.verdict.verified for match in pairing.matches] == [False, True]


def test_a_doubtful_couple_parts_where_another_line_fits_better() -> None:
    plan = "A x|a"
    assert names(plan, paired(plan, {("A", "x"): 0.35, ("A", "a"): 0.9})) == ["Aa"]


def test_each_line_is_somewhere_exactly_once() -> None:
    plan = "A a b|B|c C x|y Z"
    pairing = paired(plan)
    places = [i for match in pairing.matches for i in match.zh + match.en] + list(pairing.alone)
    assert sorted(places) == list(range(9))


def test_equal_matches_do_not_depend_on_chance() -> None:
    plan = "A a|A a|A a"
    first = paired(plan)
    assert first == paired(plan)
    assert len(first.matches) == 3
