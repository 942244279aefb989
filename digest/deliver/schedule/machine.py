"""What a schedule needs to know of this machine: its zone, whole paths, the program's own, the user (edge)."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.config import Settings
from digest.deliver.schedule.plan import MORNING, Plan, secret_files_of, secrets_of
from digest.engines.chat.presets import key_variable

ZONES = "zoneinfo/"  # in the target of /etc/localtime: /usr/share/zoneinfo/Europe/Berlin
UNKNOWN = "UTC"  # what the C library takes too, where nothing names a zone


def plan_here(
    settings: Settings, times: Iterable[time | None], *, config: Path, state: Path, out: Path, now: datetime,
    environment: Mapping[str, str],
) -> Plan:  # fmt: skip
    """Give what a unit for this machine is made of. `times` are those of the recipients, channels among them."""
    zone = settings.digest.timezone
    chat = settings.engines.chat
    return Plan(
        timezone=zone,
        times=tuple(sorted({each for each in times if each is not None})) or (MORNING,),
        machine=machine_zone(environment),
        program=program(),
        config=str(config.absolute()),
        state=str(state.absolute()),
        out=str(out.absolute()),
        user=user(),
        sends=settings.send.mail is not None or bool(settings.send.channels),
        secrets=secrets_of(settings, key_variable(chat) if chat else ""),
        files=secret_files_of(settings),
        today=now.astimezone(ZoneInfo(zone)).date(),
    )


def machine_zone(environment: Mapping[str, str], root: Path = Path("/")) -> str:
    """Give the IANA name of the machine's zone: the link /etc/localtime, else /etc/timezone, else TZ, else UTC.

    TZ comes last: it is the user's shell's, and cron goes by the machine.
    """
    candidates = []
    link = root / "etc/localtime"
    if link.is_symlink():
        candidates.append(link.readlink().as_posix().partition(ZONES)[2])
    text = root / "etc/timezone"
    if text.is_file():
        candidates.append(text.read_text("utf-8", errors="replace").strip())
    named = environment.get("TZ", "").removeprefix(":")
    candidates.append(named.partition(ZONES)[2] or named)
    return next((name for name in candidates if _known(name)), UNKNOWN)


def _known(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


def program() -> tuple[str, ...]:
    """Give the words that start this program from anywhere."""
    beside = Path(sys.executable).with_name("digest")
    return (str(beside),) if beside.is_file() else (sys.executable, "-m", "digest")


def user() -> str:
    """Give the name of the user who runs this, root where the machine has none for its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "root"
