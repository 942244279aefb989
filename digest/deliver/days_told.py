"""The last days, told for `digest check`: what was built, what was sent, what needs a person (edge)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from digest.check import WARNING, WELL, Finding
from digest.counting import counted
from digest.deliver.letters import Pages
from digest.deliver.report import STATES, described
from digest.deliver.schedule.plan import MORNING
from digest.errors import DeliveryError
from digest.fetch.calendar import Calendar
from digest.model import MAIL, Delivery, Digest, Recipient
from digest.selected import has_posts
from digest.store import Store
from digest.store.deliveries import Suppression

LONG = timedelta(hours=4)  # a server that only greylists has taken it by then
SLACK = timedelta(hours=2)  # a schedule may be late, and a run takes its time
NO_CRON = "does anything start the program? digest run --print-schedule cron (or systemd, github-actions)"
NO_SEND = "does anything start the sending? digest run --send, and digest send for what waits"
MISSED = "a day that was missed for longer than send.catch_up is sent only where it is asked for"
WAITS = "put right what the reason names, then: digest send --again; two days after it was queued it is given up"


@dataclass(frozen=True, slots=True)
class Told:
    """What the last days are told from. `recipients` are all that are configured, channels among them."""

    store: Store
    out: Path
    calendar: Calendar
    recipients: Sequence[Recipient]

    def findings(self, days: int) -> list[Finding]:
        """Tell the last complete `days`, then each delivery that needs a person, then who gets nothing any more.

        Days from the first that was built here; before that, those of which something was sent: their pages came from
        elsewhere.
        """
        first = self.store.first_day()
        asked = self.calendar.days_until(self.calendar.last_complete, days - 1) if days else []
        shown = [day for day in asked if (first and day >= first) or self.store.deliveries_of(day)]
        found = [self._day(day) for day in shown]
        if not first and not shown and not self.store.deliveries_in(*STATES):
            found.append(Finding(WELL, "days", "none built yet", "start with: digest run"))
        return [
            *found,
            *self._deliveries(shown, timedelta(days=days)),
            *map(self._suppressed, self.store.suppressions()),
        ]

    # ---- days ----

    def _day(self, day: date) -> Finding:
        built = self.store.built_of(day)
        states = Counter(row.state for row in self.store.deliveries_of(day))
        ends = [f"{states[state]} {state}" for state in STATES if states[state]]
        if built is None and ends:
            return Finding(WELL, str(day), ", ".join(("not built here", *ends)))
        if built is None and (last := self.store.last_day()) and last > day:  # a run makes up what was missed before
            return Finding(WELL, str(day), "no posts, no page")
        if built is None:
            if self.calendar.now < self._expected(day, self._earliest):
                return Finding(WELL, str(day), f"its page is made from {self._earliest:%H:%M} on")
            return Finding(WARNING, str(day), "no page", f"{NO_CRON}; for this day: digest run {day}")
        ours = not self.store.is_found(day)
        told = f"built {built.astimezone(self.calendar.zone):%F %R}" if ours else "its page was there before the store"
        pages = Pages(self.out)
        try:
            digest = pages.day(day)
        except DeliveryError:
            return Finding(WARNING, str(day), f"{told}, and its file is not in {self.out}", f"digest build {day}")
        failed = len(self.store.failures_of(day))
        facts = [told, counted(_posts(digest), "post"), f"{counted(failed, 'source')} failed" if failed else ""]
        fact = ", ".join(filter(None, (*facts, *ends)))
        if self.recipients and not ends and ours:
            late = self.calendar.now > max(self._expected(day, self._latest), built + SLACK)
            if late and day == self.calendar.last_complete and _posts(digest):
                return Finding(
                    WARNING, str(day), f"{fact}, nothing sent", f"{NO_SEND}; for this day: digest send {day}"
                )
            if late and day < self.calendar.last_complete and self._missed(day, pages):
                return Finding(WARNING, str(day), f"{fact}, sent to nobody", f"{MISSED}: digest send {day}")
            fact += ", nothing sent"
        return Finding(WELL, str(day), fact)

    def _missed(self, day: date, pages: Pages) -> bool:
        """Whether a day that nobody was sent has something for anybody who gets the digest since an earlier day."""
        return any(
            (since := self.store.first_delivery_day(who.channel, who.list, who.address))
            and since < day
            and not self.store.suppression(who.channel, who.address, who.list)
            and has_posts(pages.of(day, who))
            for who in self.recipients
        )

    def _expected(self, day: date, at: time) -> datetime:
        """Give the moment by which what is due at a time of the day after must have been done."""
        return datetime.combine(day + timedelta(days=1), at, self.calendar.zone) + SLACK

    @property
    def _earliest(self) -> time:
        return min((each.time for each in self.recipients if each.time), default=MORNING)

    @property
    def _latest(self) -> time:
        return max((each.time for each in self.recipients if each.time), default=MORNING)

    # ---- deliveries ----

    def _deliveries(self, shown: Sequence[date], lately: timedelta) -> list[Finding]:
        """Tell what is open, whatever its day, and what was refused: of the days that are shown, or lately."""
        open_rows = self.store.deliveries_in("pending", "sending", "uncertain")
        refused = [
            row
            for row in self.store.deliveries_in("rejected")
            if (row.day in shown or self.calendar.now - row.changed < lately) and not self._left(row)
        ]
        return [self._row(row) for row in (*open_rows, *refused)]

    def _left(self, row: Delivery) -> bool:
        return self.store.suppression(row.channel, row.recipient, row.list) is not None

    def _row(self, row: Delivery) -> Finding:
        level, remedy = WARNING, ""
        if row.state == "uncertain":
            again = f"digest send {row.day} --to {row.recipient} --resend-uncertain"
            remedy = f"ask whether it came; if not: {again}; if it did: --forget-uncertain in its place"
        elif row.state == "sending":
            remedy = "a run hands it over now, or ended in the middle; then the next digest send calls it uncertain"
        elif row.state == "pending":
            overdue = (row.next_try or row.queued) + SLACK < self.calendar.now
            long = row.queued + LONG < self.calendar.now
            if overdue or long or _refused_again(row):
                remedy = self._open_remedy(row, overdue=overdue)
            else:
                level = WELL
        elif row.bounced:
            remedy = (
                "correct the address, or take it out (if it is right: --again); after three of these days "
                "nothing is sent there any more"
            )
        else:
            remedy = f"put right what the reason names; then: digest send {row.day} --to {row.recipient} --again"
        return Finding(level, "mail" if row.channel == MAIL else "channel", described(row, self.calendar.zone), remedy)

    def _open_remedy(self, row: Delivery, *, overdue: bool) -> str:
        if not any((each.channel, each.list, each.address) == (row.channel, row.list, row.recipient)
                   for each in self.recipients):  # fmt: skip
            return f"digest send {row.day} --to {row.recipient} still sends it; else it is given up after two days"
        return NO_SEND if overdue else WAITS

    def _suppressed(self, each: Suppression) -> Finding:
        configured = any((r.channel, r.address) == (each.channel, each.recipient) for r in self.recipients)
        fact = f"{each.recipient} gets nothing of {each.list or 'any list'}: {each.why} {each.since:%F}"
        if not configured:
            return Finding(WELL, "left", fact)
        remedy = f"take it out of the recipients, or, if it wants it again: digest send --subscribe {each.recipient}"
        return Finding(WARNING if each.why == "bounced" else WELL, "left", fact, remedy)


def _refused_again(row: Delivery) -> bool:
    """Whether a pending row was refused twice, or with all of its way: what only greylists refuses it once.

    A first refusal of the whole way waits until the next run; after it, another row of that way may be tried.
    """
    if row.next_try is None or not row.tries:
        return False
    return row.tries > 1 or row.next_try <= row.changed or row.changed > row.queued


def _posts(digest: Digest) -> int:
    return len(digest.abstracts) + len(digest.newly) + len(digest.rest)
