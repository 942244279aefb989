"""The search page, and what of the archive is indexed for it (pure).

Chinese is written without blanks. It is indexed by its bigrams, pairs of neighbouring characters, as is usual for
Chinese in search engines (J.-Y. Nie, J. Gao, J. Zhang, M. Zhou, "On the use of words and n-grams for Chinese
information retrieval", IRAL 2000): so a question is found however either text would be cut into words. One index holds
both languages, in the form of an English one, whose words are stemmed: "beams" finds "beam".
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from digest.model import FULL_TAG
from digest.render.characters import encodable
from digest.render.entry import MARKED
from digest.render.line import shown
from digest.render.masthead import Masthead
from digest.render.page import Reader, fill, packaged, seal, shared

# Characters of scripts that have no blanks: kana, Han and its extensions; a class of both re and JavaScript (flag u).
HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# What parts words beside blanks: marks of Chinese, which NFKC would turn into marks that stand within English words.
MARKS = "\u00b7\u2014\u2018-\u201f\u2026\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_RUN = re.compile(rf"[{HAN}]+|[^{HAN}\s]+")


def search_html(head: Masthead, read: Reader = packaged) -> str:
    """Write the search page. Its policy lets it load its own index, and nothing from anywhere else."""
    script = fill("search.js.j2", read, han=HAN, marks=MARKS).strip()
    common = shared(head.title, head.link, head.order, read, extra=("search.css.j2",))
    # a module of the index and its worker are files; WebAssembly needs a word of its own (CSP Level 3, section 8.5)
    policy = (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' '{seal(script)}'; worker-src 'self'; "
        f"connect-src 'self'; style-src '{common['style_hash']}'; img-src data:; base-uri 'none'; form-action 'self'"
    )
    return fill(
        "search.html.j2",
        read,
        policy=policy,
        search_script=Markup(script),  # noqa: S704 - our own file, in which no value of a day stands
        **common,
    )


# ---- what is indexed ------------------------------------------------------------------------------------------------


def search_documents(json_texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the posts of days as documents to be indexed: (file name, HTML); days oldest first.

    A post whose translation came on a later day stands on its own day, and there alone. A text that is no day of ours
    is passed over.
    """
    seen = set[str]()
    for text in json_texts:
        try:
            told: Any = json.loads(text)
            day, posts, newly = told["date"], told["posts"], told["newly_translated"]
            found = [*_documents(day, posts, "", seen), *_documents(day, newly, "n", seen)]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            continue
        yield from found


def _documents(day: str, posts: list[dict[str, Any]], newly: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    for post in posts:
        if post["id"] in seen and newly:
            continue
        seen.add(post["id"])
        name = hashlib.sha256(f"{day} {post['id']}".encode()).hexdigest()[:16]
        yield f"{name}.html", _document(day, post, newly)


def _document(day: str, post: dict[str, Any], newly: str) -> str:
    """Write a post for the index: each title pair and line pair as its words, behind an element that tells of it.

    What is shown of a hit stands in the id of that element, as JSON: the index gives ids back as they are (without
    blanks, which are written as JSON escapes) and does not search them. Pagefind's own place for such values, its
    metadata, is searched: it made the index of a year of 4,380 posts 7.5 MB instead of 4.1.
    """
    page = f"{day}.html"
    title, langs = post["title"], post["title_langs"]
    first = {
        "to": f"{page}#{newly or 'p'}-{quote(post['id'])}",
        "day": day,
        "source": shown(post["source"]),
        **_sides(title, langs),
    }
    rows = [_row(first, title["zh"], title["en"])]
    for pair in post["pairs"]:
        both = pair["zh"] and pair["en"]
        mark = pair["made_by"] if pair["made_by"] in MARKED else "unverified" if both and not pair["verified"] else ""
        address = f"{page}#{newly}l-{quote(pair['id'])}"
        rows.append(_row({"to": address, "mark": mark, **_sides(pair, pair["langs"])}, pair["zh"], pair["en"]))
    return encodable(f'<!doctype html><html lang="en"><title></title><body data-pagefind-body>{"".join(rows)}</body>')


def _sides(both: dict[str, Any], langs: dict[str, Any]) -> dict[str, str]:
    """Give the two texts, and the tag of the Chinese one where it is not the common one."""
    tag = langs["zh"] or FULL_TAG["zh"]
    return {
        "zh": shown(both["zh"]),
        "en": shown(both["en"]),
        **({"lang": tag} if tag not in ("zh", FULL_TAG["zh"]) else {}),
    }


def _row(told: dict[str, str], zh: str | None, en: str | None) -> str:
    packed = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    packed = re.sub(r"\s", lambda blank: f"\\u{ord(blank[0]):04x}", packed)
    words = " ".join((index_words(shown(zh)), index_words(shown(en))))
    return f'<i id="{escape(packed)}"></i><p>{escape(words)}</p>'


def index_words(text: str) -> str:
    """Write a text as the words that it is found by, with blanks between them: Han as bigrams, the last by itself.

    The last character of a run stands alone, so that each character begins a word: a single one is found as the
    beginning of a word.

    >>> index_words("用 SQLite 任务队列（force_words_ids）。")
    '用 SQLite 任务 务队 队列 列 force_words_ids'
    """
    found = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", re.sub(f"[{MARKS}]", " ", text))):
        found += [run[at : at + 2] for at in range(len(run))] if re.match(f"[{HAN}]", run) else [run]
    return " ".join(found)
