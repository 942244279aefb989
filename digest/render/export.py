"""Aligned beads → what other programs read: TSV, JSON Lines, TMX 1.4b (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digest.model import Bead, Line, Verdict
from digest.printable import printable
from digest.render.records import SCORE_DIGITS, json_line, rounded, tsv_line
from digest.render.tmx import Unit, tmx

FORMATS = ("tsv", "jsonl", "tmx")
COLUMNS = ("zh", "en", "score", "grade", "reasons")


@dataclass(frozen=True, slots=True)
class Row:
    """A bead with its lines; a side that is empty is None, and then there is no verdict."""

    bead: Bead
    zh: Line | None
    en: Line | None
    verdict: Verdict | None


def as_tsv(rows: Iterable[Row]) -> str:
    r"""Give a header line and a line a bead: zh, en, score, grade, reasons ("; " between them); no quoting.

    A cell that a spreadsheet would take for a formula has an apostrophe before it. A side that is empty is an empty
    cell; `grade` is empty where the pair was rejected or has one side only.

    >>> as_tsv([Row(Bead((0,), (), 0.5), Line("zh", "甲\t乙"), None, None)])
    'zh\ten\tscore\tgrade\treasons\n甲 乙\t\t0.5000\t\t\n'
    """
    lines = [tsv_line(COLUMNS)]
    for row in rows:
        grade = (row.verdict.grade if row.verdict else None) or ""
        reasons = "; ".join(filter(None, map(printable, row.verdict.reasons))) if row.verdict else ""
        lines.append(tsv_line((_text(row.zh), _text(row.en), f"{row.bead.score:.{SCORE_DIGITS}f}", grade, reasons)))
    return "".join(lines)


def as_jsonl(rows: Iterable[Row]) -> str:
    """Give an object a bead: texts (null for an empty side), numbers of their sentences, scores, verdict, places.

    `score` is the aligner's of the bead, `judged` the judge's of the pair (null where nothing was judged).
    """
    return "".join(json_line(_object(row)) for row in rows)


def as_indices(beads: Iterable[Bead]) -> str:
    r"""Give an object a bead with nothing but the numbers of its lines, from 0, and its score.

    >>> as_indices([Bead((0, 1), (0,), 0.75)])
    '{"zh": [0, 1], "en": [0], "score": 0.75}\n'
    """
    return "".join(
        json_line({"zh": list(bead.zh), "en": list(bead.en), "score": rounded(bead.score)}) for bead in beads
    )  # fmt: skip


def as_tmx(rows: Iterable[Row]) -> str:
    """Give a translation memory (TMX 1.4b): a unit a bead with two sides, in order, whatever its verdict.

    Its properties are `score` (the aligner's), `verified` (yes or no) and `grade`, so that a reader can choose.
    """
    return "".join(tmx((_unit(row, row.zh, row.en) for row in rows if row.zh and row.en), made_by="digest-align"))


# ---- records --------------------------------------------------------------------------------------------------------


def _object(row: Row) -> dict[str, object]:
    verdict = row.verdict
    return {
        "zh": _text(row.zh) or None,
        "en": _text(row.en) or None,
        "sentences": {"zh": list(row.bead.zh), "en": list(row.bead.en)},
        "score": rounded(row.bead.score),
        "judged": rounded(verdict.score) if verdict else None,
        "exact": rounded(verdict.exact) if verdict else None,
        "verified": bool(verdict and verdict.verified),
        "grade": verdict.grade if verdict else None,
        "reasons": [printable(reason) for reason in verdict.reasons] if verdict else [],
        "places": {"zh": places_of(row.zh), "en": places_of(row.en)},
    }


def places_of(line: Line | None) -> list[dict[str, object]]:
    """Give the places of a line as plain values."""
    places = line.places if line else ()
    return [{"url": p.url, "paragraph": p.paragraph, "start": p.start, "end": p.end} for p in places]


def _unit(row: Row, zh: Line, en: Line) -> Unit:
    properties = [("score", f"{row.bead.score:.{SCORE_DIGITS}f}")]
    if row.verdict:
        properties += [("verified", "yes" if row.verdict.verified else "no"), ("grade", row.verdict.grade or "")]
    return Unit(zh, en, tuple(properties), several=len(row.bead.zh) > 1 or len(row.bead.en) > 1)


def _text(line: Line | None) -> str:
    return printable(line.text) if line else ""
