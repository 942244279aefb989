"""What a search gives: a line of the archive with the post it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digest.model import Both


@dataclass(frozen=True, slots=True)
class Hit:
    """One line or pair of lines, and where it stands.

    `day` is the page that it stands on, `newly` whether among the newly translated there. `pair` is "" where the post
    has a title and nothing else; then `zh` and `en` are None. `made_by` and `verified` are the pair's. `score` is the
    cosine −1…1 of the question and the line, of the nearer language where it has both, once what all texts of a
    language have in common is taken out: it orders lines, and does not say whether one is an answer. `in_text`: a part
    of the post's whole text, which is not shown, is nearer to the question than any of its lines.
    """

    day: date
    post: str
    pair: str
    title: Both
    url: Both
    source: str
    zh: str | None
    en: str | None
    made_by: str
    verified: bool
    score: float
    newly: bool = False
    link: str = ""
    in_text: bool = False

    @property
    def place(self) -> str:
        """Where it stands within the output folder: the day's page and the permalink's fragment."""
        kind = "nl-" if self.newly and self.pair else "n-" if self.newly else "l-" if self.pair else "p-"
        return f"{self.day}.html#{kind}{self.pair or self.post}"
