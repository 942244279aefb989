"""The terms that posts teach: `python benchmarks/terms.py CORPORA [--folder NAME] [--read OUT.jsonl]`.

Mines each post of a folder (hfblog; hfblog-more with --folder) as the daily job reads it, and says by the labels in
gold/terms.jsonl how many of the mined pairs are right, by how they were found, with Wilson's 95 % interval; pairs that
nobody has read yet are named, or counted where they are many. --read writes the pairs with their lines, to be read.

The rules were settled on the half of hfblog-more that `printed.fitted_on` names. All terms of hfblog were read after
that; two rules were mended when that reading was known (a phrase may stand before "the" now and then; the last word of
an English form always counts), which changed 5 of its 108. So 120 terms of the other half of hfblog-more, drawn by
their hash, were read after the last change.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scores import share
from vectors import kept_embedder

from digest.align.embed import Embedder
from digest.align.lexicon import load_lexicon
from digest.align.terms.mine import Evidence, Pair, Sighting, mine
from digest.model import Page
from digest.normalise.article import read_page
from digest.pairs import aligned_texts, encoded

GOLD = Path(__file__).parent / "gold" / "terms.jsonl"
HOWS = ("brackets", "pairs")
MOST_NAMED = 50


def verified_pairs(folder: Path, embedder: Embedder) -> Iterator[tuple[str, list[Pair]]]:
    """Give each post's verified pairs of lines."""
    for path in sorted(folder.glob("*.en.md")):
        slug = path.name.removesuffix(".en.md")
        en, zh = (
            encoded(
                read_page(
                    Page(
                        f"https://example.org/{lang}/{slug}.md",
                        path.with_name(f"{slug}.{lang}.md").read_bytes(),
                        (("content-type", "text/markdown"),),
                    )
                ),
                embedder,
            )
            for lang in ("en", "zh")
        )
        aligned = aligned_texts(en, zh, embedder, load_lexicon())
        sound = [aligned.beads[i] for i, verdict in aligned.verdicts().items() if verdict.verified]
        yield slug, [(zh.line(bead.zh), en.line(bead.en)) for bead in sound]


def place(pair: Pair, seen: Evidence) -> list[int]:
    """Give where a Chinese term stands: number of the paragraph, start and end in it.

    Of a line over several paragraphs it is the first's number, and start and end in the line.
    """
    where = pair[0].places[0]
    shift = where.start if len(pair[0].places) == 1 else 0
    return [where.paragraph, shift + seen.zh[0], shift + seen.zh[1]]


def row_of(slug: str, pairs: list[Pair], term: Sighting) -> dict[str, Any]:
    key = hashlib.sha256(f"{slug}\n{term.zh}\n{term.en}".encode()).hexdigest()[:12]
    first = term.evidence[0]
    return {
        "post": slug, "key": key, "how": term.how, "place": place(pairs[first.pair], first), "zh": term.zh,
        "en": term.en, "score": term.score, "times": len(term.evidence),
        "lines": [[line.text for line in pairs[e.pair]] for e in term.evidence[:3]],
    }  # fmt: skip


def labels() -> dict[str, str]:
    _, *rows = map(json.loads, GOLD.read_text("utf-8").splitlines())
    return {row["key"]: row["label"] for row in rows}


def report(rows: list[dict[str, Any]], posts: int) -> None:
    known = labels()
    read = [row for row in rows if row["key"] in known]
    print(f"{len(rows)} terms of {posts} posts, {len(rows) / posts:.1f} a post; {len(read)} of them read")
    for how in ("", *HOWS):
        found = [known[row["key"]] for row in read if how in ("", row["how"])]
        of = Counter(found)
        print(f"{how or 'all':9} right {share(of['term'] + of['phrase'], len(found))}")
        print(f"{'':9} right and a term of its field {share(of['term'], len(found))}")
    for post, n in sorted(Counter(row["post"] for row in rows).items()):
        print(f"  {post:40} {n}")
    unread = [row for row in rows if row["key"] not in known]
    print(f"{len(unread)} not read")
    for row in unread if len(unread) <= MOST_NAMED else ():
        print("not read:", row["post"], row["key"], row["how"], row["zh"], "=", row["en"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--folder", default="hfblog")
    parser.add_argument("--read", type=Path)
    given = parser.parse_args()
    embedder = kept_embedder()
    rows, posts = [], 0
    for slug, pairs in verified_pairs(given.corpora / given.folder, embedder):
        posts += 1
        rows += [row_of(slug, pairs, term) for term in mine(pairs, embedder)]
    if given.read:
        given.read.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    report(rows, posts)


if __name__ == "__main__":
    main()
