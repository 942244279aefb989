"""The verb that shows the output folder in a browser."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import (
    DEFAULT_CONFIG,
    DEFAULT_OUT,
    DEFAULT_STATE,
    ConfigOption,
    LogOption,
    OutOption,
    StateOption,
    TemplatesOption,
    say,
)
from digest.counting import counted
from digest.job import Job


def serve(
    out: OutOption = DEFAULT_OUT,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 for any.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; one that is not this machine's own is open to others.")
    ] = "127.0.0.1",
    templates: TemplatesOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    state: StateOption = DEFAULT_STATE,
    log_json: LogOption = False,
) -> None:
    """Preview the output folder, and write pages anew when templates, settings or corrections change.

    Ends with Ctrl-C. Without feeds.yaml the pages are shown as they are, and so they are while another run holds the
    lock of the state folder.
    """
    from digest.output import day_paths
    from digest.serving import Preview
    from digest.serving import serve as serve_until_stopped
    from digest.templating import template_files

    if not out.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder; digest run makes it, or name another: --out", str(out))
    bare = config == DEFAULT_CONFIG and not config.exists()
    job = None if bare else _job(config, state, out, templates, log_json=log_json)

    def update() -> list[str]:
        """Make a site of the settings and templates as they are now."""
        if bare:
            return []
        nonlocal job
        job = _job(config, state, out, templates, log_json=log_json)
        # a run beside this one writes days that would be taken back here; without a state there is none
        with job.locked() if state.is_dir() else contextlib.nullcontext():
            updated = job.site().update()
        wrote = [f"wrote {counted(len(updated.written), 'file')}"] if updated.written else []
        return [*updated.faults, *wrote]

    def watched() -> Iterator[Path]:
        if job is None:
            return
        yield from (config, job.base / job.settings.site.overrides)
        yield from template_files(job.templates_folder)
        yield from day_paths(out)

    preview = Preview(out, update, watched, say)
    server = preview.server(host, port)
    say(f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/ shows {out}; Ctrl-C ends it")
    preview.refresh()
    serve_until_stopped(preview, server)


def _job(config: Path, state: Path, out: Path, templates: Path | None, *, log_json: bool) -> Job:
    return Job.start("serve", config, state, out, "", log_json, templates=templates)
