"""Where the Chinese term before a bracket begins: the end of the line so far that says what the English form says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.align.embed import Embedder
from digest.align.lexicon import Scores
from digest.align.terms.cut import Token, content, cover, han_count
from digest.align.terms.wording import LINKS, ZH_NEVER, ZH_NO_START
from digest.align.words import STOP

# Tokens looked back, and Han characters of the longest term.
LOOK_BACK = 8
LONGEST = 12
# Fewer Han characters than this for each English content word are half a term (design notes: 72 → 86–90 % right).
HAN_A_WORD = 1.5
# What was settled on the half of hfblog-more that is for fitting, by reading (benchmarks/terms.py): the weight of the
# share of words that find a partner, of each side; and what a term needs.
COVER = 0.3
LEAST_COSINE = 0.3
LEAST_FIT = 1.05
LEAST_COVER = 0.6
LEAST_COVER_OF_ONE = 0.85  # where the English form is one word, nothing but it may stand in the Chinese one …
SURE_COSINE = 0.8  # … unless the vectors are as one
NEAR = 0.05  # of two that fit so nearly alike the longer is the term, if its words all have partners


@dataclass(frozen=True, slots=True)
class Fit:
    """A Chinese term at `start`…`end` of its line; `fit` is cosine + COVER × (covered Chinese + covered English)."""

    text: str
    start: int
    end: int
    fit: float


def is_term_like(tokens: Sequence[Token]) -> bool:
    """Tell whether tokens could be a Chinese term by their words alone: Han, no word of a clause, sound ends."""
    first, last = tokens[0].text, tokens[-1].text
    return (
        any(token.han for token in tokens)
        and first not in ZH_NO_START
        and first not in STOP - {"自"}
        and last not in STOP | {"自"}
        and not any(token.text in ZH_NEVER for token in tokens)
    )


def best_fit(
    line: str, candidates: Sequence[Sequence[Token]], en: str, embedder: Embedder, lexicon: Scores
) -> Fit | None:
    """Choose among candidates, each the tokens of a possible Chinese term of one line, the one that says `en`.

    None where none does. Candidates come from short to long.
    """
    wanted = content(en)
    likely = [c for c in candidates if _may_say(c, line, en, wanted)]
    if not wanted or not likely:
        return None
    texts = [line[c[0].start : c[-1].end] for c in likely]
    vectors = embedder.encode([en, *texts])
    best: tuple[float, Fit] | None = None
    for tokens, text, cosine in zip(likely, texts, (vectors[1:] @ vectors[0]).tolist(), strict=True):
        share = cover(tokens, wanted, lexicon)
        fit = cosine + COVER * (share.zh + share.en)
        if best is not None and fit <= best[0] - (NEAR if share.zh >= 1 - NEAR else 0.0):
            continue
        least = LEAST_COVER if len(wanted) > 1 or cosine >= SURE_COSINE else LEAST_COVER_OF_ONE
        sound = cosine >= LEAST_COSINE and fit >= LEAST_FIT and share.en >= LEAST_COVER and share.zh >= least
        best = (fit, Fit(text, tokens[0].start, tokens[-1].end, round(fit, 4) if sound else 0.0))
    return best[1] if best is not None and best[1].fit else None


def suffixes(tokens: Sequence[Token], end: int) -> list[Sequence[Token]]:
    """Give the runs of tokens that end at `end` of the line, from short to long."""
    before = [token for token in tokens if token.end <= end]
    if not before or before[-1].end != end:
        return []
    run = [token for token in before if token.run == before[-1].run][-LOOK_BACK:]
    return [run[k:] for k in reversed(range(len(run)))]


def _may_say(tokens: Sequence[Token], line: str, en: str, wanted: tuple[str, ...]) -> bool:
    han = han_count(line[tokens[0].start : tokens[-1].end])
    if not 2 <= han <= LONGEST or not long_enough(tokens, wanted) or not is_term_like(tokens):
        return False
    return not any(token.text in ("的", "之") for token in tokens) or not LINKS.isdisjoint(en.lower().split())


def long_enough(tokens: Sequence[Token], wanted: Sequence[str]) -> bool:
    """Tell whether Chinese tokens are long enough to say so many English content words; a Latin word counts as two."""
    return sum(len(token.text) if token.han else 2 for token in tokens) >= HAN_A_WORD * len(wanted)
