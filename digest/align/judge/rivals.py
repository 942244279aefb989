"""What else a machine's line may be a translation of: its neighbours, two lines in one, half of its line.

An engine that is asked for many lines may answer line 5 with line 6, with 5 and 6 in one, or with the half of 5. Alone,
such an answer looks like a free translation. Beside the texts that it would be a translation of, it does not: its
vector lies nearer to one of them than to its own line's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.align.embed import Embedder, Vectors
from digest.align.judge.gains import EN_CLAUSE, LEAST_EN, LEAST_ZH, ZH_CLAUSE, clauses
from digest.model import Line, base_lang


@dataclass(frozen=True, slots=True)
class RivalTexts:
    """Texts of the source's language: the lines beside a line, it joined with each of them, and what starts or ends it.

    They depend on the source alone, so one encoding of them serves every engine's answer.
    """

    beside: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.beside, *self.joined, *self.parts)


@dataclass(frozen=True, slots=True)
class Rivals:
    """The best cosine of a made line with a text of each kind; -1 where there is none."""

    beside: float = -1.0
    joined: float = -1.0
    part: float = -1.0


def rival_texts(line: Line, before: str = "", after: str = "") -> RivalTexts:
    """List what an answer to a line may be a translation of instead; `before` and `after` are the lines asked with it.

    >>> rival_texts(Line("zh", "我们训练了模型，然后发布了它。"), after="它很快。").joined
    ('我们训练了模型，然后发布了它。它很快。',)
    """
    zh = base_lang(line.lang) == "zh"
    joiner = "" if zh else " "
    cut = clauses(line.text, *((ZH_CLAUSE, LEAST_ZH) if zh else (EN_CLAUSE, LEAST_EN)))
    places = range(1, len(cut))
    joined = [before + joiner + line.text] * bool(before) + [line.text + joiner + after] * bool(after)
    parts = [joiner.join(cut[:k]) for k in places] + [joiner.join(cut[k:]) for k in places]
    return RivalTexts(tuple(filter(None, (before, after))), tuple(joined), tuple(dict.fromkeys(parts)))


def rivals(texts: RivalTexts, made: Sequence[float] | Vectors, embedder: Embedder) -> Rivals:
    """Compare a made line's unit vector with those of the texts; about 4 ms a text that is new to the embedder."""
    if not texts.all:
        return Rivals()
    cosines = (embedder.encode(texts.all) @ made).tolist()
    first, second = len(texts.beside), len(texts.beside) + len(texts.joined)
    kinds = (cosines[:first], cosines[first:second], cosines[second:])
    return Rivals(*(max(some, default=-1.0) for some in kinds))


def rival_features(found: Rivals, similarity: float) -> dict[str, float]:
    """Say by how much a made line is nearer to something else than to its own line; negative where it is not."""
    return {
        "rival beside": max(-0.5, found.beside - similarity),
        "rival joined": max(-0.3, found.joined - similarity),
        "rival part": max(-0.3, found.part - similarity),
        "rival joined near": max(0.0, found.joined - similarity + 0.03),
        "rival part near": max(0.0, found.part - similarity + 0.03),
    }
