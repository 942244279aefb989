"""A day read back from its JSON file: the same day, or one clear line."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent / "render"))

from sample_day import DAY, EMPTY, ENGLISH, PAIRED, REPAIRED, RICH
from small_blog import BASE, EN_FEED, ZH_FEED, FakeWeb, TrueEmbedder, article, calendar, feed, item, web_for
from small_blog import settings as blog_settings

from digest import model as m
from digest.build import Builder
from digest.errors import DeliveryError
from digest.fetch.collect import collect
from digest.printable import printable
from digest.recorded import digest_of
from digest.render import page
from digest.render.masthead import Masthead
from digest.render.record import record
from digest.render.site import frame_of, json_text
from digest.render.stamp import stamp_in
from digest.store import Store

MENDED = dataclasses.replace(DAY, abstracts=(REPAIRED,), newly=(PAIRED,), order=("en", "zh"), timezone="America/Lima")
OFFERED = dataclasses.replace(
    DAY,
    abstracts=(dataclasses.replace(ENGLISH, title_made=PAIRED.pairs[0], kind="abstract"),),
    refused=(("late", 2), ("echo", 1)),
    credits=("Somebody's model",),
    offer=m.Both("装上就能译", "Install it"),
)
DAYS = {"day": DAY, "rich": RICH, "empty": EMPTY, "mended": MENDED, "offered": OFFERED}

# ---- digests of any content -----------------------------------------------------------------------------------------

# A file holds what is printed: what never is, is taken out before it is written (render/inert.py).
texts = st.text(st.one_of(st.characters(), st.sampled_from("甲乙 ab\n\x00\u2028<&\"'\\")), max_size=12).map(printable)
sides = st.builds(m.Both, st.none() | texts, st.none() | texts)
counts = st.integers(0, 10**6)
# A file holds four decimals of a number; of a longer one, a page may show another last digit than the page as built.
numbers = st.integers(-(10**6), 10**6).map(lambda n: n / 10_000)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
days = st.none() | st.dates(date(1970, 1, 1), date(2999, 1, 1))
named = st.dictionaries(texts, numbers, max_size=3).map(lambda found: tuple(found.items()))
some_texts = st.lists(texts, max_size=2).map(tuple)
zh_places = st.builds(m.Place, st.sampled_from(["zh", "zh-Hant"]), texts, counts, counts, counts)
en_places = st.builds(m.Place, st.sampled_from(["en", "ja", ""]), texts, counts, counts, counts)
guesses = st.builds(m.Guess, counts, texts, numbers, named)
glosses = st.builds(m.Gloss, counts, texts, texts)


def several(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=2).map(tuple)


def lines(places: st.SearchStrategy[m.Place]) -> st.SearchStrategy[m.Line]:
    spans = st.tuples(counts, counts)
    return st.builds(m.Line, texts, texts, several(places), several(spans), several(guesses), several(glosses))


def kinds(kind: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(kind))


verdicts = st.builds(m.Verdict, numbers, st.booleans(), st.none() | kinds(m.Grade), some_texts, numbers)
zh_lines, en_lines = lines(zh_places), lines(en_places)
printed_pairs = (
    st.tuples(zh_lines | st.none(), en_lines | st.none())
    .filter(any)
    .flatmap(
        lambda both: st.builds(m.LinePair, texts, st.just(both[0]), st.just(both[1]), kinds(m.MadeBy), verdicts, texts)
    )
)
corrections = st.builds(m.Correction, st.sampled_from(["rejected", "replaced"]), printed_pairs, texts, days, texts)
pairs = st.builds(dataclasses.replace, printed_pairs, correction=st.none() | corrections)
whys = kinds(m.Passed) | st.just("comparable")
listed = st.builds(m.Listed, texts, sides, sides, texts, moments, whys, texts, days, named)
nonzero = named.map(lambda parts: tuple((name, value) for name, value in parts if value))
weighed = st.builds(m.Weighed, zh_places | en_places, texts, numbers, nonzero, some_texts, texts)
facts = st.builds(m.Fact, texts, sides, st.none() | en_places, texts)
abstracts = st.builds(
    m.Abstract, id=texts, title=sides, url=sides, source=texts, published=moments, lang=texts, kind=kinds(m.Kind),
    pairs=several(pairs), title_langs=sides, credits=some_texts, status=kinds(m.Status), notes=some_texts,
    minutes=counts, outline=several(pairs), card=several(facts), terms=several(sides), title_made=st.none() | pairs,
    guessed=counts, unsure=counts, genre=texts, weighed=several(weighed), also=several(listed), day=days, updated=days,
    updated_by=st.sampled_from(["", "translation", "edit"]), rank=named, edition_source=texts,
)  # fmt: skip
counted = st.dictionaries(texts, counts, max_size=3).map(lambda found: tuple(found.items()))
digests = st.builds(
    m.Digest, day=days.filter(bool), title=texts, link=texts,
    timezone=st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"]),
    order=st.sampled_from([("zh", "en"), ("en", "zh")]), abstracts=several(abstracts),
    failures=several(st.builds(m.Failure, texts, texts, texts)), signature=texts, quality=counted, refused=counted,
    credits=some_texts, offer=st.none() | sides, newly=several(abstracts), rest=several(listed),
    watch_days=st.integers(0, 365),
)  # fmt: skip

# ---- the law --------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(digests)
def test_what_was_recorded_is_read_back(digest: m.Digest) -> None:
    assert digest_of(json_text(digest), "a day") == digest


@pytest.mark.parametrize("name", DAYS)
def test_a_day_comes_back_with_the_same_pages(name: str) -> None:
    digest = DAYS[name]
    back = digest_of(json_text(digest), name)
    assert record(back) == record(digest)
    assert page.html(back) == page.html(digest)
    assert page.markdown(back) == page.markdown(digest)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, st.floats(-3, 3)), max_size=6, unique_by=lambda part: part[0]))
def test_a_record_of_what_was_read_is_the_record(rank: list[tuple[str, float]]) -> None:
    """Numbers are rounded once: what is derived from them is derived from what the file says."""
    digest = dataclasses.replace(DAY, abstracts=(dataclasses.replace(PAIRED, rank=tuple(rank)),))
    assert record(digest_of(json_text(digest), "a day")) == record(digest)


def test_places_belong_to_the_line_of_their_language() -> None:
    back = digest_of(json_text(DAY), "a day")
    for told, pair in zip(DAY.abstracts[0].pairs, back.abstracts[0].pairs, strict=True):
        assert [line.places for line in (pair.zh, pair.en) if line] == [
            line.places for line in (told.zh, told.en) if line
        ]


def test_a_file_of_before_a_field_was_added_is_read() -> None:
    older = json.loads(json_text(DAY))
    for post in older["posts"]:
        del post["edition_source"]
        for pair in post["pairs"]:
            del pair["correction"]
    assert digest_of(json.dumps(older), "a day") == DAY


def test_a_day_that_was_built_comes_back(tmp_path: Path) -> None:
    dated = "Wed, 16 Apr 2025 04:00:00 GMT"
    web = FakeWeb({
        EN_FEED: feed(item(1, "en", dated), item(2, "en", dated)),
        ZH_FEED: feed(item(1, "zh", dated)),
        f"{BASE}/post-1": article(1, "en"),
        f"{BASE}/post-2": article(2, "en"),
        f"{BASE}/zh/post-1": article(1, "zh"),
    })  # fmt: skip
    times, day = calendar("2025-04-17T08:00:00+08:00"), date(2025, 4, 16)
    with contextlib.closing(Store(tmp_path / "state")) as store:
        collect(store, blog_settings(), web_for(web), times, days=[day])
        builder = Builder(store, blog_settings(), times, tmp_path / "out", embedder=TrueEmbedder())
        builder.link([day])
        builder.build(day)
    written = {path.suffix: path.read_text("utf-8") for path in (tmp_path / "out").glob("2025-04-16.*")}
    back = digest_of(written[".json"], "2025-04-16.json")
    assert len(back.abstracts) == 2
    assert any(pair.made_by == "human" for pair in back.abstracts[0].pairs)
    assert {post.edition_source for post in back.abstracts} == {"", "博客"}
    shown = blog_settings().digest
    frame = frame_of(back, None, None, Masthead(shown.title, shown.link, shown.order))
    html = page.html(back, frame=frame, made_from=stamp_in(written[".html"]))
    assert written == {".json": json_text(back), ".html": html, ".md": page.markdown(back)}


# ---- no day of ours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "this is not JSON; 'digest build 2025-04-16' writes it anew"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "the file must be an object"),
        ("{}", "schema_version is missing"),
        ('{"schema_version": true}', "schema_version must be"),
        ('{"schema_version": 2, "date": "2025-04-16"}', "schema_version must be 1 for this version"),
        ('{"schema_version": 1, "date": "16.4.2025"}', "date must be a date; 'digest build 2025-04-16'"),
        ('{"schema_version": 1, "date": "2025-04-16"}', "title is missing; 'digest build 2025-04-16' writes it anew"),
    ],
)
def test_what_is_no_day_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        digest_of(text, "out/2025-04-16.json")
    assert str(caught.value).startswith(f"out/2025-04-16.json: {told}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        ("order", ["zh", "zh"], "order must be both languages"),
        ("timezone", "Asia/Nowhere", "timezone must be the name"),
        ("timezone", "../../etc/passwd", "timezone must be the name"),
        ("watch_days", 10**9, "watch_days must be a whole number from 0 to 365"),
        ("watch_days", True, "watch_days must be"),
        ("title", "half \ud800", "title must be a text"),
        ("quality", {"posts": -1}, "quality must be"),
        ("posts.0.published", "2025-04-16T08:00:00", "posts[0].published must be a moment with its zone"),
        ("posts.0.published", "0001-01-01T00:00:00+14:00", "posts[0].published must be"),
        ("posts.0.kind", "poem", "posts[0].kind must be one of"),
        ("posts.0.kind", ["poem"], "posts[0].kind must be one of"),
        ("posts.0.pairs.0.zh", 7, "posts[0].pairs[0].zh must be a text"),
        ("posts.0.pairs.0.score", float("nan"), "posts[0].pairs[0].score must be a number"),
        ("posts.0.pairs.0.score", 10**400, "posts[0].pairs[0].score must be a number"),
        ("posts.0.pairs.0.code", {"zh": [[1]], "en": []}, "posts[0].pairs[0].code.zh[0] must be"),
        ("posts.0.pairs.0.sources.0.start", 1.5, "posts[0].pairs[0].sources[0].start must be"),
    ],
)
def test_a_value_of_another_kind_is_told_with_its_place(where: str, value: object, told: str) -> None:
    day = json.loads(json_text(RICH))
    *way, last = where.split(".")
    at = day
    for step in way:
        at = at[int(step) if step.isdigit() else step]
    at[last] = value
    with pytest.raises(DeliveryError) as caught:
        digest_of(json.dumps(day), "x.json")
    assert str(caught.value).startswith(f"x.json: {told}")
    assert str(caught.value).endswith("'digest build 2025-04-16' writes it anew")


def read(text: str) -> m.Digest | None:
    """Read a text as a day; None where it is none, in one line that begins with its name."""
    try:
        return digest_of(text, "x.json")
    except DeliveryError as error:
        told = str(error)
    assert told.startswith("x.json: ")
    assert "\n" not in told
    return None


def ways(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the way to every value of a JSON file."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*way, key)
        yield from ways(each, (*way, key))


RECORDED = json.loads(json_text(RICH))
WAYS = sorted(ways(RECORDED), key=str)
odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), texts, st.just("\ud800"), st.just([]), st.just({}),
    st.just(10**400), st.just(-1), st.just("0001-01-01T00:00:00-23:59"), st.just([[[[1]]]]), st.just({"zh": {"en": 1}}),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WAYS), st.sampled_from(["drop", "nest", "wrap", "set"]), odd), max_size=3))
def test_a_damaged_file_is_a_day_or_a_delivery_error(faults: list[tuple[tuple[str | int, ...], str, Any]]) -> None:
    day = copy.deepcopy(RECORDED)
    for (*way, last), fault, value in faults:
        at: Any = day
        try:
            for step in way:
                at = at[step]
            if fault == "drop":
                del at[last]
            else:
                at[last] = {"nest": [at[last]], "wrap": {"zh": at[last], "en": at[last]}, "set": value}[fault]
        except (LookupError, TypeError):  # an earlier fault took the way away
            continue
    if digest := read(json.dumps(day)):
        page.html(digest)
        page.markdown(digest)
        assert digest_of(json_text(digest), "x.json") == digest


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(json_text(DAY))), st.integers(0, 40), texts)
def test_a_damaged_text_is_a_day_or_a_delivery_error(at: int, length: int, put: str) -> None:
    text = json_text(DAY)
    read(text[:at] + put + text[at + length :])
