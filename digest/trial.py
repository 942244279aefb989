"""A few lines of our own through the engines and the judge: what are they worth? (edge)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digest.align.embed import Embedder, load_embedder
from digest.align.lexicon import load_lexicon
from digest.filling import Translators, judge_of
from digest.model import Line, MadeBy, Verdict
from digest.render.words import reason
from digest.translate.engine import WAYS, LineKind
from digest.translate.loop import Filled, Judge, Wanted, fill

LINES = {
    "en": (
        Line("en", "The new release halves the memory that training needs."),
        Line("en", "Call model.generate() with at most 512 tokens.", (), ((5, 21),)),
        Line("en", "We do not recommend this model for production."),
    ),
    "zh": (
        Line("zh-Hans", "新版本使训练所需的内存减半。"),
        Line("zh-Hans", "调用 model.generate() 时最多使用 512 个 token。", (), ((3, 19),)),
        Line("zh-Hans", "我们不建议在生产环境中使用该模型。"),
    ),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that the judge did not take, and its reasons in English."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the lines in one language: what was made of them, and by line which answers were refused."""

    lines: tuple[Line, ...]
    got: Filled
    refused: dict[str, list[Refused]]

    @property
    def verified(self) -> int:
        """How many lines have an answer that verified."""
        return sum(made is not None for made in self.got.lines)

    def __str__(self) -> str:
        return "\n".join(self._told())

    def _told(self) -> Iterator[str]:
        for line, made in zip(self.lines, self.got.lines, strict=True):
            yield line.text
            for one in dict.fromkeys(self.refused.get(line.text, [])):
                yield f"    refused: {one.text}  ({one.why})"
            if made is None:
                yield "    not translated: nothing that was answered could be verified"
            else:
                verdict = made.verdict
                told = "; ".join([made.engine, f"{verdict.grade} {verdict.score:.2f}", *_words(verdict.reasons)])
                yield f"    {made.line.text}  ({told})"
        if self.got.refused:
            yield "refused in all: " + ", ".join(f"{reason(name).en} {n}" for name, n in self.got.refused.items())
        yield from self.got.failures


def _words(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(reason(said).en or said for said in reasons)


def tried(by: Translators, embedder: Embedder | None = None) -> Iterator[Trial]:
    """Have three lines of each language translated where an engine serves it, and say what the judge says of that."""
    judge = judge_of(embedder or load_embedder(), load_lexicon())
    for source, target in WAYS:
        if by.serve(source, target):
            refused: dict[str, list[Refused]] = {}
            wanted = [Wanted(line) for line in LINES[source]]
            got = fill(wanted, by.engines, _noting(judge, refused), source=source, target=target, keep=by.keep)
            yield Trial(LINES[source], got, refused)


def _noting(judge: Judge, refused: dict[str, list[Refused]]) -> Judge:
    """Judge as `judge` does, and write down what is refused, by the text of the source line."""

    def judged(line: Line, made: Line, kind: LineKind, made_by: MadeBy, beside: tuple[str, str]) -> Verdict:
        verdict = judge(line, made, kind, made_by, beside)
        if not verdict.verified:
            why = "; ".join(_words(verdict.reasons or ("doubtful",)))
            refused.setdefault(line.text, []).append(Refused(made.text, why))
        return verdict

    return judged
