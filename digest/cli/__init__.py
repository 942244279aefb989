"""The command line: verbs, options, logging, and errors mapped to exit codes.

Exit codes: 0 all well; 1 some sources, engines or deliveries failed; 2 usage or configuration; 3 nothing could be done;
70 a bug; 75 another run holds the lock (sysexits.h: EX_SOFTWARE, EX_TEMPFAIL).
Heavy imports stay inside the verbs, so that --help answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from digest import __version__
from digest.cli.check import check
from digest.cli.corrections import corrections_
from digest.cli.days import build, collect, demo, run
from digest.cli.engines import memory_app, models_app
from digest.cli.export import export
from digest.cli.feeds import feeds_app
from digest.cli.options import in_words, say
from digest.cli.repair import repair_
from digest.cli.search import search_
from digest.cli.send import send
from digest.cli.site import serve
from digest.cli.start import init
from digest.cli.state import backup, restore
from digest.cli.texts import align_, clean_
from digest.footprint import give_memory_back
from digest.job import BUG, WELL, code_of

app = typer.Typer(
    help="A daily digest of technical blogs in Chinese and English, every pair of lines checked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it needs no rich, whose import is half of the time that --help takes
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (init, run, collect, build, send, serve, demo, check, backup, restore):
    app.command()(verb)
app.command("align")(align_)
app.command("clean")(clean_)
app.command("repair")(repair_)
app.command("search")(search_)
app.command("corrections")(corrections_)
app.command()(export)
for part, name in ((feeds_app, "feeds"), (models_app, "models"), (memory_app, "memory")):
    app.add_typer(part, name=name)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        say(f"digest {__version__}")
        raise typer.Exit(WELL)


def main() -> None:
    """Run the program and end with the documented exit code."""
    give_memory_back()
    try:
        app(standalone_mode=True)
    except Exception as error:
        code = code_of(error)
        if code == BUG:
            import traceback

            say(traceback.format_exc(), err=True, end="")
            fail("this is a bug in digest; please report it with the lines above", BUG)
        fail(in_words(error), code)


def fail(text: str, code: int) -> None:
    say(f"digest: {text}", err=True)
    sys.exit(code)
