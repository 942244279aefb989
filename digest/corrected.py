"""A day with what people corrected on it: overrides are taken back, and put on anew (pure).

What is corrected keeps what it was (`Correction.was`): a day can be corrected again and again, and comes back as it was
built where an override is taken out of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.align.embed import Embedder
from digest.align.verify import judge
from digest.foot import quality_of
from digest.model import (
    FULL_TAG,
    TITLE,
    Abstract,
    Both,
    Correction,
    Digest,
    Line,
    LinePair,
    MadeBy,
    Override,
    Place,
    Verdict,
    base_lang,
)
from digest.pairs import if_likely
from digest.render.line import shown

Judge = Callable[[Line, Line, MadeBy], Verdict]
"""Says of a Chinese and an English line, and who made the pair, whether they say the same."""

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")  # a code span (CommonMark 0.31, section 6.1)


def judge_with(load: Callable[[], Embedder]) -> Judge:
    """Give a judge that loads its embedder at the first pair that it is asked of."""

    def judged(zh: Line, en: Line, made_by: MadeBy) -> Verdict:
        embedder = load()
        left, right = embedder.encode([zh.text, en.text])
        return if_likely(judge(zh, en, float(left @ right), made_by=made_by, embedder=embedder))

    return judged


def corrected(digest: Digest, overrides: Sequence[Override], judge: Judge) -> tuple[Digest, tuple[Override, ...]]:
    """Give the day with the overrides that concern it, and those that changed nothing on it.

    Earlier corrections are undone first: of equal overrides, `corrected` of what is corrected is the same again. A
    title pair is named by TITLE and the id of its post. Only lines that are not on the page yet are judged: what
    people wrote and the judge does not believe is printed as unverified.
    """
    work = _Work({override.pair: override for override in overrides}, judge)
    abstracts, newly = tuple(map(work.post, digest.abstracts)), tuple(map(work.post, digest.newly))
    unused = tuple(override for override in overrides if override.pair not in work.used)
    if (abstracts, newly) == (digest.abstracts, digest.newly):
        return digest, unused
    quality = quality_of(abstracts, digest.failures, newly, digest.rest)
    return replace(digest, abstracts=abstracts, newly=newly, quality=quality), unused


@dataclass(frozen=True, slots=True)
class _Work:
    """Overrides by the pair that they name, and the names of those that were used."""

    overrides: Mapping[str, Override]
    judge: Judge
    used: set[str] = field(default_factory=set)

    def post(self, abstract: Abstract) -> Abstract:
        pairs = tuple(self.pair(pair, abstract.lang) for pair in abstract.pairs)
        outline = tuple(self.pair(pair, abstract.lang) for pair in abstract.outline)
        return replace(self.title(abstract), pairs=pairs, outline=outline)

    def title(self, abstract: Abstract) -> Abstract:
        name = TITLE + abstract.id
        given = abstract.title_made or _title_pair(abstract, name)
        if given is None:
            return abstract
        pair = self.pair(given, abstract.lang, name)
        if pair == given:
            return abstract
        title = Both(pair.zh.text if pair.zh else None, pair.en.text if pair.en else None)
        # a title that no engine made has no pair of its own, once it is as it was
        made = pair if pair.correction or pair.id != name else None
        return replace(abstract, title=title, title_made=made)

    def pair(self, pair: LinePair, lang: str, name: str = "") -> LinePair:
        """Undo what was corrected of a pair, and correct it where an override names it."""
        was = pair
        while was.correction:
            was = was.correction.was
        override = self.overrides.get(name) or self.overrides.get(pair.id)
        made = _changed(was, override, lang) if override else None
        if override is None or made is None or not _seen(was, made, override.was):
            return was
        self.used.add(override.pair)
        if pair.correction and (pair.zh, pair.en) == (made.zh, made.en):
            verdict = pair.verdict
        else:
            verdict = self.judge(made.zh, made.en, "human") if made.zh and made.en else Verdict(0.0, False)
        return replace(made, verdict=verdict)


def _title_pair(abstract: Abstract, name: str) -> LinePair | None:
    """Give the title of a post that no engine made a side of; None where it has no title."""
    zh, en = (
        Line(abstract.title_langs.get(side) or FULL_TAG[side], text) if (text := abstract.title.get(side)) else None
        for side in ("zh", "en")
    )
    if not (zh or en):
        return None
    return LinePair(name, zh, en, "human" if zh and en else "none", Verdict(0.0, False))


def _changed(was: LinePair, override: Override, lang: str) -> LinePair | None:
    """Give the pair as the override wants it, not judged yet; None where it changes nothing."""
    if override.zh is None and override.en is None:
        return _rejected(was, override, lang)
    zh, en = _replaced(was.zh, override.zh, "zh"), _replaced(was.en, override.en, "en")
    if (zh, en) == (was.zh, was.en):
        return None
    correction = Correction("replaced", was, override.reason, override.on, override.by)
    return replace(
        was, zh=zh, en=en, made_by="human" if zh and en else "none", engine="", correction=correction
    )  # fmt: skip


def _seen(was: LinePair, made: LinePair, seen: str) -> bool:
    """Tell whether a line that would go is the one that was seen; of a pair that only gains a line, either of it."""
    lines = ((was.zh, made.zh), (was.en, made.en))
    going = [old for old, new in lines if old and (new is None or new.text != old.text)]
    texts = {shown(line.text) for line in going or (was.zh, was.en) if line}
    return not seen or not texts.isdisjoint((shown(seen), shown(_code_spans(seen)[0])))


def _rejected(was: LinePair, override: Override, lang: str) -> LinePair | None:
    """Leave the line that is the post's own, or, where both are some edition's, the one in the original's language."""
    if not (was.zh and was.en):
        return None
    stays = "zh" if base_lang(lang) == "zh" else "en"
    if bool(was.zh.places) != bool(was.en.places):
        stays = "zh" if was.zh.places else "en"
    return replace(
        was,
        zh=was.zh if stays == "zh" else None,
        en=was.en if stays == "en" else None,
        made_by="written" if was.made_by == "written" else "none",
        engine="",
        correction=Correction("rejected", was, override.reason, override.on, override.by),
    )


def _replaced(line: Line | None, text: str | None, side: str) -> Line | None:
    """Give a line other words, `code` in backticks as code; words that the line has already leave it as it is.

    What is a stretch of a line keeps its place in the post; other words are not the post's, and have none.
    """
    if text is None:
        return line
    plain, code = _code_spans(text)
    if line is None:
        return Line(FULL_TAG[side], plain, code=code)
    if line.text == plain:
        return line
    places: tuple[Place, ...] = ()
    at = line.text.find(plain)
    if at >= 0 and len(line.places) == 1 and line.places[0].end - line.places[0].start == len(line.text):
        start = line.places[0].start + at
        places = (replace(line.places[0], start=start, end=start + len(plain)),)
    return Line(line.lang, plain, places, code)


def _code_spans(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Take the backticks off code spans: the text, and where the code stands in it.

    >>> _code_spans("Call `f()`, or ``a`b``")
    ('Call f(), or a`b', ((5, 8), (13, 16)))
    """
    plain, spans, at = "", [], 0
    for found in _CODE.finditer(text):
        plain += text[at : found.start()]
        inside = found[2].strip() or found[2]
        spans.append((len(plain), len(plain) + len(inside)))
        plain, at = plain + inside, found.end()
    return plain + text[at:], tuple(spans)
