"""The verbs for what translates, as a person types them: models, memory, terms, check, and a whole day by a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_blog import LINES
from test_cli import digest, folder  # noqa: F401
from tiny_model import argos_zip

from digest.demo import DEMO_DAY, DemoServer, settings

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def models(folder: Path, monkeypatch: Patch) -> Path:  # noqa: F811
    monkeypatch.setenv("DIGEST_MODELS", str(folder / "models"))
    return folder


def test_models_are_pulled_listed_and_removed(models: Path, capsys: Capture, monkeypatch: Patch) -> None:
    package = argos_zip(models / "tiny.argosmodel")
    code, out, _ = digest(capsys, monkeypatch, "models", "pull", "zh-en", "--from", str(package))
    assert code == 0
    assert "sha256" in out
    assert (models / "models" / "zh-en").is_dir()
    _, out, _ = digest(capsys, monkeypatch, "models", "list")
    rows = {line.split("\t")[0]: line for line in out.splitlines()}
    assert str(models / "models" / "zh-en") in rows["zh-en"]
    assert "digest models pull en-zh" in rows["en-zh"]
    code, _, _ = digest(capsys, monkeypatch, "models", "remove", "zh-en")
    assert (code, (models / "models" / "zh-en").exists()) == (0, False)
    code, _, err = digest(capsys, monkeypatch, "models", "remove", "zh-en")
    assert (code, "no model of zh-en" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("models", "pull"), 2, "name the pairs"),
        (("models", "pull", "de-fr"), 2, "no model of de-fr"),
        (("models", "pull", "zh-en", "--from", "none.argosmodel"), 2, "no file"),
        (("build", "--engine", "mt"), 2, "digest models pull"),
        (("build", "--engine", "chat"), 2, "not configured"),
        (("build", "--engine", "magic"), 2, "no engine"),
        (("memory", "import", "none.tmx"), 2, "cannot be read"),
        (("export", "--format", "pdf"), 2, "no format"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    models: Path, capsys: Capture, monkeypatch: Patch, words: tuple[str, ...], code: int, said: str
) -> None:
    ended, _, err = digest(capsys, monkeypatch, *words)
    assert ended == code
    assert said in err
    assert "Traceback" not in err


def test_a_plan_without_an_engine_that_costs_is_no_calls(models: Path, capsys: Capture, monkeypatch: Patch) -> None:
    code, out, _ = digest(capsys, monkeypatch, "build", "--plan", "2025-04-16")
    assert (code, out) == (0, "no calls\n")
    assert not (models / "out").exists()


def test_check_says_which_engine_would_be_used_and_why(models: Path, capsys: Capture, monkeypatch: Patch) -> None:
    _, out, _ = digest(capsys, monkeypatch, "check", "--offline")
    assert "engine chat: not used: not configured" in out
    assert "English to Chinese: nothing translates" in out
    assert "digest models pull en-zh" in out
    digest(capsys, monkeypatch, "models", "pull", "--from", str(argos_zip(models / "tiny.argosmodel")))
    _, out, _ = digest(capsys, monkeypatch, "check", "--offline", "--engine")
    assert "Chinese to English: translated by mt:" in out
    assert out.count("not translated: nothing that was answered could be verified") == 3


def test_pairs_of_a_tmx_enter_the_memory_if_the_judge_verifies_them(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    pairs = [(zh.format(n=3), en.format(n=3)) for en, zh in LINES]
    units = "".join(
        f'<tu><tuv xml:lang="en"><seg>{en}</seg></tuv><tuv xml:lang="zh-CN"><seg>{zh}</seg></tuv></tu>'
        for zh, en in [*pairs, (pairs[0][0], pairs[5][1])]
    )
    (models / "a.tmx").write_text(f'<tmx version="1.4"><header/><body>{units}</body></tmx>', "utf-8")
    code, out, _ = digest(capsys, monkeypatch, "memory", "import", "a.tmx")
    assert code == 0
    assert f"{len(pairs)} pairs kept, 0 known already, 1 not verified" in out
    _, out, _ = digest(capsys, monkeypatch, "check", "--offline")
    assert f"engine memory: {len(pairs)} pairs" in out


def test_terms_that_a_day_taught_are_exported_and_come_back(models: Path, capsys: Capture, monkeypatch: Patch) -> None:
    with DemoServer() as server:
        (models / "feeds.yaml").write_text(json.dumps(settings(server.base)), "utf-8")
        now = ("--now", f"{DEMO_DAY}T23:00:00+00:00")
        assert digest(capsys, monkeypatch, "run", DEMO_DAY, *now)[0] == 0
    code, out, _ = digest(capsys, monkeypatch, "export")
    assert code == 0
    assert out.splitlines()[0] == "zh,en,note"
    (models / "terms.csv").write_text("zh,en\n很特别的译法,cache\n", "utf-8")
    chosen = json.loads((models / "feeds.yaml").read_text("utf-8")) | {"engines": {"terms": "terms.csv"}}
    (models / "feeds.yaml").write_text(json.dumps(chosen), "utf-8")
    _, out, _ = digest(capsys, monkeypatch, "export", "-o", "all.csv")
    assert "很特别的译法,cache" in (models / "all.csv").read_text("utf-8")


def test_a_whole_day_by_a_model_that_talks_nonsense_prints_none_of_it(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    for source, target in (("zh", "en"), ("en", "zh")):
        package = argos_zip(models / f"{source}.argosmodel", source, target)
        digest(capsys, monkeypatch, "models", "pull", f"{source}-{target}", "--from", str(package))
    with DemoServer() as server:
        (models / "feeds.yaml").write_text(json.dumps(settings(server.base)), "utf-8")
        now = ("--now", f"{DEMO_DAY}T23:00:00+00:00")
        code, _, _ = digest(capsys, monkeypatch, "run", DEMO_DAY, "--engine", "none", *now)
        before = json.loads((models / "out" / f"{DEMO_DAY}.json").read_text("utf-8"))
    code, _, _ = digest(capsys, monkeypatch, "build", DEMO_DAY, "--engine", "mt", *now)  # the server is gone
    assert code == 0
    page = json.loads((models / "out" / f"{DEMO_DAY}.json").read_text("utf-8"))
    assert "mt:" in page["signature"]
    assert page["refused"]
    assert page["quality"]["untranslated"] == before["quality"]["untranslated"] > 0
    assert [post["pairs"] for post in page["posts"]] == [post["pairs"] for post in before["posts"]]
