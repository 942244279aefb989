"""A page with all the faults → our form: posts, pairs, and every line told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from foreign_pages import PAGE, PAIRS, TwinEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import cleaning
from digest.align.embed import load_embedder
from digest.clean.inline import Inline, inline
from digest.clean.page import TextLine
from digest.clean.report import as_json, as_text, ranges
from digest.cleaning import Cleaned, clean, clean_page, is_json
from digest.config import DigestSettings
from digest.errors import SourceError
from digest.foreign import joined
from digest.model import Digest, Guess, Page
from digest.normalise.repair.report import Mended
from digest.render.markdown import md_title
from digest.render.page import html, markdown
from digest.render.site import json_text
from digest.render.words import COUNTED, both, counted

SETTINGS = DigestSettings.model_validate({})
TWINS = TwinEmbedder()
TODAY = date(2025, 5, 1)


def cleaned(text: str) -> Cleaned:
    return clean(text, "page.md", TWINS, SETTINGS, TODAY)


def pairs(digest: Digest) -> set[tuple[str, str]]:
    return {(p.zh.text, p.en.text) for a in digest.abstracts for p in a.pairs if p.zh and p.en}


def alone(digest: Digest) -> set[str]:
    return {(p.zh or p.en).text for a in digest.abstracts for p in a.pairs if not (p.zh and p.en)}  # type: ignore[union-attr]


PAIR = [zh for zh, _ in PAIRS[:2]]
PLAIN = [(inline(zh).text, inline(en).text) for zh, en in PAIRS]


def test_a_page_with_all_faults_comes_out_whole() -> None:
    got = cleaned(PAGE)
    digest = got.digest
    assert (digest.day, digest.title) == (date(2025, 3, 2), "某某日报")
    assert [(a.title.zh or a.title.en, a.url.zh or a.url.en) for a in digest.abstracts] == [
        ("A Small Model for Laptops", "https://blog.example/lamp"),
        ("浏览器里的演示", "https://blog.example/demo"),
    ]
    assert pairs(digest) == {PLAIN[n] for n in (0, 1, 2, 3, 5, 6, 7)}
    assert alone(digest) == {"It needs no graphics card at all.", "这一行没有译文，只好单独列出来。"}
    assert all(p.verdict.verified for a in digest.abstracts for p in a.pairs if p.zh and p.en)


def test_the_report_names_every_fault_with_its_line() -> None:
    told = as_json(cleaned(PAGE).report)
    assert [post["lines"] for post in told["posts"]] == [[5, 46], [30]]  # type: ignore[attr-defined]
    assert told["echoes"] == [{"line": 9, "echo": 10, "post": 1}]
    assert told["fences"] == [17, 24]
    assert told["headings"] == [7, 18, 32]
    assert told["chatter"] == [15, 26]
    assert told["repeats"] == [{"line": 48, "of": 22, "post": 1}, {"line": 49, "of": 22, "post": 1}]
    assert told["unpaired"] == [{"line": 9, "post": 1}, {"line": 42, "post": 2}]
    assert [(p["zh"], p["en"]) for p in told["pairs"]] == [  # type: ignore[attr-defined]
        ([12], [13]), ([21], [20]), ([23], [22]), ([51], [51]), ([51], [51]), ([34], [38]), ([36], [40]),
    ]  # fmt: skip
    assert told["refused"] == []


def test_people_read_the_same_report() -> None:
    text = as_text(cleaned(PAGE).report)
    assert "page.md: 2 posts, 7 pairs (7 verified, 0 doubtful), 2 lines unpaired" in text
    assert "lines translated into themselves: 1 (lines 10)" in text
    assert "chatter of a language model, left out: 2 (lines 15, 26)" in text
    assert ranges([]) == ""


@pytest.mark.parametrize("codec", ["cp1252", "cp1254", "latin-1", "mac-roman"])
def test_damaged_pages_are_read_again_and_keep_their_pairs(codec: str) -> None:
    got, sound = cleaned(PAGE.encode().decode(codec, "ignore").replace("\u00ad", "")).report, cleaned(PAGE).report
    assert {(p.zh, p.en) for p in got.pairs if p.kept} == {(p.zh, p.en) for p in sound.pairs if p.kept}
    told, whole = as_json(got), as_json(sound)
    for role in ("fences", "headings", "chatter", "echoes"):
        assert told[role] == whole[role]
    touched = sum(bool(account.damage or account.repairs) for account in got.accounts)
    foreign = sum(bool(line.strip()) and not line.isascii() for line in PAGE.split("\n"))
    assert touched == foreign
    assert told["damage"] == {}
    assert set(told["repairs"]) == {f"undone:{codec}" if codec == "mac-roman" else f"read:{codec}"}  # type: ignore[call-overload]
    assert sum(account.unsure for account in got.accounts) == sum(told["unsure"].values())  # type: ignore[attr-defined]


def reading(*chosen: str) -> Callable[[str], Mended]:
    """A repair that is not sure of the first of each of these characters behind its stretch."""

    def read(text: str) -> Mended:
        places = sorted(text.index(stretch) + len(stretch) - 1 for stretch in chosen)
        return Mended(text, (), (), tuple(Guess(at, text[at], 0.5, (("宅", 0.3),)) for at in places))

    return read


GUESSED = f"""# 日报 — 2025-04-16

## [测试标题](https://a.example/t)

- **{PAIRS[0][0]}**
- *{PAIRS[0][1]}*

| {PAIRS[1][0]} | {PAIRS[1][1]} |
"""


def guessed(text: str, monkeypatch: pytest.MonkeyPatch) -> Cleaned:
    stretches = (PAIRS[0][0][:4], PAIRS[1][0][:3], "## [测试")
    with monkeypatch.context() as patched:
        patched.setattr(cleaning, "mend", reading(*stretches))
        return cleaned(text)


def test_what_is_not_sure_is_marked_where_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    got = guessed(GUESSED, monkeypatch)
    (post,) = got.digest.abstracts
    assert pairs(got.digest) == set(PLAIN[:2])
    found = [(p.zh.text, g.at, g.chosen) for p in post.pairs if p.zh for g in p.zh.guesses]
    assert found == [(PLAIN[n][0], at, PLAIN[n][0][at]) for n, at in ((0, 3), (1, 2))]
    assert html(got.digest).count('<u class="guess"') == 2
    assert "title-guessed" in post.notes
    assert as_json(got.report)["unsure"] == {"3": 1, "5": 1, "8": 1}


def test_guesses_keep_their_places_where_lines_are_joined() -> None:
    lines = [TextLine(n, Inline(text, guesses=(Guess(1, text[1], 0.5),)), "zh", 0, 0) for n, text in enumerate(PAIR)]
    whole = joined(lines)
    assert [(whole.text[guess.at], guess.chosen) for guess in whole.guesses] == [(text[1], text[1]) for text in PAIR]


def test_our_own_form_with_guesses_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    once = guessed(GUESSED, monkeypatch).digest
    noted = [replace(a, notes=(*a.notes, "text-repaired"), guessed=482, unsure=18) for a in once.abstracts]
    page = markdown(replace(once, abstracts=tuple(noted)))
    assert page.count("[^") == 4
    assert "482" in page
    again = cleaned(page)
    assert (pairs(again.digest), alone(again.digest)) == (pairs(once), set())
    notes = [n for n, line in enumerate(page.split("\n"), 1) if line.startswith(("〔", "[^"))]
    assert [account.line for account in again.report.of_role("note")] == notes
    assert len(notes) == 4


@pytest.mark.parametrize("code", sorted(COUNTED))
@pytest.mark.parametrize("counts", [(1, 0), (1, 1), (482, 0), (482, 18), (0, 0)])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
def test_notes_with_counts_are_known(code: str, counts: tuple[int, int], order: tuple[str, str]) -> None:
    note = f"〔{md_title(both(counted(code, *counts), order))}〕"
    got = cleaned(f"## [T](https://a.example/t)\n\n{note}\n\n{PAIRS[0][0]}\n{PAIRS[0][1]}\n")
    assert [account.line for account in got.report.of_role("note")] == [3]


def test_a_damaged_pair_is_never_exact() -> None:
    got = cleaned(PAGE.replace(PAIRS[2][0], PAIRS[2][0].replace("代", "\ufffd")))
    found = [p for a in got.digest.abstracts for p in a.pairs if p.zh and p.en and "\ufffd" in p.zh.text]
    assert found
    assert all(p.verdict.grade != "exact" and "damaged" in p.verdict.reasons for p in found)


@pytest.mark.parametrize(
    "form",
    ["{zh}\n{en}\n", "{en}\n\n{zh}\n", "{zh} {en}", "- {en} / {zh}", "| {zh} | {en} |", "EN: {en}\n中文：{zh}\n",
     "> {zh}\n>\n> {en}\n", "**English:** {en}\n**译文：** {zh}"],
)  # fmt: skip
def test_pairs_are_found_in_the_forms_that_tools_write(form: str) -> None:
    text = "\n".join(form.format(zh=zh, en=en) for zh, en in PAIRS)
    got = cleaned(f"## [T](https://a.example/t)\n\n{text}\n")
    assert pairs(got.digest) == set(PLAIN)
    assert not alone(got.digest)


def test_a_line_more_in_one_block_is_not_joined_to_its_neighbour() -> None:
    en = [PLAIN[n][1] for n in (0, 1, 7, 2, 3)]
    got = cleaned("\n".join([*(PLAIN[n][0] for n in range(4)), "", *en]))
    assert pairs(got.digest) == set(PLAIN[:4])
    assert alone(got.digest) == {PLAIN[7][1]}


def test_the_real_encoder_and_judge_find_the_same_pairs() -> None:
    got = clean(PAGE, "page.md", load_embedder(), SETTINGS, TODAY)
    assert pairs(got.digest) == {PLAIN[n] for n in (0, 1, 2, 3, 5, 6, 7)}


def test_names_with_slashes_take_no_chinese_along() -> None:
    zh, en = "用户可以在Lab/model-a和Lab/model-b上运行。", "Users can run it on Lab/model-a and Lab/model-b."
    got = clean(f"{zh}\n{en}\n", "x", TwinEmbedder([(zh, en)]), SETTINGS, TODAY)
    assert pairs(got.digest) == {(zh, en)}


def test_a_page_tells_no_path_of_this_machine() -> None:
    got = clean(PAGE, "/home/someone/private/page.md", TWINS, SETTINGS, TODAY)
    assert "someone" not in json_text(got.digest) + markdown(got.digest) + html(got.digest)


def test_html_is_read_as_lines() -> None:
    body = "".join(
        f'<h2><a href="https://blog.example/{n}">Post {n}</a></h2><p>{zh}<br>{en}</p>'.replace("`", "")
        for n, (zh, en) in enumerate(PLAIN[:3])
    )
    page = Page("https://blog.example/", f"<!doctype html><html><body>{body}</body></html>".encode())
    got = clean_page(page, TWINS, SETTINGS, TODAY)
    assert pairs(got.digest) == set(PLAIN[:3])
    assert [a.url.en for a in got.digest.abstracts] == [f"https://blog.example/{n}" for n in range(3)]


def test_a_page_without_a_pair_is_refused() -> None:
    with pytest.raises(SourceError, match="no Chinese line with its English one was found in 2 lines"):
        cleaned("# Title\n\nOnly English here, and nothing else.\n")


def test_a_sentence_of_two_posts_stays_in_both() -> None:
    zh, en = PAIRS[0]
    got = cleaned(
        f"## [A](https://a.example/a)\n\n{zh}\n{en}\n\n## [B](https://a.example/b)\n\n{zh}\n{en}\n\n{zh}\n{en}\n"
    )
    assert [[(p.zh.text, p.en.text) for p in a.pairs if p.zh and p.en] for a in got.digest.abstracts] == [
        [PLAIN[0]]
    ] * 2
    assert [account.line for account in got.report.of_role("repeat")] == [11, 12]
    assert len({p.id for a in got.digest.abstracts for p in a.pairs}) == 2


def test_what_reads_like_chatter_is_text_beside_its_translation() -> None:
    twins = (("我写好了这个项目的摘要。", "I have written the summary of this project."), *PAIRS)
    page = (
        f"## [A](https://a.example/a)\n\n{PAIRS[0][0]}\n{PAIRS[0][1]}\n\nI have written the summary of this project.\n"
    )
    alone_ = clean(page, "x", TwinEmbedder(twins), SETTINGS, TODAY)
    assert [account.line for account in alone_.report.of_role("chatter")] == [6]
    beside = clean(f"{page}{twins[0][0]}\n", "x", TwinEmbedder(twins), SETTINGS, TODAY)
    assert beside.report.of_role("chatter") == ()
    assert pairs(beside.digest) == {twins[0], PLAIN[0]}


def test_people_are_told_of_the_lines_left_out() -> None:
    assert "other lines, left out: 1 (lines 3)" in as_text(cleaned(PAGE).report)


def test_json_is_refused() -> None:
    page = Page("day.json", json_text(cleaned(PAGE).digest).encode())
    with pytest.raises(SourceError, match="is JSON; give the page as Markdown or HTML"):
        clean_page(page, TWINS, SETTINGS, TODAY)
    assert not is_json("[[" * 100_000)
    assert not is_json("[1]: https://a.example/")


def test_our_own_html_reads_back_like_our_own_markdown() -> None:
    once = cleaned(PAGE.replace("三天", "二十天")).digest
    body = html(once)
    again = clean_page(Page("day.html", body.encode()), TWINS, SETTINGS, TODAY).digest
    same = cleaned(markdown(once)).digest
    assert (pairs(again), alone(again)) == (pairs(same), alone(same))
    assert (again.title, again.day) == (same.title, same.day)
    assert [(a.title, a.url, a.published) for a in again.abstracts] == [
        (a.title, a.url, a.published) for a in same.abstracts
    ]


# ---- laws -----------------------------------------------------------------------------------------------------------

ODD = [
    *("```", "---", "**Abstract:**", "## 摘要", "Sure! Here is the abstract:", "**Word Count:** 9 words", "", "  "),
    *("\u3000", "*", "**", "- ", "> ", "## [P](https://a.example/p)", "# H", "## ", "Link: https://a.example/l", "42"),
    *(
        "→",
        "日本語のテキスト。",
        "〔未译 · not translated〕",
        "〔x〕",
        "| a | 中 |",
        "\ufffd\ufffd",
        "\u200b",
        "æ¨¡åž‹",
        "1.",
    ),
    *(
        "[a]: https://a.example/a",
        "[x][a]",
        "<p>",
        "</div>",
        "----",
        "====",
        "<b>中</b>",
        "```python",
        "I hope this helps!",
    ),
    *("Generated by a tool", "中文 English", "digest 0.1.0 · made"),
]
ANY = st.one_of(
    st.sampled_from([line for pair in PAIRS for line in pair] + ODD),
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=("Cs",)), max_size=30),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(ANY, max_size=25))
def test_nothing_is_lost_every_line_has_one_account(lines: list[str]) -> None:
    text = "\n".join([*lines, "", PAIRS[0][0], PAIRS[0][1]])
    try:
        got = cleaned(text)
    except SourceError:
        return
    inked = [number for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    assert [account.line for account in got.report.accounts] == inked
    told = as_json(got.report)
    listed = [place["line"] for place in told["unpaired"]]  # type: ignore[attr-defined]
    listed += [place["echo"] for place in told["echoes"]] + [place["line"] for place in told["repeats"]]  # type: ignore[attr-defined]
    listed += sorted({line for p in told["pairs"] for line in p["zh"] + p["en"]})  # type: ignore[attr-defined]
    listed += [line for role in ("fences", "headings", "chatter") for line in told[role]]  # type: ignore[attr-defined]
    listed += [line for places in told["other"].values() for line in places]  # type: ignore[attr-defined]
    listed += [line for post in told["posts"] for line in post["lines"] if line]  # type: ignore[attr-defined]
    assert sorted(set(listed)) == inked


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, set[tuple[str, str]]]:
    """Draw a page of some pairs in one of the forms that tools write, with faults between."""
    chosen = draw(st.lists(st.sampled_from(range(len(PAIRS))), min_size=1, max_size=6, unique=True))
    star = draw(st.sampled_from(["{}", "*{}*", "_{}_", "- {}", "> {}"]))
    zh_first, gap = draw(st.booleans()), draw(st.sampled_from(["", "\n"]))
    parts = ["# Daily — 2025-04-16\n", "## [T](https://a.example/t) （2025-04-16）\n", "**Abstract**\n"]
    if draw(st.booleans()):
        for n in chosen:
            first, second = PAIRS[n] if zh_first else PAIRS[n][::-1]
            parts += draw(
                st.lists(st.sampled_from(["```\n", "**摘要**\n", "Sure! Here is the abstract:\n"]), max_size=1)
            )
            parts.append(f"{first}\n{gap}{star.format(second)}\n")
    else:
        for side in (0, 1) if zh_first else (1, 0):
            parts += [PAIRS[n][side] + gap for n in chosen] + [""]
    return "\n".join(parts), {PLAIN[n] for n in chosen}


@settings(deadline=None, max_examples=80)
@given(pages())
def test_pairs_come_out_of_every_form_and_our_own_form_gives_the_same(page: tuple[str, set[tuple[str, str]]]) -> None:
    text, expected = page
    once = cleaned(text).digest
    assert pairs(once) == expected
    again = cleaned(markdown(once)).digest
    assert pairs(again) == expected
    assert alone(again) == alone(once)
    assert [a.title for a in again.abstracts] == [a.title for a in once.abstracts]
    assert html(once)


def test_our_own_form_gives_the_same_of_the_faulty_page_too() -> None:
    once = cleaned(PAGE).digest
    again = cleaned(markdown(once)).digest
    assert (pairs(again), alone(again)) == (pairs(once), alone(once))
    assert [(a.title, a.url, a.published.date()) for a in again.abstracts] == [
        (a.title, a.url, a.published.date()) for a in once.abstracts
    ]
