"""Each row of the outbox goes through its states as they are told, whatever the other side says, and none twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.deliver.outbox import INTERRUPTED, Start, deliver
from digest.errors import ConfigError, DeliveryError
from digest.model import MAIL, Delivery, Outcome
from digest.store import Store

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 2, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
SENT = Outcome("sent", "250 OK")
LATER = Outcome("pending", "451 greylisted")
GONE = Outcome("rejected", "550 5.1.1 no such user", bounced=True)
MAYBE = Outcome("uncertain", "cut after the dot")
DOWN = Outcome("pending", "connection refused", stop=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def queue(store: Store, *names: str, day: date = DAY, now: datetime = NOW, channel: str = MAIL, parts: int = 1) -> None:
    for name in names:
        bodies = [f"part {n}" if channel != MAIL else "" for n in range(1, parts + 1)]
        assert store.queue_delivery(day, channel, "daily", name, f"<{day}.{name}@x>", now, bodies)


class Post:
    """A carrier that answers as told, by recipient or by (recipient, part), and writes down what it handed over."""

    def __init__(self, default: Outcome | Exception = SENT, **answers: Outcome | Exception) -> None:
        self.default = default
        self.answers: dict[str, Outcome | Exception] = answers
        self.handed: list[str] = []

    def __call__(self, row: Delivery, start: Start) -> Outcome:
        start(row.message_id)
        name = row.recipient if row.parts == 1 else f"{row.recipient}{row.part}"
        self.handed.append(name)
        answer = self.answers.get(name, self.default)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def __str__(self) -> str:
        return " ".join(self.handed)


def states(store: Store, day: date = DAY) -> str:
    return " ".join(row.state for row in store.deliveries_of(day))


# ---- the queue ------------------------------------------------------------------------------------------------------


def test_a_day_is_queued_once_however_often_it_is_asked(store: Store) -> None:
    queue(store, "ann")
    deliver(store, {MAIL: Post()}, NOW)
    for _ in range(3):
        assert not store.queue_delivery(DAY, MAIL, "daily", "ann", "<other@x>", NOW + HOUR)
        assert not store.queue_delivery(DAY, MAIL, "daily", "ann", "<other@x>", NOW + HOUR, ("a", "b"))
    [row] = store.deliveries_of(DAY)
    assert (row.state, row.message_id, row.queued) == ("sent", "<2026-07-01.ann@x>", NOW)
    post = Post()
    assert deliver(store, {MAIL: post}, NOW + HOUR).well
    assert not post.handed


def test_parts_are_queued_all_or_none(store: Store) -> None:
    with pytest.raises(UnicodeEncodeError):
        store.queue_delivery(DAY, "chat", "daily", "chat", "<c@x>", NOW, ("a", "no text: \udcff"))
    assert store.delivery_parts(DAY, "chat", "daily", "chat") == ()
    assert store.queue_delivery(DAY, "chat", "daily", "chat", "<c@x>", NOW, ("a", "b"))
    assert [(row.part, row.parts, row.body) for row in store.delivery_parts(DAY, "chat", "daily", "chat")] == [
        (1, 2, "a"), (2, 2, "b"),
    ]  # fmt: skip


def test_the_first_day_of_a_recipient_is_that_of_its_list(store: Store) -> None:
    queue(store, "ann", day=DAY + timedelta(days=2))
    queue(store, "ann", day=DAY)
    queue(store, "bob", day=DAY - timedelta(days=5))
    assert store.first_delivery_day(MAIL, "daily", "ann") == DAY
    assert store.first_delivery_day(MAIL, "weekly", "ann") is None


# ---- the states -----------------------------------------------------------------------------------------------------


def test_what_happens_to_one_recipient_is_nothing_to_the_others(store: Store) -> None:
    queue(store, *"abcde")
    post = Post(b=GONE, c=LATER, d=MAYBE)
    report = deliver(store, {MAIL: post}, NOW)
    assert str(post) == "a b c d e"
    assert states(store) == "sent rejected pending uncertain sent"
    assert report.counts() == {"sent": 2, "pending": 1, "rejected": 1, "uncertain": 1}
    assert not report.well
    assert [line.split(" (")[0] for line in report.lines()[:3]] == [
        "b, 2026-07-01: rejected", "c, 2026-07-01: pending", "d, 2026-07-01: uncertain",
    ]  # fmt: skip
    assert "--resend-uncertain" in report.lines()[-1]


def test_sending_is_kept_before_anything_is_handed_over_and_how_it_ended_right_after(
    store: Store, tmp_path: Path
) -> None:
    """What another process sees on the disk while each row is handed over."""
    queue(store, *"abc")
    seen: list[str] = []

    def carrier(row: Delivery, start: Start) -> Outcome:
        with Store(tmp_path) as other:
            seen.append(states(other))
        start("<as it went out>")
        with Store(tmp_path) as other:
            seen.append(states(other))
        return SENT

    deliver(store, {MAIL: carrier}, NOW)
    assert seen == [
        "pending pending pending", "sending pending pending", "sent pending pending", "sent sending pending",
        "sent sent pending", "sent sent sending",
    ]  # fmt: skip
    assert {row.message_id for row in store.deliveries_of(DAY)} == {"<as it went out>"}


@pytest.mark.fault("delivery", "full mailbox")
def test_a_temporary_refusal_waits_longer_each_time_and_is_given_up_after_two_days(store: Store) -> None:
    """A box stays full.

    Waits grow, and after two days it is given up and told.
    """
    queue(store, "ann")
    now, waits = NOW, []
    while (row := store.deliveries_of(DAY)[0]).state == "pending":
        post = Post(LATER)
        report = deliver(store, {MAIL: post}, now)
        assert post.handed == ["ann"]
        early = Post()
        row = store.deliveries_of(DAY)[0]
        if row.next_try:
            waits.append((row.next_try - now).total_seconds() / 3600)
            assert not deliver(store, {MAIL: early}, row.next_try - timedelta(seconds=1)).well
            assert not early.handed
            now = row.next_try
    assert waits == [0.25, 0.5, 1, 2, 4, 6, 6, 6, 6, 6, 6, 4.25], "the last try is at the end of the two days"
    assert (row.state, row.tries, row.bounced) == ("rejected", 13, False)
    assert row.changed - row.queued == timedelta(days=2)
    assert row.detail == "gave up after two days: 451 greylisted"
    assert "gave up after two days" in report.lines()[0]


@pytest.mark.parametrize(
    ("wait", "hours"), [(7200.0, 2), (1.0, 1 / 3600), (1e9, 24), (float("inf"), 24), (float("nan"), 0.25), (-5, 0.25)]
)
def test_what_the_other_side_asks_for_is_waited_for_within_a_day(store: Store, wait: float, hours: float) -> None:
    queue(store, "ann")
    deliver(store, {MAIL: Post(Outcome("pending", "429", wait=wait))}, NOW)
    assert store.deliveries_of(DAY)[0].next_try == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("answer", [Outcome("pending", "429", wait=86_400), Outcome("pending", "down", stop=True)])
def test_nothing_waits_beyond_the_two_days(store: Store, answer: Outcome) -> None:
    queue(store, "ann")
    queue(store, "bob", now=NOW + HOUR)
    for row in store.deliveries_of(DAY):
        store.end_delivery(row, "pending", NOW, "down", next_try=NOW + 5 * HOUR, tried=row.recipient == "bob")
    deliver(store, {MAIL: Post(answer)}, NOW + 47 * HOUR)
    ends = [NOW + 48 * HOUR, NOW + 49 * HOUR]
    assert [row.next_try for row in store.deliveries_of(DAY)] == ends
    deliver(store, {MAIL: Post(answer)}, ends[-1])
    assert states(store) == "rejected rejected"


def test_a_clock_that_once_went_wrong_holds_nothing_back(store: Store) -> None:
    queue(store, "ann")
    store.end_delivery(store.deliveries_of(DAY)[0], "pending", NOW, next_try=NOW + timedelta(days=400), tried=False)
    post = Post()
    deliver(store, {MAIL: post}, NOW)
    assert post.handed == ["ann"]


def test_where_a_channel_is_down_the_others_of_it_are_left_as_they_are(store: Store) -> None:
    queue(store, *"abc")
    queue(store, "chat", channel="chat")
    mail, chat = Post(b=DOWN), Post()
    report = deliver(store, {MAIL: mail, "chat": chat}, NOW)
    assert (str(mail), str(chat)) == ("a b", "chat")
    rows = store.deliveries_of(DAY)
    assert [(row.state, row.tries) for row in rows] == [("sent", 1), ("pending", 1), ("pending", 0), ("sent", 1)]
    assert [row.next_try for row in rows] == [None, NOW, NOW, None]
    assert [row.recipient for row in report.waiting] == ["c"]
    assert "mail: nothing more in this run (connection refused); 1 more pending, not tried" in report.lines()


def test_what_brought_a_channel_down_does_not_come_first_again(store: Store) -> None:
    """A message that makes the server hang up would otherwise keep back all others for ever."""
    queue(store, *"abc")
    deliver(store, {MAIL: Post(a=DOWN)}, NOW)
    post = Post(a=DOWN)
    deliver(store, {MAIL: post}, NOW + HOUR)
    assert str(post) == "b c a"
    assert states(store) == "pending sent sent"


def test_the_days_of_one_recipient_go_in_order(store: Store) -> None:
    queue(store, "chat", channel="chat", parts=2)
    deliver(store, {"chat": Post(chat2=DOWN)}, NOW)
    queue(store, "chat", channel="chat", day=DAY + timedelta(days=1), parts=2)
    seen: list[str] = []

    def carrier(row: Delivery, start: Start) -> Outcome:
        seen.append(f"{row.day.day}.{row.part}")
        start(row.message_id)
        return SENT

    deliver(store, {"chat": carrier}, NOW + HOUR)
    assert seen == ["1.2", "2.1", "2.2"]


def test_where_a_channel_stays_down_what_is_old_is_given_up_untried(store: Store) -> None:
    queue(store, *"abc")
    queue(store, "a", day=date(2026, 7, 3), now=NOW + timedelta(days=2))
    post = Post(DOWN)
    report = deliver(store, {MAIL: post}, NOW + timedelta(days=2))
    assert len(post.handed) == 1
    assert states(store) == "rejected rejected rejected"
    assert states(store, date(2026, 7, 3)) == "pending"
    assert {row.detail for row in report.ended} == {"gave up after two days: connection refused"}


def test_a_channel_that_the_settings_lack_is_told_and_given_up(store: Store) -> None:
    queue(store, "old", channel="old")
    report = deliver(store, {MAIL: Post()}, NOW)
    assert not report.well
    assert report.lines() == [
        "old: nothing more in this run (the settings have no such channel); 1 more pending, not tried"
    ]
    deliver(store, {}, NOW + timedelta(days=2))
    assert states(store) == "rejected"


def test_a_way_that_stays_closed_is_tried_less_and_less_and_not_once_a_row(store: Store) -> None:
    """A wrong password: a run every 20 minutes for two hours, 12 recipients; each try is one that counts for a lock."""
    queue(store, *(f"reader{n:02}" for n in range(12)))
    minutes: list[int] = []

    def refused(row: Delivery, start: Start) -> Outcome:
        minutes.append(minute)
        return Outcome("pending", "535 not let in", stop=True)

    for minute in range(0, 121, 20):
        deliver(store, {MAIL: refused}, NOW + timedelta(minutes=minute))
    assert minutes == [0, 20, 40, 80]  # the first time it waits for the next run only, then 15, 30, 60 minutes
    assert sum(row.tries for row in store.deliveries_of(DAY)) == 4  # it is no try of those that wait
    assert {row.next_try for row in store.deliveries_of(DAY)} == {NOW + timedelta(minutes=140)}
    post = Post()
    deliver(store, {MAIL: post}, NOW + timedelta(minutes=140))
    assert len(post.handed) == 12


def test_a_closed_way_leaves_other_ways_and_later_times_alone(store: Store) -> None:
    queue(store, *"abc")
    queue(store, "chat", channel="chat")
    deliver(
        store,
        {MAIL: Post(a=DOWN, b=Outcome("pending", "later", wait=7200))},
        NOW,
        only=lambda row: row.recipient == "b",
    )
    deliver(store, {MAIL: Post(DOWN)}, NOW, only=lambda row: row.channel == MAIL)
    rows = store.deliveries_of(DAY)
    assert [row.next_try and row.next_try - NOW for row in rows] == [HOUR * 0, 2 * HOUR, HOUR * 0, None]


def test_the_reason_of_a_closed_way_is_told_once(store: Store) -> None:
    queue(store, "ann")
    assert deliver(store, {MAIL: Post(DOWN)}, NOW).lines() == [
        "ann, 2026-07-01: pending (connection refused); tried again in the next run"
    ]


# ---- who is nobody now, and what is tried again ---------------------------------------------------------------------


def stranger(row: Delivery) -> str:
    return "nobody of ours" if row.recipient == "eve" else ""


def test_a_row_that_is_nobodys_waits_untried_and_is_well(store: Store) -> None:
    queue(store, "ann", "eve")
    post = Post()
    report = deliver(store, {MAIL: post}, NOW, held=stranger)
    assert (post.handed, states(store), report.well) == (["ann"], "sent pending", True)
    assert report.lines() == ["eve, 2026-07-01: pending (nobody of ours)"]
    assert report.counts() == {"sent": 1, "pending": 1}
    row = store.deliveries_of(DAY)[1]
    assert (row.tries, row.next_try, row.detail) == (0, None, "nobody of ours")
    assert deliver(store, {MAIL: post}, NOW + HOUR, held=stranger).held == (row,)
    assert deliver(store, {MAIL: post}, NOW + 2 * HOUR).well  # somebody's again
    assert (post.handed, states(store)) == (["ann", "eve"], "sent sent")


def test_a_row_that_stays_nobodys_is_given_up_after_two_days(store: Store) -> None:
    queue(store, "eve")
    report = deliver(store, {}, NOW + timedelta(days=2), held=stranger, only=lambda row: True)
    assert not report.well
    assert store.deliveries_of(DAY)[0].detail == "gave up after two days: nobody of ours"


def test_what_was_rejected_is_tried_again_when_asked_and_only_that(store: Store) -> None:
    queue(store, *"abcd")
    queue(store, "chat", channel="chat")
    deliver(store, {MAIL: Post(a=GONE, b=LATER, c=MAYBE), "chat": Post(Outcome("rejected", "bad words"))}, NOW)
    later = NOW + timedelta(days=5)
    bodies: list[str] = []

    def chat(row: Delivery, start: Start) -> Outcome:
        bodies.append(row.body)
        start(row.message_id)
        return SENT

    nobody = Post()
    deliver(store, {MAIL: nobody, "chat": nobody}, later, again=True, only=lambda row: False)
    assert not nobody.handed
    post = Post(a=LATER)
    deliver(store, {MAIL: post, "chat": chat}, later, again=True)
    assert (str(post), bodies) == ("a b", ["part 1"])
    assert states(store) == "pending sent uncertain sent sent"
    row = store.deliveries_of(DAY)[0]
    assert (row.queued, row.tries, row.next_try, row.bounced) == (later, 1, later + HOUR / 4, False)


def test_what_waits_is_tried_at_once_when_asked(store: Store) -> None:
    """The password was mended, and nobody wants to wait for six hours."""
    queue(store, *"ab")
    deliver(store, {MAIL: Post(DOWN)}, NOW)
    post = Post()
    deliver(store, {MAIL: post}, NOW + HOUR / 60, again=True)
    assert sorted(post.handed) == ["a", "b"]
    assert {row.queued for row in store.deliveries_of(DAY)} == {NOW}


# ---- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [DeliveryError("the page is gone"), ConfigError("feeds.yaml:3", "no template")])
def test_what_cannot_be_made_stays_pending_and_says_why(store: Store, error: Exception) -> None:
    queue(store, *"ab")
    post = Post()

    def carrier(row: Delivery, start: Start) -> Outcome:
        if row.recipient == "a":
            raise error
        return post(row, start)

    deliver(store, {MAIL: carrier}, NOW)
    a, b = store.deliveries_of(DAY)
    assert (a.state, a.detail, a.tries, a.next_try) == ("pending", str(error), 1, NOW + HOUR / 4)
    assert b.state == "sent"


def test_a_bug_while_a_message_is_made_leaves_no_doubt_and_is_raised(store: Store) -> None:
    queue(store, *"ab")

    def carrier(row: Delivery, start: Start) -> Outcome:
        if row.recipient == "a":
            raise KeyError("hunter2")
        start(row.message_id)
        return SENT

    with pytest.raises(KeyError):
        deliver(store, {MAIL: carrier}, NOW)
    assert states(store) == "pending pending"
    with pytest.raises(KeyError):
        deliver(store, {MAIL: carrier}, NOW + HOUR)
    assert states(store) == "pending sent"  # what fails does not keep back the others for ever
    assert store.deliveries_of(DAY)[0].detail == "a bug: KeyError"


def test_a_bug_while_a_message_is_handed_over_leaves_a_doubt_that_is_told(store: Store) -> None:
    queue(store, *"ab")
    with pytest.raises(RuntimeError, match="ours"):
        deliver(store, {MAIL: Post(a=RuntimeError("ours"))}, NOW)
    assert states(store) == "sending pending"
    post = Post()
    report = deliver(store, {MAIL: post}, NOW + HOUR)
    assert str(post) == "b"
    assert states(store) == "uncertain sent"
    assert [row.recipient for row in report.interrupted] == ["a"]
    assert report.lines()[0] == f"a, 2026-07-01: uncertain ({INTERRUPTED})"
    assert not report.well


def test_a_row_that_another_run_took_is_not_handed_over(store: Store, tmp_path: Path) -> None:
    queue(store, "ann")
    post = Post()

    def carrier(row: Delivery, start: Start) -> Outcome:
        with Store(tmp_path) as other:
            assert other.start_delivery(row, NOW, "<theirs>")
            assert not other.start_delivery(row, NOW, "<ours>")
        return post(row, start)

    deliver(store, {MAIL: carrier}, NOW)
    assert not post.handed
    assert states(store) == "sending"


def test_an_outcome_without_handing_over_settles_a_row(store: Store) -> None:
    queue(store, "ann")
    deliver(store, {MAIL: lambda row, start: Outcome("rejected", "no address")}, NOW)
    assert states(store) == "rejected"


@pytest.mark.parametrize("outcome", [LATER, GONE, DOWN])
def test_a_refusal_before_the_point_of_no_return_never_was_sending(
    store: Store, tmp_path: Path, outcome: Outcome
) -> None:
    queue(store, "ann")
    seen: list[str] = []

    def carrier(row: Delivery, start: Start) -> Outcome:
        with Store(tmp_path) as other:
            seen.append(states(other))
        return outcome

    deliver(store, {MAIL: carrier}, NOW)
    assert (seen, states(store)) == (["pending"], outcome.state)


def test_a_run_that_ends_before_anything_was_handed_over_leaves_no_doubt(store: Store) -> None:
    """A hang at the greeting, and somebody's Ctrl-C."""
    queue(store, "ann")

    def hanging(row: Delivery, start: Start) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(store, {MAIL: hanging}, NOW)
    post = Post()
    assert deliver(store, {MAIL: post}, NOW + HOUR / 60).well
    assert (post.handed, states(store)) == (["ann"], "sent")


@pytest.mark.parametrize("outcome", [SENT, MAYBE])
def test_a_carrier_that_hands_over_without_starting_is_a_bug_and_a_doubt(store: Store, outcome: Outcome) -> None:
    queue(store, "ann")
    with pytest.raises(RuntimeError, match="without starting"):
        deliver(store, {MAIL: lambda row, start: outcome}, NOW)
    assert states(store) == "sending"


def test_a_carrier_that_starts_twice_is_a_bug(store: Store) -> None:
    queue(store, "ann")

    def carrier(row: Delivery, start: Start) -> Outcome:
        start(row.message_id)
        start(row.message_id)
        return SENT

    with pytest.raises(RuntimeError, match="twice"):
        deliver(store, {MAIL: carrier}, NOW)
    assert states(store) == "sending"


def test_what_the_other_side_says_is_one_printable_line(store: Store) -> None:
    queue(store, "ann")
    said = "550 no\r\n\x1b[31mX-Evil: \u202e1 \udcff" + "很" * 400
    deliver(store, {MAIL: Post(Outcome("rejected", said))}, NOW)
    detail = store.deliveries_of(DAY)[0].detail
    assert detail.startswith("550 no [31mX-Evil: 1 ?很")
    assert len(detail) == 300


# ---- in parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "handed", "after"),
    [
        (SENT, "chat1 chat2 chat3", "sent sent sent"),
        (LATER, "chat1 chat2", "sent pending pending"),
        (DOWN, "chat1 chat2", "sent pending pending"),
        (Outcome("rejected", "400"), "chat1 chat2 chat3", "sent rejected sent"),
        (MAYBE, "chat1 chat2 chat3", "sent uncertain sent"),
    ],
)
def test_a_part_waits_for_those_before_it_as_long_as_they_are_tried(
    store: Store, second: Outcome, handed: str, after: str
) -> None:
    queue(store, "chat", channel="chat", parts=3)
    post = Post(chat2=second)
    deliver(store, {"chat": post}, NOW)
    assert str(post) == handed
    assert states(store) == after
    assert [bool(row.body) for row in store.deliveries_of(DAY)] == [state != "sent" for state in after.split()]


# ---- what is uncertain ----------------------------------------------------------------------------------------------


def test_what_is_uncertain_is_sent_again_only_when_asked_and_once(store: Store) -> None:
    queue(store, *"ab")
    deliver(store, {MAIL: Post(a=MAYBE)}, NOW)
    post = Post()
    report = deliver(store, {MAIL: post}, NOW + HOUR)
    assert (post.handed, len(report.doubtful), report.well) == ([], 1, True)
    assert report.lines()[0] == "a, 2026-07-01: uncertain (cut after the dot), since 2026-07-02 07:00"
    seen: list[Delivery] = []

    def carrier(row: Delivery, start: Start) -> Outcome:
        seen.append(row)
        start(row.message_id)
        return SENT

    assert deliver(store, {MAIL: carrier}, NOW + 2 * HOUR, uncertain="resend", only=lambda row: False).doubtful == ()
    assert deliver(store, {MAIL: carrier}, NOW + 2 * HOUR, uncertain="resend").well
    deliver(store, {MAIL: carrier}, NOW + 3 * HOUR, uncertain="resend")
    assert [(row.message_id, row.queued) for row in seen] == [("<2026-07-01.a@x>", NOW)]
    assert states(store) == "sent sent"


@pytest.mark.parametrize("again", [LATER, DOWN, MAYBE, DeliveryError("no page")])
def test_what_is_sent_again_in_vain_stays_uncertain(store: Store, again: Outcome | DeliveryError) -> None:
    queue(store, *"ab")
    deliver(store, {MAIL: Post(MAYBE)}, NOW)

    def carrier(row: Delivery, start: Start) -> Outcome:
        if isinstance(again, DeliveryError):
            raise again
        start(row.message_id)
        return again

    report = deliver(store, {MAIL: carrier}, NOW + timedelta(days=9), uncertain="resend")
    assert states(store) == "uncertain uncertain"
    assert not report.well
    post = Post()
    deliver(store, {MAIL: post}, NOW + timedelta(days=10))
    assert not post.handed


def test_what_is_uncertain_can_be_taken_as_arrived(store: Store) -> None:
    queue(store, *"ab")
    deliver(store, {MAIL: Post(a=MAYBE)}, NOW)
    queue(store, "c", day=date(2026, 7, 2))
    with pytest.raises(RuntimeError):
        deliver(store, {MAIL: Post(RuntimeError())}, NOW)
    post = Post()
    report = deliver(store, {MAIL: post}, NOW + HOUR, uncertain="forget")
    assert not post.handed
    assert report.well
    assert states(store) == "sent sent"
    assert states(store, date(2026, 7, 2)) == "sent"
    assert store.deliveries_of(DAY)[0].detail == "taken as arrived"
    assert report.lines()[0] == f"c, 2026-07-02: uncertain ({INTERRUPTED})"  # it is told all the same


# ---- who gets nothing any more --------------------------------------------------------------------------------------


def send_days(store: Store, outcomes: list[Outcome], start: int = 1) -> list[int]:
    """Send a day for each outcome; give how often something was handed over on each."""
    counts = []
    for number, outcome in enumerate(outcomes, start):
        now = NOW + timedelta(days=number)
        queue(store, "ann", day=DAY + timedelta(days=number), now=now)
        post = Post(outcome)
        deliver(store, {MAIL: post}, now)
        counts.append(len(post.handed))
    return counts


@pytest.mark.fault("delivery", "three hard bounces")
def test_three_hard_bounces_in_a_row_and_nothing_is_sent_there_any_more(store: Store) -> None:
    """An address is refused for good three times in a row.

    Nothing is sent there any more until a person says so.
    """
    assert send_days(store, [GONE, GONE, SENT, GONE, GONE, GONE, SENT]) == [1, 1, 1, 1, 1, 1, 0]
    suppression = store.suppression(MAIL, "ann", "any list")
    assert suppression is not None
    assert (suppression.list, suppression.why, suppression.detail) == ("", "bounced", "550 5.1.1 no such user")
    assert store.deliveries_in("rejected")[-1].detail == "bounced"
    assert store.suppressions() == (suppression,)
    assert store.lift_suppression(MAIL, "ann", "daily")
    assert send_days(store, [GONE, GONE, SENT], 10) == [1, 1, 1]  # bounces are counted anew
    assert not store.lift_suppression(MAIL, "ann", "daily")


def test_refusals_that_are_none_of_the_recipient_do_not_count(store: Store) -> None:
    assert send_days(store, [Outcome("rejected", "554 spam")] * 5) == [1] * 5
    assert store.suppressions() == ()


def test_who_unsubscribed_after_a_day_was_queued_does_not_get_it(store: Store) -> None:
    queue(store, *"ab")
    store.suppress(MAIL, "a", "daily", "unsubscribed", NOW)
    store.suppress(MAIL, "b", "weekly", "unsubscribed", NOW)
    post = Post()
    report = deliver(store, {MAIL: post}, NOW)
    assert str(post) == "b"
    assert report.well  # as it was wished
    assert report.lines() == ["a, 2026-07-01: rejected (unsubscribed)"]
    assert report.counts() == {"sent": 1, "rejected": 1}
