"""The verbs for what translates, as a person types them: models, memory, terms, check, and a whole day by a model."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_chat import FakeChat
from small_blog import LINES
from test_cli import digest, folder  # noqa: F401
from tiny_model import argos_zip

from digest.demo import DEMO_DAY, DemoServer, settings
from digest.store import Sighting, Store

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
    code, out, _ = digest(capsys, monkeypatch, "check", "--offline", "--engine")
    assert "Chinese to English: translated by mt:" in out
    assert out.count("not translated: nothing that was answered could be verified") == 3
    assert (code, "refused" in out) == (1, True)  # it was asked, and nothing verified


def test_check_names_terms_that_are_put_in_several_ways(models: Path, capsys: Capture, monkeypatch: Patch) -> None:
    with Store(models / "state") as store:
        rows = [
            Sighting(f"post-{n}", "Blog", zh, "token", "brackets", date(2025, 4, n))
            for n, zh in ((1, "词元"), (2, "令牌"))
        ]
        store.save_sightings(rows, datetime(2025, 4, 3, tzinfo=UTC))
    _, out, _ = digest(capsys, monkeypatch, "check", "--offline")
    assert "terms: put in more than one way: 1: token (词元 ×1, 令牌 ×1)" in out


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


NOW = ("--now", f"{DEMO_DAY}T23:00:00+00:00")
SAID = {
    "The alarm arrived after four minutes, and builds continued on the second server without losing a job.":
        "警报在四分钟后到达，构建在第二台服务器上继续进行，没有丢失一个任务。",
    "Everyone in the office voted on the list of rooms before the sensors were switched on.":
        "在传感器开启之前，办公室里的每个人都对房间列表进行了投票。",
}  # fmt: skip


def configure(folder: Path, base: str, **engines: Any) -> None:  # noqa: F811
    (folder / "feeds.yaml").write_text(json.dumps(settings(base) | {"engines": engines}), "utf-8")


def pages(folder: Path) -> dict[str, bytes]:  # noqa: F811
    return {path.name: path.read_bytes() for path in (folder / "out").glob("2025-*")}


def test_a_run_without_the_service_of_yesterday_leaves_its_lines_on_the_pages(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    with DemoServer() as server, FakeChat(SAID) as fake:
        chat = {"base_url": fake.base_url, "model": "fake", "key_env": "FAKE_KEY"}
        configure(models, server.base, chat=chat)
        monkeypatch.setenv("FAKE_KEY", "sk-of-the-test")
        code, _, err = digest(capsys, monkeypatch, "run", *NOW)
        assert (code, "builds 2 earlier days too" in err) == (0, True)
        page = json.loads((models / "out" / f"{DEMO_DAY}.json").read_text("utf-8"))
        assert page["quality"]["machine"] >= 1
        before = pages(models)
        monkeypatch.delenv("FAKE_KEY")
        code, out, err = digest(capsys, monkeypatch, "run", *NOW)
        assert code == 1
        assert "engine chat: the environment variable FAKE_KEY holds no key" in err
        assert "export FAKE_KEY=…; under cron, set it in the crontab" in err
        assert f"1 day keeps lines of an engine that is not here now (chat:fake@{fake.place}:" in err
        assert f"or by: digest build {DEMO_DAY}" in err
        assert f"{DEMO_DAY}.html" not in out
        kept = pages(models)
        assert {name: kept[name] for name in before if DEMO_DAY in name} == {
            name: text for name, text in before.items() if DEMO_DAY in name
        }
        code, _, err = digest(capsys, monkeypatch, "run", "--engine", "none", *NOW)
        assert (code, "keeps lines" in err, "FAKE_KEY" in err) == (0, True, False)
        code, out, _ = digest(capsys, monkeypatch, "check", "--offline", *NOW)
        assert code == 1
        assert "warning engine chat: not used: the environment variable FAKE_KEY" in out
        monkeypatch.setenv("FAKE_KEY", "sk-of-the-test")
        calls = len(fake.requests)
        code, _, err = digest(capsys, monkeypatch, "run", *NOW)
        assert (code, "keeps" in err, len(fake.requests)) == (0, False, calls)
        assert pages(models) == before
        assert digest(capsys, monkeypatch, "build", DEMO_DAY, "--engine", "none", *NOW)[0] == 0  # as it is told
        assert b"chat:fake" not in (models / "out" / f"{DEMO_DAY}.json").read_bytes()


def test_a_service_that_refuses_is_told_once_to_the_operator_and_in_general_to_the_reader(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("FAKE_KEY", "sk-of-the-test")
    with DemoServer() as server, FakeChat(SAID, "401") as fake:
        configure(models, server.base, chat={"base_url": fake.base_url, "model": "fake", "key_env": "FAKE_KEY"})
        code, _, err = digest(capsys, monkeypatch, "run", *NOW)
        told = f"engine: chat (fake at {fake.place}): the key is not taken (FAKE_KEY): 401\n"
        assert (code, err.count(told)) == (1, 1)
        code, _, err = digest(capsys, monkeypatch, "build", DEMO_DAY, *NOW)
        assert (code, err.count(told)) == (1, 1)
    written = "".join(path.read_text("utf-8") for path in (models / "out").glob("*.*"))
    assert "the translation service refused" in written
    assert "FAKE_KEY" not in written


def test_check_goes_on_where_the_table_of_terms_is_missing_and_export_writes_it(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    configure(models, "http://127.0.0.1:9", terms="terms.csv")
    code, out, _ = digest(capsys, monkeypatch, "check", "--offline", "--engine")
    assert code == 3
    assert "problem feeds.yaml: engines.terms: " in out
    assert "terms.csv: no such file; write it with: digest export -o terms.csv" in out
    assert "Traceback" not in out
    code, _, err = digest(capsys, monkeypatch, "run")
    assert (code, "feeds.yaml: engines.terms" in err) == (2, True)
    assert digest(capsys, monkeypatch, "export", "-o", "terms.csv")[0] == 0
    assert digest(capsys, monkeypatch, "check", "--offline")[0] == 0


def test_check_says_of_a_model_that_is_here_and_cannot_work_what_it_lacks(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    digest(capsys, monkeypatch, "models", "pull", "--from", str(argos_zip(models / "tiny.argosmodel")))
    monkeypatch.setattr("digest.engines.local.LocalEngine.lacks", lambda *_: "the model zh-en cannot be read: bad")
    code, out, _ = digest(capsys, monkeypatch, "check", "--offline")
    assert code == 1
    assert "Chinese to English: nothing translates: the model zh-en cannot be read: bad" in out
    assert "translated by mt" not in out


def test_check_shows_the_answers_that_were_refused_and_why_in_words(
    models: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("FAKE_KEY", "sk-of-the-test")
    right = {
        "The new release halves the memory that training needs.": "新版本使训练所需的内存减半。",
        "Call X1 with at most 512 tokens.": "调用 X1 时最多使用 812 个 token。",
        "新版本使训练所需的内存减半。": "The new release halves the memory that training needs.",
    }
    with FakeChat(right) as fake:
        configure(models, "http://127.0.0.1:9", chat={"base_url": fake.base_url, "model": "f", "key_env": "FAKE_KEY"})
        code, out, _ = digest(capsys, monkeypatch, "check", "--offline", "--engine")
        assert (code, out.count("(chat:f@")) == (0, 2)
        assert "refused: 调用 model.generate() 时最多使用 812 个 token。  (numbers differ: 812≠512)" in out
        fake.mode = "401"
        monkeypatch.chdir(models.parent)
        code, out, _ = digest(
            capsys, monkeypatch, "check", "--offline", "--engine", "-c", str(models / "feeds.yaml"), "--state", "other"
        )
        assert code == 1
        assert "refused in all: access was denied 3" in out
        assert "the key is not taken (FAKE_KEY): 401" in out
