"""A small mail, and its header read byte by byte."""

from __future__ import annotations

import email
import email.message
import email.policy
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from digest.config.mail import MailSettings
from digest.deliver.mail.message import message
from digest.model import Letter, Message, Recipient

DAY = date(2025, 4, 16)
MOMENT = datetime(2025, 4, 17, 7, 30, 12, 345, tzinfo=timezone(timedelta(hours=8)))
INTENDED = (
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted",
    "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
)  # fmt: skip


def mail_settings(**changed: Any) -> MailSettings:
    return MailSettings.model_construct(**{"sender": "HF 博客日报 <digest@example.org>", **changed})


def recipient(**changed: Any) -> Recipient:
    given = {"channel": "mail", "address": "ann@example.com", "list": "daily", "title": "HF 博客日报"}
    return Recipient(**{**given, "order": ("zh", "en"), "name": "Ann Lee", **changed})


def made(
    subject: str = "HF 博客日报 · 2025-04-16 · 3 篇", text: str = "你好\n\nhello\n", html: str = "<p>你好</p>\n",
    token: str = "abcdefgh", to: Recipient | None = None, by: MailSettings | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> Message:  # fmt: skip
    letter = Letter(subject, text, html)
    return message(letter, to or recipient(), by or mail_settings(), day=DAY, moment=MOMENT, token=token, sign=sign)


def fields(data: bytes) -> list[tuple[str, bytes]]:
    """Read the header as RFC 5322 has it, unfolded; anything that is no field fails."""
    head, _, _ = data.partition(b"\r\n\r\n")
    found: list[tuple[str, bytes]] = []
    for line in head.split(b"\r\n"):
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
        assert line.strip(), "a blank line ends a header"
        if line[:1] == b" ":
            name, value = found.pop()
            found.append((name, value + line))
        else:
            name, colon, value = line.partition(b": ")
            assert colon
            found.append((name.decode("ascii"), value))
    return found


def read(data: bytes) -> email.message.Message:
    return email.message_from_bytes(data, policy=email.policy.default)
