"""What the numbers of a text count: percent, gigabytes, hours, metres."""

from __future__ import annotations

import re

# What a number counts, where both languages have a word or sign for it; a number without one says nothing.
UNITS = {
    "%": r"%|percent(?:age points?)?\b|per cent\b|个百分点",
    "times": r"[x×](?![\w ]*\d)|times\b|-?fold\b|倍",
    "KB": r"Ki?B\b",
    "MB": r"Mi?B\b",
    "GB": r"Gi?B\b",
    "TB": r"Ti?B\b",
    "second": r"seconds?\b|secs?\b|秒",
    "minute": r"minutes?\b|mins?\b|分钟",
    "hour": r"hours?\b|hrs?\b|个?(?:小时|钟头)",
    "day": r"days?\b|天|日(?!元)",
    "week": r"weeks?\b|周|个?星期",
    "year": r"years?\b|年",
    "metre": r"met(?:re|er)s?\b|米",
    "kilometre": r"kilomet(?:re|er)s?\b|km\b|公里|千米",
    "gram": r"grams?\b|克",
    "kilogram": r"kilograms?\b|kg\b|公斤|千克",
}
UNIT = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)[\s-]?(?:" + "|".join(f"(?P<u{k}>{v})" for k, v in enumerate(UNITS.values())) + ")",
    re.I,
)


def units_of(text: str) -> dict[float, set[str]]:
    """Give what each number of a text counts.

    >>> units_of("40 GB, 3 小时, 7 things")
    {40.0: {'GB'}, 3.0: {'hour'}}
    """
    found: dict[float, set[str]] = {}
    names = list(UNITS)
    for match in UNIT.finditer(text):
        name = next(names[k] for k in range(len(names)) if match[f"u{k}"])
        found.setdefault(float(match[1]), set()).add(name)
    return found
