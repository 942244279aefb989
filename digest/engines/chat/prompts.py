"""A task → the messages that ask for it: batches of numbered lines, from templates/prompts/translate-*.j2."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.engines.chat.tokens import tokens
from digest.model import Both
from digest.render.page import Reader, fill
from digest.translate.engine import Asked, Task

SYSTEM, USER = "prompts/translate-system.j2", "prompts/translate-user.j2"
FROM = {"zh": "Chinese", "en": "English"}
INTO = {"zh": "simplified Chinese", "en": "English"}
# Tokens of lines in one call. The answer is about as long and the rules take 400: all fits into the 4,096 tokens that
# Ollama gives a model unless told otherwise (what is over it drops, silently, from the front: the rules).
CALL_TOKENS = 1200
EXAMPLES = 12  # pairs of earlier lines in one call
# UTF-8 bytes of a translation for each byte of its line: 0.936 from English into Chinese in the 997 lines of FLORES-200
# dev, by which it was set; 0.937 in 52,717 lines of Python's documentation, by which it was checked.
GROWTH = {"zh": 0.94, "en": 1.07}
_CALM = str.maketrans("[]{}", "()()")


@dataclass(frozen=True, slots=True)
class Messages:
    """One call: its two messages, and an estimate of the tokens that answer it."""

    system: str
    user: str
    expected: int


def batches(lines: Sequence[Asked], most: int) -> Iterator[Sequence[Asked]]:
    """Cut lines into calls of at most `most` lines and CALL_TOKENS; a line that is longer has a call of its own.

    >>> [len(batch) for batch in batches([Asked("a line")] * 5, 2)]
    [2, 2, 1]
    """
    start = size = 0
    for at, line in enumerate(lines):
        here = tokens(line.text)
        if at > start and (at - start == most or size + here > CALL_TOKENS):
            yield lines[start:at]
            start, size = at, 0
        size += here
    if start < len(lines):
        yield lines[start:]


def messages(task: Task, batch: Sequence[Asked], read: Reader) -> Messages:
    """Write one call for a batch of a task's lines; items are numbered from 1.

    What is not asked but given along (title, terms, examples, refused answers) holds no brackets: the one JSON array of
    the message is that of the items.
    """
    names = {"source": FROM[task.source], "target": INTO[task.target]}
    items = [json.dumps({"id": i, "text": line.text}, ensure_ascii=False) for i, line in enumerate(batch, 1)]
    examples = [pair for line in batch for pair in line.examples]
    system = fill(SYSTEM, read, target_lang=task.target, **names)
    user = fill(
        USER,
        read,
        title=_calm(task.title),
        titles=_numbers(batch, "title"),
        headings=_numbers(batch, "heading"),
        terms=_pairs(task.terms, task),
        examples=_pairs(examples, task)[:EXAMPLES],
        complaints=[
            {"id": i, "why": _calm(line.complaint), "refused": _calm(line.refused)}
            for i, line in enumerate(batch, 1)
            if line.complaint
        ],
        count=len(batch),
        items="[\n" + ",\n".join(items) + "\n]",
        **names,
    )
    return Messages(system.strip(), user.strip(), _expected(batch, task.target))


def _expected(batch: Sequence[Asked], target: str) -> int:
    """Estimate the tokens of an answer: the lines as long as translations are, in the JSON that was asked for."""
    text = sum(len(line.text.encode("utf-8", "replace")) for line in batch) * GROWTH[target]
    form = json.dumps({"lines": [{"id": i, "text": ""} for i in range(1, len(batch) + 1)]})
    return tokens(form + "." * round(text))


def _numbers(batch: Sequence[Asked], kind: str) -> list[int]:
    return [i for i, line in enumerate(batch, 1) if line.kind == kind]


def _pairs(pairs: Iterable[Both], task: Task) -> list[tuple[str, str]]:
    """Give the pairs that have both sides, source first, each once."""
    found = [(pair.get(task.source), pair.get(task.target)) for pair in pairs]
    return list(dict.fromkeys((_calm(a), _calm(b)) for a, b in found if a and b))


def _calm(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().translate(_CALM)


def prompt_hash(read: Reader, *more: object) -> str:
    """Give eight hex digits that change when a template, or what else is named, does."""
    parts = [read(SYSTEM), read(USER), *(json.dumps(each, sort_keys=True, default=str) for each in more)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
