"""What a post links as its own: papers and code."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.abstract.card_names import GENERIC, Told, squeezed
from digest.abstract.card_whose import others
from digest.model import Document


@dataclass(frozen=True, slots=True)
class Found:
    """A value at `start`…`end` of paragraph number `paragraph`; what stands there is a link's text if `href` is set."""

    name: str
    value: str
    paragraph: int
    start: int
    end: int
    href: str = ""


ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)|(?:huggingface\.co|hf\.co)/papers|alphaxiv\.org/abs)/"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
DOI = re.compile(r"doi\.org/(10\.\d{4,9}/[^\s?#]+[^\s?#.,;)])", re.IGNORECASE)
REPOSITORY = re.compile(
    r"(?:github|gitlab)\.com/([A-Za-z0-9][\w-]*/[A-Za-z0-9_][\w.-]*?)(?:\.git)?(?:/?(?:[?#].*)?$|/(?:tree|-/tree)/)"
)
WITHIN = re.compile(r"/(?:-/)?tree/[^/]+/.")  # a folder of a repository
NO_OWNER = frozenset({"orgs", "topics", "features", "sponsors", "about", "apps", "marketplace", "user-attachments"})
MOST_LABELLED = 2
LONGEST_LINE = 200  # characters of a line of resources
ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、）)\]]+")
# Its repositories hold texts, not what a post presents.
NOT_PRESENTED = re.compile(
    r"(?:^|[/_-])(?:blog|notebooks?|awesome|course|cookbook|docs|tutorials?)(?:$|[/_-])", re.IGNORECASE
)

PROPOSED = re.compile(
    r"\b(?:was|were|is|are) (?:\w+ )?(?:proposed|introduced|presented|described|released)\b[^.]{0,80}$", re.IGNORECASE
)
CITED = re.compile(r"\bet al\b|\b(?:19|20)\d\d\b|等人")
PAPER_WORD = re.compile(
    r"\b(?:paper|technical report|tech report|preprint|manuscript|arxiv)\b|论文|技术报告", re.IGNORECASE
)
CODE_WORD = re.compile(
    r"\b(?:code(?:base)?|repo(?:sitory)?|github|implementation|library|toolkit|source)\b|代码|仓库|源码|开源库",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\bour\s+(?:\w+\s+){0,2}?(?:paper|arxiv|technical report|tech report|report|preprint)\b|"
    r"我们的(?:\S{0,4})?(?:论文|技术报告)",
    re.IGNORECASE,
)
# "Paper: https://…", "Code & data: …", or a link that is nothing but the word: the line of resources many posts have.
LABEL = {
    "paper": re.compile(
        r"(?:^|[\s|·•,，(（\[])(?:arxiv|(?:the |full |our )?(?:research |technical )?paper|technical report|论文)"
        r"(?: link)?\s*(?:[:：]\s*)?$",
        re.IGNORECASE,
    ),
    "code": re.compile(
        r"(?:^|[\s|·•,，(（\[])(?:(?:the |our |source )*code(?:\s*(?:&|and)\s*\w+)?|github(?: repo(?:sitory)?)?|"
        r"(?:code )?repo(?:sitory)?|代码(?:仓库|库)?|源码|仓库)\s*(?:[:：]\s*)?$",
        re.IGNORECASE,
    ),
}
ALL_CODE = re.compile(
    r"\b(?:all|full|complete|entire|final|source)\s+(?:\w+\s+){0,2}?(?:code|implementation|system|source|scripts)\b|"
    r"\bcode\b[^.]{0,60}\b(?:is|are|can be)\b[^.]{0,20}\b(?:available|found|released|open[- ]?sourced)\b|"
    r"(?:全部|完整|所有)的?[^，。]{0,8}代码",
    re.IGNORECASE,
)
THEIRS = re.compile(r"\b(?:their|his|her|original|your)\b|他们的|原始|你的", re.IGNORECASE)
POINTING = re.compile(
    r"^\W*(?:(?:is |are |it )?(?:available )?here|this|link|github|这里|此处|链接|项目)\b|^\W*(?:这里|此处|链接)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a sentence; `bare`: the address itself stands in the text."""

    said: Told
    text: str
    start: int
    end: int
    href: str
    bare: bool

    @property
    def before(self) -> str:
        return self.said.text[: self.start - self.said.start]


def links(document: Document, sentences: Sequence[Told]) -> Iterator[Link]:
    """Give the links of a document's sentences, marked ones and addresses written out."""
    for said in sentences:
        paragraph = document.paragraphs[said.paragraph]
        stop = said.start + len(said.text)
        first, last = (bisect_left(paragraph.spans, at, key=lambda span: span.start) for at in (said.start, stop))
        marked = [span for span in paragraph.spans[first:last] if span.kind == "link" and span.end <= stop]
        for span in marked:
            text = paragraph.text[span.start : span.end]
            yield Link(said, text, span.start, span.end, span.href, bool(ADDRESS.fullmatch(text)))
        for match in ADDRESS.finditer(said.text):
            start, end = said.start + match.start(), said.start + match.end()
            if not any(s.start < end and start < s.end for s in marked):
                yield Link(said, match.group(), start, end, match.group(), bare=True)


def papers(found: Sequence[Link], names: Sequence[str]) -> Iterator[Found]:
    """Give the papers a post presents or is about: named by its subject, called ours, or labelled as the paper."""
    keys = [squeezed(name) for name in names]
    read = [(link, match.group(1)) for link in found if (match := ARXIV.search(link.href) or DOI.search(link.href))]
    labelled = _labelled("paper", read)
    for link, name in read:
        if link.said.closed:
            continue
        if _names_paper(link, keys) or link in labelled or _is_ours(link):
            yield placed("paper", name.removesuffix(".pdf"), link)


def _names_paper(link: Link, keys: Sequence[str]) -> bool:
    """Say whether a link's text, or what stands before it, says that the paper is the subject's."""
    anchor, before = squeezed(link.text), link.before
    tail = squeezed(before[-40:])
    for key in keys:
        if re.fullmatch(
            re.escape(key) + r"(?:s?original)?(?:(?:research)?papers?|论文|technicalreport|技术报告)?", anchor
        ):
            return True
        # "AudioLDM 2: Learning …": the title of a paper opens with the name of what it presents
        if anchor.startswith(key) and re.match(r"\W*[^:：]{2,40}[:：]", link.text):
            return True
        if squeezed(before).startswith(key) and PROPOSED.search(before):
            return True
        # "Autoformer (Wu et al., 2021)"
        if (
            CITED.search(link.text)
            and re.search(r"[(（]\s*$", before)
            and re.search(re.escape(key) + r"(?:model|模型)?$", tail)
        ):
            return True
        if PAPER_WORD.fullmatch(link.text.strip()) and re.search(re.escape(key) + r"(?:的)?(?:original|原始)?$", tail):
            return True
    return False


def repositories(found: Sequence[Link], names: Sequence[str], title: str) -> Iterator[Found]:
    """Give the repositories a post presents: named as its subject, labelled, or said to hold all its code.

    "Our repository" is most often that of a tool of one's house.
    """
    in_title = {squeezed(word) for word in re.findall(r"[\w.-]+", title)} - GENERIC
    known = in_title - {word for word in in_title if len(word) < 4} | {squeezed(name) for name in names}
    read = [(link, match.group(1)) for link in found if (match := REPOSITORY.search(link.href))]
    read = [(link, name) for link, name in read if name.split("/")[0].lower() not in NO_OWNER]
    read = [(link, name) for link, name in read if not NOT_PRESENTED.search(name)]
    keys = sorted(known)
    labelled = _labelled("code", read)
    for link, name in read:
        is_named = squeezed(name.split("/")[1]) in known and _names_repository(link, name)
        if is_named or (not link.said.closed and (link in labelled or _holds_all(link, keys))):
            yield placed("code", name, link)


def _names_repository(link: Link, name: str) -> bool:
    """Say whether a link's text names the repository, or calls the whole of it code; "an example" is a part of it."""
    if link.bare or squeezed(name.split("/")[1]) in squeezed(link.text):
        return True
    return bool(CODE_WORD.search(link.text)) and not WITHIN.search(link.href)


def _is_ours(link: Link) -> bool:
    around = link.before[-40:] + link.text
    return bool(OURS.search(around) and PAPER_WORD.search(around))


def _holds_all(link: Link, keys: Sequence[str]) -> bool:
    """Say whether a link is said to hold the code, and the sentence names nobody else whose code it may be."""
    pointing = POINTING.search(link.text) or CODE_WORD.search(link.text)
    if not pointing or not ALL_CODE.search(link.said.text) or THEIRS.search(link.said.text):
        return False
    end = link.end - link.said.start
    return not any(others(f"{link.before} {link.said.text[end:]}", keys))


def _labelled(row: str, read: Sequence[tuple[Link, str]]) -> list[Link]:
    """Give the links that a label calls the paper or the code; none where so many have one that none is the post's."""
    found = [(link, name) for link, name in read if _has_label(row, link)]
    return [link for link, _ in found] if len({name for _, name in found}) <= MOST_LABELLED else []


def _has_label(row: str, link: Link) -> bool:
    if link.bare:
        return bool(LABEL[row].search(link.before))
    inside = len(link.said.text) > LONGEST_LINE or re.search(r"[a-z] $", link.before)
    return link.said.lead and not inside and bool(LABEL[row].fullmatch(link.text.strip(" []()【】")))


def placed(name: str, value: str, link: Link) -> Found:
    """Give the place of a value in its link's text, or the whole of that text where only the address has the value."""
    if value in link.text:
        start = link.start + link.text.index(value)
        return Found(name, value, link.said.paragraph, start, start + len(value), link.href)
    return Found(name, value, link.said.paragraph, link.start, link.end, link.href)
