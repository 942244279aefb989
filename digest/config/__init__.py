"""feeds.yaml: what it may say (Settings), and how it is read and added to."""

from __future__ import annotations

from digest.config.chats import ChannelSettings
from digest.config.editing import add_source, keep_sources
from digest.config.engines import ChatSettings, EngineName, EngineSettings, Limits, LocalSettings, PresetName, Price
from digest.config.mail import MailSettings, RecipientSettings, ServerSettings
from digest.config.reading import load_settings, parse_recipient, parse_settings, schema_text
from digest.config.sending import SendSettings
from digest.config.settings import DigestSettings, NetworkSettings, Settings, Source, StateSettings

__all__ = [
    "ChannelSettings", "ChatSettings", "DigestSettings", "EngineName", "EngineSettings", "Limits", "LocalSettings",
    "MailSettings", "NetworkSettings", "PresetName", "Price", "RecipientSettings", "SendSettings", "ServerSettings",
    "Settings", "Source", "StateSettings", "add_source", "keep_sources", "load_settings", "parse_recipient",
    "parse_settings", "schema_text",
]  # fmt: skip
