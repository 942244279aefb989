"""TMX of other programs is read; what the judge does not verify never enters the memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.engines.tmx import AT_ONCE, LONGEST, Imported, Pair, import_memory, read_tmx
from digest.errors import ConfigError
from digest.model import Bead, Line, Verdict
from digest.printable import printable
from digest.render.export import Row, as_tmx
from digest.store import Store

NOW = datetime(2025, 4, 17, tzinfo=UTC)


def tmx(*units: str, head: str = "", version: str = "1.4") -> bytes:
    return f'{head}<tmx version="{version}"><header/><body>{"".join(units)}</body></tmx>'.encode()


def unit(zh: str, en: str, name: str = "xml:lang", langs: tuple[str, str] = ("zh-CN", "en-US")) -> str:
    a, b = langs
    return f'<tu><tuv {name}="{b}"><seg>{en}</seg></tuv><tuv {name}="{a}"><seg>{zh}</seg></tuv></tu>'


# What is printed, which as_tmx leaves as it is.
sound = (
    st.text(
        st.sampled_from("甲乙ab \t\n<&>\"'\U0001f600")
        | st.characters(exclude_categories=("Cs",), exclude_characters=[*map(chr, range(32)), "\ufffe", "\uffff"]),
        min_size=1,
        max_size=20,
    )
    .map(printable)
    .filter(str.strip)
)


@given(st.lists(st.tuples(sound, sound), max_size=5))
def test_what_we_write_reads_back_as_it_was(pairs: list[Pair]) -> None:
    rows = [Row(Bead((i,), (i,), 1.0), Line("zh", zh), Line("en", en), None) for i, (zh, en) in enumerate(pairs)]
    found = read_tmx(as_tmx(rows).encode(), "ours.tmx")
    assert (list(found.pairs), found.skipped) == (pairs, 0)


@pytest.mark.parametrize(
    ("name", "langs"),
    [
        ("xml:lang", ("zh", "en")),
        ("xml:lang", ("zh-Hans", "en-GB")),
        ("xml:lang", ("ZH_CN", "EN_US")),
        ("xml:lang", ("zh-Hant-TW", "eng")),
        ("xml:lang", ("cmn-Hans", "en")),
        ("lang", ("ZH-CN", "EN-US")),  # TMX 1.1 to 1.3
    ],
    ids=str,
)
def test_languages_are_known_however_they_are_spelt(name: str, langs: tuple[str, str]) -> None:
    assert read_tmx(tmx(unit("猫", "cat", name, langs)), "a.tmx").pairs == (("猫", "cat"),)


@pytest.mark.parametrize(
    ("seg", "text"),
    [
        ('Press <bpt i="1">&lt;b></bpt>OK<ept i="1">&lt;/b></ept>.', "Press OK."),
        ("A <hi>bold</hi> word", "A bold word"),
        ('See <ph x="1"/>here<it pos="end">\\b0</it>', "See here"),
        ("Old <ut>{\\f1 }</ut>code", "Old code"),
        ('Link<bpt i="1">&lt;a title="<sub>a tip</sub>"></bpt> text<ept i="1">&lt;/a></ept>', "Link text"),
        ("<![CDATA[a < b]]> &amp; c<!-- no --> d", "a < b & c d"),
    ],
)
def test_a_format_s_own_code_is_no_text(seg: str, text: str) -> None:
    assert read_tmx(tmx(unit("猫", seg)), "a.tmx").pairs == (("猫", text),)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings_of_translation_programs_are_read(codec: str) -> None:
    named = "utf-16" if codec.startswith("utf-16") else codec.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{named}"?>\n' + tmx(unit("中文的句子", "A line")).decode()
    data = text.encode(codec)
    if codec in ("utf-16-le", "utf-16-be"):
        data = "\ufeff".encode(codec) + data
    assert read_tmx(data, "a.tmx").pairs == (("中文的句子", "A line"),)


def test_of_several_texts_the_first_is_taken_and_simplified_before_traditional() -> None:
    many = [("zh-TW", "貓"), ("fr", "chat"), ("en-GB", "cat"), ("zh-CN", "猫"), ("en", "cats"), ("zh", "猫咪")]
    tuvs = "".join(f'<tuv xml:lang="{lang}"><seg>{text}</seg></tuv>' for lang, text in many)
    assert read_tmx(tmx(f"<tu>{tuvs}</tu>"), "a.tmx").pairs == (("猫", "cat"),)


def test_units_without_a_pair_are_counted_and_hide_nothing() -> None:
    bad = [
        "<tu/>",
        '<tu><tuv xml:lang="en"><seg>one side</seg></tuv></tu>',
        "<tu><tuv><seg>no language</seg></tuv><tuv><seg>没有</seg></tuv></tu>",
        unit(" ", "blank"),
        unit("空", ""),
        unit("空", "", langs=("fr", "de")),
    ]
    units = [each for one in bad for each in (one, unit("猫", "cat"))]
    found = read_tmx(tmx(*units), "a.tmx")
    assert (found.pairs, found.skipped) == ((("猫", "cat"),) * 6, 6)


def test_properties_and_notes_are_no_text() -> None:
    text = '<tu><note>n</note><prop type="x">p</prop><tuv xml:lang="en"><prop type="y">q</prop><seg>cat</seg></tuv>'
    assert read_tmx(tmx(text + '<tuv xml:lang="zh"><seg>猫</seg></tuv></tu>'), "a.tmx").pairs == (("猫", "cat"),)


def test_the_standard_s_document_type_is_passed_over_and_not_fetched() -> None:
    head = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "http://127.0.0.1:1/tmx14.dtd">\n'
    found = read_tmx(tmx(unit("猫&nbsp;", "a&nbsp;cat"), unit("猫", "cat"), head=head), "a.tmx")
    assert (found.pairs, found.skipped) == ((("猫", "cat"),), 1)  # what its entities mean cannot be known


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;',
        '<!ENTITY unused "x">',
    ],
)
def test_entities_are_refused(declared: str) -> None:
    data = tmx(unit("猫", "cat"), head=f"<!DOCTYPE tmx [\n{declared}]>\n")
    with pytest.raises(ConfigError, match=r"^a\.tmx:2:\d+: the file declares an entity"):
        read_tmx(data, "a.tmx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tmx(unit("猫", "cat\n<b>")), "a.tmx:2:"),
        (tmx(unit("猫", "cat"))[:-10], "a.tmx:1:"),
        (b"<tmx>\n\n&what;</tmx>", "a.tmx:3:1: this is no XML: undefined entity"),
        (b"zh\ten\n", "a.tmx:1:1: this is no XML"),
        (b"", "a.tmx:1:1: this is no XML: no element found"),
        (b"\n<html><body/></html>", "a.tmx:2:1: this is <html>, not TMX"),
        (b"\x00\x01\x02\xff", "this is no XML"),
    ],
)
def test_what_is_no_tmx_is_said_in_one_line_with_its_place(data: bytes, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_tmx(data, "a.tmx")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=60))
def test_no_bytes_break_it(data: bytes) -> None:
    for given_bytes in (data, tmx(unit("猫", "cat"))[:60] + data):
        with suppress(ConfigError):
            read_tmx(given_bytes, "a.tmx")


# ---- into the memory -------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


class ByLength:
    """Verifies pairs whose Chinese line is no longer than the English one; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Pair] = []

    def __call__(self, pairs: Sequence[Pair]) -> tuple[Verdict, ...]:
        self.asked += pairs
        return tuple(Verdict(0.8, len(zh) <= len(en)) for zh, en in pairs)


def test_only_verified_pairs_enter_the_memory(store: Store) -> None:
    judge = ByLength()
    pairs = [("猫", "cat"), (" 猫 ", "cat\n"), ("一只很大的猫", "cat"), ("狗\n狗", "dog  dog"), ("\ufffd", "damaged"),
             ("长", "x" * (LONGEST + 1)), (" ", "blank")]  # fmt: skip
    counts = import_memory(pairs, judge, store, NOW, source="my.tmx")
    assert counts == Imported(kept=2, known=1, refused=1, skipped=3)
    rows = store.memory_exact("en", "cat", 99)
    assert [(r.zh, r.origin, r.source, r.score) for r in rows] == [("猫", "tmx", "my.tmx", 0.8)]
    assert [r.zh for r in store.memory_exact("en", "dog dog", 99)] == ["狗 狗"]


def test_a_second_import_judges_only_what_is_not_known(store: Store) -> None:
    pairs = [(f"第{i}句", f"Line number {i}") for i in range(AT_ONCE + 10)] + [("很长很长很长", "x")]
    first, second = ByLength(), ByLength()
    assert import_memory(pairs, first, store, NOW) == Imported(kept=AT_ONCE + 10, refused=1)
    assert import_memory(pairs, second, store, NOW) == Imported(known=AT_ONCE + 10, refused=1)
    assert (len(first.asked), second.asked) == (AT_ONCE + 11, [("很长很长很长", "x")])


def test_what_was_judged_before_an_interruption_is_kept(store: Store) -> None:
    class Tired(ByLength):
        def __call__(self, pairs: Sequence[Pair]) -> tuple[Verdict, ...]:
            if self.asked:
                raise KeyboardInterrupt
            return super().__call__(pairs)

    pairs = [(f"第{i}句", f"Line number {i}") for i in range(AT_ONCE + 10)]
    with pytest.raises(KeyboardInterrupt):
        import_memory(pairs, Tired(), store, NOW)
    assert store.memory_top() == AT_ONCE
