"""Which of the topics that a reader named a post is about, in whichever language either is written (pure).

Within a language words are compared as they stand, inflected forms taken together; a term that is known counts by its
names in the other language too. Beyond that, across languages, stretches of one
to four words are compared by their vectors with the topic as a whole, and each word of the topic with its nearest word
in the stretch: without that, "language model" would pass for 视觉语言模型.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from digest.align.embed import Embedder, Vectors
from digest.align.terms.cut import key_of, zh_key
from digest.align.terms.ledger import Ledger
from digest.align.words import HAN_RUN, STOP, segmenter, words
from digest.normalise.language import side_of
from digest.ranking.rules import plain, word_pattern

# Cosines measured on 30 topics in both languages and 60 posts of hfblog and hfblog-more (names up to l…), a topic in
# one language against a title in the other (benchmarks/topics.py): 38 of 38 matches were right; on the titles of other
# digests, with other topics, 79 of 88. First sentences name much by the way: they need more, and count half.
IN_TITLE = 0.72
IN_LEAD = 0.75
EACH_WORD = 0.5
LEAD_SHARE = 0.5
MOST_WORDS = 4
LEAST_STEM = 4  # letters of a word whose other forms are known by their stem
_TOKEN = re.compile(rf"(?P<han>{HAN_RUN.pattern})|[^\W_][\w+.#']*|[^\w\s-]")


def named(topics: Iterable[str], ledger: Ledger) -> Mapping[str, tuple[str, ...]]:
    """Give each topic with what it is called in the other language, where it is a term that somebody settled."""
    settled = [(term, key_of(term.en), {zh_key(form) for form in term.forms}) for term in ledger.terms if term.settled]
    return {
        topic: tuple(term.en for term, _, forms in settled if zh_key(topic) in forms)
        if side_of(topic) == "zh"
        else tuple(form for term, key, _ in settled if key == key_of(topic) for form in term.forms)
        for topic in topics
    }


def strengths(
    topics: Mapping[str, Sequence[str]], titles: Sequence[str], lead: Sequence[str], embedder: Embedder
) -> Mapping[str, float]:
    """Say which topics a post meets, each with a strength: 1 in a title, less in its first sentences.

    `topics` have their other names (`named`); `titles` are the titles there are, in either language, `lead` the first
    sentences.
    """
    found: dict[str, float] = {}
    for topic, names in topics.items():
        for texts, least, share in ((titles, IN_TITLE, 1.0), (lead, IN_LEAD, LEAD_SHARE)):
            if any(
                any(_says(name, text) for name in (topic, *names)) or _is_near(topic, text, least, embedder)
                for text in texts
            ):
                found[topic] = share
                break
    return found


def _says(topic: str, text: str) -> bool:
    """Tell whether a text holds a topic's words, one behind the other."""
    if word_pattern(topic).search(plain(text)):
        return True
    if side_of(topic) != "en":
        return False
    if min(map(len, topic.split())) < LEAST_STEM:  # RAG is in RAGs, and not in ragged
        return bool(word_pattern(f"{topic}s").search(plain(text)))
    wanted, there = words(topic), words(text)
    return bool(wanted) and any(there[at : at + len(wanted)] == wanted for at in range(len(there)))


def _is_near(topic: str, text: str, least: float, embedder: Embedder) -> bool:
    candidates = stretches(text) if {side_of(topic), side_of(text)} == {"zh", "en"} else ()
    if not candidates:
        return False
    likeness = embedder.encode(candidates) @ embedder.encode([topic])[0]
    wanted = [word for word in _words(topic) if word.lower() not in STOP]
    return any(
        score >= least and _covers(wanted, candidate, embedder)
        for candidate, score in zip(candidates, likeness, strict=True)
    )


def _covers(wanted: Sequence[str], stretch: str, embedder: Embedder) -> bool:
    """Tell whether each word of a topic has one in the stretch that is near to it."""
    if not wanted:
        return False
    nearness: Vectors = embedder.encode(wanted) @ embedder.encode(list(_words(stretch))).T
    return bool((nearness.max(axis=1) >= EACH_WORD).all())


def stretches(text: str) -> tuple[str, ...]:
    """Give the stretches of one to four words that may name something: no mark within, no idle word at either end.

    >>> stretches("Text generation, on CPUs")
    ('Text', 'Text generation', 'generation', 'CPUs')
    >>> stretches("我们的4 比特量化")
    ('4', '4 比特', '4 比特量化', '比特', '比特量化', '量化')
    """
    return tuple(dict.fromkeys(_stretches(plain(text))))


def _stretches(text: str) -> Iterator[str]:
    places = list(_places(text))
    for first, (start, end, word) in enumerate(places):
        if not word or word.lower() in STOP:
            continue
        for _, end, word in places[first : first + MOST_WORDS]:
            if not word:
                break
            if word.lower() not in STOP:
                yield text[start:end]


def _places(text: str) -> Iterator[tuple[int, int, str]]:
    """Give (start, end, word) in order; a mark is a place without a word."""
    for token in _TOKEN.finditer(text):
        if not token["han"]:
            word = token.group()
            trimmed = word.rstrip(".'")
            yield token.start(), token.start() + len(trimmed), trimmed if word[0].isalnum() else ""
            if trimmed != word:
                yield token.end(), token.end(), ""
            continue
        at = token.start()
        for word in segmenter().cut(token.group()):
            yield at, at + len(word), word
            at += len(word)


def _words(text: str) -> Iterator[str]:
    return (word for _, _, word in _places(plain(text)) if word)
