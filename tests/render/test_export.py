"""TSV, JSON Lines and TMX: what comes back from them is what went in, whatever the text."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree

from hypothesis import example, given
from hypothesis import strategies as st
from tmx_dtd import faults_of

from digest.cells import guarded
from digest.model import Bead, Line, Place, Verdict
from digest.printable import printable
from digest.render.export import COLUMNS, Row, as_indices, as_jsonl, as_tmx, as_tsv

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ODD = (
    "\x00\x01\t\n\r\x0b\x0c\x1b\x1c\x1d\x1e\x1f\x7f\x85\xa0\u2028\u2029\ufeff\ufffd\uffff\ud800\udfff\U0001f600<&>\"'\\"
)
texts = st.text(st.one_of(st.sampled_from(ODD), st.characters(), st.sampled_from("甲乙ab ")), min_size=1, max_size=30)
scores = st.floats(0, 1)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    found, i, j = [], 0, 0
    for _ in range(draw(st.integers(0, 5))):
        a, b = draw(st.sampled_from([(1, 1), (2, 1), (1, 3), (1, 0), (0, 2)]))
        verified = draw(st.booleans())
        verdict = Verdict(
            draw(scores), verified, draw(st.sampled_from(["exact", "same"])) if verified else None,
            tuple(draw(st.lists(texts, max_size=2))),
        )  # fmt: skip
        found.append(
            Row(
                Bead(tuple(range(i, i + a)), tuple(range(j, j + b)), draw(scores)),
                Line("zh-Hans", draw(texts), (Place("zh-Hans", "zh.md", i, 0, 3),)) if a else None,
                Line("en", draw(texts)) if b else None,
                verdict if a and b else None,
            )
        )
        i, j = i + a, j + b
    return found


WORST = [Row(Bead((0,), (0,), 0.5), Line("zh-Hans", f"甲{ODD}乙"), Line("en", ODD), Verdict(0.5, False, None, (ODD,)))]


@given(rows())
@example(WORST)
def test_tsv_is_a_header_and_a_line_a_bead_with_breaks_made_spaces(given_rows: list[Row]) -> None:
    text = as_tsv(given_rows)
    lines = text.splitlines()  # the reader that breaks at most places
    assert lines == text.split("\n")[:-1]
    assert tuple(lines[0].split("\t")) == COLUMNS
    assert len(lines) == len(given_rows) + 1
    for line, row in zip(lines[1:], given_rows, strict=True):
        zh, en, score, grade, reasons = line.split("\t")
        for cell, side in ((zh, row.zh), (en, row.en)):
            expected = printable(side.text) if side else ""
            assert re.sub(r"[\s\x1c-\x1f]+", " ", cell) == guarded(re.sub(r"[\s\x1c-\x1f]+", " ", expected))
        assert abs(float(score) - row.bead.score) <= 5e-5
        assert grade == ((row.verdict.grade or "") if row.verdict else "")
        assert bool(reasons) == bool(row.verdict and any(map(printable, row.verdict.reasons)))


@given(rows())
@example(WORST)
def test_json_lines_give_back_texts_and_numbers(given_rows: list[Row]) -> None:
    text = as_jsonl(given_rows)
    assert text.splitlines() == text.split("\n")[:-1]
    text.encode()
    for found, row in zip(map(json.loads, text.splitlines()), given_rows, strict=True):
        assert found["zh"] == ((printable(row.zh.text) or None) if row.zh else None)
        assert found["en"] == ((printable(row.en.text) or None) if row.en else None)
        assert found["sentences"] == {"zh": list(row.bead.zh), "en": list(row.bead.en)}
        assert abs(found["score"] - row.bead.score) <= 5e-5
        assert found["verified"] == bool(row.verdict and row.verdict.verified)
        assert found["reasons"] == [printable(r) for r in row.verdict.reasons] if row.verdict else not found["reasons"]
        assert len(found["places"]["zh"]) == (len(row.zh.places) if row.zh else 0)


@given(rows())
@example(WORST)
def test_indices_hold_three_keys_and_nothing_else(given_rows: list[Row]) -> None:
    found = [json.loads(line) for line in as_indices(row.bead for row in given_rows).splitlines()]
    assert [list(one) for one in found] == [["zh", "en", "score"]] * len(given_rows)
    assert [(tuple(one["zh"]), tuple(one["en"])) for one in found] == [(r.bead.zh, r.bead.en) for r in given_rows]


@given(rows())
@example(WORST)
def test_tmx_is_valid_and_gives_back_what_is_printable(given_rows: list[Row]) -> None:
    text = as_tmx(given_rows)
    assert faults_of(text) == []
    tree = ElementTree.fromstring(text.encode())
    two_sided = [row for row in given_rows if row.zh and row.en]
    units = tree.findall("body/tu")
    assert len(units) == len(two_sided)
    for unit, row in zip(units, two_sided, strict=True):
        segments = {variant.get(XML_LANG): variant.findtext("seg") for variant in unit.iter("tuv")}
        assert list(segments) == ["zh-Hans", "en"]
        for lang, line in (("zh-Hans", row.zh), ("en", row.en)):
            assert line is not None
            assert segments[lang] == printable(line.text)
        properties = {prop.get("type"): prop.text for prop in unit.iter("prop")}
        assert abs(float(properties["score"] or "") - row.bead.score) <= 5e-5
        assert properties["verified"] == ("yes" if row.verdict and row.verdict.verified else "no")


def test_the_header_of_tmx_says_what_made_it() -> None:
    header = ElementTree.fromstring(as_tmx(()).encode()).find("header")
    assert header is not None
    assert header.get("creationtool") == "bilingual-digest"
    assert (header.get("segtype"), header.get("srclang"), header.get("datatype")) == ("sentence", "*all*", "plaintext")
