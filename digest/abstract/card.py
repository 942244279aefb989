"""A post's fact card: what can be said of it truly without a translation, each value as the post has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from digest.abstract.card_figures import figures
from digest.abstract.card_links import Found, links, papers, repositories
from digest.abstract.card_models import models
from digest.abstract.card_names import squeezed, subject_names, told
from digest.abstract.genre import genre_of
from digest.genres import GENRES
from digest.model import Both, Document, Fact, Place

ROWS = ("models", "size", "context", "paper", "code", "licence", "languages")
MOST = {"models": 4, "size": 3, "context": 2, "paper": 2, "code": 2, "licence": 1, "languages": 1}  # values of a row
MOST_TOLD = 3_000  # sentences and headings that are looked at; a text of nothing but stops has more
LEAST = 2  # facts beyond the type: no card rather than a thin one


def fact_card(document: Document) -> tuple[Fact, ...]:
    """Give the facts of a post in the order of their rows, () where there are fewer than two beyond its type.

    A value stands in the post at its place; that of a link (paper, code, a model) may stand in the link's address
    instead, and its place is then the link's text. No value has a guessed character.
    """
    facts = facts_of(document)
    if len(facts) < LEAST:
        return ()
    genre = genre_of(document)
    kind = (Fact("type", GENRES[genre]),) if genre else ()
    return kind + facts


def facts_of(document: Document) -> tuple[Fact, ...]:
    """Give what a post says of its own subject, in the order of the rows, however little that is."""
    names = subject_names(document)
    sentences = tuple(islice(told(document, names), MOST_TOLD))
    linked = tuple(links(document, sentences))
    found = [
        *models(document, sentences, linked, names),
        *papers(linked, names),
        *repositories(linked, names, document.title),
        *figures(sentences, names, document.title),
    ]
    facts = (_fact(document, each) for each in _few(_sound(document, found)))
    return tuple(sorted(facts, key=lambda fact: ROWS.index(fact.name)))


def _sound(document: Document, found: Iterable[Found]) -> Iterator[Found]:
    for each in found:
        guesses = document.paragraphs[each.paragraph].guesses
        if not any(each.start <= guess.at < each.end for guess in guesses):
            yield each


def _few(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what was said before in other letters, and what is more than a row holds."""
    said: dict[str, set[str]] = {}
    count: Counter[str] = Counter()
    for each in found:
        before = said.setdefault(each.name, set())
        keys = {squeezed(text) for text in (each.value, each.href.rstrip("/").rsplit("/", 1)[-1]) if text}
        again = bool(keys & before)
        if each.name == "models":  # "Meta-Llama-3.1-8B" says "Llama 3.1 8B" again
            again = again or any(key.endswith(old) for key in keys for old in before)
        if not again and count[each.name] < MOST[each.name]:
            count[each.name] += 1
            yield each
        before |= keys


def _fact(document: Document, found: Found) -> Fact:
    place = Place(document.lang, document.url, found.paragraph, found.start, found.end)
    return Fact(found.name, Both(found.value, found.value), place, found.href)
