"""`digest run` killed at random moments: nothing is lost or torn, and the next run ends as if nobody had killed it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from killed_runs import Ground, Kill, Warm

from digest.demo import DemoServer


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with DemoServer() as server, Warm() as warm:
        yield Ground(tmp_path_factory.mktemp("kills"), server.base, warm)


@pytest.mark.fault("state", "kill between two steps")
def test_a_few_kills_at_random_moments_lose_and_tear_nothing(ground: Ground) -> None:
    """A run is killed (SIGKILL) at any moment: while it fetches, stores, links, builds, writes, prunes or copies.

    Each step is idempotent and keyed by day and identity: the next run ends with the bytes of a run that nobody killed,
    no entry is lost, no file is torn, the store is whole, and nothing of the killed run is left.
    """
    tally = ground.killed_often(8, 8, [ground.warm])
    assert tally.right, tally


@pytest.mark.kills
def test_two_hundred_kills_at_random_moments_lose_and_tear_nothing(ground: Ground) -> None:
    with Warm() as second:
        tally = ground.killed_often(200, 1, [ground.warm, second])
    assert tally.right, tally


def test_a_writer_that_writes_in_place_is_caught(ground: Ground) -> None:
    """A count of torn files that cannot count is none."""
    tally = ground.killed_at([("over", Kill("naive", number)) for number in (4, 8)], control="writer")
    assert tally.kills == 2, tally
    assert tally.torn >= 1, tally


def test_a_store_that_commits_the_validators_first_is_caught(ground: Ground) -> None:
    """The next run is told that the feed has not changed, and never hears of its entries."""
    tally = ground.killed_at([("first", Kill("naive", number)) for number in (1, 2)], control="store")
    assert tally.kills == 2, tally
    assert tally.lost >= 2, tally
    assert tally.unequal == 2, tally
