"""The ways by which a delivery is handed over: the mail server's and the chats' (edge)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from digest.config import Settings
from digest.deliver.chats.channel import Channel
from digest.deliver.keys import secret
from digest.deliver.letters import Letters
from digest.deliver.mail.addresses import mailbox
from digest.deliver.outbox import Carrier, Start
from digest.deliver.smtp.server import MailServer
from digest.errors import ConfigError, DeliveryError
from digest.fetch.web import Web
from digest.model import MAIL, Delivery, Outcome, Recipient
from digest.render.page import Reader, packaged

NOT_OURS = "is no recipient of the settings; digest send --to ADDRESS sends it still"
Known = Mapping[tuple[str, str], Recipient]  # by list and address


@dataclass(frozen=True, slots=True)
class Ways:
    """What hands over on each channel that is needed now, the chats themselves, and what is wrong with others."""

    carriers: dict[str, Carrier] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def chat(
    settings: Settings, name: str, base: Path, environment: Mapping[str, str] | None, read: Reader = packaged
) -> Channel:
    """Give a chat of the settings with its secrets; paths start from `base`. Raises ConfigError.

    Without an environment it is for a preview: nothing is posted, and no secret needed.
    """
    chosen = next(each for each in settings.send.channels if each.name == name)
    where = f"send.channels: {name}"
    network = settings.network
    web = Web(allow_private=frozenset(chosen.allow_private), allow_ranges=network.allow_ranges, proxy=network.proxy)
    template = ""
    if chosen.template:
        try:
            template = (base / chosen.template).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(where, f"{base / chosen.template} cannot be read as text: {error}") from None
    if environment is None:
        return Channel(chosen, "https://preview.invalid/", "preview", web, template=template, read=read)
    url = chosen.url or secret(where, environment, base, variable=chosen.url_env, file=chosen.url_file)
    key = secret(where, environment, base, variable=chosen.secret_env, file=chosen.secret_file)
    return Channel(chosen, url, key, web, template=template, read=read)


def mailing(letters: Letters, server: MailServer, known: Known) -> Carrier:
    """Give what hands over mail: made anew for each try, so that what was mended in the settings takes effect.

    Every row must be of somebody who is `known`: `nobodys` tells which are not.
    """

    def carrier(row: Delivery, start: Start) -> Outcome:
        recipient = known[row.list, row.recipient]
        try:
            mailbox(recipient.address)
        except DeliveryError as error:  # no other try makes an address of it
            return Outcome("rejected", str(error))
        return server.carry(letters.mail(row.day, recipient, row.queued), start)

    return carrier


def nobodys(known: Known) -> Callable[[Delivery], str]:
    """Give what says why a mail is nobody's now: its recipient is not `known`, and may be again tomorrow."""
    return lambda row: NOT_OURS if row.channel == MAIL and (row.list, row.recipient) not in known else ""
