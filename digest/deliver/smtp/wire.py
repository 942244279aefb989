"""A connection on which lines are exchanged: every step ends in time, whatever the other side drips or withholds."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import sys
import time

from digest.errors import SourceError
from digest.fetch.web.resolve import in_time, one_line, resolve

if sys.platform == "linux":
    import fcntl
    import struct
    import termios

_RECEIVE = 4096  # bytes of one read
_POLL = 0.005  # seconds between two looks at what the other machine has acknowledged
# A name for EHLO must be one in the public DNS (RFC 5321 section 4.1.4); these end in no public domain.
_PUBLIC_NAME = re.compile(r"(?!.*\.(?:local|localdomain|localhost|lan|home|internal|intranet|corp|arpa)$)"
                          r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")  # fmt: skip


class WireError(Exception):
    """The exchange cannot go on; the message says why, as what the server did: "closed the connection"."""


class DroppedError(WireError):
    """The connection broke, or a step took too long. `taken`: the system had taken a part of what was being sent."""

    def __init__(self, reason: str, *, taken: bool = False) -> None:
        super().__init__(reason)
        self.taken = taken


class GarbledError(WireError):
    """What came is no reply, comes out of turn, or has no end."""


class Wire:
    """One TCP connection, later perhaps with TLS. A step may take `timeout` seconds, all of them until `over`.

    `over` is a moment of the monotonic clock. A step is what happens after one call of `step`: its sends and reads have
    one end together.
    """

    def __init__(self, timeout: float, over: float) -> None:
        self._timeout = timeout
        self.over = over
        self._end = over
        self._socket: socket.socket | None = None
        self._peer = ""
        self._held = b""
        self._ended = ""  # why nothing more can come

    def step(self) -> None:
        self._end = min(time.monotonic() + self._timeout, self.over)

    def connect(self, host: str, port: int) -> None:
        """Connect to the first address of a host that takes it, within one step."""
        self.step()
        try:
            addresses = list(dict.fromkeys(in_time(lambda: resolve(host, port), self._left())))
        except (SourceError, TimeoutError) as error:
            raise DroppedError(
                f"cannot be found: {error.reason if isinstance(error, SourceError) else error}"
            ) from None
        for number, address in enumerate(addresses, 1):
            try:
                share = self._left() / (len(addresses) - number + 1)
                self._socket = socket.create_connection((address, port), share)
                self._peer = address
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return
            except OSError as error:
                self.close()
                if number == len(addresses):
                    raise DroppedError(f"cannot be reached ({one_line(error)})") from None
        raise DroppedError("cannot be reached")

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Encrypt from here on, within one step, with a certificate that is good for the host.

        What came unencrypted before it is not read: somebody in between may have put it there (RFC 3207 section 6).
        """
        self.step()
        if self.heard():
            raise DroppedError("sent something, or hung up, before the encryption began; somebody may be in between")
        plain, self._socket = self._open(), None
        try:
            plain.settimeout(self._left())
            guarded = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        except (OSError, ValueError) as error:  # ValueError: the host is no name that a certificate may have
            plain.close()
            raise DroppedError(f"cannot be reached by TLS: {one_line(error)}") from None
        self._socket = guarded
        try:
            guarded.settimeout(self._left())
            guarded.do_handshake()
        except ssl.SSLCertVerificationError as error:
            raise DroppedError(f"shows a certificate that cannot be trusted: {error.verify_message}") from None
        except OSError as error:
            raise DroppedError(f"does not come to terms on TLS: it {self._why(error)}") from None

    def send(self, data: bytes) -> None:
        """Send all, within the step that has begun."""
        view, taken = memoryview(data), False
        while view:
            sock = self._open()
            try:
                sock.settimeout(self._left(taken=taken))
                view = view[sock.send(view) :]
                taken = True
            except OSError as error:
                raise DroppedError(self._why(error), taken=taken) from None

    def line(self, limit: int) -> bytes:
        """Read a line with its end, within the step that has begun; one that is longer than `limit` bytes is garbled.

        A line that the end of the connection cuts is none.
        """
        while b"\n" not in self._held:
            if len(self._held) > limit:
                raise GarbledError("sent a reply without an end")
            if self._ended:
                raise DroppedError(self._ended)
            self._receive(self._left())
        line, _, self._held = self._held.partition(b"\n")
        if len(line) >= limit:
            raise GarbledError("sent a reply without an end")
        return line + b"\n"

    def heard(self, seconds: float = 0.0) -> bool:
        """Tell, after at most so many seconds, whether the other side has spoken or hung up."""
        if not self._held and not self._ended:
            try:
                self._receive(seconds)
            except DroppedError:
                return bool(self._ended)
        return bool(self._held or self._ended)

    def arrived(self) -> None:
        """Wait, within the step, until the other machine has all that was sent, or the other side is heard.

        Where the server has closed by then, its machine answers with a reset instead: that is what this waits for.
        """
        while _unacknowledged(self._open()) and not self.heard(_POLL):
            self._left()

    def own_name(self) -> str:
        """Give the name for EHLO: this machine's if it is one of the public DNS, else its address on this connection.

        The DNS is not asked, which may take long. RFC 5321 sections 4.1.1.1 and 4.1.3.
        """
        name = socket.gethostname().lower()
        if _PUBLIC_NAME.fullmatch(name):
            return name
        address = self._address(self._open().getsockname()[0])
        return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"

    def is_loopback(self) -> bool:
        return self._address(self._peer).is_loopback

    def encryption(self) -> str:
        """Give the version of TLS, "" where nothing is encrypted."""
        return self._socket.version() or "" if isinstance(self._socket, ssl.SSLSocket) else ""

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    @staticmethod
    def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        address = ipaddress.ip_address(text.partition("%")[0])
        return getattr(address, "ipv4_mapped", None) or address

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise DroppedError("is not connected")
        return self._socket

    def _left(self, *, taken: bool = False) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise DroppedError("took too long", taken=taken)
        return left

    def _receive(self, seconds: float) -> None:
        sock = self._open()
        try:
            sock.settimeout(seconds)
            data = sock.recv(_RECEIVE)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise DroppedError("took too long") from None
        except OSError as error:
            self._ended = self._why(error)
            return
        self._held += data
        if not data:
            self._ended = "closed the connection"

    @staticmethod
    def _why(error: OSError) -> str:
        if isinstance(error, TimeoutError):
            return "took too long"
        if isinstance(error, ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return "closed the connection"
        return f"cannot be talked to ({one_line(error)})"


def _unacknowledged(sock: socket.socket) -> int:
    """Count the bytes that the other machine has not acknowledged (tcp(7), SIOCOUTQ); 0 where that is not known."""
    if sys.platform == "linux":
        try:
            return int(struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0])
        except OSError:
            return 0
    return 0
