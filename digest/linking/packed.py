"""A Document as bytes and back: a text is read from its page once, and not on every day it is compared (pure)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from digest.model import Clue, Document, Guess, Paragraph, Span


def packed_document(document: Document | None) -> bytes:
    """Write a document, or that there is none."""
    if document is None:
        return b""
    parts = (
        document.url, document.lang, document.title,
        [[p.kind, p.text, p.level, [[s.start, s.end, s.kind, s.href] for s in p.spans], _written(p.guesses)]
         for p in document.paragraphs],
        document.published.isoformat() if document.published else None,
        [[clue.url, clue.lang, clue.how] for clue in document.clues],
        document.credits, document.repairs, document.damage, document.guessed, document.unsure,
        _written(document.title_guesses),
    )  # fmt: skip
    return zlib.compress(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpacked_document(body: bytes) -> Document | None:
    """Read what `packed_document` wrote."""
    if not body:
        return None
    (url, lang, title, paragraphs, published, clues, credits_, repairs, damage, guessed, unsure, title_guesses) = (
        json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
    )
    return Document(
        url, lang, title,
        tuple(Paragraph(kind, text, level, tuple(Span(*span) for span in spans), _read(guesses))
              for kind, text, level, spans, guesses in paragraphs),
        datetime.fromisoformat(published) if published else None,
        tuple(Clue(*clue) for clue in clues),
        tuple(credits_), tuple(repairs), tuple(damage), guessed, unsure, _read(title_guesses),
    )  # fmt: skip


def _written(guesses: Iterable[Guess]) -> list[Any]:
    return [[g.at, g.chosen, g.sure, g.others] for g in guesses]


def _read(rows: Sequence[Any]) -> tuple[Guess, ...]:
    return tuple(Guess(at, chosen, sure, tuple((text, p) for text, p in others)) for at, chosen, sure, others in rows)
