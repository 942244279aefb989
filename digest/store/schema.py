"""The tables, as the steps that brought them: step N takes a store of version N to N + 1, and is never changed."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE sources (
        url TEXT PRIMARY KEY, etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '',
        first_fetched TEXT, last_success TEXT, last_try TEXT, next_try TEXT,
        stage TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE posts (
        id TEXT PRIMARY KEY, source TEXT NOT NULL, guid TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
        published TEXT NOT NULL, dated INTEGER NOT NULL, first_seen TEXT NOT NULL, lang TEXT NOT NULL,
        summary TEXT NOT NULL, content TEXT NOT NULL, history INTEGER NOT NULL, late_on TEXT, address TEXT NOT NULL);
    CREATE INDEX posts_by_time ON posts (published);
    CREATE INDEX posts_by_source ON posts (source);
    CREATE INDEX posts_by_address ON posts (address) WHERE address != '';
    CREATE INDEX posts_by_late ON posts (late_on) WHERE late_on IS NOT NULL;
    -- what an address answered: its bytes, or why there are none; a failed try keeps the bytes of an earlier success
    CREATE TABLE pages (
        url TEXT PRIMARY KEY, final_url TEXT NOT NULL DEFAULT '', headers TEXT NOT NULL DEFAULT '[]', body BLOB,
        fetched TEXT, stage TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',
        status INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, last_try TEXT);
    -- which address is the other-language edition of which post; `other` is the post id where a feed brought it too
    CREATE TABLE editions (
        post TEXT PRIMARY KEY REFERENCES posts (id), lang TEXT NOT NULL, url TEXT NOT NULL, other TEXT,
        how TEXT NOT NULL, score REAL NOT NULL, original TEXT NOT NULL, found TEXT NOT NULL);
    CREATE INDEX editions_by_other ON editions (other) WHERE other IS NOT NULL;
    CREATE TABLE days (
        date TEXT PRIMARY KEY, inputs TEXT NOT NULL, signature TEXT NOT NULL, built TEXT NOT NULL, settled TEXT);
    CREATE TABLE day_failures (
        date TEXT NOT NULL, position INTEGER NOT NULL, url TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (date, position));
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, command TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, code INTEGER,
        counts TEXT NOT NULL DEFAULT '{}');
    -- room for later: lines an engine put into the other language, and who got what
    CREATE TABLE translations (
        key TEXT PRIMARY KEY, engine TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
        made TEXT NOT NULL);
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, date TEXT NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL, state TEXT NOT NULL,
        message_id TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, changed TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '', UNIQUE (date, channel, recipient));
    """,
    """
    -- what a bilingual post taught: the words of its surest pairs of lines
    CREATE TABLE lessons (post TEXT PRIMARY KEY, source TEXT NOT NULL, body BLOB NOT NULL, made TEXT NOT NULL);
    CREATE INDEX lessons_by_source ON lessons (source);
    -- what a source's posts taught together; `posts` is how many lessons there were. Versions are never deleted.
    CREATE TABLE lexicons (
        source TEXT NOT NULL, version TEXT NOT NULL, posts INTEGER NOT NULL, made TEXT NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (source, version));
    -- which version each source's posts of the day were read with, as JSON; "" where the source had none
    ALTER TABLE days ADD COLUMN lexicons TEXT NOT NULL DEFAULT '{}';
    """,
    """
    -- what an engine answered to a line, by the hash of all that it was asked; text is NULL where it had nothing
    DROP TABLE translations;
    CREATE TABLE answers (
        key TEXT PRIMARY KEY, engine TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT,
        faults TEXT NOT NULL DEFAULT '[]', made TEXT NOT NULL);
    -- verified pairs of lines; only added to, so that `id <= n` is the memory as it was. Keys are hashes of lines
    -- as they are compared (memory.py): short, so that the store stays quick to check when it is opened
    CREATE TABLE memory (
        id INTEGER PRIMARY KEY, zh TEXT NOT NULL, en TEXT NOT NULL, zh_key BLOB NOT NULL, en_key BLOB NOT NULL,
        source TEXT NOT NULL, url TEXT NOT NULL, origin TEXT NOT NULL, score REAL NOT NULL, made TEXT NOT NULL,
        UNIQUE (zh_key, en_key));
    CREATE INDEX memory_by_en ON memory (en_key);
    -- where a term and its translation were seen together; only added to, as the memory is
    CREATE TABLE sightings (
        id INTEGER PRIMARY KEY, post TEXT NOT NULL, source TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
        how TEXT NOT NULL, day TEXT NOT NULL, made TEXT NOT NULL, UNIQUE (post, zh, en));
    -- what calls of engines used; `day` is the date of the call in the digest's zone, by which months are counted
    CREATE TABLE usage (
        id INTEGER PRIMARY KEY, day TEXT NOT NULL, engine TEXT NOT NULL, model TEXT NOT NULL, calls INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, estimated_prompt INTEGER NOT NULL,
        estimated_completion INTEGER NOT NULL, cost REAL NOT NULL, currency TEXT NOT NULL, made TEXT NOT NULL);
    CREATE INDEX usage_by_day ON usage (day);
    CREATE INDEX usage_by_model ON usage (engine, model);
    -- how much was in the memory and among the terms when the day was first built, as JSON: {"memory": id, "terms": id}
    ALTER TABLE days ADD COLUMN learnt TEXT NOT NULL DEFAULT '{}';
    -- the day's page lacks what an engine could not give then, and may give at the next run
    ALTER TABLE days ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0;
    """,
    """
    -- the day whose page lists an edition as newly translated; NULL where it came with its post
    ALTER TABLE editions ADD COLUMN news_on TEXT;
    -- which post is another copy of an earlier one; `worth` is 1 where the copy was edited in a way worth telling
    CREATE TABLE stories (
        post TEXT PRIMARY KEY REFERENCES posts (id), same_as TEXT NOT NULL REFERENCES posts (id), how TEXT NOT NULL,
        score REAL NOT NULL, worth INTEGER NOT NULL, found TEXT NOT NULL);
    CREATE INDEX stories_by_first ON stories (same_as);
    -- which posts tell one story without being copies of one another
    CREATE TABLE comparable (
        post TEXT NOT NULL REFERENCES posts (id), other TEXT NOT NULL REFERENCES posts (id), score REAL NOT NULL,
        found TEXT NOT NULL, PRIMARY KEY (post, other));
    -- what a text is compared by: its smallest shingle hashes and what it names as its address. `name` is a post's id
    -- or the address of an edition that is only a page, `mark` is of what it was read from
    CREATE TABLE signatures (name TEXT PRIMARY KEY, mark TEXT NOT NULL, body BLOB NOT NULL);
    -- posts whose text was changed in place after their day's page was out, in a way worth telling; `day` is the day
    -- whose page tells it, `text` the hash of what was read then: what was told once is not told again
    CREATE TABLE edits (
        post TEXT NOT NULL REFERENCES posts (id), day TEXT NOT NULL, text TEXT NOT NULL, found TEXT NOT NULL,
        PRIMARY KEY (post, text));
    DROP INDEX posts_by_source;
    CREATE INDEX posts_by_source ON posts (source, published, id);
    -- documents as they were read from what has the hash `mark`; made anew where they are not here
    CREATE TABLE readings (name TEXT PRIMARY KEY, mark TEXT NOT NULL, body BLOB NOT NULL, made TEXT NOT NULL);
    """,
    """
    -- the outbox: who gets what of which day, and how far it came; until now it was always empty. `body` is
    -- NULL for mail, which is made anew for every try, and for what is settled
    DROP TABLE deliveries;
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, day TEXT NOT NULL, channel TEXT NOT NULL, list TEXT NOT NULL, recipient TEXT NOT NULL,
        part INTEGER NOT NULL, parts INTEGER NOT NULL, state TEXT NOT NULL, message_id TEXT NOT NULL,
        queued TEXT NOT NULL, changed TEXT NOT NULL, next_try TEXT, tries INTEGER NOT NULL DEFAULT 0,
        bounced INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT '', body TEXT,
        UNIQUE (day, channel, list, recipient, part));
    CREATE INDEX deliveries_by_recipient ON deliveries (channel, recipient, list, day);
    CREATE INDEX deliveries_by_state ON deliveries (state, day);
    -- who gets nothing any more: one list, or every list where `list` is ''; `why` is unsubscribed or bounced
    CREATE TABLE suppressions (
        channel TEXT NOT NULL, recipient TEXT NOT NULL, list TEXT NOT NULL, why TEXT NOT NULL, since TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '', PRIMARY KEY (channel, recipient, list));
    """,
    """
    -- what kind of fault a source's last one was and its HTTP status; where a feed has moved for good (301, 308)
    ALTER TABLE sources ADD COLUMN kind TEXT NOT NULL DEFAULT '';
    ALTER TABLE sources ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sources ADD COLUMN moved TEXT NOT NULL DEFAULT '';
    -- on how many days in a row a source failed, and when the last of them was counted
    ALTER TABLE sources ADD COLUMN bad_days INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sources ADD COLUMN last_bad TEXT;
    -- pages of days long settled lose their bytes: `sum` (SHA-256, hex; '' in rows older than this column) stands for
    -- them where a day is asked what it was made from, `dropped` tells when they went
    ALTER TABLE pages ADD COLUMN sum TEXT NOT NULL DEFAULT '';
    ALTER TABLE pages ADD COLUMN dropped TEXT;
    -- until when a server asked to wait (Retry-After)
    ALTER TABLE pages ADD COLUMN next_try TEXT;
    -- old pages are found without walking over all the bytes
    CREATE INDEX pages_by_time ON pages (fetched, url) WHERE body IS NOT NULL;
    -- a reading that cannot be made again, since what it was read from is gone; it is never dropped
    ALTER TABLE readings ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    """,
)
