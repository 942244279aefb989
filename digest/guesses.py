"""What the English line of a pair says of the characters that were guessed in the Chinese one (pure).

A guess and its other readings are what the damage leaves possible. Of these, one that makes a word whose translation
stands in the English line is the likelier: each reading's probability is weighted by exp(WEIGHT · score of the word).
Whichever is taken, damaging the text again gives what was read. A reading that was changed stays marked.
"""

from __future__ import annotations

import math
from dataclasses import replace

from digest.align.lexicon import Scores
from digest.align.words import HAN_RUN, STOP, segmenter, words
from digest.model import Document, Guess
from digest.normalise.repair.report import UNSURE
from digest.pairs import LEAST_POSTERIOR, Aligned

# Tuned on 38 damaged posts: of 440 unsure places 88 were wrong; 18 of these are mended, 3 others broken.
WEIGHT = 2.5
LONE = 0.25  # what the score of a word of one character counts: it has many translations
MARKED = 0.99 * UNSURE  # how sure a reading is at most that was changed


def weighed(aligned: Aligned, lexicon: Scores) -> Document:
    """Give the Chinese text of two aligned ones with its guesses weighed anew; the very document if none changes.

    Guesses that become sure are none any more. Only pairs of which the aligner is sure have a say.
    """
    document = aligned.zh.document
    found: dict[tuple[int, int], Guess] = {}
    for bead in aligned.beads:
        if not (bead.zh and bead.en and bead.score >= LEAST_POSTERIOR):
            continue
        line = aligned.zh.line(bead.zh)
        if not line.guesses:
            continue
        across = frozenset(words(aligned.en.line(bead.en).text))
        places = [
            (sentence.paragraph, guess.at)
            for sentence in (aligned.zh.sentences[i] for i in bead.zh)
            for guess in document.paragraphs[sentence.paragraph].guesses
            if sentence.start <= guess.at < sentence.end
        ]
        for place, guess in zip(places, line.guesses, strict=True):
            new = _weighed(line.text, guess, across, lexicon)
            if new != guess:
                found[place] = replace(new, at=place[1])
    return _with(document, found) if found else document


def _weighed(text: str, guess: Guess, across: frozenset[str], lexicon: Scores) -> Guess:
    """Weigh the readings of one guess in a line by the words that they make."""
    readings = [(guess.chosen, guess.sure), *guess.others]
    scores = [_score(text, guess.at, reading, across, lexicon) for reading, _ in readings]
    if not any(scores):
        return guess
    weights = [sure * math.exp(WEIGHT * score) for (_, sure), score in zip(readings, scores, strict=True)]
    total = sum(weights) + max(0.0, 1.0 - sum(sure for _, sure in readings))
    ranked = sorted(zip(weights, range(len(readings)), strict=True), key=lambda each: (-each[0], each[1]))
    (best, first), *rest = [(weight / total, n) for weight, n in ranked]
    sure = min(best, MARKED) if first else best
    return Guess(guess.at, readings[first][0], sure, tuple((readings[n][0], chance) for chance, n in rest))


def _score(text: str, at: int, reading: str, across: frozenset[str], lexicon: Scores) -> float:
    """Give how well the word that a reading stands in is translated by one of the words across; 0 where by none."""
    word = _word_at(text[:at] + reading + text[at + 1 :], at)
    if not word or word in STOP:
        return 0.0
    score = max((score for known, score in lexicon.scores(word).items() if known in across), default=0.0)
    return score if len(word) > 1 else LONE * score


def _word_at(text: str, at: int) -> str:
    """Give the word, as jieba cuts the run of Han around it, that holds a place; "" outside of one."""
    run = next((run for run in HAN_RUN.finditer(text) if run.start() <= at < run.end()), None)
    end = run.start() if run else 0
    for word in segmenter().cut(run.group(), HMM=False) if run else ():
        end += len(word)
        if at < end:
            return str(word)
    return ""


def _with(document: Document, found: dict[tuple[int, int], Guess]) -> Document:
    """Put guesses in their places, (paragraph, place in its text); those that are sure now are left out."""
    paragraphs = list(document.paragraphs)
    for number in dict.fromkeys(number for number, _ in found):
        paragraph = paragraphs[number]
        text = list(paragraph.text)
        guesses = tuple(found.get((number, guess.at), guess) for guess in paragraph.guesses)
        for guess in guesses:
            text[guess.at] = guess.chosen
        unsure = tuple(guess for guess in guesses if guess.sure < UNSURE)
        paragraphs[number] = replace(paragraph, text="".join(text), guesses=unsure)
    left = document.unsure - sum(guess.sure >= UNSURE for guess in found.values())
    return replace(document, paragraphs=tuple(paragraphs), unsure=left)
