"""A second opinion: the Chinese line put into English by a local model, beside the English line that was given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.align.judge.names import STANDS_OUT, names
from digest.align.judge.negation import EN_WEAK, ZH_PLAIN, english_denials
from digest.align.judge.numbers import odd_numbers
from digest.align.judge.text import Text, letters
from digest.align.words import words


@dataclass(frozen=True, slots=True)
class BackTranslation:
    """What a model made of the Chinese line, and the cosine of its vector with the English line's."""

    text: str
    similarity: float


def back_features(zh: Text, back: Text, en: Text, similarity: float) -> dict[str, float]:
    """Compare two English lines; both may be free, so only what one has and the other lacks counts.

    Of the Chinese line only this is asked: whether it denies so plainly that a model which does not has lost it.
    """
    mine, theirs = words(back.prose), words(en.prose)
    there, here = set(theirs), set(mine)
    deny = english_denials(back), english_denials(en)
    lost, added = odd_numbers(back, en)
    spelt = letters(back.raw), letters(en.raw)
    odd = [[n for n in names(side.prose) if STANDS_OUT.search(n) and letters(n).removesuffix("s") not in other]
           for side, other in ((back, spelt[1]), (en, spelt[0]))]  # fmt: skip
    length = (len(mine) + 3) / (len(theirs) + 3)
    return {
        "back cosine": 1 - similarity,
        "back cosine<0.7": max(0.0, 0.7 - similarity),
        "back words missing": sum(w not in there for w in mine) / (len(mine) + 2),
        "back words extra": sum(w not in here for w in theirs) / (len(theirs) + 2),
        "back run missing": _run([w in there for w in mine]),
        "back run extra": _run([w in here for w in theirs]),
        "back long": max(0.0, length - 1.15),
        "back short": max(0.0, 1 / length - 1.15),
        "back denies not": float(deny[1] > 0 and deny[0] == 0),
        "back denies not, nor zh": float(
            deny[1] > 0 and deny[0] == 0 and not ZH_PLAIN.search(zh.prose) and not EN_WEAK.search(back.prose)
        ),
        "back denies": float(deny[0] > 0 and deny[1] == 0),
        "back denies otherwise": float(min(deny) > 0 and deny[0] != deny[1]),
        "back numbers": float(bool(lost and added)),
        "back names": float(bool(odd[0] and odd[1])),
    }


def _run(met: list[bool]) -> float:
    """Give the length of the longest run of words that are hardly met: a word met costs two of those that are not."""
    best = running = 0
    for one in met:
        running = max(0, running + (-2 if one else 1))
        best = max(best, running)
    return float(max(0, best - 2))


def is_fluent(back: Text) -> bool:
    """Tell whether a back-translation can be an opinion: words, and no loop of them (small models repeat)."""
    found = re.findall(r"\w+", back.raw.lower())
    return len(found) >= 2 and len(set(found)) * 4 > len(found)
