"""What was read of posts, as the store keeps it, for those that only look: nothing is read anew (edge)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digest.linking.documents import edition_name, unpacked
from digest.model import Document
from digest.store.looking import Looking


class KeptTexts:
    """The documents of posts and of their editions, each by the name that its reading has in the store."""

    def __init__(self, store: Looking) -> None:
        self._store = store
        self._marks = store.reading_marks()
        self._editions = {edition.post: edition for edition in store.editions()}

    def marks(self, posts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Give (post, name, mark) of each text that is kept of the posts; another mark may mean another text."""
        for post in posts:
            edition = self._editions.get(post)
            others = (edition.other or "", edition_name(edition)) if edition else ()
            for name in filter(self._marks.get, (post, *others)):
                yield post, name, self._marks[name]

    def document(self, name: str, mark: str) -> Document | None:
        """Give the document of a reading; None where it holds none, is damaged, or was dropped meanwhile."""
        row = self._store.reading(name, mark)
        text = unpacked(row[0], mark) if row else None
        return text.document if text else None
