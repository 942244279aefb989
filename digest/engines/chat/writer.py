"""Has a chat model write abstracts: one call for a short post; for a long one notes of each part, then one call."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digest.config import ChatSettings
from digest.engines.chat.client import ChatClient, Reply, schema_of
from digest.engines.chat.tokens import request_tokens
from digest.render.page import Reader, fill, packaged
from digest.translate.cost import Usage
from digest.translate.material import Material, as_json, chunks
from digest.translate.write import FEWEST_LINES, MOST_LINES, MOST_NOTES, MOST_SOURCES, Draft, Drafts, Note, sound_notes

LANGUAGES = {"zh": "Chinese", "en": "English"}
# Estimates for the plan; the meter learns what the model really takes.
LINE_TOKENS = 110  # of a line in both languages, with its form
NOTE_TOKENS = 65
NOTE_CHARACTERS = {"zh": 60, "en": 170}

Job = Literal["post", "notes", "lines"]


class WrittenLine(BaseModel):
    """One line of an abstract as the model gives it."""

    model_config = ConfigDict(extra="ignore")

    zh: str
    en: str
    sources: list[int] = Field(alias="from", description="Numbers of the sentences that bear the line.")


class WrittenLines(BaseModel):
    """An abstract as the model gives it."""

    model_config = ConfigDict(extra="ignore")

    lines: list[WrittenLine]


class WrittenNote(BaseModel):
    """One note as the model gives it."""

    model_config = ConfigDict(extra="ignore")

    note: str
    sources: list[int] = Field(alias="from", description="Numbers of the sentences that bear the note.")


class WrittenNotes(BaseModel):
    """The notes on one part of a post as the model gives them."""

    model_config = ConfigDict(extra="ignore")

    notes: list[WrittenNote]


SHAPES: dict[Job, type[BaseModel]] = {"post": WrittenLines, "notes": WrittenNotes, "lines": WrittenLines}


@dataclass(frozen=True, slots=True)
class Call:
    """One question as it is sent, and the tokens that its answer is expected to take."""

    job: Job
    system: str
    user: str
    expected: int

    @property
    def usage(self) -> Usage:
        """The call as a plan counts it."""
        return Usage(1, request_tokens(self.system, self.user), self.expected)


class ChatWriter:
    """Writes abstracts over a chat endpoint; keeps the contract of `digest.translate.write.Writer`.

    `kept(key)` gives what `save(key, text)` was given before, or None: what was answered once is not asked again. A key
    covers model, host and every letter that is sent. `read` reads templates.
    """

    def __init__(
        self, client: ChatClient, settings: ChatSettings, kept: Callable[[str], str | None],
        save: Callable[[str, str], None], read: Reader = packaged,
    ) -> None:  # fmt: skip
        self._client, self._kept, self._save = client, kept, save
        self._systems: dict[tuple[Job, str], str] = {
            (job, side): _system(job, side, read) for job in SHAPES for side in LANGUAGES
        }
        endpoint = client.endpoint
        shapes = [schema_of(shape) for shape in SHAPES.values()]
        parts = [*self._systems.values(), *shapes, settings.answers, settings.temperature, endpoint.extra]
        sent = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:8]
        model = re.sub(r"\s+", "_", endpoint.model)
        self.signature = f"write:{model}@{endpoint.host}:{sent}"

    def estimate(self, material: Material) -> Usage:
        """Reckon what `write` would use now."""
        return sum((call.usage for call in self.plan(material)), Usage())

    def plan(self, material: Material) -> tuple[Call, ...]:
        """Give the calls that `write` would make now, if every call is answered; none where all is kept.

        The last call of a long post shows notes that are not yet written: their length is an estimate.
        """
        calls = self._first_calls(material)
        known = [self._remembered(call) for call in calls]
        missing = tuple(call for call, reply in zip(calls, known, strict=True) if reply is None)
        if len(calls) < 2:
            return missing
        if any(reply and reply.value is None for reply in known):
            return ()  # a part's answer is kept that was of no use: there is no abstract
        if not missing:
            notes, fault = self._notes(material, calls)
            last = self._last_call(material, notes)
            return () if fault or not notes or self._remembered(last) is not None else (last,)
        filler = "字" if material.side == "zh" else "a"
        some = tuple(
            Note(filler * NOTE_CHARACTERS[material.side], (chunk[0].number, chunk[-1].number))
            for chunk in chunks(material)
            for _ in range(MOST_NOTES - 1)
        )
        return (*missing, self._last_call(material, some))

    def write(self, material: Material) -> Drafts:
        """Write an abstract; where a call brings nothing, `failure` says why and no further call is made."""
        calls = self._first_calls(material)
        if not calls:
            return Drafts(failure="the post is too short to sum up")
        if len(calls) == 1:
            return _drafts(self._ask(calls[0]))
        notes, failed = self._notes(material, calls)
        if failed:
            return _drafts(failed)
        if not notes:
            return Drafts(failure="no note of the post names sentences of it")
        return _drafts(self._ask(self._last_call(material, notes)))

    def _first_calls(self, material: Material) -> tuple[Call, ...]:
        parts = chunks(material)
        job: Job = "post" if len(parts) == 1 else "notes"
        expected = LINE_TOKENS * (MOST_LINES - 1) if job == "post" else NOTE_TOKENS * (MOST_NOTES - 1)
        system = self._systems[job, material.side]
        return tuple(Call(job, system, as_json(material, part), expected) for part in parts)

    def _notes(self, material: Material, calls: Sequence[Call]) -> tuple[tuple[Note, ...], Reply[BaseModel] | None]:
        """Give the notes of all parts, or the reply that brought none."""
        found: list[Note] = []
        for part, call in zip(chunks(material), calls, strict=True):
            reply = self._ask(call)
            if not isinstance(reply.value, WrittenNotes):
                return (), reply
            found += sound_notes([Note(one.note, tuple(one.sources)) for one in reply.value.notes], part)
        return tuple(found), None

    def _last_call(self, material: Material, notes: Sequence[Note]) -> Call:
        rows = [{"note": note.text, "from": sorted(set(note.sources))} for note in notes]
        user = json.dumps({"title": material.title, "notes": rows}, ensure_ascii=False)
        return Call("lines", self._systems["lines", material.side], user, LINE_TOKENS * (MOST_LINES - 1))

    def _ask(self, call: Call) -> Reply[BaseModel]:
        """Ask, unless the answer is kept; an answer that was of no use is kept as well, if it would come again."""
        known = self._remembered(call)
        if known is not None:
            return known
        reply: Reply[BaseModel] = self._client.ask(call.system, call.user, SHAPES[call.job], expected=call.expected)
        if reply.lasting:
            value = reply.value.model_dump(by_alias=True) if reply.value else None
            self._save(self._key(call), json.dumps({"value": value, "faults": reply.faults}))
        return reply

    def _remembered(self, call: Call) -> Reply[BaseModel] | None:
        text = self._kept(self._key(call))
        if text is None:
            return None
        try:
            told = json.loads(text)
            value = None if told["value"] is None else SHAPES[call.job].model_validate(told["value"])
            return Reply(value, tuple(told["faults"]))
        except (ValueError, KeyError, TypeError, ValidationError):  # of another version: as good as none
            return None

    def _key(self, call: Call) -> str:
        parts = (self.signature, call.job, call.system, call.user)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _system(job: Job, side: str, read: Reader) -> str:
    return fill(
        f"prompts/write_{job}.j2",
        read,
        language=LANGUAGES[side],
        fewest=FEWEST_LINES + 1,
        most=MOST_LINES,
        notes=MOST_NOTES,
        sources=MOST_SOURCES // 2 if job == "notes" else MOST_SOURCES - 1,  # two notes may make a line
    ).strip()


def _drafts(reply: Reply[BaseModel]) -> Drafts:
    if not isinstance(reply.value, WrittenLines):
        what = reply.failure or f"the model's answer was of no use ({', '.join(reply.faults) or 'no reason'})"
        return Drafts(faults=reply.faults, failure=what)
    lines = tuple(Draft(line.zh, line.en, tuple(line.sources)) for line in reply.value.lines)
    return Drafts(lines, reply.faults)
