"""Paste a page: see what every line is read as, then use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App
from newsletter.content.pasted import Traced, Tracing
from newsletter.content.pasted.tracing import Role
from newsletter.core.errors import NewsletterError
from newsletter.web.desk.header import header
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.templates import page

_LABELS: Mapping[Role, str] = {
    Role.DATE: "Date",
    Role.INTRO: "Introduction",
    Role.CONTENTS: "Contents",
    Role.DIVIDER: "Divider",
    Role.HEADLINE: "Headline",
    Role.STORY: "Story",
    Role.FACT: "Fact",
    Role.QUOTE: "Quote",
    Role.WORD: "Word",
    Role.SENTENCE: "In a sentence",
    Role.OTHER: "Feature",
    Role.CREDIT: "Picture credit",
    Role.UNPLACED: "No place",
    Role.LEFT_OUT: "Left out",
}
_TONES: Mapping[Role, str] = {Role.UNPLACED: "odd", Role.LEFT_OUT: "out"}


class Pasting:
    """Answers the paste page."""

    def __init__(self, opened: Opener) -> None:
        self._opened = opened

    def routes(self) -> list[BaseRoute]:
        """Return the addresses below a date."""
        return [
            Route("/paste", self.empty, methods=["GET"]),
            Route("/paste", self.submit, methods=["POST"]),
        ]

    async def empty(self, request: Request) -> Response:
        """Return the page with room for a text."""
        return _page(day_of(request), text="")

    async def submit(self, request: Request) -> Response:
        """Read the text, or keep it and lead to the form."""
        day, form = day_of(request), await request.form()
        text = str(form.get("text", ""))
        if form.get("_do") != "keep":
            return await self._shown(day, text)

        def keep(app: App) -> None:
            app.editor.keep_page(day, text, fresh="_fresh" in form)

        try:
            await with_app(self._opened, keep)
        except NewsletterError as error:
            return await self._shown(day, text, error)
        return RedirectResponse("write?did=kept", status_code=303)

    async def _shown(self, day: date, text: str, error: NewsletterError | None = None) -> Response:
        """Show the text line by line, where it can be read at all, and what went wrong."""

        def read(app: App) -> tuple[Tracing, bool]:
            return app.editor.read_page(text), app.files.is_edited(day)

        try:
            tracing, is_edited = await with_app(self._opened, read)
        except NewsletterError as unreadable:
            return _page(day, text=text, error=error or unreadable)
        return _page(day, text=text, tracing=tracing, is_edited=is_edited, error=error)


def lines(tracing: Tracing) -> list[dict[str, str]]:
    """Return each line with the part it was read as, in page order."""
    return [
        {"text": line.text, "label": _label(line), "tone": _TONES.get(line.role, "kept")}
        for line in tracing.lines
    ]


def counts(tracing: Tracing) -> Iterator[dict[str, str]]:
    """Sum up what was kept, what has no place, what was left out, and what is missing."""
    tones = Counter(_TONES.get(line.role, "kept") for line in tracing.lines)
    words = {"kept": "used", "odd": "without a place", "out": "left out"}
    for tone, word in words.items():
        if tones[tone]:
            yield {"tone": tone, "words": f"{tones[tone]} {word}"}
    if tracing.page.missing:
        names = ", ".join(name.replace("_", " ") for name in tracing.page.missing)
        yield {"tone": "missing", "words": f"Missing: {names}"}


def _label(line: Traced) -> str:
    label = _LABELS[line.role]
    return f"{label} {line.story}" if line.story > 1 else label


def _page(
    day: date,
    *,
    text: str,
    tracing: Tracing | None = None,
    is_edited: bool = False,
    error: NewsletterError | None = None,
) -> Response:
    values: dict[str, Any] = {
        "text": text,
        "lines": lines(tracing) if tracing else (),
        "counts": list(counts(tracing)) if tracing else (),
        "is_edited": is_edited,
        "error": error,
    }
    return page("paste", status=422 if error else 200, **header("paste", day), **values)
