"""README's mail section is followed to the letter, so that it stays true."""

from __future__ import annotations

import email
import os
import re
import shutil
import socket
import subprocess
import sys
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
import yaml
from typer.testing import CliRunner

from digest.cli import app
from digest.config import parse_settings
from digest.demo import DEMO_DAY

ROOT = Path(__file__).parent.parent
NAMES = ("README.md", "README.zh.md")
MARK = "<!-- trial:"
PORT = "8025"
INSTALL = "python3 -m venv trial && . trial/bin/activate && pip install . aiosmtpd"
ONE_SOURCE = {"sources": [{"name": "HF Blog", "url": "https://blog.example/feed.xml"}]}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def mail_section(name: str) -> str:
    """Give the parts on mail and on the schedule."""
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"^## (?:Mail|Schedule|邮件|定时运行)\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 2, f"{name} has no part on mail, or none on the schedule"
    return "\n".join(found)


def delivered(output: str) -> list[EmailMessage]:
    """Give the mails that aiosmtpd's Debugging handler printed."""
    found = re.findall(r"^-+ MESSAGE FOLLOWS -+\n(.*?)^-+ END MESSAGE -+$", output, re.MULTILINE | re.DOTALL)
    bare = [re.sub(r"\Amail options:.*\n\n", "", text) for text in found]
    return [cast("EmailMessage", email.message_from_string(text, policy=default)) for text in bare]


def test_the_trial_delivers_the_demos_digest(tmp_path: Path) -> None:
    script = blocks((ROOT / "README.md").read_text("utf-8").partition(MARK)[2], "sh")[0]
    assert script.startswith(INSTALL + "\n"), "what is installed by hand here is what the tests have"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ended = "trap 'test -z \"$!\" || kill $! 2>/dev/null || true' EXIT\n"  # the server, where the script ends early
    script = ended + script.removeprefix(INSTALL).replace(PORT, port)
    programs = Path(sys.executable).parent
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGEST_")}
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-e", "-c", script],
        cwd=tmp_path, env={**environment, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    (mail,) = delivered(done.stdout)
    assert (mail["To"], mail["From"]) == ("ann@example.org", "Sample digest <digest@example.org>")
    text = mail.get_body(("plain",))
    page = mail.get_body(("html",))
    assert text
    assert page
    titles = re.findall(r'"en": "([^"]+)"', (tmp_path / "demo-out" / f"{DEMO_DAY}.json").read_text("utf-8"))
    assert titles[0] in text.get_content()
    assert titles[0] in page.get_content()
    (draft,) = (tmp_path / "trial/drafts").glob("*.eml")
    assert email.message_from_bytes(draft.read_bytes(), policy=default)["To"] == "ann@example.org"


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_that_are_shown_are_settings(name: str) -> None:
    shown = blocks(mail_section(name), "yaml")
    assert shown
    for block in shown:
        parse_settings(yaml.safe_dump(yaml.load(block, yaml.BaseLoader) | ONE_SOURCE, allow_unicode=True), "README")


@pytest.mark.parametrize("name", NAMES)
def test_the_options_that_are_named_are_there(name: str) -> None:
    named = re.findall(r"digest (send|run|check)\b([^\n`|#]*)", mail_section(name))
    assert {verb for verb, _ in named} == {"send", "run", "check"}
    for verb in ("send", "run", "check"):
        known = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
        for option in {o for v, words in named if v == verb for o in re.findall(r"--[a-z][a-z-]+", words)}:
            assert f"{option} " in known, f"{name}: digest {verb} {option}"
