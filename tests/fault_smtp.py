"""Mail servers that fail on purpose, for whatever hands messages over: they tell what they stored.

`FaultServer` speaks SMTP over bare sockets and can do wrong at any step what no library would; `PostOffice` is aiosmtpd
with the faults that a real server has. Both listen on 127.0.0.1 and are context managers; `settings()` leads to them.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import email
import hmac
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from digest.config.mail import ServerSettings
from digest.deliver.smtp.server import MailServer
from digest.model import Message, Outcome

FEATURES = ("8BITMIME", "SMTPUTF8", "SIZE 1000000")


@dataclass(frozen=True)
class Stored:
    """A message that the server took; `recipient` is the envelope's."""

    sender: str
    recipient: str
    message_id: str
    data: bytes


def stored(sender: str, recipient: str, data: bytes) -> Stored:
    return Stored(sender, recipient, str(email.message_from_bytes(data)["Message-ID"]), data)


def server_settings(port: int, **over: Any) -> ServerSettings:
    """Lead to a server of this machine: in the clear, with short times."""
    return ServerSettings.model_validate(
        {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 0.5, "deadline": 5.0, **over}
    )


def letter_to(recipient: str, *, utf8: bool = False, body: str = "Hello\r\n.a dot\r\n..\r\n.\r\nend\r\n") -> Message:
    """Make a small message with dots at the start of lines."""
    name = f"<{recipient.partition('@')[0].encode().hex()}@digest.example>"
    head = f"From: d@digest.example\r\nTo: {recipient}\r\nSubject: day\r\nMessage-ID: {name}\r\n\r\n"
    return Message(name, "d@digest.example", recipient, (head + body).encode(), utf8)


def handed(mail: MailServer, message: Message) -> Outcome:
    """Hand over one message; what may have arrived was told before, and once."""
    started: list[str] = []
    outcome = mail.carry(message, started.append)
    assert started in ([], [message.id])
    assert started or outcome.state in ("pending", "rejected")
    return outcome


# ---- over bare sockets ----------------------------------------------------------------------------------------------

Action = Callable[["Talk"], None]


@dataclass
class Fault:
    """What goes wrong `at` a step: connect, greeting, EHLO, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY, DOT, RSET …

    `what` is said in place of the right reply, or is done. BODY is in the middle of the body, DOT after the whole of
    it, where an action finds the message stored. `only`: for these recipients (from RCPT on). `times`: so often, 0 for
    always. `after`: not for so many connections.
    """

    at: str
    what: bytes | Action
    only: tuple[str, ...] = ()
    times: int = 0
    after: int = 0
    happened: int = field(default=0, init=False)

    def __str__(self) -> str:
        what = (
            self.what.__qualname__.split(".")[0] if callable(self.what) else self.what[:30].decode("ascii", "replace")
        )
        return f"{self.at} {what.strip()}"


class HungUpError(Exception):
    """This end of a connection is closed."""


class Talk:
    """One connection, as the server sees it."""

    def __init__(self, server: FaultServer, sock: socket.socket) -> None:
        self.server, self.sock, self.held = server, sock, b""
        self.sender = self.recipient = ""
        self.body = b""

    def say(self, data: bytes) -> None:
        self.sock.sendall(data)

    def line(self) -> bytes:
        while b"\n" not in self.held:
            data = self.sock.recv(4096)
            if not data:
                raise HungUpError
            self.held += data
        line, _, self.held = self.held.partition(b"\n")
        return line + b"\n"

    def start_tls(self, context: ssl.SSLContext) -> None:
        plain = self.sock
        self.sock = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.server.sockets.append(self.sock)
        self.sock.do_handshake()


# What a fault may do.


def hang(talk: Talk) -> None:
    talk.server.over.wait(20)
    raise HungUpError


def cut(talk: Talk) -> None:
    raise HungUpError


def reset(talk: Talk) -> None:
    talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise HungUpError


def say_and_cut(reply: bytes) -> Action:
    def act(talk: Talk) -> None:
        talk.say(reply)
        cut(talk)

    return act


def say_and_half_close(reply: bytes) -> Action:
    """Reply, end this direction only, and go on listening."""

    def act(talk: Talk) -> None:
        talk.say(reply)
        talk.sock.shutdown(socket.SHUT_WR)
        hang(talk)

    return act


def late(reply: bytes, seconds: float = 0.15) -> Action:
    def act(talk: Talk) -> None:
        talk.server.over.wait(seconds)
        talk.say(reply)

    return act


def drip(reply: bytes, pause: float = 0.1) -> Action:
    """Say a byte at a time, each within any time limit of a read."""

    def act(talk: Talk) -> None:
        for byte in reply:
            if talk.server.over.wait(pause):
                raise HungUpError
            talk.say(bytes([byte]))

    return act


def endless(piece: bytes) -> Action:
    def act(talk: Talk) -> None:
        while not talk.server.over.is_set():
            talk.say(piece)
        raise HungUpError

    return act


class FaultServer:
    """A mail server with faults. `stored` has what it took, `verbs` what it was told, `connections` how often."""

    def __init__(
        self,
        *faults: Fault,
        features: tuple[str, ...] = FEATURES,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        users: dict[str, str] | None = None,
        mechanisms: str = "PLAIN LOGIN CRAM-MD5",
        buffer: int = 0,
    ) -> None:
        self.faults, self.features, self.tls, self.starttls = faults, features, tls, starttls
        self.users, self.mechanisms = users or {}, mechanisms
        self.stored: list[Stored] = []
        self.verbs: list[str] = []
        self.lines: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self.sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        if buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(20)
        self.port = int(self._listener.getsockname()[1])

    def settings(self, **over: Any) -> ServerSettings:
        return server_settings(self.port, **over)

    def __enter__(self) -> FaultServer:
        self._threads.append(threading.Thread(target=self._accept))
        self._threads[0].start()
        return self

    def __exit__(self, *args: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for sock in self.sockets:
            sock.close()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self.sockets.append(sock)
            self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
            self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        talk = Talk(self, sock)
        try:
            self._talk(talk)
        except (HungUpError, OSError):
            pass
        finally:
            talk.sock.close()

    def _talk(self, talk: Talk) -> None:
        self._step(talk, "connect", b"")
        if self.tls:
            talk.start_tls(self.tls)
        self._step(talk, "greeting", b"220 fault.example ESMTP\r\n")
        secure = bool(self.tls)
        while True:
            line = talk.line()
            self.lines.append(line)
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            verb = verb.upper()
            self.verbs.append(verb)
            if verb == "EHLO":
                offers = list(self.features)
                offers += ["STARTTLS"] if self.starttls and not secure else []
                offers += [f"AUTH {self.mechanisms}"] if self.users else []
                lines = ["fault.example", *offers]
                said = [f"250{' ' if n == len(lines) else '-'}{each}\r\n" for n, each in enumerate(lines, 1)]
                self._step(talk, verb, "".join(said).encode())
            elif verb == "STARTTLS" and self.starttls and not secure:
                if self._step(talk, verb, b"220 go on\r\n"):
                    talk.start_tls(self.starttls)
                    secure, talk.held = True, b""
            elif verb == "AUTH":
                self._auth(talk, rest)
            elif verb == "MAIL":
                talk.sender = rest[6:].partition(">")[0]
                self._step(talk, verb, b"250 2.1.0 Ok\r\n")
            elif verb == "RCPT":
                talk.recipient = rest[4:].partition(">")[0]
                self._step(talk, verb, b"250 2.1.5 Ok\r\n")
            elif verb == "DATA":
                self._data(talk)
            elif verb == "QUIT":
                self._step(talk, verb, b"221 bye\r\n")
                return
            else:
                self._step(talk, verb, b"250 Ok\r\n")

    def _data(self, talk: Talk) -> None:
        if not self._step(talk, "DATA", b"354 go on\r\n"):
            return
        lines = [talk.line()]
        self._step(talk, "BODY", b"")
        while lines[-1] != b".\r\n":
            lines.append(talk.line())
        talk.body = b"".join(re.sub(rb"^\.", b"", line) for line in lines[:-1])
        fault = self._fault(talk, "DOT")
        if fault is None or callable(fault.what) or fault.what.startswith(b"2"):
            self.stored.append(stored(talk.sender, talk.recipient, talk.body))
        self._do(talk, fault, b"250 2.0.0 Ok: queued as 1A2B\r\n")

    def _auth(self, talk: Talk, rest: str) -> None:
        fault = self._fault(talk, "AUTH")
        if fault:
            self._do(talk, fault, b"")
            return
        mechanism, _, first = rest.partition(" ")
        if mechanism == "PLAIN":
            _, user, password = base64.b64decode(first).decode().split("\0")
            good = self.users.get(user) == password
        elif mechanism == "LOGIN":
            user, password = (self._asked(talk, question) for question in (b"Username:", b"Password:"))
            good = self.users.get(user) == password
        else:
            user, _, digest = self._asked(talk, b"<1.2@fault.example>").partition(" ")
            key = self.users.get(user, "").encode()
            good = hmac.digest(key, b"<1.2@fault.example>", "md5").hex() == digest
        talk.say(b"235 2.7.0 in\r\n" if good else b"535 5.7.8 not let in\r\n")

    def _asked(self, talk: Talk, question: bytes) -> str:
        talk.say(b"334 " + base64.b64encode(question) + b"\r\n")
        line = talk.line()
        self.lines.append(line)
        return base64.b64decode(line).decode()

    def _fault(self, talk: Talk, at: str) -> Fault | None:
        for fault in self.faults:
            fits = fault.at == at and (not fault.only or talk.recipient in fault.only)
            if fits and self.connections > fault.after and (not fault.times or fault.happened < fault.times):
                fault.happened += 1
                return fault
        return None

    def _step(self, talk: Talk, at: str, reply: bytes) -> bool:
        """Do the step, wrong if there is a fault; tell whether it was a success."""
        fault = self._fault(talk, at)
        return self._do(talk, fault, reply)

    def _do(self, talk: Talk, fault: Fault | None, reply: bytes) -> bool:
        if fault is None:
            talk.say(reply)
        elif callable(fault.what):
            fault.what(talk)
        else:
            talk.say(fault.what)
            return fault.what.startswith((b"2", b"3"))
        return True


# ---- aiosmtpd -------------------------------------------------------------------------------------------------------


@dataclass
class PostOffice:
    """Aiosmtpd, with the faults that a real server has; it keeps what it took.

    `replies` maps a verb (MAIL, RCPT, DOT), or a verb and a recipient, to what is said in place of the right reply,
    in turn; a reply that ends with "*" is never used up. `cut`: hangs up after it "stored" a message. `late`:
    seconds before the replies of MAIL, RCPT and the end of a message.
    """

    replies: dict[str | tuple[str, str], list[str]] = field(default_factory=dict)
    cut: str = ""
    late: float = 0.0
    size: int = 1_000_000
    utf8: bool = True
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    users: dict[str, str] = field(default_factory=dict)
    stored: list[Stored] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> PostOffice:
        self._controller = _Doors(self)
        self._controller.start()
        self.port = self._controller.port
        self.connections = 0  # the controller has tried its own door
        return self

    def __exit__(self, *args: object) -> None:
        self._controller.stop()

    def settings(self, **over: Any) -> ServerSettings:
        return server_settings(self.port, **over)

    def reply(self, verb: str, recipient: str = "") -> str:
        for key in ((verb, recipient), verb):
            replies = self.replies.get(key)
            if replies:
                return replies[0][:-1] if replies[0].endswith("*") else replies.pop(0)
        return ""

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.late)
        reply = self.reply("MAIL")
        if not reply:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.late)
        reply = self.reply("RCPT", address)
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.late)
        (recipient,) = envelope.rcpt_tos
        reply = self.reply("DOT", recipient)
        if reply:
            return reply
        self.stored.append(stored(envelope.mail_from or "", recipient, bytes(envelope.original_content or b"")))
        if self.cut == "stored" and server.transport:
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 2.0.0 Ok"

    def authenticate(self, *args: Any) -> AuthResult:
        sent = args[-1]
        good = isinstance(sent, LoginPassword) and self.users.get(sent.login.decode()) == sent.password.decode()
        return AuthResult(success=good)


class _Doors(Controller):
    """A controller of an office, on a port that the system chose."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office
        self._listener = socket.create_server(("127.0.0.1", 0))
        super().__init__(
            office, hostname="127.0.0.1", port=self._listener.getsockname()[1], ssl_context=office.tls, ready_timeout=60
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listener, ssl=self.ssl_context)

    def factory(self) -> SMTP:
        office = self._office
        office.connections += 1
        return SMTP(
            office,
            data_size_limit=office.size,
            enable_SMTPUTF8=office.utf8,
            hostname="office.example",
            tls_context=office.starttls,
            authenticator=office.authenticate if office.users else None,
            auth_require_tls=bool(office.starttls),
            loop=self.loop,
        )
