"""Two editions' sentences and their vectors → beads: which run of sentences says the same as which.

Anchors give a narrow band (`band`); a first model drafts beads in it; the draft's words make a lexicon of the text
(`lexicon`); a linear-chain model over beads, its few dozen weights fitted on gold (`chain`, `features`), then gives
each bead its probability, and the beads are those whose expected number of right ones is largest. Time and memory grow
with the length of the texts, not with its square.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.align.band import BAND, Anchors, anchors, corridor
from digest.align.chain import Model, Weights, gains, load_model
from digest.align.lattice import USUAL_SHAPES, Lattice, Shape, lattice, shapes_up_to
from digest.align.lexicon import Lexicon, Scores, joined, learn, load_lexicon
from digest.align.matches import Text, Vocabulary, prefix, read_text
from digest.align.words import HAN_RUN
from digest.model import Bead, Sentence

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int_]

FORBIDDEN = -1e9
LONE_WORTH = 0.3  # what a lone sentence counts beside a right pair when the best beads are chosen
SURE = 0.5  # a draft's bead must be this probable for its words to be learnt from
STRIDE = 8  # anchors between two measurements of the length ratio
LEAST_BEADS = 12  # fewer beads teach a lexicon nothing but noise
DRAFT_SHAPES = shapes_up_to(2)


def align(
    zh: Sequence[Sentence],
    en: Sequence[Sentence],
    zh_vectors: Vectors,
    en_vectors: Vectors,
    *,
    max_side: int | None = None,
    hard_paragraphs: bool = False,
    lexicon: Scores | None = None,
    model: Model | None = None,
) -> tuple[Bead, ...]:
    """Join two tuples of sentences into beads; every sentence is in exactly one, in order.

    The vectors are unit rows (zero for no vector), one a sentence, of equal width. Beads have up to three sentences a
    side, or one against five; with `max_side`, up to so many a side. With `hard_paragraphs` no bead crosses from the
    k-th paragraph of either side: both must have equally many, else ValueError. `lexicon` is what is known beforehand
    (that of a source, joined with the shipped one); the text's own is added to it. A bead's score is its posterior
    probability. Swapping the sides swaps the beads: which one is Chinese is looked at, not believed.
    """
    if len(zh) != len(zh_vectors) or len(en) != len(en_vectors):
        raise ValueError("one vector a sentence")
    if not (np.isfinite(zh_vectors).all() and np.isfinite(en_vectors).all()):
        raise ValueError("vectors must be finite")
    if not zh or not en:
        return tuple(Bead((i,), (), 1.0) for i in range(len(zh))) + tuple(Bead((), (j,), 1.0) for j in range(len(en)))
    if _stands_second((zh, en), (zh_vectors, en_vectors)):
        beads = align(
            en, zh, en_vectors, zh_vectors,
            max_side=max_side, hard_paragraphs=hard_paragraphs, lexicon=lexicon, model=model,
        )  # fmt: skip
        return tuple(Bead(bead.en, bead.zh, bead.score) for bead in beads)
    model = model or load_model()
    known = lexicon or load_lexicon()
    vocabulary = Vocabulary()
    left, right = read_text(zh, zh_vectors, vocabulary), read_text(en, en_vectors, vocabulary)
    chain = anchors(np.asarray(zh_vectors, np.float32), np.asarray(en_vectors, np.float32))
    ratio = length_ratio(left, right, chain)
    paragraphs = _numbered(left), _numbered(right)
    if hard_paragraphs:
        chain = _through_ends(chain, *paragraphs)
    band = corridor(chain, left.size, right.size, BAND)
    own = own_lexicon(left, right, band, vocabulary, known, ratio, model.draft)
    shapes = USUAL_SHAPES if max_side is None else shapes_up_to(max_side)
    cells = lattice([band], shapes)
    gain = gains(left, right, band, shapes, model.weights, vocabulary, joined((known, own)), ratio)[:, cells.order]
    apart = _apart(cells, *paragraphs) if hard_paragraphs else np.zeros(gain.shape, dtype=bool)
    gain[apart] = FORBIDDEN
    probable, _ = cells.marginals(gain)
    value = worth(probable, shapes)
    value[apart] = FORBIDDEN
    return tuple(
        _bead(shapes[number], int(cells.row[cell]), int(cells.column[cell]), float(probable[number, cell]))
        for number, cell in cells.best(value)[0]
    )


def _bead(shape: Shape, row: int, column: int, probability: float) -> Bead:
    a, b = shape
    return Bead(tuple(range(row - a, row)), tuple(range(column - b, column)), round(min(max(probability, 0), 1), 4))


def _stands_second(sides: tuple[Sequence[Sentence], Sequence[Sentence]], vectors: tuple[Vectors, Vectors]) -> bool:
    """Tell whether the second text is the Chinese one: it has more Han for its length; else the texts decide."""
    texts = [" ".join(s.text for s in side) for side in sides]
    shares = [sum(map(len, HAN_RUN.findall(text))) / (len(text) + 1) for text in texts]
    if shares[0] != shares[1]:
        return shares[1] > shares[0]
    rows = [np.ascontiguousarray(side, dtype=np.float32).tobytes() for side in vectors]
    keys = [(texts[k], [(s.text, s.paragraph) for s in side], rows[k]) for k, side in enumerate(sides)]
    return keys[1] > keys[0]


def _numbered(text: Text) -> Ints:
    """Number the paragraphs of a text's sentences from 0 on."""
    return np.concatenate([[0], np.cumsum(text.paragraph[1:] != text.paragraph[:-1])])


def _through_ends(chain: Anchors, zh: Ints, en: Ints) -> Anchors:
    """Lead a chain of anchors through the ends of paragraphs; raises ValueError where their numbers differ."""
    if zh[-1] != en[-1]:
        raise ValueError(f"{zh[-1] + 1} paragraphs against {en[-1] + 1}: they cannot be hard boundaries")
    ends = zip(np.flatnonzero(np.diff(zh)) + 1, np.flatnonzero(np.diff(en)) + 1, strict=True)
    kept = {(i, j) for i, j in chain if zh[i] == en[j]}
    return sorted(kept | {(int(i), int(j)) for i, j in ends})


def _apart(cells: Lattice, zh: Ints, en: Ints) -> NDArray[np.bool_]:
    """Tell which beads, (shapes, cells), join sentences of different paragraphs; lone sentences never do."""
    found = np.zeros(cells.before.shape, dtype=bool)
    last_zh, last_en = zh[np.maximum(cells.row - 1, 0)], en[np.maximum(cells.column - 1, 0)]
    for number, (a, b) in enumerate(cells.shapes):
        if a and b:
            first_zh, first_en = zh[np.maximum(cells.row - a, 0)], en[np.maximum(cells.column - b, 0)]
            found[number] = (first_zh != last_zh) | (first_en != last_en) | (last_zh != last_en)
    return found


def worth(probability: Floats, shapes: tuple[Shape, ...]) -> Floats:
    """Give what choosing each bead is worth: its probability, less for a lone sentence."""
    two_sided = np.array([min(shape) > 0 for shape in shapes])
    return np.where(two_sided[:, None], probability, LONE_WORTH * probability)


def length_ratio(zh: Text, en: Text, chain: Anchors) -> float:
    """Measure how many English bytes go with a Chinese byte.

    Between every few anchors the bytes of both sides are compared, and the median taken: an anchor joins one sentence
    to one, so its own lengths would be wrong wherever a sentence became two; the whole texts' would be wrong where one
    edition has a section more.
    """
    zh_bytes, en_bytes = prefix(zh.length, 0), prefix(en.length, 0)
    points = [(0, 0), *chain[STRIDE::STRIDE], (zh.size, en.size)]
    parts = [(zh_bytes[k] - zh_bytes[i], en_bytes[m] - en_bytes[j]) for (i, j), (k, m) in pairwise(points)]
    ratios = sorted((e + 1) / (z + 1) for z, e in parts if z > 0 and e > 0)
    return float(np.median(ratios)) if ratios else 1.0


def own_lexicon(
    zh: Text, en: Text, band: tuple[Ints, Ints], vocabulary: Vocabulary, base: Scores, ratio: float, draft: Weights
) -> Lexicon:
    """Learn a lexicon of the text from a first draft of its beads."""
    cells = lattice([band], DRAFT_SHAPES)
    gain = gains(zh, en, band, DRAFT_SHAPES, draft, vocabulary, base, ratio)[:, cells.order]
    probable, _ = cells.marginals(gain)
    spelling = list(vocabulary)
    pairs = []
    for number, cell in cells.best(worth(probable, DRAFT_SHAPES))[0]:
        a, b = DRAFT_SHAPES[number]
        if a and b and probable[number, cell] >= SURE:
            i, j = int(cells.row[cell]), int(cells.column[cell])
            pairs.append((
                [spelling[t] for t in zh.types[zh.first[i - a] : zh.first[i]]],
                [spelling[t] for t in en.types[en.first[j - b] : en.first[j]]],
            ))  # fmt: skip
    return learn(pairs) if len(pairs) >= LEAST_BEADS else Lexicon()
