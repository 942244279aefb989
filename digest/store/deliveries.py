"""The outbox: who gets what of which day and how far it came, and who gets nothing any more.

Rows are never pruned: that a day is sent once rests on them, a settled one takes some 200 bytes, and `digest check`
shows them. Bodies are dropped when they were sent; what was not sent may be asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast, get_args

from digest.model import Delivery, DeliveryState
from digest.store.connection import Row, Subject, write_time


@dataclass(frozen=True, slots=True)
class Suppression:
    """Who gets nothing any more: on one list, or on all where `list` is "". `why` is "unsubscribed" or "bounced"."""

    channel: str
    recipient: str
    list: str
    why: str
    since: datetime
    detail: str = ""


class Deliveries(Subject):
    """The rows of the outbox. Each call that writes is one commit, or part of the transaction around it."""

    def queue_delivery(
        self,
        day: date,
        channel: str,
        list_name: str,
        recipient: str,
        message_id: str,
        now: datetime,
        bodies: Sequence[str] = ("",),
    ) -> bool:
        """Put a day into the outbox, a row for each body ("" where it is made for each try), all parts or none.

        Gives False, and changes nothing, where the day is there already for this recipient of the list, whatever
        became of it: a day is queued once, however often this is called.
        """
        moment = write_time(now)
        with self.transaction():
            if self.delivery_parts(day, channel, list_name, recipient):
                return False
            for part, body in enumerate(bodies, 1):
                self._db.execute(
                    """INSERT INTO deliveries (day, channel, list, recipient, part, parts, state, message_id, queued,
                       changed, body) VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)""",
                    (day.isoformat(), channel, list_name, recipient, part, len(bodies), message_id, moment, moment,
                     body or None),
                )  # fmt: skip
        return True

    # ---- reading ----

    def delivery_parts(self, day: date, channel: str, list_name: str, recipient: str) -> tuple[Delivery, ...]:
        """Give what one recipient of a list gets of one day, in order; () where it was never queued."""
        where = "day = ? AND channel = ? AND list = ? AND recipient = ? ORDER BY part"
        return self._deliveries(where, day.isoformat(), channel, list_name, recipient)

    def deliveries_of(self, day: date) -> tuple[Delivery, ...]:
        return self._deliveries("day = ? ORDER BY id", day.isoformat())

    def deliveries_in(self, *states: DeliveryState) -> tuple[Delivery, ...]:
        """Give the rows in one of the states, earliest day first."""
        return self._deliveries(f"state IN ({', '.join('?' * len(states))}) ORDER BY day, id", *states)

    def first_delivery_day(self, channel: str, list_name: str, recipient: str) -> date | None:
        """Give the earliest day that was queued for a recipient of a list, whatever became of it."""
        row: Row = self._db.execute(
            "SELECT min(day) AS first FROM deliveries WHERE channel = ? AND list = ? AND recipient = ?",
            (channel, list_name, recipient),
        ).fetchone()
        return row.day_if("first")

    def hard_bounces(self, channel: str, recipient: str) -> int:
        """Count the days of which the recipient was refused for good, since something was sent there last."""
        row = self._db.execute(
            """SELECT count(DISTINCT day) FROM deliveries
               WHERE channel = :channel AND recipient = :recipient AND bounced
               AND changed > coalesce((SELECT max(changed) FROM deliveries WHERE channel = :channel
                                       AND recipient = :recipient AND state = 'sent'), '')""",
            {"channel": channel, "recipient": recipient},
        ).fetchone()
        return int(row[0])

    # ---- the states ----

    def start_delivery(self, row: Delivery, now: datetime, message_id: str) -> bool:
        """Say that a row is about to be handed over, and under which name it goes out.

        False where it is not as given any more, and so another's.
        """
        cursor = self._db.execute(
            """UPDATE deliveries SET state = 'sending', changed = ?, message_id = ?
               WHERE id = ? AND state = ? AND tries = ?""",
            (write_time(now), message_id, row.id, row.state, row.tries),
        )
        return cursor.rowcount == 1

    def end_delivery(
        self,
        row: Delivery,
        state: DeliveryState,
        now: datetime,
        detail: str = "",
        *,
        next_try: datetime | None = None,
        bounced: bool = False,
        tried: bool = True,
    ) -> Delivery:
        """Say how far a row came, and give it as it is now. `tried`: one more try ended."""
        self._db.execute(
            f"""UPDATE deliveries SET state = ?, changed = ?, next_try = ?, tries = tries + ?, bounced = ?, detail = ?
                {", body = NULL" if state == "sent" else ""} WHERE id = ?""",  # noqa: S608
            (state, write_time(now), write_time(next_try) if next_try else None, tried, bounced, detail, row.id),
        )
        return self._deliveries("id = ?", row.id)[0]

    def requeue_delivery(self, row: Delivery, now: datetime) -> None:
        """Let a row be tried at once: one that was rejected as if it were queued now, one that is pending as it is."""
        anew = row.state == "rejected"
        self._db.execute(
            """UPDATE deliveries SET state = 'pending', changed = ?, next_try = NULL, bounced = 0, queued = ?, tries = ?
               WHERE id = ? AND state IN ('rejected', 'pending')""",
            (write_time(now), write_time(now if anew else row.queued), 0 if anew else row.tries, row.id),
        )

    def interrupted_deliveries(self, now: datetime, detail: str) -> tuple[Delivery, ...]:
        """Find the rows that a run left while it handed them over: uncertain from now on. Give them as they are now."""
        with self.transaction():
            return tuple(
                self.end_delivery(row, "uncertain", now, detail, tried=False) for row in self.deliveries_in("sending")
            )

    # ---- who gets nothing any more ----

    def suppress(self, channel: str, recipient: str, list_name: str, why: str, now: datetime, detail: str = "") -> None:
        """Send nothing there any more, on one list or ("") on all. What was said first stays."""
        self._db.execute(
            """INSERT OR IGNORE INTO suppressions (channel, recipient, list, why, since, detail)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (channel, recipient, list_name, why, write_time(now), detail),
        )

    def lift_suppression(self, channel: str, recipient: str, list_name: str) -> bool:
        """Send there again on a list, and count bounces anew; False where nothing spoke against it.

        A suppression on all lists is lifted as a whole.
        """
        with self.transaction():
            found = self._db.execute(
                "DELETE FROM suppressions WHERE channel = ? AND recipient = ? AND list IN (?, '')",
                (channel, recipient, list_name),
            ).rowcount
            self._db.execute(
                "UPDATE deliveries SET bounced = 0 WHERE channel = ? AND recipient = ? AND bounced",
                (channel, recipient),
            )
        return found > 0

    def suppression(self, channel: str, recipient: str, list_name: str) -> Suppression | None:
        """Give what speaks against sending to a recipient of a list, if anything does."""
        rows = self._suppressions(
            "channel = ? AND recipient = ? AND list IN (?, '') ORDER BY list", channel, recipient, list_name
        )
        return rows[0] if rows else None

    def suppressions(self) -> tuple[Suppression, ...]:
        return self._suppressions("1 ORDER BY channel, recipient, list")

    # ---- rows and values ----

    def _deliveries(self, where: str, *values: object) -> tuple[Delivery, ...]:
        rows = self._db.execute(f"SELECT * FROM deliveries WHERE {where}", values)  # noqa: S608
        return tuple(map(_delivery, rows))

    def _suppressions(self, where: str, *values: object) -> tuple[Suppression, ...]:
        rows = self._db.execute(f"SELECT * FROM suppressions WHERE {where}", values)  # noqa: S608
        return tuple(
            Suppression(row["channel"], row["recipient"], row["list"], row["why"],
                        row.time("since"), row["detail"])
            for row in rows
        )  # fmt: skip


def _state(text: str) -> DeliveryState:
    if text not in get_args(DeliveryState):
        raise ValueError("no state")
    return cast(DeliveryState, text)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        day=row.day("day"),
        channel=row["channel"],
        list=row["list"],
        recipient=row["recipient"],
        part=row["part"],
        parts=row["parts"],
        state=row.read("state", _state),
        message_id=row["message_id"],
        queued=row.time("queued"),
        changed=row.time("changed"),
        next_try=row.time_if("next_try"),
        tries=row["tries"],
        bounced=bool(row["bounced"]),
        detail=row["detail"],
        body=row["body"] or "",
    )
