"""The Latin names of both lines, and whether one was lost or swapped; names put into Chinese are not looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.align.text import Finding, Text, letters

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+#_/][A-Za-z0-9]+)*[+#]*")


def check_names(zh: Text, en: Text) -> Iterator[Finding]:
    """Look for the Latin names of each line in the other; a name on both sides that is not shared is a swap."""
    left, right = names(zh.prose), names(en.prose)
    lost = [name for name in left if not _named(name, right, en)]
    # English names that stand out by their spelling (GPT, DeepSpeed, A100) are seldom put into Chinese.
    added = [n for n in right if re.search(r"[a-z0-9][A-Z]|[A-Z]{3}|[A-Za-z]\d", n) and not _named(n, left, zh)]
    if lost and added:
        yield Finding(f"names:{lost[0]}≠{added[0]}", True)
    elif added or len(lost) * 2 > len(left):
        yield Finding(f"names:{(lost or added)[0]}", False)


def names(prose: str) -> list[str]:
    return list(dict.fromkeys(n for n in NAME.findall(prose) if len(n) > 1))


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
