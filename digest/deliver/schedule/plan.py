"""What a unit that calls the program every day is made of, and its moments in other zones (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.config import Settings

MORNING = time(7)  # when the page is made where no recipient names a time
RETRY = 20  # minutes between two tries to send what waits


@dataclass(frozen=True, slots=True)
class Plan:
    """What a unit is made of.

    `times` are the times of the day in `timezone` at which somebody wants the digest, earliest first, at least one;
    `machine` is the zone that cron goes by. `program` are the words that start the program; it and the folders are
    absolute. `sends`: something is configured to be sent. `secrets` are names of environment variables, `files`
    those of settings that name a file with a secret. `today` is the first day of the year over which the zones are
    compared.
    """

    timezone: str
    times: tuple[time, ...]
    machine: str
    program: tuple[str, ...]
    config: str
    state: str
    out: str
    user: str
    sends: bool
    secrets: tuple[str, ...]
    today: date
    files: tuple[str, ...] = ()

    def words(self, verb: str) -> tuple[str, ...]:
        folders = ("--config", self.config, "--state", self.state, "--out", self.out)
        send = ("--send",) if verb == "run" and self.sends else ()
        return (*self.program, verb, *send, *folders, "--log-json")

    @property
    def told(self) -> str:
        return f"{self.times[0]:%H:%M} {self.timezone}"


def secrets_of(settings: Settings, engine_key: str = "") -> tuple[str, ...]:
    """Name the environment variables that may hold secrets of what is sent and, `engine_key`, of the engine."""
    send = settings.send
    server = send.mail.server if send.mail else None
    names = [engine_key]
    if server and server.user:
        names.append(server.password_at)
    for channel in send.channels:
        names += [channel.url_env, channel.secret_env]
    return tuple(dict.fromkeys(filter(None, names)))


def secret_files_of(settings: Settings) -> tuple[str, ...]:
    """Name the settings that say which file holds a secret of what is sent."""
    send = settings.send
    server = send.mail.server if send.mail else None
    named = [("send.mail.server.password_file", bool(server and server.user and server.password_file)),
             ("send.mail.dkim.key_file", bool(send.mail and send.mail.dkim))]  # fmt: skip
    for channel in send.channels:
        named += [(f"send.channels: {channel.name}: {setting}", bool(getattr(channel, setting)))
                  for setting in ("url_file", "secret_file")]  # fmt: skip
    return tuple(name for name, given in named if given)


def clock_in(zone: str, moment: time, other: str, today: date) -> tuple[time, ...]:
    """Give what clocks of another zone show at a moment of the day, over the year from `today`: several with DST.

    >>> clock_in("Asia/Shanghai", time(7), "UTC", date(2025, 4, 17))
    (datetime.time(23, 0),)
    >>> [str(each) for each in clock_in("Asia/Shanghai", time(7), "Europe/Berlin", date(2025, 4, 17))]
    ['00:00:00', '01:00:00']
    """
    here, there = ZoneInfo(zone), ZoneInfo(other)
    days = (today + timedelta(days=n) for n in range(366))
    return tuple(sorted({datetime.combine(day, moment, here).astimezone(there).time() for day in days}))


def retry_minutes(taken: Sequence[time]) -> tuple[int, ...]:
    """Give the minutes of an hour, `RETRY` apart, that lie farthest from those of the daily runs.

    >>> retry_minutes([time(7)]), retry_minutes([time(7, 30)])
    ((10, 30, 50), (0, 20, 40))
    """

    def nearest(first: int) -> int:
        return min((min((first - t.minute) % RETRY, (t.minute - first) % RETRY) for t in taken), default=RETRY)

    first = max(range(RETRY), key=nearest)
    return tuple(range(first, 60, RETRY))
