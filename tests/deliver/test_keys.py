"""Secrets: where they may stand, and what is said where they do not; the key of the tokens."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from digest.deliver import keys
from digest.deliver.keys import KEY_BYTES, mail_key, private_key, secret
from digest.errors import ConfigError

NAME = "send.mail.server"


def kept(path: Path, content: bytes = b"pa55-word\n", mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    kept(tmp_path / "password", b"\xef\xbb\xbf pa55 \xe5\xaf\x86\r\n")
    assert secret(NAME, {"P": "word\n"}, tmp_path, variable="P") == "word"
    assert secret(NAME, {"P": "word"}, tmp_path, variable="P", file="password") == " pa55 密"
    assert secret(NAME, {}, Path("/nowhere"), file=str(tmp_path / "password")) == " pa55 密"
    assert secret(NAME, {"P": "word"}, tmp_path) == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
def test_a_file_that_others_may_read_is_refused_with_its_remedy(tmp_path: Path, mode: int) -> None:
    path = kept(tmp_path / "password", mode=mode)
    with pytest.raises(ConfigError) as caught:
        secret(NAME, {}, tmp_path, file="password")
    assert str(caught.value).startswith(f"{NAME}: {path}: others may read it (mode {mode:o})")
    assert f"chmod 600 {path}" in str(caught.value)
    assert "pa55" not in repr(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_of_its_owner_alone_is_read(tmp_path: Path, mode: int) -> None:
    kept(tmp_path / "password", mode=mode)
    assert secret(NAME, {}, tmp_path, file="password") == "pa55-word"


def test_a_link_counts_as_what_it_leads_to(tmp_path: Path) -> None:
    """As Kubernetes and systemd lay secrets out; the permissions of the link itself say nothing."""
    kept(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    assert secret(NAME, {}, tmp_path, file="link") == "pa55-word"
    (tmp_path / "real").chmod(0o644)
    with pytest.raises(ConfigError, match="others may read it"):
        secret(NAME, {}, tmp_path, file="link")


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "password")
    os.chown(path, 4242, -1) if os.geteuid() == 0 else monkeypatch.setattr(keys.os, "geteuid", lambda: 4242)
    with pytest.raises(ConfigError, match="belongs to another user"):
        secret(NAME, {}, tmp_path, file="password")


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    for name in ("pipe", "folder"):
        with pytest.raises(ConfigError, match="no regular file"):
            secret(NAME, {}, tmp_path, file=name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no secret"),
        (b"\r\n\n", "holds no secret"),
        (b"one\ntwo\n", "must hold one line"),
        (b"a\0b", "must hold one line"),
        (b"\xff\xfe", "no UTF-8 text"),
        (b"x" * 65_537, "longer than"),
    ],
)
def test_a_file_without_a_secret_is_a_fault(tmp_path: Path, content: bytes, said: str) -> None:
    kept(tmp_path / "password", content)
    with pytest.raises(ConfigError, match=said):
        secret(NAME, {}, tmp_path, file="password")


def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"send\.mail\.server: the environment variable P: holds no secret"):
        secret(NAME, {}, tmp_path, variable="P")
    with pytest.raises(ConfigError, match="chmod 600"):
        secret(NAME, {}, tmp_path, file="password")


def test_a_private_key_keeps_its_lines(tmp_path: Path) -> None:
    path = kept(tmp_path / "dkim.pem", b"-----BEGIN\nabc\n-----END\n")
    assert private_key("send.mail.dkim", path) == b"-----BEGIN\nabc\n-----END\n"


# ---- the key of the tokens ------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    before = os.umask(0)
    try:
        key = mail_key(state)
    finally:
        os.umask(before)
    assert len(key) == KEY_BYTES
    assert len(set(key)) > 1
    assert (state / "mail.key").stat().st_mode & 0o777 == 0o600
    assert mail_key(state) == key == mail_key(state, make=False)
    assert [path.name for path in state.iterdir()] == ["mail.key"]


def test_a_preview_makes_no_key(tmp_path: Path) -> None:
    assert mail_key(tmp_path, make=False) == bytes(KEY_BYTES)
    assert not list(tmp_path.iterdir())


def test_of_two_who_make_it_at_once_both_go_on_with_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen that there is none before either has made it."""
    seen = threading.Barrier(4)
    make = keys._made
    monkeypatch.setattr(keys, "_made", lambda path: (seen.wait(30), make(path)))
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(mail_key(tmp_path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mail.key"]


@pytest.mark.parametrize("target", ["nowhere", "mail.key"])
def test_a_link_that_leads_nowhere_is_to_be_removed_and_no_secret_is_asked_for(tmp_path: Path, target: str) -> None:
    (tmp_path / "mail.key").symlink_to(target)
    with pytest.raises(ConfigError) as caught:
        mail_key(tmp_path)
    assert "remove it, and a new one is made" in str(caught.value)
    assert "no longer unsubscribe anybody" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["mail.key"]
    (tmp_path / "mail.key").unlink()
    assert len(set(mail_key(tmp_path))) > 1


def test_a_key_that_was_cut_or_laid_open_is_refused(tmp_path: Path) -> None:
    kept(tmp_path / "mail.key", b"short")
    with pytest.raises(ConfigError, match="must hold 32 bytes; restore it"):
        mail_key(tmp_path)
    kept(tmp_path / "mail.key", bytes(32), 0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        mail_key(tmp_path)
