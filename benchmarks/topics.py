"""Which posts a reader's topics meet, across languages: `python benchmarks/topics.py CORPORA [--misses]`.

gold/topics.tsv names, for 30 topics in both languages, which posts of hfblog and hfblog-more (names up to l…) are about
them. Right is a match with a post that is about the topic, or partly; found counts the former only. The thresholds of
digest/topics.py were chosen on these posts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from scores import share

from digest.align.embed import Remembered, load_embedder
from digest.engines.terms import ledger_for
from digest.model import Page
from digest.normalise.article import read_page
from digest.normalise.split import sentences
from digest.ranking.topics import LEAD_SHARE, named, strengths

GOLD = Path(__file__).parent / "gold" / "topics.tsv"
LAST = "m"  # posts whose names begin with this or a later letter are not read here
KIND = (("content-type", "text/markdown; charset=utf-8"),)
LEAD = 2
Text = tuple[str, tuple[str, ...]]


def posts(corpora: Path) -> Iterator[tuple[str, dict[str, Text]]]:
    """Give the name of each post, and by language its title and first sentences."""
    for folder in ("hfblog", "hfblog-more"):
        for path in sorted((corpora / folder).glob("*.en.md")):
            name = path.name.removesuffix(".en.md")
            if folder == "hfblog" or (name < LAST and not name.startswith(("leaderboard-", "lora"))):
                yield name, {side: opening(path.with_name(f"{name}.{side}.md")) for side in ("zh", "en")}


def opening(path: Path) -> Text:
    document = read_page(Page(f"https://example.org/{path.name}", path.read_bytes(), KIND))
    prose = tuple(p for p in document.paragraphs if p.kind == "prose")[:LEAD]
    return document.title, tuple(sentence.text for sentence in sentences(prose))[:LEAD]


def main(corpora: Path, show: bool) -> None:
    rows = [line.split("\t") for line in GOLD.read_text("utf-8").splitlines() if not line.startswith("#")]
    known, embedder = dict(posts(corpora)), Remembered(load_embedder())
    ledger = ledger_for([], None)
    for column, topic_side, side in ((0, "zh", "en"), (1, "en", "zh"), (0, "zh", "zh"), (1, "en", "en")):
        about = {(row[column], name) for row in rows for name in row[2].split()} & {
            (row[column], name) for row in rows for name in known
        }
        partly = {(row[column], name) for row in rows for name in row[3].split()}
        topics = named((row[column] for row in rows), ledger)
        met = {
            (topic, name): strength
            for name, texts in known.items()
            for topic, strength in strengths(topics, [texts[side][0]], texts[side][1], embedder).items()
        }
        for where, wanted in (("title", 1.0), ("first sentences", LEAD_SHARE)):
            got = {pair for pair, strength in met.items() if strength == wanted}
            right, found = got & (about | partly), got & about
            print(f"topic {topic_side}, post {side}, {where:15}  right {share(len(right), len(got))}"
                  f"  found {share(len(found), len(about))}")  # fmt: skip
            for pair in sorted(got - right) if show else ():
                print("    ", *pair)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--misses" in sys.argv)
