"""The posts of a day → Digest: the whole program on one screen (pure; what it needs comes in as arguments)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest import __version__
from digest.abstract.score import version as lines_version
from digest.abstract.stock import version as headings_version
from digest.align.chain import load_model
from digest.align.embed import Embedder
from digest.align.judge.weights import version as judge_version
from digest.align.lexicon import load_lexicon
from digest.config import Settings
from digest.entry import Kept, Learnt, Reading, abstract_of, known_words, title_only
from digest.errors import SourceError
from digest.filling import Account, Translators, filled
from digest.foot import credits_of, failures_of, offer_of, quality_of
from digest.gathered import Gathered
from digest.glossing import glossed
from digest.model import Abstract, Digest, Failure
from digest.normalise.post import body_in_feed
from digest.normalise.repair.version import version as readings_version
from digest.ranking.order import ordered

# Raised by hand with every change that can change a page.
METHODS = "repair 1 · align 2 · judge 3 · choose 3 · card 1 · rank 1"


@dataclass(frozen=True, slots=True)
class Day:
    """A day's digest, and by post id what its bilingual posts teach (only those that teach anything).

    `unfinished` tells that an engine failed for a reason that may pass: the day deserves another build. `gave_up` are
    the engines' failures in full, each once: they name hosts, keys and limits, which are the operator's and on no page.
    `failures` are the other ones in full: an address may hold the token of a private feed, which is on no page either.
    """

    digest: Digest
    learnt: Mapping[str, Learnt]
    unfinished: bool = False
    gave_up: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


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
        f"lines {lines_version()}",
        f"headings {headings_version()}",
        *(f"{name} {version}" for name, version in own.items()),
    ]
    return " · ".join(filter(None, [*parts, by.signature]))


def digest_for(
    day: date, gathered: Gathered, failures: Sequence[Failure], settings: Settings, embedder: Embedder, by: Translators
) -> Day:
    """Make a day's digest. What fails in one post becomes a Failure; the other posts go on."""
    order = ordered(gathered, settings, embedder, by.ledger)
    made: dict[str, Abstract] = {}
    learnt: dict[str, Learnt] = {}
    failed, account = list(failures), Account()
    for placed in (*order.entries, *order.newly):
        one = placed.kept
        if one.post.id in made:
            continue
        if one.page_error and not body_in_feed(one.post):
            failed.append(one.page_error)
        reading = Reading(title_only(one, None, "no-text"))
        try:
            reading = abstract_of(one, embedder)
        except SourceError as error:
            failed.append(Failure(one.post.url, error.stage, error.reason))
        if reading.learnt.pairs:
            learnt[one.post.id] = reading.learnt
        abstract = filled(reading.abstract, reading.document, by, embedder, known_words(one), account)
        made[one.post.id] = replace(glossed(abstract, by.ledger), rank=placed.rank)
    told = (*dict.fromkeys(public(failure) for failure in failed), *failures_of(account))
    abstracts = tuple(made[placed.kept.post.id] for placed in order.entries)
    newly = tuple(made[placed.kept.post.id] for placed in order.newly)
    digest = Digest(
        day=day,
        title=settings.digest.title,
        link=settings.digest.link,
        timezone=settings.digest.timezone,
        order=settings.digest.order,
        abstracts=abstracts,
        failures=told,
        signature=signature_of(embedder, by, (*gathered.entries, *gathered.newly)),
        quality=quality_of(abstracts, told, newly, order.rest),
        refused=tuple(sorted(account.refused.items())),
        credits=credits_of((*abstracts, *newly), by),
        offer=offer_of(abstracts, by),
        newly=newly,
        rest=order.rest,
        watch_days=settings.digest.watch_days,
    )
    return Day(digest, learnt, account.passing, tuple(dict.fromkeys(account.failures)), tuple(dict.fromkeys(failed)))


# Of an address: the scheme, who signs in, host and path, and what may hold a token (RFC 3986, section 3).
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://)(?:[^\s/?#]*@)?([^\s?#]*)(?:[?#]\S*(?<![\"'),.:;>\]]))?", re.IGNORECASE)


def public(failure: Failure) -> Failure:
    """Give a failure as every reader may see it: no address in it has a user, a query or a fragment.

    >>> public(Failure("https://me:pw@a.example/feed?key=t", "parse", "see https://me:pw@a.example/feed?key=t: 403"))
    Failure(url='https://a.example/feed', stage='parse', reason='see https://a.example/feed: 403')
    """
    told = re.split("[?#]", failure.url, maxsplit=1)[0]
    secret = failure.url[len(told) :]
    reason = failure.reason.replace(secret, "") if len(secret) > 1 else failure.reason
    return Failure(_ADDRESS.sub(r"\1\2", told), failure.stage, _ADDRESS.sub(r"\1\2", reason))
