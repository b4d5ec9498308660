"""What a service answered, read and judged: JSON values by kind, and a feature that is valid. Pure.

A status of 200 is no content (content.md 2): every field may be missing or of another kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import orjson

from newsletter.content.source import Fetched
from newsletter.content.validity import cleaned, problem_with
from newsletter.core.errors import SourceError
from newsletter.core.model import Fact, Part, Quote, Supply, Word
from newsletter.core.sentences import said

_BOM = b"\xef\xbb\xbf"


def is_web_page(body: bytes) -> bool:
    """Say whether a body is a page for people: an error page, or a question for robots."""
    start = body.removeprefix(_BOM).lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def refuse_web_page(fetched: Fetched, *, service: str) -> None:
    """Raise `SourceError` when a service answered with a page in the place of its data."""
    if is_web_page(fetched.body):
        raise SourceError(
            said(
                "%(service)s answered with a web page in the place of its data: it is "
                "down, or does not let programs in.",
                service=service,
            )
        )


def json_of(fetched: Fetched, *, service: str) -> Any:
    """Read a body as JSON. Raises `SourceError` for anything else."""
    refuse_web_page(fetched, service=service)
    try:
        return orjson.loads(fetched.body.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise SourceError(
            said("%(service)s answered with something that is not JSON.", service=service)
        ) from error


def table_of(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def tables_of(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the objects of a JSON array; what else is in it, or stands there, is passed over."""
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def text_of(value: Any) -> str:
    """Return a JSON text in one line, or nothing where something else stands."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def as_sentence(text: str) -> str:
    """Return a phrase with a capital at its beginning and a full stop at its end."""
    if not text:
        return ""
    is_closed = text.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
    return text[0].upper() + text[1:] + ("" if is_closed else ".")


def valid(part: Part, feature: Fact | Quote | Word, *, service: str, origin: str) -> Supply:
    """Return the feature as a supply. Raises `SourceError` when it is no valid answer for the part.

    The edition asks the same of every supply; asked here, the sentence can name the service.
    """
    supply = cleaned(Supply(feature=feature, origin=origin))
    problem = problem_with(part, supply)
    if problem:
        what = said("%(service)s: %(sentence)s.", service=service, sentence=problem)
        raise SourceError(what)
    return supply


def is_fresh(found: date, day: date) -> bool:
    """Say whether something is of a publication date or of the day before.

    Services change at their own midnight; what is older was an earlier edition's.
    """
    return day - timedelta(days=1) <= found <= day
