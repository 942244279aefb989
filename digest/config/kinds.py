"""Kinds of values that settings are made of, each checked as it is read, in words that a person can follow."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digest.ranking.rules import LONGEST, rule_of


def web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")
    try:
        parts.port  # noqa: B018  # reading it is what tells a wrong one
    except ValueError:
        raise ValueError("must have a port from 0 to 65535") from None
    if parts.username or parts.password:
        raise ValueError("must not carry a user name or password; use an address without them")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"no such time zone: {value!r}; write an IANA name such as Asia/Shanghai") from None
    return value


def _host_port(value: str) -> str:
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/]+):\d{1,5}", value):
        raise ValueError(f"{value!r} must be an exact host:port, such as 127.0.0.1:8080")
    return value.lower()


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a network in CIDR form, such as 198.18.0.0/15 ({error})") from None
    return value


def _topic(value: str) -> str:
    if not any(char.isalnum() for char in value):
        raise ValueError(f"{value!r} is no word")
    if len(value) > LONGEST:
        raise ValueError(f"must not be longer than {LONGEST} characters")
    return value


def _rule(value: str) -> str:
    rule_of(value)
    return value


WebAddress = Annotated[str, AfterValidator(web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Network = Annotated[str, AfterValidator(_network)]
Topic = Annotated[str, AfterValidator(_topic)]
TopicWeight = Annotated[float, Field(ge=-10, le=10)]
RuleText = Annotated[str, AfterValidator(_rule)]
Side = Literal["zh", "en"]


class Strict(BaseModel):
    """A group of settings: unknown names are errors, values stay as they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _left_empty(cls, data: Any) -> Any:
        """Take what is left empty (``engines:``) as left out; a setting that there is not stays an error."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}
