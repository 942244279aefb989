"""A feed that lost bytes before it was published, through the whole job: read again, paired, its guesses marked."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_blog import (
    BASE,
    EN_FEED,
    LINES,
    ZH_FEED,
    FakeWeb,
    TrueEmbedder,
    article,
    calendar,
    feed,
    item,
    settings,
    title_of,
    web_for,
)  # fmt: skip

from digest.build import Builder
from digest.fetch.collect import collect
from digest.model import Guess
from digest.normalise.repair import marks
from digest.normalise.repair.report import Mended
from digest.store import Store

NOW = "2025-04-17T08:00:00+08:00"
DAY = date(2025, 4, 16)
WHEN = "Wed, 16 Apr 2025 04:00:00 GMT"
FOOT = '<hr><blockquote><p>英文原文: <a href="{0}">{0}</a></p><p>译者: 王小明</p></blockquote>'
SELECTOR = re.compile("[\U000e0100-\U000e01ef]")


def lose_bytes(text: str) -> str:
    """Damage a text as software does that takes UTF-8 for Windows-1252: five bytes and the soft hyphen are dropped."""
    return text.encode().decode("cp1252", "ignore").replace("\xad", "")


def body(number: int, *more: str) -> str:
    lines = [zh.format(n=number) for _, zh in LINES]
    return "".join(f"<p>{line}</p>\n" for line in (*lines, *more)) + FOOT.format(f"{BASE}/post-{number}")


def entry(number: int, text: str, title: str) -> str:
    made = item(number, "zh", WHEN, title=html.escape(title))
    return made.replace("</item>", f"<description>{html.escape(text)}</description></item>")


class Blog:
    """The job on a small blog whose Chinese feed carries whole bodies."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "state")
        self.out = folder / "out"
        self.pages: dict[str, str | bytes] = {EN_FEED: feed(item(1, "en", WHEN)), f"{BASE}/post-1": article(1, "en")}

    def post(self) -> dict[str, Any]:
        """Collect and build the day; give its only post as the JSON has it."""
        times, chosen = calendar(NOW), settings(twin=False)
        collect(self.store, chosen, web_for(FakeWeb(self.pages)), times, days=[DAY])
        builder = Builder(self.store, chosen, times, self.out, embedder=TrueEmbedder())
        builder.link([DAY])
        builder.build(DAY)
        found = json.loads(self.text("json"))
        assert len(found["posts"]) == 1
        self.quality = found["quality"]
        post: dict[str, Any] = found["posts"][0]
        return post

    def text(self, form: str) -> str:
        return (self.out / f"{DAY}.{form}").read_text("utf-8")


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    made = Blog(tmp_path)
    yield made
    made.store.close()


def truth(number: int) -> dict[str, str]:
    return {en.format(n=number): zh.format(n=number) for en, zh in LINES}


def differing(left: str, right: str) -> set[int]:
    assert len(left) == len(right)
    return {n for n, (a, b) in enumerate(zip(left, right, strict=True)) if a != b}


def test_a_garbled_edition_is_read_again_and_paired_with_its_original(blog: Blog) -> None:
    blog.pages[ZH_FEED] = feed(entry(1, lose_bytes(body(1)), lose_bytes(title_of(1, "zh"))))
    post = blog.post()
    assert post["url"] == {"zh": f"{BASE}/zh/post-1", "en": f"{BASE}/post-1"}
    assert post["title"] == {"zh": title_of(1, "zh"), "en": title_of(1, "en")}
    assert post["notes"] == ["edition-repaired"]
    assert post["credits"] == ["王小明"]
    assert len(post["pairs"]) >= 2
    for pair in post["pairs"]:
        assert (pair["verified"], pair["made_by"]) == (True, "human")
        assert differing(pair["zh"], truth(1)[pair["en"]]) <= {guess["at"] for guess in pair["guesses"]}
    lost = sum(len(lose_bytes(ch)) < len(ch.encode()) for ch in body(1))
    assert post["guessed"] == lost + sum(len(lose_bytes(ch)) < len(ch.encode()) for ch in title_of(1, "zh"))
    assert (blog.quality["guessed"], blog.quality["unsure"]) == (post["guessed"], post["unsure"])
    for form in ("html", "md", "json"):
        assert not SELECTOR.search(blog.text(form))
        assert not re.search("ã€|ï¼|çš|å¤|æ–", blog.text(form))


def test_a_title_too_short_to_show_its_damage_is_read_as_its_text_is(blog: Blog) -> None:
    blog.pages[ZH_FEED] = feed(entry(1, lose_bytes(body(1)), lose_bytes("不等式")))
    title = blog.post()["title"]["zh"]
    assert lose_bytes(title) == lose_bytes("不等式")
    assert title[1:] == "等式"  # 中, 不 and 与 leave the same bytes


def test_a_day_whose_texts_are_sound_counts_no_guesses(blog: Blog) -> None:
    blog.pages[ZH_FEED] = feed(entry(1, body(1), title_of(1, "zh")))
    post = blog.post()
    assert (post["guessed"], post["unsure"], post["notes"]) == (0, 0, [])
    assert not {"guessed", "unsure"} & set(blog.quality)
    assert "guess" not in blog.text("html")


def unsure_of(chosen: str) -> Any:
    """Stand in for the repair: it is never sure of some characters."""

    def repaired(text: str) -> Mended:
        guesses = (Guess(n, ch, 0.3, (("宅", 0.2),)) for n, ch in enumerate(text) if ch in chosen)
        return Mended(text, ("read:cp1252",), (), tuple(guesses)) if "缓存" in text else Mended(text)

    return repaired


def test_guesses_are_marked_on_the_page_and_told_in_json(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "mend_source", unsure_of("缓的日旧源"))  # a character of every line
    blog.pages[ZH_FEED] = feed(entry(1, body(1), title_of(1, "zh")))
    post = blog.post()
    guesses = [(pair["zh"], guess) for pair in post["pairs"] for guess in pair["guesses"]]
    assert guesses
    assert all(line[guess["at"]] == guess["chosen"] for line, guess in guesses)
    assert blog.text("html").count('<u class="guess" title="猜读 · guessed: 也可能是 宅 ') == len(guesses)
    assert len(re.findall(r"^\[\^\d+\]: 猜读", blog.text("md"), re.MULTILINE)) == sum(
        bool(pair["guesses"]) for pair in post["pairs"]
    )
    assert not blog.store.memory_top(), "what is not sure is no translation of another day"


def test_lines_without_guesses_are_preferred(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    blog.pages[ZH_FEED] = feed(entry(1, body(1), title_of(1, "zh")))
    monkeypatch.setattr(marks, "mend_source", unsure_of("千兆缩"))  # only in the line on compaction
    post = blog.post()
    assert post["unsure"]
    assert post["pairs"]
    assert not any(pair["guesses"] for pair in post["pairs"])
    assert "guess" not in blog.text("html").split("<footer>")[0]


def test_a_line_that_cannot_be_read_stays_out_of_the_prose(blog: Blog) -> None:
    """A torn line is refused: it stands neither on the page nor in the memory, and the rest goes its way."""
    torn = lose_bytes("断了") + "Ω"  # no code page has both
    blog.pages[ZH_FEED] = feed(entry(1, lose_bytes(body(1)) + f"\n<p>{torn}</p>", lose_bytes(title_of(1, "zh"))))
    post = blog.post()
    assert post["notes"] == ["edition-repaired"]
    assert all(pair["verified"] for pair in post["pairs"])
    assert torn not in blog.text("html")
