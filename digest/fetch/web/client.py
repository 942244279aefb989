"""The only way to the web: a guarded, polite client.

A fetch goes: check the address's form → robots.txt → wait for the host's turn → resolve, check and connect → read at
most so many decoded bytes → follow at most five redirects, each from the start of this line. One deadline covers it
all but the waiting for a turn.

Behind a proxy (`proxy=`) it is the proxy that resolves names and connects, so the guard sees only what stands in the
address: numeric hosts and `localhost` are still refused, names are not resolved here.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from digest import __version__
from digest.errors import ConfigError, SourceError
from digest.fetch.web.answer import Answer, Headers, must_be_whole, retry_after
from digest.fetch.web.guard import parse_ranges
from digest.fetch.web.post import SHORT_WAIT, Letter, post, post_once
from digest.fetch.web.resolve import AddressGuard, Resolver, resolve
from digest.fetch.web.robots import ROBOTS_BYTES, Robots
from digest.fetch.web.transport import BrokenLineError, Deadline, Line, faults_named
from digest.fetch.web.url import REDIRECT_CODES as REDIRECT_CODES
from digest.fetch.web.url import checked, host_key, next_hop, origin_of
from digest.model import Page

USER_AGENT = f"bilingual-digest/{__version__} (+feed digest; RSS reader)"
REDIRECTS = 5  # RFC 9309 asks for five hops; longer chains were loops wherever we looked


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed (304); `headers` are (lower-case name, value) pairs."""

    url: str
    headers: Headers = ()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")


@dataclass(slots=True)
class _Host:
    """Whose turn it is at one host: one request at a time, a pause after each."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_since: float | None = None


class Web:
    """A guarded, polite client for many threads, used as a context manager.

    `allow_private` are exact "host:port" that may be private; `allow_ranges` are networks that count as public.
    `deadline` and `pause` are in seconds, `max_bytes` counts decoded bytes. `resolver`, `clock` (seconds, monotonic)
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
        self._hosts: dict[str, _Host] = {}
        self._robots: dict[str, Robots] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._hosts.clear()
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

        `etag` and `last_modified` go back byte for byte, to the first address's origin only. `robots=False` is for
        what the user named (a feed). Raises SourceError, whatever goes wrong.
        """
        deadline = Deadline(self._clock, self._seconds)
        pause = self._pause if pause is None else pause
        first = here = checked(url, url)
        for _ in range(REDIRECTS + 1):
            if robots:
                self._obey_robots(here, pause, deadline)
            asked = {"accept": accept or "*/*"}
            if origin_of(here) == origin_of(first):
                asked |= {k: v for k, v in (("if-none-match", etag), ("if-modified-since", last_modified)) if v}
            answer = self._ask(here, asked, pause, deadline)
            if answer.status in REDIRECT_CODES:
                here = next_hop(here, answer, url)
                continue
            if answer.status == 304:
                return NotModified(str(here), answer.headers)
            must_be_whole(answer, str(here))
            return Page(str(here), answer.body, answer.headers)
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
        try:
            answer = self._robots_answer(url.join("/robots.txt"), pause, deadline)
            if answer is not None:
                entry.read(answer.body)
        except SourceError as error:
            entry.failed(error)
        entry.known = True

    def _robots_answer(self, here: httpx.URL, pause: float, deadline: Deadline) -> Answer | None:
        for _ in range(REDIRECTS + 1):
            answer = self._ask(here, {"accept": "text/plain,*/*;q=0.5"}, pause, deadline, cut=ROBOTS_BYTES)
            if answer.status not in REDIRECT_CODES:
                return answer if answer.status in (200, 203) else None
            here = next_hop(here, answer, str(here))
        return None

    # ---- one request, politely --------------------------------------------------------------------------------------

    def _ask(self, url: httpx.URL, headers: dict[str, str], pause: float, deadline: Deadline, cut: int = 0) -> Answer:
        """Ask once, and once more after a connection fault, a 5xx, or a Retry-After that is short enough to wait."""
        try:
            answer = self._in_turn(url, headers, pause, deadline, cut)
        except SourceError as error:
            if not isinstance(error, BrokenLineError):
                raise
            answer = self._in_turn(url, headers, pause, deadline, cut)
        wait = retry_after(answer)
        if (answer.status >= 500 and answer.status != 999 and wait <= SHORT_WAIT) or (
            answer.status == 429 and 0 < wait <= SHORT_WAIT
        ):
            if wait:
                self._sleep(wait)
                deadline.extend(wait)
            answer = self._in_turn(url, headers, pause, deadline, cut)
        if answer.status >= 400:
            must_be_whole(answer, str(url))
        return answer

    def _in_turn(self, url: httpx.URL, headers: dict[str, str], pause: float, deadline: Deadline, cut: int) -> Answer:
        with self._turn(url, pause, deadline), faults_named(str(url)):
            limit = cut or self._max_bytes
            return self._line.exchange("GET", url, headers, deadline, limit=limit, cut=bool(cut))

    @contextlib.contextmanager
    def _turn(self, url: httpx.URL, pause: float, deadline: Deadline) -> Iterator[None]:
        """Hold a host alone, once its pause is over; the waiting is not the fetch's time."""
        with self._lock:
            host = self._hosts.setdefault(host_key(url), _Host())
        started = self._clock()
        with host.lock:
            if host.free_since is not None:
                wait = host.free_since + self._polite_pause(url, pause) - self._clock()
                if wait > 0:
                    self._sleep(wait)
            deadline.extend(self._clock() - started)
            try:
                yield
            finally:
                host.free_since = self._clock()

    def _polite_pause(self, url: httpx.URL, pause: float) -> float:
        return max(pause, self._robots_of(url).crawl_delay(self._product))
