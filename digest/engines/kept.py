"""An engine whose answers are kept: what was asked once is not asked, nor paid for, again (edge)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from digest.engines.standin import StandIn
from digest.printable import SURROGATES
from digest.store import AnswerRow, Store
from digest.translate.engine import Answer, Answers, Asked, Engine, Task


class Kept(StandIn):
    """Stands before an engine: answers from the store what the store has, and asks the engine for the rest.

    What an engine answers to a line is kept under a hash of its signature, the languages, and the line with its kind
    and the complaint about an earlier answer, and the terms that occur in it: one that was corrected is a reason to ask
    again. Not of the post around it, nor of examples, for a line that was paid for shall not be paid for again because
    they changed. Answers that may not last are not kept.

    Without `keeps` nothing new is kept: a plan writes nothing.

    `asked` and `hits` count the lines asked in this run, and those that needed no call.
    """

    def __init__(self, engine: Engine, store: Store, now: datetime, *, keeps: bool = True) -> None:
        super().__init__(engine)
        self._store, self._now, self._keeps = store, now, keeps
        self.asked = 0
        self.hits = 0

    def missing(self, task: Task) -> Task:
        """Give the task with those lines only that the engine would be asked for: what a plan counts."""
        return self._task(task, self._missing(task, self._known(task)))

    def translate(self, task: Task) -> Answers:
        known = self._known(task)
        missing = self._missing(task, known)
        self.asked += len(known) + len(missing)
        self.hits += len(known)
        failure = ""
        if missing:
            got = self._engine.translate(self._task(task, missing))
            fresh = dict(zip(missing, map(_sound, got.lines), strict=True))
            self._keep(task, fresh)
            known |= fresh
            failure = got.failure
        return Answers(tuple(known[self._key(task, line)] for line in task.lines), failure)

    def _known(self, task: Task) -> dict[str, Answer]:
        rows = self._store.kept_answers(self._key(task, line) for line in task.lines)
        return {key: Answer(row.text, row.faults) for key, row in rows.items()}

    def _missing(self, task: Task, known: dict[str, Answer]) -> dict[str, Asked]:
        """Give by key the lines that nothing is known of; equal ones once."""
        keyed = ((self._key(task, line), line) for line in task.lines)
        return {key: line for key, line in keyed if key not in known}

    def _task(self, task: Task, missing: dict[str, Asked]) -> Task:
        return Task(tuple(missing.values()), task.source, task.target, task.title, task.terms)

    def _keep(self, task: Task, fresh: dict[str, Answer]) -> None:
        """Keep what lasts, in one transaction and before anything else can fail."""
        if not self._keeps:
            return
        rows = [
            AnswerRow(key, self.signature, task.source, task.target, answer.text, answer.faults)
            for key, answer in fresh.items()
            if answer.lasting
        ]
        self._store.save_answers(rows, self._now)

    def _key(self, task: Task, line: Asked) -> str:
        own = line.text.casefold()
        terms = sorted((both.zh, both.en) for both in task.terms if (both.get(task.source) or "").casefold() in own)
        parts = (self.signature, task.source, task.target, line.kind, line.text, line.complaint, line.refused, terms)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _sound(answer: Answer) -> Answer:
    r"""Refuse text with halves of characters (a JSON answer can escape them): no page and no store could hold it.

    >>> _sound(Answer("half \ud83d"))
    Answer(text=None, faults=('malformed',), lasting=True)
    """
    if answer.text is not None and SURROGATES.search(answer.text):
        return Answer(None, (*answer.faults, "malformed"), answer.lasting)
    return answer
