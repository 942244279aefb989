"""What stands at the foot of a day: its counts, credits, an offer, and engines that gave up (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from digest.filling import Account, Translators
from digest.model import Abstract, Both, Failure, Listed

# What the page says of an engine that gave up, by the faults (translate/engine.py) that its answers had.
GAVE_UP: Mapping[str, str] = {
    "cap": "a spending limit was reached",
    "denied": "the translation service refused",
    "busy": "the translation service was busy",
    "late": "the translation service did not answer in time",
    "redirect": "the translation service has moved",
    "too-large": "the translation service answered too much",
    "server": "did not answer",
}


def failures_of(account: Account) -> tuple[Failure, ...]:
    """Say in a line a kind, whatever the number of posts, that engines gave up; why in full is no reader's matter."""
    if not account.failures:
        return ()
    kinds = [public for fault, public in GAVE_UP.items() if account.refused[fault]]
    return tuple(Failure("translation", "engine", public) for public in kinds or ["did not answer"])


def quality_of(
    abstracts: Sequence[Abstract], failures: Sequence[Failure], newly: Sequence[Abstract] = (),
    rest: Sequence[Listed] = (),
) -> tuple[tuple[str, int], ...]:  # fmt: skip
    """Count what a reader may want to know of a day at one glance; the lines counted are those of its own posts."""
    pairs = [pair for abstract in abstracts for pair in abstract.pairs]
    grades = Counter(pair.verdict.grade for pair in pairs if pair.verdict.verified)
    makers = Counter(pair.made_by for pair in pairs if pair.verdict.verified)
    guesses = {"guessed": sum(a.guessed for a in abstracts), "unsure": sum(a.unsure for a in abstracts)}
    counts: Mapping[str, int] = {
        "posts": len(abstracts),
        **({"newly": len(newly)} if newly else {}),
        **({"rest": len(rest)} if rest else {}),
        "verified": sum(grades.values()),
        "exact": grades["exact"],
        "same": grades["same"],
        "human": makers["human"],
        **{maker: makers[maker] for maker in ("memory", "machine", "written") if makers[maker]},
        "untranslated": sum(pair.zh is None or pair.en is None for pair in pairs),
        **({"glossed": terms} if (terms := sum(len(a.terms) for a in abstracts)) else {}),
        "rejected": sum(bool(pair.verdict.reasons) for pair in pairs if not pair.verdict.verified),
        "merged": sum(bool(a.url.zh and a.url.en) for a in abstracts),
        **{name: count for name, count in guesses.items() if guesses["guessed"]},
        **({"corrected": mended} if (mended := sum(map(_corrected, abstracts))) else {}),
        "failures": len(set(failures)),
    }
    return tuple(counts.items())


def _corrected(abstract: Abstract) -> int:
    made = [abstract.title_made] if abstract.title_made else []
    return sum(pair.correction is not None for pair in (*abstract.pairs, *abstract.outline, *made))


def credits_of(abstracts: Sequence[Abstract], by: Translators) -> tuple[str, ...]:
    """Name whom the day's machine-made lines are owed to."""
    pairs = (pair for a in abstracts for pair in (*a.pairs, *a.outline, *filter(None, [a.title_made])))
    used = {pair.engine for pair in pairs}
    return tuple(dict.fromkeys(credit for name, credit in by.credits.items() if name in used and credit))


def offer_of(abstracts: Sequence[Abstract], by: Translators) -> Both | None:
    """Say how lines could be translated that are not, where no engine even tries."""
    missing = Counter(
        ("en", "zh") if pair.zh is None else ("zh", "en")
        for abstract in abstracts for pair in abstract.pairs if pair.zh is None or pair.en is None
    )  # fmt: skip
    found = [way for way, _ in missing.most_common() if not by.serve(*way)]
    return next((by.offers[way] for way in found if way in by.offers), None)
