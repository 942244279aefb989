"""A post read in one language + what can translate → its entry in both (pure; the engines come in as arguments)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.align.embed import Embedder, Remembered
from digest.align.judge.negation import turned
from digest.align.judge.rivals import rival_texts, rivals
from digest.align.judge.text import read
from digest.align.lexicon import Scores
from digest.align.terms.ledger import Ledger
from digest.align.titles import read_titles
from digest.align.verify import judge
from digest.model import FULL_TAG, SIDES, Abstract, Both, Document, Line, LinePair, MadeBy, Verdict, base_lang
from digest.normalise.split import split
from digest.translate.engine import Engine, LineKind
from digest.translate.loop import HOPELESS, Examples, Filled, Judge, Made, Wanted, fill
from digest.translate.write import PLANNED, Writer, Written
from digest.writing import abstract_written


@dataclass(frozen=True, slots=True)
class Translators:
    """What may put lines into the other language, in the order in which it is asked; () translates nothing.

    `ledger` are the terms known so far, `keep` what stays as it is in both languages. A `writer` writes abstracts of
    posts that nobody translated. `credits` say by an engine's signature whom its lines are owed to; `offers` say by
    (source, target) how to get an engine where none serves.
    """

    engines: tuple[Engine, ...] = ()
    keep: tuple[str, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    examples: Examples | None = None
    writer: Writer | None = None
    credits: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[tuple[str, str], Both] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Name the engines, and the terms they are told; "" where there is neither."""
        parts = [engine.signature for engine in self.engines]
        if self.writer:
            parts.append(self.writer.signature)
        if self.ledger:
            parts.append(f"terms {self.ledger.version}")
        if self.keep:
            parts.append(f"keep {hashlib.sha256(repr(sorted(self.keep)).encode()).hexdigest()[:8]}")
        return " · ".join(parts)

    def serve(self, source: str, target: str) -> bool:
        """Tell whether lines can be translated: the memory of earlier pairs alone is no engine for that."""
        return any(engine.serves(source, target) for engine in self.engines if engine.made_by != "memory")


@dataclass(slots=True)
class Account:
    """What the engines did for a day: names of what was refused, engines that gave up, whether it may pass."""

    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    passing: bool = False

    def add(self, filled: Filled) -> None:
        self.refused.update(filled.refused)
        self.failures += filled.failures
        self.passing |= filled.passing

    def add_written(self, outcome: Written) -> None:
        self.refused.update(said.partition(":")[0] for said in (*outcome.refused, *outcome.faults))
        if HOPELESS & set(outcome.faults):
            self.failures.append(outcome.failure)
            self.passing = True


def filled(
    abstract: Abstract, document: Document | None, by: Translators, embedder: Embedder, lexicon: Scores,
    account: Account,
) -> Abstract:  # fmt: skip
    """Fill what has no translation: the title, the headings of the outline, the lines."""
    source = base_lang(abstract.lang)
    if source not in SIDES or "text-damaged" in abstract.notes:
        return abstract
    target = "en" if source == "zh" else "zh"
    if by.writer and document and abstract.pairs and not any(pair.zh and pair.en for pair in abstract.pairs):
        done = abstract_written(abstract, document, by.writer, embedder, lexicon)
        account.add_written(done.outcome)
        if done.outcome.failure == PLANNED:
            abstract = replace(abstract, pairs=())  # its lines will be written: none is asked for
        elif done.abstract:
            abstract = done.abstract
    alone = [i for i, pair in enumerate(abstract.pairs) if pair.zh is None or pair.en is None]
    lines = [_own(abstract.pairs[i]) for i in alone]
    title = _title(abstract, source, target)
    bare = [i for i, pair in enumerate(abstract.outline) if pair.zh is None or pair.en is None]
    headings = [_own(abstract.outline[i]) for i in bare]
    wanted = [
        *(Wanted(line, "title") for line in title),
        *(Wanted(line, "heading") for line in headings),
        *(Wanted(line) for line in lines),
    ]
    if wanted and by.engines:
        got = fill(
            wanted, by.engines, judge_of(embedder, lexicon), source=source, target=target,
            title=abstract.title.get(source) or "", keep=by.keep,
            terms=_terms("\n".join(each.line.text for each in wanted), source, by.ledger),
            examples=by.examples, printed={line.text for pair in abstract.pairs for line in _sides(pair)},
        )  # fmt: skip
        account.add(got)
        made = iter(got.lines)
        abstract = _titled(abstract, [(line, next(made)) for line in title], target)
        outline, pairs = list(abstract.outline), list(abstract.pairs)
        for i, line in zip(bare, headings, strict=True):
            if (one := next(made)) is not None:
                outline[i] = _paired(outline[i].id, line, one)
        for i, line in zip(alone, lines, strict=True):
            if (one := next(made)) is not None:
                pairs[i] = _paired(pairs[i].id, line, one)
        abstract = replace(abstract, pairs=tuple(pairs), outline=tuple(outline))
    return abstract


def _terms(text: str, side: str, ledger: Ledger) -> tuple[Both, ...]:
    """Give the terms of a text that an engine is told: those that are sure, and differ in the two languages."""
    found = dict.fromkeys(seen.term for seen in ledger.occurrences(text, side))
    return tuple(Both(term.zh, term.en) for term in found if term.sure and term.zh != term.en)


def judge_of(embedder: Embedder, lexicon: Scores) -> Judge:
    """Give what judges an engine's line beside its source: the judge of all pairs, and for titles one reading more.

    A machine may have answered another line than the one it was asked, or two in one: its answer is compared with them.
    The texts of a post's lines are encoded once, however many answers are judged beside them.
    """
    known = Remembered(embedder)

    def judged(line: Line, made: Line, kind: LineKind, made_by: MadeBy, beside: tuple[str, str]) -> Verdict:
        own, other = known.encode([line.text, made.text])
        machine = made_by != "memory"
        near = rivals(rival_texts(line, *beside), other, known) if machine else None
        zh, en = (line, made) if base_lang(line.lang) == "zh" else (made, line)
        verdict = judge(zh, en, float(own @ other), lexicon=lexicon, made_by=made_by, rivals=near)
        if machine and verdict.verified and turned(read(zh), read(en)):
            return replace(verdict, verified=False, grade=None, reasons=verdict.reasons or ("negation",))
        if machine and verdict.verified and (more := _appended(line, made, known)):
            code = "missing" if base_lang(made.lang) == "zh" else "extra"  # what the other side seems to miss
            return replace(verdict, verified=False, grade=None, reasons=(f"{code}:{more}",))
        if kind == "title" and verdict.verified and read_titles(zh.text, en.text).state in ("untranslated", "part"):
            return Verdict(0.0, False, None, ("mixed",))
        return verdict

    return judged


def _appended(line: Line, made: Line, embedder: Embedder) -> str:
    """Give a sentence that stands at an end of an answer and says nothing of the line: the answer is nearer without it.

    Looked at where the answer has more sentences than the line. Of 526 answers of hfgold with an advertisement or the
    like put behind, 88 % are found so, and 3 of 632 human translations (whose translators added a sentence).
    """
    parts = [made.text[start:end] for start, end in split(made.text)]
    if len(parts) < 2 or len(parts) <= len(split(line.text)):
        return ""
    joiner = "" if base_lang(made.lang) == "zh" else " "
    rows = embedder.encode([line.text, made.text, joiner.join(parts[:-1]), joiner.join(parts[1:])])
    whole, but_last, but_first = (float(rows[0] @ row) for row in rows[1:])
    if max(but_last, but_first) <= whole:
        return ""
    return parts[-1] if but_last >= but_first else parts[0]


def _sides(pair: LinePair) -> tuple[Line, ...]:
    return tuple(line for line in (pair.zh, pair.en) if line)


def _own(pair: LinePair) -> Line:
    return _sides(pair)[0]


def _title(abstract: Abstract, source: str, target: str) -> tuple[Line, ...]:
    """Give the title if it lacks the other language and is more than names, which stay as they are."""
    text = abstract.title.get(source)
    if not text or abstract.title.get(target) or read_titles(text, text).state == "names":
        return ()
    return (Line(abstract.title_langs.get(source) or source, text),)


def _title_id(abstract: Abstract, line: Line) -> str:
    return hashlib.sha256(f"{abstract.id} title {line.text}".encode()).hexdigest()[:8]


def _paired(pair_id: str, line: Line, made: Made) -> LinePair:
    zh_own = base_lang(line.lang) == "zh"
    zh, en = (line, made.line) if zh_own else (made.line, line)
    return LinePair(pair_id, zh, en, made.made_by, made.verdict, made.engine)


def _titled(abstract: Abstract, made: Sequence[tuple[Line, Made | None]], target: str) -> Abstract:
    for line, one in made:
        if one is not None:
            pair = _paired(_title_id(abstract, line), line, one)
            texts, langs = abstract.title, abstract.title_langs
            abstract = replace(
                abstract,
                title=replace(texts, **{target: one.line.text}),
                title_langs=replace(langs, **{target: FULL_TAG[target]}),
                title_made=pair,
            )
    return abstract
