"""What a mail server answers, and what that means for the message: the judgement of reply codes (pure).

RFC 5321 section 4.2 has the codes, RFC 3463 and its registry the enhanced ones, which tell more where there are any.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from digest.model import Message, Outcome

SHUTTING_DOWN = 421  # the server ends the connection with it, at any moment
DETAIL = 200  # characters of a detail

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_ADDRESS = re.compile(r'(?:"[^"\x00-\x1f\x7f<>]+"|[^\s"\x00-\x1f\x7f<>]+)@[^\s"\x00-\x1f\x7f<>@]+')
_BARE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")

# Signing in or encryption is asked for, or refused: the same for every message (RFC 4954 section 6).
_SIGN_IN_CODES = frozenset({530, 534, 535, 538})
# 5.7.8, 5.7.9, 5.7.11: the same as enhanced codes. 5.4.5: Gmail's "daily sending quota exceeded".
_SIGN_IN_STATUSES = frozenset({(7, 8), (7, 9), (7, 11), (4, 5)})
# 5.7.1 and such are policy, 5.5 the protocol, 5.3 the server, 5.6 the content; 5.1.7 and 5.1.8 speak of the sender,
# 5.2.3 and 5.3.4 of the size. 5.4.1 is how Microsoft says "no such user", 5.4.4 a domain to which there is no way.
_RECIPIENT_STATUSES = frozenset({(1, n) for n in (0, 1, 2, 3, 4, 6, 9, 10)} | {(2, 0), (2, 1), (2, 2), (4, 1), (4, 4)})
_NO_STATUSES = frozenset({(0, 0), (5, 0)})  # say no more than the code: Exchange gives 5.5.0 for a missing mailbox
# Of an answer to RCPT without an enhanced code. 521 is the mail server's own (RFC 7504), and none of them.
_RECIPIENT_CODES = frozenset({550, 551, 552, 553, 554, 556})
_SIZE_STATUSES = frozenset({(3, 4), (2, 3)})
# Many servers give 550 or 554 without an enhanced code for what is not the recipient's fault.
_NOT_RECIPIENT = re.compile(
    r"relay|frequen|rate limit|limit exceeded|too many|spam|junk|virus|block|listed\b|\brbl|dnsbl|polic|reputation|"
    r"authenti|log ?in|sign in|\bsender|client host|helo|service|\bip\b|content",
    re.I,
)
# Words that speak of the recipient alone, where a bare code after the message would rather be about its content.
_RECIPIENT_WORDS = re.compile(
    r"(no such|unknown|invalid|non-?existent) (user|recipient|mailbox|account|address)|"
    r"(user|recipient|mailbox|account|address)( is| was| does)? (unknown|not found|unavailable|disabled|not exist)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its code, and its text in one line of printable ASCII that holds none of our secrets."""

    code: int
    text: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def status(self) -> tuple[int, int] | None:
        """The subject and the detail of the enhanced code, where there is one of the same class as the code.

        >>> Reply(550, "5.1.1 no such user").status, Reply(550, "4.1.1 what?").status
        ((1, 1), None)
        """
        found = _ENHANCED.match(self.text)
        if not found or found[1] != str(self.code)[0]:
            return None
        return int(found[2]), int(found[3])

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


def reply_line(line: bytes) -> tuple[int, bool, bytes] | None:
    r"""Read one line of a reply: its code, whether more lines follow, its text; None for what is no such line.

    >>> reply_line(b"250-SIZE 1000\r\n"), reply_line(b"Hello\r\n"), reply_line(b"250\r\n")
    ((250, True, b'SIZE 1000'), None, (250, False, b''))
    """
    found = _LINE.fullmatch(line.rstrip(b"\r\n"))
    return (int(found[1]), found[2] == b"-", (found[3] or b"").strip()) if found else None


def secrets_of(user: str, password: str) -> frozenset[bytes]:
    """Give the forms in which a server may echo a password: itself and what AUTH PLAIN and LOGIN send."""
    plain = password.encode()
    sent = (base64.b64encode(each).rstrip(b"=") for each in (plain, b"\0%s\0%s" % (user.encode(), plain)))
    return frozenset(_squeezed(each) for each in (plain, *sent)) - {b""}


def legible(text: bytes, secrets: frozenset[bytes]) -> str:
    r"""Clean what a server said: one line, printable ASCII, bounded; nothing of it where it holds a secret.

    >>> legible(b"2.0.0 Ok\n2.0.0 \xc4\xe3\xba\xc3\x07 there", frozenset())
    '2.0.0 Ok ? there'
    """
    squeezed = _squeezed(text)
    if any(secret in squeezed for secret in secrets):
        return "(its words are left out: they hold the password)"
    line = re.sub(r"[^ -~\s]+", "?", text.decode("ascii", "replace"))
    first = _ENHANCED.match(line)
    if first:  # each line of a long reply begins with it
        line = first[0] + re.sub(rf"(?m)^{re.escape(first[0])}", "", line)
    return " ".join(line.split())[:DETAIL]


def _squeezed(text: bytes) -> bytes:
    return re.sub(rb"[\x00-\x20\x7f]+", b"", text).lower()


def unfit(message: Message) -> str:
    """Say why a message cannot be handed to any server; "" where it can be.

    A bare CR or LF could end the message early on some servers and begin another one (SMTP smuggling, RFC 5321
    section 2.3.8).
    """
    for address in (message.sender, message.recipient):
        if not _ADDRESS.fullmatch(address):
            return f"no address that a mail server takes: {address!r}"
        if not (address if not message.utf8 else address.rpartition("@")[2]).isascii():
            return f"not in ASCII, and the message is not marked so: {address!r}"
    return "the message holds a CR or an LF alone" if _BARE_END.search(message.data) else ""


def ended(state: str, what: str, reply: Reply | None = None, *, bounced: bool = False, stop: bool = False) -> Outcome:
    """Make an outcome of one of Outcome's states, its detail cut to its size."""
    detail = f"{what}: {reply}" if reply else what
    if len(detail) > DETAIL:
        detail = detail[: DETAIL - 1] + "…"
    return Outcome(state, detail, bounced=bounced, stop=stop)  # type: ignore[arg-type]


def sender_refused(reply: Reply) -> Outcome:
    """Judge a refusal of MAIL: what is not for now and not this message's size or kind is wrong for all."""
    if reply.code < 500:
        return ended("pending", "not taken now", reply)
    if reply.status in _SIZE_STATUSES or (reply.code == 552 and not reply.status):
        return ended("rejected", "too large for the mail server", reply)
    if reply.status and reply.status[0] == 6:  # what this message is made of, such as an address in UTF-8
        return ended("rejected", "the message is refused", reply)
    return ended("pending", "the mail server refuses the sender", reply, stop=True)


def recipient_refused(reply: Reply) -> Outcome:
    """Judge a refusal of RCPT; `bounced` where it speaks of the recipient."""
    if reply.code < 500:
        return ended("pending", "the recipient is not taken now", reply)
    if _everyones(reply):
        return ended("pending", "the mail server wants something else first", reply, stop=True)
    return ended("rejected", "the recipient is refused", reply, bounced=_of_recipient(reply))


def content_refused(reply: Reply) -> Outcome:
    """Judge a refusal of DATA or of the whole message; mostly of its content.

    It is the recipient where an enhanced code or plain words say so. A bare 550 is none: a filter that refuses the days
    of all recipients must not take them all off the list.
    """
    if reply.code < 500:
        return ended("pending", "the message is not taken now", reply)
    if _everyones(reply):
        return ended("pending", "the mail server wants something else first", reply, stop=True)
    bounced = _of_recipient(reply) and (_tells(reply) or bool(_RECIPIENT_WORDS.search(reply.text)))
    return ended("rejected", "the message is refused", reply, bounced=bounced)


def _everyones(reply: Reply) -> bool:
    return reply.code in _SIGN_IN_CODES or reply.status in _SIGN_IN_STATUSES


def _tells(reply: Reply) -> bool:
    return reply.status is not None and reply.status not in _NO_STATUSES


def _of_recipient(reply: Reply) -> bool:
    if _tells(reply):
        return reply.status in _RECIPIENT_STATUSES
    return reply.code in _RECIPIENT_CODES and not _NOT_RECIPIENT.search(reply.text)
