"""Jobs over threads, one at a time for each host: a slow host holds one worker, not all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from digest.fetch.pages import Errand
from digest.fetch.sources import FeedRead
from digest.fetch.web.url import host_of
from digest.model import Entry, Feed, Page

MOST_HELD = 64 * 2**20  # bytes of results that wait for their turn; a page has at most 10 MiB


def by_host(
    function: Callable[[Any], Any], jobs: Iterable[Errand], *, workers: int, most_held: int = MOST_HELD
) -> Iterator[Any]:
    """Give `function` of each job, in the order of the jobs, worked out by `workers` threads.

    A worker takes the first job whose host no other worker is at. Results that came early are held; where they are more
    than `most_held` bytes, only the job whose result is due next is begun. What `function` raises is raised here.
    """
    pool = _Pool(function, tuple(jobs), most_held)
    threads = [
        threading.Thread(target=pool.work, name=f"fetch-{number}", daemon=True)
        for number in range(min(workers, len(pool.hosts)))
    ]
    for thread in threads:
        thread.start()
    try:
        yield from pool.results()
    finally:
        pool.stop()
        for thread in threads:
            thread.join()


class _Pool:
    """What the threads share. `hosts` are the hosts' jobs that are not begun, by their places; busy ones are away."""

    def __init__(self, function: Callable[[Any], Any], jobs: Sequence[Errand], most_held: int) -> None:
        self._function = function
        self._jobs = jobs
        self._most_held = most_held
        self._news = threading.Condition()
        self._done: dict[int, tuple[Any, BaseException | None]] = {}
        self._held = 0
        self._next = 0  # the place of the job whose result is due
        self._stopped = False
        self.hosts: dict[str, deque[int]] = {}
        for place, job in enumerate(jobs):
            self.hosts.setdefault(host_of(job.url) or job.url, deque()).append(place)
        self._left = len(self.hosts)

    def work(self) -> None:
        while (taken := self._take()) is not None:
            host, places = taken
            place = places.popleft()
            result, error = None, None
            try:
                result = self._function(self._jobs[place])
            except BaseException as raised:  # it is raised again where the results are taken
                error = raised
            with self._news:
                self._done[place] = result, error
                self._held += size_of(result)
                if places:
                    self.hosts[host] = places
                else:
                    self._left -= 1
                self._news.notify_all()

    def _take(self) -> tuple[str, deque[int]] | None:
        """Wait for a host that nobody is at and take it away; None where nothing is left to do."""
        with self._news:
            while not self._stopped and self._left:
                host = min(self.hosts, key=lambda name: self.hosts[name][0], default=None)
                if host is not None and (self._held < self._most_held or self.hosts[host][0] == self._next):
                    return host, self.hosts.pop(host)
                self._news.wait()
            return None

    def results(self) -> Iterator[Any]:
        for place in range(len(self._jobs)):
            with self._news:
                self._next = place
                self._news.notify_all()
                while place not in self._done:
                    self._news.wait()
                result, error = self._done.pop(place)
                self._held -= size_of(result)
            if error is not None:
                raise error
            yield result

    def stop(self) -> None:
        with self._news:
            self._stopped = True
            self._news.notify_all()


def size_of(result: object) -> int:
    """Count roughly the bytes that a result holds: pages by their bodies, feeds by their texts.

    >>> size_of((Page("https://a.example/", b"1234"), "and what belongs to it"))
    4
    """
    if isinstance(result, Page):
        return len(result.body)
    if isinstance(result, Entry):
        return 2 * (len(result.summary) + len(result.content) + len(result.title))
    if isinstance(result, FeedRead):
        return size_of(result.feed)
    if isinstance(result, Feed):
        return size_of(result.entries)
    return sum(map(size_of, result)) if isinstance(result, (tuple, list)) else 0
