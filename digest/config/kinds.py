"""Kinds of values that settings are made of, each checked as it is read, in words that a person can follow."""

from __future__ import annotations

import ipaddress
import re
from datetime import time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

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


def _mailbox(value: str) -> str:
    """Check `name <local@domain>` or the address alone. It stays as it is written."""
    name, opened, rest = value.rpartition("<")
    if _CONTROL.search(value):
        raise ValueError("must not hold control characters")
    try:
        _mail_address(rest.removesuffix(">") if opened and rest.endswith(">") else value)
    except ValueError:
        name = "<"
    if "<" in name or ">" in name:
        raise ValueError(f"{value!r} is no sender, such as HF 博客日报 <digest@example.org>")
    return value


def _mail_address(value: str) -> str:
    """Check an address and write its domain in lower case; what stands before the @ is the receiver's matter."""
    local, at, domain = value.rpartition("@")
    if (
        not (at and local and domain)
        or len(value) > LONGEST_ADDRESS
        or _CONTROL.search(value)
        or re.search(r"[\s<>,;:\"()\[\]\\@]", local)
        or re.search(r"[\s<>,;:\"()\[\]\\/]|^[.-]|[.-]$|\.\.", domain)
    ):
        raise ValueError(f"{value!r} is no mail address, such as ann@example.org")
    return f"{local}@{domain.lower()}"


def _report(value: str) -> str:
    """Check where readers report to: a mail address, or a web address in which {title} and {body} will be filled in."""
    if not re.match(r"(?i)https?:", value):
        return value and _mail_address(value)
    named = re.findall(r"\{([^{}]*)\}", value)
    if not named or set(named) - {"title", "body"}:
        raise ValueError("must hold {title} or {body}, or both, and nothing else in braces")
    filled = re.sub(r"[{}]", "", value)
    if re.search(r"[{}\s]", value.replace("{title}", "").replace("{body}", "")) or _CONTROL.search(value):
        raise ValueError("must be an address without blanks and other braces")
    if "{" in urlsplit(value).netloc:
        raise ValueError("must hold {title} and {body} behind the name of the host")
    web_address(filled)
    return value


def _time_of_day(value: Any) -> time:
    """Read 07:30. YAML 1.1 would make a number of 7:30; here scalars stay as they are written."""
    if isinstance(value, time):
        return value
    found = re.fullmatch(_CLOCK, str(value), re.ASCII)
    if not found:
        raise ValueError(f"{value!r} is no time of day, such as 07:30")
    return time(int(found[1]), int(found[2]))


def fault_at(path: tuple[str | int, ...], words: str) -> PydanticCustomError:
    """Give the fault that a group of settings finds further within: `path` leads there from the group."""
    return PydanticCustomError("within", "{words}", {"words": words, "path": path})


LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"

MailAddress = Annotated[str, AfterValidator(_mail_address)]
OptionalAddress = Annotated[str, AfterValidator(lambda value: value and _mail_address(value))]
ReportAddress = Annotated[str, AfterValidator(_report)]
EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$|^$")]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
TimeOfDay = Annotated[
    time, BeforeValidator(_time_of_day), WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK}$"})
]  # fmt: skip
ListName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$")]
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
