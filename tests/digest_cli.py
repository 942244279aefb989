"""The command line in this process, for tests of what it says and of the code it ends with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_blog import FakeWeb, TrueEmbedder

from digest import build, cli, job
from digest.fetch import watch
from digest.sandbox.readers import DIRECT


@dataclass(frozen=True)
class Ended:
    """How a verb ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Digest = Callable[..., Ended]


def command_line(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Digest:
    """Give the command line, run in `folder` with nothing of the environment."""
    monkeypatch.chdir(folder)
    for name in ("DIGEST_CONFIG", "DIGEST_STATE", "DIGEST_OUT", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def digest(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["digest", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return digest


def serve(web: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line fetch from a web of strings, read in this process, with an embedder that knows its lines."""
    monkeypatch.setattr(job, "web", lambda *_: web)
    monkeypatch.setattr(job.Job, "reader", DIRECT)
    monkeypatch.setattr(build, "load_embedder", TrueEmbedder)
    monkeypatch.setattr(watch, "load_embedder", TrueEmbedder)
