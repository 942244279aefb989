"""What `digest check` says of the last days, of deliveries, and of whether the digest can be sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from fault_smtp import Fault, FaultServer
from small_blog import calendar, settings
from typer.testing import CliRunner

from digest.check import FATAL, WARNING, WELL, Finding
from digest.cli import app
from digest.config import Settings, parse_settings
from digest.deliver.chats.presets import PRESETS
from digest.deliver.days_told import Told
from digest.deliver.readiness import readiness
from digest.deliver.recipients import recipients_of
from digest.errors import DeliveryError
from digest.model import MAIL, Abstract, Both, Digest, Failure, Recipient
from digest.render.site import json_text
from digest.store import Store

DAY = date(2025, 4, 16)
NOW = "2025-04-17T10:00:00+08:00"
BUILT = datetime(2025, 4, 16, 23, 5, tzinfo=UTC)
ANN = Recipient(MAIL, "ann@example.org", "daily", "Digest", ("zh", "en"))
LATE = Recipient(MAIL, "bob@example.org", "daily", "Digest", ("zh", "en"), time=time(21, 30))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def built(store: Store, out: Path, day: date, *, posts: int = 1, moment: datetime = BUILT) -> None:
    abstracts = tuple(
        Abstract(f"p{n}", Both(None, f"Post {n}"), Both(None, f"https://blog.example/{n}"), "Blog",
                 datetime(day.year, day.month, day.day, tzinfo=UTC), "en", "highlights", ())
        for n in range(posts)
    )  # fmt: skip
    digest = Digest(day, "Digest", "", "Asia/Shanghai", ("zh", "en"), abstracts, (), "made by tests")
    out.mkdir(exist_ok=True)
    (out / f"{day}.json").write_text(json_text(digest), "utf-8")
    store.save_day(day, "inputs", "made by tests", moment, settled=True)


def queued(store: Store, state: str, who: Recipient = ANN, day: date = DAY, *, bounced: bool = False) -> None:
    """Put a row into the outbox and lead it to a state."""
    store.queue_delivery(day, who.channel, who.list, who.address, f"<{who.address}.{day}@example.org>", BUILT)
    row = next(row for row in store.deliveries_of(day) if row.recipient == who.address)
    if state == "sending":
        store.start_delivery(row, BUILT, row.message_id)
    elif state != "pending":
        store.end_delivery(row, state, BUILT, "550 5.1.1 no such user" if bounced else "", bounced=bounced)  # type: ignore[arg-type]


def told(store: Store, out: Path, *recipients: Recipient, now: str = NOW, days: int = 7) -> dict[str, Finding]:
    """Give the findings by subject and fact's start, those of days by their date."""
    findings = Told(store, out, calendar(now), recipients).findings(days)
    return {f.subject if f.subject[:2] == "20" else f"{f.subject}: {f.fact.split()[0]}": f for f in findings}


# ---- days ----


def test_a_day_says_when_it_was_built_what_it_has_and_what_was_sent(store: Store, tmp_path: Path) -> None:
    built(store, tmp_path, DAY, posts=5)
    store.save_failures(DAY, [Failure("https://blog.example/feed.xml", "fetch", "HTTP 500")])
    queued(store, "sent", ANN)
    queued(store, "pending", LATE)
    found = told(store, tmp_path, ANN, LATE, now="2025-04-17T08:00:00+08:00")
    assert found["2025-04-16"].fact == "built 2025-04-17 07:05, 5 posts, 1 source failed, 1 sent, 1 pending"
    assert all(finding.level == WELL for finding in found.values())


def test_a_day_without_a_page_is_told_with_how_to_start_the_program(store: Store, tmp_path: Path) -> None:
    for back in (3, 1):
        built(store, tmp_path, DAY - timedelta(days=back))
    found = told(store, tmp_path)
    assert [s for s, f in found.items() if f.level == WARNING] == ["2025-04-16"]
    assert "--print-schedule" in found["2025-04-16"].remedy
    assert found["2025-04-14"].fact == "no posts, no page", "a run makes up every missed day that has posts"
    assert list(found) == ["2025-04-13", "2025-04-14", "2025-04-15", "2025-04-16"], "nothing is asked of days before"


def test_a_page_that_is_not_due_yet_is_no_warning(store: Store, tmp_path: Path) -> None:
    built(store, tmp_path, DAY - timedelta(days=1))
    for now, level in (("06:00", WELL), ("08:30", WELL), ("09:30", WARNING)):
        assert told(store, tmp_path, now=f"2025-04-17T{now}:00+08:00")["2025-04-16"].level == level
    early = told(store, tmp_path, LATE, now="2025-04-17T20:00:00+08:00")
    assert early["2025-04-16"].fact == "its page is made from 21:30 on"


def test_a_page_that_was_lost_is_told(store: Store, tmp_path: Path) -> None:
    built(store, tmp_path, DAY)
    (tmp_path / f"{DAY}.json").write_text("{")
    finding = told(store, tmp_path)["2025-04-16"]
    assert (finding.level, finding.remedy) == (WARNING, "digest build 2025-04-16")


def test_a_new_store_is_no_warning(store: Store, tmp_path: Path) -> None:
    assert [f.level for f in told(store, tmp_path, ANN).values()] == [WELL]


def test_as_many_days_are_told_as_are_asked_for(store: Store, tmp_path: Path) -> None:
    for back in range(10):
        built(store, tmp_path, DAY - timedelta(days=back))
    assert len(told(store, tmp_path)) == 7
    assert list(told(store, tmp_path, days=1)) == ["2025-04-16"]
    assert told(store, tmp_path, days=0) == {}


@pytest.mark.parametrize(
    ("posts", "recipients", "now", "level"),
    [
        (2, [ANN], "2025-04-17T10:00:00+08:00", WARNING),
        (2, [ANN], "2025-04-17T07:30:00+08:00", WELL),
        (2, [ANN, LATE], "2025-04-17T22:00:00+08:00", WELL),
        (2, [], NOW, WELL),
        (0, [ANN], NOW, WELL),
    ],
)
def test_a_page_that_nobody_was_sent_is_told(
    store: Store, tmp_path: Path, posts: int, recipients: list[Recipient], now: str, level: int
) -> None:
    built(store, tmp_path, DAY, posts=posts)
    assert told(store, tmp_path, *recipients, now=now)["2025-04-16"].level == level


LAB = Recipient(MAIL, "eve@example.org", "lab", "Lab", ("zh", "en"), sources=("Lab",))


@pytest.mark.parametrize(
    ("who", "since", "posts", "level"),
    [(ANN, 3, 2, WARNING), (ANN, 3, 0, WELL), (ANN, 1, 2, WELL), (LAB, 3, 2, WELL), (LATE, 3, 2, WELL)],
    ids=["missed", "no posts", "before the first day", "nothing of its sources", "wants nothing any more"],
)
def test_an_earlier_day_that_nobody_was_sent_is_told(
    store: Store, tmp_path: Path, who: Recipient, since: int, posts: int, level: int
) -> None:
    missed = DAY - timedelta(days=2)
    built(store, tmp_path, missed, posts=posts)
    built(store, tmp_path, DAY)
    queued(store, "sent", who)
    queued(store, "sent", who, DAY - timedelta(days=since))
    store.suppress(MAIL, LATE.address, "daily", "unsubscribed", BUILT)
    finding = told(store, tmp_path, who, now="2025-04-17T23:59:00+08:00")[str(missed)]
    assert (finding.level, f"digest send {missed}" in finding.remedy) == (level, level == WARNING)
    assert ("sent to nobody" in finding.fact) == (level == WARNING)


# ---- deliveries ----


def test_what_became_of_a_page_of_elsewhere_is_told_too(store: Store, tmp_path: Path) -> None:
    queued(store, "rejected")
    queued(store, "sent", LATE)
    queued(store, "sent", day=DAY - timedelta(days=5))
    found = told(store, tmp_path, ANN, LATE)
    assert found["2025-04-16"].fact == "not built here, 1 sent, 1 rejected"
    assert found["mail: ann@example.org,"].level == WARNING
    assert list(found) == ["2025-04-11", "2025-04-16", "mail: ann@example.org,"]


@pytest.mark.parametrize(("hours", "level", "remedy"), [(3, WELL, ""), (5, WARNING, "put right what the reason names")])
def test_what_is_tried_again_and_again_is_told_before_it_is_given_up(
    store: Store, tmp_path: Path, hours: int, level: int, remedy: str
) -> None:
    """Whatever cron does, the next try lies ahead: that alone says nothing."""
    queued(store, "pending")
    (row,) = store.deliveries_of(DAY)
    now = BUILT + timedelta(hours=hours)
    store.end_delivery(row, "pending", BUILT, "451 later", next_try=now + timedelta(hours=1))
    finding = told(store, tmp_path, ANN, now=now.isoformat())["mail: ann@example.org,"]
    assert (finding.level, remedy in finding.remedy) == (level, True)


@pytest.mark.parametrize(
    ("minutes", "tries", "level"),  # when it was last tried, and when it is tried next, after it was queued
    [((0, 15), 1, WELL), ((0, 30), 2, WARNING), ((0, 0), 1, WARNING), ((15, 30), 1, WARNING), ((0, 0), 0, WELL)],
    ids=["greylisted", "refused twice", "nobody let in", "nobody let in twice", "behind one that was told"],
)
def test_what_is_no_greylisting_is_told_at_once(
    store: Store, tmp_path: Path, minutes: tuple[int, int], tries: int, level: int
) -> None:
    queued(store, "pending")
    (row,) = store.deliveries_of(DAY)
    changed, later = (BUILT + timedelta(minutes=each) for each in minutes)
    for _ in range(tries or 1):
        store.end_delivery(row, "pending", changed, "535 no", next_try=later, tried=tries > 0)
    finding = told(store, tmp_path, ANN, now=(changed + timedelta(minutes=1)).isoformat())["mail: ann@example.org,"]
    assert (finding.level, "digest send --again" in finding.remedy) == (level, level == WARNING)


def test_what_waits_for_nobody_of_the_settings_is_told(store: Store, tmp_path: Path) -> None:
    queued(store, "pending")
    finding = told(store, tmp_path, LATE, now="2025-04-17T12:00:00+08:00")["mail: ann@example.org,"]
    assert (finding.level, "digest send 2025-04-16 --to ann@example.org still" in finding.remedy) == (WARNING, True)


@pytest.mark.parametrize(
    ("state", "level", "remedy"),
    [
        ("uncertain", WARNING, "digest send 2025-04-16 --to ann@example.org --resend-uncertain"),
        ("sending", WARNING, "ended in the middle"),
        ("pending", WARNING, "does anything start the sending?"),
        ("rejected", WARNING, "digest send 2025-04-16 --to ann@example.org --again"),
    ],
)
def test_what_needs_a_person_is_told_by_recipient(
    store: Store, tmp_path: Path, state: str, level: int, remedy: str
) -> None:
    built(store, tmp_path, DAY)
    queued(store, state)
    finding = told(store, tmp_path, ANN)["mail: ann@example.org,"]
    assert finding.level == level
    assert remedy in finding.remedy


def test_what_is_uncertain_is_told_however_old_and_what_was_refused_is_not(store: Store, tmp_path: Path) -> None:
    old = DAY - timedelta(days=30)
    queued(store, "uncertain", day=old)
    queued(store, "rejected", LATE, day=old)
    assert set(told(store, tmp_path, ANN, LATE)) == {"mail: ann@example.org,", "mail: bob@example.org,"}
    row = next(row for row in store.deliveries_of(old) if row.state == "rejected")
    store.end_delivery(row, "rejected", BUILT - timedelta(days=7), "550 no")
    built(store, tmp_path, DAY)
    queued(store, "sent")
    found = told(store, tmp_path, ANN, LATE)
    assert [s for s, f in found.items() if f.level == WARNING] == ["mail: ann@example.org,"]


def test_who_gets_nothing_any_more_is_told(store: Store, tmp_path: Path) -> None:
    built(store, tmp_path, DAY)
    queued(store, "sent")
    queued(store, "rejected", LATE, bounced=True)
    store.suppress(MAIL, LATE.address, "", "bounced", BUILT)
    store.suppress(MAIL, "eve@example.org", "daily", "unsubscribed", BUILT)
    found = told(store, tmp_path, ANN, LATE)
    bounced, left = found["left: bob@example.org"], found["left: eve@example.org"]
    assert (bounced.level, left.level) == (WARNING, WELL)
    assert "--subscribe bob@example.org" in bounced.remedy
    assert left.fact == "eve@example.org gets nothing of daily: unsubscribed 2025-04-16"
    assert "mail: bob@example.org," not in found, "one line says it"


# ---- whether it can be sent ----


def sending(text: str) -> Settings:
    return parse_settings(f"sources: [{{name: Blog, url: 'https://blog.example/feed'}}]\nsend:\n{text}", "feeds.yaml")


def looked(chosen: Settings, folder: Path, probe: object = None, **environment: str) -> list[Finding]:
    return readiness(chosen, recipients_of(chosen, folder), folder, folder, environment, probe)  # type: ignore[arg-type]


MAILED = """
  mail:
    sender: d@example.org
    server: {host: mail.example.org, user: d%s}
    recipients: [ann@example.org, bob@example.org, {address: eve@example.org, list: lab}]
  lists: [{name: lab}]
"""


def test_recipients_are_counted_by_list(tmp_path: Path) -> None:
    findings = looked(sending(MAILED % ""), tmp_path, DIGEST_SMTP_PASSWORD="hush")
    assert ("recipients", "daily: 2; lab: 1") in [(f.subject, f.fact) for f in findings]
    assert any("no link" in f.fact for f in findings)
    assert max(f.level for f in findings) == WELL


def test_a_secret_that_is_missing_stops_the_sending(tmp_path: Path) -> None:
    (finding,) = [f for f in looked(sending(MAILED % ""), tmp_path, lambda: "well") if f.level == FATAL]
    assert "DIGEST_SMTP_PASSWORD" in str(finding)


def test_a_secret_that_others_may_read_is_told_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("hush-hush\n")
    chosen = sending(MAILED % ", password_file: password")
    for mode, level in ((0o644, FATAL), (0o600, WELL)):
        file.chmod(mode)
        findings = looked(chosen, tmp_path)
        assert max(f.level for f in findings) == level
        assert "hush" not in "".join(map(str, findings))
    assert any("chmod 600" in str(f) for f in findings) == (level == FATAL)


def test_the_mail_server_is_asked(tmp_path: Path) -> None:
    def silent() -> str:
        raise DeliveryError("the mail server mail.example.org:587 does not answer")

    chosen = sending(MAILED % "")
    (well,) = [f for f in looked(chosen, tmp_path, lambda: "answers", DIGEST_SMTP_PASSWORD="x") if f.fact == "answers"]
    (bad,) = [f for f in looked(chosen, tmp_path, silent, DIGEST_SMTP_PASSWORD="x") if f.level > WELL]
    assert (well.level, bad.level) == (WELL, WARNING)
    assert "does not answer" in bad.fact


def test_a_key_that_cannot_sign_or_that_is_damaged_is_told(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("no key")
    key.chmod(0o600)
    (tmp_path / "mail.key").write_bytes(b"short")
    (tmp_path / "mail.key").chmod(0o600)
    text = MAILED % "" + "    dkim: {domain: example.org, selector: s, key_file: key.pem}\n"
    text = text.replace("  lists: [{name: lab}]\n", "") + "  lists: [{name: lab}]\n"
    faults = [str(f) for f in looked(sending(text), tmp_path, DIGEST_SMTP_PASSWORD="x") if f.level == FATAL]
    assert len(faults) == 2
    assert any("key_file" in fault for fault in faults)
    assert any("mail.key" in fault for fault in faults)


def test_the_address_of_a_channel_is_a_secret_that_may_be_missing(tmp_path: Path) -> None:
    chosen = sending("  channels: [{name: team, preset: slack, url_env: TEAM_URL}]\n")
    (finding,) = [f for f in looked(chosen, tmp_path) if f.level == FATAL]
    assert "TEAM_URL" in str(finding)
    findings = looked(chosen, tmp_path, TEAM_URL="https://hooks.example/T0/hush")
    assert max(f.level for f in findings) == WELL
    assert "hush" not in "".join(map(str, findings))
    assert ("recipients", "channels: team") in [(f.subject, f.fact) for f in findings]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ text }}", ""),
        ('{"text": "{{ text }}"}', "makes no JSON"),
        ("{{ key }}", ":1: UndefinedError"),
        ("", "blanks"),
    ],
)
def test_a_template_that_fails_is_told_before_it_costs_a_day(tmp_path: Path, template: str, told: str) -> None:
    (tmp_path / "t.j2").write_text(template)
    chosen = sending("  channels: [{name: team, url: 'https://hook.example/', template: t.j2}]\n")
    faults = [str(f) for f in looked(chosen, tmp_path) if f.level == FATAL]
    assert len(faults) == bool(told)
    assert all(told in fault and "send.channels: team: t.j2" in fault for fault in faults)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_chat_without_a_template_of_its_own_is_well(tmp_path: Path, preset: str) -> None:
    chosen = sending(f"  channels: [{{name: team, preset: '{preset}', to: t, url: 'https://h.example/bot1:a'}}]\n")
    assert max(f.level for f in looked(chosen, tmp_path)) == WELL


def test_nothing_to_send_is_no_warning(tmp_path: Path) -> None:
    assert [f.level for f in looked(settings(), tmp_path)] == [WELL]


# ---- the verb ----


@pytest.mark.parametrize(("state", "code"), [("sent", 0), ("uncertain", 1)])
def test_the_exit_code_is_for_monitoring(tmp_path: Path, state: str, code: int) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text("sources: [{name: Blog, url: 'https://blog.example/feed'}]\nengines: {use: []}\n")
    with Store(tmp_path / "state") as store:
        built(store, tmp_path / "out", DAY)
        queued(store, state)
    folders = ["--config", str(config), "--state", str(tmp_path / "state"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(
        app, ["check", *folders, "--offline", "--now", NOW], env={"HTTP_PROXY": "", "HTTPS_PROXY": ""}
    )
    assert done.exit_code == code, done.output
    assert "2025-04-16: built 2025-04-17 07:05, 1 post, 1 " + state in done.output
    marks = [line.split()[0] for line in done.output.splitlines() if line[:1] != " "]
    assert marks == sorted(marks, key=["problem", "warning", "ok"].index), "what needs a person comes first"
    days = done.output.index("ok      2025-04-16")
    assert days < done.output.index("ok      feeds.yaml"), "what was sent comes before what the program found"
    assert (marks[0] == "warning") == (state == "uncertain")


@pytest.mark.parametrize(("down", "line"), [(False, "ok      mail server: "), (True, "warning mail server: ")])
def test_the_verb_asks_the_mail_server(tmp_path: Path, down: bool, line: str) -> None:
    """The source's address is refused before anything is asked: nothing here leaves this machine."""
    with FaultServer(*([Fault("greeting", b"421 down\r\n")] if down else [])) as server:
        config = tmp_path / "feeds.yaml"
        mail = f"sender: d@x.example, server: {{host: 127.0.0.1, port: {server.port}, security: none}}"
        source = "sources: [{name: Blog, url: 'http://127.0.0.1:9/feed'}]\nengines: {use: []}\n"
        config.write_text(f"{source}send: {{mail: {{{mail}, recipients: [ann@x.example]}}}}\n")
        folders = ["--config", str(config), "--state", str(tmp_path / "state"), "--out", str(tmp_path / "out")]
        done = CliRunner().invoke(app, ["check", *folders, "--now", NOW])
    assert done.exit_code == 1, "the source does not answer"
    assert line in done.output
    assert server.stored == []
