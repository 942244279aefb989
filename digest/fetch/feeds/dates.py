"""Dates as feeds write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: zero dates of databases, not posts

_ZONE = re.compile(r"(?:(?<![A-Za-z])(?P<name>[A-Za-z]{1,5})|[+-]\d{2}:?\d{2}|(?<=:\d\d)[+-]\d{1,2})\s*(?:\([^)]*\))?$")
_CLOCK = re.compile(r"\d[:：]\d")
_CHINESE = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"
    r"(?:[^\d上下凌早中晚]*(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2})\s*[:：时點点]\s*(\d{1,2})?(?:\s*[:：分]\s*(\d{1,2}))?)?"
)


def read_date(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Read a date as feeds write them, in UTC; None for what cannot be read or is older than the web.

    RFC 822, W3C-DTF and the rest by feedparser; seconds or milliseconds since 1970; Chinese dates. One without a zone
    is in `zone`; so is one whose zone is named as `zone` names it (CST is China's in Shanghai, Chicago's elsewhere).

    >>> from datetime import timedelta, timezone
    >>> read_date("2025年4月16日 下午3:05", timezone(timedelta(hours=8))).isoformat()
    '2025-04-16T07:05:00+00:00'
    """
    text = text.strip()
    if len(text) > 100:
        return None
    try:
        when = _epoch(text) or _chinese(text, zone) or _western(text, zone)
        when = when.astimezone(UTC) if when else None
    except (ValueError, OverflowError):
        return None
    return when if when and when >= OLDEST else None


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)


def _chinese(text: str, zone: tzinfo) -> datetime | None:
    match = _CHINESE.search(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[n] or 0) for n in (1, 2, 3, 5, 6, 7))
    if match[4] in ("下午", "晚上", "中午") and 0 < hour < 12 and not (match[4] == "中午" and hour > 10):
        hour += 12
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _western(text: str, zone: tzinfo) -> datetime | None:
    when = _feedparser_date(text)
    return _placed(text, when, zone) if when else None


def _feedparser_date(text: str) -> datetime | None:
    """Read a date by feedparser's handlers, one without a zone as if it were in UTC."""
    from feedparser.datetimes import _parse_date

    for form in (text, f"{text} GMT"):  # its RFC 822 handler wants a zone
        try:
            parsed = _parse_date(form)
        except Exception:  # its handlers raise what they like  # noqa: S112
            continue
        if parsed is not None:
            year, month, day, hour, minute, second = parsed[:6]
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return None


def _placed(text: str, when: datetime, zone: tzinfo) -> datetime:
    """Put a date that feedparser took for UTC into its zone, where the text names none, or names `zone` itself."""
    mark = _ZONE.search(text)
    if not _CLOCK.search(text) or mark is None or (mark["name"] or "").lower() in ("am", "pm"):
        return when.replace(tzinfo=zone)
    name = (mark["name"] or "").upper()
    local = when.replace(tzinfo=zone)
    if name and name not in ("Z", "UTC", "GMT", "UT") and name == (local.tzname() or "").upper():
        naive = _feedparser_date(text[: mark.start("name")].strip())
        return naive.replace(tzinfo=zone) if naive else when
    return when
