"""The whole of feeds.yaml as values: the digest, its sources, the network, the engines."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from digest.config.engines import EngineSettings
from digest.config.kinds import (
    HostPort,
    Network,
    ReportAddress,
    RuleText,
    Side,
    Strict,
    Topic,
    TopicWeight,
    WebAddress,
    Zone,
    fault_at,
    web_address,
)
from digest.config.sending import SendSettings, no_source
from digest.errors import ConfigError
from digest.normalise.selector import xpath_of


class DigestSettings(Strict):
    """What the page is called and whose day it shows."""

    title: str = Field("HF 博客日报", min_length=1, description="Title of the digest, printed above the date.")
    link: str = Field("", description="Public address of the output folder; permalinks, feeds and mail need it.")
    timezone: Zone = Field("Asia/Shanghai", description="IANA time zone whose days the pages are.")
    order: tuple[Side, Side] = Field(("zh", "en"), description="The reader's order of languages.")
    rebuild_days: int = Field(7, ge=0, le=60, description="How many earlier days `run` rebuilds when inputs changed.")
    watch_days: int = Field(60, ge=0, le=365, description="How long a post's translation is watched for; 0 for never.")
    most_posts: int = Field(20, ge=0, le=1000, description="Most entries of a day; the rest is listed. 0: no limit.")
    most_per_source: int = Field(8, ge=0, le=1000, description="Most entries of one source a day. 0: no limit.")
    topics: dict[Topic, TopicWeight] = Field(
        default_factory=dict, description="Words or phrases, in either language, and how much they move a post up."
    )
    include: tuple[RuleText, ...] = Field(
        (), description="Only posts that match one of these get an entry: words, /expressions/, title:…, url:…"
    )
    exclude: tuple[RuleText, ...] = Field(
        (), description="Posts that match one of these get no entry; wins over include."
    )

    @field_validator("link")
    @classmethod
    def _link(cls, value: str) -> str:
        if value:
            web_address(value)
        return value if not value or value.endswith("/") else value + "/"

    @field_validator("order")
    @classmethod
    def _order(cls, value: tuple[str, str]) -> tuple[str, str]:
        if value[0] == value[1]:
            raise ValueError("must name both languages once: [zh, en] or [en, zh]")
        return value


class Source(Strict):
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
    weight: float = Field(1, ge=0, le=10, description="How much its posts matter: 2 moves them up, 0.5 down.")
    most: int = Field(0, ge=0, le=1000, description="Most entries a day; digest.most_per_source if 0.")
    include: tuple[RuleText, ...] = Field(
        (), description="Of its posts, only those that match one of these, and of digest.include."
    )
    exclude: tuple[RuleText, ...] = Field((), description="Of its posts, none that match one of these.")
    licence: str = Field("", description="Licence of its posts, such as CC-BY-4.0; exports name it.")
    translations: str = Field(
        "", description="Address of the other edition's feed or index page, where new translations show."
    )

    @field_validator("translations")
    @classmethod
    def _translations(cls, value: str) -> str:
        return web_address(value) if value else ""

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


class NetworkSettings(Strict):
    """How the web is reached."""

    deadline: float = Field(20.0, ge=1, le=300, description="Seconds that one fetch may take, redirects included.")
    proxy: str = Field("", description="Proxy for every request; those of the environment are not used by themselves.")
    allow_ranges: tuple[Network, ...] = Field((), description="Address ranges that count as public (fake-IP proxies).")

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must be an http:// or https:// address")
        return value


class StateSettings(Strict):
    """What the folder of the state keeps, and for how long."""

    keep_pages_days: int = Field(
        180, ge=0, le=3650, description="How long the bytes of fetched pages are kept; what was read from them stays. "
        "Never shorter than digest.watch_days. 0: for ever.",
    )  # fmt: skip
    backup_days: int = Field(
        7, ge=0, le=365, description="How old the copy of the store that lies beside it may get. 0: no copy is made."
    )


class SiteSettings(Strict):
    """How the pages look, and how their readers answer. None of this makes a day anew: its pages are written again."""

    report: ReportAddress = Field(
        "", description="Where a reader reports a wrong pair: a mail address, or an https:// address with {title} and "
        "{body}, such as that of a new issue.",
    )  # fmt: skip
    templates: str = Field("", description="Folder of templates that take the place of those of the same name.")
    overrides: str = Field("overrides.yaml", description="File of corrections, beside this one.")


class Settings(Strict):
    """The whole of feeds.yaml."""

    digest: DigestSettings = DigestSettings()  # type: ignore[call-arg]  # every field has a default
    sources: tuple[Source, ...] = Field(min_length=1)
    network: NetworkSettings = NetworkSettings()  # type: ignore[call-arg]
    state: StateSettings = StateSettings()  # type: ignore[call-arg]
    engines: EngineSettings = EngineSettings()  # type: ignore[call-arg]
    send: SendSettings = SendSettings()  # type: ignore[call-arg]
    site: SiteSettings = SiteSettings()  # type: ignore[call-arg]

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

    @model_validator(mode="after")
    def _sources_known(self) -> Settings:
        known = {source.name for source in self.sources}
        for path, each in self.send.wishes():
            for number, name in enumerate(each.sources or ()):
                if name not in known:
                    raise fault_at(("send", *path, "sources", number), no_source(name))
        return self
