"""The only way to the web: a guarded, polite client.

A fetch goes: check the address's form → robots.txt → wait for the host's turn → resolve, check and connect → read at
most so many decoded bytes → follow at most five redirects, each from the start of this line. One deadline covers it
all but the waiting for a turn. A host that was late in this run is given less of it (turns.py).

Behind a proxy (`proxy=`) it is the proxy that resolves names and connects, so the guard sees only what stands in the
address: numeric hosts and `localhost` are still refused, names are not resolved here.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from digest import __version__
from digest.errors import ConfigError, SourceError
from digest.fetch.web.answer import Answer, Headers, must_be_whole, retry_after, sendable
from digest.fetch.web.deadline import Deadline
from digest.fetch.web.guard import parse_ranges
from digest.fetch.web.post import Letter, post, post_once
from digest.fetch.web.resolve import AddressGuard, Resolver, resolve, unadvised
from digest.fetch.web.robots import ROBOTS_BYTES, Robots
from digest.fetch.web.transport import BrokenLineError, Line, faults_named
from digest.fetch.web.turns import SHORT_WAIT, Turns
from digest.fetch.web.url import FOR_GOOD, checked, host_key, next_hop, origin_of
from digest.fetch.web.url import REDIRECT_CODES as REDIRECT_CODES
from digest.model import Page

USER_AGENT = f"bilingual-digest/{__version__} (+feed digest; RSS reader)"
REDIRECTS = 5  # RFC 9309 asks for five hops; longer chains were loops wherever we looked


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed (304); `headers` are (lower-case name, value) pairs, `moved` as a Page's."""

    url: str
    headers: Headers = ()
    moved: str = ""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")


@contextlib.contextmanager
def _at(here: httpx.URL, first: httpx.URL) -> Iterator[None]:
    """Give no remedy for a fault at an address that only a redirect named."""
    try:
        yield
    except SourceError as error:
        raise error if here == first else unadvised(error) from error.__cause__


class Web:
    """A guarded, polite client for many threads, used as a context manager.

    `allow_private` are exact "host:port" that may be private; `allow_ranges` are networks that count as public.
    `deadline` and `pause` are in seconds, `max_bytes` counts decoded bytes. `turns` are those of another client, which
    then asks no host beside this one. `resolver`, `clock` (seconds, monotonic)
    and `sleep` are for tests. Proxies of the environment are never used. Certificates are always verified, against
    certifi's list or SSL_CERT_FILE.
    """

    def __init__(
        self,
        *,
        allow_private: frozenset[str] = frozenset(),
        allow_ranges: tuple[str, ...] = (),
        proxy: str = "",
        deadline: float = 20.0,
        max_bytes: int = 10 * 2**20,
        pause: float = 1.0,
        user_agent: str = USER_AGENT,
        turns: Turns | None = None,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if proxy and not proxy.lower().startswith(("http://", "https://")):
            raise ConfigError("network.proxy", f"{proxy}: only http:// and https:// proxies are spoken here")
        try:
            ranges = parse_ranges(allow_ranges)
        except ValueError as error:
            raise ConfigError("network.allow_ranges", str(error)) from error
        allowed = frozenset(each.lower() for each in allow_private)
        self._guard = AddressGuard(allowed, ranges, resolver or resolve, proxied=bool(proxy))
        self._proxy = proxy
        self._line = Line(self._guard, proxy, user_agent)
        self._seconds = deadline
        self._max_bytes = max_bytes
        self._pause = pause
        self._user_agent = user_agent
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._turns = turns or Turns(deadline, clock, sleep)
        self._robots: dict[str, Robots] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.clear()
        with self._lock:
            self._robots.clear()

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "",
        pause: float | None = None,
        robots: bool = True,
    ) -> Page | NotModified:
        """Fetch an address: a Page, or NotModified where the server says so (asked or not).

        `etag` and `last_modified` go back byte for byte, to the first address's origin only; what no header may hold
        is not sent. `robots=False` is for what the user named (a feed). Raises SourceError, whatever goes wrong.
        """
        deadline = Deadline(self._clock, self._seconds)
        pause = self._pause if pause is None else pause
        etag, last_modified = sendable(etag), sendable(last_modified)
        first = here = checked(url, url)
        for_good = True
        for _ in range(REDIRECTS + 1):
            if robots:
                with _at(here, first):
                    self._obey_robots(here, pause, deadline)
            asked = {"accept": accept or "*/*"}
            if origin_of(here) == origin_of(first):
                asked |= {k: v for k, v in (("if-none-match", etag), ("if-modified-since", last_modified)) if v}
            with _at(here, first):
                answer = self._ask(here, asked, pause, deadline, named=not robots)
            if answer.status in REDIRECT_CODES:
                there = next_hop(here, answer, url)
                for_good = for_good and answer.status in FOR_GOOD and not (here.scheme == "https" != there.scheme)
                here = there
                continue
            moved = str(here) if for_good and here != first else ""
            if answer.status == 304:
                return NotModified(str(here), answer.headers, moved)
            must_be_whole(answer, str(here))
            return Page(str(here), answer.body, answer.headers, moved)
        raise SourceError(url, "fetch", f"more than {REDIRECTS} redirects", kind="redirect")

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        deadline: float,
        max_bytes: int,
        once: bool = False,
    ) -> Answer:
        """Send a body to an endpoint that the user named and read its whole answer (status 200 or 203).

        No robots.txt, no pause and no turn are waited for: posts may go side by side. `deadline` in seconds covers
        everything, the one second try and its wait too; `max_bytes` counts decoded bytes. Redirects are not followed.
        Header values stand in no message. Raises SourceError, a RefusedError where the endpoint answered by a status.
        `once`: there is no second try, and a LostError says that the body may have been received.
        """
        letter = Letter(checked(url, url), body, headers or {}, max_bytes)
        if once:
            return post_once(self._line, letter, Deadline(self._clock, deadline))
        return post(self._line, letter, Deadline(self._clock, deadline), self._sleep)

    # ---- robots.txt -------------------------------------------------------------------------------------------------

    def _obey_robots(self, url: httpx.URL, pause: float, deadline: Deadline) -> None:
        entry = self._robots_of(url)
        started = self._clock()
        with entry.lock:
            deadline.extend(self._clock() - started)
            if not entry.known:
                self._read_robots(entry, url, pause, deadline)
        entry.check(str(url), self._product)

    @property
    def _product(self) -> str:
        return self._user_agent.split("/")[0]

    def _robots_of(self, url: httpx.URL) -> Robots:
        with self._lock:
            return self._robots.setdefault(origin_of(url), Robots())

    def _read_robots(self, entry: Robots, url: httpx.URL, pause: float, deadline: Deadline) -> None:
        """Read an origin's rules once (RFC 9309): 4xx and endless redirects allow all, 5xx and silence forbid all."""
        left = deadline.left()
        try:
            answer = self._robots_answer(url.join("/robots.txt"), pause, deadline)
            if answer is not None:
                entry.read(answer.body)
        except SourceError as error:
            if error.kind == "timeout" and left < self._seconds / 2:
                raise  # the time went elsewhere: that says nothing of this origin
            entry.failed(error)
        entry.known = True

    def _robots_answer(self, here: httpx.URL, pause: float, deadline: Deadline) -> Answer | None:
        first = here
        for _ in range(REDIRECTS + 1):
            with _at(here, first):
                answer = self._ask(here, {"accept": "text/plain,*/*;q=0.5"}, pause, deadline, cut=ROBOTS_BYTES)
            if answer.status not in REDIRECT_CODES:
                return answer if answer.status in (200, 203) else None
            here = next_hop(here, answer, str(here))
        return None

    # ---- one request, politely --------------------------------------------------------------------------------------

    def _ask(
        self, url: httpx.URL, headers: dict[str, str], pause: float, deadline: Deadline, *, named: bool = False,
        cut: int = 0,
    ) -> Answer:  # fmt: skip
        """Ask once, and once more after either a connection fault, a 5xx, or a Retry-After short enough to wait.

        That wait is the fetch's own time: what does not fit into the deadline is left to a later run.
        """
        broke = False
        try:
            answer = self._in_turn(url, headers, pause, deadline, named, cut)
        except BrokenLineError:
            broke = True
            answer = self._in_turn(url, headers, pause, deadline, named, cut)
        wait = retry_after(answer)
        again = not broke and (500 <= answer.status < 600 or (answer.status == 429 and wait > 0))
        if again and wait <= SHORT_WAIT and wait < deadline.left():
            answer = self._in_turn(url, headers, pause, deadline, named, cut)
        if answer.status >= 400:
            must_be_whole(answer, str(url))
        return answer

    def _in_turn(
        self, url: httpx.URL, headers: dict[str, str], pause: float, deadline: Deadline, named: bool, cut: int
    ) -> Answer:
        pause = max(pause, self._robots_of(url).crawl_delay(self._product))
        turn = self._turns.turn(host_key(url), str(url), pause, deadline, named=named)
        with turn as host, faults_named(str(url)):
            limit = cut or self._max_bytes
            answer = self._line.exchange("GET", url, headers, deadline, limit=limit, cut=bool(cut))
            self._turns.heard(host, answer)
            return answer
