"""What is left out of a line: the same on both sides, and what remains is found in its source."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.abstract.compress import OPENINGS, compressed
from digest.abstract.headers import needs_header, with_headers
from digest.abstract.unit import Unit
from digest.model import Document, Paragraph, ParagraphKind, Sentence
from digest.pairs import line_of

EN = "Alder keeps all of its compiled kernels on one local disk."
ZH = "Alder 把编译好的内核全部保存在同一块本地磁盘上。"
ROW = np.zeros(4, dtype=np.float32)


def paired(en: str, zh: str) -> Unit:
    return Unit(0, (Sentence(en, 0, 0),), (Sentence(zh, 0, 0),) if zh else (), bool(zh), ROW)


def both(en: str, zh: str) -> tuple[str, str]:
    found = compressed(paired(en, zh))
    return found.text, found.other_text


@pytest.mark.parametrize(
    ("before_en", "before_zh"),
    [
        ("However, ", "然而，"),
        ("Moreover, ", "此外，"),
        ("Therefore, ", "因此，"),
        ("For example, ", "例如，"),
        ("In fact, ", "事实上，"),
        ("In summary, ", "总之，"),
        ("Note that ", "请注意，"),
        ("Finally, ", "最后，"),
        ("TL;DR: ", "太长不看："),
        ("🚀 ", "🚀 "),
        ("👉 However, ", "👉 但是，"),
    ],
)
def test_an_opening_goes_where_both_sides_have_it(before_en: str, before_zh: str) -> None:
    assert both(before_en + EN, before_zh + ZH) == (EN, ZH)


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("However, " + EN, ZH),
        (EN, "然而，" + ZH),
        ("However, " + EN, "例如，" + ZH),
        ("🚀 " + EN, ZH),
        (EN + " (see Fir et al., 2021)", ZH),
        (
            "However, the cache keeps all of the compiled kernels on one disk.",
            "然而，缓存把编译好的内核都保存在一块磁盘上。",
        ),
        (
            "Overall performance of Alder kernels rose by a third in May.",
            "总体来说，Alder 内核的性能在五月提高了三分之一。",
        ),
        ("So Alder.", "所以，Alder。"),
        (
            "Sole owners of Alder keep all compiled kernels on a local disk.",
            "所以，Alder 的独家所有者把内核保存在本地磁盘上。",
        ),
    ],
)
def test_nothing_goes_on_one_side_only_or_where_a_small_letter_or_too_little_would_be_left(en: str, zh: str) -> None:
    assert both(en, zh) == (en, zh)


def test_a_line_without_another_side_is_shortened_by_itself() -> None:
    assert both("However, " + EN, "") == (EN, "")


def test_a_bracket_that_cites_goes_from_both_sides_and_one_that_tells_stays() -> None:
    en = "Alder keeps its kernels (Fir et al., 2021) on one of the local disks."
    zh = "Alder 把内核 (Fir et al., 2021) 保存在其中一块本地磁盘上。"
    assert both(en, zh) == (
        "Alder keeps its kernels on one of the local disks.",
        "Alder 把内核保存在其中一块本地磁盘上。",
    )
    telling = en.replace("(Fir et al., 2021)", "(12 GB each)"), zh.replace("(Fir et al., 2021)", "(每个 12 GB)")
    assert both(*telling) == telling
    other = en, zh.replace("2021", "2019")
    assert both(*other) == other, "another source is another bracket"


def test_code_stays_where_it_is_in_a_shortened_line() -> None:
    text = "However, Alder keeps its `kernels` on one of the local disks of the worker."
    start = text.index("`")
    unit = Unit(0, (Sentence(text, 0, 0, ((start, start + 9),)),), (), False, ROW)
    (sentence,) = compressed(unit).source
    ((a, b),) = sentence.code
    assert sentence.text[a:b] == "`kernels`"


def test_every_declared_opening_is_a_pattern_in_both_languages() -> None:
    assert all(re.compile(en) and re.compile(zh) for _, en, zh in OPENINGS)


WORDS = """
Alder keeps kernels 12 GB (Fir et al., 2021) (each) However, Note that 🚀 👉 `x` Birch. saves, And so:
"""
WORD = st.sampled_from(WORDS.split())
HAN_PARTS = """
然而， 此外， 🚀 保存 内核 (Fir （每个） Alder ， 注意， 12 GB 2021) 。
"""
HAN = st.sampled_from(HAN_PARTS.split())


@given(st.lists(WORD, min_size=1, max_size=24), st.lists(HAN, min_size=0, max_size=24))
def test_a_printed_line_is_made_of_the_stretches_that_its_places_name(en: list[str], zh: list[str]) -> None:
    texts = {"en": " ".join(en).strip(), "zh": "".join(zh).strip()}
    unit = compressed(paired(texts["en"], texts["zh"]))
    for side, run in (("en", unit.source), ("zh", unit.other)):
        if not run:
            continue
        line = line_of(Document("", side, "", (Paragraph("prose", texts[side]),)), run)
        at = 0
        for place in line.places:
            stretch = texts[side][place.start : place.end]
            at = line.text.index(stretch, at) + len(stretch)
        assert at == len(line.text)
        assert line.text.replace(" ", "") == "".join(
            texts[side][place.start : place.end] for place in line.places
        ).replace(" ", "")
        assert line.text.replace(" ", "") == (unit.text if side == "en" else unit.other_text).replace(" ", "")


# ---- what opens a list ----------------------------------------------------------------------------------------------


def listed(*rows: tuple[ParagraphKind, str, str], verified: bool = True) -> tuple[Document, list[Unit]]:
    document = Document("", "en", "T", tuple(Paragraph(kind, en, int(kind == "item")) for kind, en, _ in rows))
    units = [
        Unit(i, (Sentence(en, i, 0),), (Sentence(zh, i, 0),) if zh else (), verified and bool(zh), ROW)
        for i, (_, en, zh) in enumerate(rows)
    ]
    return document, units


def test_half_a_sentence_takes_what_opens_its_list_on_both_sides() -> None:
    document, units = listed(
        ("prose", "Alder kernels:", "Alder 内核："),
        ("item", "Are compiled once for all workers of the lab.", "为实验室的所有机器只编译一次。"),
        ("item", "Need no more than 12 GB on each local disk.", "在每块本地磁盘上只需 12 GB。"),
    )
    _, first, second = with_headers(document, units)
    assert first.text == "Alder kernels: Are compiled once for all workers of the lab."
    assert first.other_text == "Alder 内核：为实验室的所有机器只编译一次。"
    assert second.text.startswith("Alder kernels: Need")


@pytest.mark.parametrize(
    "opening",
    ["Here is what is new:", "These kernels:", "We made the following changes:", "You can now:", "In this post:"],
)
def test_an_opening_that_leans_on_something_else_is_not_taken(opening: str) -> None:
    document, units = listed(
        ("prose", opening, "以下："), ("item", "Are compiled once for all workers.", "只编译一次。")
    )
    assert with_headers(document, units) == units


def test_an_opening_without_its_other_side_is_not_taken() -> None:
    document, units = listed(
        ("prose", "Alder kernels:", ""), ("item", "Are compiled once for all workers.", "为所有机器只编译一次。")
    )
    assert with_headers(document, units) == units


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("Supports all workers of the lab.", True),
        ("faster on every worker of the lab", True),
        ("Models from the lab run on every worker.", False),
        ("Speed: every worker starts within a second.", False),
        ("支持实验室的所有机器。", False),
    ],
)
def test_which_items_are_half_a_sentence(text: str, needs: bool) -> None:
    assert needs_header(text) is needs
