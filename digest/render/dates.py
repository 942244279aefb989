"""Dates in both languages."""

from __future__ import annotations

from datetime import date

from digest.model import Both

WEEKDAYS = (
    Both("星期一", "Monday"),
    Both("星期二", "Tuesday"),
    Both("星期三", "Wednesday"),
    Both("星期四", "Thursday"),
    Both("星期五", "Friday"),
    Both("星期六", "Saturday"),
    Both("星期日", "Sunday"),
)
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def weekday(day: date) -> Both:
    """Name the day of the week.

    >>> weekday(date(2025, 4, 16))
    Both(zh='星期三', en='Wednesday')
    """
    return WEEKDAYS[day.weekday()]


def month(day: date) -> Both:
    """Name the month of a day, with its year.

    >>> month(date(2025, 4, 16))
    Both(zh='2025 年 4 月', en='April 2025')
    """
    return Both(f"{day.year} 年 {day.month} 月", f"{MONTHS[day.month - 1]} {day.year}")
