"""The demo is the whole job, over HTTP, with the real encoder: what its page promises must be on it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from digest import cli
from digest.demo import DEMO_DAY


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    out = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["digest", "demo", "--out", str(out)])
        for parser in ("feedparser", "trafilatura"):  # what strangers wrote is read by children only
            patch.setitem(sys.modules, parser, None)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert not ended.value.code
    assert (out / "index.html").exists()
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(Path(out).glob("20*.json"))}


def posts(days: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [post for page in days.values() for post in page["posts"]]


def test_three_days_and_at_least_six_posts_each_once(days: dict[str, dict[str, Any]]) -> None:
    assert len(days) == 3
    assert DEMO_DAY in days
    ids = [post["id"] for post in posts(days)]
    assert len(ids) == len(set(ids)) >= 6


def test_every_kind_of_post_is_there(days: dict[str, dict[str, Any]]) -> None:
    both = [post for post in posts(days) if post["title"]["zh"] and post["title"]["en"]]
    assert len(both) >= 4
    for post in both:
        assert sum(pair["verified"] for pair in post["pairs"]) >= 3
    assert any(post["title"]["zh"] is None and post["pairs"] for post in posts(days))
    assert any(post["title"]["en"] is None and post["pairs"] for post in posts(days))
    assert any(post["guessed"] for post in posts(days))
    assert any(post["credits"] for post in posts(days))


def test_no_pair_is_an_echo_and_every_line_names_its_place(days: dict[str, dict[str, Any]]) -> None:
    for post in posts(days):
        for pair in post["pairs"]:
            assert pair["zh"] != pair["en"]
            assert {place["lang"][:2] for place in pair["sources"]} == {s for s in ("zh", "en") if pair[s]}
            assert pair["verified"] == bool(pair["zh"] and pair["en"])
