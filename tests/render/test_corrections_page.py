"""The page of corrections and the figures above it; marks of corrected pairs elsewhere; gold, and the verb."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from corrected_day import BUILT, CORRECTED, OVERRIDES, asked, believing, reject, reword
from hypothesis import given, settings
from hypothesis import strategies as st
from page_rules import page_faults
from sample_day import OUTLINED

from digest.corrected import corrected
from digest.model import Abstract, Digest, Override
from digest.render import chat, mail, page
from digest.render.corrections import Corrections, measured_by
from digest.render.dialects import DIALECTS
from digest.render.masthead import Masthead
from digest.render.shares import share_of
from digest.render.site import json_text

ROOT = Path(__file__).parent.parent.parent
HEAD = Masthead("HF 博客日报", "https://example.org/digest/", ("zh", "en"), "a@b.example")


def told(digest: Digest) -> dict[str, Any]:
    day: dict[str, Any] = json.loads(json_text(digest))
    return day


def gathered(*days: Digest) -> Corrections:
    found = Corrections()
    for day in days:
        assert found.add(told(day))
    return found


def page_of(found: Corrections, head: Masthead = HEAD, unused: tuple[Override, ...] = ()) -> str:
    ((name, text),) = found.files(head, unused=unused)
    assert name == "corrections.html"
    return text


# ---- the page -------------------------------------------------------------------------------------------------------


def test_each_correction_is_listed_with_what_it_said_and_says() -> None:
    text = page_of(gathered(CORRECTED))
    rows = dict(re.findall(r'<article class="fix" id="([^"]+)">(.*?)</article>', text, re.DOTALL))
    assert set(rows) == {override.pair for override in OVERRIDES}
    rejected = rows["00000001"]
    before, _, now = rejected.partition("更正后")
    assert "在预先知道" in before
    assert "在预先知道" not in now
    assert "Constraints let us steer" in now
    assert "未译" in now
    assert "说的不是一回事" in rejected
    assert "Ann" in rejected
    assert '<a href="2025-04-16.html#l-00000001">' in rejected
    doubted = rows["00000003"]
    assert "<code>force_words_ids</code>" in doubted.partition("更正后")[2]
    assert "未核对" in doubted
    assert "2025-04-16.html#nl-00000033" in rows["00000033"]
    assert f"2025-04-16.html#p-{OUTLINED.id}" in rows[f"p-{OUTLINED.id}"]
    assert f"2025-04-16.html#p-{OUTLINED.id}" in rows["00000041"]  # a heading has no address of its own
    assert "标题" in rows[f"p-{OUTLINED.id}"]


def test_a_line_that_got_a_translation_is_not_called_reworded() -> None:
    """The page of corrections says so, and the mark on the day's page."""
    rows = re.split('<article class="fix" id="', page_of(gathered(CORRECTED)))[1:]
    (added,) = (row for row in rows if row.startswith("00000017"))
    assert "补译" in added
    assert "已改写" not in added
    (other,) = (row for row in rows if row.startswith("00000003"))
    assert "已改写" in other
    marked = page.html(CORRECTED).partition('id="l-00000017"')[2].partition("</details>")[0]
    assert "补译" in marked


def test_a_corrected_heading_is_marked_where_the_outline_stands() -> None:
    outline = page.html(CORRECTED).partition(f'id="p-{OUTLINED.id}"')[2].partition('<div class="pair')[0]
    assert 'href="corrections.html#00000041"' in outline


def test_the_links_lead_to_what_is_there() -> None:
    day = page.html(CORRECTED)
    for fragment in re.findall(r'href="2025-04-16\.html#([^"]+)"', page_of(gathered(CORRECTED))):
        assert f'id="{fragment}"' in day


def test_newest_corrections_come_first_and_a_pair_of_two_pages_once() -> None:
    later = replace(CORRECTED, day=date(2025, 4, 18), abstracts=(), newly=CORRECTED.abstracts[:1])
    early, _ = corrected(
        replace(BUILT, day=date(2025, 4, 17), abstracts=BUILT.abstracts[1:2]),
        [replace(reword("0000000c", zh="好。"), on=date(2025, 6, 1))], believing,
    )  # fmt: skip
    for days in ((CORRECTED, later, early), (early, later, CORRECTED)):
        rows = gathered(*days).rows()
        assert rows[0].id == "0000000c"
        assert [row.when for row in rows] == sorted((row.when for row in rows), reverse=True)
        (twice,) = (row for row in rows if row.id == "00000001")
        assert twice.places == [(date(2025, 4, 16), "l-00000001"), (date(2025, 4, 18), "nl-00000001")]
    assert page_of(gathered(early, later, CORRECTED)) == page_of(gathered(CORRECTED, later, early))


def test_what_no_longer_applies_is_listed_apart() -> None:
    found = gathered(CORRECTED)
    gone = reject("deadbeef", "<b>gone</b>")
    assert found.unused((*OVERRIDES, gone)) == (gone,)
    below = page_of(found, unused=(gone,)).partition("不再适用的勘误")[2]
    assert "deadbeef" in below
    assert "&lt;b&gt;gone&lt;/b&gt;" in below


def test_without_corrections_the_page_says_so_and_tells_the_rate_all_the_same() -> None:
    text = page_of(gathered(BUILT))
    assert "还没有勘误" in text
    assert "3.4%" in text
    assert not Corrections().any
    assert Corrections().files(HEAD) == ()


def test_it_says_how_to_report_where_that_is_set() -> None:
    assert "一封填好的邮件或一个填好的 issue" in page_of(gathered(BUILT))
    assert "没有设报错地址" in page_of(gathered(BUILT), replace(HEAD, report=""))


@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
def test_both_languages_stand_in_the_reader_s_order(order: tuple[str, str]) -> None:
    text = page_of(gathered(CORRECTED), replace(HEAD, order=order))
    assert (text.index("Measured:") < text.index("实测：")) == (order[0] == "en")
    assert ("not translated · " in re.sub("<[^>]+>", "", text)) == (order[0] == "en")


def test_what_strangers_wrote_is_escaped() -> None:
    evil = '<script>alert(1)</script>"&'
    day, _ = corrected(BUILT, [replace(reword("00000001", zh=evil), reason=evil, by=evil)], believing)
    text = page_of(gathered(day))
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") == 3


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the way to every value of a JSON file."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(*way, key) for key, _ in items] + [each for key, one in items for each in places(one, (*way, key))]


SMALL = told(replace(CORRECTED, abstracts=CORRECTED.abstracts[:1], newly=(), rest=(), failures=()))
odd = st.sampled_from([None, 7, -1.5, "x", "", [], {}, True, [1, 2], {"zh": 1}, "2025-02-30", 10**30])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(places(SMALL)), odd)
def test_what_is_no_day_is_passed_over(way: tuple[Any, ...], value: Any) -> None:
    day = copy.deepcopy(SMALL)
    at: Any = day
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = value
    found = gathered(BUILT)
    found.add(day)
    assert page_of(found)
    assert not found.add(value)


# ---- the figures ----------------------------------------------------------------------------------------------------


def test_the_share_of_this_archive_is_of_pairs_printed_as_verified() -> None:
    """Of the sample's pairs: what was verified at first, whatever it is now; what was corrected of them."""
    posts: tuple[Abstract, ...] = BUILT.abstracts
    verified = [pair.id for post in posts for pair in post.pairs if pair.zh and pair.en and pair.verdict.verified]
    share = share_of(2, len(verified))
    assert share
    assert {"00000001", "00000003"} < set(verified)
    text = page_of(gathered(CORRECTED))
    assert f"已刊出 {len(verified)} 对核对通过的句子，更正了其中 2 对，占 {share.share}" in text
    assert f"{share.low}–{share.high}" in text
    doubled = page_of(gathered(CORRECTED, replace(CORRECTED, day=date(2025, 4, 18), abstracts=(), newly=())))
    assert f"已刊出 {len(verified)} 对" in doubled


def test_the_measured_rate_is_that_of_the_docs() -> None:
    """After a new measurement both are changed: digest/data/measured.json and docs/benchmarks.md."""
    by = measured_by()
    share = share_of(by["wrong"], by["pairs"])
    assert share
    rows = (ROOT / "docs" / "benchmarks.md").read_text("utf-8").splitlines()
    (row,) = (row for row in rows if "printed pairs that strict readers call wrong" in row)
    percent, low, high = (end.removesuffix("%") for end in (share.share, share.low, share.high))
    assert f"{by['wrong']} = {percent} % ({low}–{high})" in row
    assert f"{by['pairs']} of the pairs printed now" in row
    assert "six readers" in row
    assert by["readers"] == 6
    assert by["command"].split()[1] in row
    assert (ROOT / by["command"].split()[1]).is_file()


# ---- marks elsewhere ------------------------------------------------------------------------------------------------


def test_a_corrected_pair_is_marked_in_markdown() -> None:
    text, before = page.markdown(CORRECTED), page.markdown(BUILT)
    assert "〔勘误 · corrected〕" not in before
    marked = [line for line in text.splitlines() if "〔勘误 · corrected〕" in line]
    assert len(marked) == 5  # all but the heading, whose line has room for no mark
    assert "受约束的束搜索 〔勘误 · corrected〕" in text or "Need 〔勘误 · corrected〕" in text
    assert any("〔未译 · not translated〕 〔勘误 · corrected〕" in line for line in marked)
    assert any("〔未核对 · unverified〕 〔勘误 · corrected〕" in line for line in marked)
    assert "〔人译" not in text


def test_a_withdrawn_title_is_marked_in_markdown() -> None:
    day, _ = corrected(BUILT, [reject(f"p-{OUTLINED.id}")], asked)
    assert "\n〔勘误 · corrected〕\n" in page.markdown(day)


def test_a_corrected_pair_is_marked_in_mails() -> None:
    letter, before = mail.letter(CORRECTED), mail.letter(BUILT)
    for part, plain in ((letter.text, before.text), (letter.html, before.html)):
        assert plain.count("勘误") == 0
        assert part.count("勘误") == 6  # five marks, and the count at the foot


def test_a_corrected_pair_is_marked_in_chats() -> None:
    told_in, before = (
        "".join(part.text for part in chat.parts(day, DIALECTS["wecom"], chat.Room(100_000, len)))
        for day in (CORRECTED, BUILT)
    )
    assert before.count("勘误") == 0
    assert told_in.count("勘误 · corrected") == 5  # headings are not in chats


@pytest.mark.parametrize("found", [gathered(CORRECTED), gathered(BUILT)], ids=["corrected", "built"])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")], ids=["zh", "en"])
def test_the_page_is_valid(found: Corrections, order: tuple[str, str]) -> None:
    assert page_faults(page_of(found, replace(HEAD, order=order), (reject("deadbeef"),))) == []
