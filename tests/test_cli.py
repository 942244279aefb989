"""The command line: what it says, and the exit code it ends with."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from digest import cli
from digest.cli.options import dates
from digest.errors import ConfigError
from digest.job import set_up_log
from digest.model import Post
from digest.store import Store

FEEDS = "sources:\n  - name: Down\n    url: http://127.0.0.1:9/feed.xml\n    pause: 0\n"


def digest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["digest", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DIGEST_CONFIG", "DIGEST_STATE", "DIGEST_OUT", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("build", "16.4.2025"), 2, "write it as 2025-04-16"),
        (("build", "2025-04-16", "--date", "2025-04-17"), 2, "given twice"),
        (("build", "--from", "2025-04-17", "--to", "2025-04-16"), 2, "lies before"),
        (("build", "--config", "none.yaml"), 2, "no such file"),
        (("build", "--now", "noon"), 2, "is no time"),
        (("build", "--now", "2025-04-17T08:00:00"), 2, "names no zone"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_clear_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], code: int, said: str,
) -> None:  # fmt: skip
    ended, _, err = digest(capsys, monkeypatch, *words)
    assert ended == code
    assert said in err
    assert "Traceback" not in err


def test_a_run_whose_sources_all_fail_ends_with_3_and_still_writes_the_page(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = digest(capsys, monkeypatch, "run", "2025-04-16", "--now", "2025-04-17T08:00:00+08:00")
    assert code == 3
    assert "http://127.0.0.1:9/feed.xml: fetch:" in err
    assert "allow_private" in err or "private" in err
    page = json.loads((folder / "out" / "2025-04-16.json").read_text("utf-8"))
    assert page["failures"][0]["url"] == "http://127.0.0.1:9/feed.xml"
    assert (folder / "out" / "index.html").exists()


def test_the_operator_is_told_whole_addresses_once_and_the_page_has_no_token(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = "http://127.0.0.1:9/feed.xml?token=s3cret"
    (folder / "feeds.yaml").write_text(FEEDS.replace("http://127.0.0.1:9/feed.xml", feed), "utf-8")
    _, _, err = digest(capsys, monkeypatch, "run", "2025-04-16", "--now", "2025-04-17T08:00:00+08:00")
    assert err.count(f"{feed}: fetch:") == 1
    assert "http://127.0.0.1:9/feed.xml: " not in err
    for page in (folder / "out").glob("*.*"):
        assert "s3cret" not in page.read_text("utf-8")
    assert "http://127.0.0.1:9/feed.xml" in (folder / "out" / "2025-04-16.html").read_text("utf-8")


def test_a_day_whose_posts_all_are_in_the_list_of_the_rest_is_not_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = 'digest:\n  exclude: ["/./"]\n'
    (folder / "feeds.yaml").write_text(rules + FEEDS, "utf-8")
    noon = datetime(2025, 4, 16, 4, tzinfo=UTC)
    with Store(folder / "state") as store:
        post = Post(
            "one", "http://127.0.0.1:9/feed.xml", "one", "", "A title", noon, True, noon, "en", "<p>Text.</p>", ""
        )
        store.save_posts([(post, "")])
    code, _, _ = digest(capsys, monkeypatch, "run", "2025-04-16", "--now", "2025-04-17T08:00:00+08:00")
    page = json.loads((folder / "out" / "2025-04-16.json").read_text("utf-8"))
    assert (page["posts"], [row["why"] for row in page["rest"]]) == ([], ["excluded"])
    assert code == 1


@pytest.mark.fault("state", "second run")
def test_a_second_run_ends_with_75(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run begins while another one is at work.

    The lock is the kernel's: the second ends with exit code 75.
    """
    (folder / "state").mkdir()
    with FileLock(folder / "state" / "lock"):
        code, _, err = digest(capsys, monkeypatch, "run")
    assert code == 75
    assert "another run holds the lock" in err


def test_a_bug_ends_with_70_and_its_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.days, "one_date", broken)
    code, _, err = digest(capsys, monkeypatch, "run")
    assert code == 70
    assert "Traceback" in err


def test_check_names_each_problem_with_its_remedy(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    code, out, _ = digest(capsys, monkeypatch, "check")
    assert code == 1
    assert "HTTPS_PROXY is set and not used" in out
    assert 'network: {proxy: "http://proxy.example:3128"}' in out
    assert "does not answer" in out
    assert "allow_private" in out


def test_feeds_come_and_go_by_opml(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, opml, _ = digest(capsys, monkeypatch, "feeds", "export")
    assert "http://127.0.0.1:9/feed.xml" in opml
    more = opml.replace("</body>", '<outline type="rss" text="中文博客" xmlUrl="https://zh.example/feed"/></body>')
    (folder / "more.opml").write_text(more, "utf-8")
    code, out, _ = digest(capsys, monkeypatch, "feeds", "import", "more.opml")
    assert (code, out) == (0, "1 of 2 feeds added to feeds.yaml\n")
    _, out, _ = digest(capsys, monkeypatch, "feeds", "list")
    assert out.splitlines()[1].startswith("中文博客\thttps://zh.example/feed")


def test_a_new_user_gets_a_configuration_to_start_from(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feeds.yaml").unlink()
    code, _, err = digest(capsys, monkeypatch, "run")
    assert code == 2
    assert "digest init" in err
    _, text, _ = digest(capsys, monkeypatch, "feeds", "sample")
    (folder / "feeds.yaml").write_text(text, "utf-8")
    code, out, _ = digest(capsys, monkeypatch, "feeds", "list")
    assert code == 0
    assert len(out.splitlines()) >= 10


def test_the_log_is_json_where_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, err = digest(capsys, monkeypatch, "collect", "--log-json")
    records = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    failed = next(record for record in records if "url" in record)
    assert (failed["level"], failed["url"]) == ("warning", "http://127.0.0.1:9/feed.xml")
    refused = next(record for record in records if record["message"] == "address refused")
    assert (refused["address"], refused["port"]) == ("127.0.0.1", 9)
    set_up_log(as_json=False)  # its handler holds this test's standard error


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, digest.cli; print(sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "httpx", "feedparser", "trafilatura", "jieba", "pydantic", "lxml", "jinja2", "sqlite3", "rich"}
    assert not heavy & set(eval(done.stdout))


def test_a_range_of_dates_has_both_ends() -> None:
    days = dates(None, "2025-02-27", "2025-03-01", date(2025, 1, 1))
    assert [str(d) for d in days] == ["2025-02-27", "2025-02-28", "2025-03-01"]
    with pytest.raises(ConfigError):
        dates(date(2025, 1, 1), "2025-02-27", "", date(2025, 1, 1))
