"""feeds.yaml → Settings. Whatever is wrong is said with its line: ``feeds.yaml:8:5: sources[1].url: …``.

Scalars stay as they are written (``no`` is a word, ``1.20`` keeps its zero) until a field asks for a number: YAML 1.1
surprises nobody. Unknown and duplicate keys are errors: a setting that is misspelt must not be silently ignored.
"""

from __future__ import annotations

import ipaddress
import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from digest.errors import ConfigError
from digest.normalise.selector import xpath_of
from digest.placed import PlacedReader, spell


def _web_address(value: str) -> str:
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


WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Network = Annotated[str, AfterValidator(_network)]
Side = Literal["zh", "en"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _left_empty(cls, data: Any) -> Any:
        """Take what is left empty (``engines:``) as left out; a setting that there is not stays an error."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


class DigestSettings(_Strict):
    """What the page is called and whose day it shows."""

    title: str = Field("HF 博客日报", min_length=1, description="Title of the digest, printed above the date.")
    link: str = Field("", description="Public address of the output folder; permalinks, feeds and mail need it.")
    timezone: Zone = Field("Asia/Shanghai", description="IANA time zone whose days the pages are.")
    order: tuple[Side, Side] = Field(("zh", "en"), description="The reader's order of languages.")
    rebuild_days: int = Field(7, ge=0, le=60, description="How many earlier days `run` rebuilds when inputs changed.")

    @field_validator("link")
    @classmethod
    def _link(cls, value: str) -> str:
        if value:
            _web_address(value)
        return value if not value or value.endswith("/") else value + "/"

    @field_validator("order")
    @classmethod
    def _order(cls, value: tuple[str, str]) -> tuple[str, str]:
        if value[0] == value[1]:
            raise ValueError("must name both languages once: [zh, en] or [en, zh]")
        return value


class Source(_Strict):
    """One feed."""

    name: str = Field(min_length=1, description="Name printed with each post.")
    url: WebAddress = Field(description="Address of the feed.")
    language: str = Field("", description="Language the feed is written in (en, zh, zh-Hant …); found out if empty.")
    twin: dict[str, str] = Field(
        default_factory=dict, description="Where a post stands in each language, {slug} for the part both share."
    )
    allow_private: tuple[HostPort, ...] = Field((), description="Exact host:port that may be a private address.")
    timezone: Zone = Field("UTC", description="Zone of dates that name none.")
    selector: str = Field("", description="CSS selector of the article, where it is not found by itself.")
    limit: int = Field(30, ge=1, le=500, description="How many of the newest entries have their pages fetched.")
    pause: float = Field(1.0, ge=0, le=600, description="Seconds between two requests to one host.")
    excerpt: Literal["lines", "title"] = Field("lines", description="Print lines of the post, or its title only.")

    @field_validator("selector")
    @classmethod
    def _selector(cls, value: str) -> str:
        try:
            return value if not value or xpath_of(value) else ""
        except ConfigError as error:
            raise ValueError(error.message) from None

    @field_validator("twin")
    @classmethod
    def _twin(cls, value: dict[str, str]) -> dict[str, str]:
        for side, template in value.items():
            if side not in ("zh", "en"):
                raise ValueError(f"{side!r} is no side; the rule names en and zh")
            if template.count("{slug}") != 1:
                raise ValueError(f"{side}: {template!r} must hold {{slug}} once, as in /blog/{{slug}}")
            if not template.startswith(("/", "http://", "https://")):
                raise ValueError(f"{side}: {template!r} must start with / or http(s)://")
        if len(value) == 1:
            raise ValueError("must name both languages, as in {en: /blog/{slug}, zh: /blog/zh/{slug}}")
        return value


class Price(_Strict):
    """What a million tokens cost, in a currency of the user's choice."""

    input: float = Field(ge=0, description="Price of a million tokens that are sent.")
    output: float = Field(ge=0, description="Price of a million tokens that are answered.")
    currency: str = Field("USD", min_length=1, max_length=8, description="Printed behind amounts.")


# The endpoints that are known (engines/chat/presets.py has what is known of them; a test holds the two together).
PresetName = Literal["", "openai", "deepseek", "qwen", "zhipu", "moonshot", "siliconflow", "gemini", "ollama"]


class ChatSettings(_Strict):
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
        return _web_address(value).rstrip("/") if value else ""

    @model_validator(mode="after")
    def _named(self) -> ChatSettings:
        if not self.preset and not (self.base_url and self.model):
            raise ValueError("must name a preset, or both base_url and model")
        return self


class LocalSettings(_Strict):
    """Local translation models, as `digest models pull` fetches them."""

    folder: str = Field("", description="Folder of the models; DIGEST_MODELS or the user's data folder if empty.")
    mirror: str = Field("", description="Address that model files are fetched from instead of the public one.")
    beam: int = Field(2, ge=1, le=8, description="Width of the beam search: wider is slower and slightly better.")
    threads: int = Field(0, ge=0, le=64, description="Threads of the processor; 0 for all.")

    @field_validator("mirror")
    @classmethod
    def _mirror(cls, value: str) -> str:
        return _web_address(value).rstrip("/") if value else ""


class Limits(_Strict):
    """What a run and a calendar month may spend; a limit that would be passed stops further calls."""

    run_tokens: int | None = Field(None, ge=0, description="Tokens, sent and answered, of one run.")
    month_tokens: int | None = Field(None, ge=0, description="Tokens of one calendar month in the digest's zone.")
    run_cost: float | None = Field(None, ge=0, description="Cost of one run, by chat.price.")
    month_cost: float | None = Field(None, ge=0, description="Cost of one calendar month, by chat.price.")


EngineName = Literal["memory", "chat", "mt"]


class EngineSettings(_Strict):
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


class NetworkSettings(_Strict):
    """How the web is reached."""

    proxy: str = Field("", description="Proxy for every request; those of the environment are not used by themselves.")
    allow_ranges: tuple[Network, ...] = Field((), description="Address ranges that count as public (fake-IP proxies).")

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must be an http:// or https:// address")
        return value


class Settings(_Strict):
    """The whole of feeds.yaml."""

    digest: DigestSettings = DigestSettings()  # type: ignore[call-arg]  # every field has a default
    sources: tuple[Source, ...] = Field(min_length=1)
    network: NetworkSettings = NetworkSettings()  # type: ignore[call-arg]
    engines: EngineSettings = EngineSettings()  # type: ignore[call-arg]

    @model_validator(mode="after")
    def _unique(self) -> Settings:
        for key in ("name", "url"):
            seen: dict[str, int] = {}
            for number, source in enumerate(self.sources):
                value = getattr(source, key)
                if value in seen:
                    raise ValueError(f"sources[{number}].{key} repeats sources[{seen[value]}].{key}: {value!r}")
                seen[value] = number
        return self


def _words(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "no such setting; see docs/feeds.schema.json for those that there are"
    if error["type"] == "missing":
        return "is missing"
    given = error.get("input")
    if error["type"] == "literal_error":
        known = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
        return f"{given!r} is none of {', '.join(filter(None, known))}"
    if error["type"] in ("tuple_type", "list_type"):
        return f"must be a list, as in [{given}]" if isinstance(given, str) else "must be a list, as in [a, b]"
    if error["type"] in ("model_type", "dict_type"):
        return "must hold settings, each as name: value"
    return str(error["msg"]).removeprefix("Value error, ")


def parse_settings(text: str, name: str = "feeds.yaml") -> Settings:
    """Read the text of feeds.yaml. Raises ConfigError naming file, line, column and field of the first few faults."""
    reader = PlacedReader(name)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise ConfigError(where, f"not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(name, f"not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{name}:1:1", "must hold the keys digest and sources")
    values = reader.value(node, ())
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        lines = []
        for fault in error.errors()[:5]:
            # pydantic numbers tuple items and names mapping keys; "[key]" marks a key itself
            path = tuple(part for part in fault["loc"] if part != "[key]")
            lines.append((reader.place(path), ": ".join(filter(None, (spell(path), _words(dict(fault)))))))
        where, message = lines[0]
        rest = "".join(f"\n{where}: {message}" for where, message in lines[1:])
        raise ConfigError(where, message + rest) from None


def load_settings(path: Path) -> Settings:
    """Read feeds.yaml from disk. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            str(path), "no such file; name one with --config, or: digest feeds sample > feeds.yaml"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read as UTF-8 text: {error}") from None
    return parse_settings(text, path.name)


def schema_text() -> str:
    """Give the JSON Schema of feeds.yaml for editors."""
    return json.dumps(Settings.model_json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def add_source(text: str, source: Source, name: str = "feeds.yaml") -> str:
    """Put one source behind the last of feeds.yaml, leaving every comment and blank line where it is.

    Raises ConfigError where the outcome would not be valid (a second source of that name, say).
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    sequence = next((v for k, v in node.value if k.value == "sources"), None) if node else None
    if not isinstance(sequence, yaml.SequenceNode) or sequence.flow_style or not sequence.value:
        raise ConfigError(name, "sources must be a list with a dash a source, so that another can be added")
    lines = text.splitlines(keepends=True)
    last = sequence.value[-1]
    end = last.end_mark.line + (1 if last.end_mark.column else 0)
    while end > last.start_mark.line + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    if end and not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    dash = " " * (sequence.start_mark.column)
    fields = source.model_dump(exclude_defaults=True, mode="json")
    body = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
    block = "".join(f"{dash}{'- ' if not i else '  '}{line}\n" for i, line in enumerate(body.splitlines()))
    changed = "".join(lines[:end]) + block + "".join(lines[end:])
    parse_settings(changed, name)
    return changed
