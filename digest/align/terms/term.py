"""The nouns of the ledger: what was seen of a term, what is known of it, where it stands in a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digest.align.terms.mine import How


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting as it is kept: which post of which source showed a term, how, and on which day."""

    zh: str
    en: str
    how: How
    post: str
    source: str
    day: date


@dataclass(frozen=True, slots=True)
class Variant:
    """One translation of a term: how many posts use it, whether a bracket ever gave it, and who used it when.

    `sources` are in the order in which they came to use it, from the day `first` to the day `last`.
    """

    zh: str
    posts: int
    bracketed: bool
    first: date
    last: date
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """What the seed glossary says of a term: its Chinese `forms`, the best first.

    `often` is how many of 10,000 pairs of counted text hold the English form; `plain`: an engineer who reads Chinese
    knows the English word.
    """

    forms: tuple[str, ...]
    often: float = 0.0
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A term by its English form. `variants`: the commonest first, of equal ones the first seen.

    `fixed`: the user's table gives the translation; `note` is the table's. `first` and `source`: the day and the source
    that showed it first, None and "" for a term that was never seen. `seed` is what the glossary has of it, if it has.
    """

    en: str
    zh: str
    variants: tuple[Variant, ...] = ()
    first: date | None = None
    source: str = ""
    fixed: bool = False
    note: str = ""
    seed: Seed | None = None

    @property
    def posts(self) -> int:
        return sum(variant.posts for variant in self.variants)

    @property
    def sure(self) -> bool:
        """The user gave it, a translator put it in brackets, or it was seen in two posts: an engine is told of it."""
        return self.fixed or self.posts > 1 or any(variant.bracketed for variant in self.variants)

    @property
    def settled(self) -> bool:
        """A person gave its translation, or two posts have this very one."""
        return self.fixed or self.seed is not None or self.is_proven

    @property
    def is_proven(self) -> bool:
        return bool(self.variants) and self.variants[0].posts > 1

    @property
    def forms(self) -> tuple[str, ...]:
        """All that the term is called in Chinese: what it is translated as first."""
        seeded = self.seed.forms if self.seed else ()
        return tuple(dict.fromkeys((self.zh, *(variant.zh for variant in self.variants), *seeded)))


@dataclass(frozen=True, slots=True)
class Drift:
    """A term with more than one translation in use."""

    en: str
    zh: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A term at `start`…`end` of a text."""

    term: Term
    start: int
    end: int
