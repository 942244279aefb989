"""The English line of a pair judges what was guessed in the Chinese one, among the readings that the damage leaves."""

from __future__ import annotations

import numpy as np
import pytest

from digest.align.lexicon import Lexicon, named
from digest.guesses import weighed
from digest.model import Bead, Document, Guess, Paragraph
from digest.normalise.repair.report import UNSURE
from digest.normalise.split import sentences
from digest.pairs import Aligned, Encoded

LEXICON = named({"启用": {"enabl": 0.6}, "可用": {"availabl": 0.5}, "中等": {"medium": 0.6}})
ZH = "缓存默认启用。模型的大小中等。"
EN = "The cache is enabled by default. The model is of medium size."


def aligned(zh: Document, en: Document, *, score: float = 0.95) -> Aligned:
    texts = [Encoded(d, s := sentences(d.paragraphs), np.zeros((len(s), 2), np.float32)) for d in (zh, en)]
    beads = tuple(Bead((n,), (n,), score) for n in range(len(texts[0].sentences)))
    return Aligned(texts[0], texts[1], "zh", beads, (1.0,) * len(beads), texts[0].vectors, LEXICON)


def document(text: str, *guesses: Guess, lang: str = "zh-Hans") -> Document:
    heading = Paragraph("heading", "标题", 1)
    return Document("u", lang, "T", (heading, Paragraph("prose", text, 0, (), guesses)), unsure=len(guesses))


def read(zh: Document, en: str = EN, **more: float) -> Document:
    return weighed(aligned(zh, document(en, lang="en"), **more), LEXICON)


def test_a_reading_that_makes_a_word_of_the_english_line_is_taken_and_stays_marked() -> None:
    given = document(ZH.replace("启", "可"), Guess(4, "可", 0.55, (("启", 0.4), ("后", 0.05))))
    found = read(given)
    assert found.paragraphs[1].text == ZH
    (guess,) = found.paragraphs[1].guesses
    assert (guess.at, guess.chosen, [reading for reading, _ in guess.others]) == (4, "启", ["可", "后"])
    assert 0.55 < guess.sure < UNSURE
    assert found.unsure == 1


def test_a_reading_that_the_english_line_bears_out_is_sure() -> None:
    found = read(document(ZH, Guess(4, "启", 0.9, (("可", 0.1),)), Guess(12, "中", 0.5, (("不", 0.5),))))
    assert found.paragraphs[1].text == ZH
    assert [guess.chosen for guess in found.paragraphs[1].guesses] == ["中"]
    assert found.unsure == 1


@pytest.mark.parametrize(
    ("en", "score"), [("The cache is there. The model is small.", 0.95), (EN, 0.5)], ids=["no word", "no pair"]
)
def test_what_the_english_line_says_nothing_of_stays_as_it_is(en: str, score: float) -> None:
    given = document(ZH, Guess(4, "启", 0.75, (("可", 0.25),)))
    assert read(given, en, score=score) is given


def test_a_text_without_guesses_is_the_very_text() -> None:
    given = document(ZH)
    assert read(given) is given
    assert weighed(aligned(given, document(EN, lang="en")), Lexicon()) is given


def test_only_readings_that_the_damage_leaves_are_taken() -> None:
    found = read(document(ZH.replace("启", "可"), Guess(4, "可", 0.55, (("叵", 0.4),))))
    assert found.paragraphs[1].text[4] in "可叵"
