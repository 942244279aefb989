"""Run the whole job on a local copy of a real bilingual blog and check what the pages say.

    python benchmarks/site.py ../shared/site [--keep DIR]

Starts SITE/serve.py on 127.0.0.1, collects its five feeds, builds 2025-04-14 to 04-17 for a reader in Shanghai, with
twin rules and without, and for a reader in UTC; builds again after the server is gone and compares the bytes.
Prints a row a post, then what holds and what does not; exits 1 if something does not.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from claims import Claims
from serving import DAYS, NOW, feeds_yaml, serving

GARBLED = "os-llms"  # its only Chinese edition lost bytes


def digest(folder: Path, *words: str) -> tuple[int, float]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "digest", *words, "--config", str(folder / "feeds.yaml"), "--state",
               str(folder / "state"), "--now", NOW]  # fmt: skip
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return done.returncode, time.perf_counter() - began


def pages(out: Path) -> dict[str, dict[str, Any]]:
    return {day: json.loads((out / f"{day}.json").read_text("utf-8")) for day in DAYS}


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.*"))}


def slug(post: dict[str, Any]) -> str:
    return (post["url"]["en"] or post["url"]["zh"]).rsplit("/", 1)[1]


def verified(post: dict[str, Any], where: str = "pairs") -> int:
    return sum(pair["verified"] and bool(pair["zh"] and pair["en"]) for pair in post[where])


def show(label: str, found: dict[str, dict[str, Any]]) -> None:
    print(f"\n{label}\n{'day':11} {'slug':34} {'zh':2} {'en':2} {'verified':>8} {'lines':>5}  notes")
    for day, page in found.items():
        for post in page["posts"]:
            zh, en = ("x" if post["title"][side] else "-" for side in ("zh", "en"))
            notes = " ".join(post["notes"])
            print(f"{day:11} {slug(post):34} {zh:2} {en:2} {verified(post):8} {len(post['pairs']):5}  {notes}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--keep", type=Path, help="keep configuration, stores and pages here")
    arguments = parser.parse_args()
    truth = json.loads((arguments.site / "posts.json").read_text("utf-8"))
    claim = Claims()
    with contextlib.ExitStack() as stack:
        root = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with serving(arguments.site) as base:
            for name, twin, zone in (
                ("twin", True, "Asia/Shanghai"),
                ("bare", False, "Asia/Shanghai"),
                ("utc", True, "UTC"),
            ):
                folder = root / name
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "feeds.yaml").write_text(feeds_yaml(base, twin=twin, zone=zone), "utf-8")
                code, seconds = digest(folder, "collect")
                claim(f"{name}: collect ends with 0", code == 0, code)
                build = ("build", "--from", DAYS[0], "--to", DAYS[-1])
                code, more = digest(folder, *build, "--out", str(folder / "out"))
                claim(f"{name}: build ends with 0", code == 0, code)
                print(f"        collect {seconds:.1f} s, build of 4 days {more:.1f} s")
                digest(folder, *build, "--out", str(folder / "again"))
                claim(f"{name}: built twice, the same bytes", files(folder / "out") == files(folder / "again"))
        for name in ("twin", "bare"):
            digest(root / name, *build, "--out", str(root / name / "after"))
            same = files(root / name / "out") == files(root / name / "after")
            claim(f"{name}: built after the server is gone, the same bytes", same)
        found = {name: pages(root / name / "out") for name in ("twin", "bare", "utc")}
        for name in ("twin", "bare"):
            show(name, found[name])
        check(claim, arguments.site, truth, found)
    print(f"\n{claim.failed} claims fail")
    return 1 if claim.failed else 0


def check_untranslated(claim: Claims, posts: dict[str, dict[str, Any]]) -> None:
    """Check what a Chinese reader has of English posts without an edition: true Chinese, and no guessed sentence."""
    few, thin, guessed = {}, {}, {}
    for name, post in posts.items():
        stock = [row for row in post["outline"] if row["made_by"] == "stock"]
        items = {"card": len(post["card"]), "headings": len(stock), "terms": len(post["terms"])}
        if len(post["pairs"]) < 4:
            few[name] = len(post["pairs"])
        if sum(items.values()) < 4:
            thin[name] = items
        if made := [row["zh"] for row in (*post["pairs"], *post["outline"]) if row["zh"] and row["made_by"] != "stock"]:
            guessed[name] = made
        print(f"        {name}: {len(post['pairs'])} lines; in Chinese {items}")
    claim("posts in en only have at least 4 lines", not few, few)
    claim("… at least 4 items of true Chinese: facts, stock headings, terms", not thin, thin)
    claim("… and not one sentence or heading in Chinese that nobody wrote", not guessed, guessed)


def check_garbled(claim: Claims, site: Path, post: dict[str, Any]) -> None:
    """Check the post whose Chinese edition lost bytes: read again, joined with its original, true where it is sure."""
    whole = re.sub(r"<[^>]*>", "", html.unescape((site / "pages" / f"{GARBLED}.zh.html").read_text("utf-8")))
    claim("the garbled edition is one entry with the original that its footer names",
          bool(post) and all(post["title"].values()) and "/garbled/" in post["url"]["zh"], post)  # fmt: skip
    if not post:
        return
    claim("… says that it was read again", post["guessed"] > 0 and any("repaired" in note for note in post["notes"]))
    claim("… and has at least 5 verified pairs", verified(post) >= 5, verified(post))
    known = re.sub(r"\s", "", whole)
    wrong = []
    for pair in post["pairs"]:
        places = {guess["at"] for guess in pair["guesses"] if guess["side"] == "zh"}
        pattern = "".join("." if n in places else re.escape(ch) for n, ch in enumerate(pair["zh"] or "") if ch.strip())
        wrong += [pair["zh"]] if not re.search(pattern, known) else []
    claim(
        "… of lines that stand in the text before it was damaged, but for what they mark as guessed", not wrong, wrong
    )
    print(f"        {post['guessed']} characters read again, {post['unsure']} unsure")


def check(claim: Claims, site: Path, truth: list[dict[str, Any]], found: dict[str, dict[str, dict[str, Any]]]) -> None:
    posts = {slug(p): (day, p) for day, page in found["twin"].items() for p in page["posts"]}
    everything = [slug(p) for page in found["twin"].values() for p in page["posts"]]
    claim("every post once", len(everything) == len(set(everything)), everything)
    both = [t["slug"] for t in truth if "title_zh" in t]
    claim("every post with a Chinese edition has both titles",
          all(s in posts and posts[s][1]["title"]["zh"] and posts[s][1]["title"]["en"] for s in both),
          [s for s in both if not (s in posts and all(posts[s][1]["title"].values()))])  # fmt: skip
    counts = {s: (verified(posts[s][1]), verified(posts[s][1], "outline")) for s in both if s in posts}
    few = {s: found for s, found in counts.items() if found[0] < 3 or sum(found) < 5}
    claim("… and at least 5 verified pairs, 3 of them lines (tutorials have three and an outline)",
          not few and all(s in posts for s in both), few)  # fmt: skip
    only_en = [t["slug"] for t in truth if "title_en" in t and "title_zh" not in t and t["slug"] != GARBLED]
    only_zh = [t["slug"] for t in truth if "title_cn" in t]
    for side, other, slugs in (("en", "zh", only_en), ("zh", "en", only_zh)):
        wrong = [
            s for s in slugs
            if s not in posts or not posts[s][1]["pairs"]
            or any(p[other] or not p[side] or p["verified"] for p in posts[s][1]["pairs"])
        ]  # fmt: skip
        claim(f"posts in {side} only stand in {side}, marked as not translated", not wrong, wrong)
    check_untranslated(claim, {s: posts[s][1] for s in only_en if s in posts})
    legacy = [p for page in found["twin"].values() for p in page["posts"] if p["source"] == "Legacy GBK"]
    whole = re.sub(r"<[^>]*>|\s", "", html.unescape((site / "legacy.xml").read_bytes().decode("gb18030")))
    lines = [pair["zh"] or "" for p in legacy for pair in p["pairs"]]
    strange = [line for line in lines if re.sub(r"\s", "", line) not in whole]
    claim(
        "the lines of the GBK posts stand in them, read as gb18030",
        len(lines) >= 6 and not strange,
        strange or len(lines),
    )
    whole = json.dumps(found["twin"], ensure_ascii=False)
    claim("no garbled text on any page", not any(mark in whole for mark in ("ã€", "ï¼", "çš", "å¤", "æ–")))
    check_garbled(claim, site, posts.get(GARBLED, ("", {}))[1])
    by_clue = {t["slug"]: t["clue"] for t in truth}
    bare = {slug(p) for page in found["bare"].values() for p in page["posts"] if verified(p) >= 5}
    for clue, least in (("footer", 4), ("hreflang", 3), ("pattern", 3)):
        paired = [s for s in both if by_clue[s] == clue and s in bare]
        claim(f"without twin rules at least {least} {clue} posts find their edition", len(paired) >= least, paired)
    utc = {slug(p): day for day, page in found["utc"].items() for p in page["posts"]}
    claim(
        "15T18:00Z is on 04-16 in Shanghai", posts["unified-tool-use"][0] == "2025-04-16", posts["unified-tool-use"][0]
    )
    claim("… and on 04-15 in UTC", utc["unified-tool-use"] == "2025-04-15", utc["unified-tool-use"])
    where = posts["chinese-ai-expansion"][0]
    claim("16T16:00Z is on 04-17 in Shanghai", where == "2025-04-17", where)


if __name__ == "__main__":
    sys.exit(main())
