"""What one text changed of another that it was made from, and whether that is worth telling (pure)."""

from __future__ import annotations

from digest.align.changed import Change, Version, change
from digest.align.copies import overlap, shingles
from digest.model import Document
from digest.normalise.split import sentences

EXCERPT = 0.5  # least share of shingles: below it, the shorter of two copies is an excerpt, and not edited


def change_of(old: Document | None, new: Document | None, *, own: bool) -> Change:
    """Compare two copies, the earlier first; `own`: both are of one source. See `align.changed.change`."""
    return change(_version(old), _version(new), own=own)


def worth_telling(old: Document, new: Document) -> Change | None:
    """Give the change of a post that was edited in place where it now says what its readers should know.

    A text of which a feed gives only an excerpt, at first or later, is not edited by that.
    """
    if old.damage or new.damage or overlap(shingles(old), shingles(new)).least < EXCERPT:
        return None
    found = change_of(old, new, own=True)
    return found if found.worth else None


def _version(document: Document | None) -> Version:
    paragraphs = document.paragraphs if document else ()
    return Version.of(
        [sentence.text for sentence in sentences(paragraphs)], [p.text for p in paragraphs if p.kind != "image"]
    )
