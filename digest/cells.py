"""Cells of tables that people open in a spreadsheet: none is a formula there (pure)."""

from __future__ import annotations

# What a spreadsheet takes for a formula at the head of a cell (OWASP, CSV injection), full-width forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def guarded(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would take for a formula, or that looks so guarded already.

    >>> guarded("=1+1"), guarded("'=1"), guarded("1 = 1")
    ("'=1+1", "''=1", '1 = 1')
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell
