"""Translation by any OpenAI-compatible endpoint: presets, a client that knows when to stop, an engine (edge)."""

from __future__ import annotations

from collections.abc import Mapping

from digest.config import ChatSettings, NetworkSettings
from digest.engines.chat.client import ChatClient, Meter, Reply
from digest.engines.chat.engine import ChatEngine
from digest.engines.chat.presets import PRESETS, Endpoint, find_ollama, key_remedy, resolve
from digest.fetch.web import Web

__all__ = [
    "PRESETS", "ChatClient", "ChatEngine", "Endpoint", "Meter", "Reply", "chat_at", "find_ollama", "key_remedy",
    "open_chat", "resolve",
]  # fmt: skip


def open_chat(
    settings: ChatSettings, environ: Mapping[str, str], network: NetworkSettings, meter: Meter | None = None
) -> ChatEngine | str:
    """Make the chat engine of the settings, or say in one line why there is none."""
    endpoint = resolve(settings, environ)
    return endpoint if isinstance(endpoint, str) else chat_at(endpoint, settings, network, meter)


def chat_at(
    endpoint: Endpoint, settings: ChatSettings, network: NetworkSettings, meter: Meter | None = None
) -> ChatEngine:
    """Make the chat engine of an endpoint.

    An endpoint on this machine is asked without the proxy. Nothing is sent before the first line is asked.
    """
    web = Web(
        allow_private=endpoint.allow,
        allow_ranges=network.allow_ranges,
        proxy="" if endpoint.local else network.proxy,
    )
    client = ChatClient(endpoint, web, timeout=settings.timeout, temperature=settings.temperature, meter=meter)
    return ChatEngine(client, settings)
