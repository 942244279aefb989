"""Chats on 127.0.0.1 that answer as the services do: each answer has its outcome, each message is posted once, and the
hook's key is told to nobody."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_hook import FakeHook, cut, said, torn

from digest.config.chats import ChannelPreset, ChannelSettings
from digest.deliver.chats.channel import Channel, dingtalk_sign, feishu_sign
from digest.deliver.chats.presets import PRESETS, bodies
from digest.errors import ConfigError
from digest.fetch.web import Web
from digest.model import Abstract, Both, Delivery, Digest, Line, LinePair, Outcome, Verdict
from digest.render.dialects import utf8_bytes

KEY = "f1e2d3c4-secret-key-5b6a"
SECRET = "SECdemo-tell-nobody"
MOMENT = 1_599_360_473.25
OK: dict[str, object] = {
    "": "",
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "slack": "ok",
    "telegram": {"ok": True, "result": {"message_id": 7}},
    "ntfy": {"id": "hwQ2YpKdmg", "event": "message"},
}


def settings(preset: str, **more: Any) -> ChannelSettings:
    """Make the settings of a channel whose address is told by the environment."""
    own = "" if preset else "own.j2"
    return ChannelSettings.model_validate(
        {"name": "room", "preset": preset, "to": "chat-1", "template": own, "url_env": "TEAM_HOOK"} | more
    )


def post(channel: Channel, delivery: Delivery) -> Outcome:
    """Hand over one part; that it may arrive is told before, and once."""
    started: list[str] = []
    outcome = channel(delivery, started.append)
    assert started == [delivery.message_id]
    return outcome


def delivery(body: str = '{"a":"文"}') -> Delivery:
    now = datetime(2025, 4, 17, tzinfo=UTC)
    return Delivery(1, date(2025, 4, 16), "room", "daily", "room", 1, 1, "sending", "<x@y>", now, now, body=body)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def channel(hook: FakeHook, preset: str, secret: str = SECRET, **more: Any) -> Channel:
    clock = more.pop("clock", Clock())
    web = Web(allow_private=frozenset({hook.place}))
    url = f"http://{hook.place}/hooks/{KEY}?key={KEY}"
    return Channel(
        settings(preset, **more), url, secret, web,
        now=lambda: MOMENT, clock=clock, sleep=clock.sleep, deadline=1.0,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text
    assert SECRET not in caplog.text


def outcome(preset: str, *answers: Any) -> Outcome:
    with FakeHook(*answers) as hook:
        found = post(channel(hook, preset), delivery())
        assert len(hook.asked) == 1, "posted once, whatever was answered"
    assert not any(secret in found.detail for secret in (KEY, SECRET, "/hooks/"))
    assert len(found.detail) <= 200
    assert "\n" not in found.detail
    return found


# ---- what answers mean ----------------------------------------------------------------------------------------------


def test_every_preset_of_the_settings_is_known() -> None:
    assert set(PRESETS) == set(get_args(ChannelPreset)) == set(OK)


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_taken_is_sent(preset: str) -> None:
    assert outcome(preset, said(OK[preset])) == Outcome("sent")


def test_a_hook_of_ones_own_may_answer_without_content() -> None:
    assert outcome("", said("", "204 No Content")).state == "sent"


@pytest.mark.parametrize(
    ("preset", "answer", "wait"),
    [
        ("feishu", said({"code": 11232, "msg": "frequency limited"}), 60),
        ("feishu", said({"code": 11232, "msg": "frequency limited"}, "400 Bad Request"), 60),
        ("dingtalk", said({"errcode": 130101, "errmsg": "send too fast"}), 600),
        ("wecom", said({"errcode": 45009, "errmsg": "api freq out of limit"}), 60),
        ("slack", said("rate_limited", "429 Too Many Requests", retry_after="30"), 30),
        ("telegram", said({"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 35",
                           "parameters": {"retry_after": 35}}, "429 Too Many Requests"), 35),
        ("ntfy", said({"code": 42901, "http": 429, "error": "limit reached"}, "429 Too Many Requests"), 60),
        ("", said("oops", "503 Service Unavailable", retry_after="120"), 120),
        ("slack", said("oops", "500 Internal Server Error"), 60),
    ],
)  # fmt: skip
def test_not_now_is_pending_with_a_wait(preset: str, answer: bytes, wait: float) -> None:
    found = outcome(preset, answer)
    assert (found.state, found.wait, found.stop) == ("pending", wait, True)


@pytest.mark.parametrize(
    ("preset", "answer", "told", "hook"),
    [
        ("feishu", said({"code": 19021, "msg": "sign match fail"}), "refused: 19021: sign match fail", True),
        ("feishu", said({"code": 19022, "msg": "Ip Not Allowed"}), "refused: 19022", True),
        ("feishu", said({"code": 19024, "msg": "no key word"}, "400 Bad Request"), "refused (400): 19024", True),
        ("dingtalk", said({"errcode": 310000, "errmsg": "keywords not in content"}), "refused: 310000", True),
        ("dingtalk", said({"errcode": 430102, "errmsg": "unsafe text"}), "refused: 430102", False),
        ("feishu", said({"code": 9499, "msg": "Bad Request"}), "refused: 9499: Bad Request", False),
        ("dingtalk", said({"errcode": 300001, "errmsg": "token is not exist"}), "300001: token is not exist", True),
        ("wecom", said({"errcode": 93000, "errmsg": "invalid webhook url"}), "93000: invalid webhook url", True),
        ("wecom", said({"errcode": 40058, "errmsg": "exceed max length 4096"}), "40058", False),
        ("slack", said("no_service", "404 Not Found"), "refused (404): no_service", True),
        ("slack", said("invalid_payload", "400 Bad Request"), "refused (400): invalid_payload", False),
        ("slack", said("channel_is_archived", "410 Gone"), "channel_is_archived", True),
        ("telegram", said({"ok": False, "error_code": 401, "description": "Unauthorized"}, "401 Unauthorized"),
         "refused (401): 401: Unauthorized", True),
        ("telegram", said({"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}),
         "400: Bad Request: chat not found", False),
        ("ntfy", said({"code": 40301, "http": 403, "error": "forbidden"}, "403 Forbidden"), "forbidden", True),
        ("", said("<!doctype html><h1>No</h1>", "400 Bad Request"), "refused (400): a page of HTML", False),
        ("slack", said("", "302 Found", location="http://127.0.0.1:1/other"), "redirect (302)", True),
    ],
)  # fmt: skip
def test_a_refusal_in_the_services_words(preset: str, answer: bytes, told: str, hook: bool) -> None:
    """Of what was sent: never again. Of the hook or its rules: what is mended takes effect, as with a mail server."""
    found = outcome(preset, answer)
    assert (found.state, found.stop) == ("pending" if hook else "rejected", hook)
    assert told in found.detail


@pytest.mark.parametrize("preset", [name for name, preset in PRESETS.items() if preset.answer])
def test_a_page_of_html_with_status_200_is_uncertain(preset: str) -> None:
    """A captive portal, or a gateway: nobody knows what became of the message."""
    assert outcome(preset, said("<html>Sign in</html>")).state == "uncertain"


@pytest.mark.parametrize("answer", [cut, torn, said({"errcode": 0}, "504 Gateway Timeout"), b"nonsense\r\n\r\n"])
def test_what_was_lost_after_it_was_sent_is_uncertain_and_not_sent_again(answer: Any) -> None:
    found = outcome("wecom", answer)
    assert (found.state, found.stop) == ("uncertain", True)


def test_a_hook_that_never_answers_is_uncertain() -> None:
    with FakeHook(cut) as hook:
        hook.answers = [hook.hang]
        found = post(channel(hook, "feishu"), delivery())
        assert len(hook.asked) == 1
    assert (found.state, found.detail) == (
        "uncertain", "no answer after it was sent: no whole answer within the deadline",
    )  # fmt: skip


def test_what_was_never_sent_stays_pending() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    room = Channel(settings("slack"), f"http://{place}/{KEY}", "", Web(allow_private=frozenset({place})))
    found = post(room, delivery())
    assert (found.state, found.stop) == ("pending", True)
    assert found.detail.startswith("not sent: no connection: ")


def test_what_cannot_be_kept_is_not_posted() -> None:
    def full(name: str) -> None:
        raise OSError("disk full")

    with FakeHook(said("ok")) as hook:
        with pytest.raises(OSError, match="disk full"):
            channel(hook, "slack")(delivery(), full)
        assert not hook.asked


def test_a_private_address_is_not_connected_to() -> None:
    with FakeHook(said("ok")) as hook:
        found = post(Channel(settings("slack"), f"http://{hook.place}/{KEY}", "", Web()), delivery())
        assert not hook.asked
    assert found.state == "pending"
    assert "127.0.0.1 is not a public address" in found.detail


# ---- secrets --------------------------------------------------------------------------------------------------------


def test_what_a_service_repeats_of_our_keys_is_taken_out() -> None:
    with FakeHook(cut) as hook:
        words = f"bad http://{hook.place}/hooks/{KEY}?key={KEY} or key={KEY} or {SECRET} " + "x" * 500
        hook.answers = [said({"errcode": 93000, "errmsg": words})]
        found = post(channel(hook, "wecom"), delivery())
    assert KEY not in found.detail
    assert SECRET not in found.detail
    assert found.detail.startswith("refused: 93000: bad ")
    assert len(found.detail) == 200


def test_the_head_of_a_key_is_taken_out_too() -> None:
    found = outcome("wecom", said({"errcode": 93000, "errmsg": f"no hook {KEY[:12]}… here"}))
    assert found.detail == "refused: 93000: no hook •••… here"


def test_a_channel_shows_its_name_only() -> None:
    with FakeHook(cut) as hook:
        assert repr(channel(hook, "slack")) == "Channel('room')"


@pytest.mark.parametrize("url", ["ftp://h.example/KEY", "//h.example/KEY", "https://u:KEY@h.example/", "https://[KEY/",
                                 "https://h.example/a KEY", "https://h.example/" + "KEY" * 900])  # fmt: skip
def test_an_address_that_is_none_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^send.channels: room: its address is no http") as caught:
        Channel(settings("slack"), url, "", Web())
    assert "KEY" not in str(caught.value)


def test_what_is_missing_is_told() -> None:
    with pytest.raises(ConfigError, match="its address is missing"):
        Channel(settings("slack"), "", "", Web())
    with pytest.raises(ConfigError, match="the bot's token is missing"):
        Channel(settings("telegram"), "", "", Web())
    with pytest.raises(ConfigError, match="to is empty: telegram"):
        Channel(settings("telegram").model_copy(update={"to": ""}), "", "1:A", Web())
    with pytest.raises(ConfigError, match="its key holds characters that no key may") as caught:
        Channel(settings("ntfy"), "", "秘密", Web())
    assert "秘密" not in str(caught.value)
    with pytest.raises(ConfigError, match="to is empty: ntfy"):
        Channel(settings("ntfy").model_copy(update={"to": ""}), "", "", Web())


# ---- signatures -----------------------------------------------------------------------------------------------------


def test_signatures_are_those_that_openssl_makes() -> None:
    """printf '' | openssl dgst -sha256 -hmac "$(printf '1599360473\\ndemo')" -binary | base64, and
    printf '1599360473000\\nSECdemo' | openssl dgst -sha256 -hmac SECdemo -binary | base64"""
    assert feishu_sign("demo", 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
    assert dingtalk_sign("SECdemo", 1599360473000) == "tGWkA5eQOQNCNPDgphtxIoNLO+/gD8Lcb705KQoRzeY="


def test_each_service_gets_its_key_as_it_wants_it() -> None:
    def posted(preset: str, secret: str = SECRET) -> FakeHook:
        with FakeHook(said(OK[preset])) as hook:
            assert post(channel(hook, preset, secret), delivery()).state == "sent"
            return hook

    feishu = posted("feishu").bodies[0]
    assert feishu == {"timestamp": "1599360473", "sign": feishu_sign(SECRET, 1599360473), "a": "文"}
    query = parse_qs(urlsplit(posted("dingtalk").targets[0]).query)
    assert query == {"key": [KEY], "timestamp": ["1599360473250"], "sign": [dingtalk_sign(SECRET, 1599360473250)]}
    assert f"authorization: Bearer {SECRET}".encode() in posted("ntfy").asked[0]
    for preset in ("slack", "wecom"):
        assert SECRET.encode() not in posted(preset).asked[0]
    for preset in ("feishu", "dingtalk"):
        assert posted(preset, "").targets == [f"/hooks/{KEY}?key={KEY}"]
        assert "sign" not in posted(preset, "").bodies[0]


def test_telegrams_token_stands_in_the_path() -> None:
    with FakeHook(said(OK["telegram"])) as hook:
        web = Web(allow_private=frozenset({hook.place}))
        room = Channel(settings("telegram"), f"http://{hook.place}/", "123:ABC", web)
        assert post(room, delivery()).state == "sent"
        assert hook.targets == ["/bot123:ABC/sendMessage"]


# ---- pauses and bodies ----------------------------------------------------------------------------------------------


def test_there_is_a_pause_between_two_messages() -> None:
    clock = Clock()
    with FakeHook(said(OK["wecom"])) as hook:
        room = channel(hook, "wecom", clock=clock)
        for _ in range(3):
            post(room, delivery())
    assert clock.slept == [3.5, 3.5]
    assert all(preset.pause >= 1 for preset in PRESETS.values())


def day(posts: int = 1) -> Digest:
    pair = LinePair("1", Line("zh-Hans", "“引号”与 \\ 反斜杠"), Line("en", 'Quotes " and </script>'), "human",
                    Verdict(0.9, True, "exact"))  # fmt: skip
    post = Abstract("a", Both("题目", "A title"), Both(None, "https://a.example/"), "Blog",
                    datetime(2025, 4, 16, tzinfo=UTC), "en", "highlights", (pair,) * 8)  # fmt: skip
    abstracts = tuple(replace(post, id=str(n)) for n in range(posts))
    return Digest(date(2025, 4, 16), "日报", "https://d.example/", "Asia/Shanghai", ("zh", "en"), abstracts, (), "s")


@pytest.mark.parametrize("preset", [name for name in PRESETS if name])
def test_a_body_is_json_that_holds_its_text_and_no_secret(preset: str) -> None:
    found = bodies(day(), settings(preset))
    assert found == bodies(day(), settings(preset))
    assert len(found) == 1
    value = json.loads(found[0])
    text = {
        "feishu": lambda: value["card"]["elements"][0]["content"],
        "dingtalk": lambda: value["markdown"]["text"],
        "wecom": lambda: value["markdown"]["content"],
        "slack": lambda: value["text"],
        "telegram": lambda: value["text"],
        "ntfy": lambda: value["message"],
    }[preset]()
    assert "“引号”与" in text
    assert "https://d.example/2025-04-16.html" in text
    assert "\\u" not in found[0], "a Chinese character is written in three bytes"


def test_a_feishu_request_is_within_20_kb_with_its_signature() -> None:
    found = bodies(day(200), settings("feishu"))
    assert len(found) > 1
    with FakeHook(said(OK["feishu"])) as hook:
        post(channel(hook, "feishu"), delivery(found[0]))
        sent = hook.asked[0].partition(b"\r\n\r\n")[2]
    assert 15_000 < len(sent) <= 20_000


@pytest.mark.parametrize(("preset", "field"), [("wecom", "markdown"), ("dingtalk", "markdown")])
def test_parts_have_their_limit(preset: str, field: str) -> None:
    found = [json.loads(body)[field] for body in bodies(day(60), settings(preset, limit=1500))]
    assert len(found) > 5
    assert all(utf8_bytes(value.get("content", value.get("text"))) <= 1500 * (3 if preset == "dingtalk" else 1)
               for value in found)  # fmt: skip


def test_a_template_of_ones_own_has_the_same_names() -> None:
    template = "{{ part }}/{{ parts }} {{ title }} {{ day }} {{ link }} {{ to }}\n{{ text }}"
    (body,) = bodies(day(), settings(""), template)
    assert body.startswith("1/1 日报 — 2025-04-16 2025-04-16 https://d.example/2025-04-16.html chat-1\n**日报")
    with FakeHook(said("")) as hook:
        post(channel(hook, ""), delivery(body))
        assert b"content-type: text/plain; charset=utf-8" in hook.asked[0]
        assert hook.asked[0].endswith(body.encode())


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ text }}\n\n{{ key }}", r"own\.j2:3: UndefinedError: 'key' is undefined"),
        ("\n{% if %}", r"own\.j2:2: TemplateSyntaxError"),
        ("\n{{ part / 0 }}", r"own\.j2:2: the template fails: ZeroDivisionError"),
        ("{{ text | batch }}", r"own\.j2:1: the template fails: TypeError"),
        ("{{ part | dictsort }}", r"own\.j2:1: the template fails: AttributeError"),
        ("{{ '%d' | format(text) }}", r"own\.j2:1: the template fails: TypeError"),
        ("{% include 'own.j2' %}", r"own\.j2:1: the template fails: RecursionError"),
        ('{"text": "{{ text }}"}', r"own\.j2: the template makes no JSON: .*; write {{ text \| tojson }}, without"),
        ("{% set x = 1 %}\n \n", r"own\.j2: the template makes nothing but blanks"),
        ("", r"own\.j2: the template makes nothing but blanks"),
    ],
)
def test_a_template_of_ones_own_that_fails_is_named_as_the_settings_name_it(template: str, told: str) -> None:
    with pytest.raises(ConfigError, match=f"^send.channels: room: {told}"):
        bodies(day(), settings(""), template)


def test_a_fault_in_a_template_of_ours_is_a_bug() -> None:
    with pytest.raises(ZeroDivisionError):
        bodies(day(), settings("slack"), read=lambda name: "{{ part / 0 }}")


def test_a_template_that_makes_no_object_is_refused_where_the_chat_takes_only_that() -> None:
    with pytest.raises(ConfigError, match="makes no JSON"):
        bodies(day(), settings("slack", template="t"), "{{ text }}")
    with pytest.raises(ConfigError, match="no object"):
        bodies(day(), settings("slack", template="t"), "[{{ text | tojson }}]")
