"""`digest send` and `digest run --send` as they are typed: what they print, and the exit code they end with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from shutil import copytree, rmtree

import pytest
import yaml
from fault_smtp import PostOffice

from digest import cli
from digest.deliver.keys import mail_key
from digest.deliver.mail.tokens import token_of
from digest.demo import DEMO_DAY, DemoServer, settings
from digest.store import Store

PASSWORD = "pa55-w0rd-of-the-relay"
MORNING = ("--now", "2025-04-17T08:00:00+08:00")
assert DEMO_DAY == "2025-04-16"


class Shell:
    """Types `digest` in a folder with a feeds.yaml."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._patch = folder, capsys, monkeypatch
        self.printed = ""

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self._patch.setattr(sys, "argv", ["digest", *words, *MORNING])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capsys.readouterr()
        self.printed += out + err
        assert "Traceback" not in err
        return int(ended.value.code or 0), out, err

    def write(self, values: object) -> None:
        (self.folder / "feeds.yaml").write_text(yaml.safe_dump(values, allow_unicode=True), "utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, object]]]:
    """The demo's page, and the settings it was made with; its server goes on answering."""
    folder = tmp_path_factory.mktemp("demo")
    with DemoServer() as server:
        yield folder, settings(server.base)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name in ("DIGEST_CONFIG", "DIGEST_STATE", "DIGEST_OUT", "HTTPS_PROXY", "HTTP_PROXY", "DIGEST_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path, capsys, monkeypatch)


def mailed(port: int, *recipients: object, **server: object) -> dict[str, object]:
    return {
        "lists": [{"name": "english", "title": "The Digest", "order": ["en", "zh"]}],
        "mail": {
            "sender": "HF 博客日报 <digest@example.org>",
            "server": {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 2, **server},
            "recipients": list(recipients),
        },
    }


def parsed(data: bytes) -> Message:
    return BytesParser(policy=default).parsebytes(data)


ANN, BO = "ann@example.org", {"address": "bo@example.org", "list": "english", "time": "7:30"}


def test_a_run_delivers_its_page_once_however_often_it_is_called(
    shell: Shell, demo: tuple[Path, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", PASSWORD)
    with PostOffice(users={"me": PASSWORD}) as office:
        shell.write({**demo[1], "send": mailed(office.port, ANN, BO, user="me")})
        code, out, err = shell("run", "--send", "--log-json")
        assert (code, err.count('"message": "delivery"')) == (0, 2)
        assert out.endswith("2025-04-16: 2 sent\n")
        again = shell("run", "--send")
        assert (again[0], again[1].splitlines()[-1]) == (0, "2025-04-16: nothing to send (2 sent already)")
        assert len(office.stored) == 2
        shell("send", "--dry-run")
        shell("send", "--eml", "eml")
        record = json.loads(next(line for line in err.splitlines() if '"delivery"' in line))
    assert {record[key] for key in ("recipient", "day", "state")} == {"ann@example.org", "2025-04-16", "sent"}
    assert record["message_id"] in {str(parsed(each.data)["Message-ID"]) for each in office.stored}
    with Store(shell.folder / "state") as store:
        assert store.last_run() is not None
        assert [row.state for row in store.deliveries_of(date(2025, 4, 16))] == ["sent", "sent"]
    everything = b"".join(path.read_bytes() for path in shell.folder.rglob("*") if path.is_file())
    assert b"ann@example.org" in everything
    assert PASSWORD.encode() not in everything
    assert PASSWORD not in shell.printed


@pytest.fixture
def page(shell: Shell, demo: tuple[Path, dict[str, object]]) -> Shell:
    """A folder with the demo's page."""
    folder, values = demo
    shell.write(values)
    if not (folder / "2025-04-16.json").exists():
        assert shell("run", "2025-04-16")[0] == 0
        copytree(shell.folder / "out", folder, dirs_exist_ok=True)
    copytree(folder, shell.folder / "out", dirs_exist_ok=True)
    return shell


def test_a_password_that_is_refused_is_a_warning_from_the_first_run_on(
    page: Shell, demo: tuple[Path, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "not-this-one")
    with PostOffice(users={"me": PASSWORD}) as office:
        page.write({**demo[1], "send": mailed(office.port, ANN, BO, user="me")})
        assert page("send")[0] == 1
        code, out, _ = page("check", "--offline")
    assert code == 1
    [line] = [line for line in out.splitlines() if line.startswith("warning mail: ")]
    assert line.startswith("warning mail: ann@example.org, 2025-04-16: pending (")
    assert "digest send --again" in out


def test_what_did_not_go_well_is_named_and_the_code_tells_it(page: Shell, demo: tuple[Path, dict[str, object]]) -> None:
    with PostOffice({("RCPT", "ann@example.org"): ["550 5.1.1 no such user*"]}) as office:
        page.write({**demo[1], "send": mailed(office.port, ANN, BO)})
        code, out, err = page("send", "2025-04-16")
        assert (code, out) == (1, "2025-04-16: 1 sent, 1 rejected\n")
        assert "ann@example.org, 2025-04-16: rejected (" in err
        assert "550" in err
        assert page("send")[0] == 0
    assert [each.recipient for each in office.stored] == ["bo@example.org"]


def test_a_row_of_a_run_that_died_ends_with_1_and_is_resent_only_when_told(
    page: Shell, demo: tuple[Path, dict[str, object]]
) -> None:
    with PostOffice() as office:
        page.write({**demo[1], "send": mailed(office.port, ANN)})
        office.cut = "stored"
        code, out, err = page("send")
        assert (code, out) == (1, "2025-04-16: 1 uncertain\n")
        assert "--resend-uncertain" in err
        office.cut = ""
        code, _, err = page("send")
        assert (code, "uncertain" in err, len(office.stored)) == (0, True, 1)
        assert page("send", "--resend-uncertain")[:2] == (0, "2025-04-16: 1 sent\n")
    assert office.stored[0].data == office.stored[1].data


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("send",), 2, "says nothing of sending; write send: {mail: "),
        (("send", "16.4.2025"), 2, "write it as 2025-04-16"),
        (("send", "--dry-run", "--eml", "x"), 2, "--eml: does not go with --dry-run"),
        (("send", "--again", "--test", "--to", "ann@example.org"), 2, "--again: does not go with --test"),
        (("send", "--again", "--resend-uncertain"), 2, "--again: does not go with --resend-uncertain"),
        (("send", "--dry-run", "--test", "--to", "ann@example.org"), 2, "--test: does not go with --dry-run"),
        (("send", "--test"), 2, "--test: needs --to ADDRESS"),
        (("send", "--resend-uncertain", "--forget-uncertain"), 2, "--forget-uncertain: does not go with --resend"),
        (("run", "--print-schedule", "weekly"), 2, "'weekly' is none of cron, systemd, github-actions"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_clear_line(
    page: Shell, words: tuple[str, ...], code: int, said: str
) -> None:  # fmt: skip
    ended, _, err = page(*words)
    assert ended == code
    assert said in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("send", "2025-04-17"), 2, "2025-04-17 is not over yet"),
        (("send", "2025-04-15"), 3, "no page of 2025-04-15 in out/: digest build 2025-04-15"),
        (("send", "--out", "nowhere"), 3, "nowhere: no such folder; digest run makes it"),
        (("send", "--out", "nowhere", "--dry-run"), 3, "nowhere: no such folder; digest run makes it"),
        (("send", "2025-04-15", "--to", "ann@example.org", "--test"), 3, "no page of 2025-04-15"),
        (("send", "--to", "daily", "--test"), 2, "--test: goes to addresses and channels, not to everybody on a list"),
        (("send", "2025-04-15", "--dry-run"), 3, "no page of 2025-04-15"),
        (("send", "2025-04-15", "--eml", "x"), 3, "no page of 2025-04-15"),
        (("send", "--to", "nobody"), 2, "'nobody' is no mail address"),
        (("send", "--subscribe", "cy@example.org"), 2, "is no recipient"),
        (("send", "--unsubscribe", "x"), 2, "the token is nobody's"),
    ],
)
def test_what_cannot_be_sent_is_told(
    page: Shell, demo: tuple[Path, dict[str, object]], words: tuple[str, ...], code: int, said: str
) -> None:  # fmt: skip
    page.write({**demo[1], "send": mailed(1, ANN)})
    ended, out, err = page(*words)
    assert (ended, said in err) == (code, True)
    assert (out, len(err.splitlines())) == ("", 1), "one line says it"


def test_a_secret_that_is_missing_ends_with_2_and_leaves_the_page_of_the_run(
    page: Shell, demo: tuple[Path, dict[str, object]]
) -> None:
    rmtree(page.folder / "out")
    (page.folder / "out").mkdir()
    page.write({**demo[1], "send": mailed(1, ANN, user="me")})
    code, said, err = page("run", "2025-04-16", "--send")
    assert (code, "nothing to send" in said) == (2, False)
    assert "DIGEST_SMTP_PASSWORD: holds no secret" in err
    assert (page.folder / "out" / "2025-04-16.html").exists()


def test_who_unsubscribes_by_token_gets_no_more_until_subscribed_again(
    page: Shell, demo: tuple[Path, dict[str, object]]
) -> None:
    with PostOffice() as office:
        page.write({**demo[1], "send": mailed(office.port, ANN, BO)})
        token = token_of(mail_key(page.folder / "state"), "daily", "ann@example.org")
        code, out, _ = page("send", "--unsubscribe", token)
        assert (code, out) == (0, "ann@example.org gets nothing of the list daily any more\n")
        assert page("send")[0] == 0
        assert [each.recipient for each in office.stored] == ["bo@example.org"]
        code, out, _ = page("send", "--subscribe", "ann@example.org")
        assert (code, "ann@example.org is sent to again" in out) == (0, True)
        assert page("send")[:2] == (0, "2025-04-16: 1 sent\n")


def test_nothing_that_is_due_is_no_fault_before_the_mornings_page(
    page: Shell, demo: tuple[Path, dict[str, object]]
) -> None:
    rmtree(page.folder / "out")
    (page.folder / "out").mkdir()
    page.write({**demo[1], "send": mailed(1, ANN)})
    assert page("send")[:2] == (0, "2025-04-16: nothing to send; it has no page yet that is of the whole day\n")


def test_it_is_said_that_nobody_is_named(page: Shell, demo: tuple[Path, dict[str, object]]) -> None:
    page.write({**demo[1], "send": mailed(1)})
    said = "2025-04-16: nothing to send; nobody is named: send.mail.recipients\n"
    assert page("send")[:2] == (0, said)


def test_the_settings_are_called_what_their_file_is_called(page: Shell) -> None:
    (page.folder / "feeds.yaml").rename(page.folder / "lab.yaml")
    assert page("send", "--config", "lab.yaml")[2].startswith("digest: lab.yaml: says nothing of sending")


def test_a_dry_run_leaves_nothing_behind(page: Shell, demo: tuple[Path, dict[str, object]]) -> None:
    page.write({**demo[1], "send": mailed(1, ANN)})
    before = sorted(page.folder.rglob("*"))
    code, out, _ = page("send", "--dry-run", "--state", "none")
    assert (code, out.split("\t")[0], out.split("\t")[-1]) == (0, "ann@example.org", "would be sent\n")
    assert sorted(page.folder.rglob("*")) == before


def test_a_trial_hands_over_now_and_notes_nothing(page: Shell, demo: tuple[Path, dict[str, object]]) -> None:
    refused = {("RCPT", "cy@example.org"): ["550 5.1.1 no such user*"]}
    with PostOffice(refused) as office:
        page.write({**demo[1], "send": mailed(office.port, ANN)})
        assert page("send")[:2] == (0, "2025-04-16: 1 sent\n")
        code, out, err = page("send", "--to", "ann@example.org", "--test")
        assert (code, err) == (0, "")
        assert out.startswith("ann@example.org, 2025-04-16: sent")
        code, out, _ = page("send", "2025-04-16", "--to", "ann@example.org", "--to", "cy@example.org", "--test")
        assert (code, "cy@example.org, 2025-04-16: rejected (" in out, "550" in out) == (1, True, True)
        assert page("send", "--state", "new", "--to", "ann@example.org", "--test")[0] == 0
    first, *trials = [parsed(each.data) for each in office.stored]
    assert [each["Subject"] for each in trials] == [first["Subject"]] * 3
    assert first["Message-ID"] not in [each["Message-ID"] for each in trials], "a mail program shows one of each"
    assert first["List-Unsubscribe"] == trials[0]["List-Unsubscribe"]
    with Store(page.folder / "state") as store:
        assert [row.recipient for row in store.deliveries_in("sent", "pending", "rejected")] == ["ann@example.org"]
    assert sorted(path.name for path in (page.folder / "new").iterdir()) == ["mail.key"]


def test_what_was_refused_may_be_tried_again(page: Shell, demo: tuple[Path, dict[str, object]]) -> None:
    with PostOffice({("RCPT", "ann@example.org"): ["550 5.7.1 policy"]}) as office:
        page.write({**demo[1], "send": mailed(office.port, ANN)})
        assert page("send")[:2] == (1, "2025-04-16: 1 rejected\n")
        assert page("send", "2025-04-16")[:2] == (0, "2025-04-16: nothing to send (1 rejected before)\n")
        words = ("send", "2025-04-16", "--to", "ann@example.org", "--again")
        assert page(*words)[:2] == (0, "2025-04-16: 1 sent\n")


def test_a_schedule_is_printed_for_what_is_configured(page: Shell, demo: tuple[Path, dict[str, object]]) -> None:
    page.write({**demo[1], "send": mailed(1, ANN, BO)})
    rmtree(page.folder / "out")
    (page.folder / "out").mkdir()
    code, out, _ = page("run", "--print-schedule", "cron")
    assert (code, "run --send --config" in out) == (0, True)
    assert not list((page.folder / "out").iterdir())
