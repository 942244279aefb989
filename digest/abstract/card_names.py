"""What a post is about, by the names in its title; and its text as sentences with what they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.abstract.sections import sections
from digest.model import Document

# Names that a title has whatever it is about: hosts, houses, and short forms that are no name of one thing.
GENERIC = frozenset(
    """
    huggingface hugging face hf hub google microsoft amazon aws azure meta apple intel nvidia amd openai github gitlab
    ibm alibaba tencent baidu huawei qualcomm arm facebook community newsletter ecosystem
    ai ml llm llms lm lms vlm vlms nlp gpu gpus cpu cpus tpu tpus api apis rag rl rlhf dpo ppo asr tts ocr sdk ui cli
    http https json sql os oss pr nn cv iot ide mlops devops agent agents eu us uk usa china chinese english
    transformer transformers diffusers datasets pytorch tensorflow python javascript keras jax numpy linux windows
    i we the a an how why what when you your our my in of and or to for with from on is are part issue
    """.split()  # noqa: SIM905
)
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+][A-Za-z0-9]+)*|\d+(?:\.\d+)*(?:[A-Za-z]\w*)?")
# What follows these in a title is the means or the place, not what the post is about.
MEANS = re.compile(r"\b(?:with|using|via|on|in|at|by|through|from|into|inside)\b", re.IGNORECASE)
MEANS_ZH = re.compile(
    r"(?:使用|利用|借助|通过|基于|结合|用|在|于|从)[^A-Za-z，：]{0,6}"
    r"(?:[A-Za-z][A-Za-z0-9.+ -]*[和与、及]\s*)?[A-Za-z][A-Za-z0-9.+ -]*"
)
CUT = re.compile(r"[:：;；()（）|?？!！。~—–]|\s-\s")
COMMA = re.compile(r"[,，、]")
LONGEST_TITLE = 300  # characters of it that are read
LONGEST_NAME = 3  # words
FEWEST = 2  # times that a name of a title stands in the text
LEAST_NAMED = 0.9  # of its occurrences are written as a name
MOST_LONGER = 0.4  # of its occurrences stand within a longer name
SHORTEST = 3  # characters of a name, squeezed
# QLoRA, BLOOM, GPT2: a name by its look, which Open-Source is not
LOOKS_NAMED = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[A-Za-z]-?\d|\d[A-Za-z]|[A-Za-z] \d")
ABBREVIATION = re.compile(r"(?<=[\u4e00-\u9fff])\s*[(（][A-Za-z -]+[)）]")  # 混合专家模型（MoE）: of a term, no name


def squeezed(text: str) -> str:
    """Give the letters and digits of a text in lower case: what is left when spellings of a name are made one.

    >>> squeezed("BLIP-2"), squeezed("Code Llama")
    ('blip2', 'codellama')
    """
    return "".join(char for char in text.casefold() if char.isalnum())


def subject_names(document: Document) -> tuple[str, ...]:
    """Give the names of what the post is about, as its title writes them, () where the title names nothing.

    A run of up to three Latin words is a name if the text writes it so at nearly every place. The first part of the
    title that has one speaks; what stands there behind "with", "using", "on" … is left out, unless nothing else has a
    name.
    """
    body = "\n".join(p.text for p in document.paragraphs if p.kind in ("prose", "item", "quote"))
    means: tuple[str, ...] = ()
    for part in CUT.split(ABBREVIATION.sub("", document.title[:LONGEST_TITLE])):
        heads = [MEANS_ZH.sub(" ， ", MEANS.split(piece)[0]) for piece in COMMA.split(part)]
        if found := tuple(name for head in heads for name in _names_in(head, body)):
            return tuple(dict.fromkeys(found))
        means = means or tuple(name for name in _names_in(part, body) if LOOKS_NAMED.search(name))
    return means


def _names_in(part: str, body: str) -> tuple[str, ...]:
    words = list(WORD.finditer(part))
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            run = words[at : at + length]
            if _is_name(text := part[run[0].start() : run[-1].end()], run, body):
                found.append(text)
                at += length
                break
        else:
            at += 1
    return tuple(dict.fromkeys(found))


def _is_name(text: str, run: Sequence[re.Match[str]], body: str) -> bool:
    words = [match.group() for match in run]
    if len(squeezed(text)) < SHORTEST or not text[0].isalpha() or any(squeezed(w) in GENERIC for w in words):
        return False
    if not all(word != word.lower() or word[0].isdigit() for word in words) or not re.fullmatch(r"[\w.+ -]+", text):
        return False
    pattern = r"(?<![A-Za-z0-9])" + r"[\s-]?".join(map(re.escape, words)) + r"(?![A-Za-z0-9])"
    every = len(re.findall(rf"(?<![\"'=_/]){pattern}(?![\"'=_/])", body, re.IGNORECASE))  # words, not code
    if len(words) == 1 and LOOKS_NAMED.search(text):
        return every > 0
    # plain words with capitals: written so inside a sentence, and not as a part of a longer name
    end = r"(?! [A-Z]| (?:of|and|for|to) [A-Z]|-[a-z])"
    alone = rf"(?<=[a-z,;:\u4e00-\u9fff，(] ){pattern}{end}|(?<=[\u4e00-\u9fff，、（]){pattern}{end}"
    if not LOOKS_NAMED.search(text):
        longer = rf"\b(?!(?:The|An?|In|For|With|Our|This|When|Use) )[A-Z][\w-]* {pattern}|{pattern} (?:[A-Z]|\d)"
        if len(re.findall(alone, body)) < FEWEST or len(re.findall(longer, body)) > MOST_LONGER * every:
            return False
    return FEWEST <= len(re.findall(pattern, body)) >= LEAST_NAMED * every


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a post: `text` begins at `start` of paragraph number `paragraph`.

    `lead`: it stands before the first heading that follows prose, or in a section that sums up. `under`: the heading
    above it names what the post is about. `closed`: its section thanks, cites or lists.
    """

    paragraph: int
    start: int
    text: str
    lead: bool
    under: bool
    closed: bool


LONGEST = 2000  # characters; what is longer is no sentence
ENDS = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9\u4e00-\u9fff])|(?<=[。！？；])|\n+|\s•\s")
LONGEST_SHORT = 8  # characters of an abbreviation, with what stands before it
ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|al|cf|Fig|Tab|Sec|No|Dr|Mr|Ms|St|approx)|\b[A-Z])\.$")


def told(document: Document, names: Sequence[str]) -> Iterator[Told]:
    """Give the sentences of prose, items and quotes in reading order.

    The cut is coarse: what is looked for here stands well inside a sentence.
    """
    keys = [squeezed(name) for name in names]
    under = False
    for number, (paragraph, stand) in enumerate(zip(document.paragraphs, sections(document), strict=True)):
        if paragraph.kind == "heading":
            under = any(key in squeezed(paragraph.text) for key in keys)
        if paragraph.kind not in ("prose", "item", "quote"):
            continue
        for start, end in _cut(paragraph.text):
            if end - start > LONGEST:
                continue
            lead = stand.lead or stand.summing_up
            yield Told(number, start, paragraph.text[start:end], lead, under, stand.closed)


def _cut(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in ENDS.finditer(text):
        if ABBREVIATED.search(text[max(0, match.start() - LONGEST_SHORT) : match.start()]):
            continue
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
