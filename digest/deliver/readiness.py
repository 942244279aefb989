"""Can be sent what is to be sent? For `digest check`: recipients, secrets, keys, templates, the mail server (edge)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from digest.check import FATAL, WARNING, WELL, Finding
from digest.config import Settings
from digest.deliver.keys import KEY_FILE, mail_key, private_key
from digest.deliver.mail.signing import signer
from digest.deliver.sending import mail_server
from digest.deliver.ways import chat
from digest.errors import ConfigError, DeliveryError
from digest.model import MAIL, Abstract, Both, Digest, Recipient

SAMPLE = Both("“引号”与 \\ 反斜杠", 'Quotes " and </tags>')  # a title that breaks JSON where nothing escapes it
NO_ANSWER = "look at send.mail.server; what waits for it is tried again for two days"


def readiness(
    settings: Settings, recipients: Sequence[Recipient], state: Path, base: Path, environment: Mapping[str, str],
    probe: Callable[[], str] | None,
) -> list[Finding]:  # fmt: skip
    """Look at recipients, secrets, keys and the templates of chats.

    `probe` asks the mail server and says what it found (None: is not asked). No finding holds a secret.
    """
    send = settings.send
    if not send.mail and not send.channels:
        return [Finding(WELL, "send", "nothing is sent", "to send the digest, write send: into feeds.yaml")]
    found = [_recipients(recipients)]
    for channel in send.channels:
        found += _tried("send.channels", partial(_written, settings, channel.name, base, environment))
    if not send.mail:
        return found
    if not settings.digest.link:
        hint = "set digest.link, so that what is cut off and the page can be read on the web"
        found.append(Finding(WELL, "send.mail", "mails have no link to the page", hint))
    if (state / KEY_FILE).exists():
        found += _tried(KEY_FILE, lambda: mail_key(state))
    if dkim := send.mail.dkim:
        where = "send.mail.dkim"
        found += _tried(where, lambda: signer(dkim, private_key(f"{where}.key_file", base / dkim.key_file)))
    if not send.mail.server:
        return [*found, Finding(WARNING, "send.mail", "no mail server", "name one as send.mail.server, or use --eml")]
    if faults := _tried("send.mail.server", partial(mail_server, send.mail, base, environment)):
        return [*found, *faults]
    return [*found, *_server(probe)] if probe else found


def _recipients(recipients: Sequence[Recipient]) -> Finding:
    lists = Counter(each.list for each in recipients if each.channel == MAIL)
    channels = [each.address for each in recipients if each.channel != MAIL]
    told = [f"{name}: {number}" for name, number in sorted(lists.items())]
    told += [f"channels: {', '.join(channels)}"] if channels else []
    if not told:
        return Finding(WARNING, "recipients", "none", "name some as send.mail.recipients")
    return Finding(WELL, "recipients", "; ".join(told))


def _written(settings: Settings, name: str, base: Path, environment: Mapping[str, str]) -> None:
    """Write a made-up day for a chat: its template fails now, and not in the night. Raises ConfigError."""
    shown = settings.digest
    post = Abstract("1", SAMPLE, Both("https://blog.example/zh", "https://blog.example/en"), "Blog",
                    datetime(2025, 4, 16, 12, tzinfo=UTC), "en", "highlights", ())  # fmt: skip
    day = Digest(post.published.date(), shown.title, shown.link, shown.timezone, shown.order, (post,), (), "check")
    chat(settings, name, base, environment).bodies(day)


def _tried(where: str, look: Callable[[], object]) -> list[Finding]:
    """Give what is wrong with a secret or a key; nothing where all is well."""
    try:
        look()
    except ConfigError as error:
        return [Finding(FATAL, error.where or where, error.message)]
    return []


def _server(probe: Callable[[], str]) -> list[Finding]:
    try:
        return [Finding(WELL, "mail server", probe())]
    except DeliveryError as error:
        return [Finding(WARNING, "mail server", str(error), NO_ANSWER)]
    except ConfigError as error:
        return [Finding(FATAL, error.where or "mail server", error.message)]
