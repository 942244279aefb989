"""Which lines stand alone and say something: lines of many kinds, made up for this, in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from digest.abstract.choose import weigh
from digest.abstract.filters import faults
from digest.abstract.lexrank import lexrank
from digest.abstract.score import readers, score
from digest.abstract.sections import sections
from digest.abstract.traits import traits
from digest.abstract.unit import Unit
from digest.align.embed import load_embedder
from digest.model import Document, Paragraph, Sentence
from digest.pairs import encoded

TITLE = "Harbour 3: a job queue in the database"
GOOD = [
    "Harbour 3 keeps its jobs in the database that a service already uses.",
    "Moving the queue cut the median delay of a job from 900 to 40 milliseconds.",
    "Both PostgreSQL and MySQL are supported, and SQLite is there for tests.",
    "Because jobs and data share one transaction, no job is lost when a service stops.",
    "Instead of polling, workers are woken by a notification of the database.",
    "It has been shown that most teams run fewer than a thousand jobs a minute.",
    "If a worker dies, the database hands its jobs to another one within ten seconds.",
    "Workers cost about $4.20 a month, down from $31 with a separate broker.",
    "As shown by Maple and Reed, a single table scales to 20,000 jobs a second.",
    "Harbour 3 的任务保存在服务本来就在使用的数据库里。",
    "迁移队列之后，任务的中位延迟从 900 毫秒降到了 40 毫秒。",
    "PostgreSQL 和 MySQL 都受支持，测试时可以使用 SQLite。",
    "如果某个工作进程崩溃，数据库会在十秒之内把它的任务交给另一个进程。",
    "每个工作进程每月的成本约为 4.2 美元，而独立的消息代理需要 31 美元。",
]
UNFIT = [
    ("dangling", "This makes the whole thing a good deal faster than it was before."),
    ("dangling", "These are then handed to one of the workers of the second group."),
    ("dangling", "In this case the worker gives its job back after ten seconds."),
    ("dangling", "The former is faster, and the latter needs less memory on each machine."),
    ("dangling", "Another one of them waits until the transaction has been written."),
    ("dangling", "这样一来，整个系统就比以前快得多了，也更容易维护。"),
    ("dangling", "前者速度更快，而后者在每台机器上需要的内存更少。"),
    ("dangling", "在这种情况下，工作进程会在十秒之后把任务交还给队列。"),
    ("meta", "In this article we measure how long a job waits in the queue of Harbour."),
    ("meta", "The following table lists the delays of all queues that we have measured."),
    ("meta", "As you can see, the delay falls with every worker that is added."),
    ("meta", "We will look at the settings of the queue and of its workers one by one."),
    ("meta", "An overview of the settings that a worker of Harbour understands today."),
    ("meta", "You will also learn how the queue keeps its jobs in a table of its own."),
    ("meta", "本文测量了一个任务在 Harbour 队列中需要等待多长时间。"),
    ("meta", "如下表所示，每增加一个工作进程，延迟都会随之下降。"),
    ("meta", "接下来，我们看一看队列和工作进程各自的设置。"),
    ("instruction", "Please report the delays of your own queue on our forum, we answer all."),
    ("instruction", "Install the package on each of the machines and start the worker there."),
    ("instruction", "Check out the documentation of Harbour for all of its many settings."),
    ("instruction", "Add the table to your database before the first of the workers starts."),
    ("instruction", "请在我们的论坛上报告你自己的队列延迟，我们会一一回复。"),
    ("instruction", "欢迎大家加入我们的社区，一起让队列变得更好用。"),
    ("instruction", "安装软件包之后，在每台机器上启动一个工作进程。"),
    ("question", "How long does a job wait in a queue that lives in the database?"),
    ("question", "一个任务在数据库队列里究竟要等多长时间才会被执行？"),
    ("colon", "Harbour 3 brings three changes to the way in which jobs are kept:"),
    ("colon", "Harbour 3 对任务的保存方式做了以下三项改动："),
    ("address", "The table of Harbour is described at https://example.org/table in full."),
    ("address", "A single table scales well [Paper][Code] as Maple and Reed have shown."),
    ("formula", "The delay grows as $d = \\frac{n}{w}$ with the number of waiting jobs."),
    ("ending", "Delays of the queue with 1, 2, 4 and 8 workers on one machine"),
]


def made(line: str, lang: str = "en") -> tuple[Document, Unit]:
    document = Document("", lang, TITLE, (Paragraph("prose", line),))
    return document, Unit(0, (Sentence(line, 0, 0),), (), False, np.zeros(4, dtype=np.float32))


@pytest.mark.parametrize("line", GOOD)
def test_a_line_that_stands_alone_passes_every_filter(line: str) -> None:
    document, unit = made(line)
    assert faults(document, [unit]) == (frozenset(),)


@pytest.mark.parametrize(("fault", "line"), UNFIT)
def test_what_is_wrong_with_a_line_is_named(fault: str, line: str) -> None:
    document, unit = made(line)
    assert fault in faults(document, [unit])[0]


def test_this_with_a_noun_of_the_title_needs_no_line_before_it() -> None:
    held = [faults(*(lambda d, u: (d, [u]))(*made(line)))[0] for line in (
        "This queue keeps its jobs in the database of the service.",
        "This broker keeps its jobs in the database of the service.",
    )]  # fmt: skip
    assert held == [frozenset(), frozenset({"dangling"})]


def test_the_fitted_models_prefer_lines_that_say_something() -> None:
    weak = [
        "First, we need to set up a few things before the fun part can start!",
        "There are several ways to do that, and you might want to try some of them.",
        "I was really excited when I saw that it just worked on my machine.",
        "There is a lot more to say about queues and about their many friends.",
        "We then run the script again, and we wait until it has finished its work.",
    ]
    given = [*GOOD[:9], *weak]
    document = Document("", "en", TITLE, tuple(Paragraph("prose", line) for line in given))
    text = encoded(document, load_embedder())
    units = [Unit(i, (s,), (), False, text.vectors[i]) for i, s in enumerate(text.sentences)]
    found = traits(document, units, sections(document), load_embedder().encode([TITLE])[0])
    for reader in readers().values():
        odds = reader.odds(found, text.vectors.astype(np.float64))
        good, bad = odds[:9], odds[-5:]
        assert float(np.median(good)) > float(bad.max())
    chosen = [c for c in weigh(
        document, units, title_vector=text.vectors[0], side="en", require_other=False, max_share=0.5
    ) if c.why == "chosen"]  # fmt: skip
    assert len(chosen) >= 4
    assert all(each.index < len(GOOD) for each in chosen)


def test_a_score_is_the_sum_of_its_parts() -> None:
    lines = [*GOOD[:9], "In this post we look at queues."]
    document = Document("", "en", TITLE, tuple(Paragraph("prose", line) for line in lines))
    text = encoded(document, load_embedder())
    units = [Unit(i, (s,), (), False, text.vectors[i]) for i, s in enumerate(text.sentences)]
    for each in weigh(document, units, title_vector=text.vectors[0], side="en", require_other=False):
        assert sum(value for _, value in each.parts) == pytest.approx(each.score, abs=0.06)
        assert (each.why == "filtered") == (bool(each.faults) and each.why != "chosen")


def test_vectors_of_another_embedder_say_nothing_and_break_nothing() -> None:
    document, unit = made(GOOD[0])
    stands = sections(document)
    found = score(document, [unit], stands, np.zeros(4, dtype=np.float32))
    assert np.isfinite(found.total).all()


def test_the_fitted_models_know_the_traits_and_the_embedder() -> None:
    document, unit = made(GOOD[0])
    found = traits(document, [unit], sections(document), np.zeros(4, dtype=np.float32))
    for reader in readers().values():
        assert set(reader.weights) <= set(found)
        assert len(reader.direction) == load_embedder().dim


def test_lexrank_is_the_same_whatever_part_of_its_terms_is_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f"The cache {word} the index of the {other} server."
        for word in ("reads", "writes", "keeps")
        for other in ("model", "token", "cache", "query")
    ]
    counted = np.ones(len(lines), dtype=bool)
    whole = lexrank(lines, counted)
    monkeypatch.setattr("digest.abstract.lexrank.MOST_CELLS", 3 * len(lines))
    np.testing.assert_allclose(lexrank(lines, counted), whole, rtol=1e-9)
    assert whole.min() < whole.max()


def test_lexrank_prefers_what_shares_its_words_with_many_lines() -> None:
    lines = ["Queues keep jobs.", "Queues of jobs in tables.", "Jobs wait in queues.", "Cats like milk.", "任务队列"]
    share = lexrank(lines, np.array([True, True, True, True, False]))
    assert share[4] == 0
    assert share[:4].sum() == pytest.approx(1)
    assert max(share) != share[3]
