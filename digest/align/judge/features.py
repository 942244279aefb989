"""What the judge's model looks at: a pair of lines → named numbers, each of them near 0 where nothing is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.align.judge.coverage import Evidence, Side, Stretch, matched, total, worst
from digest.align.judge.names import name_features
from digest.align.judge.negation import denials
from digest.align.judge.numbers import odd_numbers
from digest.align.judge.text import Text
from digest.align.lexicon import Scores

Features = Mapping[str, float]

STOPPED = re.compile(r"[。!?…;；.:：][\W_]*$")
CUT = re.compile(r"[A-Za-z\u4e00-\u9fff,，、][\s*_]*$")
COMMA = re.compile(r"[，；：、,;:]|(?<=\w) [—–-] (?=\w)")
ZH_STOP, EN_STOP = re.compile(r"[。!?；;]"), re.compile(r"[.!?;]")
WORD_RUN, NO_WORD = re.compile(r"\w+"), re.compile(r"\W+")
BRACKET = re.compile(r"[(（\[]")
QUOTE = re.compile(r"[“「『《]|\"(?=\w)|(?<!\w)['‘](?=\w)")
ITEM = re.compile(r"\W*(?:\d{1,2}[.)、]|step \d|第\s?[\d一二三四五六七八九十]+)", re.I)
WE = re.compile("我们|咱们|本文|我(?!国)"), re.compile(r"\b(?:we|our|us|ours|let['’]s|I|my|me)\b", re.I)
YOU = re.compile("[你您]"), re.compile(r"\byou(?:r|rs|rself)?\b", re.I)
# Chinese characters (and Latin words) to English words: half of all human pairs lie within 1.4…2.0.
USUAL_LENGTH = 1.7


@dataclass(frozen=True, slots=True)
class Looked:
    """A pair as the model sees it, with what the reasons are quoted from."""

    features: Features
    zh: Side
    en: Side
    missing: Stretch
    extra: Stretch
    length: float


def length_ratio(zh: Text, en: Text) -> float:
    """Compare the lengths, in Han characters and words: 1 where Chinese is as long as usual, less where it is short."""
    left = zh.han + 1.5 * len(zh.words) + 1.5 * len(re.findall(r"\d+", zh.prose))
    right = len(en.words) + 0.9 * len(re.findall(r"\d+", en.prose))
    return (left + 5) / (right * USUAL_LENGTH + 5)  # short lines vary more: two words either way say nothing


def look(zh: Text, en: Text, similarity: float, lexicon: Scores, evidence: Evidence) -> Looked:
    left, right = matched(zh, en, lexicon)
    missing, extra = worst(left, evidence), worst(right, evidence)
    found: dict[str, float] = {"bias": 1.0}
    found.update(_by_vector(similarity))
    ratio = length_ratio(zh, en)
    found.update(_by_length(ratio, zh, en))
    found.update(_by_words(left, right, missing, extra, evidence))
    found.update(_by_marks(zh, en))
    found.update(_by_facts(zh, en))
    # A line that breaks off, and is short or lacks what the other line ends with, was cut.
    for name, side, stretch in (("en", "zh long", "missing"), ("zh", "en long", "extra")):
        found[f"{name} cut short"] = found[f"{name} unended"] * min(found[side], 0.7)
        found[f"{name} cut lacking"] = found[f"{name} unended"] * min(found[f"{stretch} tail"], 2.5)
    return Looked(found, left, right, missing, extra, ratio)


def _by_vector(similarity: float) -> dict[str, float]:
    return {"cosine": 1 - similarity, **{f"cosine<{at}": max(0.0, at - similarity) for at in (0.8, 0.7, 0.6, 0.5, 0.4)}}


def _by_length(ratio: float, zh: Text, en: Text) -> dict[str, float]:
    log = math.log(ratio)
    size = math.log(len(en.words) + zh.han / USUAL_LENGTH + 2) - 3.5
    found = {"size": size, "short": max(0.0, -size)}
    for name, value in (("zh long", log), ("en long", -log)):
        found[name] = max(0.0, value)
        found |= {f"{name}>{at}": max(0.0, value - at) for at in (0.2, 0.4)}
    return found


def _by_words(left: Side, right: Side, missing: Stretch, extra: Stretch, evidence: Evidence) -> dict[str, float]:
    found = {}
    for name, side, stretch in (("missing", left, missing), ("extra", right, extra)):
        size = max(len(side.words), 1)
        found[name] = math.sqrt(stretch.evidence)
        found[f"{name} much"] = max(0.0, stretch.evidence - 4)
        found[f"{name} share"] = (stretch.end - stretch.start) / size
        found[f"{name} tail"] = math.sqrt(_tail(side, evidence))
        found[f"{name} mean"] = total(side, evidence) / (size + 2)
    return found


def _tail(side: Side, evidence: Evidence) -> float:
    """Give the largest sum of evidence of a run of words that ends the line."""
    best = running = 0.0
    for name in reversed(side.classes):
        running += evidence.get(name, 0.0)
        best = max(best, running)
    return best


def _stops_within(zh: str) -> int:
    """Count the stops of a Chinese line that a word follows."""
    last = max((match.end() for match in WORD_RUN.finditer(zh)), default=0)
    return len(ZH_STOP.findall(zh[:last]))


def _starts_behind_stops(en: str) -> int:
    """Count the stops of an English line that a capital follows behind a space, with nothing but marks between."""
    count = 0
    for gap in NO_WORD.finditer(en):  # run by run: a look-ahead from each stop takes the cube of a run's length
        if "A" <= en[gap.end() : gap.end() + 1] <= "Z":
            spaces = [n for n, character in enumerate(gap.group()) if character.isspace()]
            count += len(EN_STOP.findall(gap.group()[: spaces[-1]])) if spaces else 0
    return count


def _by_marks(zh: Text, en: Text) -> dict[str, float]:
    stops = bool(STOPPED.search(zh.raw.rstrip())), bool(STOPPED.search(en.raw.rstrip()))
    commas = len(COMMA.findall(zh.raw)) - len(COMMA.findall(en.raw))
    brackets = len(BRACKET.findall(zh.raw)) - len(BRACKET.findall(en.raw))
    sentences = _stops_within(zh.raw) - _starts_behind_stops(en.raw)
    return {
        "en unended": float(stops[0] and not stops[1]),
        "zh unended": float(stops[1] and not stops[0]),
        "en cut": float(stops[0] and bool(re.search(r"[a-z,]$", en.raw.rstrip()))),
        "zh cut": float(bool(CUT.search(zh.raw.rstrip())) and stops[1]),
        "zh commas": max(0.0, commas - 1.0),
        "en commas": max(0.0, -float(commas)),
        "zh brackets": max(0.0, float(brackets)),
        "en brackets": max(0.0, -float(brackets)),
        "zh sentences": max(0.0, float(sentences)),
        "en sentences": max(0.0, -float(sentences)),
        "question": float(_ends(zh, "?") != _ends(en, "?")),
        "colon": float(_ends(zh, ":") != _ends(en, ":")),
        "exclaims": float(_ends(zh, "!") and not _ends(en, "!")),
        "quotes": min(3.0, abs(len(QUOTE.findall(zh.raw)) - len(QUOTE.findall(en.raw)))),
        "item": float(bool(ITEM.match(zh.raw)) != bool(ITEM.match(en.raw))),
        "we": float(bool(WE[0].search(zh.prose)) != bool(WE[1].search(en.prose))),
        "you": float(bool(YOU[0].search(zh.prose)) != bool(YOU[1].search(en.prose))),
        "en lower": float(bool(re.match(r"[a-z]", en.raw.strip()))),
        "en repeats": float(_repeats(en)),
    }


def _ends(text: Text, mark: str) -> bool:
    return text.raw.rstrip(" \"'”’」)]*_").endswith(mark)


def _repeats(en: Text) -> bool:
    """Tell whether three words in a row, or more, stand there twice with nothing between."""
    found = re.findall(r"\w+", en.prose.lower())
    return any(
        found[i : i + size] == found[i + size : i + 2 * size]
        for size in range(3, 21)
        for i in range(len(found) - 2 * size + 1)
        if found[i] == found[i + size]
    )


def _by_facts(zh: Text, en: Text) -> dict[str, float]:
    odd_zh, odd_en = odd_numbers(zh, en)
    return {
        **name_features(zh, en),
        "numbers lost": min(len(odd_zh), 2.0),
        "numbers added": min(len(odd_en), 2.0),
        "numbers changed": float(bool(odd_zh and odd_en)),
        **denials(zh, en),
    }
