"""What became of the outbox in one run, as a value and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from digest.model import Delivery, DeliveryState

STATES: tuple[DeliveryState, ...] = ("sent", "pending", "sending", "uncertain", "rejected")  # as they are told
REMEDY = (
    "what is uncertain may have arrived, and is not sent again by itself: --resend-uncertain sends it once more, "
    "--forget-uncertain takes it as arrived"
)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did with the outbox. Rows are as they are at its end.

    `ended` were tried, or given up. `withdrawn` were not sent because their recipient gets nothing any more.
    `interrupted` were found half handed over by an earlier run, and became uncertain. `waiting` are pending and were
    not tried. `held` are pending and nobody's now, which is told, and nothing that went wrong. `stopped` says by
    channel why nothing more was handed over there. `suppressed` are those who get nothing any more from now on.
    `doubtful` are uncertain since earlier runs, and are named in each until someone decides: the run that found them
    may have died before it said so.
    """

    ended: tuple[Delivery, ...] = ()
    withdrawn: tuple[Delivery, ...] = ()
    interrupted: tuple[Delivery, ...] = ()
    waiting: tuple[Delivery, ...] = ()
    held: tuple[Delivery, ...] = ()
    stopped: Mapping[str, str] = field(default_factory=dict)
    suppressed: tuple[str, ...] = ()
    doubtful: tuple[Delivery, ...] = ()

    @property
    def rows(self) -> tuple[Delivery, ...]:
        """Each row that was this run's matter once: not those that are uncertain since earlier runs."""
        return (*self._still_interrupted, *self.ended, *self.withdrawn, *self.waiting, *self.held)

    def counts(self) -> dict[DeliveryState, int]:
        """Count this run's rows by state; states without any are left out."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES if found[state]}

    @property
    def well(self) -> bool:
        """Whether all that was to be delivered is: nothing pending but `held`, none newly rejected or uncertain."""
        return not self.waiting and not self._still_interrupted and all(row.state == "sent" for row in self.ended)

    def lines(self, zone: tzinfo = UTC) -> list[str]:
        """Put into words what is not simply sent; times in `zone`."""
        said = [
            described(row, zone) for row in (*self.interrupted, *(row for row in self.ended if row.state != "sent"))
        ]
        said += [described(row, zone) for row in (*self.withdrawn, *self.held)]
        said += [
            f"{who} gets nothing any more: refused for good too often; --subscribe takes up again"
            for who in self.suppressed
        ]
        for channel, why in sorted(self.stopped.items()):
            if more := sum(row.channel == channel for row in self.waiting):
                said.append(f"{channel}: nothing more in this run ({why}); {more} more pending, not tried")
            elif not any(row.channel == channel for row in self.ended):  # else the reason is told with what was tried
                said.append(f"{channel}: nothing more in this run ({why})")
        later = [row for row in self.waiting if row.channel not in self.stopped]
        if later:
            moments = [row.next_try for row in later if row.next_try]
            first = f", the first from {min(moments).astimezone(zone):%Y-%m-%d %H:%M} on" if moments else ""
            said.append(f"{len(later)} pending from earlier runs{first}")
        said += [
            f"{described(row, zone)}, since {row.changed.astimezone(zone):%Y-%m-%d %H:%M}" for row in self.doubtful
        ]
        if self.doubtful or self.counts().get("uncertain"):
            said.append(REMEDY)
        return said

    @property
    def _still_interrupted(self) -> tuple[Delivery, ...]:
        """Those that this run did not send again or take as arrived."""
        led = {row.id for row in self.ended}
        return tuple(row for row in self.interrupted if row.id not in led)


def described(row: Delivery, zone: tzinfo = UTC) -> str:
    """Say of a row in a line who gets which day, and how far it came.

    >>> from datetime import date, datetime
    >>> at = datetime(2026, 7, 2, 7, tzinfo=UTC)
    >>> described(Delivery(1, date(2026, 7, 1), "mail", "daily", "ann@example.org", 1, 1, "pending", "<a@b>", at, at,
    ...                    at.replace(minute=15), detail="451 later"))
    'ann@example.org, 2026-07-01: pending (451 later); tried again from 2026-07-02 07:15 on'
    """
    part = f", part {row.part} of {row.parts}" if row.parts > 1 else ""
    detail = f" ({row.detail})" if row.detail else ""
    return f"{row.recipient}, {row.day}{part}: {row.state}{detail}{_tried_again(row, zone)}"


def _tried_again(row: Delivery, zone: tzinfo) -> str:
    if row.next_try is None:
        return ""
    if row.next_try <= row.changed:
        return "; tried again in the next run"
    return f"; tried again from {row.next_try.astimezone(zone):%Y-%m-%d %H:%M} on"
