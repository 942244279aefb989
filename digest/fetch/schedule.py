"""When addresses are asked: those at which a translation may appear, and sources that failed (pure)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

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


# ---- sources --------------------------------------------------------------------------------------------------------

BACK_OFF = (1, 2, 4, 7)  # days after the third day in a row on which it failed, and the next ones; the last for ever
PATIENT = 2  # days in a row on which a source failed and is still asked by each run
# Tries that are closer are of one day: a cron job of each hour is no reason to back off.
A_DAY_APART = timedelta(hours=20)
PARKED = 30  # days until a source that is gone (410) is asked again, in case that was a mistake
SLACK = timedelta(hours=2)  # so that a cron job that starts a little earlier than yesterday still finds the day over
GONE = 410
A_DAY = timedelta(days=1)


def is_new_day(last: datetime | None, now: datetime) -> bool:
    """Tell whether a failure is of another day than the last one that was counted.

    >>> first = datetime(2025, 4, 17, 8)
    >>> [is_new_day(first, first + timedelta(hours=hours)) for hours in (0, 1, 19, 22)], is_new_day(None, first)
    ([False, False, False, True], True)
    """
    return last is None or abs(now - last) >= A_DAY_APART


def back_off(days: int, status: int = 0) -> timedelta:
    """Give how long a source is left alone that failed on so many days in a row, at last with an HTTP status (or 0).

    >>> [str(back_off(days)) for days in (1, 2, 3, 4, 6, 99)]
    ['0:00:00', '0:00:00', '22:00:00', '1 day, 22:00:00', '6 days, 22:00:00', '6 days, 22:00:00']
    >>> str(back_off(1, 410))
    '29 days, 22:00:00'
    """
    if status == GONE:
        return PARKED * A_DAY - SLACK
    if days <= PATIENT:
        return timedelta()
    return BACK_OFF[min(days - PATIENT, len(BACK_OFF)) - 1] * A_DAY - SLACK


def waits_until(next_try: datetime | None, now: datetime, status: int = 0) -> datetime | None:
    """Give when a source is asked again, None where it may be asked now.

    A time that lies further away than the longest wait was written under a clock that has been set back since: it is
    no reason to wait.
    """
    longest = (PARKED if status == GONE else BACK_OFF[-1]) * A_DAY
    return next_try if next_try is not None and now < next_try <= now + longest else None


def asked_in_full(last: date, today: date) -> bool:
    """Tell whether a source is asked without validators: by the first run of each week.

    Some servers say "not modified" for ever. `last` is the day of the last success.

    >>> days = [date(2025, 4, day) for day in range(1, 22)]
    >>> [today.day for last, today in zip(days, days[1:]) if asked_in_full(last, today)]
    [6, 13, 20]
    """
    return today.toordinal() // 7 != last.toordinal() // 7
