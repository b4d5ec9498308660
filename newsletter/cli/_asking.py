"""The five questions of `newsletter init`, their defaults, and the configuration they make."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import typer

_LINK = "`newsletter help configuration` lists every key with its default"
_CONFIG = """\
# The configuration of this publication; {link}.
# Keys and passwords never stand here: they come from the environment (SENDGRID_API_KEY).
[publication]
name = {name}
zone = {zone}
language = "en"
url = {site}
sender.name = {name}
sender.email = {sender}
postal_address = {postal_address}

[sources]
story = [
  {{ type = "page", file = "content/pages/{{date}}.txt" }},
  {{ type = "markdown", dir = "content/stories", rotate = true }},
]

[media]
url = {media} # where content/media is served

[schedule]
at = "07:00"

[delivery]
provider = "outbox" # writes files, to try things out; then "sendgrid" or "smtp"
"""


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions; what is answered has to be what the configuration takes."""

    key: str
    text: str
    default: Callable[[Mapping[str, str]], str]


def questions(folder: Path) -> tuple[Question, ...]:
    """Return the questions in order; a default may come from the answers before."""
    return (
        Question("name", "What is it called?", lambda _: _named(folder)),
        Question("site", "Its site on the web", lambda _: "https://brief.example.org"),
        Question("sender", "Who it comes from, an e-mail address", _sender),
        Question(
            "postal_address",
            "Its postal address, which the law asks for",
            lambda answers: f"{answers['name']}, 12 Quay Lane, Harbour Town, United Kingdom",
        ),
        Question("zone", "Its time zone", lambda _: local_zone()),
    )


def answers(folder: Path, given: Mapping[str, str | None], *, ask: bool) -> dict[str, str]:
    """Return what was given, else what is answered, else the defaults.

    Raises `ConfigError` for what was given and cannot be used; an answer is asked for anew.
    """
    found: dict[str, str] = {}
    for one in questions(folder):
        value, default = given.get(one.key), one.default(found)
        if value is not None:
            found[one.key] = _refused_if_unfit(one.key, value)
        else:
            found[one.key] = _asked(one, default) if ask else default
    return found


def config_text(told: Mapping[str, str]) -> str:
    """Write a config.toml of some twenty lines."""
    shown = {**told, "media": f"{told['site'].rstrip('/')}/media"}
    values = {key: json.dumps(value, ensure_ascii=False) for key, value in shown.items()}
    return _CONFIG.format(link=_LINK, **values)


def local_zone() -> str:
    """Find the zone this machine is set to; UTC where it cannot be told."""
    told = os.environ.get("TZ", "").lstrip(":") or _linked()
    return told if told and _unfit("zone", told) is None else "UTC"


def _linked() -> str:
    try:
        return os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    except OSError:
        return ""


def _named(folder: Path) -> str:
    words = folder.resolve().name.replace("-", " ").replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or "The Brief"


def _sender(told: Mapping[str, str]) -> str:
    host = urlsplit(told["site"]).hostname or "example.org"
    return f"brief@{host.removeprefix('www.').removeprefix('brief.')}"


def _asked(one: Question, default: str) -> str:
    while True:
        answer: str = typer.prompt(one.text, default=default)
        problem = _unfit(one.key, answer)
        if problem is None:
            return answer
        typer.echo(f"  That {problem}.", err=True)


def _refused_if_unfit(key: str, value: str) -> str:
    from newsletter.core.errors import UsageError

    problem = _unfit(key, value)
    if problem is None:
        return value
    option = f"--{key.replace('_', '-')}"
    raise UsageError(f"{option} “{value}” {problem}.", hint="Give another, or leave it out.")


def _unfit(key: str, value: str) -> str | None:
    """Say what is wrong with an answer, in the words of the configuration; None: nothing."""
    from pydantic import TypeAdapter, ValidationError

    from newsletter.core.config import values, wording

    kinds = {"site": values.WebAddress, "sender": values.Address, "zone": values.Zone}
    try:
        TypeAdapter(kinds.get(key, values.Line)).validate_python(value)
    except ValidationError as error:
        return wording.sentence(error.errors(include_url=False)[0])
    return None
