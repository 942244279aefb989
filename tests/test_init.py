"""The first use: feeds.yaml from what ships, real pairs at once, memory and terms filled, the next step said."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest import cli
from digest.cli import start
from digest.config import parse_settings
from digest.demo import DemoServer, settings
from digest.store import Store

Run = Callable[..., tuple[int, str, str]]
NOW = "2025-04-17T08:00:00+08:00"


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as made:
        yield made


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("DIGEST_CONFIG", "DIGEST_STATE", "DIGEST_OUT", "DIGEST_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIGEST_MODELS", str(tmp_path / "models"))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["digest", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def shipped(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what ships be the sample blog's feeds."""
    plain = json.loads(json.dumps(settings(server.base)))  # nothing in it twice, so that YAML needs no alias
    text = "# ours\n" + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)
    monkeypatch.setattr(start, "sample_text", lambda: text)


def learnt_pairs(out: str) -> int:
    found = re.search(r"^learnt (\d+) pair", out, re.MULTILINE)
    assert found
    return int(found[1])


def test_a_first_use_shows_real_pairs_and_fills_memory_and_terms(
    server: DemoServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped(server, monkeypatch)
    code, out, err = run("init", "--all", "--now", NOW)
    assert (code, "4 of 4 sources answered" in out) == (0, True), err
    text = (tmp_path / "feeds.yaml").read_text("utf-8")
    assert text.startswith("# ours\n")
    assert len(parse_settings(text).sources) == 4
    _, heading, *posts = (part for part in out.split("\n\n") if not part.startswith(("learnt", "next")))
    assert heading == start.HEADING
    assert len(posts) == start.SHOWN
    assert all(re.match(r"2025-04-1[4-6]  ", post) for post in posts)
    assert [post[:10] for post in posts] == sorted((post[:10] for post in posts), reverse=True)
    for post in posts:
        lines = post.splitlines()
        assert sum(line.startswith("  · ") for line in lines) == 2
        for first, second in pairwise(lines):
            if first.startswith("  · "):
                assert re.search("[\u4e00-\u9fff]", first)
                assert re.search("[a-z]{3}", second)
    with Store(tmp_path / "state") as store:
        learnt = re.search(r"learnt (\d+) pairs of lines and (\d+) terms? from (\d+) posts", out)
        assert learnt is not None
        assert (store.memory_top(), store.terms_top()) == (int(learnt[1]), int(learnt[2]))
        assert int(learnt[1]) > 20
        assert int(learnt[3]) > start.SHOWN  # from those that are not shown, too
    assert "digest run" in out
    assert f"  0 7 * * *  cd {tmp_path} && " in out
    assert "digest models pull" in err  # said here, for the first run will not be the first use


def test_a_second_time_the_file_is_used_and_nothing_is_learnt_twice(
    server: DemoServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped(server, monkeypatch)
    _, first, _ = run("init", "--source", "Sample Blog", "--now", NOW)
    text = (tmp_path / "feeds.yaml").read_text("utf-8") + "# mine\n"
    assert [source.name for source in parse_settings(text).sources] == ["Sample Blog"]
    (tmp_path / "feeds.yaml").write_text(text, "utf-8")
    code, out, _ = run("init", "--now", NOW)
    assert code == 0
    assert "is there already and is used as it is" in out
    assert learnt_pairs(out) < learnt_pairs(first) / 5  # the lexicon that was learnt makes some more pairs sure
    assert (tmp_path / "feeds.yaml").read_text("utf-8") == text
    code, _, err = run("init", "--all")
    assert code == 2
    assert "feeds.yaml: is there already; --force writes it anew" in err
    assert (tmp_path / "feeds.yaml").read_text("utf-8") == text
    run("init", "--all", "--force", "--now", NOW)
    assert len(parse_settings((tmp_path / "feeds.yaml").read_text("utf-8")).sources) == 4


def test_without_a_terminal_the_sources_in_both_languages_are_taken(
    server: DemoServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped(server, monkeypatch)
    monkeypatch.setattr(start, "_show_and_learn", lambda *_: None)
    code, out, _ = run("init", "--config", "my feeds.yaml", "--now", NOW)
    assert code == 0
    assert "wrote my feeds.yaml: Sample Blog, 示例博客" in out
    assert "digest run --config 'my feeds.yaml'" in out


def test_at_a_terminal_one_is_asked_until_the_answer_can_be_read(
    server: DemoServer, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped(server, monkeypatch)
    monkeypatch.setattr(start, "_show_and_learn", lambda *_: None)
    monkeypatch.setattr(start, "_at_a_terminal", lambda: True)
    answers = iter(["5", "none", "2-3"])
    asked: list[Any] = []
    monkeypatch.setattr(start.typer, "prompt", lambda *words, **more: asked.append(more["default"]) or next(answers))
    code, out, err = run("init", "--now", NOW)
    assert code == 0
    assert "  3  zh     示例旧站  http://" in out
    assert asked == ["1-2"] * 3
    assert "'5' is no number from 1 to 4" in err
    assert "wrote feeds.yaml: 示例博客, 示例旧站" in out


def test_a_name_that_is_none_is_told_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    code, _, err = run("init", "--source", "Hugging Face", "--source", "nobody")
    assert code == 2
    assert "no source is called 'nobody'; there are: Hugging Face, Kubernetes" in err
    assert not (tmp_path / "feeds.yaml").exists()
    assert not (tmp_path / "state").exists()


def test_sources_that_do_not_answer_are_named_and_nothing_is_made_up(run: Run, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(
        "sources: [{name: Down, url: 'http://127.0.0.1:9/feed.xml', pause: 0}]\n", "utf-8"
    )
    code, out, err = run("init", "--now", NOW)
    assert code == 3
    assert "0 of 1 sources answered" in out
    assert "http://127.0.0.1:9/feed.xml: fetch:" in err
    assert "none yet" in out
    assert "learnt 0 pairs" in out
