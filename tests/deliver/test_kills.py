"""A send that is killed at any moment sends nothing twice and loses nothing; and the naive way, so killed, does."""

from __future__ import annotations

from pathlib import Path

import pytest
from killed_sends import COMMITS, PEOPLE, Tally, campaign, campaigns, each_commit, each_step, right, states
from mail_ledger import Kill, MailLedger


@pytest.mark.slow
@pytest.mark.fault("delivery", "kill while sending")
def test_a_kill_at_each_commit_of_a_send_doubles_nothing_and_loses_nothing() -> None:
    """The process is killed at each commit of a send.

    Nothing is sent twice and nothing is lost; what may have arrived is uncertain and told.
    """
    tally, done = campaigns("outbox", each_commit())
    assert done == [1] * 2 * COMMITS, (done, tally)  # each of them was killed
    assert right(tally), tally
    # between the commit of "sending" and that of the outcome: after the one and before the other, for each recipient
    assert tally.uncertain == 2 * len(PEOPLE), (done, tally)


@pytest.mark.slow
@pytest.mark.fault("delivery", "naive ledger")
def test_the_naive_way_doubles_so_that_the_test_can_fail() -> None:
    """A ledger that marks at the end is killed.

    It doubles: so the test of kills proves something.
    """
    tally, done = campaigns("naive", [[Kill("before", 1)], [Kill("stored", 5)], [Kill("MAIL", 12)]])
    assert done == [1, 1, 1], (done, tally)
    assert tally.doubles == 12 + 5 + 11, (done, tally)


@pytest.mark.slow
def test_a_kill_at_each_step_of_the_conversation() -> None:
    steps = each_step()
    tally, done = campaigns("outbox", steps)
    assert done == [1] * len(steps), (done, tally)
    assert right(tally), tally
    # those that were stored: told all the same, as nobody here can know. Before that nothing is in doubt
    assert (tally.uncertain, tally.arrived) == (3, 3), tally


@pytest.mark.slow
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_kill_before_the_message_went_out_leaves_no_doubt(step: str) -> None:
    tally, done = campaigns("outbox", [[Kill(step, 5)]])
    assert (done, tally) == ([1], Tally(kills=1))  # and so all twelve have it, once


@pytest.mark.slow
def test_run_after_run_that_is_killed(tmp_path: Path) -> None:
    """A run that found what another left may die before it says so: the next says it."""
    tally = Tally()
    kills = [
        Kill("stored", 1),
        Kill("after", 3),
        Kill("before", 4),
        Kill("before", 2),
        Kill("DATA", 1),
        Kill("time", 150),
    ]
    campaign("outbox", tmp_path, kills, tally)
    assert right(tally), tally
    assert tally.uncertain >= 2, tally


def test_a_send_that_nobody_kills_reaches_all_once(tmp_path: Path) -> None:
    """And a kill at a commit that there is not kills nobody: the count of commits is right."""
    tally = Tally()
    assert campaign("outbox", tmp_path, [Kill("after", COMMITS + 1)], tally) == 0
    assert set(states(tmp_path / "state").values()) == {"sent"}
    assert (tally.doubles, tally.lost, tally.uncertain) == (0, 0, 0)


def test_the_tally_sees_what_it_should() -> None:
    """A count of what went wrong that cannot count is none."""
    ledger = MailLedger()
    ledger.stored.update({("<a>", PEOPLE[0]): 2, ("<b>", PEOPLE[1]): 1, ("<c>", PEOPLE[1]): 1})
    rows = {PEOPLE[0]: "sent", PEOPLE[1]: "sent", PEOPLE[2]: "uncertain", PEOPLE[3]: "uncertain", PEOPLE[4]: "pending"}
    tally = Tally()
    tally.add(1, ledger, rows, "")
    assert tally == Tally(kills=1, doubles=2, lost=7, uncertain=2, told=0, beyond=1, arrived=0, waiting=1, missing=7)
