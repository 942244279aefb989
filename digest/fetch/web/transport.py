"""Connections that go only where the guard lets them, within one deadline; what fails there is a SourceError."""

from __future__ import annotations

import contextlib
import functools
import logging
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from digest.errors import SourceError
from digest.fetch.web.answer import Answer, Headers
from digest.fetch.web.deadline import Deadline
from digest.fetch.web.decoding import bounded, too_large
from digest.fetch.web.resolve import AddressGuard, one_line
from digest.fetch.web.url import REDIRECT_CODES, port_of

log = logging.getLogger(__name__)


def guarded_transport(guard: AddressGuard, deadline: Deadline, proxy_url: str) -> httpx.HTTPTransport:
    """Make a transport whose every connection is guarded; fail closed where httpx has no place for the guard."""
    proxy = _proxy(proxy_url) if proxy_url else None
    transport = httpx.HTTPTransport(verify=_tls(), trust_env=False, proxy=proxy)
    pool = getattr(transport, "_pool", None)
    if not isinstance(getattr(pool, "_network_backend", None), httpcore.NetworkBackend):
        raise SourceError("", "fetch", "this version of httpx leaves no place for the address guard", kind="address")
    pool._network_backend = GuardedBackend(guard, deadline)  # type: ignore[union-attr]
    return transport


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only: what was resolved and checked is what is connected to (no DNS rebinding)."""

    def __init__(self, guard: AddressGuard, deadline: Deadline, inner: httpcore.NetworkBackend | None = None) -> None:
        self._guard = guard
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
        if self._guard.proxied:  # this host is the proxy, which the user chose
            addresses = [host]
        else:
            addresses = self._guard.addresses(host, port, self._deadline.left())
        for number, address in enumerate(addresses, 1):
            share = self._deadline.left() / (len(addresses) - number + 1)
            if share <= 0:
                break
            log.info("connects", extra={"host": host, "port": port, "address": address})
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
                return TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectTimeout("no time left")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no sockets of this machine")


class TimedStream(httpcore.NetworkStream):
    """A stream whose every wait is cut to what the fetch has left, so that a slow drip cannot outlast the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
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
        return TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _proxy(url: str) -> httpx.Proxy:
    return httpx.Proxy(url, ssl_context=_tls() if url.lower().startswith("https") else None)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Load the certificates once a process: that costs 50 ms."""
    return httpx.create_ssl_context()


# ---- one exchange ---------------------------------------------------------------------------------------------------


Trace = Callable[[str, Mapping[str, Any]], None]  # httpx's extension "trace": is told of each step of a request


@dataclass(frozen=True, slots=True)
class Line:
    """Where requests go out: guarded, through `proxy` ("" for none), under one name. Safe for many threads."""

    guard: AddressGuard
    proxy: str
    user_agent: str

    def exchange(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        deadline: Deadline,
        *,
        body: bytes | None = None,
        limit: int,
        cut: bool = False,
        refusals: int = 0,
        trace: Trace | None = None,
    ) -> Answer:
        """Send one request and read at most `limit` decoded bytes: cut there, or raise SourceError "too-large".

        The bodies of other answers than 200 and 203 are left unread, but for their first `refusals` bytes.
        """
        with self.opened(method, url, headers, deadline, body, trace) as response:
            return _read(response, deadline, str(url), limit, cut, refusals)

    @contextlib.contextmanager
    def opened(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], deadline: Deadline, body: bytes | None = None,
        trace: Trace | None = None,
    ) -> Iterator[httpx.Response]:  # fmt: skip
        """Send one request and hold its answer, the body unread, until the block ends."""
        if deadline.left() <= 0:
            raise httpx.ReadTimeout("no time left")
        if self.proxy:
            self.guard.check_spelling(url.host, port_of(url))
        sent = {"user-agent": self.user_agent, "accept-encoding": "gzip", **headers}
        raw = [(name.encode(), _header_bytes(value)) for name, value in sent.items()]
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), max(deadline.left(), 0.001))
        extensions = {"timeout": timeout} | ({"trace": trace} if trace else {})
        request = httpx.Request(method, url, headers=raw, content=body, extensions=extensions)
        with guarded_transport(self.guard, deadline, self.proxy) as transport:
            response = transport.handle_request(request)
            try:
                yield response
            finally:
                response.close()


def _in_time(pieces: Iterable[bytes], deadline: Deadline) -> Iterator[bytes]:
    """Give pieces on; a server that fills each read with thousands of chunks ends in time, too."""
    for piece in pieces:
        if deadline.left() <= 0:
            raise httpx.ReadTimeout("no time left")
        yield piece


def _read(response: httpx.Response, deadline: Deadline, url: str, limit: int, cut: bool, refusals: int) -> Answer:
    headers = headers_of(response)
    answer = Answer(response.status_code, headers, b"")
    coding = ",".join(value for key, value in headers if key == "content-encoding").strip().lower()
    if answer.status not in (200, 203):
        if not refusals or answer.status in REDIRECT_CODES:
            return answer
        with contextlib.suppress(SourceError, httpx.HTTPError, httpcore.TimeoutException, zlib.error):
            said = bounded(_in_time(response.iter_raw(), deadline), coding, url, refusals, cut=True)
            return Answer(answer.status, headers, said)
        return answer  # a status says enough where the words behind it do not come
    length = answer.header("content-length").strip()
    if not cut and length.isdigit() and (len(length) > 15 or int(length) > limit):
        raise too_large(url, limit)
    body = bounded(_in_time(response.iter_raw(), deadline), coding, url, limit, cut=cut)
    if coding in ("", "identity") and body[:3] == b"\x1f\x8b\x08":
        raise SourceError(url, "fetch", "compressed bytes that the server does not declare", kind="content")
    return Answer(answer.status, headers, body)


def headers_of(response: httpx.Response) -> Headers:
    """Give an answer's headers as (lower-case name, value) pairs, byte for byte."""
    return tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers.raw)


def _header_bytes(value: str) -> bytes:
    """Encode a header's value: Latin-1 carries every byte there and back."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


# ---- faults ---------------------------------------------------------------------------------------------------------


class BrokenLineError(SourceError):
    """The connection failed, not the answer: worth one more try."""


@contextlib.contextmanager
def faults_named(url: str) -> Iterator[None]:
    """Turn whatever the libraries raise into a SourceError of one line; httpx.InvalidURL is no HTTPError."""
    try:
        yield
    except SourceError as error:
        if error.url == url:
            raise
        raise SourceError(
            url, error.stage, error.reason, kind=error.kind, status=error.status, retry_after=error.retry_after
        ) from error
    except (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError) as error:
        raise SourceError(url, "fetch", "no whole answer within the deadline", kind="timeout") from error
    except (httpx.ConnectError, httpcore.ConnectError) as error:
        if "SSL" in str(error) or "certificate" in str(error).lower():
            raise SourceError(url, "fetch", f"no secure connection: {one_line(error)}", kind="protocol") from error
        raise BrokenLineError(url, "fetch", f"no connection: {one_line(error)}", kind="refused") from error
    except (httpx.NetworkError, httpcore.NetworkError) as error:
        raise BrokenLineError(url, "fetch", f"the connection broke: {one_line(error)}", kind="protocol") from error
    except (httpx.ProxyError, httpcore.ProxyError) as error:
        raise SourceError(url, "fetch", f"the proxy refuses: {one_line(error)}", kind="refused") from error
    except zlib.error as error:
        raise SourceError(url, "fetch", f"the compressed body is damaged: {one_line(error)}", kind="content") from error
    except (httpx.RemoteProtocolError, httpcore.RemoteProtocolError) as error:
        fault = BrokenLineError if "disconnected" in str(error) else SourceError
        raise fault(
            url, "fetch", f"the server does not speak HTTP rightly: {one_line(error)}", kind="protocol"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RuntimeError) as error:
        raise SourceError(url, "fetch", one_line(error), kind="protocol") from error
