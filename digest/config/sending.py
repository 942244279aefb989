"""The settings of what is delivered: by mail and to channels, to whom, on which lists."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, model_validator

from digest.config.chats import ChannelSettings
from digest.config.kinds import (
    Strict,
    fault_at,
)
from digest.config.mail import MailSettings
from digest.config.wishes import DAILY, ListSettings, Wishes


class SendSettings(Strict):
    """What is delivered, and to whom."""

    mail: MailSettings | None = Field(None, description="The digest by mail.")
    channels: tuple[ChannelSettings, ...] = Field((), description="Chats and web hooks.")
    lists: tuple[ListSettings, ...] = Field((), description="Lists of recipients; one called daily is always there.")
    catch_up: int = Field(3, ge=0, le=30, description="How many missed days are sent later, each by itself.")

    @model_validator(mode="after")
    def _named_once(self) -> SendSettings:
        for kind in ("lists", "channels"):
            seen: dict[str, int] = {}
            for number, each in enumerate(getattr(self, kind)):
                first = seen.setdefault(each.name.lower(), number)  # list identifiers know no case (RFC 2919, 6)
                if first != number:
                    raise fault_at((kind, number, "name"), f"repeats {kind}[{first}].name: {each.name!r}")
        return self

    @model_validator(mode="after")
    def _lists_known(self) -> SendSettings:
        seen: dict[tuple[str, str], int] = {}
        for number, recipient in enumerate(self.mail.recipients if self.mail else ()):
            if recipient.list not in self.list_names:
                raise fault_at(("mail", "recipients", number, "list"), no_list(recipient.list, self.list_names))
            first = seen.setdefault(recipient.key, number)
            if first != number:
                raise fault_at(
                    ("mail", "recipients", number, "address"),
                    f"{recipient.address!r} is on the list {recipient.list} already, by recipients[{first}]",
                )
        return self

    @property
    def list_names(self) -> tuple[str, ...]:
        """The lists that recipients may name."""
        return tuple(dict.fromkeys((DAILY, *(each.name for each in self.lists))))

    def wishes(self) -> Iterable[tuple[tuple[str | int, ...], Wishes]]:
        """Give whatever has wishes of its own, each with the path that leads to it."""
        for kind in ("lists", "channels"):
            yield from (((kind, number), each) for number, each in enumerate(getattr(self, kind)))
        for number, recipient in enumerate(self.mail.recipients if self.mail else ()):
            yield ("mail", "recipients", number), recipient


def no_list(name: str, known: Iterable[str]) -> str:
    """Say that a recipient names a list that there is not."""
    return f"{name!r} is no list of ours ({', '.join(known)}); name it under send.lists"


def no_source(name: str) -> str:
    """Say that somebody wants the posts of a source that there is not: a slip would keep them from a reader."""
    return f"no source is called {name!r}"
