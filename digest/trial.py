"""A few lines of our own through the engines and the judge: what are they worth? (edge)"""

from __future__ import annotations

from collections.abc import Iterator

from digest.align.embed import Embedder, load_embedder
from digest.align.lexicon import load_lexicon
from digest.filling import Translators, judge_of
from digest.model import Line
from digest.translate.loop import Wanted, fill

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


def tried(by: Translators, embedder: Embedder | None = None) -> Iterator[str]:
    """Say for three lines of each language what the engines make of them, and what the judge says of that."""
    judge = judge_of(embedder or load_embedder(), load_lexicon())
    for source, target in (("en", "zh"), ("zh", "en")):
        if not by.serve(source, target):
            continue
        wanted = [Wanted(line) for line in LINES[source]]
        got = fill(wanted, by.engines, judge, source=source, target=target, keep=by.keep)
        for line, made in zip(LINES[source], got.lines, strict=True):
            yield line.text
            if made is None:
                yield "    not translated: nothing that was answered could be verified"
            else:
                yield f"    {made.line.text}  ({made.engine}; {made.verdict.grade} {made.verdict.score:.2f})"
        if got.refused:
            yield "    refused: " + ", ".join(f"{name} {count}" for name, count in got.refused.items())
        yield from (f"    {failure}" for failure in got.failures)
