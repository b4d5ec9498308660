"""`newsletter web`: serve the publication's own site: read, join, choose, answer, leave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.cli._signals import until_asked_to_end

GROUP = True
_HELP = """Serve the publication's own site until Ctrl-C.

It speaks HTTP: put a proxy that speaks TLS in front, which hands on the name of the host, and
name that proxy in [web] trusted_proxies. Nothing on the site needs a script.
"""
app = _shell.group(_HELP)


@app.callback(invoke_without_command=True, no_args_is_help=False, help=_HELP)
def web(
    ctx: typer.Context,
    config: ConfigOption = HERE,
    host: Annotated[
        str | None, typer.Option(metavar="HOST", help="Where to listen; default: [web] host.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, max=65_535, help="Port; 0 takes a free one; default: [web] port."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the site."""
    if ctx.invoked_subcommand is not None:
        return
    from newsletter.operations import metrics
    from newsletter.storage.opening import when_it_answers
    from newsletter.web.site import app as make_site
    from newsletter.web.site import server

    _shell.log_to_stderr()
    with until_asked_to_end(), _shell.publication(config) as publication:
        site = when_it_answers(
            lambda: make_site(publication, figures=metrics.text), clock=publication.clock
        )
        assert site is not None  # nothing asks the wait to stop
        settings = publication.settings.web
        place = (host or settings.host, settings.port if port is None else port)
        with server.listen(*place) as listener:
            public = publication.settings.publication.url
            _announce(server.address(listener), public, as_json=as_json)
            server.make(site).run(sockets=[listener])


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the pages.")],
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write all that can be read as files, for any host that serves files.

    The folder is replaced at once, so readers see the old pages or the new ones. What needs an
    answer is missing there: joining and leaving, ratings, comments, search.
    """
    from newsletter.web.site.application import open_site
    from newsletter.web.site.reading.export import MISSING
    from newsletter.web.site.reading.export import export as write

    with _shell.publication(config) as publication:
        done = write(open_site(publication), folder)
    if as_json:
        counts = {"pages": done.pages, "files": done.files}
        _shell.print_json({"dir": str(done.folder), **counts, "missing": list(MISSING)})
        return
    _shell.say(f"{_shell.counted(done.pages, 'page')} in {done.folder}")
    for one in MISSING:
        _shell.say(f"Missing there: {one}.")
    _shell.next_step(f"let a server lead {publication.settings.publication.url} to that folder.")


def _announce(address: str, public: str, *, as_json: bool) -> None:
    if as_json:
        _shell.print_json({"url": address, "public": public})
        return
    typer.echo(f"The site is at {address}")
    _shell.next_step(f"let your proxy lead {public} here; Ctrl-C ends it.")
