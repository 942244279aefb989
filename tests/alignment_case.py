"""Two small texts with beads of every kind, as a value: shared by the tests of the page that shows an alignment."""

from __future__ import annotations

from digest.model import Bead, Document, Guess, Line, Paragraph, Place, Sentence, Verdict
from digest.render.alignment import Alignment, Side, Similarity
from digest.render.export import Row

ZH = [["队列的结构"], ["新队列只用一张表。", "工作进程领取最早的一行。", "它不需要代理。"], ["作者另有一句题外话。"]]
EN = [
    ["The shape of the queue"],
    ["The new queue is a single table, and a worker claims the oldest row.", "There is no broker."],
    ["It is fast.", "It is small."],
]
BEADS = (((0,), (0,)), ((1, 2), (1,)), ((3,), (2,)), ((4,), ()), ((), (3, 4)))
REASONS = ("numbers:70≠72",)


def side(name: str, lang: str, paragraphs: list[list[str]], url: str = "", title: str = "") -> Side:
    """Make one text of paragraphs of sentences; a Chinese comma after it is no part of a sentence."""
    sentences, lines, blocks = [], [], []
    for number, found in enumerate(paragraphs):
        text = "".join(found) if lang == "zh" else " ".join(found)
        blocks.append(Paragraph("prose" if number else "heading", text))
        for each in found:
            start = text.index(each)
            sentences.append(Sentence(each, number, start))
            lines.append(Line(lang, each, (Place(lang, url or name, number, start, start + len(each)),)))
    document = Document(url or name, lang, title, (*blocks, Paragraph("code", "x = 1")), guessed=3, unsure=1)
    return Side(name, document, tuple(sentences), tuple(lines))


def verdict(number: int) -> Verdict:
    """Give the verdict of a bead: the third of this text is not verified."""
    return Verdict(0.31, False, None, REASONS, 0.02) if number == 2 else Verdict(0.93, True, "same", (), 0.41)


def alignment(zh: Side | None = None, en: Side | None = None) -> Alignment:
    """Align the two texts of this file as their BEADS say."""
    zh = zh or side("zh.md", "zh", ZH, "https://blog.example/zh", "队列的结构")
    en = en or side("en.md", "en", EN, title="The shape of the queue")
    rows = []
    for number, (left, right) in enumerate(BEADS):
        lines = [
            Line(text.document.lang, " ".join(text.lines[i].text for i in run)) if run else None
            for text, run in ((zh, left), (en, right))
        ]
        both = all(lines)
        rows.append(Row(Bead(left, right, 0.97), *lines, verdict(number) if both else None))
    cells = tuple(bytes((i + j) % 16 for j in range(5)) for i in range(5))
    return Alignment(zh, en, tuple(rows), Similarity(cells, 16, 0.1, 0.9))


def guessed(text: Side) -> Side:
    """Give a text whose second sentence begins with a character that was guessed."""
    line = text.lines[1]
    doubtful = Line(line.lang, line.text, line.places, guesses=(Guess(0, line.text[0], 0.6, (("亲", 0.3),)),))
    return Side(text.name, text.document, text.sentences, (text.lines[0], doubtful, *text.lines[2:]))
