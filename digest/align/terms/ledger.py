"""The ledger: every term that verified pairs have shown, over days and sources, with what it is called on both sides.

Beside what was seen it has the terms of the user's table and of the seed glossary. A ledger is a value: the same
sightings, table, seed and keep list give the same ledger and the same version, so a day can be built again with the
ledger that it was built with.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from digest.align.terms.cut import key_of, zh_key
from digest.align.terms.term import Drift, Occurrence, Seen, Term, Variant
from digest.model import Both

_EN_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?[+#]*")  # as key_of cuts them
_EN_GAP = re.compile(r"[ \t\u00a0]+|[-–‑./]")


@dataclass(frozen=True)
class Ledger:
    """Terms in the order of their English forms' keys; `keep` are names that stay as they are, and are no terms."""

    terms: tuple[Term, ...] = ()
    keep: tuple[str, ...] = ()

    @cached_property
    def version(self) -> str:
        """Name what the ledger says: eight hex digits of a hash; "" for the empty one."""
        said = [
            [t.en, t.zh, t.note, t.fixed, [[v.zh, v.posts, v.bracketed] for v in t.variants]]
            + ([t.seed.forms, t.seed.often, t.seed.plain] if t.seed else [])
            for t in self.terms
        ]
        if not said and not self.keep:
            return ""
        return hashlib.sha256(json.dumps([said, self.keep], ensure_ascii=False).encode()).hexdigest()[:8]

    def __bool__(self) -> bool:
        return bool(self.terms)

    def get(self, en: str) -> Term | None:
        """Find a term by its English form, in any case and number."""
        return next((term for term in self.terms if key_of(term.en) == key_of(en)), None)

    def terms_in(self, text: str, side: str) -> tuple[Both, ...]:
        """Give the terms that occur in a text, in their order there, each once; the longest where they overlap."""
        found = dict.fromkeys(seen.term for seen in self.occurrences(text, side))
        return tuple(Both(term.zh, term.en) for term in found)

    def occurrences(self, text: str, side: str) -> tuple[Occurrence, ...]:
        """Find the terms in a text of one side ("zh" or "en"), from left to right, the longest first, none twice over.

        English terms are found at the bounds of words, in any case and number; Chinese ones in every variant. What is
        kept is none, and hides the terms within it.
        """
        found = self._in_english(text) if side == "en" else self._in_chinese(text)
        return tuple(Occurrence(term, start, end) for term, start, end in found if term is not None)

    def is_ambiguous(self, zh: str) -> bool:
        """Tell whether a Chinese word translates more than one term.

        Terms of the glossary that it names by the same word (pre-training, pretraining) say the same.
        """
        return zh_key(zh) in self._ambiguous

    def drift(self) -> tuple[Drift, ...]:
        """Give the terms with more than one translation in use that nobody has fixed, the most used first."""
        open_ = [term for term in self.terms if len(term.variants) > 1 and not term.fixed]
        return tuple(Drift(t.en, t.zh, t.variants) for t in sorted(open_, key=lambda t: (-t.posts, key_of(t.en))))

    @cached_property
    def _by_en(self) -> Mapping[str, Term | None]:
        found: dict[str, Term | None] = {key_of(term.en): term for term in self.terms}
        return found | {key_of(name): None for name in self.keep}

    @cached_property
    def _by_zh(self) -> Mapping[str, Term | None]:
        found: dict[str, Term | None] = {zh_key(name): None for name in self.keep}
        # where one Chinese word stands for two terms, it is the commoner; a term's own translation before its variants
        ranked = sorted(self.terms, key=lambda t: (not t.fixed, -t.posts, -t.seed.often if t.seed else 0.0))
        for term in ranked:
            found.setdefault(zh_key(term.zh), term)
        for term in ranked:
            for form in term.forms[1:]:
                found.setdefault(zh_key(form), term)
        return found

    @cached_property
    def _ambiguous(self) -> frozenset[str]:
        keys = Counter(key for term in self.terms for key in {zh_key(form) for form in term.forms})
        alike = Counter(zh_key(t.zh) for t in self.terms if t.seed and t.zh == t.seed.forms[0])
        return frozenset(key for key, n in keys.items() if n > max(1, alike[key]))

    @cached_property
    def _longest(self) -> tuple[int, int]:
        """Words of the longest English key, characters of the longest Chinese one."""
        return max((len(key.split()) for key in self._by_en), default=0), max(map(len, self._by_zh), default=0)

    def _in_english(self, text: str) -> Iterator[_Found]:
        words = [(match.start(), match.end(), key_of(match[0])) for match in _EN_WORD.finditer(text)]
        i = 0
        while i < len(words):
            for j in range(min(len(words), i + self._longest[0]), i, -1):
                key = " ".join(word[2] for word in words[i:j])
                if key in self._by_en and _is_whole(text, words[i:j]):
                    yield self._by_en[key], words[i][0], words[j - 1][1]
                    i = j - 1
                    break
            i += 1

    def _in_chinese(self, text: str) -> Iterator[_Found]:
        # as keys are compared, folded and without blanks; `places` leads back to the text
        folded = [(zh_key(c), k) for k, c in enumerate(text)]
        places = [k for key, k in folded for _ in key]
        whole = "".join(key for key, _ in folded)
        i = 0
        while i < len(whole):
            for j in range(min(len(whole), i + self._longest[1]), i, -1):
                if whole[i:j] in self._by_zh and not _cuts_a_word(whole, i, j):
                    yield self._by_zh[whole[i:j]], places[i], places[j - 1] + 1
                    i = j - 1
                    break
            i += 1


_Found = tuple[Term | None, int, int]  # None: what is kept


def _is_whole(text: str, words: Sequence[tuple[int, int, str]]) -> bool:
    """Tell whether nothing but blanks, or one hyphen, point or stroke, stands between words."""
    return all(_EN_GAP.fullmatch(text, one[1], two[0]) for one, two in pairwise(words))


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch begins or ends within a Latin word or a number."""
    return any(
        0 < k < len(text)
        and text[k - 1].isascii()
        and text[k].isascii()
        and text[k - 1].isalnum()
        and text[k].isalnum()
        for k in (start, end)
    )


def ledger_of(
    seen: Iterable[Seen], table: Sequence[Term] = (), keep: Sequence[str] = (), seed: Sequence[Term] = ()
) -> Ledger:
    """Make the ledger of what was seen, in any order.

    The user's `table` overrides what two posts have, that overrides the `seed`, and this what was seen once; what is
    kept is no term.
    """
    kept = {key_of(name): name for name in sorted(keep) if key_of(name)}
    rows: dict[str, list[Seen]] = {}
    for row in sorted(seen, key=lambda s: (s.day, s.post, s.zh, s.en, s.how)):
        rows.setdefault(key_of(row.en), []).append(row)
    found = {key: _term(some) for key, some in rows.items()}
    for term in seed:
        key = key_of(term.en)
        mined = found.get(key)
        found[key] = replace(mined, zh=mined.zh if mined.is_proven else term.zh, seed=term.seed) if mined else term
    for term in table:
        mined = found.get(key_of(term.en), term)
        found[key_of(term.en)] = replace(mined, en=term.en, zh=term.zh, fixed=True, note=term.note)
    return Ledger(tuple(found[key] for key in sorted(found) if key and key not in kept), tuple(kept.values()))


def _term(rows: Sequence[Seen]) -> Term:
    """Make a term of the rows that show it, the first seen first."""
    by_zh: dict[str, list[Seen]] = {}
    for row in rows:
        by_zh.setdefault(zh_key(row.zh), []).append(row)
    variants = [
        Variant(
            some[0].zh,
            len({row.post for row in some}),
            any(row.how == "brackets" for row in some),
            some[0].day,
            some[-1].day,
            tuple(dict.fromkeys(row.source for row in some)),
        )
        for some in by_zh.values()
    ]
    ranked = tuple(sorted(variants, key=lambda v: -v.posts))  # stable: of equal ones the first seen
    return Term(rows[0].en, ranked[0].zh, ranked, rows[0].day, rows[0].source)
