"""Read real feeds and pages in East Asian encodings: python benchmarks/charset.py CORPORA.

A file is read right when the text equals the strict decoding by the true codec (`codec` of chardet_index.json), a byte
order mark left out. Counted twice: with what the file declares of itself, and with that withheld.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from digest.decode import declared_charset, decode


def truth(body: bytes, codec: str) -> str:
    return body.decode(codec).removeprefix("\ufeff")


def main(corpora: Path) -> None:
    folder = corpora / "encoding"
    cases = [case for case in json.loads((folder / "chardet_index.json").read_text("utf-8")) if case["decodes"]]
    right = {"declared": 0, "withheld": 0}
    for case in cases:
        body = (folder / case["file"]).read_bytes()
        label = declared_charset("", body)
        for name, given in (("declared", label), ("withheld", "")):
            result = decode(body, given)
            if result.text == truth(body, case["codec"]):
                right[name] += 1
            else:
                print(f"wrong ({name}): {case['file']}: {case['codec']} read as {result.encoding} ({result.how})")
    for name, count in right.items():
        print(f"charset {name}: {count} of {len(cases)} read right")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
