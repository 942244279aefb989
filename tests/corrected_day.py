"""A day as a build leaves it, and corrections of it, for the tests."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "render"))

from sample_day import OUTLINED, RICH

from digest.corrected import corrected
from digest.foot import quality_of
from digest.model import Line, MadeBy, Override, Verdict
from digest.recorded import digest_of
from digest.render.site import json_text

SURE = Verdict(0.9, True, "same", (), 0.4)
DOUBT = Verdict(0.2, False, None, ("numbers:3≠4",))
# Its counts are those of its lines, its numbers those of its file.
BUILT = digest_of(
    json_text(replace(RICH, quality=quality_of(RICH.abstracts, RICH.failures, RICH.newly, RICH.rest))), "a day"
)


def believing(zh: Line, en: Line, made_by: MadeBy) -> Verdict:
    """Judge what somebody wrote: all is well unless it says that it is not."""
    assert made_by == "human"
    return DOUBT if "可疑" in zh.text else SURE


def asked(zh: Line, en: Line, made_by: MadeBy) -> Verdict:
    raise AssertionError(f"nothing was to be judged: {zh.text}")


def reject(name: str, reason: str = "说的不是一回事") -> Override:
    return Override(name, None, None, reason, on=date(2025, 5, 1), by="Ann")


def reword(name: str, zh: str | None = None, en: str | None = None) -> Override:
    return Override(name, zh, en, "a slip")


# One of each kind: a pair, one whose new words are doubted, a line that gets a translation, a heading, a title, a pair
# of a post that is newly translated.
OVERRIDES = (
    reject("00000001"),
    reword("00000003", zh="可疑：把 `force_words_ids` 交给 `model.generate()` 就行。"),
    reword("00000017", zh="在一块 GPU 上运行 `make bench`。"),
    reword("00000041", zh="例：强制单词"),
    reword(f"p-{OUTLINED.id}", zh="受约束的束搜索"),
    reject("00000033"),
)
CORRECTED = corrected(BUILT, OVERRIDES, believing)[0]
