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
from newsletter.content.pasted import Meaning, Traced, Tracing
from newsletter.content.pasted.model import Role
from newsletter.core.errors import InputError, NewsletterError
from newsletter.web.desk.header import header
from newsletter.web.desk.session import Opener, day_of, with_app
from newsletter.web.desk.submitted import submitted
from newsletter.web.desk.templates import page

_LABELS: Mapping[Role, str] = {
    Role.DATE: "Date",
    Role.INTRO: "Introduction",
    Role.CONTENTS: "Contents",
    Role.DIVIDER: "Divider",
    Role.HEADLINE: "Headline",
    Role.BYLINE: "Byline",
    Role.STORY: "Story",
    Role.FACT: "Fact",
    Role.QUOTE: "Quote",
    Role.WORD: "Word",
    Role.SENTENCE: "In a sentence",
    Role.OTHER: "Feature",
    Role.CREDIT: "Picture credit",
    Role.UNPLACED: "No place",
    Role.NAVIGATION: "Navigation",
    Role.LEFT_OUT: "Left out",
}
_CHOICES: Mapping[Meaning, str] = {
    Meaning.NAVIGATION: "Navigation",
    Meaning.BYLINE: "Byline",
    Meaning.HEADLINE: "Headline",
    Meaning.KEEP: "Text",
}
_ALREADY: Mapping[Role, Meaning] = {
    Role.NAVIGATION: Meaning.NAVIGATION,
    Role.LEFT_OUT: Meaning.NAVIGATION,
    Role.BYLINE: Meaning.BYLINE,
    Role.HEADLINE: Meaning.HEADLINE,
    Role.STORY: Meaning.KEEP,
}
_DIGITS = 8  # more than the number of a line has


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
        day = day_of(request)
        try:
            async with submitted(request) as form:
                texts = {name: text for name, text in form.items() if isinstance(text, str)}
        except InputError as error:
            return _page(day, text="", error=error)
        text = texts.get("text", "")
        if "_learn" in texts:
            return await self._learned(day, text, texts["_learn"])
        if texts.get("_do") != "keep":
            return await self._shown(day, text)

        def keep(app: App) -> None:
            app.editor.keep_page(day, text, fresh="_fresh" in texts)

        try:
            await with_app(self._opened, keep)
        except NewsletterError as error:
            return await self._shown(day, text, error)
        return RedirectResponse("write?did=kept", status_code=303)

    async def _learned(self, day: date, text: str, asked: str) -> Response:
        """Keep what a line was said to be, and show the page as it is read by that."""

        def learn(app: App) -> str:
            line, meaning = said(app.editor.read_page(text), asked)
            app.editor.learn(line, meaning)
            return (
                f"“{line}” is kept as {_CHOICES[meaning].lower()}, for the pages to come as well."
            )

        try:
            told = await with_app(self._opened, learn)
        except NewsletterError as error:
            return await self._shown(day, text, error)
        return await self._shown(day, text, told=told)

    async def _shown(
        self, day: date, text: str, error: NewsletterError | None = None, *, told: str = ""
    ) -> Response:
        """Show the text line by line, where it can be read at all, and what went wrong."""

        def read(app: App) -> tuple[Tracing, bool]:
            return app.editor.read_page(text), app.files.is_edited(day)

        try:
            tracing, is_edited = await with_app(self._opened, read)
        except NewsletterError as unreadable:
            return _page(day, text=text, error=error or unreadable)
        return _page(day, text=text, tracing=tracing, is_edited=is_edited, error=error, told=told)


def said(tracing: Tracing, asked: str) -> tuple[str, Meaning]:
    """Return the line, and what it was said to be: "3:byline" is of the third line.

    Raises `InputError` when the text has no such line.
    """
    number, _, word = asked.partition(":")
    meaning = next((one for one in _CHOICES if one == word), None)
    is_number = number.isascii() and number.isdecimal() and len(number) < _DIGITS
    if meaning is None or not is_number or not 1 <= int(number) <= len(tracing.lines):
        raise InputError("The text has no such line now.", hint="Read it again.")
    return tracing.lines[int(number) - 1].text, meaning


def lines(tracing: Tracing) -> list[dict[str, Any]]:
    """Return each line with the part it was read as and what it can be said to be, in order."""
    return [
        {
            "number": number,
            "text": line.text,
            "label": _label(line),
            "tone": _tone(line),
            "reason": line.reason,
            "choices": _choices(line),
        }
        for number, line in enumerate(tracing.lines, start=1)
    ]


def _choices(line: Traced) -> list[tuple[str, str]]:
    already = _ALREADY.get(line.role)
    return [(meaning.value, word) for meaning, word in _CHOICES.items() if meaning is not already]


def _tone(line: Traced) -> str:
    if line.role is Role.UNPLACED:
        return "odd"
    return "out" if line.reason else "kept"


def counts(tracing: Tracing) -> Iterator[dict[str, str]]:
    """Sum up what was kept, what has no place, what was left out, and what is missing."""
    tones = Counter(map(_tone, tracing.lines))
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
    told: str = "",
) -> Response:
    values: dict[str, Any] = {
        "text": text,
        "lines": lines(tracing) if tracing else (),
        "counts": list(counts(tracing)) if tracing else (),
        "is_edited": is_edited,
        "error": error,
        "told": told,
    }
    return page("paste", status=422 if error else 200, **header("paste", day), **values)
