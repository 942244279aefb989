"""Two pages, or two lists of lines → beads, each with its lines and its verdict: what `digest align` does.

Refusals are ConfigError (exit code 2): the arguments are wrong. A text that is damaged or unreadable is SourceError.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.align.beads import align
from digest.align.embed import Embedder
from digest.align.similarity import LEVELS, levels
from digest.counting import counted
from digest.errors import ConfigError, SourceError
from digest.given import text_of
from digest.model import Bead, Document, Page, Paragraph, Sentence, base_lang
from digest.normalise.language import language_of, language_of_document
from digest.normalise.plain import groups, read_plain
from digest.normalise.split import gap_after, sentences
from digest.pairs import Encoded, cosines_of, verdict_of
from digest.render.alignment import Alignment, Side, Similarity
from digest.render.export import Row
from digest.sandbox.readers import DIRECT, Reader

MOST_SIDE = 8  # sentences a side; what joins more says the same as a paragraph, not as a sentence

# Markdown and markup by how they begin; anything else without a type is plain text.
_MARKED = re.compile(r"\s*(?:---[ \t]*\n|#{1,3} \S|<(?:!doctype|!--|\?xml|[a-z][a-z0-9]*[\s/>]))", re.IGNORECASE)
_ADDRESS = re.compile("https?://", re.IGNORECASE)
_FEED = re.compile(r"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL)
# Share of the lines, among those that have a language, that makes a text Chinese. Chinese posts have lines of names and
# code in Latin letters: of the raw Markdown lines of 111 pairs of texts (posts and novels) 18 % or more were Chinese in
# each Chinese text, none in any English one.
_LEAST_CHINESE = 0.1
_SAMPLE = 2000  # lines that suffice to tell a text's language
_LEAST_WORDS = 40  # fewer words do not tell English from another language in Latin letters for certain
Text = tuple[Document, tuple[Sentence, ...]]  # as read, not yet encoded
_NAMES = {"zh": "Chinese", "en": "English"}


@dataclass(frozen=True, slots=True)
class Bitext:
    """Both texts and the beads over their sentences: every sentence in exactly one, in order.

    `names` is what messages call the texts.
    """

    zh: Encoded
    en: Encoded
    beads: tuple[Bead, ...]
    names: tuple[str, str] = ("", "")


def align_pages(
    zh: Page, en: Page, embedder: Embedder, *, max_side: int | None = None, reader: Reader = DIRECT
) -> Bitext:  # fmt: skip
    """Align two documents (HTML, Markdown or plain text) by their sentences; `reader` reads those from the web."""
    documents = read_document(zh, reader), read_document(en, reader)
    texts = [(document, sentences(document.paragraphs)) for document in documents]
    return _bitext((zh, en), texts, embedder, max_side=max_side, hard=False)


def align_lines(zh: Page, en: Page, embedder: Embedder, *, max_side: int | None = None) -> Bitext:
    r"""Align two texts of one sentence a line.

    A line ends at \n or \r\n and nowhere else; one of white space alone is empty, and ends a paragraph. Sentence i is
    the i-th line that is not empty, from 0. No bead crosses a paragraph's end where both texts have the same number
    of paragraphs.
    """
    texts = [read_lines(text_of(page), page.url) for page in (zh, en)]
    hard = len(texts[0][0].paragraphs) == len(texts[1][0].paragraphs)
    return _bitext((zh, en), texts, embedder, max_side=max_side, hard=hard)


def rows_of(bitext: Bitext, embedder: Embedder) -> tuple[Row, ...]:
    """Give each bead its two lines and the judge's verdict on them."""
    zh, en = bitext.zh, bitext.en
    cosines, _ = cosines_of(zh, en, bitext.beads, embedder)
    return tuple(
        Row(
            bead,
            zh.line(bead.zh) if bead.zh else None,
            en.line(bead.en) if bead.en else None,
            verdict_of(zh, en, bead, cosine),
        )
        for bead, cosine in zip(bitext.beads, cosines, strict=True)
    )


def alignment_of(bitext: Bitext, rows: Sequence[Row]) -> Alignment:
    """Give what the page that shows an alignment is made from; `rows` are those of `rows_of`."""
    zh, en = (
        Side(name, text.document, text.sentences, tuple(text.line((i,)) for i in range(len(text.sentences))))
        for name, text in zip(bitext.names, (bitext.zh, bitext.en), strict=True)
    )
    table, low, high = levels(bitext.zh.vectors, bitext.en.vectors)
    return Alignment(zh, en, tuple(rows), Similarity(table, LEVELS, low, high))


def notes_of(bitext: Bitext) -> list[str]:
    """Say of each text that was read again how many characters had lost bytes, and how many are not sure."""
    sides = (("ZH", bitext.zh.document), ("EN", bitext.en.document))
    return [
        f"{name}: {counted(text.guessed, 'character')} read again, {text.unsure:,} of them unsure"
        for name, text in sides
        if text.guessed
    ]


# ---- reading --------------------------------------------------------------------------------------------------------


def read_document(page: Page, reader: Reader = DIRECT) -> Document:
    """Read a page as in the daily job, plain text too; its title becomes the first paragraph, a heading.

    `reader` reads the markup of what came from the web; a file is the user's own, and may take its time.
    """
    text = text_of(page)
    if _FEED.match(text[:10_000]):
        raise ConfigError(page.name, "is a feed; give the address of one post in it")
    kind = page.header("content-type").split(";")[0].strip().lower()
    path = page.url.split("?")[0].split("#")[0].lower()
    plain = kind == "text/plain" and path.endswith(".txt")
    if kind in ("", "text/plain") and (plain or not (_MARKED.match(text) or path.endswith((".md", ".markdown")))):
        document = read_plain(text, page.url)
    else:
        document = (reader if _ADDRESS.match(page.url) else DIRECT).page(page)
    if document.damage:
        raise SourceError(page.name, "normalise", f"the text is damaged: {', '.join(document.damage)}")
    title = (Paragraph("heading", document.title, 1, guesses=document.title_guesses),) if document.title else ()
    return replace(document, paragraphs=(*title, *document.paragraphs))


def read_lines(text: str, url: str) -> tuple[Document, tuple[Sentence, ...]]:
    """Read one sentence a line: a Document whose paragraphs are its lines side by side, and the lines as sentences."""
    paragraphs: list[Paragraph] = []
    found: list[Sentence] = []
    for number, lines in enumerate(groups(text)):
        paragraph = ""
        for line in lines:
            paragraph += gap_after(paragraph)
            found.append(Sentence(line, number, len(paragraph)))
            paragraph += line
        paragraphs.append(Paragraph("prose", paragraph))
    return Document(url, "", "", tuple(paragraphs)), tuple(found)


# ---- which side is which --------------------------------------------------------------------------------------------


def _told(text: Text, side: str, default: str) -> Text:
    """Give the text the language of the side it stands on, which looking at its lines has confirmed."""
    document, found = text
    lang = document.lang or language_of_document(s.text for s in found)
    return replace(document, lang=lang if base_lang(lang) == side else default), found


def refuse_wrong_sides(zh_name: str, zh: Sequence[str], en_name: str, en: Sequence[str]) -> None:
    """Raise ConfigError where the first text is not Chinese or the second not English, as far as their lines tell."""
    lines = _languages(zh), _languages(en)
    left, right = _language(zh, lines[0]), _language(en, lines[1])
    if base_lang(right) == "zh" and _chinese_share(lines[1]) < _chinese_share(lines[0]) / 2:
        right = "en"  # an English text that quotes many Chinese lines
    sides = base_lang(left) or "zh", base_lang(right) or "en"
    if sides == ("zh", "en"):
        return
    if sides == ("en", "zh"):
        raise ConfigError(
            "", f"{zh_name} is English and {en_name} Chinese; give the Chinese text first: digest align ZH EN"
        )
    if sides[0] == sides[1]:
        found = _named(left or right)
        raise ConfigError("", f"{zh_name} and {en_name} are both {found}; one Chinese and one English are needed")
    wrong, found, wanted = (zh_name, left, "Chinese") if sides[0] != "zh" else (en_name, right, "English")
    raise ConfigError(wrong, f"is {_named(found)}, not {wanted}")


def _language(texts: Sequence[str], lines: Counter[str]) -> str:
    """Give a text's language: Chinese where enough of its lines are, else that of the whole; "" where none has any."""
    if not lines:
        return ""
    whole = language_of_document(texts)
    if base_lang(whole) != "zh" and _chinese_share(lines) >= _LEAST_CHINESE:
        return "zh"
    few = sum(len(text.split()) for text in texts) < _LEAST_WORDS
    return "en" if few and base_lang(whole) != "zh" and lines.most_common(1)[0][0] == "en" else whole


def _chinese_share(lines: Counter[str]) -> float:
    return lines["zh"] / max(1, lines.total())


def _languages(texts: Sequence[str]) -> Counter[str]:
    """Count the lines by their language, as their scripts tell it: evenly spread ones, and none without a language."""
    sample = texts[:: len(texts) // _SAMPLE + 1]
    return Counter(filter(None, (base_lang(language_of(text)) for text in sample)))


def _named(tag: str) -> str:
    return f"{_NAMES.get(base_lang(tag), 'in another language')} ({tag})"


# ---- aligning -------------------------------------------------------------------------------------------------------


def _bitext(
    pages: tuple[Page, Page], texts: Sequence[Text], embedder: Embedder, *, max_side: int | None, hard: bool
) -> Bitext:
    """Refuse what cannot be aligned, before the slow part, and align the rest; `hard`: paragraph by paragraph."""
    names = [page.name for page in pages]
    for name, (_, found) in zip(names, texts, strict=True):
        if not found:
            raise ConfigError(name, "holds no sentence (code, tables and images are not aligned)")
    zh_texts, en_texts = ([s.text for s in found] for _, found in texts)
    refuse_wrong_sides(names[0], zh_texts, names[1], en_texts)
    zh = Encoded(*_told(texts[0], "zh", "zh-Hans"), embedder.encode(zh_texts))
    en = Encoded(*_told(texts[1], "en", "en"), embedder.encode(en_texts))
    beads = align(zh.sentences, en.sentences, zh.vectors, en.vectors, max_side=max_side, hard_paragraphs=hard)
    return Bitext(zh, en, beads, (names[0], names[1]))
