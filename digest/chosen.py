"""The units of a post → its lines, each beside the line that says the same, and why each unit is one or none (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.abstract.choose import Choice, weigh
from digest.abstract.compress import compressed
from digest.abstract.headers import with_headers
from digest.abstract.sections import code_share
from digest.abstract.unit import Side, Unit, joined_unit
from digest.align.embed import Embedder
from digest.model import Document, LinePair, Place, Verdict, Weighed, base_lang
from digest.pairs import Aligned, line_of

OUTLINED = ("tutorial", "series")  # what an outline tells better than lines
MUCH_CODE = 0.5  # share of code in a text from which on it is told as a tutorial is
MOST_LOOKS = 24  # pairs of a post that are looked at closer before what is left is taken


def lines_of(
    post: str, document: Document, other: Document | None, units: Sequence[Unit], aligned: Aligned | None,
    verdicts: dict[int, Verdict], title: str, genre: str, embedder: Embedder,
) -> tuple[tuple[LinePair, ...], tuple[Weighed, ...]]:  # fmt: skip
    """Choose the lines of the post with the id `post`, in reading order, and say of every unit why it is one or none.

    `units` are all units of `document`; with an edition, `other` is its text, `aligned` their beads, `verdicts` what
    the judge says of these by their numbers, in which what a closer look says replaces it.
    """
    units = with_headers(document, [compressed(unit) for unit in units])
    choices = _weighed(document, units, aligned, verdicts, title, genre, embedder)
    by_index = {unit.index: unit for unit in units}
    made = [
        (run, _pair(post, document, other, joined_unit([by_index[i] for i in run]), _verdict(verdicts, run)))
        for run in _runs(choices)
    ]
    pair_of = {index: pair for run, pair in made for index in run}
    reasons = (_reason(document, by_index[each.index], each, pair_of.get(each.index)) for each in choices)
    return _without_repeats([pair for _, pair in made]), tuple(reasons)


def _weighed(
    document: Document, units: list[Unit], aligned: Aligned | None, verdicts: dict[int, Verdict], title: str,
    genre: str, embedder: Embedder,
) -> tuple[Choice, ...]:  # fmt: skip
    """Choose the lines, and look closer at the pairs chosen: where that refuses one, choose again.

    What the closer look says replaces what `verdicts` said.
    """
    side: Side = "zh" if base_lang(document.lang) == "zh" else "en"
    vector = embedder.encode([title])[0]
    want = (3, 3) if genre in OUTLINED or code_share(document.paragraphs) > MUCH_CODE else (5, 8)
    seen: set[int] = set()
    while True:
        found = weigh(
            document, units, title_vector=vector, side=side, require_other=aligned is not None, want=want
        )  # fmt: skip
        picked = [each.index for each in found if each.why == "chosen"]
        new = [i for i in picked if i not in seen and i in verdicts and verdicts[i].verified]
        if aligned is None or not new or len(seen) > MOST_LOOKS:
            return found
        seen.update(new)
        verdicts.update((i, aligned.verdict(i, embedder)) for i in new)
        units = [
            replace(u, verified=verdicts[u.index].verified, chance=verdicts[u.index].score) if u.index in seen else u
            for u in units
        ]


def _runs(choices: Sequence[Choice]) -> list[list[int]]:
    """Give the numbers of the units of each line."""
    runs: list[list[int]] = []
    for each in choices:
        if each.why == "chosen" and each.joins and runs:
            runs[-1].append(each.index)
        elif each.why == "chosen":
            runs.append([each.index])
    return runs


def _verdict(verdicts: Mapping[int, Verdict], run: Sequence[int]) -> Verdict | None:
    """Give the verdict of a line of several beads: that of the weakest."""
    found = [verdicts[i] for i in run if i in verdicts]
    return min(found, key=lambda each: (each.verified, each.exact, each.score)) if len(found) == len(run) else None


def _reason(document: Document, unit: Unit, choice: Choice, pair: LinePair | None) -> Weighed:
    first = unit.source[0]
    place = Place(document.lang, document.url, first.paragraph, first.start, unit.source[-1].end)
    return Weighed(place, choice.why, choice.score, choice.parts, choice.faults, pair.id if pair else "")


def _pair(post: str, document: Document, other: Document | None, unit: Unit, verdict: Verdict | None) -> LinePair:
    """Make the pair of a chosen unit; what did not verify stands alone, for a doubtful line is no translation."""
    own = line_of(document, (*unit.header, *unit.source))
    place = own.places[0]
    name = f"{post} {base_lang(own.lang)} {place.paragraph} {own.text}"
    pair_id = hashlib.sha256(name.encode()).hexdigest()[:8]
    if other is not None and verdict is not None and verdict.verified:
        across = line_of(other, (*unit.other_header, *unit.other))
        zh, en = (own, across) if base_lang(own.lang) == "zh" else (across, own)
        return LinePair(pair_id, zh, en, "human", verdict)
    reasons = verdict.reasons if verdict else ()
    side = base_lang(own.lang)
    alone = Verdict(0.0, False, None, reasons)
    return LinePair(pair_id, own if side == "zh" else None, own if side != "zh" else None, "none", alone)


def _without_repeats(pairs: Sequence[LinePair]) -> tuple[LinePair, ...]:
    """Keep the first of pairs that share a line on either side: no two lines of an abstract are the same."""
    seen: set[str] = set()
    kept = []
    for pair in pairs:
        texts = {line.text for line in (pair.zh, pair.en) if line}
        if not texts & seen:
            kept.append(pair)
        seen |= texts
    return tuple(kept)
