"""What hands over a row of the outbox to a mail server: whose it is, and how often we knock at a closed door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from fault_smtp import Fault, FaultServer, hang, letter_to

from digest.deliver.letters import Letters
from digest.deliver.outbox import deliver
from digest.deliver.report import Report
from digest.deliver.smtp.server import MailServer
from digest.deliver.smtp.wire import Wire, WireError
from digest.deliver.ways import NOT_OURS, mailing, nobodys
from digest.model import MAIL, Message, Recipient
from digest.store import Store

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 2, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Written:
    """Letters that are small, and the same each time."""

    def mail(self, day: date, recipient: Recipient, moment: datetime) -> Message:
        return letter_to(recipient.address)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def queue(store: Store, *addresses: str) -> None:
    for address in addresses:
        assert store.queue_delivery(DAY, MAIL, "daily", address, "<as queued@digest.example>", NOW)


def run(store: Store, server: FaultServer, now: datetime, *addresses: str, password: str = "") -> Report:
    """One run, with these recipients in the settings."""
    known = {("daily", each): Recipient(MAIL, each, "daily", "Digest", ("en", "zh")) for each in addresses}
    settings = server.settings(**({"user": "digest"} if password else {}))
    with MailServer(settings, password or None) as mail:
        carriers = {MAIL: mailing(cast(Letters, Written()), mail, known)}
        return deliver(store, carriers, now, held=nobodys(known))


def states(store: Store) -> list[str]:
    return [row.state for row in store.deliveries_of(DAY)]


def test_who_is_not_in_the_settings_now_gets_it_when_named_or_put_back(store: Store) -> None:
    ann, eve = "ann@reader.example", "eve@elsewhere.example"
    queue(store, ann, eve)
    with FaultServer() as server:
        report = run(store, server, NOW, ann)
        assert (report.well, states(store)) == (True, ["sent", "pending"])
        assert report.lines() == [f"{eve}, {DAY}: pending ({NOT_OURS})"]
        assert run(store, server, NOW + MINUTE, ann, eve).well
    assert (states(store), [each.recipient for each in server.stored]) == (["sent", "sent"], [ann, eve])


def test_a_row_keeps_the_name_that_its_mail_carries(store: Store) -> None:
    """The sender's domain may have changed since it was queued."""
    ann = "ann@reader.example"
    queue(store, ann)
    with FaultServer() as server:
        run(store, server, NOW, ann)
    assert [row.message_id for row in store.deliveries_of(DAY)] == [server.stored[0].message_id]


@pytest.mark.parametrize("at", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_run_that_is_ended_while_the_server_hangs_leaves_no_doubt(
    store: Store, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C, where the server is silent: no end of a message had left."""
    real = Wire.line

    def line(wire: Wire, limit: int) -> bytes:
        try:
            return real(wire, limit)
        except WireError:
            raise KeyboardInterrupt from None

    ann = "ann@reader.example"
    queue(store, ann)
    with FaultServer(Fault(at, hang)) as server, monkeypatch.context() as patched:
        patched.setattr(Wire, "line", line)
        with pytest.raises(KeyboardInterrupt):
            run(store, server, NOW, ann)
    assert states(store) == ["pending"]
    with FaultServer() as server:
        assert run(store, server, NOW + MINUTE, ann).well
    assert [each.recipient for each in server.stored] == [ann]


def test_a_wrong_password_is_not_tried_once_a_recipient(store: Store) -> None:
    """A run every 20 minutes for two hours: accounts are locked after a few tries."""
    people = [f"reader{n:02}@reader.example" for n in range(12)]
    queue(store, *people)
    with FaultServer(users={"digest": "right"}) as server:
        for minutes in range(0, 121, 20):
            assert not run(store, server, NOW + minutes * MINUTE, *people, password="wrong").well
        assert server.verbs.count("AUTH") == 4
        assert server.connections == 4
        assert run(store, server, NOW + 240 * MINUTE, *people, password="right").well
    assert sorted(each.recipient for each in server.stored) == people
    assert set(states(store)) == {"sent"}
