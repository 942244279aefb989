"""Train the character model that ships: `python tools/train_characters.py TRAIN_FOLDER [--out digest/data]`.

TRAIN_FOLDER holds Chinese text, a paragraph a line, one NAME.txt.xz for each source, and a README.md with a table that
gives each file's repository, commit and licence. Writes characters.bin, and characters.json: what it was made of. The
same files, jieba, numpy and zlib give the same bytes. Half a minute and 1.6 GB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import jieba
import numpy as np
from kept_ngrams import Index, Use, needs, pack, prune, used
from ngrams import Counts, add_up, added, counted, smooth, stream
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import (
    BITS,
    LINE,
    ORDERS,
    SPECIAL,
    STEP,
    UNKNOWN,
    Grams,
    classes,
    code_points,
)

# Kept out of the training text, for tuning and for reporting. Files without a licence are kept out by their name.
TUNE = (
    *("microsoft__DeepSpeed", "InternLM__xtuner", "QwenLM__Qwen", "THUDM__ChatGLM-6B", "ymcui__Chinese-LLaMA-Alpaca"),
    *("OpenBMB__MiniCPM", "kvcache-ai__ktransformers", "open-mmlab__mmcv", "open-telemetry__opentelemetry.io"),
)
ASIDE = (
    *("dair-ai__Prompt-Engineering-Guide", "donnemartin__system-design-primer", "cncf__glossary"),
    *("jingyaogong__minimind", "huggingface__smolagents", "mindspore-courses__step_into_llm"),
)
NO_LICENCE = "nolicencefile__"

LEAST_SEEN = 3  # times that a character stands in the training text to be in the vocabulary
# Further characters of the vocabulary: Latin-1, punctuation, arrows, symbols, CJK punctuation, full-width forms, emoji.
BLOCKS = (
    *((0x20, 0x7F), (0xA1, 0x100), (0x200B, 0x2028), (0x2030, 0x205F), (0x2190, 0x2200), (0x2600, 0x27C0)),
    *((0x3001, 0x3020), (0xFE0F, 0xFE10), (0xFF01, 0xFF5F), (0x1F300, 0x1F650), (0x1F680, 0x1F6D8)),
    *((0x1F6E0, 0x1F6ED), (0x1F6F0, 0x1F6FD), (0x1F900, 0x1FA00)),
)
NONE = ((0xD800, 0xF900), (0xFFFD, 0xFFFE))  # surrogates, private use, the replacement character

# Parameters, fitted on TUNE.
LOST = frozenset(
    bytes.fromhex("81 8D 8E 8F 90 9D 9E AD")
)  # by cp1254 with the soft hyphen; cp1252 loses a part of them
ALSO_LOST = frozenset(bytes.fromhex("A0"))  # where a no-break space became a space
WORD_WEIGHT, MOST_FREQUENT = 0.01, 1000  # a dictionary word weighs WORD_WEIGHT * sqrt(frequency, at most so much)
WORD_NEED = 3.0  # how much a dictionary's n-gram is needed, for its weight
SOME_NEED = 0.02  # nats that each n-gram with a character that may be damaged is needed each time it stands
LEAST = 0.3  # nats that an n-gram must say to be kept


def texts(folder: Path) -> dict[str, str]:
    """Give the text of all sources by name."""
    found = {}
    for path in sorted(folder.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
            found[path.name.removesuffix(".txt.xz")] = file.read()
    return found


def for_training(name: str) -> bool:
    """Tell whether the source of a name is trained on."""
    return name not in TUNE and name not in ASIDE and not name.startswith(NO_LICENCE)


def dictionary() -> Path:
    """Give jieba's dictionary: a word, its frequency and its class a line."""
    return Path(jieba.__file__).parent / "dict.txt"


def jieba_words() -> list[tuple[str, int]]:
    """Give jieba's words with their frequencies."""
    rows = (line.split(" ") for line in dictionary().read_text("utf-8").splitlines())
    return [(word, int(frequency)) for word, frequency, *_ in rows]


def gb2312() -> str:
    """Give all characters of GB 2312."""
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", "ignore") for cell in cells)


def vocabulary(sources: Iterable[str], words: Iterable[tuple[str, int]]) -> NDArray[np.uint32]:
    """Give the code points of the vocabulary, ascending."""
    seen = np.zeros(0x110000, np.int64)
    for text in sources:
        seen += np.bincount(code_points(text), minlength=len(seen))
    known = seen >= LEAST_SEEN
    known[code_points("".join(word for word, _ in words) + gb2312())] = True
    for start, end in BLOCKS:
        known[start:end] = True
    for start, end in NONE:
        known[start:end] = False
    return np.flatnonzero(known & (classes(np.zeros(0, np.uint32)) == UNKNOWN)).astype(np.uint32)


def loses(points: NDArray[np.uint32], lost: frozenset[int]) -> list[bytes]:
    """Give what is left of each character's UTF-8 bytes, nothing where all are left."""
    spelt = [chr(point).encode() for point in points.tolist()]
    return [bytes(b for b in s if b not in lost) if lost & set(s) else b"" for s in spelt]


def alike(points: NDArray[np.uint32]) -> list[Index]:
    """Give the sets of ids of which a damage leaves the same."""
    sets: dict[bytes, list[int]] = {}
    for token, left in enumerate(loses(points, LOST), SPECIAL):
        sets.setdefault(left, []).append(token)
    sets.pop(b"", None)
    return [np.array(members) for members in sets.values() if len(members) > 1]


def in_words(words: Iterable[tuple[str, int]], ids: NDArray[np.uint16]) -> tuple[list[Counts], list[Counts]]:
    """Count a dictionary's n-grams of 1 … ORDERS tokens, weighted: those that begin a word, and all."""
    firsts: list[list[tuple[int, float]]] = [[] for _ in range(ORDERS)]
    everything: list[list[tuple[int, float]]] = [[] for _ in range(ORDERS)]
    for word, frequency in words:
        tokens = ids[code_points(word)].tolist()
        if len(tokens) < 2 or min(tokens) < SPECIAL:
            continue
        weight = WORD_WEIGHT * math.sqrt(min(frequency, MOST_FREQUENT))
        for n in range(1, min(len(tokens), ORDERS) + 1):
            for at in range(len(tokens) - n + 1):
                key = 0
                for token in tokens[at : at + n]:
                    key = key << BITS | token
                everything[n - 1].append((key, weight))
                if not at:
                    firsts[n - 1].append((key, weight))
    return [_counts(rows) for rows in firsts], [_counts(rows) for rows in everything]


def _counts(rows: Sequence[tuple[int, float]]) -> Counts:
    keys, weights = np.array([key for key, _ in rows], np.uint64), np.array([weight for _, weight in rows], float)
    return add_up(keys, np.ones(len(rows), np.int64), weights)


def train(sources: Sequence[str], words: Sequence[tuple[str, int]], least: float = LEAST) -> Grams:
    """Train a model on texts, a paragraph a line, and on words with their frequencies."""
    points = vocabulary(sources, words)
    ids = classes(points)
    ids[ord("\n")] = LINE
    t = stream(np.concatenate([ids[code_points(f"{text}\n")] for text in sources]).astype(np.int32))
    firsts, inside = in_words(words, ids)
    model = smooth(added(counted(t), inside[-1]), firsts[:-1], SPECIAL + len(points))
    may_change = np.array([False] * SPECIAL + [left != b"" for left in loses(points, LOST | ALSO_LOST)])
    uses = []
    for order, use in enumerate(used(t, needs(t, model, alike(points)), model), 2):
        keys, own = model[order - 1].keys, inside[order - 1]
        weight = np.zeros(len(keys))
        weight[np.searchsorted(keys, own.keys)] = own.weight
        touched = np.zeros(len(keys), bool)
        for back in range(order):
            touched |= may_change[(keys >> np.uint64(BITS * back) & np.uint64((1 << BITS) - 1)).astype(np.intp)]
        need = use.need + SOME_NEED * use.often + WORD_NEED * weight
        uses.append(Use(use.often + weight, np.where(touched, need, 0)))
    return prune(model, uses, points, least)


def origins(folder: Path, names: Iterable[str]) -> list[dict[str, str]]:
    """Give the origin of each source as the table of the folder's README.md has it, and the file's hash."""
    rows = {}
    for line in (folder / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) >= 4:
            rows[cells[0].strip("`")] = cells[1:4]
    found = []
    for name in names:
        file = f"{name}.txt.xz"
        repository, commit, licence = (cell.replace("`", "") for cell in rows[file])
        hashed = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        found.append({"file": file, "repository": repository, "commit": commit, "licence": licence, "sha256": hashed})
    return found


def record(origin: Sequence[Mapping[str, str]], grams: Grams, body: bytes, least: float) -> str:
    """Write down what a model was made of."""
    said = {
        "what": "digest/data/characters.bin: statistics of the text of these sources; the text itself is not contained",
        "command": "python tools/train_characters.py TRAIN_FOLDER",
        "model": {
            "sha256": hashlib.sha256(body).hexdigest(),
            "bytes": len(body),
            "tokens": SPECIAL + len(grams.points),
            "ngrams": [len(order.keys) for order in grams.orders],
        },
        "parameters": {
            "step": STEP,
            "least_seen": LEAST_SEEN,
            "word_weight": WORD_WEIGHT,
            "most_frequent": MOST_FREQUENT,
            "word_need": WORD_NEED,
            "some_need": SOME_NEED,
            "least": least,
        },
        "versions": {"jieba": jieba.__version__, "numpy": np.__version__, "zlib": zlib.ZLIB_RUNTIME_VERSION},
        "dictionary": {
            "file": "jieba/dict.txt",
            "repository": "github.com/fxsjy/jieba",
            "licence": "MIT",
            "sha256": hashlib.sha256(dictionary().read_bytes()).hexdigest(),
        },
        "sources": list(origin),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "digest" / "data")
    parser.add_argument("--least", type=float, default=LEAST, help="smaller keeps more n-grams")
    asked = parser.parse_args()
    sources = {name: text for name, text in texts(asked.folder).items() if for_training(name)}
    grams = train(list(sources.values()), jieba_words(), asked.least)
    body = pack(grams)
    (asked.out / "characters.bin").write_bytes(body)
    (asked.out / "characters.json").write_text(
        record(origins(asked.folder, sources), grams, body, asked.least), "utf-8"
    )


if __name__ == "__main__":
    main()
