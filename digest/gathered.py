"""What a day's page is made of, as it was kept (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from digest.entry import Kept
from digest.model import Listed


@dataclass(frozen=True, slots=True)
class Gathered:
    """The posts of one day, unordered; each post that belongs to the day is in one of the three.

    `entries` may have an entry on the day's page; `newly` are posts of earlier days whose translation came on this day;
    `rest` are copies of posts that have their entry elsewhere (why "same" or "edited"), and posts of earlier days whose
    text was changed on this one ("edited").
    """

    entries: tuple[Kept, ...] = ()
    newly: tuple[Kept, ...] = ()
    rest: tuple[Listed, ...] = ()

    @property
    def posts(self) -> int:
        """How many posts the page names."""
        return len(self.entries) + len(self.newly) + len(self.rest)
