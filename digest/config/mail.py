"""The settings of mail: the server, who it is from, to whom it goes, a signature."""

from __future__ import annotations

import ipaddress
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from digest.config.kinds import (
    EnvironmentName,
    ListName,
    MailAddress,
    Mailbox,
    OptionalAddress,
    Strict,
    fault_at,
    web_address,
)
from digest.config.wishes import DAILY, Wishes

PASSWORD_ENV = "DIGEST_SMTP_PASSWORD"  # noqa: S105 (where a password stands is none)
TLS_PORT, SUBMISSION_PORT = 465, 587  # RFC 8314: implicit TLS, and STARTTLS


class RecipientSettings(Wishes):
    """One recipient of mail."""

    address: MailAddress = Field(description="Mail address.")
    name: str = Field("", max_length=200, description="Name of the recipient, for the header To.")
    list: ListName = Field(DAILY, description="The list that this is a recipient of.")

    @model_validator(mode="before")
    @classmethod
    def _address_alone(cls, data: Any) -> Any:
        """Take a recipient that is only an address."""
        return {"address": data} if isinstance(data, str) else data

    @property
    def key(self) -> tuple[str, str]:
        """What two recipients must not share: nobody gets one list twice."""
        return self.list.lower(), self.address.lower()


def _or_text(schema: dict[str, Any]) -> None:
    """Say in the schema that a recipient may be an address alone."""
    schema["items"] = {"anyOf": [schema["items"], {"type": "string"}]}


class ServerSettings(Strict):
    """The mail server that takes messages for delivery. The password stands in the environment or in a file."""

    host: str = Field(min_length=1, description="Name of the server.")
    port: int = Field(0, ge=0, le=65535, description="465 for TLS from the start, 587 for STARTTLS; 587 if left out.")
    security: Literal["auto", "tls", "starttls", "none"] = Field(
        "auto", description="auto: tls on port 465, elsewhere starttls, which is required; none: in the clear."
    )
    user: str = Field("", description="Name to sign in with; without one there is no signing in.")
    password_env: EnvironmentName = Field(
        "", description=f"Environment variable that holds the password; {PASSWORD_ENV} if left out."
    )
    password_file: str = Field("", description="File that holds the password, readable by its owner only.")
    ca_file: str = Field("", description="Certificates to trust (PEM), where the server's is signed by one of yours.")
    timeout: float = Field(60, gt=0, le=600, description="Seconds that one step may take.")
    deadline: float = Field(300, gt=0, le=3600, description="Seconds that one message may take in all.")

    @property
    def way(self) -> Literal["tls", "starttls", "none"]:
        if self.security == "auto":
            return "tls" if self.reached_at == TLS_PORT else "starttls"
        return self.security

    @property
    def reached_at(self) -> int:
        return self.port or (TLS_PORT if self.security == "tls" else SUBMISSION_PORT)

    @property
    def password_at(self) -> str:
        """The environment variable that holds the password; "" where a file does."""
        return self.password_env or ("" if self.password_file else PASSWORD_ENV)

    @model_validator(mode="after")
    def _one_password(self) -> ServerSettings:
        if self.password_env and self.password_file:
            raise fault_at(("password_file",), "stands beside password_env; one of them is enough")
        return self

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> ServerSettings:
        if self.security == "none" and self.user and not _this_machine(self.host):
            raise fault_at(
                ("security",), f"none would send the password of {self.user} in the clear to {self.host}; leave it "
                "out, or leave out user",
            )  # fmt: skip
        return self


def _this_machine(host: str) -> bool:
    """Whether a host's name or address never leads off this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3)."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class DkimSettings(Strict):
    """A signature of our own (RFC 6376), where the mail server does not sign."""

    domain: str = Field(min_length=1, description="The domain that signs.")
    selector: str = Field(min_length=1, description="The name of the key in the domain's DNS.")
    key_file: str = Field(min_length=1, description="The private key (PEM), readable by its owner only.")


class MailSettings(Strict):
    """The digest by mail."""

    sender: Mailbox = Field(description='Who it is from: "HF 博客日报 <digest@example.org>".')
    server: ServerSettings | None = Field(None, description="The mail server; without one, only --eml works.")
    recipients: tuple[RecipientSettings, ...] = Field(
        (), description="Addresses, or address with name, list, order …", json_schema_extra=_or_text
    )
    recipients_file: str = Field("", description="CSV file of recipients; its head names address, name, list …")
    reply_to: OptionalAddress = Field("", description="Where answers go; the sender if empty.")
    unsubscribe: OptionalAddress = Field("", description="Where mails that unsubscribe go; the sender if empty.")
    unsubscribe_url: str = Field(
        "", description="An https address that unsubscribes by one click (RFC 8058), with {token} in it."
    )
    dkim: DkimSettings | None = Field(None, description="Sign messages here; needs the extra dkim.")

    @field_validator("unsubscribe_url")
    @classmethod
    def _one_click(cls, value: str) -> str:
        if value and (not web_address(value).startswith("https://") or value.count("{token}") != 1):
            raise ValueError("must be an https:// address that holds {token} once")
        return value
