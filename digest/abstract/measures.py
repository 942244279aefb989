"""How long a text is and what it holds: words, content words, names, numbers, minutes to read it."""

from __future__ import annotations

import math
import re

from digest.abstract.wording import CONTENT_STOP
from digest.model import Document

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
LATIN = re.compile(r"[A-Za-zÀ-ɏ0-9][\wÀ-ɏ'’.+#/-]*")
HAN_PER_WORD = 1.7  # Chinese characters to English words in human translations of technical posts

# Reading speed: Brysbaert 2019 gives 238 words a minute for English non-fiction, and about 260 characters for Chinese;
# rounded to what readers' sites use.
HAN_PER_MINUTE = 300
WORDS_PER_MINUTE = 220


def words(text: str) -> float:
    """Measure a text in English words, Chinese by its characters.

    >>> words("Five words are in here."), words("这里有十七个汉字不多不少正好一行字")
    (5.0, 10.0)
    """
    return len(HAN.findall(text)) / HAN_PER_WORD + len(LATIN.findall(text))


def length_ratio(one: str, two: str) -> float:
    """Give the length of one text over that of the other, each in English words; 0 where the other is empty."""
    return words(one) / words(two) if words(two) else 0.0


def content_words(text: str) -> int:
    """Count the distinct content words of a line: Latin words that are no function words, pairs of Han characters."""
    latin = {word.lower() for word in LATIN.findall(text)} - CONTENT_STOP
    han = {char for char in HAN.findall(text) if char not in CONTENT_STOP}
    return len(latin) + round(len(han) / HAN_PER_WORD)


def stem(word: str) -> str:
    """Give an English word without its ending, roughly: enough to find it again in another form.

    >>> stem("Models"), stem("trained"), stem("API")
    ('model', 'train', 'api')
    """
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word.lower().rstrip(".'’/-"))


def names(text: str) -> int:
    """Count the distinct words that look like names: a capital or a digit inside, or a capital after the start.

    >>> names("Now GPT-4o and Llama run on Kubernetes.")
    3
    """
    return len(set(name_words(text)))


def name_words(text: str) -> list[str]:
    """Give the words that `names` counts, in their order."""
    found = [m.group() for m in LATIN.finditer(text) if m.start() > 0 or not m.group()[1:].islower()]
    return [w for w in found if w != "I" and not w[0].isdigit() and (w[0].isupper() or not w[1:].islower())]


def numbers(text: str) -> int:
    return len(set(re.findall(r"\d[\d.,]*", text)))


def minutes(document: Document) -> int:
    """Give the reading time of a document's text in whole minutes, at least 1; code and tables are not counted."""
    text = " ".join(p.text for p in document.paragraphs if p.kind in ("heading", "prose", "item", "quote"))
    time = len(HAN.findall(text)) / HAN_PER_MINUTE + len(LATIN.findall(text)) / WORDS_PER_MINUTE
    return max(1, math.ceil(time - 0.5))
