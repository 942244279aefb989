"""TMX, as other programs write it → pairs of lines; those that the judge verifies enter the memory (edge).

TMX 1.1 to 1.4b (LISA OSCAR, 2005): `<tu>` holds a `<tuv>` a language, named by `xml:lang` (`lang` before 1.4), whose
`<seg>` holds the text. Inside it `<hi>` marks text; `<bpt>`, `<ept>`, `<it>`, `<ph>`, `<ut>` hold a format's own code,
which is no text, sub-flows in it included.

Nothing outside the file is read. The document type that the standard asks for is passed over; entities of its own are
refused, for expanding them is how a small file becomes a large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from xml.parsers import expat

from digest.decode import declared_charset, decode
from digest.errors import ConfigError
from digest.model import Verdict, base_lang
from digest.store import MemoryRow, Store

Pair = tuple[str, str]  # a Chinese and an English line
JudgePairs = Callable[[Sequence[Pair]], Sequence[Verdict]]

_SIDES = {"zh": "zh", "zho": "zh", "chi": "zh", "cmn": "zh", "en": "en", "eng": "en"}  # ISO 639-1, -2 and -3
_CODE = frozenset({"bpt", "ept", "it", "ph", "ut"})
LONGEST = 2000  # characters; what is longer is no line: on any page it would be cut up
AT_ONCE = 256  # pairs judged together, and kept together


@dataclass(frozen=True, slots=True)
class Tmx:
    """The pairs of a file in order, and how many of its units gave none (a side is missing, empty or unreadable)."""

    pairs: tuple[Pair, ...]
    skipped: int


def read_tmx(data: bytes, name: str) -> Tmx:
    """Read a TMX file; `name` is what errors call it.

    A unit gives one pair: its first English text and its first Chinese one, simplified before traditional. Texts are
    given as they stand, white space and all. Raises ConfigError, with file, line and column, for what is no TMX.

    >>> read_tmx(b'<tmx><body><tu><tuv lang="EN-US"><seg>A <ph>{1}</ph>cat</seg></tuv>'
    ...          b'<tuv lang="ZH-CN"><seg>&#29483;</seg></tuv></tu><tu/></body></tmx>', "a.tmx")
    Tmx(pairs=(('猫', 'A cat'),), skipped=1)
    """
    text = decode(data, declared_charset("", data)).text.removeprefix("\ufeff")
    reader = _Reader(name)
    # the text is decoded, whatever it declares; a half of a character, which none can hold, becomes U+FFFD
    reader.read(text.encode("utf-8", "replace"))
    return Tmx(tuple(reader.pairs), reader.skipped)


@dataclass(slots=True)
class _Reader:
    """Follows the parser's events; one unit is under way at a time."""

    name: str
    pairs: list[Pair] = field(default_factory=list)
    skipped: int = 0
    depth: int = 0
    lang: str = ""
    texts: list[tuple[str, str]] = field(default_factory=list)
    parts: list[str] | None = None  # of the text under way, None outside a <seg>
    code: int = 0  # how deep in a format's own code
    broken: bool = False
    parser: expat.XMLParserType = field(init=False)

    def read(self, data: bytes) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.EntityDeclHandler = self.entity
        self.parser.SkippedEntityHandler = self.unknown
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            words = expat.errors.messages[error.code]
            raise self.fault(error.lineno, error.offset, f"this is no XML: {words}") from None

    def fault(self, line: int, column: int, words: str) -> ConfigError:
        return ConfigError(f"{self.name}:{line}:{column + 1}", words)

    def here(self, words: str) -> ConfigError:
        return self.fault(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber, words)

    def entity(self, *declared: object) -> None:
        raise self.here(f"the file declares an entity ({declared[0]}), which no TMX needs")

    def unknown(self, entity: str, is_parameter: bool) -> None:
        self.broken = True  # one that the standard's own document type would tell, if it were read

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if not self.depth and tag != "tmx":
            raise self.here(f"this is <{tag[:40]}>, not TMX")
        self.depth += 1
        if tag == "tu":
            self.texts, self.broken = [], False
        elif tag == "tuv":
            self.lang = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif tag == "seg":
            self.parts, self.code = [], 0
        elif tag in _CODE or self.code:
            self.code += 1

    def end(self, tag: str) -> None:
        tag = _local(tag)
        self.depth -= 1
        if self.code:
            self.code -= 1
        elif tag == "seg" and self.parts is not None:
            self.texts.append((self.lang, "".join(self.parts)))
            self.parts = None
        elif tag == "tuv":
            self.lang = ""
        elif tag == "tu":
            self.unit()

    def characters(self, text: str) -> None:
        if self.parts is not None and not self.code:
            self.parts.append(text)

    def unit(self) -> None:
        zh, en = _first(self.texts, "zh"), _first(self.texts, "en")
        if self.broken or not zh.strip() or not en.strip():
            self.skipped += 1
        else:
            self.pairs.append((zh, en))


def _local(tag: str) -> str:
    return tag.rpartition(":")[2].lower()


def _first(texts: Iterable[tuple[str, str]], side: str) -> str:
    """Give the first text of a side; in Chinese the simplified ones come first."""
    found = [(_traditional(lang), text) for lang, text in texts if _SIDES.get(base_lang(lang.strip())) == side]
    return min(found, key=lambda one: one[0])[1] if found else ""


def _traditional(lang: str) -> bool:
    return not {"hant", "tw", "hk", "mo"}.isdisjoint(lang.replace("_", "-").lower().split("-"))


# ---- into the memory ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of pairs: new to the memory, known to it, not verified, no lines (empty, damaged or too long)."""

    kept: int = 0
    known: int = 0
    refused: int = 0
    skipped: int = 0


def import_memory(
    pairs: Iterable[Pair], judge: JudgePairs, store: Store, now: datetime, *, source: str = ""
) -> Imported:  # fmt: skip
    """Add those pairs to the memory that the judge verifies, with the origin "tmx"; `source` names the file.

    Pairs are judged and kept AT_ONCE at a time: what was done before an interruption is kept, and known the next time.
    """
    counts = Imported()
    left = iter(pairs)
    while part := [(" ".join(zh.split()), " ".join(en.split())) for zh, en in islice(left, AT_ONCE)]:
        lines = [pair for pair in part if all(0 < len(text) <= LONGEST and "\ufffd" not in text for text in pair)]
        new = [pair for pair in dict.fromkeys(lines) if not store.has_pair(*pair)]
        verified = [(pair, v.score) for pair, v in zip(new, judge(new) if new else (), strict=True) if v.verified]
        kept = store.save_memory(
            (MemoryRow(zh, en, source, origin="tmx", score=score) for (zh, en), score in verified), now
        )
        refused = len(new) - len(verified)
        counts = replace(
            counts,
            kept=counts.kept + kept,
            known=counts.known + len(lines) - kept - refused,
            refused=counts.refused + refused,
            skipped=counts.skipped + len(part) - len(lines),
        )
    return counts
