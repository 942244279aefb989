"""Whether the English line denies what the Chinese one does not, by the words of each language that deny."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from digest.align.text import Finding, Text

EN_NEGATION = re.compile(r"\b(?:not|never|cannot)\b|\w+n['’]t\b", re.I)
EN_NO_NEGATION = re.compile(r"\b(?:why|if|or) not\b|\bnot (?:necessarily|to mention)\b", re.I)
NOT_ONLY = re.compile(r"\b(?:not|\w+n['’]t)(?: \w+){0,3} (?:only|just|merely|simply|limit)|\bnot\b.*\bbut\b", re.I)
ZH_NOT_ONLY = re.compile("不仅|不只|不但|不光|不止|不单|不限|并非|而是")
ZH_NEGATIVE = re.compile(r"[不没沒无無非未别別勿莫否免拒禁]|而是|停止|防止|罕|远离|差(?![不异别])")
# Chinese words that deny in a milder way: they count unless the English line has its own word for them.
ZH_MILD = (
    (re.compile("难"), re.compile(r"hard|difficult|tough|trivial|challeng|tricky", re.I)),
    (re.compile("缺|不足"), re.compile(r"lack|missing|short|insufficient|absen", re.I)),
    (re.compile("失败|失去"), re.compile(r"fail|los[et]", re.I)),
    (re.compile("避"), re.compile(r"avoid|prevent", re.I)),
    (re.compile("除了|除非|之外|以外"), re.compile(r"except|besides|apart|other than|aside|unless", re.I)),
    (re.compile("仅|只"), re.compile(r"only|just|merely|few", re.I)),
)
# Words that hold such a character and deny nothing.
_ZH_NO_NEGATION = """
非常 不仅 不仅仅 不但 不断 不同 不止 不只 不光 无论 无论是 不管 不论 未来 除非 非凡 无缝 无限 无数
不少 不久 不错 差不多 不得不 不妨 无疑 不过 不禁 南非 非洲 无线 无人机 无监督 特别 分别 区别 级别 别人
类别 性别 识别 个别 個别 否则 是否 能否 与否 误差 偏差 时差 相差 温差 差距 不等 不一 无所不能 莫过于
无处不在 免费 不可或缺 不可思议 不可避免
"""
ZH_NO_NEGATION = frozenset(_ZH_NO_NEGATION.split())


def check_negation(zh: Text, en: Text) -> Iterator[Finding]:
    """Find an English line that denies against a Chinese one that does not. The other way round is noise (measured)."""
    prose = EN_NO_NEGATION.sub(" ", en.prose)
    if ZH_NOT_ONLY.search(zh.prose):
        prose = NOT_ONLY.sub(" ", prose)
    denials = EN_NEGATION.findall(prose)
    if not denials or any(mild.search(zh.prose) and not own.search(en.prose) for mild, own in ZH_MILD):
        return
    if re.search(r"\buntil\b", prose, re.I) and re.search("才|直到|之前", zh.prose):
        return
    if not ZH_NEGATIVE.search(zh.prose) or not _zh_denials(zh.prose):
        yield Finding(f"negation:{denials[0].lower()}", True)


def _zh_denials(prose: str) -> int:
    """Count the words of a Chinese line that deny something, by jieba's segmentation."""
    words = _segmenter().lcut(prose, HMM=False)
    return sum(bool(ZH_NEGATIVE.search(word)) and word not in ZH_NO_NEGATION for word in words)


@cache
def _segmenter() -> Any:
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
    return tokenizer
