"""Which page a moment belongs to, and which page is built next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.config import Settings
from digest.model import Post
from digest.store import Store


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which page a moment belongs to. A day is half-open, [00:00, next 00:00), in the digest's zone.

    `now` is when the run began, by which everything is dated; `elapsed` gives the seconds since then.
    """

    zone: ZoneInfo
    now: datetime
    elapsed: Callable[[], float] = field(default=lambda: 0.0, compare=False, repr=False)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def page_of(self, post: Post) -> date:
        """Give the day whose page a post belongs to."""
        return post.late_on or self.day_of(post.published)

    def after(self, seconds: float) -> datetime:
        """Give the moment so many seconds from the present one, which in a long run is not its beginning."""
        return self.now + timedelta(seconds=seconds + self.elapsed())

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    @property
    def last_complete(self) -> date:
        return self.today - timedelta(days=1)

    def days_until(self, last: date, before: int) -> list[date]:
        """Give `last` and the days before it, oldest first."""
        return [last - timedelta(days=back) for back in range(before, -1, -1)]

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Give start and end of a day in UTC (23 or 25 hours apart where clocks change)."""
        start = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        after = day + timedelta(days=1)
        end = datetime(after.year, after.month, after.day, tzinfo=self.zone)
        return start.astimezone(UTC), end.astimezone(UTC)


def next_page(store: Store, calendar: Calendar) -> date:
    """Give the day whose page is built next: the last complete day, or the running one if that is settled."""
    day = calendar.last_complete
    return day + timedelta(days=1) if store.is_settled(day) else day


def days_due(store: Store, calendar: Calendar, settings: Settings, newest: date) -> list[date]:
    """Give `newest` and the days before it whose pages may need building, oldest first.

    These are `digest.rebuild_days`, or all since the last settled day where the machine was off for longer; at most
    `digest.watch_days`.
    """
    last = store.last_settled(newest)
    missed = min((newest - last).days - 1, settings.digest.watch_days) if last else 0
    return calendar.days_until(newest, max(settings.digest.rebuild_days, missed))
