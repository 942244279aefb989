"""An embedder of words: enough to see that a clause has no partner."""

import re
import zlib

import numpy as np

from digest.align.embed import unit_rows


class WordBag:
    """Vectors of words, Chinese ones put into English by a list."""

    name = "bag"

    def __init__(self, same, dim):
        self.same, self.dim, self.asked = same, dim, 0

    def encode(self, texts):
        self.asked += 1
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for zh, en in self.same.items():
                text = text.replace(zh, f" {en} ")
            for word in re.findall("[a-z]+", text.lower()):
                row[zlib.crc32(word.encode()) % self.dim] = 1
        return unit_rows(rows)
