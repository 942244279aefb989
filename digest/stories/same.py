"""Which posts are copies of one post: from several feeds, mirrored, posted again, edited (pure).

Editions are found before (merge.py); here a cluster is a post, its edition and all their copies, and one of it stands.
Addresses, titles and the smallest hashes of texts only propose a pair; the texts decide (`align/copies.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TypeVar
from urllib.parse import urlsplit

from digest.align.changed import SLIGHT, Change
from digest.align.copies import FEWEST, Clues, Overlap, Shingles, is_copy, overlap, shingles
from digest.align.embed import Embedder
from digest.align.match import may_be_same, near_titles
from digest.align.same_titles import bare_titles, same_title
from digest.merge import FAR_APART, Texts
from digest.model import SIDES, Edition, Story
from digest.stories.edits import EXCERPT, change_of
from digest.stories.signatures import bare
from digest.stories.told import Clusters, ReadText, Told

Key = TypeVar("Key")  # what texts share: a hash, a title, an address

FEWEST_SHARED = 5  # of the 128 smallest hashes of two texts: what proposes a pair (chance gives none)
MOST_TOLD = 40  # texts that share a hash, a title or an address: what more share is a template and proposes nothing
MOST_HELD = 1_000_000  # shingles of texts that are held at once: about 100 MB


def find_same(
    told: Sequence[Told],
    fresh: Collection[str],
    editions: Sequence[Edition],
    known: Mapping[str, Story],
    read: ReadText,
    clues: Callable[[Told], Iterable[str]],
    embedder: Embedder,
) -> tuple[Story, ...]:
    """Give the copies among the posts that `known` does not hold yet, each with the post whose entry stands for it.

    Only pairs with a text named in `fresh` are looked at. `read` reads a text, `clues` gives the addresses where a
    text's other-language edition may be.
    """
    clusters = Clusters(told, editions, known)
    texts = _Texts(read)
    found: list[Story] = []
    for one, two, pointed in _proposed(told, fresh):
        ones, twos = clusters.entry_of(one.post.id), clusters.entry_of(two.post.id)
        if ones == twos or (seen := texts.copied(one, two, pointed=pointed)) is None:
            continue
        if moved := clusters.join(ones, twos):
            later, earlier = (one, two) if moved[0] == ones else (two, one)
            found.append(texts.story(moved, earlier, later, seen, pointed=pointed))
    found += _translated_again(told, fresh, clusters, read, clues, embedder)
    return tuple(replace(story, same_as=clusters.entry_of(story.same_as)) for story in found)


# ---- which pairs are looked at --------------------------------------------------------------------------------------


def _proposed(told: Sequence[Told], fresh: Collection[str]) -> Iterator[tuple[Told, Told, bool]]:
    """Propose pairs of texts of one side, each once, those that share most first; the third tells a shared address.

    A text is paired with `MOST_TOLD` of those before it at most, so that what is compared grows as the texts do.
    """
    by_hash: dict[int, list[int]] = defaultdict(list)
    by_title: dict[str, list[int]] = defaultdict(list)
    by_address: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(told):
        for code in one.signature.hashes:
            by_hash[code].append(n)
        for title in _titles(one):
            by_title[title].append(n)
        for address in _addresses(one):
            by_address[address].append(n)
    firsts: dict[tuple[str, str, tuple[int, ...]], int] = {}
    proposed: list[tuple[int, int, int, bool]] = []
    for n, one in enumerate(told):
        shared = Counter(_before(n, by_hash, one.signature.hashes))
        pointed = set(_before(n, by_address, _addresses(one)))
        near = {m for m, count in shared.items() if count >= FEWEST_SHARED}
        near |= pointed | set(_before(n, by_title, _titles(one)))
        if one.signature.size >= FEWEST:
            # any number of texts that are one, under one title, are found through the first of them
            near |= {firsts.setdefault((one.signature.side, _called(one), one.signature.hashes), n)} - {n}
        fit = [m for m in near if told[m].signature.side == one.signature.side
               and (one.name in fresh or told[m].name in fresh)]  # fmt: skip
        fit.sort(key=lambda m: (-shared[m], m not in pointed, m))
        proposed += [(-shared[m], m, n, m in pointed) for m in fit[:MOST_TOLD]]
    for _, i, j, is_pointed in sorted(proposed):
        yield told[i], told[j], is_pointed


def _before(n: int, places: Mapping[Key, Sequence[int]], keys: Iterable[Key]) -> Iterator[int]:
    """Give the texts before `n` that share one of its keys, once for each that they share."""
    for key in keys:
        if len(places[key]) <= MOST_TOLD:
            yield from takewhile(lambda m: m < n, places[key])


def _titles(one: Told) -> set[str]:
    """Give what a text is called, in its feed and on its page, with and without a site's name."""
    return {title for name in (one.post.title if one.name == one.post.id else "", one.signature.title)
            for title in bare_titles(name)}  # fmt: skip


def _addresses(one: Told) -> set[str]:
    return {address for address in (bare(one.url), *one.signature.names) if address}


# ---- whether they are copies ----------------------------------------------------------------------------------------


class _Texts:
    """Compares texts of one language; each is read and cut into shingles once."""

    def __init__(self, read: ReadText) -> None:
        self._read = read
        self._shingles: dict[str, Shingles] = {}
        self._held = 0

    def _of(self, one: Told) -> Shingles:
        if one.name not in self._shingles:
            if self._held > MOST_HELD:
                self._shingles.clear()
                self._held = 0
            document = self._read(one)
            self._shingles[one.name] = shingles(document) if document else frozenset()
            self._held += len(self._shingles[one.name])
        return self._shingles[one.name]

    def copied(self, one: Told, two: Told, *, pointed: bool) -> Overlap | None:
        """Give the overlap of two texts that are copies of one post, None where they are not."""
        seen = overlap(self._of(one), self._of(two))
        titles = _called(one), _called(two)
        clues = Clues(pointed, same_title(*titles), _is_own(one, two, pointed=pointed))
        return seen if is_copy(seen, clues, *titles) else None

    def story(self, moved: tuple[str, str], earlier: Told, later: Told, seen: Overlap, *, pointed: bool) -> Story:
        changed = Change(0.0, worth=False)
        if seen.least >= EXCERPT:
            own = _is_own(earlier, later, pointed=pointed)
            changed = change_of(self._read(earlier), self._read(later), own=own)
        how = "text"
        if changed.share >= SLIGHT:
            how = "edited"
        elif bare(earlier.url) and bare(earlier.url) == bare(later.url):
            how = "address"
        elif pointed:
            how = "named"
        return Story(*moved, how, round(seen.most, 4), changed.worth)


def _called(one: Told) -> str:
    return (one.post.title if one.name == one.post.id else "") or one.signature.title


def _is_own(one: Told, two: Told, *, pointed: bool) -> bool:
    """Tell whether texts are of one source, or of two feeds of one site; there, one address in both is one post."""
    if one.post.source == two.post.source:
        return True
    return not pointed and urlsplit(one.url).hostname == urlsplit(two.url).hostname


# ---- a second translation -------------------------------------------------------------------------------------------


def _translated_again(
    told: Sequence[Told],
    fresh: Collection[str],
    clusters: Clusters,
    read: ReadText,
    clues: Callable[[Told], Iterable[str]],
    embedder: Embedder,
) -> Iterator[Story]:
    """Give posts that translate one which has both languages already: addresses and titles propose, texts decide."""
    texts = Texts(embedder)
    for one, other in _across(told, fresh, clusters, clues, embedder):
        if clusters.has_both(one.post.id) or clusters.entry_of(one.post.id) == clusters.entry_of(other.post.id):
            continue
        mine, theirs = read(one), read(other)
        if mine is None or theirs is None or mine.damage or not may_be_same(mine, theirs):
            continue
        score = texts.agree(mine, theirs)
        if score is not None and (moved := clusters.join(one.post.id, other.post.id)):
            yield Story(*moved, "translation", round(score, 4))


def _across(
    told: Sequence[Told],
    fresh: Collection[str],
    clusters: Clusters,
    clues: Callable[[Told], Iterable[str]],
    embedder: Embedder,
) -> Iterator[tuple[Told, Told]]:
    """Propose (a text in one language, a text in the other whose post has both), by clues, then by titles."""
    free = [one for one in told if one.name == one.post.id and one.signature.side in SIDES
            and not clusters.has_both(one.post.id)]  # fmt: skip
    both = [one for one in told if one.signature.side in SIDES and clusters.has_both(one.post.id)]
    # of copies one speaks for all: they would crowd the nearest titles
    firsts = {(clusters.entry_of(one.post.id), one.signature.side): one for one in reversed(both)}.values()
    at = {bare(one.url): one for one in reversed(both)}
    for one in free:
        if both and one.name in fresh:
            for address in clues(one):
                other = at.get(bare(address))
                if other is not None and other.signature.side != one.signature.side:
                    yield one, other
    for side in SIDES:
        mine = [one for one in free if one.signature.side == side]
        theirs = [one for one in firsts if one.signature.side != side]
        if not any(one.name in fresh for one in (*mine, *theirs)):
            continue
        for i, j, _ in near_titles([_called(one) for one in mine], [_called(one) for one in theirs], embedder):
            one, other = mine[i], theirs[j]
            near = abs(one.post.published - other.post.published) <= FAR_APART
            if near and (one.name in fresh or other.name in fresh):
                yield one, other
