"""A text as it was read, as bytes and back: it is read once, and not on every day it is needed (pure)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from digest.errors import SourceError
from digest.model import Clue, Document, Failure, Guess, Paragraph, Span

_UNSAID: list[Any] = [False, "", 0]  # whether it is cut, kind and tries, of what was packed before these were


@dataclass(frozen=True, slots=True)
class ReadText:
    """What reading a text gave: its document, None where nothing holds text, or why it cannot be read (`fault`).

    `kind` is the kind of the fault (see SourceError), `tries` how often reading it took more than is granted. With
    the kind "limits" a document is what the feed says of a post whose page took more (it is `cut`). `mark` is the hash
    of what it was read from, and by what; "" where there was nothing to read.
    """

    document: Document | None = None
    fault: Failure | None = None
    kind: str = ""
    tries: int = 0
    mark: str = ""

    def read(self) -> Document | None:
        """Give the document. Raises SourceError where the text cannot be read."""
        if self.fault is not None:
            raise SourceError(self.fault.url, self.fault.stage, self.fault.reason, kind=self.kind)
        return self.document


def packed_text(text: ReadText) -> bytes:
    """Write what was read, but the mark; b"" where nothing holds text."""
    document = text.document
    if text.fault is not None:
        return _pressed({**asdict(text.fault), "kind": text.kind, "tries": text.tries})
    if document is None:
        return b""
    return _pressed((
        document.url, document.lang, document.title,
        [[p.kind, p.text, p.level, [[s.start, s.end, s.kind, s.href] for s in p.spans], _written(p.guesses)]
         for p in document.paragraphs],
        document.published.isoformat() if document.published else None,
        [[clue.url, clue.lang, clue.how] for clue in document.clues],
        document.credits, document.repairs, document.damage, document.guessed, document.unsure,
        _written(document.title_guesses), document.cut, *((text.kind, text.tries) if text.kind else ()),
    ))  # fmt: skip


def unpacked_text(body: bytes, mark: str) -> ReadText:
    """Read what `packed_text` wrote of a text with this mark."""
    if not body:
        return ReadText(mark=mark)
    parts = json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
    if isinstance(parts, dict):
        fault = Failure(parts["url"], parts["stage"], parts["reason"])
        return ReadText(None, fault, parts["kind"], parts["tries"], mark)
    (url, lang, title, paragraphs, published, clues, credits_, repairs, damage, guessed, unsure, title_guesses,
     *rest) = parts  # fmt: skip
    cut, fault_kind, tries = rest + _UNSAID[len(rest) :]
    document = Document(
        url, lang, title,
        tuple(Paragraph(kind, text, level, tuple(Span(*span) for span in spans), _read(guesses))
              for kind, text, level, spans, guesses in paragraphs),
        datetime.fromisoformat(published) if published else None,
        tuple(Clue(*clue) for clue in clues),
        tuple(credits_), tuple(repairs), tuple(damage), guessed, unsure, _read(title_guesses), cut,
    )  # fmt: skip
    return ReadText(document, None, fault_kind, tries, mark)


def _pressed(parts: object) -> bytes:
    return zlib.compress(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _written(guesses: Iterable[Guess]) -> list[Any]:
    return [[g.at, g.chosen, g.sure, g.others] for g in guesses]


def _read(rows: Sequence[Any]) -> tuple[Guess, ...]:
    return tuple(Guess(at, chosen, sure, tuple((text, p) for text, p in others)) for at, chosen, sure, others in rows)
