"""The verb for garbled text: read it again, and say how sure that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import say
from digest.errors import ConfigError
from digest.job import NOTHING, PARTLY, WELL


def repair_(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help="Garbled files; '-' or none is standard input.")
    ] = None,
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="OUT", help="File to write; with several files, or OUT/, a folder.")
    ] = "",
    report: Annotated[str, typer.Option("--report", metavar="FORM", help="text or json.")] = "text",
    mark: Annotated[bool, typer.Option("--mark", help="Put 〔?〕 after every character that is unsure.")] = False,
) -> None:
    """Read garbled text again: undo what can be undone, guess bytes that were lost, and say how sure it is.

    The repaired text goes to standard output, in UTF-8; what was not damaged is in it byte for byte. The report goes
    to standard error. With --report json it goes to standard output, and the text only to OUT.

    \b
      digest repair page.txt > page.fixed.txt
      curl -s https://example.org/page | digest repair
      digest repair page.txt -o fixed.txt --report json | jq .documents[0].counts
      digest repair *.txt -o fixed/

    Ends with 0 if all is repaired or was clean, 1 if something was refused or not read, 2 for wrong usage, 3 if
    nothing could be read.
    """  # noqa: D301 (the b of the block that is not wrapped must be the character)
    from digest.given import one_stdin, read_bytes, write_out
    from digest.model import STDIN
    from digest.repaired import as_json, as_text
    from digest.repairing import repair, with_signs

    names = files or [STDIN]
    if report not in ("text", "json"):
        raise ConfigError("--report", f"{report!r} is no form of a report; choose text or json")
    one_stdin(names)
    outs = _outs(names, out)
    documents: list[dict[str, object]] = []
    unread: list[dict[str, str]] = []
    refused = False
    for name, target in zip(names, outs, strict=True):
        try:
            repaired = repair(read_bytes(name))
        except ConfigError as error:
            say(f"digest: {error}", err=True)
            unread.append({"name": error.where, "why": error.message})
            continue
        refused = refused or bool(repaired.refused)
        if target not in ("", STDIN) or report == "text":
            write_out(target, with_signs(repaired.mended) if mark else repaired.mended.text)
        if report == "text":
            say(as_text(repaired), err=True, end="")
        else:
            documents.append(as_json(repaired))
    if report == "json":
        write_out("", json.dumps({"documents": documents, "unread": unread}, ensure_ascii=False, indent=2) + "\n")
    raise typer.Exit(NOTHING if len(unread) == len(names) else PARTLY if unread or refused else WELL)


def _outs(names: list[str], out: str) -> list[str]:
    """Say where each repaired text goes: all to standard output, the only one to OUT, or each into the folder OUT."""
    from digest.given import check_out
    from digest.model import STDIN

    if out in ("", STDIN):
        return [out] * len(names)
    if len(names) == 1 and not out.endswith("/") and not Path(out).is_dir():
        check_out(out, names)
        return [out]
    if STDIN in names:
        raise ConfigError(out, "is a folder, and standard input has no name there; name a file to write to")
    if Path(out).exists() and not Path(out).is_dir():
        raise ConfigError(out, "is a file; several texts need a folder")
    outs = [str(Path(out) / Path(name).name) for name in names]
    if len(set(outs)) < len(outs):
        raise ConfigError(out, "two of the files have the same name; write them to different folders")
    for each in outs:
        check_out(each, names)
    return outs
