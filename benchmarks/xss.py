"""Open what attackers write in headless Chromium, as page, Atom feed, mail and Markdown, and count what stays inert.

    python benchmarks/xss.py ../shared/corpora

Reads CORPORA/security/*.json (lists of objects with a "payload", or an "input"), adds the payloads of our own tests,
and puts each into every field of a post, of a day's head and of its foot. A text is inert in an output where opening it
opens no dialog, asks for nothing, runs nothing, complains of nothing, moves nowhere, and leaves no element or attribute
there that the same day with sound words has not. A batch that is not inert is halved until the texts are found. The
page is opened without its Content-Security-Policy. Prints a row an output; exits 1 if anything is not inert, or if the
control, a rendering that does not escape, is not caught.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent / "tests"))
sys.path.append(str(Path(__file__).parent.parent / "tests" / "browser"))

from devtools import Browser
from hostile_texts import HEAD, OUTPUTS, PAYLOADS, hostile_day, shape, watched
from sample_day import DAY, RICH

AT_ONCE = 45  # a feed has its newest fifty posts


def texts_of(corpora: Path) -> dict[str, tuple[str, ...]]:
    """Give the payloads by where they come from, each once."""
    found: dict[str, tuple[str, ...]] = {"our own": PAYLOADS}
    seen = set(PAYLOADS)
    for path in sorted((corpora / "security").glob("*.json")):
        rows = [row.get("payload", row.get("input")) for row in json.loads(path.read_text("utf-8"))]
        texts = [text for text in dict.fromkeys(rows) if isinstance(text, str) and text.strip() and text not in seen]
        seen.update(texts)
        found[path.stem] = tuple(texts)
    return found


class Reader:
    """Opens texts in one browser, each in a tab of its own that is shut again."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.path = browser, folder / "opened.html"

    def see(self, text: str, look: Callable[[Any], Any]) -> Any:
        self.path.write_text(text, "utf-8")
        tab = self.browser.open(self.path)
        try:
            return look(tab)
        finally:
            tab.close()
            self.browser.events.clear()


def guilty(reader: Reader, opened: Callable[..., str], known: set[str], texts: Sequence[str]) -> list[tuple[str, Any]]:
    """Give the texts that are not inert, with what was seen."""
    seen = reader.see(opened(hostile_day(texts=texts)), lambda tab: watched(tab, known))
    if not seen:
        return []
    if len(texts) == 1:
        return [(texts[0], seen)]
    half = len(texts) // 2
    found = guilty(reader, opened, known, texts[:half]) + guilty(reader, opened, known, texts[half:])
    return found or [("; ".join(texts), seen)]  # only together


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    sets = texts_of(parser.parse_args().corpora)
    every = [text for texts in sets.values() for text in texts]
    print("payloads:", ", ".join(f"{name} {len(texts)}" for name, texts in sets.items()), f"= {len(every)}")
    sound = (hostile_day(texts=["sound words"] * 12), RICH, DAY)
    well = True
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Browser(Path(folder) / "profile") as browser,
    ):
        reader = Reader(browser, Path(folder))
        for name, opened in OUTPUTS.items():
            known = reader.see("".join(map(opened, sound)), shape)
            bad = [
                each
                for start in range(0, len(every), AT_ONCE)
                for each in guilty(reader, opened, known, every[start : start + AT_ONCE])
            ]
            well = well and not bad
            print(f"{name:9} inert {len(every) - len(bad)}/{len(every)}", flush=True)
            for text, seen in bad:
                print(f"    {text[:100]!r}: {seen}")
        naive = HEAD + "".join(f"<p>{text}</p>" for text in PAYLOADS[:30])
        caught = reader.see(naive, lambda tab: watched(tab, {"html", "head", "body", "meta", "meta charset", "p"}))
        print("control, not escaped:", "caught" if {"owned", "requests", "strange"} <= set(caught) else "NOT CAUGHT")
    return 0 if well and {"owned", "requests", "strange"} <= set(caught) else 1


if __name__ == "__main__":
    sys.exit(main())
