"""The outbox: leads each row through its states, with a commit around each step.

    pending ─▶ sending ─▶ sent | rejected | uncertain | pending, with a time before which it is not tried again

"sending" is committed before the other side can have the whole of it, and how it ended right after. So a row that is
found in "sending" was in the hands of a run that died: whether it arrived nobody knows, and it becomes uncertain, which
is told and never sent again by itself. Mail cannot be had exactly once (the server may store a message and die before
it says so, RFC 5321 section 6.1); at most once, and every doubt told, can.

How something is handed over is a carrier's matter. It makes it, goes to where it is to be handed over, and calls what
commits "sending" just before the point of no return, so that neither a kill nor an error before that leaves any doubt:
the row is pending as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from digest.deliver.report import Report
from digest.errors import ConfigError, DeliveryError
from digest.model import Delivery, DeliveryState, Outcome
from digest.printable import printable
from digest.store import Store

FIRST_WAIT = timedelta(minutes=15)  # doubled with each try; RFC 5321 section 4.5.4.1 asks for 30 minutes at least in
LONGEST_WAIT = timedelta(hours=6)  # general, and for more tries in the first hour
LONGEST_ASKED = timedelta(days=1)  # what another side may ask for
GIVEN_UP_AFTER = timedelta(days=2)  # a digest older than that is no news; the last try is then
BOUNCES = 3  # days refused for good, one after the other, after which nothing is sent there any more
LONGEST_DETAIL = 300  # characters

INTERRUPTED = "a run ended while this was handed over"
TAKEN = "taken as arrived"
NO_CHANNEL = "the settings have no such channel"

Start = Callable[[str], None]  # gets the name of what is handed over (a Message-ID), which the row keeps
Carrier = Callable[[Delivery, Start], Outcome]


def deliver(
    store: Store,
    carriers: Mapping[str, Carrier],
    now: datetime,
    *,
    uncertain: Literal["keep", "resend", "forget"] = "keep",
    again: bool = False,
    only: Callable[[Delivery], bool] = lambda row: True,
    held: Callable[[Delivery], str] = lambda row: "",
) -> Report:
    """Lead each row that is pending and due, of whatever day, and for which `only` holds, as far as it comes now.

    `carriers` are by channel. A carrier makes what is handed over, hands it over, and says how that ended; just before
    the other side can have the whole of it, it calls the Start that it is given, exactly once. DeliveryError and
    ConfigError before that leave the row pending, with a later try; anything else is a bug and is raised. Whatever is
    raised after it is a bug, and leaves the row in "sending"; so does "sent" or "uncertain" without that call.

    `held` says why a row is nobody's now, "" where it is somebody's: such a row stays pending, untried, for as long as
    others are tried, and does not make the report any less well.

    Parts go in order: one that is still pending holds back those behind it. One that was rejected or is uncertain does
    not, as the rest of a day says more than nothing. A recipient's days go in order; one whose next row was tried
    before comes last, so that what brings down a channel each time cannot keep back the others. What stops a channel
    is told for all its rows: those that are due wait as long as the one that was tried, the first time until the next
    run only (a server that was restarted is back by then, and who mended a password tries at once).

    `again`: what was rejected is queued anew, and what is pending is tried at once: somebody mended the cause.
    `uncertain`: "resend" hands over once more what is uncertain, and leaves it so where that fails for now; "forget"
    takes it as arrived. Raises StoreError, and what is said above.
    """
    interrupted = store.interrupted_deliveries(now, INTERRUPTED)
    if again:
        with store.transaction():
            for row in filter(only, store.deliveries_in("pending", "rejected")):
                store.requeue_delivery(row, now)
    doubtful = tuple(filter(only, store.deliveries_in("uncertain")))
    rows = [*filter(only, store.deliveries_in("pending")), *(doubtful if uncertain == "resend" else ())]
    run = _Run(store, carriers, now, held)
    run.stopped.update((row.channel, NO_CHANNEL) for row in rows if row.channel not in carriers)
    if uncertain == "forget":
        with store.transaction():
            run.ended += [store.end_delivery(row, "sent", now, TAKEN, tried=False) for row in doubtful]
    for parts in _in_order(rows):
        for row in parts:
            if not run.lead(row):
                break
    led = {row.id for row in (*run.ended, *run.held, *interrupted)}
    return Report(
        ended=tuple(run.ended),
        withdrawn=tuple(run.withdrawn),
        interrupted=interrupted,
        waiting=tuple(row for row in store.deliveries_in("pending") if only(row) and row.id not in led),
        held=tuple(run.held),
        stopped=run.stopped,
        suppressed=tuple(run.suppressed),
        doubtful=tuple(row for row in doubtful if row.id not in led),
    )


def next_try(now: datetime, tries: int, wait: float) -> datetime:
    """Give when a row is tried again after its try number `tries`; `wait` in seconds where the other side named it.

    >>> from datetime import UTC
    >>> at = datetime(2026, 7, 1, tzinfo=UTC)
    >>> [str(next_try(at, tries, 0) - at) for tries in (1, 2, 5, 6, 99)], str(next_try(at, 1, 1e12) - at)
    (['0:15:00', '0:30:00', '4:00:00', '6:00:00', '6:00:00'], '1 day, 0:00:00')
    """
    if wait > 0:
        return now + timedelta(seconds=min(wait, LONGEST_ASKED.total_seconds()))
    return now + min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)


def _wait_of_stopped(row: Delivery) -> timedelta:
    """Give how long a channel that was stopped waits: the first time until the next run, then as any back-off.

    `row` is as it was before the try, its last wait that of its whole channel.
    """
    if row.next_try is None:
        return timedelta(0)
    return min(max(FIRST_WAIT, 2 * (row.next_try - row.changed)), LONGEST_WAIT)


def _may_be_tried(row: Delivery, now: datetime) -> bool:
    """Whether a row may be tried; a time farther off than any that is ever set is of a clock that went wrong."""
    return row.next_try is None or row.next_try <= now or row.next_try > now + LONGEST_ASKED


def _in_order(rows: Iterable[Delivery]) -> list[list[Delivery]]:
    """Give the open parts of each day of each recipient: each one's days in order, those who wait for a retry last."""

    def whose(row: Delivery) -> tuple[str, str, str]:
        return row.channel, row.list, row.recipient

    rows = sorted(rows, key=lambda row: (whose(row), row.day, row.part))
    first = {who: next(theirs) for who, theirs in groupby(rows, whose)}
    place = {who: (row.tries, row.day, row.id) for who, row in first.items()}
    days = [list(parts) for _, parts in groupby(rows, lambda row: (whose(row), row.day))]
    return sorted(days, key=lambda parts: (place[whose(parts[0])], parts[0].day))


def _one_line(detail: str) -> str:
    """Make one short printable line of what another side said; what is no text at all becomes question marks."""
    return printable(" ".join(detail.encode("utf-8", "replace").decode().split()))[:LONGEST_DETAIL]


class _TakenError(Exception):
    """Another run has the row, though the lock should see to it that there is none."""


class _Start:
    """What a carrier calls before the point of no return: commits "sending". `done`: it was called."""

    def __init__(self, store: Store, row: Delivery, now: datetime) -> None:
        self._store, self._row, self._now = store, row, now
        self.done = False

    def __call__(self, name: str) -> None:
        if self.done:
            raise RuntimeError("a carrier starts one delivery twice")
        if not self._store.start_delivery(self._row, self._now, name):
            raise _TakenError
        self.done = True


class _Run:
    """One run over the outbox: what became of its rows, and which channels are stopped."""

    def __init__(
        self, store: Store, carriers: Mapping[str, Carrier], now: datetime, held: Callable[[Delivery], str]
    ) -> None:
        self._store, self._carriers, self._now, self._held = store, carriers, now, held
        self.ended: list[Delivery] = []
        self.withdrawn: list[Delivery] = []
        self.held: list[Delivery] = []
        self.suppressed: list[str] = []
        self.stopped: dict[str, str] = {}

    def lead(self, row: Delivery) -> bool:
        """Lead a row as far as it comes; False where it is still pending, so that later parts wait."""
        fresh = row.state == "pending"
        if against := self._store.suppression(row.channel, row.recipient, row.list):
            if fresh:
                self.withdrawn.append(self._store.end_delivery(row, "rejected", self._now, against.why, tried=False))
            return True
        if why := self._held(row):
            return self._hold(row, why) if fresh else True
        if row.channel in self.stopped:
            if fresh and self._too_old(row):
                self._end(row, Outcome("pending", self.stopped[row.channel]), tried=False)
                return True
            return not fresh
        return self._try(row) if _may_be_tried(row, self._now) else False

    def _try(self, row: Delivery) -> bool:
        start = _Start(self._store, row, self._now)
        try:
            outcome = self._carriers[row.channel](row, start)
        except _TakenError:
            return False
        except Exception as error:
            if start.done:
                raise
            expected = isinstance(error, (DeliveryError, ConfigError))
            self._end(row, Outcome("pending", str(error) if expected else f"a bug: {type(error).__name__}"))
            if not expected:
                raise
            return False
        if outcome.state in ("sent", "uncertain") and not start.done:
            start(row.message_id)  # it may have arrived: the next run tells it
            raise RuntimeError(f"a carrier of {row.channel!r} handed over without starting")
        return self._end(row, outcome)

    def _hold(self, row: Delivery, why: str) -> bool:
        """Leave a row that is nobody's now as it is, but for the reason; given up as all others are."""
        if self._too_old(row):
            return self._end(row, Outcome("pending", why), tried=False)
        if row.detail != why:
            row = self._store.end_delivery(row, "pending", self._now, why, next_try=row.next_try, tried=False)
        self.held.append(row)
        return False

    def _too_old(self, row: Delivery) -> bool:
        return self._now - row.queued >= GIVEN_UP_AFTER

    def _end(self, row: Delivery, outcome: Outcome, *, tried: bool = True) -> bool:
        """Keep how a try ended; False where the row is still pending. `row` is as it was before the try."""
        detail = _one_line(outcome.detail)
        state: DeliveryState = outcome.state
        later = None
        if outcome.state == "pending":
            later = next_try(self._now, row.tries + 1, outcome.wait)
            if outcome.stop and outcome.wait <= 0:
                later = self._now + _wait_of_stopped(row)
        with self._store.transaction():
            if outcome.stop:
                self._stop(row, detail, later)
            later = self._in_time(row, later)
            if state == "pending" and row.state == "uncertain":
                state, detail = "uncertain", f"sending it again failed: {detail}"
            elif state == "pending" and self._too_old(row):
                state, detail = "rejected", f"gave up after two days: {detail}"
            bounced = outcome.bounced and state == "rejected"
            ended = self._store.end_delivery(
                row, state, self._now, detail, next_try=later if state == "pending" else None, bounced=bounced,
                tried=tried,
            )  # fmt: skip
            self.ended.append(ended)
            if bounced and self._store.hard_bounces(row.channel, row.recipient) >= BOUNCES:
                self._store.suppress(row.channel, row.recipient, "", "bounced", self._now, detail)
                self.suppressed.append(row.recipient)
        return state != "pending"

    def _stop(self, row: Delivery, why: str, later: datetime | None) -> None:
        """Close a channel for this run and until `later`: who signs in again and again in vain is locked out."""
        self.stopped[row.channel] = why
        for other in self._store.deliveries_in("pending") if later else ():
            if other.channel == row.channel and other.id != row.id and _may_be_tried(other, self._now):
                at = self._in_time(other, later)
                self._store.end_delivery(other, "pending", self._now, other.detail, next_try=at, tried=False)

    def _in_time(self, row: Delivery, later: datetime | None) -> datetime | None:
        """Bring a next try forward to the end of the two days: the last one is then, and no wait is longer."""
        return min(later, row.queued + GIVEN_UP_AFTER) if later and not self._too_old(row) else later
