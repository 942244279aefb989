"""How many of what, in words (pure)."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """Write a number of things.

    >>> counted(1, "day"), counted(1200, "day")
    ('1 day', '1,200 days')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"
