"""The outline: which headings, in what form, beside which others."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from digest.align.embed import load_embedder
from digest.align.lexicon import load_lexicon
from digest.filling import Account, Translators, filled
from digest.model import Abstract, Bead, Both, Document, LinePair, MadeBy, Paragraph, Verdict
from digest.normalise.split import sentences
from digest.outline import MOST_HEADINGS, heading_pairs, outline_of
from digest.pairs import Aligned, Encoded
from digest.translate.engine import Answer, Answers, Task
from digest.translate.masks import KINDS


def post(*headings: str, lang: str = "en", level: int = 2, title: str = "T") -> Document:
    rows = [Paragraph("heading", text, level) for text in headings]
    body = Paragraph(
        "prose", "The queue keeps its jobs in one table." if lang == "en" else "队列把任务保存在一张表里。"
    )
    return Document("u", lang, title, tuple(each for row in rows for each in (row, body)))


def texts(pairs: tuple[LinePair, ...], side: str = "en") -> list[str | None]:
    return [line.text if (line := pair.zh if side == "zh" else pair.en) else None for pair in pairs]


def test_stock_headings_have_their_other_side_and_the_others_stand_alone() -> None:
    found = outline_of(post("Introduction", "How the queue keeps its jobs", "Limitations"), "p")
    assert texts(found) == ["Introduction", "How the queue keeps its jobs", "Limitations"]
    assert [pair.made_by for pair in found] == ["stock", "none", "stock"]
    assert texts(found, "zh")[1] is None
    assert found[0].zh is not None
    assert found[0].zh.places == ()


def test_a_chinese_post_has_its_stock_headings_in_english() -> None:
    found = outline_of(post("引言", "任务如何保存", lang="zh-Hans"), "p")
    assert texts(found, "zh") == ["引言", "任务如何保存"]
    assert texts(found) == ["Introduction", None]


@pytest.mark.parametrize(
    "dropped", ["Acknowledgements", "References", "Table of contents", "🚀", "12.", "T", "PyTorch 2.4"]
)
def test_headings_that_say_nothing_are_left_out(dropped: str) -> None:
    found = outline_of(post("How jobs are kept", dropped, "How jobs are run"), "p")
    assert texts(found) == ["How jobs are kept", "How jobs are run"]


def test_numbers_and_signs_at_the_edges_are_left_out_and_the_place_tells_so() -> None:
    document = post("1. How jobs are kept 🚀", "2.1. How jobs are run:", "🎉 How jobs end")
    found = outline_of(document, "p")
    assert texts(found) == ["How jobs are kept", "How jobs are run", "How jobs end"]
    for pair in found:
        assert pair.en is not None
        (place,) = pair.en.places
        assert document.paragraphs[place.paragraph].text[place.start : place.end] == pair.en.text


@pytest.mark.parametrize(
    "kept",
    [
        "2024 in review", "10 tips for queues", "8 workers are enough", "5 minutes to deploy", "2025 Roadmap",
        ".NET basics", "@decorators at work", "-O3 flags", "$HOME of jobs", "#tags of jobs", "2.0 的新功能",
        "…and then jobs end",
    ],
)  # fmt: skip
def test_what_a_heading_says_stays_at_its_beginning(kept: str) -> None:
    assert kept in texts(outline_of(post("How jobs are kept", kept, "How jobs are run"), "p"))


@pytest.mark.parametrize(
    ("heading", "left"),
    [
        ("2) How jobs end", "How jobs end"),
        ("3.2. How jobs end", "How jobs end"),
        ("- How jobs end", "How jobs end"),
        ("1️⃣ How jobs end", "How jobs end"),
        ("12、任务的终点", "任务的终点"),
        ("•​ 1.任务的终点", "任务的终点"),
    ],
)
def test_bullets_and_marked_numbers_go(heading: str, left: str) -> None:
    assert left in texts(outline_of(post("How jobs are kept", heading, "How jobs are run"), "p"))


def test_a_bare_number_goes_where_all_headings_count_up() -> None:
    counted = post("1 Where jobs come from", "2 How jobs are kept", "2.1 How jobs are run", "3 Where jobs end", "致谢")
    assert texts(outline_of(counted, "p"))[1:3] == ["How jobs are kept", "How jobs are run"]
    for some in (("1 queue", "3 workers"), ("2 queues", "3 workers"), ("1 queue", "2 workers", "Jobs")):
        assert texts(outline_of(post(*some), "p")) == list(some)


def test_the_first_level_that_has_two_headings_is_taken() -> None:
    rows = [("The whole", 1), ("How jobs are kept", 3), ("In tables", 4), ("How jobs are run", 3), ("By workers", 4)]
    document = Document("u", "en", "T", tuple(Paragraph("heading", text, level) for text, level in rows))
    assert texts(outline_of(document, "p")) == ["How jobs are kept", "How jobs are run"]


def test_one_heading_is_no_outline_and_many_are_cut() -> None:
    assert outline_of(post("How jobs are kept"), "p") == ()
    assert outline_of(post("How jobs are kept", "How jobs are kept"), "p") == ()
    many = outline_of(post(*(f"How the {name} jobs are kept" for name in "abcdefghijkl")), "p")
    assert len(many) == MOST_HEADINGS


def aligned(zh: Document, en: Document, beads: tuple[Bead, ...]) -> Aligned:
    both = [Encoded(d, s := sentences(d.paragraphs), np.zeros((len(s), 2), np.float32)) for d in (zh, en)]
    return Aligned(both[0], both[1], "en", beads, (1.0,) * len(beads), both[1].vectors, load_lexicon())


def test_only_verified_pairs_of_headings_are_taken_where_there_is_an_edition() -> None:
    zh = post("1. 任务如何保存", "2. 任务如何运行", "任务的终点", lang="zh-Hans")
    en = post("1. How jobs are kept", "2. How jobs are run", "3. Where jobs end")
    beads = tuple(Bead((i,), (i,), 0.99) for i in range(6))
    sure, unsure = Verdict(0.97, True, "exact"), Verdict(0.2, False)
    verdicts = {0: sure, 1: sure, 2: unsure, 4: sure}
    pairs = heading_pairs(aligned(zh, en, beads), verdicts, "p")
    assert set(pairs) == {0, 4}, "prose is no heading, and what did not verify is no pair"
    found = outline_of(en, "p", pairs)
    assert texts(found, "zh") == ["任务如何保存", "任务的终点"]
    assert texts(found) == ["How jobs are kept", "3. Where jobs end"], "a number goes from both sides or from none"
    assert {pair.made_by for pair in found} == {"human"}
    assert found[0].verdict == sure


class Table:
    signature = "table"
    made_by: MadeBy = "machine"
    listens = False
    masks = KINDS

    def __init__(self) -> None:
        self.asked: list[str] = []

    def serves(self, source: str, target: str) -> bool:
        return (source, target) == ("en", "zh")

    def translate(self, task: Task) -> Answers:
        self.asked += [line.text for line in task.lines]
        known = {"How the queue keeps its jobs": "队列如何保存任务"}
        return Answers(tuple(Answer(known.get(line.text)) for line in task.lines))


def test_an_engine_is_asked_only_for_headings_that_have_no_other_side() -> None:
    outline = outline_of(post("Introduction", "How the queue keeps its jobs", "What comes after the table"), "p")
    published = datetime(2025, 4, 16, tzinfo=UTC)
    abstract = Abstract("p", Both("题", "T"), Both(None, "u"), "S", published, "en", "highlights", (), outline=outline)
    engine = Table()
    found = filled(abstract, None, Translators((engine,)), load_embedder(), load_lexicon(), Account())
    assert "Introduction" not in engine.asked
    assert [pair.made_by for pair in found.outline] == ["stock", "machine", "none"]
    assert [pair.id for pair in found.outline] == [pair.id for pair in outline]
