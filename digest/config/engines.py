"""The settings of the engines: what fills the gap where a post has no translation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from digest.config.kinds import HostPort, Strict, web_address


class Price(Strict):
    """What a million tokens cost, in a currency of the user's choice."""

    input: float = Field(ge=0, description="Price of a million tokens that are sent.")
    output: float = Field(ge=0, description="Price of a million tokens that are answered.")
    currency: str = Field("USD", min_length=1, max_length=8, description="Printed behind amounts.")


# The endpoints that are known (engines/chat/presets.py has what is known of them; a test holds the two together).
PresetName = Literal["", "openai", "deepseek", "qwen", "zhipu", "moonshot", "siliconflow", "gemini", "ollama"]


class ChatSettings(Strict):
    """An OpenAI-compatible endpoint. Keys stand in the environment, never here."""

    preset: PresetName = Field(
        "", description="A known endpoint: openai, deepseek, qwen, zhipu, moonshot, siliconflow, gemini or ollama."
    )
    base_url: str = Field("", description="Address of the endpoint, up to and with /v1; the preset's if empty.")
    model: str = Field("", description="Name of the model; the preset's if empty.")
    key_env: str = Field("", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$|^$",
                         description="Environment variable that holds the key; the preset's if empty.")  # fmt: skip
    answers: Literal["auto", "schema", "object", "plain"] = Field(
        "auto", description="How answers are asked for: by JSON schema, as a JSON object, or in plain words."
    )
    timeout: float = Field(60, gt=0, le=600, description="Seconds that one call may take in all.")
    temperature: float = Field(0, ge=0, le=2, description="0 is the most repeatable.")
    batch: int = Field(16, ge=1, le=64, description="Most lines in one call.")
    price: Price | None = Field(None, description="For --plan and the limits; without it, tokens only are counted.")
    allow_private: tuple[HostPort, ...] = Field((), description="Exact host:port that may be a private address.")

    @field_validator("base_url")
    @classmethod
    def _base(cls, value: str) -> str:
        if "?" in value or "#" in value:
            raise ValueError("must be the endpoint alone, without a query; a key goes into the environment")
        return web_address(value).rstrip("/") if value else ""

    @model_validator(mode="after")
    def _named(self) -> ChatSettings:
        if not self.preset and not (self.base_url and self.model):
            raise ValueError("must name a preset, or both base_url and model")
        return self


class LocalSettings(Strict):
    """Local translation models, as `digest models pull` fetches them."""

    folder: str = Field("", description="Folder of the models; DIGEST_MODELS or the user's data folder if empty.")
    mirror: str = Field("", description="Address that model files are fetched from instead of the public one.")
    beam: int = Field(2, ge=1, le=8, description="Width of the beam search: wider is slower and slightly better.")
    threads: int = Field(0, ge=0, le=64, description="Threads of the processor; 0 for all.")

    @field_validator("mirror")
    @classmethod
    def _mirror(cls, value: str) -> str:
        return web_address(value).rstrip("/") if value else ""


class Limits(Strict):
    """What a run and a calendar month may spend; a limit that would be passed stops further calls."""

    run_tokens: int | None = Field(None, ge=0, description="Tokens, sent and answered, of one run.")
    month_tokens: int | None = Field(None, ge=0, description="Tokens of one calendar month in the digest's zone.")
    run_cost: float | None = Field(None, ge=0, description="Cost of one run, by chat.price.")
    month_cost: float | None = Field(None, ge=0, description="Cost of one calendar month, by chat.price.")


EngineName = Literal["memory", "chat", "mt"]


class EngineSettings(Strict):
    """What fills the gap where a post has no translation. Those that cannot work here are passed over."""

    use: tuple[EngineName, ...] = Field(("memory", "chat", "mt"), description="Engines in the order they are asked.")
    job: Literal["translate", "write"] = Field(
        "translate",
        description="Translate the chosen lines, or have an abstract written whose lines name their sources.",
    )
    chat: ChatSettings | None = Field(None, description="An OpenAI-compatible endpoint.")
    mt: LocalSettings = LocalSettings()  # type: ignore[call-arg]  # every field has a default
    limits: Limits = Limits()  # type: ignore[call-arg]
    keep: tuple[str, ...] = Field((), description="Terms and names that stay as they are in both languages.")
    terms: str = Field("", description="A CSV file of terms (zh,en), as `digest export --format terms` writes it.")

    @field_validator("use")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise ValueError("names an engine twice")
        return value

    @model_validator(mode="after")
    def _priced(self) -> EngineSettings:
        limited = self.limits.run_cost is not None or self.limits.month_cost is not None
        if limited and self.chat and self.chat.price is None and self.chat.preset != "ollama":
            raise ValueError("limits name a cost, and chat has no price: add chat.price, or limit tokens")
        return self
