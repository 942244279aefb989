"""Verified pairs of one post → its terms in both languages, as sightings.

Two ways, and whoever reads a sighting can tell which: the translator gave the original in brackets, or two phrases
stand in the same pairs again and again. Nothing is a term that is not seen in both texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from digest.align.embed import Embedder
from digest.align.judge.english import is_function_word
from digest.align.lessons import lesson_of
from digest.align.lexicon import Lexicon, Scores, joined, learn, load_lexicon
from digest.align.terms.boundary import LEAST_COSINE, Fit, best_fit, suffixes
from digest.align.terms.brackets import Bracketed, bracketed, glossed, long_forms_of
from digest.align.terms.cut import Token, en_tokens, key_of, zh_key, zh_tokens
from digest.align.terms.together import LEAST_SCORE, SEEN, Link, links, phrases_en, phrases_zh
from digest.model import Line

How = Literal["brackets", "pairs"]
Pair = tuple[Line, Line]

FEWEST_PAIRS = 20  # of fewer pairs each word would seem to translate every other one of its pair


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a term was seen: `pair` is the number of the pair, `zh` and `en` are spans (start, end) of its lines."""

    pair: int
    zh: tuple[int, int]
    en: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A term as one post has it in both languages; `score` may be compared among sightings of one `how` only."""

    zh: str
    en: str
    how: How
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Post:
    pairs: Sequence[Pair]
    zh: Sequence[tuple[Token, ...]]
    en: Sequence[tuple[Token, ...]]
    lexicon: Scores


def mine(pairs: Sequence[Pair], embedder: Embedder, lexicon: Scores | None = None) -> tuple[Sighting, ...]:
    """Find the terms of one post in its verified (Chinese, English) lines: those in brackets first, each once.

    `lexicon` is what is known of the source's words (else the shipped one); what the pairs themselves teach is added.
    """
    lesson = lesson_of((zh.text, en.text) for zh, en in pairs)
    taught = learn(lesson) if len(lesson) >= FEWEST_PAIRS else Lexicon()
    post = _Post(
        pairs,
        [zh_tokens(zh) for zh, _ in pairs],
        [en_tokens(en) for _, en in pairs],
        joined((load_lexicon() if lexicon is None else lexicon, taught)),
    )
    found: dict[tuple[str, str], Sighting] = {}
    for sighting in (*_in_brackets(post, embedder), *_glossed(post, embedder), *_together(post, embedder)):
        key = zh_key(sighting.zh), key_of(sighting.en)
        if key not in found:
            found[key] = sighting
        elif found[key].how == sighting.how:
            known = found[key]
            evidence = (*known.evidence, *sighting.evidence)
            found[key] = Sighting(known.zh, known.en, known.how, max(known.score, sighting.score), evidence)
    return tuple(found.values())


# ---- in brackets ----------------------------------------------------------------------------------------------------


def _in_brackets(post: _Post, embedder: Embedder) -> Iterator[Sighting]:
    forms = long_forms_of(line for pair in post.pairs for line in reversed(pair))
    shorts: dict[str, list[str]] = {}
    for short, long in forms.items():
        shorts.setdefault(key_of(long), []).append(short)
    for number, (zh, en) in enumerate(post.pairs):
        for found in bracketed(zh, forms):
            names = (key_of(found.en), *shorts.get(key_of(found.en), ()))
            where = next(filter(None, (place_of(name, post.en[number], en.text) for name in names)), None)
            fit = _fit(found, zh, post.zh[number], embedder, post.lexicon) if where else None
            if where and fit:
                evidence = Evidence(number, (fit.start, fit.end), where)
                yield Sighting(fit.text, _plain(found.en), "brackets", fit.fit, (evidence,))


def _glossed(post: _Post, embedder: Embedder) -> Iterator[Sighting]:
    """Find terms whose Chinese stands in brackets in the English line, and in the Chinese line too."""
    for number, (zh, en) in enumerate(post.pairs):
        for phrase, han, end in glossed(en):
            at, parts = zh.text.find(han), phrase.split()
            fits: list[tuple[float, str, Fit]] = []
            for k in range(len(parts)) if at >= 0 else ():
                some = " ".join(parts[k:])
                fit = _fit(Bracketed(some, at, at + len(han), han), zh, post.zh[number], embedder, post.lexicon)
                if fit and not is_function_word(parts[k]):
                    fits.append((fit.fit, some, fit))
            if fits:
                score, some, fit = max(fits, key=lambda row: row[:2])
                evidence = Evidence(number, (fit.start, fit.end), (end - len(some), end))
                yield Sighting(fit.text, _plain(some), "brackets", score, (evidence,))


def _fit(found: Bracketed, zh: Line, tokens: Sequence[Token], embedder: Embedder, lexicon: Scores) -> Fit | None:
    if found.zh:
        inside = [token for token in tokens if found.start <= token.start and token.end <= found.end]
        return best_fit(zh.text, [inside] if inside else [], found.en, embedder, lexicon)
    return best_fit(zh.text, suffixes(tokens, found.end), found.en, embedder, lexicon)


def place_of(key: str, tokens: Sequence[Token], text: str) -> tuple[int, int] | None:
    """Find where a phrase with this key stands in an English line, as a span."""
    for i, first in enumerate(tokens):
        for last in tokens[i : i + len(key.split())]:
            if last.run == first.run and key_of(text[first.start : last.end]) == key:
                return first.start, last.end
    return None


def _plain(en: str) -> str:
    """Write an English term as a dictionary does: no blanks too many."""
    return " ".join(en.split())


# ---- together -------------------------------------------------------------------------------------------------------


def _together(post: _Post, embedder: Embedder) -> Iterator[Sighting]:
    zh = phrases_zh([line.text for line, _ in post.pairs], post.zh)
    en = phrases_en([line.text for _, line in post.pairs], post.en)
    found = list(links(zh, en, len(post.pairs), post.lexicon))
    sides = [[link.zh.text for link in found], [link.en.text for link in found]]
    cosines = (embedder.encode(sides[0]) * embedder.encode(sides[1])).sum(axis=1).tolist()
    scored = [
        (link.score + cosine, link) for link, cosine in zip(found, cosines, strict=True) if cosine >= LEAST_COSINE
    ]
    scored.sort(key=lambda row: (-row[0], -len(row[1].zh.text), row[1].zh.text, row[1].en.text))
    kept = _one_to_one(scored)
    for number, one in enumerate(kept):
        longer = {n for k, other in enumerate(kept) if k != number and one.is_piece_of(other) for n in other.link.pairs}
        if one.score >= LEAST_SCORE and len(set(one.link.pairs) - longer) >= (SEEN if longer else 0):
            link = one.link
            evidence = tuple(Evidence(n, link.zh.places[n], link.en.places[n]) for n in link.pairs)
            yield Sighting(link.zh.text, _plain(link.en.text), "pairs", round(one.score, 4), evidence)


@dataclass(frozen=True, slots=True)
class _Kept:
    score: float
    link: Link
    zh: str  # keys
    en: str

    def is_piece_of(self, other: _Kept) -> bool:
        """Tell whether a term is a piece of a longer one, on either side."""
        if len(self.zh) >= len(other.zh) and len(self.en) >= len(other.en):
            return False
        in_zh = self.zh in other.zh and self.zh != other.zh
        return in_zh or (f" {self.en} " in f" {other.en} " and self.en != other.en)


def _one_to_one(scored: Sequence[tuple[float, Link]]) -> list[_Kept]:
    """Take links as they come, best first, each phrase once."""
    taken: set[tuple[str, str]] = set()
    kept: list[_Kept] = []
    for score, link in scored:
        one = _Kept(score, link, zh_key(link.zh.text), key_of(link.en.text))
        names = {("zh", one.zh), ("en", one.en)}
        if taken.isdisjoint(names):
            taken |= names
            kept.append(one)
    return kept
