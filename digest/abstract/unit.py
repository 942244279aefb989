"""What is chosen: a bead of the alignment, seen from the language in which the post was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digest.abstract.measures import HAN
from digest.model import ParagraphKind, Sentence

Side = Literal["zh", "en"]
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Unit:
    """One bead from the side of the post's own language; `other` is empty where there is nothing to pair it with.

    `vector` is a unit row for the source side. `verified`: the judge accepted the pair. `other_kind` is the kind of
    the paragraph in which `other` stands. `unsure` counts the characters of both sides whose reading is a guess.
    """

    index: int
    source: tuple[Sentence, ...]
    other: tuple[Sentence, ...]
    verified: bool
    vector: Vector = field(compare=False, repr=False)
    other_kind: ParagraphKind = "prose"
    unsure: int = 0


def text_of(sentences: Sequence[Sentence]) -> str:
    """Join the sentences of one side as they are printed: no space after a full-width stop."""
    joined = ""
    for sentence in sentences:
        full_width = not joined or joined[-1] in "。！？；…”」』）" or HAN.match(sentence.text)
        joined += sentence.text if full_width else " " + sentence.text
    return joined
