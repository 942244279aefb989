"""The lines of one foreign post → its pairs: what `digest clean` needs of vectors, sentences, aligner and judge.

The room `clean` says how lines are paired; here it is given what it asks for (pure).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digest.align.beads import align
from digest.align.embed import Embedder, Vectors
from digest.align.verify import judge
from digest.clean.guesses import stretch
from digest.clean.inline import Inline
from digest.clean.legible import LOST
from digest.clean.page import TextLine
from digest.clean.pairing import Court, Match, Pairing, pair_lines
from digest.model import Bead, Guess, Line, Sentence, Verdict
from digest.normalise.language import side_of
from digest.normalise.split import gap_after, split

LEAST_SPLIT = 0.5  # share of a line's sentence pairs that must verify for it to be cut into them


@dataclass(frozen=True, slots=True)
class JudgedLines:
    """Lines that belong together, Chinese and English, and what the judge says of them."""

    zh: tuple[TextLine, ...]
    en: tuple[TextLine, ...]
    verdict: Verdict

    @property
    def first(self) -> int:
        return min(line.number for line in self.zh + self.en)


@dataclass(frozen=True, slots=True)
class PairedPost:
    """What became of a post's lines: pairs, neighbours that were refused, lines alone, echoes (line, of which line)."""

    pairs: tuple[JudgedLines, ...]
    refused: tuple[JudgedLines, ...]
    alone: tuple[TextLine, ...]
    echoes: tuple[tuple[int, int], ...]


class PostPairer:
    """Pairs the lines of posts; keeps the vectors of a page's lines, which are asked for more than once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def pair(self, lines: Sequence[TextLine]) -> PairedPost:
        """Pair the lines of each abstract of a post, then what is left across its abstracts."""
        lines, echoes = without_echoes(lines)
        pairs: list[JudgedLines] = []
        refused: list[JudgedLines] = []
        left: list[TextLine] = []
        for section in dict.fromkeys(line.section for line in lines):
            inside = [line for line in lines if line.section == section]
            whole: list[TextLine] = []
            for place, line in enumerate(inside):
                cut = self._cut(inside, place)
                if cut is None:
                    whole.append(line)
                else:
                    pairs += cut[0]
                    left += cut[1]
            bench = _Bench(whole, self)
            done = bench.pairing()
            pairs += bench.judged(done.matches)
            refused += bench.judged(done.refused)
            left += [whole[i] for i in done.alone]
        bench = _Bench(left, self)
        across = bench.pairing(across=True)
        pairs += bench.judged(across.matches)
        alone = [left[i] for i in across.alone]
        single = {id(line) for line in alone}
        still = [r for r in refused if all(id(line) in single for line in r.zh + r.en)]
        return PairedPost(tuple(sorted(pairs, key=lambda p: p.first)), tuple(still), tuple(alone), echoes)

    def is_pair(self, one: TextLine, two: TextLine) -> bool:
        """Tell whether the judge verifies two lines in different languages as each other's translation."""
        if {one.side, two.side} != {"zh", "en"}:
            return False
        zh, en = (one, two) if one.side == "zh" else (two, one)
        left, right = self.vectors([zh.text, en.text])
        return judge(_seen("zh", zh.inline), _seen("en", en.inline), float(left @ right)).verified

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Give unit rows for texts, without the marks of lost characters."""
        legible = [text.replace(LOST, "") for text in texts]
        new = [text for text in dict.fromkeys(legible) if text not in self._known]
        self._known.update(zip(new, self._embedder.encode(new), strict=True))
        rows = np.zeros((len(texts), self._embedder.dim), dtype=np.float32)
        for place, text in enumerate(legible):
            rows[place] = self._known[text]
        return rows

    def _cut(
        self, lines: Sequence[TextLine], place: int
    ) -> tuple[list[JudgedLines], list[TextLine]] | None:  # fmt: skip
        """Cut a line that holds both languages into its pairs, where they verify and fit better than its neighbours."""
        pieces = pieces_of(lines[place])
        if not pieces:
            return None
        bench = _Bench(pieces, self)
        done = bench.pairing()
        most = min(sum(piece.side == side for piece in pieces) for side in ("zh", "en"))
        if sum(match.verdict.verified for match in done.matches) < LEAST_SPLIT * most:
            return None
        own = max(bench.rows[match.zh[0]] @ bench.rows[match.en[0]] for match in done.matches)
        beside = [
            lines[n] for n in (place - 1, place + 1) if 0 <= n < len(lines) and lines[n].group == lines[place].group
        ]
        rivals = [line.text for line in beside if not pieces_of(line)]
        if rivals and float((self.vectors(rivals) @ self.vectors([lines[place].text])[0]).max()) >= own:
            return None
        return bench.judged(done.matches), [pieces[i] for i in done.alone]


class _Bench:
    """Lines with their vectors before the court."""

    def __init__(self, lines: Sequence[TextLine], pairer: PostPairer) -> None:
        self.lines = lines
        self.pairer = pairer
        self.rows = pairer.vectors([line.text for line in lines])
        self.known: dict[tuple[tuple[int, ...], tuple[int, ...]], Verdict] = {}

    def pairing(self, *, across: bool = False) -> Pairing:
        return pair_lines(self.lines, Court(self.rows, self._judge, self._cosine, self._align), across=across)

    def judged(self, matches: Sequence[Match]) -> list[JudgedLines]:
        def pick(side: tuple[int, ...]) -> tuple[TextLine, ...]:
            return tuple(self.lines[i] for i in side)

        return [JudgedLines(pick(match.zh), pick(match.en), match.verdict) for match in matches]

    def _judge(self, zh: tuple[int, ...], en: tuple[int, ...]) -> Verdict:
        if (zh, en) not in self.known:
            left, right = (joined([self.lines[i] for i in side]) for side in (zh, en))
            verdict = judge(_seen("zh", left), _seen("en", right), self._cosine(zh, en))
            self.known[zh, en] = _of_damaged(verdict) if LOST in left.text + right.text else verdict
        return self.known[zh, en]

    def _cosine(self, zh: tuple[int, ...], en: tuple[int, ...]) -> float:
        one, two = self.pairer.vectors([joined([self.lines[i] for i in side]).text for side in (zh, en)])
        return float(one @ two)

    def _align(self, zh: Sequence[int], en: Sequence[int]) -> Sequence[Bead]:
        left, right = ([Sentence(self.lines[i].text, self.lines[i].group, 0) for i in side] for side in (zh, en))
        return align(left, right, self.rows[list(zh)], self.rows[list(en)])


# ---- small questions ------------------------------------------------------------------------------------------------


def without_echoes(lines: Sequence[TextLine]) -> tuple[list[TextLine], tuple[tuple[int, int], ...]]:
    """Take out lines that say again what the line before them says: (the others, (echo, of which line) …)."""
    kept: list[TextLine] = []
    echoes: list[tuple[int, int]] = []
    for line in lines:
        before = kept[-1] if kept and kept[-1].section == line.section else None
        if before and key_of(before.text) == key_of(line.text):
            echoes.append((line.number, before.number))
        else:
            kept.append(line)
    return kept, tuple(echoes)


def key_of(text: str) -> str:
    """Give what two lines share that say the same in the same words: no case, no white space, no stop at the end.

    >>> key_of("Gradio  is fast.") == key_of("gradio is fast"), key_of("C++") == key_of("C")
    (True, False)
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", folded).rstrip(".。!?;:,*_") or text


def _of_damaged(verdict: Verdict) -> Verdict:
    """Say in a verdict that characters are missing: such a pair is not exact, whatever is left of it."""
    grade = "same" if verdict.grade == "exact" else verdict.grade
    return replace(verdict, grade=grade, reasons=(*verdict.reasons, "damaged"))


def _seen(lang: str, joined: Inline) -> Line:
    """Make the line that the judge sees: without the marks of lost characters."""
    spans = [tuple(place - joined.text.count(LOST, 0, place) for place in span) for span in joined.code]
    return Line(lang, joined.text.replace(LOST, ""), (), tuple((a, b) for a, b in spans if a < b))


def joined(lines: Sequence[TextLine]) -> Inline:
    """Join lines to one: Chinese without a blank, anything else with one."""
    text, code = "", []
    guesses: list[Guess] = []
    for line in lines:
        text += gap_after(text)
        guesses += stretch(line.inline.guesses, -len(text), len(line.text))
        code += [(len(text) + start, len(text) + end) for start, end in line.inline.code]
        text += line.text
    return Inline(text, tuple(code), guesses=tuple(guesses))


_BETWEEN = re.compile(r"\s*\|\s*|\t+|\s+/\s+")


def pieces_of(line: TextLine) -> list[TextLine]:
    """Cut a line that holds both languages into stretches of one; none where it does not."""
    text, code = line.text, line.inline.code
    bounds = [0]
    for match in _BETWEEN.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in code):
            bounds += [match.start(), match.end()]
    stretches = [(a, b) for a, b in zip(bounds[::2], [*bounds[1::2], len(text)], strict=True) if a < b]
    found: list[tuple[int, int, str]] = []
    for left, right in stretches:
        inside = [(max(a - left, 0), b - left) for a, b in code if a < right and b > left]
        for start, end in split(text[left:right], inside):
            side = side_of(text[left + start : left + end])
            if found and side in (found[-1][2], "") and found[-1][1] >= left:
                found[-1] = (found[-1][0], left + end, found[-1][2])
            else:
                found.append((left + start, left + end, side))
    sides = {side for _, _, side in found}
    if not {"zh", "en"} <= sides:
        return []
    return [replace(line, inline=_stretch(line.inline, a, b), side=side) for a, b, side in found]


def _stretch(whole: Inline, start: int, end: int) -> Inline:
    spans = tuple((max(a, start) - start, min(b, end) - start) for a, b in whole.code if a < end and b > start)
    return Inline(whole.text[start:end], spans, guesses=stretch(whole.guesses, start, end))
