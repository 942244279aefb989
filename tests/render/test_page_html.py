"""The HTML page: languages, order, safety, and where its templates are found."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sample_day import CHINESE, DAY, EMPTY, ENGLISH, LATE, PAIRED, REPAIRED, RICH, THIRD, guessed, line, pair

from digest.errors import ConfigError
from digest.model import Abstract, Both, Digest, Fact, Guess, Verdict
from digest.render import archive, page
from digest.render.address import href
from digest.render.entry import badge
from digest.render.line import shown
from digest.render.masthead import Masthead

VOID = {"meta", "link", "input", "br", "hr"}
OWN = ("index.html", "index.html#feeds")  # what the head of a page leads to
Attributes = dict[str, str | None]


class Tree(HTMLParser):
    """Every start tag with its attributes and ancestors; a page that is not well nested fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.open: list[tuple[str, Attributes]] = []
        self.texts: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag, f"</{tag}> closes another"

    def handle_data(self, data: str) -> None:
        langs = [a["lang"] or "" for _, a in self.open if "lang" in a]
        if data.strip():
            self.texts.append((self.open[-1][0] if self.open else "", langs[-1] if langs else "", data.strip()))

    def having(self, name: str, value: str | None = None) -> list[tuple[str, Attributes]]:
        return [(t, a) for t, a in self.tags if name in a and (value is None or a[name] == value)]


def digest(*abstracts: Abstract, **changes: object) -> Digest:
    return dataclasses.replace(DAY, abstracts=abstracts, **changes)  # type: ignore[arg-type]


def test_the_same_day_gives_the_same_bytes() -> None:
    assert page.html(DAY) == page.html(DAY)


@pytest.mark.parametrize(
    "day", [DAY, EMPTY, dataclasses.replace(DAY, order=("en", "zh"))], ids=["day", "empty", "english"]
)
def test_the_page_is_well_nested_and_no_id_stands_twice(day: Digest) -> None:
    ids = [attrs["id"] for _, attrs in Tree(page.html(day)).having("id")]
    assert len(ids) == len(set(ids))


def test_every_post_and_pair_has_its_id() -> None:
    tree = Tree(page.html(DAY))
    for abstract in DAY.abstracts:
        assert tree.having("id", f"p-{abstract.id}")[0][0] == "article"
        for each in abstract.pairs:
            assert tree.having("id", f"l-{each.id}")


def test_the_reader_of_chinese_gets_a_chinese_page_and_of_english_an_english_one() -> None:
    assert Tree(page.html(DAY)).tags[0] == ("html", {"lang": "zh-Hans"})
    english = page.html(dataclasses.replace(DAY, order=("en", "zh")))
    assert Tree(english).tags[0] == ("html", {"lang": "en"})
    assert english.index("Constraints let us steer") < english.index("约束让我们可以")


def test_every_line_and_title_carries_its_language() -> None:
    langs = {text: lang for _, lang, text in Tree(page.html(DAY)).texts}
    assert langs["它也有代价：约束越多，需要的束就越多。"] == "zh-Hans"
    assert langs["It has its price: the more constraints, the more beams are needed."] == "en"
    assert langs["更忠實的輸出通常比較缺少創意，也更像訓練資料。"] == "zh-Hant"
    assert langs[LATE.title.zh or ""] == "zh-Hant"
    assert langs[THIRD.title.en or ""] == "ja"


def test_the_page_loads_nothing_and_runs_one_script_of_its_own() -> None:
    tree = Tree(page.html(DAY))
    assert [attrs for tag, attrs in tree.tags if tag == "script"] == [{}]
    assert not {"img", "iframe", "object", "form", "base", "svg"} & {tag for tag, _ in tree.tags}
    assert not [a for _, a in tree.tags if any(name.startswith("on") or name in ("style", "src") for name in a)]
    assert {a["href"] for tag, a in tree.tags if tag == "link"} <= {
        "data:,",
        "feed.xml",
        "days.xml",
        "new-in-chinese.xml",
        "https://example.org/digest/2025-04-16.html",
    }


def test_the_policy_lets_through_the_style_and_the_script_and_nothing_else() -> None:
    text = page.html(DAY)
    seals = []
    for tag in ("style", "script"):
        (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        seals.append(base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode())
    assert Tree(text).having("http-equiv", "Content-Security-Policy")[0][1]["content"] == (
        f"default-src 'none'; style-src 'sha256-{seals[0]}'; script-src 'sha256-{seals[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_a_page_without_choices_has_no_script() -> None:
    text = page.html(EMPTY)
    assert "script" not in text


def test_a_doubted_pair_says_why_in_both_languages_and_in_words() -> None:
    doubts = ("numbers:70≠72", "missing:<b>旧 的</b>", "repeated", "brand-new:x")
    lines = line("准确率是七成二。", "zh"), line("Accuracy is 70%.", "en")
    post = dataclasses.replace(PAIRED, pairs=(pair(1, *lines, Verdict(0.6, True, "same", doubts)),))
    said = {(lang, text) for _, lang, text in Tree(page.html(digest(post))).texts}
    assert ("zh", "数字不符：70≠72") in said
    assert ("en", "numbers differ: 70≠72") in said
    assert ("en", "seems missing from the English: <b>旧 的</b>") in said, "a quotation is text"
    assert {("zh", "有重复的片段"), ("en", "a stretch is repeated"), ("en", "brand-new:x")} <= said
    assert not [text for _, text in said if text.startswith(("numbers:", "missing:"))]


def test_what_a_post_says_never_becomes_markup() -> None:
    evil = "</bdi><script>alert(1)</script><img src=x onerror=alert(2)> \"'&amp;"
    post = dataclasses.replace(
        PAIRED,
        title=Both(evil, evil),
        source=evil,
        credits=(evil,),
        notes=(evil,),
        url=Both("javascript:alert(3)", 'https://a.example/"><script>'),
        pairs=(pair(1, line(evil, "zh", evil[:9]), line(evil, 'en"><b>'), Verdict(0.5, False, None, (evil,))),),
        card=(Fact(evil, Both(evil, evil)),),
        outline=(pair(2, line(evil, "zh"), None),),
        terms=(Both(evil, evil),),
    )
    text = page.html(digest(post, title=evil, signature=evil, link='https://e.example/"><script>'))
    tree = Tree(text)
    tags = {tag for tag, _ in tree.tags}
    assert not {"img", "b"} & tags
    assert text.count("<script") == 1, "the page's own"
    links = [a["href"] or "" for tag, a in tree.tags if tag == "a"]
    assert all(link.startswith(("https://", "#p-", "#l-")) or link in OWN for link in links)
    assert ("bdi", "zh-Hans", shown(evil)) in tree.texts, "it is printed, as text"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:x",
        " java\nscript:x",
        "data:text/html,x",
        "//a.example",
        "/x",
        "ftp://a/",
        "http://[",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert href(url) == ""


def test_links_tell_no_one_where_the_reader_came_from() -> None:
    outward = [a for tag, a in Tree(page.html(DAY)).tags if tag == "a" and (a["href"] or "").startswith("http")]
    assert outward
    assert all("target" not in a for a in outward), "a window that is not opened has no opener"
    assert Tree(page.html(DAY)).having("name", "referrer")[0][1]["content"] == "no-referrer"


def test_a_line_alone_says_that_it_is_not_translated() -> None:
    text = page.html(digest(ENGLISH))
    assert text.count("<summary>未译 · not translated</summary>") == len(ENGLISH.pairs)
    assert text.count("Simple synthetic tasks") == 1
    assert 'class="pair both"' not in text


def test_a_pair_tells_programs_its_score_and_whether_it_is_verified() -> None:
    tree = Tree(page.html(DAY))
    told = {a["id"]: (a["data-score"], a["data-verified"]) for _, a in tree.having("data-score")}
    assert told["l-0000000c"] == ("0.6100", "false")
    assert told["l-00000001"] == ("0.9700", "true")
    assert told["l-00000015"] == ("0.0000", "false")


@pytest.mark.parametrize(
    ("abstract", "code", "share"),
    [
        (PAIRED, "human", "5/5"),
        (ENGLISH, "untranslated", ""),
        (CHINESE, "untranslated", ""),
        (THIRD, "title-only", ""),
        (DAY.abstracts[1], "machine", "2/3"),
    ],
)
def test_a_badge_counts_only_verified_pairs(abstract: Abstract, code: str, share: str) -> None:
    made = badge(abstract)
    assert (made.code, made.share) == (code, share)
    assert made.well == (share == "5/5")


def test_a_post_whose_pairs_all_failed_the_judge_is_called_unverified() -> None:
    pairs = tuple(dataclasses.replace(each, verdict=Verdict(0.3, False)) for each in PAIRED.pairs)
    assert badge(dataclasses.replace(PAIRED, pairs=pairs)).code == "unverified"


def test_a_post_without_a_title_is_called_by_its_address() -> None:
    bare = digest(dataclasses.replace(CHINESE, title=Both(None, None)))
    assert "<bdi>https://boke.example/qa?id=7&amp;lang=zh</bdi>" in page.html(bare)
    assert "## [https\\://boke.example/qa?id=7&lang=zh](https://boke.example/qa?id=7&lang=zh)" in page.markdown(bare)


def test_a_title_of_nothing_that_is_seen_is_none_where_a_post_is_only_named() -> None:
    first, *rest = RICH.rest
    for title, kind in ((Both("标题", "\u202e "), "solo"), (Both("标题", "Title"), "both")):
        day = dataclasses.replace(RICH, rest=(dataclasses.replace(first, title=title), *rest))
        assert re.search(f'<span class="{kind}">(<a [^>]*>)?<span class="zh" lang="zh-Hans"><bdi>标题<', page.html(day))


def test_the_edition_named_as_damaged_is_the_other_one() -> None:
    assert "中文版文字受损" in page.html(digest(ENGLISH))
    assert "英文版文字受损" in page.html(digest(dataclasses.replace(CHINESE, notes=("edition-damaged",))))


def test_a_public_address_is_named_only_where_one_is_set() -> None:
    assert '<link rel="canonical" href="https://example.org/digest/2025-04-16.html">' in page.html(DAY)
    without = page.html(dataclasses.replace(DAY, link=""))
    assert "canonical" not in without
    assert "og:" not in without


def test_a_day_without_posts_says_so_and_leads_on() -> None:
    text = page.html(EMPTY)
    assert "这一天没有博文。" in text
    assert "No posts on this day." in text
    assert 'href="index.html"' in text
    assert "<article" not in text


def test_failures_stand_at_the_foot() -> None:
    foot = page.html(DAY).split("<footer>")[1]
    assert "no answer within 30 s" in foot
    assert "抓取" in foot
    assert DAY.signature in foot


def test_a_lone_surrogate_does_not_keep_the_page_from_being_written() -> None:
    post = dataclasses.replace(PAIRED, title=Both("坏\ud800字", None))
    assert "坏\ufffd字" in page.html(digest(post)).encode().decode()


def test_the_templates_of_a_wheel_come_before_those_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "digest"
    (tmp_path / "templates").mkdir()
    package.mkdir()
    (tmp_path / "templates" / "x.j2").write_text("checkout", "utf-8")
    assert page.find_templates(package).joinpath("x.j2").read_text("utf-8") == "checkout"
    (package / "templates").mkdir()
    (package / "templates" / "x.j2").write_text("wheel", "utf-8")
    assert page.find_templates(package).joinpath("x.j2").read_text("utf-8") == "wheel"


def test_a_template_that_asks_for_what_is_not_there_is_a_mistake_with_a_place() -> None:
    with pytest.raises(ConfigError, match=r"templates/page\.md\.j2:1: UndefinedError"):
        page.markdown(DAY, lambda name: "{{ digest.no_such_thing }}")
    with pytest.raises(ConfigError, match=r"templates/page\.md\.j2: TemplateNotFound"):
        page.markdown(DAY, missing)


def missing(name: str) -> str:
    raise FileNotFoundError(name)


def test_a_guess_is_marked_where_it_stands_with_its_other_readings() -> None:
    tree = Tree(page.html(digest(REPAIRED)))
    found = [(attrs["title"], attrs["class"]) for tag, attrs in tree.tags if tag == "u"]
    assert found == [
        ("猜读 · guessed: 也可能是 再、存 · also possible: 再, 存", "guess"),
        ("猜读 · guessed: 没有其他较可能的字 · nothing else is likely", "guess"),
        ("猜读 · guessed: 也可能是 宅 · also possible: 宅", "guess"),
    ]
    assert [text for tag, _, text in tree.texts if tag == "u"] == ["在", "得", "它"]
    assert "时钟<u " in page.html(digest(REPAIRED)), "and the rest of the line stays text"


def test_what_a_guess_may_be_is_told_to_keys_and_ears_too() -> None:
    """A title is for the mouse: the same stands behind a sign that can be opened, at the end of each such line."""
    text = page.html(digest(REPAIRED))
    signs = re.findall(r'<details class="mark guesses"><summary>(.*?)</summary>(.*?)</details>', text)
    assert [re.sub("<[^>]*>", "", sign) for sign, _ in signs] == ["猜读 guessed 2", "猜读 guessed 1"]
    assert "也可能是 再、存" in signs[0][1]
    assert "also possible: 再, 存" in signs[0][1]
    assert text.count("guesses") == len(signs) + text.split("</style>")[0].count("guesses"), "a sure line has none"


def test_a_repaired_post_says_so_with_its_counts() -> None:
    text = page.html(digest(REPAIRED, quality=(("guessed", 482), ("unsure", 3))))
    assert "中文版文字曾丢失字节，已重新识读 482 字，其中 3 字存疑" in text
    assert "the Chinese edition&#39;s text had lost bytes; characters read again: 482, of them unsure: 3" in text
    assert "a character of a title is a guess" in text
    foot = re.sub("<[^>]*>", "", text.split("<footer>")[1])
    assert "重新识读的字 characters read again482存疑字 unsure characters3" in foot


def test_the_text_named_as_read_again_is_the_one_that_was() -> None:
    english = dataclasses.replace(REPAIRED, lang="zh-Hans", notes=("text-repaired", "edition-repaired"))
    text = page.html(digest(english))
    assert "文字曾丢失字节，已重新识读 482 字，其中 3 字存疑" in text
    assert "英文版文字曾丢失字节<" in text, "the counts are of both texts: they are told once"


def test_a_page_without_guesses_carries_nothing_for_them() -> None:
    text = page.html(DAY)
    assert "guess" not in text
    assert "u.guess" in page.html(digest(REPAIRED))
    assert "guess" not in archive.index_html([], Masthead("T", "", ("zh", "en")))


def test_a_guess_never_becomes_markup() -> None:
    evil = guessed(line("甲<乙", "zh"), ("<", 0.5, '"<b>'))
    tree = Tree(page.html(digest(dataclasses.replace(REPAIRED, pairs=(pair(1, evil, line("A", "en")),)))))
    assert [attrs["title"] for tag, attrs in tree.tags if tag == "u"] == [
        '猜读 · guessed: 也可能是 "、<、b、> · also possible: ", <, b, >'
    ]
    assert "b" not in {tag for tag, _ in tree.tags}


def test_a_guess_within_code_and_one_that_is_not_there() -> None:
    code = guessed(line("执行 打印 即可。", "zh", "打印"), ("印", 0.5, "卬"))
    lost = dataclasses.replace(code, guesses=(Guess(0, "另", 0.5), Guess(99, "即", 0.5)))
    text = page.html(digest(dataclasses.replace(REPAIRED, pairs=(pair(1, code, None), pair(2, lost, None)))))
    assert "<code>打<u " in text
    assert text.count("<u ") == 1


def test_no_template_lets_data_through_unescaped() -> None:
    names = [p.name for p in (Path(__file__).parents[2] / "templates").glob("*.j2")]
    assert "page.html.j2" in names
    for name in names:
        source = page.packaged(name)
        assert "safe" not in source
        assert "autoescape" not in source
