"""What feeds.yaml says of sending: what it may say, and how its faults are told."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import pytest

from digest.config import parse_settings, schema_text
from digest.config.sending import SendSettings
from digest.errors import ConfigError

HEAD = "sources: [{name: Blog, url: 'https://blog.example/feed.xml'}]\n"
GOOD = """\
send:
  catch_up: 2
  lists: [{name: weekday.zh, title: 日报}]
  mail:
    sender: HF 博客日报 <digest@Example.org>
    server: {host: smtp.example.org, user: digest}
    unsubscribe_url: https://example.org/u?t={token}
    recipients:
      - ann@EXAMPLE.org
      - {address: 波@例子.中国, name: 波, list: weekday.zh, order: [en, zh], sources: [Blog], time: 7:30, empty: no}
  channels:
    - {name: team, preset: wecom, url_env: TEAM_URL}
"""


def sent(text: str) -> SendSettings:
    return parse_settings(HEAD + text).send


def test_what_is_sent_reads() -> None:
    send = sent(GOOD)
    assert send.mail
    assert send.mail.sender == "HF 博客日报 <digest@Example.org>"
    first, second = send.mail.recipients
    assert (first.address, first.list, first.order, first.sources, first.time) == (
        "ann@example.org", "daily", None, None, None,
    )  # fmt: skip
    assert (second.address, second.time, second.empty) == ("波@例子.中国", time(7, 30), False)
    assert (send.catch_up, send.list_names) == (2, ("daily", "weekday.zh"))


def test_nothing_is_sent_where_nothing_is_said() -> None:
    assert sent("") == sent("send:\n") == SendSettings()


@pytest.mark.parametrize(
    ("said", "port", "way"),
    [
        ("", 587, "starttls"),
        (", port: 465", 465, "tls"),
        (", port: 25", 25, "starttls"),
        (", security: tls", 465, "tls"),
        (", port: 2465, security: tls", 2465, "tls"),
        (", port: 465, security: starttls", 465, "starttls"),
        (", port: 1025, security: none", 1025, "none"),
    ],
)
def test_a_connection_is_in_the_clear_only_where_that_is_said(said: str, port: int, way: str) -> None:
    mail = sent(GOOD.replace(", user: digest", said)).mail
    assert mail
    assert mail.server
    assert (mail.server.reached_at, mail.server.way) == (port, way)


def test_the_password_stands_in_one_place() -> None:
    def at(said: str) -> tuple[str, str]:
        mail = sent(GOOD.replace("user: digest", said)).mail
        assert mail
        assert mail.server
        return mail.server.password_at, mail.server.password_file

    assert at("user: digest") == ("DIGEST_SMTP_PASSWORD", "")
    assert at("password_env: P") == ("P", "")
    assert at("password_file: p.txt") == ("", "p.txt")


# what is put in the place of what; the text at which the fault is found; what is said
FAULTS = {
    "list": ("list: weekday.zh", "list: weekly", "list: weekly", "mail.recipients[1].list: 'weekly' is no list"),
    "source": ("[Blog]", "[Blog, Blag]", "Blag", "mail.recipients[1].sources[1]: no source is called 'Blag'"),
    "a source of a list": ("title: 日报", "sources: [Blag]", "Blag", "lists[0].sources[0]: no source is called 'Blag'"),
    "a source of a channel": ("wecom", "wecom, sources: [x]", "x], url", "channels[0].sources[0]: no source is called"),
    "twice on a list": (
        "{address: 波@例子.中国, name: 波, list: weekday.zh", "{address: ANN@example.ORG", "address: ANN",
        "mail.recipients[1].address: 'ANN@example.org' is on the list daily already, by recipients[0]",
    ),
    "no address": ("- ann@EXAMPLE.org", "- ann", "ann\n", "mail.recipients[0].address: 'ann' is no mail address"),
    "two addresses": ("- ann@EXAMPLE.org", "- 'a@b.example, c@d.example'", "'a@b", "is no mail address, such as ann@"),
    "injection": ("- ann@EXAMPLE.org", '- "a@b.example\\r\\nBcc: c@d.example"', '"a@b', "is no mail address"),
    "sender": ("<digest@Example.org>", "<digest@Example.org", "sender:", "mail.sender: 'HF 博客日报 <digest@Ex"),
    "two senders": ("<digest@Example.org>", "<a@b.example> <c@d.example>", "sender:", "is no sender, such as"),
    "sender's name": (
        "HF 博客日报 <digest@Example.org>", '"HF\\nBcc: <x@y.example>"', "sender:", "must not hold control characters",
    ),
    "time": ("7:30", "7.30", "time: 7.30", "mail.recipients[1].time: '7.30' is no time of day, such as 07:30"),
    "order": ("[en, zh]", "[en, en]", "order: [en, en]", "mail.recipients[1].order: must name both languages once"),
    "list's name": ("name: weekday.zh, title", "name: week day, title", "name: week day", "lists[0].name"),
    "list twice": ("[{name: weekday", "[{name: Sun}, {name: sun}, {name: weekday", "name: sun", "lists[1].name: rep"),
    "one click": ("https://example.org/u", "http://example.org/u", "unsubscribe_url", "mail.unsubscribe_url: must be"),
    "no token": ("?t={token}", "?t=1", "unsubscribe_url", "must be an https:// address that holds {token} once"),
    "password here": ("user: digest", "password: x", "password: x", "mail.server.password: no such setting"),
    "password twice": (
        "user: digest", "password_env: P, password_file: p", "password_file", "mail.server.password_file: stands",
    ),
    "port": ("user: digest", "port: 70000", "port: 7", "mail.server.port"),
    "preset": ("preset: wecom", "preset: wechat", "preset:", "channels[0].preset: 'wechat' is none of feishu"),
    "no address of a channel": (", url_env: TEAM_URL", "", "{name: team", "channels[0]: gives no address; name the v"),
    "no topic": ("wecom, url_env: TEAM_URL", "ntfy", "preset", "channels[0].preset: ntfy needs `to`: the topic"),
    "a limit too small": ("preset: wecom", "preset: wecom, limit: 999", "limit", "channels[0].limit: must be 0, or at"),
    "two addresses of a channel": (
        "url_env: TEAM_URL", "url_env: A, url_file: b", "url_file", "channels[0].url_file: stands beside url_env",
    ),
    "a channel called mail": ("name: team", "name: Mail", "name: Mail", "channels[0].name: 'Mail' is what mail itself"),
    "in the clear": (
        "user: digest", "user: digest, security: none", "security: none",
        "mail.server.security: none would send the password of digest in the clear",
    ),
    "neither yes nor no": (
        "empty: no", "empty: 对", "empty: 对",
        "mail.recipients[1].empty: '对' is neither yes nor no (是, 否)",
    ),
    "days": ("catch_up: 2", "catch_up: -1", "catch_up", "catch_up"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_the_place_of_its_field(fault: str) -> None:
    old, new, mark, said = FAULTS[fault]
    assert old in GOOD
    text = HEAD + GOOD.replace(old, new, 1)
    before = text[: text.index(mark)].split("\n")
    with pytest.raises(ConfigError) as caught:
        parse_settings(text)
    assert str(caught.value).startswith(f"feeds.yaml:{len(before)}:{len(before[-1]) + 1}: send.")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("lists: {team: {title: T}}", "lists: must be a list, as in [{name: team}]"),
        ("lists: {name: team}", "lists: must be a list, as in [{name: team}]"),
        ("lists: team", "lists: must be a list, as in [team]"),
        ("mail: {sender: d@x.example, recipients: {ann@x.example: }}", "must be a list, as in [{address: ann@x.exam"),
    ],
)
def test_what_should_be_a_list_is_written_as_one(written: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(f"{HEAD}send:\n  {written}\n")
    assert hint in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "'::1'"])
def test_a_password_may_go_in_the_clear_to_this_machine(host: str) -> None:
    text = f"send: {{mail: {{sender: d@x.example, server: {{host: {host}, user: d, security: none}}}}}}\n"
    mail = parse_settings(HEAD + text).send.mail
    assert mail
    assert mail.server
    assert mail.server.way == "none"


@pytest.mark.parametrize(("word", "meant"), [("是", True), ("Yes", True), ("否", False), ("no", False), ("", None)])
def test_yes_and_no_may_be_chinese(word: str, meant: bool | None) -> None:
    text = f"send: {{lists: [{{name: team, empty: {word}}}]}}\n"
    assert parse_settings(HEAD + text).send.lists[0].empty is meant


def test_no_fault_repeats_a_secret() -> None:
    """Somebody writes the address of a web hook where its variable's name belongs."""
    with pytest.raises(ConfigError) as caught:
        sent(GOOD.replace("TEAM_URL", "https://hooks.example/s3cr3t"))
    assert "s3cr3t" not in str(caught.value)


def test_the_example_of_the_shipped_file_reads() -> None:
    text = (Path(__file__).parent.parent / "feeds.yaml").read_text("utf-8")
    assert parse_settings(text).send == SendSettings()
    head, example = text.split("\n# send:\n")
    lines = ["send:", *(line.removeprefix("# ") for line in example.splitlines() if line.startswith("#"))]
    send = parse_settings("\n".join([head, *lines])).send
    assert send.mail
    assert [each.address for each in send.mail.recipients] == ["ann@example.org", "bo@example.org"]
    assert [each.name for each in send.channels] == ["team"]


def test_the_schema_takes_a_recipient_that_is_an_address_alone() -> None:
    definitions = json.loads(schema_text())["$defs"]
    kinds = definitions["MailSettings"]["properties"]["recipients"]["items"]["anyOf"]
    assert kinds == [{"$ref": "#/$defs/RecipientSettings"}, {"type": "string"}]
    assert definitions["RecipientSettings"]["required"] == ["address"]
    clock = definitions["Wishes" if "Wishes" in definitions else "ListSettings"]["properties"]["time"]["anyOf"][0]
    assert clock == {"type": "string", "pattern": r"^([01]?\d|2[0-3]):([0-5]\d)$"}
