"""One `digest send`: who is due what, into the outbox, and from there to mail server and chats (edge)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from digest.config import MailSettings, Settings
from digest.deliver.chats.channel import Channel
from digest.deliver.due import Due, due
from digest.deliver.keys import mail_key, private_key, secret
from digest.deliver.letters import Letters, Pages
from digest.deliver.mail.message import message_id
from digest.deliver.mail.signing import signer
from digest.deliver.outbox import deliver
from digest.deliver.recipients import recipients_of, stranger
from digest.deliver.report import Report
from digest.deliver.smtp.server import MailServer
from digest.deliver.ways import Ways, chat, mailing, posting
from digest.errors import ConfigError, DeliveryError
from digest.fetch.calendar import Calendar
from digest.model import MAIL, Delivery, Recipient
from digest.store import Store

log = logging.getLogger(__name__)

HOW = "send: {mail: {sender: …, server: {host: …}, recipients: […]}}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one `digest send`: a day or (None) all that is due; to whom, () for all."""

    day: date | None = None
    to: tuple[str, ...] = ()
    uncertain: Literal["keep", "resend", "forget"] = "keep"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it.

    `faults` are of pages that are missing or cannot be read; `broken` are of channels whose settings or secrets are
    wrong: nothing was put into the outbox for these, nor handed over.
    """

    report: Report
    due: tuple[Due, ...]
    faults: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sending:
    """What a run sends with. Paths of the settings start from `base`; `environment` holds secrets."""

    settings: Settings
    store: Store
    calendar: Calendar
    out: Path
    base: Path
    environment: Mapping[str, str]

    def send(self, asked: Asked) -> Sent:
        """Queue what is due, and lead whatever is in the outbox as far as it comes now.

        Raises ConfigError where a setting, a secret or what is asked is wrong; StoreError.
        """
        recipients = self.recipients(asked.to)
        pages = Pages(self.out)
        if asked.day and asked.day > self.calendar.last_complete:
            raise ConfigError("DATE", f"{asked.day} is not over yet; look at it with --dry-run or --eml")
        days, faults = self.days(asked.day, pages)
        found = due(recipients, days, asked.day is not None, self.store, pages, self.calendar)
        chosen = [each for each in found if not each.why]

        def only(row: Delivery) -> bool:
            """Whether a row is meant: pending ones of every day are, uncertain ones of the day that was asked for."""
            who = not asked.to or any(row.recipient == each.address for each in recipients)
            return who and (row.state == "pending" or asked.day in (None, row.day))

        def meant(row: Delivery) -> bool:
            return only(row) and row.channel not in ways.broken

        # those that a dead run left in "sending" become uncertain, and may be meant too
        again = ("uncertain", "sending") if asked.uncertain == "resend" else ()
        rows = filter(only, self.store.deliveries_in("pending", *again))
        wanted = {each.recipient.channel for each in chosen} | {row.channel for row in rows}
        with ExitStack() as stack:
            ways = self._ways(wanted, recipients, pages, stack)
            with self.store.transaction():
                for each in chosen:
                    if each.recipient.channel not in ways.broken:
                        self._queue(each, pages, ways.channels)
            report = deliver(self.store, ways.carriers, self.calendar.now, uncertain=asked.uncertain, only=meant)
        for row in (*report.interrupted, *report.ended, *report.withdrawn):
            _log(row)
        return Sent(report, tuple(found), tuple(faults), tuple(ways.broken.values()))

    # ---- who, and which days ----------------------------------------------------------------------------------------

    @cached_property
    def everybody(self) -> tuple[Recipient, ...]:
        return recipients_of(self.settings, self.base)

    def recipients(self, to: tuple[str, ...]) -> tuple[Recipient, ...]:
        """Give those who are meant: all, or those of `to`, of whom one that is configured nowhere is on "daily".

        Raises ConfigError where nothing is configured at all.
        """
        if not self.settings.send.mail and not self.settings.send.channels:
            raise ConfigError("feeds.yaml", f"says nothing of sending; write {HOW}, or channels")
        if not to:
            return self.everybody
        found: list[Recipient] = []
        for address in dict.fromkeys(to):
            named = [each for each in self.everybody if each.address.lower() == address.lower()]
            if not named and not self.settings.send.mail:
                raise ConfigError("--to", f"{address!r} is no channel of feeds.yaml, and send.mail is not set")
            found += named or [stranger(address, self.settings)]
        return tuple(found)

    def days(self, asked: date | None, pages: Pages) -> tuple[list[date], list[str]]:
        """Give the days to look at that have a page, oldest first, and what is wrong with the pages of others.

        A page that was made before its day was over goes to nobody by itself: more may have been posted since.
        """
        catch_up = self.settings.send.catch_up
        days = [asked] if asked else self.calendar.days_until(self.calendar.last_complete, catch_up)
        found, faults = [], []
        for day in days:
            half = self.store.built_of(day) is not None and not self.store.is_settled(day)
            if not asked and (half or not pages.there(day)):
                continue
            try:
                pages.day(day)
                found.append(day)
            except DeliveryError as error:
                faults.append(str(error))
        return found, faults

    # ---- how --------------------------------------------------------------------------------------------------------

    def letters(self, pages: Pages, *, preview: bool = False) -> Letters:
        """Give what makes the mails; a preview needs no key of its own. Raises ConfigError."""
        mail = self.mail
        sign = None
        if mail.dkim:
            sign = signer(mail.dkim, private_key("send.mail.dkim", self.base / mail.dkim.key_file))
        key = mail_key(self.store.path.parent, make=not preview)
        return Letters(pages, mail, self.calendar.zone, key, sign)

    @property
    def mail(self) -> MailSettings:
        """The settings of mail. Raises ConfigError where there are none."""
        if not self.settings.send.mail:
            raise ConfigError("feeds.yaml", f"says nothing of mail; write {HOW}")
        return self.settings.send.mail

    def _ways(self, wanted: set[str], recipients: tuple[Recipient, ...], pages: Pages, stack: ExitStack) -> Ways:
        """Give what hands over; secrets are read before anything is queued, and one that is wrong stops its own way."""
        ways = Ways()
        for name in [each.name for each in self.settings.send.channels if each.name in wanted]:
            try:
                ways.channels[name] = channel = chat(self.settings, name, self.base, self.environment)
                ways.carriers[name] = posting(channel)
            except ConfigError as error:
                ways.broken[name] = str(error)
        if MAIL in wanted and self.settings.send.mail:
            known = {(each.list, each.address): each for each in (*recipients, *self.everybody)}
            try:
                server = mail_server(self.mail, self.base, self.environment)
                ways.carriers[MAIL] = mailing(self.letters(pages), stack.enter_context(server), known)
            except ConfigError as error:
                ways.broken[MAIL] = str(error)
        return ways

    def _queue(self, each: Due, pages: Pages, channels: Mapping[str, Channel]) -> None:
        who = each.recipient
        bodies: tuple[str, ...]
        if who.channel == MAIL:
            name, bodies = message_id(each.day, who, self.mail), ("",)
        else:
            name, bodies = f"{each.day}/{who.channel}", channels[who.channel].bodies(pages.of(each.day, who))
        self.store.queue_delivery(each.day, who.channel, who.list, who.address, name, self.calendar.now, bodies)


def mail_server(mail: MailSettings, base: Path, environment: Mapping[str, str]) -> MailServer:
    """Give the mail server with its password; paths start from `base`. Raises ConfigError."""
    server, where = mail.server, "send.mail.server"
    if not server:
        raise ConfigError(where, "is missing: name the mail server; without one only --eml and --dry-run work")
    password = None
    if server.user:
        password = secret(where, environment, base, variable=server.password_at, file=server.password_file)
    if server.ca_file:
        server = server.model_copy(update={"ca_file": str(base / server.ca_file)})
    return MailServer(server, password)


def _log(row: Delivery) -> None:
    log.log(
        logging.INFO if row.state == "sent" else logging.WARNING,
        "delivery",
        extra={"day": str(row.day), "channel": row.channel, "list": row.list, "recipient": row.recipient,
               "part": row.part, "state": row.state, "reason": row.detail},
    )  # fmt: skip
