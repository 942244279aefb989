"""Lines cut into the pieces that terms are made of: Chinese tokens and English words, each with its place."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.align.lexicon import Scores
from digest.align.words import HAN_RUN, STOP, segmenter, stem
from digest.model import Line

LATIN = r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9]*(?:[-–‑.'’/+][A-Za-zÀ-ɏ0-9]+)*\+*"
_PIECE = re.compile(rf"(?P<han>{HAN_RUN.pattern})|(?P<latin>{LATIN})")
_WORD = re.compile(LATIN)
# what may stand between two tokens of one term: nothing, blanks, or a hyphen between Chinese words
_JOINT = re.compile(r"[ \t\u00a0]?(?:[-–‑][ \t\u00a0]?)?")
_EN_JOINT = re.compile(r"[ \t\u00a0]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word at `start`…`end` of its line; the tokens of one `run` stand side by side."""

    text: str
    start: int
    end: int
    run: int
    han: bool = False


def zh_tokens(line: Line) -> tuple[Token, ...]:
    """Cut a Chinese line into words, Han by jieba; a code span ends a run and has no tokens."""
    found: list[Token] = []
    run, last = 0, -1
    for match in _PIECE.finditer(line.text):
        if _in_code(line, match.start(), match.end()):
            last = -1
            continue
        if last < 0 or not _JOINT.fullmatch(line.text, last, match.start()):
            run += 1
        last = match.end()
        if match["latin"]:
            found.append(Token(match["latin"], match.start(), match.end(), run))
            continue
        place = match.start()
        for word in segmenter().cut(match["han"], HMM=False):
            found.append(Token(word, place, place + len(word), run, han=True))
            place += len(word)
    return tuple(found)


def en_tokens(line: Line) -> tuple[Token, ...]:
    """Cut an English line into words; what no blank alone joins to the word before begins a run, as does code."""
    found: list[Token] = []
    run, last = 0, -1
    for match in _WORD.finditer(line.text):
        if _in_code(line, match.start(), match.end()):
            last = -1
            continue
        if last < 0 or not _EN_JOINT.fullmatch(line.text, last, match.start()):
            run += 1
        last = match.end()
        found.append(Token(match[0], match.start(), match.end(), run))
    return tuple(found)


def _in_code(line: Line, start: int, end: int) -> bool:
    return any(a < end and start < b for a, b in line.code)


def han_count(text: str) -> int:
    """Count Han characters.

    >>> han_count("LoRA 适配器")
    3
    """
    return sum(len(run) for run in HAN_RUN.findall(text))


def content(phrase: str) -> tuple[str, ...]:
    """Give the content words of an English phrase as stems; a hyphen parts words, and the last one always counts.

    >>> content("graphs of the Language Models"), content("decoder-only")
    (('graph', 'languag', 'model'), ('decoder', 'only'))
    """
    pieces = re.findall(r"[^\W_]+", phrase.lower())
    return tuple(stem(piece) for k, piece in enumerate(pieces) if piece not in STOP or k == len(pieces) - 1)


@lru_cache(maxsize=1 << 16)
def key_of(phrase: str) -> str:
    """Give what forms of one English term share: case, hyphens, and plurals do not count.

    >>> key_of("Fine-Tuned  Models") == key_of("fine tuned model"), key_of("LLMs") == key_of("LLM")
    (True, True)
    """
    folded = unicodedata.normalize("NFKC", phrase).casefold()
    return " ".join(singular(word) for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?[+#]*", folded))


def singular(word: str) -> str:
    """Give the singular of a lower-case English noun, by rule.

    >>> [singular(w) for w in ("models", "libraries", "losses", "bias", "corpus", "boxes", "gpus", "class")]
    ['model', 'library', 'loss', 'bias', 'corpus', 'box', 'gpu', 'class']
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "as", "os", "rpus", "itus", "atus")):
        return word[:-1]
    return word


def zh_key(term: str) -> str:
    """Give what forms of one Chinese term share: width, case and blanks do not count.

    >>> zh_key("编码器 - 解码器") == zh_key("编码器-解码器"), zh_key("LoRA 适配器") == zh_key("lora适配器")
    (True, True)
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", term).casefold())


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of each side's words finds a partner in the other, 0…1; `least`: of the word that finds least."""

    zh: float
    en: float
    least: float


def cover(zh: Sequence[Token], en: Sequence[str], lexicon: Scores) -> Cover:
    """Match the tokens of a Chinese term with the stems of an English one, by lexicon or the same spelling."""
    rows = [[_likeness(token, word, lexicon) for word in en] for token in zh]
    if not rows or not en:
        return Cover(0.0, 0.0, 0.0)
    zh_best = [max(row) for row in rows]
    en_best = [max(column) for column in zip(*rows, strict=True)]
    weights = [float(len(token.text)) if token.han else 2.0 for token in zh]
    share = sum(w * b for w, b in zip(weights, zh_best, strict=True)) / sum(weights)
    repeats = len(en) - len(set(en)) > len(zh) - len({token.text for token in zh})  # 序列 is not sequence to sequence
    return Cover(share, sum(en_best) / len(en_best), 0.0 if repeats else min(*zh_best, *en_best))


def _likeness(token: Token, word: str, lexicon: Scores) -> float:
    if not token.han:
        return float(word in content(token.text))
    return min(1.0, 2.0 * math.sqrt(lexicon.scores(token.text).get(word, 0.0)))


def runs(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Give the tokens run by run."""
    start = 0
    for i in range(1, len(tokens) + 1):
        if i == len(tokens) or tokens[i].run != tokens[start].run:
            yield tokens[start:i]
            start = i
