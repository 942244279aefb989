"""Days as they lie in the output folder, narrowed to what each recipient wants, and put into mails (edge).

What is mailed is what the page says: a day's JSON is read once, and a letter is made once for all who want the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, tzinfo
from pathlib import Path

from digest.config import MailSettings
from digest.deliver.mail.message import message, unsubscribe_ways
from digest.deliver.mail.tokens import token_of
from digest.errors import DeliveryError
from digest.model import Digest, Letter, Message, Recipient
from digest.recorded import digest_of
from digest.render.mail import letter
from digest.render.page import Reader, packaged
from digest.selected import selected

Wanted = tuple[date, str, tuple[str, str], tuple[str, ...]]


class Pages:
    """The days of an output folder, by recipient."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._read: dict[date, Digest] = {}
        self._chosen: dict[Wanted, Digest] = {}

    def there(self, day: date) -> bool:
        return self._path(day).exists()

    def missing(self, day: date) -> str:
        """Say that a day has no page, and what to do."""
        return f"no page of {day} in {self._out}/: digest build {day}"

    def day(self, day: date) -> Digest:
        """Give a day as its page says it. Raises DeliveryError where there is none that is ours and of this day."""
        if day not in self._read:
            try:
                text = self._path(day).read_text("utf-8")
            except FileNotFoundError:
                raise DeliveryError(self.missing(day)) from None
            except (OSError, UnicodeDecodeError) as error:
                raise DeliveryError(f"{self._path(day)}: cannot be read: {error}; digest build {day}") from None
            found = digest_of(text, str(self._path(day)))
            if found.day != day:  # it would be mailed twice, under both days
                raise DeliveryError(f"{self._path(day)}: is the page of {found.day}, not of {day}: digest build {day}")
            self._read[day] = found
        return self._read[day]

    def of(self, day: date, recipient: Recipient) -> Digest:
        """Give what a recipient wants of a day. Raises DeliveryError as `day` does."""
        key = wanted(day, recipient)
        if key not in self._chosen:
            self._chosen[key] = selected(
                self.day(day), title=recipient.title, order=recipient.order, sources=recipient.sources
            )
        return self._chosen[key]

    def _path(self, day: date) -> Path:
        return self._out / f"{day}.json"


class Letters:
    """The mails of a run. `key` makes the tokens by which recipients leave; `sign` signs (DKIM), if anything does.

    `read` gives the templates. `test`: each mail's Message-ID is of its moment too, and so none that the day itself, or
    another test, has.
    """

    def __init__(
        self, pages: Pages, settings: MailSettings, zone: tzinfo, key: bytes,
        sign: Callable[[bytes], bytes] | None = None, *, test: bool = False, read: Reader = packaged,
    ) -> None:  # fmt: skip
        self._pages = pages
        self._settings = settings
        self._zone = zone
        self._key = key
        self._sign = sign
        self._test = test
        self._read = read
        self._made: dict[Wanted, Letter] = {}
        # stands in a letter for a recipient's token, is as long, and known to nobody who writes a post
        self._stand_in = token_of(key, "", "")

    def letter(self, day: date, recipient: Recipient) -> Letter:
        """Give the letter that brings a day to a recipient. Raises DeliveryError, ConfigError."""
        key = wanted(day, recipient)
        if key not in self._made:
            way = unsubscribe_ways(self._settings, self._stand_in)[0]
            self._made[key] = letter(self._pages.of(day, recipient), unsubscribe=way, read=self._read)
        made, token = self._made[key], self._token(recipient)
        return replace(
            made, text=made.text.replace(self._stand_in, token), html=made.html.replace(self._stand_in, token)
        )

    def mail(self, day: date, recipient: Recipient, moment: datetime) -> Message:
        """Give the mail that brings a day to a recipient; its header Date says `moment`. Raises as `letter` does."""
        named = replace(recipient, channel=f"{recipient.channel} {moment.isoformat()}") if self._test else recipient
        return message(
            self.letter(day, recipient), named, self._settings, day=day,
            moment=moment.astimezone(self._zone).replace(microsecond=0), token=self._token(recipient), sign=self._sign,
        )  # fmt: skip

    def _token(self, recipient: Recipient) -> str:
        return token_of(self._key, recipient.list, recipient.address)


def wanted(day: date, recipient: Recipient) -> Wanted:
    """Name what a recipient wants of a day: two who want the same get the same letter, but for the headers."""
    return day, recipient.title, recipient.order, recipient.sources
