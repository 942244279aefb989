"""overrides.yaml → what people corrected. The rules of feeds.yaml hold (reading.py): a fault is told with its line."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from digest.config.kinds import Strict
from digest.config.reading import placed_faults, plain_values
from digest.errors import ConfigError
from digest.model import TITLE, Override
from digest.render.line import shown

# A pair as its page names it: 1a2b3c4d, l-1a2b3c4d, 2025-04-16#l-1a2b3c4d or a whole address; "nl-" where it is newly
# translated. A title is named by the address of its entry: p-…, and n-… where it is newly translated.
_PAIR = re.compile(
    r"(?:(?:[^#]*(?P<day>\d{4}-\d\d-\d\d))?[^#]*#)?"
    r"(?:(?:n?l-)?(?P<pair>[0-9a-f]{8})|[pn]-(?P<post>[0-9A-Za-z_-]{1,64}))"
)


def _date(value: Any) -> date:
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.isoformat() != str(value):
        raise ValueError(f"{value!r} is no date; write it as 2025-04-16")
    return found


def _named(value: str) -> str:
    if not _PAIR.fullmatch(value.strip()):
        raise ValueError(
            f"{value!r} names no pair; write the 8 characters of its id or its address, as in 2025-04-16#l-1a2b3c4d"
        )
    return value.strip()


def _text(value: str) -> str:
    if not shown(value.strip("`")):
        raise ValueError("must say something")
    return shown(value)


SCHEMA = "docs/overrides.schema.json"

Text = Annotated[str, AfterValidator(_text)]
Day = Annotated[date, BeforeValidator(_date)]


class OverrideEntry(Strict):
    """What is to be done to one pair: reject it, or give it other words."""

    pair: Annotated[str, AfterValidator(_named)] = Field(
        description="The pair: its 8 hex digits, or its address as the page gives it; #p-… names the title of a post."
    )
    reject: Annotated[Literal["", "true"], WithJsonSchema({"const": True})] = Field(
        "", description="true: the lines do not say the same; the original's stays."
    )
    zh: Text | None = Field(None, description="The Chinese line as it should be; `code` in backticks.")
    en: Text | None = Field(None, description="The English line as it should be; `code` in backticks.")
    was: Text | None = Field(
        None, description="The line that is wrong, as it was seen; if it reads otherwise now, nothing is done."
    )
    reason: Text = Field(description="Why, for readers of the page of corrections.")
    on: Day | None = Field(None, description="The day of the correction.")
    by: str = Field("", description="Who made it, as it is to be printed.")
    day: Day | None = Field(None, description="The page on which the pair was seen.")

    @model_validator(mode="after")
    def _one_thing(self) -> OverrideEntry:
        if self.reject and (self.zh or self.en):
            raise ValueError("either reject: true or other words (zh, en), not both")
        if not (self.reject or self.zh or self.en):
            raise ValueError("must say what is to be done: reject: true, or other words as zh or en")
        if self.day and self._seen_on and self.day != self._seen_on:
            raise ValueError(f"day is {self.day}, and the address of the pair says {self._seen_on}")
        return self

    @property
    def _seen_on(self) -> date | None:
        found = _PAIR.fullmatch(self.pair)
        try:
            return date.fromisoformat(found["day"]) if found and found["day"] else None
        except ValueError:  # digits that are no day of the calendar
            return None

    def override(self, place: str) -> Override:
        found = _PAIR.fullmatch(self.pair)
        name = "" if found is None else found["pair"] or TITLE + found["post"]
        return Override(
            name, self.zh, self.en, self.reason, self.day or self._seen_on, self.on, shown(self.by), place,
            self.was or "",
        )  # fmt: skip


_ENTRIES = TypeAdapter(tuple[OverrideEntry, ...])


def parse_overrides(text: str, name: str = "overrides.yaml") -> tuple[Override, ...]:
    """Read the text of overrides.yaml, a list of entries. Raises ConfigError naming file, line, column and field."""
    values, reader = plain_values(text, name)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise ConfigError(f"{name}:1:1", "must be a list of corrections, each as - pair: … with reject, zh or en")
    try:
        entries = _ENTRIES.validate_python(values)
    except ValidationError as error:
        raise placed_faults(error, reader, SCHEMA) from None
    found: dict[str, Override] = {}
    for number, entry in enumerate(entries):
        line = reader.places[(number,)][0]
        override = entry.override(f"{name}:{line}")
        if earlier := found.get(override.pair):
            raise ConfigError(
                reader.place((number, "pair")),
                f"[{number}].pair: {entry.pair} is corrected already, at {earlier.place}",
            )
        found[override.pair] = override
    return tuple(found.values())


def load_overrides(path: Path) -> tuple[Override, ...]:
    """Read overrides.yaml from disk; no file, no corrections. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read as UTF-8 text: {error}") from None
    return parse_overrides(text, path.name)


def overrides_schema_text() -> str:
    """Give the JSON Schema of overrides.yaml for editors."""
    return json.dumps(_ENTRIES.json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
