"""`newsletter subscribers received`: take in the mails of people who join by mail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import InputError, Where


def received(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A received mail as .eml; - reads it from stdin.")
    ],
    server: Annotated[
        str,
        typer.Option(
            "--server",
            metavar="NAME",
            help="Your mail server, as it names itself in Authentication-Results.",
        ),
    ],
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take in a mail that asks to join, as the form asks for while machines fill it in.

    It has to have the form's code in its subject, and your server's word (dmarc=pass) that it came
    from the domain it names. A rule of your mailbox may pipe such mails in: FILE is then -.
    """
    from newsletter.web.site import by_mail
    from newsletter.web.site.application import open_site

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror or error}."
        raise InputError(what, where=Where(file=str(file), leads=False)) from error
    with _shell.publication(config) as publication:
        member = by_mail.received(open_site(publication), raw, server=server)
    if as_json:
        _shell.print_json({"address": member.address, "state": member.state})
        return
    _shell.tell(f"{member.address} is a member.")
