"""Handing over, against servers that fail at every step: how each ends, and what was stored."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace

import pytest
from fault_smtp import (
    Action,
    Fault,
    FaultServer,
    PostOffice,
    Talk,
    cut,
    drip,
    endless,
    handed,
    hang,
    late,
    letter_to,
    reset,
    say_and_cut,
    say_and_half_close,
    server_settings,
)

from digest.deliver.smtp.server import MailServer
from digest.errors import ConfigError, DeliveryError
from digest.model import Message, Outcome

A, B, C = (f"{name}@reader.example" for name in "abc")
STEP = 1.0  # seconds: what is well must not take so long on a busy machine


def carry(
    server: FaultServer | PostOffice, *messages: Message, password: str | None = None, **over: object
) -> list[Outcome]:
    with server, MailServer(server.settings(**over), password) as mail:
        return [handed(mail, message) for message in messages]


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


# ---- what goes well ----


@pytest.mark.parametrize("make", [FaultServer, PostOffice])
def test_messages_arrive_as_they_are_over_one_connection(make: type[FaultServer | PostOffice]) -> None:
    server = make()
    long = letter_to(B, body="".join(f".{n}\r\n" for n in range(30_000)))
    assert states(carry(server, letter_to(A), long, letter_to(C, body="no end of line"))) == ["sent"] * 3
    assert server.connections == 1
    assert [(each.sender, each.recipient) for each in server.stored] == [("d@digest.example", at) for at in (A, B, C)]
    assert [each.data for each in server.stored[:2]] == [letter_to(A).data, long.data]
    assert server.stored[2].data.endswith(b"no end of line\r\n")
    assert server.stored[0].message_id == letter_to(A).id


def test_nothing_is_connected_to_where_there_is_nothing_to_hand_over() -> None:
    server = FaultServer()
    assert carry(server) == []
    assert server.connections == 0


def test_the_reply_is_the_detail_and_the_session_ends_with_quit() -> None:
    server = FaultServer()
    assert carry(server, letter_to(A))[0] == Outcome("sent", "250 2.0.0 Ok: queued as 1A2B")
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert b"MAIL FROM:<d@digest.example> SIZE=%d\r\n" % len(letter_to(A).data) in server.lines


@pytest.mark.parametrize(
    "fault",
    [
        Fault("DOT", b"251 taken\r\n"),
        Fault("DOT", b"250\r\n"),
        Fault("DOT", b"250-2.0.0 one\r\n250-2.0.0 two\r\n250 2.0.0 three\r\n"),
        Fault("DOT", b"250 \xc4\xfa\xba\xc3 \x1b[31m" + b"x" * 20_000 + b"\r\n"),
        Fault("DOT", b"250 only a line feed\n"),
        Fault("DOT", say_and_half_close(b"250 Ok\r\n")),
        Fault("DOT", say_and_cut(b"250 Ok\r\n")),
        Fault("DOT", late(b"250 Ok\r\n")),
        Fault("DOT", drip(b"250 Ok\r\n", 0.01)),
        Fault("RCPT", b"252 cannot say\r\n"),
        Fault("greeting", b"220-one\r\n220 two\r\n"),
        Fault("EHLO", b"502 what?\r\n"),
        Fault("QUIT", cut),
        Fault("QUIT", b"500 no\r\n"),
    ],
    ids=str,
)
def test_it_is_sent(fault: Fault) -> None:
    server = FaultServer(fault)
    (outcome,) = carry(server, letter_to(A))
    assert outcome.state == "sent"
    assert len(server.stored) == 1
    assert len(outcome.detail) <= 200
    assert re.fullmatch(r"[ -~…]+", outcome.detail)


def test_slow_replies_are_waited_for() -> None:
    server = PostOffice(late=0.15)
    assert states(carry(server, letter_to(A), letter_to(B))) == ["sent", "sent"]


# ---- one message that goes wrong, and the next ----

ONE: list[tuple[str, bytes | Action, str, bool, int, int]] = [
    # at, what, state, bounced, stored, connections after the next message was sent
    ("RCPT", b"450 4.2.0 grey\r\n", "pending", False, 0, 1),
    ("RCPT", b"451 later\r\n", "pending", False, 0, 1),
    ("RCPT", b"452 4.2.2 full\r\n", "pending", False, 0, 1),
    ("RCPT", b"421 too many\r\n", "pending", False, 0, 2),
    ("RCPT", b"550 5.1.1 nobody\r\n", "rejected", True, 0, 1),
    ("RCPT", b"550-5.1.1 no\r\n550 5.1.1 body\r\n", "rejected", True, 0, 1),
    ("RCPT", b"550 no such user\r\n", "rejected", True, 0, 1),
    ("RCPT", b"552 5.2.2 full for good\r\n", "rejected", True, 0, 1),
    ("RCPT", b"550 5.4.1 no access for this address\r\n", "rejected", True, 0, 1),
    ("RCPT", b"550 5.7.1 relaying denied\r\n", "rejected", False, 0, 1),
    ("RCPT", b"550 relay not permitted\r\n", "rejected", False, 0, 1),
    ("RCPT", b"503 5.5.1 what?\r\n", "rejected", False, 0, 1),
    ("RCPT", b"553 5.1.8 your domain\r\n", "rejected", False, 0, 1),
    ("RCPT", b"554 no such user\r\n", "rejected", True, 0, 1),
    ("RCPT", b"554 transaction failed\r\n", "rejected", True, 0, 1),
    ("RCPT", b"554 refused by policy\r\n", "rejected", False, 0, 1),
    ("RCPT", b"554 looks like spam\r\n", "rejected", False, 0, 1),
    ("RCPT", b"554 client host is listed\r\n", "rejected", False, 0, 1),
    ("RCPT", b"550 sender address rejected\r\n", "rejected", False, 0, 1),
    ("RCPT", b"550 5.5.0 mailbox unavailable\r\n", "rejected", True, 0, 1),
    ("RCPT", b"521 takes no mail\r\n", "rejected", False, 0, 1),
    ("RCPT", b"550 4.1.1 of two minds\r\n", "rejected", True, 0, 1),
    ("RCPT", cut, "pending", False, 0, 2),
    ("RCPT", reset, "pending", False, 0, 2),
    ("RCPT", hang, "pending", False, 0, 2),
    ("RCPT", b"354 go on\r\n", "pending", False, 0, 2),
    ("RCPT", b"Hello\r\n", "pending", False, 0, 2),
    ("RCPT", b"250 Ok\r\n250 Ok\r\n", "pending", False, 0, 2),
    ("RCPT", b"250-Ok\r\n550 no\r\n", "pending", False, 0, 2),
    ("DATA", b"451 later\r\n", "pending", False, 0, 1),
    ("DATA", b"421 going\r\n", "pending", False, 0, 2),
    ("DATA", b"554 5.5.1 no\r\n", "rejected", False, 0, 1),
    ("DATA", b"250 354 was forgotten\r\n", "pending", False, 0, 2),
    ("DATA", b"go on\r\n", "pending", False, 0, 2),
    ("DATA", cut, "pending", False, 0, 2),
    ("DATA", hang, "pending", False, 0, 2),
    ("DATA", drip(b"354 " + b"x" * 80), "pending", False, 0, 2),
    ("BODY", cut, "pending", False, 0, 2),
    ("BODY", reset, "pending", False, 0, 2),
    ("BODY", say_and_cut(b"554 5.7.1 spam\r\n"), "rejected", False, 0, 2),
    ("BODY", b"451 later\r\n", "pending", False, 0, 2),
    ("BODY", say_and_cut(b"421 going\r\n"), "pending", False, 0, 2),
    ("BODY", say_and_cut(b"250 Ok, before the end\r\n"), "uncertain", False, 0, 2),
    ("BODY", say_and_cut(b"what?\r\n"), "pending", False, 0, 2),
    ("DOT", b"451 4.7.1 later\r\n", "pending", False, 0, 1),
    ("DOT", b"452 4.3.1 full\r\n", "pending", False, 0, 1),
    ("DOT", b"421 going\r\n", "pending", False, 0, 2),
    ("DOT", b"550 5.7.1 spam\r\n", "rejected", False, 0, 1),
    ("DOT", b"550 no\r\n", "rejected", False, 0, 1),
    ("DOT", b"550 no such user here\r\n", "rejected", True, 0, 1),
    ("DOT", b"554 mailbox not found\r\n", "rejected", True, 0, 1),
    ("DOT", b"550 mailbox unavailable for spam\r\n", "rejected", False, 0, 1),
    ("DOT", b"550 5.5.0 user unknown\r\n", "rejected", True, 0, 1),
    ("DOT", b"550 5.1.1 nobody\r\n", "rejected", True, 0, 1),
    ("DOT", b"552 5.3.4 too large\r\n", "rejected", False, 0, 1),
    ("DOT", cut, "uncertain", False, 1, 2),
    ("DOT", reset, "uncertain", False, 1, 2),
    ("DOT", hang, "uncertain", False, 1, 2),
    ("DOT", say_and_cut(b"25"), "uncertain", False, 1, 2),
    ("DOT", say_and_cut(b"250 cut befo"), "uncertain", False, 1, 2),
    ("DOT", say_and_cut(b"250-2.0.0 Ok\r\n"), "uncertain", False, 1, 2),
    ("DOT", drip(b"250 " + b"x" * 80), "uncertain", False, 1, 2),
    ("DOT", endless(b"250-and\r\n"), "uncertain", False, 1, 2),
    ("DOT", endless(b"x" * 1000), "uncertain", False, 1, 2),
    ("DOT", b"Thank you\r\n", "uncertain", False, 0, 2),
    ("DOT", b"\r\n", "uncertain", False, 0, 2),
    ("DOT", b"\xff\xfe\x00\r\n", "uncertain", False, 0, 2),
    ("DOT", b"354 more\r\n", "uncertain", False, 0, 2),
    ("DOT", b"999 nobody knows\r\n", "uncertain", False, 0, 2),
    ("DOT", b"2500 Ok\r\n", "uncertain", False, 1, 2),
    ("MAIL", b"451 later\r\n", "pending", False, 0, 1),
    ("MAIL", b"452 4.3.1 no room\r\n", "pending", False, 0, 1),
    ("MAIL", b"421 going\r\n", "pending", False, 0, 2),
    ("MAIL", cut, "pending", False, 0, 2),
    ("MAIL", hang, "pending", False, 0, 2),
    ("MAIL", b"552 5.3.4 too large\r\n", "rejected", False, 0, 1),
    ("MAIL", b"552 too large\r\n", "rejected", False, 0, 1),
    ("MAIL", b"553 5.6.7 ASCII only\r\n", "rejected", False, 0, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "what", "state", "bounced", "stored", "connections"),
    ONE,
    ids=[str(Fault(at, what)) for at, what, *_ in ONE],
)
def test_one_fails_and_the_next_is_sent(
    at: str, what: bytes | Action, state: str, bounced: bool, stored: int, connections: int
) -> None:
    server = FaultServer(Fault(at, what, times=1))
    first, second = carry(server, letter_to(A), letter_to(B), timeout=STEP)
    assert (first.state, first.bounced, first.stop) == (state, bounced, False)
    assert 0 < len(first.detail) <= 200
    assert second.state == "sent"
    assert [each.recipient for each in server.stored] == [A] * stored + [B]
    assert server.connections == connections


@pytest.mark.fault("delivery", "550 for one recipient")
def test_550_for_one_among_ten() -> None:
    """One of ten recipients is refused for good.

    That one only: each has a transaction of its own.
    """
    readers = [f"r{n}@reader.example" for n in range(10)]
    server = PostOffice(replies={("RCPT", readers[4]): ["550 5.1.1 nobody*"]})
    outcomes = carry(server, *map(letter_to, readers))
    assert states(outcomes) == ["sent"] * 4 + ["rejected"] + ["sent"] * 5
    assert [outcome.bounced for outcome in outcomes].count(True) == 1
    assert [each.recipient for each in server.stored] == readers[:4] + readers[5:]
    assert server.connections == 1


@pytest.mark.fault("delivery", "451 and greylisting")
def test_451_once_is_pending_and_goes_well_the_next_time() -> None:
    """The server says not now.

    The row stays pending with a wait and goes well the next time.
    """
    server = PostOffice(replies={"RCPT": ["451 4.7.1 greylisted"], "DOT": ["452 4.3.1 no room"]})
    assert states(carry(server, letter_to(A), letter_to(A), letter_to(A))) == ["pending", "pending", "sent"]
    assert len(server.stored) == 1


@pytest.mark.fault("delivery", "connection cut after DATA")
def test_a_message_that_was_stored_before_the_connection_was_cut_is_uncertain() -> None:
    """The server may have the message and did not say so.

    The row is uncertain, is told to the operator and is not sent again by itself.
    """
    server = PostOffice(cut="stored")
    assert states(carry(server, letter_to(A))) == ["uncertain"]
    assert len(server.stored) == 1


def test_a_server_that_stops_reading_in_the_middle_was_not_sent_the_end() -> None:
    server = FaultServer(Fault("BODY", hang), features=(), buffer=4096)
    big = letter_to(A, body="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 100_000)
    (outcome,) = carry(server, big)
    assert outcome.state == "pending"
    assert server.stored == []


# ---- connections ----


@pytest.mark.parametrize(
    "faults",
    [
        (Fault("connect", hang),),
        (Fault("connect", cut),),
        (Fault("connect", reset),),
        (Fault("greeting", b"421 4.3.2 not now\r\n"),),
        (Fault("greeting", b"554 no mail here\r\n"),),
        (Fault("greeting", b"SSH-2.0-OpenSSH_9.2\r\n"),),
        (Fault("greeting", b"250 Ok\r\n"),),
        (Fault("greeting", b"220 one\r\n220 two\r\n"),),
        (Fault("greeting", drip(b"220-" + b"x" * 100)),),
        (Fault("greeting", endless(b"220-x\r\n")),),
        (Fault("EHLO", b"550 go away\r\n"),),
        (Fault("EHLO", b"502 what?\r\n"), Fault("HELO", b"502 what?\r\n")),
        (Fault("EHLO", hang),),
        (Fault("EHLO", cut),),
        (Fault("EHLO", endless(b"250-X-FEATURE\r\n")),),
        (Fault("MAIL", b"550 5.7.1 sender is not yours\r\n"),),
        (Fault("MAIL", b"530 5.7.0 sign in first\r\n"),),
        (Fault("RCPT", b"530 5.7.0 sign in first\r\n"),),
        (Fault("RCPT", b"550 5.4.5 daily sending quota exceeded\r\n"),),
    ],
    ids=lambda faults: str(faults[0]),
)
@pytest.mark.fault("delivery", "421 and what concerns all messages")
def test_what_concerns_every_message_stops_the_run_after_one_connection(faults: tuple[Fault, ...]) -> None:
    """The server closes, refuses all or is full.

    One connection, then the rest stays pending: no storm of retries.
    """
    server = FaultServer(*faults)
    outcomes = carry(server, letter_to(A), letter_to(B), letter_to(C), timeout=STEP)
    assert states(outcomes) == ["pending"] * 3
    assert all(outcome.stop and outcome.detail and len(outcome.detail) <= 200 for outcome in outcomes)
    assert server.connections == 1
    assert server.stored == []


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid", "-..-"])
@pytest.mark.fault("delivery", "server down")
def test_a_server_that_is_not_there(host: str) -> None:
    """Nobody listens at the mail server's port.

    What is to be sent stays pending; the run ends partly failed and the next one tries again.
    """
    server = FaultServer()
    with server:
        pass
    with MailServer(server.settings(host=host), None) as mail:
        outcomes = [handed(mail, letter_to(A)), handed(mail, letter_to(B))]
    assert states(outcomes) == ["pending", "pending"]
    assert all(outcome.stop for outcome in outcomes)


def test_a_connection_that_worked_is_opened_once_more() -> None:
    """Servers end a connection after so many messages, or when it was idle."""
    for what in (b"421 too many messages\r\n", cut, reset):
        server = FaultServer(Fault("MAIL", what, only=(A,), times=1))
        assert states(carry(server, letter_to(A), letter_to(B), letter_to(C))) == ["sent"] * 3
        assert server.connections == 2
        assert [each.recipient for each in server.stored] == [A, B, C]


def test_a_connection_that_ends_between_messages_is_opened_once_more() -> None:
    for goodbye in (b"", b"421 4.4.2 idle\r\n"):
        server = FaultServer(Fault("DOT", say_and_cut(b"250 Ok\r\n" + goodbye), times=1))
        assert states(carry(server, letter_to(A), letter_to(B))) == ["sent", "sent"]
        assert server.connections == 2


def test_a_reply_too_many_is_not_taken_for_that_of_the_next_command() -> None:
    server = FaultServer(Fault("DOT", b"250 Ok\r\n250 Ok\r\n", times=1))
    assert states(carry(server, letter_to(A), letter_to(B))) == ["sent", "sent"]
    assert (len(server.stored), server.connections) == (2, 2)


def test_where_the_second_connection_fails_the_run_stops() -> None:
    server = FaultServer(Fault("MAIL", cut, only=(A,)), Fault("greeting", b"421 no more\r\n", after=1))
    outcomes = carry(server, letter_to(A), letter_to(B), letter_to(C))
    assert states(outcomes) == ["sent", "pending", "pending"]
    assert [outcome.stop for outcome in outcomes] == [False, True, True]
    assert server.connections == 2


@pytest.mark.parametrize(
    ("at", "what", "state"), [("DOT", cut, "uncertain"), ("RCPT", cut, "pending"), ("RCPT", b"421 no\r\n", "pending")]
)
def test_two_connections_in_a_row_that_break_are_enough(at: str, what: bytes | Action, state: str) -> None:
    server = FaultServer(Fault(at, what))
    outcomes = carry(server, letter_to(A), letter_to(B), letter_to(C))
    assert states(outcomes) == [state, state, "pending"]
    assert [outcome.stop for outcome in outcomes] == [False, True, True]
    assert server.connections == 2


@pytest.mark.fault("delivery", "server that hangs")
def test_a_message_has_a_deadline_over_all_its_steps() -> None:
    """Each step of the conversation takes its time.

    One deadline is over all steps of a message.
    """
    server = FaultServer(
        *(Fault(at, late(reply, 0.3)) for at, reply in (("MAIL", b"250 Ok\r\n"), ("RCPT", b"250 Ok\r\n"))),
        Fault("DATA", late(b"354 go on\r\n", 0.3)),
    )
    (outcome,) = carry(server, letter_to(A), timeout=5, deadline=0.7)
    assert (outcome.state, server.stored) == ("pending", [])


@pytest.mark.fault("delivery", "reply that drips")
def test_a_drip_does_not_outlast_its_step() -> None:
    """A reply comes byte by byte.

    The step's deadline ends it. The server drips on, each byte in time; what ends this is the step.
    """
    server = FaultServer(Fault("DOT", drip(b"250 " + b"x" * 400)))
    (outcome,) = carry(server, letter_to(A), timeout=STEP)
    assert outcome.state == "uncertain"
    assert "took too long" in outcome.detail


def test_a_bug_in_the_middle_leaves_no_connection_for_the_next_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as server, MailServer(server.settings(timeout=5, deadline=1), None) as mail:
        with monkeypatch.context() as broken:
            broken.setattr("digest.deliver.smtp.wire.Wire.arrived", lambda wire: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                handed(mail, letter_to(A))
        assert handed(mail, letter_to(B)).state == "sent"
    assert [each.recipient for each in server.stored] == [B]


@pytest.mark.parametrize(
    ("fault", "starts"),
    [
        *((Fault(at, what), 0) for at in ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "BODY") for what in (cut, hang)),
        (Fault("RCPT", b"550 5.1.1 nobody\r\n"), 0),
        (Fault("RCPT", b"451 later\r\n"), 0),
        (Fault("DATA", b"451 later\r\n"), 0),
        (Fault("DOT", b"451 later\r\n"), 1),
        (Fault("DOT", b"250 Ok\r\n"), 1),
        (Fault("DOT", cut), 1),
        (Fault("DOT", hang), 1),
    ],
    ids=str,
)
def test_the_point_of_no_return_is_told_right_before_it(fault: Fault, starts: int) -> None:
    """When it is told, the body is on its way and its end is not."""
    told: list[tuple[str, bool]] = []
    message = letter_to(A, body="x" * 70 + "\r\n" + "y\r\n" * 200_000)
    with FaultServer(fault) as server, MailServer(server.settings(timeout=STEP), None) as mail:
        mail.carry(message, lambda name: told.append((name, b".\r\n" in server.lines or bool(server.stored))))
    expected = [(message.id, False)] * starts
    assert told == expected if fault.at != "BODY" else told in ([], [(message.id, False)])


def test_what_cannot_be_kept_is_not_handed_over() -> None:
    """The store is full, or somebody ends the run: nothing arrives, and the connection is not used again."""

    def full(name: str) -> None:
        raise OSError("disk full")

    with FaultServer() as server, MailServer(server.settings(), None) as mail:
        with pytest.raises(OSError, match="disk full"):
            mail.carry(letter_to(A), full)
        assert handed(mail, letter_to(B)).state == "sent"
    assert [each.recipient for each in server.stored] == [B]


def test_a_server_that_hangs_up_while_that_is_kept_was_not_sent_the_end() -> None:
    leaving = threading.Event()

    def leave(talk: Talk) -> None:
        leaving.wait(5)
        cut(talk)

    def keep(name: str) -> None:
        leaving.set()
        while server.sockets[-1].fileno() != -1:
            leaving.wait(0)
        time.sleep(0.05)  # the number goes just before the connection does

    with FaultServer(Fault("BODY", leave)) as server, MailServer(server.settings(timeout=STEP), None) as mail:
        assert mail.carry(letter_to(A), keep).state == "pending"
    assert server.stored == []


# ---- what a server cannot take ----


def test_a_server_without_8bitmime_gets_the_same_in_seven_bits() -> None:
    eight = letter_to(A, body="你好\r\n")
    message = replace(eight, seven=letter_to(A, body="5L2g5aW9\r\n").data)
    having, without = FaultServer(), FaultServer(features=("SIZE 1000000",))
    assert states(carry(having, message)) == states(carry(without, message)) == ["sent"]
    assert having.stored[0].data == eight.data
    assert without.stored[0].data == message.seven
    assert f" SIZE={len(eight.data)} BODY=8BITMIME\r\n".encode() in b"".join(having.lines)
    assert f"> SIZE={len(message.seven)}\r\n".encode() in b"".join(without.lines)


@pytest.mark.fault("delivery", "local part in no ASCII")
def test_a_local_part_in_chinese_needs_smtputf8() -> None:
    """A recipient's local part is in Chinese and the server has no SMTPUTF8.

    That recipient is refused in one line, the others get theirs.
    """
    reader = letter_to("用户@reader.example", utf8=True)
    without, having = PostOffice(utf8=False), FaultServer()
    outcomes = carry(without, reader, letter_to(B))
    assert [(each.state, each.bounced, each.stop) for each in outcomes] == [
        ("rejected", False, False),
        ("sent", False, False),
    ]
    assert "SMTPUTF8" in outcomes[0].detail
    assert states(carry(having, reader)) == ["sent"]
    assert f"RCPT TO:<{reader.recipient}>\r\n".encode() in having.lines
    assert any(line.endswith(b" BODY=8BITMIME SMTPUTF8\r\n") for line in having.lines)


@pytest.mark.parametrize(
    ("features", "state"),
    [(("SIZE 100",), "rejected"), (("SIZE 0",), "sent"), (("SIZE",), "sent"), (("SIZE x",), "sent")],
)
def test_an_announced_size_is_kept_to(features: tuple[str, ...], state: str) -> None:
    server = FaultServer(features=features)
    first, second = carry(server, letter_to(A), letter_to(B))
    assert (first.state, first.bounced, first.stop, second.state) == (state, False, False, state)
    assert server.connections == 1
    assert state == "sent" or "100" in first.detail


def test_a_size_that_was_not_announced() -> None:
    server = PostOffice(replies={"DOT": ["552 5.3.4 too large"]})
    assert [(each.state, each.bounced) for each in carry(server, letter_to(A))] == [("rejected", False)]


@pytest.mark.parametrize(
    "message",
    [
        Message("<1@x>", "d@x.example", "a@x.example>\r\nRCPT TO:<b@x.example", b"x\r\n"),
        Message("<1@x>", "d@x.example\r\n", "a@x.example", b"x\r\n"),
        Message("<1@x>", "d@x.example", "a b@x.example", b"x\r\n"),
        Message("<1@x>", "d@x.example", "用户@x.example", b"x\r\n"),
        Message("<1@x>", "d@x.example", "a@例子.example", b"x\r\n", utf8=True),
        Message("<1@x>", "d@x.example", "a@x.example", b"x\n.\nMAIL FROM:<e@x.example>\r\n"),
        Message("<1@x>", "d@x.example", "a@x.example", b"x\r.\r\r\n"),
    ],
)
def test_what_no_server_may_be_given_is_rejected_unseen(message: Message) -> None:
    server = FaultServer()
    assert states(carry(server, message, letter_to(A))) == ["rejected", "sent"]
    assert len(server.stored) == 1


# ---- signing in ----


@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN", "CRAM-MD5", "login plain", "XOAUTH2 LOGIN"])
@pytest.mark.parametrize("password", ["pass word", "密码"])
def test_signing_in(mechanisms: str, password: str) -> None:
    server = FaultServer(users={"digest": password}, mechanisms=mechanisms)
    assert states(carry(server, letter_to(A), user="digest", password=password)) == ["sent"]
    assert server.verbs[:2] == ["EHLO", "AUTH"]


def test_a_mechanism_that_is_offered_and_unknown_gives_way_to_the_next() -> None:
    server = FaultServer(Fault("AUTH", b"504 5.5.4 not that\r\n", times=1), users={"digest": "secret"})
    assert states(carry(server, letter_to(A), user="digest", password="secret")) == ["sent"]
    assert server.verbs.count("AUTH") == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("AUTH", b"535 5.7.8 no\r\n"),
        Fault("AUTH", b"454 4.7.0 later\r\n"),
        Fault("AUTH", b"334 \r\n"),
        Fault("AUTH", b"334 %%%\r\n"),
        Fault("AUTH", b"Hello\r\n"),
        Fault("AUTH", cut),
        Fault("AUTH", hang),
    ],
    ids=str,
)
@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "CRAM-MD5", "XOAUTH2"])
@pytest.mark.fault("delivery", "authentication that fails")
def test_a_refused_sign_in_stops_the_run_and_is_not_repeated(fault: Fault, mechanisms: str) -> None:
    """The password is refused.

    The run stops after one try; everything stays pending.
    """
    server = FaultServer(fault, users={"digest": "secret"}, mechanisms=mechanisms)
    outcomes = carry(server, letter_to(A), letter_to(B), user="digest", password="wrong", timeout=STEP)
    assert [(each.state, each.stop) for each in outcomes] == [("pending", True)] * 2
    assert server.connections == 1
    assert server.verbs.count("AUTH") == (mechanisms != "XOAUTH2")
    assert server.stored == []


@pytest.mark.parametrize(
    "echo",
    [
        b"hunter2-geheim",
        b"aHVudGVyMi1nZWhlaW0=",
        b"AGRpZ2VzdABodW50ZXIyLWdlaGVpbQ==",
        b"hunter2-\x01ge heim",
        b"HUNTER2-GEHEIM",
    ],
)
@pytest.mark.parametrize("at", ["AUTH", "RCPT", "DOT"])
def test_a_password_that_the_server_echoes_is_not_in_the_detail(echo: bytes, at: str) -> None:
    server = FaultServer(Fault(at, b"535 no: " + echo + b"\r\n"), users={"digest": "hunter2-geheim"})
    (outcome,) = carry(server, letter_to(A), user="digest", password="hunter2-geheim")
    seen = re.sub(r"\W", "", outcome.detail).lower()
    assert outcome.state == "pending"
    assert "535" in outcome.detail
    assert not any(part in seen for part in ("hunter2", "geheim", "ahvudgvy", "agrpz2vz"))


def test_a_password_is_nowhere_in_words_about_the_server() -> None:
    server = FaultServer(users={"digest": "hunter2"})
    with server:
        mail = MailServer(server.settings(user="digest"), "hunter2")
        assert "hunter2" not in f"{mail!r} {mail} {mail.probe()}"


@pytest.mark.parametrize("password", [None, "", "\udcff"])
def test_a_user_without_a_usable_password_is_a_wrong_configuration(password: str | None) -> None:
    with pytest.raises(ConfigError, match="password"):
        MailServer(server_settings(25, user="digest"), password)


# ---- the probe ----


def test_the_probe_says_what_it_found_and_hands_nothing_over() -> None:
    with FaultServer(users={"digest": "secret"}) as server:
        found = MailServer(server.settings(user="digest"), "secret").probe()
    assert found == f"127.0.0.1:{server.port}, not encrypted, messages up to 1000000 bytes, addresses in UTF-8"
    assert server.verbs == ["EHLO", "AUTH", "NOOP", "QUIT"]


@pytest.mark.parametrize("fault", [Fault("greeting", b"421 no\r\n"), Fault("NOOP", cut), Fault("NOOP", b"500 no\r\n")])
def test_the_probe_fails_in_one_clear_line(fault: Fault) -> None:
    with FaultServer(fault) as server, pytest.raises(DeliveryError, match=f"^the mail server 127.0.0.1:{server.port} "):
        MailServer(server.settings(), None).probe()
