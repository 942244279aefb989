"""Are the facts of the cards right? `python benchmarks/card.py CORPORA [--show] [--jsonl]` (Wilson 95 % intervals).

gold/card.jsonl says of each value that was read whether it is right: a place in a post of hfblog or hfblog-more (the
text stays there), or a genre. A value is right if it is the post's own, is true of what the post presents, and stands
in the right row. "tune" are the posts that were read while the rules were written (hfblog, and hfblog-more a to e).
"first" (f to k, and four of l), "second-1" and "second-2" (l to z, every other post, without those kept unread) were
labelled at the first run of the rules as they were then. What was wrong there was mended: after "first" and "second-1"
by rules, after "second-2" by leaving out whole kinds of values and nothing else. So the figures of a run are none of
unread posts; what the values were worth at first sight stands in the gold ("first_sight") and is printed beside them.
The values that were wrong stay in the gold, and the last line counts how many of them are said again. What is not in
the gold is counted as unread. `--show` prints each value for reading, `--jsonl` the unread ones as lines for the gold.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scores import share

from digest.abstract.card import LEAST, ROWS, fact_card, facts_of
from digest.abstract.genre import genre_of
from digest.model import Document
from digest.normalise.markdown import read_markdown

GOLD = Path(__file__).parent / "gold" / "card.jsonl"
LATER = ("large-language-models", "layerskip", "llama31", "long-range-transformers")
KEPT_UNREAD = frozenset(
    """
    leaderboard-medicalllm lora mixtral ml-for-games-2 password-git-deprecation phi2-intel-meteor-lake
    presidio-pii-detection red-teaming sd3 setfit transformers-design-philosophy watermarking
    """.split()  # noqa: SIM905
)
SETS = ("tune", "first", "second-1", "second-2")
Key = tuple[str, str, str, int, int, int]  # post, language, row or genre's code, paragraph, start, end


def posts(corpora: Path) -> Iterator[tuple[str, str, str, Document]]:
    """Give (set, post, language, document) of each edition that may be read."""
    for folder in ("hfblog", "hfblog-more"):
        paths = sorted((corpora / folder).glob("*.??.md"))
        slugs = sorted({path.name.split(".")[0] for path in paths} - KEPT_UNREAD)
        second = [slug for slug in slugs if slug[0] > "k" and slug not in LATER] if folder == "hfblog-more" else []
        for path in paths:
            slug, lang, _ = path.name.split(".")
            if slug not in slugs:
                continue
            if slug in second:
                part = f"second-{second.index(slug) % 2 + 1}"
            else:
                part = "tune" if folder == "hfblog" or slug[0] <= "e" else "first"
            yield part, slug, lang, read_markdown(path.read_text("utf-8"), path.stem, lang=lang)


def values(slug: str, lang: str, document: Document) -> Iterator[tuple[Key, str]]:
    for fact in facts_of(document):
        if fact.place:
            place = fact.place
            yield (slug, lang, fact.name, place.paragraph, place.start, place.end), fact.value.en or ""
    if genre := genre_of(document):
        yield (slug, lang, f"type:{genre}", -1, 0, 0), document.title


def gold_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()] if GOLD.exists() else []


def print_first_sight(rows: Iterable[dict[str, Any]]) -> None:
    """Print what the values of the posts that were kept for it were worth when they were first read."""
    sights: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in rows:
        if row.get("first_sight"):
            sights[f"{row['set']} {'type' if row['name'].startswith('type:') else 'facts'}"][row["right"]] += 1
    for name, count in sights.items():
        print(f"at first sight, {name:16}{share(count[True], count.total())}")


def main(corpora: Path, show: bool, jsonl: bool) -> None:
    rows = gold_rows()
    gold: dict[Key, bool] = {(row["post"], row["lang"], row["name"], *row["place"]): row["right"] for row in rows}
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    cards: Counter[tuple[str, str]] = Counter()
    seen: set[Key] = set()
    for part, slug, lang, document in posts(corpora):
        carded = bool(fact_card(document))
        cards[part, lang if carded else "without"] += 1
        for key, value in values(slug, lang, document):
            name = key[2].split(":")[0]
            seen.add(key)
            mark = {True: "right", False: "WRONG", None: "unread"}[gold.get(key)]
            for row in (name, "all facts") if name != "type" else (name,):
                counts[part, row][mark] += 1
            if carded and name != "type":
                counts[part, "facts of cards"][mark] += 1
            if show:
                print(f"{mark:7}{part:9}{slug}.{lang} {key[2]:10} {value}")
            if jsonl and mark == "unread":
                line = {"post": slug, "lang": lang, "name": key[2], "place": key[3:], "right": True}
                print(json.dumps(line, ensure_ascii=False))
    if jsonl:
        return
    for part in SETS:
        with_one = cards[part, "en"] + cards[part, "zh"]
        whole = with_one + cards[part, "without"]
        print(
            f"{part}: {whole} editions, {with_one} with a card of at least {LEAST} facts"
            f" ({cards[part, 'en']} English, {cards[part, 'zh']} Chinese)"
        )
        for row in (*ROWS, "all facts", "facts of cards", "type"):
            count = counts[part, row]
            if read := count["right"] + count["WRONG"]:
                print(f"  {row:16}{share(count['right'], read)}  unread {count['unread']}")
    print_first_sight(rows)
    wrong = [key for key, right in gold.items() if not right]
    print(f"known to be wrong, and not said: {share(sum(key not in seen for key in wrong), len(wrong))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--show" in sys.argv[2:], "--jsonl" in sys.argv[2:])
