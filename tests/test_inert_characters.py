"""What is never printed is in no output, whoever wrote it; sound scripts and emoji stay whole."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from all_feeds import feed_files
from hostile_texts import LARGE, hostile_day
from hypothesis import given
from hypothesis import strategies as st
from mail_case import made as mail_of
from sample_day import DAY, line

from digest.cli.options import say
from digest.deliver.mail.headers import LINE, cleaned
from digest.fetch.feeds.opml import write_opml
from digest.job import JsonLines
from digest.model import Bead, Digest, Gloss, Guess, Line
from digest.printable import MOST_MARKS, printable
from digest.render import archive, page
from digest.render.chat import Room, parts
from digest.render.dialects import DIALECTS
from digest.render.export import Row, as_jsonl, as_tmx, as_tsv
from digest.render.inert import inert
from digest.render.mail import letter
from digest.render.masthead import Masthead
from digest.render.site import json_text

# By their numbers, so that this list is none of the module's: controls, bidirectional controls, what is not seen,
# annotations, noncharacters, tags, halves of characters.
NEVER = [
    *range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5,
    0x180E, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0,
    *range(0xFFF9, 0xFFFD), *range(0xFDD0, 0xFDF0), *range(0xD800, 0xE000, 64), 0x1D173, 0x1BCA0,
    *range(0xE0000, 0xE0080),
    *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
]  # fmt: skip
HEAP = "z" + "\u0301" * 60
SELECTORS = "x" + "\ufe0f" * 9 + "字" + "".join(map(chr, range(0xE0100, 0xE0110)))
EVIL = "a" + "b".join(map(chr, NEVER)) + HEAP + SELECTORS + "c\u200dd\u200ce"
FOUND = re.compile(
    "[" + "".join(map(re.escape, map(chr, NEVER))) + "]|(?<=[a-z])[\u200c\u200d]|[\ufe00-\ufe0f]{2}|\u0301{9}"
)
SOUND = (
    "👩\u200d💻 👨\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈 ❤\ufe0f\u200d🔥 "
    "🧑🏽\u200d🚀 1\ufe0f\u20e3 👍🏽 葛\U000e0100 "
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f می\u200cشود क्\u200dष ශ්\u200dරී ก็ é שָׁ"
)


def sound_day() -> Digest:
    return hostile_day(texts=[SOUND])


def chat(name: str) -> Callable[[Digest], str]:
    # a zero-width blank of ours keeps a line's head from opening a block
    return lambda day: re.sub(r"^\u200b(?=\s*[-+#=>:|!\d])", "", "\n".join(
        part.title + "\n" + part.text for part in parts(day, DIALECTS[name], Room(9_000_000, len))
    ), flags=re.MULTILINE)  # fmt: skip


def rows(day: Digest) -> list[Row]:
    pairs = [pair for post in day.abstracts for pair in post.pairs]
    return [Row(Bead((0,), (0,), 0.5), pair.zh, pair.en, pair.verdict) for pair in pairs]


def feeds(day: Digest) -> str:
    return "".join(text for _, text in feed_files([json_text(day)], title=day.title, link="", order=day.order))


def mail_bytes(day: Digest) -> str:
    said = letter(day, limit=LARGE)
    return said.subject + cleaned(day.title, LINE) + said.text


def index(day: Digest) -> str:
    return archive.index_html([json_text(day)], Masthead(day.title, "", day.order))


def log_line(day: Digest) -> str:
    record = logging.LogRecord("digest", logging.INFO, "", 0, "%s", (day.failures[0].reason,), None)
    record.reason = record.url = day.failures[0].reason
    return str(json.loads(JsonLines().format(record))["reason"]) + JsonLines().format(record)


OUTPUTS: dict[str, Callable[[Digest], str]] = {
    "page": page.html,
    "index": index,
    "markdown": page.markdown,
    "json": lambda day: str(json.loads(json_text(day))["posts"][0]["title"]["en"]) + json_text(day),
    "feeds": feeds,
    "mail html": lambda day: letter(day, limit=LARGE).html,
    "mail text, subject and header": mail_bytes,
    **{f"chat {name}": chat(name) for name in DIALECTS},
    "tsv": lambda day: as_tsv(rows(day)),
    "jsonl": lambda day: as_jsonl(rows(day)),
    "tmx": lambda day: as_tmx(rows(day)),
    "opml": lambda day: write_opml(day.title, [(day.abstracts[0].source, "https://a.example/")]),
    "log": log_line,
}


@pytest.mark.fault("content", "controls, bidi and zero-width in print")
@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_never_printed_is_in_no_output(name: str) -> None:
    """A post's every field holds controls, overrides, hidden characters, tags and heaps of marks.

    None of them is in any output; joiners, flags and selectors that scripts and emoji need are.
    """
    written = OUTPUTS[name](hostile_day(texts=[EVIL]))
    assert FOUND.findall(written) == []
    assert "\\u001b" not in written
    assert SOUND in OUTPUTS[name](sound_day())


def test_the_look_finds_each_of_them() -> None:
    assert all(FOUND.search(chr(code)) for code in NEVER)
    assert FOUND.search(HEAP)
    assert FOUND.search(SELECTORS)


@pytest.mark.fault("content", "terminal escapes in titles and reasons")
def test_a_terminal_is_driven_by_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """A title or a server's reason holds escape sequences that would set the terminal's title or colours.

    What the program says on the screen holds none.
    """
    say(f"failed: \x1b]0;owned\x07\x1b[31m\x9b2J{EVIL}", err=True)
    say(SOUND)
    written = capsys.readouterr()
    assert FOUND.findall(written.err) == []
    assert "failed: ]0;owned[31m2J" in written.err
    assert SOUND in written.out


def test_marks_are_heaped_up_to_a_bound() -> None:
    assert printable(HEAP) == "z" + "\u0301" * MOST_MARKS


def test_places_in_a_line_move_with_its_text() -> None:
    zh = Line(
        "zh", "模\u202e型f\u200b() 在 \u2066好", code=((3, 7),), guesses=(Guess(8, "在", 0.5), Guess(1, "\u202e", 0.4)),
        glosses=(Gloss(3, "mo\u202edel", "en"),),
    )  # fmt: skip
    clean = inert(zh)
    assert clean.text == "模型f() 在 好"
    assert [clean.text[a:b] for a, b in clean.code] == ["f()"]
    assert [(guess.at, guess.chosen) for guess in clean.guesses] == [(6, "在")]
    assert [(gloss.at, gloss.text) for gloss in clean.glosses] == [(2, "model")]
    same = replace(DAY, title="T")
    assert inert(same) is same


@given(
    st.text(
        st.characters(exclude_categories=())
        | st.sampled_from("\u200c\u200d\ufe0f\u0301👩💻aم1\U0001f3f4\U000e0067\U000e007f")
    )
)
def test_what_is_printable_stays_so(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert not FOUND.search(once.replace("\U0001f3f4", "")) or "\U0001f3f4" in once
    once.encode()


@given(st.text(st.sampled_from("a\u202e\u200b模`"), min_size=1), st.data())
def test_any_line_keeps_its_places_in_bounds(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    start, end = sorted((data.draw(place), data.draw(place)))
    at = data.draw(st.integers(0, len(text) - 1))
    clean = inert(replace(line("x", "en"), text=text, code=((start, end),), guesses=(Guess(at, text[at], 0.5),)))
    assert all(0 <= a <= b <= len(clean.text) for a, b in clean.code)
    assert all(clean.text[guess.at] == guess.chosen for guess in clean.guesses)


def test_a_mails_bytes_hold_none_of_them() -> None:
    data = mail_of(EVIL).data
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)
