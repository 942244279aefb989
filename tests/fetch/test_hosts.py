"""Jobs by host: one at a time each, results in order, no more held than may be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from digest.config import Source
from digest.errors import SourceError
from digest.fetch.hosts import by_host, size_of
from digest.fetch.sources import FeedRead
from digest.model import Entry, Feed, Page


@dataclass(frozen=True)
class Job:
    url: str


def jobs(hosts: str) -> list[Job]:
    """Make a job for each letter, at the host of that letter."""
    return [Job(f"http://{host}.example/{place}") for place, host in enumerate(hosts)]


def test_results_come_in_the_order_of_the_jobs_whatever_ends_first() -> None:
    def work(job: Job) -> str:
        time.sleep(0.02 if "//a." in job.url else 0)
        return job.url

    asked = jobs("aabcdaebcc")
    assert list(by_host(work, asked, workers=4)) == [job.url for job in asked]


def test_a_host_is_asked_for_one_thing_at_a_time() -> None:
    busy: dict[str, int] = {}
    most: dict[str, int] = {}
    lock = threading.Lock()

    def work(job: Job) -> None:
        host = job.url[7]
        with lock:
            busy[host] = busy.get(host, 0) + 1
            most[host] = max(most.get(host, 0), busy[host])
        time.sleep(0.002)
        with lock:
            busy[host] -= 1

    list(by_host(work, jobs("aaaabbbbaaaacc"), workers=8))
    assert most == {"a": 1, "b": 1, "c": 1}


def test_twenty_jobs_of_one_slow_host_do_not_hold_the_workers() -> None:
    """The slow host's first job ends only after the other hosts' jobs: with all workers in its queue, none would."""
    others = threading.Semaphore(0)

    def work(job: Job) -> bool:
        if "//s." not in job.url:
            others.release()
            return True
        return all(others.acquire(timeout=5) for _ in range(10)) if job.url.endswith("/0") else True

    assert all(by_host(work, jobs("s" * 20 + "abcdefghij"), workers=8))


def test_spellings_of_one_host_are_one_host() -> None:
    seen: list[int] = []
    busy = threading.Lock()

    def work(job: Job) -> None:
        assert busy.acquire(blocking=False)
        time.sleep(0.002)
        seen.append(1)
        busy.release()

    list(
        by_host(
            work,
            [Job(f"{each}/x") for each in ("http://a.example", "https://A.example", "http://a.example.")],
            workers=3,
        )
    )
    assert len(seen) == 3


def test_results_that_are_not_due_are_not_piled_up() -> None:
    """While the first job lasts, others stop once their pages are as many bytes as may be held."""
    begun: list[str] = []
    go_on = threading.Event()

    def work(job: Job) -> Page:
        begun.append(job.url)
        if job.url.endswith("/0"):
            go_on.wait(5)
        return Page(job.url, b"x" * 100)

    asked = [Job(f"http://h{place}.example/{place}") for place in range(30)]
    threading.Timer(0.2, lambda: (held.append(len(begun)), go_on.set())).start()
    held: list[int] = []
    assert [page.url for page in by_host(work, asked, workers=2, most_held=500)] == [job.url for job in asked]
    assert held[0] <= 8


def test_what_feeds_hold_counts_as_the_workers_hand_it_over() -> None:
    entry = Entry("", "https://a.example/1", "1234", None, "12345678", "")
    read = FeedRead(Feed("https://a.example/feed", "A", "", "en", (entry, entry)), "", "", "")
    source = Source(name="A", url="https://a.example/feed")
    assert size_of((source, read)) == 2 * 2 * 12
    assert size_of((source, FeedRead(None, "", "", ""))) == 0


def test_what_a_job_raises_is_raised_where_its_result_is_due() -> None:
    def work(job: Job) -> str:
        if job.url.endswith("/1"):
            raise SourceError(job.url, "fetch", "no")
        return job.url

    results = by_host(work, jobs("abc"), workers=2)
    assert next(results).endswith("/0")
    with pytest.raises(SourceError):
        next(results)


def test_who_stops_listening_stops_the_work() -> None:
    done: list[str] = []
    work: Callable[[Job], None] = lambda job: (time.sleep(0.005), done.append(job.url))[0]  # noqa: E731
    results = by_host(work, jobs("abcdefgh" * 20), workers=2)
    next(results)
    results.close()
    assert len(done) < 100
    assert list(by_host(work, [], workers=2)) == []
