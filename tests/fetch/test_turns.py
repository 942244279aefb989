"""Hosts that are late, or ask to be left alone: what else of them is asked in the same run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fault_server import Server, drip, redirect, reply

from digest.errors import SourceError
from digest.fetch.hosts import by_host
from digest.fetch.web import Web
from digest.fetch.web.turns import LATE_BUDGET, Host
from digest.model import Page

DRIP = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def client(*servers: Server, **options: Any) -> Web:
    return Web(**{"allow_private": frozenset(each.place for each in servers), "pause": 0.0, "deadline": 0.5} | options)


def outcome(web: Web, url: str, *, robots: bool = False) -> Page | SourceError:
    try:
        page = web.get(url, robots=robots)
    except SourceError as error:
        return error
    assert isinstance(page, Page)
    return page


@pytest.mark.fault("network", "host that timed out repeatedly")
def test_twenty_feeds_of_one_dripping_host_take_less_than_two_deadlines(server: Server) -> None:
    """Twenty feeds of one host drip.

    The first takes its deadline; those behind it get less and less time, and in the end the host is not asked again in
    this run.
    """
    server.answers["*"] = drip(DRIP, b"x", server.closing)
    web = client(server)
    started = time.monotonic()
    outcomes = [outcome(web, server.url(f"/{number}")) for number in range(20)]
    assert time.monotonic() - started < 2 * 0.5
    assert {each.kind for each in outcomes if isinstance(each, SourceError)} == {"timeout"}
    last = outcomes[-1]
    assert isinstance(last, SourceError)
    assert "not asked again in this run" in last.reason
    assert len(server.asked) < 20


@pytest.mark.fault("network", "one slow host with many feeds")
def test_twenty_feeds_of_which_five_drip_take_less_than_two_deadlines() -> None:
    """Of twenty feeds the first five drip, each at a host of its own.

    Eight workers, one a host: the others are all read, and the whole takes less than two deadlines.
    """

    @dataclass(frozen=True)
    class Job:
        url: str

    servers = [Server() for _ in range(20)]
    for number, each in enumerate(servers):
        each.answers["*"] = drip(DRIP, b"x", each.closing) if number < 5 else reply(b"x")
    web = client(*servers, deadline=1.0)
    started = time.monotonic()
    outcomes = list(by_host(lambda job: outcome(web, job.url), [Job(each.url("/")) for each in servers], workers=8))
    assert time.monotonic() - started < 2 * 1.0
    assert [isinstance(each, Page) for each in outcomes] == [False] * 5 + [True] * 15
    for each in servers:
        each.close()


def test_a_good_feed_beside_dripping_ones_of_its_host_is_read(server: Server) -> None:
    server.answers |= {"*": drip(DRIP, b"x", server.closing), "/good": reply(b"x")}
    web = client(server, deadline=2.0)
    for number in range(12):
        assert isinstance(outcome(web, server.url(f"/{number}")), SourceError)
        if number < 4:  # later ones have a few hundredths of a second, which a busy machine may take by itself
            assert isinstance(outcome(web, server.url("/good")), Page)


def test_a_host_costs_no_more_than_its_budget() -> None:
    host, spent = Host(), 0.0
    for _ in range(7):
        patience = host.patience(20.0)
        assert patience > 0
        host.late += patience
        spent += patience
    assert spent < (LATE_BUDGET + 0.1) * 20


def test_late_is_who_took_the_time_and_not_who_was_asked_last(server: Server) -> None:
    other = Server()

    def slowly(connection: Any) -> None:
        server.closing.wait(0.45)
        connection.sendall(redirect(other.url("/p")))

    def late(connection: Any) -> None:
        other.closing.wait(0.2)
        connection.sendall(reply(b"x"))

    server.answers["/p"], other.answers["*"] = slowly, late
    web = client(server, other)
    assert isinstance(outcome(web, server.url("/p")), SourceError)
    assert isinstance(outcome(web, other.url("/q")), Page)
    other.close()


def test_robots_that_had_no_time_left_say_nothing_of_their_host(server: Server) -> None:
    other = Server()

    def slowly(connection: Any) -> None:
        server.closing.wait(0.8)
        connection.sendall(redirect(other.url("/p")))

    def late(connection: Any) -> None:
        other.closing.wait(0.3)
        connection.sendall(reply(b"", "404 Not Found"))

    server.answers["/p"], other.answers = slowly, {"/robots.txt": late, "/p": reply(b"x")}
    web = client(server, other, deadline=1.0)
    assert isinstance(outcome(web, server.url("/p"), robots=True), SourceError)
    assert isinstance(outcome(web, other.url("/p"), robots=True), Page)
    other.close()


def test_a_dripping_robots_txt_costs_one_deadline_for_all_pages(server: Server) -> None:
    server.answers |= {"/robots.txt": drip(b"", b"x", server.closing), "*": reply(b"x")}
    web = client(server)
    started = time.monotonic()
    assert {type(outcome(web, server.url(f"/{n}"), robots=True)) for n in range(9)} == {SourceError}
    assert time.monotonic() - started < 2 * 0.5
    assert server.paths() == ["/robots.txt"]


def test_a_host_that_is_not_there_is_not_asked_for_each_of_its_pages() -> None:
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return []

    web = Web(pause=0, resolver=resolver)
    faults = [outcome(web, f"http://gone.example/{number}") for number in range(30)]
    assert len(asked) == 8
    assert isinstance(faults[-1], SourceError)
    assert "not asked again in this run" in faults[-1].reason


def test_a_wait_longer_than_the_deadline_is_left_to_a_later_run(server: Server) -> None:
    server.answers["*"] = reply(b"", "503 Busy", Retry_After="3")
    fault = outcome(client(server), server.url("/p"))
    assert isinstance(fault, SourceError)
    assert (fault.status, fault.retry_after) == (503, 3.0)
    assert len(server.asked) == 1


def test_who_asks_for_a_short_wait_is_left_alone_by_the_other_pages_too(server: Server) -> None:
    slept: list[float] = []
    now = [100.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    server.answers |= {"/busy": reply(b"", "429 Slow", Retry_After="2"), "*": reply(b"x")}
    web = client(server, deadline=3.0, clock=lambda: now[0], sleep=sleep)
    assert isinstance(outcome(web, server.url("/busy")), SourceError)  # asked, waited for, asked: refused again
    assert isinstance(outcome(web, server.url("/p")), Page)
    assert slept == [2.0, 2.0]


def test_pages_of_a_host_that_sent_us_away_twice_are_not_asked_but_feeds_are(server: Server) -> None:
    server.answers |= {"/1": reply(b"", "429 No", Retry_After="600"), "/2": reply(b"", "429 No"), "*": reply(b"x")}
    web = client(server)
    outcome(web, server.url("/1")), outcome(web, server.url("/2"))
    assert isinstance(outcome(web, server.url("/feed")), Page)
    fault = outcome(web, server.url("/page"), robots=True)
    assert isinstance(fault, SourceError)
    assert (fault.status, fault.kind) == (429, "status")
    assert "/page" not in server.paths()
