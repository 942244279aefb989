"""A letter with headers: the bytes of a mail (RFC 5322), the same for the same inputs on every Python (pure).

Not among the headers: `Precedence`, which no standard has (RFC 2076, section 3.9: discouraged); what answers by itself
goes by `Auto-Submitted` (RFC 3834) and `List-Id` (RFC 5230, section 4.6). Exchange looks at neither, hence
`X-Auto-Response-Suppress` ([MS-OXCMAIL], section 2.2.3.2.14); reports of what could not be delivered stay wanted.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

from digest.config.mail import MailSettings
from digest.deliver.mail.addresses import Address, a_labels, mailbox
from digest.deliver.mail.headers import LONGEST_LINE, Field, check, cleaned, phrase, words
from digest.errors import ConfigError, DeliveryError
from digest.model import FULL_TAG, Letter, Message, Recipient
from digest.render.characters import encodable

# All header fields that a mail of ours may have, in their order (DKIM-Signature, where it is signed, before them).
FIELDS = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
)  # fmt: skip
LONGEST_SUBJECT, LONGEST_NAME, LONGEST_URI = 250, 100, 900  # characters


def message(
    letter: Letter,
    recipient: Recipient,
    settings: MailSettings,
    *,
    day: date,
    moment: datetime,
    token: str,
    sign: Callable[[bytes], bytes] | None = None,
) -> Message:
    """Make the mail that brings a day's letter to a recipient.

    `moment` is what the header Date says, aware and in the zone in which it is to be said. `token` is what the
    recipient unsubscribes with. `sign` puts DKIM-Signature in front. Raises ConfigError where a setting is wrong for
    every recipient, DeliveryError where this one cannot be written to, or where the header fields of the finished
    bytes are not those intended, whatever the reason.
    """
    sender, to = _own(settings.sender, "sender"), mailbox(recipient.address)
    reply_to = _own(settings.reply_to, "reply_to") if settings.reply_to else None
    ways = unsubscribe_ways(settings, token)
    name = message_id(day, recipient, settings)
    boundary = "=_" + name[1:].partition("@")[0]  # base64 has no "_"; see _stands_as_it_is
    subject = cleaned(letter.subject, LONGEST_SUBJECT) or day.isoformat()
    title = cleaned(recipient.title, LONGEST_NAME)
    fields = {
        "From": _mailbox_tokens(cleaned(sender.name, LONGEST_NAME), sender, "From"),
        "To": _mailbox_tokens(cleaned(recipient.name or to.name, LONGEST_NAME), to, "To"),
        "Subject": words(subject, len("Subject: ")),
        "Date": [format_datetime(moment)],
        "Message-ID": [name],
        "List-Id": [*phrase(title, len("List-Id: ")), f"<{_label(recipient.list)}.{sender.domain}>"],
        "List-Unsubscribe": [*(f"<{way}>," for way in ways[:-1]), f"<{ways[-1]}>"],
        "Auto-Submitted": ["auto-generated"],
        "X-Auto-Response-Suppress": ["OOF,", "AutoReply"],
        "Content-Language": ", ".join(FULL_TAG[side] for side in recipient.order).split(" "),
        "MIME-Version": ["1.0"],
        "Content-Type": ["multipart/alternative;", f'boundary="{boundary}"'],
    }
    if reply_to:
        fields["Reply-To"] = _mailbox_tokens(cleaned(reply_to.name, LONGEST_NAME), reply_to, "Reply-To")
    if settings.unsubscribe_url:
        fields["List-Unsubscribe-Post"] = ["List-Unsubscribe=One-Click"]  # RFC 8058, section 3.1
    intended = [each for each in FIELDS if each in fields]
    utf8 = any(each.utf8 for each in (sender, to, reply_to) if each)

    def made(encoding: Literal["8bit", "base64"]) -> bytes:
        mail = EmailMessage(SMTP.clone(utf8=utf8))
        for each in intended:
            mail[each] = Field(each, fields[each])
        mail.set_payload([_part(letter.text, "plain", encoding), _part(letter.html, "html", encoding)])
        data = mail.as_bytes()
        check(data, intended)
        if sign:
            data = sign(data)
            check(data, ["DKIM-Signature", *intended])
        return data

    if not all(_stands_as_it_is(text, boundary) for text in (letter.text, letter.html)):
        return Message(name, sender.spec, to.spec, made("base64"), utf8)
    data = made("8bit")
    return Message(name, sender.spec, to.spec, data, utf8, b"" if data.isascii() else made("base64"))


def message_id(day: date, recipient: Recipient, settings: MailSettings) -> str:
    """Give the Message-ID, in its angle brackets, of a recipient's mail of a day: the same for every try."""
    told = "\0".join((day.isoformat(), recipient.channel, recipient.list, recipient.address))
    hashed = hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()[:20]
    return f"<{base64.b32encode(hashed).decode('ascii').lower()}@{_own(settings.sender, 'sender').domain}>"


def unsubscribe_ways(settings: MailSettings, token: str) -> tuple[str, ...]:
    """Give the addresses by which a recipient leaves the list, the best first: https where there is one, and mailto.

    They are URIs in ASCII (RFC 3986, RFC 6068). Raises ConfigError.
    """
    said = quote(encodable(token), safe="")
    address = _own(settings.unsubscribe or settings.sender, "unsubscribe" if settings.unsubscribe else "sender")
    mailto = f"mailto:{quote(address.local, safe='')}@{address.domain}?subject=unsubscribe%20{said}"
    if not settings.unsubscribe_url:
        return (mailto,)
    return _web(settings.unsubscribe_url.replace("{token}", said)), mailto


def _web(url: str) -> str:
    """Give a web address in ASCII that fits into the angle brackets of a header and holds no encoded word."""
    try:
        parts = urlsplit(encodable(url))
        host, port = parts.hostname or "", parts.port
        place = parts.netloc if parts.netloc.isascii() else a_labels(host) + (f":{port}" if port else "")
    except (ValueError, DeliveryError) as error:
        raise ConfigError("send.mail.unsubscribe_url", f"is no web address ({error})") from None
    path, query, fragment = (
        quote(part, safe="%/:?@!$&'()*+,;=~") for part in (parts.path, parts.query, parts.fragment)
    )
    # "=?" is broken so that a server reads the same: in the path the sign of equality, elsewhere the question mark.
    path = re.sub(r"=$", "%3D", path) if query else path
    query, fragment = (part.replace("=?", "=%3F") for part in (query, fragment))
    ascii_url = urlunsplit((parts.scheme, place, path, query, fragment))
    if not re.fullmatch(r"https://[A-Za-z0-9.:\[\]-]+([/?#][!-~]*)?", ascii_url) or len(ascii_url) > LONGEST_URI:
        raise ConfigError("send.mail.unsubscribe_url", "is no https:// address that fits into a header")
    return ascii_url


def _own(text: str, setting: str) -> Address:
    """Read an address of the sender's settings; what is wrong there is wrong for all."""
    try:
        return mailbox(text)
    except DeliveryError as error:
        raise ConfigError(f"send.mail.{setting}", str(error)) from None


def _mailbox_tokens(name: str, address: Address, field: str) -> list[str]:
    return [*phrase(name, len(f"{field}: ")), f"<{address.spec}>"]


def _label(list_name: str) -> str:
    """Give a list's name as dot-atom text (List-Id, RFC 2919, section 2).

    >>> _label("daily"), _label("a..b 中")
    ('daily', 'a.b')
    """
    return ".".join(re.findall(r"[A-Za-z0-9-]+", list_name))[:64].strip(".") or "list"


def _stands_as_it_is(text: str, boundary: str) -> bool:
    """Whether a text may stand in a mail in its own bytes: no line is too long, and none can be taken for the boundary.

    The boundary is no secret: who writes a post may know to whom it is mailed.
    """
    lines = encodable(text).encode().splitlines()
    return boundary not in text and "\0" not in text and all(len(line) <= LONGEST_LINE for line in lines)


def _part(text: str, subtype: str, encoding: Literal["8bit", "base64"]) -> MIMEPart:
    """Make a part: Chinese as it is, or grown by a third in base64; quoted-printable would grow it threefold."""
    part = MIMEPart(SMTP)
    part.set_content(encodable(text), subtype=subtype, charset="utf-8", cte=encoding)
    return part
