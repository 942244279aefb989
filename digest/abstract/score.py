"""How much a unit says of its post: a weighted sum of features of its vector, its words and its place.

The weights come from a study of 24 bilingual posts read by one person; treat them as directions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.abstract.measures import content_words, names, numbers, words
from digest.abstract.sections import Stand
from digest.abstract.unit import Side, Unit, Vector, text_of
from digest.abstract.wording import FIRST_PERSON, LEANING, NARRATIVE
from digest.model import Document

EASY_WORDS = (11, 34)  # what reads well

WEIGHTS = {
    "centrality": 1.0,
    "title": 0.5,
    "lead": 0.35,
    "content": 0.35,
    "names": 0.15,
    "numbers": 0.08,
    "summing-up": 0.15,
    "person": -0.25,
    "narrative": -0.3,
    "item": -0.08,
    "code-heavy": -0.8,
    "leaning": -0.25,
    "unwieldy": -0.25,
}
Z_SCORED = ("centrality", "title", "lead", "content", "names", "numbers")
LEAD_DECAY = 12.0  # units over which nearness to the lead falls to 1/e
CONTENT_CAP = 18  # distinct content words beyond which a line gains nothing


def score(
    document: Document, units: Sequence[Unit], stands: Sequence[Stand], title_vector: Vector, side: Side
) -> NDArray[np.float64]:
    """Score every unit; graded features are z-scored over the units of running prose, the others count as 0 or 1."""
    kinds = [document.paragraphs[unit.source[0].paragraph].kind for unit in units]
    prose = np.array([kind in ("prose", "item") for kind in kinds])
    if not prose.any():
        prose[:] = True
    features = _features(units, kinds, [stands[unit.source[0].paragraph] for unit in units], title_vector, prose)
    total = np.zeros(len(units))
    for name, weight in WEIGHTS.items():
        values = features[name]
        if name in Z_SCORED:
            spread = float(values[prose].std())
            values = (values - values[prose].mean()) / spread if spread > 1e-6 else values * 0.0
        total += weight * values
    return total


def _features(
    units: Sequence[Unit], kinds: Sequence[str], stands: Sequence[Stand], title_vector: Vector, prose: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    texts = [text_of(unit.source) for unit in units]
    vectors = np.stack([unit.vector for unit in units]).astype(np.float64)
    centre = vectors[prose].mean(axis=0)
    centre /= max(float(np.linalg.norm(centre)), 1e-9)

    def each(values: Sequence[float]) -> NDArray[np.float64]:
        return np.array(values, dtype=np.float64)

    return {
        "centrality": vectors @ centre,
        "title": vectors @ title_vector.astype(np.float64),
        "lead": np.exp(-np.arange(len(units)) / LEAD_DECAY),
        "content": each([min(CONTENT_CAP, content_words(text)) for text in texts]),
        "names": each([min(3, names(text)) for text in texts]),
        "numbers": each([min(3, numbers(text)) for text in texts]),
        "summing-up": each([stand.lead or stand.summing_up for stand in stands]),
        "person": each([bool(FIRST_PERSON.search(text)) for text in texts]),
        "narrative": each([bool(NARRATIVE.search(text)) for text in texts]),
        "item": each([kind == "item" for kind in kinds]),
        "code-heavy": each([stand.code_heavy for stand in stands]),
        "leaning": each([bool(LEANING.match(text)) for text in texts]),
        "unwieldy": each([not EASY_WORDS[0] <= words(text) <= EASY_WORDS[1] for text in texts]),
    }
