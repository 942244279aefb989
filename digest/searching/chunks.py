"""A post's text cut into chunks: neighbouring sentences, in which what somebody remembers of it is found."""

from __future__ import annotations

from collections.abc import Iterator

from digest.model import Document
from digest.normalise.split import sentences

# Bytes of UTF-8: some 450 letters or 150 Chinese characters, which say about as much. Measured on the tuning questions
# (docs/benchmarks.md): 250 finds as well with twice the vectors.
MOST_BYTES = 450
MOST_CHUNKS = 4096  # of a text; `split.MOST` sentences are fewer


def chunks_of(document: Document) -> Iterator[str]:
    """Give the chunks of a document in its order: whole sentences, as many as have room; a longer one stands alone."""
    held: list[str] = []
    size = 0
    for sentence in sentences(document.paragraphs):
        more = len(sentence.text.encode())
        if held and size + more > MOST_BYTES:
            yield " ".join(held)
            held, size = [], 0
        held.append(sentence.text)
        size += more
    if held:
        yield " ".join(held)
