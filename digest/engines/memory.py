"""The translation memory as an engine, and lines like those asked, as examples for one that learns (edge)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from digest.model import SIDES, Both, MadeBy
from digest.store import Store, line_key
from digest.translate.engine import Answer, Answers, Task

# Alike are lines of which this share is the same, in percent: common subsequence over both lengths (rapidfuzz's ratio).
# The customary threshold of fuzzy matches in translation memories.
CUTOFF = 70.0
MOST_EXAMPLES = 2

_WORD = re.compile(r"\w+|[^\w\s]")
_FIRST, _MOST = 0x10000, 0x100000  # characters beyond the first plane stand for words; the words after a million share
_UNKNOWN = "\0"  # a word that no line of the memory has


class MemoryEngine:
    """Answers the lines that the memory has, exactly as lines are compared there; it costs nothing and never fails.

    `upto` names the memory as it was at an id, so that a day that is built again gets the same answers. Of several
    translations the best judged is given, of equals the eldest.
    """

    made_by: MadeBy = "memory"
    listens = False
    masks = None  # what it has are whole lines

    def __init__(self, store: Store, upto: int) -> None:
        self._store, self._upto = store, upto

    @property
    def signature(self) -> str:
        return f"memory:{self._upto}"

    def serves(self, source: str, target: str) -> bool:
        return source != target and source in SIDES and target in SIDES

    def translate(self, task: Task) -> Answers:
        return Answers(tuple(Answer(self._answer(line.text, task.source, task.target)) for line in task.lines))

    def _answer(self, text: str, source: str, target: str) -> str | None:
        """Give the best translation that is no copy of the line (a name is the same in both languages)."""
        own = line_key(text)
        pairs = (Both(row.zh, row.en) for row in self._store.memory_exact(source, text, self._upto))
        return next((found for pair in pairs if (found := pair.get(target)) and line_key(found) != own), None)


class _Side:
    """The pairs of the memory, in the order of lengths of their lines of one side, so that most need no comparing.

    Chinese is compared by characters, English by words, each written as a character of its own: rapidfuzz compares
    strings fastest, and English lines share most of their letters by chance.
    """

    def __init__(self, side: str, rows: Iterable[tuple[int, str, str]]) -> None:
        self.side = side
        self._words: dict[str, str] = {}
        pairs = [Both(zh, en) for _, zh, en in rows]
        forms = [self._form(pair.get(side) or "", learn=True) for pair in pairs]
        order = sorted(range(len(pairs)), key=lambda i: len(forms[i]))
        self._pairs, self._forms = [pairs[i] for i in order], [forms[i] for i in order]
        self._lengths = list(map(len, self._forms))

    def near(self, text: str, most: int) -> Iterator[Both]:
        """Give the pairs whose line is like `text`, the likest first, of equals the shorter."""
        form = self._form(text)
        # twice the shorter over both lengths is the most that the ratio can be
        start = bisect_left(self._lengths, len(form) * CUTOFF / (200 - CUTOFF))
        end = bisect_right(self._lengths, len(form) * (200 - CUTOFF) / CUTOFF)
        for _, _, place in process.extract(
            form, self._forms[start:end], scorer=fuzz.ratio, processor=None, score_cutoff=CUTOFF, limit=most
        ):
            yield self._pairs[start + place]

    def _form(self, text: str, *, learn: bool = False) -> str:
        """Give a line as lines are compared, without regard to case."""
        line = line_key(text).lower()
        if self.side == "zh":
            return line
        words = _WORD.findall(line)
        if learn:
            for word in words:
                self._words.setdefault(word, chr(_FIRST + len(self._words) % _MOST))
        return "".join(self._words.get(word, _UNKNOWN) for word in words)


class Examples:
    """Finds pairs of the memory, as it was at the id `upto`, whose line is like another one, never the same.

    The lines of a side are read at the first question about it.
    """

    def __init__(self, store: Store, upto: int) -> None:
        self._store, self._upto = store, upto
        self._sides: dict[str, _Side] = {}

    def __call__(self, text: str, side: str) -> tuple[Both, ...]:
        """Give at most MOST_EXAMPLES pairs whose line of that side is like `text`, the likest first."""
        if side not in self._sides:
            self._sides[side] = _Side(side, self._store.memory_lines(side, self._upto))
        own = line_key(text)
        near = self._sides[side].near(text, MOST_EXAMPLES + 1)
        return tuple(pair for pair in near if line_key(pair.get(side) or "") != own)[:MOST_EXAMPLES]
