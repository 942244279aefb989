"""One record on one line, whatever its texts hold: a line of TSV, an object of JSON Lines (pure).

What some readers take for a line end (U+2028, NEL, form feeds …) is a space in TSV and an escape in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from digest.cells import guarded
from digest.printable import printable
from digest.render.characters import encodable

SCORE_DIGITS = 4

# Tabs and everything that str.splitlines ends a line at.
_BREAKS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def tsv_line(cells: Iterable[str]) -> str:
    r"""Give cells as a line, without quoting; one that a spreadsheet takes for a formula has an apostrophe before it.

    >>> tsv_line(["甲\t乙", "=1", ""])
    "甲 乙\t'=1\t\n"
    """
    return "\t".join(guarded(_BREAKS.sub(" ", printable(cell))) for cell in cells) + "\n"


def json_line(value: Mapping[str, object]) -> str:
    r"""Give an object as a line.

    >>> json_line({"a": "甲\u2028"})
    '{"a": "甲\\u2028"}\n'
    """
    text = encodable(json.dumps(value, ensure_ascii=False))
    return re.sub("[\x85\u2028\u2029]", lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def rounded(score: float) -> float:
    """Round a score to what is told of it, which is what machines agree on.

    >>> rounded(0.123456), rounded(-0.00001)
    (0.1235, 0.0)
    """
    return round(float(score), SCORE_DIGITS) + 0.0  # and no "-0.0"
