"""Which posts and pages are two editions of one post: clues first, then titles and vectors; each is checked (pure).

Two editions are one entry, whichever feed brought them. A clue is a hint only: a twin rule may lead to the wrong page,
a footer may name a source that was merely quoted. What agrees in structure and meaning is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from digest.align.embed import Embedder, Vectors
from digest.align.match import may_be_same, near_titles, same_post_by_vectors
from digest.fetch.identity import canonical
from digest.model import SIDES, Document, Edition, Post, Story, base_lang, joined_posts
from digest.normalise.editions import candidates
from digest.normalise.split import sentences

# A damaged edition cannot be compared by meaning; its letters, digits and names survive the loss of bytes, since the
# bytes lost are never ASCII. At least this share of them must stand in the other edition.
DAMAGED_OVERLAP = 0.5
LEAST_WORDS = 3  # of that kind, or nothing can be said
FAR_APART = timedelta(days=120)  # translations came 20 days later at the median, 50 at the upper quartile
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.+-]{2,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post with its text, the twin rule of its source, and addresses that a listing has under a like title."""

    post: Post
    document: Document
    twin: Mapping[str, str]
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Other:
    """What stands at the address a clue names: a page, or a post with its page or body."""

    url: str
    document: Document
    post: Post | None


def find_editions(
    found: Sequence[Candidate],
    known: Sequence[Edition],
    post_at: Callable[[str], Post | None],
    document_at: Callable[[str], Document | None],
    document_of_post: Callable[[Post], Document | None],
    embedder: Embedder,
    copies: Mapping[str, Story] | None = None,
) -> tuple[Edition, ...]:
    """Give the editions that `known` does not hold yet, each checked, in the order of `found`.

    `post_at` finds the post known under an address, `document_at` reads the stored page of an address,
    `document_of_post` a post's stored text (None where there is none). `copies` are posts known to be another's copy:
    no title joins them while that one is at hand.
    """
    taken = joined_posts(known)
    fresh: list[Edition] = []
    texts = Texts(embedder)
    free = [c for c in found if c.post.id not in taken and (base_lang(c.document.lang) in SIDES or c.document.damage)]
    for candidate in free:
        if candidate.post.id in taken:
            continue
        for url, how in _places(candidate):
            other = _at(url, post_at, document_at, document_of_post)
            if other is None or (other.post and other.post.id in taken):
                continue
            score = texts.agree(candidate.document, other.document)
            if score is not None:
                edition = _edition(candidate, other, how, score)
                fresh.append(edition)
                taken |= joined_posts([edition])
                break
    at_hand = {c.post.id for c in free} | taken
    copied = {post for post, story in (copies or {}).items() if story.same_as in at_hand}
    fresh += _by_title([c for c in free if c.post.id not in taken | copied], texts, embedder)
    return (*fresh, *_posts_of_known(found, known))


def _places(candidate: Candidate) -> Iterator[tuple[str, str]]:
    """Give where a candidate's other edition may stand, best first, each with the clue that says so."""
    clues = candidates(candidate.document, twin=candidate.twin, lang=base_lang(candidate.document.lang))
    yield from ((clue.url, clue.how) for clue in clues)
    yield from ((url, "title") for url in candidate.named)


def _at(
    url: str,
    post_at: Callable[[str], Post | None],
    document_at: Callable[[str], Document | None],
    document_of_post: Callable[[Post], Document | None],
) -> _Other | None:
    post = post_at(url)
    if post is None and (page := document_at(url)) is not None:
        post = post_at(page.url)  # a footer's short address (hf.co/…) leads to the one that the feed gives
        if post is None:
            return _Other(url, page, None)
    document = document_of_post(post) if post else None
    return _Other(post.url, document, post) if post and document else None


class Texts:
    """Compares documents; each is split and encoded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

    def _of(self, document: Document) -> Vectors:
        if document.url not in self._vectors:
            texts = [sentence.text for sentence in sentences(document.paragraphs)]
            self._vectors[document.url] = self._embedder.encode(texts)
        return self._vectors[document.url]

    def agree(self, one: Document, two: Document) -> float | None:
        """Give how well two documents agree as editions of one post, None where they are not."""
        sides = {base_lang(one.lang): one, base_lang(two.lang): two}
        if one.damage or two.damage:
            damaged, sound = (one, two) if one.damage else (two, one)
            share = _shared_words(damaged, sound)
            return share if share >= DAMAGED_OVERLAP and not sound.damage else None
        if set(sides) != set(SIDES):
            return None
        zh, en = sides["zh"], sides["en"]
        match = same_post_by_vectors(zh, en, self._of(zh), self._of(en), self._embedder)
        return match.score if match.accepted else None


def _shared_words(damaged: Document, sound: Document) -> float:
    def words(document: Document) -> set[str]:
        return {w.lower() for p in document.paragraphs for w in LATIN.findall(p.text)}

    found = words(damaged)
    return len(found & words(sound)) / len(found) if len(found) >= LEAST_WORDS else 0.0


def _edition(candidate: Candidate, other: _Other, how: str, score: float) -> Edition:
    """Make the record, the original's post first where both are posts.

    The original is what a footer names; else what came earlier; else, as at the Hugging Face blog and at most
    blogs that publish in both languages, the English text.
    """
    mine = base_lang(candidate.document.lang)
    # a damaged text may look like any language: it stands on the side that the sound one leaves
    if candidate.document.damage:
        mine = "en" if base_lang(other.document.lang) == "zh" else "zh"
    theirs = "en" if mine == "zh" else "zh"
    times = {mine: _came(candidate.post), theirs: _came(other.post) if other.post else None}
    if how == "footer":
        original = theirs
    elif times["zh"] and times["en"] and not _of_one_day(times["zh"], times["en"]):
        original = "zh" if times["zh"] < times["en"] else "en"
    else:
        original = "en"
    if other.post is not None and original == theirs:
        lang = candidate.document.lang if not candidate.document.damage else mine
        return Edition(other.post.id, lang, candidate.post.url, candidate.post.id, how, round(score, 4), original)
    lang = other.document.lang if not other.document.damage else theirs
    other_id = other.post.id if other.post else None
    return Edition(candidate.post.id, lang, other.url, other_id, how, round(score, 4), original)


def _came(post: Post) -> datetime:
    """Give when a post came: a date that its feed gave only after that day's page was out is that of its original."""
    return post.first_seen if post.late_on else post.published


def _of_one_day(one: datetime, two: datetime) -> bool:
    """Tell whether two times do not say which was earlier: equal, or one may be a bare date, midnight somewhere."""
    bare = any((moment.minute, moment.second) == (0, 0) for moment in (one, two))
    return one == two or (bare and abs(one - two) < timedelta(days=1))


def _by_title(free: Sequence[Candidate], texts: Texts, embedder: Embedder) -> list[Edition]:
    """Pair what no clue joined: near titles, near dates and like structure propose, the texts decide.

    Posts of one title count as one among the nearest: copies would crowd the true edition out.
    """
    titled: dict[str, dict[str, list[Candidate]]] = {"zh": {}, "en": {}}
    for candidate in free:
        side = base_lang(candidate.document.lang)
        if side in titled and not candidate.document.damage:
            titled[side].setdefault(candidate.post.title, []).append(candidate)
    zh, en = (list(titled[side]) for side in ("zh", "en"))
    near = [
        pair for i, j, _ in near_titles(zh, en, embedder) for pair in product(titled["zh"][zh[i]], titled["en"][en[j]])
    ]
    editions: list[Edition] = []
    taken: set[str] = set()
    for one, two in near:
        if {one.post.id, two.post.id} & taken or abs(one.post.published - two.post.published) > FAR_APART:
            continue
        score = texts.agree(one.document, two.document) if may_be_same(one.document, two.document) else None
        if score is not None:
            editions.append(_edition(one, _Other(two.post.url, two.document, two.post), "title", score))
            taken |= {one.post.id, two.post.id}
    return editions


def _posts_of_known(found: Sequence[Candidate], known: Sequence[Edition]) -> list[Edition]:
    """Name the posts that feeds have brought since for editions known by their address only."""
    waiting = {canonical(e.url): e for e in known if e.other is None}
    named = []
    for candidate in found:
        edition = waiting.get(canonical(candidate.post.url))
        if edition is not None and edition.post != candidate.post.id:
            named.append(replace(edition, other=candidate.post.id))
    return named
