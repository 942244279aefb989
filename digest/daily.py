"""The posts of a day → Digest: the whole program on one screen (pure; what it needs comes in as arguments)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest import __version__
from digest.align.chain import load_model
from digest.align.embed import Embedder
from digest.align.judge.weights import version as judge_version
from digest.align.lexicon import load_lexicon
from digest.config import DigestSettings
from digest.entry import Kept, Learnt, Reading, abstract_of, known_words, title_only
from digest.errors import SourceError
from digest.filling import Account, Translators, filled
from digest.foot import credits_of, failures_of, offer_of, quality_of
from digest.model import (
    Digest,
    Failure,
)
from digest.normalise.post import body_in_feed
from digest.normalise.repair.version import version as readings_version

METHODS = "repair 1 · align 2 · judge 3 · choose 2"  # raised by hand with every change that can change a page


@dataclass(frozen=True, slots=True)
class Day:
    """A day's digest, and by post id what its bilingual posts teach (only those that teach anything).

    `unfinished` tells that an engine failed for a reason that may pass: the day deserves another build. `gave_up` are
    the engines' failures in full, each once: they name hosts, keys and limits, which are the operator's and on no page.
    """

    digest: Digest
    learnt: Mapping[str, Learnt]
    unfinished: bool = False
    gave_up: tuple[str, ...] = ()


def signature_of(embedder: Embedder, by: Translators, kept: Sequence[Kept] = ()) -> str:
    """Say what makes a page, the lexicons of its sources included; the same string keys what is cached."""
    own = {one.source.name: one.lexicon.version for one in kept if one.lexicon}
    parts = [
        f"digest {__version__}",
        embedder.name,
        METHODS,
        f"readings {readings_version()}",
        f"beads {load_model().version}",
        f"lexicon {load_lexicon().version}",
        f"judge {judge_version()}",
        *(f"{name} {version}" for name, version in own.items()),
    ]
    return " · ".join(filter(None, [*parts, by.signature]))


def digest_for(
    day: date, kept: Sequence[Kept], failures: Sequence[Failure], settings: DigestSettings, embedder: Embedder,
    by: Translators,
) -> Day:  # fmt: skip
    """Make a day's digest. What fails in one post becomes a Failure; the other posts go on."""
    abstracts, failed = [], list(failures)
    learnt: dict[str, Learnt] = {}
    account = Account()
    for one in kept:
        if one.page_error and not body_in_feed(one.post):
            failed.append(one.page_error)
        reading = Reading(title_only(one, None, "no-text"))
        try:
            reading = abstract_of(one, embedder)
        except SourceError as error:
            failed.append(Failure(one.post.url, error.stage, error.reason))
        if reading.learnt.pairs:
            learnt[one.post.id] = reading.learnt
        abstracts.append(filled(reading.abstract, reading.document, by, embedder, known_words(one), account))
    failed += failures_of(account)
    digest = Digest(
        day=day,
        title=settings.title,
        link=settings.link,
        timezone=settings.timezone,
        order=settings.order,
        abstracts=tuple(abstracts),
        failures=tuple(dict.fromkeys(failed)),
        signature=signature_of(embedder, by, kept),
        quality=quality_of(abstracts, failed),
        refused=tuple(sorted(account.refused.items())),
        credits=credits_of(abstracts, by),
        offer=offer_of(abstracts, by),
    )
    return Day(digest, learnt, account.passing, tuple(dict.fromkeys(account.failures)))
