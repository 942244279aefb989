"""Save pictures of the sample day, or of a page: python tests/browser/shoot.py OUT_DIR [--page FILE] [NAME …]."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path

# name → page, width, dark, what is clicked first
SHOTS: dict[str, tuple[str, int, bool, tuple[str, ...]]] = {
    "light": ("day", 820, False, ()),
    "dark": ("day", 820, True, ()),
    "phone": ("day", 390, False, ()),
    "phone-dark": ("day", 390, True, ()),
    "en-first": ("day", 820, False, ("#en-first",)),
    "only-zh": ("day", 820, False, ("#only-zh",)),
    "only-en": ("day", 820, False, ("#only-en",)),
    "beside": ("day", 1280, False, ("#beside",)),
    "english": ("english", 820, False, ()),
    "rich": ("rich", 820, False, ()),
    "rich-dark": ("rich", 820, True, ()),
    "rich-phone": ("rich", 390, False, ()),
    "rich-en-first": ("rich", 820, False, ("#en-first",)),
    "rich-english": ("rich-english", 820, False, (".reasons summary",)),
    "rich-only-zh": ("rich", 820, False, ("#only-zh",)),
    "reasons": ("rich", 820, False, (".reasons summary",)),
    "reasons-phone": ("rich", 390, True, (".reasons summary",)),
    "empty": ("empty", 820, False, ()),
    "index": ("index", 820, False, ()),
}


def write_pages(folder: Path) -> None:
    """Write the sample pages that are photographed."""
    sys.path.append(str(Path(__file__).parent.parent / "render"))
    from sample_day import DAY, EMPTY, RICH

    from digest.render import archive, page, site
    from digest.render.masthead import Masthead

    days = [site.json_text(DAY), site.json_text(EMPTY)]
    texts = {
        "day": page.html(DAY),
        "english": page.html(dataclasses.replace(DAY, order=("en", "zh"), title="HF Blog Daily")),
        "rich": page.html(RICH),
        "rich-english": page.html(dataclasses.replace(RICH, order=("en", "zh"), title="HF Blog Daily")),
        "empty": page.html(EMPTY),
        "index": archive.index_html(days, Masthead(DAY.title, "", ("zh", "en"))),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, "utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--page", type=Path, help="photograph this page in place of the sample day")
    asked.add_argument("names", nargs="*", help=f"which pictures, of {', '.join(SHOTS)}; all unless told")
    given = asked.parse_args()
    sys.path.append(str(Path(__file__).parent))
    from devtools import Browser

    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, Browser(Path(work) / "profile") as browser:
        write_pages(Path(work))
        for name in given.names or SHOTS:
            subject, width, dark, clicks = SHOTS[name]
            path = given.page if given.page and subject == "day" else Path(work) / f"{subject}.html"
            tab = browser.open(path.resolve(), width, dark=dark)
            for selector in clicks:
                tab.click(selector)
            tab.shoot(given.out / f"{name}.png")
            tab.close()


if __name__ == "__main__":
    main()
