"""Damaged sources and blocks: what stands around and beside a text in markup is read by the same evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digest.normalise.repair.evidence import Evidence, damage_of, evidence_of
from digest.normalise.repair.mend import mend
from digest.normalise.repair.report import Mended
from digest.normalise.repair.undo import entities


def mend_source(text: str) -> Mended:
    """Read a whole source again, markup, attributes and code included, where it is damaged as a whole.

    A page that quotes mojibake comes back as it was: its blocks are judged one by one, without their code.
    """
    evidence = evidence_of(text)
    return mend(text) if evidence and not evidence.parts else Mended(text)


def mend_pieces(pieces: Sequence[str], *, like: Evidence | None = None) -> tuple[Mended, ...]:
    """Mend a block that markup cuts into pieces, each in its place; all of them carry the repairs of the block.

    The pieces come from a parser and hold no code. `like` is the evidence of the document that they belong to.
    """
    joined = "".join(pieces)
    if joined.isascii() and "&" not in joined:
        return tuple(map(Mended, pieces))
    evidence = like if like is not None else evidence_of(joined)
    known = evidence if evidence or like is not None else None
    mended = [mend(piece, like=known) for piece in pieces]
    texts = [each.text for each in mended]
    repairs = dict.fromkeys(code for each in mended for code in each.repairs)
    if not any(each.guesses for each in mended) and (plain := _unescaped(texts)) != texts:
        mended = [replace(each, text=text) for each, text in zip(mended, plain, strict=True)]
        texts, repairs = plain, repairs | {"entities": None}
    damage = damage_of("".join(texts))
    return tuple(replace(each, repairs=tuple(repairs), damage=damage) for each in mended)


def _unescaped(texts: list[str]) -> list[str]:
    """Undo entities that a parser left, where the block as a whole proves that they were escaped twice."""
    whole = "".join(texts)
    if "&" not in whole or entities(whole, parsed=True) == whole:
        return texts
    return [entities(text, parsed=True, proven=True) for text in texts]
