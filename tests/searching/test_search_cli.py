"""The verb `search`: what it prints, and the code it ends with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from digest_cli import Digest, command_line
from small_archive import CACHE, FIRST, SECOND, TEA, TRAIN, page, put

from digest.align import embed
from digest.align.embed import HashEmbedder
from digest.linking.packed import ReadText, packed_text
from digest.model import Document, Paragraph
from digest.store import Store

NOW = datetime(2025, 4, 18, tzinfo=UTC)


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Digest:
    (tmp_path / "out").mkdir()
    put(tmp_path / "out", page(FIRST, CACHE, TEA))
    put(tmp_path / "out", page(SECOND, TRAIN, link="https://digest.example/"))
    monkeypatch.setattr(embed, "load_embedder", HashEmbedder)
    return command_line(tmp_path, monkeypatch, capsys)


def test_a_hit_is_printed_with_day_titles_pair_mark_and_permalink(digest: Digest) -> None:
    ended = digest("search", "模拟器", "--most", "1")
    day, *lines = ended.out.splitlines()
    assert (ended.code, day.split()[:2]) == (0, ["2025-04-17", "Blog"])
    assert lines == [
        "  训练机器人走路",
        "  Teaching a robot to walk",
        "  · 机器人先在模拟器里学会站立。",
        "    The robot first learns to stand in a simulator.",
        "    [人译 · human]",
        "  https://digest.example/2025-04-17.html#l-tr01",
    ]


def test_a_line_without_translation_says_so_and_has_the_path_of_its_page(digest: Digest) -> None:
    said = digest("search", "绿茶", "--most", "1").out
    assert "[未译 · not translated]" in said
    assert "out/2025-04-16.html#l-te01" in said


def test_a_post_is_found_by_its_whole_text_of_which_nothing_is_shown(digest: Digest, tmp_path: Path) -> None:
    text = Document("https://blog.example/tea", "zh-Hans", "", (Paragraph("prose", "乌龙要用更热的水。"),))
    with Store(tmp_path / "state") as store:
        store.save_readings({"tea": ("1", packed_text(ReadText(text, mark="1")))}, NOW, NOW)
        ended = digest("search", "乌龙", "--most", "1")  # the store is another program's: nothing is waited for
    assert (ended.code, ended.err) == (0, "")  # and no progress is shown off a terminal
    assert "    [未译 · not translated, 正文中有更接近的内容 · nearer in the post's text]" in ended.out.splitlines()
    assert "更热" not in ended.out
    assert "· 绿茶用八十度的水来泡。" in ended.out
    (hit,) = json.loads(digest("search", "乌龙", "--most", "1", "--json").out)["hits"]
    assert hit["in_text"]


def test_a_store_that_cannot_be_read_is_told_of_and_the_archive_searched(digest: Digest, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "digest.db").write_text("nothing of ours")
    ended = digest("search", "绿茶", "--most", "1")
    assert (ended.code, "te01" in ended.out, ended.err.count("\n")) == (0, True, 1)
    assert "state/digest.db" in ended.err


def test_without_a_store_none_is_made(digest: Digest, tmp_path: Path) -> None:
    digest("search", "绿茶")
    assert not (tmp_path / "state" / "digest.db").exists()


def test_json_has_every_field(digest: Digest) -> None:
    told = json.loads(digest("search", "past_key_values", "--json", "--most", "1").out)
    assert told["question"] == "past_key_values"
    (hit,) = told["hits"]
    assert (hit["date"], hit["pair"], hit["title"]["zh"], hit["verified"]) == ("2025-04-16", "ca02", None, False)


def test_nothing_found_is_said_and_well(digest: Digest) -> None:
    ended = digest("search", "茶", "--source", "nobody")
    assert (ended.code, ended.out) == (0, "nothing in the archive answers that\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("茶", "--out", "elsewhere"), 3, "elsewhere: there is no day to search"),
        ((" ",), 2, "QUESTION: is empty"),
        (("茶", "--most", "0"), 2, "--most: 0 is not within 1 to 100"),
        (("茶", "--from", "2025-04-18", "--to", "2025-04-17"), 2, "--to: 2025-04-17 lies before"),
        (("茶", "--from", "yesterday"), 2, "is no date"),
    ],
)
def test_what_cannot_be_done_is_one_line(digest: Digest, words: tuple[str, ...], code: int, said: str) -> None:
    ended = digest("search", *words)
    assert (ended.code, ended.out, ended.err.count("\n")) == (code, "", 1)
    assert said in ended.err


def test_an_index_that_is_damaged_is_made_anew_with_one_line(digest: Digest, tmp_path: Path) -> None:
    digest("search", "茶")
    (tmp_path / "state" / "search.sqlite").write_text("nothing of ours")
    ended = digest("search", "绿茶", "--most", "1")
    assert "te01" in ended.out
    assert ended.err.count("\n") == 1
    assert "made anew" in ended.err
