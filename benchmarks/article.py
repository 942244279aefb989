"""Compare article text with known truth: python benchmarks/article.py CORPORA.

Truth: the expected.html of mozilla/readability's pages (the pages of the other sets have none in the corpora; there
only the share of trafilatura's words that we keep is shown). Figure: F1 over bags of words (Latin words and single Han
characters), ours against trafilatura alone with its defaults, each page and the mean.

(Not named html.py: a file of that name beside a script hides the standard library's module from it.)
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

import trafilatura
from lxml import html as lxml_html

from digest.decode import declared_charset, decode
from digest.errors import SourceError
from digest.model import Page
from digest.normalise.article import read_page


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", text.lower()))


def f1(truth: Counter[str], found: Counter[str]) -> float:
    common = sum((truth & found).values())
    return 2 * common / (sum(truth.values()) + sum(found.values())) if common else 0.0


def text_of(markup: str) -> str:
    tree = lxml_html.fromstring(markup)
    for node in tree.iter("script", "style"):
        node.drop_tree()
    return " ".join(tree.itertext())


def ours(body: bytes, url: str) -> str:
    try:
        document = read_page(Page(url, body, (("content-type", "text/html"),)))
    except SourceError:
        return ""
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def main(corpora: Path) -> None:
    folder = corpora / "html"
    sums: dict[str, list[tuple[float, float]]] = {}
    took = 0.0
    for case in json.loads((folder / "index.json").read_text("utf-8")):
        place = folder / case["files"]
        source = place / "source.html" if place.is_dir() else place
        body = source.read_bytes()
        url = case.get("url") or "http://fakehost/test/page.html"
        start = time.perf_counter()
        mine = words(ours(body, url))
        took += time.perf_counter() - start
        theirs = words(trafilatura.extract(decode(body, declared_charset("", body)).text, url=url) or "")
        if (place / "expected.html").exists():
            truth = words(text_of((place / "expected.html").read_text("utf-8")))
            scores = (f1(truth, mine), f1(truth, theirs))
            sums.setdefault(case["set"], []).append(scores)
            print(f"{case['page']:24} ours {scores[0]:.3f}  trafilatura {scores[1]:.3f}")
        else:
            kept = sum((theirs & mine).values()) / max(1, sum(theirs.values()))
            sizes = f"{sum(theirs.values())} words, has {sum(mine.values())}"
            print(f"{case['page'][:40]:40} no truth: keeps {kept:.3f} of trafilatura's {sizes}")
    for name, pairs in sums.items():
        a, b = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        print(f"{name}: mean word F1 over {len(pairs)} pages: ours {a:.4f}, trafilatura alone {b:.4f}")
    print(f"all pages read in {took:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
