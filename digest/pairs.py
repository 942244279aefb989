"""Beads of two editions → lines and the judge's verdicts: what the daily job and `digest align` share (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from digest.abstract.unit import Side as SideName
from digest.abstract.unit import Unit
from digest.align.beads import align
from digest.align.embed import Embedder, Vectors
from digest.align.lessons import CONFIDENT, Lesson, lesson_of
from digest.align.lexicon import Scores
from digest.align.verify import judge
from digest.model import Bead, Document, Guess, Line, Place, Sentence, Verdict, base_lang
from digest.normalise.split import gap_after, sentences

# A bead of which the aligner is less sure is not printed: of those surer, 996 of 997 on whole posts were right.
LEAST_POSTERIOR = 0.8
# Pairs that are likelier the same sentence than this may be remembered: readers found 13 % of those below it
# wrong, and 2 % of those above (benchmarks/printed.py; free translations, no errors of alignment).
LEAST_SOUND = 0.9
# The judge refuses by what it sees, whatever it expects of an origin; where both together say that a pair is likelier
# wrong than right, it is no translation to print.
LEAST_LIKELY = 0.5
CLOSING_MARK = re.compile(r"[,.;:!?，。；：！？、)）]")  # stands close to what it follows


@dataclass(frozen=True, slots=True)
class Encoded:
    """One edition as sentences with their vectors, a unit row a sentence."""

    document: Document
    sentences: tuple[Sentence, ...]
    vectors: Vectors

    def line(self, run: Sequence[int]) -> Line:
        """Give the printed line of consecutive sentences, by their numbers."""
        return line_of(self.document, [self.sentences[i] for i in run])


def encoded(document: Document, embedder: Embedder) -> Encoded:
    """Split a document into sentences and encode each by itself."""
    found = sentences(document.paragraphs)
    return Encoded(document, found, embedder.encode([s.text for s in found]))


def side_vectors(text: Encoded, sides: Sequence[tuple[int, ...]], embedder: Embedder) -> Vectors:
    """Give a vector for each side of each bead: the sentence's own, or, of several, that of their text together."""
    merged = [i for i, side in enumerate(sides) if len(side) > 1]
    joined = embedder.encode([text.line(sides[i]).text for i in merged])
    rows = np.zeros((len(sides), text.vectors.shape[1]), dtype=np.float32)
    for i, side in enumerate(sides):
        if len(side) == 1:
            rows[i] = text.vectors[side[0]]
    rows[merged] = joined
    return rows


def cosines_of(
    zh: Encoded, en: Encoded, beads: Sequence[Bead], embedder: Embedder
) -> tuple[tuple[float, ...], tuple[Vectors, Vectors]]:
    """Give each bead's cosine (0 where a side is empty) and the unit rows it is made of, Chinese and English."""
    rows = side_vectors(zh, [bead.zh for bead in beads], embedder), side_vectors(en, [b.en for b in beads], embedder)
    return tuple(float(left @ right) for left, right in zip(*rows, strict=True)), rows


def verdict_of(
    zh: Encoded, en: Encoded, bead: Bead, similarity: float, lexicon: Scores | None = None,
    embedder: Embedder | None = None,
) -> Verdict | None:  # fmt: skip
    """Judge a bead by its two lines and the cosine of their vectors; None where a side is empty.

    `lexicon` is what is known of the source's words, the shipped lexicon included; without it, that one alone. With an
    `embedder` the judge looks closer, clause by clause.
    """
    if not bead.zh or not bead.en:
        return None
    verdict = if_likely(judge(zh.line(bead.zh), en.line(bead.en), similarity, lexicon=lexicon, embedder=embedder))
    if bead.score >= LEAST_POSTERIOR:
        return verdict
    # whatever the judge says of its lines, a bead of which the aligner is not sure is no pair
    return replace(verdict, verified=False, grade=None, reasons=(*verdict.reasons, f"alignment:{bead.score:.2f}"))


def if_likely(verdict: Verdict) -> Verdict:
    """Give a verdict, unverified where it holds the pair for likelier wrong than right."""
    if not verdict.verified or verdict.score >= LEAST_LIKELY:
        return verdict
    return replace(verdict, verified=False, grade=None, reasons=(*verdict.reasons, "doubtful"))


def judged_texts(pairs: Sequence[tuple[str, str]], embedder: Embedder) -> tuple[Verdict, ...]:
    """Judge (Chinese, English) lines that come from anywhere, by the shipped lexicon; a verdict a pair."""
    zh, en = embedder.encode([zh for zh, _ in pairs]), embedder.encode([en for _, en in pairs])
    cosines = (float(left @ right) for left, right in zip(zh, en, strict=True))
    return tuple(
        judge(Line("zh", left), Line("en", right), cosine)
        for (left, right), cosine in zip(pairs, cosines, strict=True)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SurePair:
    """Two lines of which both the aligner and the judge are sure; `score` is the judge's P(same)."""

    zh: Line
    en: Line
    score: float


def is_sound(verdict: Verdict) -> bool:
    """Tell whether a pair is one that may be remembered."""
    return verdict.verified and verdict.score >= LEAST_SOUND


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two editions, the beads over them, and each bead's cosine; `mine` is the side that lines are chosen from."""

    zh: Encoded
    en: Encoded
    mine: SideName
    beads: tuple[Bead, ...]
    cosines: tuple[float, ...]
    rows: Vectors
    lexicon: Scores

    def verdict(self, index: int, embedder: Embedder | None = None) -> Verdict:
        """Judge one bead that has both sides."""
        found = verdict_of(self.zh, self.en, self.beads[index], self.cosines[index], self.lexicon, embedder)
        if found is None:
            raise ValueError(f"bead {index} has one side only")
        return found

    def verdicts(self) -> dict[int, Verdict]:
        """Judge every bead that has both sides, by its number."""
        return {i: self.verdict(i) for i, bead in enumerate(self.beads) if bead.zh and bead.en}

    def units(self, verdicts: Mapping[int, Verdict]) -> list[Unit]:
        """Give the beads as units of the side that lines are chosen from."""
        mine, other = (self.zh, self.en) if self.mine == "zh" else (self.en, self.zh)
        found = []
        for index, bead in enumerate(self.beads):
            own, across = (bead.zh, bead.en) if self.mine == "zh" else (bead.en, bead.zh)
            if own:
                kind = other.document.paragraphs[other.sentences[across[0]].paragraph].kind if across else "prose"
                texts = tuple(mine.sentences[i] for i in own), tuple(other.sentences[i] for i in across)
                verified = index in verdicts and verdicts[index].verified
                chance = verdicts[index].score if index in verdicts else 0.0
                unsure = unsure_in(mine.document, texts[0]) + unsure_in(other.document, texts[1])
                found.append(Unit(index, *texts, verified, self.rows[index], kind, unsure, chance))
        return found

    def lesson(self, verdicts: Mapping[int, Verdict]) -> Lesson:
        """Give what the surest pairs teach of words."""
        sure = (self.beads[i] for i, v in verdicts.items() if v.verified and self.beads[i].score >= CONFIDENT)
        pairs = ((self.zh.line(bead.zh), self.en.line(bead.en)) for bead in sure)
        return lesson_of((zh.text, en.text) for zh, en in pairs if not (zh.guesses or en.guesses))

    def sure_pairs(self, verdicts: Mapping[int, Verdict]) -> tuple[SurePair, ...]:
        """Give the pairs that may stand for a translation another day: sound ones of which the aligner is sure.

        What holds a guess does not: on the page it is marked, in the memory nobody would see it.
        """
        pairs = (
            SurePair(self.zh.line(bead.zh), self.en.line(bead.en), verdict.score)
            for i, verdict in verdicts.items()
            if is_sound(verdict) and (bead := self.beads[i]).score >= CONFIDENT
        )
        return tuple(pair for pair in pairs if not (pair.zh.guesses or pair.en.guesses))


def aligned_texts(mine: Encoded, other: Encoded, embedder: Embedder, lexicon: Scores) -> Aligned:
    """Align two editions; lines will be chosen from the first."""
    side: SideName = "zh" if base_lang(mine.document.lang) == "zh" else "en"
    zh, en = (mine, other) if side == "zh" else (other, mine)
    beads = align(zh.sentences, en.sentences, zh.vectors, en.vectors, lexicon=lexicon)
    cosines, (zh_rows, en_rows) = cosines_of(zh, en, beads, embedder)
    return Aligned(zh, en, side, beads, cosines, zh_rows if side == "zh" else en_rows, lexicon)


def line_of(document: Document, run: Sequence[Sentence]) -> Line:
    """Make a printed line of sentences: of those that follow each other in a paragraph, the very stretch of the source.

    Where something was left out between them, each stretch is a place of its own.
    """
    text = ""
    places: list[Place] = []
    code: list[tuple[int, int]] = []
    guesses: list[Guess] = []
    for part in _stretches(document, run):
        number, start, end = part[0].paragraph, part[0].start, part[-1].end
        paragraph = document.paragraphs[number]
        stretch = paragraph.text[start:end]
        text += "" if places and CLOSING_MARK.match(stretch) else gap_after(text)
        moved = len(text) - start
        code += [(s.start + moved + a, s.start + moved + b) for s in part for a, b in s.code]
        guesses += [replace(guess, at=guess.at + moved) for guess in paragraph.guesses if start <= guess.at < end]
        text += stretch
        places.append(Place(document.lang, document.url, number, start, end))
    return Line(document.lang, text, tuple(places), tuple(code), tuple(guesses))


def _stretches(document: Document, run: Sequence[Sentence]) -> list[list[Sentence]]:
    """Put sentences together between which a paragraph has white space only."""
    found: list[list[Sentence]] = []
    for sentence in run:
        last = found[-1][-1] if found else None
        near = last is not None and last.paragraph == sentence.paragraph and last.end <= sentence.start
        if near and last and not document.paragraphs[last.paragraph].text[last.end : sentence.start].strip():
            found[-1].append(sentence)
        else:
            found.append([sentence])
    return found


def unsure_in(document: Document, run: Sequence[Sentence]) -> int:
    """Count the characters of sentences whose reading is a guess."""
    return sum(s.start <= guess.at < s.end for s in run for guess in document.paragraphs[s.paragraph].guesses)
