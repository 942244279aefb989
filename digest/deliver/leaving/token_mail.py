"""The token in a mail that unsubscribes, whatever else the mail is (pure).

Mails come from anybody, so nothing here trusts their form, and a mail is read only as far as `LONGEST`.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Mail
from urllib.parse import unquote

LONGEST = 262_144  # bytes of a mail that are read; the subject stands at its start
_LONGEST_TEXT = 65_536  # bytes of a part that are put into characters
_SHAPE = r"(?<![A-Za-z0-9])([A-Za-z2-7]{24})(?![A-Za-z0-9])"
_SAID = re.compile(rf"unsubscribe\W{{1,9}}{_SHAPE}", re.IGNORECASE | re.ASCII)
_LINE = re.compile(rf"[^\w>]{{0,9}}(?:unsubscribe\W{{1,9}})?{_SHAPE}\W{{0,9}}", re.IGNORECASE | re.ASCII)
_MOST = 8  # tokens that are tried
# A keyword, comments before it, parameters behind it (RFC 3834, section 5).
_REPLIED = re.compile(r"\s*(?:\([^()]*\)\s*)*auto-replied(?![\w-])", re.IGNORECASE)


def tokens_in(data: bytes) -> tuple[str, ...]:
    """Give what may be the token in a text or a whole mail, likeliest first; () where there is nothing like it.

    A text of one line may hold it anywhere (an address that was copied from a mail). Of a mail the subject counts, and
    lines of its text that say nothing else. A digest that is quoted in an answer does not: its footer names the token
    too, and who answers does not want to leave. Nor does a program that answers in place of somebody who is away; but
    a mail that a program made (``auto-generated``) may be what a button for leaving sends.
    """
    data = data[:LONGEST]
    text = data.decode("utf-8", "replace").strip()
    if "\n" not in text:
        found = re.findall(_SHAPE, unquote(text), re.ASCII)
    else:
        try:
            mail = email.message_from_bytes(data)
            found = [] if _answers_by_itself(mail) else [*_SAID.findall(_subject(mail)), *_in_lines(mail)]
        except (RecursionError, ValueError, LookupError):  # multiparts within multiparts, and what else is no mail
            found = []
    return tuple(dict.fromkeys(token.lower() for token in found))[:_MOST]


def _answers_by_itself(mail: Mail) -> bool:
    """Tell a reply that nobody wrote: RFC 3834, section 5, and the value that older programs give Precedence."""
    told = (str(value)[:200] for value in mail.get_all("auto-submitted", []))
    older = (str(value).strip().lower() for value in mail.get_all("precedence", []))
    return any(map(_REPLIED.match, told)) or "auto_reply" in older


def _subject(mail: Mail) -> str:
    """Put the subject into characters; encoded words (RFC 2047) of any charset, and of none."""
    raw = str(mail.get("subject", ""))[:2000]
    try:
        parts = decode_header(raw)
    except (ValueError, MessageError):  # base64 that is none is a HeaderParseError, which is no ValueError
        return raw
    words = (_decoded(part, charset or "") if isinstance(part, bytes) else part for part, charset in parts)
    return " ".join("".join(words).split())


def _in_lines(mail: Mail) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_type() != "text/plain":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            for line in _decoded(payload[:_LONGEST_TEXT], str(part.get_content_charset() or "")).splitlines():
                if found := _LINE.fullmatch(line.strip()):
                    yield found[1]


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # an unknown charset, or a codec that is none of text
        return data.decode("latin-1")
