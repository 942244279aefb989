"""What is known of each chat: its markup, how much it takes and how fast, what its answers mean.

Sources: Feishu "自定义机器人使用指南" (20 KB a request, 100 a minute and 5 a second, codes 9499, 11232, 19001, 19021,
19022, 19024); DingTalk "自定义机器人接入" (20 a minute, then ten minutes of nothing; codes 300001, 310000, 400013,
400101, 400102, 400106); WeCom "消息推送" (4096 bytes of Markdown, 20 a minute; codes 40058, 45009, 93000,
93004, 93008); Slack "Incoming webhooks", "Rate limits" (one a second; 429 with Retry-After; 4000 characters
at best); Telegram "Bot API", sendMessage (4096 characters after entities; 20 a minute in a group;
retry_after); ntfy "Publishing" (4096 bytes). None of them was asked: see the README.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from digest.config.chats import ChannelSettings
from digest.errors import ConfigError
from digest.model import Digest, Outcome
from digest.render.chat import Room, parts
from digest.render.day import page_address
from digest.render.dialects import DIALECTS, Count, json_bytes, utf8_bytes, utf16_units
from digest.render.line import shown
from digest.render.page import Reader, fill, fill_own, packaged

WORDS_OF_OTHERS = 200  # characters of what a service says that are kept
BROKEN = frozenset({401, 403, 404, 410})  # statuses that say so of the hook itself
MAYBE = frozenset({504, 524})  # a gateway gave up waiting: what stands behind it may have taken the message


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of one chat.

    `limit` counts, by `count`, what one text may have; `pause` is in seconds between two messages, `wait` in seconds
    after a refusal for haste that names none. `answer` is how its answers are read: by a code ("code", "errcode"), by
    "ok", by the text "ok", by an "id", or by the status alone (""). `later` are codes that mean "not now", `broken`
    those that speak of the hook, its key or its rules and not of the message: as with a mail server that does not let
    us in, what is mended in two days takes effect. `signed`: how the key is used. `titled`: it shows a title of its
    own. `to`: it needs to be told the chat or the topic.
    """

    dialect: str
    limit: int
    count: Count
    pause: float = 1.0
    wait: float = 60.0
    answer: Literal["code", "errcode", "ok", "text", "id", ""] = ""
    later: frozenset[int] = frozenset()
    broken: frozenset[int] = frozenset()
    signed: Literal["body", "query", "path", "bearer", ""] = ""
    titled: bool = False
    address: str = ""
    to: bool = False


PRESETS: dict[str, Preset] = {
    "": Preset("markdown", 4000, utf8_bytes, signed="bearer"),
    "feishu": Preset(
        "feishu", 18_000, json_bytes, answer="code", later=frozenset({11232, 230020, 99991400}),
        broken=frozenset({19001, 19021, 19022, 19024}), signed="body", titled=True,
    ),
    "dingtalk": Preset(
        "dingtalk", 4800, utf16_units, pause=3.5, wait=600.0, answer="errcode",
        later=frozenset({-1, 90018, 90030, 130101, 410100}), signed="query",
        broken=frozenset({*range(300001, 300011), 310000, 400013, 400101, 400102, 400106}),
    ),
    "wecom": Preset(
        "wecom", 4096, utf8_bytes, pause=3.5, answer="errcode", later=frozenset({-1, 45009, 45033}),
        broken=frozenset({93000, 93004, 93008}),
    ),
    "slack": Preset("mrkdwn", 3900, utf16_units, pause=1.1, answer="text"),
    "telegram": Preset(
        "html", 4096, utf16_units, pause=3.5, answer="ok", signed="path", address="https://api.telegram.org", to=True
    ),
    "ntfy": Preset(
        "plain", 4000, utf8_bytes, answer="id", signed="bearer", titled=True, address="https://ntfy.sh", to=True
    ),
}  # fmt: skip


# ---- what is posted -------------------------------------------------------------------------------------------------


def bodies(digest: Digest, channel: ChannelSettings, template: str = "", read: Reader = packaged) -> tuple[str, ...]:
    """Write a day as the bodies that a channel is posted, one a part; they are kept until they are settled.

    `template` is the text of the channel's own template, if it has one. Raises ConfigError where it is wrong or
    the limit too small. What is signed at sending time is not in them, and no secret is.
    """
    preset = PRESETS[channel.preset]
    room = Room(channel.limit or preset.limit, preset.count, preset.titled)
    name = f"chat{'-' if channel.preset else ''}{channel.preset}.json.j2"
    own = f"send.channels: {channel.name}: {channel.template}"
    found = []
    for part in parts(digest, DIALECTS[preset.dialect], room):
        values = {"title": part.title, "text": part.text, "part": part.part, "parts": part.parts}
        values |= {"day": digest.day.isoformat(), "link": page_address(digest), "to": channel.to}
        if channel.template:
            body = fill_own(own, channel.template, template, values)
        else:
            body = fill(name, read, **values)
        found.append(_compact(body, own if channel.template else name, must=bool(channel.preset)))
    return tuple(found)


def _compact(body: str, name: str, *, must: bool) -> str:
    """Write JSON without escapes and blanks (a Chinese character is 3 bytes, not 6); leave other text as it is."""
    if not body.strip():
        raise ConfigError(name, "the template makes nothing but blanks")
    try:
        value = json.loads(body)
    except ValueError as error:
        if must or body.lstrip().startswith("{"):
            told = f"the template makes no JSON: {error}; write {{{{ text | tojson }}}}, without quotation marks"
            raise ConfigError(name, told) from error
        return body
    if must and not isinstance(value, dict):
        raise ConfigError(name, "the template makes JSON that is no object")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ---- what an answer means -------------------------------------------------------------------------------------------


def outcome_of(preset: Preset, status: int, body: str, wait: float) -> Outcome:
    """Say what an answer means. `wait`: the seconds of Retry-After, 0 for none. What is quoted is not yet scrubbed."""
    value = _object(body)
    code, words = _code(preset, value), _words(value, body)
    told = f"{code}: {words}" if code is not None and words else words
    if status in MAYBE:
        return Outcome("uncertain", f"the server answers {status}: it may have been taken", stop=True)
    if status == 429 or status >= 500 or (code is not None and code in preset.later):
        asked = _retry_after(value) or wait
        return Outcome("pending", f"not now ({status}): {told}", stop=True, wait=asked or preset.wait)
    if status >= 300:
        return _refused(f"refused ({status}): {told}", status in BROKEN or code in preset.broken)
    if preset.answer == "" or _well(preset, value, body):
        return Outcome("sent")
    if code is None:
        return Outcome("uncertain", f"an answer ({status}) that is none of this service", stop=True)
    return _refused(f"refused: {told}", code in preset.broken)


def _refused(detail: str, hook: bool) -> Outcome:
    return Outcome("pending", detail, stop=True) if hook else Outcome("rejected", detail)


def _object(body: str) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _code(preset: Preset, value: Mapping[str, Any]) -> int | None:
    """Read the code of an answer, None where it has none. Feishu's older answers say StatusCode."""
    names = {"code": ("code", "StatusCode"), "errcode": ("errcode",), "ok": ("error_code",), "id": ("code",)}
    for name in names.get(preset.answer, ()):
        code = value.get(name)
        if isinstance(code, int) and not isinstance(code, bool):
            return code
    return None


def _well(preset: Preset, value: Mapping[str, Any], body: str) -> bool:
    if preset.answer in ("code", "errcode"):
        return _code(preset, value) == 0
    if preset.answer == "ok":
        return value.get("ok") is True
    if preset.answer == "id":
        return isinstance(value.get("id"), str)
    return body.strip() == "ok"


def _words(value: Mapping[str, Any], body: str) -> str:
    """Give what the service says in words; of a page of HTML only that it is one."""
    for name in ("msg", "errmsg", "description", "error", "StatusMessage", "message"):
        if isinstance(value.get(name), str) and shown(value[name]):
            return shown(value[name])
    text = shown(body)
    return "a page of HTML" if text.startswith("<") else text[: 2 * WORDS_OF_OTHERS] or "without a word"


def _retry_after(value: Mapping[str, Any]) -> float:
    parameters = value.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(min(seconds, 86_400)) if isinstance(seconds, int) and seconds > 0 else 0.0
