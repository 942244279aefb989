"""One `digest send` against a mail server: who gets which day, once, and what is made of faults."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from daily_blog import Blog
from fault_smtp import PostOffice
from small_blog import calendar

from digest.config import Settings, parse_settings
from digest.deliver.due import due_moment
from digest.deliver.preview import dry_run, write_mails
from digest.deliver.recipients import recipients_of
from digest.deliver.sending import Asked, Sending, Sent
from digest.errors import ConfigError
from digest.model import Delivery
from digest.store import Store

DAYS = [date(2025, 4, day) for day in (13, 14, 15, 16, 17)]
PASSWORD = "pa55-w0rd-of-the-relay"
FEEDS = """\
digest: {order: [zh, en]}
sources:
  - {name: Blog, url: 'https://blog.example/feed.xml'}
  - {name: 博客, url: 'https://blog.example/zh/feed.xml'}
  - {name: Quiet, url: 'https://quiet.example/feed.xml'}
send:
  catch_up: 2
  lists: [{name: english, title: The Digest, order: [en, zh]}]
  mail:
    sender: HF 博客日报 <digest@example.org>
    server: {host: 127.0.0.1, port: PORT, security: none, timeout: 2}
    recipients:
      - ann@example.org
      - {address: bo@example.org, name: 波, list: english}
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five days of the small blog: a bilingual post on each but the last, which has none."""
    folder = tmp_path_factory.mktemp("blog")
    blog = Blog(folder)
    with closing(blog.store):
        for number, day in enumerate(DAYS, 1):
            if day != DAYS[-1]:
                blog.publish(number, "en", day)
                blog.publish(number, "zh", day)
            blog.run(day)
    return blog.out


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


class Desk:
    """Sends as `digest send` does, at any time of any day."""

    def __init__(self, folder: Path, out: Path, port: int, feeds: str = FEEDS) -> None:
        self.out, self.base = out, folder
        self.feeds = feeds.replace("PORT", str(port))
        self.store = Store(folder / "state")
        self.environment: dict[str, str] = {}

    @property
    def settings(self) -> Settings:
        return parse_settings(self.feeds)

    def sending(self, now: str) -> Sending:
        return Sending(self.settings, self.store, calendar(f"2025-04-{now}:00+08:00"), self.out, self.base,
                       self.environment)  # fmt: skip

    def send(self, now: str, day: date | None = None, *to: str, **asked: Any) -> Sent:
        return self.sending(now).send(Asked(day, to, **asked))

    def rows(self) -> list[tuple[str, int, str]]:
        found: tuple[Delivery, ...] = self.store.deliveries_in("pending", "sending", "sent", "rejected", "uncertain")
        return [(row.recipient.partition("@")[0], row.day.day, row.state) for row in found]


@pytest.fixture
def desk(tmp_path: Path, out: Path, office: PostOffice) -> Iterator[Desk]:
    made = Desk(tmp_path, out, office.port)
    with closing(made.store):
        yield made


def taken(office: PostOffice) -> list[tuple[str, str]]:
    """Give recipient and subject of what the server took."""
    return [(each.recipient, str(parsed(each.data)["Subject"])) for each in office.stored]


def parsed(data: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)  # type: ignore[return-value]


def body(data: bytes, subtype: str) -> str:
    part = parsed(data).get_body((subtype,))
    assert part
    return str(part.get_content())


# ---- who gets which day ---------------------------------------------------------------------------------------------


def test_each_recipient_gets_the_day_once_in_the_form_of_the_list(desk: Desk, office: PostOffice) -> None:
    sent = desk.send("17T08:00")
    assert sent.report.well
    (_, chinese), (_, english) = sorted(taken(office))
    assert chinese.startswith("HF 博客日报 2025-04-16 · 缓存系列第 4 篇")
    assert english.startswith("The Digest 2025-04-16 · Cache series part 4")
    assert desk.rows() == [("ann", 16, "sent"), ("bo", 16, "sent")]
    again = desk.send("17T08:20")
    assert (again.report.well, [each.why for each in again.due]) == (True, ["sent already"] * 2)
    assert len(office.stored) == 2
    assert desk.send("17T08:40", DAYS[3]).report.well
    assert len(office.stored) == 2


def test_a_new_recipient_gets_the_newest_day_only_and_missed_days_are_made_up_later(
    desk: Desk, office: PostOffice
) -> None:
    desk.send("14T08:00")
    desk.feeds += "      - cy@example.org\n"
    desk.send("17T08:00")
    days = {who: [day for name, day, state in desk.rows() if name == who and state == "sent"] for who in ("ann", "cy")}
    assert days == {"ann": [13, 14, 15, 16], "cy": [16]}


def test_no_more_days_are_made_up_than_asked_for(desk: Desk, office: PostOffice) -> None:
    desk.send("14T08:00")
    desk.feeds = desk.feeds.replace("catch_up: 2", "catch_up: 1")
    desk.send("17T08:00")
    assert [day for who, day, _ in desk.rows() if who == "ann"] == [13, 15, 16]


def test_a_day_without_posts_is_sent_only_where_that_is_asked_for(desk: Desk, office: PostOffice) -> None:
    desk.feeds = desk.feeds.replace("name: 波,", "name: 波, empty: yes,")
    sent = desk.send("18T08:00")
    assert [(each.recipient.address, each.why) for each in sent.due] == [
        ("ann@example.org", "no posts"), ("bo@example.org", ""),
    ]  # fmt: skip
    assert taken(office) == [("bo@example.org", "The Digest 2025-04-17 · No posts on this day")]


def test_a_day_without_posts_of_the_recipients_sources_is_one_without_posts(desk: Desk, office: PostOffice) -> None:
    desk.feeds = desk.feeds.replace("      - ann@", "      - {address: cy@example.org, sources: [Quiet]}\n      - ann@")
    why = {each.recipient.address: each.why for each in desk.send("17T08:00").due}
    assert why == {"cy@example.org": "no posts", "ann@example.org": "", "bo@example.org": ""}


def test_nobody_gets_a_day_before_the_time_that_was_asked_for(desk: Desk, office: PostOffice) -> None:
    desk.feeds = desk.feeds.replace("name: 波,", "name: 波, time: 8:30,")
    sent = desk.send("17T08:29")
    assert [each.why for each in sent.due] == ["", "not before 2025-04-17 08:30"]
    desk.send("17T08:30")
    assert desk.rows() == [("ann", 16, "sent"), ("bo", 16, "sent")]
    desk.send("18T00:00", DAYS[3])
    assert len(office.stored) == 2


def test_a_day_that_was_asked_for_goes_out_whatever_the_time(desk: Desk, office: PostOffice) -> None:
    desk.feeds = desk.feeds.replace("name: 波,", "name: 波, time: 8:30,")
    desk.send("17T07:00", DAYS[1])
    assert desk.rows() == [("ann", 14, "sent"), ("bo", 14, "sent")]


def test_a_day_that_is_not_over_is_shown_and_not_sent(desk: Desk, office: PostOffice, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="2025-04-16 is not over yet"):
        desk.send("16T23:59", DAYS[3])
    lines, faults = dry_run(desk.sending("16T23:59"), Asked(DAYS[3]))
    assert (len(lines), faults) == (2, [])
    files, _, _ = write_mails(desk.sending("16T23:59"), Asked(DAYS[3]), tmp_path / "eml")
    assert len(files) == 2
    assert (desk.rows(), office.stored) == ([], [])


def test_those_who_are_named_get_it_alone_and_a_stranger_is_on_the_list_daily(desk: Desk, office: PostOffice) -> None:
    desk.send("17T08:00", None, "BO@example.org", "new@example.org")
    assert [who for who, _ in taken(office)] == ["bo@example.org", "new@example.org"]
    assert [row.list for row in desk.store.deliveries_of(DAYS[3])] == ["english", "daily"]


def test_a_trial_hands_over_a_day_without_posts_too(desk: Desk, office: PostOffice) -> None:
    asked = Asked(DAYS[4], ("ann@example.org",))
    assert desk.sending("18T08:00").send(asked).report.rows == ()
    assert replace(desk.sending("18T08:00"), test=True).send(asked).report.well
    assert [who for who, _ in taken(office)] == ["ann@example.org"]


def test_a_list_may_be_named_and_stands_for_those_on_it_alone(desk: Desk, office: PostOffice) -> None:
    desk.feeds += "      - {address: bo@example.org}\n"
    desk.send("17T08:00", None, "English")
    assert [(row.recipient, row.list) for row in desk.store.deliveries_of(DAYS[3])] == [("bo@example.org", "english")]
    desk.send("17T08:00", None, "english", "bo@example.org", "BO@example.org")
    assert len(office.stored) == 2, "once on each list, however often it is named"
    with pytest.raises(ConfigError, match=r"'team' is no mail address, and none of the lists .* \(daily, english\)"):
        desk.send("17T08:00", None, "team")


def test_what_was_refused_is_tried_once_more_where_that_is_asked_for(desk: Desk, office: PostOffice) -> None:
    office.replies["RCPT", "ann@example.org"] = ["550 5.7.1 policy"] * 2
    desk.send("16T08:00")
    desk.send("17T08:00")
    desk.send("17T08:10", None, "ann@example.org", again=True)
    assert [row for row in desk.rows() if row[0] == "ann"] == [("ann", 15, "rejected"), ("ann", 16, "rejected")]
    desk.send("17T08:10", DAYS[3], "ann@example.org", again=True)
    assert [row for row in desk.rows() if row[0] == "ann"] == [("ann", 15, "rejected"), ("ann", 16, "sent")]
    desk.send("17T08:20", DAYS[3], "ann@example.org", again=True)
    assert [who for who, _ in taken(office)].count("ann@example.org") == 1


def test_who_has_left_a_list_gets_nothing_and_that_is_no_fault(desk: Desk, office: PostOffice) -> None:
    desk.store.suppress("mail", "ann@example.org", "daily", "unsubscribed", datetime(2025, 4, 1, tzinfo=UTC))
    desk.store.suppress("mail", "bo@example.org", "", "bounced", datetime(2025, 4, 1, tzinfo=UTC))
    sent = desk.send("17T08:00")
    assert (sent.report.well, [each.why for each in sent.due]) == (True, ["unsubscribed", "bounced"])
    assert (desk.rows(), office.connections) == ([], 0)


# ---- faults ---------------------------------------------------------------------------------------------------------


def test_a_fault_of_one_recipient_stops_no_other(desk: Desk, office: PostOffice) -> None:
    desk.feeds = desk.feeds.replace("      - ann@", "      - odd@xn--a.example\n      - ann@")
    office.replies["RCPT", "ann@example.org"] = ["550 5.1.1 no such user*"]
    report = desk.send("17T08:00").report
    assert desk.rows() == [("odd", 16, "rejected"), ("ann", 16, "rejected"), ("bo", 16, "sent")]
    assert not report.well
    assert any("550" in line for line in report.lines())


def test_what_waits_is_tried_again_by_whatever_run_comes_next(desk: Desk, office: PostOffice) -> None:
    office.replies["RCPT", "ann@example.org"] = ["451 later"]
    assert not desk.send("17T08:00").report.well
    desk.send("17T08:10")
    assert ("ann", 16, "pending") in desk.rows()
    desk.send("17T08:20", DAYS[1])
    assert ("ann", 16, "sent") in desk.rows()
    mails = [each.message_id for each in office.stored if each.recipient == "ann@example.org"]
    assert len(set(mails)) == len(mails) == 2


def test_what_may_have_arrived_is_not_sent_again_by_itself(desk: Desk, office: PostOffice) -> None:
    office.cut = "stored"
    desk.send("17T08:00", None, "ann@example.org")
    office.cut = ""
    assert desk.rows() == [("ann", 16, "uncertain")]
    desk.send("18T09:00", None, "ann@example.org")
    desk.send("18T09:00", DAYS[1], "ann@example.org", uncertain="resend")
    assert len([each for each in office.stored if "04-16" in str(parsed(each.data)["Subject"])]) == 1
    desk.send("18T09:00", DAYS[3], "ann@example.org", uncertain="resend")
    first, second = (each for each in office.stored if "04-16" in str(parsed(each.data)["Subject"]))
    assert first.data == second.data
    assert ("ann", 16, "sent") in desk.rows()


def test_a_row_of_a_run_that_died_is_uncertain_and_told(desk: Desk, office: PostOffice) -> None:
    desk.store.queue_delivery(DAYS[3], "mail", "daily", "ann@example.org", "<a@b>", datetime(2025, 4, 17, tzinfo=UTC))
    (row,) = desk.store.deliveries_of(DAYS[3])
    assert desk.store.start_delivery(row, datetime(2025, 4, 17, tzinfo=UTC), row.message_id)
    report = desk.send("17T08:00").report
    assert (not report.well, len(report.interrupted)) == (True, 1)
    assert any("ann@example.org" in line and "uncertain" in line for line in report.lines())
    assert [who for who, _ in taken(office)] == ["bo@example.org"]


def test_who_is_no_recipient_any_more_gets_nothing_that_waits(desk: Desk, office: PostOffice) -> None:
    office.replies["RCPT", "ann@example.org"] = ["451 later"]
    desk.send("17T08:00")
    desk.feeds = desk.feeds.replace("      - ann@example.org\n", "")
    sent = desk.send("17T09:00")
    assert ("ann", 16, "pending") in desk.rows()
    assert (sent.report.well, [row.recipient for row in sent.report.held]) == (True, ["ann@example.org"])
    assert [who for who, _ in taken(office)] == ["bo@example.org"]
    desk.send("17T10:00", None, "ann@example.org")
    assert ("ann", 16, "sent") in desk.rows()


def test_a_page_that_is_damaged_is_told_and_the_other_days_go_out(
    desk: Desk, office: PostOffice, out: Path, tmp_path: Path
) -> None:
    desk.send("14T08:00")
    desk.out = tmp_path / "pages"
    desk.out.mkdir()
    for day in DAYS[2:4]:
        (desk.out / f"{day}.json").write_bytes((out / f"{day}.json").read_bytes())
    (desk.out / "2025-04-15.json").write_text("{", "utf-8")
    sent = desk.send("17T08:00")
    assert [fault.partition(": ")[0] for fault in sent.faults] == [str(desk.out / "2025-04-15.json")]
    assert ("ann", 16, "sent") in desk.rows()


def test_a_day_without_a_page_is_told_where_it_was_asked_for(desk: Desk) -> None:
    assert desk.send("17T08:00", date(2025, 4, 1)).faults == (
        f"no page of 2025-04-01 in {desk.out}/: digest build 2025-04-01",
    )
    assert desk.send("21T08:00").faults == ()


def test_a_page_from_before_the_end_of_its_day_goes_to_nobody_by_itself(desk: Desk, office: PostOffice) -> None:
    built = calendar("2025-04-16T12:00:00+08:00").now
    desk.store.save_day(DAYS[3], "inputs", "signature", built, settled=False)
    assert desk.send("17T00:10").due == ()
    desk.store.save_day(DAYS[3], "inputs", "signature", calendar("2025-04-17T07:00:00+08:00").now, settled=True)
    assert desk.send("17T07:10").report.well
    assert len(office.stored) == 2


def test_a_row_of_a_run_that_died_may_be_sent_again_at_once_where_that_is_asked_for(
    desk: Desk, office: PostOffice
) -> None:
    at = datetime(2025, 4, 17, tzinfo=UTC)
    desk.store.queue_delivery(DAYS[3], "mail", "daily", "ann@example.org", "<a@b>", at)
    assert desk.store.start_delivery(desk.store.deliveries_of(DAYS[3])[0], at, "<a@b>")
    assert desk.send("17T08:00", None, "ann@example.org", uncertain="resend").report.well
    assert [who for who, _ in taken(office)] == ["ann@example.org"]


def test_a_server_that_is_down_costs_no_recipient_a_try_but_one(tmp_path: Path, out: Path) -> None:
    desk = Desk(tmp_path, out, 1)
    with closing(desk.store):
        report = desk.send("17T08:00").report
        assert {row.state for row in desk.store.deliveries_of(DAYS[3])} == {"pending"}
        assert sorted(row.tries for row in desk.store.deliveries_of(DAYS[3])) == [0, 1]
        assert not report.well


# ---- settings and secrets -------------------------------------------------------------------------------------------


def test_without_settings_it_is_said_what_to_write(desk: Desk) -> None:
    desk.feeds = desk.feeds.partition("send:")[0]
    with pytest.raises(ConfigError, match=r"says nothing of sending; write send: \{mail:"):
        desk.send("17T08:00")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    server: {host: 127.0.0.1, port: PORT, security: none, timeout: 2}\n", "", "send.mail.server: is missing"),
        ("port: PORT", "port: 1, user: me", "the environment variable DIGEST_SMTP_PASSWORD: holds no secret"),
        ("port: PORT", "port: 1, user: me, password_file: p", "send.mail.server: "),
        ("security: none", "ca_file: none.pem", "none.pem"),
    ],
)
def test_what_is_wrong_with_the_server_is_told_before_anything_is_queued(
    tmp_path: Path, out: Path, old: str, new: str, said: str
) -> None:
    desk = Desk(tmp_path, out, 1, FEEDS.replace(old, new))
    with closing(desk.store):
        (broken,) = desk.send("17T08:00").broken
        assert said in broken
        assert desk.rows() == []


def test_the_password_reaches_the_server_and_nothing_else(
    tmp_path: Path, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with PostOffice(users={"me": PASSWORD}) as office:
        feeds = FEEDS.replace("security: none", "security: none, user: me, password_file: relay.txt")
        desk = Desk(tmp_path, out, office.port, feeds)
        (tmp_path / "relay.txt").write_text(f"{PASSWORD}\n", "utf-8")
        (tmp_path / "relay.txt").chmod(0o600)
        with caplog.at_level("INFO", "digest"):
            report = desk.send("17T08:00").report
            (tmp_path / "relay.txt").write_text("another-pa55", "utf-8")
            desk.send("17T08:00", DAYS[1])
        desk.store.close()
    assert report.well
    assert len(office.stored) == 2
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    for word in (PASSWORD, "another-pa55"):
        assert word.encode() not in kept
        assert word not in caplog.text
        assert word not in repr(report) + "".join(report.lines())


def test_mail_goes_out_where_a_chat_is_not_set_up(desk: Desk, office: PostOffice) -> None:
    desk.feeds += "  channels: [{name: team, preset: wecom, url_env: TEAM}]\n"
    sent = desk.send("17T08:00")
    assert [line.partition(":")[0] for line in sent.broken] == ["send.channels"]
    assert desk.rows() == [("ann", 16, "sent"), ("bo", 16, "sent")]


# ---- previews -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["{{ part / 0 }}", "{{ key }}", '{"text": "{{ text }}', " \n"])
def test_mail_goes_out_where_the_template_of_a_chat_fails(desk: Desk, office: PostOffice, template: str) -> None:
    (desk.base / "team.j2").write_text(template)
    desk.feeds += "  channels: [{name: team, url: 'https://hook.example/', template: team.j2}]\n"
    sent = desk.send("16T08:00")
    assert [line.partition(".j2")[0] for line in sent.broken] == ["send.channels: team: team"]
    assert [row[0] for row in desk.rows()] == ["ann", "bo"], "the chat is queued once its template is mended"
    assert len(office.stored) == 2


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(desk: Desk, office: PostOffice) -> None:
    desk.feeds += (
        "      - {address: cy@example.org, time: 9:00}\n  channels: [{name: team, preset: wecom, url_env: T}]\n"
    )
    desk.store.suppress("mail", "bo@example.org", "english", "unsubscribed", datetime(2025, 4, 1, tzinfo=UTC))
    lines, faults = dry_run(desk.sending("17T08:00"), Asked())
    told = [line.split("\t") for line in lines]
    assert [(row[0], row[1], row[2], row[-1]) for row in told] == [
        ("ann@example.org", "daily", "2025-04-16", "would be sent"),
        ("bo@example.org", "english", "2025-04-16", "unsubscribed"),
        ("cy@example.org", "daily", "2025-04-16", "not before 2025-04-17 09:00"),
        ("team", "daily", "2025-04-16", "would be sent"),
    ]
    assert told[0][3].startswith("HF 博客日报 2025-04-16 · ")
    assert told[0][4].endswith(" kB")
    assert (faults, desk.rows(), office.connections) == ([], [], 0)
    assert not (desk.base / "state" / "mail.key").exists()


def test_files_are_the_same_bytes_twice_and_those_that_are_sent_but_for_the_date(
    desk: Desk, office: PostOffice, tmp_path: Path
) -> None:
    def written(name: str, now: str) -> dict[str, bytes]:
        files, left, faults = write_mails(desk.sending(now), Asked(), tmp_path / name)
        assert (left, faults) == ([], [])
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        assert {path.parent.stat().st_mode & 0o777 for path in files} == {0o700}
        return {path.name: path.read_bytes() for path in files}

    first = written("one", "17T08:00")
    assert list(first) == ["2025-04-16-daily-ann@example.org.eml", "2025-04-16-english-bo@example.org.eml"]
    assert written("two", "17T20:00") == first
    desk.send("17T08:00")
    for mail, file in zip(office.stored, first.values(), strict=True):
        assert [line for line in mail.data.split(b"\r\n") if not line.startswith(b"Date: ")] == [
            line for line in file.split(b"\r\n") if not line.startswith(b"Date: ")
        ]
        assert parsed(file)["Date"] == "Thu, 17 Apr 2025 00:00:00 +0800"
        assert parsed(mail.data)["Date"] == "Thu, 17 Apr 2025 08:00:00 +0800"
    assert list(written("three", "17T21:00").values()) == [mail.data for mail in office.stored]


def test_each_mail_holds_the_token_of_its_recipient_in_every_part(desk: Desk, office: PostOffice) -> None:
    desk.feeds += "      - cy@example.org\n"
    desk.send("17T08:00")
    tokens = set()
    for mail in office.stored:
        token = str(parsed(mail.data)["List-Unsubscribe"]).partition("unsubscribe%20")[2].rstrip(">")
        assert len(token) == 24
        assert token in body(mail.data, "plain")
        assert token in body(mail.data, "html")
        tokens.add(token)
    assert len(tokens) == 3


def test_a_file_name_leads_nowhere_else_and_no_two_share_one(desk: Desk, tmp_path: Path) -> None:
    desk.feeds = desk.feeds.replace(
        "lists: [", "lists: [{name: a}, {name: a-b}, "
    ) + (
        "      - {address: b-c@example.org, list: a}\n      - {address: c@example.org, list: a-b}\n"
        "      - up/etc/x@example.org\n"
    )  # fmt: skip
    files, _, faults = write_mails(desk.sending("17T08:00"), Asked(), tmp_path / "eml")
    assert faults == []
    assert len({path.name for path in files}) == len(files) == 5
    assert {path.parent for path in files} == {tmp_path / "eml"}


def test_many_recipients_of_one_list_share_a_letter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from digest.deliver import letters

    made: list[object] = []
    write = letters.letter
    monkeypatch.setattr(letters, "letter", lambda digest, **words: (made.append(digest), write(digest, **words))[1])
    desk.feeds += "".join(f"      - r{number}@example.org\n" for number in range(40))
    lines, _ = dry_run(desk.sending("17T08:00"), Asked())
    assert (len(lines), len(made)) == (42, 2)


def test_the_moment_from_which_a_day_is_due_follows_the_clocks_of_the_zone() -> None:
    """In New York the night of 9 March 2025 has no 02:30, and the day of 8 March ends at midnight all the same."""
    settings = parse_settings(FEEDS.replace("PORT", "1").replace("name: 波,", "name: 波, time: 2:30,"))
    ann, bo = recipients_of(settings, Path())
    times = calendar("2025-03-09T12:00:00+00:00", "America/New_York")
    assert due_moment(ann, date(2025, 3, 8), times) == datetime(2025, 3, 9, 5, tzinfo=UTC)
    assert due_moment(bo, date(2025, 3, 8), times) == datetime(2025, 3, 9, 7, 30, tzinfo=UTC)


# ---- chats ----------------------------------------------------------------------------------------------------------


class Chat(BaseHTTPRequestHandler):
    """A group of WeCom: takes what is posted, or answers with a status that the server holds."""

    def do_POST(self) -> None:
        got = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, json.loads(got)))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b'{"errcode": 0, "errmsg": "ok"}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def chat() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Chat) as server:
        server.got, server.status = [], 200  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_chat_gets_the_day_once_beside_the_mail_and_its_address_stays_secret(
    desk: Desk, office: PostOffice, chat: ThreadingHTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    place = f"127.0.0.1:{chat.server_port}"
    desk.feeds += (
        "  channels:\n    - {name: team, preset: wecom, url_env: TEAM_HOOK, title: 团队日报, order: [en, zh],\n"
        f"       allow_private: ['{place}']}}\n"
    )
    desk.environment["TEAM_HOOK"] = f"http://{place}/send?key=s3cr3t-key"
    chat.status = 503  # type: ignore[attr-defined]
    with caplog.at_level("INFO", "digest"):
        first = desk.send("17T08:00")
        chat.status = 200  # type: ignore[attr-defined]
        desk.send("17T08:20")
        desk.send("17T08:40")
    assert not first.report.well
    assert [(who, state) for who, _, state in desk.rows()] == [("ann", "sent"), ("bo", "sent"), ("team", "sent")]
    (path, refused), (_, taken_) = chat.got  # type: ignore[attr-defined]
    assert path == "/send?key=s3cr3t-key"
    assert refused == taken_
    assert "团队日报" in json.dumps(taken_, ensure_ascii=False)
    desk.store.close()
    kept = b"".join(path.read_bytes() for path in (desk.base / "state").rglob("*") if path.is_file())
    told = caplog.text + repr(first) + "".join(first.report.lines())
    assert b"s3cr3t-key" not in kept
    assert "s3cr3t-key" not in told


def test_what_is_sent_changes_nothing_of_what_a_page_is_made_of(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    with closing(blog.store):
        blog.publish(1, "en", DAYS[0])
        before = blog.run(DAYS[0]).inputs(DAYS[0])
        send = parse_settings(FEEDS.replace("PORT", "25")).send
        blog.settings = blog.settings.model_copy(update={"send": send})
        builder = blog.run(DAYS[0])
        assert builder.settings.send.mail
        assert builder.inputs(DAYS[0]) == before
