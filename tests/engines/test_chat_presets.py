"""Settings and the environment → an endpoint, or one line that says what is missing."""

from __future__ import annotations

import time

import pytest
from fake_chat import FakeChat

from digest.config import ChatSettings, NetworkSettings
from digest.engines.chat import PRESETS, ChatEngine, Endpoint, find_ollama, open_chat, resolve
from digest.translate.engine import Asked, Task

KEY = "sk-tell-nobody"
TASK = Task((Asked("One."),), "en", "zh")


def endpoint(environ: dict[str, str] | None = None, **settings: object) -> Endpoint:
    found = resolve(ChatSettings.model_validate(settings), environ or {})
    assert isinstance(found, Endpoint), found
    return found


def why_not(environ: dict[str, str], **settings: object) -> str:
    found = resolve(ChatSettings.model_validate(settings), environ)
    assert isinstance(found, str)
    assert "\n" not in found
    return found


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "ollama"])
def test_a_preset_wants_its_key_and_says_which(name: str) -> None:
    preset = PRESETS[name]
    assert preset.key_env in why_not({}, preset=name)
    assert preset.key_env in why_not({preset.key_env: "  "}, preset=name)
    found = endpoint({preset.key_env: f" {KEY}\n"}, preset=name)
    assert (found.key, found.model, found.local, found.allow) == (KEY, preset.model, False, frozenset())
    assert found.url.startswith("https://")
    assert found.url.endswith("/chat/completions")
    assert dict(found.extra) == dict(preset.extra)
    assert KEY not in repr(found)


def test_a_local_ollama_wants_no_key() -> None:
    found = endpoint(preset="ollama", model="qwen3:8b")
    assert (found.key, found.model, found.local) == ("", "qwen3:8b", True)
    assert found.allow == {"127.0.0.1:11434"}


def test_what_settings_name_goes_before_the_preset() -> None:
    found = endpoint(
        {"MY_KEY": KEY},
        preset="qwen",
        base_url="https://eu.example/v1/chat/completions/",
        model="m",
        key_env="MY_KEY",
        answers="plain",
    )
    assert (found.url, found.model, found.key) == ("https://eu.example/v1/chat/completions", "m", KEY)
    assert (found.answers, found.steps, found.extra) == ("plain", False, ())  # another's endpoint, another's fields


@pytest.mark.parametrize("key", ["sk-\u94a5", "sk-a b", "sk-a\nb"])
def test_a_key_that_can_be_none_is_refused_without_its_text(key: str) -> None:
    said = why_not({"OPENAI_API_KEY": key}, preset="openai")
    assert "OPENAI_API_KEY" in said
    assert "sk-" not in said


def test_a_key_goes_in_the_clear_to_this_machine_and_to_named_ones_only() -> None:
    settings = {"base_url": "http://10.0.0.7:8000/v1", "model": "m", "key_env": "K"}
    assert "https://" in why_not({"K": KEY}, **settings)
    assert endpoint({"K": KEY}, **settings, allow_private=["10.0.0.7:8000"]).key == KEY
    assert endpoint({"K": KEY}, **{**settings, "base_url": "http://localhost:8000/v1"}).key == KEY
    assert endpoint({}, base_url="http://10.0.0.7:8000/v1", model="m").key == ""


@pytest.mark.parametrize(
    ("base", "allow"),
    [
        ("http://127.0.0.1:8000/v1", {"127.0.0.1:8000"}),
        ("http://localhost/v1", {"localhost:80"}),
        ("http://[::1]:8000/v1", {"[::1]:8000"}),
        ("http://127.0.0.2:8000/v1", set()),
        ("http://192.168.1.5:8000/v1", set()),
        ("http://localhost.example:8000/v1", set()),
    ],
)
def test_only_this_machine_by_its_own_name_may_be_private_unasked(base: str, allow: set[str]) -> None:
    assert endpoint(base_url=base, model="m").allow == allow


def test_a_private_address_that_was_not_named_is_not_asked() -> None:
    """The name of a public machine that resolves to this one, or another private address: the guard stands."""
    engine = open_chat(
        ChatSettings.model_validate({"base_url": "http://127.0.0.2:9/v1", "model": "m"}), {}, NetworkSettings()
    )
    assert isinstance(engine, ChatEngine)
    answers = engine.translate(TASK)
    assert answers.lines[0].faults == ("server",)
    assert "allow_private" in answers.failure


def test_this_machine_is_asked_without_the_proxy() -> None:
    with FakeChat({"One.": "一。"}) as fake, FakeChat({}) as proxy:
        settings = ChatSettings.model_validate({"base_url": fake.base_url, "model": "m"})
        engine = open_chat(settings, {}, NetworkSettings(proxy=f"http://{proxy.place}"))
        assert isinstance(engine, ChatEngine)
        assert engine.translate(TASK).lines[0].text == "一。"
        assert "authorization" not in fake.requests[0].headers
        assert proxy.requests == []


def test_a_proxy_is_told_a_private_address_neither() -> None:
    with FakeChat({}) as proxy:
        settings = ChatSettings.model_validate({"base_url": "http://127.0.0.2:9/v1", "model": "m"})
        engine = open_chat(settings, {}, NetworkSettings(proxy=f"http://{proxy.place}"))
        assert isinstance(engine, ChatEngine)
        assert engine.translate(TASK).lines[0].faults == ("server",)
        assert proxy.requests == []


def test_a_local_ollama_is_found_with_its_models() -> None:
    with FakeChat({}, models=("qwen3:8b", "gemma3:4b", "bad name\n")) as fake:
        assert find_ollama(f"http://{fake.place}") == ("qwen3:8b", "gemma3:4b")
        assert [request.path for request in fake.requests] == ["/api/tags"]
        place = fake.place
    assert find_ollama(f"http://{place}") is None


def test_a_server_that_is_no_ollama_is_none() -> None:
    with FakeChat({}) as fake:
        start = time.monotonic()
        assert find_ollama(f"http://{fake.place}/elsewhere") is None
        assert time.monotonic() - start < 10
