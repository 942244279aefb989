"""`digest export` of verified pairs as a translator types it: files, what is told, exit codes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from digest_cli import Digest as CommandLine
from digest_cli import command_line
from sample_day import DAY, EMPTY, LATE, PAIRED
from tmx_dtd import faults_of

from digest.engines.tmx import read_tmx
from digest.render.site import json_text

FEEDS = (
    "sources:\n  - {name: HF Blog, url: 'https://a.example/feed'%s}\n  - {name: Other, url: 'https://b.example/feed'}\n"
)
LICENSED = FEEDS % ", licence: CC-BY-4.0"
OTHER = replace(LATE, id="0" * 8, source="Other")


class NoEmbedder:
    """Titles are never near each other here: none is given."""

    name = "none"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.zeros((len(texts), 4), dtype=np.float32)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.setattr("digest.align.embed.load_embedder", NoEmbedder)
    monkeypatch.setenv("DIGEST_MODELS", str(tmp_path / "models"))
    (tmp_path / "feeds.yaml").write_text(LICENSED, "utf-8")
    days = (replace(DAY, abstracts=(PAIRED, OTHER)), replace(DAY, day=date(2025, 4, 18), abstracts=(LATE,)), EMPTY)
    (tmp_path / "out").mkdir()
    for day in days:
        (tmp_path / "out" / f"{day.day}.json").write_text(json_text(day), "utf-8")
    return command_line(tmp_path, monkeypatch, capsys)


def test_a_memory_is_written_and_what_has_no_licence_is_left_out_and_told(run: CommandLine, tmp_path: Path) -> None:
    ended = run("export", "-o", "pairs.tmx")
    assert (ended.code, ended.out) == (1, "")
    assert (
        "left out: 1 pair of Other: its licence is not known (feeds.yaml: the source has no licence there)" in ended.err
    )
    assert "6 pairs of 3 days" in ended.err
    text = (tmp_path / "pairs.tmx").read_text("utf-8")
    assert (faults_of(text), text.count("<tu "), 'creationdate="20250419T000000Z">' in text) == ([], 6, True)
    assert len(read_tmx(text.encode(), "pairs.tmx").pairs) == 6
    again = run("export", "--format", "tmx")
    assert again.out == text


def test_the_flag_lets_it_in(run: CommandLine) -> None:
    ended = run("export", "--format", "jsonl", "--unlicensed")
    rows = [json.loads(row) for row in ended.out.splitlines()]
    assert (ended.code, len(rows), "left out" in ended.err) == (0, 7, False)
    assert [row["licence"] for row in rows if row["source"] == "Other"] == [None]


def test_where_nothing_is_licensed_nothing_is_written(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS.replace("Other", "Another") % "", "utf-8")
    ended = run("export", "-o", "pairs.tmx")
    assert (ended.code, (tmp_path / "pairs.tmx").exists()) == (3, False)
    assert "6 pairs of HF Blog" in ended.err
    assert "1 pair of Other: its licence is not known (feeds.yaml: the source is not there any more)" in ended.err
    assert "--unlicensed" in ended.err
    assert run("export", "--format", "tmx").out == ""


def test_days_and_sources_are_chosen(run: CommandLine) -> None:
    assert run("export", "--format", "tsv", "--from", "2025-04-17").out.count("\n") == 2
    assert run("export", "--format", "tsv", "--to", "2025-04-16", "--source", "HF Blog").out.count("\n") == 6
    other = run("export", "--format", "tsv", "--source", "Other", "--unlicensed")
    assert (other.code, other.out.count("\n")) == (0, 2)


def test_other_makers_are_named_with_what_lets_them_in(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "out" / "2025-04-20.json").write_text(json_text(replace(DAY, day=date(2025, 4, 20))), "utf-8")
    wanted = ("export", "--format", "tsv", "--from", "2025-04-20")
    assert "left out: 1 pair made by machine (--made-by machine gives them)" in run(*wanted).err
    assert "machine" in run(*wanted, "--made-by", "Human, Machine").out
    assert run(*wanted, "--made-by", "all").out == run(*wanted, "--made-by", "human,machine").out


def test_a_day_that_cannot_be_read_is_told_and_the_others_are_exported(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "out" / "2025-04-17.json").write_text("{", "utf-8")
    ended = run("export", "--format", "tsv", "--unlicensed")
    assert (ended.code, ended.out.count("\n")) == (1, 8)
    assert "left out: out/2025-04-17.json: this is not JSON" in ended.err


def test_a_file_that_was_there_stays_whole_where_a_run_fails(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pairs.tmx").write_text("before", "utf-8")
    assert run("export", "-o", "pairs.tmx", "--source", "None").code == 2
    assert (tmp_path / "pairs.tmx").read_text("utf-8") == "before"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--format", "pdf"), 2, "choose terms, tmx, tsv or jsonl"),
        (("--format", "tmx", "--seed"), 2, "--seed: is for terms"),
        (("--format", "tmx", "--made-by", "human,nobody"), 2, "'nobody' is nobody; choose among human, machine"),
        (("--format", "tmx", "--source", "Nobody"), 2, "no source is called 'Nobody'; there are: HF Blog, Other"),
        (("--format", "tmx", "--from", "2025-04-18", "--to", "2025-04-17"), 2, "lies before"),
        (("--format", "tmx", "--from", "18.4.2025"), 2, "write it as"),
        (("--format", "tmx", "--archive", "nowhere"), 3, "nowhere: there is no day to export"),
        (("-o", "out/"), 2, "is a folder"),
    ],
)
def test_wrong_use_is_told_in_one_line(run: CommandLine, words: tuple[str, ...], code: int, said: str) -> None:
    ended = run("export", *words)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1
