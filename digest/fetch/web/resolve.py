"""Names → addresses that may be connected to: resolved once, in time, each one checked."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.errors import SourceError
from digest.fetch.web.guard import Network, refusal

log = logging.getLogger(__name__)

REMEDY = " (`allow_private: "  # how the remedy begins, behind the reason
Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Refuses private addresses, but for `allowed` (exact "host:port") and `ranges`.

    With `proxied` it is the proxy that resolves names; then only spellings are checked here.
    """

    allowed: frozenset[str]
    ranges: tuple[Network, ...]
    resolver: Resolver
    proxied: bool

    def addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """Resolve a host once and give its addresses, after checking that every one may be connected to."""
        found = in_time(lambda: self.resolver(host, port), timeout)
        if not found:
            raise SourceError(host, "fetch", f"the name {host} has no address", kind="dns")
        if named(host, port) not in self.allowed:
            self._refuse_private(host, port, found)
        return list(dict.fromkeys(found))

    def _refuse_private(self, host: str, port: int, found: Sequence[str]) -> None:
        for address in found:
            reason = refusal(address, self.ranges)
            if reason:
                log.warning("address refused", extra={"host": host, "port": port, "address": address})
                where = "" if address == host else f"{host} is at {address}: "
                remedy = f"{REMEDY}[{named(host, port)!r}]` would allow it)"
                hint = "" if "allow_ranges" in reason else remedy
                raise SourceError(host, "fetch", f"{where}{reason}{hint}", kind="address")

    def check_spelling(self, host: str, port: int) -> None:
        """Refuse what is private by its very spelling; names are the proxy's to resolve."""
        if named(host, port) in self.allowed:
            return
        bare = host.rstrip(".")
        local = bare == "localhost" or bare.endswith(".localhost")
        address = "127.0.0.1" if local else literal(bare)
        if address:
            self._refuse_private(host, port, [address])


def unadvised(error: SourceError) -> SourceError:
    """Take the remedy from a fault at an address that the user did not write: to let a stranger's in is no advice."""
    reason, remedy, _ = error.reason.partition(REMEDY)
    if error.kind != "address" or not remedy:
        return error
    return SourceError(error.url, error.stage, reason, kind=error.kind)


def named(host: str, port: int) -> str:
    """Write host and port as `allow_private` does.

    >>> named("::1", 80), named("Example.org", 8080)
    ('[::1]:80', 'example.org:8080')
    """
    return f"[{host}]:{port}" if ":" in host else f"{host.lower()}:{port}"


def literal(host: str) -> str:
    """Give the address that a numeric host is, in any spelling that the C library reads; "" for a name.

    >>> [literal(h) for h in ("0x7f000001", "2130706433", "127.1", "0", "::1", "example.org")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '0.0.0.0', '::1', '']
    """
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return ""


def resolve(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def in_time(call: Callable[[], list[str]], timeout: float) -> list[str]:
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
        raise SourceError("", "fetch", f"the name does not resolve ({one_line(failed[0])})", kind="dns") from failed[0]
    if not found:
        raise TimeoutError("the name server does not answer")
    return found[0]


def one_line(error: BaseException) -> str:
    """Say an error in one line of at most 200 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]
