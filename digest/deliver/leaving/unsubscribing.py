"""Leaving a list, and coming back, without a web server: a token from a mail, or an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from digest.deliver.leaving.token_mail import LONGEST, tokens_in
from digest.deliver.mail.tokens import fits
from digest.errors import ConfigError, DeliveryError
from digest.model import MAIL, Recipient
from digest.store import Store
from digest.store.deliveries import Suppression

UNSUBSCRIBED = "unsubscribed"


def read_mail(stream: BinaryIO) -> bytes:
    """Read a mail to its end and give its start: who pipes it here must not meet a closed pipe."""
    data = stream.read(LONGEST)
    while stream.read(LONGEST):
        pass
    return data


def unsubscribe(
    given: str | bytes, store: Store, key: bytes, recipients: Iterable[Recipient], now: datetime
) -> str:  # fmt: skip
    """Send no more of a list to whom the token is of; give the words that say so. Twice is as good as once.

    `given` is a token (text), or a mail that holds one (bytes). Whose token it is is looked for among `recipients` and
    all who were ever mailed to, each in constant time. Raises ConfigError where a token is nobody's (exit code 2), and
    DeliveryError where a mail has none that is somebody's (1): a mail server that pipes mails here can so tell a mail
    that is for nobody from a configuration that is broken.
    """
    tokens = tokens_in(given if isinstance(given, bytes) else given.encode("utf-8", "replace"))
    everybody = dict.fromkeys(
        [(each.list, each.address) for each in recipients if each.channel == MAIL] + _mailed_before(store)
    )
    found = [who for token in tokens for who in everybody if fits(token, key, *who)]
    if not found:
        if isinstance(given, bytes):
            raise DeliveryError(
                "the mail unsubscribes nobody: it holds no token that is somebody's, or is an automatic reply"
            )
        raise ConfigError("--unsubscribe", "the token is nobody's; copy all 24 letters of it from the mail")
    list_name, address = found[0]
    earlier = [each for each in _of(store, address) if (each.channel, each.list) == (MAIL, list_name)]
    if earlier:
        return f"{address} gets nothing of the list {list_name} since {earlier[0].since:%F}, as before"
    store.suppress(MAIL, address, list_name, UNSUBSCRIBED, now)
    return f"{address} gets nothing of the list {list_name} any more"


def subscribe(address: str, store: Store, recipients: Iterable[Recipient]) -> str:
    """Lift what keeps an address, or a channel by its name, from being sent to; give the words that say what it was.

    Raises ConfigError where it is neither configured nor kept from anything.
    """
    local, _, domain = address.strip().rpartition("@")
    wanted = f"{local}@{domain.lower()}" if local else domain
    lifted = _of(store, wanted)
    configured = any(each.address == wanted for each in recipients)
    if not lifted and not configured:
        raise ConfigError("--subscribe", f"{wanted!r} is no recipient; write it into feeds.yaml under send")
    for each in lifted:
        store.lift_suppression(each.channel, each.recipient, each.list)
    told = ", ".join(f"{each.list or 'all lists'} ({each.why} {each.since:%F})" for each in lifted)
    words = f"{wanted} is sent to again: {told}" if told else f"{wanted} was not suppressed"
    return words if configured else f"{words}; it is configured nowhere now, so write it into feeds.yaml under send"


def _mailed_before(store: Store) -> list[tuple[str, str]]:
    rows = store.deliveries_in("pending", "sending", "sent", "rejected", "uncertain")
    return [(row.list, row.recipient) for row in rows if row.channel == MAIL]


def _of(store: Store, address: str) -> list[Suppression]:
    return [each for each in store.suppressions() if each.recipient == address]
