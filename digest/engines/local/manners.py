"""What was measured of particular models: how much doubt is too much, and which words they get wrong by habit.

Read off by benchmarks/engine_mt.py; a model of which nothing was measured has no limit and no habits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from digest.align.words import words
from digest.engines.local.folder import Installed


@dataclass(frozen=True, slots=True)
class Habit:
    """A word that a model puts into the wrong one: its translation, and the stems by which the wrong ones are known."""

    said: str
    wrong: frozenset[str]


@dataclass(frozen=True, slots=True)
class Manners:
    """`most_doubt`: an answer that the model doubts more is none (LocalModel says what doubt is); None: no limit."""

    most_doubt: float | None = None
    habits: Mapping[str, Habit] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Name them in four hex digits, "" where there are none: answers depend on them."""
        if self.most_doubt is None and not self.habits:
            return ""
        said = [(word, habit.said, sorted(habit.wrong)) for word, habit in sorted(self.habits.items())]
        return hashlib.sha256(repr((self.most_doubt, said)).encode()).hexdigest()[:4]

    def shown(self, asked: str, answer: str) -> dict[str, str]:
        """Give the words of a line whose wrong translation stands in the answer, with the right one."""
        said = set(words(answer))
        return {
            word: habit.said
            for word, habit in self.habits.items()
            if word in asked and not habit.wrong.isdisjoint(said)
        }


def _habits(*rows: tuple[str, str, str]) -> Mapping[str, Habit]:
    return {word: Habit(said, frozenset(wrong.split())) for word, said, wrong in rows}


# The limit is about the 80 % quantile of doubt among right lines (173 labelled; 30 of 46 wrong ones are above it).
# Habits are words that the model puts otherwise than people do on 2,373 lines of other posts, chosen by hand: 25.
MANNERS: Mapping[str, Manners] = {
    "argos-zh_en-1.9": Manners(
        1.67,
        _habits(
            ("任务", "task", "mission"),
            ("指令", "instruction", "command directiv"),
            ("解码器", "decoder", "decodor"),
            ("分词器", "tokenizer", "syllabl symmetry"),
            ("仓库", "repository", "warehous"),
            ("语音", "speech", "voic"),
            ("架构", "architecture", "structur"),
            ("指标", "metric", "indicator"),
            ("评估", "evaluation", "assessment"),
            ("基准", "benchmark", "baselin"),
            ("解码", "decoding", "decoder"),
            ("奖励", "reward", "incentiv"),
            ("流水线", "pipeline", "flow lin"),
            ("张量", "tensor", "sheet"),
            ("残差", "residual", "disability"),
            ("注意力", "attention", "focus"),
            ("精度", "precision", "accuracy"),
            ("提示", "prompt", "hint tip"),
            ("显存", "GPU memory", "visibility"),
            ("推理", "inference", "reason"),
            ("量化", "quantization", "quantifi quantification quantify quantitativ"),
            ("延迟", "latency", "delay"),
            ("扩散", "diffusion", "proliferation"),
            ("标注", "annotation", "mark"),
            ("片段", "snippet", "clip"),
        ),
    )
}


def manners_of(model: Installed) -> Manners:
    """Give what is known of a model by its name and version."""
    return MANNERS.get(model.name, Manners())
