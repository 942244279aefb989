"""The outbox against a model: any order of days queued, runs, refusals, kills, switches and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from digest.deliver.outbox import Start, deliver
from digest.errors import DeliveryError
from digest.model import MAIL, Delivery, Outcome
from digest.store import Store

CHAT = "chat"
START = datetime(2026, 7, 2, 7, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)
ANSWERS = {
    "sent": Outcome("sent"),
    "later": Outcome("pending", "451"),
    "later, at the end": Outcome("pending", "452"),
    "wait": Outcome("pending", "429", wait=3600),
    "down": Outcome("pending", "refused", stop=True),
    "cut": Outcome("uncertain", "cut", stop=True),
    "maybe": Outcome("uncertain", "timed out"),
    "spam": Outcome("rejected", "554"),
    "gone": Outcome("rejected", "550", bounced=True),
}


class Killed(BaseException):
    """The run ends here, as by SIGKILL: nothing of ours is done any more."""


@dataclass
class Expected:
    """What the model knows of a row."""

    queued: datetime
    state: str = "pending"
    tries: int = 0
    next_try: datetime | None = None
    arrived: bool = False
    changed: datetime = START


class OutboxMachine(RuleBasedStateMachine):
    """Rows are known by (day, channel, recipient, part)."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.now = START
        self.rows: dict[tuple[date, str, str, int], Expected] = {}
        self.silenced: set[str] = set()

    @initialize()
    def open(self) -> None:
        self.store = Store(Path(self.folder.name))
        self.store._db.execute("PRAGMA synchronous=OFF")  # what a disk takes its time for is no matter here

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(day=st.integers(0, 3), who=st.sampled_from(["ann", "bob", "cat"]))
    def queue_mail(self, day: int, who: str) -> None:
        self._queue(date(2026, 7, 1) + timedelta(days=day), MAIL, who, 1)

    @rule(day=st.integers(0, 3))
    def queue_chat(self, day: int) -> None:
        self._queue(date(2026, 7, 1) + timedelta(days=day), CHAT, CHAT, 3)

    def _queue(self, day: date, channel: str, who: str, parts: int) -> None:
        new = (day, channel, who, 1) not in self.rows
        assert self.store.queue_delivery(day, channel, "daily", who, "<i@x>", self.now, ["text"] * parts) == new
        if new:
            self.rows.update({(day, channel, who, n): Expected(self.now) for n in range(1, parts + 1)})

    @rule(minutes=st.sampled_from([5, 15, 60, 360, 1440, 2870]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.rows)
    @rule(who=st.sampled_from(["ann", "bob"]), back=st.booleans())
    def unsubscribe(self, who: str, back: bool) -> None:
        if back:
            self.store.lift_suppression(MAIL, who, "daily")
            self.silenced.discard(who)
        else:
            self.store.suppress(MAIL, who, "daily", "unsubscribed", self.now)
            self.silenced.add(who)

    @rule(
        answers=st.lists(
            st.sampled_from([*ANSWERS, "no page", "killed before", "killed", "killed after it arrived"]), max_size=6
        ),
        uncertain=st.sampled_from(["keep", "keep", "keep", "resend", "forget"]),
    )
    def run(self, answers: list[str], uncertain: str) -> None:
        """One run: the first messages meet these ends, all others arrive."""
        left = list(answers)
        found = {key for key, row in self.rows.items() if row.state == "sending"}
        for key in found:
            self.rows[key].state, self.rows[key].next_try = "uncertain", None
        doubtful = {key for key, row in self.rows.items() if row.state == "uncertain"}
        stopped: set[str] = set()

        def carrier(delivery: Delivery, start: Start) -> Outcome:
            key = (delivery.day, delivery.channel, delivery.recipient, delivery.part)
            row = self.rows[key]
            again = row.state == "uncertain"
            assert delivery.channel not in stopped, "nothing more of a channel that is stopped"
            assert delivery.recipient not in self.silenced, "nothing to who does not want it"
            assert row.state == "pending" or (again and uncertain == "resend" and key in doubtful)
            assert again or row.next_try is None or row.next_try <= self.now, "not before its time"
            before = [self.rows[(*key[:3], part)] for part in range(1, delivery.part)]
            assert again or all(other.state != "pending" for other in before), "parts go in order"
            answer = left.pop(0) if left else "sent"
            if answer == "killed before":
                raise Killed
            if answer == "no page":
                row.tries += 1
                self._pending(row, again, 0)
                raise DeliveryError("no page")
            outcome = ANSWERS.get(answer)
            if outcome is None or outcome.state in ("sent", "uncertain") or "at the end" in answer:
                start(f"<{row.tries}@x>")
                stored = {self._key(r): r.state for r in self.store.deliveries_in("sending")}
                assert stored == {key: "sending"}, "one at a time, and it is written down"
            else:
                assert not self.store.deliveries_in("sending"), "what was never handed over is in no doubt"
            assert again or not row.arrived, "never twice, unless it is asked for"
            if outcome is None:
                row.state = "sending"
                row.arrived |= "arrived" in answer
                raise Killed
            row.tries += 1
            row.arrived |= outcome.state == "sent"
            if outcome.stop:
                stopped.add(delivery.channel)
            if outcome.state == "pending":
                self._pending(row, again, outcome.wait, stop=outcome.stop, channel=delivery.channel)
            else:
                row.state, row.next_try = outcome.state, None
            row.changed = self.now
            return outcome

        try:
            report = deliver(self.store, {MAIL: carrier, CHAT: carrier}, self.now, uncertain=uncertain)  # type: ignore[arg-type]
        except Killed:
            if uncertain == "forget":
                self._forget(doubtful)
            self._take_over_what_ended_without_a_try()
            return
        if uncertain == "forget":
            self._forget(doubtful)
        self._take_over_what_ended_without_a_try()
        assert {self._key(row) for row in report.interrupted} == found, "each is told"
        told = report.lines()
        for key in doubtful:
            if self.rows[key].state == "uncertain":
                assert any(line.startswith(f"{key[2]}, {key[0]}") and "uncertain" in line for line in told)
        assert report.well == (
            not any(row.state == "pending" for row in self.rows.values())
            and all(row.state == "sent" for row in report.ended)
            and not any(self.rows[key].state == "uncertain" for key in found)
        )

    @staticmethod
    def _key(row: Delivery) -> tuple[date, str, str, int]:
        return row.day, row.channel, row.recipient, row.part

    def _pending(self, row: Expected, again: bool, wait: float, *, stop: bool = False, channel: str = "") -> None:
        minutes = wait / 60 or min(15 * 2 ** (row.tries - 1), 360)
        if stop and not wait:  # until the next run; where it had waited, a quarter of an hour, or twice as long
            waited = (row.next_try - row.changed) / timedelta(minutes=1) if row.next_try else None
            minutes = 0 if waited is None else min(max(15, 2 * waited), 360)
        later = self.now + timedelta(minutes=minutes)
        others = [other for key, other in self.rows.items() if stop and key[1] == channel and other is not row]
        for other in others:
            if other.state == "pending" and (other.next_try is None or other.next_try <= self.now):
                other.next_try, other.changed = self._in_time(other, later), self.now
        if again:
            row.state = "uncertain"
        elif self.now - row.queued >= TWO_DAYS:
            row.state, row.next_try = "rejected", None
        else:
            row.next_try = self._in_time(row, later)
        row.changed = self.now

    def _in_time(self, row: Expected, later: datetime) -> datetime:
        """The last try is at the end of the two days; what is older is given up when it is led next."""
        end = row.queued + TWO_DAYS
        return min(later, end) if self.now < end else later

    def _forget(self, doubtful: set[tuple[date, str, str, int]]) -> None:
        for key in doubtful:
            self.rows[key].state = "sent"

    def _take_over_what_ended_without_a_try(self) -> None:
        """Rows may be withdrawn, or given up behind a channel that is down: only then, and never any other."""
        self.silenced |= {found.recipient for found in self.store.suppressions() if found.why == "bounced"}
        for delivery in self.store.deliveries_in("rejected"):
            row = self.rows[self._key(delivery)]
            if row.state == "pending":
                assert delivery.recipient in self.silenced or self.now - row.queued >= TWO_DAYS
                row.state, row.next_try = "rejected", None

    @invariant()
    def the_store_is_as_the_model_has_it(self) -> None:
        if not hasattr(self, "store"):
            return
        kept = {
            self._key(row): row
            for row in self.store.deliveries_in("pending", "sending", "sent", "rejected", "uncertain")
        }
        assert kept.keys() == self.rows.keys(), "nothing is lost, nothing made up"
        assert sum(row.state == "sending" for row in kept.values()) <= 1
        for key, row in kept.items():
            expected = self.rows[key]
            assert (row.state, row.tries, row.next_try) == (expected.state, expected.tries, expected.next_try), key
            assert bool(row.body) == (row.state != "sent")
            assert row.queued == expected.queued


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
