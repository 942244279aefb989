"""What is chosen: a bead of the alignment, seen from the language in which the post was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digest.abstract.measures import HAN
from digest.model import ParagraphKind, Sentence

CLOSE = re.compile(HAN.pattern + r"|[,.;:!?，。；：！？、)）]")  # stands close to what it follows
Side = Literal["zh", "en"]
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Unit:
    """One bead from the side of the post's own language; `other` is empty where there is nothing to pair it with.

    `vector` is a unit row for the source side. `verified`: the judge accepted the pair; `chance` is the probability,
    0…1, that it gives both sides to be the same sentence. `other_kind` is the kind of the paragraph in which `other`
    stands. `unsure` counts the characters of both sides whose reading is a guess. Sentences may have been shortened
    (compress.py): each is still a stretch of its paragraph. `header` and `other_header` are what opens the list in
    which the unit is an item, where the item needs it; they are printed before it.
    """

    index: int
    source: tuple[Sentence, ...]
    other: tuple[Sentence, ...]
    verified: bool
    vector: Vector = field(compare=False, repr=False)
    other_kind: ParagraphKind = "prose"
    unsure: int = 0
    chance: float = 1.0
    header: tuple[Sentence, ...] = ()
    other_header: tuple[Sentence, ...] = ()

    @property
    def text(self) -> str:
        """Give the source side as it is printed."""
        return text_of((*self.header, *self.source))

    @property
    def other_text(self) -> str:
        return text_of((*self.other_header, *self.other))


def joined_unit(run: Sequence[Unit]) -> Unit:
    """Give one unit of units that follow each other; the first one's number and vector."""
    first = run[0]
    return replace(
        first,
        source=tuple(sentence for unit in run for sentence in unit.source),
        other=tuple(sentence for unit in run for sentence in unit.other),
        verified=all(unit.verified for unit in run),
        chance=min(unit.chance for unit in run),
        unsure=sum(unit.unsure for unit in run),
    )


def text_of(sentences: Sequence[Sentence]) -> str:
    """Join the sentences of one side as they are printed: no space after a full-width stop or before a mark."""
    joined = ""
    for sentence in sentences:
        full_width = not joined or joined[-1] in "。！？；：…”」』）" or CLOSE.match(sentence.text)
        joined += sentence.text if full_width else " " + sentence.text
    return joined
