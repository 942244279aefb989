"""The engine `mt`: lines → sentences → a model on this machine → lines."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from digest.engines.local.catalogue import offer
from digest.engines.local.folder import Installed, fingerprint, installed
from digest.engines.local.loading import LocalModel, Said, packages_missing
from digest.engines.local.manners import Manners, manners_of
from digest.engines.local.marks import chinese_marks
from digest.errors import EngineError
from digest.model import Line, MadeBy, base_lang
from digest.normalise.split import gap_after, split
from digest.translate.engine import Answer, Answers, Asked, Task, nothing
from digest.translate.masks import KINDS, masked

_CLAUSE = re.compile(r"(?<=[；;，、：])|(?<=[,:]) ")  # where a sentence beyond the model's window is taken apart


class LocalEngine:
    """Translates with the models in `folder`; each is loaded when it is first asked (keeps the contract of Engine).

    `beam` is the width of the search, `threads` counts the processor's (0: all). The signature names every model of
    the folder: name, version, 8 hex digits of a hash over the files that are read, and 4 of what was measured of it.
    """

    made_by: MadeBy = "machine"
    listens = False
    masks = KINDS

    def __init__(self, folder: Path, *, beam: int = 2, threads: int = 0) -> None:
        self._models = {(model.source, model.target): model for model in installed(folder)}
        self._beam, self._threads = beam, threads
        self._loaded: dict[tuple[str, str], LocalModel] = {}
        self._lock = threading.Lock()

    @property
    def signature(self) -> str:
        names = (f"{model.name}:{fingerprint(model)}{manners_of(model).version}" for model in self._models.values())
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
        """Translate each line sentence by sentence, and once more with the right words where wrong ones are seen.

        Two sentences at once cost 3 points of chrF, four at once 11 (FLORES, 30 to 60 pairs put together): the model
        learnt from single sentences and drops what follows the first.
        """
        try:
            model = self._load(task.source, task.target)
            manners = manners_of(model.installed)
            lines = [line.text for line in task.lines]
            found = self._said(lines, model, task.target)
            terms = {i: _to_mend(lines[i], one, task, manners) for i, one in enumerate(found) if one.text}
            given = {
                i: masked(Line(task.source, lines[i]), terms=words, kinds=()) for i, words in terms.items() if words
            }
            again = self._said([one.text for one in given.values()], model, task.target)
        except EngineError as error:
            return nothing(task.lines, "server", str(error))
        for (i, one), said in zip(given.items(), again, strict=True):
            mended = one.restored(said.text, task.target) if said.text else None
            if mended is not None:
                found[i] = replace(said, text=mended.text)
        return Answers(tuple(_answer(line, one, manners) for line, one in zip(task.lines, found, strict=True)))

    def _said(self, lines: Sequence[str], model: LocalModel, target: str) -> list[Said]:
        """Translate lines: what was said of the sentences of each, put together."""
        parts = [_parts(line, model) for line in lines]
        said = iter(model.translate([part for line in parts for part in line]))
        marked = chinese_marks if base_lang(target) == "zh" else _as_it_is
        return [_whole([(next(said), part) for part in found], marked) for found in parts]

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


def _whole(said: Sequence[tuple[Said, str]], marked: Callable[[str, str], str]) -> Said:
    """Put a line together from what was said of its sentences, given with them: all of them, or nothing."""
    fault = next((each.fault for each, _ in said if each.fault), "" if said else "empty")
    if fault:
        return Said("", fault)
    text = ""
    for each, sentence in said:
        text += gap_after(text) + marked(each.text, sentence)
    return Said(text, "", max(each.doubt for each, _ in said))


def _to_mend(line: str, said: Said, task: Task, manners: Manners) -> dict[str, str]:
    """Give the words of a line that its answer has wrong, with the right ones: habits, and terms that it lacks."""
    source, target = base_lang(task.source), base_lang(task.target)
    known = {own: other for term in task.terms if (own := term.get(source)) and (other := term.get(target))}
    lacking = {own: other for own, other in known.items() if own in line and other.lower() not in said.text.lower()}
    return lacking | manners.shown(line, said.text)


def _answer(asked: Asked, said: Said, manners: Manners) -> Answer:
    if said.fault:
        return Answer(None, (said.fault,))
    if asked.kind != "title" and said.text == asked.text:
        return Answer(None, ("copy",))
    if manners.shown(asked.text, said.text):
        return Answer(None, ("term",))
    if manners.most_doubt is not None and said.doubt > manners.most_doubt:
        return Answer(None, ("doubt",))
    return Answer(said.text)


def _as_it_is(text: str, _: str) -> str:
    return text
