"""What is said before a mail server takes messages: greeting, EHLO, encryption, signing in; and how it is then.

Each may fail by a WireError, or by a DeliveryError that goes on after "the mail server …".
"""

from __future__ import annotations

import base64
import hmac
import ssl

from digest.deliver.smtp.replies import Reply, legible
from digest.deliver.smtp.session import Session
from digest.deliver.smtp.wire import GarbledError
from digest.errors import DeliveryError

_MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
_NO_SUCH_MECHANISM = frozenset({500, 501, 502, 504})  # another may do; after any other refusal we would be locked out


def greet(session: Session) -> None:
    """Read the greeting, say EHLO and keep what is offered; HELO where EHLO is unknown (RFC 5321 section 3.2)."""
    session.wire.step()
    _must_be(session.reply(), 220, "does not serve us")
    _introduce(session)


def _introduce(session: Session) -> None:
    session.turn()
    code, text = session.ehlo()
    if code in (500, 502):
        session.turn()
        code, text = session.helo()
    _must_be(Reply(code, legible(text, session.secrets)), 250, "refuses EHLO")


def encrypt(session: Session, context: ssl.SSLContext, host: str) -> None:
    """Begin TLS by STARTTLS, without which nothing goes on: that it is not offered may be an attacker's work."""
    if not session.has_extn("starttls"):
        raise DeliveryError("does not offer STARTTLS, which is required (security: tls or none would do without)")
    _must_be(session.order("STARTTLS"), 220, "refuses STARTTLS, which is required")
    session.wire.secure(context, host)
    _introduce(session)


def sign_in(session: Session, user: str, password: str) -> None:
    """Sign in by the first of PLAIN, LOGIN, CRAM-MD5 that is offered and known (RFC 4954, 4616, 2195).

    The password goes through encryption, or to this very machine.
    """
    if not session.wire.encryption() and not session.wire.is_loopback():
        raise DeliveryError("is reached in the clear, where the password is not sent: use security: tls or starttls")
    offered = session.esmtp_features.get("auth", "").upper().split()
    reply = None
    for mechanism in (each for each in _MECHANISMS if each in offered):
        reply = _sign_in_by(mechanism, session, user.encode(), password.encode())
        if reply.code == 235:
            return
        if reply.code not in _NO_SUCH_MECHANISM:
            break
    if reply is None:
        ways = legible(" ".join(offered).encode(), session.secrets)
        raise DeliveryError(f"offers no way to sign in that is known here ({ways[:80] or 'none at all'})")
    raise DeliveryError(f"refuses to let {user} in: {reply}")


def _sign_in_by(mechanism: str, session: Session, user: bytes, password: bytes) -> Reply:
    if mechanism == "PLAIN":
        return session.order("AUTH", "PLAIN " + _base64(b"\0%s\0%s" % (user, password)))
    session.turn()
    session.putcmd("AUTH", mechanism)
    code, challenge = session.getreply()
    if code != 334:
        return Reply(code, legible(challenge, session.secrets))
    if mechanism == "CRAM-MD5":
        try:
            answer = hmac.digest(password, base64.b64decode(challenge, validate=True), "md5").hex()
        except ValueError:  # no base64, or a Python without MD5
            raise GarbledError("asked a CRAM-MD5 question that cannot be answered") from None
        return session.order(_base64(b"%s %s" % (user, answer.encode())))
    reply = session.order(_base64(user))
    return session.order(_base64(password)) if reply.code == 334 else reply


def traits(session: Session) -> tuple[str, ...]:
    """Say how a session stands, for a check: its encryption, and what the server takes."""
    size = session.esmtp_features.get("size", "")
    takes = f"messages up to {size} bytes" if size.isascii() and size.isdigit() and size.strip("0") else ""
    utf8 = "addresses in UTF-8" if session.has_extn("smtputf8") else "ASCII addresses only"
    return tuple(filter(None, (session.wire.encryption() or "not encrypted", takes, utf8)))


def _must_be(reply: Reply, code: int, what: str) -> None:
    if reply.code != code:
        raise DeliveryError(f"{what}: {reply}")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
