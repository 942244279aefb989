"""Which lines say what a post says: filters first, then a score, then a greedy choice that does not repeat itself.

What is chosen is a *unit*: a bead of the alignment seen from the language in which the post was written, so that a
sentence that became two in translation is chosen whole. Where there is no edition, each sentence is a unit by itself.

Filters move more than ranking: on the tuning posts, lead, centroid, LexRank and TextRank alike gave 26 to 37 % unfit
lines raw, and 15 to 20 % behind these filters. The weights below come from the same study (24 bilingual posts read by
one person); treat them as directions. The greedy choice is maximal marginal relevance (Carbonell and Goldstein, SIGIR
1998) with a threshold under which likeness costs nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import Document, Paragraph, ParagraphKind, Sentence
from .wording import (
    CLOSING,
    CONTENT_STOP,
    DANGLING,
    FIRST_PERSON,
    LEANING,
    META,
    NARRATIVE,
    NOT_SAYING,
    SUMMING_UP,
)

Side = Literal["zh", "en"]
Vector = NDArray[np.float32]

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
TEXT = ("prose", "item", "quote")  # what counts as a post's sentences
LATIN = re.compile(r"[A-Za-zÀ-ɏ0-9][\wÀ-ɏ'’.+#/-]*")
HAN_PER_WORD = 1.7  # Chinese characters to English words in human translations of technical posts
WORDS = (6, 45)  # what a line may hold, in English words
EASY_WORDS = (11, 34)  # what reads well
RATIO = (0.9 / HAN_PER_WORD, 3.2 / HAN_PER_WORD)  # of the two sides' lengths, each in English words

WEIGHTS = {
    "centrality": 1.0,
    "title": 0.5,
    "lead": 0.35,
    "content": 0.35,
    "names": 0.15,
    "numbers": 0.08,
    "summing-up": 0.15,
    "person": -0.25,
    "narrative": -0.3,
    "item": -0.08,
    "code-heavy": -0.8,
    "leaning": -0.25,
    "unwieldy": -0.25,
}
Z_SCORED = ("centrality", "title", "lead", "content", "names", "numbers")
LEAD_DECAY = 12.0  # units over which nearness to the lead falls to 1/e
CONTENT_CAP = 18  # distinct content words beyond which a line gains nothing
SECTION_COST = 0.5  # for each line already taken from the section
LIKENESS_FREE, LIKENESS_COST, LIKENESS_MAX = 0.45, 1.5, 0.75
SENTENCES_PER_EXTRA_LINE = 50  # five lines, one more for each so many sentences, eight at 150

# What may be forgiven, step by step, while fewer than the least number of lines pass. Never forgiven: a unit over two
# paragraphs, text that is not prose, a bare address, a line that announces the next ("colon"), a byline, the lack of
# a verified pair.
FORGIVEN: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"length", "ratio", "ending"}),
    frozenset({"length", "ratio", "ending", "dangling", "meta", "quote"}),
    frozenset({"length", "ratio", "ending", "dangling", "meta", "quote", "question", "formula", "section"}),
)

# Reading speed: Brysbaert 2019 gives 238 words a minute for English non-fiction, and about 260 characters for Chinese;
# rounded to what readers' sites use.
HAN_PER_MINUTE = 300
WORDS_PER_MINUTE = 220


@dataclass(frozen=True, slots=True)
class Unit:
    """One bead from the side of the post's own language; `other` is empty where there is nothing to pair it with.

    `vector` is a unit row for the source side. `verified`: the judge accepted the pair. `other_kind` is the kind of
    the paragraph in which `other` stands.
    """

    index: int
    source: tuple[Sentence, ...]
    other: tuple[Sentence, ...]
    verified: bool
    vector: Vector = field(compare=False, repr=False)
    other_kind: ParagraphKind = "prose"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a paragraph stands: its section, and what kind of section that is."""

    section: int
    lead: bool
    summing_up: bool
    closed: bool
    code_heavy: bool


def choose(
    document: Document,
    units: Sequence[Unit],
    *,
    title_vector: Vector,
    side: Side,
    require_other: bool,
    want: tuple[int, int] = (5, 8),
    max_share: float = 0.25,
) -> tuple[int, ...]:
    """Choose the units that say what the post says: their `index` numbers, in reading order.

    `units` are all units of the post, in reading order; `side` is the language of their `source`. `want` is the least
    and the most number of lines, given a post long enough: the sentences chosen are never more than `max_share` of the
    post's (but one unit at least). With `require_other`, units whose pair verified come first, and the others only
    where those, filters relaxed, are fewer than the least number.
    """
    units = [unit for unit in units if unit.source]
    if not units:
        return ()
    stands = sections(document)
    found = faults(document, units)
    scores = score(document, units, stands, title_vector, side)
    said = sum(len(unit.source) for unit in units if document.paragraphs[unit.source[0].paragraph].kind in TEXT)
    most = most_lines(said, want)
    pick = _Picker(units, stands, scores, room=max(1, int(said * max_share + 1e-9)))
    for verified in (True, False) if require_other else (None,):
        pool = [i for i, unit in enumerate(units) if verified is None or _fit(unit) == verified]
        for step, forgiven in enumerate(FORGIVEN):
            if verified is False and step > 1:
                break
            # Only what is left to the least number is filled from a wider pool.
            limit = most if step == 0 and verified is not False else want[0]
            passing = [i for i in pool if found[i] - {"dangling"} <= forgiven]
            leaning = frozenset(i for i in passing if "dangling" in found[i] - forgiven)
            pick.take(passing, leaning, limit, least=want[0])
    return tuple(units[i].index for i in sorted(pick.chosen))


def most_lines(sentences: int, want: tuple[int, int] = (5, 8)) -> int:
    """Give how many lines a post of so many sentences may have.

    >>> [most_lines(n) for n in (20, 60, 120, 400)]
    [5, 6, 7, 8]
    """
    return min(want[1], want[0] + sentences // SENTENCES_PER_EXTRA_LINE)


def minutes(document: Document) -> int:
    """Give the reading time of a document's text in whole minutes, at least 1; code and tables are not counted."""
    text = " ".join(p.text for p in document.paragraphs if p.kind in ("heading", "prose", "item", "quote"))
    time = len(HAN.findall(text)) / HAN_PER_MINUTE + len(LATIN.findall(text)) / WORDS_PER_MINUTE
    return max(1, math.ceil(time - 0.5))


# ---- where a paragraph stands ---------------------------------------------------------------------------------------


def sections(document: Document) -> tuple[Stand, ...]:
    """Say for each paragraph in which section it stands.

    The lead is all before the first heading that follows some prose: a title or "Introduction" on top ends no lead.
    A section under a closed heading (acknowledgements, references) is closed with all its subsections.
    """
    spans = _section_spans(document.paragraphs)
    stands: list[Stand] = []
    for number, (start, end, open_headings) in enumerate(spans):
        body = document.paragraphs[start:end]
        stand = Stand(
            section=number,
            lead=number == 0,
            summing_up=any(SUMMING_UP.search(text) for text in open_headings[-1:]),
            closed=any(CLOSING.search(text) for text in open_headings),
            code_heavy=_code_share(body) > 0.5,
        )
        stands.extend([stand] * (end - start))
    return tuple(stands)


def _section_spans(paragraphs: Sequence[Paragraph]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Cut paragraphs at headings: (start, end, texts of the headings above, outermost first)."""
    spans: list[tuple[int, int, tuple[str, ...]]] = []
    above: list[tuple[int, str]] = []
    start, seen_prose = 0, False
    for number, paragraph in enumerate(paragraphs):
        if paragraph.kind == "heading":
            if not seen_prose and not above and paragraph.level == 1:
                continue  # the title, which closes nothing
            if seen_prose:
                spans.append((start, number, tuple(text for _, text in above)))
                start, seen_prose = number, False
            above = [(level, text) for level, text in above if level < paragraph.level]
            above.append((paragraph.level, paragraph.text.strip()))
        elif paragraph.kind in ("prose", "item", "quote", "code"):
            seen_prose = True
    spans.append((start, len(paragraphs), tuple(text for _, text in above)))
    return spans


def _code_share(paragraphs: Sequence[Paragraph]) -> float:
    code = sum(len(p.text) for p in paragraphs if p.kind == "code")
    text = sum(len(p.text) for p in paragraphs if p.kind in ("prose", "item", "quote"))
    return code / (code + text) if code + text else 0.0


# ---- filters --------------------------------------------------------------------------------------------------------


def faults(document: Document, units: Sequence[Unit]) -> tuple[frozenset[str], ...]:
    """Name for each unit what speaks against printing it; an empty set passes every filter."""
    stands = sections(document)
    return tuple(frozenset(_faults(document, unit, stands)) for unit in units)


def _faults(document: Document, unit: Unit, stands: Sequence[Stand]) -> Iterator[str]:
    paragraph = document.paragraphs[unit.source[0].paragraph]
    yield from _shape_faults(unit, paragraph)
    if stands[unit.source[0].paragraph].closed:
        yield "section"
    texts = [side for side in (text_of(unit.source), text_of(unit.other)) if side]
    for text in texts:
        yield from _text_faults(text)
    first = texts[0]
    if DANGLING.match(first):
        yield "dangling"
    if not _ends(first, paragraph.kind):
        yield "ending"
    if _has_formula(unit, paragraph):
        yield "formula"
    if not WORDS[0] <= words(first) <= WORDS[1]:
        yield "length"
    if len(texts) == 2 and not RATIO[0] <= _ratio(*texts) <= RATIO[1]:
        yield "ratio"


def _shape_faults(unit: Unit, paragraph: Paragraph) -> Iterator[str]:
    for side in (unit.source, unit.other):
        if len({sentence.paragraph for sentence in side}) > 1:
            yield "paragraphs"
    for kind in (paragraph.kind, unit.other_kind if unit.other else "prose"):
        if kind not in ("prose", "item"):
            yield "not-prose"


def _text_faults(text: str) -> Iterator[str]:
    for name, pattern in NOT_SAYING:
        if pattern.search(text):
            yield name
    if META.search(text):
        yield "meta"


def _ends(text: str, kind: ParagraphKind) -> bool:
    """Say whether a line ends as a sentence does; a list item may also just stop, if it is as long as a sentence."""
    if re.search(r"[.!…。！][\"'”’」』)）\]]*\s*\W*$", text):
        return True
    return kind == "item" and words(text) >= 10 and names(text) <= words(text) / 3


def _has_formula(unit: Unit, paragraph: Paragraph) -> bool:
    """Say whether a line holds mathematics, or so much code or so many figures that it does not read as prose."""
    spans = [span for span in paragraph.spans if span.kind == "math"]
    if any(s.start < span.end and span.start < s.end for s in unit.source for span in spans):
        return True
    text = text_of(unit.source)
    found = LATIN.findall(text)
    code = sum(end - start for sentence in unit.source for start, end in sentence.code)
    figures = sum(any(char.isdigit() for char in word) for word in found)
    identifiers = sum("_" in word for word in found)
    return code > len(text) / 3 or identifiers >= 3 or figures > max(4.0, words(text) * 0.4)


def _fit(unit: Unit) -> bool:
    return unit.verified and bool(unit.other)


# ---- measures of a text ---------------------------------------------------------------------------------------------


def text_of(sentences: Sequence[Sentence]) -> str:
    """Join the sentences of one side as they are printed: no space after a full-width stop."""
    joined = ""
    for sentence in sentences:
        full_width = not joined or joined[-1] in "。！？；…”」』）" or HAN.match(sentence.text)
        joined += sentence.text if full_width else " " + sentence.text
    return joined


def words(text: str) -> float:
    """Measure a text in English words, Chinese by its characters.

    >>> words("Five words are in here."), words("这里有十七个汉字不多不少正好一行字")
    (5.0, 10.0)
    """
    return len(HAN.findall(text)) / HAN_PER_WORD + len(LATIN.findall(text))


def _ratio(one: str, two: str) -> float:
    return words(one) / words(two) if words(two) else 0.0


def content_words(text: str) -> int:
    """Count the distinct content words of a line: Latin words that are no function words, pairs of Han characters."""
    latin = {word.lower() for word in LATIN.findall(text)} - CONTENT_STOP
    han = {char for char in HAN.findall(text) if char not in CONTENT_STOP}
    return len(latin) + round(len(han) / HAN_PER_WORD)


def names(text: str) -> int:
    """Count the distinct words that look like names: a capital or a digit inside, or a capital after the start.

    >>> names("Now GPT-4o and Llama run on Kubernetes.")
    3
    """
    found = [m.group() for m in LATIN.finditer(text) if m.start() > 0 or not m.group()[1:].islower()]
    return len({w for w in found if w != "I" and not w[0].isdigit() and (w[0].isupper() or not w[1:].islower())})


def numbers(text: str) -> int:
    return len(set(re.findall(r"\d[\d.,]*", text)))


# ---- score ----------------------------------------------------------------------------------------------------------


def score(
    document: Document, units: Sequence[Unit], stands: Sequence[Stand], title_vector: Vector, side: Side
) -> NDArray[np.float64]:
    """Score every unit; graded features are z-scored over the units of running prose, the others count as 0 or 1."""
    kinds = [document.paragraphs[unit.source[0].paragraph].kind for unit in units]
    prose = np.array([kind in ("prose", "item") for kind in kinds])
    if not prose.any():
        prose[:] = True
    features = _features(units, kinds, [stands[unit.source[0].paragraph] for unit in units], title_vector, prose)
    total = np.zeros(len(units))
    for name, weight in WEIGHTS.items():
        values = features[name]
        if name in Z_SCORED:
            spread = float(values[prose].std())
            values = (values - values[prose].mean()) / spread if spread > 1e-6 else values * 0.0
        total += weight * values
    return total


def _features(
    units: Sequence[Unit], kinds: Sequence[str], stands: Sequence[Stand], title_vector: Vector, prose: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    texts = [text_of(unit.source) for unit in units]
    vectors = np.stack([unit.vector for unit in units]).astype(np.float64)
    centre = vectors[prose].mean(axis=0)
    centre /= max(float(np.linalg.norm(centre)), 1e-9)

    def each(values: Sequence[float]) -> NDArray[np.float64]:
        return np.array(values, dtype=np.float64)

    return {
        "centrality": vectors @ centre,
        "title": vectors @ title_vector.astype(np.float64),
        "lead": np.exp(-np.arange(len(units)) / LEAD_DECAY),
        "content": each([min(CONTENT_CAP, content_words(text)) for text in texts]),
        "names": each([min(3, names(text)) for text in texts]),
        "numbers": each([min(3, numbers(text)) for text in texts]),
        "summing-up": each([stand.lead or stand.summing_up for stand in stands]),
        "person": each([bool(FIRST_PERSON.search(text)) for text in texts]),
        "narrative": each([bool(NARRATIVE.search(text)) for text in texts]),
        "item": each([kind == "item" for kind in kinds]),
        "code-heavy": each([stand.code_heavy for stand in stands]),
        "leaning": each([bool(LEANING.match(text)) for text in texts]),
        "unwieldy": each([not EASY_WORDS[0] <= words(text) <= EASY_WORDS[1] for text in texts]),
    }


# ---- the choice -----------------------------------------------------------------------------------------------------


class _Picker:
    """Takes units one by one, each time the best that is left once likeness and crowding are paid for."""

    def __init__(
        self, units: Sequence[Unit], stands: Sequence[Stand], scores: NDArray[np.float64], *, room: int
    ) -> None:
        self.units, self.stands, self.scores = units, stands, scores
        self.room = room  # sentences that may still be taken
        self.chosen: list[int] = []
        self.texts: set[str] = set()

    def take(self, pool: Sequence[int], leaning: frozenset[int], limit: int, *, least: int) -> None:
        """Take from `pool` until `limit` lines are chosen, the room is used or, beyond `least`, the score ends.

        A unit in `leaning` is taken only right after the unit before it, on which it leans.
        """
        while len(self.chosen) < limit:
            open_ = [i for i in pool if self._may(i) and (i not in leaning or self._has_support(i))]
            if not self.chosen:
                open_ = [i for i in open_ if self._stand(i).lead] or open_ or self._smallest(pool, leaning)
            if not open_:
                return
            best = max(open_, key=lambda i: (self._gain(i), -i))
            if len(self.chosen) >= least and self.scores[best] - self._likeness_cost(best) < 0:
                return
            self._add(best)

    def _add(self, i: int) -> None:
        self.chosen.append(i)
        self.texts |= _keys(self.units[i])
        self.room -= len(self.units[i].source)

    def _may(self, i: int) -> bool:
        if i in self.chosen or len(self.units[i].source) > self.room:
            return False
        return not _keys(self.units[i]) & self.texts and self._likeness(i) <= LIKENESS_MAX

    def _smallest(self, pool: Sequence[int], leaning: frozenset[int]) -> list[int]:
        """Give the smallest units of a post so short that none fits into its share: one line it has at least."""
        free = [i for i in pool if i not in leaning]
        least = min((len(self.units[i].source) for i in free), default=0)
        return [i for i in free if len(self.units[i].source) == least]

    def _has_support(self, i: int) -> bool:
        before = i - 1
        return before in self.chosen and self._paragraph(before) == self._paragraph(i)

    def _paragraph(self, i: int) -> int:
        return self.units[i].source[0].paragraph

    def _stand(self, i: int) -> Stand:
        return self.stands[self._paragraph(i)]

    def _gain(self, i: int) -> float:
        taken = sum(self._stand(j).section == self._stand(i).section for j in self.chosen)
        return float(self.scores[i]) - SECTION_COST * taken - self._likeness_cost(i)

    def _likeness(self, i: int) -> float:
        return max((float(self.units[i].vector @ self.units[j].vector) for j in self.chosen), default=0.0)

    def _likeness_cost(self, i: int) -> float:
        return LIKENESS_COST * max(0.0, self._likeness(i) - LIKENESS_FREE)


def _keys(unit: Unit) -> set[str]:
    """Give what must not be printed twice of a unit: each side, without regard to case, spaces and punctuation."""
    return {re.sub(r"\W", "", text_of(side)).lower() for side in (unit.source, unit.other) if side}
