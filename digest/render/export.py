"""Aligned beads → what other programs read: TSV, JSON Lines, TMX 1.4b (pure).

Every text stays one record on one line, whatever it holds: what some readers take for a line end (U+2028, NEL, form
feeds …) is a space in TSV and an escape in JSON; what XML cannot hold is left out of TMX.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from digest import __version__
from digest.cells import guarded
from digest.model import Bead, Line, Verdict
from digest.printable import printable
from digest.render.characters import encodable, for_xml

FORMATS = ("tsv", "jsonl", "tmx")
COLUMNS = ("zh", "en", "score", "grade", "reasons")

# Tabs and everything that str.splitlines ends a line at.
_BREAKS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_SCORE_DIGITS = 4


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
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        grade = (row.verdict.grade if row.verdict else None) or ""
        reasons = "; ".join(filter(None, map(printable, row.verdict.reasons))) if row.verdict else ""
        cells = (_text(row.zh), _text(row.en), f"{row.bead.score:.{_SCORE_DIGITS}f}", grade, reasons)
        lines.append("\t".join(guarded(_BREAKS.sub(" ", printable(cell))) for cell in cells))
    return "".join(f"{line}\n" for line in lines)


def as_jsonl(rows: Iterable[Row]) -> str:
    """Give an object a bead: texts (null for an empty side), numbers of their sentences, scores, verdict, places.

    `score` is the aligner's of the bead, `judged` the judge's of the pair (null where nothing was judged).
    """
    return "".join(f"{_json(_object(row))}\n" for row in rows)


def as_indices(beads: Iterable[Bead]) -> str:
    r"""Give an object a bead with nothing but the numbers of its lines, from 0, and its score.

    >>> as_indices([Bead((0, 1), (0,), 0.75)])
    '{"zh": [0, 1], "en": [0], "score": 0.75}\n'
    """
    return "".join(
        f"{_json({'zh': list(bead.zh), 'en': list(bead.en), 'score': _score(bead.score)})}\n" for bead in beads
    )


def as_tmx(rows: Iterable[Row]) -> str:
    """Give a translation memory (TMX 1.4b): a unit a bead with two sides, in order, whatever its verdict.

    Its properties are `score` (the aligner's), `verified` (yes or no) and `grade`, so that a reader can choose.
    """
    units = "".join(_unit(row, row.zh, row.en) for row in rows if row.zh and row.en)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tmx version="1.4">\n'
        f'<header creationtool="bilingual-digest" creationtoolversion="{__version__}" segtype="sentence" '
        'o-tmf="digest-align" adminlang="en" srclang="*all*" datatype="plaintext"/>\n'
        f"<body>\n{units}</body>\n</tmx>\n"
    )


# ---- records --------------------------------------------------------------------------------------------------------


def _object(row: Row) -> dict[str, object]:
    verdict = row.verdict
    return {
        "zh": _text(row.zh) or None,
        "en": _text(row.en) or None,
        "sentences": {"zh": list(row.bead.zh), "en": list(row.bead.en)},
        "score": _score(row.bead.score),
        "judged": _score(verdict.score) if verdict else None,
        "exact": _score(verdict.exact) if verdict else None,
        "verified": bool(verdict and verdict.verified),
        "grade": verdict.grade if verdict else None,
        "reasons": [printable(reason) for reason in verdict.reasons] if verdict else [],
        "places": {"zh": _places(row.zh), "en": _places(row.en)},
    }


def _places(line: Line | None) -> list[dict[str, object]]:
    places = line.places if line else ()
    return [{"url": p.url, "paragraph": p.paragraph, "start": p.start, "end": p.end} for p in places]


def _unit(row: Row, zh: Line, en: Line) -> str:
    properties = [("score", f"{row.bead.score:.{_SCORE_DIGITS}f}")]
    if row.verdict:
        properties.append(("verified", "yes" if row.verdict.verified else "no"))
        properties += [("grade", row.verdict.grade)] if row.verdict.grade else []
    props = "".join(f'<prop type="{name}">{value}</prop>' for name, value in properties)
    sides = "".join(
        f'<tuv xml:lang="{side}"><seg>{_xml(_text(line))}</seg></tuv>' for side, line in (("zh", zh), ("en", en))
    )
    return f"<tu>{props}{sides}</tu>\n"


def _text(line: Line | None) -> str:
    return printable(line.text) if line else ""


def _score(score: float) -> float:
    return round(float(score), _SCORE_DIGITS)


def _json(value: dict[str, object]) -> str:
    text = encodable(json.dumps(value, ensure_ascii=False))
    return re.sub("[\x85\u2028\u2029]", lambda match: f"\\u{ord(match.group()):04x}", text)


def _xml(text: str) -> str:
    # a carriage return would be read back as a line end (XML 1.0, 2.11), so it is written as a reference
    return escape(for_xml(text), {"\r": "&#13;"})
