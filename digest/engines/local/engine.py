"""The engine `mt`: lines → sentences → a model on this machine → lines."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from digest.engines.local.catalogue import offer
from digest.engines.local.folder import Installed, fingerprint, installed
from digest.engines.local.loading import LocalModel, Said, packages_missing
from digest.engines.local.marks import chinese_marks
from digest.errors import EngineError
from digest.model import MadeBy, base_lang
from digest.normalise.split import gap_after, split
from digest.translate.engine import Answer, Answers, Asked, Task, nothing

_CLAUSE = re.compile(r"(?<=[；;，、：])|(?<=[,:]) ")  # where a sentence beyond the model's window is taken apart


class LocalEngine:
    """Translates with the models in `folder`; each is loaded when it is first asked (keeps the contract of Engine).

    `beam` is the width of the search, `threads` counts the processor's (0: all). The signature names every model of
    the folder: name, version, and 8 hex digits of a hash over the files that are read.
    """

    made_by: MadeBy = "machine"
    listens = False
    masks = True

    def __init__(self, folder: Path, *, beam: int = 2, threads: int = 0) -> None:
        self._models = {(model.source, model.target): model for model in installed(folder)}
        self._beam, self._threads = beam, threads
        self._loaded: dict[tuple[str, str], LocalModel] = {}
        self._lock = threading.Lock()

    @property
    def signature(self) -> str:
        names = (f"{model.name}:{fingerprint(model)}" for model in self._models.values())
        return f"mt:{'+'.join(names) or 'none'}:beam{self._beam}"

    @property
    def models(self) -> tuple[Installed, ...]:
        return tuple(self._models.values())

    def serves(self, source: str, target: str) -> bool:
        return self._model(source, target) is not None

    def lacks(self, source: str, target: str) -> str:
        """Say in one line what keeps the engine from translating; "" where nothing is known that would."""
        if self._model(source, target) is None:
            pair = f"{base_lang(source)}-{base_lang(target)}"
            return f"no model translates {pair} here: {offer(pair) or 'none is known'}"
        return packages_missing()

    def translate(self, task: Task) -> Answers:
        """Translate each line sentence by sentence.

        Two sentences at once cost 3 points of chrF, four at once 11 (FLORES, 30 to 60 pairs put together): the model
        learnt from single sentences and drops what follows the first.
        """
        try:
            model = self._load(task.source, task.target)
            parts = [_parts(line.text, model) for line in task.lines]
            said = iter(model.translate([part for line in parts for part in line]))
        except EngineError as error:
            return nothing(task.lines, "server", str(error))
        marked = chinese_marks if base_lang(task.target) == "zh" else _as_it_is
        whole = (
            _answer(line, [(next(said), part) for part in found], marked)
            for line, found in zip(task.lines, parts, strict=True)
        )
        return Answers(tuple(whole))

    def _model(self, source: str, target: str) -> Installed | None:
        return self._models.get((base_lang(source), base_lang(target)))

    def _load(self, source: str, target: str) -> LocalModel:
        model = self._model(source, target)
        if model is None:
            raise EngineError(self.lacks(source, target))
        with self._lock:  # two threads must not load one model twice: it has 80 MB
            pair = (model.source, model.target)
            if pair not in self._loaded:
                self._loaded[pair] = LocalModel(model, self._beam, self._threads)
            return self._loaded[pair]


def _parts(text: str, model: LocalModel) -> list[str]:
    """Take a line apart into sentences, and those beyond the model's window into runs of clauses."""
    sentences = [text[start:end] for start, end in split(text)]
    return [part for sentence in sentences for part in _within(sentence, model)]


def _within(sentence: str, model: LocalModel) -> list[str]:
    if model.fits(sentence):
        return [sentence]
    runs = [""]
    for clause in _CLAUSE.split(sentence):
        longer = runs[-1] + gap_after(runs[-1]) + clause
        if runs[-1] and not model.fits(longer):
            runs.append(clause)
        else:
            runs[-1] = longer
    return runs


def _answer(asked: Asked, said: Sequence[tuple[Said, str]], marked: Callable[[str, str], str]) -> Answer:
    """Put a line together from what was said of its sentences, given with them: all of them, or nothing."""
    faults = tuple(dict.fromkeys(each.fault for each, _ in said if each.fault))
    if faults or not said:
        return Answer(None, faults or ("empty",))
    text = ""
    for each, sentence in said:
        text += gap_after(text) + marked(each.text, sentence)
    if asked.kind != "title" and text == asked.text:
        return Answer(None, ("copy",))
    return Answer(text)


def _as_it_is(text: str, _: str) -> str:
    return text
