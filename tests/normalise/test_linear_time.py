"""Four times as much of a hostile text takes no more than about four times as long, whatever is done with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from digest.abstract.card import fact_card
from digest.abstract.genre import genre_of
from digest.align.verify import MAX_LINE, judge
from digest.align.words import words
from digest.fetch.feeds.bounded import bounded
from digest.markup import tree_of
from digest.model import Document, Line, Paragraph
from digest.normalise.blocks import blocks_of
from digest.normalise.markdown import read_markdown
from digest.normalise.plain import paragraphs_of
from digest.normalise.repair.mend import mend
from digest.normalise.split import split
from digest.printable import printable

SHORTEST = 0.01  # seconds: what takes less is measured by the clock's noise
LARGEST = 20_000  # characters of the smaller text
RATIO = 10  # four times the text; sixteen would be the square
TRIES = 3


def _sentences(text: str) -> object:
    return split(text)


def _card(text: str) -> object:
    parts = tuple(Paragraph("prose", text[n : n + 5_000]) for n in range(0, len(text), 5_000))
    document = Document("https://a.example/", "en", "Heron-2: a model", parts)
    return fact_card(document), genre_of(document)


def _blocks(text: str) -> object:
    tree = tree_of(f"<p>{text}")
    return None if tree is None else blocks_of(tree, "https://a.example/")


def _markdown(text: str) -> object:
    return read_markdown(text, "https://a.example/a.md")


def _plain(text: str) -> object:
    return list(paragraphs_of(text))


def _feed(text: str) -> object:
    return bounded(f"<rss><channel><item><title>a</title><{text}", [])


@dataclass(frozen=True)
class Stage:
    does: Callable[[str], object]
    shapes: tuple[str, ...]


OPENED = ("<", "<a ", "<a b='", "<!--", "<![CDATA[", "</", "&", "&#x", "<b>", "<p>a", "<li>")
STOPS = ("。", "！？", "“。”", "。“", "A. ", "a. ", "(", "（）", "「", '"', "$a", "\\(", "\\[", "`", "http://a", "a@b.")
FIGURES = (
    "。",
    "1 ",
    "1,",
    "12% ",
    "7B models ",
    "GPT-4 ",
    "[a](",
    "released under ",
    "We released 70B parameters. ",
    "A",
)
BYTES = ("锟斤拷", "锘", "â€™", "Ã©", "é–", "字", "龘", "\ufffd", "&amp;amp;", "\x85")
MARKS = ("\u0301", "\u200d", "\ufe0f", "\u202e", "👩\u200d", "\U000e0100")
WORDS = ("字", "龘", "的", "甲乙", "a", "1,", "a'", "Ω")
LONG_NAMES = ("a", "a:", "a.b ")
LINES = ("[", "![", "](", "**", "*a ", "_a_", "`", "> ", "- ", "$a$", "# a\n", "| a ", "<b>", "[a]: b\n", "{%")
STAGES = {
    "sentences": Stage(_sentences, STOPS),
    "card": Stage(_card, FIGURES),
    "repair": Stage(mend, BYTES),
    "printable": Stage(printable, MARKS),
    "words": Stage(words, WORDS),
    "blocks": Stage(_blocks, OPENED),
    "markdown": Stage(_markdown, LINES),
    "plain": Stage(_plain, ("a\n", "\n\n", " \n", "1. a\n", "a ")),
    "feed": Stage(_feed, (*OPENED, *LONG_NAMES)),
}
CASES = [pytest.param(stage, shape, id=f"{name} {shape!a}") for name, stage in STAGES.items() for shape in stage.shapes]


def seconds(does: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    does(text)
    return time.process_time() - start


@pytest.mark.parametrize(("stage", "shape"), CASES)
def test_time_grows_with_the_text_and_not_with_its_square(stage: Stage, shape: str) -> None:
    stage.does(shape * 10)  # what is loaded once
    size = 1_000
    while seconds(stage.does, text_of(shape, size)) < SHORTEST and size < LARGEST:
        size *= 2
    ratios = []
    for _ in range(TRIES):
        little = max(seconds(stage.does, text_of(shape, size)), SHORTEST)
        ratios.append(seconds(stage.does, text_of(shape, 4 * size)) / little)
        if ratios[-1] < RATIO:
            return
    pytest.fail(f"4 × {size} characters take {min(ratios):.0f} times as long as {size}")


def text_of(shape: str, size: int) -> str:
    return (shape * (size // len(shape) + 1))[:size]


@pytest.mark.parametrize(
    "shape", ["! ", "; ", "0", "12e", "a", "a.b", "年", "……", "(", "$a", "百万", "a'", "share ", "锘"]
)
def test_time_to_judge_a_line_grows_with_its_square_at_most(shape: str) -> None:
    def judged(size: int) -> float:
        return seconds(lambda text: judge(Line("zh", text), Line("en", text), 0.6), text_of(shape, size))

    judged(100)  # loads its models
    ratios = [judged(MAX_LINE) / max(judged(MAX_LINE // 4), SHORTEST) for _ in range(TRIES)]
    assert min(ratios) < 32, "16 is the square, 64 the cube"
