"""Terms that no bracket gives: phrases of both languages that stand in the same pairs, again and again, and not apart.

Measured by the log-likelihood ratio (Dunning 1993, Computational Linguistics 19:61) over a post's pairs, and taken one
to one, the best first (competitive linking, Melamed 2000, Computational Linguistics 26:221). Two phrases that stand
together by chance of the topic are told by their words: each must have a partner in the other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from digest.align.judge.english import is_function_word
from digest.align.lexicon import Scores
from digest.align.terms.boundary import LONGEST, is_term_like, long_enough
from digest.align.terms.cut import Token, content, cover, han_count, key_of, runs, zh_key
from digest.align.terms.wording import AFTER_VERB, BEFORE_VERB, DETERMINERS, EN_NO_END, EN_NO_START, ZH_COUNTERS
from digest.align.words import STOP

MOST_WORDS = 4  # of an English phrase
MOST_TOKENS = 6  # of a Chinese one
SEEN = 2  # pairs that must hold both
TOGETHER = 0.6  # least share of either phrase's pairs that hold the other
LEAST_RATIO = 10.83  # of the log-likelihood ratio, as chi-squared with one degree of freedom: p = .001
LEAST_COVER = 0.8
LEAST_OF_A_WORD = 0.5  # each word's partner must be at least so likely
LEAST_HAN = 3
MOST_VERBAL = 0.2  # share of the occurrences that may stand like a verb
_PARTICLES = frozenset("的之了")
LEAST_SCORE = 3.4  # of Dice + both covers + cosine


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of one side: how it is spelt where first seen, its tokens there, and its places, pair by pair.

    `before` and `after` are the words beside it, occurrence by occurrence ("" where its run ends there).
    """

    text: str
    tokens: tuple[Token, ...]
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Link:
    """Two phrases that translate each other; `pairs` hold both; `score` is what they were ordered by."""

    zh: Phrase
    en: Phrase
    pairs: tuple[int, ...]
    score: float


def phrases_en(lines: Sequence[str], tokens: Sequence[Sequence[Token]]) -> dict[str, Phrase]:
    """Collect English phrases of 2 to MOST_WORDS words (one word with a hyphen counts two), by their key."""
    found: dict[str, Phrase] = {}
    for number, (line, some) in enumerate(zip(lines, tokens, strict=True)):
        for run in runs(some):
            for start in range(len(run)):
                for end in range(start + 1, min(start + MOST_WORDS, len(run)) + 1):
                    if is_function_word(run[end - 1].text):
                        break
                    if _is_phrase(run[start:end]):
                        key = key_of(line[run[start].start : run[end - 1].end])
                        _add(found, key, number, line, run, start, end)
    return {key: phrase for key, phrase in found.items() if len(phrase.places) >= SEEN and _names_a_thing(phrase)}


def phrases_zh(lines: Sequence[str], tokens: Sequence[Sequence[Token]]) -> dict[str, Phrase]:
    """Collect Chinese phrases of LEAST_HAN to LONGEST Han characters, by their key; names in Latin are no part."""
    found: dict[str, Phrase] = {}
    for number, (line, some) in enumerate(zip(lines, tokens, strict=True)):
        for run in runs(some):
            for start in range(len(run)):
                for end in range(start + 1, min(start + MOST_TOKENS, len(run)) + 1):
                    part = run[start:end]
                    text = line[part[0].start : part[-1].end]
                    if han_count(text) > LONGEST or any(
                        t.text in _PARTICLES or not (t.han or t.text.islower()) for t in part
                    ):
                        break
                    if han_count(text) >= LEAST_HAN and part[0].text not in ZH_COUNTERS and is_term_like(part):
                        _add(found, zh_key(text), number, line, run, start, end)
    return {key: phrase for key, phrase in found.items() if len(phrase.places) >= SEEN and not _is_cut(phrase, STOP)}


def _add(
    found: dict[str, Phrase], key: str, number: int, line: str, run: Sequence[Token], start: int, end: int
) -> None:
    first, last = run[start].start, run[end - 1].end
    phrase = found.setdefault(key, Phrase(line[first:last], tuple(run[start:end])))
    phrase.places.setdefault(number, (first, last))
    phrase.before.append(run[start - 1].text.lower() if start else "")
    phrase.after.append(run[end].text.lower() if end < len(run) else "")


def _is_phrase(tokens: Sequence[Token]) -> bool:
    first, last = tokens[0].text.lower(), tokens[-1].text.lower()
    return (
        sum(len(token.text.split("-")) for token in tokens) > 1
        and not any(is_function_word(token.text) or token.text.lower() in STOP for token in tokens)
        and not any("." in token.text or "/" in token.text for token in tokens)
        and first not in EN_NO_START
        and last not in EN_NO_END
        and not first.endswith("ly")
        and not last.endswith(("ly", "ed", "'s", "’s"))
    )


def _names_a_thing(phrase: Phrase) -> bool:
    """Tell by the words beside it whether an English phrase is the whole name of a thing, and no part of a clause."""
    verbal = sum(a in BEFORE_VERB or b in AFTER_VERB for a, b in zip(phrase.before, phrase.after, strict=True))
    if verbal > MOST_VERBAL * len(phrase.before):
        return False
    if phrase.tokens[0].text.lower().endswith("ing") and DETERMINERS.isdisjoint(phrase.before):
        return False
    if len(phrase.tokens) > 1 and all(
        word and word not in STOP and not is_function_word(word) for word in phrase.after
    ):
        return False
    return set(phrase.after) != {"of"} and not _is_cut(phrase, STOP | EN_NO_START)


def _is_cut(phrase: Phrase, loose: frozenset[str]) -> bool:
    """Tell whether the same word stands beside each occurrence: then the phrase is a piece of a longer one."""
    return any(len(set(side)) == 1 and side[0] and side[0] not in loose for side in (phrase.before, phrase.after))


def links(zh: dict[str, Phrase], en: dict[str, Phrase], size: int, lexicon: Scores) -> Iterator[Link]:
    """Give the phrases that stand together and translate each other, in no order; `size` is the number of pairs."""
    by_pair: dict[int, list[Phrase]] = defaultdict(list)
    for phrase in zh.values():
        for number in phrase.places:
            by_pair[number].append(phrase)
    for english in en.values():
        wanted = content(english.text)
        near = {id(phrase): phrase for number in english.places for phrase in by_pair[number]}
        for chinese in near.values():
            common = tuple(sorted(chinese.places.keys() & english.places.keys()))
            if not _stand_together(len(common), len(chinese.places), len(english.places), size):
                continue
            share = cover(chinese.tokens, wanted, lexicon)
            words_meet = min(share.zh, share.en) >= LEAST_COVER and share.least >= LEAST_OF_A_WORD
            if words_meet and long_enough(chinese.tokens, wanted):
                dice = 2 * len(common) / (len(chinese.places) + len(english.places))
                yield Link(chinese, english, common, dice + share.zh + share.en)


def _stand_together(both: int, one: int, other: int, size: int) -> bool:
    often = both >= SEEN and both >= TOGETHER * max(one, other)
    return often and log_likelihood(both, one, other, size) >= LEAST_RATIO


def log_likelihood(both: int, one: int, other: int, size: int) -> float:
    """Give Dunning's G² of two things that stand in `one` and `other` of `size` pairs, and in `both` together.

    >>> log_likelihood(5, 5, 5, 100) > 30, log_likelihood(1, 10, 10, 100) < 0.1
    (True, True)
    """
    cells = ((both, one, other), (one - both, one, size - other), (other - both, size - one, other),
             (size - one - other + both, size - one, size - other))  # fmt: skip
    return 2 * sum(n * math.log(n * size / (row * column)) for n, row, column in cells if n > 0)
