"""Measure repair and detection of damaged text: python benchmarks/encoding.py CORPORA.

Harm: characters that `mend` changes in clean text. Detection: damaged documents that come back neither as they were,
nor read again with guesses (benchmarks/repair.py counts how well), nor marked (must be 0), and clean documents that are
marked (must be 0). The damaged seeds are looked for in ../seeds
beside the corpora.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections import Counter
from pathlib import Path

from digest.normalise.markdown import read_markdown
from digest.normalise.repair.mend import mend


def changed(before: str, after: str) -> int:
    if before == after:
        return 0
    pairs = zip(before.split("\n"), after.split("\n"), strict=True)
    return sum(
        max(i2 - i1, j2 - j1)
        for a, b in pairs
        if a != b
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        if tag != "equal"
    )


def harm(name: str, texts: list[str]) -> None:
    characters = sum(map(len, texts))
    touched = sum(changed(text, mend(text).text) for text in texts)
    print(f"harm on {name}: {touched} of {characters} characters changed ({touched / characters:.4%})")


def marked(text: str) -> tuple[str, ...]:
    return read_markdown(text, "https://example.org/post").damage


def main(corpora: Path) -> None:
    clean = {
        str(p): p.read_text("utf-8") for folder in ("hfblog", "hfblog-more") for p in (corpora / folder).rglob("*.md")
    }
    clean = {name: text for name, text in sorted(clean.items()) if name.endswith((".zh.md", ".en.md"))}
    harm("hfblog zh", [text for name, text in clean.items() if name.endswith(".zh.md")])
    harm("hfblog en", [text for name, text in clean.items() if name.endswith(".en.md")])
    encoding = corpora / "encoding"
    harm("clean seeds", [p.read_text("utf-8") for p in sorted((encoding / "seeds_clean").iterdir())])
    cases = json.loads((encoding / "ftfy_cases.json").read_text("utf-8"))
    negatives = [c for c in cases if c["original"] == c["fixed"] and c["expect"] == "pass"]
    kept = sum(mend(c["original"]).text == c["original"] for c in negatives)
    positives = [c for c in cases if c["original"] != c["fixed"] and c["expect"] == "pass"]
    fixed = sum(mend(c["original"]).text == c["fixed"] for c in positives)
    print(
        f"ftfy's cases: negatives unchanged {kept} of {len(negatives)}; positives as ftfy {fixed} of {len(positives)}"
    )

    kinds: dict[str, Counter[str]] = {}
    for case in json.loads((encoding / "mojibake" / "index.json").read_text("utf-8")):
        text = (encoding / "mojibake" / case["file"]).read_bytes().decode("utf-8")
        truth = ((encoding / "mojibake" / case["clean"]).resolve()).read_bytes().decode("utf-8")
        document = read_markdown(text, "https://example.org/post")
        right = [p.text for p in document.paragraphs] == [p.text for p in read_markdown(truth, document.url).paragraphs]
        again = any(code.startswith("read:") or "-as-" in code for code in document.repairs)
        outcome = "marked" if document.damage else "restored" if right else "read again" if again else "MISSED"
        kinds.setdefault(case["damage"], Counter())[outcome] += 1
    for kind, outcomes in sorted(kinds.items()):
        print(f"damage {kind}: " + ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
    for path in sorted((corpora.parent / "seeds").glob("*.txt")):
        document = read_markdown(path.read_bytes().decode("utf-8"), "https://example.org/post")
        print(f"seed {path.name}: {', '.join(document.damage or document.repairs) or 'MISSED'}")
    alarms = {name: marks for name, text in clean.items() if (marks := marked(text))}
    for name, marks in alarms.items():
        print(f"false alarm: {Path(name).name}: {marks}")
    missed = sum(outcomes["MISSED"] for outcomes in kinds.values())
    print(f"missed damaged documents: {missed}; false alarms: {len(alarms)} of {len(clean)} clean posts")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
