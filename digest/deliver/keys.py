"""Secrets: from the environment, or from files that nobody else can read; and the key of unsubscribe tokens (edge).

No message of an error says what a secret is: only where it should stand.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from digest.errors import ConfigError
from digest.output import sync_folder

KEY_FILE = "mail.key"
KEY_BYTES = 32  # as long as what SHA-256 gives (RFC 2104, section 3)
LONGEST = 65_536  # bytes of a file with a secret: a private key of 16,384 bits is some 12,000


def secret(name: str, environment: Mapping[str, str], base: Path, *, variable: str = "", file: str = "") -> str:
    """Give a secret: what stands in the environment variable, or in the file; "" where neither is named.

    `name` is what messages call the setting ("send.mail.server"); a relative path starts from `base`. Line ends around
    it are no part of it. Raises ConfigError where it is not there or others may read it.
    """
    if file:
        found, where = _text(base / file, name).strip("\r\n"), f"{name}: {base / file}"
    elif variable:
        found, where = environment.get(variable, "").strip("\r\n"), f"{name}: the environment variable {variable}"
    else:
        return ""
    if not found:
        raise ConfigError(where, "holds no secret; put it there")
    if any(char in found for char in "\0\r\n"):
        raise ConfigError(where, "must hold one line")
    return found


def private_key(name: str, path: Path) -> bytes:
    """Give what a file with a private key holds. Raises ConfigError as `secret` does."""
    return _text(path, name).encode()


def _text(path: Path, name: str) -> str:
    try:
        return _private_bytes(path, f"{name}: {path}").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{name}: {path}", "is no UTF-8 text") from None


def _private_bytes(path: Path, where: str) -> bytes:
    """Read a file that its owner alone may read. What is checked is what is read: the open file, not its name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a named pipe must not hold us up
    except FileNotFoundError:
        raise ConfigError(where, f"no such file; write the secret into it, and: chmod 600 {path}") from None
    except OSError as error:
        raise ConfigError(where, f"cannot be read: {error.strerror}") from None
    try:
        _check(os.fstat(descriptor), path, where)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(LONGEST + 1)
    finally:
        os.close(descriptor)
    if len(data) > LONGEST:
        raise ConfigError(where, f"is longer than {LONGEST:,} bytes")
    return data


def _check(about: os.stat_result, path: Path, where: str) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise ConfigError(where, "is no regular file")
    if about.st_uid not in (os.geteuid(), 0):
        raise ConfigError(where, "belongs to another user; it must be yours, or root's")
    if about.st_mode & 0o077:
        raise ConfigError(where, f"others may read it (mode {stat.S_IMODE(about.st_mode):o}); say: chmod 600 {path}")


# ---- the key of the tokens ------------------------------------------------------------------------------------------


def mail_key(state: Path, *, make: bool = True) -> bytes:
    """Give the key that unsubscribe tokens are made with: 32 random bytes in the folder `state`.

    It is made where it is not there; with `make=False` zeros stand in for it, which sign nothing that anybody gets.
    Raises ConfigError where the file is damaged, is a link that leads nowhere, or others may read it.
    """
    path = state / KEY_FILE
    if not path.exists():
        if not make:
            return bytes(KEY_BYTES)
        _made(path)
        if not path.exists():  # a link stands in its place, which is not written through
            raise ConfigError(
                str(path), "leads to no file; remove it, and a new one is made: then the mails sent so far no longer "
                "unsubscribe anybody",
            )  # fmt: skip
    data = _private_bytes(path, str(path))
    if len(data) != KEY_BYTES:
        raise ConfigError(
            str(path), f"must hold {KEY_BYTES} bytes; restore it from a backup, or remove it: then the mails sent so "
            "far no longer unsubscribe anybody",
        )  # fmt: skip
    return data


def _made(path: Path) -> None:
    """Write a new key, whole or not at all: of two who do so at once one is first, and both go on with that one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # fails where somebody was first, which os.replace would not
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
