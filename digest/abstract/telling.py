"""What can be seen of a unit that tells whether it states a thing that an abstract of its post must not miss.

These are traits of place and reference: whether others in the post say the same, whether it speaks of what the post
speaks of most, whether somebody says what they did, what came out, in figures. Names are counted within the post:
Latin words that look like names, which Chinese texts of technology hold too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.abstract.lexrank import terms
from digest.abstract.measures import name_words, words
from digest.abstract.sections import Stand
from digest.abstract.unit import Unit

Values = NDArray[np.float64]
I = re.IGNORECASE  # noqa: E741

MOST_NAMES = 3  # of a post, that count as what it speaks of
SUBJECT = 40  # characters in which a line names what it speaks of
ECHO = 0.6  # cosine from which on another section says much the same
END_DECAY = 12.0

DOING = re.compile(
    r"\b(?:we|our (?:team|group|\w+ team)|I)\b(?: (?:are|were|have|['’]ve|also|now|just|recently|today|therefore|"
    r"\w+ly|happy|excited|proud|thrilled|delighted|pleased|glad|to))*(?:['’](?:re|ve))?"
    r"(?: (?:are|have|also|now|just|\w+ly|happy|excited|proud|thrilled|delighted|pleased|glad|to|very|super|so))* "
    r"(?:announc|releas|introduc|present|launch|propos|publish|build|built|creat|develop|train|found|find|show|achiev|"
    r"open[- ]sourc|collaborat|partner|integrat|add|support|reproduc|replac|acquir|join|measur|observ|reach|reduc|"
    r"improv|shar|design|provid|benchmark|compar|evaluat|collect|contribut|made|make|offer|implement|demonstrat|"
    r"obtain|got|bring|brought)\w*\b|"
    r"我们.{0,8}?(?:发布|推出|宣布|提出|构建|开源|训练|发现|实现|集成|合作|开发|设计|支持|证明|观察|达到|引入|增加|收购|复现|比较|测试|评估)",
    I,
)
NEWS = re.compile(
    r"\b(?:announc\w+|releas(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|launch\w*|unveil\w*|join(?:s|ed|ing)|acquir\w+|"
    r"now (?:available|supports?|possible|part of)|is (?:now )?available|open[- ]sourced?|"
    r"new (?:version|release|feature|model|library|api|way|tool)s?|first (?:open|large|model|version|public))\b|"
    r"发布|推出|宣布|开源|上线|新(?:版|增|功能|模型|工具)|加入|收购|首个",
    I,
)
OUTCOME = re.compile(
    r"\b(?:outperform\w*|(?:better|faster|slower|cheaper|smaller|larger|higher|lower|fewer|less|more) than|than|"
    r"compared (?:to|with)|up to|as (?:much|little|few|low|high|fast) as|speed-?ups?|state[- ]of[- ]the[- ]art|"
    r"results?|achiev\w+|reach\w*|surpass\w*|improv\w+|reduc\w+|sav(?:e|es|ing)|only|trade-?offs?|best)\b|"
    r"优于|超过|超越|提升|提高|降低|减少|加速|达到|相比|仅需|节省|最佳|最先进",
    I,
)
MEASURED = re.compile(
    r"\d(?:[\d.,]*)\s*(?:%|x\b|×|times\b|percent\b|[KMGT]i?B\b|[BMK]\b|ms\b|seconds?\b|minutes?\b|hours?\b|days?\b|"
    r"billion\b|million\b|trillion\b|thousand\b|parameters?\b|tokens?\b|languages?\b|GPUs?\b|倍|％|亿|万|秒|毫秒|分钟|小时|天|种)|"
    r"[$€£¥]\s?\d",
    I,
)
LIMIT = re.compile(
    r"\b(?:however|but|limit\w*|drawbacks?|challeng\w*|problems?|costs?|risks?|cannot|not|without|although|while|despite|"
    r"unlike|instead of|rather than)\b|但|然而|局限|缺点|挑战|问题|成本|风险|无需|不需要|而不是",
    I,
)
IDENTITY = re.compile(r"^\W*(?:\S+\s+){0,6}?(?:is|are) (?:an?|the|our|one of)\b|^.{1,24}?是(?:一|由|基于|目前|我们)", I)


def telling(units: Sequence[Unit], prose: NDArray[np.bool_], stands: Sequence[Stand], title: str) -> dict[str, Values]:
    """Give these traits' values for every unit, by the trait's name; `prose` says which units are the post's text."""
    count = len(units)
    texts = [unit.text for unit in units]
    vectors = np.stack([unit.vector for unit in units]).astype(np.float64)
    places = [stands[unit.source[0].paragraph] for unit in units]
    section = np.array([place.section for place in places])
    found = _references(texts, prose, title)
    elsewhere = np.where((section[:, None] != section[None, :]) & prose[None, :], vectors @ vectors.T, 0.0)
    nearest = elsewhere.max(axis=1, initial=0.0)
    found["echo"] = nearest
    found["echoes"] = np.log1p((elsewhere > ECHO).sum(axis=1))
    sums = np.array([place.summing_up for place in places]) & prose
    found["like-summary"] = (vectors @ vectors[sums].T).max(axis=1) if sums.any() else np.zeros(count)
    found["has-summary"] = np.full(count, float(sums.any()))
    found["end"] = np.exp(-np.arange(count)[::-1] / END_DECAY)
    found["place"] = np.arange(count) / max(1, count - 1)
    sizes = Counter(section[prose].tolist())
    found["section-size"] = np.array([sizes[int(number)] / max(1, int(prose.sum())) for number in section])
    found["length"] = np.log1p([min(60.0, words(text)) for text in texts])
    for name, pattern in (
        ("doing", DOING), ("news", NEWS), ("outcome", OUTCOME), ("measured", MEASURED), ("limit", LIMIT),
        ("identity", IDENTITY),
    ):  # fmt: skip
        found[name] = np.array([bool(pattern.search(text)) for text in texts], dtype=np.float64)
    return found


def _references(texts: Sequence[str], prose: NDArray[np.bool_], title: str) -> dict[str, Values]:
    """Say how much a unit speaks of what the post and its title speak of."""
    named = [set(_names(text)) for text in texts]
    often = Counter(name for names, counts in zip(named, prose, strict=True) if counts for name in names)
    main = [name for name, times in sorted(often.items(), key=lambda each: (-each[1], each[0])) if times > 2]
    keys = set(main[:MOST_NAMES])
    most = max(often.values(), default=1)
    seen: set[str] = set()
    firsts = []
    for names, counts in zip(named, prose, strict=True):
        firsts.append(float(bool((names & keys) - seen) and bool(counts)))
        seen |= names if counts else set()
    wanted = set(terms(title))
    return {
        "key-name": np.array([max((often[name] / most for name in names), default=0.0) for names in named]),
        "key-first": np.array(firsts),
        "key-subject": np.array([bool(set(_names(text[:SUBJECT])) & keys) for text in texts], dtype=np.float64),
        "title-words": np.array([len(wanted & set(terms(text))) / max(1, len(wanted)) for text in texts]),
        "title-subject": np.array([bool(wanted & set(terms(text[:SUBJECT]))) for text in texts], dtype=np.float64),
    }


def _names(text: str) -> list[str]:
    """Give the words that look like names, in lower case and without what may stand behind them."""
    return [word.rstrip(".'’/-").lower() for word in name_words(text)]
