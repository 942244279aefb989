"""The Latin names of both lines, and whether one was lost or swapped; names put into Chinese are not looked for."""

from __future__ import annotations

import re
from collections import Counter

from digest.align.judge.text import CODE, Text, letters

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+#_/][A-Za-z0-9]+)*[+#]*")
STANDS_OUT = re.compile(r"[a-z0-9][A-Z]|[A-Z]{3}|[A-Za-z]\d")
# Abbreviations that Chinese often writes in Han (人工智能, 显卡, 接口 …): their absence says little.
_OFTEN_TRANSLATED = """
ai ml nlp llm llms gpu gpus cpu cpus api apis ram vram ui gui os url urls cli qa tv pc pcs uk usa us un eu ceo dna rna
faq pr id ids pdf db ide sms gps gdp ngo wwii bbc id3 hr it r&d
"""
OFTEN_TRANSLATED = frozenset(_OFTEN_TRANSLATED.split())


def names(prose: str) -> list[str]:
    return list(dict.fromkeys(n for n in NAME.findall(prose) if len(n) > 1))


def strange_names(zh: Text, en: Text) -> tuple[list[str], list[str]]:
    """Give the Latin names of the Chinese line that the English one has not, and those of the English one likewise.

    English names count where they stand out by their spelling (GPT, DeepSpeed, A100): these are seldom put into
    Chinese.
    """
    left, right = names(zh.prose), names(en.prose)
    lost = [name for name in left if not _named(name, right, en)]
    added = [n for n in right if STANDS_OUT.search(n) and not _named(n, left, zh)]
    return lost, added


def name_features(zh: Text, en: Text) -> dict[str, float]:
    """Say how the names and the code of two lines differ."""
    lost, added = strange_names(zh, en)
    rare = [name for name in added if name.lower() not in OFTEN_TRANSLATED]
    code = [{letters(c) for c in CODE.findall(side.raw)} - {""} for side in (zh, en)]
    return {
        "names lost": min(len(lost), 3.0),
        "name lost": float(bool(lost)),
        "names added": min(len(rare), 3.0),
        "name added": float(bool(rare)),
        "name added, often translated": float(len(added) > len(rare)),
        "names swapped": float(bool(lost and added)),
        "names shifted": float(_shifted(zh.prose, en.prose)),
        "code lost": min(len(code[0] - code[1]), 2.0) if code[1] else 0.0,
        "code swapped": float(bool(code[0] - code[1] and code[1] - code[0])),
    }


def _shifted(zh: str, en: str) -> bool:
    """Tell whether a name stands more often in Chinese and another one, that stands out, more often in English."""
    left, right = (Counter(_stem(name) for name in NAME.findall(side) if len(name) > 1) for side in (zh, en))
    marked = {_stem(name) for name in NAME.findall(en) if STANDS_OUT.search(name)}
    more = any(count > right[name] for name, count in left.items() if name in right or name in marked)
    return more and any(right[name] > left[name] for name in marked)


def _named(name: str, others: list[str], other: Text) -> bool:
    """Tell whether the other line has the name: spelt alike, in the plural, inside another, or as initials."""
    key = _stem(name)
    text = letters(other.raw)
    if key in text or key.removesuffix("s") in text:
        return True
    if any(len(_stem(o)) > 2 and _stem(o) in key for o in others):
        return True
    return name.removesuffix("s").isupper() and name.removesuffix("s").lower() in _initials(other)


def _stem(name: str) -> str:
    key = letters(name)
    return key[:-3] if key.endswith("ing") and len(key) > 6 else key


def _initials(text: Text) -> str:
    return "".join(word[0] for word in re.findall(r"[a-z]+", text.prose.lower()))
