"""The ways by which a delivery is handed over: the mail server's and the chats' (edge)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from digest.config import Settings
from digest.deliver.chats.channel import Channel
from digest.deliver.keys import secret
from digest.deliver.letters import Letters
from digest.deliver.mail.addresses import mailbox
from digest.deliver.outbox import Carrier
from digest.deliver.smtp.server import MailServer
from digest.errors import ConfigError, DeliveryError
from digest.fetch.web import Web
from digest.model import Delivery, Outcome, Recipient

NO_MORE = "is no recipient of ours any more"


@dataclass(frozen=True, slots=True)
class Ways:
    """What hands over on each channel that is needed now, the chats themselves, and what is wrong with others."""

    carriers: dict[str, Carrier] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def chat(settings: Settings, name: str, base: Path, environment: Mapping[str, str] | None) -> Channel:
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
        return Channel(chosen, "https://preview.invalid/", "preview", web, template=template)
    url = chosen.url or secret(where, environment, base, variable=chosen.url_env, file=chosen.url_file)
    key = secret(where, environment, base, variable=chosen.secret_env, file=chosen.secret_file)
    return Channel(chosen, url, key, web, template=template)


def posting(channel: Channel) -> Carrier:
    """Give what hands over to a chat: bodies are made when they are queued."""
    return lambda row: partial(channel, row)


def mailing(letters: Letters, server: MailServer, known: Mapping[tuple[str, str], Recipient]) -> Carrier:
    """Give what hands over mail: made anew for each try, so that what was mended in the settings takes effect.

    `known` are the recipients by list and address; nobody else gets anything.
    """

    def carrier(row: Delivery) -> Callable[[], Outcome] | Outcome:
        recipient = known.get((row.list, row.recipient))
        if recipient is None:
            return Outcome("rejected", NO_MORE)
        try:
            mailbox(recipient.address)
        except DeliveryError as error:  # no other try makes an address of it
            return Outcome("rejected", str(error))
        return partial(server.carry, letters.mail(row.day, recipient, row.queued))

    return carrier
