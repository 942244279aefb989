"""The verb `repair`: texts in from files and standard input; text, report and exit code out; refusals."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from digest import cli, repairing
from digest.model import Guess, Page
from digest.normalise.repair.channel import CP1254
from digest.normalise.repair.report import Mended, Refused
from digest.repaired import Repaired, as_json, as_text, damage_words, repair_words

CLEAN = "# 标题\r\n\r\n“全角，标点！”（ＡＢＣ）naïve café — 都是好的。\r\n\ttabs \t and spaces  \r\n没有换行结尾"
PROSE = (
    "这篇文章介绍如何在自己的电脑上训练一个小模型。首先准备数据，然后写一个简单的脚本，最后检查结果是否正确。\n"
    "训练的时间取决于机器的速度，通常需要几个小时。如果内存不够，可以把批次变小，速度会慢一些，但是结果相同。\n"
    "\n"
    "我们还比较了三种不同的方法：第一种最快，第二种最省内存，第三种的效果最好，不过需要更多的数据。\n"
)


def misread(text: str) -> str:
    """Read UTF-8 as latin-1, of which nothing is lost."""
    return text.encode().decode("latin-1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clean.txt").write_bytes(CLEAN.encode())
    (tmp_path / "garbled.txt").write_bytes(misread(PROSE).encode())
    (tmp_path / "gone.txt").write_bytes("第一行。\n这里有锟斤拷锟斤拷，已经没有了。\n".encode())
    return tmp_path


def digest(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["digest", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capfdbinary.readouterr()
    return int(ended.value.code or 0), out.decode(), err.decode()


def given(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))


Cap = pytest.CaptureFixture[bytes]
Patch = pytest.MonkeyPatch


def test_clean_text_comes_back_byte_for_byte(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    assert digest(capfdbinary, monkeypatch, "repair", "clean.txt") == (0, CLEAN, "clean.txt: clean\n")
    (folder / "marked.txt").write_bytes(b"\xef\xbb\xbf" + CLEAN.encode())
    code, out, _ = digest(capfdbinary, monkeypatch, "repair", "marked.txt")
    assert (code, out) == (0, "\ufeff" + CLEAN)


def test_garbled_text_is_read_again_and_the_report_says_how(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "garbled.txt")
    assert (code, out) == (0, PROSE)
    assert err.startswith("garbled.txt: repaired\n  UTF-8 read as ")


def test_bytes_that_were_lost_are_guessed_and_counted(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    damaged = CP1254.damage(PROSE)
    (folder / "lost.txt").write_bytes(damaged.encode())
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "lost.txt", "-o", "fixed.txt", "--report", "json")
    fixed = (folder / "fixed.txt").read_bytes().decode()
    assert (code, err) == (0, "")
    assert CP1254.damage(fixed) == damaged
    assert "训练一个小模型" in fixed
    (report,) = json.loads(out)["documents"]
    assert [repair["code"] for repair in report["repairs"]] == ["read:cp1254"]
    assert report["counts"]["read_again"] == len(report["guesses"]) > 20
    lines = fixed.split("\n")
    for guess in report["guesses"]:
        assert lines[guess["line"] - 1][guess["column"] - 1] == guess["chosen"]
        assert 0 <= guess["sure"] <= 1
        assert f"‹{guess['chosen']}›" in guess["context"]


def test_what_is_gone_is_refused_with_its_reason(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "gone.txt")
    assert (code, out) == (1, (folder / "gone.txt").read_text("utf-8"))
    assert err.startswith("gone.txt: refused\n  left as it is (1 line: 2): ")
    assert "[gone:锟斤拷]" in err


@pytest.mark.parametrize("words", [(), ("-",)])
def test_standard_input_is_read(folder: Path, capfdbinary: Cap, monkeypatch: Patch, words: tuple[str, ...]) -> None:
    given(monkeypatch, misread(PROSE).encode())
    code, out, err = digest(capfdbinary, monkeypatch, "repair", *words)
    assert (code, out) == (0, PROSE)
    assert err.startswith("standard input: repaired\n")


def test_another_charset_is_no_damage(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    (folder / "gbk.txt").write_bytes(PROSE.encode("gb18030"))
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "gbk.txt")
    assert (code, out, err) == (0, PROSE, "gbk.txt: clean (read as gb18030, detected)\n")
    (folder / "wide.txt").write_bytes(PROSE.encode("utf-16"))
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "wide.txt")
    assert (code, out, err) == (0, PROSE, "wide.txt: clean (read as utf-16-le, by its mark)\n")


def test_an_empty_text_is_a_clean_one(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    (folder / "empty.txt").write_bytes(b"")
    assert digest(capfdbinary, monkeypatch, "repair", "empty.txt", "-o", "out.txt")[0] == 0
    assert (folder / "out.txt").read_bytes() == b""
    given(monkeypatch, b"")
    assert digest(capfdbinary, monkeypatch, "repair") == (0, "", "standard input: clean\n")


def test_several_texts_go_one_after_the_other_or_into_a_folder(
    folder: Path, capfdbinary: Cap, monkeypatch: Patch
) -> None:
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "garbled.txt", "clean.txt")
    assert (code, out) == (0, PROSE + CLEAN)
    assert [line for line in err.splitlines() if not line.startswith(" ")] == [
        "garbled.txt: repaired", "clean.txt: clean"
    ]  # fmt: skip
    code, out, _ = digest(capfdbinary, monkeypatch, "repair", "garbled.txt", "clean.txt", "gone.txt", "-o", "all")
    assert (code, out) == (1, "")
    assert (folder / "all" / "garbled.txt").read_bytes() == PROSE.encode()
    assert (folder / "all" / "clean.txt").read_bytes() == CLEAN.encode()
    code, _, _ = digest(capfdbinary, monkeypatch, "repair", "clean.txt", "-o", "one/")
    assert (code, (folder / "one" / "clean.txt").read_bytes()) == (0, CLEAN.encode())


def test_a_text_that_cannot_be_read_leaves_the_others(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    words = ("repair", "none.txt", "picture.png", "clean.txt")
    code, out, err = digest(capfdbinary, monkeypatch, *words)
    assert (code, out) == (1, CLEAN)
    assert err.splitlines()[:2] == [
        "digest: none.txt: no such file",
        "digest: picture.png: is no text (binary)",
    ]
    code, out, err = digest(capfdbinary, monkeypatch, *words, "--report", "json")
    told = json.loads(out)
    assert code == 1
    assert [unread["name"] for unread in told["unread"]] == ["none.txt", "picture.png"]
    assert [document["state"] for document in told["documents"]] == ["clean"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("none.txt",), 3, "none.txt: no such file"),
        (("folder",), 3, "folder: is a folder; name a file"),
        (("binary.txt",), 3, "binary.txt: is no text (binary)"),
        (("nul\0name",), 3, "cannot be read"),
        (("clean.txt", "--report", "xml"), 2, "choose text or json"),
        (("clean.txt", "-o", "clean.txt"), 2, "is one of the texts that are read"),
        (("clean.txt", "gone.txt", "-o", "garbled.txt"), 2, "is a file; several texts need a folder"),
        (("clean.txt", "gone.txt", "-o", "."), 2, "is one of the texts that are read"),
        (("clean.txt", "./clean.txt", "-o", "folder"), 2, "have the same name"),
        (("-", "clean.txt", "-o", "folder"), 2, "standard input has no name there"),
        (("-", "-"), 2, "standard input can be one of the texts"),
    ],
)
def test_nonsense_is_refused_with_one_clear_line(
    folder: Path, capfdbinary: Cap, monkeypatch: Patch, words: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "folder").mkdir()
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    given(monkeypatch, b"unread")
    ended, out, err = digest(capfdbinary, monkeypatch, "repair", *words)
    assert (ended, out) == (code, "")
    assert said in err
    assert err.startswith("digest: ")
    assert len(err.strip().splitlines()) == 1
    assert list((folder / "folder").iterdir()) == []


def test_what_has_no_end_is_refused(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    monkeypatch.setattr("digest.given.LARGEST", 1000)
    (folder / "long.txt").write_bytes(b"a" * 1001)
    code, out, err = digest(capfdbinary, monkeypatch, "repair", "long.txt")
    assert (code, out) == (3, "")
    assert "long.txt: is larger than" in err


def test_a_line_as_long_as_a_book_is_read(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    line = PROSE.replace("\n", "") * 200
    (folder / "long.txt").write_bytes(misread(line).encode())
    code, out, _ = digest(capfdbinary, monkeypatch, "repair", "long.txt")
    assert (code, out == line) == (0, True)


def test_help_shows_how_it_is_used(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    code, out, _ = digest(capfdbinary, monkeypatch, "repair", "--help")
    assert code == 0
    for told in ("curl -s https://example.org/page | digest repair", "--report", "--mark", "--out", "Ends with 0"):
        assert told in out


def test_a_byte_order_mark_before_damage_is_no_part_of_it() -> None:
    clean = "大语言模型是一种人工智能系统，它可以理解和生成自然语言。\n训练这样的模型需要大量的数据。"
    found = repairing.repair(Page("f.txt", b"\xef\xbb\xbf" + CP1254.damage(clean).encode()))
    assert found.mended.text == "\ufeff" + clean
    assert found.mended.refused == ()
    assert all(found.mended.text[guess.at] == guess.chosen for guess in found.mended.guesses)


# ---- the report -----------------------------------------------------------------------------------------------------

GUESSED = Mended(
    "第一行\n大模型很好\n不认识的行",
    repairs=("read:cp1254",),
    damage=("lost-bytes:cp1254",),
    guesses=(
        Guess(4, "大", 0.999),
        Guess(5, "模", 0.5, (("横", 0.3), ("樣", 0.1), ("抹", 0.001))),
        *(Guess(at, "型很好"[at - 6], 0.7 + at / 100) for at in (6, 7, 8)),
    ),
    refused=(Refused(3, "lost-bytes:cp1254", "it does not give the input again"),),
)


@pytest.fixture
def repaired(monkeypatch: pytest.MonkeyPatch) -> Repaired:
    monkeypatch.setattr(repairing, "mend", lambda text: GUESSED)
    return repairing.repair(Page("page.txt", b"anything"))


def test_the_report_for_people_shows_the_unsure_ones(repaired: Repaired) -> None:
    assert as_text(repaired).splitlines() == [
        "page.txt: repaired in part",
        "  UTF-8 read as windows-1254, bytes lost: read again",
        "  5 characters read again, 4 unsure (below 95%)",
        "    2:2: 模 50%, or 横 30%, or 樣 10%  大‹模›型很好",
        "    2:3: 型 76%  大模‹型›很好",
        "    2:4: 很 77%  大模型‹很›好",
        "    2:5: 好 78%  大模型很‹好›",
        "  left as it is (1 line: 3): it does not give the input again [lost-bytes:cp1254]",
    ]


def test_the_report_shows_a_few_and_says_how_many_more(monkeypatch: pytest.MonkeyPatch) -> None:
    many = Mended("好" * 40, ("read:cp1252",), (), tuple(Guess(n, "好", n / 50) for n in range(40)))
    monkeypatch.setattr(repairing, "mend", lambda text: many)
    rows = as_text(repairing.repair(Page("page.txt", b"anything"))).splitlines()
    assert [row.split(":")[1] for row in rows if row.startswith("    1:")] == ["1", "2", "3", "4", "5"]
    assert rows[-1] == "    and 35 more, less doubtful; --report json has all"


def test_the_report_for_programs_has_every_guess(repaired: Repaired) -> None:
    told = json.loads(json.dumps(as_json(repaired)))
    assert told["counts"] == {"lines": 3, "characters": 15, "read_again": 5, "unsure": 4, "refused": 1}
    assert told["guesses"][1] == {
        "line": 2,
        "column": 2,
        "chosen": "模",
        "sure": 0.5,
        "others": [
            {"character": "横", "sure": 0.3},
            {"character": "樣", "sure": 0.1},
            {"character": "抹", "sure": 0.001},
        ],
        "context": "大‹模›型很好",
    }
    assert told["refused"] == [{"line": 3, "damage": "lost-bytes:cp1254", "why": "it does not give the input again"}]


def test_json_has_standard_output_for_itself(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    for words in ((), ("-o", "-")):
        code, out, err = digest(capfdbinary, monkeypatch, "repair", "clean.txt", "--report", "json", *words)
        assert (code, err) == (0, "")
        assert json.loads(out)["documents"][0]["state"] == "clean"


def test_marks_stand_after_the_unsure_ones(folder: Path, capfdbinary: Cap, monkeypatch: Patch) -> None:
    monkeypatch.setattr(repairing, "mend", lambda text: GUESSED)
    code, out, _ = digest(capfdbinary, monkeypatch, "repair", "clean.txt", "--mark")
    assert code == 1
    assert out == "第一行\n大模〔?〕型〔?〕很〔?〕好〔?〕\n不认识的行"


def test_every_code_has_words() -> None:
    for code in ("read:cp1252", "ftfy:sloppy-windows-1254", "ftfy", "gbk-as-latin1", "utf8-as-gb18030", "entities"):
        assert repair_words(code) != code
    for code in ("lost-bytes:cp437", "gbk-as-latin1", "big5-as-latin1", "gone:U+FFFD", "gone:?", "ocr-noise"):
        assert damage_words(code) != code
