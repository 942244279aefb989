"""When an address at which a translation may appear is asked (pure)."""

from __future__ import annotations

from datetime import date

# Days after publication. Translations came 20 days later at the median, quartiles 11 and 50 (206 of them): dense in the
# first weeks, then rarer, and no more than nine requests for an address that never answers.
PROBE_DAYS = (0, 1, 3, 7, 14, 21, 30, 45, 60)


def probe_due(published: date, last_try: date | None, today: date) -> bool:
    """Tell whether an address that may hold a post's translation is to be asked today.

    A probe that was missed is made at the next chance, one for all that were missed.

    >>> first, tried, asked = date(2025, 4, 1), None, []
    >>> for age in range(80):
    ...     day = date.fromordinal(first.toordinal() + age)
    ...     if age not in (3, 4, 45) and probe_due(first, tried, day):  # the machine was off on these days
    ...         asked.append(age)
    ...         tried = day
    >>> asked
    [0, 1, 5, 7, 14, 21, 30, 46, 60]
    """
    passed = [day for day in PROBE_DAYS if day <= (today - published).days]
    return bool(passed) and (last_try is None or (last_try - published).days < passed[-1])
