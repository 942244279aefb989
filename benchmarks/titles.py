"""Which titles are translated: `python benchmarks/titles.py CORPORA [--misses]` (Wilson 95 % intervals).

title_pairs.json's untranslated titles (both sides equal) and translated ones, each in two halves (by turns; the first
was looked at while the rules were written, the second was not); its English titles as if they were their own Chinese;
gold/titles_part.txt and gold/titles_names.txt, written for this project (the latter before the rules were run on it,
yet by the same hand).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scores import share

from digest.align.titles import is_name, read_titles

GOLD = Path(__file__).parent / "gold"
Pair = tuple[str, str]


def listed(name: str) -> list[str]:
    return [line for line in (GOLD / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


def report(name: str, pairs: Sequence[Pair], test: Callable[[str, str], bool], show: bool) -> None:
    odd = [pair for pair in pairs if not test(*pair)]
    print(f"{name:58} {share(len(pairs) - len(odd), len(pairs))}")
    for pair in odd if show else ():
        print("    ", *dict.fromkeys(pair), read_titles(*pair), sep="\n      ")


def state_is(*states: str) -> Callable[[str, str], bool]:
    return lambda zh, en: read_titles(zh, en).state in states


def main(corpora: Path, show: bool) -> None:
    found = json.loads((corpora / "digests" / "title_pairs.json").read_text("utf-8"))
    pairs = [(row["zh"], row["en"]) for rows in found.values() for row in rows]
    equal, other = ([p for p in pairs if (p[0] == p[1]) is same] for same in (True, False))
    for half in (0, 1):
        name = f"title_pairs.json, half {half + 1}"
        report(f"{name}: untranslated found", equal[half::2], state_is("untranslated"), show)
        report(f"{name}: translated accused", other[half::2], state_is("untranslated", "part"), False)
        for zh, en in other[half::2] if show else ():
            if read_titles(zh, en).state != "translated":
                print("    ", zh, en, read_titles(zh, en), sep="\n      ")
        copies = [(en, en) for _, en in other[half::2]]
        report(f"{name}: English of the translated, as an echo, found", copies, state_is("untranslated"), show)
    parts = [(zh, en) for zh, en in (line.split("\t") for line in listed("titles_part.txt"))]
    report("part-translated (own): found", parts, state_is("part"), show)
    report("part-translated (own): their English, as an echo, found", [(en, en) for _, en in parts],
           state_is("untranslated"), show)  # fmt: skip
    names = [(line, line) for line in listed("titles_names.txt")]
    report("names (own): accused", names, lambda zh, _: not is_name(zh), False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--misses" in sys.argv[2:])
