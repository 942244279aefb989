"""A day as a mail's words: what it says, in which languages, how large, and that nothing in it reaches out."""

from __future__ import annotations

import base64
import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sample_day import CHINESE, DAY, EMPTY, ENGLISH, LATE, PAIRED, REPAIRED, RICH, line, pair

from digest.errors import ConfigError, DeliveryError
from digest.model import Abstract, Both, Digest, Failure, LinePair, Listed
from digest.render import letter_words
from digest.render.line import segments, shown
from digest.render.mail import letter
from digest.render.page import packaged

FULL = dataclasses.replace(RICH, abstracts=(*RICH.abstracts, REPAIRED))
ENGLISH_FIRST = dataclasses.replace(FULL, order=("en", "zh"), title="HF Blog Daily")
STOP = "mailto:stop@blog.example?subject=unsubscribe%20abc&body=x"
VOID = {"meta", "br"}
DAYS = [DAY, FULL, ENGLISH_FIRST, EMPTY]
NAMES = ["day", "full", "english-first", "empty"]


class Parts(HTMLParser):
    """The elements and texts of an HTML part, each text with the languages and opacities around it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str, float]] = []
        self.comments: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"title", "style"} & {tag for tag, _ in self.open}:
            within = [attrs for tag, attrs in self.open if tag not in ("html", "body")]  # programs drop those two
            langs = [attrs["lang"] for attrs in within if "lang" in attrs]
            seen = 1.0
            for attrs in within:
                seen *= float(style(attrs).get("opacity", "1"))
            self.texts.append((data, langs[-1] if langs else "", seen))

    def lines(self) -> list[str]:
        """Give what stands on the page, run together: marks and code part a line into several texts."""
        return ["".join(text for text, _, _ in self.texts)]


def size(html: str) -> int:
    """Count the bytes of a part as a mail carries it."""
    return len(base64.encodebytes(html.encode()).replace(b"\n", b"\r\n"))


def style(attrs: dict[str, str]) -> dict[str, str]:
    return dict(rule.split(":", 1) for rule in attrs.get("style", "").split(";") if ":" in rule)


def luminance(grey: float) -> float:
    """Give the relative luminance of a grey 0…255 (WCAG 2.2, relative luminance)."""
    part = grey / 255
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def contrast(one: float, two: float) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def pairs_of(digest: Digest) -> Iterator[LinePair]:
    for abstract in (*digest.abstracts, *digest.newly):
        yield from abstract.pairs


def many(count: int, first: int = 1) -> tuple[Abstract, ...]:
    """Make posts of the size that posts have, each with lines of its own."""
    made = []
    for number in range(first, first + count):
        pairs = tuple(
            pair(number * 100 + n, line(f"第 {number} 篇的第 {n} 句：" + "这里说的是一件事，" * 8, "zh-Hans"),
                 line(f"Line {n} of post {number}: " + "and this is what it has to say, " * 6, "en"))
            for n in range(5)
        )  # fmt: skip
        title = Both(f"第 {number} 篇博文的标题", f"The title of post number {number}")
        made.append(dataclasses.replace(PAIRED, id=f"{number:08x}", title=title, pairs=pairs))
    return tuple(made)


# ---- what it says ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", DAYS, ids=NAMES)
def test_both_parts_carry_every_post_and_every_line_of_the_day(digest: Digest) -> None:
    made = letter(digest)
    standing = "".join(Parts(made.html).lines())
    assert made.shown == len(digest.abstracts) + len(digest.newly)
    assert made.left == 0
    for each in pairs_of(digest):
        for said in filter(None, (each.zh, each.en)):
            for text, _ in segments(dataclasses.replace(said, guesses=())):
                for piece in re.split("[在得它]", text) if said.guesses else [text]:
                    found = shown(piece) if not said.glosses else shown(piece)[:20]
                    assert found in standing
                    assert found in made.text
    for abstract in (*digest.abstracts, *digest.newly):
        for title in filter(None, (abstract.title.zh, abstract.title.en)):
            assert title in standing
            assert title in made.text


def test_a_pair_stands_first_language_first_and_its_mark_last() -> None:
    zh, en = (
        "它也有代价：约束越多，需要的束就越多。",
        "It has its price: the more constraints, the more beams are needed.",
    )
    chinese, english = letter(FULL), letter(ENGLISH_FIRST)
    assert f"{zh}\n{en} 〔同义 0.89〕\n" in chinese.text
    assert f"{en}\n{zh} 〔same sentence 0.89〕\n" in english.text
    for made, first, second in ((chinese, zh, en), (english, en, zh)):
        at = [made.html.index(first), made.html.index(second)]
        assert at == sorted(at)


def test_what_made_a_line_and_what_is_doubted_is_told_in_words() -> None:
    made = letter(FULL)
    standing = "".join(Parts(made.html).lines()).replace("\u00a0", " ")
    for text in (standing, made.text):
        assert "机译 · 同义 0.90" in text
        assert "未核对 0.61 · 数字不符：70≠72" in text
        assert "未译" in text
        assert "long-context language models〔长上下文语言模型〕" in text
        assert "也可能是 再、存" in text
        assert "人译 5/5" in text
        assert "机译 2/3" in text


def test_a_guessed_character_is_underlined_by_dots() -> None:
    rules = [style(attrs) for tag, attrs in Parts(letter(FULL).html).tags if tag == "u"]
    assert rules
    assert all("dotted" in each["text-decoration"] for each in rules)


def test_a_card_stands_in_place_of_an_outline_and_a_long_outline_is_cut() -> None:
    headings = tuple(pair(700 + n, line(f"第 {n} 节", "zh-Hans"), line(f"Section {n}", "en")) for n in range(30))
    made = letter(dataclasses.replace(FULL, abstracts=(dataclasses.replace(PAIRED, outline=headings),)))
    assert "- 第 9 节 / Section 9\n" in made.text
    assert "Section 10" not in made.text
    assert "Section 10" not in made.html
    assert "许可: Apache-2.0" in letter(FULL).text
    assert "What a context of 128K is good for" not in letter(FULL).html  # the outline of the post with the card


def test_sections_stand_in_the_page_s_order_in_both_parts() -> None:
    made = letter(FULL)
    named = (
        "今日速览",
        "从零开始部署",
        "在瀏覽器裡訓練小模型",
        "开放的文本生成",
        "其余博文 ·",
        "一篇旧文的修订",
        "质量",
    )
    for text in (made.html.replace("</span>", ""), made.text):
        text = re.sub("<span[^>]*>|\u00a0", " ", text).replace("  ", " ")
        at = [text.rindex(name) for name in named]
        assert at == sorted(at)


def test_the_web_is_linked_only_where_there_is_one() -> None:
    page = "https://example.org/digest/2025-04-16.html"
    on_web = letter(FULL)
    assert f'href="{page}"' in on_web.html
    assert f'href="{page}#p-{PAIRED.id}"' in on_web.html
    assert page in on_web.text
    alone = letter(dataclasses.replace(FULL, link=""))
    hrefs = [attrs["href"] for tag, attrs in Parts(alone.html).tags if tag == "a"]
    assert hrefs
    assert all(re.match("https?://", href) for href in hrefs)  # no anchor within the mail: Gmail's apps follow none
    assert "example.org" not in alone.html + alone.text


@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
def test_an_empty_day_says_so_in_both_languages(order: tuple[str, str]) -> None:
    made = letter(dataclasses.replace(EMPTY, order=order))
    for text in (made.html, made.text):
        assert "这一天没有博文。" in text
        assert "No posts on this day." in text
    assert (made.shown, made.left) == (0, 0)


def test_an_entry_that_stands_for_a_listed_post_is_linked_on_the_web() -> None:
    made = letter(FULL).html
    assert 'href="https://example.org/digest/2025-04-16.html#p-b2c3d4e5"' in made  # of the same day
    assert 'href="https://example.org/digest/2025-04-02.html#p-0c1b2c3d"' in made  # of an earlier one


def test_the_foot_tells_quality_credits_and_a_few_failures() -> None:
    failures = tuple(Failure(f"https://slow.example/{n}", "fetch", "no answer " * 100) for n in range(9))
    made = letter(dataclasses.replace(DAY, failures=failures, credits=("A model by B",)))
    standing = "".join(Parts(made.html).lines()).replace("\u00a0", " ")
    for text in (standing, made.text):
        assert "已核对 8 · 多半确切 5" in text
        assert "A model by B" in text
        assert "slow.example/5" in text
        assert "slow.example/6" not in text
        assert "… +3" in text


def test_the_foot_tells_a_reader_nothing_that_only_who_runs_it_can_use() -> None:
    offer = Both("运行 digest models pull en-zh 即可翻译", "Run digest models pull en-zh to translate")
    made = letter(dataclasses.replace(DAY, offer=offer, signature="digest 0.1.0 · align 2 · beads b81f51fe"))
    for text in (made.html, made.text):
        assert "models pull" not in text
        assert "b81f51fe" not in text
        assert "align 2" not in text
        assert "digest 0.1.0" in text


# ---- the subject ----------------------------------------------------------------------------------------------------


def test_the_subject_names_the_day_its_first_post_and_how_many_more() -> None:
    few = dataclasses.replace(DAY, abstracts=(LATE, ENGLISH, CHINESE))
    assert letter_words.subject(few) == (
        "HF 博客日报 2025-04-16 · Introducing a Benchmark for Long-Context Language Models 等 3 篇"
    )
    english = dataclasses.replace(few, order=("en", "zh"))
    assert letter_words.subject(english).endswith("Long-Context Language Models and 2 more")
    one = dataclasses.replace(few, abstracts=(CHINESE,))
    assert letter_words.subject(one) == "HF 博客日报 2025-04-16 · 从零开始部署一个问答机器人"


def test_a_day_without_posts_has_a_subject_too() -> None:
    assert letter_words.subject(EMPTY) == "HF 博客日报 2025-04-19 · 这一天没有博文"
    assert letter_words.subject(dataclasses.replace(EMPTY, order=("en", "zh"))).endswith(" · No posts on this day")
    only_rest = dataclasses.replace(RICH, abstracts=(), newly=())
    assert letter_words.subject(only_rest) == "HF 博客日报 2025-04-16 · 仅列标题 4 篇"


@pytest.mark.parametrize("title", ["长" * 500, "word " * 100, "a\r\nBcc: x@y.example\x00\u2028\u202eb\ud800", ""])
@pytest.mark.parametrize("name", ["HF 博客日报", "名" * 400, "a\r\nb", ""])
@pytest.mark.parametrize("order", [("zh", "en"), ("en", "zh")])
def test_a_subject_is_one_short_line(title: str, name: str, order: tuple[str, str]) -> None:
    posts = tuple(dataclasses.replace(each, title=Both(title, title)) for each in (PAIRED, ENGLISH))
    said = letter_words.subject(dataclasses.replace(DAY, title=name, abstracts=posts, order=order))
    assert 0 < len(said) <= letter_words.LONGEST_SUBJECT
    assert said.isprintable()
    said.encode()


# ---- languages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", DAYS, ids=NAMES)
def test_every_text_has_its_language_without_html_and_body(digest: Digest) -> None:
    assert all(lang for _, lang, _ in Parts(letter(digest).html).texts)


@pytest.mark.parametrize("digest", DAYS, ids=NAMES)
def test_lines_titles_and_furniture_are_tagged_as_what_they_are(digest: Digest) -> None:
    made = letter(digest)
    first = "zh-Hans" if digest.order[0] == "zh" else "en"
    assert f'<html lang="{first}">' in made.html
    tagged = {(text.strip(), lang) for text, lang, _ in Parts(made.html).texts}
    for abstract in (*digest.abstracts, *digest.newly):
        for side in ("zh", "en"):
            if title := abstract.title.get(side):
                assert (title, abstract.title_langs.get(side)) in tagged
    for each in pairs_of(digest):
        for said in filter(None, (each.zh, each.en)):
            if not (said.code or said.guesses or said.glosses):
                assert (said.text, said.lang) in tagged


def test_traditional_characters_get_their_own_fonts() -> None:
    tags = Parts(letter(DAY).html).tags
    hant = [style(attrs) for _, attrs in tags if attrs.get("lang") == "zh-Hant" and "style" in attrs]
    assert hant
    assert all("PingFang TC" in each["font-family"] for each in hant)


# ---- what mail programs do to it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", DAYS, ids=NAMES)
def test_nothing_is_loaded_run_or_sent_and_no_style_sheet_is_left(digest: Digest) -> None:
    parts = Parts(letter(digest, unsubscribe=STOP).html)
    allowed = {"html", "head", "meta", "title", "style", "body", "div", "span", "h1", "h2", "a", "b", "bdi", "br",
               "code", "u"}  # fmt: skip
    assert {tag for tag, _ in parts.tags} <= allowed
    for tag, attrs in parts.tags:
        assert set(attrs) <= {"lang", "style", "href", "title", "charset", "name", "content"}
        assert "url(" not in attrs.get("style", "")
        if tag == "a":
            assert re.match("(https?://|mailto:)", attrs["href"])
    assert [comment[:7] for comment in parts.comments] == ["[if mso", "[if mso"]  # one table, for Outlook's column


@pytest.mark.parametrize("digest", DAYS, ids=NAMES)
@pytest.mark.fault("delivery", "dark mode")
def test_text_is_readable_on_white_and_on_every_dark_ground(digest: Digest) -> None:
    """A mail program inverts colours.

    No text has a colour: a program that turns the ground dark turns the ink light, and less opacity softens both.
    """
    parts = Parts(letter(digest, unsubscribe=STOP).html)
    for tag, attrs in parts.tags:
        rules = style(attrs)
        assert rules.get("color", "inherit") == "inherit"
        assert "background" not in rules or tag == "code"
    for text, _, opacity in parts.texts:
        for ink, ground in ((0, 255), (255, 18), (232, 27), (232, 32)):  # white; #121212, #1b1b1b and #202020
            assert contrast(ground + (ink - ground) * opacity, ground) >= 4.5, text


def test_what_is_coloured_is_seen_on_white_and_on_black() -> None:
    """Frames and rules are no text: three to one is enough for them (WCAG 2.2, 1.4.11)."""
    colours = set(re.findall("#[0-9a-f]{6}", letter(FULL).html))
    assert colours
    for colour in colours - {"#9d978d"}:  # the rule of a pair only adorns
        red, green, blue = (luminance(int(colour[n : n + 2], 16)) for n in (1, 3, 5))
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert 1.05 / (light + 0.05) >= 3
        assert (light + 0.05) / (luminance(27) + 0.05) >= 3


@pytest.mark.parametrize("digest", [DAY, ENGLISH_FIRST], ids=["day", "english-first"])
def test_styles_are_in_the_elements(digest: Digest) -> None:
    parts = Parts(letter(digest).html)
    assert "style" not in {tag for tag, _ in parts.tags}
    ruled = [attrs["style"] for _, attrs in parts.tags if "border-left" in attrs.get("style", "")]
    assert len(ruled) == sum(1 for _ in pairs_of(digest))
    assert sum("dashed" in each for each in ruled) == sum(not (each.zh and each.en) for each in pairs_of(digest))


@pytest.mark.parametrize("digest", [DAY, ENGLISH_FIRST], ids=["day", "english-first"])
def test_the_second_line_of_a_pair_is_softer_and_smaller(digest: Digest) -> None:
    """Both stand within the same block, which gives the first line its size."""
    made, (first, second) = letter(digest).html, digest.order
    for each in pairs_of(digest):
        if each.zh and each.en and not (each.zh.code or each.zh.guesses):
            lines = {"zh": each.zh, "en": each.en}
            opened = {}
            for side in (first, second):
                before = made[: made.index(f"<bdi>{lines[side].text}")]
                opened[side] = before[before.rindex("<div") :]
            assert "opacity" not in opened[first]
            assert "font-size" not in opened[first]
            assert "opacity:.72" in opened[second]
            assert "font-size:15px" in opened[second]


# ---- what is hostile ------------------------------------------------------------------------------------------------

HOSTILE = (
    '<script>alert(1)</script>"><img src=x onerror=alert(1)> class="pair" {{ 7*7 }} '
    "\ud800\x00\x1b[31m\u202e\u2028x\r\ny"
)


def hostile() -> Digest:
    bad = dataclasses.replace(
        PAIRED,
        title=Both(HOSTILE, HOSTILE),
        source=HOSTILE,
        credits=(HOSTILE,),
        url=Both("javascript:alert(1)", 'https://blog.example/"onmouseover="alert(1)'),
        pairs=(pair(1, line(HOSTILE, "zh-Hans"), line(HOSTILE, "en")), pair(2, None, line(HOSTILE, "en"))),
        genre=HOSTILE,
        notes=(HOSTILE,),
    )
    failures = (Failure(HOSTILE, HOSTILE, HOSTILE),)
    return dataclasses.replace(RICH, title=HOSTILE, abstracts=(bad,), failures=failures, signature=HOSTILE)


def test_hostile_texts_are_text() -> None:
    made = letter(hostile(), unsubscribe="javascript:alert(1)")
    parts = Parts(made.html)
    assert not {"script", "img"} & {tag for tag, _ in parts.tags}
    for _, attrs in parts.tags:
        assert not any(name.startswith("on") for name in attrs)
        assert "javascript:" not in attrs.get("href", "")
    assert "{{ 7*7 }}" in made.html
    assert 'class="pair" {{' in "".join(parts.lines())  # what looks like our own markup is kept as it was said


def test_hostile_texts_break_no_line_of_the_text_part() -> None:
    made = letter(hostile(), unsubscribe="https://blog.example/stop?x=1\r\ny")
    calm = letter(dataclasses.replace(hostile(), title="A", signature="B"))
    assert all(ch == "\n" or ch.isprintable() or ch == "\u3000" for ch in made.text.replace("\u00a0", " "))
    assert "\ny" not in made.text
    assert len(calm.text.splitlines()) <= len(made.text.splitlines()) <= len(calm.text.splitlines()) + 2


def test_giant_credits_sources_notes_and_addresses_squeeze_out_nobody() -> None:
    giant = "巨" * 30_000
    far = replace_url(PAIRED, "https://blog.example/" + "x" * 30_000)
    loud = dataclasses.replace(PAIRED, credits=(giant, giant), source=giant, notes=(giant,), kind="highlights")
    day = dataclasses.replace(DAY, abstracts=(loud, far, *many(4)), credits=(giant,) * 40, title=giant)
    made = letter(day)
    assert made.shown == 5, "all but the one whose address alone is too long"
    assert made.left == 1
    for text in (made.html, made.text):
        assert text.count("巨") < 15_000
        assert "… +28" in text or "+28" in text


def test_a_post_of_very_many_tiny_pairs_squeezes_out_nobody() -> None:
    """Its words are few; what is large is the HTML around them."""
    tiny = tuple(pair(n, line(f"第 {n} 句。", "zh-Hans"), line(f"Line {n}.", "en")) for n in range(300))
    day = dataclasses.replace(DAY, abstracts=(dataclasses.replace(PAIRED, pairs=tiny), *many(4)))
    made = letter(day)
    assert made.shown == 4, "the first is only named"
    assert "第 1 篇的第 0 句" in made.html


def replace_url(abstract: Abstract, url: str) -> Abstract:
    return dataclasses.replace(abstract, url=Both(None, url))


# ---- how to stop ----------------------------------------------------------------------------------------------------


def test_the_way_to_stop_stands_in_both_parts_as_it_was_given() -> None:
    made = letter(DAY, unsubscribe=STOP)
    assert f"退订 · Unsubscribe: {STOP}\n" in made.text
    assert STOP in [attrs.get("href") for _, attrs in Parts(made.html).tags]
    assert "Unsubscribe" not in letter(DAY).html + letter(DAY).text


# ---- how large ------------------------------------------------------------------------------------------------------


def test_sixty_posts_are_cut_between_posts_by_rank() -> None:
    digest = dataclasses.replace(DAY, abstracts=many(60))
    made = letter(digest)
    assert len(made.html.encode()) <= size(made.html) <= 90_000
    whole = len(made.html.encode()) + len(made.text.encode())
    assert 78_000 < whole < 90_000  # as a mail has them where the server takes 8 bits; what room there is is used
    assert made.shown + made.left == 60
    assert made.shown > 5
    for number, abstract in enumerate(digest.abstracts):
        for each in abstract.pairs:
            assert each.zh
            assert (each.zh.text in made.html) == (each.zh.text in made.text) == (number < made.shown)
    more = f"另有 {made.left} 篇"
    assert more in made.html
    assert more in made.text
    assert f"第 {made.shown + 1} 篇博文的标题" in made.html[made.html.rindex(more) :]  # the first that was cut is named


def test_newly_translated_posts_give_way_before_the_day_s_own() -> None:
    own, newly = many(6), many(30, 100)
    made = letter(dataclasses.replace(DAY, abstracts=own, newly=newly))
    assert all(abstract.pairs[0].zh.text in made.html for abstract in own if abstract.pairs[0].zh)
    assert 0 < made.left < 30
    assert made.shown == 36 - made.left


@pytest.mark.parametrize("rest", [(), RICH.rest], ids=["alone", "rest"])
def test_the_way_to_the_web_stands_once_below_the_posts_that_were_cut(rest: tuple[Listed, ...]) -> None:
    made = letter(dataclasses.replace(DAY, abstracts=many(60), rest=rest))
    assert made.left
    standing = "".join(Parts(made.html).lines())
    assert standing[standing.rindex(f"另有 {made.left} 篇") :].count("在网页上看这一天") == 1
    assert made.text[made.text.rindex(f"另有 {made.left} 篇") :].count("在网页上看这一天") == 1


def test_without_a_web_address_the_rest_is_in_the_page_s_file() -> None:
    made = letter(dataclasses.replace(DAY, abstracts=many(60), link=""))
    for text in (made.html, made.text):
        assert "见页面文件 2025-04-16.html" in text


def test_a_thousand_listed_titles_leave_room_for_the_posts() -> None:
    listed = tuple(
        dataclasses.replace(RICH.rest[0], id=f"{n:08x}", title=Both(None, f"Release {n} " + "of many " * 20))
        for n in range(1000)
    )
    made = letter(dataclasses.replace(RICH, rest=listed))
    assert size(made.html) <= 90_000
    assert made.left == 0
    assert re.search(r"另有 \d{3} 篇", made.text)


def test_a_thousand_posts_are_within_the_limit() -> None:
    made = letter(dataclasses.replace(DAY, abstracts=many(1000)))
    assert size(made.html) <= 90_000
    assert made.shown > 5


def test_a_giant_post_is_named_and_keeps_none_out() -> None:
    giant = dataclasses.replace(PAIRED, pairs=(pair(1, line("很长" * 50_000, "zh-Hans"), None),))
    made = letter(dataclasses.replace(DAY, abstracts=(giant, CHINESE, ENGLISH)))
    assert size(made.html) <= 90_000
    assert (made.shown, made.left) == (2, 1)
    assert PAIRED.title.zh
    assert PAIRED.title.zh in made.html[made.html.index("另有 1 篇") :]


@pytest.mark.parametrize("limit", [10_000, 20_000, 45_000])
@pytest.mark.fault("delivery", "clipping")
def test_any_limit_is_kept(limit: int) -> None:
    """A day is larger than mail programs show.

    The HTML is cut between posts below the limit, with a link to the rest.
    """
    made = letter(FULL, limit=limit)
    assert size(made.html) <= limit
    assert len(made.html.encode()) + len(made.text.encode()) < limit
    assert made.shown + made.left == 8


def test_a_limit_below_head_and_foot_is_an_error() -> None:
    with pytest.raises(DeliveryError, match="over 500 bytes"):
        letter(DAY, limit=500)


# ---- the same bytes -------------------------------------------------------------------------------------------------


def test_the_same_day_gives_the_same_letter_whatever_the_hash_seed() -> None:
    script = (
        "import sys, hashlib; sys.path.append(sys.argv[1]); from sample_day import RICH;"
        "from digest.render.mail import letter; print(hashlib.sha256(repr(letter(RICH)).encode()).hexdigest())"
    )
    here = str(Path(__file__).parent)
    said = {
        subprocess.run(
            [sys.executable, "-c", script, here], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }  # fmt: skip
    assert len(said) == 1


def test_a_template_that_is_wrong_is_named() -> None:
    def read(name: str) -> str:
        return "{{ nothing }}" if name == "mail.txt.j2" else packaged(name)

    with pytest.raises(ConfigError, match=r"mail\.txt\.j2"):
        letter(DAY, read=read)
