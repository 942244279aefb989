"""The only way to the web: a guarded, polite client. httpx, httpcore and protego live here and nowhere else.

A fetch goes: check the address's form → robots.txt → wait for the host's turn → resolve, check and connect → read at
most so many decoded bytes → follow at most five redirects, each from the start of this line. One deadline covers it
all but the waiting for a turn.

Behind a proxy (`proxy=`) it is the proxy that resolves names and connects, so the guard sees only what stands in the
address: numeric hosts and `localhost` are still refused, names are not resolved here.
"""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx
import protego

from digest import __version__
from digest.errors import ConfigError, SourceError
from digest.fetch.guard import parse_ranges, refusal
from digest.model import Page

USER_AGENT = f"bilingual-digest/{__version__} (+feed digest; RSS reader)"
REDIRECTS = 5  # RFC 9309 asks for five hops; longer chains were loops wherever we looked
REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
LONGEST_PAUSE = 30.0  # seconds: a longer Crawl-delay is honoured as this much, or a run would never end
SHORT_WAIT = 5.0  # seconds of Retry-After that are waited within a run
DAY = 86400.0
ROBOTS_BYTES = 512 * 1024  # RFC 9309, 2.5: parse at least 500 KiB
LONGEST_URL = 2048
PIECE = 65536

Resolver = Callable[[str, int], list[str]]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed (304); `headers` are (lower-case name, value) pairs."""

    url: str
    headers: Headers = ()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name.lower()), "")


@dataclass(frozen=True, slots=True)
class _Answer:
    """One response, its body read (redirects and error pages: left unread)."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class _Deadline:
    """The time a fetch has left, in seconds; waiting for a turn does not count."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        return self._end - self._clock()

    def extend(self, seconds: float) -> None:
        self._end += seconds


@dataclass(slots=True)
class _Host:
    """Whose turn it is at one host: one request at a time, a pause after each."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_since: float | None = None


@dataclass(slots=True)
class _Robots:
    """What one origin's robots.txt says. `fault` is why it could not be read (then nothing may be fetched)."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: bool = False
    rules: protego.Protego | None = None
    fault: SourceError | None = None


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
            self._ranges = parse_ranges(allow_ranges)
        except ValueError as error:
            raise ConfigError("network.allow_ranges", str(error)) from error
        self._allowed = frozenset(each.lower() for each in allow_private)
        self._proxy = proxy
        self._seconds = deadline
        self._max_bytes = max_bytes
        self._pause = pause
        self._user_agent = user_agent
        self._resolver = resolver or _resolve
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._robots: dict[str, _Robots] = {}

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
        deadline = _Deadline(self._clock, self._seconds)
        pause = self._pause if pause is None else pause
        first = here = _checked(url, url)
        for _ in range(REDIRECTS + 1):
            if robots:
                self._obey_robots(here, pause, deadline)
            asked = {"accept": accept or "*/*"}
            if _origin(here) == _origin(first):
                asked |= {k: v for k, v in (("if-none-match", etag), ("if-modified-since", last_modified)) if v}
            answer = self._ask(here, asked, pause, deadline)
            if answer.status in REDIRECT_CODES:
                here = _next_hop(here, answer, url)
                continue
            if answer.status == 304:
                return NotModified(str(here), answer.headers)
            _must_be_whole(answer, str(here))
            return Page(str(here), answer.body, answer.headers)
        raise SourceError(url, "fetch", f"more than {REDIRECTS} redirects", kind="redirect")

    # ---- robots.txt -------------------------------------------------------------------------------------------------

    def _obey_robots(self, url: httpx.URL, pause: float, deadline: _Deadline) -> None:
        entry = self._robots_of(url)
        started = self._clock()
        with entry.lock:
            deadline.extend(self._clock() - started)
            if not entry.known:
                self._read_robots(entry, url, pause, deadline)
        if entry.fault is not None:
            fault = entry.fault
            reason = f"robots.txt could not be read: {fault.reason}"
            raise SourceError(
                str(url), "robots", reason, kind=fault.kind, status=fault.status, retry_after=fault.retry_after
            )
        if entry.rules is not None and not entry.rules.can_fetch(str(url), self._product):
            raise SourceError(str(url), "robots", "robots.txt asks not to fetch this", kind="robots")

    @property
    def _product(self) -> str:
        return self._user_agent.split("/")[0]

    def _robots_of(self, url: httpx.URL) -> _Robots:
        with self._lock:
            return self._robots.setdefault(_origin(url), _Robots())

    def _read_robots(self, entry: _Robots, url: httpx.URL, pause: float, deadline: _Deadline) -> None:
        """Read an origin's rules once (RFC 9309): 4xx and endless redirects allow all, 5xx and silence forbid all."""
        try:
            answer = self._robots_answer(url.join("/robots.txt"), pause, deadline)
            if answer is not None:
                entry.rules = protego.Protego.parse(answer.body.decode("utf-8-sig", "replace"))
        except SourceError as error:
            if not 400 <= error.status < 500 and error.kind != "redirect":
                kind = "robots" if error.status else error.kind
                entry.fault = SourceError(error.url, "robots", error.reason, kind=kind, status=error.status)
        entry.known = True

    def _robots_answer(self, here: httpx.URL, pause: float, deadline: _Deadline) -> _Answer | None:
        for _ in range(REDIRECTS + 1):
            answer = self._ask(here, {"accept": "text/plain,*/*;q=0.5"}, pause, deadline, cut=ROBOTS_BYTES)
            if answer.status not in REDIRECT_CODES:
                return answer if answer.status in (200, 203) else None
            here = _next_hop(here, answer, str(here))
        return None

    # ---- one request, politely --------------------------------------------------------------------------------------

    def _ask(self, url: httpx.URL, headers: dict[str, str], pause: float, deadline: _Deadline, cut: int = 0) -> _Answer:
        """Ask once, and once more after a connection fault, a 5xx, or a Retry-After that is short enough to wait."""
        try:
            answer = self._in_turn(url, headers, pause, deadline, cut)
        except SourceError as error:
            if not isinstance(error, _BrokenLineError):
                raise
            answer = self._in_turn(url, headers, pause, deadline, cut)
        wait = _retry_after(answer)
        if (answer.status >= 500 and answer.status != 999 and wait <= SHORT_WAIT) or (
            answer.status == 429 and 0 < wait <= SHORT_WAIT
        ):
            if wait:
                self._sleep(wait)
                deadline.extend(wait)
            answer = self._in_turn(url, headers, pause, deadline, cut)
        if answer.status >= 400:
            _must_be_whole(answer, str(url))
        return answer

    def _in_turn(self, url: httpx.URL, headers: dict[str, str], pause: float, deadline: _Deadline, cut: int) -> _Answer:
        with self._turn(url, pause, deadline), _faults_named(str(url)):
            return self._exchange(url, headers, deadline, cut)

    @contextlib.contextmanager
    def _turn(self, url: httpx.URL, pause: float, deadline: _Deadline) -> Iterator[None]:
        """Hold a host alone, once its pause is over; the waiting is not the fetch's time."""
        with self._lock:
            host = self._hosts.setdefault(_host_key(url), _Host())
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
        rules = self._robots_of(url).rules
        asked = rules.crawl_delay(self._product) if rules is not None else None
        return max(pause, min(asked or 0.0, LONGEST_PAUSE))

    def _exchange(self, url: httpx.URL, headers: dict[str, str], deadline: _Deadline, cut: int) -> _Answer:
        if deadline.left() <= 0:
            raise httpx.ReadTimeout("no time left")
        if self._proxy:
            self._check_behind_proxy(url)
        # Latin-1 carries every byte of a header there and back.
        sent = [("user-agent", self._user_agent), ("accept-encoding", "gzip"), *headers.items()]
        raw = [(name.encode(), _header_bytes(value)) for name, value in sent]
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), max(deadline.left(), 0.001))
        request = httpx.Request("GET", url, headers=raw, extensions={"timeout": timeout})
        with self._transport(deadline) as transport:
            response = transport.handle_request(request)
            try:
                return self._read(response, str(url), cut)
            finally:
                response.close()

    def _transport(self, deadline: _Deadline) -> httpx.HTTPTransport:
        """Make a transport whose every connection is guarded; fail closed where httpx has no place for the guard."""
        proxy = _proxy(self._proxy) if self._proxy else None
        transport = httpx.HTTPTransport(verify=_tls(), trust_env=False, proxy=proxy)
        pool = getattr(transport, "_pool", None)
        if not isinstance(getattr(pool, "_network_backend", None), httpcore.NetworkBackend):
            raise SourceError(
                "", "fetch", "this version of httpx leaves no place for the address guard", kind="address"
            )
        pool._network_backend = _GuardedBackend(self, deadline)  # type: ignore[union-attr]
        return transport

    def _read(self, response: httpx.Response, url: str, cut: int) -> _Answer:
        headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers.raw)
        answer = _Answer(response.status_code, headers, b"")
        if answer.status not in (200, 203):
            return answer
        limit = cut or self._max_bytes
        length = answer.header("content-length").strip()
        if not cut and length.isdigit() and (len(length) > 15 or int(length) > limit):
            raise _too_large(url, limit)
        coding = ",".join(value for key, value in headers if key == "content-encoding").strip().lower()
        body = _bounded(response.iter_raw(), coding, url, limit, cut=bool(cut))
        if coding in ("", "identity") and body[:3] == b"\x1f\x8b\x08":
            raise SourceError(url, "fetch", "compressed bytes that the server does not declare", kind="content")
        return _Answer(answer.status, headers, body)

    # ---- the guard --------------------------------------------------------------------------------------------------

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """Resolve a host once and give its addresses, after checking that every one may be connected to."""
        found = _in_time(lambda: self._resolver(host, port), timeout)
        if not found:
            raise SourceError(host, "fetch", f"the name {host} has no address", kind="dns")
        if _named(host, port) not in self._allowed:
            self._refuse_private(host, port, found)
        return list(dict.fromkeys(found))

    def _refuse_private(self, host: str, port: int, found: Sequence[str]) -> None:
        for address in found:
            reason = refusal(address, self._ranges)
            if reason:
                where = "" if address == host else f"{host} is at {address}: "
                remedy = f" (`allow_private: [{_named(host, port)!r}]` would allow it)"
                hint = "" if "allow_ranges" in reason else remedy
                raise SourceError(host, "fetch", f"{where}{reason}{hint}", kind="address")

    def _check_behind_proxy(self, url: httpx.URL) -> None:
        """Refuse what is private by its very spelling; names are the proxy's to resolve."""
        host, port = url.host.rstrip("."), _port(url)
        if _named(url.host, port) in self._allowed:
            return
        local = host == "localhost" or host.endswith(".localhost")
        literal = "127.0.0.1" if local else _literal(host)
        if literal:
            self._refuse_private(url.host, port, [literal])

    @property
    def behind_proxy(self) -> bool:
        return bool(self._proxy)


# ---- addresses ------------------------------------------------------------------------------------------------------


def _checked(url: str | httpx.URL, asked: str, kind: str = "address") -> httpx.URL:
    """Give an address without its fragment, if its form is one we fetch; raise SourceError for what is not."""
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
        host, port = parsed.host, _port(parsed)  # host raises for what is no internationalised name
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise SourceError(asked, "fetch", f"this is no address: {_line(error)}", kind=kind) from error
    fault = ""
    if parsed.scheme not in ("http", "https") or not host:
        fault = f"only http and https are fetched, not {str(parsed)[:80]!r}"
    elif parsed.userinfo:
        fault = "an address with a user name or password in it is not fetched"
    elif len(str(parsed)) > LONGEST_URL or not 0 < port < 65536:
        fault = f"the address is longer than {LONGEST_URL} characters or has no port that exists"
    if fault:
        raise SourceError(asked, "fetch", fault, kind=kind)
    return parsed


def _next_hop(here: httpx.URL, answer: _Answer, asked: str) -> httpx.URL:
    location = answer.header("location").strip()
    if not location:
        raise SourceError(asked, "fetch", "a redirect without an address", kind="redirect", status=answer.status)
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")  # some servers send the address unescaped, in UTF-8
    try:
        joined = here.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(asked, "fetch", f"a redirect to no address: {_line(error)}", kind="redirect") from error
    return _checked(joined, asked, "redirect")


def _port(url: httpx.URL) -> int:
    if url.port is None:
        return 443 if url.scheme == "https" else 80
    return url.port


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{_named(url.host, _port(url))}"


def _named(host: str, port: int) -> str:
    """Write host and port as `allow_private` does.

    >>> _named("::1", 80), _named("Example.org", 8080)
    ('[::1]:80', 'example.org:8080')
    """
    return f"[{host}]:{port}" if ":" in host else f"{host.lower()}:{port}"


def _host_key(url: httpx.URL) -> str:
    """Name who is to be spared: a host, whatever the scheme; a port of its own is a server of its own."""
    port = _port(url)
    return url.host if port in (80, 443) else _named(url.host, port)


def _literal(host: str) -> str:
    """Give the address that a numeric host is, in any spelling that the C library reads; "" for a name.

    >>> [_literal(h) for h in ("0x7f000001", "2130706433", "127.1", "0", "::1", "example.org")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '0.0.0.0', '::1', '']
    """
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return ""


def _resolve(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _in_time(call: Callable[[], list[str]], timeout: float) -> list[str]:
    """Run the resolver, which knows no timeout, beside us, and stop waiting for it when the time is over."""
    found: list[list[str]] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except Exception as error:  # whatever it is, it is re-raised below as a dns fault
            failed.append(error)

    thread = threading.Thread(target=run, name="resolver", daemon=True)
    thread.start()
    thread.join(max(timeout, 0.001))
    if failed:
        raise SourceError("", "fetch", f"the name does not resolve ({_line(failed[0])})", kind="dns") from failed[0]
    if not found:
        raise httpcore.ConnectTimeout("the name server does not answer")
    return found[0]


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only: what was resolved and checked is what is connected to (no DNS rebinding)."""

    def __init__(self, web: Web, deadline: _Deadline, inner: httpcore.NetworkBackend | None = None) -> None:
        self._web = web
        self._deadline = deadline
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        if self._web.behind_proxy:  # this host is the proxy, which the user chose
            addresses = [host]
        else:
            addresses = self._web.addresses(host, port, self._deadline.left())
        for number, address in enumerate(addresses, 1):
            share = self._deadline.left() / (len(addresses) - number + 1)
            if share <= 0:
                break
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectTimeout("no time left")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no sockets of this machine")


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every wait is cut to what the fetch has left, so that a slow drip cannot outlast the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def _left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self._deadline.left()
        if left <= 0:
            raise late("no time left")
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _proxy(url: str) -> httpx.Proxy:
    return httpx.Proxy(url, ssl_context=_tls() if url.lower().startswith("https") else None)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Load the certificates once a process: that costs 50 ms."""
    return httpx.create_ssl_context()


# ---- bodies ---------------------------------------------------------------------------------------------------------


def _bounded(chunks: Iterable[bytes], coding: str, url: str, limit: int, *, cut: bool) -> bytes:
    """Join a body, undoing gzip, and stop at `limit` decoded bytes: cut there, or raise SourceError "too-large"."""
    if coding in ("", "identity"):
        pieces: Iterable[bytes] = chunks
    elif coding in ("gzip", "x-gzip", "deflate"):
        pieces = _inflate(chunks, url, limit)
    else:
        raise SourceError(url, "fetch", f"an encoding we did not ask for: {coding[:60]!r}", kind="content")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise _too_large(url, limit)
    return bytes(body)


def _inflate(chunks: Iterable[bytes], url: str, limit: int) -> Iterator[bytes]:
    """Undo gzip or zlib in pieces of at most 64 KiB, however small the bytes that blow up; several members are fine.

    httpx's own decoder makes 67 MB of one 64 kB chunk before anybody can count, and takes a truncated stream as whole.
    """
    inflater, wire = zlib.decompressobj(47), 0
    for chunk in chunks:
        wire += len(chunk)
        if wire > limit:
            raise _too_large(url, limit)
        more = True
        while chunk or more:
            if inflater.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    break  # padding behind the last member
                inflater = zlib.decompressobj(47)
            piece = inflater.decompress(chunk, PIECE)
            chunk = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            more = len(piece) == PIECE
            yield piece
    if not inflater.eof:
        raise SourceError(url, "fetch", "the compressed body ends in the middle", kind="content")


def _too_large(url: str, limit: int) -> SourceError:
    return SourceError(url, "fetch", f"larger than {limit / 2**20:g} MiB", kind="too-large")


def _must_be_whole(answer: _Answer, url: str) -> None:
    """Raise SourceError for every status but 200 and 203, with the wait that the server asks for."""
    challenge = answer.header("cf-mitigated").lower() == "challenge"
    if answer.status in (200, 203) and not challenge:
        return
    if challenge:
        reason = f"the site answers with a challenge for browsers ({answer.status})"
    else:
        reason = STATUS_WORDS.get(answer.status, f"the server answers {answer.status}")
    raise SourceError(url, "fetch", reason, kind="status", status=answer.status, retry_after=_retry_after(answer))


STATUS_WORDS = {
    204: "the server answers 204, without content",
    206: "the server answers 206, with a part only",
    401: "the server answers 401: a login is needed",
    403: "the server answers 403: forbidden to us",
    404: "the server answers 404: not found",
    410: "the server answers 410: gone for good",
    429: "the server answers 429: too many requests",
    999: "the server answers 999: readers like this one are not let in",
}


def _retry_after(answer: _Answer) -> float:
    """Read Retry-After of a 429 or 503 (RFC 9110, 10.2.3): seconds, at most a day; 0 where absent or unreadable."""
    if answer.status not in (429, 503):
        return 0.0
    value = answer.header("retry-after").strip()
    if re.fullmatch(r"[0-9]+", value):
        return DAY if len(value) > 6 else min(float(value), DAY)
    try:
        then = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    try:
        now = parsedate_to_datetime(answer.header("date")).timestamp()  # the server's own clock, if it shows it
    except (ValueError, TypeError, IndexError, OverflowError):
        now = time.time()
    return min(max(then - now, 0.0), DAY)


def _header_bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


# ---- faults ---------------------------------------------------------------------------------------------------------


class _BrokenLineError(SourceError):
    """The connection failed, not the answer: worth one more try."""


@contextlib.contextmanager
def _faults_named(url: str) -> Iterator[None]:
    """Turn whatever the libraries raise into a SourceError of one line; httpx.InvalidURL is no HTTPError."""
    try:
        yield
    except SourceError as error:
        if error.url == url:
            raise
        raise SourceError(url, error.stage, error.reason, kind=error.kind, status=error.status) from error
    except (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError) as error:
        raise SourceError(url, "fetch", "no whole answer within the deadline", kind="timeout") from error
    except (httpx.ConnectError, httpcore.ConnectError) as error:
        if "SSL" in str(error) or "certificate" in str(error).lower():
            raise SourceError(url, "fetch", f"no secure connection: {_line(error)}", kind="protocol") from error
        raise _BrokenLineError(url, "fetch", f"no connection: {_line(error)}", kind="refused") from error
    except (httpx.NetworkError, httpcore.NetworkError) as error:
        raise _BrokenLineError(url, "fetch", f"the connection broke: {_line(error)}", kind="protocol") from error
    except (httpx.ProxyError, httpcore.ProxyError) as error:
        raise SourceError(url, "fetch", f"the proxy refuses: {_line(error)}", kind="refused") from error
    except zlib.error as error:
        raise SourceError(url, "fetch", f"the compressed body is damaged: {_line(error)}", kind="content") from error
    except (httpx.RemoteProtocolError, httpcore.RemoteProtocolError) as error:
        fault = _BrokenLineError if "disconnected" in str(error) else SourceError
        raise fault(url, "fetch", f"the server does not speak HTTP rightly: {_line(error)}", kind="protocol") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RuntimeError) as error:
        raise SourceError(url, "fetch", _line(error), kind="protocol") from error


def _line(error: BaseException) -> str:
    """Say an error in one line of at most 200 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]
