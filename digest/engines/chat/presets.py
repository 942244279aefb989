"""Known endpoints, and feeds.yaml's chat settings → an endpoint that can be asked, or why there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from digest.config import ChatSettings
from digest.errors import SourceError
from digest.fetch.web import Web
from digest.model import Page

Form = Literal["schema", "object", "plain"]

OLLAMA = "http://127.0.0.1:11434"
KEY = re.compile(r"[\x21-\x7e]+")
LOOPBACK = ("127.0.0.1", "::1", "localhost")  # literal names of this machine; what resolves to it is not meant


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of an endpoint. `answers` is the strictest form of answers that its documents promise.

    `extra` goes with every request to it: translating needs no thinking aloud, which is paid for by the token.
    """

    base_url: str
    model: str
    key_env: str
    answers: Form
    extra: tuple[tuple[str, Any], ...] = ()


_NO_THINKING = (("thinking", {"type": "disabled"}),)

# As the vendors' documents had it in November 2026. NONE of these could be tried here: no keys, no way out. What is
# wrong in them costs little: a field that an endpoint does not take is left out after its first 400 (client.py), and
# base_url, model and key_env can be set in feeds.yaml. Models retire; none of these had an announced end then.
PRESETS: Mapping[str, Preset] = {
    # developers.openai.com/api/docs/deprecations names gpt-6-luna as the heir of the small models that end in 2027;
    # these models refuse a temperature other than 1 with 400 ("unsupported_value"): it is left out after that.
    "openai": Preset("https://api.openai.com/v1", "gpt-6-luna", "OPENAI_API_KEY", "schema"),
    # api-docs.deepseek.com: JSON as an object only; thinking is on unless switched off.
    "deepseek": Preset("https://api.deepseek.com", "deepseek-v4-flash", "DEEPSEEK_API_KEY", "object", _NO_THINKING),
    # help.aliyun.com/zh/model-studio/json-mode: JSON mode needs the word JSON in the prompt and no thinking.
    "qwen": Preset(
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        "qwen-plus",
        "DASHSCOPE_API_KEY",
        "object",
        (("enable_thinking", False),),
    ),
    # docs.bigmodel.cn: glm-4.7-flash costs nothing; response_format knows json_object only.
    "zhipu": Preset("https://open.bigmodel.cn/api/paas/v4", "glm-4.7-flash", "ZHIPUAI_API_KEY", "object", _NO_THINKING),
    # platform.kimi.com/docs: the K2 models end with 2026; kimi-k3 always thinks, least so at "low".
    "moonshot": Preset(
        "https://api.moonshot.cn/v1", "kimi-k3", "MOONSHOT_API_KEY", "object", (("reasoning_effort", "low"),)
    ),
    # docs.siliconflow.cn/docs/api/chat-completions-post and /guides/json_mode
    "siliconflow": Preset(
        "https://api.siliconflow.cn/v1",
        "deepseek-ai/DeepSeek-V4-Flash",
        "SILICONFLOW_API_KEY",
        "object",
        (("enable_thinking", False),),
    ),
    # ai.google.dev/gemini-api/docs/openai and /deprecations
    "gemini": Preset(
        "https://generativelanguage.googleapis.com/v1beta/openai", "gemini-3.5-flash-lite", "GEMINI_API_KEY", "schema"
    ),
    # docs.ollama.com/api/openai-compatibility; schemas since 0.5. The model is one that does not think; take any.
    "ollama": Preset(f"{OLLAMA}/v1", "qwen2.5:7b", "", "schema"),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that can be asked. `answers` is the form to begin with; `steps` tells whether to step down from it.

    `allow` are the exact "host:port" that may be private addresses, `local` whether the endpoint is this machine (then
    no proxy is asked). `key` is "" where none is needed; it stands in no repr.
    """

    url: str
    model: str
    host: str
    key: str = field(repr=False)
    key_env: str
    answers: Form
    steps: bool
    extra: tuple[tuple[str, Any], ...]
    allow: frozenset[str]
    local: bool


def resolve(settings: ChatSettings, environ: Mapping[str, str]) -> Endpoint | str:
    """Give the endpoint of the settings, or one line saying why there is none (a missing key, an unknown preset)."""
    preset = PRESETS.get(settings.preset)
    base = settings.base_url.removesuffix("/chat/completions") or (preset.base_url if preset else "")
    key_env = key_variable(settings)
    key = environ.get(key_env, "").strip() if key_env else ""
    local, place = _place(base)
    allow = frozenset(settings.allow_private) | ({place} if local else set())
    fault = _key_fault(key, key_env, clear=urlsplit(base).scheme == "http" and place not in allow)
    if fault:
        return fault
    own = preset is not None and base == preset.base_url
    return Endpoint(
        url=f"{base}/chat/completions",
        model=settings.model or (preset.model if preset else ""),
        host=urlsplit(base).netloc.lower(),
        key=key,
        key_env=key_env,
        answers=_first_form(settings, preset),
        steps=settings.answers == "auto",
        extra=preset.extra if preset and own else (),
        allow=allow,
        local=local,
    )


def key_remedy(settings: ChatSettings, environ: Mapping[str, str]) -> str:
    """Say how to give the key that an endpoint lacks; "" where that is not what is wrong."""
    name = key_variable(settings)
    if not name or KEY.fullmatch(environ.get(name, "").strip()):
        return ""
    return f"export {name}=…; under cron, set it in the crontab"


def key_variable(settings: ChatSettings) -> str:
    """Name the environment variable of the key: that of the settings, else the preset's; "" where none is needed."""
    preset = PRESETS.get(settings.preset)
    return settings.key_env or (preset.key_env if preset else "")


def _key_fault(key: str, key_env: str, *, clear: bool) -> str:
    if key_env and not key:
        return f"the environment variable {key_env} holds no key for engines.chat"
    if key and not KEY.fullmatch(key):
        return f"the environment variable {key_env} holds characters that are in no key"
    if key and clear:
        return "engines.chat.base_url: a key does not go over http:// to another machine; use https://"
    return ""


def _first_form(settings: ChatSettings, preset: Preset | None) -> Form:
    if settings.answers != "auto":
        return settings.answers
    return preset.answers if preset else "schema"


def _place(base: str) -> tuple[bool, str]:
    """Tell whether an address names this machine, and give its host:port as `allow_private` writes it.

    >>> _place("http://localhost:8000/v1"), _place("http://[::1]/v1"), _place("https://api.example/v1")
    ((True, 'localhost:8000'), (True, '[::1]:80'), (False, 'api.example:443'))
    """
    parts = urlsplit(base)
    host = (parts.hostname or "").lower()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return host in LOOPBACK, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def find_ollama(address: str = OLLAMA, *, seconds: float = 1.0) -> tuple[str, ...] | None:
    """Ask a local Ollama for the names of its models (GET /api/tags); None where none answers within `seconds`."""
    _, place = _place(address)
    with Web(allow_private=frozenset({place}), deadline=seconds, max_bytes=256 * 1024, pause=0.0) as web:
        try:
            page = web.get(f"{address}/api/tags", accept="application/json", robots=False)
            told = json.loads(page.body) if isinstance(page, Page) else None
        except (SourceError, ValueError, RecursionError):
            return None
    models = told.get("models") if isinstance(told, dict) else None
    if not isinstance(models, list):
        return None
    names = (model.get("name") for model in models if isinstance(model, dict))
    return tuple(name for name in names if isinstance(name, str) and re.fullmatch(r"[\x21-\x7e]{1,200}", name))
