"""One model in memory: pieces in, pieces out. The only file that knows CTranslate2 and SentencePiece."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digest.engines.local.folder import Installed, target_prefix
from digest.errors import EngineError

# Pieces of one sentence. OPUS-MT learnt from sentences; positions end at 512 (Tiedemann and Thottingal 2020), and of
# 300 sentences of technical posts the longest had 206 pieces.
WINDOW = 256
MOST_PIECES = 512  # of an answer
BATCH = 32  # sentences side by side; answers were the same with 1, 8 and 32
TOGETHER = 8 * BATCH  # sentences handed over at once
_CONTROL = frozenset({"<s>", "</s>", "<pad>", "<blank>"})
_LOST = ("<unk>", "\u2047")  # what stands for a piece that has no text: the mark itself, and SentencePiece's sign of it
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
# What CTranslate2 raises for files that are not what they should be, found by flipping 200 bits of one.
_FAULTS = (RuntimeError, ValueError, LookupError, ArithmeticError, MemoryError, OSError)
_INSTALL = "the packages of local translation are missing: pip install '.[mt]' in the folder of its sources"


SCORED = 512  # pieces whose scores are held at once
LEAST_LIKELY = 3  # pieces of an answer that its doubt is the mean of


@dataclass(frozen=True, slots=True)
class Said:
    """What the model made of one sentence. `fault` is one of the engine contract's, "" where there is none.

    `doubt`: the mean of minus the log-probabilities of the three pieces that the model itself found least likely. Of
    the signals tried it told wrong lines best (AUC .82 on 80 labelled lines; the mean over all pieces .76).
    """

    text: str
    fault: str = ""
    doubt: float = 0.0


def packages_missing() -> str:
    """Say in one line what to install; "" where nothing is missing."""
    try:
        import ctranslate2  # noqa: F401
        import sentencepiece  # noqa: F401
    except ImportError:
        return _INSTALL
    return ""


class LocalModel:
    """A loaded model. `translate` may be called from several threads: CTranslate2 queues what comes."""

    def __init__(self, model: Installed, beam: int = 2, threads: int = 0) -> None:
        """Load a model for a processor's `threads` (0: all that this process may use). Raises EngineError."""
        if missing := packages_missing():
            raise EngineError(missing)
        self.installed = model
        self._beam = beam
        self._source, self._target = _pieces(model)
        self._translator = _translator(model, threads or usable_cores())
        self._ending = _ending(model.model)
        self._prefix = target_prefix(model)

    def fits(self, sentence: str) -> bool:
        return len(self._source.encode(sentence, out_type=str)) <= WINDOW

    def translate(self, sentences: Sequence[str]) -> tuple[Said, ...]:
        """Translate sentences one by one, in batches of like length. Equal sentences give equal answers.

        Shape: as many as were given, in their order. Raises EngineError where the model breaks down.
        """
        pieces = {text: self._source.encode(text, out_type=str) for text in dict.fromkeys(sentences)}
        order = sorted((text for text in pieces if 0 < len(pieces[text]) <= WINDOW), key=lambda t: (len(pieces[t]), t))
        said = dict.fromkeys(pieces, Said("", "too-large")) | {t: Said("", "empty") for t in pieces if not pieces[t]}
        for start in range(0, len(order), TOGETHER):
            some = order[start : start + TOGETHER]
            for text, (answer, doubt) in zip(some, self._answers([pieces[text] for text in some]), strict=True):
                said[text] = replace(self._read(answer, len(pieces[text]), text), doubt=doubt)
        return tuple(said[text] for text in sentences)

    def _answers(self, batch: Sequence[list[str]]) -> Iterator[tuple[list[str], float]]:
        """Search with a beam and no tricks; give pieces, and how much the model doubts them.

        Measured on 120 lines of FLORES (chrF 53.49): a repetition penalty of 1.1 costs 0.3 and of 1.2 costs 1.2; no
        three or four pieces twice cost 0.05 and 0.01 and mended nothing on 300 lines of posts; beam 1 costs 0.3,
        beam 4 gains nothing. An unknown piece is replaced by the one it looks at (an emoji, a sign of a formula).
        """
        prefix = [[self._prefix]] * len(batch) if self._prefix else None
        asked = [pieces + self._ending for pieces in batch]
        try:
            found = self._translator.translate_batch(
                asked, target_prefix=prefix, beam_size=self._beam,
                max_batch_size=BATCH, max_input_length=0, max_decoding_length=MOST_PIECES, replace_unknowns=True,
            )  # fmt: skip
            answers = [each.hypotheses[0] for each in found]
            # by tokens: the scores of a token fill a row over the whole vocabulary, 260 kB of it
            scored = self._translator.score_batch(
                asked, answers, max_batch_size=SCORED, batch_type="tokens", max_input_length=0
            )
        except _FAULTS as error:
            raise EngineError(f"the model breaks down: {_line(error)}") from error
        for answer, each in zip(answers, scored, strict=True):
            least = sorted(each.log_probs)[:LEAST_LIKELY]
            yield [piece for piece in answer if piece not in _CONTROL], -sum(least) / max(len(least), 1)

    def _read(self, answer: list[str], asked: int, text: str) -> Said:
        """Join the pieces of an answer, unless it is none that may be shown.

        What never came to its end is cut off: answers to 300 lines had at most 1.7 times their pieces.
        """
        if self._prefix and answer[:1] == [self._prefix]:
            answer = answer[1:]
        if len(answer) >= MOST_PIECES or len(answer) > 3 * asked + 32:
            return Said("", "cut-off")
        joined = self._target.decode(answer) if self._target else "".join(answer)
        joined = " ".join(joined.replace("\u2581", " ").split())
        if not joined:
            return Said("", "empty")
        lost = any(mark in joined and mark not in text for mark in _LOST)
        return Said("", "malformed") if lost or _BYTE.search(joined) else Said(joined)


def usable_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pieces(model: Installed) -> tuple[Any, Any]:
    """Load the pieces of the source, and of the target where it has its own (else None: pieces are joined).

    Vocabularies of Argos packages hold pieces of both languages, their sentencepiece.model only those of the source.
    """
    source, target = _named(model, "source"), _named(model, "target")
    if not source:
        source = _named(model, "sentencepiece") or _named(model, "spm")
        target = None
    if not source:
        where = "sentencepiece.model, or source.spm and target.spm"
        raise EngineError(f"the model of {model.pair} has no pieces: {where} must stand in its folder")
    return _processor(source, model), _processor(target, model) if target else None


def _named(model: Installed, stem: str) -> Path | None:
    places = (place / f"{stem}.{ending}" for place in (model.path, model.model) for ending in ("model", "spm"))
    return next((place for place in places if place.is_file()), None)


def _processor(file: Path, model: Installed) -> Any:
    import sentencepiece

    try:
        if not (pieces := file.read_bytes()):  # it would be loaded as no model at all, and fail at the first line
            raise ValueError("the file is empty")
        return sentencepiece.SentencePieceProcessor(model_proto=pieces)
    except _FAULTS as error:
        raise _broken(model, file.name, error) from error


def _translator(model: Installed, threads: int) -> Any:
    import ctranslate2

    try:
        return ctranslate2.Translator(str(model.model), device="cpu", inter_threads=1, intra_threads=threads)
    except _FAULTS as error:
        raise _broken(model, "", error) from error


def _ending(folder: Path) -> list[str]:
    """Give what must follow a sentence's pieces: </s> for Marian models that the transformers converter made.

    Marian's own converter says add_source_eos and CTranslate2 obeys; that of transformers leaves the ending to the
    tokeniser, and starts its decoder with the ending's piece. OpenNMT's models, which older Argos packages hold, know
    no ending.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        ending = config.get("eos_token", "</s>")
        bare = not config.get("add_source_eos") and config.get("decoder_start_token") == ending
    except (OSError, ValueError, AttributeError):
        return []  # models of CTranslate2 2 have no config.json
    return [str(ending)] if bare else []


def _broken(model: Installed, name: str, error: BaseException) -> EngineError:
    """Name the model by its pair: the line may stand on a page, where the user's folders are nobody's business."""
    reason = _line(error).replace(str(model.path), "…")
    what = f"{name} of the model" if name else "the model"
    return EngineError(f"{what} of {model.pair} cannot be read ({reason}); fetch it again: digest models pull")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
