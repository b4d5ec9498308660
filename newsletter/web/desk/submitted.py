"""What a page of the desk submits, read within bounds that are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData
from starlette.requests import Request

from newsletter.core.errors import InputError
from newsletter.core.sentences import said

MOST_BYTES = 12_000_000  # of one form: a picture and the words around it
MOST_SIGNS = 500_000  # of one text


@asynccontextmanager
async def submitted(request: Request, *, most: int = MOST_BYTES) -> AsyncIterator[FormData]:
    """Read a form. Raises `InputError` for more than is taken at once; it says what is.

    `most` bytes, where it is not one picture and the words around it.
    """
    if _length(request) > most:
        async for _ in request.stream():
            pass  # a browser listens only when it has said everything
        raise _too_much(said("This is more than the desk takes at once."))
    async with request.form(max_part_size=most) as form:
        longest = max((len(text) for text in form.values() if isinstance(text, str)), default=0)
        if longest > MOST_SIGNS:
            raise _too_much(said("This has %(count)s characters.", count=f"{longest:,}"))
        yield form


def _too_much(sentence: str) -> InputError:
    bounds = said(
        "A text has up to %(most)s characters, a picture up to 10 MB.", most=f"{MOST_SIGNS:,}"
    )
    return InputError(
        said("%(sentence)s %(bounds)s", sentence=sentence, bounds=bounds),
        hint=said("Nothing was done. Take less of it."),
    )


def _length(request: Request) -> int:
    """Return how long a body says it is; without a word, too long."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else MOST_BYTES + 1
