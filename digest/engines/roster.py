"""Settings, environment and what is installed → the engines of a run: which, in what order, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.align.terms.ledger import Ledger
from digest.config import EngineName, Price, Settings
from digest.engines.chat import chat_at, key_remedy, resolve
from digest.engines.chat.writer import ChatWriter
from digest.engines.kept import Kept
from digest.engines.local import LocalEngine, models_folder
from digest.engines.local.catalogue import offer as how_to_pull
from digest.engines.memory import Examples, MemoryEngine
from digest.engines.plan import Planned, PlannedWriter
from digest.engines.spending import Meter
from digest.engines.terms import ledger_for
from digest.errors import ConfigError
from digest.filling import Translators
from digest.model import Both
from digest.store import AnswerRow, Store
from digest.translate.cost import Usage, in_words
from digest.translate.engine import WAYS, Engine


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of one engine of the settings: whether it works here, and why, or what is lacking.

    `broken`: it is set up, so that somebody counts on it, and does not work.
    """

    name: EngineName
    works: bool
    why: str
    remedy: str = ""
    broken: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.why}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What engines find around them: the environment, the user's home, the folder of feeds.yaml, the time and zone."""

    environment: Mapping[str, str]
    home: Path
    base: Path
    now: datetime
    zone: ZoneInfo


@dataclass(slots=True)
class Roster:
    """The engines of one run over one store.

    `choices` say why each is used or not. `plan`: nothing is asked that costs; what would be asked is counted.
    """

    settings: Settings
    store: Store
    around: Surroundings
    plan: bool = False
    only: str = ""
    choices: list[Choice] = field(default_factory=list)
    standing: dict[str, Kept] = field(default_factory=dict)
    planned: Planned | None = None
    writer: ChatWriter | PlannedWriter | None = None
    meter: Meter | None = None
    credits: dict[str, str] = field(default_factory=dict)
    lacks: dict[tuple[str, str], str] = field(default_factory=dict)  # why the local engine fails a way it serves
    _ledgers: dict[int, Ledger] = field(default_factory=dict)
    _examples: dict[int, Examples] = field(default_factory=dict)

    @classmethod
    def of(
        cls, settings: Settings, store: Store, around: Surroundings, *, only: str = "", plan: bool = False
    ) -> Roster:  # fmt: skip
        """Find out which engines work here. `only` names the one to use ("none": none).

        Raises ConfigError where the one named does not work, and where the table of terms cannot be read: before
        anything is collected or asked.
        """
        roster = cls(settings, store, around, plan, only)
        names: tuple[str, ...] = settings.engines.use if not only else () if only == "none" else (only,)
        for name in names:
            if name == "memory":
                roster.choices.append(Choice("memory", True, f"{store.memory_top():,} pairs of earlier days"))
            elif name == "chat":
                roster._add_chat()
            elif name == "mt":
                roster._add_local()
            else:
                raise ConfigError("--engine", f"{name!r} is no engine; choose memory, chat, mt or none")
        if only and (lacking := next((c for c in roster.choices if not c.works), None)):
            raise ConfigError("--engine", str(lacking))
        if settings.engines.terms:
            roster._ledger(store.terms_top())
        return roster

    @property
    def broken(self) -> tuple[Choice, ...]:
        """The engines that are set up and do not work."""
        return tuple(choice for choice in self.choices if choice.broken)

    def _add_chat(self) -> None:
        chosen = self.settings.engines.chat
        if chosen is None:
            self.choices.append(
                Choice(
                    "chat", False, "not configured", "engines: {chat: {preset: NAME}} and the key in the environment"
                )
            )
            return
        endpoint = resolve(chosen, self.around.environment)
        if isinstance(endpoint, str):
            remedy = key_remedy(chosen, self.around.environment)
            self.choices.append(Choice("chat", False, endpoint, remedy, broken=True))
            return
        meter = Meter(
            self.store, self.settings.engines.limits, chosen.price, self.around.zone, self.around.now, engine="chat",
            model=endpoint.model,
        )  # fmt: skip
        engine = chat_at(endpoint, chosen, self.settings.network, meter)
        self.meter = meter
        inner: Engine = engine
        if self.plan:
            inner = self.planned = Planned(engine, engine.estimate)
        self.standing["chat"] = Kept(inner, self.store, self.around.now)
        if self.settings.engines.job == "write":
            writer = ChatWriter(engine.client, chosen, self._known, self._keep)
            self.writer = PlannedWriter(writer, writer.estimate) if self.plan else writer
            self.credits[writer.signature] = f"{endpoint.model} @ {endpoint.host}"
        self.credits[engine.signature] = f"{endpoint.model} @ {endpoint.host}"
        self.choices.append(Choice("chat", True, f"{endpoint.model} at {endpoint.host}"))

    def _known(self, key: str) -> str | None:
        row = self.store.kept_answers([key]).get(key)
        return row.text if row else None

    def _keep(self, key: str, text: str) -> None:
        self.store.save_answers([AnswerRow(key, "write", "", "", text)], self.around.now)

    def _add_local(self) -> None:
        chosen = self.settings.engines.mt
        named = str(self.around.base / chosen.folder) if chosen.folder else ""
        folder = models_folder(named, self.around.environment, self.around.home)
        engine = LocalEngine(folder, beam=chosen.beam, threads=chosen.threads)
        ways = [way for way in WAYS if engine.serves(*way)]
        self.lacks = {way: why for way in ways if (why := engine.lacks(*way))}
        if len(self.lacks) == len(ways):  # none of them works, or there is none
            lacking = engine.lacks(*(ways[0] if ways else WAYS[0]))
            why, _, remedy = lacking.partition(": ")
            # a model that was fetched, and does not work, is one that somebody counts on
            self.choices.append(Choice("mt", False, f"{why} ({folder})", remedy, broken=bool(ways)))
            return
        after = self.settings.engines.use[self.settings.engines.use.index("mt") :] if not self.only else ()
        if not self.plan or "chat" in after:  # a plan asks it only for what is then not asked of what costs
            self.standing["mt"] = Kept(engine, self.store, self.around.now, keeps=not self.plan)
        credits = dict.fromkeys(" · ".join(filter(None, (m.credit, m.licence))) for m in engine.models)
        self.credits[engine.signature] = "; ".join(filter(None, credits))
        told = ", ".join(f"{model.pair} {model.name}" for model in engine.models)
        self.choices.append(Choice("mt", True, f"{told} in {folder}"))

    # ---- for a day --------------------------------------------------------------------------------------------------

    def translators(self, memory: int, terms: int) -> Translators:
        """Give what may translate a day that may know the memory and the terms up to these ids."""
        engines: list[Engine] = []
        for choice in self.choices:
            if choice.name == "memory" and memory:
                engines.append(MemoryEngine(self.store, memory))
            elif choice.name in self.standing:
                engines.append(self.standing[choice.name])
        examples = None
        if memory and "chat" in self.standing:
            examples = self._examples.setdefault(memory, Examples(self.store, memory))
        return Translators(
            engines=tuple(engines),
            keep=self.settings.engines.keep,
            ledger=self._ledger(terms),
            examples=examples,
            writer=self.writer,
            credits=self.credits,
            offers={way: found for way in WAYS if (found := offer(*way))},
        )

    def _ledger(self, terms: int) -> Ledger:
        """Give the terms known up to an id. Raises ConfigError where the table of the settings cannot be read."""
        if terms not in self._ledgers:
            named, keep = self.settings.engines.terms, self.settings.engines.keep
            table = self.around.base / named if named else None
            self._ledgers[terms] = ledger_for(self.store.sightings(terms), table, keep)
        return self._ledgers[terms]

    # ---- an account -------------------------------------------------------------------------------------------------

    def spent(self) -> tuple[str, ...]:
        """Say in a line an engine what it did in this run; () where none was asked."""
        lines = []
        for name, kept in self.standing.items():
            if kept.asked:
                told = f"{kept.hits} of {kept.asked} lines were known"
                if name == "chat" and self.meter:
                    told = f"{in_words(self.meter.run, self._price)}; {told}"
                lines.append(f"{name}: {told}")
        return tuple(lines)

    def plan_words(self) -> str:
        """Say what the planned days would use, and which limit would stop that."""
        words = in_words(self.planned_usage, self._price)
        if not self.planned_usage.calls:
            return words
        words += "; up to twice that where lines are refused and asked for again"
        why = self.meter.may(self._planned.prompt_tokens, self._planned.completion_tokens) if self.meter else ""
        return f"{words}\na limit would stop it: {why.replace('the next call', 'this')}" if why else words

    @property
    def planned_usage(self) -> Usage:
        """What the planned days would use, corrected by what calls took before."""
        return self._planned.corrected(self.meter.ratio) if self.meter else Usage()

    @property
    def _planned(self) -> Usage:
        """What was reckoned for the planned days, before any correction."""
        usage = self.planned.usage if self.planned else Usage()
        return usage + self.writer.usage if isinstance(self.writer, PlannedWriter) else usage

    @property
    def _price(self) -> Price | None:
        return self.settings.engines.chat.price if self.settings.engines.chat else None


def offer(source: str, target: str) -> Both | None:
    """Say in one line how to get what translates, with size and licence."""
    command = how_to_pull(f"{source}-{target}")
    if not command:
        return None
    return Both(
        f"未译的行可由本机翻译：{command}，或使用服务：见 feeds.yaml 的 engines.chat。",
        f"Lines without translation can be translated on this machine: {command}, or by a service: see engines.chat in "
        "feeds.yaml.",
    )
