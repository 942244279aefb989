"""Lines and an engine: the contract that every translation engine keeps.

The engines themselves stand at the edge (`digest/engines`: they speak to servers, read models and the store); this room
says what they owe, asks them, and judges what they answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from digest.model import Both, MadeBy
from digest.translate.masks import Kind

LineKind = Literal["title", "heading", "line"]
WAYS = (("en", "zh"), ("zh", "en"))  # from one language of the digest to the other


@dataclass(frozen=True, slots=True)
class Asked:
    """One line that an engine is asked to put into the other language.

    `text` has its code, addresses and names masked as X1, X2 … (masks.py): an answer must hold each mask as often as
    the text does. `complaint` says, in English, why the last answer, `refused`, was not taken; both are "" the first
    time. `examples` are pairs of like lines from earlier days, for an engine that can learn from them.
    """

    text: str
    kind: LineKind = "line"
    complaint: str = ""
    refused: str = ""
    examples: tuple[Both, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """The lines of one post, in reading order. `source` and `target` are base languages ("zh", "en").

    `title` is the post's title as it is, for context. `terms` are pairs of terms that occur in the lines and how the
    digest has put them before.
    """

    lines: tuple[Asked, ...]
    source: str
    target: str
    title: str = ""
    terms: tuple[Both, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine made of one line; `text` is None where it has nothing that may be looked at.

    `faults` name what was wrong with the answer as such, whether it could be mended or not (FAULTS has the names). An
    answer with `lasting` False is not kept: the next build asks again (a server that was down, a cap that was reached).
    """

    text: str | None
    faults: tuple[str, ...] = ()
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Answers:
    """As many answers as lines were asked for, in their order. `failure` is one clear line where the engine gave up."""

    lines: tuple[Answer, ...]
    failure: str = ""


# What may be wrong with an answer, before any judge reads it; render/words.py has the words for each.
FAULTS = (
    "chatter",  # words around the answer
    "fences",  # a Markdown fence around it
    "lost-line",  # an asked line is not among the answers
    "extra-line",  # a line is that nobody asked for
    "merged-line",  # it may hold two lines' translations (found by the loop)
    "malformed",  # not the form that was asked for (broken JSON, a wrong type)
    "cut-off",  # the endpoint ended the answer before it was done (finish_reason length)
    "refusal",  # the model would not
    "term",  # a word that this model is known to get wrong
    "doubt",  # the model itself doubts what it said
    "mask",  # a mask was lost, doubled or made up
    "empty",
    "copy",  # the line itself, not translated
    "server",  # 5xx, or no answer at all
    "busy",  # 429
    "denied",  # 401, 402, 403, 404
    "late",  # over the deadline
    "too-large",
    "redirect",
    "cap",  # a limit of the settings was reached
)


class Engine(Protocol):
    """Translates lines between the two languages of the digest.

    The contract, whoever keeps it:

    - `signature` names engine, model, prompt and settings in one short string without blanks. It is printed at the foot
      of the page and is part of every cache key: two engines that may answer differently differ in it.
    - `made_by` is what the page says of its lines ("machine" or "memory").
    - `listens` tells whether a complaint can change its answer.
    - `masks` names what is masked in its lines beside code (masks.py); None for the memory, which compares whole lines.
    - `serves` tells whether it can go from one language to the other at all.
    - `translate` gives exactly as many answers as it was asked lines, in the same order. An answer's text is never an
      empty string or an apology put in a translation's place: then it is None, and `faults` say why.
    - Whatever goes wrong outside comes back as a value; an engine raises for bugs only.
    - Equal tasks give equal answers, as far as the engine can hold that; the caller keeps what was answered.
    - Answers are not trusted: the caller judges each pair as it judges pairs that people made.
    """

    @property
    def signature(self) -> str: ...
    @property
    def made_by(self) -> MadeBy: ...
    @property
    def listens(self) -> bool: ...
    @property
    def masks(self) -> Collection[Kind] | None: ...

    def serves(self, source: str, target: str) -> bool: ...

    def translate(self, task: Task) -> Answers: ...


def nothing(lines: Sequence[Asked], fault: str, failure: str = "", *, lasting: bool = False) -> Answers:
    """Give no answer to any line, for one and the same reason.

    >>> nothing([Asked("One.")], "server", "it is down").lines
    (Answer(text=None, faults=('server',), lasting=False),)
    """
    return Answers(tuple(Answer(None, (fault,), lasting) for _ in lines), failure)
