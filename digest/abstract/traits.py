"""What can be seen of a unit: of its wording, of its place in the post, of its meaning beside the rest of the post.

Each trait is the same question for both languages. Wording tells whether a line stands alone, place and meaning whether
it is worth a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.abstract.lexrank import lexrank
from digest.abstract.measures import HAN, LATIN, content_words, names, numbers, stem, words
from digest.abstract.sections import Stand
from digest.abstract.telling import telling
from digest.abstract.unit import Unit, Vector
from digest.abstract.wording import I_AND_ME, LEANING, NARRATIVE, YOU
from digest.model import Document, Paragraph

Values = NDArray[np.float64]
I = re.IGNORECASE  # noqa: E741

EASY_WORDS = (12, 30)  # what reads well
CONTENT_CAP = 18  # distinct content words beyond which a line gains nothing
LEAD_DECAY = 12.0  # units over which nearness to the lead falls to 1/e
OPENING = 8  # units of prose that count as the post's opening
NEAREST_SECTIONS = 8
SHOWN = ("code", "image", "table")  # what a paragraph may introduce or comment on

DEICTIC = re.compile(
    r"\b(?:this|these|those|such(?! as\b)|that (?=(?:way|case|approach|point)\b))\b|这|该|此(?!外|次|前)|上述|如此", I
)
PRONOUN = re.compile(r"\b(?:it|its|they|them|their|he|she|his|her|him|itself|themselves)\b|[它他她]", I)
MORE = re.compile(
    r"\b(?:also|too|another|others?|same|instead|both|similarly|again|still|even|further|already|only|latter|former|"
    r"rest|yet|first|second|third|next|then|now|previous(?:ly)?|earlier|later|respective(?:ly)?|either|neither|however|"
    r"therefore|thus|hence|so|accordingly|since|but)\b|也|另|其他|其余|同样|再|还|又|仍|前者|后者|分别|然而|因此|但",
    I,
)
WE = re.compile(r"\b(?:we|our|us|ours)\b|我们", I)
MODAL = re.compile(
    r"\b(?:would|could|might|may|should|must|need to|have to|want|hope|will|going to)\b|"
    r"可能|应该|必须|需要|希望|将(?!近)",
    I,
)
PAST = re.compile(
    r"\b(?:was|were|had|did|went|came|saw|got|made|took|thought|found|tried|started|decided|wanted)\b|了(?:一|，|。)", I
)
EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|such as|say|like)\b|例如|比如|譬如", I)
CLAIM = re.compile(
    r"\b(?:is|are|was|were) (?:an?|the|one of|built|based|trained|designed|able)\b|"
    r"\b(?:enables?|allows?|supports?|introduc(?:es?|ed)|provides?|releas(?:es?|ed)|achieves?|outperforms?|improves?|"
    r"reduces?|offers?|combines?|requires?|lets?|helps?|makes?)\b|"
    r"是(?:一|基于|由|目前|最)|支持|发布|推出|提供|实现|提高|降低|减少|允许|能够|优于|超过",
    I,
)
THERE_ARE = re.compile(
    r"^\W*(?:there (?:are|is|['’]s|were|was|have been)|one of the|another|some of the)\b|"
    r"^\W*(?:有(?:几|多|许多|很多|一些|两|三)|存在)",
    I,
)
STEP = re.compile(
    r"^\W*(?:once|after|now that|when|if|to|before|as usual|second|first|finally|next|then)\b.{0,60}?\b(?:we|you|I)\b|"
    r"^\W*(?:we|you|I) (?:can |could |also |then |now |first |next |simply |just )*(?:use|need|want|have to|must|"
    r"should|load|create|define|run|train|set|add|get|start|see|call|pass|take|compute|apply|compare|evaluate|verify|choose|"
    r"decided?|tried|showed|presented|discussed|provided|ran|wrote|cap|test(?:ed)?|recommend)\b|"
    r"^\W*(?:首先|其次|然后|最后|为了|要|一旦|如果|当|现在).{0,20}(?:我们|你|您)|^\W*(?:我们|你|您)(?:可以|需要|先|再|也)?(?:使用|加载|创建|定义|运行|"
    r"训练|设置|添加|获取|开始|调用|计算|比较|验证|选择)",
    I,
)
FEELING = re.compile(
    r"\b(?:super|awesome|amazing|excit(?:ed|ing)|thrilled|proud|happy|glad|pleas(?:ed|ure)|delighted|easy|simple|easily|"
    r"cool|fun|welcome|definitely|of course|as usual|just)\b|激动|兴奋|高兴|自豪|很(?:容易|简单)|轻松|非常简单",
    I,
)
# Finite verbs and modals that technical prose is made of: a line without any is no sentence, most likely.
FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|may|might|shall|should|must|cannot|"
    r"\w+n['’]t|\w+['’](?:s|re|ve|ll|d|m))\b|\b(?:[a-z]+(?:izes?|ises?|ates?|ifies|ows?|ains?|ides?|oves?|eases?|uces?|"
    r"ects?|ends?|ieves?|ables?|erforms?|akes?|ives?|ets?|uns?|ows?|orks?|elps?|eeds?|omes?|oes|ontains?|upports?|"
    r"ffers?|equires?|ses|ants?|hows?|eans?|ines?|ires?|ents?|ains|ores?|udes?|ists?|ats?))\b",
    I,
)
DEFINITE = re.compile(r"^\W*[Tt]he\s+([a-z][\w-]*)(?:\s+([\w-]+))?")
CODE_NAME = re.compile(r"^\W*[\w-]+(?:[_.][\w-]+)+\b")
NAMED = re.compile(r"\W*(?:[A-Z][\w-]*[A-Z0-9][\w-]*|[A-Z][a-z]+(?: [A-Z]\w+)+|[A-Za-z]+[A-Z]\w*)")


def traits(
    document: Document, units: Sequence[Unit], stands: Sequence[Stand], title_vector: Vector
) -> dict[str, Values]:
    """Give each trait's value for every unit, by the trait's name."""
    paragraphs = [document.paragraphs[unit.source[0].paragraph] for unit in units]
    prose = np.array([paragraph.kind in ("prose", "item") for paragraph in paragraphs])
    if not prose.any():
        prose[:] = True
    known = {stem(word) for word in LATIN.findall(document.title)}
    rows = [
        _wording(unit.text, known) | _place(document, unit, paragraph, stands[unit.source[0].paragraph])
        for unit, paragraph in zip(units, paragraphs, strict=True)
    ]
    found = {name: np.array([row[name] for row in rows], dtype=np.float64) for name in rows[0]}
    found["opening"] = np.exp(-np.arange(len(units)) / LEAD_DECAY)
    found["size"] = np.full(len(units), np.log(len(units) / 100))
    sections = np.array([stands[unit.source[0].paragraph].section for unit in units])
    found["lexrank"] = z_scored(lexrank([unit.text for unit in units], prose), prose)
    vectors = np.stack([unit.vector for unit in units]).astype(np.float64)
    found |= _meaning(vectors, title_vector, prose, sections)
    headings = np.array([paragraph.kind == "heading" for paragraph in paragraphs])
    found["headings"] = found["title"]
    if headings.any():
        found["headings"] = z_scored((vectors @ vectors[headings].T).mean(axis=1), prose)
    found["follows"] = _follows(units)
    return found | telling(units, prose, stands, document.title)


def _wording(text: str, known: set[str]) -> dict[str, float]:
    length, definite = words(text), DEFINITE.match(text)
    head = text[: max(24, len(text) // 4)]
    return {
        "short": max(0.0, EASY_WORDS[0] - length) / 6,
        "stub": length < 8,
        "long": max(0.0, length - EASY_WORDS[1]) / 10,
        "leaning": bool(LEANING.match(text)),
        "deictic": bool(DEICTIC.search(text)),
        "deictic-early": bool(DEICTIC.search(head)),
        "pronoun": bool(PRONOUN.search(text)),
        "definite": bool(definite) and not any(stem(word) in known for word in definite.groups() if word)
        if definite
        else False,
        "more": min(2, len(MORE.findall(text))),
        "we": bool(WE.search(text)),
        "you": bool(YOU.search(text)),
        "you-first": bool(YOU.match(text)),
        "I": bool(I_AND_ME.search(text)),
        "narrative": bool(NARRATIVE.search(text)),
        "modal": bool(MODAL.search(text)),
        "past": bool(PAST.search(text)),
        "example": bool(EXAMPLE.search(text)),
        "claim": bool(CLAIM.search(text)),
        "exclaims": "!" in text or "！" in text,
        "quotes": bool(re.search(r"[\"“「]", text)),
        "brackets": bool(re.search(r"[(（]", text)),
        "names": min(3, names(text)),
        "there-are": bool(THERE_ARE.match(text)),
        "step": bool(STEP.match(text)),
        "feeling": bool(FEELING.search(text)),
        "verbless": not FINITE.search(text) and not HAN.search(text),
        "code-first": bool(CODE_NAME.match(text)),
        "nameless": names(text) == 0,
        "named-first": bool(NAMED.match(text)),
        "numbers": min(3, numbers(text)),
        "content": min(CONTENT_CAP, content_words(text)) / 6,
    }


def _place(document: Document, unit: Unit, paragraph: Paragraph, stand: Stand) -> dict[str, float]:
    number, first = unit.source[0].paragraph, unit.source[0].start == 0
    last = unit.source[-1].end >= len(paragraph.text.rstrip())
    before = document.paragraphs[number - 1].kind if number else "heading"
    after = document.paragraphs[number + 1].kind if number + 1 < len(document.paragraphs) else "heading"
    return {
        "item": paragraph.kind == "item",
        "code": sum(end - start for sentence in unit.source for start, end in sentence.code) / max(1, len(unit.text)),
        "code-heavy": stand.code_heavy,
        "before-shown": after in SHOWN,
        "after-shown": before in SHOWN,
        "first": first,
        "last": last,
        "heads-section": before == "heading" and first,
        "announces": paragraph.text.rstrip().endswith((":", "：")),
        "lead": stand.lead,
        "summing-up": stand.summing_up,
    }


def _meaning(vectors: Values, title_vector: Vector, prose: NDArray[np.bool_], sections: Values) -> dict[str, Values]:
    """Give the likeness to the post, its title, its opening, the own section and the sections nearest; z-scored."""
    own = np.zeros(len(vectors))
    centres = []
    for number in sorted({int(n) for n in sections[prose]}):
        centre = _unit_row(vectors[prose & (sections == number)].mean(axis=0))
        own[sections == number] = vectors[sections == number] @ centre
        centres.append(centre)
    near = np.sort(vectors @ np.array(centres).T, axis=1)[:, -NEAREST_SECTIONS:].mean(axis=1)
    opening = _unit_row(vectors[np.flatnonzero(prose)[:OPENING]].mean(axis=0))
    given = {
        "centrality": vectors @ _unit_row(vectors[prose].mean(axis=0)),
        "title": vectors @ title_vector.astype(np.float64),
        "like-opening": vectors @ opening,
        "like-section": own,
        "like-sections": near,
    }
    return {name: z_scored(values, prose) for name, values in given.items()}


def _follows(units: Sequence[Unit]) -> Values:
    """Give how near each unit is to the one before it in its paragraph, 0 for a paragraph's first."""
    found = np.zeros(len(units))
    for i, (before, unit) in enumerate(pairwise(units), start=1):
        if before.source[-1].paragraph == unit.source[0].paragraph:
            found[i] = float(before.vector @ unit.vector)
    return found


def _unit_row(row: Values) -> Values:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-9))


def z_scored(values: Values, over: NDArray[np.bool_]) -> Values:
    """Give values less the mean of some of them, in units of their spread; zeros where these are all alike."""
    if not over.any():
        return values * 0.0
    spread = float(values[over].std())
    return (values - values[over].mean()) / spread if spread > 1e-6 else values * 0.0
