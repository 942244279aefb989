"""The ledger as a table that people keep: CSV with the columns zh, en and note, out and in again.

A cell that a spreadsheet would take for a formula has an apostrophe put before it, as OWASP's page on CSV injection
advises, and loses it when it is read; a cell that itself begins so gets one more, so what comes back is what went out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from digest.align.terms.cut import han_count, key_of
from digest.align.terms.ledger import Ledger
from digest.align.terms.term import Term
from digest.cells import FORMULA, guarded
from digest.errors import ConfigError

COLUMNS = ("zh", "en", "note")
LONGEST = 200  # characters of a term


def as_csv(ledger: Ledger, *, seed: bool = False) -> str:
    r"""Write the terms of a ledger: a header, then zh,en,note; lines end in \r\n as RFC 4180 has it, no BOM.

    With `seed` also those that nothing but the seed glossary has.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    some = [term for term in ledger.terms if seed or term.fixed or term.variants or not term.seed]
    writer.writerows([guarded(cell) for cell in (term.zh, term.en, term.note)] for term in some)
    return out.getvalue()


def read_csv(text: str, name: str) -> tuple[Term, ...]:
    """Read a table of terms; `name` is what its messages call it. A BOM, empty lines and other columns do no harm.

    Raises ConfigError with name:line where a column is missing, a cell is empty or too long, a term stands twice with
    two translations, or the table is no CSV.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    columns: dict[str, int] = {}
    found: dict[str, Term] = {}
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not columns:
                columns = _header(cells, f"{name}:{reader.line_num}")
                continue
            term = _term(cells, columns, f"{name}:{reader.line_num}")
            known = found.setdefault(key_of(term.en), term)
            if known.zh != term.zh:
                message = f"gives {term.en!r} as {term.zh!r}; a line above has {known.zh!r}"
                raise ConfigError(f"{name}:{reader.line_num}", message)
    except csv.Error as error:
        raise ConfigError(f"{name}:{reader.line_num}", f"is no CSV: {error}") from error
    if not columns:
        raise ConfigError(f"{name}:1", "is empty; its first line must name the columns zh,en")
    return tuple(found.values())


def _header(cells: Iterable[str], where: str) -> dict[str, int]:
    columns = {cell.lower(): k for k, cell in enumerate(cells)}
    lacking = [column for column in COLUMNS[:2] if column not in columns]
    if lacking:
        raise ConfigError(where, f"lacks the column {lacking[0]}; the first line must name the columns zh,en")
    return columns


def _term(cells: list[str], columns: dict[str, int], where: str) -> Term:
    zh, en, note = (_bare(cells[k]) if (k := columns.get(c, -1)) in range(len(cells)) else "" for c in COLUMNS)
    for column, cell in (("zh", zh), ("en", en)):
        if not cell:
            raise ConfigError(where, f"has no {column}")
        if len(cell) > LONGEST:
            raise ConfigError(where, f"{column} is longer than {LONGEST} characters")
        if "\n" in cell or "\r" in cell:
            raise ConfigError(where, f"{column} runs over more than one line")
    if not key_of(en):
        raise ConfigError(where, f"en holds no letter: {en!r}")
    if han_count(en) and not han_count(zh):
        raise ConfigError(where, f"en is Chinese and zh is not: {en!r}")
    return Term(en, zh, fixed=True, note=note)


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell
