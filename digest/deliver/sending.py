"""One `digest send`: who is due what, into the outbox, and from there to mail server and chats (edge)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
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
from digest.deliver.ways import Known, Ways, chat, mailing, nobodys
from digest.errors import ConfigError, DeliveryError
from digest.fetch.calendar import Calendar
from digest.model import MAIL, Delivery, DeliveryState, Recipient
from digest.render.page import Reader, packaged
from digest.store import Store

log = logging.getLogger(__name__)

HOW = "send: {mail: {sender: …, server: {host: …}, recipients: […]}}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one `digest send`: a day or (None) all that is due; to whom, () for all.

    `to` are addresses, channels, or lists. `again`: what was rejected of the day that is asked for is tried once more,
    and what is pending at once.
    """

    day: date | None = None
    to: tuple[str, ...] = ()
    uncertain: Literal["keep", "resend", "forget"] = "keep"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it.

    `faults` are of pages that are missing or cannot be read; `broken` are of channels whose settings or secrets are
    wrong: nothing was put into the outbox for these, nor handed over. `nobody`: no recipient is named anywhere.
    """

    report: Report
    due: tuple[Due, ...]
    nobody: bool = False
    faults: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sending:
    """What a run sends with. Paths of the settings start from `base`; `environment` holds secrets.

    `config` is what messages call the file of settings; `keys` is the folder of mail.key, that of the store if None.
    `test`: mails carry a Message-ID of their own, for a mail program shows one mail of each only. `read` gives the
    templates.
    """

    settings: Settings
    store: Store
    calendar: Calendar
    out: Path
    base: Path
    environment: Mapping[str, str]
    config: str = "feeds.yaml"
    keys: Path | None = None
    test: bool = False
    read: Reader = packaged

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
        named = {name.lower() for name in asked.to}
        meant_to = {(each.channel, each.list, each.address) for each in recipients}

        def only(row: Delivery) -> bool:
            """Whether a row is meant: pending ones are, uncertain ones of the day asked for, if any, rejected of it."""
            who = (row.channel, row.list, row.recipient) in meant_to or row.recipient.lower() in named
            when = row.state == "pending" or row.day == asked.day or (not asked.day and row.state != "rejected")
            return when and (who or not asked.to)

        def meant(row: Delivery) -> bool:
            return only(row) and row.channel not in ways.broken

        # those that a dead run left in "sending" become uncertain, and may be meant too
        more: tuple[DeliveryState, ...] = ("uncertain", "sending") if asked.uncertain == "resend" else ()
        more += ("rejected",) if asked.again else ()
        rows = filter(only, self.store.deliveries_in("pending", *more))
        wanted = {each.recipient.channel for each in chosen} | {row.channel for row in rows}
        known = {(each.list, each.address): each for each in (*recipients, *self.everybody) if each.channel == MAIL}
        with ExitStack() as stack:
            ways = self._ways(wanted, known, pages, stack)
            with self.store.transaction():
                for each in chosen:
                    channel = each.recipient.channel
                    if channel in ways.broken:
                        continue
                    try:
                        self._queue(each, pages, ways.channels)
                    except ConfigError as error:  # its template, or its limit: that stops no other way
                        ways.broken[channel] = str(error)
            report = deliver(
                self.store, ways.carriers, self.calendar.now,
                uncertain=asked.uncertain, again=asked.again, held=nobodys(known), only=meant,
            )  # fmt: skip
        for row in (*report.interrupted, *report.ended, *report.withdrawn, *report.held):
            _log(row)
        return Sent(report, tuple(found), not recipients, tuple(faults), tuple(ways.broken.values()))

    # ---- who, and which days ----------------------------------------------------------------------------------------

    @cached_property
    def everybody(self) -> tuple[Recipient, ...]:
        return recipients_of(self.settings, self.base)

    def recipients(self, to: tuple[str, ...]) -> tuple[Recipient, ...]:
        """Give those who are meant: all, or those of `to`, of whom one that is configured nowhere is on "daily".

        Raises ConfigError where nothing is configured at all.
        """
        if not self.settings.send.mail and not self.settings.send.channels:
            raise ConfigError(self.config, f"says nothing of sending; write {HOW}, or channels")
        if not to:
            return self.everybody
        found: list[Recipient] = []
        for name in to:
            named = [each for each in self.everybody if name.lower() in _names(each)]
            if not named and not self.settings.send.mail:
                raise ConfigError("--to", f"{name!r} is no channel of {self.config}, and send.mail is not set")
            if not named and "@" not in name:
                names = sorted({*self.settings.send.list_names, *(each.address for each in self.everybody)})
                known = ", ".join(each for each in names if "@" not in each)
                raise ConfigError("--to", f"{name!r} is no mail address, and none of the lists and channels with "
                                  f"anybody to send to ({known})")  # fmt: skip
            found += named or [stranger(name, self.settings)]
        return tuple(dict.fromkeys(replace(each, empty=each.empty or self.test) for each in found))

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
        key = mail_key(self.keys or self.store.path.parent, make=not preview)
        return Letters(pages, mail, self.calendar.zone, key, sign, test=self.test, read=self.read)

    @property
    def mail(self) -> MailSettings:
        """The settings of mail. Raises ConfigError where there are none."""
        if not self.settings.send.mail:
            raise ConfigError(self.config, f"says nothing of mail; write {HOW}")
        return self.settings.send.mail

    def chat(self, name: str, environment: Mapping[str, str] | None) -> Channel:
        """Give a chat of the settings; without an environment it is for a preview. Raises ConfigError."""
        return chat(self.settings, name, self.base, environment, self.read)

    def _ways(self, wanted: set[str], known: Known, pages: Pages, stack: ExitStack) -> Ways:
        """Give what hands over; secrets are read before anything is queued, and one that is wrong stops its own way."""
        ways = Ways()
        for name in [each.name for each in self.settings.send.channels if each.name in wanted]:
            try:
                ways.channels[name] = ways.carriers[name] = self.chat(name, self.environment)
            except ConfigError as error:
                ways.broken[name] = str(error)
        if MAIL in wanted and self.settings.send.mail:
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
               "part": row.part, "message_id": row.message_id, "state": row.state, "reason": row.detail},
    )  # fmt: skip


def _names(who: Recipient) -> tuple[str, ...]:
    """Give what --to may call a recipient: by address, channel or list. In small letters."""
    return (who.address.lower(), who.list.lower()) if who.channel == MAIL else (who.address.lower(),)
