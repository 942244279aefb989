"""How often the terms of the seed glossary stand in real text: `python tools/count_terms.py CORPORA [--candidates OUT]`

Recounts digest/data/glossary.csv in place. With --candidates it writes instead what the miner of terms finds in the
same texts (of the documentation in its first MINED segments) and the glossary has not, to be read, term by term, by
whoever adds to it.

Counted are the English and Chinese segments of the Python documentation (parallel/python-docs.tsv.xz, CC0), the
verified pairs of the posts of hfblog-more whose names come before FIRST_UNREAD, and the Chinese of those files of
zh-train that have a licence. The posts of hfblog are left out: benchmarks/glosses.py measures on them.
"""

from __future__ import annotations

import argparse
import csv
import io
import lzma
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from digest.align.embed import Embedder
from digest.align.terms.brackets import BRACKETS
from digest.align.terms.cut import han_count, key_of, zh_key
from digest.align.terms.ledger import Ledger
from digest.align.terms.mine import Pair, mine
from digest.align.terms.seed import COLUMNS, SEPARATOR, Row, read_rows
from digest.align.terms.term import Term
from digest.model import Line

ROOT = Path(__file__).parent.parent
GLOSSARY = ROOT / "digest" / "data" / "glossary.csv"
FIRST_UNREAD = "l"
MINED = 20_000  # segments of the documentation, from its beginning; all are counted
AT_ONCE = 250  # that are mined as if they were a post
LONGEST = 1500  # characters of a segment; what is longer is a listing
LOOK_BACK = 24  # characters before a bracket
PER = 10_000  # pairs
_ROLE = re.compile(r":(?:[\w+-]+:)*[\w+-]+:`(?P<role>[^`]+)`|``(?P<code>[^`]+)``|\*\*?(?P<strong>[^*]+)\*\*?")
_PROSE_ROLES = re.compile(r":(?:ref|term|doc|dfn|pep|rfc):")


def plain(segment: str, lang: str) -> Line:
    """Make a line of a reST segment: its roles and literals are code spans, references and emphasis are text."""
    text, code, last = "", [], 0
    for match in _ROLE.finditer(segment):
        text += segment[last : match.start()]
        inner = match["role"] or match["code"] or match["strong"]
        if match["role"]:
            inner = re.sub(r"\s*<[^>]*>$", "", inner)
        if match["code"] or (match["role"] and not _PROSE_ROLES.match(match[0])):
            code.append((len(text), len(text) + len(inner)))
        text += inner
        last = match.end()
    return Line(lang, text + segment[last:], code=tuple(code))


def documentation(corpora: Path) -> list[Pair]:
    packed = (corpora / "parallel" / "python-docs.tsv.xz").read_bytes()
    rows = [row.split("\t") for row in lzma.decompress(packed).decode().splitlines()]
    some = [(en, zh) for en, zh in rows if han_count(zh) and len(en) <= LONGEST]
    return [(plain(zh, "zh-Hans"), plain(en, "en")) for en, zh in some]


def posts(corpora: Path, embedder: Embedder) -> Iterator[tuple[str, list[Pair]]]:
    """Give the verified pairs of the posts that may be read."""
    sys.path.append(str(ROOT / "benchmarks"))
    from terms import verified_pairs

    with tempfile.TemporaryDirectory() as folder:
        for path in (corpora / "hfblog-more").glob("*.md"):
            if path.name < FIRST_UNREAD:
                (Path(folder) / path.name).symlink_to(path.absolute())
        yield from verified_pairs(Path(folder), embedder)


def chinese(corpora: Path) -> str:
    files = sorted((corpora / "zh-train").glob("*.txt.xz"))
    licensed = [path for path in files if not path.name.startswith("nolicencefile__")]
    return "\n".join(lzma.decompress(path.read_bytes()).decode() for path in licensed)


# ---- counting -------------------------------------------------------------------------------------------------------


def counted(rows: Sequence[Row], texts: Mapping[str, Sequence[Pair]], chinese_text: str) -> list[Row]:
    """Count anew in how many pairs a term's English stands, and in how many of them one of its Chinese forms does."""
    ledger = Ledger(tuple(Term(row.en, row.zh) for row in rows))
    by_key = {key_of(row.en): row for row in rows}
    holding: dict[str, Counter[str]] = {name: Counter() for name in texts}
    together: Counter[str] = Counter()
    for name, pairs in texts.items():
        for zh, en in pairs:
            across = zh_key(zh.text)
            for key in {key_of(seen.term.en) for seen in ledger.occurrences(en.text, "en")}:
                row = by_key[key]
                holding[name][key] += 1
                together[key] += any(zh_key(form) in across for form in (row.zh, *row.variants))
    inside = in_brackets(chinese_text)
    standing = standing_in(chinese_text, {form for row in rows for form in (row.zh, *row.variants)})
    found = []
    for row in rows:
        key = key_of(row.en)
        forms = tuple(dict.fromkeys((row.zh, *row.variants)))
        often = max(PER * holding[name][key] / len(pairs) for name, pairs in texts.items())
        given = sum(before.rstrip(' *_"”』」').endswith(forms) for before in inside.get(key, ()))
        found.append(
            row._replace(
                pairs=together[key], of=sum(count[key] for count in holding.values()), often=round(often, 1),
                chinese=sum(standing[form] for form in forms), brackets=given,
            )
        )  # fmt: skip
    return found


def standing_in(text: str, forms: Collection[str]) -> Counter[str]:
    """Count forms in a text, none within a longer one."""
    ends: dict[str, list[str]] = defaultdict(list)
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        ends[form[0]].append(re.escape(form[1:]))
    starts = "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in ends.items())
    return Counter(match[0] for match in re.finditer(starts, text))


def in_brackets(text: str) -> dict[str, list[str]]:
    """Give what stands before brackets, by the key of the Latin words in them: 注意力机制（attention mechanism）."""
    found: dict[str, list[str]] = defaultdict(list)
    for match in BRACKETS.finditer(text):
        for part in re.split(r"\s*[，,;；、/]\s*", match[1]):
            if not han_count(part) and (key := key_of(part)):
                found[key].append(text[max(0, match.start() - LOOK_BACK) : match.start()])
    return found


# ---- mining ---------------------------------------------------------------------------------------------------------


def candidates(texts: Mapping[str, Sequence[Sequence[Pair]]], embedder: Embedder, known: Ledger) -> str:
    """Mine the texts: CSV of en, zh, how often, in how many posts, where, and how; the most shown first."""
    times: Counter[tuple[str, str]] = Counter()
    spelt: dict[tuple[str, str], tuple[str, str]] = {}
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, parts in texts.items():
        for pairs in parts:
            for sighting in mine(pairs, embedder):
                key = key_of(sighting.en), zh_key(sighting.zh)
                if known.get(sighting.en) is None:
                    spelt.setdefault(key, (sighting.en, sighting.zh))
                    times[key] += len(sighting.evidence)
                    where[key].append(f"{name}:{sighting.how}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("en", "zh", "times", "posts", "where"))
    for key in sorted(times, key=lambda key: (-len(where[key]), -times[key], key)):
        writer.writerow((*spelt[key], times[key], len(where[key]), " ".join(dict.fromkeys(where[key]))))
    return out.getvalue()


def written(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows, key=lambda row: key_of(row.en)):
        writer.writerow([SEPARATOR.join(cell) if isinstance(cell, tuple) else cell for cell in row])
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--candidates", type=Path)
    given = parser.parse_args()
    sys.path.append(str(ROOT / "benchmarks"))
    from vectors import kept_embedder

    embedder = kept_embedder()
    rows = read_rows(GLOSSARY.read_text("utf-8")) if GLOSSARY.exists() else ()
    docs = documentation(given.corpora)
    blog = [pairs for _, pairs in posts(given.corpora, embedder)]
    if given.candidates:
        known = Ledger(tuple(Term(row.en, row.zh) for row in rows))
        parts = [docs[k : k + AT_ONCE] for k in range(0, MINED, AT_ONCE)]
        given.candidates.write_text(candidates({"blog": blog, "docs": parts}, embedder, known), "utf-8")
        return
    texts = {"docs": docs, "blog": [pair for pairs in blog for pair in pairs]}
    GLOSSARY.write_text(written(counted(rows, texts, chinese(given.corpora))), "utf-8")


if __name__ == "__main__":
    main()
