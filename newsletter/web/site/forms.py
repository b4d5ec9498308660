"""What a form sends: bounded, cleaned, and never more than its page asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

_MOST_FIELDS = 30
_KIND = "application/x-www-form-urlencoded"
# Controls, half characters, and what turns the order of a line round for those who read it.
_BROKEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LINES = re.compile(r"\r\n?")
Form = Mapping[str, str]


async def form_of(request: Request) -> Form:
    """Read the fields of a form, the last of each name. Raises `HTTPException` for what is none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != _KIND:
        if body:
            raise HTTPException(400)
        return {}
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise HTTPException(400) from error
    return dict(pairs)


def line(form: Form, name: str, *, most: int) -> str:
    """Return a field of one line."""
    return " ".join(_BROKEN.sub("", form.get(name, "")[: most * 4]).split())[:most]


def words(form: Form, name: str, *, most: int) -> str:
    """Return a field of several lines, without what is no text."""
    text = _LINES.sub("\n", form.get(name, ""))
    return _BROKEN.sub("", text).strip()[:most]


def choice(form: Form, name: str, choices: tuple[str, ...]) -> str:
    """Return which of several was chosen; the first where it is none of them."""
    said = form.get(name, "")
    return said if said in choices else choices[0]
