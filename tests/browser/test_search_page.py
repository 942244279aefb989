"""The search page in headless Chromium, over a server: what it finds, how it shows that, what it asks for."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.append(str(Path(__file__).parent.parent / "render"))

from hostile_texts import PAYLOADS
from sample_day import DAY, PAIRED, line, pair

from digest import static_search
from digest.model import Both, LinePair
from digest.render.masthead import Masthead
from digest.render.page import html
from digest.render.site import json_text
from digest.serving import Preview
from digest.static_search import FOLDER, build_search

pytestmark = pytest.mark.browser

LINES = (
    ("工作进程从队列里取任务，每次一个。", "Workers take jobs from the queue, one at a time."),
    ("机器学习的模型在夜里训练。", "Machine learning models are trained at night."),
    ("把 force_words_ids 传给生成函数。", "Pass force_words_ids to the generate function."),
    ("约束束搜索保留几条候选。", "Constrained beam search keeps several beams."),
)
OTHERS = (("另一篇说的是磁盘。", "Another post is about disks."), ("队列在这里只提一次。", None))
EVIL = "<img src=https://evil.example/x onerror=\"document.title='owned'\"><b>队列</b>"


def lines(*texts: tuple[str | None, str | None], first: int = 1) -> tuple[LinePair, ...]:
    return tuple(
        pair(number, line(zh, "zh") if zh else None, line(en, "en") if en else None)
        for number, (zh, en) in enumerate(texts, first)
    )


POST = dataclasses.replace(PAIRED, title=Both("任务的调度", "Scheduling jobs"), pairs=lines(*LINES))
OTHER = dataclasses.replace(PAIRED, id="0000ffff", title=Both("磁盘", "Disks"), pairs=lines(*OTHERS, first=16))
DAYS = (dataclasses.replace(DAY, abstracts=(POST, OTHER)),)


@pytest.fixture(scope="module", params=[static_search.PART, 1], ids=["one part", "a part a post"])
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a site of one day with its search page."""
    out = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static_search, "PART", request.param)
        assert build_search(out, map(json_text, DAYS), made_from="a", head=Masthead("日报", "", ("zh", "en"))) == ""
    assert (out / FOLDER / "part-2").exists() is (request.param == 1)
    (out / f"{DAY.day}.html").write_text(html(DAYS[0]), "utf-8")
    with served(out) as address:
        yield address


@contextmanager
def served(out: Path) -> Iterator[str]:
    """Serve a folder, and give its address."""
    server = Preview(out, list, list, print).server("127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab with a profile of its own."""
    tab = browser.new_page(viewport={"width": 900, "height": 900})
    yield tab
    tab.close()


def found(page: Page, site: str, question: str) -> list[str]:
    """Ask, and give the pairs that are shown: their lines, one under the other."""
    page.goto(f"{site}search.html")
    page.fill("#q", question)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-said=posts]:visible, [data-said=some]:visible, [data-said=none]:visible")
    return page.locator(".hits a.pair").all_inner_texts()


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("队列", 0), ("任务", 0), ("机器学习", 1), ("模型的训练", 1), ("束搜索", 3), ("束", 3), ("force_words_ids", 2),
        ("FORCE_words", 2), ("beam", 3), ("beams", 3), ("learning model", 1), ("generat", 2), ("“machine learning”", 1),
        ("ｂｅａｍ", 3), ("worker，queue", 0),
    ],
)  # fmt: skip
def test_a_question_in_either_language_finds_its_pair(page: Page, site: str, question: str, number: int) -> None:
    zh, en = LINES[number]
    assert f"{zh}\n{en}" in found(page, site, question)
    link = page.locator(".hits a.pair").filter(has_text=zh)
    assert link.get_attribute("href") == f"{DAY.day}.html#l-{number + 1:08x}"
    assert page.locator(".hits time").first.inner_text() == str(DAY.day)
    link.click()
    page.wait_for_url(f"**/{DAY.day}.html#l-{number + 1:08x}")
    assert page.locator(":target").count() == 1


def test_pairs_of_every_post_are_shown_and_the_words_are_lit(page: Page, site: str) -> None:
    found(page, site, "队列")
    assert page.locator(".hits > li").count() == 2
    assert page.locator("[data-said=posts]").inner_text().endswith(": 2")
    assert set(page.locator(".hits mark").all_inner_texts()) == {"队列"}
    assert page.locator(".hits .pair .zh").first.get_attribute("lang") == "zh-Hans"
    assert page.locator(".hits .pair .en").first.get_attribute("lang") == "en"


def test_posts_with_some_of_the_words_are_shown_as_such(page: Page, site: str) -> None:
    for question in ("disks keptnowhere", "disks beam"):
        assert "\n".join(filter(None, OTHERS[0])) in found(page, site, question)
        assert page.locator("[data-said]:visible").get_attribute("data-said") == "some"


def test_that_nothing_is_found_is_said_to_every_reader(page: Page, site: str) -> None:
    assert found(page, site, "zzzqqq") == []
    assert "没有找到" in page.locator("[role=status]").inner_text()
    assert page.locator("[role=status]").get_attribute("aria-live") == "polite"


def test_the_question_is_read_from_the_address_and_kept_there(page: Page, site: str) -> None:
    page.goto(f"{site}search.html?q=%E9%98%9F%E5%88%97")
    page.wait_for_selector(".hits a.pair")
    assert page.input_value("#q") == "队列"
    page.fill("#q", "beam")
    page.wait_for_selector("mark:text-is('beam')")
    assert page.url == f"{site}search.html?q=beam"
    page.fill("#q", "")
    page.wait_for_url(f"{site}search.html")
    assert page.locator(".hits li").count() == 0


def test_no_request_leaves_the_site_and_the_policy_refuses_nothing(page: Page, site: str) -> None:
    asked, said = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.log('refused', event.blockedURI))"
    )
    assert found(page, site, "队列")
    assert said == []
    assert len(asked) > 5
    assert {url.startswith((site, "data:")) for url in asked} == {True}


def test_what_the_policy_does_not_name_is_refused(page: Page, site: str) -> None:
    """The test above can fail: the page's policy is at work."""
    page.goto(f"{site}search.html")
    said = list[str]()
    page.on("console", lambda message: said.append(message.text))
    tried = "fetch('http://127.0.0.2/').catch(error => 'refused')"
    assert page.evaluate(tried) == "refused"
    assert "Content Security Policy" in said[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_it_fits_every_screen_and_axe_finds_nothing_serious(page: Page, site: str, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    assert found(page, site, "队列")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    broken = Axe().run(page).response["violations"]
    assert [each["id"] for each in broken if each["impact"] in ("serious", "critical")] == []


def test_it_works_by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}search.html")
    page.keyboard.type("beam")
    page.wait_for_selector(".hits a.pair")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.hits a.pair')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.input_value("#q") == "beam"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{DAY.day}.html#p-{POST.id}")


def test_strangers_texts_stay_texts(page: Page, tmp_path: Path) -> None:
    evil = dataclasses.replace(
        PAIRED,
        source=EVIL,
        title=Both(EVIL, EVIL),
        pairs=lines((EVIL, EVIL), *((f"队列 {text}", None) for text in PAYLOADS)),
    )
    days = (dataclasses.replace(DAY, abstracts=(evil,)),)
    assert build_search(tmp_path, map(json_text, days), made_from="a", head=Masthead(EVIL, "", ("zh", "en"))) == ""
    with served(tmp_path) as site:
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        assert found(page, site, "队列")
        assert page.locator(".hits img, .hits b, .hits script").count() == 0
        assert EVIL in page.locator(".hits h2").inner_text()
        assert page.evaluate("globalThis.owned") is None
        assert "owned'" in page.title()  # the digest's own name, as text
        assert not [url for url in asked if not url.startswith((site, "data:"))]


def test_an_index_that_is_not_there_is_said(page: Page, tmp_path: Path) -> None:
    build_search(tmp_path, map(json_text, DAYS), made_from="a", head=Masthead("日报", "", ("zh", "en")))
    (tmp_path / FOLDER).rename(tmp_path / "elsewhere")
    with served(tmp_path) as site:
        page.goto(f"{site}search.html?q=x")
        page.wait_for_selector("[data-said=lost]:visible")
        assert page.locator("[data-said]:visible").count() == 1
    page.goto((tmp_path / "search.html").as_uri())
    page.wait_for_selector("[data-said=file]:visible")
    assert "digest serve" in page.locator("[data-said=file]").inner_text()


def test_without_javascript_the_page_says_where_to_go(browser: Browser, site: str) -> None:
    tab = browser.new_page(java_script_enabled=False)
    tab.goto(f"{site}search.html")
    assert "digest search" in tab.locator("noscript").inner_text()
    assert tab.locator("a[href='index.html']").is_visible()
    assert tab.locator("[data-said]:visible").count() == 0
    tab.close()
