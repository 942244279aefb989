"""What goes in time: bytes of old pages, and what serves days that are past; freed room is given back."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from shutil import disk_usage

from digest.store.connection import Subject, write_time

# Room that is free within the file is used again; it is given back where it is most of a file that is worth it.
LEAST_FREE = 64 * 1024 * 1024  # bytes


class Pruned(Subject):
    """The deletes of what is not needed any more. What a rebuild of any day needs is none of it."""

    def old_pages(self, before: datetime) -> tuple[str, ...]:
        """Give the addresses whose bytes came before a moment and are kept, those first that came first."""
        rows = self._db.execute(
            "SELECT url FROM pages WHERE body IS NOT NULL AND fetched < ? ORDER BY fetched, url", (write_time(before),)
        )
        return tuple(row["url"] for row in rows)

    def posts_with_page(self, url: str, address: str) -> tuple[str, ...]:
        """Give the posts whose page is at `url`; `address` is its canonical form, which older rows may lack."""
        rows = self._db.execute("SELECT id FROM posts WHERE url = ? AND address IN (?, '') ORDER BY id", (url, address))
        return tuple(row["id"] for row in rows)

    def drop_tries(self, before: datetime) -> int:
        """Forget addresses that never gave a page, are none of a post or an edition, and were last asked long ago."""
        return self._db.execute(
            """DELETE FROM pages WHERE body IS NULL AND dropped IS NULL AND last_try < ?
               AND url NOT IN (SELECT url FROM posts) AND url NOT IN (SELECT url FROM editions)""",
            (write_time(before),),
        ).rowcount

    def drop_signatures(self, before: date) -> int:
        """Forget what texts are compared by that were published, and joined to others, before a day.

        A text that is compared after all has its signature made anew.
        """
        moment = before.isoformat()
        return self._db.execute(
            """DELETE FROM signatures WHERE name IN (
                   SELECT id FROM posts WHERE published < :moment UNION
                   SELECT editions.url FROM editions JOIN posts ON posts.id = editions.post
                   WHERE published < :moment AND found < :moment)
               AND name NOT IN (SELECT same_as FROM stories WHERE found >= :moment)
               AND name NOT IN (SELECT post FROM editions WHERE found >= :moment)""",
            {"moment": moment},
        ).rowcount

    def drop_runs(self, most: int) -> int:
        """Keep the record of the last runs only, and of every return of a copy: what was before it is in doubt."""
        return self._db.execute(
            """DELETE FROM runs WHERE id <= (SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?)
               AND command != 'restore'""",
            (most,),
        ).rowcount

    def give_back(self) -> int:
        """Give free room within the file back to the disk where it is more than half of it; give how many bytes.

        VACUUM writes the file anew and is atomic (https://sqlite.org/lang_vacuum.html); it needs the room of what is in
        use twice, for the journal beside the store and the new file where temporary files lie, and is left out where
        a disk has not got that.
        """
        size, free, pages = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "freelist_count", "page_count")
        )
        used = size * (pages - free)
        if size * free <= LEAST_FREE or free * 2 <= pages:
            return 0
        if min(disk_usage(folder).free for folder in (self._db.path.parent, _temporary())) < 3 * used:
            return 0
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(size * free)


def _temporary() -> Path:
    """Give the folder that SQLite writes its temporary files in (https://sqlite.org/tempfiles.html, section 5)."""
    named = [os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp"]  # noqa: S108
    folders = [Path(name) for name in named if name]
    return next((each for each in folders if each.is_dir() and os.access(each, os.W_OK | os.X_OK)), Path())
