"""A post and its edition → its entry: what is printed is found in both texts, and every stretch says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.align.embed import load_embedder
from digest.config import Source
from digest.entry import Kept, Reading, abstract_of
from digest.linking.packed import ReadText
from digest.model import Abstract, Both, Digest, Edition, Line, Listed, Page, Post
from digest.normalise.post import document_of
from digest.render.mail import letter
from digest.render.page import html, markdown
from digest.render.site import json_text

DAY = datetime(2025, 4, 16, 8, tzinfo=UTC)
FEED = "https://example.org/feed"
EN_URL, ZH_URL = "https://example.org/queue.md", "https://example.org/zh/queue.md"
POST = Post("queue", FEED, "queue", EN_URL, "", DAY, True, DAY, "", "", "")
EN = """# Harbour 3: a job queue in the database

Harbour 3 keeps its jobs in the database that a service already uses. This saves a second system and its operation.

## Introduction

However, PostgreSQL was slow at waking idle workers before version 3 of Harbour. Version 3 wakes them by a notification.
In this post we show how the new queue works.

## 1. How jobs are kept 🚀

Jobs and data share one transaction, so that no job is lost when a service stops. Every job is a row of one table.

Harbour workers:

- Need no more than 40 MB of memory on each of the machines.
- Start within one second after a job has been written.

## 2. What it costs

A worker costs about 4 dollars a month, down from 31 dollars with a separate message broker (Reed et al., 2024).
The median delay of a job fell from 900 to 40 milliseconds in our tests with 12 workers.

Please report the delays of your own queue on our forum.

## Acknowledgements

We thank all of the people who tested the queue with real jobs.
"""
ZH = """# Harbour 3：数据库里的任务队列

Harbour 3 把任务保存在服务本来就在使用的数据库里。这样就省去了第二套系统及其运维。

## 引言

然而，在 Harbour 第 3 版之前，PostgreSQL 唤醒空闲工作进程的速度很慢。第 3 版通过一条通知来唤醒它们。
本文将展示新队列的工作方式。

## 1. 任务如何保存 🚀

任务和数据共用一个事务，因此服务停止时不会丢失任何任务。每个任务都是一张表中的一行。

Harbour 工作进程：

- 在每台机器上只需要不超过 40 MB 的内存。
- 在任务写入之后一秒之内启动。

## 2. 它的成本

一个工作进程每月的成本约为 4 美元，而使用独立的消息代理时为 31 美元 (Reed et al., 2024)。
在我们使用 12 个工作进程的测试中，任务的中位延迟从 900 毫秒降到了 40 毫秒。

请在我们的论坛上报告你自己的队列延迟。

## 致谢

我们感谢所有用真实任务测试队列的人。
"""


def page(url: str, text: str) -> Page:
    return Page(url, text.encode(), (("content-type", "text/markdown; charset=utf-8"),))


def text(url: str, markdown: str, lang: str) -> ReadText:
    return ReadText(document_of(replace(POST, url=url), page(url, markdown), lang=lang))


def kept(*, edition: bool = True, original: str = "en") -> Kept:
    source = Source(name="blog", url=FEED, language="en")
    return Kept(
        post=POST,
        source=source,
        late=False,
        text=text(EN_URL, EN, "en"),
        page_error=None,
        edition=Edition("queue", "zh-Hans", ZH_URL, None, "twin", 1.0, original) if edition else None,
        edition_post=None,
        edition_text=text(ZH_URL, ZH, "zh") if edition else ReadText(),
        edition_source=None,
    )


def read(**more: object) -> Reading:
    return abstract_of(kept(**more), load_embedder())  # type: ignore[arg-type]


def lines(abstract: Abstract) -> list[Line]:
    return [line for pair in (*abstract.pairs, *abstract.outline) for line in (pair.zh, pair.en) if line]


@pytest.mark.parametrize("more", [{}, {"edition": False}, {"original": "zh"}])
def test_every_line_is_made_of_the_stretches_that_its_places_name(more: dict[str, object]) -> None:
    both = {}
    for lang, url, told in (("en", EN_URL, EN), ("zh", ZH_URL, ZH)):
        document = text(url, told, lang).document
        assert document is not None
        both[document.url] = document
    found = lines(read(**more).abstract)
    assert found
    for line in found:
        if not line.places:
            continue
        stretches = [both[p.url].paragraphs[p.paragraph].text[p.start : p.end] for p in line.places]
        assert "".join(stretches).replace(" ", "") == line.text.replace(" ", "")


def test_with_an_edition_the_lines_are_pairs_in_reading_order_and_the_outline_is_human() -> None:
    abstract = read().abstract
    assert len(abstract.pairs) >= 3
    assert {pair.made_by for pair in abstract.pairs} == {"human"}
    places = [pair.en.places[0] for pair in abstract.pairs if pair.en]
    assert [(p.paragraph, p.start) for p in places] == sorted((p.paragraph, p.start) for p in places)
    outline = [(pair.zh.text, pair.en.text, pair.made_by) for pair in abstract.outline if pair.zh and pair.en]
    assert ("任务如何保存", "How jobs are kept", "human") in outline
    assert all("cknowledge" not in en for _, en, _ in outline)


def test_without_an_edition_lines_stand_alone_and_stock_headings_are_paired() -> None:
    abstract = read(edition=False).abstract
    assert len(abstract.pairs) >= 4
    assert {pair.made_by for pair in abstract.pairs} == {"none"}
    outline = {pair.en.text: pair for pair in abstract.outline if pair.en}
    assert outline["Introduction"].made_by == "stock"
    assert outline["What it costs"].zh is None


def test_what_is_shortened_is_shortened_on_both_sides() -> None:
    for line in lines(read().abstract):
        assert not line.text.startswith(("However", "然而", "🚀"))
        assert "et al" not in line.text


@pytest.mark.parametrize("more", [{}, {"edition": False}])
def test_every_stretch_says_why_it_is_printed_or_not(more: dict[str, object]) -> None:
    abstract = read(**more).abstract
    ids = {pair.id for pair in abstract.pairs}
    chosen = [each for each in abstract.weighed if each.why == "chosen"]
    assert {each.pair for each in chosen} == ids
    assert all(bool(each.pair) == (each.why == "chosen") for each in abstract.weighed)
    assert {each.why for each in abstract.weighed} <= {
        "chosen", "filtered", "outscored", "alike", "crowded", "unverified"
    }  # fmt: skip
    assert all(each.faults for each in abstract.weighed if each.why == "filtered")
    starts = [(each.place.paragraph, each.place.start) for each in abstract.weighed]
    assert starts == sorted(starts)
    told = {fault for each in abstract.weighed for fault in each.faults}
    assert {"instruction", "section", "not-prose"} <= told


def test_a_tutorial_has_three_lines_and_its_outline() -> None:
    code = "\n```python\nqueue = Harbour(3)\nqueue.run(workers=12)\n```\n"
    told = EN.replace("Harbour 3: a job queue", "How to run a job queue")
    for heading in ("## Introduction", "## 1.", "## 2."):
        told = told.replace(heading, code + "\n" + heading, 1)
    one = replace(kept(edition=False), text=text(EN_URL, told, "en"))
    abstract = abstract_of(one, load_embedder()).abstract
    assert len(abstract.pairs) == 3
    assert len(abstract.outline) >= 3


def test_what_is_known_of_its_day_is_handed_on() -> None:
    also = (Listed("x", Both(None, "T"), Both(None, "https://example.org/x"), "other", DAY, "comparable"),)
    one = replace(kept(edition=False), day=date(2025, 4, 16), updated=date(2025, 5, 7), also=also)
    abstract = abstract_of(one, load_embedder()).abstract
    assert (abstract.day, abstract.updated, abstract.also, abstract.status) == (one.day, one.updated, also, "updated")
    assert abstract.updated_by == "edit"
    came = kept()
    assert came.edition
    came = replace(came, updated=date(2025, 5, 7), edition=replace(came.edition, news_on=date(2025, 5, 7)))
    assert abstract_of(came, load_embedder()).abstract.updated_by == "translation"
    assert read().abstract.updated_by == ""


@pytest.mark.parametrize("which", ["text", "edition_text"])
def test_a_text_that_was_cut_says_so_wherever_it_is_printed(which: str) -> None:
    whole = kept()
    cut = ReadText(replace(getattr(whole, which).document, cut=True))
    said = abstract_of(replace(whole, **{which: cut}), load_embedder()).abstract
    assert "text-cut" in said.notes
    assert "text-cut" not in read().abstract.notes
    assert said.pairs == read().abstract.pairs
    day = Digest(date(2025, 4, 16), "t", "https://digest.example/", "UTC", ("zh", "en"), (said,), (), "s")
    mail = letter(day)
    for printed in (html(day), markdown(day), mail.html, mail.text):
        assert "内容过多，只读取了一部分" in printed
    assert "too much to be read whole; only a part of it was read" in html(day)
    assert "text-cut" in json_text(day)


def test_the_same_post_gives_the_same_entry() -> None:
    assert read() == read()
