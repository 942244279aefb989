"""Which Latin words are ordinary English: a list of common words that ships, their inflections, and function words."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache

# Words that hold English prose together and that names seldom have.
_FUNCTION_WORDS = """
a an the of to in on at by for from with without within as is are was were be been being am it its this that these
those and or but nor not no which who whom whose what why how when where while we you they i he she me us them him our
your their my his her have has had do does did can could will would should may might must shall into onto than then so
if because about over under between through during against via using vs versus per there here also just only very
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
# Everyday words that are younger than the list's sources.
_YOUNG_WORDS = """
stats app blog website internet email online leaderboard malware backend frontend startup smartphone laptop pixel
tutorial podcast video browser outage workflow dataset chatbot benchmark firmware ransomware crypto scraper hacker
screenshot download upload plugin codebase toolkit roadmap showdown rollout rollback webpage hardware software robot
interop
"""
YOUNG_WORDS = frozenset(_YOUNG_WORDS.split())
_CONTRACTION = re.compile(r"['’](?:s|t|re|ve|ll|d|m)$", re.I)
# Endings that turn one word into another form of it, and what the base ends in instead.
_INFLECTIONS = (
    ("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ily", "y"), ("es", ""), ("s", ""), ("ing", ""),
    ("ing", "e"), ("ed", ""), ("ed", "e"), ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"), ("est", ""),
    ("est", "e"), ("ly", ""),
)  # fmt: skip
_DERIVATIONS = (
    ("ly", "le"), ("ally", ""), ("iness", "y"), ("ness", ""), ("less", ""), ("able", ""), ("able", "e"), ("ful", ""),
    ("ment", ""), ("ion", ""), ("ion", "e"), ("ation", "e"), ("ity", ""), ("ity", "e"), ("ize", ""),
)  # fmt: skip
_PREFIXES = ("un", "re", "super", "anti", "pre", "non", "over", "mis", "multi")
LEAST_BASE = 3  # letters that an ending must leave


def is_function_word(word: str) -> bool:
    """Tell function words and contractions.

    >>> [is_function_word(w) for w in ("The", "don’t", "we've", "Gemma")]
    [True, True, True, False]
    """
    return word.lower() in FUNCTION_WORDS or bool(_CONTRACTION.search(word))


def is_ordinary(word: str) -> bool:
    """Tell whether a word, in any case, is one of the common English words or a regular form of one.

    >>> [is_ordinary(w) for w in ("joke", "Clouds", "versioning", "PyTorch", "vLLM")]
    [True, True, True, False, False]
    """
    key, known = word.lower(), common_words()
    bare = [key.removeprefix(p) for p in _PREFIXES if key.startswith(p) and len(key) - len(p) > LEAST_BASE]
    forms = [form for one in (key, *bare) for form in (one, *base_forms(one))]
    return any(form in known or any(root in known for root in _bases(form, _DERIVATIONS)) for form in forms)


def base_forms(word: str) -> Iterator[str]:
    """Give what a lower-case word may be an inflected form of.

    >>> sorted(base_forms("stopped"))
    ['stop', 'stopp', 'stoppe']
    """
    return _bases(word, _INFLECTIONS)


def _bases(word: str, endings: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for ending, instead in endings:
        base = word.removesuffix(ending)
        if base != word and len(base) >= LEAST_BASE:
            yield base + instead
            if not instead and len(base) > LEAST_BASE and base[-1] == base[-2]:
                yield base[:-1]


@cache
def common_words() -> frozenset[str]:
    """Load the common words that ship, once a process; benchmarks/fit_english.py made the file from SCOWL."""
    from importlib.resources import files

    body = gzip.decompress((files("digest") / "data" / "english.txt.gz").read_bytes())
    return frozenset(body.decode().split("\n")) | YOUNG_WORDS
