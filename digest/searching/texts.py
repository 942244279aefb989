"""The whole texts of the archive's posts in the index: chunks as vectors and tokens, never as text (edge).

Nothing of a text can be printed from the index. A text that the store has dropped stays as long as its post is in the
archive.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from digest.align.embed import Embedder, unit_rows
from digest.model import Document, base_lang
from digest.searching.chunks import MOST_CHUNKS, chunks_of
from digest.searching.cut import tokens
from digest.searching.opening import Connection, immediate
from digest.searching.packed import pack

Tell = Callable[[str, int], None]  # a stage with the number of its steps, then the stage with -1 for each step done
STAGE = "texts"


class Texts(Protocol):
    """What is kept of the whole texts of posts; a post may have several, one for each language."""

    def marks(self, posts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Give (post, name, mark) of each text that is there; another mark may mean another text."""
        ...

    def document(self, name: str, mark: str) -> Document | None: ...


def update_texts(
    db: Connection, texts: Texts, embedder: Embedder, learn: Callable[[set[str]], None], tell: Tell
) -> int:  # fmt: skip
    """Read and encode the texts that changed, each in a transaction of its own; give how many were encoded.

    `learn` is told the tokens of each.
    """
    forget_texts_of_no_post(db)
    known = {(post, name): mark for post, name, mark in db.execute("SELECT post, name, mark FROM texts")}
    posts = [post for (post,) in db.execute("SELECT DISTINCT post FROM entries ORDER BY post")]
    changed = [each for each in texts.marks(posts) if known.get(each[:2]) != each[2]]
    tell(STAGE, len(changed))
    encoded = 0
    for post, name, mark in changed:
        document = texts.document(name, mark)
        encoded += _put(db, (post, name, mark), document, embedder, learn)
        tell(STAGE, -1)
    return encoded


def _put(
    db: Connection, key: tuple[str, str, str], document: Document | None, embedder: Embedder,
    learn: Callable[[set[str]], None],
) -> bool:  # fmt: skip
    """Put a text in the place of what was known under its name; tell whether it had to be encoded."""
    post, name, mark = key
    # what is damaged is never shown as if it were fine, so it is not found by its noise either
    chunks = list(chunks_of(document)) if document and not document.damage else []
    title = document.title if document else ""
    found = hashlib.sha256(json.dumps([title, *chunks]).encode()).hexdigest()
    row = db.execute("SELECT id, hash FROM texts WHERE post = ? AND name = ?", (post, name)).fetchone()
    if row and row[1] == found:
        with immediate(db):
            db.execute("UPDATE texts SET mark = ? WHERE id = ?", (mark, row[0]))
        return False
    vectors = embedder.encode([f"{title}: {chunk}" if title else chunk for chunk in chunks])
    whole = vectors.sum(axis=0, keepdims=True)
    cut = [tokens(chunk) for chunk in chunks]
    with immediate(db):
        for (number,) in db.execute("SELECT id FROM texts WHERE post = ? AND name = ?", (post, name)).fetchall():
            _forget(db, number)  # looked for again: another program may have put it in meanwhile
        made = db.execute(
            "INSERT INTO texts (post, name, mark, hash, side, whole, norm, count, vectors, sizes, cut) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (post, name, mark, found, int(base_lang(document.lang) != "zh") if document else 0, pack(unit_rows(whole)),
             float(np.linalg.norm(whole)), len(chunks), pack(vectors),
             np.array([len(each) for each in cut], dtype="<i4").tobytes(),
             zlib.compress(json.dumps([" ".join(each) for each in cut], ensure_ascii=False).encode())),
        ).lastrowid or 0  # fmt: skip
        db.executemany(
            "INSERT INTO said (rowid, cut) VALUES (?, ?)",
            ((made * MOST_CHUNKS + number, " ".join(each)) for number, each in enumerate(cut)),
        )
        learn({token for each in cut for token in each})
    return True


def forget_texts_of_no_post(db: Connection) -> None:
    """Forget the texts of posts that are in the archive no more."""
    gone = db.execute("SELECT id FROM texts WHERE post NOT IN (SELECT post FROM entries)").fetchall()
    for (number,) in gone:
        with immediate(db):
            _forget(db, number)


def _forget(db: Connection, number: int) -> None:
    """Forget a text. An index without content is told what goes (https://sqlite.org/fts5.html, section 6.3)."""
    row = db.execute("SELECT cut FROM texts WHERE id = ?", (number,)).fetchone()
    if row is None:  # another program was first
        return
    db.executemany(
        "INSERT INTO said (said, rowid, cut) VALUES ('delete', ?, ?)",
        ((number * MOST_CHUNKS + at, each) for at, each in enumerate(json.loads(zlib.decompress(row[0])))),
    )
    db.execute("DELETE FROM texts WHERE id = ?", (number,))
