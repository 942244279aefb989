"""The units that call the program every day: their moments, their quoting, what they promise."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import yaml
from small_blog import settings
from typer.testing import CliRunner

from digest.cli import app
from digest.config import parse_settings
from digest.deliver.schedule.machine import machine_zone, plan_here
from digest.deliver.schedule.plan import Plan, clock_in, retry_minutes, secret_files_of, secrets_of
from digest.deliver.schedule.units import schedule
from digest.errors import ConfigError

PLAN = Plan(
    timezone="Asia/Shanghai", times=(time(7), time(8, 30)), machine="Asia/Shanghai", program=("/srv/d/bin/digest",),
    config="/srv/d/feeds.yaml", state="/srv/d/state", out="/srv/d/out", user="ann", sends=True,
    secrets=("DIGEST_SMTP_PASSWORD",), today=date(2025, 4, 17),
)  # fmt: skip
ODD = replace(PLAN, program=("/srv/my d/50%/digest",), config="/srv/my d/it's.yaml", state="/srv/my d/$HOME 100%")


def cron_lines(plan: Plan) -> list[tuple[list[str], list[str]]]:
    """Read a crontab as cron does: five fields, then a command in which only \\% is a per cent sign."""
    found = []
    for line in schedule("cron", plan).splitlines():
        if line and not line.startswith("#"):
            *fields, command = line.split(None, 5)
            assert "%" not in command.replace(r"\%", ""), "cron ends the command at a bare %"
            found.append((fields, shlex.split(command.replace(r"\%", "%"))))
    return found


def unit_files(plan: Plan) -> dict[str, dict[str, str]]:
    """Read the text as its head says: cut at the file lines. Gives each file's settings."""
    files = {}
    for part in schedule("systemd", plan).split("# file: ")[1:]:
        name, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if line and line[0] not in "#["]
        files[name] = dict(line.split("=", 1) for line in lines)
    return files


# ---- cron ----


def test_cron_runs_at_the_digests_time_on_a_machine_in_its_zone() -> None:
    (run, command), (send, retry) = cron_lines(PLAN)
    assert run == ["0", "7", "*", "*", "*"]
    assert command == [
        "/srv/d/bin/digest", "run", "--send", "--config", "/srv/d/feeds.yaml", "--state", "/srv/d/state",
        "--out", "/srv/d/out", "--log-json", ">>/srv/d/state/digest.log", "2>&1",
    ]  # fmt: skip
    assert send[0] == "10,30,50"
    assert retry[:2] == ["/srv/d/bin/digest", "send"]


@pytest.mark.parametrize(
    ("machine", "minute", "hours"),
    [
        ("UTC", "0", "23"),
        ("America/New_York", "0", "18,19"),  # winter and summer
        ("Europe/Berlin", "0", "0,1"),
        ("Asia/Kolkata", "30", "4"),
    ],
)
def test_cron_goes_by_the_machines_clock(machine: str, minute: str, hours: str) -> None:
    plan = replace(PLAN, machine=machine)
    assert cron_lines(plan)[0][0][:2] == [minute, hours]
    text = schedule("cron", plan)
    assert "07:00 Asia/Shanghai" in text
    assert ("both hours" in text) == ("," in hours)
    assert "CRON_TZ" not in text, "Debian's cron would take it for a variable of the command"


def test_a_zone_that_changes_its_clocks_by_half_an_hour_takes_two_lines() -> None:
    lines = cron_lines(replace(PLAN, machine="Australia/Lord_Howe"))
    assert [(f[0], f[1]) for f, command in lines if command[1] == "run"] == [("0", "10"), ("30", "9")]
    taken = {0, 30}
    assert not taken & {int(minute) for minute in lines[-1][0][0].split(",")}


def test_cron_keeps_odd_paths_whole() -> None:
    (_, command), _ = cron_lines(ODD)
    assert command[0] == "/srv/my d/50%/digest"
    assert command[command.index("--config") + 1] == "/srv/my d/it's.yaml"
    assert command[command.index("--state") + 1] == "/srv/my d/$HOME 100%"


def test_without_anything_to_send_nothing_is_sent() -> None:
    plan = replace(PLAN, sends=False, secrets=())
    ((_, command),) = cron_lines(plan)
    assert "--send" not in command
    assert set(unit_files(plan)) == {"/etc/systemd/system/digest.service", "/etc/systemd/system/digest.timer"}
    assert "--send" not in schedule("github-actions", plan)


@pytest.mark.parametrize("kind", ["cron", "systemd", "github-actions"])
@pytest.mark.parametrize("path", ["/srv/a\nb", "/srv/a\\b"])
def test_a_path_that_no_unit_can_hold_is_refused(kind: str, path: str) -> None:
    with pytest.raises(ConfigError, match="rename"):
        schedule(kind, replace(PLAN, state=path))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="none of cron, systemd, github-actions"):
        schedule("launchd", PLAN)


# ---- systemd ----


def test_systemd_is_told_the_zone() -> None:
    files = unit_files(replace(PLAN, machine="UTC"))
    timer = files["/etc/systemd/system/digest.timer"]
    assert timer["OnCalendar"] == "*-*-* 07:00:00 Asia/Shanghai"
    assert timer["Persistent"] == "true"
    assert files["/etc/systemd/system/digest-send.timer"]["OnCalendar"] == "*-*-* *:10,30,50:00 Asia/Shanghai"


def test_a_run_that_meets_another_is_tried_again_and_code_1_is_not() -> None:
    files = unit_files(PLAN)
    run, send = (files[f"/etc/systemd/system/{name}.service"] for name in ("digest", "digest-send"))
    assert run["Type"] == send["Type"] == "oneshot"
    assert run["Restart"] == "on-failure"
    assert set(run["RestartPreventExitStatus"].split()) == {"1", "2", "70"}
    assert send["SuccessExitStatus"] == "75"
    assert "RestartForceExitStatus" not in run, "systemd refuses it for Type=oneshot"


def test_systemd_writes_nowhere_but_into_both_folders() -> None:
    service = unit_files(PLAN)["/etc/systemd/system/digest.service"]
    assert service["ReadWritePaths"] == "/srv/d/state /srv/d/out"
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["UMask"]) == ("strict", "true", "0077")
    assert service["PrivateTmp"] == "true"
    hidden = unit_files(replace(PLAN, out="/tmp/out"))["/etc/systemd/system/digest.service"]
    assert "PrivateTmp" not in hidden, "it would hide the folder"


def test_systemd_quotes_specifiers_and_variables() -> None:
    service = unit_files(ODD)["/etc/systemd/system/digest.service"]
    assert service["ExecStart"].startswith('"/srv/my d/50%%/digest" run --send --config "/srv/my d/it\'s.yaml" ')
    assert '"/srv/my d/$$HOME 100%%"' in service["ExecStart"]
    assert service["ReadWritePaths"] == '"/srv/my d/$HOME 100%%" /srv/d/out', "variables stand in commands only"


# ---- GitHub Actions ----


def test_the_workflow_is_yaml_with_times_in_utc() -> None:
    text = schedule("github-actions", PLAN)
    flow = yaml.load(text, yaml.BaseLoader)  # strings only: no True of "on"
    assert [each["cron"] for each in flow["on"]["schedule"]] == ["30 0 * * *", "0 23 * * *", "57 */3 * * *"]
    assert flow["permissions"] == {}
    assert flow["concurrency"] == {"group": "digest", "cancel-in-progress": "false"}
    job = flow["jobs"]["run"]
    assert job["permissions"] == {"contents": "write"}
    assert int(job["timeout-minutes"]) <= 60
    assert job["env"]["DIGEST_SMTP_PASSWORD"] == "${{ secrets.DIGEST_SMTP_PASSWORD }}"
    assert flow["jobs"]["pages"]["permissions"] == {"pages": "write", "id-token": "write"}


def test_the_workflow_keeps_its_state_whatever_became_of_the_run_and_never_starts_without_it() -> None:
    flow = yaml.safe_load(schedule("github-actions", PLAN))
    steps = {step.get("name", step.get("uses", "")): step for step in flow["jobs"]["run"]["steps"]}
    names = list(steps)
    assert names.index("Take the state up") < names.index("Run") < names.index("Keep the state")
    assert steps["Keep the state"]["if"] == "${{ always() && steps.digest.outcome != 'skipped' }}"
    assert "exit 1" in steps["Take the state up"]["run"]
    assert steps["Run"]["shell"] == "bash", "only then does a pipe end with the program's code"


def test_both_hours_stand_in_the_workflow_where_the_digests_zone_changes_its_clocks() -> None:
    text = schedule("github-actions", replace(PLAN, timezone="Europe/Berlin", times=(time(7),)))
    flow = yaml.load(text, yaml.BaseLoader)
    assert [each["cron"] for each in flow["on"]["schedule"]][:2] == ["0 5 * * *", "0 6 * * *"]
    assert "both hours" in text


def test_a_file_name_cannot_break_out_of_the_workflow() -> None:
    flow = yaml.safe_load(schedule("github-actions", replace(PLAN, config='/srv/a"; $(id): .yaml')))
    assert flow["jobs"]["run"]["env"]["DIGEST_CONFIG"] == 'a"; $(id): .yaml'
    assert "$(id)" not in "".join(step.get("run", "") for step in flow["jobs"]["run"]["steps"])


# ---- what they are made of ----


def test_minutes_between_tries_stay_away_from_the_daily_runs() -> None:
    for minute in range(60):
        tries = retry_minutes([time(7, minute)])
        assert len(tries) == 3
        assert min((t - minute) % 60 for t in tries) >= 10
        assert min((minute - t) % 60 for t in tries) >= 10


def test_clocks_are_compared_over_a_year_from_any_day() -> None:
    for day in (date(2025, 1, 1), date(2025, 7, 1)):
        assert clock_in("Asia/Shanghai", time(7), "Europe/Berlin", day) == (time(0), time(1))


def test_only_secrets_from_the_environment_are_asked_for() -> None:
    chosen = parse_settings(
        """
sources: [{name: Blog, url: "https://blog.example/feed.xml"}]
send:
  mail:
    sender: d@example.org
    server: {host: mail.example.org, user: d, password_file: secret}
  channels:
    - {name: team, preset: slack, url_env: TEAM_URL}
    - {name: quiet, preset: feishu, url_file: q, secret_env: QUIET_KEY}
""",
        "feeds.yaml",
    )
    assert secrets_of(chosen, "DEEPSEEK_API_KEY") == ("DEEPSEEK_API_KEY", "TEAM_URL", "QUIET_KEY")
    assert secret_files_of(chosen) == ("send.mail.server.password_file", "send.channels: quiet: url_file")
    assert secret_files_of(settings()) == ()


def test_a_workflow_says_what_to_name_in_the_place_of_a_file_of_secrets() -> None:
    files = ("send.mail.server.password_file", "send.channels: quiet: url_file", "send.mail.dkim.key_file")
    told = schedule("github-actions", replace(PLAN, files=files))
    assert "names send.mail.server.password_file: use password_env there; a file of secrets does not belong" in told
    assert "names send.channels: quiet: url_file: use url_env there;" in told
    assert "names send.mail.dkim.key_file: let the mail server sign;" in told
    assert yaml.safe_load(told) == yaml.safe_load(schedule("github-actions", PLAN))
    assert "belong into a repository" not in schedule("github-actions", PLAN)


@pytest.mark.parametrize(
    ("environment", "link", "text", "zone"),
    [
        ({"TZ": ":Asia/Tokyo"}, "Europe/Berlin", "Asia/Shanghai", "Europe/Berlin"),
        ({"TZ": "Asia/Tokyo"}, "", "Asia/Shanghai\n", "Asia/Shanghai"),
        ({"TZ": ":Asia/Tokyo"}, "", "", "Asia/Tokyo"),
        ({"TZ": "/usr/share/zoneinfo/Asia/Tokyo"}, "", "", "Asia/Tokyo"),
        ({"TZ": "CST-8"}, "Europe/Berlin", "UTC", "Europe/Berlin"),
        ({}, "posix/../Nowhere", "Asia/Shanghai\n", "Asia/Shanghai"),
        ({}, "", "no zone at all\n", "UTC"),
        ({}, "", "", "UTC"),
    ],
)
def test_the_machines_zone_is_found(
    tmp_path: Path, environment: dict[str, str], link: str, text: str, zone: str
) -> None:
    (tmp_path / "etc").mkdir()
    if link:
        (tmp_path / "etc/localtime").symlink_to(f"../usr/share/zoneinfo/{link}")
    if text:
        (tmp_path / "etc/timezone").write_text(text)
    assert machine_zone(environment, tmp_path) == zone


def test_a_plan_of_this_machine_names_whole_paths_and_the_earliest_time(tmp_path: Path) -> None:
    here = {"config": Path("feeds.yaml"), "state": Path("state"), "out": tmp_path, "environment": {"TZ": "UTC"}}
    now = datetime(2025, 4, 17, tzinfo=UTC)
    plan = plan_here(settings(), [time(9), None, time(8)], now=now, **here)  # type: ignore[arg-type]
    assert plan.times == (time(8), time(9))
    assert all(Path(path).is_absolute() for path in (plan.program[0], plan.config, plan.state, plan.out))
    assert not plan.sends
    assert plan_here(settings(), [], now=now, **here).times == (time(7),)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["cron", "systemd", "github-actions"])
def test_the_verb_prints_and_leaves_no_trace(tmp_path: Path, kind: str) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text(
        "sources: [{name: Blog, url: 'https://blog.example/feed.xml'}]\n"
        "send: {mail: {sender: d@x.example, recipients: [{address: ann@x.example, time: '06:45'}]}}\n"
    )
    folders = ["--config", str(config), "--state", str(tmp_path / "state"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["run", "--print-schedule", kind, *folders], env={"TZ": "Asia/Shanghai"})
    assert done.exit_code == 0
    assert "06:45" in done.output
    assert "Asia/Shanghai" in done.output
    assert [each.name for each in tmp_path.iterdir()] == ["feeds.yaml"]
