"""A text's content words, cut the same way wherever words of the two languages are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
# a run of Han, a number with its separators, or a Latin (or other) word with inner marks: GPT-4 → gpt, 4
PIECE = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+|\d+(?:[.,]\d+)*|[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_\u3400-\u9fff]+)?"
)
_STOP = """
a an the of to in on at by for from with as is are was were be been being am it its this that these those and or but
which who whom whose what you your we our us they them their he his him she her i me my do does did has have had will
would can could should may might must shall so if then than there here when where how also just into about over
very more most some any all each such no not only own same too s t re ve ll d m don doesn isn aren didn won
的 了 是 在 和 与 及 或 也 都 就 而 但 并 把 被 将 让 使 从 到 对 向 为 以 于 之 其 这 那 这个 那个 这些 那些 一个
一种 一些 它 它们 他 他们 她 我 我们 你 你们 您 自己 着 过 地 得 吗 呢 吧 啊 有 会 能 可以 可 要 还 又 很 更 最
等 中 上 下 里 内 后 前 时 当 所 因为 所以 如果 那么 则 即 这样 那样 如何 什么 怎么 并且 以及 而且 但是 然后 由
"""
STOP = frozenset(_STOP.split())


def words(text: str) -> tuple[str, ...]:
    """Give the content words of a text in either language, in order: Han by jieba, the rest folded and stemmed.

    >>> words("我们发布了 GPT-4 的新版本。"), words("We released new versions of GPT-4.")
    (('发布', 'gpt', '4', '新', '版本'), ('releas', 'new', 'version', 'gpt', '4'))
    """
    found: list[str] = []
    for piece in PIECE.findall(unicodedata.normalize("NFKC", text).lower()):
        if HAN_RUN.match(piece):
            found.extend(w for w in segmenter().cut(piece, HMM=False) if w not in STOP)
        elif piece[0].isdigit():
            found.append(piece.replace(",", ""))
        elif piece not in STOP:
            found.append(stem(piece))
    return tuple(found)


def stem(word: str) -> str:
    """Cut the commonest English endings, so that inflected forms meet. Lighter than Porter's: no tables.

    >>> [stem(w) for w in ("models", "libraries", "training", "trained", "class", "using", "used")]
    ['model', 'library', 'train', 'train', 'class', 'us', 'us']
    """
    word = re.sub(r"['’].*", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) - len(ending) >= 2 and word.endswith(ending) and re.search("[aeiouy]", word[: -len(ending)]):
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word


_PART = 500  # characters that jieba is given at once: its time grows with the square of a repeated rare one (10⁵: 34 s)


class Segmenter:
    """jieba's tokeniser, given long texts in parts."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def cut(self, text: str, *, HMM: bool = True) -> Iterator[str]:  # noqa: N803  # named as in jieba
        for start in range(0, len(text), _PART):
            yield from self._tokenizer.cut(text[start : start + _PART], HMM=HMM)


@cache
def segmenter() -> Segmenter:
    """Give jieba's tokeniser, its dictionary read from its own package only.

    jieba would read, and write, a marshalled cache with a known name in the shared temporary folder, where anybody may
    have put one; building the table anew costs under a second.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has invalid escapes, and it imports pkg_resources
        import jieba
    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return Segmenter(tokenizer)
