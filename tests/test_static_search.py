"""The index for searching in the browser: what is in it, when it is made, and what becomes of one that fails."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import threading
from html import unescape
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "render"))

from hostile_texts import PAYLOADS
from sample_day import CHINESE, DAY, DOUBTFUL, EMPTY, NEWLY, PAIRED, line, pair

from digest.model import Both, Digest
from digest.render.masthead import Masthead
from digest.render.search_page import index_words, search_documents, search_html
from digest.render.site import json_text
from digest.static_search import FOLDER, build_search, drop_search, index_stamp, search_at_hand

HEAD = Masthead("HF 博客日报", "", ("zh", "en"), search=True)


def built(out: Path, *days: Digest, made_from: str = "a", timeout: float = 60, anew: bool = False) -> str:
    return build_search(out, map(json_text, days), made_from=made_from, head=HEAD, timeout=timeout, anew=anew)


def told(*days: Digest) -> list[list[dict[str, str]]]:
    """What the index has of each post, in the order of the days: what is shown of it and of each pair."""
    found = [page for _, page in search_documents(map(json_text, days))]
    return [[json.loads(unescape(row)) for row in re.findall('<i id="([^"]*)"', page)] for page in found]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- what is indexed ------------------------------------------------------------------------------------------------


def test_each_post_is_a_document_and_each_pair_stands_in_it_with_its_permalink() -> None:
    posts = told(DAY)
    assert len(posts) == len(DAY.abstracts)
    head, *pairs = posts[0]
    first = DAY.abstracts[0]
    assert (head["to"], head["day"], head["source"]) == (f"{DAY.day}.html#p-{first.id}", str(DAY.day), first.source)
    assert (head["zh"], head["en"]) == (first.title.zh, first.title.en)
    assert [row["to"] for row in pairs] == [f"{DAY.day}.html#l-{each.id}" for each in first.pairs]
    assert [row["zh"] for row in pairs] == [each.zh.text if each.zh else "" for each in first.pairs]


def test_a_machines_line_and_an_unverified_pair_are_marked_as_such() -> None:
    made = dataclasses.replace(
        PAIRED,
        pairs=(pair(1, line("一", "zh"), line("One.", "en"), made_by="machine"), pair(2, None, line("Two.", "en"))),
    )
    unsure = dataclasses.replace(DOUBTFUL, id="ffff")
    marks = [[row["mark"] for row in rows[1:]] for rows in told(dataclasses.replace(DAY, abstracts=(made, unsure)))]
    assert marks[0] == ["machine", ""]
    assert "unverified" in marks[1]


def test_traditional_chinese_is_told_from_what_is_common() -> None:
    post = dataclasses.replace(CHINESE, pairs=(pair(1, line("佇列", "zh-Hant"), None),))
    rows = told(dataclasses.replace(DAY, abstracts=(post,)))[0]
    assert rows[1]["lang"] == "zh-Hant"
    assert not any("lang" in row for row in told(dataclasses.replace(DAY, abstracts=(PAIRED,)))[0])


def test_a_post_translated_later_stands_on_its_own_day_and_else_where_it_is_new() -> None:
    later = dataclasses.replace(DAY, day=DAY.day.replace(day=DAY.day.day + 1), abstracts=(), newly=(NEWLY,))
    own = dataclasses.replace(DAY, abstracts=(NEWLY,))
    assert [rows[0]["to"] for rows in told(later)] == [f"{later.day}.html#n-{NEWLY.id}"]
    assert [rows[0]["to"] for rows in told(own, later)] == [f"{DAY.day}.html#p-{NEWLY.id}"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"date": 1, "posts": [{}], "newly_translated": []}', "[" * 10_000])
def test_what_is_no_day_is_passed_over(text: str) -> None:
    assert len(list(search_documents([text, json_text(DAY)]))) == len(DAY.abstracts)


@pytest.mark.parametrize("text", PAYLOADS)
def test_strangers_texts_stay_texts_of_the_document(text: str) -> None:
    post = dataclasses.replace(PAIRED, title=Both(text, text), pairs=(pair(1, line(text, "zh"), line(text, "en")),))
    (name, page), *_ = search_documents([json_text(dataclasses.replace(DAY, abstracts=(post,)))])
    assert re.fullmatch(r"[0-9a-f]{16}\.html", name)
    assert set(re.findall(r"<\W?(\w+)", page)) == {"doctype", "html", "title", "body", "i", "p"}
    for row in re.findall('<i id="([^"]*)"', page):
        assert not re.search(r"\s", unescape(row))
        assert isinstance(json.loads(unescape(row)), dict)


def test_words_are_found_by_their_first_character_and_latin_words_as_they_are() -> None:
    assert index_words("机器学习，GPU。") == "机器 器学 学习 习 GPU"
    assert index_words("ＧＰＵ　ﾃｽﾄ") == "GPU テス スト ト"


# ---- the page -------------------------------------------------------------------------------------------------------


def test_the_page_may_load_its_own_index_and_nothing_else() -> None:
    page = search_html(HEAD)
    policy = unescape(re.findall('Content-Security-Policy" content="([^"]*)"', page)[0])
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'wasm-unsafe-eval' 'sha256-[\w+/]+='", rules["script-src"])
    assert rules["connect-src"] == rules["worker-src"] == rules["form-action"] == "'self'"
    assert "unsafe-inline" not in policy
    assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert "http:" not in page
    assert "https:" not in page


def test_the_page_says_what_to_do_without_javascript() -> None:
    noscript = re.findall("<noscript>(.*?)</noscript>", search_html(HEAD), re.DOTALL)[0]
    assert "digest search" in noscript
    assert 'lang="zh-Hans"' in noscript
    assert 'lang="en"' in noscript


# ---- when it is made ------------------------------------------------------------------------------------------------


def test_the_index_has_what_the_page_loads_and_no_more(tmp_path: Path) -> None:
    assert search_at_hand()
    assert built(tmp_path, DAY) == ""
    assert {path.name for path in tmp_path.iterdir()} == {"search.html", FOLDER}
    kinds = {re.sub(r"en_[0-9a-f]+|en_[0-9a-z]+", "en", name) for name in files(tmp_path / FOLDER)}
    assert kinds == {
        "made-from", "pagefind-entry.json", "pagefind.js", "pagefind-worker.js", "wasm.en.pagefind",
        "pagefind.en.pf_meta", "fragment/en.pf_fragment", "index/en.pf_index",
    }  # fmt: skip
    assert json.loads((tmp_path / FOLDER / "pagefind-entry.json").read_text())["languages"]["en"]["page_count"] == len(
        DAY.abstracts
    )


def test_the_index_is_the_same_for_the_same_days(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert built(tmp_path / name, DAY) == ""
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_the_index_is_made_only_where_the_archive_changed(tmp_path: Path) -> None:
    built(tmp_path, DAY)
    before = (tmp_path / FOLDER).stat().st_ino
    assert built(tmp_path, made_from="a") == ""
    assert (tmp_path / FOLDER).stat().st_ino == before
    assert built(tmp_path, EMPTY, made_from="b") == ""
    assert (tmp_path / FOLDER).stat().st_ino != before


def test_the_index_is_made_anew_where_that_is_asked_for(tmp_path: Path) -> None:
    built(tmp_path, DAY)
    before = (tmp_path / FOLDER).stat().st_ino
    assert built(tmp_path, DAY, anew=True) == ""
    assert (tmp_path / FOLDER).stat().st_ino != before


@pytest.mark.parametrize("name", ["pagefind.js", "pagefind-entry.json", "part-2/pagefind.js", "made-from"])
def test_an_index_of_which_files_are_gone_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("digest.static_search.PART", 1)
    two = dataclasses.replace(DAY, abstracts=DAY.abstracts[:2], newly=())
    built(tmp_path, two)
    stamp, before = index_stamp(tmp_path), files(tmp_path / FOLDER)
    assert stamp
    (tmp_path / FOLDER / name).unlink()
    assert index_stamp(tmp_path) == ""
    assert built(tmp_path, two) == ""
    assert (index_stamp(tmp_path), files(tmp_path / FOLDER)) == (stamp, before)


@pytest.mark.parametrize("entry", ["", "[]", '{"more": 1}', '{"more": [1]}', "[" * 100_000])
def test_an_index_whose_entry_says_nothing_is_none(tmp_path: Path, entry: str) -> None:
    built(tmp_path, DAY)
    (tmp_path / FOLDER / "pagefind-entry.json").write_text(entry)
    assert index_stamp(tmp_path) == ""


def test_a_search_that_is_no_more_goes_whole_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    built(tmp_path, DAY)
    drop_search(tmp_path)
    assert list(tmp_path.iterdir()) == []
    drop_search(tmp_path)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / "search.html").write_text("somebody's own")
    (tmp_path / FOLDER / "pagefind.js").write_text("somebody's own")
    drop_search(tmp_path)
    assert files(tmp_path) == dict.fromkeys(("search.html", f"{FOLDER}/pagefind.js"), b"somebody's own")


def test_what_is_large_is_indexed_in_parts_each_post_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pagefind holds an index whole while it makes it: how much it takes must not grow with the archive."""
    monkeypatch.setattr("digest.static_search.PART", 1)
    assert built(tmp_path, DAY) == ""
    entry = json.loads((tmp_path / FOLDER / "pagefind-entry.json").read_text())
    count = len(DAY.abstracts)
    assert count > 2
    assert entry["more"] == [f"part-{number}" for number in range(2, count + 1)]
    parts = [tmp_path / FOLDER, *(tmp_path / FOLDER / name for name in entry["more"])]
    assert [len(list((part / "fragment").iterdir())) for part in parts] == [1] * count
    assert built(tmp_path, EMPTY, made_from="b") == ""
    assert not (tmp_path / FOLDER / "part-2").exists()


def test_an_index_of_no_posts_is_one_too(tmp_path: Path) -> None:
    assert built(tmp_path) == ""
    assert (tmp_path / FOLDER / "pagefind.js").exists()


def test_the_output_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    assert built(Path("out"), DAY) == ""
    assert (tmp_path / "out" / FOLDER / "pagefind.js").exists()


def test_settings_of_somebodys_own_pagefind_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGEFIND_OUTPUT_PATH", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PAGEFIND_EXCLUDE_SELECTORS", "body")
    assert built(tmp_path, DAY) == ""
    assert not (tmp_path / "elsewhere").exists()


# ---- what fails -----------------------------------------------------------------------------------------------------


def program(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another program in the place of Pagefind's."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo; echo 'no room' >&2; echo more >&2; exit 3", "Pagefind ended with 3: no room"),
        ("exit 1", "Pagefind ended with 1: it said nothing"),
        ("kill -9 $$", "Pagefind ended with -9: it said nothing"),
        ("exit 0", "Pagefind wrote no index that can be read"),
        ("sleep 60", "Pagefind took longer than 1 seconds"),
    ],
)
def test_what_fails_is_told_in_a_line_and_the_old_index_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    built(out, DAY)
    before = files(out / FOLDER)
    program(tmp_path, text, monkeypatch)
    fault = built(out, DAY, made_from="b", timeout=1)
    assert fault == f"{out / FOLDER}: the index for searching was not made: {said}; the pages are written all the same"
    assert files(out / FOLDER) == before
    assert {path.name for path in out.iterdir()} == {"search.html", FOLDER}


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(tmp_path / "none"))
    assert "Pagefind cannot be started: No such file or directory" in built(tmp_path, DAY)


def test_without_the_package_there_is_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.static_search.find_spec", lambda name: None)
    assert not search_at_hand()


def test_what_a_killed_run_left_goes_and_what_another_holds_stays(tmp_path: Path) -> None:
    left, held = tmp_path / ".pagefind.left", tmp_path / ".pagefind.held"
    for folder in (left, held):
        (folder / "pages").mkdir(parents=True)
    code = (
        f"import fcntl, os, sys; fcntl.flock(os.open({str(held)!r}, os.O_RDONLY), fcntl.LOCK_EX); print(1, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        assert built(tmp_path, DAY) == ""
        assert (left.exists(), held.exists()) == (False, True)
        other.communicate()


def test_a_run_killed_at_any_step_leaves_a_whole_index_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill is an error at one of the two renames; nothing else touches what is served."""
    built(tmp_path, DAY)
    before, rename = files(tmp_path / FOLDER), os.rename
    for allowed, there in ((0, True), (1, False)):
        left = [allowed]

        def stopped(source: Path, target: Path, left: list[int] = left) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            rename(source, target)

        with monkeypatch.context() as patch:
            patch.setattr("digest.static_search.os.rename", stopped)
            with pytest.raises(KeyboardInterrupt):
                built(tmp_path, DAY, made_from="b")
        assert (tmp_path / FOLDER).exists() is there
        assert not there or files(tmp_path / FOLDER) == before
    assert built(tmp_path, DAY, made_from="b") == ""


def test_texts_are_read_one_at_a_time_and_only_for_a_new_index(tmp_path: Path) -> None:
    read = threading.Event()

    def texts() -> object:
        read.set()
        yield json_text(DAY)

    for made_from, expected in (("a", True), ("a", False)):
        read.clear()
        assert build_search(tmp_path, texts(), made_from=made_from, head=HEAD) == ""  # type: ignore[arg-type]
        assert read.is_set() is expected
