"""Corrections on disk: a site that is rebuilt, our own Markdown read back, labelled pairs, and the verb."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from corrected_day import BUILT, CORRECTED, OVERRIDES, believing, reject
from digest_cli import command_line
from sample_day import OUTLINED, PAIRED
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, TrueEmbedder, article, calendar, feed, item, web_for
from small_blog import settings as blog_settings

from digest.align.embed import load_embedder
from digest.build import Builder
from digest.cleaning import clean_page
from digest.config import DigestSettings, parse_settings
from digest.fetch.collect import collect
from digest.model import Override, Page
from digest.publish import Site
from digest.render.gold import gold_rows, key_of
from digest.render.page import markdown
from digest.render.site import json_text
from digest.store import Store

# ---- in the output folder -------------------------------------------------------------------------------------------

SETTINGS = parse_settings("sources: [{name: a, url: 'https://a.example/feed'}]")


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def site(out: Path, *overrides: Override) -> Site:
    return Site(out, SETTINGS, overrides=overrides, judge=believing)


def test_corrections_outlive_a_rebuild_and_go_with_their_entries(tmp_path: Path) -> None:
    site(tmp_path).write_day(BUILT)
    site(tmp_path).update()
    first = contents(tmp_path)
    assert site(tmp_path, *OVERRIDES).update().unused == ()
    mended = contents(tmp_path)
    assert "勘误".encode() in mended["2025-04-16.html"]
    assert mended["2025-04-16.html"] != first["2025-04-16.html"]
    site(tmp_path, *OVERRIDES).write_day(BUILT)  # as a build makes the day anew
    site(tmp_path, *OVERRIDES).update()
    assert contents(tmp_path) == mended
    site(tmp_path).update()
    assert contents(tmp_path) == first


def test_an_entry_whose_pair_is_gone_is_told(tmp_path: Path) -> None:
    gone = reject("deadbeef")
    site(tmp_path, *OVERRIDES, gone).write_day(BUILT)
    assert site(tmp_path, *OVERRIDES, gone).update().unused == (gone,)
    assert "deadbeef" in (tmp_path / "corrections.html").read_text("utf-8")


def test_a_day_that_is_built_again_is_corrected_again(tmp_path: Path) -> None:
    dated = "Wed, 16 Apr 2025 04:00:00 GMT"
    web = FakeWeb({
        EN_FEED: feed(item(1, "en", dated)), ZH_FEED: feed(item(1, "zh", dated)),
        f"{BASE}/post-1": article(1, "en"), f"{BASE}/zh/post-1": article(1, "zh"),
    })  # fmt: skip
    times, day, out = calendar("2025-04-17T08:00:00+08:00"), date(2025, 4, 16), tmp_path / "out"

    with contextlib.closing(Store(tmp_path / "state")) as store:
        collect(store, blog_settings(), web_for(web), times, days=[day])

        def built(*overrides: Override) -> dict[str, bytes]:
            pages = Site(out, blog_settings(), overrides=overrides, judge=believing)
            builder = Builder(store, blog_settings(), times, out, embedder=TrueEmbedder(), site=pages)
            builder.link([day])
            builder.build(day)
            assert builder.write_index().unused == ()
            return contents(out)

        first = built()
        (post,) = json.loads(first["2025-04-16.json"])["posts"]
        override = reject(next(pair["id"] for pair in post["pairs"] if pair["zh"] and pair["en"]))
        mended = built(override)
        assert mended != first
        assert "勘误".encode() in mended["2025-04-16.html"]
        assert built(override) == mended
        assert built() == first


def test_our_markdown_with_corrections_reads_back_whole() -> None:
    """What is marked as corrected is a pair like any other to `digest clean`: no mark gets into a line."""
    told = Page("page.md", markdown(replace(CORRECTED, signature="digest 0.1.0 · made by a test")).encode())
    got = clean_page(told, load_embedder(), DigestSettings.model_validate({}), date(2025, 5, 1)).digest
    before, after = (
        sorted(str((p.zh and p.zh.text, p.en and p.en.text)) for post in posts for p in post.pairs)
        for posts in ((*CORRECTED.abstracts, *CORRECTED.newly), got.abstracts)
    )
    assert after == before
    assert [post.title for post in got.abstracts] == [post.title for post in (*CORRECTED.abstracts, *CORRECTED.newly)]


# ---- gold -----------------------------------------------------------------------------------------------------------

RECORDED: dict[str, Any] = json.loads(json_text(CORRECTED))


def test_gold_labels_what_was_wrong_and_what_replaced_it() -> None:
    rows = list(gold_rows(RECORDED, texts=True))
    labels = {(row["pair"], row["label"]) for row in rows}
    assert labels == {
        ("00000001", "wrong"),
        ("00000003", "wrong"),
        ("00000003", "claimed"),  # the judge does not verify it
        ("00000017", "right"),  # had no translation: nothing was wrong
        ("00000041", "wrong"),
        ("00000041", "right"),
        (f"p-{OUTLINED.id}", "wrong"),
        (f"p-{OUTLINED.id}", "right"),
        ("00000033", "wrong"),
    }
    first = next(row for row in rows if row["pair"] == "00000001")
    zh, en = PAIRED.pairs[0].zh, PAIRED.pairs[0].en
    assert zh
    assert en
    assert first["key"] == key_of(OUTLINED.id, zh.text, en.text)
    assert first["places"] == {
        side: [{"url": line.places[0].url, "paragraph": 3, "start": 0, "end": len(line.text)}]
        for side, line in (("zh", zh), ("en", en))
    }
    assert (first["zh"], first["en"], first["why"]) == (zh.text, en.text, "说的不是一回事")


def test_gold_holds_no_text_unless_asked() -> None:
    rows = json.dumps(list(gold_rows(RECORDED)), ensure_ascii=False)
    assert "force_words_ids" not in rows
    assert "Constraints" not in rows


def test_the_verb_lists_and_writes_gold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = command_line(tmp_path, monkeypatch, capsys)
    (tmp_path / "out").mkdir()
    (tmp_path / "feeds.yaml").write_text("sources: [{name: a, url: 'https://a.example/feed'}]\n", "utf-8")
    assert digest("corrections").code == 3
    (tmp_path / "out" / "2025-04-16.json").write_text(json_text(CORRECTED), "utf-8")
    listed = digest("corrections")
    assert listed.code == 0
    assert "2025-04-16#l-00000001\trejected\t2025-05-01\tAnn\t说的不是一回事" in listed.out.splitlines()
    assert len(listed.out.splitlines()) == len(OVERRIDES)

    assert digest("corrections", "--gold", "gold.jsonl", "--texts").code == 0
    about, *rows = map(json.loads, (tmp_path / "gold.jsonl").read_text("utf-8").splitlines())
    assert "label" in about["about"].lower()
    assert rows == list(gold_rows(RECORDED, texts=True))

    (tmp_path / "overrides.yaml").write_text("- {pair: deadbeef, reject: true, reason: r}\n", "utf-8")
    (tmp_path / "out" / "2025-04-17.json").write_text("[]", "utf-8")
    ended = digest("corrections")
    assert ended.code == 1
    assert "overrides.yaml:1: deadbeef changes nothing" in ended.err
    assert "2025-04-17.json: not a day of ours" in ended.err
    (tmp_path / "overrides.yaml").write_text("- {pair: x}\n", "utf-8")
    assert digest("corrections").code == 2
    assert digest("corrections", "--texts").code == 2
