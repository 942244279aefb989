"""Choosing lines: filters, order, share, and what is preferred to what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digest.abstract.choose import Unit, choose, minutes, most_lines, weigh
from digest.abstract.filters import faults
from digest.abstract.measures import words
from digest.abstract.sections import sections
from digest.abstract.unit import text_of
from digest.model import Document, Paragraph, ParagraphKind, Sentence, Span

DIM = 64
TOPICS = (
    "The {} cache keeps {} GB of compiled kernels on the local disk of every worker.",
    "Engineers at the {} lab cut the training bill by {} percent with smaller batches.",
    "A {} scheduler moves idle jobs to cheaper machines within {} seconds of a request.",
    "Readers of the {} archive download about {} terabytes of scanned maps each month.",
    "Every {} release is signed with a key that expires after {} days of inactivity.",
)
NAMES = ("Alder", "Birch", "Cedar", "Daphne", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Kapok", "Larch")


def plain(n: int) -> str:
    """Give the n-th of many sentences that no filter minds."""
    return TOPICS[n % len(TOPICS)].format(NAMES[n % len(NAMES)], 10 + n)


def vector(seed: int, *, towards: np.ndarray | None = None, share: float = 0.0) -> np.ndarray:
    row = np.random.default_rng(seed).normal(size=DIM)
    row /= np.linalg.norm(row)
    if towards is not None:
        row = share * towards + (1 - share) * row
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


TITLE = vector(9999)


def post(*paragraphs: tuple[ParagraphKind, list[str]] | str, lang: str = "en") -> Document:
    """Build a document of paragraphs given as lists of sentences; a string is a heading of level 2."""
    made = [
        Paragraph("heading", p, 2) if isinstance(p, str) else Paragraph(p[0], " ".join(p[1]), int(p[0] == "item"))
        for p in paragraphs
    ]
    return Document("https://example.org/post", lang, "A title", tuple(made))


def units_of(document: Document, given: list[tuple[ParagraphKind, list[str]] | str], **more: object) -> list[Unit]:
    units: list[Unit] = []
    for number, paragraph in enumerate(given):
        if isinstance(paragraph, str) or paragraph[0] in ("code", "table", "image"):
            continue
        start = 0
        for text in paragraph[1]:
            sentence = Sentence(text, number, start)
            start += len(text) + 1
            other = (Sentence(f"译文{len(units)}：" + "字" * int(len(text.split()) * 1.7) + "。", number, 0),)
            verified = bool(more.get("verified", False))
            units.append(Unit(len(units), (sentence,), other if verified else (), verified, vector(len(units) + 1)))
    return units


def lines(document: Document, units: list[Unit], chosen: tuple[int, ...]) -> list[str]:
    by_index = {unit.index: text_of(unit.source) for unit in units}
    return [by_index[i] for i in chosen]


def make(*given: tuple[ParagraphKind, list[str]] | str, **more: object) -> tuple[Document, list[Unit]]:
    document = post(*given)
    return document, units_of(document, list(given), **more)


def long_post(sentences: int = 40) -> list[tuple[ParagraphKind, list[str]] | str]:
    given: list[tuple[ParagraphKind, list[str]] | str] = []
    for n in range(0, sentences, 4):
        if n:
            given.append(f"Part {NAMES[(n // 4) % 12]}")
        given.append(("prose", [plain(k) for k in range(n, min(n + 4, sentences))]))
    return given


def pick(document: Document, units: list[Unit], **more: object) -> tuple[int, ...]:
    settings: dict[str, object] = {"title_vector": TITLE, "side": "en", "require_other": False, **more}
    return choose(document, units, **settings)  # type: ignore[arg-type]


def test_five_to_eight_lines_come_back_in_reading_order() -> None:
    for sentences in (24, 40, 80, 200):
        document, units = make(*long_post(sentences))
        chosen = pick(document, units)
        assert 5 <= len(chosen) <= 8
        assert list(chosen) == sorted(set(chosen))


def test_the_same_post_gives_the_same_lines() -> None:
    document, units = make(*long_post())
    assert pick(document, units) == pick(document, list(units))


@pytest.mark.parametrize(("sentences", "most"), [(1, 1), (3, 1), (7, 3), (8, 4), (12, 4), (19, 4), (20, 5)])
def test_never_more_than_a_quarter_of_the_sentences_but_four_where_that_is_half(sentences: int, most: int) -> None:
    document, units = make(*long_post(sentences))
    assert len(pick(document, units)) <= most
    assert len(pick(document, units)) >= min(most, 3)


def test_a_unit_of_two_sentences_counts_twice_against_the_share() -> None:
    document, units = make(*long_post(16))
    merged = [
        Unit(i, a.source + b.source, (), False, a.vector)
        for i, (a, b) in enumerate(zip(units[::2], units[1::2], strict=True))
    ]
    chosen = pick(document, merged)
    assert sum(len(merged[i].source) for i in chosen) <= 4


def test_a_post_without_sentences_gives_no_lines() -> None:
    assert pick(post(("code", ["print(1)"])), []) == ()


def test_no_line_is_printed_twice() -> None:
    given = long_post(40)
    given.append("Again")
    given.append(("prose", [plain(0), plain(0).upper(), plain(1)]))
    document, units = make(*given)
    said = [text.lower() for text in lines(document, units, pick(document, units))]
    assert len(said) == len(set(said))


def test_lines_that_say_nearly_the_same_are_not_both_taken() -> None:
    document, units = make(*long_post(40))
    twin = vector(1)
    close = [
        Unit(u.index, u.source, (), False, vector(u.index, towards=twin, share=0.95)) if u.index % 2 else u
        for u in units
    ]
    chosen = pick(document, close)
    assert sum(i % 2 for i in chosen) <= 1


def test_the_lead_has_its_line() -> None:
    document, units = make(*long_post(60))
    assert pick(document, units)[0] < 4


def test_lines_near_the_title_are_preferred() -> None:
    document, units = make(*long_post(60))
    near = set(range(1, 60, 4)) - set(pick(document, units))
    units = [
        Unit(u.index, u.source, (), False, vector(u.index, towards=TITLE, share=0.5 * (u.index in near))) for u in units
    ]
    assert len(near & set(pick(document, units))) >= 2


UNFIT = [
    ("question", "Why does the Alder cache keep so many compiled kernels on the disk?"),
    ("question", "为什么这个缓存要在每台机器的磁盘上保存这么多编译好的内核？"),
    ("colon", "The release brings three changes to the way that workers keep their kernels:"),
    ("colon", "新版本为工作进程保存内核的方式带来了以下三项改动："),
    ("address", "The full report of the Alder team lies at https://example.org/report for all readers."),
    ("meta", "In this post the Alder team explains how its workers keep compiled kernels."),
    ("instruction", "Click the button on the left to open the list of all compiled kernels."),
    ("instruction", "Check out the documentation of the Alder cache for all available settings."),
    ("meta", "本文将介绍缓存如何在每台机器上保存编译好的内核。"),
    ("instruction", "点击左侧的按钮即可打开所有已编译内核的列表。"),
    ("instruction", "请查看缓存的文档以获得所有可用设置的完整说明。"),
    ("meta", "As shown above, the Alder cache keeps all kernels on the local disk."),
    ("quote", "“The Alder cache keeps all of our kernels on the local disk,” the team says."),
    ("byline", "By Alice Example and Bob Sample"),
    ("byline", "作者：示例团队的两位工程师，译者：另一位志愿者。"),
    ("formula", "The loss is given by $L = \\sum_i x_i$ for every batch of the training run."),
    ("formula", "learning_rate (float) is the step size that the optimiser uses at the start."),
    ("dangling", "This keeps every compiled kernel on the local disk of the worker."),
    ("dangling", "它把每一个编译好的内核都保存在工作进程的本地磁盘上。"),
    ("dangling", "and keeps every compiled kernel on the local disk of the worker."),
    ("dangling", "However, this keeps every compiled kernel on the local disk of the worker."),
    ("dangling", "然而，这会让每一个编译好的内核都留在工作进程的本地磁盘上。"),
    ("length", "Kernels are kept."),
    ("length", " ".join(["word"] * 60) + "."),
    ("ending", "The Alder cache keeps compiled kernels on the local disk of"),
]


@pytest.mark.parametrize(("fault", "line"), UNFIT, ids=[f"{fault}-{i}" for i, (fault, _) in enumerate(UNFIT)])
def test_an_unfit_line_is_named_and_not_chosen(fault: str, line: str) -> None:
    given = long_post(40)
    given[2] = ("prose", [plain(90), line, plain(91)])
    document, units = make(*given)
    number = next(u.index for u in units if text_of(u.source) == line)
    # However close to the title and the centre it is.
    units = [u if u.index != number else Unit(number, u.source, (), False, TITLE) for u in units]
    assert fault in faults(document, units)[number]
    chosen = pick(document, units)
    assert number not in chosen or (fault == "dangling" and number - 1 in chosen)


@pytest.mark.parametrize(
    "line",
    [
        plain(0),
        "缓存在每台工作机器的本地磁盘上保存大约 12 GB 编译好的内核。",
        "Setting up a worker takes four minutes on the smallest machine of the Alder lab.",
        "Thisbe, the new scheduler, moves idle jobs to cheaper machines within seconds.",
        "其他团队可以在同一台机器上继续运行自己的旧任务。",
        "Open models from the Alder lab reached 82 % on the public reading benchmark.",
    ],
)
def test_a_good_line_has_no_fault(line: str) -> None:
    document, units = make(("prose", [line]))
    assert faults(document, units) == (frozenset(),)


def test_a_leaning_line_is_taken_only_after_the_one_it_leans_on() -> None:
    strong = vector(7, towards=TITLE, share=0.9)
    document, units = make(
        *long_post(40)[:3], ("prose", ["It keeps all of the compiled kernels on one disk."]), *long_post(40)
    )
    units = [Unit(u.index, u.source, (), False, strong if u.index == 8 else u.vector) for u in units]
    assert 8 not in pick(document, units), "it opens a paragraph: nothing stands before it"


@pytest.mark.parametrize(
    "heading", ["Acknowledgements", "References", "Next steps", "Resources", "致谢", "参考资料", "相关资源", "下一步"]
)
def test_closed_sections_and_their_subsections_say_nothing(heading: str) -> None:
    given = [*long_post(40), heading, ("prose", [plain(70), plain(71)])]
    document = post(*given)
    below = Document(
        document.url,
        "en",
        document.title,
        (*document.paragraphs, Paragraph("heading", "People", 3), Paragraph("prose", plain(72))),
    )
    stands = sections(below)
    assert [stand.closed for stand in stands[-4:]] == [True, True, True, True]
    assert not any(stand.closed for stand in stands[:-4])


@pytest.mark.parametrize("heading", ["A look at references in Rust", "Setting new records", "参考实现的性能"])
def test_an_ordinary_heading_closes_nothing(heading: str) -> None:
    document = post(("prose", [plain(0)]), heading, ("prose", [plain(1)]))
    closed = [stand.closed for stand in sections(document)]
    assert closed == [False, False, False] or heading == "参考实现的性能"


def test_code_tables_and_quotes_of_somebody_are_never_chosen() -> None:
    said = "The Alder cache is a joy to work with on all of my machines. — Ann Example"
    given = [*long_post(24), ("quote", [said]), ("quote", [plain(50)]), ("item", [plain(51)])]
    document, units = make(*given)
    assert ["not-prose" in each for each in faults(document, units)[-3:]] == [True, False, False]


def test_a_line_that_only_leans_on_a_chosen_one_is_printed_with_it() -> None:
    given = long_post(40)
    given[2] = ("prose", [plain(90), "This halves the bill of all its workers.", plain(91)])
    document, units = make(*given)
    units = [u if u.index not in (4, 6) else replace(u, vector=TITLE if u.index == 4 else vector(77)) for u in units]
    found = {each.index: each for each in weigh(
        document, units, title_vector=TITLE, side="en", require_other=False
    )}  # fmt: skip
    assert found[4].why == found[5].why == "chosen"
    assert found[5].joins
    assert not found[4].joins
    assert sum(each.why == "chosen" and not each.joins for each in found.values()) <= 6


def test_a_post_of_many_sentences_may_have_more_lines_and_never_more_than_eight() -> None:
    assert [most_lines(n) for n in (10, 30, 150, 250, 900)] == [5, 6, 6, 7, 8]
    assert most_lines(900, (3, 3)) == 3


def test_a_line_with_mathematics_is_not_chosen() -> None:
    text = "The mean of x over all of the batches falls with every single step."
    paragraph = Paragraph("prose", text, spans=(Span(12, 13, "math"),))
    document = Document("", "en", "T", (paragraph,))
    assert "formula" in faults(document, [Unit(0, (Sentence(text, 0, 0),), (), False, vector(1))])[0]


def test_where_an_edition_exists_unverified_units_wait_for_the_verified_ones() -> None:
    document, units = make(*long_post(60), verified=True)
    wanted = {3, 9, 17, 22, 30, 41, 55}
    units = [u if u.index in wanted else Unit(u.index, u.source, (), False, u.vector) for u in units]
    chosen = pick(document, units, require_other=True)
    assert set(chosen) <= wanted
    assert len(chosen) >= 4


def test_where_too_few_verify_filters_are_forgiven_before_unverified_units_are_taken() -> None:
    given = [
        *long_post(40),
        "More",
        ("prose", ["Kernels are kept.", plain(77)]),
    ]
    document, units = make(*given, verified=True)
    verified = {2, 11, 25, 40}
    units = [u if u.index in verified else Unit(u.index, u.source, (), False, u.vector) for u in units]
    assert set(pick(document, units, require_other=True)) == verified, "a short line is forgiven, for it has its pair"


def test_lines_without_translation_come_before_pairs_that_only_lead_to_others() -> None:
    given = [
        *long_post(40),
        "More",
        ("prose", ["In this post we keep the Alder kernels on the local disk of a worker."]),
    ]
    document, units = make(*given, verified=True)
    units = [u if u.index in {2, 11, 40} else Unit(u.index, u.source, (), False, u.vector) for u in units]
    chosen = set(pick(document, units, require_other=True))
    assert {2, 11} <= chosen
    assert 40 not in chosen
    assert len(chosen) == 4


def test_pairs_of_which_the_judge_is_hardly_sure_wait_for_the_others() -> None:
    document, units = make(*long_post(60), verified=True)
    before = set(pick(document, units, require_other=True))
    doubted = [replace(u, chance=0.55) if u.index in before else u for u in units]
    found = weigh(document, doubted, title_vector=TITLE, side="en", require_other=True)
    after = {each.index for each in found if each.why == "chosen"}
    assert 2 * len(before & after) <= len(before)
    costs = {each.index: dict(each.parts).get("unsure-pair", 0.0) for each in found}
    assert all((cost < -1) == (index in before) for index, cost in costs.items())


def unsure(units: list[Unit], numbers: set[int]) -> list[Unit]:
    return [replace(u, unsure=2) if u.index in numbers else u for u in units]


@pytest.mark.parametrize("paired", [True, False])
def test_lines_with_unsure_characters_are_not_chosen_where_there_are_clean_ones(paired: bool) -> None:
    document, units = make(*long_post(80), verified=paired)
    before = set(pick(document, units, require_other=paired))
    chosen = set(pick(document, unsure(units, before), require_other=paired))
    assert not chosen & before
    assert len(chosen) >= 5


def test_lines_with_unsure_characters_fill_up_to_the_least_number_and_no_further() -> None:
    document, units = make(*long_post(80), verified=True)
    clean = {3, 17, 41}
    chosen = pick(document, unsure(units, {u.index for u in units} - clean), require_other=True)
    assert clean <= set(chosen)
    assert len(chosen) == 4


def test_a_verified_pair_with_unsure_characters_comes_before_a_line_without_translation() -> None:
    document, units = make(*long_post(80), verified=True)
    verified = {3, 17, 41, 50}
    units = [u if u.index in verified else Unit(u.index, u.source, (), False, u.vector) for u in units]
    assert set(pick(document, unsure(units, {17, 50}), require_other=True)) == verified


def test_a_line_with_unsure_characters_never_repeats_a_clean_one() -> None:
    document, units = make(*long_post(24))
    twin = [replace(u, vector=vector(1, towards=units[0].vector, share=0.95), unsure=1) for u in units[1:]]
    assert pick(document, [units[0], *twin]) == (0,)


def test_verified_pairs_alone_never_excuse_two_paragraphs_or_code() -> None:
    document, units = make(*long_post(40), verified=True)
    broken = Unit(0, units[0].source, (units[0].other[0], Sentence("另一段。", 9, 0)), True, TITLE)
    in_table = Unit(1, units[1].source, units[1].other, True, TITLE, other_kind="table")
    chosen = pick(document, [broken, in_table, *units[2:]], require_other=True)
    assert not {0, 1} & set(chosen)


def test_without_an_edition_every_unit_may_be_chosen() -> None:
    document, units = make(*long_post(40))
    assert 5 <= len(pick(document, units, require_other=False)) <= 6


def test_lengths_are_measured_alike_in_both_languages() -> None:
    zh = "我们把任务队列移到了服务本来就在使用的数据库里。"
    en = "We moved the job queue into the database that the service already uses."
    assert words(zh) == pytest.approx(words(en), rel=0.25)


def test_reading_time_counts_text_and_no_code() -> None:
    english = Document("", "en", "T", (Paragraph("prose", "word " * 440), Paragraph("code", "x = 1\n" * 900)))
    chinese = Document("", "zh", "T", (Paragraph("prose", "字" * 900),))
    assert minutes(english) == 2
    assert minutes(chinese) == 3
    assert minutes(Document("", "en", "T", ())) == 1


def test_sentences_are_joined_as_they_are_printed() -> None:
    assert text_of([Sentence("One.", 0, 0), Sentence("Two.", 0, 5)]) == "One. Two."
    assert text_of([Sentence("一。", 0, 0), Sentence("二。", 0, 2)]) == "一。二。"
