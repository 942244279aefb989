"""The seed glossary: terms that a person has read, with what counted text says of them (tools/count_terms.py)."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import NamedTuple

from digest.align.terms.term import Seed, Term

SEPARATOR = "|"


class Row(NamedTuple):
    """A line of the glossary.

    `zh` is what a Chinese engineer expects, `variants` are other Chinese forms of the same term that are right too.
    `level` is "plain" for a term that this engineer reads in English as easily, else "".
    `how`: "counted" where the miner found it, "read" where the reader added it and the counts confirm it. `of` pairs of
    the counted texts hold the English, `pairs` of them one of the Chinese forms too; `often` is the rate of the English
    per 10,000 pairs, of the text where it is higher. `chinese` counts the Chinese forms in Chinese text, `brackets` how
    often the English stands behind one of them there in brackets.
    """

    en: str
    zh: str
    variants: tuple[str, ...] = ()
    level: str = ""
    how: str = "read"
    pairs: int = 0
    of: int = 0
    often: float = 0.0
    chinese: int = 0
    brackets: int = 0


COLUMNS = Row._fields


def read_rows(text: str) -> tuple[Row, ...]:
    """Read the glossary's CSV, whose columns are the fields of Row; other ones are a ValueError."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    if tuple(header) != COLUMNS:
        raise ValueError(f"the columns of the glossary are {','.join(COLUMNS)}")
    return tuple(
        Row(
            en,
            zh,
            tuple(filter(None, more.split(SEPARATOR))),
            level,
            how,
            int(n),
            int(of),
            float(often),
            int(text),
            int(k),
        )
        for en, zh, more, level, how, n, of, often, text, k in rows
    )


@cache
def load_seed() -> tuple[Term, ...]:
    """Load the terms of the glossary that ships, once a process."""
    from importlib.resources import files

    rows = read_rows((files("digest") / "data" / "glossary.csv").read_text("utf-8"))
    return tuple(
        Term(row.en, row.zh, seed=Seed((row.zh, *row.variants), row.often, row.level == "plain")) for row in rows
    )
