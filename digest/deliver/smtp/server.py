"""The mail server of the settings: messages are handed to it, one transaction each, and each one's end is told.

What concerns every message (the connection, its encryption, signing in) is tried once a run and then stops it; a
connection that had worked is opened anew, at most once in a row without an answer in between.
"""

from __future__ import annotations

import contextlib
import functools
import ssl
import time
from collections.abc import Callable
from types import TracebackType

from digest.config.mail import ServerSettings
from digest.deliver.smtp.opening import encrypt, greet, sign_in, traits
from digest.deliver.smtp.replies import ended, secrets_of, unfit
from digest.deliver.smtp.session import Session
from digest.deliver.smtp.wire import Wire, WireError
from digest.errors import ConfigError, DeliveryError
from digest.model import Message, Outcome

_LEAVING = 5.0  # seconds at most for QUIT, which changes nothing
_FRUITLESS = 2  # connections in a row that broke without an answer: then it is not one message's fault


class MailServer:
    """A mail server, connected to when there is something to hand over. A context manager: its end says QUIT.

    `settings.ca_file` is an absolute path, or relative to the working directory. ConfigError where it cannot be read,
    or where there is a user without a password.
    """

    def __init__(self, settings: ServerSettings, password: str | None) -> None:
        if settings.user and not password:
            raise ConfigError("send.mail.server", "user is set, and there is no password")
        self._settings = settings
        self._password = password or ""
        try:
            self._secrets = secrets_of(settings.user, self._password)
        except UnicodeEncodeError:
            raise ConfigError("send.mail.server", "the password or the user is no UTF-8 text") from None
        self._context = None if settings.way == "none" else _trust(settings.ca_file)
        self._session: Session | None = None
        self._fruitless = 0
        self._stopped = ""

    def __repr__(self) -> str:
        return f"MailServer({self._name})"

    def __enter__(self) -> MailServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        if kind is None:
            session.wire.over = time.monotonic() + _LEAVING
            session.leave()
        else:  # perhaps in the middle of a message
            session.close()

    def carry(self, message: Message, start: Callable[[str], None]) -> Outcome:
        """Hand over one message; what the server or the network does becomes an Outcome and raises nothing.

        `start` gets the Message-ID, once, just before the server can have the whole message, and not if it never can;
        without that call the outcome is neither "sent" nor "uncertain". What it raises is raised.
        After an outcome with `stop` nothing is connected to any more: the answer is pending at once.
        """
        if self._stopped:
            return ended("pending", self._stopped, stop=True)
        reason = unfit(message)
        if reason:
            return ended("rejected", reason)
        over = time.monotonic() + self._settings.deadline
        outcome = self._try(message, functools.partial(start, message.id), over, self._session is not None)
        if outcome.stop:
            self._stopped = f"not tried after this: {outcome.detail}"
        return outcome

    def probe(self) -> str:
        """Connect, encrypt, sign in, say NOOP and QUIT; give one line on what was found, or DeliveryError."""
        session = self._open(time.monotonic() + self._settings.deadline)
        try:
            reply = session.order("NOOP")
            found = traits(session)
        except WireError as error:
            raise DeliveryError(f"the mail server {self._name} {error}") from None
        finally:
            session.leave()
        if not reply.good:
            raise DeliveryError(f"the mail server {self._name} refuses NOOP: {reply}")
        return ", ".join((self._name, *found))

    @property
    def _name(self) -> str:
        return f"{self._settings.host}:{self._settings.reached_at}"

    def _try(self, message: Message, start: Callable[[], None], over: float, again: bool) -> Outcome:
        """Hand over on the connection that is there, or a new one; `again`: once more if the old one was gone."""
        try:
            session = self._session or self._open(over)
        except DeliveryError as error:
            return ended("pending", str(error), stop=True)
        self._session = session
        session.wire.over = over
        outcome = session.hand_over(message, start)
        if not session.usable:
            self._session = None
            if again and not session.begun and not session.answered:
                return self._try(message, start, over, again=False)
        self._fruitless = 0 if session.answered else self._fruitless + (not session.usable)
        if self._fruitless >= _FRUITLESS and not outcome.stop:
            return ended(outcome.state, outcome.detail, stop=True)
        return outcome

    def _open(self, over: float) -> Session:
        """Open a session that is ready for messages; DeliveryError says why there is none."""
        settings = self._settings
        wire = Wire(settings.timeout, over)
        with contextlib.ExitStack() as failing:
            failing.callback(wire.close)
            try:
                wire.connect(settings.host, settings.reached_at)
                if self._context and settings.way == "tls":
                    wire.secure(self._context, settings.host)
                session = Session(wire, self._secrets)
                greet(session)
                if self._context and settings.way == "starttls":
                    encrypt(session, self._context, settings.host)
                if settings.user:
                    sign_in(session, settings.user, self._password)
            except (WireError, DeliveryError) as error:
                raise DeliveryError(f"the mail server {self._name} {error}") from None
            failing.pop_all()
        return session


@functools.cache
def _trust(ca_file: str) -> ssl.SSLContext:
    """Make what certificates are checked with, once a process: it takes 50 ms."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # ssl.SSLError is one
            reason = f"{ca_file} cannot be read as certificates (PEM): {error.strerror or error}"
            raise ConfigError("send.mail.server.ca_file", reason) from None
    return context
