"""Ready units for what calls the program every day: a crontab, systemd timers, a workflow of GitHub Actions (pure).

Each takes the moment from `digest.timezone`, needs no lock but the program's own, and names its log.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from datetime import time

from digest.deliver.schedule.plan import RETRY, Plan, clock_in, retry_minutes
from digest.deliver.schedule.workflow import workflow
from digest.errors import ConfigError


def schedule(kind: str, plan: Plan) -> str:
    """Give the unit for "cron", "systemd" or "github-actions". Raises ConfigError for another, and for odd paths."""
    kinds: dict[str, Callable[[Plan], str]] = {"cron": _cron, "systemd": _systemd, "github-actions": workflow}
    if kind not in kinds:
        raise ConfigError("--print-schedule", f"{kind!r} is none of {', '.join(kinds)}")
    for path in (*plan.program, plan.config, plan.state, plan.out):
        if re.search(r"[\x00-\x1f\x7f\\]", path):
            raise ConfigError("--print-schedule", f"{path!r} holds a backslash or a control character; rename it")
    return kinds[kind](plan)


# ---- cron ------------------------------------------------------------------------------------------------------------


def _cron(plan: Plan) -> str:
    """Write lines for `crontab -e`.

    Debian's cron knows no CRON_TZ (crontab(5) there, "LIMITATIONS"; cronie has it), so times are the machine's own.
    """
    clocks = clock_in(plan.timezone, plan.times[0], plan.machine, plan.today)
    log = shlex.quote(f"{plan.state}/digest.log")

    def line(when: str, verb: str) -> str:
        command = f"{shlex.join(plan.words(verb))} >>{log} 2>&1"
        return f"{when} {command}".replace("%", r"\%")  # an unescaped % ends the command: crontab(5)

    minutes = sorted({clock.minute for clock in clocks})
    hours = {minute: ",".join(str(clock.hour) for clock in clocks if clock.minute == minute) for minute in minutes}
    lines = [
        "# The digest of bilingual posts. Put this into the crontab of the user who owns the folders: crontab -e",
        f"# Times are {plan.machine}, as cron goes by this machine's clock: {_shown(clocks)} is {plan.told}.",
    ]
    if len(clocks) > 1:
        lines += [
            "# Clocks are not changed together in both zones, so a line names both hours. The second run of a day is",
            "# harmless: a day is sent once, and mail waits for its recipient's time.",
        ]
    lines += [
        "# Two runs never meet: the second ends at once with code 75. Missed days are made up by the next run.",
        f"# Log: {plan.state}/digest.log (JSON lines, and what a person should know); the folder must be there:",
        f"#   mkdir -p {shlex.quote(plan.state)} {shlex.quote(plan.out)}",
        *_cron_secrets(plan),
        "# No PATH is needed: all paths are whole. For a mail when something is wrong (cron mails what is printed):",
        "# MAILTO=you@example.org",
        "# 40 12 * * * "
        + f"{shlex.join(plan.words('check')[:-1])} --offline >{log}.check || cat {log}.check".replace("%", r"\%"),
        *(line(f"{minute} {hours[minute]} * * *", "run") for minute in minutes),
    ]
    if plan.sends:
        lines += [
            "# what waits is sent: recipients with a later time, and what the server did not take at once",
            line(f"{','.join(map(str, retry_minutes(clocks)))} * * * *", "send"),
        ]
    return "\n".join(lines) + "\n"


def _cron_secrets(plan: Plan) -> list[str]:
    if not plan.secrets:
        return []
    lines = ["# cron has no environment of yours. Secrets best stand in files (password_file, url_file …; chmod 600);"]
    lines += ["# else here, where others may not read them, without the #:"]
    return lines + [f"# {name}=..." for name in plan.secrets]


def _shown(clocks: Sequence[time]) -> str:
    return " or ".join(f"{clock:%H:%M}" for clock in clocks)


# ---- systemd ---------------------------------------------------------------------------------------------------------


def _systemd(plan: Plan) -> str:
    """Write a service and a timer, and again for what waits (systemd.timer(5), systemd.exec(5))."""
    minutes = ",".join(f"{minute:02}" for minute in retry_minutes(plan.times[:1]))
    names = ["digest", *(["digest-send"] if plan.sends else [])]
    timers = " ".join(f"{name}.timer" for name in names)
    head = [
        "# Cut this text at its '# file:' lines, then:",
        f"#   mkdir -p {shlex.quote(plan.state)} {shlex.quote(plan.out)}    # the units write nowhere else",
        f"#   systemctl daemon-reload && systemctl enable --now {timers}",
        "# Log: journalctl -u digest -u digest-send -o cat    (JSON lines, and what a person should know)",
        "# Two runs never meet: the second ends at once with code 75. A daily run that met another (75), or no network",
        "# (3), is started again after ten minutes, three times. Code 1 (a source failed, a mail was refused) shows in",
        "# `systemctl --failed` until the next run, and the timers go on; if that is no news: SuccessExitStatus=1",
    ]
    parts = [
        "\n".join(head),
        _service(plan, "digest", "run", "Make the day's page" + (", and send it" if plan.sends else "")),
        _timer("digest", f"*-*-* {plan.times[0]:%H:%M}:00 {plan.timezone}", "Every day; missed days are made up"),
    ]
    if plan.sends:
        parts += [
            _service(plan, "digest-send", "send", "Send what waits for its time, or for the mail server"),
            _timer("digest-send", f"*-*-* *:{minutes}:00 {plan.timezone}", f"Every {RETRY} minutes", late=False),
        ]
    return "\n\n".join(parts) + "\n"


def _service(plan: Plan, name: str, verb: str, what: str) -> str:
    """Write a service. A daily run that met another, or no network, is started again; what waits is sent 20 minutes on.

    Type=oneshot knows no RestartForceExitStatus, so those codes that need no second start are named instead.
    """
    again, limit, after = "SuccessExitStatus=75\n", "", " digest.service"
    if verb == "run":
        again = "Restart=on-failure\nRestartSec=10min\nRestartPreventExitStatus=1 2 70\n"
        limit, after = "StartLimitIntervalSec=2h\nStartLimitBurst=4\n", ""
    folders = [plan.state, plan.out]
    hidden = any("tmp" in folder.split("/")[1:3] for folder in (*folders, plan.config))  # by a PrivateTmp
    private = "" if hidden else "PrivateTmp=true\n"
    return f"""\
# file: /etc/systemd/system/{name}.service
[Unit]
Description=digest: {what}
Wants=network-online.target
After=network-online.target{after}
{limit}
[Service]
Type=oneshot
User={plan.user}
# secrets, NAME=value a line; root's, mode 600: {", ".join(plan.secrets) or "none needed"}
EnvironmentFile=-/etc/digest.env
ExecStart={" ".join(_unit_word(word, command=True) for word in plan.words(verb))}
{again}TimeoutStartSec=1h
UMask=0077
NoNewPrivileges=true
{private}ProtectSystem=strict
ReadWritePaths={" ".join(_unit_word(folder) for folder in folders)}
ProtectControlGroups=true
ProtectKernelModules=true
ProtectKernelTunables=true
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true"""


def _timer(name: str, when: str, what: str, *, late: bool = True) -> str:
    """Write a timer; `late`: it makes up for a moment at which the machine was off."""
    return f"""\
# file: /etc/systemd/system/{name}.timer
[Unit]
Description=digest: {what}

[Timer]
OnCalendar={when}
RandomizedDelaySec=2min
Persistent={str(late).lower()}

[Install]
WantedBy=timers.target"""


def _unit_word(word: str, *, command: bool = False) -> str:
    """Quote a word for a unit file (systemd.syntax(7)): % begins a specifier, in commands $ a variable."""
    text = word.replace('"', '\\"').replace("%", "%%")
    text = text.replace("$", "$$") if command else text
    return text if re.fullmatch(r"[\w@%+=:,./$-]+", text) else f'"{text}"'
