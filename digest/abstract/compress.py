"""What may be left out of a line without changing what it says; of a pair only from both sides at once.

What is left are stretches of the source, so that a line can always be found in its post. A first letter is never
raised: an English opening goes only where a capital or a digit stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from digest.abstract.measures import LATIN, words
from digest.abstract.unit import Unit
from digest.model import Sentence

Run = tuple[Sentence, ...]

LEAST_LEFT = 6  # words that a shortened line still has, measured in English

# The declared strips, (kind, in English, in Chinese): words that only join a line to the one before it, or announce it.
OPENINGS: tuple[tuple[str, str, str], ...] = (
    ("contrast", r"However|Nevertheless|Nonetheless|Yet|Still|But|That said", r"然而|但是|不过|但|可是|尽管如此"),
    (
        "addition",
        r"Moreover|Furthermore|Additionally|In addition|Also|Besides|What['’]s more|On top of that",
        r"此外|另外|而且|除此之外|同时|并且|更重要的是|再者|与此同时",
    ),
    (
        "inference",
        r"Therefore|Thus|Hence|So|As a result|As a consequence|Consequently",
        r"因此|所以|于是|由此|结果|因而",
    ),
    ("example", r"For example|For instance|As an example", r"例如|比如|比如说|譬如|举个例子|举例来说"),
    ("fact", r"In fact|Indeed|Actually|Of course", r"事实上|实际上|确实|当然|其实"),
    (
        "summing-up",
        r"Overall|In short|In summary|To summari[sz]e|To sum up|In conclusion|To conclude|In a nutshell|All in all",
        r"总的来说|总体来说|总体而言|整体而言|总之|简而言之|简单来说|综上所述|总结一下|总结来说|总而言之",
    ),
    (
        "note",
        r"(?:Please )?[Nn]ote(?: that)?|Notably|Remember",
        r"(?:请)?(?:需要)?注意(?:的是)?|值得(?:注意|一提)的是|请记住|记住",
    ),
    (
        "order",
        r"First(?:ly)?|Second(?:ly)?|Third(?:ly)?|Finally|Lastly|Last but not least",
        r"首先|第一|其次|第二|第三|最后|最后但同样重要的是",
    ),
    ("label", r"TL\s*;?\s*DR", r"TL\s*;?\s*DR|太长不看(?:版)?|长话短说|简而言之|摘要|总结|要点"),
)
_PATTERNS = tuple(
    (
        re.compile(rf"\W*(?:{english})(?:\s*[,:;]\s*|\s+)(?=[A-Z0-9])"),
        re.compile(rf"\W*(?:{chinese})\s*[，,：:；;]\s*", re.IGNORECASE),
    )
    for _, english, chinese in OPENINGS
)
_SIGN = r"[\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d]"
SIGNS_BEFORE = re.compile(rf"(?:{_SIGN}\s*)+")
SIGNS_BEHIND = re.compile(rf"(?:\s*{_SIGN})+\s*$")
BRACKETS = re.compile(r"\s*[(（]([^()（）]{2,80})[)）]")
CITING = re.compile(r"\bet al\b|\bsee\b|\b(?:19|20)\d\d\b|参见|参考|详见|等人|https?:", re.IGNORECASE)


def compressed(unit: Unit) -> Unit:
    """Give the unit without what may be left out; of a pair only what stands, or stands alike, on both sides."""
    pair: Sequence[Run] = (unit.source, unit.other) if unit.other else (unit.source,)
    for shorter in (_without_signs, _without_opening, _without_citation):
        found = shorter(pair)
        if found is not None and all(words(_text(side)) >= LEAST_LEFT for side in found):
            pair = found
    return replace(unit, source=pair[0], other=pair[1] if unit.other else ())


def _without_signs(pair: Sequence[Run]) -> Sequence[Run] | None:
    """Leave out emoji and arrows before and behind."""
    for pattern, at_start in ((SIGNS_BEFORE, True), (SIGNS_BEHIND, False)):
        found = [pattern.match(side[0].text) if at_start else pattern.search(side[-1].text) for side in pair]
        if all(found):
            places = [(each.start(), each.end()) for each in found if each]
            left = [_cut(side, 0 if at_start else -1, *place) for side, place in zip(pair, places, strict=True)]
            pair = left if all(left) else pair
    return pair


def _without_opening(pair: Sequence[Run]) -> Sequence[Run] | None:
    for patterns in _PATTERNS:
        found = [next((m for p in patterns if (m := p.match(side[0].text))), None) for side in pair]
        if all(found):
            return [_cut(side, 0, 0, each.end()) for side, each in zip(pair, found, strict=True) if each]
    return None


def _without_citation(pair: Sequence[Run]) -> Sequence[Run] | None:
    """Leave out a bracket that names where something is from, where both sides have the same one."""
    found = [list(_brackets(side)) for side in pair]
    if any(len(each) != 1 for each in found):
        return None
    (first, place, inside), *others = found[0][0], *(each[0] for each in found[1:])
    if not CITING.search(inside) or any(_latin(inside) != _latin(other[2]) for other in others):
        return None
    places = [(first, place), *((number, where) for number, where, _ in others)]
    return [_cut(side, number, *where) for side, (number, where) in zip(pair, places, strict=True)]


def _brackets(side: Run) -> Iterator[tuple[int, tuple[int, int], str]]:
    for number, sentence in enumerate(side):
        for found in BRACKETS.finditer(sentence.text):
            yield number, found.span(), found[1]


def _latin(text: str) -> set[str]:
    return {word.lower().rstrip(".") for word in LATIN.findall(text)} - {"see", "e.g", "and"}


def _cut(side: Run, number: int, start: int, end: int) -> Run:
    """Leave out a stretch of the sentence with that number; a cut within it leaves two sentences."""
    number %= len(side)
    sentence = side[number]
    parts = [_part(sentence, 0, start), _part(sentence, end, len(sentence.text))]
    return (*side[:number], *(part for part in parts if part.text), *side[number + 1 :])


def _part(sentence: Sentence, start: int, end: int) -> Sentence:
    """Give a stretch of a sentence, without white space at its edges, as a sentence."""
    text = sentence.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    inside = ((max(a, start) - start, min(b, start + len(text)) - start) for a, b in sentence.code)
    return Sentence(text, sentence.paragraph, sentence.start + start, tuple((a, b) for a, b in inside if a < b))


def _text(side: Run) -> str:
    return " ".join(sentence.text for sentence in side)
