"""Learn the lexicon that ships: `python benchmarks/fit_lexicon.py CORPORA [OUT]`.

From two sources, each learnt by itself, of each word pair the larger score: the English and Chinese segments of the
Python documentation (python/python-docs-zh-cn, branch 3.14, commit bfdf9589; contributed under CC0), and 93 posts of
the Hugging Face blog with their translations (huggingface/blog and its Chinese edition, which state no licence; only
these figures come from them), aligned with the model at hand. Kept are pairs of words seen often enough to mean
something.
"""

from __future__ import annotations

import lzma
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from vectors import kept_embedder

from digest.align.beads import align
from digest.align.lexicon import Lexicon, WordPair, joined, learn, named, packed
from digest.align.words import words
from digest.normalise.markdown import read_markdown
from digest.normalise.split import sentences

LEAST_SEEN = 3  # segments that a word must stand in
LEAST_SCORE = 0.06
SURE = 0.9  # the posterior of beads that are learnt from


def prose(text: str) -> str:
    """Take reST roles and literals out of a segment."""
    text = re.sub(r":[\w:.+-]+:`[^`]*`|``[^`]*``", " ", text)
    return re.sub(r"`([^`<]*)(?:<[^>]*>)?`_*|[*|]", r"\1 ", text)


def documentation(corpora: Path) -> list[WordPair]:
    pairs = []
    with lzma.open(corpora / "parallel" / "python-docs.tsv.xz", "rt", encoding="utf-8") as file:
        for line in file:
            en, zh = line.rstrip("\n").split("\t")[:2]
            pair = words(prose(zh)), words(prose(en))
            if 0 < len(pair[0]) <= 60 and 0 < len(pair[1]) <= 60:
                pairs.append(pair)
    return pairs


def posts(corpora: Path) -> list[WordPair]:
    embedder, pairs = kept_embedder(), []
    for path in sorted((corpora / "hfblog-more").glob("*.zh.md")):
        slug = path.name.removesuffix(".zh.md")
        zh, en = (
            sentences(read_markdown(path.with_name(f"{slug}.{lang}.md").read_text("utf-8"), slug, lang=lang).paragraphs)
            for lang in ("zh", "en")
        )
        vectors = [embedder.encode([s.text for s in side]) for side in (zh, en)]
        for bead in align(zh, en, *vectors):
            if bead.zh and bead.en and bead.score >= SURE:
                left, right = " ".join(zh[i].text for i in bead.zh), " ".join(en[j].text for j in bead.en)
                pairs.append((words(left), words(right)))
    return pairs


def learnt(pairs: Sequence[WordPair]) -> Lexicon:
    """Learn from words seen often enough; the same spelling on both sides needs no lexicon."""
    seen = Counter(word for pair in pairs for side in pair for word in set(side))
    found = learn(
        [tuple([w for w in side if seen[w] >= LEAST_SEEN] for side in pair) for pair in pairs], least=LEAST_SCORE
    )
    return named({zh: dict(row) for zh, row in found.table.items() if not zh.isascii()})


def main(corpora: Path, out: Path) -> None:
    start = time.perf_counter()
    parts = [learnt(documentation(corpora)), learnt(posts(corpora))]
    both = joined(parts)
    lexicon = named({zh: both.scores(zh) for zh in sorted({zh for part in parts for zh in part.table})})
    out.write_bytes(packed(lexicon))
    for name, part in zip(("documentation", "posts", "both"), (*parts, lexicon), strict=True):
        print(f"{name}: {len(part.table)} Chinese words, {sum(map(len, part.table.values()))} word pairs")
    print(f"{out.stat().st_size / 1000:.0f} kB, version {lexicon.version}, {time.perf_counter() - start:.0f} s")
    for word in ("模型", "函数", "数据", "训练", "返回", "并行", "如今", "参数"):
        print(word, dict(sorted(lexicon.scores(word).items(), key=lambda kv: -kv[1])[:4]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "digest/data/lexicon.json.gz"))
