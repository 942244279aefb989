"""Problems told before they cost a day, each with its remedy (edge)."""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.config import Settings, Source
from digest.engines.chat import find_ollama
from digest.engines.roster import Roster, offer
from digest.errors import ConfigError, SourceError, StoreError
from digest.fetch.calendar import Calendar
from digest.fetch.listings import LISTING_TYPES, addresses
from digest.fetch.pages import Map, WebFor
from digest.fetch.schedule import GONE, waits_until
from digest.fetch.sources import FEED_TYPES
from digest.filling import Translators
from digest.model import Page
from digest.sandbox.readers import DIRECT, Reader
from digest.store import Store
from digest.translate.engine import WAYS

LEAST_FREE = 500 * 2**20  # bytes; a year of a dozen sources keeps some 200 MB of pages
LONG_SILENCE = timedelta(days=3)
LISTS_NOTHING = "name a feed or a page that links to the translated posts; a page that scripts fill has no links"
WELL, WARNING, FATAL = 0, 1, 2
MARKS = {WELL: "ok", WARNING: "warning", FATAL: "problem"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` is "" where nothing has to be done."""

    level: int
    subject: str
    fact: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{MARKS[self.level]:8}{self.subject}: {self.fact}"
        return f"{line}\n        → {self.remedy}" if self.remedy else line


def examine(
    settings: Settings, open_store: Callable[[], Store], state: Path, out: Path, calendar: Calendar, *,
    environment: Mapping[str, str], web_for: WebFor | None, run_all: Map, roster_for: Callable[[Store], Roster],
    reader: Reader = DIRECT, try_engines: bool = False,
) -> list[Finding]:  # fmt: skip
    """Look at configuration, folders, time, network, engines and past runs.

    Without `web_for` no source is asked. `try_engines`: an Ollama on this machine is looked for, too.
    """
    findings = [Finding(WELL, "feeds.yaml", f"{len(settings.sources)} sources")]
    if not settings.digest.link:
        findings.append(
            Finding(WELL, "digest.link", "not set", "set it to the public address of the output, if it has one")
        )
    findings += [_folder(state, "state"), _folder(out, "out"), _time(calendar), *_proxies(settings, environment)]
    try:
        with open_store() as store:
            findings.append(_last_run(store))
            findings += [_past(store, source.url, source.name, calendar) for source in settings.sources]
            findings += [
                _past(store, url, f"translations of {source.name}", calendar)
                for url, source in addresses(settings).items()
            ]
            try:
                roster = roster_for(store)
                findings += _engines(roster, settings, look=try_engines and web_for is not None)
                findings += _terms(roster.translators(store.memory_top(), store.terms_top()))
            except ConfigError as error:
                findings.append(Finding(FATAL, error.where or "feeds.yaml", error.message))
    except StoreError as error:
        findings.append(Finding(FATAL, "store", str(error), "name another folder with --state, or restore a backup"))
    if web_for is not None:
        findings += _reachable(settings, web_for, run_all, reader)
    return findings


def _folder(folder: Path, name: str) -> Finding:
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return Finding(FATAL, name, f"{place} is no folder", f"name another with --{name}")
    if not os.access(place, os.W_OK):
        return Finding(FATAL, name, f"{folder} cannot be written", f"give yourself the right to write {place}")
    free = shutil.disk_usage(place).free
    if free < LEAST_FREE:
        return Finding(WARNING, name, f"{free >> 20} MB left at {place}", "make room, or move the folder")
    return Finding(WELL, name, f"{folder}, {free >> 30} GB left")


def _time(calendar: Calendar) -> Finding:
    local = calendar.now.astimezone(calendar.zone)
    drift = abs((datetime.now(UTC) - calendar.now).total_seconds())
    note = "" if drift < 60 else " (given by --now)"
    return Finding(WELL, "time", f"{local:%F %R} in {calendar.zone.key}{note}; the last complete day is "
                                 f"{calendar.last_complete}")  # fmt: skip


def _proxies(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Name proxies of the environment: they are never used by themselves, for the address guard ends at a proxy."""
    found = []
    for name in sorted(environment):
        value = environment[name]
        if name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") and value and value != settings.network.proxy:
            found.append(
                Finding(
                    WARNING,
                    "network",
                    f"{name} is set and not used",
                    f'if requests must go through it, write this line: network: {{proxy: "{value}"}}',
                )
            )
    if not found and urllib.request.getproxies() and not settings.network.proxy:
        found.append(Finding(WARNING, "network", "the system has a proxy set; it is not used", "see network.proxy"))
    return found


def _last_run(store: Store) -> Finding:
    last = store.last_run()
    if last is None:
        return Finding(WELL, "runs", "none yet", "start with: digest run")
    verb, started, code = last
    if code is None:
        return Finding(
            WARNING, "runs", f"{verb} of {started:%F %R}Z never ended",
            "nothing is lost; run it again, and look for what ended it (memory, a reboot)",
        )  # fmt: skip
    return Finding(WELL if code in (0, 1) else WARNING, "runs", f"{verb} of {started:%F %R}Z ended with code {code}")


def _past(store: Store, url: str, name: str, calendar: Calendar) -> Finding:
    """Tell a source's last success, last error, and when it is asked again."""
    state = store.source(url)
    success = f"last success {state.last_success:%F %R}Z" if state.last_success else "no success yet"
    if state.error:
        until = waits_until(state.next_try, calendar.now, state.status)
        again = f"asked again {until:%F %R}Z" if until else "asked again by the next run"
        if state.status == GONE:
            fact = f"is gone for good (410); {success}; {again}"
            return Finding(
                WARNING, name, fact, "take it out of feeds.yaml, or find its new address: digest feeds add PAGE"
            )
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        kind = f"{state.stage}, {state.kind}" if state.kind else state.stage
        remedy = "look at the address in a browser; if the feed has moved: digest feeds add PAGE"
        if until:
            remedy += "; to ask it at once: digest run --retry"
        level = WARNING if state.failures > 1 else WELL
        return Finding(level, name, f"failed {times} ({kind}): {state.error}; {success}; {again}", remedy)
    if state.last_success is None:
        return Finding(WELL, name, "never asked yet")
    if calendar.now - state.last_success > LONG_SILENCE:
        return Finding(WARNING, name, f"last asked {state.last_success:%F %R}Z", "is cron running? try: digest run")
    if state.moved:
        return Finding(WELL, name, f"{success}; it has moved for good", f"in feeds.yaml, write its url: {state.moved}")
    return Finding(WELL, name, success)


def _engines(roster: Roster, settings: Settings, *, look: bool) -> list[Finding]:
    """Say which engines would be used, in their order, and why the others are not.

    `look` for an Ollama that the settings do not name: it is asked on 127.0.0.1.
    """
    names = {"en": "English", "zh": "Chinese"}
    findings = [
        Finding(
            WARNING if choice.broken else WELL,
            f"engine {choice.name}",
            ("" if choice.works else "not used: ") + choice.why,
            choice.remedy,
        )
        for choice in roster.choices
    ]
    for source, target in WAYS:
        serving = [e for name, e in roster.standing.items() if e.serves(source, target)]
        lacking = roster.lacks.get((source, target), "")
        found = next((e for e in serving if not (lacking and e is roster.standing.get("mt"))), None)
        told = offer(source, target)
        way = f"{names[source]} to {names[target]}"
        if found:
            findings.append(Finding(WELL, way, f"translated by {found.signature}"))
        elif lacking:
            findings.append(Finding(WARNING, way, f"nothing translates: {lacking}"))
        else:
            findings.append(Finding(WELL, way, "nothing translates", told.en or "" if told else ""))
    if settings.engines.chat is None and look and (models := find_ollama()):
        findings.append(
            Finding(
                WELL,
                "engine chat",
                f"a local Ollama has {', '.join(models[:5])}",
                f"to use it: engines: {{chat: {{preset: ollama, model: {models[0]}}}}}",
            )
        )
    return findings


def _terms(by: Translators) -> list[Finding]:
    """Name the terms that are put into the other language in more than one way."""
    drifting = by.ledger.drift()
    if not drifting:
        return []
    shown = "; ".join(
        f"{drift.en} ({', '.join(f'{variant.zh} ×{variant.posts}' for variant in drift.variants)})"
        for drift in drifting[:5]
    )
    remedy = "settle them: digest export --format terms -o terms.csv, edit it, and name it as engines.terms"
    return [Finding(WELL, "terms", f"put in more than one way: {len(drifting)}: {shown}", remedy)]


def _reachable(settings: Settings, web_for: WebFor, run_all: Map, reader: Reader) -> list[Finding]:
    """Ask feeds whether they answer, and listings of translations whether they list anything, too."""
    asked = [_Asked(source.url, source, lists=False) for source in settings.sources]
    asked += [_Asked(url, source, lists=True) for url, source in addresses(settings).items()]

    def ask(job: _Asked) -> Finding:
        name = f"{job.url} (translations of {job.source.name})" if job.lists else job.url
        accept = LISTING_TYPES if job.lists else FEED_TYPES
        try:
            answer = web_for(job.source).get(job.url, accept=accept, pause=job.source.pause, robots=job.lists)
            listed = isinstance(answer, Page) and bool(reader.links(answer))
        except SourceError as error:
            return Finding(WARNING, name, f"does not answer: {error.reason}", _remedy(error))
        if job.lists and not listed:
            return Finding(WARNING, name, "answers, and lists no post", LISTS_NOTHING)
        if answer.moved:
            return Finding(WELL, name, "answers, from where it has moved for good", f"write its url: {answer.moved}")
        return Finding(WELL, name, "answers")

    return list(run_all(ask, asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A feed, or a listing of translations, that is asked whether it answers."""

    url: str
    source: Source
    lists: bool


def _remedy(error: SourceError) -> str:
    remedies = {
        "dns": "check the spelling of the host, and this machine's name server",
        "timeout": "try again later; behind a firewall, set network.proxy",
        "refused": "the server is down or blocks this machine; try again later",
        "address": "for an intranet add its host:port to allow_private; for a fake-IP proxy see network.allow_ranges",
        "status": "open the address in a browser; if the feed has moved: digest feeds add PAGE",
    }
    return remedies.get(error.kind, "open the address in a browser and compare")
