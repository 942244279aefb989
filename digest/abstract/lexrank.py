"""LexRank: which lines say what many other lines of the text say, by the words that they share.

Erkan and Radev, LexRank: Graph-based Lexical Centrality as Salience in Text Summarization, JAIR 22 (2004): the
stationary chances of a walk over the lines, from line to line by their cosine (the continuous form), with a jump to any
line now and then. Words are weighted by how few lines of the text have them; of Chinese, pairs of characters are words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.abstract.measures import HAN_RUN, LATIN, stem
from digest.abstract.wording import CONTENT_STOP

JUMP = 0.15
STEPS = 40


def lexrank(texts: Sequence[str], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give each text its share (0 for those not counted); the counted ones' shares add up to 1."""
    numbers = [int(i) for i in np.flatnonzero(counted)]
    bags = [Counter(terms(texts[i])) for i in numbers]
    document_count = Counter(term for bag in bags for term in bag)
    column = {term: i for i, term in enumerate(sorted(document_count))}
    rows = np.zeros((len(bags), len(column)))
    for row, bag in zip(rows, bags, strict=True):
        for term, count in bag.items():
            row[column[term]] = count * np.log(len(bags) / document_count[term])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    likeness = np.maximum(rows @ rows.T, 0.0) + 1e-9
    walk = likeness / likeness.sum(axis=1, keepdims=True)
    share = np.full(len(bags), 1 / max(1, len(bags)))
    for _ in range(STEPS):
        share = JUMP / len(bags) + (1 - JUMP) * walk.T @ share
    given = np.zeros(len(texts))
    given[numbers] = share
    return given


def terms(text: str) -> list[str]:
    """Give the terms of a text: Latin words that are no function words, by their stems, and pairs of Han characters.

    >>> terms("The models train. 模型训练")
    ['model', 'train', '模型', '型训', '训练']
    """
    latin = [stem(word) for word in LATIN.findall(text) if word.lower() not in CONTENT_STOP]
    return latin + [run[i : i + 2] for run in HAN_RUN.findall(text) for i in range(len(run) - 1)]
