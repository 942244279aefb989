"""Search over the archive in both languages: an index of what the days' JSON files say, and what it gives.

with opened(state / FILE) as index:
    index.update(out, embedder, texts)  # the whole texts of the days' posts, where there are any
    hits = search(index, embedder, question, most=10)
"""

from digest.searching.hit import Hit
from digest.searching.hybrid import search
from digest.searching.index import Index, Updated, opened
from digest.searching.opening import FILE
from digest.searching.texts import Texts

__all__ = ["FILE", "Hit", "Index", "Texts", "Updated", "opened", "search"]
