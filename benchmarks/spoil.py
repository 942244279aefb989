"""Ways to spoil a good pair, for fitting the judge (not corrupt.py's: other choices of place, word and wording).

Each spoiler takes a pair and a random generator and gives the spoiled (zh, en), or None where the pair has no place
for it. A spoiler's grade says what is left of the pair: "part" still says the same sentence with something dropped or
added, "wrong" does not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from silver import SilverPair, SilverPost

Pair = tuple[str, str]
Spoiler = Callable[[SilverPair, SilverPost, random.Random], Pair | None]

EN_CLAUSE = re.compile(
    r"(?<=[,;:—])\s+|\s+(?=(?:and|but|which|while|because|so that|with|using|for example)\s)|\s(?=\()"
)
ZH_CLAUSE = re.compile(r"(?<=[，；：、])|(?=[（(])|(?<=[）)])")


def _without_one(text: str, pattern: re.Pattern[str], joiner: str, rng: random.Random) -> str | None:
    """Leave out one of the clauses that make 12 to 70 % of a text."""
    parts = [p for p in pattern.split(text) if p and p.strip()]
    places = [i for i, p in enumerate(parts) if 0.12 * len(text) < len(p) < 0.7 * len(text)]
    if len(parts) < 2 or not places:
        return None
    i = rng.choice(places)
    left = parts[:i] + parts[i + 1 :]
    text_end = text.rstrip()[-1]
    made = joiner.join(left).strip()
    if i == len(parts) - 1 and rng.random() < 0.5:  # half of them end as a sentence does
        made = made.rstrip(" ,;:，；：、—") + (text_end if not text_end.isalnum() else "")
    return made


def drop_en(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    made = _without_one(pair.en, EN_CLAUSE, " ", rng)
    return (pair.zh, made) if made else None


def drop_zh(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    made = _without_one(pair.zh, ZH_CLAUSE, "", rng)
    return (made, pair.en) if made else None


def half_en(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    words = pair.en.split()
    if len(words) < 9:
        return None
    cut = round(len(words) * rng.uniform(0.4, 0.6))
    part = words[:cut] if rng.random() < 0.7 else words[cut:]
    return pair.zh, " ".join(part)


def half_zh(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    if len(pair.zh) < 16:
        return None
    cut = round(len(pair.zh) * rng.uniform(0.4, 0.6))
    return (pair.zh[:cut] if rng.random() < 0.7 else pair.zh[cut:]), pair.en


def truncated(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    if len(pair.en.split()) < 9:
        return None
    return pair.zh, pair.en[: int(len(pair.en) * rng.uniform(0.6, 0.85))].rstrip()


def truncated_zh(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    return (pair.zh[: int(len(pair.zh) * rng.uniform(0.6, 0.85))], pair.en) if len(pair.zh) > 15 else None


def sentence_lost(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    """Leave one sentence out of a bead with several on a side."""
    sides = [s for s in (0, 1) if len((pair.zh_parts, pair.en_parts)[s]) > 1]
    if not sides:
        return None
    side = rng.choice(sides)
    parts = list((pair.zh_parts, pair.en_parts)[side])
    del parts[rng.randrange(len(parts))]
    return ("".join(parts), pair.en) if side == 0 else (pair.zh, " ".join(parts))


def neighbour_added(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    """Add the sentence before or after to one side."""
    side, place = rng.randrange(2), rng.randrange(2)
    more = (pair.around_zh, pair.around_en)[side][place]
    if len(more) < 10:
        return None
    if side == 0:
        return (more + pair.zh if place == 0 else pair.zh + more), pair.en
    return pair.zh, (f"{more} {pair.en}" if place == 0 else f"{pair.en} {more}")


def neighbour(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    more = pair.around_en[rng.randrange(2)]
    return (pair.zh, more) if len(more.split()) > 4 else None


def other_line(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    made = rng.choice(post.en_lines)
    return (pair.zh, made) if made not in pair.en and pair.en not in made and len(made.split()) > 4 else None


def number(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    side = rng.randrange(2)
    text = (pair.zh, pair.en)[side]
    found = list(re.finditer(r"(?<![\w.,-])\d+(?:\.\d+)?(?![\w,.-]*\d)", text))
    if not found:
        return None
    m = rng.choice(found)
    old = m.group()
    new = old
    while new == old:
        if "." in old or rng.random() < 0.5:
            at = rng.randrange(len(old))
            new = old[:at] + (str(rng.randrange(10)) if old[at] != "." else ".") + old[at + 1 :]
        else:
            new = str(int(old) + rng.choice([-1, 1, 2, 5, 10, 100, 3 * int(old)]))
    made = text[: m.start()] + new + text[m.end() :]
    return (made, pair.en) if side == 0 else (pair.zh, made)


_UNITS = {
    "million": "billion", "billion": "million", "thousand": "million", "trillion": "billion", "万": "亿", "亿": "万",
    "K": "M", "k": "M", "M": "B", "B": "T", "MB": "GB", "GB": "MB", "%": "x", "百万": "十亿", "十亿": "百万",
    "seconds": "hours", "hours": "minutes", "minutes": "days", "days": "weeks", "小时": "分钟", "分钟": "小时",
    "秒": "天", "kg": "g", "km": "m", "TB": "GB",
}  # fmt: skip
_UNIT = re.compile(
    r"\b(?:million|billion|thousand|trillion)\b|(?<=\d)\s?(?:MB|GB|TB|[KMBk])\b|(?<=\d)\s?(?:百万|十亿|[万亿])|"
    r"(?<=\d)\s?%|(?<=\d) (?:seconds|hours|minutes|days|km|kg)\b|(?<=\d)\s?(?:小时|分钟|秒)"
)


def unit(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    sides = [s for s in (0, 1) if _UNIT.search((pair.zh, pair.en)[s])]
    if not sides:
        return None
    side = rng.choice(sides)
    text = (pair.zh, pair.en)[side]
    m = rng.choice(list(_UNIT.finditer(text)))
    old = m.group().strip()
    made = text[: m.start()] + m.group().replace(old, _UNITS[old]) + text[m.end() :]
    return (made, pair.en) if side == 0 else (pair.zh, made)


_NEGATED_EN = re.compile(r"\b(?:not|never|no|cannot|without|nor|neither|none|nothing|hardly|unable)\b|n['’]t\b", re.I)
_NEGATED_ZH = re.compile("不|没|无|非|未|别|勿")


def negate_en(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    if _NEGATED_EN.search(pair.en):
        return None
    found = list(re.finditer(
        r"\b(?:is|are|was|were|can|will|should|must|could|would|may|might|has|have|do|does)\b", pair.en))  # fmt: skip
    if found:
        m = rng.choice(found)
        made = pair.en[: m.end()] + rng.choice([" not", " not", " never", " no longer"]) + pair.en[m.end() :]
        return pair.zh, made
    m = re.search(r"\b(?:we|you|they|I)\s+(?=[a-z]+\b)", pair.en)
    return (pair.zh, pair.en[: m.end()] + rng.choice(["don't ", "never "]) + pair.en[m.end() :]) if m else None


def affirm_en(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    found = _NEGATED_EN.findall(pair.en)
    if len(found) != 1 or not re.search(r"\b(?:not|never|cannot)\b|n['’]t\b", pair.en) or "not only" in pair.en:
        return None
    made = re.sub(r"\bcannot\b", "can", re.sub(r"\s*\b(?:not|never)\b|n['’]t\b", "", pair.en))
    return pair.zh, made


def affirm_zh(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    found = list(re.finditer("没有|无法|并非|不能|不会|不是|不要|不需要|无需|不|没|未", pair.zh))
    if len(_NEGATED_ZH.findall(pair.zh)) != 1 or not found or not _NEGATED_EN.search(pair.en):
        return None
    m = found[0]
    new = {"无法": "可以", "不能": "能", "不会": "会", "不是": "是", "不要": "要", "不需要": "需要", "无需": "需要"}
    return pair.zh[: m.start()] + new.get(m.group(), "") + pair.zh[m.end() :], pair.en


def negate_zh(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    if _NEGATED_ZH.search(pair.zh) or _NEGATED_EN.search(pair.en):
        return None
    found = list(re.finditer("可以|能够|应该|需要|是(?!否)|会|能(?!力|源)|要(?!求|点)", pair.zh))
    if not found:
        return None
    m = rng.choice(found)
    return pair.zh[: m.start()] + rng.choice(["不", "并不"]) + pair.zh[m.start() :], pair.en


_NAME = re.compile(r"(?<![\w./-])(?:[A-Z][a-z]*[A-Z0-9]\w*|[A-Z]{3,}|[A-Z][a-z]{3,})(?![\w/])")


def name(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    """Put another name of the post, or one of a few, in a name's place on either side."""
    side = rng.randrange(2)
    text = (pair.zh, pair.en)[side]
    found = [m for m in _NAME.finditer(text) if m.start() > 0 or not m.group()[1:].islower()]
    if not found:
        return None
    m = rng.choice(found)
    others = sorted({n for line in post.en_lines for n in _NAME.findall(line) if not n[1:].islower()} | _NAMES)
    made = text[: m.start()] + rng.choice([n for n in others if n.lower() != m.group().lower()]) + text[m.end() :]
    return (made, pair.en) if side == 0 else (pair.zh, made)


_NAMES = {"PyTorch", "TensorFlow", "GPT-4", "BERT", "NVIDIA", "OpenAI", "Google", "JAX", "ResNet", "Llama", "AWS"}


def leftover(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    words = pair.en.split()
    if len(words) < 6:
        return None
    share = rng.uniform(0.35, 0.65)
    tail = words[int(len(words) * share) :]
    return (pair.zh[: int(len(pair.zh) * share)] + " " + " ".join(tail), pair.en) if len(tail) >= 3 else None


def repeated(pair: SilverPair, post: SilverPost, rng: random.Random) -> Pair | None:
    """Say a clause of one side twice: what models do that loop."""
    parts = [p for p in EN_CLAUSE.split(pair.en) if p and len(p) > 12]
    if not parts:
        return None
    part = rng.choice(parts)
    return pair.zh, pair.en.replace(part, f"{part} {part}", 1)


SPOILERS: dict[str, tuple[Spoiler, str]] = {
    "other line": (other_line, "wrong"),
    "neighbour": (neighbour, "wrong"),
    "neighbour added": (neighbour_added, "wrong"),
    "sentence lost": (sentence_lost, "wrong"),
    "half en": (half_en, "wrong"),
    "half zh": (half_zh, "wrong"),
    "drop en": (drop_en, "part"),
    "drop zh": (drop_zh, "part"),
    "truncated": (truncated, "part"),
    "truncated zh": (truncated_zh, "part"),
    "repeated": (repeated, "part"),
    "leftover": (leftover, "wrong"),
    "number": (number, "wrong"),
    "unit": (unit, "wrong"),
    "negate en": (negate_en, "wrong"),
    "affirm en": (affirm_en, "wrong"),
    "negate zh": (negate_zh, "wrong"),
    "affirm zh": (affirm_zh, "wrong"),
    "name": (name, "wrong"),
}


def spoiled(
    pair: SilverPair, post: SilverPost, rng: random.Random, kinds: Sequence[str] = tuple(SPOILERS)
) -> list[tuple[str, Pair]]:
    """Give every spoiled form of a pair that differs from it."""
    found = []
    for kind in kinds:
        made = SPOILERS[kind][0](pair, post, rng)
        if made and made != (pair.zh, pair.en) and all(side.strip() for side in made):
            found.append((kind, made))
    return found
