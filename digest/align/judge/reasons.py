"""Why the judge doubts a pair: the likeliest ways in which it may be wrong, as short codes with facts."""

from __future__ import annotations

from collections.abc import Mapping

from digest.align.judge.coverage import quoted
from digest.align.judge.features import Looked
from digest.align.judge.gains import Gain
from digest.align.judge.names import names, strange_names
from digest.align.judge.negation import EN_NEGATION, EN_PLAIN_NO, ZH_NEGATIVE
from digest.align.judge.numbers import check_units, odd_numbers, unlike
from digest.align.judge.text import Text

NEAR = 1.2  # nats: a way this much less likely than the likeliest one is named as well
MOST = 3


def reasons_of(
    odds: Mapping[str, float], zh: Text, en: Text, looked: Looked, gains: tuple[Gain, Gain]
) -> tuple[str, ...]:
    """Name the ways with the lowest log-odds, the likeliest first; no reason twice."""
    order = sorted(odds, key=lambda way: odds[way])
    near = [way for way in order if odds[way] <= odds[order[0]] + NEAR][:MOST]
    return tuple(dict.fromkeys(_reason(way, zh, en, looked, gains) for way in near))


def _reason(way: str, zh: Text, en: Text, looked: Looked, gains: tuple[Gain, Gain]) -> str:
    if way == "other":
        return f"similarity:{1 - looked.features['cosine']:.2f}"
    if way == "sentence":  # one more on the side that is long
        way = "dropped en" if looked.length >= 1 else "dropped zh"
    if way in ("half en", "cut en", "dropped en"):
        what = gains[0].clause or quoted(looked.zh, looked.missing)
        return _about("missing", what) if what else f"length:{looked.length:.1f}"
    if way in ("half zh", "cut zh", "dropped zh"):
        what = gains[1].clause or quoted(looked.en, looked.extra)
        return _about("extra", what) if what else f"length:{looked.length:.1f}"
    if way in ("en denies", "zh denies"):
        ours = EN_NEGATION.findall(en.prose) or EN_PLAIN_NO.findall(en.prose)
        said = ours or ZH_NEGATIVE.findall(zh.prose)
        return _about("negation", str(said[0]).lower() if said else "")
    if way == "name":
        lost, added = strange_names(zh, en)
        lost = lost or [name for name in names(zh.prose) if name not in en.raw]
        return _about("names", unlike(lost[:2], added[:2]))
    if way == "number":
        odd = odd_numbers(zh, en)
        units = next((finding.reason for finding in check_units(zh, en)), "numbers")
        return f"numbers:{unlike(*odd)}" if any(odd) else units
    return way


def _about(code: str, what: str) -> str:
    what = what.strip(" ，；：。、,;:.")
    return f"{code}:{what if len(what) <= 40 else what[:39].rstrip() + '…'}" if what else code
