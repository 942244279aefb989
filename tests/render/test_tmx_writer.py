"""The one writer of translation memories: valid by the standard's document type, whatever the texts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tmx_dtd import faults_of

from digest.engines.tmx import read_tmx
from digest.model import Line
from digest.printable import printable
from digest.render.tmx import Unit, tmx

# What XML and its readers trip over, with what must come through: combining marks, astral letters, flags.
HAZARDS = "<>&\"'\x00\x0b\x1b\x85\u2028\ud800\ufffe\uffff\ufeff]]>é𠀀👩\u200d💻\n\t\r"
texts = st.text(st.sampled_from(HAZARDS) | st.characters(), max_size=20)


def written(*units: Unit, **values: object) -> str:
    return "".join(tmx(units, made_by="test", **values))  # type: ignore[arg-type]


@given(zh=texts, en=texts, odd=texts)
def test_every_text_gives_a_valid_memory_that_our_reader_reads(zh: str, en: str, odd: str) -> None:
    unit = Unit(
        Line(odd, f"甲{zh}"), Line(odd, f"A{en}"), ((odd, odd), ("credits", odd)), id=odd, several=True, original="en",
        by=odd, created=date(2025, 4, 16), changed=date(2025, 5, 1),
    )  # fmt: skip
    text = written(unit, notes=(odd,), created=date(2025, 4, 16))
    assert faults_of(text) == []
    assert read_tmx(text.encode(), "ours.tmx").pairs == ((printable(f"甲{zh}"), printable(f"A{en}")),)


def test_a_unit_says_what_is_known_of_it_and_nothing_else() -> None:
    full = Unit(
        Line("zh-Hant", "甲。"), Line("en", "A."), (("score", "0.9"), ("grade", "")), id="a1 b2", several=True,
        original="en", by="林小满", created=date(2025, 4, 6), changed=date(2025, 5, 1),
    )  # fmt: skip
    text = written(full, Unit(Line("zh", "乙"), Line("en-GB", "B")), created=date(2025, 4, 16))
    assert ' creationdate="20250416T000000Z"/>' in text
    assert (
        '<tu tuid="a1-b2" segtype="paragraph" creationdate="20250406T000000Z" changedate="20250501T000000Z" '
        'srclang="en"><prop type="score">0.9</prop><tuv xml:lang="zh-Hant" creationid="林小满"><seg>甲。</seg></tuv>'
        '<tuv xml:lang="en"><seg>A.</seg></tuv></tu>'
    ) in text
    assert '<tu><tuv xml:lang="zh"><seg>乙</seg></tuv><tuv xml:lang="en-GB"><seg>B</seg></tuv></tu>' in text


@pytest.mark.parametrize("tag", ["", "en", "zh_CN", "zh-Hans-不", 'zh" x="', "zh-" + "a" * 9])
def test_what_is_no_tag_of_the_side_becomes_the_side(tag: str) -> None:
    assert re.findall('xml:lang="(.*?)"', written(Unit(Line(tag, "甲"), Line("en", "A")))) == ["zh", "en"]


@pytest.mark.parametrize(
    ("found", "put", "fault"),
    [
        ('<tuv xml:lang="en">', "<tuv>", "xml:lang"),
        ("<seg>A</seg>", "", "tuv"),
        (' srclang="*all*"', "", "srclang"),
        ('segtype="sentence"', 'segtype="line"', "segtype"),
        ('version="1.4"', 'version="1.5"', "version"),
        ("<body>", "<body><prop type='x'/>", "body"),
        ("<seg>A", "<seg><b>A</b>", "b"),
        ('<prop type="score">', "<prop>", "type"),
    ],
)
def test_the_document_type_finds_what_is_wrong(found: str, put: str, fault: str) -> None:
    text = written(Unit(Line("zh", "甲"), Line("en", "A"), (("score", "1"),)))
    assert faults_of(text) == []
    assert found in text
    assert any(fault in each for each in faults_of(text.replace(found, put)))
