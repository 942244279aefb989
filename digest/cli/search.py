"""The verb `search`: lines of the archive that a question in either language finds, with their posts and days."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.options import (
    DEFAULT_CONFIG,
    DEFAULT_OUT,
    DEFAULT_STATE,
    ConfigOption,
    NowOption,
    OutOption,
    StateOption,
    read_date,
    say,
)
from digest.errors import ConfigError, StoreError
from digest.job import WELL, Job, bar

if TYPE_CHECKING:
    from digest.searching import Hit, Texts

MOST = 100  # posts that can be asked for
IN_TEXT = "正文中有更接近的内容 · nearer in the post's text"


def search_(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Words or a question, in Chinese or English.")],
    most: Annotated[int, typer.Option("--most", metavar="N", help=f"Most posts to show, 1 to {MOST}.")] = 10,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="Only from this day's page on.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Only up to this day's page.")] = "",
    source: Annotated[str, typer.Option("--source", metavar="NAME", help="Only posts of this source.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="Have the chat engine of feeds.yaml answer from what is found.")
    ] = False,
    state: StateOption = DEFAULT_STATE,
    out: OutOption = DEFAULT_OUT,
    config: ConfigOption = DEFAULT_CONFIG,
    now: NowOption = "",
) -> None:
    """Find lines of the archive by what they mean and by their words.

    A question finds lines in both languages. Posts are found by their whole texts, too, where the store has them; what
    is shown is always a printed line. The index lies in the folder of the state; it is brought up to date first, which
    takes minutes for a year the first time, and may be deleted at any time. Where nothing is found, that is said, and
    the exit code is 0.

    With --ask every sentence of the answer cites lines that were found, and is checked against them; what does not
    stand is not printed. Where the archive has no answer, that is said, with what is nearest, and the exit code is 0.
    """
    start, end = read_date(first) if first else None, read_date(last) if last else None
    if not question.strip():
        raise ConfigError("QUESTION", "is empty; say what to look for")
    if not 1 <= most <= MOST:
        raise ConfigError("--most", f"{most} is not within 1 to {MOST}")
    if start and end and end < start:
        raise ConfigError("--to", f"{end} lies before --from {start}")
    if ask:
        from digest.cli.asking import LINES, POSTS, answer, engine_for

        job = Job.start("search", config, state, out, now, False)
        engine = engine_for(job)
        hits = _found(question, min(most, POSTS), start, end, source, state, out, lines=LINES)
        told, told_as = partial(_lines, out=out), partial(_record, out=out)
        raise typer.Exit(answer(job, engine, question, hits, lines=told, record=told_as, as_json=as_json))
    hits = _found(question, most, start, end, source, state, out)
    if as_json:
        say(
            json.dumps(
                {"question": question, "hits": [_record(hit, out) for hit in hits]}, ensure_ascii=False, indent=2
            )
        )
    elif hits:
        say("\n\n".join("\n".join(_lines(hit, out)) for hit in hits))
    else:
        say("nothing in the archive answers that")
    raise typer.Exit(WELL)


def _found(
    question: str, most: int, first: date | None, last: date | None, source: str, state: Path, out: Path,
    *, lines: int = 1,
) -> Sequence[Hit]:  # fmt: skip
    """Bring the index up to date, saying what had to be passed over, and search it. Raises StoreError."""
    from digest.align.embed import load_embedder
    from digest.output import day_paths
    from digest.searching import FILE, opened, search

    if not day_paths(out):
        raise StoreError(f"{out}: there is no day to search; name the folder of the pages with --out, or: digest run")
    embedder = load_embedder()
    with ExitStack() as stack:
        index = stack.enter_context(opened(state / FILE))
        texts = _texts(state, stack) if index.writable else None
        with bar() as tell:
            done = index.update(out, embedder, texts, tell)
        for note in (*index.notes, *done.notes):
            say(note, err=True)
        return search(index, embedder, question, most=most, lines=lines, first=first, last=last, source=source)


def _texts(state: Path, stack: ExitStack) -> Texts | None:
    """Give the whole texts that the store has, None where there is no store; one that cannot be read is told of."""
    from digest.linking.kept import KeptTexts
    from digest.store import FILE
    from digest.store.looking import looking

    path = state / FILE
    try:
        return KeptTexts(stack.enter_context(looking(path))) if path.is_file() else None
    except StoreError as error:
        say(f"{error}; searched without what came into the store since", err=True)
        return None


def _lines(hit: Hit, out: Path) -> Iterator[str]:
    """Say a hit in lines: where and of whom, the titles, the pair with its mark, the permalink."""
    from digest.render.line import shown

    yield f"{hit.day}  {shown(hit.source)}  {hit.score:.2f}"
    yield from (f"  {shown(title)}" for title in (hit.title.zh, hit.title.en) if title)
    mark = ", ".join(filter(None, (_mark(hit), IN_TEXT if hit.in_text else "")))
    yield from (f"  {start}{shown(text)}" for start, text in zip(("· ", "  "), (hit.zh, hit.en), strict=True) if text)
    yield from [f"    [{mark}]"] * bool(mark)
    yield f"  {_address(hit, out)}"


def _mark(hit: Hit) -> str:
    """Say who made the pair, and whether it was not checked, in both languages; "" for a title."""
    from digest.render.words import word

    if not hit.pair:
        return ""
    both = bool(hit.zh and hit.en)
    codes = [hit.made_by, *["unverified"] * (not hit.verified)] if both else ["untranslated"]
    return ", ".join(f"{said.zh} · {said.en}" for said in map(word, codes))


def _address(hit: Hit, out: Path) -> str:
    """Give the permalink: public where the day has a public address, else the file's path."""
    from digest.render.address import folder

    base = folder(hit.link)
    return f"{base}{hit.place}" if base else str(out / hit.place)


def _record(hit: Hit, out: Path) -> dict[str, Any]:
    return {
        "date": hit.day.isoformat(), "source": hit.source, "post": hit.post, "pair": hit.pair,
        "title": {"zh": hit.title.zh, "en": hit.title.en}, "url": {"zh": hit.url.zh, "en": hit.url.en},
        "zh": hit.zh, "en": hit.en, "made_by": hit.made_by, "verified": hit.verified,
        "score": round(hit.score, 4), "in_text": hit.in_text, "address": _address(hit, out),
    }  # fmt: skip
