"""A day's digest → what one recipient wants of it (pure)."""

from __future__ import annotations

from dataclasses import replace

from digest.foot import quality_of
from digest.model import Abstract, Digest


def selected(digest: Digest, *, title: str, order: tuple[str, str], sources: tuple[str, ...]) -> Digest:
    """Give the digest under another title, in another order of languages, with the posts of some sources only.

    () stands for all sources: then nothing else changes. An entry is of the sources of both its editions. What it says
    of other places (`also`) stays, whatever their sources; a copy of a post is the post of its own source, and stays
    among the rest. Counts are of what is left. Failures and refusals are of the day as a whole, and are left out of a
    part of it.
    """
    digest = replace(digest, title=title, order=order)
    if not sources:
        return digest
    abstracts = tuple(abstract for abstract in digest.abstracts if _is_of(abstract, sources))
    newly = tuple(abstract for abstract in digest.newly if _is_of(abstract, sources))
    rest = tuple(listed for listed in digest.rest if listed.source in sources)
    return replace(
        digest,
        abstracts=abstracts,
        newly=newly,
        rest=rest,
        failures=(),
        refused=(),
        quality=quality_of(abstracts, (), newly, rest),
        credits=digest.credits if any(map(_made_here, (*abstracts, *newly))) else (),
        offer=digest.offer if any(map(_untranslated, abstracts)) else None,
    )


def has_posts(digest: Digest) -> bool:
    """Tell whether a digest names any post: one with an entry, one newly translated, or one of the rest."""
    return bool(digest.abstracts or digest.newly or digest.rest)


def _is_of(abstract: Abstract, sources: tuple[str, ...]) -> bool:
    """Tell whether a source brought an entry's post or its other edition: who reads either feed reads both editions."""
    return abstract.source in sources or abstract.edition_source in sources


def _made_here(abstract: Abstract) -> bool:
    """Tell whether an engine made any line of an entry: then the day's credits are owed."""
    made = [abstract.title_made] if abstract.title_made else []
    return any(pair.engine for pair in (*abstract.pairs, *abstract.outline, *made))


def _untranslated(abstract: Abstract) -> bool:
    return any(pair.zh is None or pair.en is None for pair in abstract.pairs)
