"""Who is due which day, and why somebody is not (edge: reads the outbox and the pages)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from digest.deliver.letters import Pages
from digest.fetch.calendar import Calendar
from digest.model import Delivery, Recipient
from digest.selected import has_posts
from digest.store import Store

NO_POSTS = "no posts"
RESTORED = "perhaps sent before the store was restored; if not: digest send DATE"
FOUND = "perhaps sent before the store was made anew; if not: digest send DATE"
ALREADY = {"sent": "sent already", "rejected": "rejected before", "uncertain": "uncertain: see --resend-uncertain",
           "pending": "pending", "sending": "interrupted"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A day that a recipient is due: `why` says why it is not put into the outbox now, "" where it is.

    `suppressed`: the recipient gets nothing any more.
    """

    recipient: Recipient
    day: date
    why: str = ""
    suppressed: bool = False


def due_moment(recipient: Recipient, day: date, calendar: Calendar) -> datetime:
    """Give the moment from which on a recipient may have a day: its end, or a time of the day after. In UTC."""
    after = datetime.combine(day + timedelta(days=1), recipient.time or time(), calendar.zone)
    return max(after.astimezone(UTC), calendar.bounds(day)[1])


def due(
    recipients: Iterable[Recipient], days: Sequence[date], asked: bool, store: Store, pages: Pages, calendar: Calendar
) -> list[Due]:
    """Say what is due of `days` (oldest first, each with a page that can be read) to each of the recipients.

    `asked`: the days were asked for, so that nobody's time counts. Otherwise a recipient who never got anything is due
    the last complete day only, and others nothing from before the first day that they were sent; and nobody is due a
    day that was over when the store was restored from a copy, which does not know what was sent after it was made, or
    whose page was there before the store.
    """
    rows = {(row.day, row.channel, row.list, row.recipient): row for day in days for row in store.deliveries_of(day)}
    against = {(each.channel, each.recipient, each.list): each.why for each in store.suppressions()}
    restored = None if asked else store.restored_at()
    found = []
    for recipient in recipients:
        who = recipient.channel, recipient.address
        kept_from = against.get((*who, recipient.list)) or against.get((*who, ""))
        since = calendar.last_complete
        if not asked:
            since = store.first_delivery_day(recipient.channel, recipient.list, recipient.address) or since
        for day in days:
            if not asked and day < since:
                continue
            row = rows.get((day, recipient.channel, recipient.list, recipient.address))
            lost = RESTORED if restored and not row and calendar.bounds(day)[1] <= restored else ""
            if not asked and not row and store.is_found(day):
                lost = FOUND
            why = kept_from or lost or _why_not(recipient, day, row, asked, pages, calendar)
            found.append(Due(recipient, day, why, suppressed=bool(kept_from)))
    return found


def _why_not(
    recipient: Recipient, day: date, row: Delivery | None, asked: bool, pages: Pages, calendar: Calendar
) -> str:
    if row:
        return ALREADY[row.state]
    moment = due_moment(recipient, day, calendar)
    if not asked and calendar.now < moment:
        return f"not before {moment.astimezone(calendar.zone):%Y-%m-%d %H:%M}"
    return "" if recipient.empty or has_posts(pages.of(day, recipient)) else NO_POSTS
