"""The settings of chats and web hooks. What they are posted to is a secret: it stands in the environment or a file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from digest.config.kinds import (
    EnvironmentName,
    HostPort,
    ListName,
    fault_at,
    web_address,
)
from digest.config.wishes import Wishes
from digest.model import MAIL
from digest.render.chat import SMALLEST

ADDRESSED = {"telegram": "the chat", "ntfy": "the topic"}  # the chats whose own address is known
# The chats that are known (deliver/chats/presets.py has what is known of each; a test holds the two together).
ChannelPreset = Literal["", "feishu", "dingtalk", "wecom", "slack", "telegram", "ntfy"]


class ChannelSettings(Wishes):
    """A chat, or another web hook, that the digest is posted to. Its address is a secret."""

    name: ListName = Field(description="What the channel is called here.")
    preset: ChannelPreset = Field(
        "",
        description="What it is: feishu, dingtalk, wecom, slack, telegram or ntfy; else a text in Markdown is posted.",
    )
    url: str = Field("", description="Its address, where that is no secret (ntfy, Telegram's API).")
    url_env: EnvironmentName = Field("", description="Environment variable that holds its address.")
    url_file: str = Field("", description="File that holds its address, readable by its owner only.")
    secret_env: EnvironmentName = Field(
        "", description="Environment variable of the key that signs (Feishu, DingTalk), or lets in."
    )
    secret_file: str = Field("", description="File that holds that key, readable by its owner only.")
    to: str = Field("", description="Telegram: the chat; ntfy: the topic.")
    title: str = Field("", description="What the digest is called there; digest.title if empty.")
    template: str = Field(
        "", description="File of a body's template (Jinja), in place of the preset's or of the plain one."
    )
    limit: int = Field(
        0, ge=0, le=1_000_000,
        description="Most of one message, in what the service counts: bytes, or UTF-16 units (Telegram, Slack, "
        "DingTalk); the preset's if 0.",
    )  # fmt: skip
    allow_private: tuple[HostPort, ...] = Field((), description="Exact host:port that may be a private address.")

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return web_address(value) if value else ""

    @field_validator("limit")
    @classmethod
    def _limit(cls, value: int) -> int:
        if 0 < value < SMALLEST:
            raise ValueError(f"must be 0, or at least {SMALLEST}")
        return value

    @field_validator("name")
    @classmethod
    def _not_mail(cls, value: str) -> str:
        if value.lower() == MAIL:
            raise ValueError(f"{value!r} is what mail itself is called; choose another name")
        return value

    @model_validator(mode="after")
    def _reachable(self) -> ChannelSettings:
        given = [way for way in ("url", "url_env", "url_file") if getattr(self, way)]
        if len(given) > 1:
            raise fault_at((given[1],), f"stands beside {given[0]}; one of url, url_env and url_file is enough")
        if self.secret_env and self.secret_file:
            raise fault_at(("secret_file",), "stands beside secret_env; one of them is enough")
        if self.preset in ADDRESSED and not self.to:
            raise fault_at(("preset",), f"{self.preset} needs `to`: {ADDRESSED[self.preset]}")
        if not given and self.preset not in ADDRESSED:
            raise ValueError("gives no address; name the variable that holds it, as in url_env: TEAM_HOOK")
        return self
