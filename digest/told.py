"""The days of an output folder, as their JSON files tell them: which have a page, and what is wrong with others (edge).

A day has a page where that carries our stamp, whatever became of its JSON since, and where its JSON can be read back:
then a page is made of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digest.errors import DeliveryError
from digest.model import TITLE
from digest.output import day_paths
from digest.recorded import digest_of
from digest.render.record import SCHEMA_VERSION
from digest.render.term_uses import STRANGE
from digest.unchanged import stamp_of


@dataclass(frozen=True, slots=True)
class Told:
    """What a day's JSON file says, as text and parsed."""

    day: date
    text: str
    parsed: dict[str, Any]

    def says(self, path: Path) -> bool:
        """Tell whether the file at `path` says the same still: another run may have written it."""
        with suppress(OSError, ValueError):
            return path.read_text("utf-8") == self.text
        return False

    def pairs(self) -> Iterator[str]:
        """Give the names that overrides have for the pairs and titles; where one is strange, those before it."""
        with suppress(*STRANGE):
            for post in (*self.parsed["posts"], *self.parsed["newly_translated"]):
                titled = [post["title_made"]] if post["title_made"] else []
                names = [f"{TITLE}{post['id']}", *(pair["id"] for pair in (*post["pairs"], *post["outline"], *titled))]
                yield from (name for name in names if isinstance(name, str))

    def named(self) -> Iterator[date]:
        """Give the days that its posts name as their own or their entries' day, as far as they can be read."""
        with suppress(*STRANGE):
            for post in (*self.parsed["posts"], *self.parsed["newly_translated"]):
                yield from (date.fromisoformat(each["day"]) for each in (post, *post["also"]) if each["day"])
            yield from (date.fromisoformat(each["day"]) for each in self.parsed["rest"] if each["day"])


def read_day(path: Path) -> Told:
    """Read a day's JSON file. Raises DeliveryError in one line where it is no day of this schema, or not of its name's.

    What is within its posts is not looked at.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise DeliveryError(f"{path.name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""  # no JSON, as digest_of says of it
    with suppress(*STRANGE):
        parsed = json.loads(text)
        if parsed["schema_version"] == SCHEMA_VERSION and parsed["date"] == path.stem:
            return Told(date.fromisoformat(path.stem), text, parsed)
    found = digest_of(text, path.name)  # raises for all but this:
    remedy = f"remove it, or 'digest build {path.stem}' writes it anew"
    raise DeliveryError(f"{path.name}: is a copy of {found.day}.json; {remedy}")


def has_page(out: Path, day: date) -> bool:
    """Tell whether a day has a page that others may lead to, or gets one at the next update."""
    path = out / f"{day}.json"
    if not path.exists():
        return False
    if stamp_of(path.with_suffix(".html")):
        return True
    with suppress(DeliveryError):
        return bool(digest_of(read_day(path).text, path.name))
    return False


def left_alone(out: Path) -> Iterator[str]:
    """Say of each page of ours whose day's JSON is gone what to do about it."""
    told = {path.stem for path in day_paths(out)}
    for path in sorted(out.glob("????-??-??.html")):
        if path.stem not in told and stamp_of(path):
            remedy = f"'digest build {path.stem}' writes both anew, or remove {path.stem}.html and .md"
            yield f"{path.name}: its {path.stem}.json is gone, so no page leads to it and it is left as it is; {remedy}"
