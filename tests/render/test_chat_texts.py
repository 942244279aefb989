"""A day as texts for chats: within the limit as each service counts, nothing split, nothing that calls people."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sample_day import DAY, EMPTY, PAIRED, RICH

from digest.errors import ConfigError
from digest.model import Both, Digest, Line, LinePair, Verdict
from digest.render.chat import SMALLEST, Room, parts
from digest.render.dialects import DIALECTS, Count, json_bytes, utf8_bytes, utf16_units
from digest.render.markdown import md

COUNTS: dict[str, Count] = {"bytes": utf8_bytes, "units": utf16_units, "json": json_bytes}
NASTY = (
    '<!channel> <@U123> <at id=all></at> <at user_id="all">x</at> <@all> @all @everyone ](http://evil.example) '
    "*b* _i_ ~s~ `c` # h & &lt; <b>x</b> \\ |"
)

texts = st.text(st.sampled_from('ab中文😀<>&*_`[]()@#\\|~"\n-1. '), min_size=1, max_size=60)


@st.composite
def days(draw: st.DrawFn) -> Digest:
    """Draw a day of posts whose pairs can be told apart: each line begins with a number of its own."""
    posts, number = [], 0
    for n in range(draw(st.integers(0, 5))):
        pairs = []
        for _ in range(draw(st.integers(0, 6))):
            number += 1
            zh, en = (
                Line(lang, f"Z{number:03}{side}Z " + draw(texts) * draw(st.integers(1, 12)), code=((7, 12),))
                for side, lang in (("c", "zh-Hans"), ("e", "en"))
            )
            alone = draw(st.booleans())
            verdict = Verdict(0.9, not alone, None if alone else "exact")
            pairs.append(LinePair(f"{number}", zh, None if alone else en, "none" if alone else "human", verdict))
        title = Both(draw(texts) * draw(st.integers(1, 40)), draw(st.none() | texts))
        url = Both(f"https://a.example/{n}" + "x" * draw(st.sampled_from([0, 700])), None)
        posts.append(replace(PAIRED, id=f"p{n}", title=title, url=url, pairs=tuple(pairs), lang="zh-Hans"))
    return replace(EMPTY, abstracts=tuple(posts), title=draw(texts) * draw(st.integers(1, 5)))


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", DIALECTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(day=days(), limit=st.integers(SMALLEST, 4096), titled=st.booleans())
def test_every_part_is_within_the_limit_and_holds_whole_pairs_in_order(
    name: str, count: str, day: Digest, limit: int, titled: bool
) -> None:
    found = parts(day, DIALECTS[name], Room(limit, COUNTS[count], titled))
    assert [(part.part, part.parts) for part in found] == [(n, len(found)) for n in range(1, len(found) + 1)]
    assert all(COUNTS[count](part.text) <= limit for part in found)
    assert found == parts(day, DIALECTS[name], Room(limit, COUNTS[count], titled))
    wanted = [line.text[:6] for post in day.abstracts for pair in post.pairs for line in (pair.zh, pair.en) if line]
    told = [re.findall(r"Z(\d{3}[ce])Z", part.text) for part in found]
    assert [mark for marks in told for mark in marks] == [text[1:5] for text in wanted]
    whole = {pair.id.zfill(3) for post in day.abstracts for pair in post.pairs if pair.zh and pair.en}
    for marks in told:  # a pair of two lines has both of them in one part
        assert all(marks.count(f"{number}c") == marks.count(f"{number}e") for number in whole)


def test_only_a_pair_that_is_too_long_alone_is_shortened_and_says_so() -> None:
    long = LinePair("x", Line("zh-Hans", "长" * 2000), Line("en", "long " * 900), "human", Verdict(0.9, True, "exact"))
    day = replace(EMPTY, abstracts=(replace(PAIRED, pairs=(*PAIRED.pairs[:2], long, *PAIRED.pairs[2:])),))
    found = parts(day, DIALECTS["wecom"], Room(2000, utf8_bytes))
    text = "\n".join(part.text for part in found)
    assert len(re.findall("长…", text)) == 1
    assert text.count("…") == 2, "both of its lines, and no other"
    for line in (pair.zh for pair in PAIRED.pairs if pair.zh):
        assert line.text.split("force")[0] in text
    assert all(utf8_bytes(part.text) <= 2000 for part in found)
    assert max(utf8_bytes(part.text) for part in found) > 1900, "it is cut only as far as it must be"


def test_a_post_that_goes_on_has_its_heading_again() -> None:
    found = parts(DAY, DIALECTS["wecom"], Room(1000, utf8_bytes))
    assert len(found) > 2
    assert "（续 · continued）" not in found[0].text
    assert any(part.text.split("\n\n")[1].endswith("（续 · continued）") for part in found[1:])
    for part in found:
        assert part.text.startswith(f"**HF 博客日报 — 2025-04-16（{part.part}/{len(found)}）**")


def test_a_part_says_what_the_page_says() -> None:
    text = "".join(part.text for part in parts(RICH, DIALECTS["markdown"], Room(100_000, utf8_bytes)))
    assert "（1/1）" not in text
    for said in ("未译 · not translated", "补录 · late", "更新 · updated", "今日新译", "其余博文 · The rest", "机译"):
        assert said in text
    assert "(https://example.org/digest/2025-04-16.html)" in text
    assert "(https://blog.example/zh/beam-search)" in text
    assert "`model.generate()`" in text


def test_the_readers_order_holds() -> None:
    def places(order: tuple[str, str]) -> tuple[int, int]:
        day = replace(EMPTY, order=order, abstracts=(PAIRED,))
        text = parts(day, DIALECTS["plain"], Room(9000, utf8_bytes))[0].text
        return text.index("左右模型的输出"), text.index("steer what a model writes")

    assert places(("zh", "en"))[0] < places(("zh", "en"))[1]
    assert places(("en", "zh"))[0] > places(("en", "zh"))[1]


@pytest.mark.parametrize(("order", "edition"), [(("zh", "en"), "zh/beam-search"), (("en", "zh"), "beam-search")])
def test_the_title_of_the_readers_first_language_leads_to_that_edition(order: tuple[str, str], edition: str) -> None:
    text = parts(replace(EMPTY, order=order, abstracts=(PAIRED,)), DIALECTS["markdown"], Room(9000, utf8_bytes))[0].text
    first, second = (PAIRED.title.get(side) or "" for side in order)
    assert f"■ [{first}](https://blog.example/{edition})" in text
    assert text.index(first) < text.index(second)
    assert text.count("https://blog.example/") == 1


def test_a_title_that_was_made_says_so_and_leads_to_the_post_it_is_of() -> None:
    made = LinePair("t", Line("zh-Hans", "译"), Line("en", "T"), "machine", Verdict(0.9, True, "same"))
    post = replace(PAIRED, url=Both(None, "https://blog.example/beam-search"), title=Both("译", "T"), title_made=made)
    day = replace(EMPTY, abstracts=(post,))
    text = parts(day, DIALECTS["plain"], Room(9000, utf8_bytes))[0].text
    assert "■ 译 〔机译 · machine〕\nhttps://blog.example/beam-search\nT\n" in text
    by_people = replace(post, title_made=replace(made, made_by="human"))
    assert (
        "〔人译" not in parts(replace(EMPTY, abstracts=(by_people,)), DIALECTS["plain"], Room(9000, utf8_bytes))[0].text
    )


def test_a_reader_is_told_nothing_that_only_who_runs_it_can_use() -> None:
    day = replace(DAY, offer=Both("运行 models pull", "Run models pull"), signature="digest 9 · beads b81f51fe")
    text = "".join(part.text for part in parts(day, DIALECTS["plain"], Room(100_000, utf8_bytes)))
    assert "models pull" not in text
    assert "b81f51fe" not in text


def test_a_source_of_giant_length_is_cut() -> None:
    day = replace(EMPTY, abstracts=(replace(PAIRED, source="源" * 30_000),))
    (part,) = parts(day, DIALECTS["plain"], Room(9000, utf8_bytes))
    assert part.text.count("源") == 59


def test_a_day_without_posts_says_so() -> None:
    (part,) = parts(replace(EMPTY, abstracts=(), newly=(), rest=()), DIALECTS["plain"], Room(4000, utf8_bytes))
    assert "这一天没有博文。 · No posts on this day." in part.text


def nasty_day() -> Digest:
    pair = LinePair("n", Line("zh-Hans", NASTY), Line("en", f"# {NASTY}"), "human", Verdict(0.9, True, "exact"))
    post = replace(PAIRED, title=Both(NASTY, NASTY), source=NASTY, pairs=(pair,))
    return replace(EMPTY, title=NASTY, abstracts=(post,))


@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "plain"])
def test_a_value_calls_nobody_and_is_no_markup(name: str) -> None:
    text = "".join(part.text for part in parts(nasty_day(), DIALECTS[name], Room(50_000, utf8_bytes)))
    assert not re.search(r"@(all|everyone)", text)
    if name not in ("mrkdwn", "html"):  # which write links otherwise
        assert not re.search(r"(?<!\\)\]\(http://evil", text)
    if name == "html":
        assert set(re.findall(r"<(/?[a-z]+)", text)) <= {"b", "/b", "a", "/a", "code", "/code"}
        assert "<b>x</b>" not in text
    elif name == "mrkdwn":
        assert all(link.startswith("https://") for link in re.findall(r"<([^>]*)>", text))
        assert "<!channel" not in text
    elif name == "markdown":
        assert not re.search(r"(?<!\\)<", text)
    else:
        assert not re.search("[<>]", text)
    own = {"markdown": "", "mrkdwn": "`", "html": "", "feishu": "`", "dingtalk": "`", "wecom": "`"}[name]
    assert all(mark not in text for mark in own)


CALLS = "@all @Everyone @here @channel，@所有人 <!channel> <!here> <at id=all></at> <@all> @all看"


@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "plain"])
def test_code_calls_nobody_and_decorators_stay(name: str) -> None:
    text = f"{CALLS} @property @allow @all_of @user"
    written = DIALECTS[name].line(Line("en", text, code=((0, len(text)),)))
    assert not re.search("@(all|here|channel|everyone)(?![a-z_&])|@所有人", written, re.IGNORECASE)
    assert "<!" not in written or name == "markdown", "CommonMark has code as it stands"
    assert "<at" not in written or name == "markdown"
    found = re.sub("&#(\\d+);", lambda mark: chr(int(mark[1])), written)
    assert "@property @allow @all_of @user" in found.replace("＿", "_")


class Tags(HTMLParser):
    """Collects texts and links, and fails where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert tag == "br" or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_hostile_values_are_read_back_as_text(name: str) -> None:
    """What Telegram's HTML and CommonMark make of them is the text itself, and the links are ours."""
    told = ""
    for part in parts(nasty_day(), DIALECTS[name], Room(9000, utf8_bytes)):
        tags = read(part.text if name == "html" else MarkdownIt("commonmark").render(part.text))
        assert set(tags.links) <= {"https://blog.example/zh/beam-search"}
        told += tags.text
    assert told.count(NASTY.replace("@", "＠")[:-2].strip()) >= 4, "both titles, both lines"


@settings(max_examples=25, deadline=None)
@given(day=days())
def test_the_tags_of_every_part_close(day: Digest) -> None:
    for part in parts(day, DIALECTS["html"], Room(SMALLEST, utf16_units)):
        read(part.text)


def test_commonmark_is_read_back_as_it_was_written() -> None:
    """The escapes of the dialect are those of the Markdown page, but for the @ that would call people."""
    assert DIALECTS["markdown"].text("a *b* [c](d) <e>") == md("a *b* [c](d) <e>")


def test_a_line_that_would_open_a_block_does_not() -> None:
    for head in ("- a", "1. a", "= a", "+ a"):
        assert DIALECTS["wecom"].line(Line("en", head)).startswith("\u200b")
    assert not DIALECTS["wecom"].line(Line("en", "3.5 is a number")).startswith("\u200b")


@pytest.mark.parametrize("name", DIALECTS)
def test_controls_that_turn_or_hide_a_text_are_left_out(name: str) -> None:
    pair = LinePair("n", Line("zh-Hans", "a\u202eb c\x1b", code=((4, 5),)), None, "none", Verdict(0, False))
    day = replace(EMPTY, title="d\u2066e", abstracts=(replace(PAIRED, title=Both("f\u200fg", None), pairs=(pair,)),))
    (part,) = parts(day, DIALECTS[name], Room(9000, utf8_bytes))
    assert not re.search("[\x1b\u202e\u2066\u200f]", part.text + part.title)
    assert "ab " in part.text


def test_a_room_that_is_too_small_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"limit is 999; a message must hold at least 1000"):
        parts(DAY, DIALECTS["plain"], Room(999, utf8_bytes))
