"""Terms that a reader meets in lines without a translation → their names in the other language (pure).

Only behind a term that a person or two posts have settled, never word by word: the line stays what the post says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from digest.align.terms.cut import LATIN, Token, han_count, key_of, zh_key, zh_tokens
from digest.align.terms.ledger import Ledger
from digest.align.terms.term import Occurrence, Term
from digest.align.words import STOP
from digest.model import FULL_TAG, Abstract, Both, Gloss, Line, LinePair, base_lang

MOST = 6  # terms of a post (design notes: at most six)
# what is no prose: addresses, paths, names of files and of things in code, handles
_NO_PROSE = re.compile(
    r"(?:https?://|www\.)[!-~]+"
    r"|(?<![!-~])[!-~]*?(?:[\w-]/[\w.-]+/|[a-z]_[a-z]|\w@\w|[a-z]\.[a-z]{2})[!-~]*"
    r"|[@#$]\w[!-~]*",
    re.ASCII,
)
_BESIDE = re.compile(r"([^\W_][\w+#.’'-]*)[ \t\u00a0]+$")
# "University of", "Conference on" before a term with capitals: it is the rest of that name
_WITHIN = re.compile(r"(?<![\w-])[A-Z][\w’'-]*[ \t\u00a0]+(?:of|on|for|and|in|at|&)[ \t\u00a0]+(?:the[ \t\u00a0]+)?$")
# terms of one word that are also what a company, a product or a show is called: with a capital they are no term
_NAMES_TOO = frozenset({"benchmark", "decoder", "outlier", "perplexity", "serverless"})
_BEHIND = re.compile(r"[ \t\u00a0]+([^\W_][\w+#-]*)")
LEAST_HAN = 3  # of a Chinese term: words of two are often everyday ones too (延迟, 摘要); the user's may be short
# before a Chinese term: what makes it another one (非线性回归); behind it: what shows it to be a verb (集成到库中),
# and words of one character that are no part of a word before them, beside the stop words
_ZH_PREFIX = frozenset("非不无未反半超伪准")
_ZH_VERBAL = frozenset("了到为成过着得在")
_ZH_APART = frozenset("做用来比需应间外则却仍再还只每各该此本某均已由给跟同若或且请只先")
_NEAR = 80  # characters looked back for the word before
# a bracket behind a term that gives another name for it, in a form of its own: 位置嵌入 (positional embeddings)
_GIVEN = {
    "zh": re.compile(r"[*_”」]*\s*[(（]\s*[A-Za-z][A-Za-z ,.’'-]{0,60}[a-z]{3}[A-Za-z ,.’'-]{0,60}[)）]"),
    "en": re.compile(r"[*_”]*\s*[(（]\s*[\u4e00-\u9fff]{2,}\s*[,，)）]"),
}
_PART = "-–‑_/"  # what joins a word to a longer one
_STARTS = re.compile(r"(?:^|[.!?:;]['\"”’)\]]*\s+)[^\w]*$")  # what stands before the first word of a sentence


@dataclass(frozen=True, slots=True)
class _Use:
    """The first use of a term: it ends at `end` of line number `line`."""

    term: Term
    line: int
    end: int


def glossed(abstract: Abstract, ledger: Ledger) -> Abstract:
    """Put behind terms, at their first use in the lines that have no other side, what they are called there.

    At most MOST a post: the user's own terms first, then what an engineer does not read as easily in the other
    language, of that what is rarer in counted text, then terms of more words. A Chinese word that stands for
    two terms (推理 is inference here and reasoning there) gets nothing, nor does what is the same in both languages,
    stands in code, an address, a name or a longer word, or where the line gives the other name itself.
    `Abstract.terms` become the terms so shown, in the order of the page.
    """
    side = base_lang(abstract.lang)
    other = "en" if side == "zh" else "zh"
    if side not in FULL_TAG:
        return replace(abstract, terms=())
    lines = [_alone(pair, side) for pair in abstract.pairs]
    chosen = sorted(_chosen(_first_uses(lines, ledger)), key=lambda use: (use.line, use.end))
    pairs = list(abstract.pairs)
    for number, line in enumerate(lines):
        some = tuple(Gloss(use.end, _name(use.term, other), FULL_TAG[other]) for use in chosen if use.line == number)
        if line and some:
            own = replace(line, glosses=some)
            pairs[number] = replace(pairs[number], zh=own) if side == "zh" else replace(pairs[number], en=own)
    return replace(abstract, pairs=tuple(pairs), terms=tuple(Both(use.term.zh, use.term.en) for use in chosen))


def _alone(pair: LinePair, side: str) -> Line | None:
    """Give the line of a pair that has only this side."""
    own, other = (pair.zh, pair.en) if side == "zh" else (pair.en, pair.zh)
    return own if other is None else None


def _name(term: Term, side: str) -> str:
    return term.zh if side == "zh" else term.en


def _first_uses(lines: Sequence[Line | None], ledger: Ledger) -> Iterator[_Use]:
    done: set[str] = set()
    for number, line in enumerate(lines):
        if line is None:
            continue
        for seen in _usable(line, ledger):
            key = key_of(seen.term.en)
            if key in done or zh_key(seen.term.zh) in done:
                continue
            done |= {key, zh_key(seen.term.zh)}  # 预训练 is shown once, be it behind pre-training or pretraining
            if not _says_other(line, seen.term) and not _GIVEN[base_lang(line.lang)].match(line.text, seen.end):
                yield _Use(seen.term, number, seen.end)


def _usable(line: Line, ledger: Ledger) -> Iterator[Occurrence]:
    """Give the terms of a line that are settled and stand in its prose as words of their own."""
    side = base_lang(line.lang)
    barred = [*line.code, *(match.span() for match in _NO_PROSE.finditer(line.text))]
    tokens = zh_tokens(line) if side == "zh" else ()
    for seen in ledger.occurrences(line.text, side):
        term, start, end = seen.term, seen.start, seen.end
        if not term.settled or zh_key(term.zh) == zh_key(term.en):
            continue
        if any(a < end and start < b for a, b in barred):
            continue
        if side == "zh":
            said = line.text[start:end]
            whole = _is_word(tokens, start, end) and not ledger.is_ambiguous(said)
            whole = whole and (term.fixed or han_count(said) >= LEAST_HAN or bool(re.search(LATIN, said)))
        else:
            whole = not _is_part(line.text, start, end) and not _is_named(line.text, term, start, end)
        if whole:
            yield seen


def _is_word(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Tell whether a stretch of Chinese is made of whole words and is no verb and no piece of a longer word."""
    first = next((k for k, token in enumerate(tokens) if token.start == start), None)
    last = next((k for k, token in enumerate(tokens) if token.end == end), None)
    if first is None or last is None:
        return False
    before = tokens[first - 1].text if first and tokens[first - 1].run == tokens[first].run else ""
    behind = tokens[last + 1].text if last + 1 < len(tokens) and tokens[last + 1].run == tokens[last].run else ""
    goes_on = behind in _ZH_VERBAL or (han_count(behind) == len(behind) == 1 and behind not in STOP | _ZH_APART)
    return before not in _ZH_PREFIX and not goes_on


def _is_part(text: str, start: int, end: int) -> bool:
    """Tell whether English words are joined to a longer one: non-autoregressive, image-to-image-2."""
    before = start > 1 and text[start - 1] in _PART and text[start - 2].isalnum()
    return before or (end + 1 < len(text) and text[end] in _PART and text[end + 1].isalnum())


def _is_named(text: str, term: Term, start: int, end: int) -> bool:
    """Tell whether English words are part of a name: capitals that the term has not, beside another capital.

    A single word with a capital is a name by itself, unless it begins a sentence ("Quantization helps") and is not also
    a name that many know ("Perplexity launches"). So is a term with capitals behind "University of" and the like.
    """
    own, spelt = text[start:end].split(), set(term.en.split())
    first, last = (word not in spelt and word[0].isupper() for word in (own[0], own[-1]))
    near = text[max(0, start - _NEAR) : start]
    leads = bool(_STARTS.search(near))
    if len(own) == 1 and first and (not leads or own[0].casefold() in _NAMES_TOO):
        return True
    if first and not leads and _WITHIN.search(near):
        return True
    before, behind = _BESIDE.search(near), _BEHIND.match(text, end)
    left = before is not None and _is_capital(before[1]) and not _STARTS.search(near[: before.start()])
    return (first and not leads and left) or (last and behind is not None and _is_capital(behind[1]))


def _is_capital(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


def _says_other(line: Line, term: Term) -> bool:
    """Tell whether a line gives the other name of a term itself."""
    if base_lang(line.lang) == "en":
        said = zh_key(line.text)
        return any(zh_key(form) in said for form in term.forms)
    return f" {key_of(term.en)} " in f" {' '.join(map(key_of, re.findall(LATIN, line.text)))} "


def _chosen(uses: Iterator[_Use]) -> list[_Use]:
    def rank(use: _Use) -> tuple[bool, bool, float, int, int, int, str]:
        term, key = use.term, key_of(use.term.en)
        plain, often = (term.seed.plain, term.seed.often) if term.seed else (False, 0.0)
        return not term.fixed, plain, often, -len(key.split()), term.posts, use.line, key

    return sorted(uses, key=rank)[:MOST]
