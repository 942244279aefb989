"""Lines and an engine: the contract that every translation engine keeps, and the engine that is none.

The engines themselves stand at the edge (they start processes or speak to servers); this room only says what they owe.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Engine(Protocol):
    """Translates lines between the two languages of the digest.

    The contract, whoever keeps it:

    - `signature` names engine, model and version in one short string without spaces. It is printed at the foot of the
      page and is part of every cache key: two engines that may answer differently differ in it.
    - `translate` gives exactly as many answers as it was given lines, in the same order. An answer is None where the
      engine has no translation; it is never a copy of its line, an empty string or an apology put in its place.
    - `source` and `target` are base languages ("zh", "en"), as `digest.model.base_lang` gives them.
    - The lines of one call belong to one post, in reading order, so that an engine may use its neighbours.
    - Equal calls give equal answers, as far as the engine can hold that; the caller keeps what was answered.
    - A failure of the whole call raises `digest.errors.EngineError`; the post is then printed in its own language.
    - Answers are not trusted: the caller judges each pair as it judges pairs that people made.
    """

    @property
    def signature(self) -> str: ...

    def translate(self, lines: Sequence[str], *, source: str, target: str) -> Sequence[str | None]:
        """Translate the lines of one post; None where there is no translation.

        Raises:
            digest.errors.EngineError: the engine failed as a whole.
        """
        ...


class NoEngine:
    """Translates nothing: each line stands alone, marked as not translated.

    >>> NoEngine().translate(["One.", "Two."], source="en", target="zh")
    (None, None)
    """

    signature = "none"

    def translate(self, lines: Sequence[str], *, source: str, target: str) -> Sequence[str | None]:
        return (None,) * len(lines)
