"""The chat engine: a task's lines in as few calls as they fit, what comes back told apart line by line."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from digest.config import ChatSettings
from digest.engines.chat.answers import Lines
from digest.engines.chat.client import ChatClient, Reply
from digest.engines.chat.prompts import INTO, Messages, batches, messages, prompt_hash
from digest.engines.chat.reading import is_apology
from digest.engines.chat.tokens import request_tokens
from digest.model import MadeBy
from digest.printable import SURROGATES
from digest.render.page import Reader, packaged
from digest.translate.cost import Usage
from digest.translate.engine import Answer, Answers, Asked, Task, nothing
from digest.translate.masks import FIXED_KINDS

LONGEST = 8, 400  # a translation longer than 8 times its line and 400 characters is none: no judge need read it
ZWJ = "\u200d"  # it joins emoji
_MASK = re.compile(r"X\d{1,3}")


class ChatEngine:
    """Translates by a chat endpoint (translate.engine.Engine). One run; for the threads its client is for.

    Faults of a whole answer that were mended (chatter, fences) stand with the first line of their call, an item that
    nobody asked for with the last one: each is counted once.
    """

    made_by: MadeBy = "machine"
    listens = True
    masks = FIXED_KINDS

    def __init__(self, client: ChatClient, settings: ChatSettings, read: Reader = packaged) -> None:
        self.client, self._batch, self._read = client, settings.batch, read
        endpoint = client.endpoint
        model = re.sub(r"\s+", "_", endpoint.model)
        prompt = prompt_hash(read, endpoint.extra)
        self.signature = (
            f"chat:{model}@{endpoint.host}:{prompt}:{settings.answers},t{settings.temperature:g},b{settings.batch}"
        )

    def serves(self, source: str, target: str) -> bool:
        return source != target and source in INTO and target in INTO

    def estimate(self, task: Task) -> Usage:
        """Reckon the calls and tokens that `translate` would use if each call is answered as it should be."""
        calls = [call for _, call in self._calls(task)]
        sent = sum(request_tokens(call.system, call.user) for call in calls)
        return Usage(len(calls), sent, sum(call.expected for call in calls))

    def translate(self, task: Task) -> Answers:
        found: list[Answer] = []
        failure = ""
        for batch, call in self._calls(task):
            reply = self.client.ask(call.system, call.user, Lines, expected=call.expected)
            answers = _answers(batch, reply)
            found += answers.lines
            failure = failure or answers.failure
        return Answers(tuple(found), failure)

    def _calls(self, task: Task) -> list[tuple[Sequence[Asked], Messages]]:
        return [(batch, messages(task, batch, self._read)) for batch in batches(task.lines, self._batch)]


def _answers(batch: Sequence[Asked], reply: Reply[Lines]) -> Answers:
    """Tell an answer apart by its ids: one answer for each line that was asked, in their order."""
    if reply.value is None:
        without = nothing(batch, reply.faults[-1], reply.failure, lasting=reply.lasting)
        return replace(without, lines=_with(without.lines, 0, reply.faults[:-1]))
    texts: dict[int, list[str]] = defaultdict(list)
    for line in reply.value.lines:
        texts[line.id].append(line.text)
    if set(texts) == set(range(len(batch))):  # counted from 0
        texts = defaultdict(list, {number + 1: found for number, found in texts.items()})
    lines = tuple(_answer(asked, texts[i]) for i, asked in enumerate(batch, 1))
    extra = ("extra-line",) if any(not 0 < number <= len(batch) for number in texts) else ()
    return Answers(_with(_with(lines, 0, reply.faults), len(lines) - 1, extra))


def _with(lines: tuple[Answer, ...], at: int, faults: tuple[str, ...]) -> tuple[Answer, ...]:
    """Add faults to one of the answers."""
    line = lines[at]
    return (*lines[:at], replace(line, faults=(*line.faults, *faults)), *lines[at + 1 :])


def _answer(asked: Asked, texts: Sequence[str]) -> Answer:
    """Give what one item says, or the fault for which it says nothing that a judge need read."""
    if not texts:
        return Answer(None, ("lost-line",))
    said = {_one_line(text) for text in texts}
    if len(said) > 1:  # a line that was split, or one id for two lines: either may be the wrong half
        return Answer(None, ("extra-line",))
    text = said.pop()
    if not text:
        return Answer(None, ("empty",))
    times, more = LONGEST
    if len(text) > times * len(asked.text) + more or SURROGATES.search(text):
        return Answer(None, ("malformed",))
    if is_apology(text, asked.text):
        return Answer(None, ("refusal",))
    # A title may be the same in both languages, names and numbers always are: the judge knows.
    if asked.kind != "title" and _bare(text) == _bare(asked.text) and _bare(_MASK.sub("", asked.text)):
        return Answer(None, ("copy",))
    return Answer(text)


def _one_line(text: str) -> str:
    """Make white space one blank and drop what cannot be seen: a line is one line, and reads as it is written.

    A character that turns the reading order around (U+202E) would show other words than those that were judged.
    """
    plain = re.sub(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+", " ", text)
    return "".join(c for c in plain if c == ZWJ or unicodedata.category(c) not in ("Cc", "Cf", "Co")).strip()


def _bare(text: str) -> str:
    """Give the letters of a text, for telling a copy.

    >>> _bare("Ｒun it, now! 70") == _bare("run it now")
    True
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalpha())
