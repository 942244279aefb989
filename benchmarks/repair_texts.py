"""The texts that the repair is measured on: read from the corpora, the seeds, this project and installed packages."""

from __future__ import annotations

import json
import lzma
import re
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

# Text that the shipped model has not seen: what was kept aside, and what the repair was tuned on.
from train_characters import ASIDE as ASIDE
from train_characters import TUNE as TUNE

from digest.decode import decode

ROOT = Path(__file__).parent.parent

_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3041-\u30fe]")


def read(path: Path) -> str:
    """Read UTF-8 with its line ends as they are."""
    return path.read_bytes().decode("utf-8")


def posts(corpora: Path, folder: str = "hfblog", language: str = "zh") -> dict[str, str]:
    return {p.name.split(".")[0]: read(p) for p in sorted((corpora / folder).glob(f"*.{language}.md"))}


def some(lines: Iterable[str], han: int) -> str:
    """Choose lines evenly over a text until they hold about `han` Han characters."""
    kept = [line for line in lines if line.strip()]
    total = sum(len(_HAN.findall(line)) for line in kept)
    step = max(1.0, total / max(han, 1))
    return "\n".join(kept[int(i * step)] for i in range(int(len(kept) / step)))


def trained(corpora: Path, names: Iterable[str], han: int) -> Iterator[tuple[str, str]]:
    """Give (name, text) of files of zh-train."""
    for name in names:
        text = lzma.decompress((corpora / "zh-train" / f"{name}.txt.xz").read_bytes()).decode("utf-8")
        yield name, some(text.split("\n"), han)


def others(corpora: Path, han: int) -> Iterator[tuple[str, str]]:
    """Give (name, text) of Chinese by other authors, much of it far from technology."""
    yield "FLORES-200 dev, human Chinese", some(read(corpora / "flores" / "dev.zh").split("\n"), han)
    yield "novels (MAC)", some("\n".join(read(p) for p in sorted((corpora / "mac").glob("*.zh"))).split("\n"), han)
    rows = lzma.decompress((corpora / "parallel" / "python-docs.tsv.xz").read_bytes()).decode("utf-8").split("\n")
    yield "Python documentation", some((row.partition("\t")[2] for row in rows), han)
    folder = corpora / "encoding"
    simple, traditional = [], []
    for case in json.loads((folder / "chardet_index.json").read_text("utf-8")):
        if case["decodes"]:
            text = (folder / case["file"]).read_bytes().decode(case["codec"])
            (traditional if case["codec"].startswith("big5") else simple).extend(_lines(text))
    for path in sorted((corpora / "html").rglob("*.html")):
        if "expected" not in path.name:
            text = decode(path.read_bytes()).text
            (traditional if "pixnet" in str(path) else simple).extend(_lines(text))
    yield "feeds and pages, mostly simplified", some(simple, han)
    yield "feeds and pages, traditional", some(traditional, han)


def _lines(markup: str) -> list[str]:
    """Give the lines of Chinese prose that markup holds."""
    bare = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", "", markup).replace("<![CDATA[", "").replace("]]>", "")
    lines = re.sub(r"<[^>]*>|&[#\w]+;", "\n", bare).replace("\r", "").split("\n")
    found = (line.strip() for line in lines)
    return [x for x in dict.fromkeys(found) if len(_HAN.findall(x)) >= max(8, 0.4 * len(x)) and not _KANA.search(x)]


# ---- clean text that must not change --------------------------------------------------------------------------------


def clean(corpora: Path) -> Iterator[tuple[str, list[str]]]:
    """Give (name, texts) of clean text of many kinds."""
    for language, name in (("zh", "Chinese"), ("en", "English")):
        yield f"hfblog, {name}", list(posts(corpora, "hfblog", language).values())
    more = [text for language in ("zh", "en") for text in posts(corpora, "hfblog-more", language).values()]
    yield "hfblog-more, both", more
    cases = json.loads((corpora / "encoding" / "ftfy_cases.json").read_text("utf-8"))
    yield "ftfy's negatives", [c["original"] for c in cases if c["original"] == c["fixed"] and c["expect"] == "pass"]
    sources = [p for folder in ("digest", "tests", "docs", "benchmarks") for p in sorted((ROOT / folder).rglob("*"))]
    kinds = {".py", ".md", ".html", ".css", ".js", ".json", ".yaml", ".txt", ".xml"}
    own = [p for p in sources if p.suffix in kinds and p.stat().st_size < 300_000 and "gold" not in p.parts]
    yield "this project's sources", [read(p) for p in (*own, *sorted(ROOT.glob("*.md")))]
    yield f"French of {len(french())} installed packages", [text for _, text in french()]
    yield "100 languages' words (justext)", [read(p) for p in sorted(_site("justext/stoplists").glob("*.txt"))]
    yield "vim's tutors in other languages", [text for _, text in _tutors()]
    yield "tables (of the posts, code pages, frames)", [*_tables(more), _code_pages(), _frames()]


def _site(part: str) -> Path:
    return Path(sysconfig.get_paths()["purelib"]) / part


def french() -> list[tuple[str, str]]:
    """Give (package, text) of French that packages on this machine carry; which they are depends on the machine."""
    found = [(p.stem, _messages(p.read_bytes())) for p in sorted(Path("/usr/share/locale/fr").rglob("*.mo"))]
    found += [(f"{name} tutor", text) for name, text in _tutors("fr")]
    stop = _site("justext/stoplists/French.txt")
    if stop.exists():
        found.append(("justext", read(stop)))
    try:
        from babel import Locale

        data = Locale("fr")
        names = (data.languages, data.territories, data.currencies, data.scripts)
        found.append(("babel", "\n".join(name for table in names for name in table.values())))
    except ImportError:
        pass
    return found


def _messages(body: bytes) -> str:
    """Give the translations of a gettext catalogue (its .mo form), one below the other."""
    count, _, table = struct.unpack_from("<3I", body, 8)
    places = (struct.unpack_from("<2I", body, table + 8 * n) for n in range(count))
    return decode(b"\n".join(body[at : at + size].replace(b"\0", b"\n") for size, at in places)).text


def _tutors(only: str = "") -> list[tuple[str, str]]:
    """Give (name, text) of vim's tutors that are UTF-8, of one language or of all but French."""
    folder = Path("/usr/share/vim/vim90/tutor")
    paths = sorted(folder.glob("tutor.*utf-8")) + sorted(folder.glob("tutor.fr"))
    return [("vim", decode(p.read_bytes()).text) for p in paths if (p.name.split(".")[1] == "fr") == (only == "fr")]


def _tables(texts: list[str]) -> list[str]:
    return ["\n".join(line for line in text.split("\n") if line.lstrip().startswith("|")) for text in texts]


def _code_pages() -> str:
    """Print the upper half of code pages, as manuals do: clean text that holds little else than odd characters."""
    rows = []
    for codec in ("latin-1", "cp1252", "cp1254", "cp1250", "cp1251", "cp437", "cp850", "mac-roman", "iso8859-15"):
        chars = bytes(range(0xA0 if codec.startswith(("latin", "iso")) else 0x80, 256)).decode(codec, "ignore")
        rows += [codec, *(" ".join(chars[i : i + 16]) for i in range(0, len(chars), 16)), ""]
    return "\n".join(rows)


def _frames() -> str:
    """Print tables in frames, plain, heavy and double, around Latin, Greek, Cyrillic and Chinese words."""
    words = ["naïve", "Größe", "über", "šířka", "Ελλάδα", "Привет", "模型", "数据集", "100 €", "½ °C", "«été»", "ğüşİ"]
    rows = []
    for line in ("┌─┬┐│├┼┤└┴┘", "╔═╦╗║╠╬╣╚╩╝", "┏━┳┓┃┣╋┫┗┻┛"):
        a, bar, b, c, side, d, e, f, g, h, i = line
        rows.append(a + b.join([bar * 10] * 4) + c)
        for n in range(0, len(words), 4):
            rows += [side + side.join(f" {w:<9}" for w in words[n : n + 4]) + side, d + e.join([bar * 10] * 4) + f]
        rows[-1] = g + h.join([bar * 10] * 4) + i
    return "\n".join(rows)
