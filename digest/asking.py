"""A question, lines of the archive, a writer → an answer of which every sentence rests on lines that it cites (pure).

The writer is believed nothing: a sentence is printed only if it cites lines that it was shown, and stands the tests of
`align.rests` against them, which refuse figures, names, code and denials that the lines do not have, and what is not
near them. Where less than half of an answer stands, none of it is printed: what is left may say the opposite.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.align.embed import Embedder
from digest.align.judge.faults import language_of
from digest.align.judge.text import URL, letters, read
from digest.align.rests import bearing, rests
from digest.model import Both, Line
from digest.searching.cut import side_of
from digest.translate.write import tidied

MOST_SENTENCES = 5
MOST_CITED = 4  # lines that one sentence may rest on
LONGEST = {"zh": 160, "en": 400}  # characters of a sentence
# Cosine of a sentence and what it takes of its lines; `rests` lets less pass, for a writer who has one post before him.
# Of 316 honest translations 2 are under it; of 67 that stood every other test beside another line than theirs, 57
# (benchmarks/asking.py).
LEAST_NEAR = 0.6

_MARK = re.compile(r"\s*[\[【]\s*(\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*)\s*[\]】]")  # [1], [1, 3], 【2】
_ENDS = re.compile(r"[.!?。！？…][\"'”’」』)）\]`]*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """What the writer is shown under a number, from 1: a line of the archive, both sides of a sound pair."""

    number: int
    title: Both
    text: Both


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the numbers of the passages that it cites."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a writer answered: sentences, none where the passages do not answer; `failure` says why it gave nothing."""

    sentences: tuple[Sentence, ...] = ()
    failure: str = ""


Writer = Callable[[str, str, Sequence[Passage]], Drafted]
"""Drafts an answer: to a question, in a language ("zh" or "en"), from passages."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be printed: sentences that stand, () for a refusal.

    `dropped` counts, by a code, the sentences that do not stand: their words are told to nobody. `failure` says in a
    line why the writer could not be asked, "" where it was.
    """

    sentences: tuple[Sentence, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    failure: str = ""


def answered(question: str, passages: Sequence[Passage], writer: Writer, embedder: Embedder) -> Answer:
    """Have a question answered and keep what stands every test; without passages nobody is asked."""
    if not passages:
        return Answer()
    side = side_of(question)
    drafted = writer(question, side, passages)
    if drafted.failure:
        return Answer(failure=drafted.failure)
    known = {passage.number: passage for passage in passages}
    kept: dict[str, Sentence] = {}
    dropped: Counter[str] = Counter()
    drafts = drafted.sentences[:MOST_SENTENCES]
    for draft in drafts:
        sentence = _marked(draft)
        fault = _fault(sentence, side, known, embedder)
        if fault:
            dropped[fault] += 1
        else:
            kept.setdefault(letters(sentence.text), sentence)
    stands = tuple(kept.values()) if 2 * sum(dropped.values()) <= len(drafts) else ()
    return Answer(stands, tuple(sorted(dropped.items())))


def _marked(draft: Sentence) -> Sentence:
    """Take citations out of a sentence's text and count them to those that it has.

    >>> _marked(Sentence("It is fast [2, 3].", (1,)))
    Sentence(text='It is fast.', cited=(1, 2, 3))
    """
    found = [int(number) for mark in _MARK.findall(draft.text) for number in re.findall(r"\d+", mark)]
    return Sentence(tidied(_MARK.sub("", draft.text)), tuple(sorted({*draft.cited, *found})))


def _fault(sentence: Sentence, side: str, known: dict[int, Passage], embedder: Embedder) -> str:
    """Name what speaks against a sentence, "" where nothing does; the cheapest tests first."""
    text = sentence.text
    if not text or len(text) > LONGEST[side] or not _ENDS.search(text):
        return "form"
    if not 0 < len(sentence.cited) <= MOST_CITED or not known.keys() >= set(sentence.cited):
        return "citations"
    if URL.search(text):
        return "links"  # a post may ask for one; addresses are told beside the citations
    if language_of(read(Line(side, text))) != side:
        return "language"
    cited = [known[number] for number in sentence.cited]
    found = [_against(text, side, cited, other, embedder) for other in _sides(side, cited)]
    return "" if not all(found) else found[0][0].partition(":")[0]


def _sides(side: str, cited: Sequence[Passage]) -> list[str]:
    """Give the languages in one of which the cited lines must bear a sentence: its own where they all have it.

    Within a language more can be seen than across two (align/rests.py).
    """
    other = "en" if side == "zh" else "zh"
    whole = [each for each in (side, other) if all(passage.text.get(each) for passage in cited)]
    return whole[:1] or [side, other]


def _against(text: str, side: str, cited: Sequence[Passage], cited_side: str, embedder: Embedder) -> tuple[str, ...]:
    """Say what speaks against a sentence's resting on the cited lines in one language, () where it rests on them.

    A name may stand in the title of the post, which is printed with the line; near it must be to the lines.
    """
    lines = [line for passage in cited if (line := passage.text.get(cited_side))]
    reasons = rests(text, side, lines, cited_side, embedder)
    titles = [title for passage in cited if (title := passage.title.get(cited_side))]
    if titles and reasons and all(reason.startswith("names:") for reason in reasons):
        reasons = rests(text, side, [*titles, *lines], cited_side, embedder)
    if reasons:
        return reasons
    near = bearing(text, side, lines, cited_side, embedder).similarity
    return (f"similarity:{near:.2f}",) if near < LEAST_NEAR else ()
