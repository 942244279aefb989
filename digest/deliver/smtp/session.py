"""One session with a mail server: smtplib's words over a connection whose every step ends in time.

It takes one message after another, one transaction each, once it is opened (opening.py).
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from typing import Any

from digest.deliver.smtp.replies import (
    SHUTTING_DOWN,
    Reply,
    content_refused,
    ended,
    legible,
    recipient_refused,
    reply_line,
    sender_refused,
)
from digest.deliver.smtp.wire import DroppedError, GarbledError, Wire, WireError
from digest.model import Message, Outcome

_REPLY_BYTES = 65_536  # of a reply with all its lines; RFC 5321 section 4.5.3.1.5 has 512 for a line
_CHUNK = 16_384  # bytes of the body that are one step (section 4.5.3.2.5: the time is for a block, not for the whole)
_LOOK = 0.05  # seconds in which a server that has hung up in the middle is seen, before the message is ended


class Session(smtplib.SMTP):
    """A connection to a mail server, from its greeting on.

    `usable` tells whether another message may follow, `answered` whether the last one got an answer that counts: not
    silence, noise or 421. `begun`: the server had taken the sender of the last one.
    """

    def __init__(self, wire: Wire, secrets: frozenset[bytes]) -> None:
        super().__init__(local_hostname=wire.own_name())
        self.wire = wire
        self.secrets = secrets
        self.usable, self.answered, self.begun = True, False, False
        self._verb = ""
        self._start: Callable[[], None] | None = None

    # ---- smtplib's own, over the wire ----

    def send(self, s: Any) -> None:
        self.wire.send(s.encode(self.command_encoding) if isinstance(s, str) else bytes(s))

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply of one line or more, all with one code; GarbledError where it is none, else DroppedError."""
        texts: list[bytes] = []
        room, first = _REPLY_BYTES, 0
        while True:
            line = self.wire.line(room)
            room -= len(line)
            read = reply_line(line)
            if read is None or first not in (0, read[0]):
                raise GarbledError("gave an answer that is no reply of a mail server")
            first = read[0]
            texts.append(read[2])
            if not read[1]:
                return first, b"\n".join(texts)

    def close(self) -> None:
        self.usable = False
        self.wire.close()

    # ---- orders and replies ----

    def order(self, verb: str, rest: str = "") -> Reply:
        """Give a command and read the reply: one step."""
        self.turn()
        self.putcmd(verb, rest)
        return self.reply()

    def turn(self) -> None:
        """Begin a step. A reply that nothing asked for would be taken for the next one's: then nothing goes on."""
        self.wire.step()
        if self.wire.heard():
            reply = self.reply()
            if reply.code == SHUTTING_DOWN:
                raise DroppedError(f"ended the connection ({reply})")
            raise GarbledError(f"spoke out of turn ({reply})")

    def reply(self) -> Reply:
        code, text = self.getreply()
        if code == SHUTTING_DOWN:
            self.usable = False
        return Reply(code, legible(text, self.secrets))

    # ---- one message ----

    def hand_over(self, message: Message, start: Callable[[], None]) -> Outcome:
        """Hand over one message to one recipient, and say how that ended; what the server does raises nothing.

        `start` is called once, just before the server can have the whole message; what it raises ends the session.
        """
        self.answered, self.begun, self._start = False, False, start
        try:
            return self._transaction(message)
        except WireError as error:
            self.close()
            return ended("pending", f"not handed over: the mail server {error}, at {self._verb}")
        except BaseException:  # what the server would read next might be taken for the message
            self.close()
            raise

    def _transaction(self, message: Message) -> Outcome:
        if message.utf8 and not self.has_extn("smtputf8"):
            return ended("rejected", "the mail server takes ASCII addresses only (no SMTPUTF8)")
        data = message.data if self.has_extn("8bitmime") else message.seven or message.data
        most = self.esmtp_features.get("size", "")
        if most.isascii() and most.isdigit() and 0 < int(most[:18]) < len(data):
            return ended("rejected", f"too large: {len(data)} bytes, the mail server takes {int(most[:18])}")
        self.command_encoding = "utf-8" if message.utf8 else "ascii"
        reply = self._say("MAIL", f"FROM:<{message.sender}>{self._options(data, utf8=message.utf8)}")
        if not reply.good:
            return self._refused(reply, sender_refused(reply))
        self.begun = True
        reply = self._say("RCPT", f"TO:<{message.recipient}>")
        if not reply.good:
            return self._refused(reply, recipient_refused(reply))
        reply = self._say("DATA")
        if reply.code != 354:
            return self._refused(reply, content_refused(reply))
        return self._body(data)

    def _say(self, verb: str, rest: str = "") -> Reply:
        self._verb = verb
        return self.order(verb, rest)

    def _options(self, data: bytes, *, utf8: bool) -> str:
        options = f" SIZE={len(data)}" if self.has_extn("size") else ""  # RFC 1870
        if not data.isascii() and self.has_extn("8bitmime"):  # RFC 6152
            options += " BODY=8BITMIME"
        return options + (" SMTPUTF8" if utf8 else "")  # RFC 6531

    def _refused(self, reply: Reply, outcome: Outcome) -> Outcome:
        """Clear the transaction away for the next message, after an answer that refuses; others are none."""
        if reply.code < 400:
            raise GarbledError(f"answered out of order ({reply})")
        if self.usable:  # else it was 421
            self.answered = True
            self._clear()
        else:
            self.close()
        return outcome

    def _clear(self) -> None:
        try:
            if not self.order("RSET").good:
                self.close()
        except WireError:
            self.close()

    def _body(self, data: bytes) -> Outcome:
        """Send the body, and its end only after a look at whether the server still listens.

        A server that has not been sent the end cannot have taken the message (RFC 5321 section 4.1.1.4); once a part
        of the end may be on its way, only an answer can tell. `start` is called as late as it can be, and its commit
        takes its time: hence another look.
        """
        body = re.sub(rb"(?m)^\.", b"..", data if data.endswith(b"\r\n") else data + b"\r\n").removesuffix(b"\r\n")
        try:
            for at in range(0, len(body), _CHUNK):
                self.wire.step()
                if self.wire.heard():
                    return self._early()
                self.wire.send(body[at : at + _CHUNK])
            self.wire.step()
            if not self.wire.heard(_LOOK):
                self.wire.arrived()
            if self.wire.heard():
                return self._early()
            self._no_return()
            self.wire.step()
            if self.wire.heard():  # while that was kept
                return self._early()
        except DroppedError:
            if self.wire.heard():
                return self._early()
            raise
        self.wire.step()
        try:
            self.wire.send(b"\r\n.\r\n")
        except DroppedError as error:
            if error.taken:
                return self._unknown(error)
            if self.wire.heard():
                return self._early()
            raise
        try:
            return self._settled(self.reply())
        except WireError as error:
            return self._unknown(error)

    def _no_return(self) -> None:
        """Say, once, that the server may have the message from here on."""
        start, self._start = self._start, None
        if start:
            start()

    def _early(self) -> Outcome:
        """Judge what was said before the end of the message was sent; nothing more can be said on this connection."""
        self.wire.step()
        reply = self.reply()
        self.close()
        self.answered = reply.code != SHUTTING_DOWN
        if reply.good:
            self._no_return()
            return ended("uncertain", "the mail server took the message before its end", reply)
        if reply.code < 400:
            raise GarbledError(f"answered out of order ({reply})")
        return content_refused(reply)

    def _settled(self, reply: Reply) -> Outcome:
        if not reply.good and reply.code < 400:
            raise GarbledError(f"answered out of order ({reply})")
        self.answered = reply.code != SHUTTING_DOWN
        if not self.usable:
            self.close()
        return ended("sent", str(reply)) if reply.good else content_refused(reply)

    def _unknown(self, error: WireError) -> Outcome:
        self.close()
        return ended("uncertain", f"handed over, and then the mail server {error}")

    # ---- closing ----

    def leave(self) -> None:
        """Say QUIT and close; that it fails means nothing."""
        try:
            if self.usable:
                self.order("QUIT")
        except WireError:
            pass
        finally:
            self.close()
