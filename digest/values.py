"""Values of a parsed JSON file, each asked for what it should be; what it is not is told with its place (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from digest.render.characters import encodable

YEARS = range(2, 9998)  # of dates that can be shifted to any zone, and by a year
LARGEST = 2**53  # of numbers: from here on machines disagree on whole ones (RFC 8259, section 6)


class WrongValueError(Exception):
    """A value is missing or not what it should be: one line that begins with its place."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the file and where it stands: what it is asked for, it is, or WrongValueError says that it should."""

    value: Any
    where: str = ""

    def wrong(self, should: str) -> NoReturn:
        raise WrongValueError(f"{self.where or 'the file'} must be {should}")

    def __getitem__(self, key: str) -> Value:
        if not isinstance(self.value, dict):
            self.wrong("an object")
        where = f"{self.where}.{key}" if self.where else key
        if key not in self.value:
            raise WrongValueError(f"{where} is missing")
        return Value(self.value[key], where)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __iter__(self) -> Iterator[Value]:
        if not isinstance(self.value, list):
            self.wrong("a list")
        return (Value(each, f"{self.where}[{number}]") for number, each in enumerate(self.value))

    def named(self) -> Iterator[tuple[str, Value]]:
        """Go over an object whose names are no fields."""
        if not isinstance(self.value, dict):
            self.wrong("an object")
        return ((Value(name, f"a name in {self.where}").text(), Value(each, self.where))
                for name, each in self.value.items())  # fmt: skip

    def text(self) -> str:
        if not isinstance(self.value, str) or encodable(self.value) != self.value:
            self.wrong("a text")
        return self.value

    def maybe(self) -> Value | None:
        return None if self.value is None else self

    def one_of(self, kinds: tuple[Any, ...]) -> Any:
        if not isinstance(self.value, str) or self.value not in kinds:
            self.wrong(f"one of {', '.join(map(repr, kinds))}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.wrong("true or false")
        return self.value

    def count(self, most: int = LARGEST) -> int:
        if type(self.value) is not int or not 0 <= self.value <= most:
            self.wrong(f"a whole number from 0{'' if most == LARGEST else f' to {most}'}")
        return self.value

    def number(self) -> float:
        if type(self.value) not in (int, float) or not abs(self.value) <= LARGEST:
            self.wrong("a number")
        return float(self.value)

    def day(self) -> date:
        try:
            found = date.fromisoformat(self.text())
        except ValueError:
            self.wrong("a date")
        if found.year not in YEARS:
            self.wrong(f"a date from {YEARS[0]} to {YEARS[-1]}")
        return found

    def moment(self) -> datetime:
        try:
            found = datetime.fromisoformat(self.text())
        except ValueError:
            self.wrong("a moment")
        if found.tzinfo is None or found.year not in YEARS:
            self.wrong(f"a moment with its zone, from {YEARS[0]} to {YEARS[-1]}")
        return found.astimezone(UTC)

    def zone(self) -> str:
        try:
            return ZoneInfo(self.text()).key
        except (ValueError, LookupError, OSError):
            self.wrong("the name of a time zone that is known here")

    def span(self) -> tuple[int, int]:
        ends = tuple(end.count() for end in self)
        if len(ends) != 2:
            self.wrong("a pair of whole numbers")
        return ends[0], ends[1]
