"""What people corrected, as labelled pairs for the judge's benchmarks (benchmarks/printed.py --corrections)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from digest.model import SIDES, base_lang

ABOUT = {
    "about": "Pairs of an archive that people corrected. Labels: wrong (rejected, or reworded), right (what it was "
    "reworded to, and the judge verifies), claimed (reworded, and the judge does not verify it: read it first).",
    "key": "first 12 hex digits of sha256 of post, Chinese line, English line, joined by newlines",
}


def gold_rows(day: Mapping[str, Any], *, texts: bool = False) -> Iterator[dict[str, object]]:
    """Give the labelled pairs of a day's JSON: places and hashes, with `texts` the lines as well.

    A pair that is corrected on two pages has the same rows twice. A line whose words are not the post's has no place.
    """
    for post in (*day["posts"], *day["newly_translated"]):
        kinds = [("line", post["pairs"]), ("heading", post["outline"]), ("title", filter(None, [post["title_made"]]))]
        for kind, pairs in kinds:
            for pair in pairs:
                mended = pair.get("correction")
                if not mended:
                    continue
                told = {"kind": kind, "day": day["date"], "pair": pair["id"], "why": mended["reason"]}
                if _whole(mended["was"]):
                    yield _row(post["id"], mended["was"], "wrong", told, texts=texts)
                if _whole(pair):
                    yield _row(post["id"], pair, "right" if pair["verified"] else "claimed", told, texts=texts)


def key_of(post: str, zh: str, en: str) -> str:
    """Name a pair by its post and its lines, as the benchmarks' labels do."""
    return hashlib.sha256(f"{post}\n{zh}\n{en}".encode()).hexdigest()[:12]


def _whole(pair: Mapping[str, Any]) -> bool:
    return pair["zh"] is not None and pair["en"] is not None


def _row(
    post: str, pair: Mapping[str, Any], label: str, told: Mapping[str, object], *, texts: bool
) -> dict[str, object]:  # fmt: skip
    places: dict[str, list[object]] = {side: [] for side in SIDES}
    for place in pair["sources"]:
        places["zh" if base_lang(place["lang"]) == "zh" else "en"].append(
            {name: place[name] for name in ("url", "paragraph", "start", "end")}
        )
    return {
        "post": post,
        "key": key_of(post, pair["zh"], pair["en"]),
        "label": label,
        **told,
        "made_by": pair["made_by"],
        "verified": pair["verified"],
        "score": pair["score"],
        "places": places,
        **({"zh": pair["zh"], "en": pair["en"]} if texts else {}),
    }
