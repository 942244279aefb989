"""How somebody wants the digest: the settings that lists, recipients and channels have in common."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from digest.config.kinds import (
    ListName,
    Side,
    Strict,
    TimeOfDay,
)

DAILY = "daily"  # the list of a recipient who names none
YES = ("yes", "y", "true", "on", "1", "是")
NO = ("no", "n", "false", "off", "0", "否")


class Wishes(Strict):
    """How a list, a recipient or a channel wants the digest; what a recipient leaves out is its list's."""

    order: tuple[Side, Side] | None = Field(None, description="Order of languages; that of the digest if left out.")
    sources: tuple[str, ...] | None = Field(
        None, description="Names of the sources whose posts are wanted; all if it is empty or left out."
    )
    time: TimeOfDay | None = Field(
        None, description='Not before this time of the day after, such as "07:30", in digest.timezone.'
    )
    empty: bool | None = Field(None, description="Send a day without posts too; no if left out.")

    @field_validator("order")
    @classmethod
    def _order(cls, value: tuple[str, str] | None) -> tuple[str, str] | None:
        if value and value[0] == value[1]:
            raise ValueError("must name both languages once: [zh, en] or [en, zh]")
        return value

    @field_validator("empty", mode="before")
    @classmethod
    def _yes_or_no(cls, value: Any) -> Any:
        """Read a word: scalars of YAML stay as they are written, and a table of recipients may be Chinese."""
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word not in YES + NO:
            raise ValueError(f"{value!r} is neither yes nor no (是, 否)")
        return word in YES


class ListSettings(Wishes):
    """A list: what its recipients have in common."""

    name: ListName = Field(description="Letters, digits, '-' and '.'; it stands in the header List-Id.")
    title: str = Field("", description="What the digest is called on this list; digest.title if empty.")
