"""LexRank: which lines say what many other lines of the text say, by the words that they share.

Erkan and Radev, LexRank: Graph-based Lexical Centrality as Salience in Text Summarization, JAIR 22 (2004): the
stationary chances of a walk over the lines, from line to line by their cosine (the continuous form), with a jump to any
line now and then. Words are weighted by how few lines of the text have them; of Chinese, pairs of characters are words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.abstract.measures import HAN_RUN, LATIN, stem
from digest.abstract.wording import CONTENT_STOP

JUMP = 0.15
STEPS = 40
MOST_CELLS = 4_000_000  # of the matrix of texts and terms that are in memory at once: 32 MB; a usual text has fewer


def lexrank(texts: Sequence[str], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give each text its share (0 for those not counted); the counted ones' shares add up to 1."""
    numbers = [int(i) for i in np.flatnonzero(counted)]
    bags = [Counter(terms(texts[i])) for i in numbers]
    squares = np.zeros((len(bags), 1))
    for rows in _weighed(bags):
        squares += (rows * rows).sum(axis=1, keepdims=True)
    lengths = np.maximum(np.sqrt(squares), 1e-9)
    likeness = np.zeros((len(bags), len(bags)))
    for rows in _weighed(bags):
        rows /= lengths
        likeness += rows @ rows.T
    likeness = np.maximum(likeness, 0.0) + 1e-9
    walk = likeness / likeness.sum(axis=1, keepdims=True)
    share = np.full(len(bags), 1 / max(1, len(bags)))
    for _ in range(STEPS):
        share = JUMP / len(bags) + (1 - JUMP) * walk.T @ share
    given = np.zeros(len(texts))
    given[numbers] = share
    return given


def _weighed(bags: Sequence[Counter[str]]) -> Iterator[NDArray[np.float64]]:
    """Give the weights of terms in texts, shape (texts, terms), some terms at a time, in their order."""
    found_in = Counter(term for bag in bags for term in bag)
    order = sorted(found_in)
    width = max(1, MOST_CELLS // max(1, len(bags)))
    for start in range(0, len(order), width):
        column = {term: i for i, term in enumerate(order[start : start + width])}
        rows = np.zeros((len(bags), len(column)))
        for row, bag in zip(rows, bags, strict=True):
            for term, count in bag.items():
                if (place := column.get(term)) is not None:
                    row[place] = count * np.log(len(bags) / found_in[term])
        yield rows


def terms(text: str) -> list[str]:
    """Give the terms of a text: Latin words that are no function words, by their stems, and pairs of Han characters.

    >>> terms("The models train. 模型训练")
    ['model', 'train', '模型', '型训', '训练']
    """
    latin = [stem(word) for word in LATIN.findall(text) if word.lower() not in CONTENT_STOP]
    return latin + [run[i : i + 2] for run in HAN_RUN.findall(text) for i in range(len(run) - 1)]
